import type { CreateProjectCommandInput } from '@aws-sdk/client-codebuild';
import { collect, type Session } from '../../aws';
import { UserError } from '../../workbench/errors';
import type { ProjectInput } from '../plan';
import { codebuild } from '../sdk';
import {
  type Batch,
  batchOf,
  type Build,
  buildOf,
  type Case,
  caseOf,
  type CoveredFile,
  type Report,
  reportOf,
} from './model';

/** So many builds of a project stand in the view. */
export const recentBuilds = 20;
/** The most that the service describes in one call. */
const mostDescribed = 100;

/**
 * The names of the projects.
 *
 * @param show gets those of each page as it is read, with all before them
 */
export function listProjects(
  session: Session,
  show: (names: readonly string[]) => void = () => undefined,
): Promise<string[]> {
  return codebuild(session, 'call', 'list the build projects', async ({ sdk, client }) => {
    const names: string[] = [];
    for await (const { projects = [] } of sdk.paginateListProjects(
      { client },
      { sortBy: 'NAME', sortOrder: 'ASCENDING' },
    )) {
      names.push(...projects);
      show([...names]);
    }
    return names;
  });
}

/** Of these projects those that the service does not have. */
export async function missingProjects(session: Session, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const { projectsNotFound = [] } = await codebuild(session, 'call', 'read the build projects', ({ sdk, client }) =>
    client.send(new sdk.BatchGetProjectsCommand({ names: [...names] })),
  );
  return projectsNotFound;
}

/** Creates a project as `aws codebuild create-project --cli-input-json` does. */
export async function createProject(session: Session, input: ProjectInput): Promise<void> {
  await codebuild(session, 'change', `create the build project ${input.name}`, ({ sdk, client }) =>
    client.send(new sdk.CreateProjectCommand(input as unknown as CreateProjectCommandInput)),
  );
}

/** The newest builds of a project. */
export async function listBuilds(session: Session, projectName: string, limit = recentBuilds): Promise<Build[]> {
  const ids = await codebuild(session, 'call', `list the builds of ${projectName}`, ({ sdk, client }) =>
    collect(
      sdk.paginateListBuildsForProject({ client }, { projectName, sortOrder: 'DESCENDING' }),
      (page) => page.ids,
      limit,
    ),
  );
  return readBuilds(session, ids);
}

/** The builds with these ids, in their order; those that the service does not know are left out. */
export async function readBuilds(session: Session, ids: readonly string[]): Promise<Build[]> {
  const described: Build[] = [];
  for (let at = 0; at < ids.length; at += mostDescribed) {
    const part = ids.slice(at, at + mostDescribed);
    const { builds = [] } = await codebuild(session, 'call', 'read the builds', ({ sdk, client }) =>
      client.send(new sdk.BatchGetBuildsCommand({ ids: part })),
    );
    described.push(...builds.map(buildOf));
  }
  return ids.flatMap((id) => described.find((build) => build.id === id) ?? []);
}

/** The batches that these builds belong to, the newest first. */
export async function readBatches(session: Session, builds: readonly Build[]): Promise<Batch[]> {
  const ids = [...new Set(builds.flatMap(({ batch }) => batch ?? []))];
  if (ids.length === 0) return [];
  const { buildBatches = [] } = await codebuild(session, 'call', 'read the batches of builds', ({ sdk, client }) =>
    client.send(new sdk.BatchGetBuildBatchesCommand({ ids })),
  );
  return buildBatches.map(batchOf);
}

/** Starts a batch of builds, as the buildspec of the project says. @returns its id */
export async function startBatch(session: Session, projectName: string, overrides: BuildOverrides): Promise<string> {
  const { buildBatch } = await codebuild(session, 'change', `start a batch of ${projectName}`, ({ sdk, client }) =>
    client.send(new sdk.StartBuildBatchCommand({ projectName, ...requestOf(overrides) })),
  );
  return buildBatch?.id ?? '';
}

