/** Batches of builds: list, graph and matrix, what one that fails leads to, stops and retries. */
import {
  BatchGetBuildBatchesCommand,
  type BuildBatch,
  RetryBuildBatchCommand,
  StartBuildBatchCommand,
  type StartBuildBatchInput,
  StopBuildBatchCommand,
} from '@aws-sdk/client-codebuild';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BuildBed, printed } from './build-bed';
import { commands, DeliveryBed } from './delivery-bed';
import { Bed, bucket, eventually, makeTemp, role } from './support';

let bed: Bed;
let builds: BuildBed;
beforeAll(async () => {
  bed = await Bed.start();
  builds = new BuildBed(bed);
});
afterAll(() => bed.stop());

async function get(id: string): Promise<BuildBatch> {
  const { buildBatches = [] } = await builds.client.send(new BatchGetBuildBatchesCommand({ ids: [id] }));
  const [batch] = buildBatches;
  if (!batch) throw new Error(`There is no batch ${id}.`);
  return batch;
}

const end = (id: string): Promise<BuildBatch> =>
  eventually(async () => {
    const batch = await get(id);
    return batch.complete === true && batch;
  });

async function start(buildspec: string, more: Partial<StartBuildBatchInput> = {}): Promise<string> {
  const projectName = await builds.project(buildspec);
  const { buildBatch } = await builds.client.send(new StartBuildBatchCommand({ projectName, ...more }));
  return buildBatch?.id ?? '';
}

/** The builds of a batch by identifier: their states, `none` for those that never began. */
const states = ({ buildGroups = [] }: BuildBatch): Record<string, string> =>
  Object.fromEntries(
    buildGroups.map(({ identifier = '', currentBuildSummary }) => [
      identifier,
      currentBuildSummary?.buildStatus ?? 'none',
    ]),
  );
const phases = ({ phases: list = [] }: BuildBatch): string[] => list.map(({ phaseType }) => phaseType ?? '');

async function logOf(batch: BuildBatch, identifier: string): Promise<string[]> {
  const group = batch.buildGroups?.find((one) => one.identifier === identifier);
  return printed(await builds.log(await builds.get(group?.currentBuildSummary?.arn ?? '')));
}

describe('a list', () => {
  it('is a build for each entry, with its own variables; one that may fail does not count', async () => {
    const batch = await end(
      await start(
        `version: 0.2
batch:
  build-list:
    - {identifier: one, env: {variables: {WHO: first}}}
    - {identifier: two, env: {variables: {WHO: second}}}
    - {identifier: three, ignore-failure: true, env: {variables: {WHO: bad}}}
phases: {build: {commands: ['echo "$CODEBUILD_BATCH_BUILD_IDENTIFIER $WHO"', 'test "$WHO" != bad']}}
`,
        { environmentVariablesOverride: [{ name: 'OTHER', value: 'x' }] },
      ),
    );
    expect(batch.buildBatchStatus).toBe('SUCCEEDED');
    expect(states(batch)).toEqual({ one: 'SUCCEEDED', two: 'SUCCEEDED', three: 'FAILED' });
    expect(phases(batch)).toEqual(['SUBMITTED', 'DOWNLOAD_BATCHSPEC', 'IN_PROGRESS', 'SUCCEEDED']);
    expect(await logOf(batch, 'two')).toContain('two second');
    const arn = batch.buildGroups?.[0]?.currentBuildSummary?.arn ?? '';
    expect((await builds.get(arn)).buildBatchArn).toBe(batch.arn);
  });
});

