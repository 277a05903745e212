import type { CreateProcessingJobRequest, DescribeProcessingJobResponse } from '@aws-sdk/client-sagemaker';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isRecord } from '../wire/validate';
import { askedModel } from './asked-model';
import { analyzerOf } from './images/analyzers';
import type { Launch, ProcessKind, Work } from './kind';
import { commandOfImage, moreThanOne, pipes, recordIn, together } from './refuse';
import { resourceConfig } from './run/container';
import { ClientError } from './run/errors';
import { processingScript } from './run/scripts';
import { publishMonitored } from './run/monitored';
import { isPython } from './run/python';

/** The service's own limit for a job that names none: one day. */
const defaultMaxRuntime = 86_400;

/** What the contract tells a job of itself, below its `/opt/ml`. */
const jobFile = join('config', 'processingjobconfig.json');
const resourceFile = join('config', 'resourceconfig.json');

/** Processing jobs: inputs into their folders, the entry point, outputs back to S3. */
export const processing: ProcessKind<CreateProcessingJobRequest, DescribeProcessingJobResponse> = {
  name: 'processing',
  resource: 'ProcessingJob',
  metadata: 'ProcessingJob',
  arnType: 'processing-job',
  logGroup: '/aws/sagemaker/ProcessingJobs',
  untold: ['Downloading', 'Uploading'],
  cacheKey: ['AppSpecification', 'Environment', 'ProcessingInputs'],

  refuse(known) {
    const app = recordIn(known, 'AppSpecification');
    const cluster = recordIn(recordIn(known, 'ProcessingResources') ?? {}, 'ClusterConfig');
    const inputs = Array.isArray(known.ProcessingInputs) ? known.ProcessingInputs.filter(isRecord) : [];
    return together(
      app && isWithoutScript(app)
        ? 'Local runs scripts, not what an image does by itself'
        : commandOfImage(app?.ContainerEntrypoint, app?.ImageUri),
      inputs.some(({ DatasetDefinition: definition }) => definition !== undefined)
        ? 'it reads from Athena or Redshift, which Local has not'
        : undefined,
      inputs.some((input) => recordIn(input, 'S3Input')?.S3InputMode === 'Pipe') ? pipes : undefined,
      moreThanOne(cluster),
    );
  },

  document(request, { name, arn, now }) {
    const { Tags: _, ...described } = request;
    return {
      ...described,
      ProcessingJobName: name,
      ProcessingJobArn: arn,
      ProcessingResources: request.ProcessingResources,
      AppSpecification: request.AppSpecification,
      StoppingCondition: request.StoppingCondition ?? { MaxRuntimeInSeconds: defaultMaxRuntime },
      ProcessingJobStatus: 'InProgress',
      LastModifiedTime: now,
      CreationTime: now,
    };
  },

  // A bare command without files, inputs and outputs has nothing there.
  needsMount({ AppSpecification: app, ProcessingInputs: inputs = [], ProcessingOutputConfig: outputs }) {
    const words = [...(app?.ContainerEntrypoint ?? []), ...(app?.ContainerArguments ?? [])];
    return inputs.length > 0 || (outputs?.Outputs ?? []).length > 0 || words.some((word) => word.includes('/'));
  },

  skeleton: { folders: ['config', 'output'], files: [jobFile, resourceFile] },
  prepare,
  collect,
  script: processingScript,

  targets: ({ ProcessingOutputConfig: config }) =>
    (config?.Outputs ?? []).flatMap(({ OutputName: name = '', S3Output: output }) =>
      output?.S3Uri === undefined ? [] : [{ name, uri: output.S3Uri, isArchive: false }],
    ),

  enter(doc, phase, now) {
    doc.LastModifiedTime = now;
    if (phase === 'Running') doc.ProcessingStartTime = now;
    if (phase === 'Stopping') doc.ProcessingJobStatus = phase;
  },

  end(doc, { status, reason, exitCode, message, at }) {
    doc.LastModifiedTime = at;
    doc.ProcessingJobStatus = status;
    doc.ProcessingEndTime = at;
    if (reason !== undefined) doc.FailureReason = reason;
    const exit = message ?? (exitCode === undefined ? undefined : `exit code: ${exitCode}`);
    if (exit !== undefined) doc.ExitMessage = exit;
  },

  summary: (doc) => ({
    ProcessingJobName: doc.ProcessingJobName,
    ProcessingJobArn: doc.ProcessingJobArn,
    CreationTime: doc.CreationTime,
    ProcessingEndTime: doc.ProcessingEndTime,
    LastModifiedTime: doc.LastModifiedTime,
    ProcessingJobStatus: doc.ProcessingJobStatus,
    FailureReason: doc.FailureReason,
    ExitMessage: doc.ExitMessage,
  }),
};

