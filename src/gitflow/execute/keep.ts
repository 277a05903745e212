/**
 * Nothing is lost: before a ref is moved or deleted, or the index or the work tree is reset, what is there and not
 * reachable otherwise is kept under `refs/mlops-flow/undone/<action>/`, until the user drops it.
 */
import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from '../git/git';
import { GitFailure } from '../git/git';
import { type Places, unreplaced } from '../git/places';
import type { Kept } from '../model/kept';
import { readHead, readIds } from './identity';

const space = 'refs/mlops-flow/undone/';

/** A ref that is about to move from one id to another, or to go. */
export interface Moving {
  ref: string;
  now: string;
  /** Null: it is deleted. */
  to: string | null;
}

/** Whoever the user is to git, these commits are ours. */
const author = {
  GIT_AUTHOR_NAME: 'MLOps Flow',
  GIT_AUTHOR_EMAIL: 'mlops-flow@localhost',
  GIT_COMMITTER_NAME: 'MLOps Flow',
  GIT_COMMITTER_EMAIL: 'mlops-flow@localhost',
};

/** Keeps things of one action. */
export class Keeper {
  constructor(
    private readonly git: Git,
    private readonly places: Places,
    private readonly action: { id: string; plan: { title: string } },
  ) {}

  /** Keeps the tips that no ref will reach any more. */
  async tips(moving: readonly Moving[]): Promise<Kept[]> {
    const lost = await this.unreachable(moving);
    return this.create(moving.filter(({ ref, now }) => ref.startsWith('refs/tags/') || lost.has(now)));
  }

  /** Keeps the commits of a detached HEAD that no ref reaches. */
  async head(): Promise<Kept[]> {
    const now = readHead(this.places);
    if (now === undefined || now.startsWith('refs/')) return [];
    const count = await this.must(['rev-list', '--count', '--max-count=1', now, '--not', '--glob=*'], {
      env: unreplaced,
    });
    return count === '0' ? [] : this.create([{ ref: 'refs/HEAD', now, to: null }]);
  }

  /** Keeps the index, the tracked files and the untracked ones that are named, as a commit that `git stash` knows. */
  async work(untracked: readonly string[] = []): Promise<Kept[]> {
    const commit = await this.snapshot(untracked);
    return this.create([{ ref: 'refs/work', now: commit, to: null }]);
  }

  /** Keeps untracked or ignored files alone, as a commit that has no others. */
  async untracked(paths: readonly string[]): Promise<Kept[]> {
    const commit = await this.withIndex((env) => this.commitOf(env, paths));
    return this.create([{ ref: 'refs/files', now: commit, to: null }]);
  }

  /** Keeps what a branch of the remote has, which is about to be replaced. */
  async replaced(ref: string, now: string): Promise<Kept[]> {
    return this.create([{ ref, now, to: null }]);
  }

  /** Keeps a stash that is about to be put back and dropped. */
  async stash(name: string): Promise<Kept[]> {
    return this.create([{ ref: 'refs/work', now: await this.must(['rev-parse', name]), to: null }]);
  }

  /** Keeps the tips that only these refs hold, under the names of the branches that they were. */
  async held(holders: readonly { ref: string; held: string; now: string }[]): Promise<Kept[]> {
    const ids = await readIds(
      this.git,
      this.places,
      holders.map(({ held }) => held),
    );
    const there = holders.filter(({ held, now }) => ids[held] === now);
    const lost = await this.unreachable(there.map(({ held, now }) => ({ ref: held, now, to: null })));
    return this.create(there.filter(({ now }) => lost.has(now)).map(({ ref, now }) => ({ ref, now, to: null })));
  }

  /** The tips that would be in no ref afterwards. */
  private async unreachable(moving: readonly Moving[]): Promise<Set<string>> {
    const heads = moving.filter(({ ref }) => !ref.startsWith('refs/tags/'));
    if (heads.length === 0) return new Set();
    const stay = moving.flatMap(({ to }) => to ?? []);
    const others = moving.map(({ ref }) => `--exclude=${ref}`);
    const tips = heads.map(({ now }) => now);
    const output = await this.must(['rev-list', ...tips, '--not', ...stay, ...others, '--glob=*'], { env: unreplaced });
    return new Set(output.split('\n'));
  }

  private async create(things: readonly Moving[]): Promise<Kept[]> {
    if (things.length === 0) return [];
    const folder = `${space}${this.action.id}/`;
    const wanted = things.map(({ ref, now }) => ({ name: `${folder}${ref.slice('refs/'.length)}`, now }));
    const taken = await readIds(
      this.git,
      this.places,
      wanted.flatMap(({ name }) => numbered(name)),
    );
    const kept = wanted.map(({ name, now }) => {
      const ref = numbered(name).find((each) => taken[each] === null || taken[each] === now) ?? name;
      return { ref, now, fresh: taken[ref] === null };
    });
    const lines = kept.filter(({ fresh }) => fresh).map(({ ref, now }) => `create ${ref} ${now}`);
    if (lines.length > 0) await this.must(['update-ref', '--stdin'], { input: `${lines.join('\n')}\n` });
    return kept.map(({ ref, now }) => keptOf(ref, now, ''));
  }

