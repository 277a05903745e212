/** What the form of a sweep, its progress and their host tell each other. */
import { isString, optional, shape } from '../../../shared/guards';
import type { PanelContract } from '../../../shared/panel-contract';
import type { Method, Varied } from '../../../shared/sweep';
import type { RunStatus } from '../../model';
import type { FormParameter } from '../run-form/contract';

export interface SweepArguments {
  connection: string;
  /** The definition's URI, where the pipeline is made by a script. */
  definition?: string;
  pipeline: string;
}

/** What can be swept. */
export interface SweepForm {
  pipeline: string;
  /** The connection's label. */
  connection: string;
  parameters: FormParameter[];
  /** The parameters that name what is copied for a run. They cannot be varied. */
  uploads: string[];
  /** Why no sweep can be started now. */
  problem?: string;
}

/** How a sweep stands. */
export interface SweepProgress {
  name: string;
  /** The parameters that are varied. */
  varied: string[];
  runs: { name: string; values: Record<string, string>; arn?: string; status: RunStatus | 'Waiting' | 'NotStarted' }[];
  atATime: number;
  /** `interrupted`: the window that ran it was closed or reloaded. */
  state: 'running' | 'cancelling' | 'ended' | 'interrupted';
  problem?: string;
}

/** What the user wants to sweep. */
export interface SweepRequest {
  /** Letters, digits and hyphens. */
  name: string;
  /** Values in place of the defaults, for all runs. */
  values: Record<string, string>;
  varied: Varied[];
  method: Method;
  atATime: number;
}

export type SweepToPanel =
  | { type: 'form'; form: SweepForm }
  /** The sweep of this pipeline; none where there was none, or it was put away. */
  | { type: 'progress'; progress?: SweepProgress }
  /** A start is under way, or has failed with this sentence. */
  | { type: 'busy'; busy: boolean; problem?: string };

export type SweepToHost =
  | { type: 'start'; request: SweepRequest }
  | { type: 'cancel' }
  | { type: 'resume' }
  /** Makes room for another sweep. */
  | { type: 'another' }
  | { type: 'open'; run: string }
  | { type: 'openMetrics' };

export const sweepPanel: PanelContract<SweepArguments, SweepToPanel, SweepToHost> = {
  name: 'sweep',
  icon: 'layers',
  key: ({ connection, pipeline }) => `${connection} ${pipeline}`,
  isArguments: shape({ connection: isString, definition: optional(isString), pipeline: isString }),
};
