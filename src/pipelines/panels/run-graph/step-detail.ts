import type {
  AutoMLJobChannel,
  Channel,
  DescribeHyperParameterTuningJobResponse,
  DescribeProcessingJobResponse,
  DescribeTrainingJobResponse,
  DescribeTransformJobResponse,
  PipelineExecutionStep,
} from '@aws-sdk/client-sagemaker';
import type { Outcome } from '../../../aws';
import type { CheckView, Row, Section, Table } from '../../../shared/facts';
import { formatDuration } from '../../../shared/format';
import { stubbedMark } from '../../../shared/stubs';
import { reasonOf } from '../../../workbench/errors';
import type { StepDetail } from './contract';
import type { StepDefinition } from '../../definition';
import { waitingIn } from '../../callbacks';
import { nameIn } from '../../model';
import type { Job } from '../../service';
import type { Trials } from '../../trials';
import { stepKind } from './step-kinds';
import { consoleUrl } from '../../../shared/console-url';

/** A report that a step wrote: a property file of a Processing step. */
export interface Report {
  name: string;
  uri: string;
  /** The file's text, or why it could not be read. */
  text: string;
  problem?: Error;
}

/** All that is known of a step when its detail is made. */
export interface StepFacts {
  definition: Pick<StepDefinition, 'name' | 'type' | 'description' | 'dependsOn' | 'arguments' | 'outputParameters'>;
  /** As the service lists it; absent before the step was reached. */
  step?: PipelineExecutionStep;
  job?: Job;
  reports: readonly Report[];
  /** What a tuning job or an AutoML job tried. */
  trials?: Outcome<Trials>;
  /** What a check of data or of a model has found. */
  check?: CheckView;
  /** The region of the run, for links to the AWS console; absent where there is none. */
  region?: string;
}

/** The side panel's content for one step, beside the state that the graph itself knows: what went in, what came out, and the facts around it. */
export function detailOf(facts: StepFacts): StepDetail {
  const { definition, job, step } = facts;
  const { log, noOutput } = stepKind(definition.type);
  const waiting = step && waitingIn(step);
  return {
    step: definition.name,
    input: job ? inputOf(job) : argumentsOf(definition),
    output: outputOf(facts),
    ...(facts.check ? { check: facts.check } : {}),
    ...(facts.trials ? { trials: trialsTable(facts.trials, facts) } : {}),
    info: infoOf(facts),
    hasLogs: log === 'job',
    ...(log === 'job' ? {} : { noLog: log(step?.Metadata ?? {}) }),
    ...(noOutput === undefined ? {} : { noOutput }),
    ...(waiting ? { callback: { queue: waiting.queue, outputs: definition.outputParameters } } : {}),
    ...(step ? {} : { note: 'The step has not been reached.' }),
  };
}

function inputOf(job: Job): Section[] {
  switch (job.kind) {
    case 'Training':
      return trainingInput(job.job);
    case 'Processing':
      return processingInput(job.job);
    case 'Transform':
      return transformInput(job.job);
    case 'Tuning':
      return tuningInput(job.job);
    case 'AutoML':
      return sections(['Data', (job.job.AutoMLJobInputDataConfig ?? []).map(autoMlRow)]);
  }
}

function transformInput({ ModelName, TransformInput }: DescribeTransformJobResponse): Section[] {
  const uri = TransformInput?.DataSource?.S3DataSource?.S3Uri;
  return sections(['Data', uri ? [row('Input', uri, uri)] : []], ['Model', present('Model', ModelName)]);
}

function tuningInput({ HyperParameterTuningJobConfig: config }: DescribeHyperParameterTuningJobResponse): Section[] {
  const objective = config?.HyperParameterTuningJobObjective;
  const limits = config?.ResourceLimits;
  const most = limits?.MaxNumberOfTrainingJobs;
  return sections([
    'Search',
    [
      ...present('Strategy', config?.Strategy),
      ...present('Objective', objective && `${objective.Type ?? ''} ${objective.MetricName ?? ''}`.trim()),
      ...present('Training jobs', most === undefined ? undefined : String(most)),
      ...present('At a time', limits?.MaxParallelTrainingJobs && String(limits.MaxParallelTrainingJobs)),
    ],
  ]);
}

function autoMlRow({ ChannelType, DataSource }: AutoMLJobChannel): Row {
  const uri = DataSource?.S3DataSource?.S3Uri ?? '';
  return row(ChannelType ?? 'training', uri, uri);
}

function trainingInput(job: DescribeTrainingJobResponse): Section[] {
  return sections(
    ['Data', (job.InputDataConfig ?? []).map(channelRow)],
    ['Hyperparameters', Object.entries(job.HyperParameters ?? {}).map(([name, value]) => row(name, value))],
    ['Environment', Object.entries(job.Environment ?? {}).map(([name, value]) => row(name, value))],
  );
}

