import type { Disposable, TreeView } from 'vscode';
import { contextKeys, type Switch } from './context';
import { isCancellation, messageOf } from './errors';
import { log } from './log';
import { messageRow, problemRow, type Row, RowTree } from './tree';
import type { Watcher } from './watcher';

/** A row with what stands below it: rows that are known, or something to read them from. */
export interface LiveRow<Session> extends Omit<Row, 'children' | 'contents'> {
  below?: Reading<Session, unknown> | readonly LiveRow<Session>[];
}

/** What rows are made of, and how it is read: once when it is first shown, and again as long as it can be seen. */
export interface Reading<Session, S> {
  /** Unique in its tree. */
  id: string;
  /**
   * Reads the state over a session whose calls end with `signal`.
   *
   * @param before what was read the time before, where something of it need not be read again
   * @param pages how many pages are wanted: one at first, and one more with each *Load More*
   * @param show shows a state that is not whole yet: rows first, what takes further requests after them
   */
  read(
    session: Session,
    signal: AbortSignal,
    before: S | undefined,
    pages: number,
    show: (state: S) => void,
  ): Promise<S>;
  /** True when there is more than the pages that were read. Never, where this is left out. */
  more?(state: S): boolean;
  /** The rows of a state; before the first one is read, those that stand there whatever it will be. */
  rows(state: S | undefined): readonly LiveRow<Session>[] | Promise<readonly LiveRow<Session>[]>;
  /** True when the state won't change any more. Never, where this is left out. */
  settled?(state: S): boolean;
  /** Milliseconds until the next reading; `state` is what was read last. */
  interval(state: S | undefined): number;
  /** What stands there until the first reading has ended: `Looking for runs…`. */
  loading: string;
  /** What stands there when there are no rows; nothing, where this is left out. */
  empty?: LiveRow<Session>;
}

/** Where a live tree reads: the active one of several sources, each under an id. */
export interface Sources<Source, Session> {
  readonly active: Source;
  /** Those that stand side by side, each with a row of its own; absent or one: the rows of the active one alone. */
  readonly shown?: readonly Source[];
  /** A session whose calls end with `signal`. */
  session(source: Source, signal: AbortSignal): Promise<Session>;
  /** Calls back when another source is active, and when sessions are to be made anew. */
  onDidChange(listener: () => void): Disposable;
}

export interface LiveTreeDefinition<Source, Session> {
  /** The id of the view in the manifest, and the command that reads it anew. */
  view: string;
  refresh: string;
  sources: Sources<Source, Session>;
  watcher: Watcher;
  /** The top of the tree. What it makes is bound to this source for good. */
  root(source: Source): Reading<Session, unknown>;
  /** The row of a source, where several stand side by side; its id is the tree's to give. */
  head?(source: Source): Omit<LiveRow<Session>, 'id' | 'below'>;
  /** Set when the top has been read or has failed: an empty view is really empty then. */
  listed?: Switch;
}

/** A row's id under a source: rows of two sources are never one. */
type NodeId = string;

/** The rows below one row, and what is known of them. */
interface Node<Source, Session> {
  id: NodeId;
  source: Source;
  reading: Reading<Session, unknown>;
  state?: { value: unknown };
  problem?: unknown;
  watching?: Disposable;
  /** How many pages are wanted. */
  pages: number;
  /** Nothing of the last state is to be taken over. */
  anew: boolean;
  /** The rows when they were last made: how they looked, and their ids. */
  shown?: string;
  ids: readonly NodeId[];
}

/** The live trees by the ids of their views, for the command of the rows *Load More*. */
const trees = new Map<string, { more(id: string): void }>();

/** The watcher's key of a reading of a view: a watch with this key shares its polls. */
export function watchKey(view: string, source: string, reading: string): string {
  return `${view} ${source} ${reading}`;
}

/** Reads one more page of what stands below a row of a view. */
export function loadMore(view: string, id: string): void {
  trees.get(view)?.more(id);
}

/**
 * A view whose rows are read from the active source and followed while they can be seen. Each expanded row is read by
 * itself, so one that fails says so in its own place and nothing else is lost. What is shown never waits: it is what
 * is known now. With another source everything begins anew: requests under way end, and their answers are dropped.
 */
export class LiveTree<Source extends { readonly id: string }, Session> implements Disposable {
  readonly rows: RowTree;
  private readonly nodes = new Map<NodeId, Node<Source, Session>>();
  /** What a person opened or closed; the others are as their rows say. */
  private readonly opened = new Map<NodeId, boolean>();
  private readonly readings = new Map<NodeId, Reading<Session, unknown>>();
  private readonly disposables: Disposable[];

