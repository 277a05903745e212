/**
 * The VS Code side of the branching model: the Branches view, the commands, the finish dialog, the status bar.
 *
 * This file registers cheap things; `room.ts` makes the rest with the first use. Read `rows.ts` and `tree.ts` for the
 * view, `commands.ts` for what each command does, `finish-panel.ts` for the dialog.
 */
import type { Disposable, Uri } from 'vscode';
import { View } from '../../workbench';
import { registerPanel } from '../../workbench/panel-kind';
import type { Environment, GateResult, JudgedVersion, TagMessage } from '../lifecycle';
import type { Checkout } from './checkouts';
import type { CommandArgument } from './commands/ask';
import { commandNames } from './commands/names';
import { registerConfigProblems } from './config-problems';
import type { FlowRow } from './rows';
import type { OpenRoom } from './room';
import type { GitflowServices, Room } from './services';

export type { GitflowServices } from './services';

/** What the other rooms ask of this one. */
export interface Gitflow extends Disposable {
  /**
   * The environment of the branch that is checked out where `uri` lies, or in the likeliest repository; undefined
   * where there is no repository, or `.mlops/config.json` sets none up for it.
   */
  environmentFor(uri?: Uri): Promise<Environment | undefined>;
  /** The tags of the releases that shipped a model version, the newest first, over all repositories. */
  releasesOfModel(arn: string): Promise<TagMessage[]>;
  /** What the gates of releases say of a model version. */
  gatesOfVersion(version: JudgedVersion): Promise<GateResult[]>;
  /** The repositories of the workspace, the likeliest first. */
  checkouts(): Promise<Checkout[]>;
  /** Calls back when `checkouts` may answer otherwise. */
  onDidChangeCheckouts(listener: () => void): Disposable;
  /** The subjects of the commits that `to` has and `from` has not; undefined where git does not know both. */
  commitsBetween(root: string, from: string, to: string): Promise<string[] | undefined>;
  /** Shows what differs between two commits, in the multi-file diff editor. */
  compareCommits(root: string, from: string, to: string): Promise<void>;
}

/** How long after activation the room is made, for its status bar, in milliseconds: the window opens first. */
const quietStart = 1000;

const load = () => import('./gitflow.bundle');

/** Registers view, commands and dialog. No git process runs and nothing heavy is loaded before the first use. */
export function registerGitflow(services: GitflowServices): Gitflow {
  let opened: Promise<OpenRoom> | undefined;
  const room = () =>
    (opened ??= load().then(({ openRoom }) => {
      const ready = openRoom(services, branches.view, { openFinish, finishIs });
      ready.snapshots.onDidChange(() => {
        for (const listener of listeners) listener();
      });
      return ready;
    }));
  const listeners = new Set<() => void>();
  const phases = new WeakMap<object, Parameters<Room['finishIs']>[1]>();
  const finishIs: Room['finishIs'] = (panel, phase) => void phases.set(panel, phase);
  const openFinish: Room['openFinish'] = (about) => {
    const args = { ...about, connection: services.activeConnection() };
    const before = panels.find(args);
    const phase = before && (phases.get(before) ?? 'open');
    if (phase === 'ended' || (phase === 'open' && before?.args.connection !== args.connection)) before?.close();
    void panels.open(args);
  };

  const branches = new View('mlopsFlow.branches', false, async () => {
    const { rows } = await room();
    return { rows, dispose: () => rows.dispose() };
  });
  const panels = registerPanel('flow', async () => (await load()).flowPanels(await room()));
  for (const name of commandNames) {
    services.commands.register(`mlopsFlow.flow.${name}`, async (argument: CommandArgument) => {
      const [{ actions }, ready] = await Promise.all([load(), room()]);
      // Every row of this tree is one of ours.
      const selected: FlowRow | undefined = branches.view.selection[0];
      await actions[name](ready, argument && 'selection' in argument ? selected : argument);
    });
  }
  const problems = registerConfigProblems(load);
  const timer = setTimeout(() => void branches.tree(), quietStart);

  return {
    environmentFor: async (uri) => (await load()).environmentFor(await room(), uri),
    releasesOfModel: async (arn) => (await load()).releasesOfModel(await room(), arn),
    gatesOfVersion: async (version) => (await load()).gatesOfVersion(await room(), version),
    checkouts: async () => (await load()).checkouts(await room()),
    onDidChangeCheckouts: (listener) => {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
    commitsBetween: async (root, from, to) => (await load()).commitsBetween(root, from, to),
    compareCommits: async (root, from, to) => (await load()).compareCommits(await room(), root, from, to),
    dispose() {
      clearTimeout(timer);
      for (const part of [branches, panels, problems]) part.dispose();
      void opened?.then((ready) => ready.dispose());
    },
  };
}
