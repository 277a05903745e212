/**
 * What may happen between an interrupted action and taking it up again: the action is stopped at a boundary, the user
 * does something, and then it is resumed or undone. Whatever was reachable or staged before has to be so afterwards.
 *
 * The repository is copied before each git command of an action that runs through: each copy is what a kill at that
 * point leaves.
 */
import { existsSync } from 'node:fs';
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

/** What the user does meanwhile, as shell; `n` tells one action of a course from the next. What git refuses is not done. */
export const userActions: Record<string, (n: number) => string> = {
  commit: (n) => commit(`user-${n}`, `commit ${n}`),
  amend: (n) => `${write(`user-${n}`, `amended ${n}`)}; git add -A; git commit -q --amend -m 'amended ${n}'`,
  stage: (n) => {
    const files = `${write('a', `staged ${n}`)}; ${write(`user-${n}`, `staged ${n}`)}`;
    return `${files}; git add a user-${n}; ${write('a', `changed after that ${n}`)}`;
  },
  resolve: (n) => {
    const conflicts = 'paths=$(git diff --name-only --diff-filter=U)';
    return `${conflicts}; for path in \${paths:-d}; do ${write('$path', `resolved ${n}`)}; git add -- $path; done`;
  },
  switch: (n) => {
    const detached = `git checkout -q --detach; ${commit(`user-${n}`, `on a detached HEAD ${n}`)}`;
    return n % 2 === 0 ? `${detached}; git checkout -q main` : detached;
  },
  delete: () => `git branch -D -q ${topic}`,
  rename: (n) => `git branch -m ${topic} renamed-${n}`,
  tag: (n) => `git tag -a -m mine ${n % 2 === 0 ? 'v1.0' : `mine-${n}`}`,
  rebase: () => 'git rebase -q main',
  stash: (n) => `${write('a', `stashed ${n}`)}; git stash push -q -m mine`,
  reset: () => 'git reset -q --hard HEAD~1',
  gc: () => 'git -c gc.reflogExpire=now -c gc.reflogExpireUnreachable=now gc -q --prune=now',
};

function write(path: string, text: string): string {
  return `echo '${text}' > ${path}`;
}

function commit(path: string, text: string): string {
  return `${write(path, text)}; git add -- ${path}; git commit -q -m '${path}=${text}'`;
}

/** A topic branch, or develop where there is none. */
const topic = `"$(git for-each-ref --format='%(refname:short)' refs/heads | grep -m1 / || echo develop)"`;

/**
 * The states that a kill before each git command of the action leaves: only those with a journal, and none twice, since
 * most commands only read.
 */
export async function killed(sandbox: Sandbox, name: string): Promise<Work[]> {
  const scene = scenes[name];
  if (scene === undefined) throw new Error(`There is no scene '${name}'.`);
  const work = sandbox.repository();
  scene.build(work);
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

/** One course of events, with one end or several: each is begun anew after what the user has done. */
export interface Course {
  /** Where the action was stopped. */
  state: Work;
  /** What the user does then. */
  actions: string[];
  ends: readonly End[];
}

export type End = 'resume' | 'undo';

/** What went wrong in a course; empty when nothing did. */
async function runCourse(sandbox: Sandbox, { state, actions, ends }: Course): Promise<string[]> {
  const work = sandbox.copy(state);
  const works = [work];
  try {
    // Each ends at its first failure, and the next begins all the same.
    const deeds = actions.map((action, n) => `(set -e; ${userActions[action]?.(n)}) >/dev/null 2>&1 </dev/null`);
    const before = ids(await work.shellLater([...deeds, listing].join('\n')));
    const problems: string[] = [];
    works.push(...ends.slice(1).map(() => sandbox.copy(work)));
    for (const [n, end] of ends.entries()) {
      // Every ref has led to whole commits; what else git remembers can be amiss only where objects were thrown away.
      const found = await finishCourse(works[n] ?? work, before, { end, whole: actions.includes('gc') });
      problems.push(...found.map((problem) => `${end}: ${problem}`));
    }
    return problems;
  } catch (error) {
    return [`threw ${String(error)}`];
  } finally {
    sandbox.drop(...works);
  }
}

async function finishCourse(
  work: Work,
  before: ReadonlySet<string>,
  { end, whole }: { end: End; whole: boolean },
): Promise<string[]> {
  const repository = await openRepository(work.folder, { trusted: true, env: fixedEnvironment });
  const journal = await view(repository);
  const outcome = await repository[end]();
  const fsck = 'git fsck --connectivity-only --no-dangling --no-progress >&2 || exit';
  const after = ids(await work.shellLater(whole ? `${fsck}\n${listing}` : listing));
  const problems = await missing(work, before, after);
  if (end === 'undo' && outcome.status === 'refused' && (await view(repository)) !== journal) {
    problems.push('a refused undo has changed the action');
  }
  return problems.length > 0 ? [...problems, `outcome: ${told(outcome)}`] : [];
}

/** A course with where it begins. */
export interface Told extends Course {
  scene: string;
  at: number;
}

/**
 * Answers what went wrong in the courses. Those of one scene are run one after another: its copies have one id, by
 * which this process knows what it works on.
 */
export async function problemsOf(sandbox: Sandbox, courses: readonly Told[]): Promise<string[]> {
  const problems: string[] = [];
  const scenesOf = [...new Set(courses.map(({ scene }) => scene))];
  const worker = async (): Promise<void> => {
    for (let scene = scenesOf.pop(); scene !== undefined; scene = scenesOf.pop()) {
      for (const course of courses.filter((each) => each.scene === scene)) {
        const found = await runCourse(sandbox, course);
        const { at, actions } = course;
        if (found.length > 0) problems.push(`${scene} stopped at ${at}, ${actions.join(', ')}: ${found.join('; ')}`);
      }
    }
  };
  await Promise.all([worker(), worker()]);
  return problems;
}

/** The action as the user sees it. */
async function view(repository: Repository): Promise<string> {
  const journal = await repository.journal();
  // All copies of a state have one id, by which this process knows what it works on.
  return JSON.stringify(journal && { ...journal, alive: undefined });
}

/**
 * Lists everything that a ref, HEAD, the index or a stash reaches: of the stashes, only the newest is a ref. Fails where
 * any of it is not there.
 */
const listing =
  'git rev-list --objects --no-object-names --all --indexed-objects HEAD $(git rev-list -g refs/stash -- 2>/dev/null)';

function ids(output: string): Set<string> {
  return new Set(output.split('\n'));
}

/**
 * What was reachable before and is so no more. A tree is lost only with its commit, or was only cached in the index, as
 * git makes it again of what is staged.
 */
async function missing(work: Work, before: ReadonlySet<string>, after: ReadonlySet<string>): Promise<string[]> {
  const lost = [...before].filter((id) => !after.has(id));
  if (lost.length === 0) return [];
  const types = await work.shellLater('for id; do echo "$id $(git cat-file -t "$id")"; done', ...lost);
  return types.split('\n').flatMap((line) => (line.endsWith(' tree') ? [] : [`lost ${line}`]));
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
