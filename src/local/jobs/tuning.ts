import type {
  CreateHyperParameterTuningJobRequest,
  CreateTrainingJobRequest,
  DescribeHyperParameterTuningJobResponse,
  DescribeTrainingJobResponse,
  HyperParameterTrainingJobDefinition,
  HyperParameterTrainingJobSummary,
  HyperParameterTuningJobObjective,
  ParameterRanges,
} from '@aws-sdk/client-sagemaker';
import { randomId } from '../domain/arns';
import type { Store } from '../store/store';
import { isRecord } from '../wire/validate';
import { jobs } from './job';
import type { Conducting, ConductedKind, JobEnd } from './kind';
import { recordIn, together } from './refuse';
import { type Search, type Trial, searchOf } from './search';
import { training } from './training';

type Doc = DescribeHyperParameterTuningJobResponse;

/** A definition with what it is tuned by. */
interface Tuned {
  definition: HyperParameterTrainingJobDefinition;
  objective: HyperParameterTuningJobObjective;
  search: Search;
}

/**
 * Tuning jobs: training jobs with hyperparameters that a strategy chooses, the best of which is told.
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-how-it-works.html
 */
export const tuning: ConductedKind<CreateHyperParameterTuningJobRequest, Doc> = {
  name: 'tuning',
  resource: 'HyperParameterTuningJob',
  metadata: 'TuningJob',
  arnType: 'hyper-parameter-tuning-job',
  longestName: 32,
  cacheKey: ['HyperParameterTuningJobConfig', 'TrainingJobDefinition', 'TrainingJobDefinitions', 'WarmStartConfig'],

  refuse(known) {
    const config = recordIn(known, 'HyperParameterTuningJobConfig');
    const list = Array.isArray(known.TrainingJobDefinitions) ? known.TrainingJobDefinitions.filter(isRecord) : [];
    const single = recordIn(known, 'TrainingJobDefinition');
    const children = (single ? [single, ...list] : list).map(({ StaticHyperParameters: HyperParameters, ...rest }) =>
      training.refuse({ ...rest, ...(isRecord(HyperParameters) ? { HyperParameters } : {}) }),
    );
    return together(
      known.WarmStartConfig === undefined ? undefined : 'Local does not start a tuning job from another one',
      ...children,
      config?.Strategy === 'Grid' && hasNumbers(config.ParameterRanges)
        ? 'the strategy Grid takes categorical parameters alone'
        : undefined,
    );
  },

  document(request, { name, arn, now }) {
    const { Tags: _, ...described } = request;
    return {
      ...described,
      HyperParameterTuningJobName: name,
      HyperParameterTuningJobArn: arn,
      HyperParameterTuningJobConfig: request.HyperParameterTuningJobConfig,
      HyperParameterTuningJobStatus: 'InProgress',
      CreationTime: now,
      LastModifiedTime: now,
      TrainingJobStatusCounters: { Completed: 0, InProgress: 0, RetryableError: 0, NonRetryableError: 0, Stopped: 0 },
      ObjectiveStatusCounters: { Succeeded: 0, Pending: 0, Failed: 0 },
    };
  },

  conduct,

  enter(doc, phase, now) {
    doc.LastModifiedTime = now;
    if (phase === 'Stopping') doc.HyperParameterTuningJobStatus = phase;
  },

  end(doc, { status, reason, at }) {
    doc.LastModifiedTime = at;
    doc.HyperParameterTuningEndTime = at;
    doc.HyperParameterTuningJobStatus = status;
    if (reason !== undefined) doc.FailureReason = reason;
  },

  summary: (doc) => ({
    HyperParameterTuningJobName: doc.HyperParameterTuningJobName,
    HyperParameterTuningJobArn: doc.HyperParameterTuningJobArn,
    HyperParameterTuningJobStatus: doc.HyperParameterTuningJobStatus,
    Strategy: doc.HyperParameterTuningJobConfig?.Strategy,
    CreationTime: doc.CreationTime,
    HyperParameterTuningEndTime: doc.HyperParameterTuningEndTime,
    LastModifiedTime: doc.LastModifiedTime,
    TrainingJobStatusCounters: doc.TrainingJobStatusCounters,
    ObjectiveStatusCounters: doc.ObjectiveStatusCounters,
    ResourceLimits: doc.HyperParameterTuningJobConfig?.ResourceLimits,
  }),
};

