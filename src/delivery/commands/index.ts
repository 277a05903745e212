/** What each command of the room does. */
import { env, Uri, workspace } from 'vscode';
import type { Connection, Session } from '../../aws';
import type { Approval } from '../approvals';
import type { GitHubPlace } from '../github/rows';
import { jenkinsLogPlace } from '../jenkins/jenkins';
import type { Room } from '../room';
import type { Place } from '../services';
import { act, type StateVerb } from './act';
import { compareDeclaration, declarationOf, deploy } from './declaration';
import { logPlaceOf } from '../builds/logs';
import * as builds from './builds';
import { decideOnApproval, pickApproval } from './decide';
import { cancelOnGitHub, decideOnDeployment, openGitHubLog, openOnGitHub, rerunOnGitHub } from './github';
import { openDelivery, pickDelivery } from './open-declaration';
import { runBuildspec } from './run-buildspec';
import { writeCi } from './write-ci';

/** What a command is given: a row of a pipeline or a build, or what stands for one. */
type Given =
  | (Partial<Place> & {
      connection: Connection;
      approval?: Approval;
      project?: string;
      build?: string;
      batch?: string;
      github?: GitHubPlace;
      jenkins?: string;
    })
  | undefined;
type Action = (room: Room, given: Given) => Promise<void>;

function sessionOf(room: Room, connection: Connection): Promise<Session> {
  return room.parts.services.connections.session(connection);
}

/** The pipeline that a command is about: its row's, or one that is picked. */
function pipelineOf(room: Room, given: Given, title: string): Promise<Place | undefined> {
  return given?.pipeline === undefined
    ? pickPipeline(room, title)
    : Promise.resolve({ ...given, pipeline: given.pipeline });
}

/** Asks for a pipeline of the active connection. */
export async function pickPipeline(room: Room, title: string): Promise<Place | undefined> {
  const { active } = room.parts.services.connections;
  const pipeline = await pickDelivery(await sessionOf(room, active), title);
  return pipeline === undefined ? undefined : { connection: active, pipeline };
}

function verb(id: StateVerb, title: string): Action {
  return async (room, given) => {
    const target = await pipelineOf(room, given, title);
    if (!target) return;
    const done = await act(await sessionOf(room, target.connection), id, target);
    if (done) room.started(done.run);
  };
}

function decision(status: 'Approved' | 'Rejected'): Action {
  return async (room, given) => {
    let waiting = given?.approval && { connection: given.connection, approval: given.approval };
    if (!waiting) {
      await room.readNow();
      waiting = await pickApproval(room.waiting());
    }
    if (!waiting) return;
    if (waiting.approval.deployment) {
      await decideOnDeployment(room, waiting.approval, status === 'Approved');
      return;
    }
    const session = await sessionOf(room, waiting.connection);
    if (await decideOnApproval(session, waiting.approval, status)) room.started(undefined);
  };
}

/** The connection of a row, else the active one. */
function connectionOf(room: Room, given: Given): Connection {
  return given?.connection ?? room.parts.services.connections.active;
}

async function buildOf(room: Room, given: Given): Promise<{ connection: Connection; build: string } | undefined> {
  const connection = connectionOf(room, given);
  const build = given?.build ?? (await builds.pickBuild(await sessionOf(room, connection)));
  return build === undefined ? undefined : { connection, build };
}

/** The connection that commands on files of the workspace use. */
function active(room: Room): Promise<Session> {
  return sessionOf(room, room.parts.services.connections.active);
}