  /** A commit in the form of `git stash`: the files, upon HEAD, the index, and the untracked files. */
  private async snapshot(untracked: readonly string[]): Promise<string> {
    return this.withIndex(async (env) => {
      const index = join(this.places.gitDir, 'index');
      if (existsSync(index)) copyFileSync(index, env.GIT_INDEX_FILE);
      else await this.must(['read-tree', '--empty'], { env });
      const head = await this.headOrEmpty(env);
      const commit = (tree: string, parents: readonly string[]) => this.commit(env, tree, parents);
      const conflicts = await this.conflicts(env, commit);
      const staged = await commit(await this.must(['write-tree'], { env }), [head, ...conflicts]);
      await this.must(['add', '-u', '--', ':/'], { env });
      const files = await this.must(['write-tree'], { env });
      const others = untracked.length > 0 ? [await this.commitOf(env, untracked)] : [];
      return commit(files, [head, staged, ...others]);
    });
  }

  /** Works with an index of its own. */
  private async withIndex(work: (env: typeof author & { GIT_INDEX_FILE: string }) => Promise<string>): Promise<string> {
    const scratch = join(this.places.gitDir, `mlops-flow-index-${process.pid}`);
    try {
      return await work({ ...author, GIT_INDEX_FILE: scratch });
    } finally {
      rmSync(scratch, { force: true });
      rmSync(`${scratch}.lock`, { force: true });
    }
  }

  /** A commit of these files alone. */
  private async commitOf(env: Record<string, string>, paths: readonly string[]): Promise<string> {
    await this.must(['read-tree', '--empty'], { env });
    const input = paths.join('\0');
    await this.must(['add', '-f', '--pathspec-from-file=-', '--pathspec-file-nul'], { env, input, literal: true });
    return this.commit(env, await this.must(['write-tree'], { env }), []);
  }

  private commit(env: Record<string, string>, tree: string, parents: readonly string[]): Promise<string> {
    const message = `Kept of '${this.action.plan.title}'`;
    return this.must(['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-m', message], { env });
  }

  private async headOrEmpty(env: Record<string, string>): Promise<string> {
    const head = await this.git.run(['rev-parse', '--quiet', '--verify', 'HEAD']);
    if (head.code === 0) return head.stdout.trim();
    const tree = await this.must(['mktree'], { input: '' });
    return this.must(['commit-tree', tree, '-m', 'Nothing'], { env });
  }

  /**
   * A tree has no place for the sides of a conflict: they are a commit of their own, and the index has our side, or
   * whichever there is, until the file is added.
   */
  private async conflicts(
    env: Record<string, string>,
    commit: (tree: string, parents: readonly string[]) => Promise<string>,
  ): Promise<string[]> {
    const sides = (await this.must(['ls-files', '-u', '-z', '--full-name'], { env })).split('\0').flatMap((entry) => {
      const [, mode = '', id = '', stage = '', path] = /^(\d+) ([0-9a-f]+) (\d)\t(.*)$/s.exec(entry) ?? [];
      return path === undefined ? [] : [{ mode, id, stage, path }];
    });
    if (sides.length === 0) return [];
    const side = { '1': 'base', '2': 'ours', '3': 'theirs' } as Record<string, string>;
    const whole = await this.must(['ls-files', '-s', '-z', '--full-name'], { env });
    const plain = whole.split('\0').filter((entry) => / 0\t/.test(entry.slice(0, entry.indexOf('\t') + 1)));
    await this.must(['read-tree', '--empty'], { env });
    const all = sides.map(({ mode, id, stage, path }) => `${mode} ${id} 0\t${side[stage]}/${path}`);
    await this.must(['update-index', '-z', '--index-info'], { env, input: `${all.join('\0')}\0` });
    const kept = await commit(await this.must(['write-tree'], { env }), []);
    const ours = new Map(sides.toSorted((a, b) => order(b.stage) - order(a.stage)).map((each) => [each.path, each]));
    const entries = [...plain, ...[...ours.values()].map(({ mode, id, path }) => `${mode} ${id} 0\t${path}`)];
    await this.must(['read-tree', '--empty'], { env });
    await this.must(['update-index', '-z', '--index-info'], { env, input: `${entries.join('\0')}\0` });
    return [kept];
  }

  private async must(
    args: string[],
    { input, env, literal }: { input?: string; env?: Record<string, string>; literal?: boolean } = {},
  ): Promise<string> {
    const answer = await this.git.run(args, {
      patient: true,
      ...(input === undefined ? {} : { input }),
      env: { ...env, ...(literal ? { GIT_LITERAL_PATHSPECS: '1' } : {}) },
    });
    if (answer.code !== 0) throw new GitFailure(args, answer);
    return answer.stdout.trim();
  }
}

/** Our side first, then theirs, then the base. */
function order(stage: string): number {
  return ['2', '3', '1'].indexOf(stage);
}

