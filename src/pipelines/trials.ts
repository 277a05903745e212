/** What a tuning job or an AutoML job tried: its training jobs or candidates, the best first. */
import type { AutoMLCandidate, HyperParameterTrainingJobSummary } from '@aws-sdk/client-sagemaker';
import type { Session } from '../aws';
import type { Job } from './service';

/** A training job of a tuning job, or a candidate of an AutoML job. */
export interface Trial {
  name: string;
  status: string;
  /** What the objective came to; absent while it is not known. */
  value?: number;
  /** The hyperparameters that were tuned. */
  values: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  started?: number;
  ended?: number;
}

/** The trials of a job. */
export interface Trials {
  /** What is tried: `Training jobs`. */
  title: string;
  /** The metric that decides. */
  metric: string;
  /** The name of the best one, as the service tells it. */
  best?: string;
  /** The best first, then those without a value. */
  trials: readonly Trial[];
  /** There are others. */
  hasMore: boolean;
}

/** A job that tries several things. */
export type TryingJob = Extract<Job, { kind: 'Tuning' | 'AutoML' }>;

/** True for a job that tries several things. */
export function isTrying(job: Job): job is TryingJob {
  return job.kind === 'Tuning' || job.kind === 'AutoML';
}

/** Trials that are asked for; a page of the service. */
const most = 100;

/** The trials of a job, of which one page is read. */
export function readTrials(session: Session, job: TryingJob): Promise<Trials> {
  return job.kind === 'Tuning' ? readTrainingJobs(session, job) : readCandidates(session, job);
}

/**
 * Where there may be more than a page, the best are asked for; the service leaves those without a value out then.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListTrainingJobsForHyperParameterTuningJob.html
 */
async function readTrainingJobs(session: Session, job: Extract<Job, { kind: 'Tuning' }>): Promise<Trials> {
  const { sdk, sagemaker } = session;
  const { HyperParameterTuningJobConfig: config, BestTrainingJob, TrainingJobDefinitions } = job.job;
  const objective = config?.HyperParameterTuningJobObjective ?? TrainingJobDefinitions?.[0]?.TuningObjective;
  const isMinimized = objective?.Type === 'Minimize';
  const isLong = (config?.ResourceLimits?.MaxNumberOfTrainingJobs ?? most + 1) > most;
  const order = { SortBy: 'FinalObjectiveMetricValue', SortOrder: isMinimized ? 'Ascending' : 'Descending' } as const;
  const { TrainingJobSummaries = [], NextToken } = await session.call('list the training jobs of the tuning job', () =>
    sagemaker.send(
      new sdk.ListTrainingJobsForHyperParameterTuningJobCommand({
        HyperParameterTuningJobName: job.name,
        MaxResults: most,
        ...(isLong ? order : {}),
      }),
    ),
  );
  return {
    title: 'Training jobs',
    metric: objective?.MetricName ?? 'Objective',
    ...(BestTrainingJob?.TrainingJobName ? { best: BestTrainingJob.TrainingJobName } : {}),
    trials: bestFirst(TrainingJobSummaries.map(trialOfJob), isMinimized),
    hasMore: NextToken !== undefined,
  };
}

function trialOfJob(summary: HyperParameterTrainingJobSummary): Trial {
  return {
    name: summary.TrainingJobName ?? '',
    status: summary.TrainingJobStatus ?? '',
    ...valueOf(summary.FinalHyperParameterTuningJobObjectiveMetric?.Value),
    values: summary.TunedHyperParameters ?? {},
    ...timesOf(summary.TrainingStartTime ?? summary.CreationTime, summary.TrainingEndTime),
  };
}

async function readCandidates(session: Session, job: Extract<Job, { kind: 'AutoML' }>): Promise<Trials> {
  const { sdk, sagemaker } = session;
  const { AutoMLJobObjective, BestCandidate, ResolvedAttributes } = job.job;
  const objective = AutoMLJobObjective ?? ResolvedAttributes?.AutoMLJobObjective;
  const { Candidates = [], NextToken } = await session.call('list the candidates of the AutoML job', () =>
    sagemaker.send(new sdk.ListCandidatesForAutoMLJobCommand({ AutoMLJobName: job.name, MaxResults: most })),
  );
  const metric = [BestCandidate, ...Candidates].find((each) => each?.FinalAutoMLJobObjectiveMetric);
  const { MetricName, Type } = metric?.FinalAutoMLJobObjectiveMetric ?? {};
  return {
    title: 'Candidates',
    metric: objective?.MetricName ?? MetricName ?? 'Objective',
    ...(BestCandidate?.CandidateName ? { best: BestCandidate.CandidateName } : {}),
    trials: bestFirst(Candidates.map(trialOfCandidate), Type === 'Minimize'),
    hasMore: NextToken !== undefined,
  };
}

function trialOfCandidate(candidate: AutoMLCandidate): Trial {
  return {
    name: candidate.CandidateName ?? '',
    status: candidate.CandidateStatus ?? '',
    ...valueOf(candidate.FinalAutoMLJobObjectiveMetric?.Value),
    values: {},
    ...timesOf(candidate.CreationTime, candidate.EndTime),
  };
}

function valueOf(value: number | undefined): Pick<Trial, 'value'> {
  return value === undefined ? {} : { value };
}

function timesOf(started: Date | undefined, ended: Date | undefined): Pick<Trial, 'started' | 'ended'> {
  return { ...(started ? { started: started.getTime() } : {}), ...(ended ? { ended: ended.getTime() } : {}) };
}

function bestFirst(trials: readonly Trial[], isMinimized: boolean): Trial[] {
  const known = trials.filter(({ value }) => value !== undefined);
  const sign = isMinimized ? 1 : -1;
  const sorted = known.toSorted((a, b) => sign * ((a.value ?? 0) - (b.value ?? 0)));
  return [...sorted, ...trials.filter(({ value }) => value === undefined)];
}
