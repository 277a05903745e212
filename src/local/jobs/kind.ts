import type { Recipe } from './images/recipe';
import type { ObjectStore } from '../domain/objects';
import type { Container } from './run/container';
import type { Skeleton } from './run/folders';
import type { Script } from './run/scripts';
import type { Store } from '../store/store';
import type { Transfer } from './run/transfer';

/** What a job came to. */
export interface JobEnd {
  status: 'Completed' | 'Failed' | 'Stopped';
  reason?: string;
  /** The kind of failure, as retry policies name them. */
  exception?: 'SageMaker.JOB_INTERNAL_ERROR';
}

/** The end of a job with what its record tells of it. */
export interface Ended extends JobEnd {
  at: Date;
  /** Of its process, where it has had one. */
  exitCode?: number;
  /** What it left in `/opt/ml/output/message`. */
  message?: string;
  /** The last value of each metric in its log. */
  metrics: { MetricName: string; Value: number; Timestamp: Date }[];
}

export type Phase = 'Downloading' | 'Running' | 'Uploading' | 'Stopping';

/** The command, place and environment of a job's process. */
export interface Launch {
  command: readonly string[];
  cwd: string;
  /** Whether it works in `/` where that can be given to it, as in a container. */
  isAtTop?: boolean | undefined;
  env: NodeJS.ProcessEnv;
  /** Seconds. */
  maxRuntime: number;
  /** The path of a `requirements.txt` to be installed before. */
  requirements?: string;
  /** The folder of a package, with a `setup.py`, to be installed before. */
  ownPackage?: string;
  /** Lines for its log before it runs. */
  notes?: readonly string[];
  /** The image that the job names. */
  image?: string;
  /** The packages that it needs whatever its scripts import. */
  recipe?: (python: string) => Recipe | undefined;
}

/** A job's folders and what goes in and out of them. */
export interface Work<Request> {
  /** The job's name. */
  name: string;
  request: Request;
  container: Container;
  transfer: Transfer;
  /** What every job inherits. */
  environment: NodeJS.ProcessEnv;
  store: Store;
  /** The folder of the programs that stand for algorithms of images. */
  programs: string;
}

/** Where one of a job's outputs lies in S3 when it has ended. */
export interface Target {
  /** What it is called: the name of an output, or `model` and `output`. */
  name: string;
  uri: string;
  /** It is one `.tar.gz` instead of files below a prefix. */
  isArchive: boolean;
}

/** The name, ARN and time that a new job begins with. */
export interface Birth {
  name: string;
  arn: string;
  now: Date;
}

/** What is known of every kind of job of SageMaker: its requests and its records. */
export interface JobRecords<Request extends object = object, Doc extends object = object> {
  /** `training`: the beginning of its jobs' ids in the store. */
  readonly name: string;
  /** `TrainingJob`: what its operations and members are called after. */
  readonly resource: 'TrainingJob' | 'ProcessingJob' | 'TransformJob' | 'HyperParameterTuningJob';
  /** What a step's metadata call it. */
  readonly metadata: 'TrainingJob' | 'ProcessingJob' | 'TransformJob' | 'TuningJob';
  /** `training-job`, in ARNs. */
  readonly arnType: string;
  /** The arguments that make two runs of a step the same work: the service's own list. */
  readonly cacheKey: readonly string[];
  /** The longest name that the service takes; 63 unless it is given. */
  readonly longestName?: number;
  /**
   * Why Local cannot run a job with this request, in half a sentence with all that stands against it.
   * @param known the request; members whose value only a run can tell are there and undefined
   */
  refuse(known: Readonly<Record<string, unknown>>): string | undefined;
  /** Refuses a request by what there is on Local. @throws {ServiceError} */
  check?(request: Request, store: Store): void;
  /** The record of a new job: the answer of its Describe operation. */
  document(request: Request, birth: Birth): Doc;
  /** Notes a phase in the record. */
  enter(doc: Doc, phase: Phase, now: Date): void;
  /** Notes the end in the record, also that of a job that was cut short by the end of the process. */
  end(doc: Doc, end: Ended): void;
  /** The entry of its List operation. */
  summary(doc: Doc): object;
}

/** A kind of job that is a process: all that differs from one to another. */
export interface ProcessKind<Request extends object = object, Doc extends object = object> extends JobRecords<
  Request,
  Doc
> {
  readonly logGroup: string;
  /** Phases that its record tells nothing of: for them, nothing is written. */
  readonly untold?: readonly Phase[];
  /** Metrics to be read from its log. */
  metrics?(request: Request): readonly { Name?: string | undefined; Regex?: string | undefined }[];
  /** Whether the job may look for `/opt/ml` at its place: a mount costs some milliseconds. */
  needsMount(request: Request): boolean;
  /** What every job's folder holds: its folders are there before {@link prepare}. */
  readonly skeleton?: Skeleton;
  /** Fills the job's folder with code, inputs and configuration, and says what to run. */
  prepare(work: Work<Request>): Promise<Launch>;
  /** Whether a job that has failed keeps what it had made until then. */
  readonly keepsPart?: true;
  /** Uploads what the job made. */
  collect(work: Work<Request>): Promise<void>;
  /** Where its outputs go. */
  targets(request: Request, name: string): Target[];
  /** The script that a job with this request would run, as far as it is there and known before. */
  script?(known: Readonly<Record<string, unknown>>, objects: ObjectStore): Promise<Script | undefined>;
}

/** What a job that is made of others works with. */
export interface Conducting<Request, Doc> {
  name: string;
  request: Request;
  /** Its record; {@link save} keeps what was changed in it. */
  doc: Doc;
  save(): void;
  signal: AbortSignal;
  /** Runs a job of another kind to its end. @returns its record */
  run<R extends object, D extends object>(kind: ProcessKind<R, D>, name: string, request: R): Promise<D>;
}

/** A kind of job that is made of other jobs. */
export interface ConductedKind<Request extends object = object, Doc extends object = object> extends JobRecords<
  Request,
  Doc
> {
  conduct(work: Conducting<Request, Doc>): Promise<JobEnd>;
}

export type JobKind<Request extends object = object, Doc extends object = object> =
  | ProcessKind<Request, Doc>
  | ConductedKind<Request, Doc>;
