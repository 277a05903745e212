/**
 * What the gates of a release ask of the other rooms. The pipelines and registry rooms answer from the environment's
 * account; the working tree and the definitions are answered here.
 */

/** A run of a pipeline, as far as a gate needs it. */
export interface RunEvidence {
  /** ARN of the pipeline execution. */
  arn: string;
  /** What the user calls it: the display name, else the last part of the ARN. */
  name: string;
  pipeline: string;
  /** SageMaker's status: `Succeeded`, `Failed`, `Executing`, `Stopping`, `Stopped`. */
  status: string;
  /** Full object name of the commit that it was started from. */
  commit: string;
  /** True where the working tree had changes, so that the run is of more than the commit. */
  dirty: boolean;
  /** Milliseconds since the epoch. */
  startedAt: number;
}

/** A version in the model registry, as far as a gate needs it. */
export interface ModelEvidence {
  /** ARN of the model package. */
  arn: string;
  group: string;
  version: number;
  /** SageMaker's approval status: `Approved`, `Rejected`, `PendingManualApproval`. */
  approval: string;
}

/** The records of one environment. Each method rejects with an error whose message is a sentence for the user. */
export interface RunRecords {
  /** Every run of the pipeline that was started from the commit, in any state and order. */
  runsOfCommit(pipeline: string, commit: string, signal: AbortSignal): Promise<RunEvidence[]>;
  /** The model versions that the run registered. */
  modelsOfRun(run: RunEvidence, signal: AbortSignal): Promise<ModelEvidence[]>;
  /** The final metrics of the run by name. */
  metricsOfRun(run: RunEvidence, signal: AbortSignal): Promise<Readonly<Record<string, number>>>;
}

/** The state of the commit's files. */
export interface TreeEvidence {
  /** Paths with uncommitted changes, relative to the root. */
  changes(signal: AbortSignal): Promise<string[]>;
  /** The errors in a definition as sentences; undefined where there is no such file. */
  definitionErrors(path: string, signal: AbortSignal): Promise<string[] | undefined>;
}

export interface Evidence extends RunRecords, TreeEvidence {}
