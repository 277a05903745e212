import type { TreeView } from 'vscode';
import type { Connection, Session } from '../aws';
import { LiveTree, type Row } from '../workbench';
import { type Room, viewId } from './room';

/** The Delivery view: the pipelines of a connection with their stages, its builds, and the runs of GitHub and Jenkins. */
export function deliveryTree(room: Room, view: TreeView<Row>): LiveTree<Connection, Session> {
  const { connections, watcher } = room.parts.services;
  return new LiveTree<Connection, Session>(
    {
      view: viewId,
      refresh: 'mlopsFlow.delivery.refresh',
      listed: 'mlopsFlow.deliveryListed',
      sources: connections,
      watcher,
      root: (connection) => room.overview(connection),
    },
    view,
  );
}
