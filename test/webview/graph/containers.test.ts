import { describe, expect, it } from 'vitest';
import type { GraphNode } from '../../../src/definition/graph/model';
import { containerElement, containersOf } from '../../../webview/graph/containers';

const node = (id: string, condition?: string, branch?: 'If' | 'Else'): GraphNode => ({
  id,
  label: id,
  type: 'Training',
  start: 0,
  end: 0,
  ...(condition === undefined ? {} : { condition }),
  ...(branch === undefined ? {} : { branch }),
});

function placed(...list: [node: GraphNode, x: number, y: number][]) {
  return {
    nodes: new Map(list.map(([each]) => [each.id, each])),
    boxes: new Map(list.map(([each, x, y]) => [each.id, { x, y, width: 208, height: 52 }])),
    edges: [],
    width: 1000,
    height: 1000,
  };
}

describe('the frames of branches', () => {
  it('stand around the steps of a branch, those of a branch within it too', () => {
    const frames = containersOf(
      placed(
        [node('Is'), 0, 0],
        [node('A', 'Is', 'If'), 0, 100],
        [node('Inner', 'Is', 'If'), 0, 200],
        [node('B', 'Inner', 'Else'), 0, 300],
        [node('C', 'Is', 'Else'), 400, 100],
      ),
    );
    expect(frames).toEqual([{ label: 'Is: true', box: { x: -12, y: 88, width: 232, height: 294 } }]);
  });

  it('have their words at their end: the lines that come in at their beginning have words of their own', () => {
    const drawn = containerElement({ label: 'Is: true', box: { x: 0, y: 100, width: 200, height: 150 } });
    const text = drawn.querySelector('text');
    expect(text?.textContent).toBe('Is: true');
    expect(Number(text?.getAttribute('y'))).toBeGreaterThan(100 + 150 - 18);
  });

  it('are left out where another step lies between', () => {
    const torn = placed(
      [node('Is'), 0, 0],
      [node('A', 'Is', 'If'), 0, 100],
      [node('X'), 0, 200],
      [node('B', 'Is', 'If'), 0, 300],
    );
    expect(containersOf(torn)).toEqual([]);
  });

  it('are not drawn around a single step, which its edge tells already', () => {
    expect(containersOf(placed([node('Is'), 0, 0], [node('A', 'Is', 'If'), 0, 100]))).toEqual([]);
  });
});