function channelRow(channel: Channel): Row {
  const uri = channel.DataSource?.S3DataSource?.S3Uri ?? '';
  return row(channel.ChannelName ?? '', uri, uri);
}

function processingInput(job: DescribeProcessingJobResponse): Section[] {
  const command = [
    ...(job.AppSpecification?.ContainerEntrypoint ?? []),
    ...(job.AppSpecification?.ContainerArguments ?? []),
  ];
  return sections(
    [
      'Data',
      (job.ProcessingInputs ?? []).map(({ InputName, S3Input }) =>
        row(InputName ?? '', S3Input?.S3Uri ?? '', S3Input?.S3Uri),
      ),
    ],
    ['Command', command.length > 0 ? [{ label: 'Command', value: command.join(' '), kind: 'code' as const }] : []],
    ['Environment', Object.entries(job.Environment ?? {}).map(([name, value]) => row(name, value))],
  );
}

/** What the definition gives to a step without a job, or to one that has not started. */
function argumentsOf({ type, arguments: given }: StepFacts['definition']): Section[] {
  const { IfSteps, ElseSteps, ...rest } = given;
  const names = (branch: unknown): string =>
    Array.isArray(branch) && branch.length > 0
      ? branch.map((step: { Name?: string }) => step.Name ?? '?').join(', ')
      : '(none)';
  return sections(
    ['From the definition', Object.entries(rest).map(([label, value]) => code(label, value))],
    ['Branches', type === 'Condition' ? [row('If true', names(IfSteps)), row('If false', names(ElseSteps))] : []],
  );
}

function outputOf({ definition, step, job, reports: all, check }: StepFacts): Section[] {
  // They stand in a table of their own then.
  const reports = all.filter(({ name }) => name !== 'Violations' || check?.violations === undefined);
  const made = stepKind(definition.type).output?.(step?.Metadata ?? {}) ?? [];
  return sections(
    ...(job ? jobOutput(job) : []),
    ...reports.map((report): [string, Row[]] => [
      report.name,
      [row('File', report.uri, report.uri), { label: 'Content', value: report.text, kind: 'code' }],
    ]),
    ...made,
  );
}

/** The files that a job wrote. */
export function artifactsOf(job: Job): { label: string; uri: string }[] {
  return jobOutput(job).flatMap(([, rows]) =>
    rows.flatMap(({ label, link }) => (link?.startsWith('s3://') ? [{ label, uri: link }] : [])),
  );
}

function jobOutput(job: Job): [title: string, rows: Row[]][] {
  switch (job.kind) {
    case 'Training': {
      const artifact = job.job.ModelArtifacts?.S3ModelArtifacts;
      return [
        ['Metrics', (job.job.FinalMetricDataList ?? []).map(({ MetricName = '', Value }) => number(MetricName, Value))],
        ['Model', artifact ? [row('Artifact', artifact, artifact)] : []],
      ];
    }
    case 'Processing': {
      const outputs = job.job.ProcessingOutputConfig?.Outputs ?? [];
      return [['Files', outputs.map(({ OutputName = '', S3Output }) => file(OutputName, S3Output?.S3Uri))]];
    }
    case 'Transform':
      return [['Files', job.job.TransformOutput ? [file('Output', job.job.TransformOutput.S3OutputPath)] : []]];
    case 'Tuning':
      return tuningOutput(job.job);
    case 'AutoML': {
      const best = job.job.BestCandidate;
      const metric = best?.FinalAutoMLJobObjectiveMetric;
      return [
        [
          'Best candidate',
          [...present('Name', best?.CandidateName), ...(metric ? [number(metric.MetricName ?? '', metric.Value)] : [])],
        ],
        ['Files', job.job.OutputDataConfig ? [file('Output', job.job.OutputDataConfig.S3OutputPath)] : []],
      ];
    }
  }
}

function tuningOutput(job: DescribeHyperParameterTuningJobResponse): [title: string, rows: Row[]][] {
  const best = job.BestTrainingJob;
  const metric = best?.FinalHyperParameterTuningJobObjectiveMetric;
  return [
    [
      'Best training job',
      [
        ...present('Name', best?.TrainingJobName),
        ...(metric ? [number(metric.MetricName ?? '', metric.Value)] : []),
        ...Object.entries(best?.TunedHyperParameters ?? {}).map(([name, value]) => row(name, value)),
      ],
    ],
    [
      'Training jobs',
      Object.entries(job.TrainingJobStatusCounters ?? {}).flatMap(([name, count]: [string, number | undefined]) =>
        count ? [number(name, count)] : [],
      ),
    ],
  ];
}

