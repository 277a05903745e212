import { ServiceError } from '../protocol/errors';
import type { JobSurroundings } from '../runner/job-runner';
import type { Store } from '../store/store';
import type { Execution, Job, Step } from '../store/types';
import { ExecutionRun } from './run';

/** The reason of an execution that the end of the control plane cut short. */
export const interrupted =
  'Local was ended while this execution was running. Retry it to go on from the interrupted step.';

/** Runs executions: as many as are started, each by its own schedule. */
export class Engine {
  private readonly runs = new Map<string, ExecutionRun>();

  constructor(
    private readonly around: JobSurroundings,
    /** Hears of a store that cannot be written any more: the control plane must end. */
    private readonly broken: (error: unknown) => void,
  ) {}

  /** Starts, or takes up again, an execution that is `Executing` in the store. */
  start(execution: Execution): void {
    const run = this.open(execution);
    if (!run) return;
    this.runs.set(execution.id, run);
    run.done.then(() => this.runs.delete(execution.id), this.broken);
  }

  /** An execution that cannot even begin, because what it builds on has gone, has failed. */
  private open(execution: Execution): ExecutionRun | undefined {
    try {
      return new ExecutionRun(execution, this.around);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const { store } = this.around;
      store.executions.put({ ...execution, status: 'Failed', failureReason: error.message, modifiedAt: new Date() });
      return undefined;
    }
  }

  /** Asks a running execution to stop; it is `Stopping` at once and `Stopped` when its jobs have ended. */
  stop(id: string): void {
    this.runs.get(id)?.stop();
  }

  /** Takes over a changed limit of steps at a time. */
  parallelism(id: string, max: number | undefined): void {
    this.runs.get(id)?.parallelism(max);
  }

  /** Stops everything and waits for it; what was running is marked as interrupted and can be retried. */
  async shutDown(): Promise<void> {
    const running = [...this.runs.values()];
    for (const run of running) run.interrupt(interrupted);
    await Promise.allSettled(running.map((run) => run.done));
  }

  /** After a start: what the store says is running was cut short by the end of the process before. */
  recover(): void {
    const { store } = this.around;
    store.database.transaction(() => {
      const now = new Date();
      for (const execution of store.executions.list("status IN ('Executing', 'Stopping')")) {
        const stopping = execution.status === 'Stopping';
        for (const step of store.steps.list('execution = ?', execution.id)) {
          if (step.endedAt) continue;
          const job = jobOf(store, step);
          if (job?.status === 'Completed') {
            store.steps.put({ ...step, status: 'Succeeded', endedAt: job.modifiedAt, result: { ...job.doc } });
            continue;
          }
          store.steps.put({
            ...step,
            status: stopping ? 'Stopped' : 'Failed',
            endedAt: now,
            ...(stopping ? {} : { failureReason: 'Local was ended while this step was running.' }),
          });
        }
        store.executions.put({
          ...execution,
          status: stopping ? 'Stopped' : 'Failed',
          modifiedAt: now,
          ...(stopping ? {} : { failureReason: interrupted }),
        });
      }
      for (const job of store.jobs.list("status IN ('InProgress', 'Stopping')")) {
        const reason = 'InternalServerError: Local was ended while this job was running.';
        job.status = 'Failed';
        job.modifiedAt = now;
        job.doc.LastModifiedTime = now;
        job.doc.FailureReason = reason;
        if (job.kind === 'training') {
          job.doc.TrainingJobStatus = 'Failed';
          job.doc.SecondaryStatus = 'Failed';
          job.doc.TrainingEndTime = now;
        } else {
          job.doc.ProcessingJobStatus = 'Failed';
          job.doc.ProcessingEndTime = now;
        }
        store.jobs.put(job);
      }
    });
  }
}

/** The job that a step has made, if it has. */
function jobOf(store: Store, { metadata }: Step): Job | undefined {
  const nameOf = (arn: string | undefined): string => arn?.split('/')[1] ?? '';
  return (
    store.jobs.get(`training/${nameOf(metadata?.TrainingJob?.Arn)}`) ??
    store.jobs.get(`processing/${nameOf(metadata?.ProcessingJob?.Arn)}`)
  );
}
