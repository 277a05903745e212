/** How a step looks and is spoken of: what the run graph and the preview each make of their own data. */
import type { GraphEdge, GraphNode } from '../../src/definition/graph/model';
import type { IconName } from '../kit/icons';
import type { Tone } from '../kit/tone';

export interface NodeFace {
  icon: IconName;
  tone: Tone;
  /** Whether the icon turns: work is going on. */
  turning?: boolean;
  /** The line below the label. */
  caption: string;
  /** A short word at the right end: `2 errors`, `×2`. */
  badge?: { text: string; tone: Tone };
  /** Steps that do not take part stand back. */
  dimmed?: boolean;
  /** Steps that are pointed out. */
  marked?: boolean;
  /** What a screen reader says after the label. */
  spoken: string;
  /** What its context menu is about, as `context-menu.ts` writes it. */
  menu?: string;
  /** Lines of the tooltip below the label. */
  tooltip: string[];
}

export type EdgeFace = 'plain' | 'taken' | 'marked' | 'dimmed';

/** The looks of a graph. Faces are asked for when a step is drawn, so they are to be cheap. */
export interface Faces {
  node(node: GraphNode): NodeFace;
  /** The face's tone alone: all that is asked for of steps seen from afar. */
  tone(node: GraphNode): Tone;
  edge(edge: GraphEdge): EdgeFace;
}

/** The icon of a type of step, where no status is known. */
export function typeIcon(type: string): IconName {
  switch (type) {
    case 'Condition':
      return 'condition';
    case 'Training':
    case 'Tuning':
    case 'AutoML':
      return 'chart';
    case 'RegisterModel':
    case 'Model':
      return 'model';
    case 'Fail':
      return 'failed';
    case 'QualityCheck':
    case 'ClarifyCheck':
      return 'quality';
    case 'Processing':
    case 'Transform':
      return 'process';
    case 'Lambda':
    case 'Callback':
      return 'code';
    default:
      return 'graph';
  }
}