/** A row a trial, the best first; the name of a training job without the name of its tuning job, which all begin with. */
function trialsTable({ value, problem }: Outcome<Trials>, { job, region }: StepFacts): Table {
  if (problem) return { title: 'Trials', columns: [], rows: [], note: reasonOf(problem) };
  const { title, metric, best, trials, hasMore } = value;
  const tuned = [...new Set(trials.flatMap(({ values }) => Object.keys(values)))];
  const prefix = `${job?.name}-`;
  const isLinked = region !== undefined && job?.kind === 'Tuning';
  return {
    title,
    columns: [
      { name: 'Name' },
      { name: metric, kind: 'number' },
      ...tuned.map((name) => ({ name, kind: 'number' as const })),
      { name: 'Status' },
      { name: 'Duration', kind: 'number' },
    ],
    rows: trials.map(({ name, value: result, values, status, started, ended }) => ({
      cells: [
        name.startsWith(prefix) ? name.slice(prefix.length) : name,
        result === undefined ? '–' : String(Number(result.toPrecision(6))),
        ...tuned.map((each) => values[each] ?? ''),
        status,
        started === undefined || ended === undefined ? '' : formatDuration(ended - started),
      ],
      ...(name === best ? { isBest: true as const } : {}),
      ...(isLinked ? { link: consoleUrl(`sagemaker/home#/jobs/${name}`, region) } : {}),
    })),
    ...(trials.length === 0 ? { note: 'None has begun yet.' } : {}),
    ...(hasMore ? { note: `${trials.length} are shown; the others are in the AWS console.` } : {}),
  };
}

function infoOf({ definition, step, job, region }: StepFacts): Section[] {
  const kind = stepKind(definition.type);
  const metadata = step?.Metadata ?? {};
  const place = region === undefined ? undefined : kind.page?.(metadata);
  const source = step?.CacheHitResult?.SourcePipelineExecutionArn;
  const selective = step?.SelectiveExecutionResult?.SourcePipelineExecutionArn;
  return sections(
    [
      'Definition',
      [
        ...present('Description', definition.description),
        ...present('Depends on', definition.dependsOn.length > 0 ? definition.dependsOn.join(', ') : undefined),
      ],
    ],
    [
      'Result',
      [
        ...(step?.StepDescription?.startsWith(stubbedMark) ? [row('Stubbed', 'Nothing was run.')] : []),
        ...(source ? [row('From the cache of run', nameIn(source) ?? source, source)] : []),
        ...(selective ? [row('Taken over from run', nameIn(selective) ?? selective, selective)] : []),
      ],
    ],
    ['Job', [...(job ? jobFacts(job) : present('ARN', kind.arn?.(metadata)))]],
    ['AWS', place && region ? [row('Console', 'Open in the AWS console', consoleUrl(place, region))] : []],
  );
}

function jobFacts(job: Job): Row[] {
  const name = present('Name', job.name);
  switch (job.kind) {
    case 'Training': {
      const { TrainingJobArn, ResourceConfig, AlgorithmSpecification, RoleArn } = job.job;
      return [...name, ...machine(TrainingJobArn, ResourceConfig, AlgorithmSpecification?.TrainingImage, RoleArn)];
    }
    case 'Processing': {
      const { ProcessingJobArn, ProcessingResources, AppSpecification, RoleArn } = job.job;
      return [
        ...name,
        ...machine(ProcessingJobArn, ProcessingResources?.ClusterConfig, AppSpecification?.ImageUri, RoleArn),
      ];
    }
    case 'Transform':
      return [...name, ...machine(job.job.TransformJobArn, job.job.TransformResources)];
    case 'Tuning':
      return [...name, ...present('ARN', job.job.HyperParameterTuningJobArn)];
    case 'AutoML':
      return [...name, ...machine(job.job.AutoMLJobArn, undefined, undefined, job.job.RoleArn)];
  }
}

function machine(
  arn: string | undefined,
  cluster?: { InstanceCount?: number | undefined; InstanceType?: string | undefined },
  image?: string,
  role?: string,
): Row[] {
  return [
    ...present('ARN', arn),
    ...present('Instances', cluster && `${cluster.InstanceCount ?? 1} × ${cluster.InstanceType ?? '?'}`),
    ...present('Image', image),
    ...present('Role', role),
  ];
}

function number(label: string, value: number | undefined): Row {
  return { label, value: String(value ?? ''), kind: 'number' };
}

function file(label: string, uri: string | undefined): Row {
  return row(label, uri ?? '', uri);
}

function sections(...all: [title: string, rows: Row[]][]): Section[] {
  return all.filter(([, rows]) => rows.length > 0).map(([title, rows]) => ({ title, rows }));
}

function row(label: string, value: string, link?: string): Row {
  return { label, value, ...(link ? { link } : {}) };
}

function present(label: string, value: string | 0 | undefined): Row[] {
  return value ? [row(label, value)] : [];
}

function code(label: string, value: unknown): Row {
  if (typeof value === 'string') return row(label, value);
  return { label, value: JSON.stringify(value, undefined, 2), kind: 'code' };
}
