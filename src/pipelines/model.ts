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

/** Where a run came from. */
export interface Provenance {
  /** The full commit id. */
  commit?: string;
  branch?: string;
  /** Whether the work tree had changes that the commit does not have. */
  dirty?: boolean;
  /** SHA-256 of the definition, in hexadecimal. */
  digest?: string;
}
