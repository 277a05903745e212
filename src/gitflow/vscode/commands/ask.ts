import { CancellationError, type QuickPickItem, window } from 'vscode';
import { UserError } from '../../../workbench/index';
import type { Branch, BranchRole } from '../../index';
import type { KnownRepository } from '../repositories/repositories';
import { remoteName, roleTitle, type FlowRow, type Target } from '../rows';
import type { Room } from '../services';
import type { Snapshot } from '../repositories/snapshots';

/**
 * What a command was called with: a row of the view, the same shape from a link or a keybinding, or nothing from the
 * palette.
 */
export type Argument = Pick<FlowRow, 'target'> | undefined;

/** A keybinding of the view means the row that is selected: `args: { selection: true }` in the manifest. */
export type CommandArgument = Argument | { selection: true };

/** A repository and what is known of it now. */
export interface Subject {
  repository: KnownRepository;
  snapshot: Snapshot;
}

/** Shows a list and answers the choice. @throws CancellationError where the user chose nothing. */
export async function choose<T extends QuickPickItem>(
  items: readonly T[],
  title: string,
  placeHolder: string,
): Promise<T> {
  const choice = await window.showQuickPick(items, {
    title,
    placeHolder,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (choice === undefined) throw new CancellationError();
  return choice;
}

/** The repository that is meant: of the row, the only one, or the one that the user picks. */
export async function askRepository(room: Room, argument: Argument, title: string): Promise<Subject> {
  const repository = await whichRepository(room, argument?.target, title);
  // What the watchers have not told yet counts as well.
  await room.snapshots.renew(repository);
  return { repository, snapshot: await room.snapshots.of(repository) };
}

/** As `askRepository`, where branches can be started and finished. */
export async function askFlowRepository(room: Room, argument: Argument, title: string): Promise<Subject> {
  const subject = await askRepository(room, argument, title);
  if (!subject.snapshot.state.ready) {
    throw new UserError(
      subject.snapshot.state.whyNot ?? `${subject.repository.name} has no branch to start from yet.`,
      {
        title: 'Choose Branching Model',
        command: 'mlopsFlow.flow.chooseModel',
        arguments: [{ target: { what: 'repository', root: subject.repository.root } satisfies Target }],
      },
    );
  }
  return subject;
}

async function whichRepository(room: Room, target: Target | undefined, title: string): Promise<KnownRepository> {
  const all = await room.repositories.list();
  const meant = target && all.find(({ root }) => root === target.root);
  if (meant) return meant;
  const [only] = all;
  if (only === undefined) {
    throw new UserError(
      'There is no Git repository in this workspace. Initialize one, or open a folder that has one.',
      {
        title: 'Make a Repository',
        command: 'mlopsFlow.flow.init',
      },
    );
  }
  if (all.length === 1) return only;
  const likely = await room.repositories.likely();
  const ordered = likely ? [likely, ...all.filter((each) => each !== likely)] : all;
  const items = ordered.map((repository) => ({ label: repository.name, description: repository.root, repository }));
  return (await choose(items, title, 'Which repository?')).repository;
}

export interface BranchSubject extends Subject {
  branch: Branch;
}

/** What `askBranch` offers. */
export interface BranchQuestion {
  title: string;
  placeHolder: string;
  /** Every branch without it. `topics`: whatever comes and goes in the model; `finishable`: of these what is merged in the end. */
  roles?: readonly BranchRole[] | 'topics' | 'finishable';
  /** Offer the branches of the remotes instead of the local ones. */
  remote?: boolean;
  /** Take the current branch without asking, where it fits. */
  takeCurrent?: boolean;
  fits?(branch: Branch, snapshot: Snapshot): boolean;
  /** What to say where there is none. */
  none: string;
}

/** The branch that is meant: of the row, else what the user picks, the current one first. */
export async function askBranch(room: Room, argument: Argument, question: BranchQuestion): Promise<BranchSubject> {
  const subject = await askFlowRepository(room, argument, question.title);
  const { snapshot } = subject;
  const asked = rolesOf(question.roles, snapshot);
  const fitting = (question.remote ? snapshot.listing.remote : snapshot.listing.local)
    .filter(({ role }) => asked?.includes(role) ?? true)
    .filter((branch) => question.fits?.(branch, snapshot) ?? true);
  const target = argument?.target;
  if (target?.what === 'branch') {
    const meant = fitting.find(({ ref }) => ref === target.branch.ref);
    if (meant) return { ...subject, branch: meant };
    throw new UserError(`${target.branch.name}: ${question.none}`);
  }
  if (fitting.length === 0) throw new UserError(question.none);
  const ordered = fitting.toSorted((a, b) => Number(b.current) - Number(a.current));
  const [first] = ordered;
  if (question.takeCurrent && first?.current) return { ...subject, branch: first };
  const items = ordered.map((branch) => ({
    label: remoteName(branch),
    description: [roleTitle(branch.role), ...(branch.current ? ['current'] : [])].join(', '),
    branch,
  }));
  return { ...subject, branch: (await choose(items, question.title, question.placeHolder)).branch };
}

function rolesOf(
  roles: BranchQuestion['roles'],
  { configuration: { model } }: Snapshot,
): readonly BranchRole[] | undefined {
  if (roles !== 'topics' && roles !== 'finishable') return roles;
  return model.topics.filter(({ upstream }) => roles === 'topics' || upstream !== 'none').map(({ name }) => name);
}
