import { type Connection, connectionOf } from '../aws';
import type { Commands } from '../workbench';
import type { LogDocuments } from '../workbench/log-documents';
import { LivePlaces } from './live-places';
import { defineDeployment, defineEndpoint, defineTransform } from './panels';
import type { EndpointLogReading } from './endpoint-log';
import type { Deployment, DeploymentServices, RoomServices } from './services';
import type { EndpointRow } from './rows';
import { EndpointsTree } from './tree';

/** A row of the Models view: a version on a connection. */
interface VersionTarget {
  connection: Connection;
  model: { arn: string };
}

/** The files of a baseline that a step of a run has made. */
interface Baseline {
  constraints: string;
  statistics: string;
  /** The id of the connection that it is on. */
  connection: string;
}

const load = () => import('./deployment.bundle');

/** Registers the Endpoints view, the panels of deployments and their commands. */
export function registerDeployment(services: DeploymentServices, commands: Commands): Deployment {
  const { connections } = services;
  const tried = new Set<string>();
  let logs: LogDocuments<EndpointLogReading> | undefined;
  let followers: { follow(endpoint: string, connection: Connection): void; dispose(): void } | undefined;
  const room: RoomServices = {
    ...services,
    tried,
    changed: () => {
      live.forget();
      tree.refresh();
      services.changed();
    },
    journal: async (session) => {
      const { Journal, recordsFolder } = await load();
      return new Journal(await recordsFolder(session, services.localData.fsPath));
    },
    openEndpoint: (endpoint, connection) => void endpoints.open({ connection: connection.id, endpoint }),
    openForm: (target, connection) => void forms.open({ connection: connection.id, ...target }),
    openTransform: (target, connection) => void transforms.open({ connection: connection.id, ...target }),
    openLog: async (endpoint, connection) => {
      const { endpointLogPlace, endpointLogs } = await load();
      logs ??= endpointLogs(services);
      await logs.show(endpointLogPlace(connection.id, endpoint), ({ lines }) => Math.max(0, lines.length - 1));
    },
    follow: (endpoint, connection) => void follow(endpoint, connection),
  };
  const follow = async (endpoint: string, connection: Connection): Promise<void> => {
    const { Followers } = await load();
    followers ??= new Followers(room);
    followers.follow(endpoint, connection);
  };
  const live = new LivePlaces(() => services.livePlacesChanged());
  const tree = new EndpointsTree(room);
  const forms = defineDeployment(room);
  const endpoints = defineEndpoint(room);
  const transforms = defineTransform(room);
  /** The endpoint of a row, or one that is picked. */
  const chosen = async (
    row: EndpointRow | undefined,
  ): Promise<Pick<EndpointRow, 'endpoint' | 'connection'> | undefined> =>
    row ?? (await load()).pickEndpoint(connections);

  commands.register('mlopsFlow.deployModel', async (row?: VersionTarget | string, connection?: string) => {
    if (typeof row === 'string') {
      return room.openForm({ model: row }, connection === undefined ? connections.active : connectionOf(connection));
    }
    if (row) return room.openForm({ model: row.model.arn }, row.connection);
    const picked = await (await load()).pickVersion(connections);
    if (picked) room.openForm({ model: picked.model }, picked.connection);
  });
  commands.register('mlopsFlow.transformModel', async (row?: VersionTarget | string, connection?: string) => {
    if (typeof row === 'string') {
      return room.openTransform(
        { model: row },
        connection === undefined ? connections.active : connectionOf(connection),
      );
    }
    if (row) return room.openTransform({ model: row.model.arn }, row.connection);
    const picked = await (await load()).pickVersion(connections, 'Batch Transform');
    if (picked) room.openTransform({ model: picked.model }, picked.connection);
  });
  commands.register('mlopsFlow.openEndpoint', async (row?: EndpointRow | string, connection?: string) => {
    if (typeof row === 'string') {
      return room.openEndpoint(row, connection === undefined ? connections.active : connectionOf(connection));
    }
    const endpoint = await chosen(row);
    if (endpoint) room.openEndpoint(endpoint.endpoint, endpoint.connection);
  });
  commands.register('mlopsFlow.callEndpoint', async (row?: EndpointRow) => {
    const endpoint = await chosen(row);
    if (!endpoint) return;
    endpoints
      .open({ connection: endpoint.connection.id, endpoint: endpoint.endpoint })
      .post({ type: 'show', tab: 'try' });
  });
  commands.register('mlopsFlow.monitorEndpoint', async (row?: EndpointRow, baseline?: Baseline) => {
    const endpoint =
      row ?? (await (await load()).pickEndpoint(connections, baseline && connectionOf(baseline.connection)));
    if (!endpoint) return;
    const panel = endpoints.open({ connection: endpoint.connection.id, endpoint: endpoint.endpoint });
    if (!baseline) panel.post({ type: 'show', tab: 'monitoring' });
    else panel.post({ type: 'baseline', constraints: baseline.constraints, statistics: baseline.statistics });
  });
  commands.register('mlopsFlow.rollBackEndpoint', async (row?: EndpointRow) => {
    const endpoint = await chosen(row);
    if (!endpoint) return;
    endpoints
      .open({ connection: endpoint.connection.id, endpoint: endpoint.endpoint })
      .post({ type: 'show', tab: 'history' });
  });
  commands.register('mlopsFlow.deleteEndpoint', async (row?: EndpointRow) => {
    const endpoint = await chosen(row);
    if (!endpoint) return;
    await (await load()).deleteEndpoint(room, endpoint.endpoint, endpoint.connection);
  });
  commands.register('mlopsFlow.setEndpointExpiry', async (row?: EndpointRow) => {
    const endpoint = await chosen(row);
    if (!endpoint) return;
    await (await load()).setExpiry(room, endpoint.endpoint, endpoint.connection);
  });
  commands.register('mlopsFlow.openEndpointLog', async (row?: EndpointRow) => {
    const endpoint = await chosen(row);
    if (endpoint) await room.openLog(endpoint.endpoint, endpoint.connection);
  });
  commands.register('mlopsFlow.refreshEndpoints', () => tree.refresh());

  return {
    refresh: () => tree.refresh(),
    openEndpoint: (endpoint, connection) => room.openEndpoint(endpoint, connection),
    livePlaces: (session) => live.of(session),
    liveGroups: (text, { id }) => live.groupsIn(text, id),
    dispose: () => {
      followers?.dispose();
      logs?.dispose();
      for (const part of [forms, endpoints, transforms, tree]) part.dispose();
    },
  };
}