  constructor(
    private readonly definition: LiveTreeDefinition<Source, Session>,
    private readonly view: TreeView<Row>,
  ) {
    trees.set(definition.view, this);
    this.rows = new RowTree(definition.view, () => this.top());
    this.disposables = [
      this.rows,
      this.view.onDidExpandElement(({ element }) => {
        this.opened.set(element.id, true);
        const node = this.nodes.get(element.id);
        if (node) this.follow(node);
      }),
      this.view.onDidCollapseElement(({ element }) => {
        this.opened.set(element.id, false);
        this.rest(this.nodes.get(element.id));
      }),
      this.view.onDidChangeVisibility(({ visible }) => {
        for (const node of this.nodes.values())
          if (visible) this.follow(node);
          else this.rest(node);
      }),
      definition.sources.onDidChange(() => this.reset()),
    ];
  }

  /** Reads all that can be seen again. Nothing of the last states is taken over, but they are shown until then. */
  refresh(): void {
    for (const node of this.nodes.values()) {
      node.anew = true;
      if (node.watching) void this.definition.watcher.refresh(this.key(node));
    }
  }

  /** Makes the rows at the top again from what is known. */
  repaint(): void {
    this.rows.refresh();
  }

  /** What was last read for the reading with this id from the active source. */
  state(reading: string): unknown {
    const { id } = this.definition.sources.active;
    const nodes = [...this.nodes.values()].filter(({ source }) => source.id === id);
    return nodes.find((node) => node.reading.id === reading)?.state?.value;
  }

  /** Reads one more page of the reading whose *Load More* row has this id. */
  more(id: string): void {
    const node = this.nodes.get(id);
    if (!node) return;
    node.pages += 1;
    // What has come to its end is not followed any more, and is still to be read once.
    if (node.watching) void this.definition.watcher.refresh(this.key(node));
    else void this.read(id).catch((error: unknown) => this.lost(node, error));
  }

  /** Selects the row of a source that is reached over these ids from its top; false where one of them is not there. */
  async reveal(path: readonly string[], source: Source = this.definition.sources.active): Promise<boolean> {
    let row: Row | undefined;
    if (this.isSplit()) {
      await this.rows.getChildren();
      row = this.rows.row(this.nodeId(source, ''));
      if (!row) return false;
    }
    for (const id of path) {
      await this.rows.getChildren(row);
      await this.read(row?.id ?? this.nodeId(source, ''));
      await this.rows.getChildren(row);
      row = this.rows.row(this.nodeId(source, id));
      if (!row) return false;
    }
    if (row) await this.view.reveal(row, { select: true, focus: true });
    return row !== undefined;
  }

  dispose(): void {
    trees.delete(this.definition.view);
    for (const node of this.nodes.values()) this.rest(node);
    for (const disposable of this.disposables) disposable.dispose();
  }

  /** What is shown of the view beside its name: a filter. */
  describe(text: string | undefined): void {
    if (text === undefined) delete this.view.description;
    else this.view.description = text;
  }

  /** Forgets everything: what is under way belongs to a source, a session or a question of before. */
  reset(): void {
    for (const node of this.nodes.values()) this.rest(node);
    this.nodes.clear();
    this.readings.clear();
    if (this.definition.listed) contextKeys.set(this.definition.listed, false);
    this.rows.refresh();
  }

  private top(): Promise<readonly Row[]> | readonly Row[] {
    const { sources } = this.definition;
    if (this.isSplit()) return (sources.shown ?? []).map((source) => this.head(source));
    return this.open(this.topOf(sources.active));
  }

  /** The row of one of several sources, with all that is its below. */
  private head(source: Source): Row {
    const id = this.nodeId(source, '');
    return {
      expanded: this.opened.get(id) ?? true,
      label: source.id,
      ...this.definition.head?.(source),
      id,
      children: () => this.open(this.topOf(source)),
    };
  }

  private topOf(source: Source): Node<Source, Session> {
    const id = this.nodeId(source, '');
    const node = this.nodes.get(id) ?? {
      id,
      source,
      reading: this.definition.root(source),
      anew: false,
      pages: 1,
      ids: [],
    };
    this.nodes.set(id, node);
    return node;
  }

  private isSplit(): boolean {
    return (this.definition.sources.shown?.length ?? 0) > 1;
  }

  /** The rows of a node as they are known now; from now on it is followed. */
  private async open(node: Node<Source, Session>): Promise<readonly Row[]> {
    this.follow(node);
    const rows = await this.rowsOf(node);
    this.note(node, rows);
    return rows;
  }

  private async rowsOf(node: Node<Source, Session>): Promise<Row[]> {
    const { reading, state, problem, source } = node;
    const rows = (await reading.rows(state?.value)).map((row) => this.row(source, row));
    if (problem !== undefined) {
      const again = { title: 'Try Again', command: this.definition.refresh };
      return [problemRow(`${node.id}#problem`, problem, again), ...rows];
    }
    if (state && reading.more?.(state.value)) return [...rows, this.moreRow(node)];
    if (rows.length > 0) return rows;
    if (!state) return [messageRow(`${node.id}#loading`, reading.loading, 'loading~spin')];
    return reading.empty ? [this.row(source, reading.empty)] : [];
  }

