import type { PipelineExecutionStep } from '@aws-sdk/client-sagemaker';
import { abreast, outcomeOf, type Session } from '../../aws';
import { manifestOf, readManifest, type UploadFile } from '../../shared/uploads';
import { reasonOf } from '../../workbench/errors';
import { isSettled } from '../model';
import { trackedParameters } from '../mlflow/model';
import type { MeasurementReader } from '../reading';
import { definitionOf, describeExecution, type Job, jobOf, listParameters, listSteps, readObject } from '../service';
import type { RunFacts, StepFacts } from './facts';
import { splitS3Uri } from '../../shared/s3-uri';

/** Requests at a time for the jobs of one run. */
const most = 4;

/** Reads all that is compared of runs. A run at rest is read once. */
export class FactsReader {
  private readonly known = new Map<string, RunFacts>();

  constructor(private readonly measurements: MeasurementReader) {}

  async read(session: Session, arn: string): Promise<RunFacts> {
    const execution = await describeExecution(session, arn);
    const rested = isSettled(execution.status) ? execution.changed?.getTime() : undefined;
    const key = `${session.connection.id} ${arn} ${rested}`;
    const before = this.known.get(key);
    if (before) return before;
    const [parameters, definition, steps, measured] = await Promise.all([
      outcomeOf(listParameters(session, arn)),
      outcomeOf(definitionOf(session, arn)),
      outcomeOf(listSteps(session, arn)),
      this.measurements.read(session, { arn, ...(rested === undefined ? {} : { rested }) }, false),
    ]);
    const values = Object.fromEntries((parameters.value ?? []).map(({ name, value }) => [name, value]));
    const tracked = trackedParameters(measured.tracking);
    const problems = [parameters.problem, definition.problem, steps.problem, ...measured.problems].flatMap((problem) =>
      problem ? [reasonOf(problem)] : [],
    );
    const facts: RunFacts = {
      arn,
      name: execution.name,
      pipeline: execution.pipeline,
      status: execution.status,
      parameters: { ...values, ...tracked },
      metrics: measured.metrics,
      steps: await abreast(steps.value ?? [], most, (step) => stepFacts(session, step)),
      files: await filesOf(session, values),
      problems: [...new Set(problems)],
      ...(execution.failureReason ? { failureReason: execution.failureReason } : {}),
      ...(execution.start ? { startedAt: execution.start.getTime() } : {}),
      ...(rested === undefined ? {} : { endedAt: rested }),
      ...(execution.provenance ? { provenance: execution.provenance } : {}),
      ...(execution.origin?.version === undefined ? {} : { version: execution.origin.version }),
      ...(definition.value === undefined ? {} : { definition: definition.value }),
    };
    if (rested !== undefined && problems.length === 0) this.known.set(key, facts);
    return facts;
  }
}

async function stepFacts(session: Session, step: PipelineExecutionStep): Promise<StepFacts> {
  const { StepName = '', StepStatus = '', StartTime, EndTime, CacheHitResult } = step;
  // What its job says is an addition: without it there is no image and no artifact in the table.
  const { value: job } = await outcomeOf(jobOf(session, step));
  const image = job && imageOf(job);
  const uri = job?.kind === 'Training' ? job.job.ModelArtifacts?.S3ModelArtifacts : undefined;
  const etag = uri === undefined ? undefined : await etagOf(session, uri);
  return {
    name: StepName,
    status: StepStatus,
    ...(StartTime && EndTime ? { duration: EndTime.getTime() - StartTime.getTime() } : {}),
    ...(CacheHitResult?.SourcePipelineExecutionArn ? { cachedFrom: CacheHitResult.SourcePipelineExecutionArn } : {}),
    ...(image === undefined ? {} : { image }),
    ...(uri === undefined ? {} : { artifact: { uri, ...(etag === undefined ? {} : { etag }) } }),
  };
}

function imageOf({ kind, job }: Job): string | undefined {
  if (kind === 'Training') return job.AlgorithmSpecification?.TrainingImage;
  return kind === 'Processing' ? job.AppSpecification?.ImageUri : undefined;
}

async function etagOf(session: Session, uri: string): Promise<string | undefined> {
  const { sdk, s3 } = session;
  const { bucket, key } = splitS3Uri(uri);
  const look = () => s3.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: key }));
  const { value } = await outcomeOf(session.call(`look at ${uri}`, look));
  return value?.ETag?.replaceAll('"', '');
}

/** The lists of the files that were copied for a run, by parameter. */
async function filesOf(
  session: Session,
  values: Readonly<Record<string, string>>,
): Promise<Map<string, readonly UploadFile[]>> {
  const found = await abreast(Object.entries(values), most, async ([name, value]) => {
    const manifest = manifestOf(value);
    if (manifest === undefined) return [];
    const { value: text } = await outcomeOf(readObject(session, manifest));
    const files = text === undefined ? undefined : readManifest(text);
    return files === undefined ? [] : [[name, files] as const];
  });
  return new Map(found.flat());
}
