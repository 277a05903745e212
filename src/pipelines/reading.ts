import type { PipelineExecutionStep } from '@aws-sdk/client-sagemaker';
import { abreast, isDenied, type Outcome, outcomeOf, type Session } from '../aws';
import { reasonOf } from '../workbench/errors';
import { valueOfJson } from '../shared/json';
import { digestIn } from '../shared/uploads';
import type { Evaluation, RateCurve, Series } from './panels/metrics/contract';
import { type Definition, definitionOfSteps, readDefinition } from './definition';
import { readLog } from '../aws/logs';
import { type ExecutionDetails, isSettled } from './model';
import { confusionInReport, curvesOf, isWhole, numbersInReport, ratesInReport, seriesInLog } from './metrics';
import { isOfMachine, trackedPrefix } from './mlflow/model';
import type { Tracking, TrackingReader } from './mlflow/tracking';
import { readPublished, SeriesReader } from './series';
import type { RunReading } from './panels/run-graph/state';
import {
  definitionOf,
  describeExecution,
  describeModel,
  describeTraining,
  type Job,
  jobOf,
  listParameters,
  listSteps,
  logPlaceOf,
  readObject,
  registeredModels,
} from './service';
import type { Report } from './panels/run-graph/step-detail';

/** The metrics that tell most of a model come first where there is little room. */
const telling = ['accuracy', 'f1', 'auc', 'rmse', 'mse', 'mae', 'r2', 'precision', 'recall'];
/** So many metrics stand in the head of a run. */
const metricsInHead = 4;
/** Requests at a time for the jobs and reports of one run. */
const most = 4;

/** So many readings of a run are one description of it. */
const looksPerDescription = 4;

const definitionPart = 'Definition';
const modelPart = 'Model version';

/**
 * Reads the state of a run. Only the run itself is asked for: what else cannot be read is named in `missing`. While a
 * step is under way the run goes on, so on AWS the run itself is described with every fourth reading.
 *
 * @param before what was read the time before: what never changes is not asked for again
 */
export async function readRun(session: Session, arn: string, before?: RunReading): Promise<RunReading> {
  const [described, parameters, listed, definition] = await Promise.all([
    before ? undefined : describeExecution(session, arn),
    parametersFor(session, arn, before),
    outcomeOf(listSteps(session, arn)),
    definitionFor(session, arn, before),
  ]);
  const goesOn = before !== undefined && isEnough(session, before, listed.value);
  const execution = goesOn ? before.execution : (described ?? (await describeExecution(session, arn)));
  // What was listed before the run ended may not be how it ended, and nobody asks again of a run at rest.
  const isBehind =
    isSettled(execution.status) &&
    listed.value?.some(({ StepStatus }) => StepStatus !== undefined && !isSettled(StepStatus));
  const steps = isBehind ? await outcomeOf(listSteps(session, arn)) : listed;
  const reached = steps.value ?? listed.value ?? before?.steps ?? [];
  const [package_] = registeredModels(reached);
  const isStale = isSettled(execution.status) || (before !== undefined && before.looks > looksPerDescription);
  const model = package_ === undefined ? undefined : await modelFor(session, package_, isStale ? undefined : before);
  const parts = { Parameters: parameters, Steps: steps, [definitionPart]: definition, [modelPart]: model };
  const missing = Object.entries(parts).flatMap(([what, part]) =>
    part?.problem ? { what, problem: part.problem } : [],
  );
  return {
    execution: { ...execution, parameters: parameters.value ?? before?.execution.parameters ?? [] },
    steps: reached,
    definition: definitionOfSteps(definition.value, reached),
    missing,
    looks: goesOn ? before.looks + 1 : 1,
    ...(package_ === undefined
      ? {}
      : { model: { arn: package_, approval: model?.value ?? before?.model?.approval ?? '' } }),
  };
}

/** Whether the steps alone say that a run goes on. On this machine requests cost nothing. */
function isEnough(session: Session, before: RunReading, steps: readonly PipelineExecutionStep[] = []): boolean {
  return (
    session.connection.kind !== 'local' &&
    before.execution.status === 'Executing' &&
    before.looks < looksPerDescription &&
    steps.some(({ StepStatus }) => StepStatus === 'Starting' || StepStatus === 'Executing')
  );
}