/** The training jobs of a tuning job, the best first, then those without a value. */
export function trainingJobsOf(store: Store, arn: string): HyperParameterTrainingJobSummary[] {
  const name = arn.slice(arn.indexOf('/') + 1);
  const { doc } = jobs(store).get(`tuning/${name}`) ?? {};
  const config = (doc as Doc | undefined)?.HyperParameterTuningJobConfig;
  const ranged = doc === undefined ? new Set<string>() : tunedNames(doc as Doc);
  const children = jobs(store)
    .list("kind = 'training' AND substr(name, 1, ?) = ?", name.length + 1, `${name}-`)
    .map((job) => job.doc as DescribeTrainingJobResponse)
    .filter(({ TuningJobArn }) => TuningJobArn === arn)
    .map((child) => summaryOf(child, config?.HyperParameterTuningJobObjective, ranged));
  return sorted(children, config?.HyperParameterTuningJobObjective);
}

/** The best first; of equals that which was begun first, whenever it ended. */
function sorted(
  children: readonly HyperParameterTrainingJobSummary[],
  objective: HyperParameterTuningJobObjective | undefined,
): HyperParameterTrainingJobSummary[] {
  const sign = objective?.Type === 'Minimize' ? 1 : -1;
  const order = (child: HyperParameterTrainingJobSummary): number => {
    const value = child.FinalHyperParameterTuningJobObjectiveMetric?.Value;
    return value === undefined ? Number.POSITIVE_INFINITY : sign * value;
  };
  return children.toSorted((a, b) => {
    const [one, other] = [order(a), order(b)];
    if (one !== other) return one - other;
    return (a.TrainingJobName ?? '') < (b.TrainingJobName ?? '') ? -1 : 1;
  });
}

function summaryOf(
  doc: DescribeTrainingJobResponse,
  objective: HyperParameterTuningJobObjective | undefined,
  tuned: ReadonlySet<string>,
): HyperParameterTrainingJobSummary {
  const metric = doc.FinalMetricDataList?.find(({ MetricName }) => MetricName === objective?.MetricName);
  const isOver = doc.TrainingJobStatus !== 'InProgress' && doc.TrainingJobStatus !== 'Stopping';
  return {
    TrainingJobName: doc.TrainingJobName,
    TrainingJobArn: doc.TrainingJobArn,
    CreationTime: doc.CreationTime,
    TrainingStartTime: doc.TrainingStartTime,
    TrainingEndTime: doc.TrainingEndTime,
    TrainingJobStatus: doc.TrainingJobStatus,
    TunedHyperParameters: Object.fromEntries(
      Object.entries(doc.HyperParameters ?? {}).filter(([name]) => tuned.has(name)),
    ),
    FailureReason: doc.FailureReason,
    ...(metric?.Value === undefined
      ? {}
      : {
          FinalHyperParameterTuningJobObjectiveMetric: {
            Type: objective?.Type,
            MetricName: metric.MetricName,
            Value: metric.Value,
          },
        }),
    ...(isOver ? { ObjectiveStatus: metric === undefined ? ('Failed' as const) : ('Succeeded' as const) } : {}),
  };
}

function definitionsOf(request: CreateHyperParameterTuningJobRequest): Tuned[] {
  const config = request.HyperParameterTuningJobConfig;
  const { TrainingJobDefinition: single, TrainingJobDefinitions: several = [] } = request;
  return (single ? [single] : several).map((definition) => {
    const ranges = definition.HyperParameterRanges ?? config?.ParameterRanges ?? {};
    const objective = definition.TuningObjective ?? config?.HyperParameterTuningJobObjective;
    return {
      definition,
      objective: objective ?? { Type: 'Minimize', MetricName: '' },
      search: searchOf(config?.Strategy ?? 'Bayesian', ranges, config?.RandomSeed),
    };
  });
}

