/** The processing job that an execution of a monitoring schedule is. */
import type {
  CreateProcessingJobRequest,
  DescribeProcessingJobResponse,
  EndpointInput,
  MonitoringJobDefinition,
  MonitoringOutputConfig,
  MonitoringResources,
  ProcessingInput,
} from '@aws-sdk/client-sagemaker';
import { parseS3Uri } from '../../domain/arns';
import { endpoints } from '../../domain/endpoints';
import { type MonitoringKind, type MonitoringSchedule, findDefinition } from '../../domain/monitoring';
import { objects } from '../../domain/objects';
import { jobs } from '../../jobs/job';
import type { Store } from '../../store/store';
import { type Window, hoursOf } from './times';

/** Why an execution cannot run; its message is the reason of the failure. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** What all kinds of definitions have, under one name. */
export interface Task {
  kind: MonitoringKind;
  app: {
    ImageUri?: string | undefined;
    ContainerEntrypoint?: string[] | undefined;
    ContainerArguments?: string[] | undefined;
    RecordPreprocessorSourceUri?: string | undefined;
    PostAnalyticsProcessorSourceUri?: string | undefined;
    ProblemType?: string | undefined;
    ConfigUri?: string | undefined;
    Environment?: Record<string, string> | undefined;
  };
  endpoint: EndpointInput | undefined;
  groundTruth?: string | undefined;
  baseline: { job?: string | undefined; constraints?: string | undefined; statistics?: string | undefined };
  output: MonitoringOutputConfig | undefined;
  resources: MonitoringResources | undefined;
  role: string;
  maxRuntime?: number | undefined;
}

interface JobInput {
  EndpointInput?: EndpointInput;
  GroundTruthS3Input?: { S3Uri?: string };
}

interface Baseline {
  BaseliningJobName?: string;
  ConstraintsResource?: { S3Uri?: string };
  StatisticsResource?: { S3Uri?: string };
}

/** The task of a schedule: that of its definition, or the one that stands in it. @throws {ServiceError} */
export function taskOf(
  store: Store,
  { kind, definition, config }: Pick<MonitoringSchedule, 'kind' | 'definition' | 'config'>,
): Task {
  if (definition === undefined) return inlineTask(kind, config.MonitoringJobDefinition);
  const { doc } = findDefinition(store, kind, definition);
  const member = (name: string): unknown => doc[`${kind}${name}`];
  const input = member('JobInput') as JobInput | undefined;
  const baseline = member('BaselineConfig') as Baseline | undefined;
  return {
    kind,
    app: (member('AppSpecification') as Task['app'] | undefined) ?? {},
    endpoint: input?.EndpointInput,
    groundTruth: input?.GroundTruthS3Input?.S3Uri,
    baseline: {
      job: baseline?.BaseliningJobName,
      constraints: baseline?.ConstraintsResource?.S3Uri,
      statistics: baseline?.StatisticsResource?.S3Uri,
    },
    output: member('JobOutputConfig') as MonitoringOutputConfig | undefined,
    resources: doc['JobResources'] as MonitoringResources | undefined,
    role: doc['RoleArn'] as string,
    maxRuntime: (doc['StoppingCondition'] as { MaxRuntimeInSeconds?: number } | undefined)?.MaxRuntimeInSeconds,
  };
}

function inlineTask(kind: MonitoringKind, definition: MonitoringJobDefinition | undefined): Task {
  const { MonitoringAppSpecification: app, Environment, BaselineConfig: baseline } = definition ?? {};
  return {
    kind,
    app: { ...app, ...(Environment ? { Environment } : {}) },
    endpoint: definition?.MonitoringInputs?.[0]?.EndpointInput,
    baseline: {
      job: baseline?.BaseliningJobName,
      constraints: baseline?.ConstraintsResource?.S3Uri,
      statistics: baseline?.StatisticsResource?.S3Uri,
    },
    output: definition?.MonitoringOutputConfig,
    resources: definition?.MonitoringResources,
    role: definition?.RoleArn ?? '',
    maxRuntime: definition?.StoppingCondition?.MaxRuntimeInSeconds,
  };
}

const processing = '/opt/ml/processing';

/**
 * The processing job of one execution.
 * @param folder where its output goes, below that of the definition
 * @throws {Refusal} when there is nothing that it could compute
 */
