import { commands as vscodeCommands, languages } from 'vscode';
import type { Connection, Session } from '../aws';
import { LiveTree, onceSeen, settings } from '../workbench';
import type { Panel } from '../workbench/panel';
import { actionNames } from './commands/names';
import { approvalKey, type Approval } from './approvals';
import type { GitHubPlace } from './github/rows';
import { BuildspecLenses, DeclarationLenses } from './lenses';
import { defineApprovals, definePipelinePanel } from './panels';
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
          badge: (waiting) => tree.badge(waiting, `${waiting} waiting for approval`),
          overviewKey: ({ id }) => tree.keyOf(id, 'overview'),
          refresh: () => tree.refresh(),
          repaint: () => tree.repaint(),
          isShown: () => tree.isVisible,
          onDidChangeShown: (changed) => tree.onDidChangeVisibility(changed),
          review: (connection, key) => review(connection, key),
          open: (place) => void open(place),
          start: (place) => start(place),
        }),
    ));
  const tree = new LiveTree<Connection, Session>({
    view: 'mlopsFlow.delivery',
    refresh: 'mlopsFlow.delivery.refresh',
    listed: 'mlopsFlow.deliveryListed',
    sources: connections,
    watcher: services.watcher,
    root: (connection) =>
      onceSeen({ id: 'overview', loading: 'Looking for delivery pipelines…' }, async () =>
        (await room()).overview(connection),
      ),
  });
  // The status bar and what waits for a person are looked at once the connection has answered to anything else.
  let timer: NodeJS.Timeout | undefined;
  const listening = connections.onDidHear(({ problem }) => {
    if (problem || timer || settings('delivery.follow') === false) return;
    timer = setTimeout(() => void room(), quietStart);
  });

  const pipelines = definePipelinePanel(services.panels, room);
  const approvals = defineApprovals(services.panels, room);
  const open = ({ connection, pipeline, stage, action, run }: Place): Panel<PipelineArguments, PipelineToPanel> => {
    const panel = pipelines.open({ connection: connection.id, pipeline });
    const place = { ...(stage ? { stage } : {}), ...(action ? { action } : {}), ...(run ? { run } : {}) };
    if (Object.keys(place).length > 0) panel.post({ type: 'select', ...place });
    return panel;
  };
  const start = (place: Place): void => open(place).post({ type: 'form' });
  const review = (connection: Connection, key?: string): void => {
    const panel = approvals.open({ connection: connection.id });
    if (key !== undefined) panel.post({ type: 'focus', key });
  };
  /** The pipeline of a row, or one that is picked. */
  const chosen = async (given: Place | undefined, what: string): Promise<Place | undefined> =>
    given ?? (await load()).pickPipeline(await room(), what);

  commands.register('mlopsFlow.delivery.open', async (given?: Place) => {
    const place = await chosen(given, 'Open Delivery Pipeline');
    if (place) open(place);
  });
  commands.register('mlopsFlow.delivery.start', async (given?: Place) => {
    const place = await chosen(given, 'Start Delivery Pipeline');
    if (place) start({ connection: place.connection, pipeline: place.pipeline });
  });
  commands.register('mlopsFlow.delivery.approvals', () => review(connections.active));
  commands.register('mlopsFlow.delivery.review', ({ approval }: { approval?: Approval }) =>
    review(connections.active, approval && approvalKey(approval)),
  );
  for (const name of actionNames) {
    commands.register(`mlopsFlow.delivery.${name}`, async (given?: never) => {
      const [{ actions }, ready] = await Promise.all([load(), room()]);
      await actions[name](ready, given);
    });
  }
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
    await tree.reveal([id, `${id} run ${run.id}`]);
  });
  commands.register('mlopsFlow.delivery.refresh', async () => {
    tree.refresh();
    await (await room()).github.refresh();
  });

  return {
    dispose: () => {
      clearTimeout(timer);
      listening.dispose();
      lenses.dispose();
      buildspecs.dispose();
      for (const part of [pipelines, approvals, tree]) part.dispose();
      void opened?.then((ready) => ready.dispose());
    },
  };
}
