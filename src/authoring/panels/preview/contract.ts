/** What the live preview of a definition and its host tell each other. */
import type { Graph } from '../../../definition/graph/model';
import { isString, shape } from '../../../shared/guards';
import type { PanelContract } from '../../../shared/panel-contract';

export interface PreviewArguments {
  /** The definition's URI. */
  uri: string;
}

/** What the diagnostics say about one step. */
export interface StepProblems {
  /** The node's id. */
  id: string;
  errors: number;
  warnings: number;
  /** The first messages, for the tooltip and for a screen reader. */
  messages: string[];
}

export type PreviewToPanel =
  /**
   * The graph of the text as it is now. Where the text cannot be read as a definition, the host sends the last
   * good graph again with `broken`: a sentence that names the first error.
   */
  | { type: 'graph'; file: string; graph: Graph; problems: StepProblems[]; broken?: string }
  /** Diagnostics came without a change of the graph. */
  | { type: 'problems'; problems: StepProblems[] }
  /** There is no graph to show: a sentence why, and what to do. */
  | { type: 'empty'; text: string }
  /** The step under the editor's cursor, or none. */
  | { type: 'select'; step?: string };

export type PreviewToHost =
  /** Move the editor's cursor to the step, without taking the focus. */
  | { type: 'select'; step?: string }
  /** Go to the step in the editor. */
  | { type: 'reveal'; step: string }
  | { type: 'showProblems' }
  | { type: 'run' };

export const previewPanel: PanelContract<PreviewArguments, PreviewToPanel, PreviewToHost> = {
  name: 'preview',
  icon: 'open-preview',
  key: (args) => args.uri,
  isArguments: shape({ uri: isString }),
};
