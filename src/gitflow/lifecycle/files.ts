import { copyFile, lstat, mkdir, mkdtemp, rm, stat, utimes } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { sha256 } from '../../shared/uploads';
import { Git } from '../git/git';
import type { CommitFile, CommitFiles } from './evidence';
import type { TagMessage } from './record';

/** What the lifecycle asks of a repository beyond the branching model: files of a commit, changes, tag messages. */
export class RepositoryFiles {
  readonly git: Git;

  constructor(settings: { root: string; git?: string; trusted: boolean }) {
    // What is pushed are the objects themselves, not what stands for them in this clone alone.
    const env = { GIT_NO_REPLACE_OBJECTS: '1', GIT_GRAFT_FILE: devNull };
    this.git = new Git({ directory: settings.root, git: settings.git, trusted: settings.trusted, env });
  }

  /** The text of a file in a commit or tree; undefined where it has no such file. */
  async at(treeish: string, path: string): Promise<string | undefined> {
    const { code, stdout } = await this.git.run(['cat-file', 'blob', `${treeish}:${path}`]);
    return code === 0 ? stdout : undefined;
  }

  /** The paths of all files in a commit or tree. */
  async paths(treeish: string): Promise<string[]> {
    return (await this.git.read(['ls-tree', '-r', '-z', '--name-only', treeish])).split('\0').filter(Boolean);
  }

  /** The paths in which two trees differ. */
  async differences(one: string, other: string): Promise<string[]> {
    const words = ['diff-tree', '-r', '-z', '--no-renames', '--name-only', one, other];
    return (await this.git.read(words)).split('\0').filter(Boolean);
  }

  /**
   * Everything that the commit of HEAD has not got: changed, staged, deleted and untracked files, and submodules that
   * are elsewhere or changed. Ignored files are no part of it. Git looks at the files themselves: no monitor, cache or
   * mark of the index speaks for them.
   */
  async changes(): Promise<string[]> {
    const words = [
      ...unhelped,
      'status',
      '--porcelain=v1',
      '-z',
      '--no-renames',
      '--untracked-files=all',
      '--ignore-submodules=none',
    ];
    const told = (await this.git.read(words)).split('\0').flatMap((entry) => entry.slice(3) || []);
    return [...new Set([...told, ...(await this.hiddenChanges())])];
  }

