import {
  BatchDeleteBuildsCommand,
  BatchGetBuildBatchesCommand,
  BatchGetProjectsCommand,
  BatchGetReportGroupsCommand,
  BatchGetReportsCommand,
  DeleteBuildBatchCommand,
  DeleteProjectCommand,
  DescribeCodeCoveragesCommand,
  DescribeTestCasesCommand,
  GetReportGroupTrendCommand,
  InvalidateProjectCacheCommand,
  ListBuildBatchesCommand,
  ListBuildBatchesForProjectCommand,
  ListBuildsCommand,
  ListBuildsForProjectCommand,
  ListCuratedEnvironmentImagesCommand,
  ListProjectsCommand,
  ListReportGroupsCommand,
  ListReportsCommand,
  ListReportsForReportGroupCommand,
  RetryBuildBatchCommand,
  RetryBuildCommand,
  StartBuildBatchCommand,
  StopBuildBatchCommand,
  StopBuildCommand,
  UpdateProjectCommand,
} from '@aws-sdk/client-codebuild';
import { expect } from 'vitest';
import { BuildBed } from './build-bed';
import { type Bed, eventually } from './support';

const buildspec = `version: 0.2
phases: {build: {commands: ['true']}}
reports: {tests: {files: [t.xml]}, cover: {files: [c.xml], file-format: COBERTURAXML}}
`;
const files = {
  't.xml': '<testsuite><testcase name="a" time="1"/></testsuite>',
  'c.xml': '<coverage><class filename="a.py"><lines><line number="1" hits="1"/></lines></class></coverage>',
};

/** Has every operation of CodeBuild answer once. */
export async function codebuildAnswers(bed: Bed): Promise<void> {
  const build = new BuildBed(bed);
  const { client } = build;
  const projectName = await build.project(buildspec, files);
  const made = await build.end(await build.start(projectName, { idempotencyToken: 'once' }));
  expect(await build.start(projectName, { idempotencyToken: 'once' })).toBe(made.id);
  await client.send(
    new UpdateProjectCommand({ name: projectName, description: 'new', tags: [{ key: 'a', value: 'b' }] }),
  );
  const { projects, projectsNotFound } = await client.send(
    new BatchGetProjectsCommand({ names: [projectName, 'other'] }),
  );
  expect(projects).toMatchObject([{ name: projectName, description: 'new', tags: [{ key: 'a', value: 'b' }] }]);
  expect(projectsNotFound).toEqual(['other']);
  expect((await client.send(new ListProjectsCommand({ sortBy: 'NAME' }))).projects).toContain(projectName);
  expect((await client.send(new ListBuildsCommand({}))).ids).toContain(made.id);
  expect((await client.send(new ListBuildsForProjectCommand({ projectName }))).ids).toEqual([made.id]);
  const { build: again } = await client.send(new RetryBuildCommand({ id: made.id }));
  await client.send(new StopBuildCommand({ id: again?.id ?? '' }));
  await build.end(again?.id ?? '');
  const { reports = [] } = await client.send(new BatchGetReportsCommand({ reportArns: made.reportArns }));
  const [tests, cover] = reports;
  expect((await client.send(new ListReportsCommand({ sortOrder: 'ASCENDING', maxResults: 1 }))).reports).toHaveLength(
    1,
  );
  const { reportGroups = [] } = await client.send(new ListReportGroupsCommand({ sortBy: 'NAME' }));
  expect(reportGroups).toEqual(expect.arrayContaining([tests?.reportGroupArn, cover?.reportGroupArn]));
  await client.send(new BatchGetReportGroupsCommand({ reportGroupArns: reportGroups }));
  const reportGroupArn = tests?.reportGroupArn ?? '';
  const listed = await client.send(
    new ListReportsForReportGroupCommand({ reportGroupArn, filter: { status: 'SUCCEEDED' } }),
  );
  expect(listed.reports).toContain(tests?.arn);
  await client.send(new DescribeTestCasesCommand({ reportArn: tests?.arn }));
  await client.send(new DescribeCodeCoveragesCommand({ reportArn: cover?.arn, sortBy: 'FILE_PATH' }));
  const trend = await client.send(new GetReportGroupTrendCommand({ reportGroupArn, trendField: 'PASS_RATE' }));
  expect(trend.rawData?.[0]?.data).toBe('100');
  await client.send(new InvalidateProjectCacheCommand({ projectName }));
  await client.send(new ListCuratedEnvironmentImagesCommand({}));
  const deleted = await client.send(new BatchDeleteBuildsCommand({ ids: [made.id ?? '', 'other:build'] }));
  expect(deleted.buildsNotDeleted).toEqual([{ id: 'other:build', statusCode: 'BUILD_NOT_FOUND' }]);
  await batchAnswers(build);
  await client.send(new DeleteProjectCommand({ name: projectName }));
  client.destroy();
}

async function batchAnswers(bed: BuildBed): Promise<void> {
  const { client } = bed;
  const projectName = await bed.project(`version: 0.2
batch: {build-list: [{identifier: one}]}
phases: {build: {commands: ['true']}}
`);
  const { buildBatch } = await client.send(new StartBuildBatchCommand({ projectName, idempotencyToken: 'batch' }));
  const id = buildBatch?.id ?? '';
  const ended = (): Promise<string | undefined> =>
    eventually(async () => {
      const { buildBatches = [] } = await client.send(new BatchGetBuildBatchesCommand({ ids: [id] }));
      return buildBatches[0]?.complete === true && buildBatches[0].buildBatchStatus;
    });
  expect(await ended()).toBe('SUCCEEDED');
  expect((await client.send(new ListBuildBatchesCommand({ filter: { status: 'SUCCEEDED' } }))).ids).toEqual([id]);
  expect((await client.send(new ListBuildBatchesForProjectCommand({ projectName, maxResults: 1 }))).ids).toEqual([id]);
  await client.send(new RetryBuildBatchCommand({ id, retryType: 'RETRY_ALL_BUILDS' }));
  await client.send(new StopBuildBatchCommand({ id }));
  await ended();
  const deleted = await client.send(new DeleteBuildBatchCommand({ id }));
  expect(deleted.statusCode).toBe('BATCH_DELETED');
  expect((await client.send(new BatchGetBuildBatchesCommand({ ids: [id] }))).buildBatchesNotFound).toEqual([id]);
}
