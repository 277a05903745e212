import { commands as vscodeCommands, languages } from 'vscode';
import type { Connection, Session } from '../aws';
import { type LiveTree, settings, View } from '../workbench';
import type { Panel } from '../workbench/panel';
import { registerPanel } from '../workbench/panel-kind';
import { actionNames } from './commands/names';
import { approvalKey, type Approval } from './approvals';
import type { GitHubPlace } from './github/rows';
import { BuildspecLenses, DeclarationLenses } from './lenses';
import type { PipelineArguments, PipelineToPanel } from './panels/pipeline/contract';
import type { Room } from './room';
import type { Delivery, DeliveryServices, Place } from './services';

/** Milliseconds after the first answer of a connection until its pipelines are looked at: what is shown comes first. */
const quietStart = 1_000;

const load = () => import('./delivery.bundle');

/** Registers the Delivery view and the commands on pipelines and builds. What they do is loaded with the first use. */
export function registerDelivery(services: DeliveryServices): Delivery {
  const { connections, commands } = services;
  let opened: Promise<Room> | undefined;
  const room = (): Promise<Room> =>
    (opened ??= load().then(
      ({ Room: Opened }) =>
        new Opened({
          services,
          view,
          review: (connection, key) => void review(connection, key),
          open: (place) => void open(place),
          start: (place) => void start(place),
        }),
    ));
  const view = new View<LiveTree<Connection, Session>>('mlopsFlow.delivery', false, async (shown) => {
    const [{ deliveryTree }, ready] = await Promise.all([load(), room()]);
    return deliveryTree(ready, shown);
  });
  // The status bar and what waits for a person are looked at once the connection has answered to anything else.
  let timer: NodeJS.Timeout | undefined;
  const listening = connections.onDidHear(({ problem }) => {
    if (problem || timer || settings('delivery.follow') === false) return;
    timer = setTimeout(() => void room(), quietStart);
  });

  const pipelines = registerPanel('delivery', async () => (await load()).pipelinePanels(await room()));
  const approvals = registerPanel('approvals', async () => (await load()).approvalsPanels(await room()));
  const open = async (place: Place): Promise<Panel<PipelineArguments, PipelineToPanel>> => {
    const { connection, pipeline, stage, action, run } = place;
    const panel = await pipelines.open({ connection: connection.id, pipeline });
    const part = { ...(stage ? { stage } : {}), ...(action ? { action } : {}), ...(run ? { run } : {}) };
    if (Object.keys(part).length > 0) panel.post({ type: 'select', ...part });
    return panel;
  };
  const start = async (place: Place): Promise<void> => (await open(place)).post({ type: 'form' });
  const review = async (connection: Connection, key?: string): Promise<void> => {
    const panel = await approvals.open({ connection: connection.id });
    if (key !== undefined) panel.post({ type: 'focus', key });
  };
  /** The pipeline of a row, or one that is picked. */
  const chosen = async (given: Place | undefined, what: string): Promise<Place | undefined> =>
    given ?? (await load()).pickPipeline(await room(), what);

  commands.register('mlopsFlow.delivery.open', async (given?: Place) => {
    const place = await chosen(given, 'Open Delivery Pipeline');
    if (place) await open(place);
  });
  commands.register('mlopsFlow.delivery.start', async (given?: Place) => {
    const place = await chosen(given, 'Start Delivery Pipeline');
    if (place) await start({ connection: place.connection, pipeline: place.pipeline });
  });
  commands.register('mlopsFlow.delivery.approvals', () => review(connections.active));
  commands.register('mlopsFlow.delivery.review', ({ approval }: { approval?: Approval }) =>
    review(connections.active, approval && approvalKey(approval)),
  );
  commands.registerAll('mlopsFlow.delivery.', actionNames, async () => [(await load()).actions, await room()]);
  const buildspecs = languages.registerCodeLensProvider({ language: 'yaml', scheme: 'file' }, new BuildspecLenses());
  const lenses = languages.registerCodeLensProvider(
    [
      { language: 'json', scheme: 'file' },
      { language: 'jsonc', scheme: 'file' },
      { language: 'yaml', scheme: 'file' },
      { language: 'cloudformation', scheme: 'file' },
      { language: 'terraform', scheme: 'file' },
    ],
    new DeclarationLenses(),
  );
  commands.register('mlopsFlow.delivery.showGitHubRun', async ({ github }: { github?: GitHubPlace }) => {
    await vscodeCommands.executeCommand('mlopsFlow.delivery.focus');
    const { repository, run } = github ?? {};
    if (!repository || !run) return;
    const id = `github ${repository.server.host}/${repository.path}`;
    await (await view.tree()).reveal([id, `${id} run ${run.id}`]);
  });
  commands.register('mlopsFlow.delivery.refresh', async () => {
    view.made?.refresh();
    await (await room()).github.refresh();
  });

  return {
    dispose: () => {
      clearTimeout(timer);
      listening.dispose();
      lenses.dispose();
      buildspecs.dispose();
      for (const part of [pipelines, approvals, view]) part.dispose();
      void opened?.then((ready) => ready.dispose());
    },
  };
}