export function requestOf(
  store: Store,
  task: Task,
  schedule: string,
  window: Window,
  folder: string,
): Omit<CreateProcessingJobRequest, 'ProcessingJobName'> {
  const { app, endpoint: input, groundTruth } = task;
  if (!input) throw new Refusal('Local monitors endpoints, not the input of batch transforms.');
  const source = input.LocalPath ?? `${processing}/input/endpoint`;
  const captured = capturedInputs(store, input.EndpointName ?? '', source, window);
  const truths =
    groundTruth === undefined
      ? []
      : hourInputs(store, 'groundtruth', groundTruth, `${processing}/input/groundtruth`, window);
  if (groundTruth !== undefined && truths.length === 0) throw noData();
  const baseline = baselineOf(store, task);
  const out = task.output?.MonitoringOutputs?.[0]?.S3Output;
  const output = out?.LocalPath ?? `${processing}/output`;
  const one = (name: string, uri: string | undefined, variable = name): [ProcessingInput[], Record<string, string>] => {
    if (uri === undefined) return [[], {}];
    const place = `${processing}/${name}`;
    return [[inputOf(name, uri, place)], { [variable]: `${place}/${uri.split('/').at(-1) ?? ''}` }];
  };
  const files = [
    one('baseline/constraints', baseline.constraints, 'baseline_constraints'),
    one('baseline/stats', baseline.statistics, 'baseline_statistics'),
    one('code/recordpreprocessor', app.RecordPreprocessorSourceUri, 'record_preprocessor_script'),
    one('code/postanalyticsprocessor', app.PostAnalyticsProcessorSourceUri, 'post_analytics_processor_script'),
    one('input/config', app.ConfigUri, 'analysis_config'),
  ];
  const cluster = task.resources?.ClusterConfig;
  return {
    RoleArn: task.role,
    ProcessingResources: {
      ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 20, ...cluster },
    },
    AppSpecification: {
      ImageUri: app.ImageUri ?? '',
      ...(app.ContainerEntrypoint ? { ContainerEntrypoint: app.ContainerEntrypoint } : {}),
      ...(app.ContainerArguments ? { ContainerArguments: app.ContainerArguments } : {}),
    },
    ProcessingInputs: [...captured, ...truths, ...files.flatMap(([inputs]) => inputs)],
    ProcessingOutputConfig: {
      Outputs: [
        {
          OutputName: 'result',
          S3Output: {
            S3Uri: [out?.S3Uri?.replace(/\/$/, '') ?? '', input.EndpointName, schedule, folder].join('/'),
            LocalPath: output,
            S3UploadMode: 'EndOfJob',
          },
        },
      ],
    },
    StoppingCondition: { MaxRuntimeInSeconds: task.maxRuntime ?? 3600 },
    Environment: {
      publish_cloudwatch_metrics: 'Enabled',
      ...app.Environment,
      dataset_format: JSON.stringify({
        sagemakerCaptureJson: { captureIndexNames: ['endpointOutput', 'endpointInput'] },
      }),
      dataset_source: source,
      output_path: output,
      start_time: stamp(window.start),
      // What is captured is stamped in whole seconds.
      end_time: stamp(Math.ceil(window.end / 1000) * 1000),
      sagemaker_endpoint_name: input.EndpointName ?? '',
      sagemaker_monitoring_schedule_name: schedule,
      ...(task.kind === 'ModelQuality' ? { analysis_type: 'MODEL_QUALITY' } : {}),
      ...(task.kind === 'ModelBias' ? { analysis_type: 'MODEL_BIAS' } : {}),
      ...(task.kind === 'ModelExplainability' ? { analysis_type: 'MODEL_EXPLAINABILITY' } : {}),
      ...(groundTruth === undefined ? {} : { ground_truth_source: `${processing}/input/groundtruth` }),
      ...named('problem_type', app.ProblemType),
      ...named('inference_attribute', input.InferenceAttribute),
      ...named('probability_attribute', input.ProbabilityAttribute),
      ...named('probability_threshold_attribute', input.ProbabilityThresholdAttribute?.toString()),
      ...Object.assign({}, ...files.map(([, variables]) => variables)),
    },
  };
}

function named(name: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value };
}

/** What the endpoint has captured in the hours of a window, an input for each hour and variant. */
function capturedInputs(store: Store, name: string, folder: string, window: Window): ProcessingInput[] {
  const endpoint = endpoints(store).get(name);
  if (!endpoint?.fleet) throw new Refusal(`There is no endpoint ${name} in service.`);
  const { fleet } = endpoint;
  const capture = fleet.doc.DataCaptureConfig;
  if (!capture || capture.EnableCapture === false) {
    throw new Refusal(`The endpoint ${name} captures no data: its config has no DataCaptureConfig that is enabled.`);
  }
  const found = fleet.variants.flatMap((variant) => {
    const place = `${name}/${variant.name}`;
    const prefix = `${(capture.DestinationS3Uri ?? '').replace(/\/$/, '')}/${place}`;
    return hourInputs(store, variant.name, prefix, `${folder}/${place}`, window);
  });
  if (found.length === 0) throw noData();
  return found;
}

function hourInputs(store: Store, name: string, prefix: string, folder: string, window: Window): ProcessingInput[] {
  return hoursOf(window).flatMap((hour) => {
    const uri = `${prefix.replace(/\/$/, '')}/${hour}`;
    const place = parseS3Uri(uri);
    if (!place || objects(store).list(place.bucket, `${place.key}/`).length === 0) return [];
    return [inputOf(`${name}-${hour.replaceAll('/', '-')}`, `${uri}/`, `${folder}/${hour}`)];
  });
}

function noData(): Refusal {
  return new Refusal('Job inputs had no data');
}

function inputOf(InputName: string, S3Uri: string, LocalPath: string): ProcessingInput {
  return {
    InputName: InputName.replaceAll('/', '-'),
    S3Input: { S3Uri, LocalPath, S3DataType: 'S3Prefix', S3InputMode: 'File' },
  };
}

/** The files of a baseline: those that are named, else those that the baselining job has made. */
function baselineOf(store: Store, { baseline, kind }: Task): { constraints?: string; statistics?: string } {
  const { job: name } = baseline;
  const job = name === undefined ? undefined : jobs(store).get(`processing/${name}`);
  const doc: Partial<DescribeProcessingJobResponse> | undefined = job?.doc;
  const made = doc?.ProcessingOutputConfig?.Outputs?.[0]?.S3Output?.S3Uri?.replace(/\/$/, '');
  const isClarify = kind === 'ModelBias' || kind === 'ModelExplainability';
  const constraints =
    baseline.constraints ??
    (made === undefined ? undefined : `${made}/${isClarify ? 'analysis.json' : 'constraints.json'}`);
  const statistics = baseline.statistics ?? (made === undefined || isClarify ? undefined : `${made}/statistics.json`);
  return {
    ...(constraints === undefined ? {} : { constraints }),
    ...(statistics === undefined ? {} : { statistics }),
  };
}

function stamp(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}
