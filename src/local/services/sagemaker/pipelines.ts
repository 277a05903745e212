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
import { resourceName, sagemakerArn } from '../../domain/arns';
import { executions, steps } from '../../domain/executions';
import { objects } from '../../domain/objects';
import { once } from '../../domain/once';
import {
  type Pipeline,
  findPipeline,
  findVersion,
  lastRuns,
  pipelineVersions,
  pipelines,
} from '../../domain/pipelines';
import { tags } from '../../domain/tags';
import { forgetJobs } from '../../engine/forget';
import { checkDefinition } from '../../engine/check';
import type { Context } from '../../engine/context';
import type { Store } from '../../store/store';
import { conflict, invalid } from '../../wire/errors';
import type { Operations } from '../../wire/service';
import type { Checked } from '../service';
import { listRecords } from './listing';

/** Operations on pipelines and their versions. */
export function pipelineOperations({ store }: Context): Operations {
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
        if (pipelines(store).get(name)) {
          // A ValidationException, not a conflict: the SageMaker SDK's upsert counts on it.
          throw invalid(
            `Pipeline names must be unique within an AWS account and region. Pipeline with name (${name}) already exists.`,
          );
        }
        const now = new Date();
        pipelines(store).put({
          name,
          arn,
          roleArn,
          ...changes(input),
          createdAt: now,
          modifiedAt: now,
          version: 1,
        });
        pipelineVersions(store).put({ pipeline: name, version: 1, definition, createdAt: now });
        tags(store).add(arn, input.Tags);
        return { PipelineArn: arn };
      });
    },

    async UpdatePipeline(input: Checked<UpdatePipelineRequest>): Promise<UpdatePipelineResponse> {
      const definition = definitionOf(store, input);
      if (definition !== undefined) await checkDefinition(definition);
      return store.transaction(() => {
        const pipeline = findPipeline(store, input.PipelineName);
        const now = new Date();
        const version = pipeline.version + 1;
        pipelines(store).put({
          ...pipeline,
          ...changes(input),
          ...(input.RoleArn === undefined ? {} : { roleArn: input.RoleArn }),
          modifiedAt: now,
          version,
        });
        const before = findVersion(store, pipeline, undefined);
        pipelineVersions(store).put({
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
        const running = executions(store).list("pipeline = ? AND status IN ('Executing', 'Stopping')", name);
        if (running.length > 0) {
          throw conflict(
            `Pipeline '${arn}' has ${running.length} running execution(s). Stop them before you delete it.`,
          );
        }
        for (const step of steps(store).list('execution IN (SELECT id FROM executions WHERE pipeline = ?)', name)) {
          forgetJobs(store, step);
        }
        steps(store).delete('execution IN (SELECT id FROM executions WHERE pipeline = ?)', name);
        executions(store).delete('pipeline = ?', name);
        pipelineVersions(store).delete('pipeline = ?', name);
        lastRuns(store).delete('pipeline = ?', name);
        pipelines(store).delete('id = ?', name);
        tags(store).remove(arn);
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
      const { PipelineNamePrefix: prefix } = input;
      const { records, nextToken } = listRecords(pipelines(store), 'ListPipelines', input, {
        sorts: { CreationTime: 'created', Name: 'id' },
        newestFirst: true,
        filters: prefix === undefined ? [] : [['substr(id, 1, ?) = ?', prefix.length, prefix]],
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
      const { records, nextToken } = listRecords(pipelineVersions(store), 'ListPipelineVersions', input, {
        sorts: { version: 'version' },
        newestFirst: true,
        filters: [['pipeline = ?', name]],
      });
      return {
        PipelineVersionSummaries: records.map((version) => ({
          PipelineArn: arn,
          PipelineVersionId: version.version,
          CreationTime: version.createdAt,
          PipelineVersionDisplayName: version.displayName,
          PipelineVersionDescription: version.description,
          LastExecutionPipelineExecutionArn: lastRuns(store).get(`${name}/${version.version}`)?.arn,
        })),
        NextToken: nextToken,
      };
    },

    UpdatePipelineVersion(input: Checked<UpdatePipelineVersionRequest>): UpdatePipelineVersionResponse {
      return store.transaction(() => {
        const pipeline = findPipeline(store, resourceName(input.PipelineArn));
        const version = findVersion(store, pipeline, input.PipelineVersionId);
        const { PipelineVersionDisplayName: displayName, PipelineVersionDescription: description } = input;
        pipelineVersions(store).put({
          ...version,
          ...(displayName === undefined ? {} : { displayName }),
          ...(description === undefined ? {} : { description }),
        });
        return { PipelineArn: pipeline.arn, PipelineVersionId: version.version };
      });
    },
  };
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
  const object = objects(store).get(bucket, key);
  if (!object) throw invalid(`The definition at s3://${bucket}/${key} does not exist. Upload it first.`);
  return readFileSync(object.path, 'utf8');
}
