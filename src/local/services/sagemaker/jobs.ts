import type {
  DescribeHyperParameterTuningJobResponse,
  HyperParameterTrainingJobSummary,
  HyperParameterTuningJobObjective,
  ListTrainingJobsForHyperParameterTuningJobRequest,
  ListTrainingJobsForHyperParameterTuningJobResponse,
} from '@aws-sdk/client-sagemaker';
import type { Context } from '../../engine/context';
import { jobKinds } from '../../jobs';
import { type Job, jobs } from '../../jobs/job';
import type { JobKind } from '../../jobs/kind';
import { trainingJobsOf } from '../../jobs/tuning';
import { invalid } from '../../wire/errors';
import type { Operations } from '../../wire/service';
import { pageToken, readPageToken } from '../../wire/pages';
import type { Checked } from '../service';
import { limitOf, listRecords, questionOf } from './listing';

/** Create, Stop, Describe and List of every kind of job. */
export function jobOperations(context: Context): Operations {
  return Object.assign(
    {},
    ...jobKinds.map((kind) => operationsOf(kind, context)),
    tuningOperations(context),
  ) as Operations;
}

/** The training jobs of a tuning job, all that there are at once. */
function tuningOperations({ store }: Context): Operations {
  return {
    ListTrainingJobsForHyperParameterTuningJob(
      input: Checked<ListTrainingJobsForHyperParameterTuningJobRequest>,
    ): ListTrainingJobsForHyperParameterTuningJobResponse {
      const job = jobs(store).get(`tuning/${input.HyperParameterTuningJobName}`);
      if (!job) throw invalid('Requested resource not found.');
      const bestFirst = trainingJobsOf(store, job.arn).filter(
        ({ TrainingJobStatus: status }) => input.StatusEquals === undefined || input.StatusEquals === status,
      );
      const question = questionOf('ListTrainingJobsForHyperParameterTuningJob', input);
      // Those without a value are left out of what is sorted by it.
      const found =
        input.SortBy === 'FinalObjectiveMetricValue' ? bestFirst.filter(hasValue) : bestFirst.toSorted(byAge);
      const isMinimized = objectiveOf(job)?.Type === 'Minimize';
      // The best comes first in the one direction for what is minimized, in the other for the rest.
      const isTurned =
        input.SortBy === 'FinalObjectiveMetricValue'
          ? (input.SortOrder === 'Descending') === isMinimized
          : input.SortOrder === 'Descending';
      const ordered = isTurned ? found.toReversed() : found;
      const start = Number(readPageToken(question, input.NextToken)?.key ?? 0);
      const end = start + limitOf(input);
      return {
        TrainingJobSummaries: ordered.slice(start, end),
        ...(end < ordered.length ? { NextToken: pageToken(question, { value: end, key: end }) } : {}),
      };
    },
  };
}

function hasValue({ FinalHyperParameterTuningJobObjectiveMetric: metric }: HyperParameterTrainingJobSummary): boolean {
  return metric?.Value !== undefined;
}

function byAge(a: HyperParameterTrainingJobSummary, b: HyperParameterTrainingJobSummary): number {
  return (a.CreationTime?.getTime() ?? 0) - (b.CreationTime?.getTime() ?? 0);
}

function objectiveOf({ doc }: Job): HyperParameterTuningJobObjective | undefined {
  return (doc as DescribeHyperParameterTuningJobResponse).HyperParameterTuningJobConfig
    ?.HyperParameterTuningJobObjective;
}

/** The members that these operations know by names of their kind: `TrainingJobName`. */
type Named = Record<string, string>;

function operationsOf(kind: JobKind, { store, jobs: runner }: Context): Operations {
  const { resource } = kind;
  const find = (input: Named): Job => {
    const job = jobs(store).get(`${kind.name}/${input[`${resource}Name`] ?? ''}`);
    // The service answers so, and its clients' waiters count on it.
    if (!job) throw invalid('Requested resource not found.');
    return job;
  };
  return {
    [`Create${resource}`](input: Named) {
      const refusal = kind.refuse(input);
      if (refusal !== undefined) throw invalid(`Local cannot run this job: ${refusal}.`);
      kind.check?.(input, store);
      const job = runner.create(kind, input[`${resource}Name`] ?? '', input);
      runner.start(kind, job, input);
      return { [`${resource}Arn`]: job.arn };
    },

    [`Stop${resource}`](input: Named) {
      const job = find(input);
      if (job.status !== 'InProgress' && job.status !== 'Stopping') {
        throw invalid(
          `The request was rejected because the job is in status ${job.status}. Only a job in progress can be stopped.`,
        );
      }
      runner.stop(job);
      return {};
    },

    [`Describe${resource}`]: (input: Named) => find(input).doc,

    [`List${resource}s`](input: object) {
      const { records, nextToken } = listRecords(jobs(store), kind.name, input, {
        sorts: { CreationTime: 'created', Name: 'name', Status: 'status' },
        newestFirst: false,
        filters: [['kind = ?', kind.name]],
      });
      return { [`${resource}Summaries`]: records.map(({ doc }) => kind.summary(doc)), NextToken: nextToken };
    },
  };
}
