import type { Disposable, TreeView } from 'vscode';
import type { Connection, Session } from '../aws';
import { LiveTree, type Row, type RowTree } from '../workbench';
import { EndpointReadings } from './readings';
import type { RoomServices } from './services';

/** The Endpoints view: each endpoint with what it serves and how it is. */
export class EndpointsTree implements Disposable {
  private readonly tree: LiveTree<Connection, Session>;

  constructor(services: RoomServices, view: TreeView<Row>) {
    // One for all connections: it knows what it has said already.
    const readings = new EndpointReadings(services);
    this.tree = new LiveTree<Connection, Session>(
      {
        view: 'mlopsFlow.endpoints',
        refresh: 'mlopsFlow.refreshEndpoints',
        listed: 'mlopsFlow.endpointsListed',
        sources: services.connections,
        watcher: services.watcher,
        root: (connection) => readings.endpoints(connection),
      },
      view,
    );
  }

  get rows(): RowTree {
    return this.tree.rows;
  }

  refresh(): void {
    this.tree.refresh();
  }

  dispose(): void {
    this.tree.dispose();
  }
}