  /** Changes of files at which git was told not to look: `--assume-unchanged`, and `--skip-worktree` where they are. */
  private async hiddenChanges(): Promise<string[]> {
    const listed = (await this.git.read(['ls-files', '-v', '-z'])).split('\0');
    const marked = listed.filter((entry) => /^[a-zS]/.test(entry)).map((entry) => entry.slice(2));
    if (marked.length === 0) return [];
    const skipped = listed.filter((entry) => /^s/i.test(entry)).map((entry) => entry.slice(2));
    const there = await Promise.all(skipped.map((path) => isThere(join(this.git.directory, path))));
    // What a sparse checkout leaves out is not there, and not changed.
    const away = new Set(skipped.filter((_, at) => there[at] !== true));
    const place = await mkdtemp(join(tmpdir(), 'mlops-flow-index-'));
    try {
      const env = { GIT_INDEX_FILE: join(place, 'index') };
      const own = (await this.git.read(['rev-parse', '--path-format=absolute', '--git-path', 'index'])).trim();
      await copyFile(own, env.GIT_INDEX_FILE);
      // A file that is as young as the index may have changed since: git reads it, unless the index looks younger.
      const { atime, mtime } = await stat(own);
      await utimes(env.GIT_INDEX_FILE, atime, mtime);
      const input = marked
        .filter((path) => !away.has(path))
        .map((path) => `${path}\0`)
        .join('');
      for (const mark of ['--no-assume-unchanged', '--no-skip-worktree']) {
        await this.git.read([...unhelped, 'update-index', mark, '-z', '--stdin'], { input, env });
      }
      const words = [...unhelped, 'diff-files', '-z', '--name-only', '--ignore-submodules=none'];
      return (await this.git.read(words, { env })).split('\0').filter(Boolean);
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  }

  /**
   * Writes the files of a commit or tree into a folder that it makes, beside which it keeps an index. Filters run, as in
   * a check-out, and no hooks.
   */
  async export(treeish: string, folder: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    const env = { GIT_INDEX_FILE: `${folder}.index`, GIT_WORK_TREE: folder };
    const words = [...unhelped, '-c', `core.hooksPath=${devNull}`, '-c', 'core.sparseCheckout=false'];
    await this.git.read([...words, 'read-tree', treeish], { env });
    await this.git.read([...words, 'checkout-index', '--all', '--force'], { env });
  }

  /** The id of the tree of a commit; undefined where there is no such commit here. */
  async tree(commit: string): Promise<string | undefined> {
    const { code, stdout } = await this.git.run(['rev-parse', '--verify', '--quiet', `${commit}^{tree}`]);
    return code === 0 ? stdout.trim() : undefined;
  }

  /** The commit of a name; undefined where there is none. */
  async commit(name: string): Promise<string | undefined> {
    const words = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
    const { code, stdout } = await this.git.run(words);
    return code === 0 ? stdout.trim() : undefined;
  }

  /** The files at a path with the digests of their contents; undefined where git does not know a content. */
  async files(treeish: string, path: string): Promise<CommitFiles | undefined> {
    const folder = path.replace(/\/+$/, '').replace(/^\.\//, '');
    const place = folder === '.' ? '' : folder;
    const words = ['ls-tree', '-r', '-z', '--full-tree', treeish, ...(place === '' ? [] : ['--', place])];
    const entries = (await this.git.read(words)).split('\0').flatMap((line) => {
      const [, mode = '', id = '', found = ''] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
      return found === '' ? [] : [{ mode, id, path: found }];
    });
    if (entries.length === 0 || entries.some(({ mode }) => mode !== '100644' && mode !== '100755')) return undefined;
    const isFile = entries.length === 1 && entries[0]?.path === place;
    const contents = await this.blobs(entries.map(({ id }) => id));
    const files = entries.map((entry, at): CommitFile => {
      const name = isFile ? basename(entry.path) : place === '' ? entry.path : entry.path.slice(place.length + 1);
      return { path: name, ...digestsOf(contents[at] ?? Buffer.alloc(0)) };
    });
    return { isFile, files };
  }

  /** The contents of blobs, in the order of their ids. */
  private async blobs(ids: readonly string[]): Promise<Buffer[]> {
    const input = ids.map((id) => `${id}\n`).join('');
    const output = Buffer.from(await this.git.read(['cat-file', '--batch'], { input, encoding: 'latin1' }), 'latin1');
    const contents: Buffer[] = [];
    // Each is a line `<id> blob <size>`, the content, and a line end.
    for (let at = 0; at < output.length;) {
      const end = output.indexOf(10, at);
      const size = Number(output.subarray(at, end).toString('latin1').split(' ')[2]);
      contents.push(output.subarray(end + 1, end + 1 + size));
      at = end + size + 2;
    }
    return contents;
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

/** Words by which git looks at the files themselves. */
const unhelped = ['-c', 'core.fsmonitor=false', '-c', 'core.untrackedCache=false'];

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** The digests that the content of a blob can have once it is checked out. */
function digestsOf(content: Buffer): Omit<CommitFile, 'path'> {
  // A pointer of Git LFS names the digest of what it stands for: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
  const text = content.length < 1024 ? content.toString('utf8') : '';
  const [, oid] =
    /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:.*\n)*oid sha256:([0-9a-f]{64})\n/.exec(text) ?? [];
  if (oid !== undefined) return { sha256: oid };
  const own = sha256(content);
  if (content.includes(0) || !content.includes(10) || content.includes(13)) return { sha256: own };
  const converted = content.toString('latin1').replaceAll('\n', '\r\n');
  return { sha256: own, crlf: sha256(Buffer.from(converted, 'latin1')) };
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
