import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layout } from '../../../src/definition/graph/layout';
import type { StepState } from '../../../src/pipelines/panels/run-graph/contract';
import { criticalPath } from '../../../webview/panels/run-graph/critical-path';
import { placementOf } from '../../../webview/graph/layout-client';
import { neighbour } from '../../../webview/graph/navigate';
import { halfWay, pathOf, topologyOf } from '../../../webview/graph/placement';
import { findSteps } from '../../../webview/graph/search';
import { fitText } from '../../../webview/graph/text';
import {
  contains,
  sharedArea,
  fit,
  maxScale,
  minScale,
  opening,
  reveal,
  visibleBox,
  zoomAt,
} from '../../../webview/graph/viewport';
import { largeGraph, now, penguinGraph, runningSteps, succeededSteps } from '../../fixtures/panels/run-graph';

const placement = placementOf(penguinGraph, layout(penguinGraph));
const view = { width: 800, height: 600 };
const length = fc.integer({ min: 50, max: 20_000 });
const coordinate = fc.integer({ min: -5000, max: 5000 });
const viewport = fc.record({
  x: coordinate,
  y: coordinate,
  scale: fc.double({ min: minScale, max: maxScale, noNaN: true }),
});

describe('the view', () => {
  test('that fits shows all of the graph, never larger than life', () => {
    fc.assert(
      fc.property(length, length, (width, height) => {
        const fitted = fit({ width, height }, view);
        expect(fitted.scale).toBeLessThanOrEqual(1);
        const seen = visibleBox(fitted, view, 0.001);
        if (fitted.scale > minScale) expect(contains(seen, { x: 0, y: 0, width, height })).toBe(true);
      }),
    );
  });

  test('that opens a graph can be read, or is an overview of a very large one', () => {
    fc.assert(
      fc.property(length, length, fc.double({ min: 0, max: 1, noNaN: true }), (width, height, share) => {
        const { scale, x, y } = opening({ width, height }, view, width * share);
        const whole = fit({ width, height }, view).scale;
        expect(scale >= 0.6 || whole < 0.15).toBe(true);
        // The beginning is in view.
        expect(y).toBeGreaterThanOrEqual(0);
        expect(y).toBeLessThan(view.height);
        const start = width * share * scale + x;
        expect(start).toBeGreaterThanOrEqual(0);
        expect(start).toBeLessThanOrEqual(view.width);
      }),
    );
  });

  test('zooms about the pointer: what is under it stays there', () => {
    fc.assert(
      fc.property(viewport, fc.double({ min: 0.2, max: 5, noNaN: true }), (before, factor) => {
        const at = { x: 300, y: 200 };
        const after = zoomAt(before, factor, at);
        expect((at.x - after.x) / after.scale).toBeCloseTo((at.x - before.x) / before.scale, 3);
        expect((at.y - after.y) / after.scale).toBeCloseTo((at.y - before.y) / before.scale, 3);
        expect(after.scale).toBeGreaterThanOrEqual(minScale);
        expect(after.scale).toBeLessThanOrEqual(maxScale);
      }),
    );
  });

  test('moves as far as a step needs to be seen, and not at all where it is seen', () => {
    fc.assert(
      fc.property(coordinate, coordinate, (x, y) => {
        const box = { x, y, width: 208, height: 52 };
        const shown = reveal({ x: 0, y: 0, scale: 1 }, view, box);
        expect(contains(visibleBox(shown, view), box)).toBe(true);
        expect(reveal(shown, view, box)).toEqual(shown);
      }),
    );
  });
});

describe('arrow keys', () => {
  test('lead along edges, to a step that is there', () => {
    const large = largeGraph(120);
    const placed = placementOf(large, layout(large));
    for (const { id } of large.nodes) {
      const down = neighbour(placed, id, 'down');
      if (down) expect(large.edges.some((edge) => edge.from === id && edge.to === down)).toBe(true);
      const up = neighbour(placed, id, 'up');
      if (up) expect(large.edges.some((edge) => edge.to === id && edge.from === up)).toBe(true);
    }
  });

  test('left and right go to the step beside', () => {
    expect(neighbour(placement, 'RegisterModel', 'right')).toBe('AccuracyTooLow');
    expect(neighbour(placement, 'AccuracyTooLow', 'left')).toBe('RegisterModel');
    expect(neighbour(placement, 'Preprocess', 'up')).toBeUndefined();
    expect(neighbour(placement, 'gone', 'up')).toBeUndefined();
  });
});

