/**
 * Repositories that are described instead of made: a plan depends on what a look at the repository says, and a
 * description says that in no time. Real repositories are planned in the files beside this one.
 */
import type { Hooks } from '../../../../src/gitflow/execute/hooks';
import type { Evidence, Journal } from '../../../../src/gitflow/execute/journal';
import type { Git, GitAnswer } from '../../../../src/gitflow/git/git';
import { Graph, type Standing } from '../../../../src/gitflow/git/graph';
import { type ConfigEntry, configurationFrom, remoteOf } from '../../../../src/gitflow/model/config';
import type { Plan, Planned, Request, Work } from '../../../../src/gitflow/model/model';
import { lookAt } from '../../../../src/gitflow/model/plain';
import type { PlanContext } from '../../../../src/gitflow/plans/draft';
import { makePlan } from '../../../../src/gitflow/plans/plan';
import type { Snapshot } from '../../../../src/gitflow/read/snapshot';

/** A repository in words. */
export interface Scene {
  /** Commits with their parents, the first ones first: `a b:a m:a,b`. */
  history: string;
  /** Commits by ref without `refs/`: `heads/main`, `remotes/origin/main`, `tags/v1`. */
  refs: Record<string, string>;
  /** The branch that is checked out; none: HEAD is detached. */
  branch?: string | undefined;
  /** Keys of the repository's own configuration; `global: key` is one of the user's. */
  config?: Record<string, string>;
  /** What the work tree is like, where it is not clean. */
  tree?: Partial<Pick<Snapshot, 'staged' | 'unstaged' | 'conflicts' | 'inProgress' | 'untracked'>>;
  unborn?: boolean;
  bare?: boolean;
  /** Branches that other work trees have, with the place. */
  elsewhere?: Record<string, string>;
  fetched?: boolean;
  /** Hooks and filters that are there; a filter with what it answers, where `!` is a refusal. */
  hooks?: Record<string, string>;
  /** What an earlier run of the action left. */
  evidence?: { squashed?: string[]; tags?: string[] };
  finished?: Journal;
  /** Files of any commit. */
  files?: Record<string, string>;
  /** The subjects of the newest commits. */
  subjects?: string[];
  /** What git answers to a command beyond those, by its first words. */
  answers?: Record<string, string | number>;
}

