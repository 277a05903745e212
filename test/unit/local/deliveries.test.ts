import {
  GetPipelineExecutionCommand,
  StopPipelineExecutionCommand,
  TagResourceCommand,
  UpdatePipelineCommand,
} from '@aws-sdk/client-codepipeline';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BuildBed } from './build-bed';
import { approval, commands, declaration, DeliveryBed } from './delivery-bed';
import { Bed, bucket, eventually, makeTemp } from './support';

let bed: Bed;
let delivery: DeliveryBed;
beforeAll(async () => {
  bed = await Bed.start();
  delivery = new DeliveryBed(bed);
});
afterAll(() => bed.stop());

test('from a source over a build, commands and an approval into a bucket', async () => {
  const build = new BuildBed(bed);
  await build.project(
    '',
    {},
    {
      name: 'straight-build',
      source: {
        type: 'CODEPIPELINE',
        buildspec: `version: 0.2
env: {exported-variables: [VERSION]}
phases: {build: {commands: ['cat hello.txt', 'mkdir out && cp hello.txt out/', 'export VERSION=1.2.3']}}
artifacts: {files: ['**/*'], base-directory: out}
`,
      },
      artifacts: { type: 'CODEPIPELINE' },
    },
  );
  const id = await delivery.create('straight', [
    {
      name: 'Build',
      actions: [
        {
          name: 'Make',
          actionTypeId: { category: 'Build', owner: 'AWS', provider: 'CodeBuild', version: '1' },
          configuration: { ProjectName: 'straight-build' },
          inputArtifacts: [{ name: 'Code' }],
          outputArtifacts: [{ name: 'Made' }],
          namespace: 'made',
        },
        commands('Check', ['test "$WANTED" = 1.2.3', 'test -f hello.txt'], {
          runOrder: 2,
          inputArtifacts: [{ name: 'Made' }],
          environmentVariables: [{ name: 'WANTED', value: '#{made.VERSION}' }],
        }),
      ],
    },
    {
      name: 'Deploy',
      actions: [
        approval({ configuration: { CustomData: 'Put #{made.VERSION}?' } }),
        {
          name: 'Put',
          runOrder: 2,
          actionTypeId: { category: 'Deploy', owner: 'AWS', provider: 'S3', version: '1' },
          configuration: { BucketName: bucket, Extract: 'true', ObjectKey: 'site/#{made.VERSION}' },
          inputArtifacts: [{ name: 'Made' }],
        },
      ],
    },
  ]);
  await delivery.approve('straight', 'Deploy', await delivery.token('straight', 'Deploy'));
  expect(await delivery.end('straight', id)).toBe('Succeeded');
  const { Body } = await bed.clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'site/1.2.3/hello.txt' }));
  expect(await Body?.transformToString()).toBe('hello\n');
  const runs = await delivery.actions('straight', id);
  expect(runs.map(({ actionName, status }) => `${actionName} ${status}`)).toEqual([
    'Get Succeeded',
    'Make Succeeded',
    'Check Succeeded',
    'Ask Succeeded',
    'Put Succeeded',
  ]);
  const make = await build.get(runs[1]?.output?.executionResult?.externalExecutionId ?? '');
  expect(make).toMatchObject({ buildStatus: 'SUCCEEDED', initiator: 'codepipeline/straight' });
  expect(runs[3]?.input?.resolvedConfiguration).toEqual({ CustomData: 'Put 1.2.3?' });
  expect(runs[3]).toMatchObject({ updatedBy: 'arn:aws:sts::000000000000:assumed-role/execution/local' });
  const { pipelineExecution } = await delivery.client.send(
    new GetPipelineExecutionCommand({ pipelineName: 'straight', pipelineExecutionId: id }),
  );
  expect(pipelineExecution?.trigger?.triggerType).toBe('CreatePipeline');
  expect(pipelineExecution?.artifactRevisions).toMatchObject([{ name: 'Code' }]);
});

