import type {
  Build,
  BuildBatch,
  CodeCoverage,
  Project,
  ProjectCache,
  Report,
  ReportGroup,
  StartBuildBatchInput,
  StartBuildInput,
  TestCase,
} from '@aws-sdk/client-codebuild';
import { recordsOf } from '../store/part';
import type { Store } from '../store/store';
import { ServiceError } from '../wire/errors';
import { account, region } from './arns';

/** A build project. */
export interface BuildProject {
  name: string;
  project: Project;
  createdAt: Date;
  /** The number that the newest build has had. */
  builds: number;
}

/** An artifact of a pipeline in its store. */
export interface PipelineArtifact {
  name: string;
  bucket: string;
  key: string;
}

/** What a pipeline gives to a build that is an action of it. */
export interface PipelineLink {
  /** `pipeline/name`, the initiator. */
  initiator: string;
  inputs: readonly PipelineArtifact[];
  /** The input that the buildspec is in. */
  primary?: string;
  outputs: readonly PipelineArtifact[];
  /** Shown as the version of the source. */
  revision?: string;
  /** Where the log goes, where that is not the project's. */
  logGroup?: string;
}

/** A build as it is kept. */
export interface BuildRecord {
  /** `project:uuid` */
  id: string;
  project: string;
  status: string;
  createdAt: Date;
  build: Build;
  /** The project as it was when the build began: a retry takes it again. */
  made: Project;
  /** What it was started with. */
  request: StartBuildInput;
  pipeline?: PipelineLink;
  /** The batch that it is a build of. */
  batch?: { arn: string; identifier: string };
}

/** A batch of builds as it is kept. */
export interface BatchRecord {
  /** `project:uuid` */
  id: string;
  project: string;
  status: string;
  createdAt: Date;
  batch: BuildBatch;
  /** The project as it was when the batch began. */
  made: Project;
  request: StartBuildBatchInput;
  pipeline?: PipelineLink;
}

/** A report with all that is in it. */
export interface ReportRecord {
  arn: string;
  group: string;
  report: Report;
  tests: TestCase[];
  coverages: CodeCoverage[];
}

export interface ReportGroupRecord {
  arn: string;
  name: string;
  createdAt: Date;
  group: ReportGroup;
}

export const buildProjects = recordsOf<BuildProject>(
  'build_projects',
  { columns: 'created REAL NOT NULL, modified REAL NOT NULL' },
  ({ name, createdAt, project }) => ({
    id: name,
    created: createdAt.getTime(),
    modified: (project.lastModified ?? createdAt).getTime(),
  }),
);

export const builds = recordsOf<BuildRecord>(
  'builds',
  {
    columns: 'project TEXT NOT NULL, status TEXT NOT NULL, created REAL NOT NULL',
    indexes: `CREATE INDEX IF NOT EXISTS builds_of ON builds (project, created);
      CREATE INDEX IF NOT EXISTS builds_by_status ON builds (status)`,
  },
  ({ id, project, status, createdAt }) => ({ id, project, status, created: createdAt.getTime() }),
);

export const buildBatches = recordsOf<BatchRecord>(
  'build_batches',
  {
    columns: 'project TEXT NOT NULL, status TEXT NOT NULL, created REAL NOT NULL',
    indexes: 'CREATE INDEX IF NOT EXISTS build_batches_of ON build_batches (project, created)',
  },
  ({ id, project, status, createdAt }) => ({ id, project, status, created: createdAt.getTime() }),
);

export const reports = recordsOf<ReportRecord>(
  'build_reports',
  {
    columns: 'report_group TEXT NOT NULL, status TEXT NOT NULL, created REAL NOT NULL',
    indexes: 'CREATE INDEX IF NOT EXISTS build_reports_of ON build_reports (report_group, created)',
  },
  ({ arn, group, report }) => ({
    id: arn,
    report_group: group,
    status: report.status ?? '',
    created: report.created?.getTime() ?? 0,
  }),
);

export const reportGroups = recordsOf<ReportGroupRecord>(
  'build_report_groups',
  { columns: 'name TEXT NOT NULL, created REAL NOT NULL' },
  ({ arn, name, createdAt }) => ({ id: arn, name, created: createdAt.getTime() }),
);

/** ARN of a resource of CodeBuild: `codebuildArn('project', 'tests')`. */
export function codebuildArn(type: string, name: string): string {
  return `arn:aws:codebuild:${region}:${account}:${type}/${name}`;
}

/** The name of a project in its ARN, or the name as it is. */
export function projectName(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? nameOrArn.slice(nameOrArn.indexOf('/') + 1) : nameOrArn;
}

/** The id of a build in its ARN, or the id as it is. */
export function buildId(idOrArn: string): string {
  return idOrArn.startsWith('arn:') ? idOrArn.slice(idOrArn.indexOf('/') + 1) : idOrArn;
}

/** A project by its name or ARN. @throws {ServiceError} `ResourceNotFoundException` */
export function findProject(store: Store, nameOrArn: string): BuildProject {
  const found = buildProjects(store).get(projectName(nameOrArn));
  if (found) return found;
  throw new ServiceError(
    'ResourceNotFoundException',
    `Project cannot be found: ${codebuildArn('project', projectName(nameOrArn))}`,
  );
}

/** A build by its id or ARN. @throws {ServiceError} `ResourceNotFoundException` */
export function findBuild(store: Store, idOrArn: string): BuildRecord {
  const found = builds(store).get(buildId(idOrArn));
  if (found) return found;
  throw new ServiceError('ResourceNotFoundException', `Build cannot be found: ${idOrArn}`);
}

/** A batch by its id or ARN. @throws {ServiceError} `ResourceNotFoundException` */
export function findBatch(store: Store, idOrArn: string): BatchRecord {
  const found = buildBatches(store).get(buildId(idOrArn));
  if (found) return found;
  throw new ServiceError('ResourceNotFoundException', `Build batch cannot be found: ${idOrArn}`);
}

/** Whether a project keeps a cache at all. */
export function keepsCache(cache: ProjectCache | undefined): boolean {
  return cache?.type === 'S3' || (cache?.type === 'LOCAL' && cache.modes?.includes('LOCAL_CUSTOM_CACHE') === true);
}

/** The name under which commands of a pipeline are run as a build. */
export const commandsProject = 'AWSCodePipeline-Commands';
