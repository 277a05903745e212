import type { ParallelismConfiguration } from '@aws-sdk/client-sagemaker';
import { recordsOf } from '../store/part';
import type { Store } from '../store/store';
import { notFound } from '../wire/errors';
import { resourceName, sagemakerArn } from './arns';

export interface Pipeline {
  name: string;
  arn: string;
  displayName?: string;
  description?: string;
  roleArn: string;
  parallelism?: ParallelismConfiguration;
  createdAt: Date;
  modifiedAt: Date;
  lastRunAt?: Date;
  /** The number of its newest version. */
  version: number;
}

/** A definition as it was at one CreatePipeline or UpdatePipeline; never changed after. */
export interface PipelineVersion {
  pipeline: string;
  version: number;
  definition: string;
  createdAt: Date;
  displayName?: string;
  description?: string;
}

/** Which execution of a version was started last: by itself, since a definition is too long to be written each time. */
interface LastRun {
  pipeline: string;
  version: number;
  arn: string;
}

export const pipelines = recordsOf<Pipeline>(
  'pipelines',
  { columns: 'created REAL NOT NULL' },
  ({ name, createdAt }) => ({ id: name, created: createdAt.getTime() }),
);

export const pipelineVersions = recordsOf<PipelineVersion>(
  'versions',
  {
    columns: 'pipeline TEXT NOT NULL, version INTEGER NOT NULL, created REAL NOT NULL',
    indexes: 'CREATE INDEX IF NOT EXISTS versions_of ON versions (pipeline, version)',
  },
  ({ pipeline, version, createdAt }) => ({
    id: `${pipeline}/${version}`,
    pipeline,
    version,
    created: createdAt.getTime(),
  }),
);

export const lastRuns = recordsOf<LastRun>(
  'last_runs',
  {
    columns: 'pipeline TEXT NOT NULL',
    indexes: 'CREATE INDEX IF NOT EXISTS last_runs_of ON last_runs (pipeline)',
  },
  ({ pipeline, version }) => ({ id: `${pipeline}/${version}`, pipeline }),
);

/** A pipeline by its name or ARN. @throws {ServiceError} `ResourceNotFound` */
export function findPipeline(store: Store, nameOrArn: string): Pipeline {
  const name = resourceName(nameOrArn);
  const pipeline = pipelines(store).get(name);
  if (!pipeline) throw notFound(`Pipeline '${sagemakerArn('pipeline', name)}' does not exist.`);
  return pipeline;
}

/** A version by its number, the newest unless one is named. @throws {ServiceError} `ResourceNotFound` */
export function findVersion(store: Store, pipeline: Pipeline, number: number | undefined): PipelineVersion {
  const version = pipelineVersions(store).get(`${pipeline.name}/${number ?? pipeline.version}`);
  if (!version) throw notFound(`Pipeline '${pipeline.arn}' has no version ${number ?? pipeline.version}.`);
  return version;
}
