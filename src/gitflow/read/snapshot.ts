/** One look at a repository: everything that plans are made of, read with as few processes as can be. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigEntry } from '../model/config';
import { parseConfig } from '../model/config';
import type { Git } from '../git/git';
import { GitFailure } from '../git/git';
import type { Configuration, Operation } from '../model/model';
import type { Places } from '../git/places';
import { readConfiguration } from './configuration';

/** What `git status` tells of HEAD, the index and the work tree. Untracked files and submodules are left out. */
export interface Status {
  branch: string | undefined;
  commit: string | undefined;
  staged: boolean;
  unstaged: boolean;
  /** Tracked paths that differ from HEAD or the index. */
  changed: string[];
  conflicts: string[];
}

export interface Snapshot extends Status {
  config: Configuration;
  entries: readonly ConfigEntry[];
  /** Object ids by full ref name: branches, remote branches, tags. An annotated tag's is the tag object. */
  refs: ReadonlyMap<string, string>;
  remotes: string[];
  inProgress: Operation | undefined;
  /** Files that git does not know and does not ignore; a folder of nothing else is one entry and ends with `/`. */
  untracked: string[];
  /** Branches that are checked out in other work trees, with the place. */
  elsewhere: ReadonlyMap<string, string>;
}

const refFormat = '%(refname)%00%(objectname)';

/**
 * Reads it all; three processes at once, a fourth where there are linked work trees. `early` is told what is known
 * before git has looked through the work tree, which takes longest.
 */
export async function takeSnapshot(
  git: Git,
  places: Places,
  early: (known: Pick<Snapshot, 'config' | 'refs'>) => void = () => undefined,
): Promise<Snapshot> {
  const readFirst = async (): Promise<Pick<Snapshot, 'config' | 'entries' | 'refs'>> => {
    const [{ config, entries }, refs] = await Promise.all([readConfiguration(git), readRefs(git)]);
    const known = { config, entries, refs };
    early(known);
    return known;
  };
  // The longest first.
  const [{ status, untracked }, { config, entries, refs }, elsewhere] = await Promise.all([
    readWorkTree(git, places),
    readFirst(),
    readWorktrees(git, places),
  ]);
  return {
    ...status,
    config,
    entries,
    refs,
    remotes: remotesOf(entries),
    inProgress: operationInProgress(places.gitDir, status),
    untracked,
    elsewhere,
  };
}

export async function readConfig(git: Git): Promise<ConfigEntry[]> {
  return parseConfig(await git.read(['config', '--list', '--show-scope', '-z']));
}

/** The entries of one configuration file, named as `git config` has it; undefined where there is no such file. */
export async function readConfigFile(git: Git, scope: readonly string[]): Promise<ConfigEntry[] | undefined> {
  const answer = await git.run(['config', ...scope, '--list', '--show-scope', '-z']);
  return answer.code === 0 ? parseConfig(answer.stdout) : undefined;
}

/** The ids of refs. Without patterns: branches, remote branches and tags. */
export async function readRefs(git: Git, patterns: readonly string[] = []): Promise<Map<string, string>> {
  const asked = patterns.length > 0 ? patterns : ['refs/heads', 'refs/remotes', 'refs/tags'];
  const output = await git.read(['for-each-ref', `--format=${refFormat}`, ...asked]);
  const refs = new Map<string, string>();
  for (const line of output.split('\n')) {
    const end = line.indexOf('\0');
    if (end > 0) refs.set(line.slice(0, end), line.slice(end + 1));
  }
  return refs;
}

export async function readStatus(git: Git, places: Places): Promise<Status> {
  return parseStatus(await askStatus(git, places, 'no'));
}

async function readWorkTree(git: Git, places: Places): Promise<Pick<Snapshot, 'untracked'> & { status: Status }> {
  const output = await askStatus(git, places, 'normal');
  const untracked = output.split('\0').filter((record) => record.startsWith('? '));
  return { status: parseStatus(output), untracked: untracked.map((record) => record.slice('? '.length)) };
}

async function askStatus(git: Git, { bare }: Places, untracked: 'no' | 'normal'): Promise<string> {
  if (bare) return '';
  const what = [`--untracked-files=${untracked}`, '--ignore-submodules=all'];
  return git.read(['status', '--porcelain=v2', '--branch', '-z', ...what]);
}

/** Reads what `git status --porcelain=v2 --branch -z` prints. */
export function parseStatus(output: string): Status {
  const status: Status = {
    branch: undefined,
    commit: undefined,
    staged: false,
    unstaged: false,
    changed: [],
    conflicts: [],
  };
  const records = output.split('\0');
  for (let i = 0; i < records.length; i++) {
    const record = records[i] ?? '';
    const [type, second = '', third = ''] = record.split(' ', 3);
    if (type === '#') {
      const value = record.slice(`# ${second} `.length);
      if (second === 'branch.oid' && third !== '(initial)') status.commit = value;
      if (second === 'branch.head' && value !== '(detached)') status.branch = value;
    } else if (type === '1' || type === '2') {
      if (!second.startsWith('.')) status.staged = true;
      if (!second.endsWith('.')) status.unstaged = true;
      status.changed.push(afterFields(record, type === '1' ? 8 : 9));
      if (type === '2') i++;
    } else if (type === 'u') {
      status.unstaged = true;
      const path = afterFields(record, 10);
      status.changed.push(path);
      status.conflicts.push(path);
    }
  }
  return status;
}

/** What follows the first `count` fields: a path, which may hold blanks. */
function afterFields(record: string, count: number): string {
  let at = 0;
  for (let i = 0; i < count; i++) at = record.indexOf(' ', at) + 1;
  return record.slice(at);
}

/** The branches that are checked out in other work trees, with the place. */
export async function readWorktrees(git: Git, places: Places): Promise<Map<string, string>> {
  const elsewhere = new Map<string, string>();
  // Asking costs a process, and most repositories have no linked work trees.
  if (!existsSync(join(places.commonDir, 'worktrees'))) return elsewhere;
  const answer = await git.run(['worktree', 'list', '--porcelain']);
  if (answer.code !== 0) throw new GitFailure(['worktree'], answer);
  for (const block of answer.stdout.split('\n\n')) {
    const path = /^worktree (.*)$/m.exec(block)?.[1];
    const branch = /^branch refs\/heads\/(.*)$/m.exec(block)?.[1];
    if (path !== undefined && branch !== undefined && path !== places.root) elsewhere.set(branch, path);
  }
  return elsewhere;
}

function remotesOf(entries: readonly ConfigEntry[]): string[] {
  const names = new Set<string>();
  for (const { key } of entries) {
    const name = /^remote\.(.+)\.url$/s.exec(key)?.[1];
    if (name !== undefined) names.add(name);
  }
  return [...names];
}

/** What git is in the middle of, by the files that it leaves. */
export function operationInProgress(gitDir: string, status?: Status): Operation | undefined {
  const has = (name: string): boolean => existsSync(join(gitDir, name));
  if (has('rebase-merge') || has('rebase-apply')) return 'rebase';
  if (has('MERGE_HEAD')) return 'merge';
  if (has('CHERRY_PICK_HEAD')) return 'cherry-pick';
  if (has('REVERT_HEAD')) return 'revert';
  if (has('BISECT_LOG')) return 'bisect';
  // A squash leaves its message; the message alone, with nothing to commit, is only a leftover.
  if (has('SQUASH_MSG') && status && (status.staged || status.conflicts.length > 0)) return 'squash';
  return undefined;
}
