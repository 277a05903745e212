/** The steps of a run over time. */
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../src/definition/graph/model';
import type { StepState } from '../../../src/pipelines/panels/run-graph/contract';
import { html, render } from 'lit-html';
import { ticksOf, timelineOf, timelineView } from '../../../webview/panels/run-graph/timeline';

const node = (id: string) => ({ id, label: id, type: 'Training', start: 0, end: 0 });
const graph: Graph = {
  nodes: ['A', 'B', 'C', 'D'].map(node),
  edges: [
    { from: 'A', to: 'B', kind: 'reference' },
    { from: 'A', to: 'C', kind: 'reference' },
    { from: 'B', to: 'D', kind: 'reference' },
    { from: 'C', to: 'D', kind: 'reference' },
  ],
};
const states = (...list: StepState[]) => new Map(list.map((state) => [state.id, state]));
const done = (id: string, startedAt: number, endedAt: number): StepState => ({
  id,
  status: 'Succeeded',
  startedAt,
  endedAt,
});
const all = states(done('A', 1000, 2000), done('B', 2000, 9000), done('C', 5000, 6000), done('D', 9000, 11_000));

describe('a timeline', () => {
  it('has the steps in the order in which they began, along one axis', () => {
    const { rows, length, path, pathTime } = timelineOf(graph, all, {}, 0);
    expect(rows.map(({ label }) => label)).toEqual(['A', 'B', 'C', 'D']);
    expect(length).toBe(10_000);
    expect(rows.map(({ segments }) => segments.at(-1))).toEqual([
      { name: 'Running', length: 1000, left: 0, width: 10 },
      { name: 'Running', length: 7000, left: 10, width: 70 },
      { name: 'Running', length: 1000, left: 40, width: 10 },
      { name: 'Running', length: 2000, left: 80, width: 20 },
    ]);
    expect(path).toEqual(['A', 'B', 'D']);
    expect(pathTime).toBe(10_000);
  });

  it('shows how long a step waited after all that it depends on had ended', () => {
    const waiting = timelineOf(graph, all, {}, 0).rows.map(({ label, segments }) => [
      label,
      segments.find(({ name }) => name === 'Waiting')?.length,
    ]);
    expect(waiting).toEqual([
      ['A', undefined],
      ['B', undefined],
      ['C', 3000],
      ['D', undefined],
    ]);
  });

  it('divides a step by the phases of its job, and leaves no gap', () => {
    const phases = {
      B: [
        { name: 'Starting' as const, from: 2100, to: 3000 },
        { name: 'Downloading' as const, from: 3000, to: 4000 },
        { name: 'Running' as const, from: 4000, to: 8000 },
      ],
    };
    const row = timelineOf(graph, all, phases, 0).rows.find(({ label }) => label === 'B');
    expect(row?.segments.map(({ name, length }) => [name, length])).toEqual([
      ['Starting', 100],
      ['Starting', 900],
      ['Downloading', 1000],
      ['Running', 4000],
      ['Uploading', 1000],
    ]);
    expect(row?.segments.reduce((sum, { length }) => sum + length, 0)).toBe(row?.duration);
  });

  it('lets a running step last until now, and leaves out those that have not begun', () => {
    const { rows, length } = timelineOf(
      graph,
      states(done('A', 1000, 2000), { id: 'B', status: 'Executing', startedAt: 2000 }),
      {},
      6000,
    );
    expect(rows.map(({ label, duration }) => [label, duration])).toEqual([
      ['A', 1000],
      ['B', 4000],
    ]);
    expect(length).toBe(5000);
    expect(timelineOf(graph, new Map(), {}, 0).rows).toEqual([]);
  });

  it.each([
    [5000, 6],
    [61_000, 5],
    [3_600_000, 5],
    [90_000_000, 5],
  ])('marks an axis of %d ms with %d round times', (length, marks) => expect(ticksOf(length)).toHaveLength(marks));
});

it('explains each colour of its bars, that of the running by the statuses that occur', () => {
  const failed: StepState = { id: 'D', status: 'Failed', startedAt: 9000, endedAt: 11_000 };
  const timeline = timelineOf(graph, states(...all.values(), failed), {}, 20_000);
  const holder = document.createElement('div');
  render(timelineView({ timeline, selected: undefined, select: () => undefined, tools: html`` }), holder);
  const look = (element: Element): string => element.className.trim();
  const explained = new Map(
    [...holder.querySelectorAll('.timeline-legend span')].map((each) => [
      look(each.querySelector('i') ?? each),
      each.textContent?.trim(),
    ]),
  );
  expect(explained.get('phase phase-Running tone-good')).toBe('Running (Succeeded)');
  expect(explained.get('phase phase-Running tone-bad')).toBe('Running (Failed)');
  for (const bar of holder.querySelectorAll('.timeline-track .phase-Running')) {
    expect([...explained.keys()]).toContain(look(bar));
  }
});
