/** What a delivery pipeline's panel and its host tell each other. Times are milliseconds since the epoch. */
import { isString, shape } from '../../../shared/guards';
import type { PanelContract } from '../../../shared/panel-contract';
import type { Link } from '../../links';
import type { ActionRun, Board, DeliveryRun } from '../../model';
import type { Verb } from '../../verbs';

export interface PipelineArguments {
  connection: string;
  pipeline: string;
}

/** A variable that a run can be started with. */
export interface Variable {
  name: string;
  /** It has to be given where there is none. */
  default?: string;
  description?: string;
}

/** A source of which another revision than the newest can be chosen. */
export interface SourceChoice {
  action: string;
  /** `owner/name @ main` */
  place: string;
  /** What the revision is: `COMMIT_ID`. */
  revisionType: string;
}

/** What is shown of the pipeline as a whole. */
export interface PipelineInfo {
  pipeline: string;
  connection: string;
  region: string;
  isProduction: boolean;
  /** V1 or V2; absent where the declaration could not be read. */
  type?: string;
  /** Why the variables and sources are not known. */
  problem?: string;
  version?: number;
  start: Verb;
  variables: Variable[];
  sources: SourceChoice[];
  /** The commit that is checked out, with its branch. */
  commit?: { id: string; branch?: string };
}

/** An attempt at an action, with what it made. */
export type ShownAction = ActionRun & { links: Link[] };

/** What can be done now: by stage, by run, and for approvals by stage and action. */
export interface Verbs {
  stages: Record<string, Verb[]>;
  runs: Record<string, Verb[]>;
}

export type PipelineToPanel =
  | { type: 'info'; info: PipelineInfo }
  /** `problem` says why the state could not be read: then the board is as it was before. */
  | { type: 'board'; board: Board; verbs: Verbs; problem?: string }
  /** All runs that are known, the newest first; more of them can be asked for. `problem` says why there may be others. */
  | { type: 'runs'; runs: DeliveryRun[]; hasOlder: boolean; problem?: string }
  | { type: 'detail'; run: string; actions: ShownAction[]; variables: Record<string, string>; problem?: string }
  /** The end of a build's log. */
  | {
      type: 'log';
      build: string;
      text: string;
      isDone: boolean;
      note?: string;
      /** What the log names: runs, endpoints, model versions. */
      links: Link[];
    }
  | { type: 'freshness'; updatedAt?: number; problem?: string }
  | { type: 'select'; stage?: string; action?: string; run?: string }
  /** Opens the form that starts a run. */
  | { type: 'form' }
  | { type: 'started'; run?: string; problem?: string };

export const stateVerbs = [
  'stop',
  'abandon',
  'retryFailed',
  'retryAll',
  'rollback',
  'override',
  'enable',
  'disable',
] as const;

export type PipelineToHost =
  /** Send what is known of this run's actions, and follow them. */
  | { type: 'need'; run: string }
  | { type: 'log'; build: string | undefined }
  | { type: 'verb'; verb: (typeof stateVerbs)[number]; stage: string | undefined; run: string | undefined }
  | { type: 'start'; variables: Record<string, string>; revisions: { action: string; value: string }[]; token: string }
  | { type: 'review'; stage: string; action: string; run: string }
  | { type: 'open'; link: Link }
  | { type: 'older' }
  | { type: 'declaration' }
  | { type: 'refresh' };

export const pipelinePanel: PanelContract<PipelineArguments, PipelineToPanel, PipelineToHost> = {
  name: 'delivery',
  icon: 'rocket',
  key: (args) => `${args.connection} ${args.pipeline}`,
  isArguments: shape({ connection: isString, pipeline: isString }),
};
