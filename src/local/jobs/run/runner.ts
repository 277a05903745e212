import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { logs } from '../../domain/logs';
import { objects } from '../../domain/objects';
import { StoreError, explain, sqliteCode, sqliteFull } from '../../store/database';
import type { Store } from '../../store/store';
import { type Job, jobs } from '../job';
import type { Ended, JobEnd, JobRecords, Launch, Phase, ProcessKind } from '../kind';
import { Container } from './container';
import { ClientError } from './errors';
import type { JobFolders } from './folders';
import { furnish } from './furnish';
import type { Environments } from './environment';
import type { Guard } from './guard';
import { JobLog, readMetricDefinitions } from './job-log';
import { keepingValues } from './job-series';
import type { Mounts } from './mount';
import { CommandError, type Exit, runProcess } from './process';
import { type Python, PythonMissing } from './python';
import type { Scripts } from './scripts';
import { Transfer, TransferError } from './transfer';

/** What every job needs of its surroundings. */
export interface JobSurroundings {
  store: Store;
  /** Folder under which each job has its own. */
  folder: string;
  /** The folders of jobs that are processes. */
  folders: JobFolders;
  python: Python;
  /** Looks at scripts before they run. */
  scripts: Scripts;
  environments: Environments;
  mounts: Mounts;
  /** What steps inherit: the user's environment without the keys of real accounts. */
  environment: NodeJS.ProcessEnv;
  /** The folder of the programs that stand for algorithms of images. */
  programs: string;
  /** Milliseconds between asking a job to stop and killing it. */
  grace: number;
  guard: Guard;
  /** The path of our own command line, for builds that call it. */
  cli?: string;
}

/** How many of a log's last lines go into the reason of a failure. */
const reasonLines = 12;

/** The longest FailureReason of a job that the service gives. */
const longestReason = 1024;

/** A job that was stopped because the control plane ends; its record says so. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * Runs a job from its inputs to its outputs and always comes to an end: whatever fails becomes the reason of
 * a failed job. Only a store that cannot be written any more is thrown.
 * @param job its record, which is kept up to date
 * @throws {StoreError}
 */
export async function runJob(
  kind: ProcessKind,
  job: Job,
  request: object,
  surroundings: JobSurroundings,
  signal: AbortSignal,
): Promise<JobEnd> {
  const { store } = surroundings;
  const { metrics, complaints } = readMetricDefinitions(kind.metrics?.(request));
  const log = new JobLog(logs(store), kind.logGroup, job.name, metrics, keepingValues(store, job));
  if (complaints.length > 0) log.write(complaints);
  const { mounts, folder, folders } = surroundings;
  // Jobs of different kinds may have the same name.
  const isMounted = kind.needsMount(request) && (await mounts.isPossible(folder));
  const container = new Container(join(folder, `${kind.name}-${job.name}`), isMounted);
  const transfer = new Transfer(objects(store));
  const { environment, programs } = surroundings;
  const work = { name: job.name, request, container, transfer, environment, programs, store };
  const enter = (phase: Phase): void => {
    if (kind.untold?.includes(phase)) return;
    job.modifiedAt = new Date();
    if (phase === 'Stopping') job.status = phase;
    kind.enter(job.doc, phase, job.modifiedAt);
    jobs(store).put(job);
  };
  let exit: Exit | undefined;
  let end: JobEnd;
  let unlogged: string | undefined;
  let message: string | undefined;
  let release: (() => Promise<void>) | undefined;
  let look: string | undefined;
  const stopping = (): void => enter('Stopping');
  signal.addEventListener('abort', stopping, { once: true });
  try {
    enter('Downloading');
    if (kind.skeleton) folders.open(container.folder, kind.skeleton);
    const launch = await kind.prepare(work);
    if (launch.notes) log.write(launch.notes);
    if (signal.aborted) end = stopped(signal);
    else {
      const { command, env, ...furnished } = await furnish(launch, container, surroundings, log, signal);
      release = furnished.release;
      enter('Running');
      if (kind.skeleton) look = folders.look(container.folder, kind.skeleton);
      exit = await runProcess({
        ...(await placed(container, { cwd: launch.cwd, isAtTop: launch.isAtTop, command, env }, mounts)),
        timeout: launch.maxRuntime * 1000,
        grace: surroundings.grace,
        guard: surroundings.guard,
        signal,
        onLines: (lines) => log.write(lines),
      });
      end = judge(exit, launch, log, signal, await container.message('failure'));
      message = await container.message('message');
    }
    if (end.status === 'Completed' || (end.status === 'Failed' && kind.keepsPart)) {
      enter('Uploading');
      await container.leadLinks();
      await kind.collect(work);
    }
  } catch (error) {
    end = failure(error, container.folder);
    unlogged = end.reason;
  }
  signal.removeEventListener('abort', stopping);
  await release?.();
  const removed = folders.close(container.folder, kind.skeleton, look).catch(() => undefined);
  // A job that has filled the disk must make room before its failure can be written down. Otherwise nobody waits;
  // what is left is swept at the next start.
  if (end.status === 'Failed') await removed;
  tryToLog(log, unlogged);
  const cut = end.reason === undefined ? end : { ...end, reason: end.reason.slice(0, longestReason) };
  const code = exit?.code ?? undefined;
  const told = {
    ...(code === undefined ? {} : { exitCode: code }),
    ...(message === undefined ? {} : { message: message.slice(0, longestReason) }),
    metrics: log.finalMetrics(),
  };
  endJob(kind, job, { ...cut, ...told }, store);
  return cut;
}

