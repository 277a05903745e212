import type { Stub } from '../../shared/stubs';
import { sagemakerArn } from '../domain/arns';
import { type RequestTags, tags } from '../domain/tags';
import { invalid } from '../wire/errors';
import { jobKinds } from './index';
import { type Job, jobs } from './job';
import type { ConductedKind, JobEnd, JobKind, ProcessKind } from './kind';
import { standIn } from './run/stand-in';
import { Interrupted, type JobSurroundings, endJob, runJob } from './run/runner';

/** The reason of a job that the end of the control plane cut short. */
const interrupted = 'Local stopped while this job was running.';

/** All jobs: those that steps make and those that are asked for by themselves. */
export class Jobs {
  private readonly running = new Map<string, { abort: AbortController; done: Promise<unknown> }>();

  private readonly end = new AbortController();
  /** Aborted when the control plane ends. */
  readonly ending = this.end.signal;

  constructor(
    /** What runs processes, here and for functions. */
    readonly surroundings: JobSurroundings,
    /** Hears of a store that cannot be written any more. */
    private readonly broken: (error: unknown) => void,
  ) {}

  /** Makes the record of a job. @throws {ServiceError} when there is one with that name. */
  create<Request extends object>(kind: JobKind<Request>, name: string, request: Request & { Tags?: RequestTags }): Job {
    const { store } = this.surroundings;
    return store.transaction(() => {
      if (jobs(store).get(`${kind.name}/${name}`)) {
        throw invalid(`${kind.resource} names must be unique within an AWS account and region: '${name}' is taken.`);
      }
      const now = new Date();
      const arn = sagemakerArn(kind.arnType, name);
      const doc = kind.document(request, { name, arn, now });
      const job: Job = { kind: kind.name, name, arn, status: 'InProgress', createdAt: now, modifiedAt: now, doc };
      jobs(store).put(job);
      tags(store).add(arn, request.Tags);
      return job;
    });
  }

  /** Runs a job to its end. @param signal stops it; so does `stop` */
  async run(kind: JobKind, job: Job, request: object, signal?: AbortSignal): Promise<JobEnd> {
    const abort = new AbortController();
    const either = signal ? AbortSignal.any([signal, abort.signal]) : abort.signal;
    const done =
      'conduct' in kind
        ? this.conduct(kind, job, request, either)
        : runJob(kind, job, request, this.surroundings, either);
    this.running.set(job.arn, { abort, done });
    try {
      return await done;
    } finally {
      this.running.delete(job.arn);
    }
  }

  /** Runs a job that is made of others, each of which is stopped with it. */
  private async conduct(kind: ConductedKind, job: Job, request: object, signal: AbortSignal): Promise<JobEnd> {
    const { store } = this.surroundings;
    const save = (): void => {
      job.modifiedAt = new Date();
      jobs(store).put(job);
    };
    const stopping = (): void => {
      job.status = 'Stopping';
      kind.enter(job.doc, 'Stopping', new Date());
      save();
    };
    signal.addEventListener('abort', stopping, { once: true });
    const end = await kind.conduct({
      name: job.name,
      request,
      doc: job.doc,
      save,
      signal,
      run: async (child, name, asked) => {
        const made = this.create(child, name, asked);
        await this.run(child, made, asked, signal);
        return made.doc as never;
      },
    });
    signal.removeEventListener('abort', stopping);
    const interruption = signal.reason instanceof Interrupted ? signal.reason : undefined;
    const said: JobEnd = interruption
      ? { status: 'Failed', reason: `InternalServerError: ${interruption.message}` }
      : end;
    endJob(kind, job, { ...said, metrics: [] }, store);
    return said;
  }

  /** Ends a job as it is told instead of running it. */
  stub(kind: ProcessKind, job: Job, request: object, stub: Stub): Promise<JobEnd> {
    return standIn(kind, job, request, stub, this.surroundings);
  }

  /** Runs a job that belongs to no step. */
  start(kind: JobKind, job: Job, request: object): void {
    // The answer to the request goes out first.
    setImmediate(() => void this.run(kind, job, request).catch(this.broken));
  }

  /** Asks a running job to stop; it is `Stopping` at once and `Stopped` when its process has ended. */
  stop(job: Job): void {
    this.running.get(job.arn)?.abort.abort();
  }

  /** Stops what still runs and waits for it; the records say why. */
  async shutDown(): Promise<void> {
    this.end.abort();
    const running = [...this.running.values()];
    for (const { abort } of running) abort.abort(new Interrupted(interrupted));
    await Promise.allSettled(running.map(({ done }) => done));
  }

  /** After a start: what the store says is running was cut short by the end of the process before. */
  recover(): void {
    const { store } = this.surroundings;
    for (const job of jobs(store).list("status IN ('InProgress', 'Stopping')")) {
      const kind = jobKinds.find(({ name }) => name === job.kind);
      if (kind)
        endJob(kind, job, { status: 'Failed', reason: `InternalServerError: ${interrupted}`, metrics: [] }, store);
    }
  }
}
