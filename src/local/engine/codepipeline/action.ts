import type { ArtifactPlace, ActionRun, DeliveryExecution } from '../../domain/deliveries';
import type { Builds } from '../../jobs/build/builds';
import type { JobSurroundings } from '../../jobs/run/runner';
import type { ActionResult } from './machine';

/** An action that has failed for a reason of its own; the code is one of the service's. */
export class ActionFailure extends Error {
  override readonly name = 'ActionFailure';

  constructor(
    message: string,
    readonly code: 'JobFailed' | 'ConfigurationError' | 'PermissionError' | 'InternalError' = 'JobFailed',
  ) {
    super(message);
  }
}

/** What an action tells while it is under way. */
export type Progress = Partial<
  Pick<ActionRun, 'externalId' | 'externalUrl' | 'externalSummary' | 'logStreamArn' | 'summary'>
>;

/** Waits for what a Lambda function tells of its job. */
export type JobResults = (
  jobId: string,
  signal: AbortSignal,
) => Promise<
  { ok: true; outputVariables: Record<string, string>; externalId?: string } | { ok: false; message: string }
>;

/** One run of an action with all that it may need. */
export interface ActionWork {
  run: ActionRun;
  /** Read only. */
  execution: DeliveryExecution;
  /** The configuration with the values of its variables. */
  configuration: Readonly<Record<string, string>>;
  surroundings: JobSurroundings;
  builds: Builds;
  /** Aborted when the action is abandoned. */
  signal: AbortSignal;
  jobResults: JobResults;
  /** Where a new artifact of the action goes. */
  place: (artifact: string) => ArtifactPlace;
  resolve: (text: string) => string;
  note: (progress: Progress) => void;
}

/** A provider of actions that Local runs: one file in `actions/`, and a line in `actions/index.ts`. */
export interface ActionKind {
  categories: readonly string[];
  owner: string;
  provider: string;
  /** @throws {ActionFailure} */
  run(work: ActionWork): Promise<ActionResult>;
}
