/** `mlops-flow sweep`: runs a pipeline on Local many times, with the values of a grid or drawn at random. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '../aws';
import { startRun, type StartRequest } from '../pipelines/commands/start';
import { readDefinition } from '../pipelines/definition';
import type { RunStatus } from '../pipelines/model';
import { readProvenance } from '../pipelines/provenance';
import { MeasurementReader } from '../pipelines/reading';
import { describeExecution, listExecutions, stopExecution } from '../pipelines/service';
import { Sweep, type SweepRun } from '../pipelines/sweep/runner';
import { csvLine } from '../shared/csv';
import { timedName } from '../shared/names';
import { type Method, planSweep, type Varied } from '../shared/sweep';
import { openLocal } from './local';
import { readOptions, UsageError } from './options';
import { madeOf } from './run/made-of';
import {
  assignments,
  literals,
  type Pipeline,
  pipelineOf,
  pipelineOptions,
  refused,
  withConnection,
} from './run/pipeline';

const pollInterval = 500;
/** Runs that others may have started meanwhile. */
const othersMeanwhile = 100;

/** Exit codes: 0 all succeeded, 1 one did not or was refused, 2 wrong usage or nothing to run. */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = readOptions(args, {
    ...pipelineOptions,
    param: { type: 'string', multiple: true, default: [] },
    vary: { type: 'string', multiple: true, default: [] },
    random: { type: 'string' },
    seed: { type: 'string', default: '1' },
    'at-a-time': { type: 'string', default: '2' },
    name: { type: 'string' },
  });
  const [target, ...more] = positionals;
  if (target === undefined || more.length > 0) throw new UsageError('Name one FILE or MODULE to run.');
  const ranges = assignments('vary', values.vary);
  const parameters = assignments('param', values.param);
  const atATime = wholeNumber('at-a-time', values['at-a-time']);
  const seed = wholeNumber('seed', values.seed, 0);
  const method: Method =
    values.random === undefined
      ? { kind: 'grid' }
      : { kind: 'random', runs: wholeNumber('random', values.random), seed };
  const name = values.name ?? timedName('sweep');
  if (!/^[A-Za-z0-9](-*[A-Za-z0-9]){0,59}$/.test(name)) {
    throw new UsageError('--name has letters, digits and hyphens between them, 60 at most.');
  }
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const local = await openLocal(values.data, values.python);
  try {
    const pipeline = await pipelineOf(target, literals(values.arg), { ...values, local, signal: stop.signal });
    const plan = planSweep(await variedIn(pipeline.definition, ranges), method);
    if (plan.problem !== undefined) throw new UsageError(plan.problem);
    const digits = String(plan.runs.length).length;
    const runs = plan.runs.map((own, index): SweepRun => ({
      name: `${name}-${String(index + 1).padStart(digits, '0')}`,
      values: own,
      status: 'Waiting',
    }));
    return await withConnection(values.data, (session) =>
      sweep(session, pipeline, { name, runs, atATime, parameters, signal: stop.signal }),
    );
  } catch (error) {
    return refused(error, values.install);
  } finally {
    await local.stop();
  }
}

function wholeNumber(option: string, text: string, least = 1): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) {
    throw new UsageError(`--${option} takes a whole number from ${least}, not '${text}'.`);
  }
  return value;
}

async function variedIn(definition: string, ranges: Readonly<Record<string, string>>): Promise<Varied[]> {
  const { parameters } = await readDefinition(definition);
  return Object.entries(ranges).map(([name, text]) => {
    const parameter = parameters.find((each) => each.name === name);
    if (parameter) return { name, type: parameter.type, text, ...(parameter.enum ? { allowed: parameter.enum } : {}) };
    throw new UsageError(
      `The pipeline has no parameter ${name}; it has ${parameters.map((each) => each.name).join(', ')}.`,
    );
  });
}

interface SweepOptions {
  name: string;
  runs: SweepRun[];
  atATime: number;
  parameters: Readonly<Record<string, string>>;
  signal: AbortSignal;
}

async function sweep(session: Session, pipeline: Pipeline, options: SweepOptions): Promise<number> {
  const { name, runs, atATime, parameters, signal } = options;
  const { definition, project, standIns } = pipeline;
  const made = project ? await madeOf(session, project, definition, parameters) : undefined;
  const values = made?.values ?? parameters;
  const provenance = { ...readProvenance(made?.description), sweep: name };
  let version: number | undefined;
  const told = new Map<string, string>();
  const under = new Sweep(name, runs, atATime, {
    start: async (run) => {
      const request: StartRequest = {
        pipeline: pipeline.name,
        definition,
        provenance,
        values: { ...values, ...run.values },
        displayName: run.name,
        standIns,
        ...(version === undefined ? {} : { version }),
      };
      const arn = await startRun(session, request, version === undefined ? undefined : { kind: 'none' });
      version ??= (await describeExecution(session, arn)).origin?.version;
      return arn;
    },
    statuses: async () => {
      const listed = await listExecutions(session, pipeline.name, runs.length + othersMeanwhile);
      return new Map(listed.map(({ arn, status }): [string, RunStatus] => [arn, status]));
    },
    stop: (arn) => stopExecution(session, arn),
    pause: () => sleep(pollInterval),
    changed: () => {
      for (const run of runs) {
        if (told.get(run.name) === run.status || run.status === 'Waiting') continue;
        told.set(run.name, run.status);
        process.stderr.write(`${run.name}: ${run.status}\n`);
      }
    },
  });
  const cancel = (): void => void under.cancel();
  signal.addEventListener('abort', cancel);
  try {
    await under.run();
  } finally {
    signal.removeEventListener('abort', cancel);
  }
  process.stdout.write(await tableOf(session, runs));
  if (under.problem) process.stderr.write(`${under.problem.message}\n`);
  return runs.every(({ status }) => status === 'Succeeded') ? 0 : 1;
}

/** The runs with their values and metrics, as comma-separated values. */
async function tableOf(session: Session, runs: readonly SweepRun[]): Promise<string> {
  const reader = new MeasurementReader();
  const rows: { run: SweepRun; metrics: Record<string, number> }[] = [];
  for (const run of runs) {
    const metrics = run.arn === undefined ? {} : (await reader.read(session, { arn: run.arn }, false)).metrics;
    rows.push({ run, metrics });
  }
  const parameters = [...new Set(runs.flatMap((run) => Object.keys(run.values)))];
  const metrics = [...new Set(rows.flatMap((row) => Object.keys(row.metrics)))].sort();
  const lines = [
    ['run', 'status', ...parameters, ...metrics],
    ...rows.map((row) => [
      row.run.name,
      row.run.status,
      ...parameters.map((name) => row.run.values[name] ?? ''),
      ...metrics.map((name) => String(row.metrics[name] ?? '')),
    ]),
  ];
  return lines.map((line) => `${csvLine(line)}\n`).join('');
}
