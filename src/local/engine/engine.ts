import { type Execution, type Step, executions, steps, waitsForAnswer } from '../domain/executions';
import { jobKinds } from '../jobs';
import { type Job, jobs } from '../jobs/job';
import type { Jobs } from '../jobs/jobs';
import type { Store } from '../store/store';
import { ServiceError } from '../wire/errors';
import { Callbacks } from './callbacks';
import { interrupted, interruptedStep } from './reasons';
import { ExecutionRun } from './run';
import type { Call } from './steps/step';

/** Runs executions: as many as are started, each by its own schedule. */
export class Engine {
  private readonly runs = new Map<string, ExecutionRun>();
  /** The Callback steps of all executions that wait. */
  readonly callbacks = new Callbacks();

  constructor(
    private readonly store: Store,
    private readonly jobs: Jobs,
    /** Hears of a store that cannot be written any more: the control plane must end. */
    private readonly broken: (error: unknown) => void,
    /** Does an operation of SageMaker for a step. */
    private readonly call: Call,
  ) {}

  /** Starts, or takes up again, an execution that is `Executing` in the store. */
  start(execution: Execution): void {
    this.follow(execution, this.open(execution, false));
  }

  private follow(execution: Execution, run: ExecutionRun | undefined): void {
    if (!run) return;
    this.runs.set(execution.id, run);
    run.done.then(() => this.runs.delete(execution.id), this.broken);
  }

  /** An execution that cannot even begin, because what it builds on has gone, has failed. */
  private open(execution: Execution, waits: boolean): ExecutionRun | undefined {
    try {
      return new ExecutionRun(execution, this.store, this.jobs, this.callbacks, this.call, waits);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      executions(this.store).put({
        ...execution,
        status: 'Failed',
        failureReason: error.message,
        modifiedAt: new Date(),
      });
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

  /**
   * Stops everything and waits for it; what was running is marked as interrupted and can be retried, but a step that
   * waits for an answer waits on when Local is started anew.
   */
  async shutDown(): Promise<void> {
    const running = [...this.runs.values()];
    for (const run of running) run.interrupt(interrupted);
    await Promise.allSettled(running.map((run) => run.done));
  }

  /**
   * After a start: what the store says is running was cut short by the end of the process before; executions in which a
   * step waits for an answer are left for `goOn`.
   */
  recover(): void {
    const { store } = this;
    store.transaction(() => {
      const now = new Date();
      for (const execution of executions(store).list("status IN ('Executing', 'Stopping')")) {
        const stopping = execution.status === 'Stopping';
        const own = steps(store).list('execution = ?', execution.id);
        const goesOn =
          !stopping && own.some(waitsForAnswer) && !own.some(({ type, endedAt }) => type === 'Fail' && endedAt);
        for (const step of own) {
          if (step.endedAt || (goesOn && waitsForAnswer(step))) continue;
          const job = jobOf(store, step);
          if (job?.status === 'Completed') {
            steps(store).put({ ...step, status: 'Succeeded', endedAt: job.modifiedAt, result: { ...job.doc } });
            continue;
          }
          steps(store).put({
            ...step,
            status: stopping ? 'Stopped' : 'Failed',
            endedAt: now,
            ...(stopping ? {} : { failureReason: interruptedStep }),
          });
        }
        if (goesOn) continue;
        executions(store).put({
          ...execution,
          status: stopping ? 'Stopped' : 'Failed',
          modifiedAt: now,
          ...(stopping ? {} : { failureReason: interrupted }),
        });
      }
    });
  }

  /** Takes up the executions that `recover` has left: their steps wait on for the answers that others owe them. */
  goOn(): void {
    for (const execution of executions(this.store).list("status = 'Executing'")) {
      this.follow(execution, this.open(execution, true));
    }
  }
}

/** The job that a step has made, if it has. */
function jobOf(store: Store, { metadata }: Step): Job | undefined {
  for (const { name, metadata: key } of jobKinds) {
    const arn = metadata?.[key]?.Arn;
    if (arn !== undefined) return jobs(store).get(`${name}/${arn.split('/')[1] ?? ''}`);
  }
  return undefined;
}
