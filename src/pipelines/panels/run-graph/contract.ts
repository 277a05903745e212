/** What the graph of a run and its host tell each other. Times are milliseconds since the epoch. */
import type { Graph } from '../../../definition/graph/model';
import type { CheckView, Section, Table } from '../../../shared/facts';
import { isString, shape } from '../../../shared/guards';
import type { PanelContract } from '../../../shared/panel-contract';
import type { RunStatus, StepStatus, Provenance } from '../../model';
import type { StepMenu } from './step-kinds';

export interface RunGraphArguments {
  /** The connection's id. */
  connection: string;
  executionArn: string;
}

/** One step of a run, laid over the graph's node of the same id. */
export interface StepState {
  id: string;
  status: StepStatus;
  startedAt?: number;
  endedAt?: number;
  /** How often the step was tried; told when more than once. */
  attempts?: number;
  /** What a Condition step came to. */
  outcome?: 'True' | 'False';
  /** The execution whose result was taken from the cache. */
  cachedFrom?: string;
  failureReason?: string;
  /** S3 locations that the step read on Local and that have nothing: files of this machine can stand for them. */
  missingData?: readonly string[];
  /** What its context menu can offer. */
  menu?: StepMenu;
}

/** What a part of a step's time went into. Times are milliseconds since the epoch. */
export interface Phase {
  name: 'Starting' | 'Downloading' | 'Running' | 'Uploading';
  from: number;
  /** Absent while it goes on. */
  to?: number;
}

export interface RunInfo {
  pipeline: string;
  /** The execution's display name, else its id. */
  name: string;
  executionArn: string;
  /** The connection's name as the user knows it: `Local`. */
  connection: string;
  status: RunStatus;
  startedAt?: number;
  endedAt?: number;
  /** The service's own words. */
  failureReason?: string;
  provenance?: Provenance;
  parameters: { name: string; value: string; isDefault?: boolean }[];
  /** The model version that this run registered. */
  model?: { label: string; approval: string; link?: string };
  /** The most telling numbers, when the run has ended. */
  metrics?: { name: string; value: number }[];
  canStop: boolean;
  canRetry: boolean;
  /** Further facts, below the ones every run has. */
  /** Who started it, which version of the pipeline, and what it was started for. */
  start?: Section['rows'];
  more?: Section[];
}

export interface StepDetail {
  step: string;
  input: Section[];
  output: Section[];
  /** What a job tried, below the output. */
  trials?: Table;
  /** What a check has found, before the output. */
  check?: CheckView;
  info: Section[];
  /** Whether the log of this type of step can be followed here. */
  hasLogs: boolean;
  /** Why it cannot, or where the log is, in a sentence. */
  noLog?: string;
  /** What is said where there is no output: that there is none, or that it is not known here. */
  noOutput?: string;
  /** What a Callback step that waits asks for. */
  callback?: { queue: string; outputs: readonly { name: string; type: string }[] };
  /** Why there is no input or output yet, or that a call was denied, in a sentence. */
  note?: string;
}

export interface LogLine {
  /** Absent where the source gives none. */
  time?: number;
  text: string;
}

export type RunGraphToPanel =
  /** Everything: the graph from the definition and the run's state over it. */
  | { type: 'run'; info: RunInfo; graph: Graph; steps: StepState[] }
  | { type: 'info'; info: RunInfo }
  /** The steps that changed. */
  | { type: 'steps'; steps: StepState[] }
  /** When the state was last confirmed by the service; with `problem`, why it cannot be now. */
  | { type: 'freshness'; updatedAt?: number; problem?: string }
  /** The panel has nothing to show: a sentence why, and what to do. */
  | { type: 'empty'; text: string }
  | { type: 'detail'; detail: StepDetail }
  /**
   * Lines of the log that is followed. `reset` begins anew. `state`: `waiting` for the first line, `live`,
   * `ended`, or `failed` with the reason in `note`.
   */
  | {
      type: 'logs';
      step: string;
      reset?: boolean;
      lines: LogLine[];
      state: 'waiting' | 'live' | 'ended' | 'failed';
      note?: string;
    }
  /** What the time of steps went into, by step; for the timeline. `note` says why some of it is not known. */
  | { type: 'phases'; phases: Record<string, Phase[]>; note?: string }
  /** Select a step from outside. */
  | { type: 'select'; step: string };

export type RunGraphToHost =
  /** A step was selected, or none: the host sends `detail`, again whenever it changes. */
  | { type: 'select'; step?: string }
  /** The log of this step is in view, or none is: the host sends `logs`. */
  | { type: 'follow'; step?: string }
  /** Show the step in the definition. */
  | { type: 'reveal'; step: string }
  | { type: 'open'; link: string }
  /** Open the whole log in an editor. */
  | { type: 'openLog'; step: string }
  /** Answer the Callback step; the host asks for outputs, or the reason. */
  | { type: 'answer'; step: string; how: 'succeed' | 'fail' }
  | { type: 'stop' }
  | { type: 'retry' }
  /** Let files of this machine stand for what the step did not find; the host asks for them, then retries the run. */
  | { type: 'useLocalData'; step: string }
  | { type: 'refresh' }
  | { type: 'openMetrics' }
  /** The timeline is in view, or no longer: the host sends `phases`, again whenever they change. */
  | { type: 'timeline'; open: boolean }
  /** Save a drawing of the graph; the host asks where. */
  | { type: 'export'; name: string; content: string }
  | { type: 'repeat'; how: 'again' | 'reproduce' | 'compare' };

export const runGraphPanel: PanelContract<RunGraphArguments, RunGraphToPanel, RunGraphToHost> = {
  name: 'run-graph',
  icon: 'type-hierarchy-sub',
  key: (args) => `${args.connection} ${args.executionArn}`,
  isArguments: shape({ connection: isString, executionArn: isString }),
};
