import type { Disposable, TreeView } from 'vscode';
import { type Connection, connectionHead, type Session } from '../aws';
import { contextKeys, LiveTree, type Row, type RowTree } from '../workbench';
import { groupIn } from './model';
import { ModelReadings } from './readings';
import { groupId, type ModelView } from './rows';
import type { RegistryServices } from './services';

/** The Models view: groups, and below each its versions with their approval and metrics. */
export class ModelsTree implements Disposable {
  private readonly tree: LiveTree<Connection, Session>;
  private listed: ModelView = { name: '' };
  private readonly readings: ModelReadings;

  constructor(services: RegistryServices, view: TreeView<Row>) {
    this.readings = new ModelReadings(services, () => this.listed);
    this.tree = new LiveTree<Connection, Session>(
      {
        view: 'mlopsFlow.models',
        refresh: 'mlopsFlow.refreshModels',
        listed: 'mlopsFlow.modelsListed',
        sources: services.connections,
        watcher: services.watcher,
        root: (connection) => this.readings.groups(connection),
        head: (connection) => connectionHead(services.connections, connection),
      },
      view,
    );
  }

  get rows(): RowTree {
    return this.tree.rows;
  }

  /** Asks the service now. */
  refresh(): void {
    this.tree.refresh();
  }

  /** What is listed now. */
  get view(): ModelView {
    return this.listed;
  }

  /** Lists what the filter allows. What the service looks for is read anew; the rest is in what was read already. */
  list(view: ModelView, words: readonly string[]): void {
    const before = this.listed;
    this.listed = view;
    this.tree.describe(words.length === 0 ? undefined : words.join(' · '));
    const { name, approval, condition } = view;
    contextKeys.set('mlopsFlow.modelFilter', name !== '' || approval !== undefined || condition !== undefined);
    if (name === before.name && approval === before.approval) this.tree.repaint();
    else this.tree.reset();
  }

  /** The names of what the versions measured that have been read. */
  metricNames(): readonly string[] {
    return [...this.readings.metricNames].sort();
  }

  /** Selects the row of a version of a connection; false where it is not among those that are shown. */
  reveal(arn: string, connection: Connection): Promise<boolean> {
    return this.tree.reveal([groupId(groupIn(arn)), arn], connection);
  }

  dispose(): void {
    this.tree.dispose();
  }
}