test('a source in git is a commit of the repository that the tag names', async () => {
  const repo = makeTemp();
  const git = (...words: string[]): string =>
    execFileSync('git', ['-C', repo, '-c', 'user.name=n', '-c', 'user.email=e@x', ...words], {
      encoding: 'utf8',
    }).trim();
  git('init', '-q', '-b', 'main');
  writeFileSync(join(repo, 'run.sh'), '#!/bin/sh\necho ran > ran\n', { mode: 0o755 });
  git('add', '-A');
  git('commit', '-q', '-m', 'first');
  writeFileSync(join(repo, 'run.sh'), 'exit 9\n');
  const { stages: [source, ...rest] = [], ...more } = declaration('from-git', [
    { name: 'Run', actions: [commands('Go', ['./run.sh', 'test -f ran'])] },
  ]);
  const action = source?.actions?.[0];
  const { CreatePipelineCommand } = await import('@aws-sdk/client-codepipeline');
  await delivery.client.send(
    new CreatePipelineCommand({
      pipeline: {
        ...more,
        stages: [
          {
            name: 'Source',
            actions: [
              {
                ...action,
                name: 'Get',
                actionTypeId: { category: 'Source', owner: 'AWS', provider: 'CodeStarSourceConnection', version: '1' },
                configuration: {
                  ConnectionArn:
                    'arn:aws:codeconnections:us-east-1:000000000000:connection/11111111-2222-3333-4444-555555555555',
                  FullRepositoryId: 'team/project',
                  BranchName: 'main',
                },
              },
            ],
          },
          ...rest,
        ],
      },
    }),
  );
  const first = await delivery.latest('from-git');
  expect(await delivery.end('from-git', first)).toBe('Failed');
  const [failed] = await delivery.actions('from-git', first);
  expect(failed?.output?.executionResult?.errorDetails?.message).toContain('mlops-flow:repository');
  await delivery.client.send(
    new TagResourceCommand({
      resourceArn: 'arn:aws:codepipeline:us-east-1:000000000000:from-git',
      tags: [{ key: 'mlops-flow:repository', value: repo }],
    }),
  );
  const id = await delivery.start('from-git');
  expect(await delivery.end('from-git', id)).toBe('Succeeded');
  const [get] = await delivery.actions('from-git', id);
  expect(get?.output?.outputVariables).toMatchObject({
    CommitId: git('rev-parse', 'HEAD'),
    CommitMessage: 'first',
    BranchName: 'main',
  });
});

test('a commit to the branch starts the pipeline, one to another does not', async () => {
  const repo = makeTemp();
  const git = (...words: string[]): string =>
    execFileSync('git', ['-C', repo, '-c', 'user.name=n', '-c', 'user.email=e@x', ...words], {
      encoding: 'utf8',
    }).trim();
  const commit = (text: string): string => {
    writeFileSync(join(repo, 'f'), text);
    git('add', '-A');
    git('commit', '-q', '-m', text);
    return git('rev-parse', 'HEAD');
  };
  git('init', '-q', '-b', 'main');
  commit('one');
  const { CreatePipelineCommand, ListPipelineExecutionsCommand } = await import('@aws-sdk/client-codepipeline');
  const made = declaration('watched', [{ name: 'Run', actions: [commands('Go', ['true'])] }]);
  const [source] = made.stages ?? [];
  await delivery.client.send(
    new CreatePipelineCommand({
      pipeline: {
        ...made,
        stages: [
          {
            name: 'Source',
            actions: [
              {
                ...source?.actions?.[0],
                name: 'Get',
                actionTypeId: { category: 'Source', owner: 'AWS', provider: 'CodeCommit', version: '1' },
                configuration: { RepositoryName: 'project', BranchName: 'main' },
              },
            ],
          },
          ...(made.stages ?? []).slice(1),
        ],
      },
      tags: [{ key: 'mlops-flow:repository', value: repo }],
    }),
  );
  const first = await delivery.latest('watched');
  await delivery.end('watched', first);
  const list = async (): Promise<{ sha: string; by: string }[]> => {
    const { pipelineExecutionSummaries = [] } = await delivery.client.send(
      new ListPipelineExecutionsCommand({ pipelineName: 'watched' }),
    );
    return pipelineExecutionSummaries.map(({ sourceRevisions = [], trigger }) => ({
      sha: sourceRevisions[0]?.revisionId ?? '',
      by: trigger?.triggerType ?? '',
    }));
  };
  await bed.plane.watched();
  const two = commit('two');
  await eventually(async () => (await list())[0]?.sha === two);
  expect((await list())[0]?.by).toBe('CloudWatchEvent');
  git('switch', '-q', '-c', 'other');
  commit('three');
  await bed.plane.watched();
  expect(await list()).toHaveLength(2);
});

