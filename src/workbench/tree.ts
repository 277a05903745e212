import {
  type CancellationToken,
  type Disposable,
  EventEmitter,
  type MarkdownString,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  type TreeDataProvider,
  type Uri,
} from 'vscode';
import { briefOf, isCancellation, type NextAction, reasonOf, UserError } from './errors';
import { log } from './log';

/** A codicon, with the id of a theme colour where it has one. Colour is never the only sign of a status. */
export interface RowIcon {
  icon: string;
  color?: string;
}

/** One row of a tree. Rows are data: the tree turns them into items and keeps them by id. */
export interface Row {
  /** Stable and unique in its tree, so that expansion and selection survive an update. */
  id: string;
  label: string;
  description?: string;
  tooltip?: string | MarkdownString;
  /** Fetched when the pointer rests on the row. */
  resolveTooltip?: () => Promise<string | MarkdownString | undefined>;
  icon?: RowIcon;
  /** Words that menus match with `viewItem =~`: `branch feature current`. */
  context?: string;
  command?: { command: string; title: string; arguments?: unknown[] };
  /** What a screen reader says where the label and description do not tell the status. */
  accessibleLabel?: string;
  resource?: Uri;
  expanded?: boolean;
  /** What stands below where it is known with the row: the row is drawn again when it changes. */
  contents?: string;
  /** Loads the rows below. A rejection becomes an error row, never an empty tree. */
  children?: () => Promise<readonly Row[]> | readonly Row[];
}

/** A row that only says something, with a command where there is something to do about it. */
export function messageRow(id: string, label: string, icon = 'info', command?: Row['command']): Row {
  return { id, label, icon: { icon }, context: 'message', ...(command ? { command } : {}) };
}

/** A row that says why rows are missing, with what to do about it; the whole sentence is its tooltip. */
export function problemRow(id: string, error: unknown, otherwise?: NextAction): Row {
  const next = (error instanceof UserError ? error.next : undefined) ?? otherwise;
  const sentence = error instanceof Error ? error.message : String(error);
  const [label, reason] = [briefOf(error), reasonOf(error)];
  const row: Row = {
    id,
    label,
    ...(label === reason ? {} : { description: reason }),
    icon: { icon: 'warning', color: 'list.warningForeground' },
    // The button on the row is that of the same command.
    context: next ? `problem ${next.command.slice(next.command.lastIndexOf('.') + 1)}` : 'problem',
    tooltip: next ? `${sentence}\n\nClick: ${next.title}` : sentence,
    accessibleLabel: `Problem: ${sentence}`,
  };
  if (next) row.command = { command: next.command, title: next.title, arguments: [...(next.arguments ?? [])] };
  return row;
}

/**
 * A tree of rows that are updated in place: a row keeps its identity as long as its id is listed, so a
 * refresh moves nothing, and one changed row repaints one line.
 */
export class RowTree implements TreeDataProvider<Row>, Disposable {
  private readonly changed = new EventEmitter<Row | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly rows = new Map<string, Row>();
  private readonly childIds = new Map<string, string[]>();
  private readonly parents = new Map<string, string>();

  /** `roots` loads the top rows; `name` is how the log speaks of this tree. */
  constructor(
    private readonly name: string,
    private readonly roots: () => Promise<readonly Row[]> | readonly Row[],
  ) {}

  /** Loads the rows below `id` again, or all of them. */
  refresh(id?: string): void {
    const row = id === undefined ? undefined : this.rows.get(id);
    if (id === undefined || row) this.changed.fire(row);
  }

  /** Repaints one row with new content and leaves its siblings alone. Unknown ids are ignored. */
  update(row: Row): void {
    const known = this.rows.get(row.id);
    if (known) this.changed.fire(replace(known, row));
  }

  /**
   * Repaints those of the rows below `parent`, or at the top, that look otherwise than before.
   *
   * @returns false, and does nothing, where other rows are listed there
   */
  updateAll(parent: string | undefined, rows: readonly Row[]): boolean {
    const listed = this.childIds.get(parent ?? '');
    if (listed?.length !== rows.length || rows.some(({ id }, index) => listed[index] !== id)) return false;
    for (const row of rows) if (looksOf(row) !== looksOf(this.rows.get(row.id))) this.update(row);
    return true;
  }

  /** The row that is shown under `id`, for `TreeView.reveal`. */
  row(id: string): Row | undefined {
    return this.rows.get(id);
  }

  async getChildren(parent?: Row): Promise<Row[]> {
    const key = parent?.id ?? '';
    let fresh: readonly Row[];
    try {
      fresh = await (parent ? (parent.children?.() ?? []) : this.roots());
    } catch (error) {
      if (isCancellation(error)) return [];
      log().warn(`${this.name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      fresh = [problemRow(`${key}#problem`, error)];
    }
    return this.adopt(key, fresh);
  }

  getParent(row: Row): Row | undefined {
    const parent = this.parents.get(row.id);
    return parent ? this.rows.get(parent) : undefined;
  }

  getTreeItem(row: Row): TreeItem {
    const item = new TreeItem(
      row.label,
      row.children
        ? row.expanded
          ? TreeItemCollapsibleState.Expanded
          : TreeItemCollapsibleState.Collapsed
        : TreeItemCollapsibleState.None,
    );
    item.id = row.id;
    if (row.description !== undefined) item.description = row.description;
    if (row.tooltip !== undefined) item.tooltip = row.tooltip;
    else if (!row.resolveTooltip) item.tooltip = row.description ? `${row.label} · ${row.description}` : row.label;
    if (row.icon) {
      item.iconPath = new ThemeIcon(row.icon.icon, row.icon.color ? new ThemeColor(row.icon.color) : undefined);
    }
    if (row.context !== undefined) item.contextValue = row.context;
    if (row.command) item.command = row.command;
    if (row.accessibleLabel !== undefined) item.accessibilityInformation = { label: row.accessibleLabel };
    if (row.resource) item.resourceUri = row.resource;
    return item;
  }

  async resolveTreeItem(item: TreeItem, row: Row, token: CancellationToken): Promise<TreeItem> {
    if (!row.resolveTooltip) return item;
    const tooltip = await row.resolveTooltip();
    if (tooltip !== undefined && !token.isCancellationRequested) item.tooltip = tooltip;
    return item;
  }

  dispose(): void {
    this.changed.dispose();
    this.rows.clear();
  }

  private adopt(parent: string, fresh: readonly Row[]): Row[] {
    const ids = new Set(fresh.map((row) => row.id));
    for (const id of this.childIds.get(parent) ?? []) if (!ids.has(id)) this.forget(id);
    this.childIds.set(parent, [...ids]);
    return fresh.map((row) => {
      const known = this.rows.get(row.id);
      const kept = known ? replace(known, row) : { ...row };
      this.rows.set(row.id, kept);
      if (parent) this.parents.set(row.id, parent);
      return kept;
    });
  }

  private forget(id: string): void {
    for (const child of this.childIds.get(id) ?? []) this.forget(child);
    this.childIds.delete(id);
    this.parents.delete(id);
    this.rows.delete(id);
  }
}

function looksOf(row: Row | undefined): string {
  return JSON.stringify([row, row?.children !== undefined]);
}

/** Gives `known` the content of `fresh` and keeps its identity. */
function replace(known: Row, fresh: Row): Row {
  if (known === fresh) return known;
  for (const key of Object.keys(known) as (keyof Row)[]) if (!(key in fresh)) delete known[key];
  return Object.assign(known, fresh);
}
