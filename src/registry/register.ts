import type { Connection } from '../aws';
import { type Commands, UserError, View } from '../workbench';
import { registerPanel } from '../workbench/panel-kind';
import { commandNames } from './commands/names';
import { groupIn } from './model';
import type { Registry, RegistryServices } from './services';
import type { ModelsTree } from './tree';

const load = () => import('../rooms.bundle');

/** Registers the Models view and its commands. */
export function registerRegistry(services: RegistryServices, commands: Commands): Registry {
  const { connections } = services;
  const view = new View<ModelsTree>('mlopsFlow.models', true, async (shown) => {
    const { ModelsTree: Tree } = await load();
    return new Tree(services, shown);
  });
  const refresh = (): void => view.made?.refresh();
  const versions = registerPanel('version', async () => (await load()).versionPanels(services, refresh));
  const openVersion = (arn: string, connection: Connection): void => {
    void versions.open({ connection: connection.id, arn });
  };

  commands.registerAll('mlopsFlow.', commandNames, async () => [(await load()).modelCommands, { ...services, view }]);
  commands.register('mlopsFlow.refreshModels', refresh);

  return {
    refresh,
    openVersion,
    reveal: async (arn, connection) => {
      if (!connections.shown.some(({ id }) => id === connection.id)) {
        throw new UserError(`This model version is on ${connection.label}, which the Models view does not show.`, {
          title: 'Switch Connection',
          command: 'mlopsFlow.switchConnection',
        });
      }
      if (!(await (await view.tree()).reveal(arn, connection))) {
        throw new UserError(`This version of ${groupIn(arn)} is not among the newest that the Models view shows.`);
      }
    },
    describe: async (session, arn) => {
      const { describeVersion } = await load();
      const version = await describeVersion(session, arn);
      const metrics = version.report === undefined ? [] : await services.reportNumbers(session, version.report);
      return { arn, title: `${version.group} version ${version.version}`, approval: version.approval, metrics };
    },
    dispose: () => {
      versions.dispose();
      view.dispose();
    },
  };
}
