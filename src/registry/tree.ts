import type { Disposable } from 'vscode';
import { type Connection, connectionHead, type Session } from '../aws';
import { contextKeys, LiveTree, onceSeen } from '../workbench';
import { approvalFaces } from '../shared/status';
import { groupIn } from './model';
import { groupId } from './rows';
import type { ModelFilter } from './service';
import type { RegistryServices } from './services';

const load = () => import('../rooms.bundle');

/** The Models view: groups, and below each its versions with their approval and metrics. */
export class ModelsTree implements Disposable {
  private readonly tree: LiveTree<Connection, Session>;
  private filtered: ModelFilter = { name: '' };

  constructor(services: RegistryServices) {
    this.tree = new LiveTree<Connection, Session>({
      view: 'mlopsFlow.models',
      refresh: 'mlopsFlow.refreshModels',
      listed: 'mlopsFlow.modelsListed',
      sources: services.connections,
      watcher: services.watcher,
      // Several versions are compared.
      several: true,
      root: (connection) =>
        onceSeen({ id: 'groups', loading: 'Looking for models…' }, async () => {
          const { ModelReadings } = await load();
          return new ModelReadings(services, () => this.filtered).groups(connection);
        }),
      head: (connection) => connectionHead(services.connections, connection),
    });
  }

  /** Asks the service now. */
  refresh(): void {
    this.tree.refresh();
  }

  get filter(): ModelFilter {
    return this.filtered;
  }

  /** Lists what the filter allows; the service looks for it. */
  filterBy(filter: ModelFilter): void {
    const { name, approval } = filter;
    const words = [
      ...(name === '' ? [] : [`“${name}”`]),
      ...(approval === undefined ? [] : [approvalFaces[approval].word]),
    ];
    this.filtered = filter;
    this.tree.describe(words.length === 0 ? undefined : words.join(' · '));
    contextKeys.set('mlopsFlow.modelFilter', words.length > 0);
    this.tree.reset();
  }

  /** Selects the row of a version of a connection; false where it is not among those that are shown. */
  reveal(arn: string, connection: Connection): Promise<boolean> {
    return this.tree.reveal([groupId(groupIn(arn)), arn], connection);
  }

  dispose(): void {
    this.tree.dispose();
  }
}
