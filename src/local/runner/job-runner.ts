import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError, explain, sqliteCode, sqliteFull } from '../store/database';
import type { Store } from '../store/store';
import type { Job } from '../store/types';
import { Container } from './container';
import type { Guard } from './guard';
import type { JobLog } from './job-log';
import { CommandError, type Exit, runProcess } from './process';
import { type Python, PythonMissing, isPython } from './python';
import { Transfer, TransferError } from './transfer';

/** What a job came to. */
export interface JobEnd {
  status: 'Completed' | 'Failed' | 'Stopped';
  reason?: string;
  /** The kind of failure, as retry policies name them. */
  exception?: 'SageMaker.JOB_INTERNAL_ERROR';
}

/** What every job needs of its surroundings. */
export interface JobSurroundings {
  store: Store;
  /** Folder under which each job has its own. */
  folder: string;
  python: Python;
  /** What steps inherit: the user's environment without the keys of real accounts. */
  environment: NodeJS.ProcessEnv;
  /** Milliseconds between asking a job to stop and killing it. */
  grace: number;
  guard: Guard;
}

/** A failure that is the definition's or its inputs' fault; the message says what to do. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
}

/** The command, place and environment of a job's process. */
export interface Launch {
  command: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Seconds. */
  maxRuntime: number;
}

/** One kind of job, in the parts that differ. */
export interface JobKind<J extends Job> {
  job: J;
  log: JobLog;
  /** Fills the job's folder with code, inputs and configuration, and says what to run. */
  prepare(container: Container, transfer: Transfer): Promise<Launch>;
  /** Uploads what the job made. */
  collect(container: Container, transfer: Transfer): Promise<void>;
  /** Notes a phase in the job's record. */
  phase(phase: 'Downloading' | 'Running' | 'Uploading' | 'Stopping'): void;
  /** Notes the end in the job's record. */
  end(end: JobEnd, exitCode: number | undefined): void;
}

/** How many of a log's last lines go into the reason of a failure. */
const reasonLines = 12;

/** The longest FailureReason of a job that the service gives. */
const longestReason = 1024;

/**
 * Runs a job from its inputs to its outputs and always comes to an end: whatever fails becomes the reason of
 * a failed job. Only a store that cannot be written any more is thrown.
 * @throws {StoreError}
 */
export async function runJob<J extends Job>(
  kind: JobKind<J>,
  around: JobSurroundings,
  signal: AbortSignal,
): Promise<JobEnd> {
  const container = new Container(join(around.folder, kind.job.name));
  const transfer = new Transfer(around.store.objects);
  let exit: Exit | undefined;
  let end: JobEnd;
  let unlogged: string | undefined;
  const stopping = (): void => kind.phase('Stopping');
  signal.addEventListener('abort', stopping, { once: true });
  try {
    container.makeFolders(container.root);
    kind.phase('Downloading');
    const launch = await kind.prepare(container, transfer);
    if (signal.aborted) end = { status: 'Stopped' };
    else {
      const command = await resolveCommand(launch.command, around.python);
      kind.phase('Running');
      exit = await runProcess({
        ...launch,
        command,
        timeout: launch.maxRuntime * 1000,
        grace: around.grace,
        guard: around.guard,
        signal,
        onLines: (lines) => kind.log.write(lines),
      });
      end = judge(exit, launch, kind.log);
    }
    if (end.status === 'Completed') {
      kind.phase('Uploading');
      await kind.collect(container, transfer);
    }
  } catch (error) {
    end = failure(error, container.folder);
    unlogged = end.reason;
  }
  signal.removeEventListener('abort', stopping);
  const removed = rm(container.folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  // A job that has filled the disk must make room before its failure can be written down. Otherwise nobody waits;
  // what is left is swept at the next start.
  if (end.status === 'Failed') await removed;
  if (unlogged !== undefined) tryToLog(kind.log, unlogged);
  const cut = end.reason === undefined ? end : { ...end, reason: end.reason.slice(0, longestReason) };
  kind.end(cut, exit?.code ?? undefined);
  return cut;
}

/** The reason stands in the job's record too: a log that takes no more is no loss. */
function tryToLog(log: JobLog, line: string): void {
  try {
    log.write([line]);
  } catch (error) {
    if (sqliteCode(error) !== sqliteFull) throw error;
  }
}

async function resolveCommand(command: readonly string[], python: Python): Promise<string[]> {
  const [program = '', ...words] = command;
  if (isPython(program)) return [await python.path(), ...words];
  return [program, ...words];
}

function judge(exit: Exit, launch: Launch, log: JobLog): JobEnd {
  if (exit.ended === 'stopped') return { status: 'Stopped' };
  if (exit.ended === 'timedOut') {
    return {
      status: 'Stopped',
      reason: `MaxRuntimeExceeded: the job ran longer than its MaxRuntimeInSeconds of ${launch.maxRuntime} and was stopped.`,
    };
  }
  if (exit.code === 0) return { status: 'Completed' };
  const cause = exit.signal ? `the script was ended by ${exit.signal}` : `exit code: ${exit.code}`;
  const tail = log.tail(reasonLines).join('\n');
  return {
    status: 'Failed',
    exception: 'SageMaker.JOB_INTERNAL_ERROR',
    reason: `AlgorithmError: ${cause}. Last lines of the log:\n${tail.slice(-(longestReason - 200))}`,
  };
}

function failure(error: unknown, path: string): JobEnd {
  const explained = explain(error, path);
  // What the database cannot keep is beyond this job, except that the job itself may have filled the disk.
  const code = sqliteCode(error);
  if (code !== undefined && code !== sqliteFull) throw explained;
  const message = explained instanceof Error ? explained.message : String(explained);
  const kinds = [ClientError, TransferError, PythonMissing, CommandError, StoreError];
  const known = kinds.some((kind) => explained instanceof kind);
  return known
    ? { status: 'Failed', reason: `ClientError: ${message}` }
    : { status: 'Failed', reason: `InternalServerError: ${message}`, exception: 'SageMaker.JOB_INTERNAL_ERROR' };
}
