import type {
  BatchGetBuildBatchesInput,
  BatchGetBuildBatchesOutput,
  BuildBatch,
  DeleteBuildBatchInput,
  DeleteBuildBatchOutput,
  ListBuildBatchesForProjectInput,
  ListBuildBatchesInput,
  ListBuildBatchesOutput,
  RetryBuildBatchInput,
  RetryBuildBatchOutput,
  StartBuildBatchInput,
  StartBuildBatchOutput,
  StopBuildBatchInput,
  StopBuildBatchOutput,
} from '@aws-sdk/client-codebuild';
import {
  type BatchRecord,
  buildBatches,
  buildId,
  builds,
  codebuildArn,
  findBatch,
  findProject,
} from '../../domain/builds';
import { once } from '../../domain/once';
import type { Context } from '../../engine/context';
import type { Filter } from '../../store/records';
import { ServiceError } from '../../wire/errors';
import type { Operations } from '../../wire/service';
import type { Checked } from '../service';
import { pageSize } from './projects';

export function batchOperations({ store, builds: { batches: runner } }: Context): Operations {
  const withToken = <T extends object>(
    operation: string,
    { idempotencyToken, ...rest }: { idempotencyToken?: string | undefined },
    work: () => T,
  ): T => once(store, operation, { ...rest, ClientRequestToken: idempotencyToken }, work);
  const page = (filters: Filter[], input: ListBuildBatchesInput, question: unknown[]): ListBuildBatchesOutput => {
    const { filter, sortOrder, maxResults, nextToken: token } = input;
    const status: Filter[] = filter?.status === undefined ? [] : [['status = ?', filter.status]];
    const { records, nextToken } = buildBatches(store).page([...filters, ...status], {
      sort: 'created',
      descending: sortOrder !== 'ASCENDING',
      limit: maxResults ?? pageSize,
      token,
      question: [...question, sortOrder, filter?.status],
    });
    return { ids: records.map(({ id }) => id), ...(nextToken === undefined ? {} : { nextToken }) };
  };
  return {
    StartBuildBatch: (input: StartBuildBatchInput): StartBuildBatchOutput =>
      withToken('StartBuildBatch', input, () => ({ buildBatch: answer(runner.start(input)) })),

    StopBuildBatch({ id }: Checked<StopBuildBatchInput>): StopBuildBatchOutput {
      const record = findBatch(store, id);
      runner.stop(record);
      return { buildBatch: answer(record) };
    },

    RetryBuildBatch(input: RetryBuildBatchInput): RetryBuildBatchOutput {
      const record = findBatch(store, input.id ?? '');
      return withToken('RetryBuildBatch', input, () => {
        if (record.status === 'IN_PROGRESS') {
          throw new ServiceError('InvalidInputException', 'The batch is still running. Stop it, or wait for its end.');
        }
        return { buildBatch: answer(runner.retry(record, input.retryType)) };
      });
    },

    BatchGetBuildBatches({ ids }: Checked<BatchGetBuildBatchesInput>): BatchGetBuildBatchesOutput {
      return {
        buildBatches: ids.flatMap((id) => buildBatches(store).get(buildId(id)) ?? []).map(answer),
        buildBatchesNotFound: ids.filter((id) => !buildBatches(store).get(buildId(id))),
      };
    },

    ListBuildBatches: (input: ListBuildBatchesInput): ListBuildBatchesOutput => page([], input, ['ListBuildBatches']),

    ListBuildBatchesForProject(input: ListBuildBatchesForProjectInput): ListBuildBatchesOutput {
      const { name } = findProject(store, input.projectName ?? '');
      return page([['project = ?', name]], input, ['ListBuildBatchesForProject', name]);
    },

    DeleteBuildBatch({ id }: Checked<DeleteBuildBatchInput>): DeleteBuildBatchOutput {
      const record = findBatch(store, id);
      if (record.status === 'IN_PROGRESS') {
        throw new ServiceError('InvalidInputException', 'The batch is still running. Stop it, or wait for its end.');
      }
      return store.transaction(() => {
        const ids = (record.batch.buildGroups ?? []).flatMap(({ currentBuildSummary, priorBuildSummaryList = [] }) =>
          [currentBuildSummary, ...priorBuildSummaryList].flatMap((summary) => summary?.arn ?? []),
        );
        for (const arn of ids) builds(store).delete('id = ?', buildId(arn));
        buildBatches(store).delete('id = ?', record.id);
        return {
          statusCode: 'BATCH_DELETED',
          buildsDeleted: ids.map((arn) => codebuildArn('build', buildId(arn))),
          buildsNotDeleted: [],
        };
      });
    },
  };
}

/** A batch as it is told: an answer never changes after it was given. */
function answer({ batch }: BatchRecord): BuildBatch {
  return structuredClone(batch);
}
