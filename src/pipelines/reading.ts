import type { PipelineExecutionStep } from '@aws-sdk/client-sagemaker';
import type { Session } from '../aws';
import { messageOf } from '../workbench/errors';
import { valueOfJson } from '../shared/json';
import type { Evaluation, Series } from './panels/metrics/contract';
import { type Definition, readDefinition } from './definition';
import { LogTail } from './logs';
import { confusionInReport, numbersInReport, seriesInLog } from './metrics';
import type { RunReading } from './panels/run-graph/state';
import {
  definitionOf,
  describeExecution,
  describeModel,
  type Job,
  jobOf,
  listSteps,
  logPlaceOf,
  readObject,
  registeredModels,
} from './service';
import type { Report } from './panels/run-graph/step-detail';

/** The metrics that tell most of a model come first where there is little room. */
const TELLING = ['accuracy', 'f1', 'auc', 'rmse', 'mse', 'mae', 'r2', 'precision', 'recall'];

/** Reads the state of a run. */
export async function readRun(session: Session, arn: string): Promise<RunReading> {
  const [execution, steps] = await Promise.all([describeExecution(session, arn), listSteps(session, arn)]);
  const [package_] = registeredModels(steps);
  if (!package_) return { execution, steps };
  const described = await describeModel(session, package_);
  return { execution, steps, model: { arn: package_, approval: described.ModelApprovalStatus ?? '' } };
}

/** The definition that a run was started with. */
export async function readRunDefinition(session: Session, arn: string): Promise<Definition> {
  return readDefinition(await definitionOf(session, arn));
}

/** The reports that a step left in its property files, as far as they are there. */
export async function readReports(session: Session, definition: Definition, step: string, job: Job): Promise<Report[]> {
  if (job.kind !== 'Processing' || job.job.ProcessingJobStatus !== 'Completed') return [];
  const files = definition.steps.get(step)?.propertyFiles ?? [];
  return Promise.all(
    files.map(async ({ name, output, path }): Promise<Report> => {
      const outputs = job.job.ProcessingOutputConfig?.Outputs ?? [];
      const base = outputs.find((each) => each.OutputName === output)?.S3Output?.S3Uri ?? '';
      const uri = `${base.replace(/\/$/, '')}/${path}`;
      try {
        return { name, uri, text: await readObject(session, uri) };
      } catch (error) {
        return { name, uri, text: messageOf(error) };
      }
    }),
  );
}

/** What a run measured. */
export interface Measurements {
  metrics: Record<string, number>;
  series: Series[];
  evaluation?: Evaluation;
}

/**
 * Reads what runs measured: the final metrics of their training jobs, the curves in those jobs' logs, and the
 * numbers and the confusion matrix of the reports. Runs at rest are read once.
 */
export class MeasurementReader {
  private readonly known = new Map<string, Promise<Measurements>>();

  /** Reads a run; with `curves` also its logs, which are longer. */
  read(session: Session, arn: string, settled: boolean, curves: boolean): Promise<Measurements> {
    const key = `${session.connection.id} ${arn} ${curves}`;
    const known = this.known.get(key);
    if (known) return known;
    const reading = measure(session, arn, curves);
    if (settled) {
      this.known.set(key, reading);
      reading.catch(() => this.known.delete(key));
    }
    return reading;
  }
}

async function measure(session: Session, arn: string, curves: boolean): Promise<Measurements> {
  const [definition, steps] = await Promise.all([readRunDefinition(session, arn), listSteps(session, arn)]);
  const found: Measurements = { metrics: {}, series: [] };
  const read = async (step: PipelineExecutionStep): Promise<void> => {
    const job = await jobOf(session, step);
    if (!job) return;
    if (job.kind === 'Training') {
      for (const { MetricName, Value } of job.job.FinalMetricDataList ?? []) {
        if (MetricName !== undefined && Value !== undefined) found.metrics[MetricName] = Value;
      }
      if (curves) {
        const events = await new LogTail(session, logPlaceOf(job)).next();
        const lines = events.map((event) => event.message ?? '');
        found.series.push(...seriesInLog(lines, job.job.AlgorithmSpecification?.MetricDefinitions ?? []));
      }
      return;
    }
    for (const report of await readReports(session, definition, step.StepName ?? '', job)) {
      // A report that is no JSON has no numbers for the table.
      const content = valueOfJson(report.text);
      Object.assign(found.metrics, numbersInReport(content));
      const evaluation = confusionInReport(content);
      if (evaluation) found.evaluation = evaluation;
    }
  };
  await Promise.all(steps.map(read));
  return found;
}

/** The numbers of the quality report under an `s3://` URI, the most telling first. */
export async function readNumbers(session: Session, uri: string): Promise<(readonly [name: string, value: number])[]> {
  const numbers = numbersInReport(JSON.parse(await readObject(session, uri)));
  return Object.entries(numbers).sort(([a], [b]) => rank(a) - rank(b));
}

function rank(metric: string): number {
  const place = TELLING.findIndex((name) => metric === name || metric.startsWith(`${name}_`));
  return place < 0 ? TELLING.length : place;
}
