/** Runs the jobs of monitoring schedules when they are due, and keeps what they come to. */
import type { ExecutionStatus } from '@aws-sdk/client-sagemaker';
import { randomId } from '../../domain/arns';
import {
  type MonitoringExecution,
  type MonitoringSchedule,
  lastExecution,
  monitoringExecutions,
  monitoringSchedules,
} from '../../domain/monitoring';
import { type Job, jobs as jobRecords } from '../../jobs/job';
import type { Jobs } from '../../jobs/jobs';
import { processing } from '../../jobs/processing';
import type { Store } from '../../store/store';
import { ServiceError } from '../../wire/errors';
import { Refusal, requestOf, taskOf } from './request';
import { hourOf, nextAfter, rhythmOf, windowOf } from './times';

/** Milliseconds between two looks at what is due. */
const pause = 500;

export interface MonitoringOptions {
  store: Store;
  jobs: Jobs;
  /** How much faster than the true time the hours of schedules pass. */
  speed: number;
  /** Puts into S3 what endpoints have captured up to now. */
  settle: () => Promise<void>;
  /** Hears of a store that cannot be written any more. */
  broken: (error: unknown) => void;
}

export class Monitoring {
  private readonly running = new Map<string, { job?: Job; done: Promise<void> }>();
  private timer: NodeJS.Timeout | undefined;
  private isOver = false;

  constructor(private readonly options: MonitoringOptions) {}

  /** Ends what the process before has left, and looks from time to time at what is due. */
  start(): void {
    const { store } = this.options;
    for (const execution of monitoringExecutions(store).list("status IN ('Pending', 'InProgress', 'Stopping')")) {
      this.end(execution, 'Failed', 'Local stopped while this execution was running.');
    }
    this.timer = setInterval(() => this.look(), pause).unref();
  }

  /** Starts no more, and waits for what runs: whoever calls has stopped the jobs. */
  async shutDown(): Promise<void> {
    this.isOver = true;
    clearInterval(this.timer);
    await Promise.all([...this.running.values()].map(({ done }) => done));
  }

  /** When a schedule is due that starts, or starts again, now. */
  dueFrom(schedule: MonitoringSchedule, now = Date.now()): Date | undefined {
    const rhythm = rhythmOf(schedule.config.ScheduleConfig?.ScheduleExpression ?? '');
    return rhythm && new Date(nextAfter(rhythm, now, this.options.speed));
  }

  /** Stops the execution of a schedule that is under way. */
  stop(schedule: string): void {
    const running = this.running.get(schedule);
    if (running?.job) this.options.jobs.stop(running.job);
  }

  private look(): void {
    const now = Date.now();
    try {
      for (const schedule of monitoringSchedules(this.options.store).list("status = 'Scheduled'")) {
        // One at a time: what falls due meanwhile comes after it.
        if (schedule.due && +schedule.due <= now && !this.running.has(schedule.name))
          this.begin(schedule, +schedule.due);
      }
    } catch (error) {
      clearInterval(this.timer);
      this.options.broken(error);
    }
  }

  private begin(schedule: MonitoringSchedule, due: number): void {
    const { store, speed } = this.options;
    const { due: _, ...rest } = schedule;
    const isOnce = rhythmOf(schedule.config.ScheduleConfig?.ScheduleExpression ?? '')?.once === true;
    const next = isOnce ? undefined : this.dueFrom(schedule);
    monitoringSchedules(store).put(next ? { ...rest, due: next } : rest);
    const now = new Date();
    const last = lastExecution(store, schedule.name)?.summary.ScheduledTime;
    const execution: MonitoringExecution = {
      id: `${schedule.name}/${due}`,
      schedule: schedule.name,
      status: 'Pending',
      summary: {
        MonitoringScheduleName: schedule.name,
        ScheduledTime: new Date(due),
        CreationTime: now,
        LastModifiedTime: now,
        MonitoringExecutionStatus: 'Pending',
        EndpointName: schedule.endpoint,
        MonitoringType: schedule.kind,
        ...(schedule.definition === undefined ? {} : { MonitoringJobDefinitionName: schedule.definition }),
      },
    };
    try {
      const task = taskOf(store, schedule);
      const window = windowOf(schedule.config.ScheduleConfig, due, speed, {
        start: task.endpoint?.StartTimeOffset,
        end: task.endpoint?.EndTimeOffset,
      });
      // The service has an output each hour; of several in an hour each is to keep its own.
      const hour = hourOf(due);
      const isSecond = last !== undefined && hourOf(+last) === hour;
      const folder = isSecond ? `${hour}/${new Date(due).toISOString().slice(14, 19).replace(':', '-')}` : hour;
      monitoringExecutions(store).put(execution);
      const done = this.run(execution, () => requestOf(store, task, schedule.name, window, folder));
      this.running.set(schedule.name, { done });
      void done.finally(() => this.running.delete(schedule.name));
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      this.end(execution, 'Failed', error.message);
    }
  }

  private async run(execution: MonitoringExecution, request: () => ReturnType<typeof requestOf>): Promise<void> {
    const { jobs, settle, broken } = this.options;
    try {
      await settle();
      if (this.isOver) return;
      const asked = request();
      const { ScheduledTime: due } = execution.summary;
      const name = `model-monitoring-${due.toISOString().slice(0, 16).replaceAll(/\D/g, '')}-${randomId(12)}`;
      const named = { ...asked, ProcessingJobName: name };
      const job = jobs.create(processing, name, named);
      this.put(execution, 'InProgress', { ProcessingJobArn: job.arn });
      const running = this.running.get(execution.schedule);
      if (running) running.job = job;
      await this.follow(execution, job, jobs.run(processing, job, named));
    } catch (error) {
      if (error instanceof Refusal) this.end(execution, 'Failed', error.message);
      else broken(error);
    }
  }

  private async follow(execution: MonitoringExecution, job: Job, run: ReturnType<Jobs['run']>): Promise<void> {
    const { store } = this.options;
    const end = await run;
    const { ExitMessage: message = '' } = (jobRecords(store).get(`processing/${job.name}`)?.doc ?? {}) as {
      ExitMessage?: string;
    };
    if (end.status !== 'Completed') return this.end(execution, end.status, end.reason);
    this.end(execution, message.startsWith('CompletedWithViolations') ? 'CompletedWithViolations' : 'Completed');
  }

  private end(execution: MonitoringExecution, status: ExecutionStatus, reason?: string): void {
    this.put(execution, status, reason === undefined ? {} : { FailureReason: reason.slice(0, 1024) });
  }

  private put(
    execution: MonitoringExecution,
    status: ExecutionStatus,
    more: { ProcessingJobArn?: string; FailureReason?: string },
  ): void {
    execution.status = status;
    Object.assign(execution.summary, more, { MonitoringExecutionStatus: status, LastModifiedTime: new Date() });
    monitoringExecutions(this.options.store).put(execution);
  }
}
