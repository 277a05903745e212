import type { Disposable, TreeView } from 'vscode';
import { type Connection, connectionHead, type Paged, type Session } from '../aws';
import { contextKeys, LiveTree, type Row, type RowTree } from '../workbench';
import type { Execution } from './model';
import { PipelineReadings } from './readings';
import { runsId } from './rows';
import type { RoomServices } from './services';

/**
 * The Pipelines view: the definitions of the workspace and the pipelines of the connection, below each its
 * executions, below each of them its steps.
 */
export class PipelinesTree implements Disposable {
  private readonly tree: LiveTree<Connection, Session>;
  private readonly changes: readonly Disposable[];
  /** What the names of the pipelines begin with that are listed. */
  private prefix = '';

  constructor(services: RoomServices, view: TreeView<Row>) {
    const { connections, watcher, definitions, sources } = services;
    // One for all connections: what a run measured is read once.
    const readings = new PipelineReadings(services, () => this.prefix);
    this.tree = new LiveTree<Connection, Session>(
      {
        view: 'mlopsFlow.pipelines',
        refresh: 'mlopsFlow.refreshPipelines',
        listed: 'mlopsFlow.pipelinesListed',
        sources: connections,
        watcher,
        root: (connection) => readings.pipelines(connection),
        head: (connection) => connectionHead(connections, connection),
      },
      view,
    );
    this.changes = [definitions.onDidChange(() => this.tree.repaint()), sources.onDidChange(() => this.tree.repaint())];
  }

  get rows(): RowTree {
    return this.tree.rows;
  }

  get filter(): string {
    return this.prefix;
  }

  /** Lists the pipelines alone whose names begin with `prefix`; the service looks for them. */
  filterBy(prefix: string): void {
    this.prefix = prefix;
    this.tree.describe(prefix === '' ? undefined : `${prefix}…`);
    contextKeys.set('mlopsFlow.pipelineFilter', prefix !== '');
    this.tree.reset();
  }

  /** Asks the service now. */
  refresh(): void {
    this.tree.refresh();
  }

  /** The known executions of a pipeline on the active connection, newest first, for the CodeLens above its definition. */
  runsOf(pipeline: string): readonly Execution[] {
    return (this.tree.state(runsId(pipeline)) as Paged<Execution> | undefined)?.items ?? [];
  }

  dispose(): void {
    for (const change of this.changes) change.dispose();
    this.tree.dispose();
  }
}
