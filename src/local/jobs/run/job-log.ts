import type { LogStore } from '../../domain/logs';

/** Takes the value of a metric from log lines: the pattern's first group. */
export interface MetricDefinition {
  name: string;
  regex: RegExp;
}

/** The log stream of one job: takes its lines, and reads metrics from them as they come. */
export class JobLog {
  private readonly stream: number;
  private readonly last = new Map<string, { value: number; at: Date }>();

  constructor(
    private readonly logs: LogStore,
    group: string,
    job: string,
    private readonly metrics: readonly MetricDefinition[] = [],
  ) {
    this.stream = logs.createStream(group, `${job}/algo-1-${Math.floor(Date.now() / 1000)}`);
  }

  write(lines: readonly string[]): void {
    const at = new Date();
    this.logs.append(this.stream, lines, at.getTime());
    for (const { name, regex } of this.metrics) {
      for (const line of lines) {
        const value = Number(regex.exec(line)?.[1] ?? Number.NaN);
        if (Number.isFinite(value)) this.last.set(name, { value, at });
      }
    }
  }

  /** The last value of each metric. */
  finalMetrics(): { MetricName: string; Value: number; Timestamp: Date }[] {
    return [...this.last].map(([MetricName, { value, at }]) => ({ MetricName, Value: value, Timestamp: at }));
  }

  /** The last lines, oldest first. */
  tail(lines: number): string[] {
    return this.logs.tail(this.stream, lines);
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
      // Patterns for the service's logs have `#011`, as which a tab stands there.
      metrics.push({ name, regex: new RegExp(text.replaceAll('#011', '(?:#011|\\t)')) });
    } catch (error) {
      complaints.push(`The regex of metric '${name}' cannot be read: ${error instanceof Error ? error.message : ''}`);
    }
  }
  return { metrics, complaints };
}
