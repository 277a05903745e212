/** The one place where git is run. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { GitAnswer, GitProcess } from './process';
import { runHere } from './process';

export type { GitAnswer } from './process';

export interface GitSettings {
  directory: string;
  git?: string | undefined;
  env?: Record<string, string | undefined> | undefined;
  /** False: git's own hooks don't run either. */
  trusted: boolean;
  onCommand?: ((argv: readonly string[]) => void) | undefined;
}

export interface RunOptions {
  input?: string;
  /** `latin1` keeps every byte of the output as a character. */
  encoding?: 'utf8' | 'latin1';
  /** Stops a command that talks to a remote; what works here alone is never cut off in the middle. */
  signal?: AbortSignal | undefined;
  onOutput?: ((text: string) => void) | undefined;
  /** Try again for a while where another process holds a lock: for commands that write. */
  patient?: boolean;
  /**
   * Git does what it is told and no more: it does not look for garbage to collect afterwards, which takes time, and
   * locks from the commands to come; and a rebase moves no branches beside its own, which undoing would not put back.
   */
  alone?: boolean;
  env?: Record<string, string>;
}

/** A git command that failed and had no business to. */
export class GitFailure extends Error {
  override readonly name = 'GitFailure';
  constructor(
    readonly args: readonly string[],
    readonly answer: GitAnswer,
  ) {
    super(`git ${args[0] ?? ''} failed: ${complaint(answer)}`);
  }
}

/** The lines in which git says what went wrong, without its hints. */
export function complaint(answer: GitAnswer): string {
  const lines = `${answer.stderr}\n${answer.stdout}`
    .split('\n')
    .filter((line) => line.trim() && !line.startsWith('hint:'));
  const errors = lines.filter((line) => /^(fatal|error|remote|CONFLICT|! )/.test(line));
  return (errors.length > 0 ? errors : lines).join('\n').trim() || `exit code ${answer.code}`;
}

/** How long a lock that another process holds is waited for, in milliseconds: about two seconds in all. */
const lockWaits = [50, 100, 200, 400, 600, 800];

/** Does git say that another process holds a lock? */
export function isLocked(answer: GitAnswer): boolean {
  return (
    answer.code !== 0 &&
    /Unable to create '.*\.lock': File exists|could not lock config file .*: File exists/.test(answer.stderr)
  );
}

/** Does git say that an earlier try of the same command is in the way, which a lock has stopped half way? */
function isLeftHalfDone(answer: GitAnswer): boolean {
  const left = /You have not concluded your merge|a branch named '.*' already exists|rebase-(?:merge|apply) directory/;
  return answer.code !== 0 && left.test(answer.stderr);
}

/** Such commands can hang on the network. */
function talksToRemote([command = '']: readonly string[]): boolean {
  return ['fetch', 'push', 'pull', 'ls-remote'].includes(command);
}

async function runThere(args: string[], how: GitProcess, { signal }: RunOptions): Promise<GitAnswer> {
  const { runGit } = await import('../remote/simple-git.bundle');
  return runGit(args, { ...how, signal });
}

/** Variables that would lead git to another repository: set where we were started by a hook. */
const misleading = new Set([
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_PREFIX',
  'GIT_COMMON_DIR',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_NAMESPACE',
]);

/** Runs git in one directory. */
export class Git {
  private readonly env: NodeJS.ProcessEnv;
  private readonly envAlone: NodeJS.ProcessEnv;

  /** Where it runs. */
  get directory(): string {
    return this.settings.directory;
  }

  constructor(private readonly settings: GitSettings) {
    this.env = environment(settings);
    const alone = { ...this.env, ...configured(this.env, 'maintenance.auto', 'false') };
    this.envAlone = { ...alone, ...configured(alone, 'rebase.updateRefs', 'false') };
  }

  /** The environment that git, hooks and filters are run with. */
  get environment(): NodeJS.ProcessEnv {
    return this.env;
  }

  /** Runs git and answers, whatever the exit code is. */
  async run(args: string[], options: RunOptions = {}): Promise<GitAnswer> {
    const env = options.alone ? this.envAlone : this.env;
    const how: GitProcess = {
      binary: this.settings.git ?? 'git',
      directory: this.settings.directory,
      env: options.env ? { ...env, ...options.env } : env,
      ...(options.input === undefined ? {} : { input: options.input }),
      ...(options.encoding === undefined ? {} : { encoding: options.encoding }),
      onOutput: options.onOutput,
    };
    let locked: GitAnswer | undefined;
    for (const wait of options.patient ? [...lockWaits, undefined] : [undefined]) {
      this.settings.onCommand?.(['git', ...args]);
      const answer = await (talksToRemote(args) ? runThere(args, how, options) : runHere(args, how));
      if (locked !== undefined && isLeftHalfDone(answer)) return locked;
      if (wait === undefined || !isLocked(answer)) return answer;
      locked = answer;
      await sleep(wait);
    }
    throw new Error('unreachable');
  }

  /** Runs git and answers its output. Throws `GitFailure` where it fails. */
  async read(args: string[], options: RunOptions = {}): Promise<string> {
    const answer = await this.run(args, { ...options, env: { GIT_OPTIONAL_LOCKS: '0', ...options.env } });
    if (answer.code !== 0) throw new GitFailure(args, answer);
    return answer.stdout;
  }

  /** Does git answer 0? */
  async holds(args: string[]): Promise<boolean> {
    return (await this.run(args)).code === 0;
  }
}

/** Runs git in a folder of a trusted workspace, once: for commands that are no part of the model. */
export function runGit(directory: string, args: string[]): Promise<GitAnswer> {
  return new Git({ directory, trusted: true }).run(args);
}

function environment(settings: GitSettings): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries({ ...process.env, ...settings.env })) {
    if (value !== undefined && !misleading.has(name)) env[name] = value;
  }
  return {
    ...env,
    // What git says is read here and there, so it has to be in one language.
    LC_ALL: 'C',
    // Nothing may ask on a terminal that nobody sees: `:` is git's own word for no editor.
    GIT_TERMINAL_PROMPT: '0',
    GIT_EDITOR: ':',
    GIT_SEQUENCE_EDITOR: ':',
    GIT_MERGE_AUTOEDIT: 'no',
    // A folder without hooks.
    ...(settings.trusted ? {} : configured(env, 'core.hooksPath', '/dev/null')),
  };
}

/** The variables that configure git for one process, after whatever the environment configures already. */
function configured(env: NodeJS.ProcessEnv, key: string, value: string): NodeJS.ProcessEnv {
  const count = Number(env['GIT_CONFIG_COUNT'] ?? 0) || 0;
  return {
    GIT_CONFIG_COUNT: String(count + 1),
    [`GIT_CONFIG_KEY_${count}`]: key,
    [`GIT_CONFIG_VALUE_${count}`]: value,
  };
}
