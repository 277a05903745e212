import {
  BatchGetBuildBatchesCommand,
  BatchGetBuildsCommand,
  type BuildBatch,
  CodeBuildClient,
  CreateProjectCommand,
  RetryBuildBatchCommand,
  RetryBuildCommand,
  StartBuildBatchCommand,
  StartBuildCommand,
} from '@aws-sdk/client-codebuild';
import {
  CodePipelineClient,
  CreatePipelineCommand,
  GetPipelineStateCommand,
  ListPipelineExecutionsCommand,
  PutApprovalResultCommand,
  RetryStageExecutionCommand,
  type StageState,
} from '@aws-sdk/client-codepipeline';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { strToU8, zipSync } from 'fflate';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchLocal, type LocalHandle } from '../../../src/local/launch';
import { approval, commands, declaration } from './delivery-bed';
import { bucket, buildServer, clientsOf, eventually, makeTemp, role } from './support';

let folder: string;
let serverPath: string;
beforeAll(async () => {
  folder = makeTemp();
  serverPath = await buildServer(join(folder, 'dist'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function launch(): Promise<LocalHandle> {
  return launchLocal({ dataDir: join(folder, 'data'), execPath: process.execPath, serverPath });
}

test('32: a build, a batch and an action that were running when Local was killed have failed and can be retried; approvals wait', async () => {
  let local = await launch();
  const clients = (): { build: CodeBuildClient; pipeline: CodePipelineClient } => {
    const { endpoint, region, accessKeyId, secretAccessKey } = local;
    const configuration = { endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 };
    return { build: new CodeBuildClient(configuration), pipeline: new CodePipelineClient(configuration) };
  };
  const { s3 } = clientsOf(local);
  await s3.send(new CreateBucketCommand({ Bucket: bucket })).catch(() => undefined);
  for (const name of ['waiting', 'working']) {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `${name}.zip`, Body: zipSync({ f: strToU8('f') }) }));
  }
  const mark = join(folder, 'mark');
  const again = join(folder, 'again');
  // The first time it is killed, the second time it goes well.
  const work = `test -f ${again} && exit 0; touch ${mark}; sleep 600`;
  await clients().build.send(
    new CreateProjectCommand({
      name: 'killed',
      source: {
        type: 'NO_SOURCE',
        buildspec: `version: 0.2\nphases: {build: {commands: ['touch ${join(folder, 'building')}; sleep 600']}}\n`,
      },
      artifacts: { type: 'NO_ARTIFACTS' },
      environment: { type: 'LINUX_CONTAINER', image: 'i', computeType: 'BUILD_GENERAL1_SMALL' },
      serviceRole: role,
    }),
  );
  const { build } = await clients().build.send(new StartBuildCommand({ projectName: 'killed' }));
  const slow = join(folder, 'slow');
  const { buildBatch } = await clients().build.send(
    new StartBuildBatchCommand({
      projectName: 'killed',
      buildspecOverride: `version: 0.2
batch:
  build-list:
    - {identifier: quick, env: {variables: {RUN: 'true'}}}
    - {identifier: slow, env: {variables: {RUN: 'test -f ${again} || { touch ${slow}; sleep 600; }'}}}
phases: {build: {commands: ['eval "$RUN"']}}
`,
    }),
  );
  const batch = async (): Promise<BuildBatch | undefined> => {
    const { buildBatches } = await clients().build.send(
      new BatchGetBuildBatchesCommand({ ids: [buildBatch?.id ?? ''] }),
    );
    return buildBatches?.[0];
  };
  const builtBy = (one: BuildBatch | undefined): Record<string, string | undefined> =>
    Object.fromEntries(
      one?.buildGroups?.map(({ identifier = '', currentBuildSummary }) => [
        identifier,
        currentBuildSummary?.buildStatus,
      ]) ?? [],
    );
  for (const [name, action] of [
    ['waiting', approval()],
    ['working', commands('Go', [work])],
  ] as const) {
    await clients().pipeline.send(
      new CreatePipelineCommand({ pipeline: declaration(name, [{ name: 'Next', actions: [action] }]) }),
    );
  }
  const state = async (name: string): Promise<StageState | undefined> => {
    const { stageStates = [] } = await clients().pipeline.send(new GetPipelineStateCommand({ name }));
    return stageStates.find(({ stageName }) => stageName === 'Next');
  };
  const token = async (): Promise<string | undefined> =>
    (await state('waiting'))?.actionStates?.[0]?.latestExecution?.token;
  const before = await eventually(token);
  await eventually(async () => existsSync(mark) && existsSync(join(folder, 'building')) && existsSync(slow));
  await eventually(async () => builtBy(await batch())['quick'] === 'SUCCEEDED');
  process.kill(local.pid, 'SIGKILL');
  await local.exited;

  local = await launch();
  const { builds = [] } = await clients().build.send(new BatchGetBuildsCommand({ ids: [build?.id ?? ''] }));
  expect(builds[0]).toMatchObject({ buildStatus: 'FAILED', buildComplete: true, currentPhase: 'COMPLETED' });
  expect(builds[0]?.phases?.find(({ phaseType }) => phaseType === 'BUILD')).toMatchObject({
    phaseStatus: 'FAILED',
    contexts: [{ message: 'Local stopped while this build was running.' }],
  });
  const { build: retried } = await clients().build.send(new RetryBuildCommand({ id: build?.id }));
  expect(retried?.buildStatus).toBe('IN_PROGRESS');
  const cut = await batch();
  expect(cut).toMatchObject({ buildBatchStatus: 'FAILED', complete: true });
  expect(builtBy(cut)).toEqual({ quick: 'SUCCEEDED', slow: 'FAILED' });
  expect(cut?.phases?.find(({ phaseType }) => phaseType === 'IN_PROGRESS')).toMatchObject({
    phaseStatus: 'FAILED',
    contexts: [{ message: 'Local stopped while this batch was running.' }],
  });
  expect(await token()).toBe(before);
  await clients().pipeline.send(
    new PutApprovalResultCommand({
      pipelineName: 'waiting',
      stageName: 'Next',
      actionName: 'Ask',
      token: before,
      result: { summary: '', status: 'Approved' },
    }),
  );
  await eventually(async () => (await state('waiting'))?.latestExecution?.status === 'Succeeded');
  const failed = await state('working');
  expect(failed?.latestExecution?.status).toBe('Failed');
  expect(failed?.actionStates?.[0]?.latestExecution?.errorDetails?.message).toBe(
    'Local stopped while this action was running.',
  );
  writeFileSync(again, '');
  await clients().build.send(
    new RetryBuildBatchCommand({ id: buildBatch?.id ?? '', retryType: 'RETRY_FAILED_BUILDS' }),
  );
  const whole = await eventually(async () => {
    const now = await batch();
    return now?.complete === true && now;
  });
  expect(whole.buildBatchStatus).toBe('SUCCEEDED');
  expect(whole.buildGroups?.map(({ priorBuildSummaryList = [] }) => priorBuildSummaryList.length)).toEqual([0, 1]);
  const { pipelineExecutionId = '' } = await clients().pipeline.send(
    new RetryStageExecutionCommand({
      pipelineName: 'working',
      stageName: 'Next',
      pipelineExecutionId: failed?.latestExecution?.pipelineExecutionId,
      retryMode: 'FAILED_ACTIONS',
    }),
  );
  expect(pipelineExecutionId).toBe(failed?.latestExecution?.pipelineExecutionId);
  await eventually(async () => (await state('working'))?.latestExecution?.status === 'Succeeded');
  const { pipelineExecutionSummaries } = await clients().pipeline.send(
    new ListPipelineExecutionsCommand({ pipelineName: 'working' }),
  );
  expect(pipelineExecutionSummaries).toHaveLength(1);
  await local.stop();
}, 60_000);
