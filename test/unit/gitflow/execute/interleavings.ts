/**
 * What may happen between an interrupted action and taking it up again: the action is stopped at a boundary, the user
 * does something, and then it is resumed or undone. Whatever was reachable or staged before has to be so afterwards.
 *
 * The repository is copied before each git command of an action that runs through: each copy is what a kill at that
 * point leaves.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
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
export const userActions: Record<string, (work: Work, n: number) => void> = {
  commit: (work, n) => work.commit(`user-${n}`, `commit ${n}`),
  amend: (work, n) => {
    work.write(`user-${n}`, `amended ${n}\n`);
    work.git('add', '-A');
    work.git('commit', '-q', '--amend', '-m', `amended ${n}`);
  },
  stage: (work, n) => {
    work.write('a', `staged ${n}\n`);
    work.write(`user-${n}`, `staged ${n}\n`);
    work.git('add', 'a', `user-${n}`);
    work.write('a', `changed after that ${n}\n`);
  },
  resolve: (work, n) => {
    const conflicts = work.git('diff', '--name-only', '--diff-filter=U').split('\n').filter(Boolean);
    for (const path of conflicts.length > 0 ? conflicts : ['d']) {
      work.write(path, `resolved ${n}\n`);
      work.git('add', path);
    }
  },
  switch: (work, n) => {
    work.git('checkout', '-q', '--detach');
    work.commit(`user-${n}`, `on a detached HEAD ${n}`);
    if (n % 2 === 0) work.git('checkout', '-q', 'main');
  },
  delete: (work) => {
    const [branch = 'develop'] = topics(work);
    work.git('branch', '-D', '-q', branch);
  },
  rename: (work, n) => {
    const [branch = 'develop'] = topics(work);
    work.git('branch', '-m', branch, `renamed-${n}`);
  },
  tag: (work, n) => void work.git('tag', '-a', '-m', 'mine', n % 2 === 0 ? 'v1.0' : `mine-${n}`),
  rebase: (work) => {
    work.git('rebase', '-q', 'main');
  },
  stash: (work, n) => {
    work.write('a', `stashed ${n}\n`);
    work.git('stash', 'push', '-q', '-m', 'mine');
  },
  reset: (work) => void work.git('reset', '-q', '--hard', 'HEAD~1'),
  gc: (work) => {
    work.git('reflog', 'expire', '--expire=now', '--all');
    work.git('gc', '-q', '--prune=now');
  },
};

function topics(work: Work): string[] {
  const names = work.git('for-each-ref', '--format=%(refname:short)', 'refs/heads').split('\n');
  return names.filter((name) => name.includes('/'));
}

/** The states that a kill before each git command of the action leaves: only those with a journal. */
export async function killed(sandbox: Sandbox, name: string): Promise<Work[]> {
  const scene = scenes[name];
  if (scene === undefined) throw new Error(`There is no scene '${name}'.`);
  const work = sandbox.repository();
  scene.build(work);
  for (const sample of readdirSync(join(work.folder, '.git/hooks'))) rmSync(join(work.folder, '.git/hooks', sample));
  const states: Work[] = [];
  const repository = await openRepository(work.folder, {
    trusted: true,
    env: fixedEnvironment,
    onCommand: () => {
      if (existsSync(join(work.folder, '.git/mlops-flow/journal.json'))) states.push(sandbox.copy(work));
    },
  });
  const planned = await repository.plan(scene.request);
  if (!planned.ok) throw new Error(JSON.stringify(planned.refusals));
  await repository.execute(planned.plan);
  // What stopped at a conflict, and what has come to its end.
  states.push(work);
  return states;
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
    for (const [n, action] of actions.entries()) attempt(() => userActions[action]?.(work, n));
    const before = objects(work);
    const repository = await openRepository(work.folder, { trusted: true, env: fixedEnvironment });
    const journal = await view(repository);
    const outcome = await repository[end]();
    const after = objects(work);
    const problems = [...before].filter((id) => !after.has(id)).map((id) => `lost ${id} (${describeObject(work, id)})`);
    if (end === 'undo' && outcome.status === 'refused' && (await view(repository)) !== journal) {
      problems.push('a refused undo has changed the action');
    }
    const fsck = attempt(() => void work.git('fsck', '--connectivity-only', '--no-dangling', '--no-progress'));
    if (fsck !== undefined) problems.push(`fsck: ${fsck}`);
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

function attempt(act: () => void): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return String(error);
  }
}

/**
 * Everything that a ref or HEAD reaches, and what is staged. The trees that git's index caches are not asked for: git
 * makes them again of the entries.
 */
function objects(work: Work): Set<string> {
  const reachable = work.git('rev-list', '--objects', '--no-object-names', '--all', 'HEAD').split('\n');
  const staged = work
    .git('ls-files', '--stage')
    .split('\n')
    .map((entry) => entry.split(' ')[1] ?? '');
  return new Set([...reachable, ...staged]);
}

function describeObject(work: Work, id: string): string {
  const text = work.git('cat-file', '-p', id);
  return `${work.git('cat-file', '-t', id)}: ${text.slice(-60).replaceAll('\n', '|')}`;
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
