/**
 * What may happen between an interrupted action and taking it up again: the action is stopped at a boundary, the user
 * does something, and then it is resumed or undone. Whatever was reachable or staged before has to be so afterwards.
 *
 * The repository is copied before each git command of an action that runs through: each copy is what a kill at that
 * point leaves.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome, Repository, Request } from '../../../../src/gitflow/index';
import { openRepository } from '../../../../src/gitflow/index';
import type { Sandbox, Work } from '../sandbox';
import { fixedEnvironment } from '../sandbox';

/** An action, with the repository that it starts from. */
export interface Scene {
  request: Request;
  build: (work: Work) => void;
}

export const scenes: Record<string, Scene> = {
  'release finish': {
    request: { action: 'finish', kind: 'release', name: '1.0', message: 'one' },
    build: (work) => {
      work.start('release/1.0');
      work.commit('v', '1');
    },
  },
  'feature finish, squashed': {
    request: { action: 'finish', kind: 'feature', name: 'x', squash: true },
    build: (work) => {
      work.start('feature/x');
      work.commit('f', '1');
      work.commit('f', '2');
    },
  },
  'feature finish, rebased': {
    request: { action: 'finish', kind: 'feature', name: 'x', rebase: true },
    build: (work) => {
      work.start('feature/x');
      work.commit('f', '1');
      work.commit('f', '2');
      work.git('checkout', '-q', 'develop');
      work.commit('z', '1');
    },
  },
  'feature finish with a conflict': {
    request: { action: 'finish', kind: 'feature', name: 'x' },
    build: (work) => {
      work.start('feature/x');
      work.commit('a', 'theirs');
      work.commit('long', lines('feature', 9));
      work.git('checkout', '-q', 'develop');
      work.commit('a', 'ours');
    },
  },
  'hotfix finish with stashed changes': {
    request: { action: 'finish', kind: 'hotfix', name: '1.0.1', message: 'one', stash: true },
    build: (work) => {
      work.start('hotfix/1.0.1', 'main');
      work.commit('h', '1');
      work.write('a', 'not committed\n');
      work.git('add', 'a');
      work.write('h', 'nor this\n');
    },
  },
  'release start with a version': {
    request: { action: 'start', kind: 'release', name: '1.0', bump: ['VERSION'] },
    build: (work) => work.commit('VERSION', '0.9'),
  },
  'feature renamed': {
    request: { action: 'rename', kind: 'feature', name: 'x', to: 'y' },
    build: (work) => {
      work.start('feature/x');
      work.commit('f', '1');
    },
  },
  'feature deleted by force': {
    request: { action: 'delete', kind: 'feature', name: 'x', force: true },
    build: (work) => {
      work.start('feature/x');
      work.commit('f', '1');
    },
  },
};

function lines(text: string, count: number): string {
  return Array.from({ length: count }, (_, i) => `${text} ${i}`).join('\n');
}

/** What the user does meanwhile. What git refuses is not done. */
export const userActions: Record<string, (work: Work, n: number) => Promise<unknown>> = {
  commit: (work, n) => commit(work, `user-${n}`, `commit ${n}`),
  amend: async (work, n) => {
    work.write(`user-${n}`, `amended ${n}\n`);
    await work.gitLater('add', '-A');
    await work.gitLater('commit', '-q', '--amend', '-m', `amended ${n}`);
  },
  stage: async (work, n) => {
    work.write('a', `staged ${n}\n`);
    work.write(`user-${n}`, `staged ${n}\n`);
    await work.gitLater('add', 'a', `user-${n}`);
    work.write('a', `changed after that ${n}\n`);
  },
  resolve: async (work, n) => {
    const conflicts = (await work.gitLater('diff', '--name-only', '--diff-filter=U')).split('\n').filter(Boolean);
    const paths = conflicts.length > 0 ? conflicts : ['d'];
    for (const path of paths) work.write(path, `resolved ${n}\n`);
    await work.gitLater('add', '--', ...paths);
  },
  switch: async (work, n) => {
    await work.gitLater('checkout', '-q', '--detach');
    await commit(work, `user-${n}`, `on a detached HEAD ${n}`);
    if (n % 2 === 0) await work.gitLater('checkout', '-q', 'main');
  },
  delete: async (work) => work.gitLater('branch', '-D', '-q', await topic(work)),
  rename: async (work, n) => work.gitLater('branch', '-m', await topic(work), `renamed-${n}`),
  tag: (work, n) => work.gitLater('tag', '-a', '-m', 'mine', n % 2 === 0 ? 'v1.0' : `mine-${n}`),
  rebase: (work) => work.gitLater('rebase', '-q', 'main'),
  stash: async (work, n) => {
    work.write('a', `stashed ${n}\n`);
    await work.gitLater('stash', 'push', '-q', '-m', 'mine');
  },
  reset: (work) => work.gitLater('reset', '-q', '--hard', 'HEAD~1'),
  gc: (work) => {
    const forgetful = ['gc.reflogExpire=now', 'gc.reflogExpireUnreachable=now'].flatMap((each) => ['-c', each]);
    return work.gitLater(...forgetful, 'gc', '-q', '--prune=now');
  },
};

