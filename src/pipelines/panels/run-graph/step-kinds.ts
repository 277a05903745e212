/** The kinds of steps, one table: where each logs, what it leaves, and where it is in the AWS console. Pure. */
import type { OutputParameter, PipelineExecutionStep, PipelineExecutionStepMetadata } from '@aws-sdk/client-sagemaker';
import type { Row } from '../../../shared/facts';
import { waitingIn } from '../../callbacks';
import { modelLabel, nameIn } from '../../model';
import { consoleUrl } from '../../../shared/console-url';

type Metadata = PipelineExecutionStepMetadata;

interface StepKind {
  /** The log is that of a job and can be followed; else where it is, or that there is none, in a sentence. */
  log: 'job' | ((metadata: Metadata) => string);
  /** What the step left, as far as its metadata says. */
  output?(metadata: Metadata): [title: string, rows: Row[]][];
  /** What is said where it left nothing. */
  noOutput?: string;
  /** The ARN of what the step made or ran. */
  arn?(metadata: Metadata): string | undefined;
  /** The page of it in the AWS console, below the console's address; `region` is in the address. */
  page?(metadata: Metadata): string | undefined;
}

const logsNothing = (): string => 'Steps of this type write no log.';
const makesNothing = 'Steps of this type leave no output.';

const checked: StepKind = {
  log: 'job',
  arn: ({ QualityCheck, ClarifyCheck }) => QualityCheck?.CheckJobArn ?? ClarifyCheck?.CheckJobArn,
  page: ({ QualityCheck, ClarifyCheck }) =>
    job('processing-jobs', QualityCheck?.CheckJobArn ?? ClarifyCheck?.CheckJobArn),
  output: ({ QualityCheck, ClarifyCheck }) => {
    const check = QualityCheck ?? ClarifyCheck;
    return [
      [
        'Check',
        [
          ...text('Type', check?.CheckType),
          ...text('Skipped', check?.SkipCheck === true ? 'yes' : undefined),
          ...link('Violation report', check?.ViolationReport),
          ...link('Statistics', QualityCheck?.CalculatedBaselineStatistics),
          ...link('Constraints', check?.CalculatedBaselineConstraints),
          ...monitoring(QualityCheck),
          ...link('Baseline statistics', QualityCheck?.BaselineUsedForDriftCheckStatistics),
          ...link('Baseline constraints', check?.BaselineUsedForDriftCheckConstraints),
          ...text('Model group', check?.ModelPackageGroupName),
        ],
      ],
    ];
  },
  noOutput: 'The check has not said what it found.',
};

/** A row that begins the monitoring of an endpoint with the baseline of data that a check has made. */
function monitoring(check: Metadata['QualityCheck']): Row[] {
  const {
    CalculatedBaselineConstraints: constraints,
    CalculatedBaselineStatistics: statistics,
    CheckType: type,
  } = check ?? {};
  if (!constraints || !statistics || type?.replaceAll('_', '').toLowerCase() !== 'dataquality') return [];
  return [
    {
      label: 'Monitoring',
      value: 'Monitor an endpoint by this baseline…',
      link: `monitor:${constraints} ${statistics}`,
    },
  ];
}

/** A step that runs a job, which is described. */
function running(arn: (metadata: Metadata) => string | undefined, page: string): StepKind {
  return { log: 'job', arn, page: (metadata) => job(page, arn(metadata)) };
}

/** A step that makes a resource, and has nothing more to tell of it. */
function making(arn: (metadata: Metadata) => string | undefined, page?: string): StepKind {
  return {
    log: logsNothing,
    arn,
    output: (metadata) => [['Made', text('ARN', arn(metadata))]],
    noOutput: 'The step has not said what it made.',
    ...(page === undefined ? {} : { page: (metadata: Metadata) => job(page, arn(metadata)) }),
  };
}