/** The approval of a registered version. While the run goes on, it is asked for once. */
async function modelFor(session: Session, arn: string, before: RunReading | undefined): Promise<Outcome<string>> {
  const unread = before?.missing.find(({ what }) => what === modelPart);
  if (before?.model?.arn === arn && (!unread || isDenied(unread.problem)))
    return unread ?? { value: before.model.approval };
  const { value, problem } = await outcomeOf(describeModel(session, arn));
  return problem ? { problem } : { value: value.ModelApprovalStatus ?? '' };
}

/** The values of a run's parameters, which never change. Where they were denied, they are not asked for again. */
async function parametersFor(
  session: Session,
  arn: string,
  before: RunReading | undefined,
): Promise<Outcome<ExecutionDetails['parameters']>> {
  const unread = before?.missing.find(({ what }) => what === 'Parameters');
  if (before && !unread) return { value: before.execution.parameters };
  if (unread && isDenied(unread.problem)) return unread;
  return outcomeOf(listParameters(session, arn));
}

/** The definition as it was read before. Where that was denied, it is not asked for again. */
async function definitionFor(
  session: Session,
  arn: string,
  before: RunReading | undefined,
): Promise<Outcome<Definition>> {
  const unread = before?.missing.find(({ what }) => what === definitionPart);
  if (before && !unread) return { value: before.definition };
  if (unread && isDenied(unread.problem)) return unread;
  return outcomeOf(readRunDefinition(session, arn));
}

/** The definition that a run was started with. */
export async function readRunDefinition(session: Session, arn: string): Promise<Definition> {
  return readDefinition(await definitionOf(session, arn));
}

/** The reports that a step left: its property files as far as they are there, and the violations that a check found. */
export async function readReports(
  session: Session,
  definition: Definition,
  step: PipelineExecutionStep,
  job: Job,
): Promise<Report[]> {
  const { QualityCheck, ClarifyCheck } = step.Metadata ?? {};
  const violations = QualityCheck?.ViolationReport ?? ClarifyCheck?.ViolationReport;
  return Promise.all([
    ...propertyFilesOf(definition, step, job).map((file) => readReport(session, file)),
    ...(violations ? [readReport(session, { name: 'Violations', uri: violations })] : []),
  ]);
}

async function readReport(session: Session, { name, uri }: { name: string; uri: string }): Promise<Report> {
  const { value, problem } = await outcomeOf(readObject(session, uri));
  return problem ? { name, uri, text: reasonOf(problem), problem } : { name, uri, text: value };
}

function propertyFilesOf(
  definition: Definition,
  step: PipelineExecutionStep,
  job: Job,
): { name: string; uri: string }[] {
  if (job.kind !== 'Processing' || job.job.ProcessingJobStatus !== 'Completed') return [];
  const outputs = job.job.ProcessingOutputConfig?.Outputs ?? [];
  return (definition.steps.get(step.StepName ?? '')?.propertyFiles ?? []).map(({ name, output, path }) => {
    const base = outputs.find((each) => each.OutputName === output)?.S3Output?.S3Uri ?? '';
    return { name, uri: `${base.replace(/\/$/, '')}/${path}` };
  });
}

/** What a run measured. */
export interface Measurements {
  metrics: Record<string, number>;
  /** Every value of the metrics that several steps measured, and not the same. */
  several: Record<string, number[]>;
  series: Series[];
  evaluation?: Evaluation;
  rates: RateCurve[];
  /** What MLflow has of the run, where it names a tracking server. Its metrics are among the others. */
  tracking?: Tracking;
  /** Why nothing is known of it; it is among `problems` too. */
  trackingProblem?: Error;
  /** What could not be read, and so may be missing among the metrics. */
  problems: Error[];
}

/** A run whose measurements are asked for. */
export interface Measured {
  arn: string;
  /** When the run came to rest, in milliseconds; absent while it moves, or where that is not known. */
  rested?: number;
}

/**
 * Reads what runs measured: the final metrics of their training jobs, the curves in those jobs' logs, and the
 * numbers and the confusion matrix of the reports. Runs at rest are read once; a retry brings one to rest anew.
 */
export class MeasurementReader {
  private readonly known = new Map<string, Measurements>();
  private readonly series = new SeriesReader();