describe('the critical path', () => {
  const states = (list: StepState[]) => new Map(list.map((state) => [state.id, state]));

  test('is the chain that ended last', () => {
    expect(criticalPath(penguinGraph, states(succeededSteps), now)).toEqual([
      'Preprocess',
      'Train',
      'Evaluate',
      'CheckAccuracy',
      'RegisterModel',
    ]);
    expect(criticalPath(penguinGraph, states(runningSteps), now)).toEqual(['Preprocess', 'Train']);
    expect(criticalPath(penguinGraph, new Map(), now)).toEqual([]);
  });

  test('ends where a graph goes in a circle', () => {
    const graph = structuredClone(penguinGraph);
    graph.edges.push({ from: 'RegisterModel', to: 'Preprocess', kind: 'dependsOn' });
    expect(criticalPath(graph, states(succeededSteps), now)).toHaveLength(5);
  });
});

test('a new layout is for a new shape only', () => {
  const same = structuredClone(penguinGraph);
  for (const node of same.nodes) Object.assign(node, { label: 'other', type: 'Other', start: 0 });
  expect(topologyOf(same)).toBe(topologyOf(penguinGraph));
  same.edges.pop();
  expect(topologyOf(same)).not.toBe(topologyOf(penguinGraph));
});

test('the search finds names, labels and types, beginnings first', () => {
  expect(findSteps(penguinGraph.nodes, 'r')[0]).toBe('RegisterModel');
  expect(findSteps(penguinGraph.nodes, 'processing')).toEqual(['Preprocess', 'Evaluate']);
  expect(findSteps(penguinGraph.nodes, 'accuracy condition')).toEqual(['CheckAccuracy']);
  expect(findSteps(penguinGraph.nodes, '  ')).toEqual([]);
});

test('a text that is cut keeps its beginning or its end and fits', () => {
  const measure = (text: string): number => text.length * 10;
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), fc.integer({ min: 10, max: 500 }), (text, width) => {
      const cut = fitText(text, width, measure);
      expect(measure(cut)).toBeLessThanOrEqual(Math.max(width, 10));
      if (cut === text) return;
      expect(cut.startsWith('…') ? text.endsWith(cut.slice(1)) : text.startsWith(cut.slice(0, -1))).toBe(true);
    }),
  );
});

test('of a qualified name the last parts are kept, by which it differs from others', () => {
  const measure = (text: string): number => text.length;
  const fit = (text: string, width: number): string => fitText(text, width, measure);
  expect(fit('pipelines.rows.steps.train.train', 20)).toBe('…steps.train.train');
  expect(fit('pipelines.rows.steps.train.train', 19)).toBe('…steps.train.train');
  expect(fit('pipelines.rows.steps.train.train', 18)).toBe('…steps.train.train');
  expect(fit('pipelines.rows.steps.train.train', 17)).toBe('…train.train');
  expect(fit('pipelines.rows.preprocess_rows', 10)).toBe('…cess_rows');
  expect(fit('pipelines.rows.preprocess_rows', 30)).toBe('pipelines.rows.preprocess_rows');
  expect(fit('Version 1.5 of the rows', 12)).toBe('Version 1.5…');
  expect(fit('PreprocessRows', 8)).toBe('Preproc…');
});

test('lines go from their first point to their last, labels stand half way', () => {
  const points = [
    { x: 0, y: 0 },
    { x: 0, y: 40 },
    { x: 60, y: 40 },
  ];
  expect(pathOf(points)).toMatch(/^M0 0L.*L60 40$/);
  expect(halfWay(points)).toEqual({ x: 10, y: 40 });
  expect(pathOf([])).toBe('');
});

test.each([
  ['one within the other', { x: 2, y: 2, width: 3, height: 4 }, 12],
  ['a corner of each', { x: 8, y: 6, width: 10, height: 10 }, 8],
  ['side by side', { x: 10, y: 0, width: 5, height: 5 }, 0],
  ['apart', { x: 30, y: 30, width: 5, height: 5 }, 0],
])('the area that two boxes share: %s', (_, other, area) => {
  const box = { x: 0, y: 0, width: 10, height: 10 };
  expect(sharedArea(box, other)).toBe(area);
  expect(sharedArea(other, box)).toBe(area);
});
