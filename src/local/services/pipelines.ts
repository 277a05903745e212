import { readFileSync } from 'node:fs';
import type {
  CreatePipelineRequest,
  CreatePipelineResponse,
  DeletePipelineRequest,
  DeletePipelineResponse,
  DescribePipelineRequest,
  DescribePipelineResponse,
  ListPipelineVersionsRequest,
  ListPipelineVersionsResponse,
  ListPipelinesRequest,
  ListPipelinesResponse,
  PipelineDefinitionS3Location,
  UpdatePipelineRequest,
  UpdatePipelineResponse,
  UpdatePipelineVersionRequest,
  UpdatePipelineVersionResponse,
} from '@aws-sdk/client-sagemaker';
import { resourceName, sagemakerArn } from '../arns';
import { checkDefinition } from '../engine/check';
import { conflict, invalid, notFound } from '../protocol/errors';
import type { Filter } from '../store/records';
import type { Store } from '../store/store';
import type { Pipeline, PipelineVersion } from '../store/types';
import { type Checked, type Operations, type ServiceContext, defaultPage, questionOf } from './context';
import { once } from './idempotency';

/** Operations on pipelines and their versions. */
export function pipelineOperations({ store }: ServiceContext): Operations {
  return {
    async CreatePipeline(input: Checked<CreatePipelineRequest>): Promise<CreatePipelineResponse> {
      const definition = definitionOf(store, input);
      if (definition === undefined) {
        throw invalid('One of PipelineDefinition and PipelineDefinitionS3Location must be given.');
      }
      await checkDefinition(definition);
      return once(store, 'CreatePipeline', input, () => {
        const { PipelineName: name, RoleArn: roleArn } = input;
        const arn = sagemakerArn('pipeline', name);
        if (store.pipelines.get(name)) {
          // A ValidationException, not a conflict: the SageMaker SDK's upsert counts on it.
          throw invalid(
            `Pipeline names must be unique within an AWS account and region. Pipeline with name (${name}) already exists.`,
          );
        }
        const now = new Date();
        store.pipelines.put({
          name,
          arn,
          roleArn,
          ...changes(input),
          createdAt: now,
          modifiedAt: now,
          version: 1,
        });
        store.versions.put({ pipeline: name, version: 1, definition, createdAt: now });
        store.addTags(
          arn,
          (input.Tags ?? []).map(({ Key = '', Value = '' }) => ({ Key, Value })),
        );
        return { PipelineArn: arn };
      });
    },

    async UpdatePipeline(input: Checked<UpdatePipelineRequest>): Promise<UpdatePipelineResponse> {
      const definition = definitionOf(store, input);
      if (definition !== undefined) await checkDefinition(definition);
      return store.database.transaction(() => {
        const pipeline = findPipeline(store, input.PipelineName);
        const now = new Date();
        const version = pipeline.version + 1;
        store.pipelines.put({
          ...pipeline,
          ...changes(input),
          ...(input.RoleArn === undefined ? {} : { roleArn: input.RoleArn }),
          modifiedAt: now,
          version,
        });
        const before = findVersion(store, pipeline, undefined);
        store.versions.put({
          pipeline: pipeline.name,
          version,
          definition: definition ?? before.definition,
          createdAt: now,
        });
        return { PipelineArn: pipeline.arn, PipelineVersionId: version };
      });
    },

    DeletePipeline(input: Checked<DeletePipelineRequest>): DeletePipelineResponse {
      return once(store, 'DeletePipeline', input, () => {
        const { name, arn } = findPipeline(store, input.PipelineName);
        const running = store.executions.list("pipeline = ? AND status IN ('Executing', 'Stopping')", name);
        if (running.length > 0) {
          throw conflict(
            `Pipeline '${arn}' has ${running.length} running execution(s). Stop them before you delete it.`,
          );
        }
        store.steps.delete('execution IN (SELECT id FROM executions WHERE pipeline = ?)', name);
        store.executions.delete('pipeline = ?', name);
        store.versions.delete('pipeline = ?', name);
        store.pipelines.delete('id = ?', name);
        store.removeTags(arn);
        return { PipelineArn: arn };
      });
    },

    DescribePipeline(input: Checked<DescribePipelineRequest>): DescribePipelineResponse {
      const pipeline = findPipeline(store, input.PipelineName);
      const version = findVersion(store, pipeline, input.PipelineVersionId);
      return {
        PipelineArn: pipeline.arn,
        PipelineName: pipeline.name,
        PipelineDisplayName: pipeline.displayName ?? pipeline.name,
        PipelineDefinition: version.definition,
        PipelineDescription: pipeline.description,
        RoleArn: pipeline.roleArn,
        PipelineStatus: 'Active',
        CreationTime: pipeline.createdAt,
        LastModifiedTime: pipeline.modifiedAt,
        LastRunTime: pipeline.lastRunAt,
        CreatedBy: {},
        LastModifiedBy: {},
        ParallelismConfiguration: pipeline.parallelism,
        PipelineVersionDisplayName: version.displayName,
        PipelineVersionDescription: version.description,
      };
    },

    ListPipelines(input: Checked<ListPipelinesRequest>): ListPipelinesResponse {
      const filters: Filter[] = [];
      const { PipelineNamePrefix: prefix, CreatedAfter: after, CreatedBefore: before } = input;
      if (prefix !== undefined) filters.push(['substr(id, 1, ?) = ?', prefix.length, prefix]);
      if (after) filters.push(['created > ?', after.getTime()]);
      if (before) filters.push(['created < ?', before.getTime()]);
      const { records, nextToken } = store.pipelines.page(filters, {
        sort: input.SortBy === 'Name' ? 'id' : 'created',
        descending: input.SortOrder !== 'Ascending',
        limit: input.MaxResults ?? defaultPage,
        token: input.NextToken,
        question: questionOf('ListPipelines', input),
      });
      return {
        PipelineSummaries: records.map((pipeline) => ({
          PipelineArn: pipeline.arn,
          PipelineName: pipeline.name,
          PipelineDisplayName: pipeline.displayName ?? pipeline.name,
          PipelineDescription: pipeline.description,
          RoleArn: pipeline.roleArn,
          CreationTime: pipeline.createdAt,
          LastModifiedTime: pipeline.modifiedAt,
          LastExecutionTime: pipeline.lastRunAt,
        })),
        NextToken: nextToken,
      };
    },

    ListPipelineVersions(input: Checked<ListPipelineVersionsRequest>): ListPipelineVersionsResponse {
      const { name, arn } = findPipeline(store, input.PipelineName);
      const filters: Filter[] = [['pipeline = ?', name]];
      if (input.CreatedAfter) filters.push(['created > ?', input.CreatedAfter.getTime()]);
      if (input.CreatedBefore) filters.push(['created < ?', input.CreatedBefore.getTime()]);
      const { records, nextToken } = store.versions.page(filters, {
        sort: 'version',
        descending: input.SortOrder !== 'Ascending',
        limit: input.MaxResults ?? defaultPage,
        token: input.NextToken,
        question: questionOf('ListPipelineVersions', input),
      });
      return {
        PipelineVersionSummaries: records.map((version) => ({
          PipelineArn: arn,
          PipelineVersionId: version.version,
          CreationTime: version.createdAt,
          PipelineVersionDisplayName: version.displayName,
          PipelineVersionDescription: version.description,
          LastExecutionPipelineExecutionArn: version.lastExecutionArn,
        })),
        NextToken: nextToken,
      };
    },

    UpdatePipelineVersion(input: Checked<UpdatePipelineVersionRequest>): UpdatePipelineVersionResponse {
      return store.database.transaction(() => {
        const pipeline = findPipeline(store, resourceName(input.PipelineArn));
        const version = findVersion(store, pipeline, input.PipelineVersionId);
        const { PipelineVersionDisplayName: displayName, PipelineVersionDescription: description } = input;
        store.versions.put({
          ...version,
          ...(displayName === undefined ? {} : { displayName }),
          ...(description === undefined ? {} : { description }),
        });
        return { PipelineArn: pipeline.arn, PipelineVersionId: version.version };
      });
    },
  };
}