describe('a graph', () => {
  it('runs what depends on another after it, and not where that has failed', async () => {
    const batch = await end(
      await start(`version: 0.2
batch:
  build-graph:
    - {identifier: last, depend-on: [middle]}
    - {identifier: middle, depend-on: [first], env: {variables: {RESULT: 'false'}}}
    - {identifier: first}
    - {identifier: beside, depend-on: [first]}
env: {variables: {RESULT: 'true'}}
phases: {build: {commands: ['$RESULT']}}
`),
    );
    expect(batch.buildBatchStatus).toBe('FAILED');
    expect(states(batch)).toEqual({ last: 'none', middle: 'FAILED', first: 'SUCCEEDED', beside: 'SUCCEEDED' });
    const at = (name: string): number =>
      +(batch.buildGroups?.find(({ identifier }) => identifier === name)?.currentBuildSummary?.requestedOn ?? 0);
    expect(at('middle')).toBeGreaterThan(at('first'));
  });

  it('is retried where it has failed, under the same id, and keeps what was', async () => {
    const marker = join(makeTemp(), 'ready');
    const id = await start(`version: 0.2
batch:
  build-graph:
    - {identifier: good, env: {variables: {RUN: 'true'}}}
    - {identifier: bad, env: {variables: {RUN: 'test -e ${marker}'}}}
    - {identifier: after, depend-on: [bad], env: {variables: {RUN: 'true'}}}
phases: {build: {commands: ['$RUN']}}
`);
    const first = await end(id);
    expect(states(first)).toEqual({ good: 'SUCCEEDED', bad: 'FAILED', after: 'none' });
    writeFileSync(marker, '');
    await builds.client.send(new RetryBuildBatchCommand({ id, retryType: 'RETRY_FAILED_BUILDS' }));
    const second = await end(id);
    expect(second.buildBatchStatus).toBe('SUCCEEDED');
    expect(states(second)).toEqual({ good: 'SUCCEEDED', bad: 'SUCCEEDED', after: 'SUCCEEDED' });
    const [good, bad] = second.buildGroups ?? [];
    expect(good?.currentBuildSummary?.arn).toBe(first.buildGroups?.[0]?.currentBuildSummary?.arn);
    expect(bad?.priorBuildSummaryList).toMatchObject([{ buildStatus: 'FAILED' }]);
  });
});

describe('a matrix', () => {
  it('is a build for each combination', async () => {
    const batch = await end(
      await start(`version: 0.2
batch:
  build-matrix:
    static: {env: {variables: {SHARED: s}}}
    dynamic: {env: {variables: {A: [1, 2], B: [x, y]}}}
phases: {build: {commands: ['echo "$SHARED$A$B"']}}
`),
    );
    expect(batch.buildBatchStatus).toBe('SUCCEEDED');
    const said = await Promise.all((batch.buildGroups ?? []).map(({ identifier = '' }) => logOf(batch, identifier)));
    expect(said.flat().sort()).toEqual(['s1x', 's1y', 's2x', 's2y']);
  });
});

describe('a batch', () => {
  it('with fast-fail ends the others with the first failure', async () => {
    const batch = await end(
      await start(`version: 0.2
batch:
  fast-fail: true
  build-list:
    - {identifier: slow, env: {variables: {RUN: 'sleep 600'}}}
    - {identifier: bad, env: {variables: {RUN: 'false'}}}
phases: {build: {commands: ['$RUN']}}
`),
    );
    expect([batch.buildBatchStatus, states(batch)]).toEqual(['FAILED', { slow: 'STOPPED', bad: 'FAILED' }]);
  });

  it('is stopped with its builds', async () => {
    const marker = join(makeTemp(), 'begun');
    const id = await start(`version: 0.2
batch: {build-list: [{identifier: slow}]}
phases: {build: {commands: ['touch ${marker}', 'sleep 600']}}
`);
    await eventually(() => Promise.resolve(existsSync(marker)));
    await builds.client.send(new StopBuildBatchCommand({ id }));
    const batch = await end(id);
    expect([batch.buildBatchStatus, states(batch), phases(batch).at(-1)]).toEqual([
      'STOPPED',
      { slow: 'STOPPED' },
      'STOPPED',
    ]);
  });

  it.each([
    ['no batch', 'phases: {build: {commands: [a]}}', 'The buildspec has no batch.'],
    [
      'a circle',
      'batch: {build-graph: [{identifier: a, depend-on: [b]}, {identifier: b, depend-on: [a]}]}',
      "The build 'a' depends on itself",
    ],
  ])('fails as its buildspec is read where there is %s', async (_, text, message) => {
    const batch = await end(await start(`version: 0.2\n${text}\n`));
    expect(batch.buildBatchStatus).toBe('FAILED');
    expect(batch.phases?.[1]).toMatchObject({ phaseType: 'DOWNLOAD_BATCHSPEC', phaseStatus: 'FAILED' });
    expect(batch.phases?.[1]?.contexts?.[0]?.message).toContain(message);
  });

  it('is an action of a pipeline', async () => {
    const delivery = new DeliveryBed(bed);
    await builds.project(
      '',
      {},
      {
        name: 'batched',
        source: {
          type: 'CODEPIPELINE',
          buildspec: `version: 0.2
batch: {build-list: [{identifier: one}, {identifier: two}]}
phases: {build: {commands: ['cat hello.txt']}}
`,
        },
        artifacts: { type: 'CODEPIPELINE' },
      },
    );
    const id = await delivery.create('with-batch', [
      {
        name: 'Build',
        actions: [
          {
            name: 'Make',
            actionTypeId: { category: 'Build', owner: 'AWS', provider: 'CodeBuild', version: '1' },
            configuration: { ProjectName: 'batched', BatchEnabled: 'true' },
            inputArtifacts: [{ name: 'Code' }],
          },
        ],
      },
    ]);
    expect(await delivery.end('with-batch', id)).toBe('Succeeded');
    const [, make] = await delivery.actions('with-batch', id);
    const batch = await get(make?.output?.executionResult?.externalExecutionId ?? '');
    expect(batch.initiator).toBe('codepipeline/with-batch');
    expect(states(batch)).toEqual({ one: 'SUCCEEDED', two: 'SUCCEEDED' });
  });
});

