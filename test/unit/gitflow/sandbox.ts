/** Repositories for the tests: made by plain git with fixed dates, so that equal histories have equal ids. */
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const runFile = promisify(execFile);

/** Everything that makes git's commits differ from machine to machine is fixed. */
export const fixedEnvironment = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'T',
  GIT_AUTHOR_EMAIL: 't@example.com',
  GIT_COMMITTER_NAME: 'T',
  GIT_COMMITTER_EMAIL: 't@example.com',
  GIT_AUTHOR_DATE: '1700000000 +0000',
  GIT_COMMITTER_DATE: '1700000000 +0000',
};

/** So much room, in bytes, a test file has: a container may have no more than 64 MB of memory for files. */
const room = 1 << 30;

/** Where files are in memory, if the machine has such a place: git waits for the disk at each ref that it moves. */
function quickFolder(): string {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    return bavail * bsize > room ? '/dev/shm' : tmpdir();
  } catch {
    return tmpdir();
  }
}

/** A folder for a test file; removed with `remove`. */
export class Sandbox {
  readonly folder: string;

  /** `inMemory`: for files that make repositories by the hundred. */
  constructor({ inMemory = false } = {}) {
    this.folder = mkdtempSync(join(inMemory ? quickFolder() : tmpdir(), 'mlops-flow-gitflow-'));
  }

  private count = 0;

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  drop(...works: Work[]): void {
    for (const { folder } of works) rmSync(folder, { recursive: true, force: true });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** A repository with `main`, `develop` (one commit more) and git-flow's keys; `develop` is checked out. */
  repository(name = `repository-${this.count++}`): Work {
    const work = new Work(this.path(name));
    mkdirSync(work.folder);
    work.git('init', '-q', '-b', 'main');
    work.commit('a', 'base');
    work.git('branch', 'develop');
    work.git('config', 'gitflow.branch.master', 'main');
    work.git('config', 'gitflow.branch.develop', 'develop');
    for (const kind of ['feature', 'bugfix', 'release', 'hotfix', 'support']) {
      work.git('config', `gitflow.prefix.${kind}`, `${kind}/`);
    }
    work.git('config', 'gitflow.prefix.versiontag', 'v');
    work.git('checkout', '-q', 'develop');
    work.commit('d', '1');
    return work;
  }

  /** A folder that is no repository yet. */
  empty(name = `folder-${this.count++}`): Work {
    const work = new Work(this.path(name));
    mkdirSync(work.folder);
    return work;
  }

  /** A copy of a repository: where its files are is the only difference. */
  copy(work: Work): Work {
    const folder = this.path(`copy-${this.count++}`);
    cpSync(work.folder, folder, { recursive: true });
    return new Work(folder);
  }

  /** A bare remote named `origin`, with main and develop pushed. */
  remote(work: Work, name = 'origin'): Work {
    const folder = this.path(`${name}-${this.count++}.git`);
    execFileSync('git', ['init', '-q', '--bare', folder]);
    work.git('remote', 'add', name, folder);
    work.git('push', '-q', '-u', name, 'main', 'develop');
    return new Work(folder);
  }
}

/** A repository that the test drives with plain git. */
export class Work {
  constructor(readonly folder: string) {}

  git(...args: string[]): string {
    return execFileSync('git', args, {
      cwd: this.folder,
      encoding: 'utf8',
      env: { ...process.env, ...fixedEnvironment },
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trimEnd();
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  commit(path: string, text: string, message = `${path}=${text}`): void {
    this.write(path, `${text}\n`);
    this.git('add', '--', path);
    this.git('commit', '-q', '-m', message);
  }

  /** A topic branch as git-flow starts it. */
  start(branch: string, base = 'develop'): void {
    this.git('checkout', '-q', '-b', branch, base);
    this.git('config', `gitflow.branch.${branch}.base`, base);
  }

  /** The same, while other tests go on. */
  async gitLater(...args: string[]): Promise<string> {
    const { stdout } = await runFile('git', args, {
      cwd: this.folder,
      env: { ...process.env, ...fixedEnvironment },
      maxBuffer: 1 << 28,
    });
    return stdout.trimEnd();
  }

  /** Everything that an action may change: refs, HEAD, index, work tree, configuration. */
  state(): string {
    return this.stateOf(stateCommands.map((args) => this.git(...args)));
  }

  /** The same, while other tests go on. */
  async stateLater(): Promise<string> {
    return this.stateOf(await Promise.all(stateCommands.map((args) => this.gitLater(...args))));
  }

  private stateOf([refs = '', index = '', status = '', config = '']: string[]): string {
    const sections = config.split('\n').filter((line) => /^(gitflow|branch)\./.test(line));
    return [this.read('.git/HEAD'), refs, index, status, sections.sort().join('\n')].join('\n--\n');
  }

  /** A digest of every file, those of git and of the journal too: two moments between which nothing changed have one. */
  digest(): string {
    const hash = createHash('sha1');
    const files = readdirSync(this.folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const file of files.map(({ parentPath, name }) => join(parentPath, name)).sort()) {
      hash
        .update(`${file.slice(this.folder.length)}\0`)
        .update(readFileSync(file))
        .update('\0');
    }
    return hash.digest('hex');
  }

  /** All commits that a ref reaches. */
  async commits(): Promise<Set<string>> {
    return new Set((await this.gitLater('rev-list', '--all')).split('\n'));
  }
}

const stateCommands = [
  ['for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads', 'refs/remotes', 'refs/tags'],
  ['ls-files', '-s', '-v'],
  ['status', '--porcelain=v1', '--untracked-files=all'],
  ['config', '--local', '--list'],
];
