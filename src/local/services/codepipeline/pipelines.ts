import type {
  CreatePipelineInput,
  CreatePipelineOutput,
  DeletePipelineInput,
  GetPipelineInput,
  GetPipelineOutput,
  ListPipelinesInput,
  ListPipelinesOutput,
  ListTagsForResourceInput,
  ListTagsForResourceOutput,
  PipelineDeclaration,
  TagResourceInput,
  UntagResourceInput,
  UpdatePipelineInput,
  UpdatePipelineOutput,
} from '@aws-sdk/client-codepipeline';
import { caller, deliveries, deliveryArn, deliveryVersions } from '../../domain/deliveries';
import { tags } from '../../domain/tags';
import { checkDeclaration } from '../../engine/codepipeline/check';
import type { Context } from '../../engine/context';
import { ServiceError } from '../../wire/errors';
import type { Operations } from '../../wire/service';
import type { Checked } from '../service';

const pageSize = 1000;

export function pipelineOperations({ store, deliveries: engine }: Context): Operations {
  const nameIn = (arn: string): string => {
    const name = arn.slice(arn.lastIndexOf(':') + 1);
    if (arn === deliveryArn(name) && deliveries(store).get(name)) return name;
    throw new ServiceError('ResourceNotFoundException', `There is no pipeline with the ARN ${arn}.`);
  };
  const tagsOf = (name: string): { key: string; value: string }[] =>
    tags(store)
      .of(deliveryArn(name))
      .map(({ Key, Value }) => ({ key: Key, value: Value }));
  return {
    async CreatePipeline(input: Checked<CreatePipelineInput>): Promise<CreatePipelineOutput> {
      await checkDeclaration(input.pipeline);
      return store.transaction(() => {
        const { name, declaration } = engine.create(completed(input.pipeline));
        tags(store).add(
          deliveryArn(name),
          (input.tags ?? []).map(({ key, value }) => ({ Key: key, Value: value })),
        );
        if (hasValues(declaration)) {
          engine.startBy(name, { trigger: { triggerType: 'CreatePipeline', triggerDetail: caller }, overrides: [] });
        }
        return { pipeline: declaration, tags: tagsOf(name) };
      });
    },

    async UpdatePipeline(input: Checked<UpdatePipelineInput>): Promise<UpdatePipelineOutput> {
      engine.find(input.pipeline.name ?? '');
      await checkDeclaration(input.pipeline);
      return { pipeline: engine.update(completed(input.pipeline)).declaration };
    },

    GetPipeline({ name, version }: Checked<GetPipelineInput>): GetPipelineOutput {
      const { arn, createdAt, updatedAt, declaration } = engine.find(name);
      const found =
        version === undefined || version === declaration.version
          ? declaration
          : deliveryVersions(store).get(`${name}/${version}`)?.declaration;
      if (!found) {
        throw new ServiceError(
          'PipelineVersionNotFoundException',
          `The pipeline ${name} has no version ${version ?? ''}.`,
        );
      }
      return { pipeline: found, metadata: { pipelineArn: arn, created: createdAt, updated: updatedAt } };
    },

    DeletePipeline({ name }: Checked<DeletePipelineInput>): object {
      engine.delete(name);
      return {};
    },

    ListPipelines({ maxResults, nextToken }: ListPipelinesInput): ListPipelinesOutput {
      const { records, nextToken: next } = deliveries(store).page([], {
        sort: 'id',
        descending: false,
        limit: maxResults ?? pageSize,
        token: nextToken,
        question: 'ListPipelines',
      });
      return {
        pipelines: records.map(({ name, version, declaration, createdAt, updatedAt }) => ({
          name,
          version,
          pipelineType: declaration.pipelineType,
          executionMode: declaration.executionMode,
          created: createdAt,
          updated: updatedAt,
        })),
        ...(next === undefined ? {} : { nextToken: next }),
      };
    },

    ListTagsForResource: ({ resourceArn }: Checked<ListTagsForResourceInput>): ListTagsForResourceOutput => ({
      tags: tagsOf(nameIn(resourceArn)),
    }),

    TagResource(input: Checked<TagResourceInput>): object {
      const arn = deliveryArn(nameIn(input.resourceArn));
      tags(store).add(
        arn,
        input.tags.map(({ key, value }) => ({ Key: key, Value: value })),
      );
      return {};
    },

    UntagResource(input: Checked<UntagResourceInput>): object {
      tags(store).remove(deliveryArn(nameIn(input.resourceArn)), input.tagKeys);
      return {};
    },
  };
}

/** Members that make a pipeline one of type V2 where its type is not given. */
function isSecondType({
  stages = [],
  triggers,
  variables,
  executionMode = 'SUPERSEDED',
}: PipelineDeclaration): boolean {
  return (
    executionMode !== 'SUPERSEDED' ||
    (triggers ?? []).length > 0 ||
    (variables ?? []).length > 0 ||
    stages.some(
      ({ beforeEntry, onSuccess, onFailure, actions = [] }) =>
        beforeEntry !== undefined ||
        onSuccess !== undefined ||
        onFailure !== undefined ||
        actions.some(({ actionTypeId }) => actionTypeId?.provider === 'Commands'),
    )
  );
}

/** A declaration with what the service fills in. */
function completed(declaration: PipelineDeclaration): PipelineDeclaration {
  return {
    ...declaration,
    executionMode: declaration.executionMode ?? 'SUPERSEDED',
    pipelineType: declaration.pipelineType ?? (isSecondType(declaration) ? 'V2' : 'V1'),
    stages: (declaration.stages ?? []).map((stage) => ({
      ...stage,
      actions: (stage.actions ?? []).map((action) => ({
        ...action,
        runOrder: action.runOrder ?? 1,
        configuration: action.configuration ?? {},
        inputArtifacts: action.inputArtifacts ?? [],
        outputArtifacts: action.outputArtifacts ?? [],
      })),
    })),
  };
}

/** Whether an execution can begin by itself: every variable has a value. */
function hasValues({ variables = [] }: PipelineDeclaration): boolean {
  return variables.every(({ defaultValue }) => defaultValue !== undefined);
}