async function conduct(work: Conducting<CreateHyperParameterTuningJobRequest, Doc>): Promise<JobEnd> {
  const { request, doc, name, signal } = work;
  const limits = request.HyperParameterTuningJobConfig?.ResourceLimits;
  const tuned = definitionsOf(request);
  const own = tuned.map(() => [] as Trial[]);
  const most = limits?.MaxNumberOfTrainingJobs ?? tuned[0]?.search.size ?? 1;
  const deadline = Date.now() + (limits?.MaxRuntimeInSeconds ?? Number.POSITIVE_INFINITY) * 1000;
  const ended: HyperParameterTrainingJobSummary[] = [];
  const names = tunedNames(doc);
  let count = 0;

  const worker = async (): Promise<void> => {
    while (!signal.aborted && count < most && Date.now() < deadline) {
      const number = count++;
      // Several definitions take turns.
      const index = number % tuned.length;
      const which = tuned[index];
      const values = which?.search.next(own[index] ?? [], which.objective.Type === 'Minimize');
      if (!which || !values) continue;
      counted(doc, 'InProgress', 1);
      work.save();
      const child = `${name}-${String(number + 1).padStart(3, '0')}-${randomId(8)}`;
      const made = await work.run(training, child, childRequest(which, values, child, doc));
      const summary = summaryOf(made, which.objective, names);
      const value = summary.FinalHyperParameterTuningJobObjectiveMetric?.Value;
      if (value !== undefined) own[index]?.push({ values, value });
      ended.push(summary);
      note(doc, made, summary, sorted(ended, which.objective)[0]);
      work.save();
    }
  };
  const parallel = Math.max(1, Math.min(limits?.MaxParallelTrainingJobs ?? 1, most));
  await Promise.all(Array.from({ length: parallel }, worker));
  if (signal.aborted) return { status: 'Stopped' };
  if (ended.some(({ TrainingJobStatus: status }) => status === 'Completed')) return { status: 'Completed' };
  const reason = ended.find(({ FailureReason }) => FailureReason !== undefined)?.FailureReason;
  return { status: 'Failed', reason: `All training jobs failed. The first: ${reason ?? 'no reason was given'}` };
}

function note(
  doc: Doc,
  { TrainingJobStatus: status }: DescribeTrainingJobResponse,
  summary: HyperParameterTrainingJobSummary,
  best: HyperParameterTrainingJobSummary | undefined,
): void {
  counted(doc, 'InProgress', -1);
  counted(doc, status === 'Completed' ? 'Completed' : status === 'Stopped' ? 'Stopped' : 'NonRetryableError', 1);
  const counters = (doc.ObjectiveStatusCounters ??= {});
  const outcome = summary.ObjectiveStatus === 'Succeeded' ? 'Succeeded' : 'Failed';
  counters[outcome] = (counters[outcome] ?? 0) + 1;
  if (best?.FinalHyperParameterTuningJobObjectiveMetric) doc.BestTrainingJob = best;
}

function counted(doc: Doc, counter: 'Completed' | 'InProgress' | 'NonRetryableError' | 'Stopped', by: number): void {
  const counters = (doc.TrainingJobStatusCounters ??= {});
  counters[counter] = (counters[counter] ?? 0) + by;
}

function childRequest(
  { definition, objective }: Tuned,
  values: Readonly<Record<string, string>>,
  name: string,
  { HyperParameterTuningJobArn: TuningJobArn }: Doc,
): CreateTrainingJobRequest & { TuningJobArn?: string | undefined } {
  const {
    StaticHyperParameters: fixed,
    HyperParameterRanges: _,
    TuningObjective: _objective,
    DefinitionName: _name,
    HyperParameterTuningResourceConfig: resources,
    RetryStrategy: _retry,
    ...rest
  } = definition;
  const group = resources?.InstanceConfigs?.[0] ?? resources;
  return {
    ...rest,
    TrainingJobName: name,
    TuningJobArn,
    AlgorithmSpecification: definition.AlgorithmSpecification,
    ResourceConfig: definition.ResourceConfig ?? {
      InstanceCount: group?.InstanceCount,
      InstanceType: group?.InstanceType,
      VolumeSizeInGB: group?.VolumeSizeInGB,
    },
    HyperParameters: { ...fixed, ...values, _tuning_objective_metric: objective.MetricName ?? '' },
  };
}

/** The names of the hyperparameters that a job tunes. */
function tunedNames(doc: Doc): Set<string> {
  const all = [
    doc.HyperParameterTuningJobConfig?.ParameterRanges,
    doc.TrainingJobDefinition?.HyperParameterRanges,
    ...(doc.TrainingJobDefinitions ?? []).map(({ HyperParameterRanges }) => HyperParameterRanges),
  ];
  return new Set(all.flatMap((ranges) => namesIn(ranges)));
}

function namesIn(ranges: ParameterRanges | undefined): string[] {
  const {
    IntegerParameterRanges: whole,
    ContinuousParameterRanges: real,
    CategoricalParameterRanges: words,
  } = ranges ?? {};
  return [...(whole ?? []), ...(real ?? []), ...(words ?? [])].flatMap(({ Name }) => Name ?? []);
}

function hasNumbers(ranges: unknown): boolean {
  if (!isRecord(ranges)) return false;
  return ['IntegerParameterRanges', 'ContinuousParameterRanges'].some((name) => {
    const list = ranges[name];
    return Array.isArray(list) && list.length > 0;
  });
}