describe('combined artifacts', () => {
  const making = `version: 0.2
batch: {build-list: [{identifier: one, env: {variables: {N: one}}}, {identifier: two, env: {variables: {N: two}}}]}
phases: {build: {commands: ['mkdir -p out/all && echo $N > out/$N && echo $N > out/all/common']}}
artifacts: {base-directory: out, files: ['**/*']}
`;
  const both = { one: 'one\n', two: 'two\n', 'all/common': 'two\n' };

  it('are one archive where the project says so, and the parts are gone', async () => {
    const artifacts = {
      type: 'S3' as const,
      location: bucket,
      path: 'joined',
      name: 'made',
      packaging: 'ZIP' as const,
    };
    const projectName = await builds.project(making, {}, { artifacts });
    const { buildBatch } = await builds.client.send(
      new StartBuildBatchCommand({ projectName, buildBatchConfigOverride: { combineArtifacts: true } }),
    );
    const batch = await end(buildBatch?.id ?? '');
    expect(phases(batch)).toEqual(['SUBMITTED', 'DOWNLOAD_BATCHSPEC', 'IN_PROGRESS', 'COMBINE_ARTIFACTS', 'SUCCEEDED']);
    expect(batch.artifacts?.location).toBe(`arn:aws:s3:::${bucket}/joined/made.zip`);
    expect(await builds.keys('joined/')).toEqual(['joined/made.zip']);
    expect(await builds.unzipped('joined/made.zip')).toEqual(both);
  });

  it('are the output of an action, from which the next one takes the files of all builds', async () => {
    const delivery = new DeliveryBed(bed);
    await builds.project(
      '',
      {},
      { name: 'joining', source: { type: 'CODEPIPELINE', buildspec: making }, artifacts: { type: 'CODEPIPELINE' } },
    );
    const id = await delivery.create('with-joined', [
      {
        name: 'Build',
        actions: [
          {
            name: 'Make',
            actionTypeId: { category: 'Build', owner: 'AWS', provider: 'CodeBuild', version: '1' },
            configuration: { ProjectName: 'joining', BatchEnabled: 'true', CombineArtifacts: 'true' },
            inputArtifacts: [{ name: 'Code' }],
            outputArtifacts: [{ name: 'Made' }],
          },
        ],
      },
      {
        name: 'Use',
        actions: [commands('Read', ['cat one two all/common'], { inputArtifacts: [{ name: 'Made' }] })],
      },
    ]);
    expect(await delivery.end('with-joined', id)).toBe('Succeeded');
  });

  it('are refused where no build has made any', async () => {
    const artifacts = { type: 'S3' as const, location: bucket, path: 'none', name: 'made', packaging: 'ZIP' as const };
    const projectName = await builds.project(
      `version: 0.2
batch: {build-list: [{identifier: one, ignore-failure: true, env: {variables: {N: one}}}]}
phases: {build: {commands: ['exit 1']}}
artifacts: {files: ['none']}
`,
      {},
      { artifacts, buildBatchConfig: { combineArtifacts: true, serviceRole: role } },
    );
    const { buildBatch } = await builds.client.send(new StartBuildBatchCommand({ projectName }));
    const batch = await end(buildBatch?.id ?? '');
    expect(batch.buildBatchStatus).toBe('FAILED');
    expect(batch.phases?.find(({ phaseType }) => phaseType === 'COMBINE_ARTIFACTS')?.contexts?.[0]?.message).toBe(
      'No build of the batch has made an artifact.',
    );
  });
});
