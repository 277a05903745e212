import type { Disposable } from 'vscode';
import { type Connection, connectionHead, type Paged, type Session } from '../aws';
import { contextKeys, LiveTree, onceSeen } from '../workbench';
import type { Execution } from './model';
import type { PipelineReadings } from './readings';
import { runsId } from './rows';
import type { RoomServices } from './services';

const load = () => import('../rooms.bundle');

/**
 * The Pipelines view: the definitions of the workspace and the pipelines of the connection, below each its
 * executions, below each of them its steps.
 */
export class PipelinesTree implements Disposable {
  private readonly tree: LiveTree<Connection, Session>;
  private readonly changes: readonly Disposable[];
  /** What the names of the pipelines begin with that are listed. */
  private prefix = '';

  private readings: Promise<PipelineReadings> | undefined;

  constructor(private readonly services: RoomServices) {
    const { connections, watcher, definitions, sources } = services;
    this.tree = new LiveTree<Connection, Session>({
      view: 'mlopsFlow.pipelines',
      refresh: 'mlopsFlow.refreshPipelines',
      listed: 'mlopsFlow.pipelinesListed',
      sources: connections,
      watcher,
      several: true,
      root: (connection) =>
        onceSeen({ id: 'pipelines', loading: 'Looking for pipelines…' }, async () =>
          (await this.open()).pipelines(connection),
        ),
      head: (connection) => connectionHead(connections, connection),
    });
    this.changes = [definitions.onDidChange(() => this.tree.repaint()), sources.onDidChange(() => this.tree.repaint())];
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

  /** One for all connections: what a run measured is read once. */
  private open(): Promise<PipelineReadings> {
    return (this.readings ??= load().then(
      ({ PipelineReadings: Readings }) => new Readings(this.services, () => this.prefix),
    ));
  }
}
