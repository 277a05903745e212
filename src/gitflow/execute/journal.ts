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
import { uptime } from 'node:os';
import { join } from 'node:path';
import { valueOfJson } from '../../shared/json';
import type { JournalView, Plan, StepState } from '../model/model';

/** How far an action has come. */
export interface Progress {
  /** The first step that is not known to be done. */
  step: number;
  /** That step was begun. */
  begun: boolean;
  /** Where a rebase put its branch: the graph does not tell afterwards. */
  rebased: Record<string, string>;
}

/** What is kept of an action. */
export interface Journal extends Progress {
  version: 1;
  id: string;
  plan: Plan;
  /** The work tree and its own git directory. */
  worktree: string;
  gitDir: string;
  pid: number;
  /** Milliseconds since 1970. */
  startedAt: number;
  status: 'running' | 'conflict' | 'failed' | 'undoing';
  message: string;
  files: string[];
  /** Steps that stopped at a conflict: what the user made of it is kept when the action is undone. */
  conflicted: number[];
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
    const [first = '', ...progress] = text.split('\n');
    const journal = valueOfJson(first) as Journal | undefined;
    if (journal?.version !== 1) return undefined;
    // A line that was never complete says nothing.
    for (const line of progress) Object.assign(journal, valueOfJson(line));
    return journal;
  }

  /**
   * Opens a journal, on disk before anything changes. Answers false where another process was quicker.
   */
  begin(journal: Journal): boolean {
    mkdirSync(this.folder, { recursive: true });
    const index = join(journal.gitDir, 'index');
    if (existsSync(index)) {
      copyFileSync(index, this.indexCopy, constants.COPYFILE_FICLONE);
      withFile(this.indexCopy, 'r+', fsyncSync);
    } else rmSync(this.indexCopy, { force: true });
    const draft = this.writeDraft(journal);
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
  note({ step, begun, rebased }: Progress): void {
    const line = JSON.stringify({ step, begun, rebased } satisfies Progress);
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
