import type {
  Channel,
  DescribeProcessingJobResponse,
  DescribeTrainingJobResponse,
  PipelineExecutionStep,
} from '@aws-sdk/client-sagemaker';
import type { Row, Section } from '../../../shared/facts';
import type { StepDetail } from './contract';
import type { StepDefinition } from '../../definition';
import { modelLabel } from '../../model';
import type { Job } from '../../service';

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
  definition: Pick<StepDefinition, 'name' | 'type' | 'description' | 'dependsOn' | 'arguments'>;
  /** As the service lists it; absent before the step was reached. */
  step?: PipelineExecutionStep;
  job?: Job;
  reports: readonly Report[];
}

/** The side panel's content for one step, beside the state that the graph itself knows: what went in, what came out, and the facts around it. */
export function detailOf(facts: StepFacts): StepDetail {
  const { definition, job } = facts;
  return {
    step: definition.name,
    input: job ? inputOf(job) : argumentsOf(definition),
    output: outputOf(facts),
    info: infoOf(facts),
    hasLogs: definition.type === 'Training' || definition.type === 'Processing',
    ...(facts.step ? {} : { note: 'The step has not been reached.' }),
  };
}

function inputOf(job: Job): Section[] {
  return job.kind === 'Training' ? trainingInput(job.job) : processingInput(job.job);
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

function outputOf({ step, job, reports }: StepFacts): Section[] {
  const training = job?.kind === 'Training' ? job.job : undefined;
  const processing = job?.kind === 'Processing' ? job.job : undefined;
  const metadata = step?.Metadata;
  const artifact = training?.ModelArtifacts?.S3ModelArtifacts;
  const model = metadata?.RegisterModel?.Arn;
  return sections(
    [
      'Metrics',
      (training?.FinalMetricDataList ?? []).map(({ MetricName = '', Value }) => ({
        label: MetricName,
        value: String(Value ?? ''),
        kind: 'number' as const,
      })),
    ],
    ['Model', artifact ? [row('Artifact', artifact, artifact)] : []],
    [
      'Files',
      (processing?.ProcessingOutputConfig?.Outputs ?? []).map(({ OutputName, S3Output }) =>
        row(OutputName ?? '', S3Output?.S3Uri ?? '', S3Output?.S3Uri),
      ),
    ],
    ...reports.map((report): [string, Row[]] => [
      report.name,
      [row('File', report.uri, report.uri), { label: 'Content', value: report.text, kind: 'code' }],
    ]),
    ['Outcome', metadata?.Condition?.Outcome ? [row('Outcome', metadata.Condition.Outcome)] : []],
    ['Model package', model ? [row('Version', modelLabel(model), model)] : []],
    ['Message', metadata?.Fail?.ErrorMessage ? [row('Error', metadata.Fail.ErrorMessage)] : []],
  );
}

function infoOf({ definition, job }: StepFacts): Section[] {
  const training = job?.kind === 'Training' ? job.job : undefined;
  const processing = job?.kind === 'Processing' ? job.job : undefined;
  const cluster = training?.ResourceConfig ?? processing?.ProcessingResources?.ClusterConfig;
  const image = training?.AlgorithmSpecification?.TrainingImage ?? processing?.AppSpecification?.ImageUri;
  const arn = training?.TrainingJobArn ?? processing?.ProcessingJobArn;
  return sections(
    [
      'Definition',
      [
        ...present('Description', definition.description),
        ...present('Depends on', definition.dependsOn.length > 0 ? definition.dependsOn.join(', ') : undefined),
      ],
    ],
    [
      'Job',
      [
        ...present('Name', job?.name),
        ...present('ARN', arn),
        ...present('Instances', cluster ? `${cluster.InstanceCount ?? 1} × ${cluster.InstanceType ?? '?'}` : undefined),
        ...present('Image', image),
        ...present('Role', training?.RoleArn ?? processing?.RoleArn),
      ],
    ],
  );
}

function sections(...all: [title: string, rows: Row[]][]): Section[] {
  return all.filter(([, rows]) => rows.length > 0).map(([title, rows]) => ({ title, rows }));
}

function row(label: string, value: string, link?: string): Row {
  return { label, value, ...(link ? { link } : {}) };
}

function present(label: string, value: string | undefined): Row[] {
  return value ? [row(label, value)] : [];
}

function code(label: string, value: unknown): Row {
  if (typeof value === 'string') return row(label, value);
  return { label, value: JSON.stringify(value, undefined, 2), kind: 'code' };
}
