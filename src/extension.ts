/**
 * The composition root. `activate` tells VS Code the commands; the rooms with their views are made in the turn after it,
 * or with the first command. Nothing heavy is built: the AWS SDK, simple-git, the language client and the control plane
 * come with their first use.
 */
import { commands as vscodeCommands, Disposable, type ExtensionContext, Uri, window, workspace } from 'vscode';
import { registerAudit } from './audit';
import { type ProgramAccess, PythonProjects, registerAuthoring } from './authoring';
import { connectionOf, Connections, type ConnectionServices, local, type LocalServer } from './aws';
import { registerConnectionUi } from './aws/ui';
import { registerDelivery } from './delivery';
import { registerDeployment } from './deployment';
import { registerGitflow } from './gitflow/vscode/register';
import { account, executionRoleArn, region } from './local/domain/arns';
import { connectionOfEnvironment, registerPipelines } from './pipelines';
import { registerProjects } from './projects';
import { registerRegistry } from './registry';
import { Commands, log, onSettingsChanged, report, settings, UserError, userSetting, Watcher } from './workbench';
import { inNextTurn } from './workbench/later';
import type { PanelServices } from './workbench/panel';

const load = () => import('./rooms.bundle');

/** Where the active connection is remembered. */
const connectionKey = 'connection';
/** Where the connections that stand side by side are. */
const pinnedKey = 'pinnedConnections';

export function activate(context: ExtensionContext): void {
  const { contributes } = context.extension.packageJSON as { contributes: { commands: { command: string }[] } };
  const commands = new Commands(
    contributes.commands.map(({ command }) => command),
    () => rooms.now(),
  );
  const rooms = inNextTurn('activation', () => openRooms(context, commands));
  context.subscriptions.push(commands, rooms);
}

/** Makes the rooms, and what they know of each other. */
function openRooms(context: ExtensionContext, commands: Commands): Disposable {
  const launched: { server?: LocalServer } = {};
  const connections = new Connections(connectionServices(context, launched));
  const watcher = new Watcher();
  const panels: PanelServices = {
    extensionUri: context.extensionUri,
    fail: (error) => report('panel', error),
    log: (text) => log().warn(text),
  };

  const projects = new PythonProjects(context.workspaceState);
  const pipelines = registerPipelines(
    {
      connections,
      watcher,
      panels,
      memory: context.workspaceState,
      secrets: context.secrets,
      sources: {
        list: () => projects.list(),
        onDidChange: (listener) => projects.onDidChange(listener),
        render: (source, next) => authoring.render(source, next),
      },
      environmentName: async (folder) => (await gitflow.environmentFor(folder.uri))?.name,
      revealStep: (definition, step) => authoring.revealStep(definition, step),
      revealModel: (arn, connection) => registry.reveal(arn, connection),
      runChanged: () => registry.refresh(),
    },
    commands,
  );
  const registry = registerRegistry(
    {
      connections,
      watcher,
      livePlaces: (session) => deployment.livePlaces(session),
      reportNumbers: async (session, uri) => (await load()).readNumbers(session, uri),
      openRun: (arn, connection) => void pipelines.openRun(arn, connection),
      panels,
      reportConfusion: async (session, uri) => (await load()).readConfusion(session, uri),
      runOf: async (session, arn) => (await load()).readMakingRun(session, arn),
      metricsOfRun: async (session, arn) => (await load()).readAllMetrics(session, arn),
      gatesOf: (version) => gitflow.gatesOfVersion(version),
      openEndpoint: (endpoint, connection) => deployment.openEndpoint(endpoint, connection),
      compareRuns: (arns, connection) => void pipelines.openCompare(arns, connection),
      openObject: (uri, connection) => pipelines.openObject(uri, connection),
      openVersion: (arn, connection) => registry.openVersion(arn, connection),
      releasesOf: (arn) => gitflow.releasesOfModel(arn),
    },
    commands,
  );
  const deployment = registerDeployment(
    {
      connections,
      watcher,
      panels,
      localData: localFolder(context),
      pollInterval: (connection) => pipelines.pollInterval(connection),
      openRun: (arn, connection) => void pipelines.openRun(arn, connection),
      revealModel: (arn, connection) => registry.reveal(arn, connection),
      openObject: (uri, connection) => pipelines.openObject(uri, connection),
      changed: () => registry.refresh(),
      livePlacesChanged: () => authoring.refreshLenses(),
    },
    commands,
  );
  const audit = registerAudit(
    {
      connections,
      panels,
      definitionOf: (pipeline) => pipelines.fileOf(pipeline),
      openRun: (arn, connection) => void pipelines.openRun(arn, connection),
      openVersion: (arn, connection) => registry.openVersion(arn, connection),
    },
    commands,
  );
  const authoring = registerAuthoring(
    {
      panels,
      projects,
      environments: Uri.joinPath(context.globalStorageUri, 'python'),
      place: { region, account, role: executionRoleArn },
      localAccess: () => localAccess(connections, launched),
      openSession: () => connections.sessionIfOpen(connections.active),
      latestRun: async ({ uri, text }) => {
        const run = await pipelines.latestOf(uri, text);
        return run && { title: run.title, command: 'mlopsFlow.openRun', arguments: [run.arn, run.connection] };
      },
      liveVersions: (text) => {
        const { active } = connections;
        return deployment.liveGroups(text, active).map(({ group, version, endpoint }) => ({
          title: `$(broadcast) ${group} v${version} is live: ${endpoint}`,
          command: 'mlopsFlow.openEndpoint',
          arguments: [endpoint, active.id],
        }));
      },
      onDidChangeRuns: (listener) => pipelines.onDidChangeRuns(listener),
    },
    commands,
  );
  const gitflow = registerGitflow({
    commands,
    panels,
    activeConnection: () => connections.active.id,
    records: (environment, connection) =>
      pipelines.records(environment ? connectionOfEnvironment(environment) : connectionOf(connection)),
    renderCommits: (from) => authoring.renderCommits(from),
    showRun: (arn) => pipelines.openRun(arn, pipelines.originOf(arn)),
    showModel: (arn) => registry.reveal(arn, pipelines.originOf(arn)),
    runPipeline: async (pipeline) =>
      void (await vscodeCommands.executeCommand('mlopsFlow.runPipeline', pipeline && { pipeline })),
  });
  registerProjects(context.extensionUri, commands);
  const delivery = registerDelivery({
    connections,
    watcher,
    panels,
    commands,
    memory: context.workspaceState,
    secrets: context.secrets,
    checkouts: () => gitflow.checkouts(),
    onDidChangeCheckouts: (listener) => gitflow.onDidChangeCheckouts(listener),
    commitsBetween: (root, from, to) => gitflow.commitsBetween(root, from, to),
    compareCommits: (root, from, to) => gitflow.compareCommits(root, from, to),
    openRun: (arn, connection) => void pipelines.openRun(arn, connection),
    programs: async () => (await projects.list()).map(({ uri }) => uri),
    openEndpoint: (name, connection) => deployment.openEndpoint(name, connection),
    revealModel: (arn, connection) => registry.reveal(arn, connection),
    modelsOfRun: (session, arn) => pipelines.modelsOfRun(session, arn),
    describeModel: (session, arn) => registry.describe(session, arn),
    openObject: (uri, connection) => pipelines.openObject(uri, connection),
  });
  commands.register('mlopsFlow.loadMore', async (view: string, id: string) => (await load()).loadMore(view, id));
  commands.register('mlopsFlow.showLog', () => log().show());
  commands.register('mlopsFlow.restartLocal', () => connections.renew());

  return Disposable.from(
    registerConnectionUi(connections, commands),
    audit,
    authoring,
    delivery,
    gitflow,
    pipelines,
    registry,
    deployment,
    watcher,
    { dispose: () => void connections.dispose() },
    window.onDidChangeWindowState(({ focused }) => watcher.setFocused(focused)),
    onSettingsChanged(
      [
        'aws.region',
        'aws.endpointUrl',
        'aws.connectTimeoutSeconds',
        'aws.requestTimeoutSeconds',
        'local.python',
        'local.speed',
        'local.logMegabytesPerJob',
        'local.logMegabytes',
      ],
      () => connections.renew(),
    ),
  );
}

