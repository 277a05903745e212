import { epochIn, metricPattern } from '../../../shared/metric-lines';
import { type LogStore, sizeOf } from '../../domain/logs';
import type { Measured } from '../../domain/series';

/** How many of the last lines of a log that has become too long are kept, and how much of each. */
const keptAtTheEnd = 200;
const longestAtTheEnd = 2000;

const tooLong = 'The log is longer than Local keeps. What follows is left out, but for the end.';

/** Takes the value of a metric from log lines: the pattern's first group. */
export interface MetricDefinition {
  name: string;
  regex: RegExp;
}

/** The log stream of one job: takes its lines, and reads metrics from them as they come. */
export class JobLog {
  private readonly stream: number;
  private readonly last = new Map<string, { value: number; at: Date }>();
  /** Bytes that the stream may still take. */
  private room: number;
  /** What was left out: how many lines, and the last of them. */
  private readonly leftOut: { count: number; lines: string[] } = { count: 0, lines: [] };

  constructor(
    private readonly logs: LogStore,
    group: string,
    job: string,
    private readonly metrics: readonly MetricDefinition[] = [],
    /** Hears of the values that lines have, in their order. */
    private readonly measured: (values: readonly Measured[]) => void = () => undefined,
  ) {
    this.stream = logs.createStream(group, `${job}/algo-1-${Math.floor(Date.now() / 1000)}`);
    this.room = logs.room(this.stream);
  }

  write(lines: readonly string[]): void {
    const at = new Date();
    this.keep(lines, at);
    const found: Measured[] = [];
    for (const { name, regex } of this.metrics) {
      for (const line of lines) {
        const value = Number(regex.exec(line)?.[1] ?? Number.NaN);
        if (!Number.isFinite(value)) continue;
        this.last.set(name, { value, at });
        found.push({ name, value, at, step: epochIn(line) });
      }
    }
    if (found.length > 0) this.measured(found);
  }

  private keep(lines: readonly string[], at: Date): void {
    const kept = this.leftOut.count > 0 ? [] : this.whatFits(lines);
    if (kept.length > 0) {
      this.room -= sizeOf(kept);
      this.logs.append(this.stream, kept, at.getTime());
    }
    if (kept.length === lines.length) return;
    if (this.leftOut.count === 0) this.logs.append(this.stream, [tooLong], at.getTime());
    const rest = lines.slice(kept.length);
    this.leftOut.count += rest.length;
    this.leftOut.lines = [...this.leftOut.lines, ...rest].slice(-keptAtTheEnd);
  }

  private whatFits(lines: readonly string[]): readonly string[] {
    if (sizeOf(lines) <= this.room) return lines;
    let size = 0;
    return lines.slice(
      0,
      lines.findIndex((line) => (size += sizeOf([line])) > this.room),
    );
  }

  /** Writes what was kept of the lines that were left out. To be called once, when the job has ended. */
  close(): void {
    const { count, lines } = this.leftOut;
    if (count === 0) return;
    const cut = lines.map((line) => line.slice(0, longestAtTheEnd));
    this.logs.append(this.stream, [`… ${count - lines.length} lines were left out. The end:`, ...cut], Date.now());
    this.leftOut.lines = [];
  }

  /** The last value of each metric. */
  finalMetrics(): { MetricName: string; Value: number; Timestamp: Date }[] {
    return [...this.last].map(([MetricName, { value, at }]) => ({ MetricName, Value: value, Timestamp: at }));
  }

  /** The last lines, oldest first. */
  tail(lines: number): string[] {
    return this.leftOut.count > 0 ? this.leftOut.lines.slice(-lines) : this.logs.tail(this.stream, lines);
  }
}

/** The patterns of a training job's MetricDefinitions; one that cannot be read is left out and said in the log. */
export function readMetricDefinitions(
  definitions: readonly { Name?: string | undefined; Regex?: string | undefined }[] = [],
): { metrics: MetricDefinition[]; complaints: string[] } {
  const metrics: MetricDefinition[] = [];
  const complaints: string[] = [];
  for (const { Name: name = '', Regex: text = '' } of definitions) {
    try {
      metrics.push({ name, regex: metricPattern(text) });
    } catch (error) {
      complaints.push(`The regex of metric '${name}' cannot be read: ${error instanceof Error ? error.message : ''}`);
    }
  }
  return { metrics, complaints };
}