test('an action of a provider that Local does not run fails and says so', async () => {
  const id = await delivery.create('unknown', [
    {
      name: 'Deploy',
      actions: [
        {
          name: 'Roll',
          actionTypeId: { category: 'Deploy', owner: 'AWS', provider: 'ECS', version: '1' },
          configuration: { ClusterName: 'c', ServiceName: 's' },
          inputArtifacts: [{ name: 'Code' }],
        },
      ],
    },
  ]);
  expect(await delivery.end('unknown', id)).toBe('Failed');
  const { actionStates: [state] = [] } = await delivery.stage('unknown', 'Deploy');
  expect(state?.latestExecution).toMatchObject({
    status: 'Failed',
    errorDetails: {
      code: 'ConfigurationError',
      message: 'Local does not run actions of the type Deploy/AWS/ECS. Use an AWS account for this pipeline.',
    },
  });
});

test('approvals in parallel are told by their own history, each with a token of its own', async () => {
  const a = await delivery.create('parallel', [{ name: 'Deploy', actions: [approval()] }], {
    executionMode: 'PARALLEL',
  });
  const b = await delivery.start('parallel');
  const tokenOf = async (id: string): Promise<string> =>
    eventually(async () => {
      const runs = await delivery.actions('parallel', id);
      const waiting = runs.find(({ actionName, status }) => actionName === 'Ask' && status === 'InProgress');
      return waiting?.output?.executionResult?.externalExecutionId;
    });
  const [first, second] = [await tokenOf(a), await tokenOf(b)];
  expect(first).not.toBe(second);
  const { actionStates = [] } = await delivery.stage('parallel', 'Deploy');
  expect(actionStates[0]?.latestExecution?.token).toBeUndefined();
  await delivery.approve('parallel', 'Deploy', second);
  expect(await delivery.end('parallel', b)).toBe('Succeeded');
  expect(await delivery.status('parallel', a)).toBe('InProgress');
  await delivery.approve('parallel', 'Deploy', first, 'Rejected');
  expect(await delivery.end('parallel', a)).toBe('Failed');
});

test('an approval is answered once: twice, late, and of another execution are errors of the service', async () => {
  const a = await delivery.create('once', [{ name: 'Deploy', actions: [approval()] }]);
  const token = await delivery.token('once', 'Deploy', a);
  const b = await delivery.start('once');
  await eventually(async () => (await delivery.stage('once', 'Deploy')).inboundExecution?.pipelineExecutionId === b);
  const made = declaration('once', [
    { name: 'Deploy', actions: [approval()] },
    { name: 'More', actions: [commands('Go', ['true'])] },
  ]);
  await delivery.client.send(new UpdatePipelineCommand({ pipeline: made }));
  expect(await delivery.token('once', 'Deploy', a)).toBe(token);
  await delivery.approve('once', 'Deploy', token);
  expect(await delivery.end('once', a)).toBe('Succeeded');
  await expect(delivery.approve('once', 'Deploy', token, 'Rejected')).rejects.toMatchObject({
    name: 'ApprovalAlreadyCompletedException',
    message: 'The approval was already approved by arn:aws:sts::000000000000:assumed-role/execution/local.',
  });
  const next = await delivery.token('once', 'Deploy', b);
  expect(next).not.toBe(token);
  await delivery.client.send(
    new StopPipelineExecutionCommand({ pipelineName: 'once', pipelineExecutionId: b, abandon: true }),
  );
  expect(await delivery.end('once', b)).toBe('Stopped');
  await expect(delivery.approve('once', 'Deploy', next)).rejects.toMatchObject({
    name: 'ApprovalAlreadyCompletedException',
  });
});

test('a stop ends the build of an action, and what it did not get to can be retried', async () => {
  const id = await delivery.create('stopped', [
    { name: 'Run', actions: [commands('Long', ['sleep 600']), commands('After', ['true'], { runOrder: 2 })] },
  ]);
  await eventually(async () =>
    (await delivery.actions('stopped', id)).some(
      ({ actionName, status }) => actionName === 'Long' && status === 'InProgress',
    ),
  );
  await delivery.client.send(
    new StopPipelineExecutionCommand({
      pipelineName: 'stopped',
      pipelineExecutionId: id,
      abandon: true,
      reason: 'enough',
    }),
  );
  expect(await delivery.end('stopped', id)).toBe('Stopped');
  const runs = await delivery.actions('stopped', id);
  expect(runs.map(({ actionName, status }) => `${actionName} ${status}`)).toEqual(['Get Succeeded', 'Long Abandoned']);
  const build = new BuildBed(bed);
  expect(await build.end(runs[1]?.output?.executionResult?.externalExecutionId ?? '')).toMatchObject({
    buildStatus: 'STOPPED',
  });
});
