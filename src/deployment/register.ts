import type { Connection } from '../aws';
import { type Commands, View } from '../workbench';
import type { LogDocuments } from '../workbench/log-documents';
import { registerPanel } from '../workbench/panel-kind';
import { commandNames } from './commands/names';
import type { LivePlaces } from './live-places';
import type { EndpointLogReading } from './endpoint-log';
import type { Deployment, DeploymentServices, RoomServices } from './services';
import type { EndpointsTree } from './tree';

const load = () => import('./deployment.bundle');

/** Registers the Endpoints view, the panels of deployments and their commands. */
export function registerDeployment(services: DeploymentServices, commands: Commands): Deployment {
  const tried = new Set<string>();
  let logs: LogDocuments<EndpointLogReading> | undefined;
  let followers: { follow(endpoint: string, connection: Connection): void; dispose(): void } | undefined;
  const room: RoomServices = {
    ...services,
    tried,
    changed: () => {
      live?.forget();
      view.made?.refresh();
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
  // Nothing is known before somebody has asked a connection.
  let live: LivePlaces | undefined;
  const places = async (): Promise<LivePlaces> => {
    const { LivePlaces: Places } = await import('./live-versions.bundle');
    return (live ??= new Places(() => services.livePlacesChanged()));
  };
  const view = new View<EndpointsTree>('mlopsFlow.endpoints', false, async (shown) => {
    const { EndpointsTree: Tree } = await load();
    return new Tree(room, shown);
  });
  const forms = registerPanel('deployment', async () => (await load()).deploymentForms(room));
  const endpoints = registerPanel('endpoint', async () => (await load()).endpointPanels(room));
  const transforms = registerPanel('transform', async () => (await load()).transformPanels(room));
  commands.registerAll('mlopsFlow.', commandNames, async () => [
    (await load()).endpointCommands,
    { ...room, endpoints },
  ]);
  commands.register('mlopsFlow.refreshEndpoints', () => view.made?.refresh());

  return {
    refresh: () => view.made?.refresh(),
    openEndpoint: (endpoint, connection) => room.openEndpoint(endpoint, connection),
    livePlaces: async (session) => (await places()).of(session),
    liveGroups: (text, { id }) => live?.groupsIn(text, id) ?? [],
    dispose: () => {
      followers?.dispose();
      logs?.dispose();
      for (const part of [forms, endpoints, transforms, view]) part.dispose();
    },
  };
}
