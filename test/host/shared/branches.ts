import type { TreeView } from 'vscode';
import { Repositories } from '../../../src/gitflow/vscode/repositories/repositories';
import type { FlowRow } from '../../../src/gitflow/vscode/rows';
import { Snapshots } from '../../../src/gitflow/vscode/repositories/snapshots';
import { BranchesView } from '../../../src/gitflow/vscode/tree';
import { type Row, RowTree } from '../../../src/workbench';

/** A Branches view beside the extension's own: the same code on the same repositories, whose rows a test can see. */
export class ShownBranches {
  readonly tree: RowTree = new RowTree('test', () => this.branches.roots());
  readonly branches: BranchesView;
  /** How often the tree has changed. */
  events = 0;
  private readonly view = {} as TreeView<Row>;
  private readonly repositories = new Repositories();
  private readonly snapshots = new Snapshots(this.repositories);

  constructor() {
    this.branches = new BranchesView(this.snapshots, this.tree, this.view);
    this.tree.onDidChangeTreeData(() => (this.events += 1));
  }

  get message(): string | undefined {
    return this.view.message;
  }

  /** Every row below `parent`, or all of them. */
  async rows(parent?: Row): Promise<FlowRow[]> {
    const level = await this.tree.getChildren(parent);
    const below = await Promise.all(level.filter(({ children }) => children).map((row) => this.rows(row)));
    return [...level, ...below.flat()];
  }

  async row(label: string, context = ''): Promise<FlowRow | undefined> {
    return (await this.rows()).find((each) => each.label === label && (each.context ?? '').includes(context));
  }

  dispose(): void {
    for (const part of [this.branches, this.tree, this.snapshots, this.repositories]) part.dispose();
  }
}
