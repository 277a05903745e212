/**
 * The journal of the action that is being executed: a file in the repository, so that it outlives the process.
 *
 * Where an action stands is derived from the commit graph; the journal holds what the graph cannot tell: the plan, and
 * how things were before. The file's first line is all of it; each step adds a line with how far the action has come.
 */
import {
  appendFileSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fdatasyncSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join, relative } from 'node:path';
import { valueOfJson } from '../../shared/json';
import type { Places } from '../git/places';
import type { JournalView, Plan, StepState } from '../model/model';
import type { Ids } from './identity';
import type { Owner } from './owner';
import { isGone } from './owner';

/** How far an action has come. */
export interface Progress {
  /** The first step that is not known to be done. */
  step: number;
  /** That step was begun. */
  begun: boolean;
  /** What the steps made of the refs that they touch: what stands there is the action's own, anything else is not. */
  made: Ids;
  /** HEAD as the last step left it: a branch, as `refs/heads/x`, or a commit. */
  head?: string | undefined;
  /** The checksum of the index as the last step left it. */
  index?: string | null;
  /** When this was written, in milliseconds since 1970. */
  at: number;
}

/** What is kept of an action. */
export interface Journal extends Progress {
  version: 2;
  /** When it began, and a word to tell it from others: `20261128-215403-1f2e`. */
  id: string;
  plan: Plan;
  /** Where the work tree was when the action began, for people. */
  worktree: string;
  /** The work tree by the name that git has for it: empty for the main one, else `worktrees/<name>`. */
  home: string;
  owner: Owner;
  /** Milliseconds since 1970. */
  startedAt: number;
  status: 'running' | 'conflict' | 'failed' | 'undoing' | 'done';
  message: string;
  files: string[];
  /** It stopped with a merge, squash, rebase or revert that the user has to bring to an end. */
  waits?: boolean;
  /** Blobs of the files that git left changed when the action stopped: these are not the user's. */
  leftBehind?: Record<string, string>;
  /** The state before, from the plan that the action began with. */
  before: Plan['observed'];
}

/** What an earlier run of an action left that the graph alone does not show. */
export interface Evidence {
  /** Branches into which the squash was committed. */
  squashed: ReadonlySet<string>;
  /** Tags that the action made. */
  tags: ReadonlySet<string>;
}

/** Actions that run in this process: a process id alone does not tell, as a window may hold several. */
const runningHere = new Set<string>();

export class JournalStore {
  private readonly folder: string;
  private readonly file: string;
  /** The last action that came to its end, so that it can be undone. */
  private readonly finished: string;

  constructor(private readonly commonDir: string) {
    this.folder = join(commonDir, 'mlops-flow');
    this.file = join(this.folder, 'journal.json');
    this.finished = join(this.folder, 'finished.json');
  }

  /** The journal, or undefined. A file that cannot be read is as none: it was never complete. */
  read(): Journal | undefined {
    return readJournal(this.file);
  }

  /** The last action that came to its end, unless another has begun since. */
  readFinished(): Journal | undefined {
    return readJournal(this.finished);
  }

  /**
   * Opens a journal, on disk before anything changes. Answers false where another process was quicker.
   */
  begin(journal: Journal): boolean {
    mkdirSync(this.folder, { recursive: true });
    const index = join(this.commonDir, journal.home, 'index');
    if (existsSync(index)) {
      copyFileSync(index, this.indexCopy, constants.COPYFILE_FICLONE);
      withFile(this.indexCopy, 'r+', fsyncSync);
    } else rmSync(this.indexCopy, { force: true });
    const draft = this.writeDraft(journal);
    try {
      // Unlike a rename this fails where the file exists.
      linkSync(draft, this.file);
    } catch (error) {
      if (this.read() !== undefined) return false;
      // A file system without hard links, or a journal that nobody can read.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw error;
      renameSync(draft, this.file);
    } finally {
      rmSync(draft, { force: true });
    }
    this.keepNames();
    runningHere.add(journal.id);
    return true;
  }

  /** Writes all of it anew: the action stops, or is taken up again. */
  write(journal: Journal): void {
    if (journal.status === 'running' || journal.status === 'undoing') runningHere.add(journal.id);
    else runningHere.delete(journal.id);
    renameSync(this.writeDraft(journal), this.file);
    this.keepNames();
  }

  /** Adds how far the action has come, on disk before the step begins. */
  note(progress: Omit<Progress, 'at'>): void {
    this.add(progress, {});
  }

