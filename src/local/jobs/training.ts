import type { CreateTrainingJobRequest, DescribeTrainingJobResponse, SecondaryStatus } from '@aws-sdk/client-sagemaker';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isRecord } from '../wire/validate';
import { type Algorithm, algorithmOf } from './images/algorithms';
import { parseImage } from './images/image';
import { importsBelow } from './images/imports';
import { notebookRecipe } from './images/own';
import type { Launch, ProcessKind, Work } from './kind';
import { commandOfImage, moreThanOne, pipes, recordIn, together } from './refuse';
import { type Container, resourceConfig } from './run/container';
import { ClientError } from './run/errors';
import { isNotebookCommand, trainingScript } from './run/scripts';
import { requirementsOfStep } from './run/step-function';
import { type Transfer, filesBelow } from './run/transfer';

/** The service's own limit for a job that names none: one day. */
const defaultMaxRuntime = 86_400;

/**
 * Training jobs: channels into their folders, the script (script mode) or the entry point, `model.tar.gz` and
 * `output.tar.gz` back to S3.
 */
export const training: ProcessKind<CreateTrainingJobRequest, DescribeTrainingJobResponse> = {
  name: 'training',
  resource: 'TrainingJob',
  metadata: 'TrainingJob',
  arnType: 'training-job',
  logGroup: '/aws/sagemaker/TrainingJobs',
  cacheKey: [
    'AlgorithmSpecification',
    'CheckpointConfig',
    'DebugHookConfig',
    'DebugRuleConfigurations',
    'Environment',
    'HyperParameters',
    'InputDataConfig',
  ],

  refuse(known) {
    const algorithm = recordIn(known, 'AlgorithmSpecification');
    const channels = Array.isArray(known.InputDataConfig) ? known.InputDataConfig.filter(isRecord) : [];
    const modes = channels.map(({ InputMode: mode }) => mode ?? algorithm?.TrainingInputMode);
    return together(
      moreThanOne(recordIn(known, 'ResourceConfig')),
      modes.includes('Pipe') ? pipes : undefined,
      algorithm && programRefusal(algorithm, known),
    );
  },

  document(request, { name, arn, now }) {
    const { Tags: _, ...described } = request;
    return {
      ...described,
      TrainingJobName: name,
      TrainingJobArn: arn,
      // The service requires it of every answer, also before the model is there.
      ModelArtifacts: { S3ModelArtifacts: `${outputOf(request, name)}/model.tar.gz` },
      TrainingJobStatus: 'InProgress',
      SecondaryStatus: 'Starting',
      SecondaryStatusTransitions: [{ Status: 'Starting', StartTime: now, StatusMessage: 'Starting the training job' }],
      AlgorithmSpecification: request.AlgorithmSpecification,
      StoppingCondition: request.StoppingCondition ?? { MaxRuntimeInSeconds: defaultMaxRuntime },
      CreationTime: now,
      LastModifiedTime: now,
    };
  },

  metrics: (request) => [
    ...(request.AlgorithmSpecification?.MetricDefinitions ?? []),
    ...(builtIn(request, '')?.metrics ?? []),
  ],
  needsMount: () => true,
  prepare,
  collect,
  script: trainingScript,

  targets: (request, name) =>
    ['model', 'output'].map((each) => ({
      name: each,
      uri: `${outputOf(request, name)}/${each}.tar.gz`,
      isArchive: true,
    })),

  enter(doc, phase, now) {
    if (phase === 'Downloading') transition(doc, 'Downloading', 'Downloading input data', now);
    if (phase === 'Uploading') transition(doc, 'Uploading', 'Uploading generated training model', now);
    if (phase === 'Running') {
      transition(doc, 'Training', 'Training in progress.', now);
      doc.TrainingStartTime = now;
    }
    if (phase === 'Stopping') {
      transition(doc, 'Stopping', 'Stopping the training job', now);
      doc.TrainingJobStatus = phase;
    }
  },

  end(doc, { status, reason, metrics, at }) {
    const isTimedOut = reason?.startsWith('MaxRuntimeExceeded') ?? false;
    transition(doc, isTimedOut ? 'MaxRuntimeExceeded' : status, reason ?? `Training job ${status.toLowerCase()}`, at);
    const last = doc.SecondaryStatusTransitions?.at(-1);
    if (last) last.EndTime = at;
    doc.TrainingEndTime = at;
    doc.TrainingTimeInSeconds = Math.round((at.getTime() - (doc.TrainingStartTime ?? at).getTime()) / 1000);
    doc.BillableTimeInSeconds = 0;
    doc.TrainingJobStatus = status;
    doc.FinalMetricDataList = metrics;
    if (reason !== undefined) doc.FailureReason = reason;
  },

  summary: (doc) => ({
    TrainingJobName: doc.TrainingJobName,
    TrainingJobArn: doc.TrainingJobArn,
    CreationTime: doc.CreationTime,
    TrainingEndTime: doc.TrainingEndTime,
    LastModifiedTime: doc.LastModifiedTime,
    TrainingJobStatus: doc.TrainingJobStatus,
    SecondaryStatus: doc.SecondaryStatus,
  }),
};

