import { describe, expect, it, vi } from 'vitest';
import type { Row } from '../../../src/workbench';

vi.mock('vscode', () => import('../../fixtures/vscode'));

const { RowTree } = await import('../../../src/workbench/tree');
const { UserError } = await import('../../../src/workbench/errors');

/** A tree of what `roots` returns now, and what it asked to be repainted. */
function treeOf(roots: () => Promise<readonly Row[]> | readonly Row[]) {
  const tree = new RowTree('test', roots);
  const changes: (string | undefined)[] = [];
  tree.onDidChangeTreeData((row) => changes.push(row?.id));
  return { tree, changes };
}

describe('RowTree', () => {
  it('keeps a row as long as its id is listed, and nothing of what it has lost', async () => {
    let rows: Row[] = [{ id: 'a', label: 'A', description: 'old', icon: { icon: 'error' }, children: () => [] }];
    const { tree } = treeOf(() => rows);
    const [before] = await tree.getChildren();
    rows = [{ id: 'a', label: 'B' }];
    const [after] = await tree.getChildren();
    expect(after).toBe(before);
    expect(after).toEqual({ id: 'a', label: 'B' });
    expect(tree.getTreeItem(after as Row)).toMatchObject({ id: 'a', label: 'B', collapsibleState: 0 });
  });

  it('forgets what is listed no more, with all that stood below', async () => {
    let rows: Row[] = [{ id: 'a', label: 'A', children: () => [{ id: 'a/1', label: '1' }] }];
    const { tree } = treeOf(() => rows);
    const [parent] = await tree.getChildren();
    const [child] = await tree.getChildren(parent);
    expect(tree.getParent(child as Row)).toBe(parent);
    rows = [];
    await tree.getChildren();
    expect([tree.row('a'), tree.row('a/1')]).toEqual([undefined, undefined]);
    tree.refresh('a');
    tree.update({ id: 'a', label: 'gone' });
    expect(tree.getParent(child as Row)).toBeUndefined();
  });

  it('repaints the rows that look otherwise, and says when others are listed', async () => {
    const rows: Row[] = [
      { id: 'a', label: 'A' },
      { id: 'b', label: 'B' },
    ];
    const { tree, changes } = treeOf(() => rows);
    await tree.getChildren();
    expect(
      tree.updateAll(undefined, [
        { id: 'a', label: 'A' },
        { id: 'b', label: 'C' },
      ]),
    ).toBe(true);
    expect([changes, tree.row('b')?.label]).toEqual([['b'], 'C']);
    const opened = { id: 'a', label: 'A', children: () => [] };
    expect(tree.updateAll(undefined, [opened, { id: 'b', label: 'C' }])).toBe(true);
    expect(changes).toEqual(['b', 'a']);
    expect(tree.updateAll(undefined, [{ id: 'b', label: 'C' }, opened])).toBe(false);
    expect(tree.updateAll(undefined, [opened])).toBe(false);
    expect(tree.updateAll('never asked for', [])).toBe(false);
    expect(changes).toEqual(['b', 'a']);
  });

  it('shows why rows cannot be read, with what to do', async () => {
    const next = { title: 'Sign In', command: 'signIn', arguments: ['dev'] };
    const { tree } = treeOf(() =>
      Promise.reject(new UserError('Could not list: expired.', next, { reason: 'Expired.' })),
    );
    const [row] = await tree.getChildren();
    expect(row).toMatchObject({ label: 'Expired.', command: { ...next } });
    expect(row?.tooltip).toContain('Could not list: expired.');
  });

  it('is empty after a cancellation', async () => {
    const { tree } = treeOf(() => Promise.reject(new DOMException('aborted', 'AbortError')));
    expect(await tree.getChildren()).toEqual([]);
  });
});
