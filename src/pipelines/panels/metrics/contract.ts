/** What the metrics of a pipeline's runs and their host tell each other. Times are milliseconds since the epoch. */
import { isBoolean, isNumber, isString, listOf, oneOf, optional, recordOf, shape } from '../../../shared/guards';
import type { PanelContract } from '../../../shared/panel-contract';
import type { RunStatus, Provenance } from '../../model';

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

/** A curve of rates that an evaluation step wrote: a receiver operating characteristic, or precision over recall. */
export interface RateCurve {
  kind: 'roc' | 'pr';
  /** The class or model that it is of, where the report names one. */
  name: string;
  x: number[];
  y: number[];
}

/** A picture that a step wrote. */
export interface Picture {
  /** Step, output and path: `Evaluate/plots/residuals.png`. */
  name: string;
  type: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';
  /** In base64. */
  data: string;
}

/** A plot as the user has set it up. */
export interface PlotSpec {
  kind: 'curves' | 'scatter' | 'parallel' | 'bars' | 'roc' | 'pr' | 'confusion' | 'pictures';
  /** The metric of curves and bars, or the id of the column at the left axis of a scatter plot. */
  y?: string;
  /** The id of the column at the axis below, or that bars are grouped by. */
  x?: string;
  /** The ids of the columns of parallel coordinates. */
  columns?: string[];
  /** The weight of earlier values, from 0 to less than 1. */
  smoothing?: number;
  logX?: boolean;
  logY?: boolean;
  /** Takes the whole width. */
  wide?: boolean;
  /** Stands as a table. */
  table?: boolean;
}

/** How the user looks at the table; kept by the host for this pipeline. */
export interface MetricsLayout {
  /** Ids of hidden columns. */
  hidden: string[];
  sort: { column: string; descending: boolean }[];
  /** Whether columns that say the same of every run are shown too. */
  everything?: boolean;
  /** The id of the column that the runs are grouped by. */
  group?: string;
  /** Whether archived runs are shown too. */
  archived?: boolean;
  /** Ids of columns that stand before the others, in this order. */
  first?: string[];
  /** Ids of columns that stay in view beside the name. */
  pinned?: string[];
  /** Widths in pixels that the user has given columns, by id. */
  widths?: Record<string, number>;
  plots?: PlotSpec[];
}

/** A layout and a filter under a name. */
export interface SavedView {
  name: string;
  filter: string;
  layout: MetricsLayout;
}

/** What the user has noted of a run. */
export interface RunMark {
  star?: boolean;
  note?: string;
  tags?: string[];
  archived?: boolean;
}

export const isLayout = shape<MetricsLayout>({
  hidden: listOf(isString),
  sort: listOf(shape({ column: isString, descending: isBoolean })),
  everything: optional(isBoolean),
  group: optional(isString),
  archived: optional(isBoolean),
  first: optional(listOf(isString)),
  pinned: optional(listOf(isString)),
  widths: optional(recordOf(isNumber)),
  plots: optional(
    listOf(
      shape<PlotSpec>({
        kind: oneOf('curves', 'scatter', 'parallel', 'bars', 'roc', 'pr', 'confusion', 'pictures'),
        y: optional(isString),
        x: optional(isString),
        columns: optional(listOf(isString)),
        smoothing: optional(isNumber),
        logX: optional(isBoolean),
        logY: optional(isBoolean),
        wide: optional(isBoolean),
        table: optional(isBoolean),
      }),
    ),
  ),
});

export const isSavedView = shape<SavedView>({ name: isString, filter: isString, layout: isLayout });

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
  /** What the user has noted of runs, and the saved views of the pipeline. */
  | { type: 'marks'; marks: Record<string, RunMark> }
  | { type: 'views'; views: SavedView[] }
  /** What the plots need of one run. `note` says why something is missing. */
  | { type: 'detail'; run: string; series: Series[]; evaluation?: Evaluation; rates?: RateCurve[]; note?: string }
  /** The pictures of one run. `note` says what is missing. */
  | { type: 'pictures'; run: string; pictures: Picture[]; note?: string };

export type MetricsToHost =
  /** The pictures of these runs are looked at: send those not yet sent. */
  | { type: 'needPictures'; runs: string[] }
  /** These runs are selected: send a `detail` for each not yet sent. */
  | { type: 'need'; runs: string[] }
  | { type: 'openRun'; run: string }
  /** These runs are in view: read those that are not read yet. */
  | { type: 'look'; runs: string[] }
  | { type: 'mark'; run: string; what: 'star' | 'archived' | 'note' | 'tags' }
  | { type: 'saveView'; filter: string; layout: MetricsLayout }
  | { type: 'dropView'; name: string }
  /** Show these beside each other. */
  | { type: 'compare'; runs: string[] }
  /** Save this text, or a PNG in base64; the host asks where. */
  | { type: 'export'; name: string; text: string }
  | { type: 'layout'; layout: MetricsLayout }
  | { type: 'refresh' }
  | { type: 'startRun' };

export const metricsPanel: PanelContract<MetricsArguments, MetricsToPanel, MetricsToHost> = {
  name: 'metrics',
  icon: 'graph-line',
  key: (args) => `${args.connection} ${args.pipeline}`,
  isArguments: shape({ connection: isString, pipeline: isString }),
};
