/** The words of runs, which hosts and panels share. Pure. */

/** The service's own states of an execution. */
export type RunStatus = 'Executing' | 'Stopping' | 'Stopped' | 'Failed' | 'Succeeded';

/**
 * The service's own states of a step, and two for the steps that it does not list: `Pending` while the run can
 * still reach the step, `NotRun` when it cannot (the branch not taken, or the run ended before it).
 */
export type StepStatus =
  | 'Pending'
  | 'Starting'
  | 'Executing'
  | 'Stopping'
  | 'Stopped'
  | 'Failed'
  | 'Succeeded'
  | 'NotRun';

/** Files that were copied for a run, named by the digest of their list. */
export interface UploadedFiles {
  /** The pipeline parameter that holds their address. */
  parameter: string;
  /** SHA-256 of the list of the files, in hexadecimal. */
  digest: string;
  /** How many there are. */
  files: number;
  /** The MD5 by which DVC knows them; `modified` where they are not what it tracks. Absent where it tracks nothing. */
  dvc?: string;
}

/** Data that lay in S3 when a run was started. */
export interface RecordedInput {
  /** The parameter that names its place, else the step and its input: `Train.validation`. */
  name: string;
  uri: string;
  /** The ETag of an object; of what lies below a prefix, the SHA-256 of its keys and ETags, in hexadecimal. */
  tag: string;
  /** The version of an object, where its bucket keeps versions. */
  version?: string;
  /** How many objects lay below a prefix. */
  objects?: number;
}

/** Where a run came from. */
export interface Provenance {
  /** The full commit id. */
  commit?: string;
  /** The id of the commit's tree, which says what its files are whatever the commit is. */
  tree?: string;
  branch?: string;
  /** Whether the work tree had changes or untracked files that the commit does not have. */
  dirty?: boolean;
  /** SHA-256 of the definition, in hexadecimal. */
  digest?: string;
  uploads?: UploadedFiles[];
  /** The stubs that it was given: names of steps, and types. */
  stubs?: string[];
  /** Data that the run reads and that was not copied for it. */
  inputs?: RecordedInput[];
  /** The ARN of the run that this one is to come to the same as. */
  reproduces?: string;
  /** The name of the sweep that the run belongs to. */
  sweep?: string;
}

/** One execution of a pipeline, as lists show it. */
export interface Execution {
  arn: string;
  /** The last part of the ARN: twelve lower-case letters and digits. */
  id: string;
  /** The pipeline's name. */
  pipeline: string;
  name: string;
  status: RunStatus;
  start?: Date;
  failureReason?: string;
  provenance?: Provenance;
}

/** An execution with what only its description tells. */
export interface ExecutionDetails extends Execution {
  /** When it came to rest, or was last touched. */
  changed?: Date;
  parameters: { name: string; value: string }[];
  /** Where it comes from beside its provenance. */
  origin?: {
    /** Who started it: a user profile, or an ARN. */
    by?: string;
    /** The version of the pipeline's definition. */
    version?: number;
    /** The run whose results a selective run has taken over. */
    source?: string;
    /** What was written of it by others than this extension. */
    description?: string;
  };
}

/** True when an execution or a step in `status` will not change by itself. */
export function isSettled(status: string): boolean {
  return status === 'Succeeded' || status === 'Failed' || status === 'Stopped';
}

/** The pipeline's name in the ARN of an execution: `…:pipeline/NAME/execution/ID`. */
export function pipelineIn(arn: string): string {
  return arn.split('/').at(-3) ?? '';
}

/** The name of what an ARN names: what stands behind its last slash. */
export function nameIn(arn: string | undefined): string | undefined {
  return arn?.slice(arn.lastIndexOf('/') + 1);
}

/** `penguins version 3` for the ARN of a model package. */
export function modelLabel(arn: string): string {
  return arn.split('/').slice(-2).join(' version ');
}
