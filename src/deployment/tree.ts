import type { Disposable } from 'vscode';
import type { Connection, Session } from '../aws';
import { LiveTree, onceSeen } from '../workbench';
import type { EndpointReadings } from './readings';
import type { RoomServices } from './services';

const load = () => import('./deployment.bundle');

/** The Endpoints view: each endpoint with what it serves and how it is. */
export class EndpointsTree implements Disposable {
  private readonly tree: LiveTree<Connection, Session>;
  private readings: Promise<EndpointReadings> | undefined;

  constructor(private readonly services: RoomServices) {
    this.tree = new LiveTree<Connection, Session>({
      view: 'mlopsFlow.endpoints',
      refresh: 'mlopsFlow.refreshEndpoints',
      listed: 'mlopsFlow.endpointsListed',
      sources: services.connections,
      watcher: services.watcher,
      root: (connection) =>
        onceSeen({ id: 'endpoints', loading: 'Looking for endpoints…' }, async () =>
          (await this.open()).endpoints(connection),
        ),
    });
  }

  refresh(): void {
    this.tree.refresh();
  }

  dispose(): void {
    this.tree.dispose();
  }

  /** One for all connections: it knows what it has said already. */
  private open(): Promise<EndpointReadings> {
    return (this.readings ??= load().then(({ EndpointReadings: Readings }) => new Readings(this.services)));
  }
}
