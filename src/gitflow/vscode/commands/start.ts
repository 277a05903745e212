import {
  CancellationError,
  type InputBoxValidationMessage,
  InputBoxValidationSeverity,
  QuickPickItemKind,
  type QuickPickItem,
  window,
} from 'vscode';
import type { BranchKind, Repository, StartRequest, VersionFile, VersionSuggestion } from '../../index';
import { UserError } from '../../../workbench/index';
import { askFlowRepository, choose, type Argument } from './ask';
import { perform } from './perform';
import { commandLine } from './plan-text';
import { roleTitle } from '../rows';
import type { Room } from '../services';

/** Starts a branch of the model's: of the row's group, of its only type, or of one that the user picks. */
export async function startAny(room: Room, argument: Argument): Promise<void> {
  const { snapshot, repository } = await askFlowRepository(room, argument, 'Start Branch');
  const { topics } = snapshot.configuration.model;
  const target = argument?.target;
  const group = target?.what === 'group' ? topics.find(({ name }) => name === target.group) : undefined;
  const items = topics.map(({ name, prefix, startPoint }) => ({
    label: roleTitle(name),
    description: `${prefix}… from ${startPoint}`,
    name,
  }));
  const kind =
    group ?? (topics.length === 1 ? topics[0] : undefined) ?? (await choose(items, 'Start Branch', 'Of which kind?'));
  await startBranch(room, kind.name, { target: { what: 'repository', root: repository.root } });
}

/** Starts a branch: asks for its name, or for the version of a type that is tagged. */
export async function startBranch(room: Room, kind: BranchKind, argument: Argument): Promise<void> {
  const title = `Start ${roleTitle(kind)}`;
  const { repository, snapshot } = await askFlowRepository(room, argument, title);
  const { flavour, model } = snapshot.configuration;
  const type = model.topics.find(({ name }) => name === kind);
  if (type === undefined) {
    throw new UserError(snapshot.state.whyNot ?? `The branching model of ${repository.name} has no ${kind} branches.`, {
      title: 'Choose Branching Model',
      command: 'mlopsFlow.flow.chooseModel',
      arguments: [{ target: { what: 'repository', root: repository.root } }],
    });
  }
  const { core } = snapshot;
  const base =
    kind === 'support' && flavour === 'avh'
      ? await askSupportBase(
          core,
          snapshot.listing.tags.map(({ name }) => name),
          title,
        )
      : undefined;
  const versioned = type.tag;
  const name = versioned ? await askVersion(core, kind, title) : await askName(core, kind, title, '', base);
  const bump = versioned ? await askBump(core, name, title) : [];
  await perform(room, repository, {
    action: 'start',
    kind,
    name,
    ...(base === undefined ? {} : { base }),
    ...(bump.length === 0 ? {} : { bump }),
  });
}

/** A release or hotfix: the version that the history suggests, the next of each rank, or one typed. */
async function askVersion(core: Repository, kind: BranchKind, title: string): Promise<string> {
  const choice = await chooseVersion(await core.suggestVersion(kind), title);
  if (choice.other) return askName(core, kind, title, choice.label, undefined);
  const problem = await core.nameProblem(kind, choice.label);
  return problem === undefined ? choice.label : askName(core, kind, title, choice.label, undefined);
}

/** The version that the history suggests, the next of each rank, or, as `other`, one that is typed. */
export async function chooseVersion(
  { last, suggested, reason, major, minor, patch }: VersionSuggestion,
  title: string,
): Promise<{ label: string; other: boolean }> {
  const ranks = [
    { label: patch, description: 'Patch: fixes' },
    { label: minor, description: 'Minor: adds' },
    { label: major, description: 'Major: breaks' },
  ];
  const items: (QuickPickItem & { other?: true })[] = [
    { label: suggested, description: 'Suggested', detail: reason },
    ...ranks.filter(({ label }) => label !== suggested),
    { label: '', kind: QuickPickItemKind.Separator },
    { label: 'Another version…', other: true },
  ];
  const choice = await choose(
    items,
    title,
    last === undefined ? 'There is no version tag yet' : `The last version is ${last}`,
  );
  return choice.other ? { label: suggested, other: true } : { label: choice.label, other: false };
}

/** A name, checked while it is typed; below it stands what will be run. */
async function askName(
  core: Repository,
  kind: BranchKind,
  title: string,
  value: string,
  base: string | undefined,
): Promise<string> {
  const versioned = kind === 'release' || kind === 'hotfix' || kind === 'support';
  const topic = kind === 'topic';
  const name = await window.showInputBox({
    title,
    value,
    prompt: versioned ? 'Version' : topic ? 'Name of the branch' : 'Name of the branch, without its prefix',
    placeHolder: versioned ? '1.2.0' : topic ? 'feature/better-features' : 'better-features',
    ignoreFocusOut: true,
    validateInput: (text) =>
      judgeName(core, { action: 'start', kind, name: text.trim(), ...(base === undefined ? {} : { base }) }),
  });
  if (name === undefined) throw new CancellationError();
  return name.trim();
}

async function judgeName(core: Repository, request: StartRequest): Promise<InputBoxValidationMessage | undefined> {
  if (request.name === '') return { message: 'Type a name.', severity: InputBoxValidationSeverity.Error };
  const problem = await core.nameProblem(request.kind, request.name);
  if (problem !== undefined) return { message: problem, severity: InputBoxValidationSeverity.Error };
  const planned = await core.plan(request);
  if (planned.ok) {
    const commands = planned.plan.steps.flatMap(({ commands }) => commands.map(commandLine));
    return { message: commands.join('; '), severity: InputBoxValidationSeverity.Info };
  }
  // A dirty tree has a way out, which is offered when the name is given.
  const refusal = planned.refusals.find(({ code }) => code !== 'dirty');
  return refusal && { message: refusal.message, severity: InputBoxValidationSeverity.Error };
}

/** The files that hold the version: all of them are chosen to begin with. */
async function askBump(core: Repository, version: string, title: string): Promise<string[]> {
  const files: VersionFile[] = await core.versionFiles();
  if (files.length === 0) return [];
  const items = files.map((file) => ({
    label: file.path,
    description: `${file.version} → ${version}`,
    picked: true,
    file,
  }));
  const chosen = await window.showQuickPick(items, {
    title,
    placeHolder: `Write ${version} into these files, in one commit`,
    canPickMany: true,
    ignoreFocusOut: true,
  });
  if (chosen === undefined) throw new CancellationError();
  return chosen.map(({ file }) => file.path);
}

/** A support branch grows from a released version: a tag, or any commit of the production branch. */
async function askSupportBase(core: Repository, tags: readonly string[], title: string): Promise<string> {
  const other = { label: 'Another commit…', other: true };
  const items: (QuickPickItem & { other?: boolean })[] = [
    ...tags.toReversed().map((label) => ({ label, iconPath: undefined })),
    other,
  ];
  const choice = await choose(items, title, 'From which released version?');
  if (choice.other !== true) return choice.label;
  const { main } = await core.configuration();
  const commit = await window.showInputBox({
    title,
    prompt: `A commit of ${main}`,
    placeHolder: 'Commit or tag',
    ignoreFocusOut: true,
  });
  if (commit === undefined || commit.trim() === '') throw new CancellationError();
  return commit.trim();
}
