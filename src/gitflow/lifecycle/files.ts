import { Git } from '../git/git';
import type { TagMessage } from './record';

/** What the lifecycle asks of a repository beyond the branching model: files of a commit, changes, tag messages. */
export class RepositoryFiles {
  private readonly git: Git;

  constructor(settings: { root: string; git?: string; trusted: boolean }) {
    this.git = new Git({ directory: settings.root, git: settings.git, trusted: settings.trusted });
  }

  /** The text of a file in a commit; undefined where the commit has no such file. */
  async at(commit: string, path: string): Promise<string | undefined> {
    const { code, stdout } = await this.git.run(['cat-file', 'blob', `${commit}:${path}`]);
    return code === 0 ? stdout : undefined;
  }

  /**
   * Everything that the commit of HEAD has not got: changed, staged, deleted and untracked files, and submodules that
   * are elsewhere or changed. Ignored files are no part of it.
   */
  async changes(): Promise<string[]> {
    const words = [
      'status',
      '--porcelain=v1',
      '-z',
      '--no-renames',
      '--untracked-files=all',
      '--ignore-submodules=none',
    ];
    return (await this.git.read(words)).split('\0').flatMap((entry) => entry.slice(3) || []);
  }

  /** The id of the tree of a commit; undefined where there is no such commit here. */
  async tree(commit: string): Promise<string | undefined> {
    const { code, stdout } = await this.git.run(['rev-parse', '--verify', '--quiet', `${commit}^{tree}`]);
    return code === 0 ? stdout.trim() : undefined;
  }

  /** Every annotated tag with its message, the newest first. */
  async tagMessages(): Promise<TagMessage[]> {
    const format = '%(refname:strip=2)%00%(if:equals=tag)%(objecttype)%(then)%(contents)%(end)%00';
    const fields = (
      await this.git.read(['for-each-ref', '--sort=-creatordate', `--format=${format}`, 'refs/tags'])
    ).split('\0');
    const tags: TagMessage[] = [];
    for (let at = 0; at + 1 < fields.length; at += 2) {
      const message = fields[at + 1] ?? '';
      // Each record but the first begins with the line end of the one before.
      if (message !== '') tags.push({ name: (fields[at] ?? '').trimStart(), message });
    }
    return tags;
  }
}

/** What is checked out in the repository around a folder: the tree of HEAD, and what lies beside it. */
export async function workTreeState(
  folder: string,
  trusted: boolean,
): Promise<{ tree: string | undefined; changes: string[] }> {
  const files = new RepositoryFiles({ root: folder, trusted });
  const [tree, changes] = await Promise.all([files.tree('HEAD'), files.changes()]);
  return { tree, changes };
}
