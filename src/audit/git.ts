/** What the repositories of the workspace know of commits, tags and the history of a file. */
import { runGit } from '../gitflow';
import type { Commit, Entry } from './model';

/** Between the fields of a line of git. */
const gap = '\u001F';
/** Commits of a file that are looked at. */
const mostCommits = 500;

/** The commits of one window, each asked for once. */
export class Commits {
  private readonly known = new Map<string, Commit>();
  private readonly missing = new Set<string>();

  /** @param roots the folders in whose repositories commits are looked for */
  constructor(private readonly roots: readonly string[]) {}

  get all(): ReadonlyMap<string, Commit> {
    return this.known;
  }

  /** Looks for commits that were not asked for before; tells whether one was found. */
  async look(ids: Iterable<string>): Promise<boolean> {
    const before = this.known.size;
    for (const id of new Set(ids)) {
      if (this.known.has(id) || this.missing.has(id) || !/^[0-9a-f]{7,64}$/.test(id)) continue;
      const found = await this.find(id);
      if (found) this.known.set(id, found);
      else this.missing.add(id);
    }
    return this.known.size > before;
  }

  private async find(id: string): Promise<Commit | undefined> {
    for (const root of this.roots) {
      const words = ['log', '-1', '--no-show-signature', `--format=%H${gap}%an${gap}%s`, id, '--'];
      const { code, stdout } = await runGit(root, words);
      const [full, author = '', subject = ''] = stdout.trimEnd().split(gap);
      if (code === 0 && full) return { id: full, author, subject, ...(await tagOf(root, full)) };
    }
    return undefined;
  }
}

/** The first tag that has a commit: the release that it went out with. */
async function tagOf(root: string, id: string): Promise<{ tag?: string }> {
  const { stdout } = await runGit(root, ['tag', '--contains', id, '--sort=creatordate', '--format=%(refname:short)']);
  const [tag] = stdout.split('\n');
  return tag ? { tag } : {};
}

/** The commits that have changed a file, since a time in milliseconds since the epoch. */
export async function historyOf(root: string, path: string, since: number): Promise<Entry[]> {
  const format = ['%H', '%cI', '%an', '%ae', '%s'].join(gap);
  const days = [`--since=${new Date(since).toISOString()}`, `--max-count=${mostCommits}`];
  const { code, stdout } = await runGit(root, [
    'log',
    '--follow',
    '--no-show-signature',
    `--format=${format}`,
    ...days,
    '--',
    path,
  ]);
  if (code !== 0) return [];
  return stdout.split('\n').flatMap((line): Entry[] => {
    const [id, at, author, mail, subject] = line.split(gap);
    if (!id || !at) return [];
    return [
      {
        id: `commit ${id}`,
        source: 'Git',
        at: Date.parse(at),
        who: author ?? '',
        ...(mail ? { as: mail } : {}),
        what: `Committed: ${subject ?? ''}`,
        commit: id,
      },
    ];
  });
}
