import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';

/** One figure of a benchmark. */
export interface Figure {
  /** What was measured, unique: `validate 1000 steps`. */
  name: string;
  value: number;
  /** `ms`, `MB`, `KB`, … */
  unit: string;
  /** This figure divided by the one it is compared with, measured in the same run. */
  ratio?: number;
  /** The name of the figure or the thing that `ratio` compares with. */
  against?: string;
  /** The wanted value in words: `≤ 15 ms`, `ratio ≤ 1.5`. */
  target?: string;
}

/** Collects the figures of a run and prints them. */
export class Bench {
  readonly figures: Figure[] = [];

  /** Adds a figure and returns its value, so that a later one can be compared with it. */
  add(figure: Figure): number {
    this.figures.push(figure);
    return figure.value;
  }

  /**
   * Times `work` in milliseconds: the median of `runs` calls after `warmUp` calls that don't count.
   */
  async time(work: () => unknown, runs = 15, warmUp = 3): Promise<number> {
    for (let i = 0; i < warmUp; i++) await work();
    const samples: number[] = [];
    for (let i = 0; i < runs; i++) {
      const start = performance.now();
      await work();
      samples.push(performance.now() - start);
    }
    return median(samples);
  }

  /** Prints a table for people, then one JSON object a line for programs. */
  print(): void {
    const cell = (n: number): string => (n >= 100 ? n.toFixed(0) : n >= 10 ? n.toFixed(1) : n.toFixed(2));
    const rows = this.figures.map((f) => [
      f.name,
      `${cell(f.value)} ${f.unit}`,
      f.ratio === undefined ? '' : `${cell(f.ratio)}x${f.against ? ` of ${f.against}` : ''}`,
      f.target ?? '',
    ]);
    const table = [['what', 'value', 'ratio', 'target'], ...rows];
    const widths = [0, 1, 2, 3].map((i) => Math.max(...table.map((row) => (row[i] ?? '').length)));
    for (const row of table)
      console.log(
        row
          .map((text, i) => text.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd(),
      );
    console.log();
    for (const figure of this.figures) console.log(JSON.stringify(figure));
  }
}

/** The middle value of `samples`, or the mean of the two middle ones. */
export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

/**
 * How many times `samples` are what `others` are: the median over pairs that were measured one after the other, so that
 * a slow moment of the machine is in both or is left out.
 */
export function ratioOf(samples: readonly number[], others: readonly number[]): number {
  return median(samples.map((sample, i) => sample / (others[i] ?? Number.NaN)));
}

/**
 * Samples of several tasks, each in a worker of its own that runs `file`, measured in turns, so that a noisy moment of
 * the machine is in all of them. The first `warmUp` runs don't count.
 */
export async function samplesInTurns(
  file: URL,
  tasks: readonly object[],
  runs: number,
  warmUp: number,
): Promise<readonly (readonly number[])[]> {
  const workers = tasks.map((workerData) => ({ worker: new Worker(file, { workerData }), samples: [] as number[] }));
  for (let run = -warmUp; run < runs; run++) {
    for (const { worker, samples } of workers) {
      const figure = await done(worker);
      if (run >= 0) samples.push(figure);
    }
  }
  await Promise.all(workers.map(({ worker }) => worker.terminate()));
  return workers.map(({ samples }) => samples);
}

/** Has a worker do its work once. */
async function done(worker: Worker): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (figure: number) => {
      worker.off('error', reject);
      resolve(figure);
    });
    worker.postMessage('once');
  });
}

/** The collector of garbage, which Node hides. */
export function collector(): (options?: { type: 'minor' }) => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as (options?: { type: 'minor' }) => void;
}

/** The `q` quantile (0 to 1) of `samples`, interpolated. */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const position = (sorted.length - 1) * q;
  const low = sorted[Math.floor(position)] ?? Number.NaN;
  const high = sorted[Math.ceil(position)] ?? Number.NaN;
  return low + (high - low) * (position - Math.floor(position));
}