const kinds: Readonly<Record<string, StepKind>> = {
  Training: running(({ TrainingJob }) => TrainingJob?.Arn, 'jobs'),
  Processing: running(({ ProcessingJob }) => ProcessingJob?.Arn, 'processing-jobs'),
  Transform: running(({ TransformJob }) => TransformJob?.Arn, 'transform-jobs'),
  Tuning: running(({ TuningJob }) => TuningJob?.Arn, 'hyper-tuning-jobs'),
  AutoML: {
    log: () => 'The jobs of an AutoML job have logs of their own. Open it in the console.',
    arn: ({ AutoMLJob }) => AutoMLJob?.Arn,
  },
  QualityCheck: checked,
  ClarifyCheck: checked,
  Lambda: {
    log: ({ Lambda }) => {
      const name = Lambda?.Arn?.split(':')[6];
      return name
        ? `The function logs to /aws/lambda/${name} in CloudWatch Logs.`
        : 'The function logs to CloudWatch Logs.';
    },
    arn: ({ Lambda }) => Lambda?.Arn,
    output: ({ Lambda }) => [['Output parameters', parameters(Lambda?.OutputParameters)]],
    noOutput: 'The function has returned no output parameters.',
    page: ({ Lambda }) => {
      const name = Lambda?.Arn?.split(':')[6];
      return name && `lambda/home#/functions/${name}`;
    },
  },
  Callback: {
    log: () => 'What answers a Callback step logs where it runs, which is not known here.',
    output: ({ Callback }) => [
      ['Output parameters', parameters(Callback?.OutputParameters)],
      ['Callback', [...text('Queue', Callback?.SqsQueueUrl), ...text('Token', Callback?.CallbackToken)]],
    ],
    noOutput: 'Nobody has answered the callback yet.',
  },
  EMR: {
    log: ({ EMR }) =>
      EMR?.LogFilePath
        ? `EMR writes the log of the step to ${EMR.LogFilePath}.`
        : 'The log is kept with the EMR cluster.',
    output: ({ EMR }) => [
      [
        'EMR',
        [
          ...text('Cluster', EMR?.ClusterId),
          ...text('Step', EMR?.StepName ?? EMR?.StepId),
          ...link('Log', EMR?.LogFilePath),
        ],
      ],
    ],
    noOutput: 'What the EMR step has written is not known here.',
    page: ({ EMR }) => EMR?.ClusterId && `emr/home#/clusterDetails/${EMR.ClusterId}`,
  },
  Model: making(({ Model }) => Model?.Arn, 'models'),
  RegisterModel: {
    log: logsNothing,
    arn: ({ RegisterModel }) => RegisterModel?.Arn,
    output: ({ RegisterModel }) => [
      [
        'Model package',
        RegisterModel?.Arn ? [{ label: 'Version', value: modelLabel(RegisterModel.Arn), link: RegisterModel.Arn }] : [],
      ],
    ],
    noOutput: 'The step has not said what it registered.',
  },
  Endpoint: making(({ Endpoint }) => Endpoint?.Arn, 'endpoints'),
  EndpointConfig: making(({ EndpointConfig }) => EndpointConfig?.Arn, 'endpointConfig'),
  InferenceComponent: making(({ InferenceComponent }) => InferenceComponent?.Arn),
  Condition: {
    log: logsNothing,
    output: ({ Condition }) => [['Outcome', text('Outcome', Condition?.Outcome)]],
    noOutput: 'The condition has not come to an outcome.',
  },
  Lineage: {
    log: logsNothing,
    output: ({ Lineage }) => [
      ['Actions', pairs(Lineage?.ActionArns)],
      ['Artifacts', pairs(Lineage?.ArtifactArns)],
      ['Contexts', pairs(Lineage?.ContextArns)],
    ],
    noOutput: 'The step has not said what it recorded.',
  },
  Fail: {
    log: logsNothing,
    output: ({ Fail }) => [['Message', text('Error', Fail?.ErrorMessage)]],
    noOutput: makesNothing,
  },
};

/** What is not in the table: whatever its metadata holds is shown, and nothing is said to be absent. */
const unknown: StepKind = {
  log: () => 'Where steps of this type log is not known here.',
  output: (metadata) => [
    [
      'Facts',
      Object.values(metadata).flatMap((member: unknown) =>
        typeof member === 'object' && member !== null
          ? Object.entries(member).flatMap(([label, value]: [string, unknown]) =>
              typeof value === 'string' ? link(label, value) : [],
            )
          : [],
      ),
    ],
  ],
  noOutput: 'What steps of this type leave is not known here.',
};

/** What the table has for a type of step as the definition writes it, also for one that is newer than it. */
export function stepKind(type: string): StepKind {
  return kinds[type] ?? unknown;
}

/** The members of metadata that are named otherwise than the type of the step. */
const types: Readonly<Record<string, string>> = {
  TrainingJob: 'Training',
  ProcessingJob: 'Processing',
  TransformJob: 'Transform',
  TuningJob: 'Tuning',
  AutoMLJob: 'AutoML',
};

/** The types of steps whose job can be described. */
const withJob: ReadonlySet<string> = new Set([...Object.values(types), 'QualityCheck', 'ClarifyCheck']);

/** The type of a step, as the definition would write it, by what the service tells of it. */
function typeIn(metadata: Metadata): string | undefined {
  const [member] = Object.entries(metadata).find(([, value]: [string, unknown]) => value !== undefined) ?? [];
  return member === undefined ? undefined : (types[member] ?? member);
}

/** What the context menu of a step can offer, by what it ran or made. */
export interface StepMenu {
  /** The ARN of what it ran or made. */
  arn?: string;
  /** It has a job that can be described. */
  job?: true;
  /** There may be files that it wrote. */
  artifact?: true;
  /** The page of it in the AWS console. */
  console?: true;
  /** It waits for someone to answer its callback. */
  callback?: true;
}

/** @param region the region of the run; undefined where there is no console, on Local */
export function stepMenu(step: PipelineExecutionStep, region: string | undefined): StepMenu {
  const { Metadata: metadata = {} } = step;
  const type = typeIn(metadata);
  if (type === undefined) return {};
  const kind = stepKind(type);
  const arn = kind.arn?.(metadata);
  const hasJob = withJob.has(type) && arn !== undefined;
  return {
    ...(arn === undefined ? {} : { arn }),
    ...(hasJob ? { job: true, artifact: true } : {}),
    ...(region !== undefined && kind.page?.(metadata) ? { console: true } : {}),
    ...(waitingIn(step) ? { callback: true } : {}),
  };
}

/** The address of a step's job or resource in the AWS console. */
export function stepConsole(metadata: Metadata, region: string): string | undefined {
  const page = stepKind(typeIn(metadata) ?? '').page?.(metadata);
  return page && consoleUrl(page, region);
}

function job(list: string, arn: string | undefined): string | undefined {
  const name = nameIn(arn);
  return name ? `sagemaker/home#/${list}/${name}` : undefined;
}

function parameters(list: readonly OutputParameter[] | undefined): Row[] {
  return (list ?? []).flatMap(({ Name = '', Value }) => link(Name, Value));
}

function pairs(map: Readonly<Record<string, string>> | undefined): Row[] {
  return Object.entries(map ?? {}).map(([label, value]) => ({ label, value }));
}

function text(label: string, value: string | undefined): Row[] {
  return value ? [{ label, value }] : [];
}

/** A row that can be opened where its value is an S3 URI. */
function link(label: string, value: string | undefined): Row[] {
  if (!value) return [];
  return [{ label, value, ...(value.startsWith('s3://') ? { link: value } : {}) }];
}
