/** How the steps and edges of a run look: status, time, attempts, the branch that was taken. */
import type { GraphEdge, GraphNode } from '../../../src/definition/graph/model';
import type { StepState } from '../../../src/pipelines/panels/run-graph/contract';
import { formatDuration, formatTime } from '../../../src/shared/format';
import { statusFaces } from '../../../src/shared/status';
import { statusLook } from '../../runs/status';
import { contextMenu } from '../../kit/context-menu';
import type { EdgeFace, Faces, NodeFace } from '../../graph/face';
import type { Tone } from '../../kit/tone';

export class RunFaces implements Faces {
  constructor(
    private readonly steps: ReadonlyMap<string, StepState>,
    private readonly now: number,
    /** The steps of the critical path, first to last, where it is shown. */
    private readonly path: readonly string[] = [],
  ) {}

  node(node: GraphNode): NodeFace {
    const state = this.steps.get(node.id) ?? { id: node.id, status: 'Pending' };
    const look = statusLook(state.status);
    const time = stepDuration(state, this.now);
    const facts = [
      look.word,
      state.outcome === undefined ? undefined : `outcome ${state.outcome}`,
      time === undefined ? undefined : formatDuration(time),
      (state.attempts ?? 1) > 1 ? `attempt ${state.attempts}` : undefined,
      state.cachedFrom ? 'from the cache' : undefined,
      this.path.includes(node.id) ? 'on the critical path' : undefined,
    ].filter((fact) => fact !== undefined);
    const badge = badgeOf(state);
    return {
      icon: look.icon,
      tone: look.tone,
      ...(look.turning ? { turning: true } : {}),
      caption:
        time === undefined
          ? `${node.type}${state.status === 'NotRun' ? ' · not run' : ''}`
          : `${node.type} · ${formatDuration(time)}`,
      ...(badge ? { badge } : {}),
      dimmed: state.status === 'NotRun',
      marked: this.path.includes(node.id),
      menu: stepMenuOf(state),
      spoken: facts.join(', '),
      tooltip: [
        `${node.type}: ${facts.join(', ')}`,
        ...(state.startedAt === undefined ? [] : [`Started ${formatTime(state.startedAt)}`]),
        ...(state.failureReason ? [state.failureReason] : []),
      ],
    };
  }

  tone(node: GraphNode): Tone {
    return statusFaces[this.steps.get(node.id)?.status ?? 'Pending'].tone;
  }

  edge(edge: GraphEdge): EdgeFace {
    const at = this.path.indexOf(edge.from);
    if (at >= 0 && this.path[at + 1] === edge.to) return 'marked';
    const from = this.steps.get(edge.from);
    const to = this.steps.get(edge.to);
    if (edge.kind === 'branch' && from?.outcome) return from.outcome === edge.outcome ? 'taken' : 'dimmed';
    return to?.status === 'NotRun' ? 'dimmed' : 'plain';
  }
}

/** What the context menu of a step is about. */
export function stepMenuOf({ id, status, menu }: StepState): string {
  return contextMenu('Step', { step: id, ...menu, failed: status === 'Failed' });
}

/** How long the step took, or has been going on, in milliseconds. */
export function stepDuration(state: StepState, now: number): number | undefined {
  return state.startedAt === undefined ? undefined : Math.max(0, (state.endedAt ?? now) - state.startedAt);
}

function badgeOf(state: StepState): NodeFace['badge'] {
  if (state.outcome) return { text: state.outcome, tone: 'none' };
  if ((state.attempts ?? 1) > 1) return { text: `×${state.attempts}`, tone: 'wary' };
  return state.cachedFrom ? { text: 'cached', tone: 'none' } : undefined;
}