/** Where Local keeps its data. */
function localFolder(context: ExtensionContext): Uri {
  return Uri.joinPath(context.storageUri ?? context.globalStorageUri, 'local');
}

function connectionServices(context: ExtensionContext, launched: { server?: LocalServer }): ConnectionServices {
  return {
    launchLocal: async () => {
      const { launchLocal } = await import('./local/launch.bundle');
      const python = settings('local.python');
      const speed = settings('local.speed');
      const dataDir = localFolder(context).fsPath;
      // So the command line in a terminal of this window finds the same runs.
      context.environmentVariableCollection.replace('MLOPS_FLOW_DATA', dataDir);
      return (launched.server = await launchLocal({
        dataDir,
        execPath: process.execPath,
        serverPath: Uri.joinPath(context.extensionUri, 'dist', 'local-server.js').fsPath,
        ...(python && workspace.isTrusted ? { python } : {}),
        ...(speed === undefined ? {} : { speed }),
        logs: { job: settings('local.logMegabytesPerJob') ?? 0, all: settings('local.logMegabytes') ?? 0 },
      }));
    },
    localEnded: (message) =>
      report(
        'local',
        new UserError(
          'Local stopped. The next action starts it again; nothing is lost.',
          { title: 'Start Again', command: 'mlopsFlow.refreshPipelines' },
          { cause: message },
        ),
      ),
    region: () => settings('aws.region') || undefined,
    endpointUrl: () => userSetting('aws.endpointUrl') || undefined,
    timeouts: () => ({
      connect: 1000 * (settings('aws.connectTimeoutSeconds') ?? 15),
      request: 1000 * (settings('aws.requestTimeoutSeconds') ?? 30),
    }),
    marks: () => ({ production: userSetting('aws.production') ?? [], readOnly: userSetting('aws.readOnly') ?? [] }),
    mfaCode: async (serial) => (await load()).askMfaCode(serial),
    remembered: () => context.workspaceState.get<string>(connectionKey),
    remember: (id) => void context.workspaceState.update(connectionKey, id),
    pinned: () => context.workspaceState.get<string[]>(pinnedKey) ?? [],
    pin: (ids) => void context.workspaceState.update(pinnedKey, ids),
  };
}

/** Local as programs reach it, started where it does not run. */
async function localAccess(connections: Connections, launched: { server?: LocalServer }): Promise<ProgramAccess> {
  await connections.session(local);
  if (!launched.server) throw new UserError('Local is not running. Try again.');
  const { endpoint, region, accessKeyId, secretAccessKey } = launched.server;
  return { endpoint, region, accessKeyId, secretAccessKey, account, role: executionRoleArn };
}