async function commit(work: Work, path: string, text: string): Promise<void> {
  work.write(path, `${text}\n`);
  await work.gitLater('add', '--', path);
  await work.gitLater('commit', '-q', '-m', `${path}=${text}`);
}

/** A topic branch, or develop where there is none. */
async function topic(work: Work): Promise<string> {
  const names = (await work.gitLater('for-each-ref', '--format=%(refname:short)', 'refs/heads')).split('\n');
  return names.find((name) => name.includes('/')) ?? 'develop';
}

/**
 * The states that a kill before each git command of the action leaves: only those with a journal, and none twice, since
 * most commands only read.
 */
export async function killed(sandbox: Sandbox, name: string): Promise<Work[]> {
  const scene = scenes[name];
  if (scene === undefined) throw new Error(`There is no scene '${name}'.`);
  const work = sandbox.repository();
  scene.build(work);
  rmSync(join(work.folder, '.git/hooks'), { recursive: true });
  const states = new Map<string, Work>();
  const keep = (state: Work): void => {
    const digest = state.digest();
    if (!states.has(digest)) states.set(digest, sandbox.copy(state));
  };
  const repository = await openRepository(work.folder, {
    trusted: true,
    env: fixedEnvironment,
    onCommand: () => {
      if (existsSync(join(work.folder, '.git/mlops-flow/journal.json'))) keep(work);
    },
  });
  const planned = await repository.plan(scene.request);
  if (!planned.ok) throw new Error(JSON.stringify(planned.refusals));
  await repository.execute(planned.plan);
  // What stopped at a conflict, and what has come to its end.
  keep(work);
  return [...states.values()];
}

/** One course of events. */
export interface Course {
  /** Where the action was stopped. */
  state: Work;
  /** What the user does then. */
  actions: string[];
  end: 'resume' | 'undo';
}

/** What went wrong in a course; empty when nothing did. */
export async function runCourse(sandbox: Sandbox, { state, actions, end }: Course): Promise<string[]> {
  const work = sandbox.copy(state);
  try {
    for (const [n, action] of actions.entries()) await attempt(() => userActions[action]?.(work, n));
    const before = await objects(work);
    const repository = await openRepository(work.folder, { trusted: true, env: fixedEnvironment });
    const journal = await view(repository);
    const outcome = await repository[end]();
    const problems = await missing(work, before);
    if (end === 'undo' && outcome.status === 'refused' && (await view(repository)) !== journal) {
      problems.push('a refused undo has changed the action');
    }
    // Every ref has led to whole commits; what else git remembers can be amiss only where objects were thrown away.
    if (actions.includes('gc')) {
      const fsck = await attempt(() => work.gitLater('fsck', '--connectivity-only', '--no-dangling', '--no-progress'));
      if (fsck !== undefined) problems.push(`fsck: ${fsck}`);
    }
    return problems.length > 0 ? [...problems, `outcome: ${told(outcome)}`] : [];
  } catch (error) {
    return [`threw ${String(error)}`];
  } finally {
    sandbox.drop(work);
  }
}

/** The action as the user sees it. */
async function view(repository: Repository): Promise<string> {
  const journal = await repository.journal();
  // All copies of a state have one id, by which this process knows what it works on.
  return JSON.stringify(journal && { ...journal, alive: undefined });
}

async function attempt(act: () => unknown): Promise<string | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    return String(error);
  }
}

/** Everything that a ref, HEAD or the index reaches. Fails where any of it is not there. */
async function objects(work: Work): Promise<Set<string>> {
  const output = await work.gitLater(
    'rev-list',
    '--objects',
    '--no-object-names',
    '--all',
    '--indexed-objects',
    'HEAD',
  );
  return new Set(output.split('\n'));
}

/**
 * What was reachable before and is so no more. A tree is lost only with its commit, or was only cached in the index, as
 * git makes it again of what is staged.
 */
async function missing(work: Work, before: ReadonlySet<string>): Promise<string[]> {
  const after = await objects(work);
  const problems: string[] = [];
  for (const id of before) {
    if (after.has(id)) continue;
    const type = await work.gitLater('cat-file', '-t', id);
    const text = type === 'tree' ? '' : await work.gitLater('cat-file', '-p', id);
    if (type !== 'tree') problems.push(`lost ${id} (${type}: ${text.slice(-60).replaceAll('\n', '|')})`);
  }
  return problems;
}

/** An outcome without its plan, which is long. */
function told(outcome: Outcome): string {
  return JSON.stringify({ ...outcome, plan: undefined });
}

/** A generator of numbers below `limit` that gives the same ones for the same seed (mulberry32). */
export function randomly(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * limit);
  };
}