  private add({ step, begun, made, head, index = null }: Omit<Progress, 'at'>, more: Partial<Journal>): void {
    const line = JSON.stringify({ step, begun, made, head, index, at: Date.now(), ...more });
    // The line end comes first: what a power cut left of the line before stays a line of its own.
    withFile(this.file, 'a', (handle) => {
      appendFileSync(handle, `\n${line}`);
      fdatasyncSync(handle);
    });
  }

  remove(journal: Journal): void {
    runningHere.delete(journal.id);
    rmSync(this.file, { force: true });
    rmSync(this.indexCopy, { force: true });
  }

  /** The action is at its end: its journal stays until another action begins. */
  finish(journal: Journal): void {
    this.add(journal, { status: 'done' });
    runningHere.delete(journal.id);
    if (existsSync(this.indexCopy)) renameSync(this.indexCopy, `${this.finished}.index`);
    renameSync(this.file, this.finished);
  }

  /** A finished action is taken up again, to be undone. Answers false where another action has begun. */
  reopen(): boolean {
    const index = `${this.finished}.index`;
    if (this.read() !== undefined) return false;
    if (existsSync(index)) renameSync(index, this.indexCopy);
    renameSync(this.finished, this.file);
    return true;
  }

  /** Forgets the finished action: it can no longer be undone. */
  forgetFinished(): void {
    rmSync(this.finished, { force: true });
    rmSync(`${this.finished}.index`, { force: true });
  }

  /** The index as it was before. */
  get indexCopy(): string {
    return join(this.folder, 'index');
  }

  private writeDraft(journal: Journal): string {
    const draft = `${this.file}.${process.pid}`;
    withFile(draft, 'w', (handle) => {
      writeFileSync(handle, JSON.stringify(journal));
      fsyncSync(handle);
    });
    return draft;
  }

  /** A new name of a file reaches the disk with its folder. Windows has no such thing, and sees to it. */
  private keepNames(): void {
    if (process.platform !== 'win32') withFile(this.folder, 'r', fsyncSync);
  }
}

function withFile(file: string, flags: 'r' | 'r+' | 'w' | 'a', work: (handle: number) => void): void {
  const handle = openSync(file, flags);
  try {
    work(handle);
  } finally {
    closeSync(handle);
  }
}

function readJournal(file: string): Journal | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const [first = '', ...progress] = text.split('\n');
  const journal = valueOfJson(first) as Journal | undefined;
  if (journal?.version !== 2) return undefined;
  // A line that was never complete says nothing.
  for (const line of progress) Object.assign(journal, valueOfJson(line));
  return journal;
}

/** An id for an action that begins now. */
export function newId(now: Date): string {
  const digits = now.toISOString().replace(/\D/g, '');
  return `${digits.slice(0, 8)}-${digits.slice(8, 14)}-${randomBytes(2).toString('hex')}`;
}

/** The name that git has for a work tree: empty for the main one, else `worktrees/<name>`. */
export function homeOf({ gitDir, commonDir }: Places): string {
  return relative(commonDir, gitDir).replaceAll('\\', '/');
}

/** For so long, in milliseconds, an action of another container counts as running after its last sign of life. */
const quietFor = 120_000;

/** Does a process still work on it? */
export function isAlive(journal: Journal): boolean {
  if (journal.status !== 'running' && journal.status !== 'undoing') return false;
  const gone = isGone(journal.owner, journal.startedAt);
  if (gone === undefined) return Date.now() - journal.at < quietFor;
  return !gone && (journal.owner.pid !== process.pid || runningHere.has(journal.id));
}

/** The journal as the user is shown it. */
export function viewOf(journal: Journal): JournalView {
  const steps = journal.plan.steps.map(({ index }): StepState => {
    if (index < journal.step) return 'done';
    if (index > journal.step || !journal.begun) return 'pending';
    if (journal.status === 'conflict' || journal.status === 'failed') return journal.status;
    return 'running';
  });
  return {
    id: journal.id,
    plan: journal.plan,
    steps,
    status: journal.status === 'conflict' || journal.status === 'failed' ? journal.status : 'running',
    alive: isAlive(journal),
    message: journal.message || `'${journal.plan.title}' was interrupted. Resume it, undo it, or discard its journal.`,
    startedAt: journal.startedAt,
    worktree: journal.worktree,
    files: journal.files,
  };
}
