import { afterEach, describe, expect, it, vi } from 'vitest';
import { layout } from '../../../src/definition/graph/layout';
import type { GraphCanvas } from '../../../webview/graph/canvas';
import { FarEdges } from '../../../webview/graph/edge-view';
import type { EdgeFace } from '../../../webview/graph/face';
import { FarNodes } from '../../../webview/graph/far-nodes';
import { placementOf } from '../../../webview/graph/layout-client';
import { Minimap } from '../../../webview/graph/minimap';
import type { Tone } from '../../../webview/kit/tone';
import { largeGraph, penguinGraph } from '../../fixtures/panels/run-graph';

const placement = placementOf(penguinGraph, layout(penguinGraph));
const [first = '', second = ''] = placement.nodes.keys();

/** How many steps or edges a path draws: each begins with a move. */
const drawnIn = (drawing: Element, path: string): number =>
  drawing.querySelector(path)?.getAttribute('d')?.match(/M/g)?.length ?? 0;

/** The paths that are written to while something is done. */
function written(act: () => void): (string | null)[] {
  const write = vi.spyOn(Element.prototype, 'setAttribute');
  act();
  const paths = write.mock.contexts.map((element) => (element as Element).getAttribute('class'));
  write.mockRestore();
  return paths.toSorted((one, other) => (one ?? '').localeCompare(other ?? ''));
}

afterEach(() => vi.restoreAllMocks());

describe('the steps seen from afar', () => {
  it('are each in the path of its tone, and a step that changes draws no path anew but the one it left and the one it came to', () => {
    const tones = new Map<string, Tone>([[first, 'good']]);
    const nodes = new FarNodes();
    const draw = () => nodes.draw(placement, ({ id }) => tones.get(id) ?? 'quiet');
    draw();
    expect(drawnIn(nodes.element, '.far-good')).toBe(1);
    expect(drawnIn(nodes.element, '.far-quiet')).toBe(placement.nodes.size - 1);
    tones.set(second, 'busy');
    expect(written(draw)).toEqual(['far-busy', 'far-quiet']);
    expect(drawnIn(nodes.element, '.far-quiet')).toBe(placement.nodes.size - 2);
    expect(written(draw)).toEqual([]);
    tones.set(second, 'quiet');
    draw();
    expect(drawnIn(nodes.element, '.far-busy')).toBe(0);
    expect(drawnIn(nodes.element, '.far-quiet')).toBe(placement.nodes.size - 1);
  });

  it('are drawn in another layout, and again after they were cleared', () => {
    const nodes = new FarNodes();
    const toneOf = (): Tone => 'good';
    nodes.draw(placement, toneOf);
    const other = placementOf(largeGraph(30), layout(largeGraph(30)));
    nodes.draw(other, () => 'bad');
    expect(drawnIn(nodes.element, '.far-good')).toBe(0);
    expect(drawnIn(nodes.element, '.far-bad')).toBe(30);
    nodes.clear();
    expect(drawnIn(nodes.element, '.far-bad')).toBe(0);
    nodes.draw(other, () => 'bad');
    expect(drawnIn(nodes.element, '.far-bad')).toBe(30);
  });
});

describe('the edges seen from afar', () => {
  it('are drawn anew where their face changed, in another layout, and after they were cleared', () => {
    const edges = new FarEdges();
    const faces = new Map<string, EdgeFace>();
    const faceOf = ({ edge }: (typeof placement.edges)[number]) => faces.get(edge.to) ?? 'plain';
    const draw = () => edges.draw(placement.edges, faceOf);
    draw();
    const all = placement.edges.length;
    const into = placement.edges.filter(({ edge }) => edge.to === 'AccuracyTooLow').length;
    expect(drawnIn(edges.element, '.edge-plain')).toBe(all);
    faces.set('AccuracyTooLow', 'dimmed');
    expect(written(draw)).toEqual(['edge-line edge-dimmed', 'edge-line edge-plain']);
    expect(drawnIn(edges.element, '.edge-dimmed')).toBe(into);
    expect(drawnIn(edges.element, '.edge-plain')).toBe(all - into);
    expect(written(draw)).toEqual([]);
    edges.clear();
    expect(drawnIn(edges.element, '.edge-plain')).toBe(0);
    draw();
    expect(drawnIn(edges.element, '.edge-plain')).toBe(all - into);
    edges.draw(placement.edges.slice(0, 1), () => 'taken');
    expect(drawnIn(edges.element, '.edge-plain')).toBe(0);
    expect(drawnIn(edges.element, '.edge-dimmed')).toBe(0);
    expect(drawnIn(edges.element, '.edge-taken')).toBe(1);
  });
});

describe('the map of the graph', () => {
  it('shows the steps as they are when it is seen, though they changed while it was away', () => {
    const whole = { x: 0, y: 0, width: placement.width, height: placement.height };
    const canvas = { placement, visible: whole, toneOf: (): Tone => 'quiet' };
    const map = new Minimap(canvas as unknown as GraphCanvas);
    map.repaint();
    expect(map.element.hidden).toBe(true);
    canvas.toneOf = () => 'good';
    map.repaint();
    expect(drawnIn(map.element, '.far-good')).toBe(0);
    canvas.visible = { ...whole, width: whole.width / 4 };
    map.frameView();
    expect(map.element.hidden).toBe(false);
    expect(drawnIn(map.element, '.far-good')).toBe(placement.nodes.size);
    canvas.toneOf = () => 'bad';
    map.repaint();
    expect(drawnIn(map.element, '.far-good')).toBe(0);
    expect(drawnIn(map.element, '.far-bad')).toBe(placement.nodes.size);
  });
});