/** The reason against what a job would run; nothing where only a run can tell what that is. */
function programRefusal(
  algorithm: Readonly<Record<string, unknown>>,
  known: Readonly<Record<string, unknown>>,
): string | undefined {
  const { ContainerEntrypoint: entry, TrainingImage: image, AlgorithmName: name } = algorithm;
  if ('ContainerEntrypoint' in algorithm) return isNotebookCommand(entry) ? undefined : commandOfImage(entry, image);
  const hyperParameters = recordIn(known, 'HyperParameters');
  if ('HyperParameters' in known && !hyperParameters) return undefined;
  const isScript = ['sagemaker_program', 'sagemaker_submit_directory'].every((each) => each in (hyperParameters ?? {}));
  if (isScript || ('TrainingImage' in algorithm && typeof image !== 'string')) return undefined;
  const isKnown = typeof image === 'string' && algorithmOf(image, '') !== undefined;
  return isKnown ? undefined : `Local does not run ${imageName(image, name)} without a script`;
}

function transition(doc: DescribeTrainingJobResponse, status: SecondaryStatus, message: string, now: Date): void {
  doc.SecondaryStatusTransitions ??= [];
  const previous = doc.SecondaryStatusTransitions.at(-1);
  if (previous && !previous.EndTime) previous.EndTime = now;
  doc.SecondaryStatusTransitions.push({ Status: status, StartTime: now, StatusMessage: message });
  doc.SecondaryStatus = status;
  doc.LastModifiedTime = now;
}

/** Where a job's archives go. */
function outputOf({ OutputDataConfig: output }: CreateTrainingJobRequest, name: string): string {
  return `${output?.S3OutputPath?.replace(/\/$/, '') ?? ''}/${name}/output`;
}

async function prepare({
  name,
  request,
  container,
  transfer,
  environment,
  programs,
}: Work<CreateTrainingJobRequest>): Promise<Launch> {
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
  const { ResourceConfig: resources } = request;
  const config = resourceConfig(resources?.InstanceType ?? resources?.InstanceGroups?.[0]?.InstanceType);
  container.writeJson(`${configuration}/resourceconfig.json`, config);
  container.writeJson(`${configuration}/inputdataconfig.json`, channels.configuration);

  const values = Object.fromEntries(Object.entries(hyperParameters).map(([key, value]) => [key, fromJson(value)]));
  const own = Object.fromEntries(Object.entries(values).filter(([key]) => !isToolkits(key)));
  const algorithm = (await notebookJob(request, container, programs)) ?? builtIn(request, programs);
  const { command: asked, module }: Command = algorithm ?? (await commandOf(request, values, container, transfer));
  const provided = await requirementsOfStep(asked, container.path('input', 'data'));
  const command = provided?.command ?? asked;
  const requirements = container.path('code', 'requirements.txt');
  const isPackage = module?.endsWith('.py') === true && existsSync(container.path('code', 'setup.py'));
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
    SM_INPUT_DATA_CONFIG: JSON.stringify(channels.configuration),
    SM_OUTPUT_INTERMEDIATE_DIR: container.path('output', 'intermediate'),
    SM_FRAMEWORK_PARAMS: JSON.stringify(Object.fromEntries(Object.entries(values).filter(([key]) => isToolkits(key)))),
    SM_LOG_LEVEL: '20',
    ...(module === undefined ? {} : { SM_MODULE_NAME: module.replace(/\.py$/, ''), SM_USER_ENTRY_POINT: module }),
  };
  for (const [channel, folder] of Object.entries(channels.folders))
    variables[`SM_CHANNEL_${channel.toUpperCase()}`] = folder;
  for (const [key, value] of Object.entries(own)) variables[`SM_HP_${key.toUpperCase()}`] = asText(value);
  return {
    command: [...(isPackage ? runOfPackage(module) : command.map((word) => container.rewrite(word))), ...userArguments],
    cwd: code,
    env: container.environment(environment, config, { ...request.Environment, ...variables, ...algorithm?.env }),
    ...(algorithm ? { recipe: algorithm.recipe, notes: [algorithm.line] } : {}),
    ...(request.AlgorithmSpecification?.TrainingImage === undefined
      ? {}
      : { image: request.AlgorithmSpecification.TrainingImage }),
    ...(module !== undefined && existsSync(requirements) ? { requirements } : {}),
    ...(provided ? { requirements: provided.requirements } : {}),
    ...(isPackage ? { ownPackage: code } : {}),
    maxRuntime: request.StoppingCondition?.MaxRuntimeInSeconds ?? defaultMaxRuntime,
  };
}