/** Whether a job is what its image does by itself, and Local has nothing that does the same. */
function isWithoutScript(app: Readonly<Record<string, unknown>>): boolean {
  if ('ContainerEntrypoint' in app) return false;
  const { ImageUri: image } = app;
  if (typeof image === 'string') return !analyzerOf(image, '');
  // What only a run can tell is asked again then.
  return !('ImageUri' in app);
}

async function prepare(work: Work<CreateProcessingJobRequest>): Promise<Launch> {
  const { request, container, transfer, environment, programs } = work;
  const { AppSpecification: app, ProcessingInputs: inputs = [], ProcessingOutputConfig: outputs } = request;
  const analyzer = app?.ContainerEntrypoint?.length ? undefined : analyzerOf(app?.ImageUri ?? '', programs);
  const command = analyzer?.command ?? [...(app?.ContainerEntrypoint ?? []), ...(app?.ContainerArguments ?? [])];
  if (!app || command.length === 0) {
    throw new ClientError(
      'Local runs scripts, not container images. Give AppSpecification.ContainerEntrypoint, for example ["python3", "/opt/ml/processing/input/code/preprocess.py"].',
    );
  }
  const variables: Record<string, string> = {};
  for (const { InputName = '', S3Input: input } of inputs) {
    if (!input?.S3Uri)
      throw new ClientError(`The input '${InputName}' has no S3Input. Local reads inputs from S3 only.`);
    const folder = container.locate(input.LocalPath ?? `/opt/ml/processing/input/${InputName}`);
    await transfer.download(input.S3Uri, folder, input.S3DataType);
    variables[variable('SM_PROCESSING_INPUT', InputName)] = folder;
  }
  for (const { OutputName = '', S3Output: output } of outputs?.Outputs ?? []) {
    if (!output?.S3Uri)
      throw new ClientError(`The output '${OutputName}' has no S3Output. Local writes outputs to S3 only.`);
    transfer.target(output.S3Uri);
    const folder = container.locate(output.LocalPath ?? `/opt/ml/processing/output/${OutputName}`);
    container.makeFolders(folder);
    variables[variable('SM_PROCESSING_OUTPUT', OutputName)] = folder;
  }
  container.writeJson(container.path(jobFile), request);
  const config = resourceConfig(request.ProcessingResources?.ClusterConfig?.InstanceType);
  container.writeJson(container.path(resourceFile), config);

  const script = scriptOf(command);
  if (script !== undefined) await container.rewriteScripts(dirname(container.locate(script)));
  const isAtTop = script !== undefined && climbs(await readFile(container.locate(script), 'utf8').catch(() => ''));
  const asked = analyzer ? await askedModel(work) : undefined;
  return {
    command: command.map((word) => container.rewrite(word)),
    cwd: container.root,
    isAtTop,
    ...(app.ImageUri === undefined ? {} : { image: app.ImageUri }),
    ...(analyzer ? { notes: [analyzer.line] } : {}),
    ...asked?.launch,
    env: container.environment(environment, config, { ...request.Environment, ...variables, ...asked?.variables }),
    maxRuntime: request.StoppingCondition?.MaxRuntimeInSeconds ?? defaultMaxRuntime,
  };
}

/**
 * Whether a script names the folder above the one that it works in. Images work in `/`, where both are the same, and
 * scripts rely on it: `tar.extractall(path="..")`, then `open("model")`.
 */
function climbs(script: string): boolean {
  return /(['"])\.\.(?:\/[^'"\n]*)?\1/.test(script);
}

async function collect(work: Work<CreateProcessingJobRequest>): Promise<void> {
  const { request, container, transfer } = work;
  await publishMonitored(work);
  for (const { OutputName, S3Output: output } of request.ProcessingOutputConfig?.Outputs ?? []) {
    const folder = container.locate(output?.LocalPath ?? `/opt/ml/processing/output/${OutputName ?? ''}`);
    await transfer.uploadFolder(folder, output?.S3Uri ?? '');
  }
}

/** The script in a command such as `python3 /opt/ml/processing/input/code/preprocess.py --x 1`. */
function scriptOf(command: readonly string[]): string | undefined {
  const [program = '', ...words] = command;
  if (!isPython(program) && program.startsWith('/opt/ml/')) return program;
  return words.find((word) => word.startsWith('/opt/ml/') && /\.\w+$/.test(word));
}

/** `SM_PROCESSING_INPUT_RAW_DATA` for the input `raw-data`. */
function variable(prefix: string, name: string): string {
  return `${prefix}_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
}
