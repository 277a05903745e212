/** Questions to the commit graph. */
import type { Git } from './git';
import { GitFailure } from './git';

/** How two commits stand to each other, seen from the first. */
export type Standing = 'equal' | 'ahead' | 'behind' | 'diverged';

/** How git lists the paths that one commit has and another has not. */
export const onlyAdded = ['-r', '--ignore-submodules', '-z', '--name-only', '--no-renames', '--diff-filter=A'];

/** Answers by process. What is asked of ids never changes, so each question is asked once. */
export class Graph {
  private readonly answers = new Map<string, Promise<string>>();

  constructor(private readonly git: Git) {}

  /** Is every commit of `commit` in `other`? Ids only; one that git has collected is in nothing. */
  async contains(other: string, commit: string): Promise<boolean> {
    if (other === commit) return true;
    const args = ['merge-base', '--is-ancestor', commit, other];
    const code = await this.once(args, async () => {
      const answer = await this.git.run(args);
      if (answer.code > 1 && (await this.present([commit, other])).size === 2) throw new GitFailure(args, answer);
      return String(answer.code);
    });
    return code === '0';
  }

  /** Those of the objects that the repository has: what a journal names may be gone. Ids only. */
  async present(ids: readonly string[]): Promise<Set<string>> {
    if (ids.length === 0) return new Set();
    const input = ids.map((id) => `${id}\n`).join('');
    const lines = (await this.git.read(['cat-file', '--batch-check=%(objectname)'], { input })).split('\n');
    return new Set(lines.filter((line) => line !== '' && !line.endsWith(' missing')));
  }

  /** Ids only. */
  async standing(commit: string, other: string): Promise<Standing> {
    if (commit === other) return 'equal';
    const counts = await this.once(['rev-list', '--count', '--left-right', `${commit}...${other}`]);
    const [left = 0, right = 0] = counts.trim().split(/\s+/).map(Number);
    if (left > 0 && right > 0) return 'diverged';
    return left > 0 ? 'ahead' : 'behind';
  }

  /** Have they a commit in common? Ids only. */
  async related(commit: string, other: string): Promise<boolean> {
    return (await this.contains(commit, other)) || this.git.holds(['merge-base', commit, other]);
  }

  /** The number of commits of `commit` that `base` lacks, counted up to `limit`. Ids only. */
  async count(base: string, commit: string, limit: number): Promise<number> {
    if (base === commit) return 0;
    return Number(await this.once(['rev-list', '--count', `--max-count=${limit}`, commit, `^${base}`]));
  }

  /** The first lines of the newest commits that are no merges. */
  async subjects(name: string): Promise<string[]> {
    const output = await this.once(['log', '--no-merges', '--max-count=30', '--format=%s', name, '--']);
    return output.split('\n').filter((line) => line !== '');
  }

  /**
   * Paths that any of the commits has and `head` has not. Ids only. The folder of a submodule stays when a branch
   * without it is checked out, and git takes it up again: it does not count.
   */
  async added(head: string, commits: ReadonlySet<string>): Promise<string[]> {
    if (commits.size === 0) return [];
    const args = ['diff-tree', '--stdin', '--no-commit-id', ...onlyAdded];
    // Each line gives a commit and the one that it is compared with.
    const input = [...commits]
      .sort()
      .map((commit) => `${commit} ${head}\n`)
      .join('');
    const output = await this.once([...args, input], () => this.git.read(args, { input }));
    return output.split('\0').filter(Boolean);
  }

  /** The commit of a ref or any other name for one; undefined when there is none. */
  async commit(name: string): Promise<string | undefined> {
    const answer = await this.git.run(['rev-parse', '--quiet', '--verify', '--end-of-options', `${name}^{commit}`]);
    // Before git 2.44 the marker itself is printed too.
    return answer.code === 0 ? answer.stdout.trim().split('\n').at(-1) : undefined;
  }

  /** The parents of commits, in one process. */
  async parents(commits: readonly string[]): Promise<Map<string, string[]>> {
    const found = new Map<string, string[]>();
    if (commits.length === 0) return found;
    const output = await this.git.read(['rev-list', '--no-walk=unsorted', '--parents', ...commits]);
    for (const line of output.trim().split('\n')) {
      const [commit = '', ...parents] = line.split(' ');
      found.set(commit, parents);
    }
    return found;
  }

  private once(args: string[], ask = (): Promise<string> => this.git.read(args)): Promise<string> {
    const key = args.join(' ');
    const answer = this.answers.get(key) ?? ask();
    this.answers.set(key, answer);
    return answer;
  }
}
