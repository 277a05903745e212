/** What a comparison side by side and its host tell each other: runs of a pipeline, or versions of a model. */
import { isString, listOf, shape } from '../../../shared/guards';
import type { PanelContract } from '../../../shared/panel-contract';
import type { Provenance, RunStatus } from '../../model';

/** So many stand side by side. */
export const mostCompared = 8;

export interface CompareArguments {
  connection: string;
  /** The ARNs of executions, or of model packages. */
  ids: string[];
}

/** One of those that are compared. */
export interface ComparedColumn {
  id: string;
  label: string;
  /** Of a run. */
  status?: RunStatus;
  provenance?: Provenance;
  /** Why something of it is missing. */
  problem?: string;
}

/** What one of them has in a row. Without a text it has nothing there. */
export interface ComparedCell {
  text?: string;
  /** The whole of what the text shortens. */
  hint?: string;
  /** Beside the baseline: `+0.012 (+1.3 %)`. */
  delta?: string;
  /** Whether the difference is for the better. */
  tone?: 'good' | 'bad';
  /** The cell can be opened: sent back as `open`. */
  link?: string;
  /** There is more to see of the difference from the baseline. */
  show?: Difference;
}

/** What can be shown of a difference in VS Code's own editors. */
export type Difference = 'definition' | 'commit' | 'files';

export interface ComparedRow {
  label: string;
  kind?: 'number' | 'code';
  /** One cell for each column. */
  cells: ComparedCell[];
  /** Whether they are not all alike. */
  differs: boolean;
  /** Mean and deviation over runs that differ in their seed alone: `0.971 ± 0.004 (3 seeds)`. */
  spread?: string;
}

export interface ComparedSection {
  title: string;
  rows: ComparedRow[];
}

/** Something that was not the same, and so may have made the difference. */
export interface Explanation {
  what: string;
  text: string;
}

/** Whether a run that was made to be the same as another came to the same. */
export interface Verdict {
  state: 'running' | 'same' | 'within' | 'differs' | 'unknown';
  text: string;
  /** What keeps the verdict from saying more. */
  notes: string[];
}

export interface Comparison {
  title: string;
  kind: 'runs' | 'versions';
  /** The connection's label. */
  connection: string;
  columns: ComparedColumn[];
  /** The id of the column that the others are measured by. */
  baseline: string;
  sections: ComparedSection[];
  /** Empty where nothing that was recorded differs. */
  explanations: Explanation[];
  verdict?: Verdict;
}

export type CompareToPanel =
  | { type: 'comparison'; comparison: Comparison }
  | { type: 'freshness'; updatedAt?: number; problem?: string };

export type CompareToHost =
  | { type: 'baseline'; id: string }
  | { type: 'remove'; id: string }
  | { type: 'open'; link: string }
  /** Shows a difference between the baseline and this one. `row` says of which files. */
  | { type: 'show'; what: Difference; id: string; row: string }
  | { type: 'again'; id: string }
  | { type: 'reproduce'; id: string }
  | { type: 'copy'; text: string }
  | { type: 'refresh' };

export const comparePanel: PanelContract<CompareArguments, CompareToPanel, CompareToHost> = {
  name: 'compare',
  icon: 'diff',
  key: ({ connection, ids }) => `${connection} ${ids.join(' ')}`,
  isArguments: shape({ connection: isString, ids: listOf(isString) }),
};
