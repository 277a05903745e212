import type {
  ParallelismConfiguration,
  PipelineExecutionStatus,
  PipelineExecutionStepMetadata,
  SelectiveExecutionConfig,
  StepStatus,
} from '@aws-sdk/client-sagemaker';
import type { Stubs } from '../../shared/stubs';
import { recordsOf } from '../store/part';
import type { Store } from '../store/store';
import { notFound } from '../wire/errors';
import { executionId } from './arns';

export interface Execution {
  /** Twelve small letters and digits. */
  id: string;
  arn: string;
  pipeline: string;
  version: number;
  roleArn: string;
  status: PipelineExecutionStatus;
  displayName?: string;
  description?: string;
  /** Every parameter of the definition with the value it has in this execution, as text. */
  parameters: { Name: string; Value: string }[];
  parallelism?: ParallelismConfiguration;
  selective?: SelectiveExecutionConfig;
  /** The steps that are not run. */
  stubs?: Stubs;
  failureReason?: string;
  /** A Fail step ended it: it cannot be retried. */
  endedByFailStep: boolean;
  createdAt: Date;
  modifiedAt: Date;
}

/** A step that an execution has reached. */
export interface Step {
  execution: string;
  name: string;
  type: string;
  displayName?: string;
  description?: string;
  status: StepStatus;
  startedAt: Date;
  endedAt?: Date;
  attempts: number;
  failureReason?: string;
  metadata?: PipelineExecutionStepMetadata;
  /** What references to `Steps.<name>` read: the answer of the job's Describe operation. */
  result?: Record<string, unknown>;
  /** Equal for steps of one pipeline that would do the same work. */
  cacheKey?: string;
  /** The execution whose result this step took over from the cache. */
  cacheSource?: string;
  /** It was not run. */
  isStubbed?: boolean;
}

export const executions = recordsOf<Execution>(
  'executions',
  {
    columns: 'pipeline TEXT NOT NULL, arn TEXT NOT NULL, status TEXT NOT NULL, created REAL NOT NULL',
    indexes: `CREATE INDEX IF NOT EXISTS executions_of ON executions (pipeline, created);
      CREATE INDEX IF NOT EXISTS executions_by_status ON executions (status)`,
  },
  ({ id, arn, pipeline, status, createdAt }) => ({ id, arn, pipeline, status, created: createdAt.getTime() }),
);

export const steps = recordsOf<Step>(
  'steps',
  {
    columns: 'execution TEXT NOT NULL, started REAL NOT NULL, cache_key TEXT',
    indexes: `CREATE INDEX IF NOT EXISTS steps_of ON steps (execution, started);
      CREATE INDEX IF NOT EXISTS steps_by_cache_key ON steps (cache_key) WHERE cache_key IS NOT NULL`,
  },
  ({ execution, name, startedAt, cacheKey }) => ({
    id: `${execution}/${name}`,
    execution,
    started: startedAt.getTime(),
    cache_key: cacheKey ?? null,
  }),
);

/** Whether a step waits for someone outside, who knows its token: that goes on whatever happens to Local. */
export function waitsForAnswer({ type, status, metadata }: Step): boolean {
  return type === 'Callback' && status === 'Executing' && metadata?.Callback?.CallbackToken !== undefined;
}

/** An execution by its ARN. @throws {ServiceError} `ResourceNotFound` */
export function findExecution(store: Store, arn: string): Execution {
  const execution = executions(store).get(executionId(arn));
  if (execution?.arn !== arn) throw notFound(`Pipeline execution with ARN '${arn}' does not exist.`);
  return execution;
}