/** A pipeline by its name or ARN. @throws {ServiceError} `ResourceNotFound` */
export function findPipeline(store: Store, nameOrArn: string): Pipeline {
  const name = resourceName(nameOrArn);
  const pipeline = store.pipelines.get(name);
  if (!pipeline) throw notFound(`Pipeline '${sagemakerArn('pipeline', name)}' does not exist.`);
  return pipeline;
}

/** A version by its number, the newest unless one is named. @throws {ServiceError} `ResourceNotFound` */
export function findVersion(store: Store, pipeline: Pipeline, number: number | undefined): PipelineVersion {
  const version = store.versions.get(`${pipeline.name}/${number ?? pipeline.version}`);
  if (!version) throw notFound(`Pipeline '${pipeline.arn}' has no version ${number ?? pipeline.version}.`);
  return version;
}

function changes(
  input: Pick<CreatePipelineRequest, 'PipelineDisplayName' | 'PipelineDescription' | 'ParallelismConfiguration'>,
): Partial<Pipeline> {
  const {
    PipelineDisplayName: displayName,
    PipelineDescription: description,
    ParallelismConfiguration: parallelism,
  } = input;
  return {
    ...(displayName === undefined ? {} : { displayName }),
    ...(description === undefined ? {} : { description }),
    ...(parallelism === undefined ? {} : { parallelism }),
  };
}

/** The definition in the request or in the object that it names. */
function definitionOf(
  store: Store,
  input: {
    PipelineDefinition?: string | undefined;
    PipelineDefinitionS3Location?: PipelineDefinitionS3Location | undefined;
  },
): string | undefined {
  const { PipelineDefinition: text, PipelineDefinitionS3Location: place } = input;
  if (text !== undefined && place)
    throw invalid('Give only one of PipelineDefinition and PipelineDefinitionS3Location.');
  if (!place) return text;
  const { Bucket: bucket = '', ObjectKey: key = '' } = place;
  const object = store.objects.get(bucket, key);
  if (!object) throw invalid(`The definition at s3://${bucket}/${key} does not exist. Upload it first.`);
  return readFileSync(object.path, 'utf8');
}
