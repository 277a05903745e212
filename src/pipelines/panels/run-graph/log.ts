import type { Session } from '../../../aws';
import { reasonOf, type Watcher } from '../../../workbench';
import { type LogCursor, readLog } from '../../../aws/logs';
import { hasEnded, type Job, logPlaceOf } from '../../service';
import type { LogLine, RunGraphToPanel } from './contract';

/** As much of a log as the panel holds; the whole opens in an editor. */
const mostLines = 20_000;

/** What a followed log needs of its panel. */
export interface LogServices {
  readonly watcher: Watcher;
  /** Unique for the panel and the step. */
  readonly key: string;
  readonly step: string;
  interval(): number;
  session(signal: AbortSignal): Promise<Session>;
  /** The step's job now; undefined before it has started one, and where the service does not say which it was. */
  job(session: Session): Promise<Job | undefined>;
  /** Whether the step has come to rest. */
  isAtRest(): boolean;
  send(message: RunGraphToPanel): void;
}

/** One reading: what came after `from`, or that there is no job yet. */
interface Reading {
  from: LogCursor | undefined;
  job?: string;
  ended: boolean;
  lines: LogLine[];
  cursor?: LogCursor;
}

/** The log of one step, read to its end while it is in view. */
export class FollowedLog {
  private lines: LogLine[] = [];
  private phase: 'waiting' | 'live' | 'ended' | 'failed' = 'waiting';
  private note: string | undefined;
  /** The job whose log is shown, and how far it has been read. */
  private job: string | undefined;
  private cursor: LogCursor | undefined;
  private watching: { dispose(): void } | undefined;

  constructor(private readonly services: LogServices) {}

  get step(): string {
    return this.services.step;
  }

  /** Everything that is known of the log, to build the view from nothing. */
  whole(): RunGraphToPanel {
    return { ...this.message(this.lines), reset: true };
  }

  /** Follows the log while it can be seen. */
  watch(): void {
    const { watcher, key } = this.services;
    this.watching ??= watcher.watch<Reading>(
      {
        key,
        interval: () => this.services.interval(),
        poll: (signal) => this.read(signal),
        settled: ({ ended }) => ended,
      },
      {
        value: (reading) => this.add(reading),
        failed: (error) => {
          this.phase = 'failed';
          this.note = reasonOf(error);
          this.services.send(this.message([]));
        },
      },
    );
  }

  /** Reads now: the step has changed, and may have another job. */
  refresh(): void {
    if (this.watching) void this.services.watcher.refresh(this.services.key);
  }

  rest(): void {
    this.watching?.dispose();
    this.watching = undefined;
  }

  private async read(signal: AbortSignal): Promise<Reading> {
    const { cursor } = this;
    const session = await this.services.session(signal);
    const job = await this.services.job(session);
    const place = job && logPlaceOf(job);
    if (!job || !place) return { from: cursor, ended: this.services.isAtRest(), lines: [] };
    // The job's state was read before its log: what it wrote until then is in this reading.
    const ended = hasEnded(job);
    const read = await readLog(session, place, this.job === job.name ? cursor : undefined);
    const lines = read.events.map(({ timestamp, message = '' }) => ({
      text: message,
      ...(timestamp ? { time: timestamp } : {}),
    }));
    return { from: cursor, job: job.name, ended, lines, cursor: read.cursor };
  }

  /** Shows a reading that goes on where the lines end; any other was read for what is shown no more. */
  private add({ from, job, ended, lines, cursor }: Reading): void {
    if (from !== this.cursor) return;
    const anew = job !== this.job;
    this.lines = [...(anew ? [] : this.lines), ...lines].slice(-mostLines);
    this.job = job;
    this.cursor = cursor ?? this.cursor;
    this.phase = ended ? 'ended' : this.lines.length > 0 ? 'live' : 'waiting';
    this.note = ended && job === undefined ? 'AWS does not say which job ran this step.' : undefined;
    this.services.send(anew ? this.whole() : this.message(lines));
  }

  private message(lines: LogLine[]): RunGraphToPanel & { type: 'logs' } {
    return { type: 'logs', step: this.step, lines, state: this.phase, ...(this.note ? { note: this.note } : {}) };
  }
}
