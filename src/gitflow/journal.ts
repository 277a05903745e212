/**
 * The journal of the action that is being executed: a file in the repository, so that it outlives the process.
 *
 * Where an action stands is derived from the commit graph; the journal holds what the graph cannot tell: the plan, and
 * how things were before.
 */
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import type { JournalView, Plan, StepState } from './model';

/** What is kept of an action. */
export interface Journal {
  version: 1;
  id: string;
  plan: Plan;
  /** The work tree and its own git directory. */
  worktree: string;
  gitDir: string;
  pid: number;
  /** Milliseconds since 1970. */
  startedAt: number;
  /** The first step that is not known to be done. */
  step: number;
  /** That step was begun. */
  begun: boolean;
  status: 'running' | 'conflict' | 'failed' | 'undoing';
  message: string;
  files: string[];
  /** Steps that stopped at a conflict: what the user made of it is kept when the action is undone. */
  conflicted: number[];
  /** Where a rebase put its branch: the graph does not tell afterwards. */
  rebased: Record<string, string>;
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

  constructor(commonDir: string) {
    this.folder = join(commonDir, 'mlops-flow');
    this.file = join(this.folder, 'journal.json');
  }

  /** The journal, or undefined. A file that cannot be read is as none: it was never complete. */
  read(): Journal | undefined {
    let text: string;
    try {
      text = readFileSync(this.file, 'utf8');
    } catch {
      return undefined;
    }
    try {
      const journal = JSON.parse(text) as Journal;
      return journal.version === 1 ? journal : undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * Opens a journal, on disk before anything changes. Answers false where another process was quicker.
   */
  begin(journal: Journal): boolean {
    mkdirSync(this.folder, { recursive: true });
    const index = join(journal.gitDir, 'index');
    if (existsSync(index)) copyFileSync(index, this.indexCopy, constants.COPYFILE_FICLONE);
    else rmSync(this.indexCopy, { force: true });
    const draft = this.writeDraft(journal, true);
    try {
      // Unlike a rename this fails where the file exists.
      linkSync(draft, this.file);
    } catch (error) {
      if (existsSync(this.file)) return false;
      // A file system without hard links.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw error;
      renameSync(draft, this.file);
    } finally {
      rmSync(draft, { force: true });
    }
    runningHere.add(journal.id);
    return true;
  }

  /**
   * Writes the progress. It need not reach the disk: after a power cut an older journal only means that the graph is
   * asked about a step more.
   */
  write(journal: Journal): void {
    if (journal.status === 'running' || journal.status === 'undoing') runningHere.add(journal.id);
    else runningHere.delete(journal.id);
    renameSync(this.writeDraft(journal, false), this.file);
  }

  remove(journal: Journal): void {
    runningHere.delete(journal.id);
    rmSync(this.file, { force: true });
    rmSync(this.indexCopy, { force: true });
  }

  /** The index as it was before. */
  get indexCopy(): string {
    return join(this.folder, 'index');
  }

  private writeDraft(journal: Journal, durable: boolean): string {
    const draft = `${this.file}.${process.pid}`;
    const handle = openSync(draft, 'w');
    try {
      writeSync(handle, JSON.stringify(journal));
      if (durable) fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    return draft;
  }
}

/** Does a process still work on it? */
export function isAlive(journal: Journal): boolean {
  if (journal.status !== 'running' && journal.status !== 'undoing') return false;
  if (journal.pid === process.pid) return runningHere.has(journal.id);
  // Ids are given anew after a restart of the machine.
  if (journal.startedAt < Date.now() - uptime() * 1000) return false;
  try {
    process.kill(journal.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
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
    status: journal.status === 'undoing' ? 'running' : journal.status,
    alive: isAlive(journal),
    message:
      journal.message ||
      `'${journal.plan.title}' was interrupted. Resume it, undo it, or leave everything as it is now.`,
    startedAt: journal.startedAt,
    worktree: journal.worktree,
    files: journal.files,
  };
}
