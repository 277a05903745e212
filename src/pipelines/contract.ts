/**
 * What the panels of pipeline runs and their hosts tell each other: the run graph, the metrics of a pipeline's
 * runs, and the form that starts a run. Times are milliseconds since the epoch.
 */
import type { Graph } from '../definition/graph/model';
import type { Section } from '../shared/facts';
import { isBoolean, isString, listOf, messageOf, optional, oneOf, recordOf, shape } from '../shared/guards';
import type { PanelContract } from '../shared/panel-contract';

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

// ── The run graph ────────────────────────────────────────────────────────────────────────────────────────

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
  canStop: boolean;
  canRetry: boolean;
  /** Further facts, below the ones every run has. */
  more?: Section[];
}

export interface StepDetail {
  step: string;
  input: Section[];
  output: Section[];
  info: Section[];
  /** Whether this type of step writes a log at all. */
  hasLogs: boolean;
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
  | { type: 'stop' }
  | { type: 'retry' }
  | { type: 'refresh' }
  | { type: 'openMetrics' };

export const runGraphPanel: PanelContract<RunGraphArguments, RunGraphToPanel, RunGraphToHost> = {
  name: 'run-graph',
  icon: 'type-hierarchy-sub',
  key: (args) => `${args.connection} ${args.executionArn}`,
  isArguments: shape({ connection: isString, executionArn: isString }),
  isToHost: messageOf<RunGraphToHost>({
    select: { step: optional(isString) },
    follow: { step: optional(isString) },
    reveal: { step: isString },
    open: { link: isString },
    openLog: { step: isString },
    stop: {},
    retry: {},
    refresh: {},
    openMetrics: {},
  }),
};

// ── The metrics of a pipeline's runs ─────────────────────────────────────────────────────────────────────

export interface MetricsArguments {
  connection: string;
  pipeline: string;
}

/** One row of the table. A value that is not in a record is missing, which is not the same as zero. */
export interface MetricsRun {
  /** The execution's ARN. */
  id: string;
  name: string;
  status: RunStatus;
  startedAt?: number;
  endedAt?: number;
  provenance?: Provenance;
  parameters: Record<string, string>;
  metrics: Record<string, number>;
}

/** A metric over time: per epoch, or per second where no epoch is known. */
export interface Series {
  /** `train:loss` */
  name: string;
  /** The name of the x axis: `epoch`. */
  axis: string;
  x: number[];
  y: number[];
}

/** What an evaluation step wrote about a classifier. */
export interface Evaluation {
  labels: string[];
  /** `matrix[actual][predicted]`: counts. */
  matrix: number[][];
}

/** How the user looks at the table; kept by the host for this pipeline. */
export interface MetricsLayout {
  /** Ids of hidden columns. */
  hidden: string[];
  sort: { column: string; descending: boolean }[];
}

export type MetricsToPanel =
  /** All runs, newest first. `goals` says which way a metric is good; where silent, by its name. */
  | {
      type: 'runs';
      pipeline: string;
      connection: string;
      runs: MetricsRun[];
      goals?: Record<string, 'max' | 'min'>;
      layout?: MetricsLayout;
      /** Whether older runs are still being fetched. */
      loading?: boolean;
    }
  /** Runs that changed or are new. */
  | { type: 'patch'; runs: MetricsRun[] }
  | { type: 'freshness'; updatedAt?: number; problem?: string }
  /** What the plots need of one run. `note` says why something is missing. */
  | { type: 'detail'; run: string; series: Series[]; evaluation?: Evaluation; note?: string };

export type MetricsToHost =
  /** These runs are selected: send a `detail` for each not yet sent. */
  | { type: 'need'; runs: string[] }
  | { type: 'openRun'; run: string }
  /** Save this text; the host asks where. */
  | { type: 'export'; name: string; csv: string }
  | { type: 'layout'; layout: MetricsLayout }
  | { type: 'refresh' }
  | { type: 'startRun' };

export const metricsPanel: PanelContract<MetricsArguments, MetricsToPanel, MetricsToHost> = {
  name: 'metrics',
  icon: 'graph-line',
  key: (args) => `${args.connection} ${args.pipeline}`,
  isArguments: shape({ connection: isString, pipeline: isString }),
  isToHost: messageOf<MetricsToHost>({
    need: { runs: listOf(isString) },
    openRun: { run: isString },
    export: { name: isString, csv: isString },
    layout: {
      layout: shape<MetricsLayout>({
        hidden: listOf(isString),
        sort: listOf(shape({ column: isString, descending: isBoolean })),
      }),
    },
    refresh: {},
    startRun: {},
  }),
};

// ── The form that starts a run ───────────────────────────────────────────────────────────────────────────

export interface RunFormArguments {
  /** The definition's URI, where the form was opened from a file. */
  definition?: string;
  /** The pipeline's name, where it was opened from the tree. */
  pipeline?: string;
}

export type ParameterType = 'String' | 'Integer' | 'Float' | 'Boolean';

/** A parameter of the definition. Values are strings, as the service takes them. */
export interface FormParameter {
  name: string;
  type: ParameterType;
  /** Absent: the parameter is required. */
  default?: string;
  enum?: string[];
  description?: string;
}

/** Where the run would go. */
export interface FormEnvironment {
  id: string;
  /** `staging` */
  label: string;
  /** `Local`, or profile, account and region. */
  connection: string;
  /** Values that this environment sets in place of the defaults. */
  overrides: Record<string, string>;
  /** Why a run cannot go there now. */
  problem?: string;
}

export interface RunForm {
  pipeline: string;
  /** The definition's path in the workspace. */
  file?: string;
  parameters: FormParameter[];
  environments: FormEnvironment[];
  /** The id of the one offered first. */
  environment: string;
  provenance: Provenance;
  /** The values of the last run from here, offered but not taken unasked. */
  last?: { label: string; values: Record<string, string> };
  displayName?: string;
}

export type RunFormToPanel =
  | { type: 'form'; form: RunForm }
  /** The work tree or the definition changed while the form stands open. */
  | { type: 'provenance'; provenance: Provenance }
  /** The start is under way, or has failed with this sentence. On success the host closes the panel. */
  | { type: 'progress'; busy: boolean; problem?: string };

export type RunFormToHost =
  /** `values` holds what differs from the definition's defaults. */
  | { type: 'run'; environment: string; displayName?: string; values: Record<string, string> }
  | { type: 'cancel' }
  | { type: 'show'; what: 'definition' | 'changes' };

export const runFormPanel: PanelContract<RunFormArguments, RunFormToPanel, RunFormToHost> = {
  name: 'run-form',
  icon: 'play',
  key: (args) => args.definition ?? args.pipeline ?? '',
  isArguments: shape({ definition: optional(isString), pipeline: optional(isString) }),
  isToHost: messageOf<RunFormToHost>({
    run: { environment: isString, displayName: optional(isString), values: recordOf(isString) },
    cancel: {},
    show: { what: oneOf('definition', 'changes') },
  }),
};