  private moreRow(node: Node<Source, Session>): Row {
    const command = { command: 'mlopsFlow.loadMore', title: 'Load More', arguments: [this.definition.view, node.id] };
    return messageRow(`${node.id}#more`, 'Load More…', 'ellipsis', command);
  }

  private row(source: Source, { below, ...content }: LiveRow<Session>): Row {
    const id = this.nodeId(source, content.id);
    const row: Row = { ...content, id };
    if (!below) return row;
    const opened = this.opened.get(id);
    if (opened !== undefined) row.expanded = opened;
    if ('read' in below) {
      this.readings.set(id, below);
      row.children = () => this.below(source, id);
    } else {
      row.contents = JSON.stringify(below);
      row.children = () => below.map((each) => this.row(source, each));
    }
    return row;
  }

  private below(source: Source, id: NodeId): Promise<readonly Row[]> | readonly Row[] {
    const reading = this.readings.get(id);
    if (!reading) return [];
    const known = this.nodes.get(id);
    const node = known ?? { id, source, reading, anew: false, pages: 1, ids: [] };
    node.reading = reading;
    this.nodes.set(id, node);
    return this.open(node);
  }

  private follow(node: Node<Source, Session>): void {
    if (node.watching || !this.view.visible || this.opened.get(node.id) === false) return;
    const { state, reading } = node;
    if (state && node.problem === undefined && reading.settled?.(state.value)) return;
    const { watcher, sources } = this.definition;
    node.watching = watcher.watch(
      {
        key: this.key(node),
        poll: async (signal) => {
          const session = await sources.session(node.source, signal);
          const before = node.anew ? undefined : node.state?.value;
          return node.reading.read(session, signal, before, node.pages, (value) => {
            if (!signal.aborted) this.heard(node, { value });
          });
        },
        settled: (value) => node.reading.settled?.(value) ?? false,
        interval: () => node.reading.interval(node.state?.value),
      },
      { value: (value) => this.heard(node, { value }), failed: (error) => this.lost(node, error) },
    );
  }

  private rest(node: Node<Source, Session> | undefined): void {
    node?.watching?.dispose();
    delete node?.watching;
  }

  private heard(node: Node<Source, Session>, state: { value: unknown }): void {
    node.state = state;
    node.anew = false;
    delete node.problem;
    void this.show(node);
  }

  private lost(node: Node<Source, Session>, error: unknown): void {
    if (isCancellation(error)) return;
    if (node.problem === undefined || messageOf(node.problem) !== messageOf(error)) {
      log().warn(`${this.definition.view}: ${messageOf(error)}`);
    }
    node.problem = error;
    void this.show(node);
  }

  /** Repaints what has changed: single rows where the same ones are listed, else the node. */
  private async show(node: Node<Source, Session>): Promise<void> {
    const isTop = node.id === this.nodeId(node.source, '');
    if (isTop && this.definition.listed) contextKeys.set(this.definition.listed, true);
    const rows = await this.rowsOf(node);
    if (this.nodes.get(node.id) !== node || node.shown === JSON.stringify(rows)) return;
    this.note(node, rows);
    const at = isTop && !this.isSplit() ? undefined : node.id;
    if (!this.rows.updateAll(at, rows)) this.rows.refresh(at);
  }

  /** Remembers what is shown below a node, and ends what belongs to rows that are listed no more. */
  private note(node: Node<Source, Session>, rows: readonly Row[]): void {
    const ids = new Set(rows.map(({ id }) => id));
    for (const id of node.ids) if (!ids.has(id)) this.forget(id);
    node.ids = [...ids];
    node.shown = JSON.stringify(rows);
  }

  private forget(id: NodeId): void {
    const node = this.nodes.get(id);
    this.rest(node);
    this.nodes.delete(id);
    this.readings.delete(id);
    this.opened.delete(id);
    for (const below of node?.ids ?? []) this.forget(below);
  }

  /** Reads a node now, also one that cannot be seen. */
  private async read(id: NodeId): Promise<void> {
    const node = this.nodes.get(id);
    if (!node) return;
    const { signal } = new AbortController();
    const session = await this.definition.sources.session(node.source, signal);
    const show = (value: unknown): void => this.heard(node, { value });
    this.heard(node, { value: await node.reading.read(session, signal, undefined, node.pages, show) });
  }

  private key(node: Node<Source, Session>): string {
    return watchKey(this.definition.view, node.source.id, node.reading.id);
  }

  private nodeId(source: Source, id: string): NodeId {
    return `${source.id}\n${id}`;
  }
}