/** Builds again what has not succeeded in a batch. */
export function retryBatch(session: Session, id: string): Promise<unknown> {
  return codebuild(session, 'change', 'retry the batch', ({ sdk, client }) =>
    client.send(
      new sdk.RetryBuildBatchCommand({
        id,
        retryType: 'RETRY_FAILED_BUILDS',
        idempotencyToken: crypto.randomUUID(),
      }),
    ),
  );
}

export function stopBatch(session: Session, id: string): Promise<unknown> {
  return codebuild(session, 'change', 'stop the batch', ({ sdk, client }) =>
    client.send(new sdk.StopBuildBatchCommand({ id })),
  );
}

/** @throws UserError where the service does not know it any more */
export async function readBuild(session: Session, id: string): Promise<Build> {
  const [build] = await readBuilds(session, [id]);
  if (!build) throw new UserError(`${session.connection.label} has no build ${id}: builds are kept for a year.`);
  return build;
}

/** What a build is started with instead of what its project says. */
export interface BuildOverrides {
  /** A commit, a branch, a tag, or the version of an object. */
  version?: string;
  /** The path of another buildspec, or its text. */
  buildspec?: string;
  variables?: Readonly<Record<string, string>>;
}

/** Starts a build. @returns its id */
export async function startBuild(session: Session, projectName: string, overrides: BuildOverrides): Promise<string> {
  const { build } = await codebuild(session, 'change', `start a build of ${projectName}`, ({ sdk, client }) =>
    client.send(new sdk.StartBuildCommand({ projectName, ...requestOf(overrides) })),
  );
  return build?.id ?? '';
}

function requestOf({ version, buildspec, variables = {} }: BuildOverrides): {
  sourceVersion?: string;
  buildspecOverride?: string;
  environmentVariablesOverride?: { name: string; value: string }[];
} {
  const environmentVariablesOverride = Object.entries(variables).map(([name, value]) => ({ name, value }));
  return {
    ...(version ? { sourceVersion: version } : {}),
    ...(buildspec ? { buildspecOverride: buildspec } : {}),
    ...(environmentVariablesOverride.length > 0 ? { environmentVariablesOverride } : {}),
  };
}

/** Builds the same source again. @returns the id of the new build */
export async function retryBuild(session: Session, id: string): Promise<string> {
  const { build } = await codebuild(session, 'change', 'retry the build', ({ sdk, client }) =>
    client.send(new sdk.RetryBuildCommand({ id, idempotencyToken: crypto.randomUUID() })),
  );
  return build?.id ?? '';
}

export function stopBuild(session: Session, id: string): Promise<unknown> {
  return codebuild(session, 'change', 'stop the build', ({ sdk, client }) =>
    client.send(new sdk.StopBuildCommand({ id })),
  );
}

/** The reports of a build. */
export async function readReports(session: Session, reportArns: readonly string[]): Promise<Report[]> {
  if (reportArns.length === 0) return [];
  const { reports = [] } = await codebuild(session, 'call', 'read the reports', ({ sdk, client }) =>
    client.send(new sdk.BatchGetReportsCommand({ reportArns: [...reportArns] })),
  );
  return reports.map(reportOf);
}

/** The test cases of a report. */
export function listCases(session: Session, reportArn: string): Promise<Case[]> {
  return codebuild(session, 'call', 'list the test cases', async ({ sdk, client }) =>
    (await collect(sdk.paginateDescribeTestCases({ client }, { reportArn }), (page) => page.testCases)).map(caseOf),
  );
}

/** The files of a coverage report. */
export function listCoverage(session: Session, reportARN: string): Promise<CoveredFile[]> {
  return codebuild(session, 'call', 'list the coverage', async ({ sdk, client }) => {
    const pages = sdk.paginateDescribeCodeCoverages({ client }, { reportArn: reportARN });
    return (await collect(pages, (page) => page.codeCoverages)).map((file) => ({
      path: file.filePath ?? '',
      lines: { covered: file.linesCovered ?? 0, missed: file.linesMissed ?? 0 },
      branches: { covered: file.branchesCovered ?? 0, missed: file.branchesMissed ?? 0 },
    }));
  });
}