/** The name, and the next ones where it is taken by something else. */
function numbered(name: string): string[] {
  return [name, ...Array.from({ length: 20 }, (_, i) => `${name}-${i + 2}`)];
}

/** Everything that is kept, the newest action first. */
export async function listKept(git: Git, places: Places): Promise<Kept[]> {
  if (!mayHold(places)) return [];
  const output = await git.read(['for-each-ref', '--format=%(refname)%00%(objectname)%00%(contents:subject)', space]);
  const lines = output.split('\n').filter(Boolean);
  return lines
    .map((line) => {
      const [ref = '', id = '', subject = ''] = line.split('\0');
      return keptOf(ref, id, subject);
    })
    .toSorted((a, b) => (a.action === b.action ? (a.name < b.name ? -1 : 1) : a.action < b.action ? 1 : -1));
}

/** Looking costs a process, and most repositories hold nothing. */
function mayHold({ commonDir }: Places): boolean {
  const packed = join(commonDir, 'packed-refs');
  return (
    existsSync(join(commonDir, space)) ||
    existsSync(join(commonDir, 'reftable')) ||
    (existsSync(packed) && readFileSync(packed, 'utf8').includes(` ${space}`))
  );
}

function keptOf(ref: string, id: string, subject: string): Kept {
  const name = ref.slice(space.length);
  const [action = '', type = '', ...rest] = name.split('/');
  const of = rest.join('/');
  const common = { ref, name, action, id, subject };
  if (type === 'heads') return { ...common, kind: 'branch', of, restore: `git branch ${of}-kept ${ref}` };
  if (type === 'tags') return { ...common, kind: 'tag', of, restore: `git update-ref refs/tags/${of}-kept ${ref}` };
  if (type.startsWith('files')) {
    return { ...common, kind: 'files', of: '', restore: `git restore --source=${ref} --overlay -- :/` };
  }
  if (type.startsWith('work')) return { ...common, kind: 'work', of: '', restore: `git stash apply --index ${ref}` };
  return { ...common, kind: 'head', of: '', restore: `git branch kept-${action} ${ref}` };
}

/** Drops what is kept under these names. */
export async function dropKept(git: Git, kept: readonly Kept[]): Promise<void> {
  if (kept.length === 0) return;
  const args = ['update-ref', '--stdin'];
  const answer = await git.run(args, { input: kept.map(({ ref, id }) => `delete ${ref} ${id}\n`).join('') });
  if (answer.code !== 0) throw new GitFailure(args, answer);
}

/** Writes kept files where they were, unless something that no commit has stands there. */
async function restoreFiles(git: Git, { ref }: Kept): Promise<string> {
  const env = { GIT_LITERAL_PATHSPECS: '1' };
  const root = (await git.read(['rev-parse', '--show-toplevel'])).trim();
  const files = (await git.read(['ls-tree', '-r', '-z', '--name-only', '--full-tree', ref]))
    .split('\0')
    .filter(Boolean);
  const changed = await git.read(
    ['-C', root, 'status', '--porcelain', '-z', '--ignored', '--untracked-files=all', '--no-renames', '--', ...files],
    { env },
  );
  const first = changed.split('\0').find((entry) => entry !== '' && existsSync(join(root, entry.slice(3))));
  if (first !== undefined) {
    throw new Error(
      `'${first.slice(3)}' is there and in no commit. Move it first, or show the kept one with 'git show ${ref}:${first.slice(3)}'.`,
    );
  }
  const args = ['-C', root, 'restore', `--source=${ref}`, '--overlay', '--', ...files];
  const answer = await git.run(args, { env });
  if (answer.code !== 0) throw new GitFailure(args, answer);
  return `The files are back: ${files.join(', ')}.`;
}

/**
 * Brings one of them back: a branch or tag of that name, or of the next that is free; or the changes upon what is
 * checked out. Answers what was done, in words.
 */
export async function restoreKept(git: Git, kept: Kept): Promise<string> {
  if (kept.kind === 'work') {
    for (const index of [['--index'], []]) {
      if ((await git.run(['stash', 'apply', '-q', ...index, kept.ref])).code === 0) return 'The changes are back.';
    }
    throw new Error(
      `The changes cannot be applied to what is checked out. Show them with 'git stash show -p ${kept.ref}', or check out the branch that they belong to.`,
    );
  }
  if (kept.kind === 'files') return restoreFiles(git, kept);
  const folder = kept.kind === 'tag' ? 'refs/tags/' : 'refs/heads/';
  const name = kept.kind === 'head' ? `kept-${kept.action}` : kept.of;
  for (const each of [name, `${name}-kept`, ...Array.from({ length: 20 }, (_, i) => `${name}-kept-${i + 2}`)]) {
    const created = await git.run(['update-ref', `${folder}${each}`, kept.id, '']);
    if (created.code === 0) return `The ${kept.kind === 'tag' ? 'tag' : 'branch'} '${each}' has them.`;
  }
  throw new Error(
    `No branch could be created for ${kept.ref}: delete one of the names that begin with '${name}-kept'.`,
  );
}