  /** @param tracking reads what runs have logged to MLflow */
  constructor(private readonly tracking?: Pick<TrackingReader, 'read'>) {}

  /** Reads a run; with `curves` also its logs, which are longer. */
  async read(session: Session, { arn, rested }: Measured, curves: boolean): Promise<Measurements> {
    const key = `${session.connection.id} ${arn} ${rested} ${curves}`;
    const known = this.known.get(key);
    if (known) return known;
    const measured = await measure(session, arn, curves ? this.series : undefined, this.tracking);
    if (rested !== undefined && measured.problems.length === 0) this.known.set(key, measured);
    return measured;
  }
}

async function measure(
  session: Session,
  arn: string,
  series: SeriesReader | undefined,
  tracking: Pick<TrackingReader, 'read'> | undefined,
): Promise<Measurements> {
  const [definition, steps] = await Promise.all([
    outcomeOf(readRunDefinition(session, arn)),
    outcomeOf(listSteps(session, arn)),
  ]);
  const found: Measurements = { metrics: {}, several: {}, series: [], rates: [], problems: [] };
  for (const { problem } of [definition, steps]) if (problem) found.problems.push(problem);
  const jobs: Job[] = [];
  await abreast(steps.value ?? [], most, async (step) => {
    const { value, problem } = await outcomeOf(measureStep(session, definition.value, step, series, found));
    if (problem) found.problems.push(problem);
    if (value) jobs.push(value);
  });
  if (tracking) {
    const run = { arn, definition: definition.value, steps: steps.value ?? [], jobs };
    const { value, problem } = await outcomeOf(tracking.read(session, run, series !== undefined));
    if (problem) {
      found.problems.push(problem);
      found.trackingProblem = problem;
    }
    if (value) addTracking(found, value);
  }
  return found;
}

function addTracking(found: Measurements, tracking: Tracking): void {
  found.tracking = tracking;
  found.series.push(...tracking.series);
  for (const { metrics } of tracking.runs) {
    for (const [name, value] of Object.entries(metrics)) {
      if (!isOfMachine(name)) addMetric(found, `${trackedPrefix}${name}`, value);
    }
  }
}

async function measureStep(
  session: Session,
  definition: Definition | undefined,
  step: PipelineExecutionStep,
  series: SeriesReader | undefined,
  found: Measurements,
): Promise<Job | undefined> {
  const job = await jobOf(session, step);
  // What a tuning job has made is the best of its training jobs.
  const training = job?.kind === 'Tuning' ? await bestTraining(session, job) : job;
  if (training?.kind === 'Training') {
    for (const { MetricName, Value } of training.job.FinalMetricDataList ?? []) {
      if (MetricName !== undefined && Value !== undefined) addMetric(found, MetricName, Value);
    }
    if (series) await readCurves(session, training, series, found);
  } else if (job && definition) {
    for (const file of propertyFilesOf(definition, step, job)) {
      const report = await readReport(session, file);
      if (report.problem) found.problems.push(report.problem);
      // A report that is no JSON has no numbers for the table.
      const content = valueOfJson(report.text);
      for (const [name, value] of Object.entries(numbersInReport(content))) addMetric(found, name, value);
      const evaluation = confusionInReport(content);
      if (evaluation) found.evaluation = evaluation;
      found.rates.push(...ratesInReport(content));
    }
  }
  return job;
}

/** The best training job of a tuning job; undefined while there is none. */
async function bestTraining(
  session: Session,
  { job }: Extract<Job, { kind: 'Tuning' }>,
): Promise<Extract<Job, { kind: 'Training' }> | undefined> {
  const name = job.BestTrainingJob?.TrainingJobName;
  return name === undefined ? undefined : describeTraining(session, name);
}