/** Writes the end of a job into its record. */
export function endJob(kind: JobRecords, job: Job, end: Omit<Ended, 'at'>, store: Store): void {
  const at = new Date();
  job.status = end.status;
  job.modifiedAt = at;
  kind.end(job.doc, { ...end, at });
  jobs(store).put(job);
}

/** The reason stands in the job's record too: a log that takes no more is no loss. */
function tryToLog(log: JobLog, line: string | undefined): void {
  try {
    if (line !== undefined) log.write([line]);
    log.close();
  } catch (error) {
    if (sqliteCode(error) !== sqliteFull) throw error;
  }
}

/** Puts a command where it finds the job's folder at `/opt/ml`, if it can be mounted. @throws {CommandError} */
export async function placed(
  container: Container,
  { cwd, isAtTop = false, command, env }: Pick<Launch, 'cwd' | 'isAtTop' | 'command' | 'env'>,
  mounts: Mounts,
): Promise<{ cwd: string; command: string[]; env: NodeJS.ProcessEnv }> {
  if (!container.isMounted) return { cwd, command: [...command], env };
  const [program = ''] = command;
  const isPath = program.includes('/');
  const places = isPath ? [''] : (env.PATH ?? '').split(delimiter);
  const isThere = places.some((place) => existsSync(isPath ? container.onMachine(program) : join(place, program)));
  if (!isThere) throw new CommandError(program, Object.assign(new Error(), { code: 'ENOENT' }));
  const seen = Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, value === undefined ? undefined : container.seen(value)]),
  );
  const words = command.map((word) => container.seen(word));
  return {
    cwd: container.root,
    command: await mounts.wrap(container.folder, container.root, isAtTop ? '/' : container.seen(cwd), words),
    env: seen,
  };
}

function stopped({ reason }: AbortSignal): JobEnd {
  return reason instanceof Interrupted
    ? { status: 'Failed', reason: `InternalServerError: ${reason.message}`, exception: 'SageMaker.JOB_INTERNAL_ERROR' }
    : { status: 'Stopped' };
}

function judge(exit: Exit, launch: Launch, log: JobLog, signal: AbortSignal, said: string | undefined): JobEnd {
  if (exit.ended === 'stopped') return stopped(signal);
  if (exit.ended === 'timedOut') {
    return {
      status: 'Stopped',
      reason: `MaxRuntimeExceeded: the job ran longer than its MaxRuntimeInSeconds of ${launch.maxRuntime} and was stopped.`,
    };
  }
  if (exit.code === 0) return { status: 'Completed' };
  const cause = exit.signal ? `the script was killed by ${exit.signal}` : `exit code: ${exit.code}`;
  const exception = 'SageMaker.JOB_INTERNAL_ERROR';
  // What a job writes to /opt/ml/output/failure is its own word for why it failed.
  if (said !== undefined) {
    return { status: 'Failed', exception, reason: `AlgorithmError: ${said.slice(0, longestReason - 100)}, ${cause}` };
  }
  const tail = log.tail(reasonLines).join('\n');
  return {
    status: 'Failed',
    exception,
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