/** The history of commits as the planner asks for it. */
function graphOf({ history, refs, subjects = [] }: Scene, git: Git): Graph {
  const parents = new Map(
    history.split(' ').map((each) => {
      const [id = '', of = ''] = each.split(':');
      return [id, of.split(',').filter(Boolean)] as const;
    }),
  );
  const reached = (id: string): Set<string> => {
    const found = new Set<string>();
    const look = (each: string): void => {
      if (!parents.has(each)) throw new Error(`The history has no '${each}'.`);
      if (found.has(each)) return;
      found.add(each);
      for (const parent of parents.get(each) ?? []) look(parent);
    };
    look(id);
    return found;
  };
  const beyond = (id: string, base: string): number =>
    [...reached(id)].filter((each) => !reached(base).has(each)).length;
  const graph: Pick<Graph, keyof Graph> = {
    contains: (other, commit) => Promise.resolve(reached(other).has(commit)),
    present: (ids) => Promise.resolve(new Set(ids.filter((id) => parents.has(id)))),
    standing: (commit, other) => {
      const [left, right] = [beyond(commit, other), beyond(other, commit)];
      const standing: Standing = left > 0 ? (right > 0 ? 'diverged' : 'ahead') : right > 0 ? 'behind' : 'equal';
      return Promise.resolve(standing);
    },
    related: (commit, other) => Promise.resolve([...reached(commit)].some((each) => reached(other).has(each))),
    count: (base, commit, limit) => Promise.resolve(Math.min(beyond(commit, base), limit)),
    subjects: () => Promise.resolve(subjects),
    commit: (name) => {
      const [, of = '', second] = /^(.*?)(\^2)?$/.exec(name) ?? [];
      const id = [of.replace(/^refs\//, ''), `heads/${of}`, `tags/${of}`].map((ref) => refs[ref]).find(Boolean);
      const found = id ?? (parents.has(of) ? of : undefined);
      return Promise.resolve(second === undefined || found === undefined ? found : parents.get(found)?.[1]);
    },
    added: (head, commits) => new Graph(git).added(head, commits),
    parents: () => Promise.reject(new Error('not asked by plans')),
  };
  return graph as Graph;
}

function gitOf({ files = {}, answers = {} }: Scene): Git {
  const run = (args: readonly string[]): GitAnswer => {
    const text = args.join(' ');
    const answer = (code: number, stdout = ''): GitAnswer => ({ code, stdout, stderr: '' });
    const known = Object.keys(answers).find((words) => text.startsWith(words));
    const given = known === undefined ? undefined : answers[known];
    if (given !== undefined) return typeof given === 'number' ? answer(given) : answer(0, given);
    if (args[0] === 'check-ref-format') return answer(/\.\.| /.test(args[2] ?? '') ? 1 : 0, `${args[2]}\n`);
    if (args[0] === 'show') {
      const file = files[args[1]?.replace(/^[^:]*:/, '') ?? ''];
      return file === undefined ? answer(128) : answer(0, file);
    }
    if (args[0] === 'diff-tree' || args[0] === 'diff' || args[0] === 'check-ignore') return answer(0);
    throw new Error(`The scene does not say what 'git ${text}' answers.`);
  };
  return {
    environment: {},
    run: (args: string[]) => Promise.resolve(run(args)),
    read: (args: string[]) => Promise.resolve(run(args).stdout),
  } as unknown as Git;
}

function hooksOf({ hooks = {} }: Scene): Hooks {
  return {
    find: (name: string) => (name in hooks ? `hooks/${name}` : undefined),
    filter: (name: string, words: string[]) => {
      const answer = hooks[`filter-flow-${name}`]?.replace('*', words.join());
      return Promise.resolve(
        answer === undefined ? undefined : { value: answer.replace(/^!/, ''), refused: answer.startsWith('!') },
      );
    },
  } as unknown as Hooks;
}

/** All that a plan is made from. */
export function contextOf(scene: Scene): PlanContext {
  const entries = Object.entries(scene.config ?? {}).map(([name, value]): ConfigEntry => {
    const [, scope = 'local', key = ''] = /^(?:(global|system): )?(.*)$/s.exec(name) ?? [];
    return { scope, key, value };
  });
  const refs = new Map(Object.entries(scene.refs).map(([ref, id]) => [`refs/${ref}`, id]));
  const { branch, tree = {}, unborn = false } = scene;
  const lines = [...refs.keys()].map((ref) => ({ ref, current: ref === `refs/heads/${branch}`, symref: '' }));
  const git = gitOf(scene);
  const evidence: Evidence | undefined = scene.evidence && {
    squashed: new Set(scene.evidence.squashed),
    tags: new Set(scene.evidence.tags),
  };
  return {
    git,
    graph: graphOf(scene, git),
    hooks: hooksOf(scene),
    places: { root: '/nowhere', gitDir: '/nowhere/.git', commonDir: '/nowhere/.git', bare: scene.bare ?? false },
    fetched: scene.fetched ?? false,
    evidence,
    finished: scene.finished,
    snapshot: {
      branch,
      commit: unborn
        ? undefined
        : branch === undefined
          ? scene.history.split(/[ :]/)[0]
          : refs.get(`refs/heads/${branch}`),
      staged: false,
      unstaged: false,
      changed: [],
      conflicts: [],
      inProgress: undefined,
      untracked: [],
      ...tree,
      config: configurationFrom(entries, lookAt(lines, remoteOf(entries))),
      entries,
      refs,
      remotes: entries.flatMap(({ key }) => /^remote\.(.+)\.url$/.exec(key)?.[1] ?? []),
      elsewhere: new Map(Object.entries(scene.elsewhere ?? {})),
    },
  };
}

export function planIn(scene: Scene, request: Request): Promise<Planned> {
  return makePlan(contextOf(scene), request);
}

/** A work in one line: what it does, and with what. */
function line({ do: what, ...more }: Work): string {
  return [what, ...Object.entries(more).map(([key, value]) => `${key}=${JSON.stringify(value)}`)].join(' ');
}

function linesOf({ title, branch, tag, fetches, warnings, steps, summary, endsOn, observed, request }: Plan): string[] {
  return [
    `${title}: ${JSON.stringify(request)}`,
    `on ${branch ?? '-'}, tag ${tag ?? '-'}, ends on ${endsOn ?? '-'}`,
    ...fetches.map((fetch) => `fetch ${JSON.stringify(fetch)}`),
    ...warnings.map((warning) => `note: ${warning}`),
    ...steps.map(({ work }) => line(work)),
    ...summary.map((text) => `= ${text}`),
    `relies on ${JSON.stringify(observed)}`,
  ];
}

/** Everything that a plan says, line by line; or what stands against it, and what is done meanwhile. */
export async function told(scene: Scene, request: Request): Promise<string[]> {
  const planned = await planIn(scene, request);
  if (planned.ok) return linesOf(planned.plan);
  return [
    ...planned.refusals.map(({ code, message }) => `! ${code}: ${message}`),
    ...(planned.meanwhile ? ['meanwhile', ...linesOf(planned.meanwhile)] : []),
  ];
}
