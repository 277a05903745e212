/** The steps of a run over time: when each waited, started, ran and uploaded, and which of them the time went into. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Graph } from '../../../src/definition/graph/model';
import type { Phase, StepState } from '../../../src/pipelines/panels/run-graph/contract';
import { count, formatDuration } from '../../../src/shared/format';
import { icon } from '../../kit/icons';
import { statusLook } from '../../runs/status';
import { criticalPath } from './critical-path';
import { stepMenuOf } from './faces';

/** A part of a bar; its place is a share of the whole time. */
export interface Segment {
  name: Phase['name'] | 'Waiting';
  /** Milliseconds. */
  length: number;
  left: number;
  width: number;
}

export interface TimelineRow {
  state: StepState;
  label: string;
  segments: Segment[];
  /** Milliseconds since it started; none of a step that took its result from the cache. */
  duration: number;
  isCritical: boolean;
}

export interface Timeline {
  rows: TimelineRow[];
  /** From the start of the first step to the end of the last, in milliseconds. */
  length: number;
  /** The steps of the critical path, and how much of the time they ran. */
  path: string[];
  pathTime: number;
}

/** Lays the steps that have begun along one axis of time, in the order in which they began. */
export function timelineOf(
  graph: Graph,
  steps: ReadonlyMap<string, StepState>,
  phases: Readonly<Record<string, readonly Phase[]>>,
  now: number,
): Timeline {
  const begun = graph.nodes.flatMap((node) => {
    const state = steps.get(node.id);
    return state?.startedAt === undefined ? [] : [{ node, state, from: state.startedAt, to: state.endedAt ?? now }];
  });
  if (begun.length === 0) return { rows: [], length: 0, path: [], pathTime: 0 };
  const start = Math.min(...begun.map(({ from }) => from));
  const length = Math.max(1, Math.max(...begun.map(({ to }) => to)) - start);
  const path = criticalPath(graph, steps, now);
  const segment = (name: Segment['name'], from: number, to: number): Segment => ({
    name,
    length: to - from,
    left: ((from - start) / length) * 100,
    width: ((to - from) / length) * 100,
  });
  const before = new Map<string, string[]>();
  for (const { from, to } of graph.edges) before.set(to, [...(before.get(to) ?? []), from]);
  const rows = begun
    .toSorted((a, b) => a.from - b.from || a.to - b.to)
    .map(({ node, state, from, to }): TimelineRow => {
      const ends = (before.get(node.id) ?? []).map((id) => steps.get(id)?.endedAt ?? Number.NaN);
      // It could have begun when the last step that it depends on had ended.
      const ready = ends.length === 0 ? start : Math.max(...ends);
      const waited = ready < from ? [segment('Waiting', Math.max(ready, start), from)] : [];
      return {
        state,
        label: node.label,
        segments: [...waited, ...ran(phases[node.id] ?? [], from, to).map((part) => segment(...part))],
        duration: to - from,
        isCritical: path.includes(node.id),
      };
    });
  const pathTime = rows.filter(({ isCritical }) => isCritical).reduce((sum, { duration }) => sum + duration, 0);
  return { rows, length, path, pathTime };
}

/** The phases of a step within its time; what no phase covers is the step itself. */
function ran(phases: readonly Phase[], from: number, to: number): [Phase['name'], number, number][] {
  const parts: [Phase['name'], number, number][] = [];
  let at = from;
  for (const phase of phases) {
    const [begin, end] = [Math.max(at, phase.from), Math.min(to, phase.to ?? to)];
    if (end <= begin) continue;
    if (begin > at) parts.push([parts.at(-1)?.[0] ?? 'Starting', at, begin]);
    parts.push([phase.name, begin, end]);
    at = end;
  }
  if (parts.length === 0) return [['Running', from, to]];
  if (at < to) parts.push(['Uploading', at, to]);
  return parts;
}

/** Marks of an axis of time: round distances, about five of them. */
export function ticksOf(length: number): number[] {
  const units = [1, 5, 15, 30, 60, 300, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 604_800].map((s) => s * 1000);
  const step = units.find((unit) => length / unit <= 6) ?? length / 5;
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, index) => index * step);
}

const phaseWords: Record<Segment['name'], string> = {
  Waiting: 'Waiting for its turn',
  Starting: 'Starting',
  Downloading: 'Downloading',
  Running: 'Running',
  Uploading: 'Uploading',
};

