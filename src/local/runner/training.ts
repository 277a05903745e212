import type { CreateTrainingJobRequest, SecondaryStatus } from '@aws-sdk/client-sagemaker';
import { dirname } from 'node:path';
import type { TrainingJob } from '../store/types';
import { type Container, resourceConfig } from './container';
import { JobLog, readMetricDefinitions } from './job-log';
import { ClientError, type JobEnd, type JobKind, type JobSurroundings, type Launch, runJob } from './job-runner';
import { type Transfer, filesBelow } from './transfer';

export const trainingLogGroup = '/aws/sagemaker/TrainingJobs';

/** The service's own limit for a job that names none: one day. */
const defaultMaxRuntime = 86_400;

/**
 * Runs a training job: channels into its folders, the script (script mode) or the entry point,
 * `model.tar.gz` and `output.tar.gz` back to S3.
 */
export async function runTrainingJob(
  job: TrainingJob,
  request: CreateTrainingJobRequest,
  around: JobSurroundings,
  signal: AbortSignal,
): Promise<JobEnd> {
  const { metrics, complaints } = readMetricDefinitions(request.AlgorithmSpecification?.MetricDefinitions);
  const log = new JobLog(around.store.logs, trainingLogGroup, job.name, metrics);
  if (complaints.length > 0) log.write(complaints);
  const { doc } = job;
  const output = `${request.OutputDataConfig?.S3OutputPath?.replace(/\/$/, '') ?? ''}/${job.name}/output`;
  const enter = (status: SecondaryStatus, message: string): void => {
    const now = new Date();
    const previous = doc.SecondaryStatusTransitions?.at(-1);
    if (previous && !previous.EndTime) previous.EndTime = now;
    doc.SecondaryStatusTransitions ??= [];
    doc.SecondaryStatusTransitions.push({ Status: status, StartTime: now, StatusMessage: message });
    doc.SecondaryStatus = status;
    job.modifiedAt = now;
    doc.LastModifiedTime = now;
  };
  const kind: JobKind<TrainingJob> = {
    job,
    log,
    prepare: (container, transfer) => prepare(job.name, request, container, transfer, around),
    collect: (container, transfer) => collect(container, transfer, output),
    phase: (phase) => {
      if (phase === 'Downloading') enter('Downloading', 'Downloading input data');
      if (phase === 'Uploading') enter('Uploading', 'Uploading generated training model');
      if (phase === 'Running') {
        enter('Training', 'Training in progress.');
        doc.TrainingStartTime = new Date();
      }
      if (phase === 'Stopping') {
        enter('Stopping', 'Stopping the training job');
        job.status = phase;
        doc.TrainingJobStatus = phase;
      }
      around.store.jobs.put(job);
    },
    end: ({ status, reason }) => {
      const timedOut = reason?.startsWith('MaxRuntimeExceeded') ?? false;
      enter(timedOut ? 'MaxRuntimeExceeded' : status, reason ?? `Training job ${status.toLowerCase()}`);
      doc.TrainingEndTime = new Date();
      const last = doc.SecondaryStatusTransitions?.at(-1);
      if (last) last.EndTime = doc.TrainingEndTime;
      const seconds = Math.round(
        (doc.TrainingEndTime.getTime() - (doc.TrainingStartTime ?? doc.TrainingEndTime).getTime()) / 1000,
      );
      doc.TrainingTimeInSeconds = seconds;
      doc.BillableTimeInSeconds = 0;
      job.status = status;
      doc.TrainingJobStatus = status;
      doc.FinalMetricDataList = log.finalMetrics();
      if (status === 'Completed') doc.ModelArtifacts = { S3ModelArtifacts: `${output}/model.tar.gz` };
      if (reason !== undefined) doc.FailureReason = reason;
      around.store.jobs.put(job);
    },
  };
  return runJob(kind, around, signal);
}

