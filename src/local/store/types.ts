import type {
  DescribeModelPackageOutput,
  DescribeProcessingJobResponse,
  DescribeTrainingJobResponse,
  ParallelismConfiguration,
  PipelineExecutionStatus,
  PipelineExecutionStepMetadata,
  SelectiveExecutionConfig,
  StepStatus,
} from '@aws-sdk/client-sagemaker';

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
  lastExecutionArn?: string;
}

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
}

interface JobBase<Kind, Doc> {
  kind: Kind;
  name: string;
  arn: string;
  status: string;
  createdAt: Date;
  modifiedAt: Date;
  doc: Doc;
}

/** A job with the answer of its Describe operation. */
export type TrainingJob = JobBase<'training', DescribeTrainingJobResponse>;
export type ProcessingJob = JobBase<'processing', DescribeProcessingJobResponse>;
export type Job = TrainingJob | ProcessingJob;

export interface ModelGroup {
  name: string;
  arn: string;
  description?: string;
  createdAt: Date;
  /** The number that the newest version has had; numbers are not used again. */
  versions: number;
}

export interface ModelPackage {
  arn: string;
  /** The group, for a versioned package. */
  group?: string;
  doc: DescribeModelPackageOutput;
}
