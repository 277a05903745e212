import type { TreeDataProvider, TreeView } from 'vscode';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { settle } from '../../fixtures/clock';
import type { Row } from '../../../src/workbench';

vi.mock('vscode', () => import('../../fixtures/vscode'));

const { window } = await import('../../fixtures/vscode');
const { RowTree } = await import('../../../src/workbench/tree');
const { View } = await import('../../../src/workbench/view');

let provider: TreeDataProvider<Row>;
let isGone: boolean;
let opens: number;
let disposed: number;

beforeEach(() => {
  [opens, disposed, isGone] = [0, 0, false];
  vi.spyOn(window, 'createTreeView').mockImplementation((_id, options) => {
    provider = options.treeDataProvider as never;
    return { dispose: () => (isGone = true) } as never;
  });
});

class Tree {
  readonly rows = new RowTree('test', () => [{ id: 'a', label: 'A', children: () => [{ id: 'b', label: 'B' }] }]);
  dispose(): void {
    disposed += 1;
  }
}

function view(open: (shown: TreeView<Row>) => Promise<Tree> = () => Promise.resolve(new Tree())) {
  return new View('test', false, (shown) => {
    opens += 1;
    return open(shown);
  });
}

describe('View', () => {
  it('makes its tree with the first look, once', async () => {
    const made = view();
    expect(opens).toBe(0);
    expect(made.made).toBeUndefined();
    const [first, second] = await Promise.all([provider.getChildren(), provider.getChildren()]);
    expect(first?.map(({ label }) => label)).toEqual(['A']);
    expect(second).toEqual(first);
    expect(opens).toBe(1);
    expect(await made.tree()).toBe(made.made);
    const [row] = first ?? [];
    if (!row) throw new Error('There is no row.');
    const [below] = (await provider.getChildren(row)) ?? [];
    if (!below) throw new Error('There is no row below.');
    expect(await provider.getTreeItem(below)).toMatchObject({ id: 'b', label: 'B' });
    expect(await provider.getParent?.(below)).toBe(row);
  });

  it('loads no code before other views that are asked in the same turn have answered, and the answers were sent', async () => {
    const order: string[] = [];
    view(() => {
      order.push('pipelines');
      return Promise.resolve(new Tree());
    });
    const asked = provider.getChildren();
    const branches = view();
    await branches.tree();
    // As the extension host does.
    const answer = async (): Promise<void> => {
      await provider.getChildren();
      order.push('branches');
      setTimeout(() => order.push('sent'));
    };
    await Promise.all([asked, answer()]);
    expect(order).toEqual(['branches', 'sent', 'pipelines']);
  });

  it('waits for no turn once its tree is made', async () => {
    const made = view();
    await made.tree();
    const nextTurn = new Promise((resolve) => setImmediate(resolve, 'the next turn'));
    expect(await Promise.race([provider.getChildren(), nextTurn])).toHaveLength(1);
  });

  it('tells the window what of its tree has changed', async () => {
    const made = view();
    const changes: unknown[] = [];
    provider.onDidChangeTreeData?.((row) => changes.push(row));
    const tree = await made.tree();
    tree.rows.refresh();
    expect(changes).toEqual([undefined]);
  });

  it('tries again with the next look where the tree could not be made', async () => {
    view(() => (opens === 1 ? Promise.reject(new Error('Cannot find module')) : Promise.resolve(new Tree())));
    await expect(provider.getChildren()).rejects.toThrow('Cannot find module');
    expect((await provider.getChildren())?.map(({ label }) => label)).toEqual(['A']);
  });

  it('ends its tree with itself, also one that comes late', async () => {
    const made = view();
    await made.tree();
    made.dispose();
    expect([isGone, disposed]).toEqual([true, 1]);
    let arrive: (tree: Tree) => void = () => undefined;
    const late = view(() => new Promise((resolve) => (arrive = resolve)));
    const coming = late.tree();
    late.dispose();
    arrive(new Tree());
    await coming;
    await settle();
    expect(disposed).toBe(2);
    expect(late.made).toBeUndefined();
  });
});