export const actions = {
  stop: verb('stop', 'Stop Delivery Run'),
  retryFailed: verb('retryFailed', 'Retry Failed Actions'),
  retryAll: verb('retryAll', 'Retry Stage'),
  rollback: verb('rollback', 'Roll Back Stage'),
  override: verb('override', 'Override Condition'),
  enableTransition: verb('enable', 'Enable Transition'),
  disableTransition: verb('disable', 'Disable Transition'),
  approve: decision('Approved'),
  reject: decision('Rejected'),
  openDeclaration: async (room, given) => {
    const target = await pipelineOf(room, given, 'Open CodePipeline Declaration');
    if (target) await openDelivery(await sessionOf(room, target.connection), target.pipeline);
  },
  compareDeclaration: async (room, given) => {
    const session = await active(room);
    await compareDeclaration(session, room.declared, await declarationOf(session, given));
  },
  deployDeclaration: async (room, given) => {
    const session = await active(room);
    const found = await declarationOf(session, given);
    const checkouts = await room.parts.services.checkouts();
    const repository =
      checkouts.find(({ root }) => found.uri.fsPath.startsWith(root))?.root ??
      workspace.getWorkspaceFolder(found.uri)?.uri.fsPath;
    if (await deploy(session, room.declared, found, repository)) room.started(undefined);
  },
  startDeclared: async (room, given) => {
    const { name } = await declarationOf(await active(room), given);
    room.parts.start({ connection: room.parts.services.connections.active, pipeline: name });
  },
  openBuildLog: async (room, given) => {
    const found = await buildOf(room, given);
    if (found) await room.logs.show(logPlaceOf(found.connection.id, found.build));
  },
  showBuildResults: async (room, given) => {
    const found = await buildOf(room, given);
    if (found) await room.results.show(await sessionOf(room, found.connection), found.build);
  },
  runBuildspec: async (room, given) => runBuildspec(room.parts.services.panels.extensionUri, given),
  startBuild: async (room, given) => {
    const connection = connectionOf(room, given);
    const session = await sessionOf(room, connection);
    const project = given?.project ?? (await builds.pickProject(session, 'Start Build'));
    if (project === undefined) return;
    const [checkout] = await room.parts.services.checkouts();
    const started = await builds.start(session, project, checkout?.commit);
    if (!started) return;
    room.started(undefined);
    if (started.build !== undefined) await room.logs.show(logPlaceOf(connection.id, started.build));
  },
  retryBuild: async (room, given) => {
    if (given?.batch !== undefined) {
      const session = await sessionOf(room, given.connection);
      if (await builds.retryOfBatch(session, given.batch)) room.started(undefined);
      return;
    }
    const found = await buildOf(room, given);
    const build = found && (await builds.retry(await sessionOf(room, found.connection), found.build));
    if (!found || build === undefined) return;
    room.started(undefined);
    await room.logs.show(logPlaceOf(found.connection.id, build));
  },
  stopBuild: async (room, given) => {
    if (given?.batch !== undefined) {
      const session = await sessionOf(room, given.connection);
      if (await builds.stopOfBatch(session, given.batch)) room.started(undefined);
      return;
    }
    const found = await buildOf(room, given);
    if (found && (await builds.stop(await sessionOf(room, found.connection), found.build))) room.started(undefined);
  },
  signInToGitHub: async (room, given) => room.github.signIn(given?.github?.server),
  openGitHubLog: async (room, given) => openGitHubLog(room, given?.github ?? {}),
  rerunAllJobs: async (room, given) => rerunOnGitHub(room, given?.github ?? {}, 'all'),
  rerunFailedJobs: async (room, given) => rerunOnGitHub(room, given?.github ?? {}, 'failed'),
  rerunJob: async (room, given) => rerunOnGitHub(room, given?.github ?? {}, 'job'),
  cancelGitHubRun: async (room, given) => cancelOnGitHub(room, given?.github ?? {}),
  openOnGitHub: async (_room, given) => openOnGitHub(given?.github ?? {}),
  signInToJenkins: async (room, given) => {
    await room.jenkins.signIn(given?.jenkins);
    room.refresh();
  },
  openJenkinsLog: async (room, given) => {
    if (given?.jenkins !== undefined) await room.jenkinsLogs.show(jenkinsLogPlace(given.jenkins));
  },
  openInJenkins: async (_room, given) => {
    if (given?.jenkins !== undefined) await env.openExternal(Uri.parse(given.jenkins));
  },
  writeCi: async (room, given) => writeCi(room, given),
} satisfies Record<string, Action>;

export type ActionName = keyof typeof actions;
