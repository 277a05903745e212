import type { Context } from '../../engine/context';
import { jobKinds } from '../../jobs';
import { type Job, jobs } from '../../jobs/job';
import type { JobKind } from '../../jobs/kind';
import { invalid } from '../../wire/errors';
import type { Operations } from '../../wire/service';
import { listRecords } from './listing';

/** Create, Stop, Describe and List of every kind of job. */
export function jobOperations(context: Context): Operations {
  return Object.assign({}, ...jobKinds.map((kind) => operationsOf(kind, context))) as Operations;
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