/** The curves of a training job, from its log where the service keeps less, and from CloudWatch where that is gone. */
async function readCurves(
  session: Session,
  training: Extract<Job, { kind: 'Training' }>,
  series: SeriesReader,
  found: Measurements,
): Promise<void> {
  const { TrainingJobArn: arn = '', AlgorithmSpecification: algorithm, FinalMetricDataList: final = [] } = training.job;
  const definitions = algorithm?.MetricDefinitions ?? [];
  const names = [
    ...new Set([...definitions.map(({ Name }) => Name), ...final.map(({ MetricName }) => MetricName)]),
  ].filter((name) => name !== undefined);
  const { series: kept, problem } = await series.read(session, arn, names);
  if (problem) found.problems.push(problem);
  const rest = definitions.filter(({ Name = '' }) => !isWhole(kept, Name));
  const place = rest.length > 0 ? logPlaceOf(training) : undefined;
  const log = place ? await outcomeOf(readLog(session, place)) : undefined;
  if (log?.problem) found.problems.push(log.problem);
  const lines = (log?.value?.events ?? []).map(({ message = '' }) => message);
  const curves = curvesOf(kept, seriesInLog(lines, rest));
  found.series.push(...curves);
  const lost = names.filter((name) => !curves.some((curve) => curve.name === name));
  const { TrainingStartTime: from, TrainingEndTime: to = new Date() } = training.job;
  if (lost.length === 0 || !from) return;
  const { value: published = [], problem: unread } = await outcomeOf(
    readPublished(session, training.name, lost, { from, to }),
  );
  found.series.push(...curvesOf(published, []));
  // Where other places have all the curves, this one is not missed.
  if (unread && curves.length === 0) found.problems.push(unread);
}

function addMetric({ metrics, several }: Measurements, name: string, value: number): void {
  const known = metrics[name];
  if (known !== undefined && !Object.is(known, value)) several[name] = [...(several[name] ?? [known]), value];
  metrics[name] = value;
}

/** The numbers of the quality report under an `s3://` URI, the most telling first. */
export async function readNumbers(session: Session, uri: string): Promise<(readonly [name: string, value: number])[]> {
  const numbers = numbersInReport(valueOfJson(await readObject(session, uri)));
  return Object.entries(numbers).sort(([a], [b]) => rank(a) - rank(b));
}

/** The confusion matrix of the quality report under an `s3://` URI. */
export async function readConfusion(session: Session, uri: string): Promise<Evaluation | undefined> {
  return confusionInReport(valueOfJson(await readObject(session, uri)));
}

/**
 * All that a run measured.
 * @throws what kept a part of it from being read: nothing is judged on the rest
 */
export async function readAllMetrics(
  session: Session,
  arn: string,
): Promise<Readonly<Record<string, number | readonly number[]>>> {
  const { metrics, several, problems } = await new MeasurementReader().read(session, { arn }, false);
  if (problems[0]) throw problems[0];
  return { ...metrics, ...several };
}

/** The run that made something, with the data and files that it read. */
export async function readMakingRun(session: Session, arn: string) {
  const [{ name, pipeline, provenance = {} }, parameters] = await Promise.all([
    describeExecution(session, arn),
    listParameters(session, arn),
  ]);
  const { commit, branch, dirty, digest, inputs = [] } = provenance;
  const copied = parameters.flatMap(({ name: parameter, value }) => {
    const tag = digestIn(value);
    return tag === undefined ? [] : [{ name: parameter, uri: value, tag }];
  });
  return {
    arn,
    name,
    pipeline,
    parameters: Object.fromEntries(parameters.map(({ name: parameter, value }) => [parameter, value])),
    inputs: [...copied, ...inputs.map(({ name: input, uri, tag }) => ({ name: input, uri, tag }))],
    ...(commit === undefined ? {} : { commit }),
    ...(branch === undefined ? {} : { branch }),
    ...(dirty === undefined ? {} : { dirty }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** The most telling of a run's metrics, for where there is little room. */
export function tellingMetrics(metrics: Readonly<Record<string, number>>): { name: string; value: number }[] {
  return Object.entries(metrics)
    .map(([name, value]) => ({ name, value }))
    .sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1))
    .slice(0, metricsInHead);
}

/** The place of a metric among the telling ones: `f1` and `holdout.f1_macro` before `fold_f1`. */
function rank(metric: string): number {
  const own = metric.slice(metric.search(/[^.:/]*$/));
  const place = telling.findIndex((name) => own === name || own.startsWith(`${name}_`));
  if (place >= 0) return place;
  const words = own.split(/[_-]/);
  const within = telling.findIndex((name) => words.includes(name));
  return within < 0 ? telling.length : within + 0.5;
}
