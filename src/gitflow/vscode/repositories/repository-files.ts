import { Git } from '../../git/git';
import type { TagMessage } from '../../lifecycle/index';

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

  /** Tracked files with uncommitted changes. */
  async changes(): Promise<string[]> {
    const status = await this.git.read(['diff', '--name-only', '-z', 'HEAD', '--']);
    return status.split('\0').filter(Boolean);
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