export interface TimelineView {
  timeline: Timeline;
  selected: string | undefined;
  select(id: string): void;
  tools: TemplateResult;
  /** Why some of it is not known. */
  note?: string | undefined;
}

export function timelineView(view: TimelineView): TemplateResult {
  const { selected, tools } = view;
  const { rows, length, path, pathTime } = view.timeline;
  const labels = new Map(rows.map(({ state, label }) => [state.id, label]));
  return html`<div class="timeline-bar">
      <p>
        ${
          path.length < 2
            ? html`<span class="muted">${count(rows.length, 'step')} in ${formatDuration(length)}</span>`
            : html`<span class="tone-marked">${icon('path')}</span> Critical path ${formatDuration(pathTime)} of
                ${formatDuration(length)}: ${path.map((id) => labels.get(id) ?? id).join(' → ')}`
        }
      </p>
      <div class="graph-tools" role="toolbar" aria-label="Timeline">${tools}</div>
    </div>
    ${
      rows.length === 0
        ? html`<p class="timeline-empty muted">No step has begun yet.</p>`
        : html`<div class="timeline-scroller" tabindex="0" role="region" aria-label="Timeline">
            <table class="timeline">
              <thead>
                <tr>
                  <th scope="col">Step</th>
                  <th scope="col" class="number">Duration</th>
                  <th scope="col" class="timeline-axis">
                    <span class="visually-hidden">Time since the start of the first step</span>
                    ${ticksOf(length).map(
                      (tick) =>
                        html`<span class="timeline-tick" style="left: ${(tick / length) * 100}%" aria-hidden="true"
                          >${tick === 0 ? '0' : formatDuration(tick)}</span
                        >`,
                    )}
                  </th>
                </tr>
              </thead>
              <tbody>
                ${rows.map((row) => rowOf(row, row.state.id === selected, (id) => view.select(id)))}
              </tbody>
            </table>
            <p class="timeline-legend muted">
              ${legendOf(rows).map(
                ({ look, word }) => html`<span><i class="phase ${look}" aria-hidden="true"></i> ${word}</span>`,
              )}
            </p>
            ${view.note === undefined ? nothing : html`<p class="timeline-legend muted" role="note">${view.note}</p>`}
          </div>`
    }`;
}

/** What the bars mean: a phase by its own colour, but the running itself by how the step's status is coloured. */
function legendOf(rows: readonly TimelineRow[]): { look: string; word: string }[] {
  const statuses = new Map(
    rows
      .filter(({ segments }) => segments.some(({ name }) => name === 'Running'))
      .map(({ state }) => {
        const { tone, word } = statusLook(state.status);
        return [tone, word];
      }),
  );
  return Object.entries(phaseWords).flatMap(([name, word]) =>
    name === 'Running'
      ? [...statuses].map(([tone, status]) => ({ look: `phase-Running tone-${tone}`, word: `${word} (${status})` }))
      : [{ look: `phase-${name}`, word }],
  );
}

function rowOf(row: TimelineRow, isSelected: boolean, select: (id: string) => void): TemplateResult {
  const { state, label, segments, duration, isCritical } = row;
  const look = statusLook(state.status);
  const parts = segments.map(({ name, length }) => `${phaseWords[name]} ${formatDuration(length)}`).join(', ');
  return html`<tr
    class="${isSelected ? 'selected' : ''} ${isCritical ? 'critical' : ''}"
    data-vscode-context=${stepMenuOf(state)}
  >
    <th scope="row">
      <button class="timeline-step" aria-pressed=${isSelected ? 'true' : 'false'} @click=${() => select(state.id)}>
        <span class="tone-${look.tone}">${icon(look.icon, look.turning ? 'spin' : '')}</span>
        <span class="visually-hidden">${look.word}</span>
        <span class="timeline-label">${label}</span>
        ${
          isCritical
            ? html`<span class="tone-marked">${icon('path')}</span
                ><span class="visually-hidden">, on the critical path</span>`
            : nothing
        }
      </button>
    </th>
    <td class="number">${state.cachedFrom ? 'cached' : formatDuration(duration)}</td>
    <td class="timeline-track" title=${parts}>
      <span class="visually-hidden">${parts}</span>
      ${segments.map(
        ({ name, left, width }) =>
          html`<i
            class="phase phase-${name} tone-${look.tone}"
            style="left: ${left}%; width: max(2px, ${width}%)"
            aria-hidden="true"
          ></i>`,
      )}
    </td>
  </tr>`;
}
