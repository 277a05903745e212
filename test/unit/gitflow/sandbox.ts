/** Repositories for the tests: made by plain git with fixed dates, so that equal histories have equal ids. */
import { type ExecFileSyncOptionsWithStringEncoding, execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
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
  // Looking for garbage is two processes more after each commit and merge.
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'maintenance.auto',
  GIT_CONFIG_VALUE_0: 'false',
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

/** The keys of git-flow. */
const keys = `[gitflow "branch"]
\tmaster = main
\tdevelop = develop
[gitflow "prefix"]
\tfeature = feature/
\tbugfix = bugfix/
\trelease = release/
\thotfix = hotfix/
\tsupport = support/
\tversiontag = v
`;

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

  /** What most repositories begin with: making it takes fifteen processes, copying it none. */
  private template: Work | undefined;

  /** A repository with `main`, `develop` (one commit more) and git-flow's keys; `develop` is checked out. */
  repository(name = `repository-${this.count++}`): Work {
    const work = new Work(this.path(name));
    this.template ??= this.makeTemplate();
    cpSync(this.template.folder, work.folder, { recursive: true });
    return work;
  }

  private makeTemplate(): Work {
    const work = this.empty('template');
    // Without git's samples of hooks.
    work.git('init', '-q', '-b', 'main', '--template=');
    for (const folder of ['hooks', 'info']) mkdirSync(join(work.folder, '.git', folder));
    work.commit('a', 'base');
    work.git('branch', 'develop');
    appendFileSync(join(work.folder, '.git/config'), keys);
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
    const push = 'git remote add "$1" "$2" && git push -q -u "$1" main develop';
    work.shell(`git init -q --bare --template= "$2" && mkdir "$2/hooks" && ${push}`, name, folder);
    return new Work(folder);
  }
}

/** A repository that the test drives with plain git. */
export class Work {
  constructor(readonly folder: string) {}

  private get how(): ExecFileSyncOptionsWithStringEncoding {
    const env = { ...process.env, ...fixedEnvironment };
    return { cwd: this.folder, encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] };
  }

  git(...args: string[]): string {
    return execFileSync('git', args, this.how).trimEnd();
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  /** Several commands of git in one go: a shell starts them many times faster than this process does. */
  shell(script: string, ...args: string[]): string {
    return execFileSync('sh', ['-c', script, 'sh', ...args], this.how).trimEnd();
  }

  commit(path: string, text: string, message = `${path}=${text}`): void {
    this.write(path, `${text}\n`);
    this.shell('git add -- "$1" && git commit -q -m "$2"', path, message);
  }

  /** A topic branch as git-flow starts it. */
  start(branch: string, base = 'develop'): void {
    this.shell('git checkout -q -b "$1" "$2" && git config "gitflow.branch.$1.base" "$2"', branch, base);
  }

  /** `git`, while other tests go on. */
  async gitLater(...args: string[]): Promise<string> {
    return this.runLater('git', args);
  }

  /** `shell`, while other tests go on. */
  async shellLater(script: string, ...args: string[]): Promise<string> {
    return this.runLater('sh', ['-c', script, 'sh', ...args]);
  }

  private async runLater(file: string, args: string[]): Promise<string> {
    const { cwd, env } = this.how;
    const { stdout } = await runFile(file, args, { cwd, env, maxBuffer: 1 << 28 });
    return stdout.trimEnd();
  }

  /** Everything that an action may change: refs, HEAD, index, work tree, configuration. */
  state(): string {
    return this.stateOf(this.shell(stateCommands));
  }

  /** The same, while other tests go on. */
  async stateLater(): Promise<string> {
    return this.stateOf(await this.shellLater(stateCommands));
  }

  private stateOf(text: string): string {
    const [config = '', ...rest] = text.split(between).map((section) => section.replace(/^\n/, '').trimEnd());
    const sections = config.split('\n').filter((line) => /^(gitflow|branch)\./.test(line));
    return [this.read('.git/HEAD'), ...rest, sections.sort().join('\n')].join('\n--\n');
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

const between = '-- between two commands --';

const stateCommands = [
  'git config --local --list',
  "git for-each-ref --format='%(refname) %(objectname)' refs/heads refs/remotes refs/tags",
  'git ls-files -s -v',
  'git status --porcelain=v1 --untracked-files=all',
].join(` && echo '${between}' && `);
