import { type Disposable, EventEmitter, type TreeDataProvider, type TreeView, window } from 'vscode';
import { answersSent } from './later';
import type { Row, RowTree } from './tree';

/** What fills a view. */
export interface ViewTree extends Disposable {
  readonly rows: RowTree;
}

/** A view whose tree is made, and its code loaded, with the first look at it or the first command that needs it. */
export class View<Tree extends ViewTree> implements Disposable {
  readonly view: TreeView<Row>;
  private readonly changed = new EventEmitter<Row | undefined>();
  private opening: Promise<Tree> | undefined;
  private opened: Tree | undefined;
  private closed = false;

  /**
   * @param id the id of the view in the manifest
   * @param several whether several rows can be selected; commands get them all after the one that was clicked
   */
  constructor(
    id: string,
    several: boolean,
    private readonly open: (view: TreeView<Row>) => Promise<Tree>,
  ) {
    const rows = async (): Promise<RowTree> => {
      // VS Code asks for the rows of all views at once: what is ready does not wait for what is loaded.
      if (!this.opened) await answersSent();
      return (await this.tree()).rows;
    };
    const treeDataProvider: TreeDataProvider<Row> = {
      onDidChangeTreeData: this.changed.event,
      getChildren: async (row) => (await rows()).getChildren(row),
      getTreeItem: async (row) => (await rows()).getTreeItem(row),
      getParent: async (row) => (await rows()).getParent(row),
      resolveTreeItem: async (item, row, token) => (await rows()).resolveTreeItem(item, row, token),
    };
    this.view = window.createTreeView(id, { treeDataProvider, showCollapseAll: true, canSelectMany: several });
  }

  /** The tree, where it has been made: nothing has been shown before, and nothing can be out of date. */
  get made(): Tree | undefined {
    return this.opened;
  }

  /** The tree, made now where it was not. */
  tree(): Promise<Tree> {
    return (this.opening ??= this.make());
  }

  dispose(): void {
    this.closed = true;
    this.opened?.dispose();
    this.view.dispose();
    this.changed.dispose();
  }

  private async make(): Promise<Tree> {
    try {
      const tree = await this.open(this.view);
      if (this.closed) tree.dispose();
      else this.opened = tree;
      tree.rows.onDidChangeTreeData((row) => this.changed.fire(row));
      return tree;
    } catch (error) {
      // The next look tries again.
      this.opening = undefined;
      throw error;
    }
  }
}
