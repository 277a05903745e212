import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  BatchGetProjectsInput,
  BatchGetProjectsOutput,
  CreateProjectInput,
  CreateProjectOutput,
  DeleteProjectInput,
  InvalidateProjectCacheInput,
  ListProjectsInput,
  ListProjectsOutput,
  Project,
  Tag,
  UpdateProjectInput,
  UpdateProjectOutput,
} from '@aws-sdk/client-codebuild';
import { type BuildProject, buildProjects, codebuildArn, findProject, projectName } from '../../domain/builds';
import { tags } from '../../domain/tags';
import type { Context } from '../../engine/context';
import type { Store } from '../../store/store';
import { ServiceError } from '../../wire/errors';
import type { Operations } from '../../wire/service';
import type { Checked } from '../service';

/** Names a page of a listing. */
export const pageSize = 100;

/** What the service fills in. */
const defaults = { timeoutInMinutes: 60, queuedTimeoutInMinutes: 480, cache: { type: 'NO_CACHE' as const } };

export function projectOperations({ store }: Context): Operations {
  return {
    CreateProject(input: Checked<CreateProjectInput>): CreateProjectOutput {
      const { name, tags: given, badgeEnabled, ...described } = input;
      if (buildProjects(store).get(name)) {
        throw new ServiceError(
          'ResourceAlreadyExistsException',
          `Project already exists: ${codebuildArn('project', name)}`,
        );
      }
      const now = new Date();
      const arn = codebuildArn('project', name);
      const project: Project = {
        ...defaults,
        ...described,
        name,
        arn,
        badge: { badgeEnabled: badgeEnabled ?? false },
        created: now,
        lastModified: now,
        projectVisibility: 'PRIVATE',
      };
      check(project);
      return store.transaction(() => {
        const made = { name, project, createdAt: now, builds: 0 };
        buildProjects(store).put(made);
        setTags(store, arn, given);
        return { project: describe(store, made) };
      });
    },

    UpdateProject(input: Checked<UpdateProjectInput>): UpdateProjectOutput {
      return store.transaction(() => {
        const found = findProject(store, input.name);
        const { name: _, tags: given, badgeEnabled, ...changes } = input;
        const project: Project = {
          ...found.project,
          ...changes,
          ...(badgeEnabled === undefined ? {} : { badge: { badgeEnabled } }),
          lastModified: new Date(),
        };
        check(project);
        const made = { ...found, project };
        buildProjects(store).put(made);
        if (given) setTags(store, project.arn ?? '', given);
        return { project: describe(store, made) };
      });
    },

    async DeleteProject({ name }: Checked<DeleteProjectInput>): Promise<object> {
      const plain = projectName(name);
      store.transaction(() => {
        buildProjects(store).delete('id = ?', plain);
        tags(store).remove(codebuildArn('project', plain));
      });
      await forgetCache(store, plain);
      return {};
    },

    BatchGetProjects({ names }: Checked<BatchGetProjectsInput>): BatchGetProjectsOutput {
      const found = names.flatMap((name) => buildProjects(store).get(projectName(name)) ?? []);
      return {
        projects: found.map((one) => describe(store, one)),
        projectsNotFound: names.filter((name) => !buildProjects(store).get(projectName(name))),
      };
    },

    ListProjects({ sortBy, sortOrder, nextToken }: ListProjectsInput): ListProjectsOutput {
      const sort = sortBy === 'CREATED_TIME' ? 'created' : sortBy === 'LAST_MODIFIED_TIME' ? 'modified' : 'id';
      const { records, nextToken: next } = buildProjects(store).page([], {
        sort,
        descending: sortOrder === 'DESCENDING',
        limit: pageSize,
        token: nextToken,
        question: ['ListProjects', sort, sortOrder],
      });
      return { projects: records.map(({ name }) => name), ...(next === undefined ? {} : { nextToken: next }) };
    },

    async InvalidateProjectCache(input: Checked<InvalidateProjectCacheInput>): Promise<object> {
      await forgetCache(store, findProject(store, input.projectName).name);
      return {};
    },

    ListCuratedEnvironmentImages: () => ({ platforms: [] }),
  };
}

function check({ source, artifacts, environment }: Project): void {
  if (source?.type === 'NO_SOURCE' && (source.buildspec ?? '').trim() === '') {
    throw new ServiceError(
      'InvalidInputException',
      'A project without a source needs its buildspec in source.buildspec.',
    );
  }
  if (artifacts?.type === 'S3' && (artifacts.location ?? '') === '') {
    throw new ServiceError('InvalidInputException', 'Artifacts of type S3 need location, the name of a bucket.');
  }
  if (source?.type === 'S3' && !/.+\/.+/.test(source.location ?? '')) {
    throw new ServiceError('InvalidInputException', 'A source of type S3 needs location as bucket/key.');
  }
  if ((source?.type === 'CODEPIPELINE') !== (artifacts?.type === 'CODEPIPELINE')) {
    throw new ServiceError(
      'InvalidInputException',
      'Source and artifacts are both of type CODEPIPELINE, or none of them is.',
    );
  }
  const names = (environment?.environmentVariables ?? []).map(({ name }) => name);
  if (new Set(names).size < names.length) {
    throw new ServiceError('InvalidInputException', 'Two environment variables have one name.');
  }
}

function describe(store: Store, { project }: BuildProject): Project {
  const own = tags(store).of(project.arn ?? '');
  return { ...project, tags: own.map(({ Key, Value }) => ({ key: Key, value: Value })) };
}

function setTags(store: Store, arn: string, given: readonly Tag[] | undefined): void {
  tags(store).remove(arn);
  tags(store).add(
    arn,
    (given ?? []).map(({ key, value }) => ({ Key: key, Value: value })),
  );
}

async function forgetCache({ folder }: Store, name: string): Promise<void> {
  await rm(join(folder, 'build-cache', name), { recursive: true, force: true });
}
