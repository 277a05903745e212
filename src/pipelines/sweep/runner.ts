/** Runs the runs of a sweep, some at a time. Knows neither VS Code nor AWS. */
import { isSettled, type RunStatus } from '../model';

/** One run of a sweep. */
export interface SweepRun {
  /** Its display name, which tells it from all others of the pipeline. */
  name: string;
  values: Readonly<Record<string, string>>;
  /** Absent until it was started. */
  arn?: string;
  status: RunStatus | 'Waiting' | 'NotStarted';
}

/** What a sweep needs of its surroundings. */
export interface SweepServices {
  /** Starts a run. @returns its ARN */
  start(run: SweepRun): Promise<string>;
  /** The states of the runs of the pipeline, by their ARNs. */
  statuses(): Promise<ReadonlyMap<string, RunStatus>>;
  stop(arn: string): Promise<unknown>;
  /** Waits before the next look. */
  pause(): Promise<void>;
  changed(): void;
}

/**
 * A sweep under way. It starts runs as long as fewer than `atATime` are running, and ends when all are at rest. A start
 * that fails ends the starting: what refuses one run would refuse the next.
 */
export class Sweep {
  /** Why no more runs are started. */
  problem: Error | undefined;
  private cancelled = false;

  constructor(
    readonly name: string,
    readonly runs: SweepRun[],
    readonly atATime: number,
    private readonly services: SweepServices,
  ) {}

  get isOver(): boolean {
    return this.runs.every(({ status }) => status === 'NotStarted' || isSettled(status));
  }

  /** Runs until all runs are at rest. Settles also where runs fail; `problem` says why some were not started. */
  async run(): Promise<void> {
    while (!this.isOver) {
      await this.startMore();
      this.services.changed();
      if (this.isOver) break;
      await this.services.pause();
      await this.look();
    }
    this.services.changed();
  }

  /** Starts no more runs, and stops those that are running. */
  async cancel(): Promise<void> {
    this.cancelled = true;
    for (const run of this.runs) if (run.status === 'Waiting') run.status = 'NotStarted';
    this.services.changed();
    const running = this.runs.filter(({ status }) => status === 'Executing');
    await Promise.all(running.flatMap(({ arn }) => (arn === undefined ? [] : [this.services.stop(arn)])));
  }

  private async startMore(): Promise<void> {
    for (const run of this.runs) {
      if (this.cancelled || this.running >= this.atATime) return;
      if (run.status !== 'Waiting') continue;
      try {
        run.arn = await this.services.start(run);
        // A sweep that was cancelled meanwhile stops what it has just started.
        if (this.stopsAtOnce()) await this.services.stop(run.arn);
        run.status = 'Executing';
        this.services.changed();
      } catch (error) {
        this.problem = error instanceof Error ? error : new Error(String(error));
        for (const each of this.runs) if (each.status === 'Waiting') each.status = 'NotStarted';
        return;
      }
    }
  }

  private stopsAtOnce(): boolean {
    return this.cancelled;
  }

  private get running(): number {
    return this.runs.filter(({ status }) => status === 'Executing' || status === 'Stopping').length;
  }

  /** A look that fails is repeated: the runs go on whoever looks. */
  private async look(): Promise<void> {
    const statuses = await this.services.statuses().catch(() => undefined);
    for (const run of this.runs) {
      const status = run.arn === undefined ? undefined : statuses?.get(run.arn);
      if (status !== undefined) run.status = status;
    }
  }
}