/** How a notebook job runs here; undefined for other jobs. */
async function notebookJob(
  { AlgorithmSpecification: algorithm, Environment: variables }: CreateTrainingJobRequest,
  container: Container,
  programs: string,
): Promise<Pick<Algorithm, 'command' | 'env' | 'recipe' | 'line'> | undefined> {
  const path = variables?.['SM_EXECUTION_INPUT_PATH'];
  if (!isNotebookCommand(algorithm?.ContainerEntrypoint) || path === undefined) return undefined;
  const { modules, usesAws } = await importsBelow([container.locate(path)]);
  const recipe = notebookRecipe(modules, usesAws);
  return {
    line: 'The notebook runs in a Jupyter kernel of your Python, without its image.',
    command: ['python3', join(programs, 'run_notebook.py')],
    env: {},
    recipe: () => recipe,
  };
}

/**
 * Code with a `setup.py` is installed and run as a module.
 * @see https://github.com/aws/sagemaker-training-toolkit/blob/master/src/sagemaker_training/entry_point.py
 */
function runOfPackage(script: string): string[] {
  return ['python3', '-m', script.replace(/\.py$/, '').replaceAll('/', '.')];
}

interface Command {
  command: string[];
  /** The script of script mode. */
  module?: string;
}

/** The built-in algorithm that a request without a script and an entry point asks for. */
function builtIn(
  { AlgorithmSpecification: algorithm, HyperParameters: hyperParameters }: CreateTrainingJobRequest,
  programs: string,
): Algorithm | undefined {
  const image = algorithm?.TrainingImage;
  if (image === undefined || algorithm?.ContainerEntrypoint?.length) return undefined;
  return hyperParameters?.sagemaker_program === undefined ? algorithmOf(image, programs) : undefined;
}

/** What a sentence calls an image. */
function imageName(image: unknown, name: unknown): string {
  if (typeof image === 'string') return `the image ${parseImage(image).repository}`;
  return typeof name === 'string' ? `the algorithm ${name}` : 'an image that is not named';
}

/** What to run: the entry point that the request names, else the script of script mode. */
async function commandOf(
  request: CreateTrainingJobRequest,
  hyperParameters: Record<string, unknown>,
  container: Container,
  transfer: Transfer,
): Promise<Command> {
  const { ContainerEntrypoint: entry, ContainerArguments: words = [] } = request.AlgorithmSpecification ?? {};
  if (entry?.length) {
    const script = [...entry, ...words].find((word) => /^\/opt\/ml\/.*\.\w+$/.test(word));
    if (script !== undefined) await container.rewriteScripts(dirname(container.locate(script)));
    return { command: [...entry, ...words] };
  }
  const { sagemaker_program: program, sagemaker_submit_directory: source } = hyperParameters;
  if (typeof program !== 'string' || typeof source !== 'string') {
    throw new ClientError(
      `Local does not run ${imageName(request.AlgorithmSpecification?.TrainingImage, request.AlgorithmSpecification?.AlgorithmName)} without a script. Give AlgorithmSpecification.ContainerEntrypoint, or the hyperparameters sagemaker_program and sagemaker_submit_directory.`,
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

async function collect({ name, request, container, transfer }: Work<CreateTrainingJobRequest>): Promise<void> {
  const output = outputOf(request, name);
  await transfer.uploadArchive(container.path('model'), `${output}/model.tar.gz`);
  const data = container.path('output', 'data');
  if ((await filesBelow(data)).length > 0) await transfer.uploadArchive(data, `${output}/output.tar.gz`);
}

/** Whether a hyperparameter speaks to the training toolkit, not to the script. */
function isToolkits(name: string): boolean {
  return name.startsWith('sagemaker_') || name === '_tuning_objective_metric';
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
