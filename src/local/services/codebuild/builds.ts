import type {
  BatchDeleteBuildsInput,
  BatchDeleteBuildsOutput,
  BatchGetBuildsInput,
  BatchGetBuildsOutput,
  ListBuildsForProjectInput,
  ListBuildsForProjectOutput,
  ListBuildsInput,
  ListBuildsOutput,
  RetryBuildInput,
  RetryBuildOutput,
  SortOrderType,
  StartBuildInput,
  StartBuildOutput,
  StopBuildInput,
  StopBuildOutput,
} from '@aws-sdk/client-codebuild';
import {
  type BuildRecord,
  buildId,
  builds,
  codebuildArn,
  commandsProject,
  findBuild,
  findProject,
} from '../../domain/builds';
import { once } from '../../domain/once';
import type { Context } from '../../engine/context';
import type { Filter } from '../../store/records';
import { ServiceError } from '../../wire/errors';
import type { Operations } from '../../wire/service';
import type { Checked } from '../service';
import { pageSize } from './projects';

export function buildOperations({ store, builds: runner }: Context): Operations {
  const page = (
    filters: Filter[],
    sortOrder: SortOrderType | undefined,
    token: string | undefined,
    question: unknown[],
  ): { ids: string[]; nextToken?: string } => {
    const { records, nextToken } = builds(store).page(filters, {
      sort: 'created',
      descending: sortOrder !== 'ASCENDING',
      limit: pageSize,
      token,
      question: [...question, sortOrder],
    });
    return { ids: records.map(({ id }) => id), ...(nextToken === undefined ? {} : { nextToken }) };
  };
  const withToken = <T extends object>(
    operation: string,
    input: { idempotencyToken?: string | undefined },
    work: () => T,
  ): T => {
    const { idempotencyToken, ...rest } = input;
    return once(store, operation, { ...rest, ClientRequestToken: idempotencyToken }, work);
  };
  return {
    StartBuild: (input: Checked<StartBuildInput>): StartBuildOutput =>
      withToken('StartBuild', input, () => ({ build: answer(runner.start(input)) })),

    async StopBuild({ id }: Checked<StopBuildInput>): Promise<StopBuildOutput> {
      return { build: answer(await runner.stop(findBuild(store, id))) };
    },

    RetryBuild(input: RetryBuildInput): RetryBuildOutput {
      const before = findBuild(store, input.id ?? '');
      if (before.status === 'IN_PROGRESS') {
        throw new ServiceError('InvalidInputException', 'The build is still running. Stop it, or wait for its end.');
      }
      return withToken('RetryBuild', input, () => ({ build: answer(runner.retry(before)) }));
    },

    BatchGetBuilds({ ids }: Checked<BatchGetBuildsInput>): BatchGetBuildsOutput {
      return {
        builds: ids.flatMap((id) => builds(store).get(buildId(id)) ?? []).map(answer),
        buildsNotFound: ids.filter((id) => !builds(store).get(buildId(id))),
      };
    },

    BatchDeleteBuilds({ ids }: Checked<BatchDeleteBuildsInput>): BatchDeleteBuildsOutput {
      return store.transaction(() => {
        const known = ids.map((id) => ({ id, record: builds(store).get(buildId(id)) }));
        const isDone = ({ record }: (typeof known)[number]): boolean =>
          record !== undefined && record.status !== 'IN_PROGRESS';
        for (const { id } of known.filter(isDone)) builds(store).delete('id = ?', buildId(id));
        return {
          buildsDeleted: known.filter(isDone).map(({ id }) => codebuildArn('build', buildId(id))),
          buildsNotDeleted: known
            .filter((one) => !isDone(one))
            .map(({ id, record }) => ({ id, statusCode: record ? 'BUILD_IN_PROGRESS' : 'BUILD_NOT_FOUND' })),
        };
      });
    },

    ListBuilds: ({ sortOrder, nextToken }: ListBuildsInput): ListBuildsOutput =>
      page([['project <> ?', commandsProject]], sortOrder, nextToken, ['ListBuilds']),

    ListBuildsForProject(input: Checked<ListBuildsForProjectInput>): ListBuildsForProjectOutput {
      const { name } = findProject(store, input.projectName);
      return page([['project = ?', name]], input.sortOrder, input.nextToken, ['ListBuildsForProject', name]);
    },
  };
}

/** A build as it is told: an answer never changes after it was given. */
function answer({ build }: BuildRecord): NonNullable<StartBuildOutput['build']> {
  return structuredClone(build);
}