async function prepare(
  name: string,
  request: CreateTrainingJobRequest,
  container: Container,
  transfer: Transfer,
  around: JobSurroundings,
): Promise<Launch> {
  transfer.target(request.OutputDataConfig?.S3OutputPath ?? '');
  const [configuration, model, outputData, code] = [
    container.path('input', 'config'),
    container.path('model'),
    container.path('output', 'data'),
    container.path('code'),
  ];
  container.makeFolders(configuration, model, outputData, code, container.path('input', 'data'));
  const hyperParameters = request.HyperParameters ?? {};
  const channels = await downloadChannels(request, container, transfer);
  container.writeJson(`${configuration}/hyperparameters.json`, hyperParameters);
  container.writeJson(`${configuration}/resourceconfig.json`, resourceConfig);
  container.writeJson(`${configuration}/inputdataconfig.json`, channels.configuration);

  const values = Object.fromEntries(Object.entries(hyperParameters).map(([key, value]) => [key, fromJson(value)]));
  const own = Object.fromEntries(Object.entries(values).filter(([key]) => !key.startsWith('sagemaker_')));
  const { command, module } = await commandOf(request, values, container, transfer);
  const userArguments = module === undefined ? [] : argumentsOf(own);
  const variables: Record<string, string> = {
    TRAINING_JOB_NAME: name,
    SM_MODEL_DIR: model,
    SM_OUTPUT_DIR: container.path('output'),
    SM_OUTPUT_DATA_DIR: outputData,
    SM_INPUT_DIR: container.path('input'),
    SM_INPUT_CONFIG_DIR: configuration,
    SM_MODULE_DIR: code,
    SM_CHANNELS: JSON.stringify(Object.keys(channels.folders)),
    SM_HPS: JSON.stringify(own),
    SM_USER_ARGS: JSON.stringify(userArguments),
    SM_RESOURCE_CONFIG: JSON.stringify(resourceConfig),
    SM_INPUT_DATA_CONFIG: JSON.stringify(channels.configuration),
    ...(module === undefined ? {} : { SM_MODULE_NAME: module.replace(/\.py$/, '') }),
  };
  for (const [channel, folder] of Object.entries(channels.folders))
    variables[`SM_CHANNEL_${channel.toUpperCase()}`] = folder;
  for (const [key, value] of Object.entries(own)) variables[`SM_HP_${key.toUpperCase()}`] = asText(value);
  return {
    command: [...command.map((word) => container.rewrite(word)), ...userArguments],
    cwd: code,
    env: container.environment(around.environment, { ...request.Environment, ...variables }),
    maxRuntime: request.StoppingCondition?.MaxRuntimeInSeconds ?? defaultMaxRuntime,
  };
}

/** What to run: the entry point that the request names, else the script of script mode. */
async function commandOf(
  request: CreateTrainingJobRequest,
  hyperParameters: Record<string, unknown>,
  container: Container,
  transfer: Transfer,
): Promise<{ command: string[]; module?: string }> {
  const { ContainerEntrypoint: entry, ContainerArguments: words = [] } = request.AlgorithmSpecification ?? {};
  if (entry?.length) {
    const script = [...entry, ...words].find((word) => /^\/opt\/ml\/.*\.\w+$/.test(word));
    if (script !== undefined) await container.rewriteScripts(dirname(container.locate(script)));
    return { command: [...entry, ...words] };
  }
  const { sagemaker_program: program, sagemaker_submit_directory: source } = hyperParameters;
  if (typeof program !== 'string' || typeof source !== 'string') {
    throw new ClientError(
      'Local runs scripts, not the algorithm of an image. Give AlgorithmSpecification.ContainerEntrypoint, or the hyperparameters sagemaker_program and sagemaker_submit_directory.',
    );
  }
  const code = container.path('code');
  await transfer.unpack(source, code);
  await container.rewriteScripts(code);
  if (program.endsWith('.sh')) return { command: ['/bin/sh', program], module: program };
  return { command: ['python3', program], module: program };
}

async function downloadChannels(
  request: CreateTrainingJobRequest,
  container: Container,
  transfer: Transfer,
): Promise<{ folders: Record<string, string>; configuration: Record<string, object> }> {
  const folders: Record<string, string> = {};
  const configuration: Record<string, object> = {};
  for (const {
    ChannelName: channel = '',
    DataSource: source,
    ContentType,
    CompressionType,
  } of request.InputDataConfig ?? []) {
    const data = source?.S3DataSource;
    if (!data?.S3Uri)
      throw new ClientError(`The channel '${channel}' has no S3DataSource. Local reads channels from S3 only.`);
    const folder = container.path('input', 'data', channel);
    await transfer.download(data.S3Uri, folder, data.S3DataType);
    folders[channel] = folder;
    configuration[channel] = {
      TrainingInputMode: 'File',
      S3DistributionType: data.S3DataDistributionType ?? 'FullyReplicated',
      RecordWrapperType: 'None',
      ...(ContentType === undefined ? {} : { ContentType }),
      ...(CompressionType === undefined ? {} : { CompressionType }),
    };
  }
  return { folders, configuration };
}

async function collect(container: Container, transfer: Transfer, output: string): Promise<void> {
  await transfer.uploadArchive(container.path('model'), `${output}/model.tar.gz`);
  const data = container.path('output', 'data');
  if ((await filesBelow(data)).length > 0) await transfer.uploadArchive(data, `${output}/output.tar.gz`);
}

/** The SageMaker SDK writes hyperparameters as JSON texts; others write them plainly. */
function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Hyperparameters as arguments of the script, by name, as the training toolkit passes them. */
function argumentsOf(values: Record<string, unknown>): string[] {
  return Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, value]) => [name.length === 1 ? `-${name}` : `--${name}`, asText(value)]);
}
