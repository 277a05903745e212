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
}
