import { createReadStream, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Project } from '@aws-sdk/client-codebuild';
import type { ActionDeclaration, ActionTypeId, PipelineDeclaration } from '@aws-sdk/client-codepipeline';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type Alarm, alarms } from '../../../src/local/domain/alarms';
import { buildProjects } from '../../../src/local/domain/builds';
import {
  type ActionRun,
  actionRuns,
  deliveries,
  deliveryArn,
  type DeliveryExecution,
  deliveryExecutions,
  deliveryVersions,
  type RuleRun,
  ruleRuns,
} from '../../../src/local/domain/deliveries';
import { functions } from '../../../src/local/domain/functions';
import { objects } from '../../../src/local/domain/objects';
import { tags } from '../../../src/local/domain/tags';
import type { ActionWork } from '../../../src/local/engine/codepipeline/action';
import { actionKind, actionTypes, isApproval } from '../../../src/local/engine/codepipeline/actions';
import { StoreBoard } from '../../../src/local/engine/codepipeline/board';
import { checkDeclaration } from '../../../src/local/engine/codepipeline/check';
import { type ActionResult, freeStage } from '../../../src/local/engine/codepipeline/machine';
import { gitSource, isGitSource, repositoryFor } from '../../../src/local/engine/codepipeline/repositories';
import { judgeRule, ruleProviders } from '../../../src/local/engine/codepipeline/rules';
import { passes, pushesBetween, triggerOf } from '../../../src/local/engine/codepipeline/triggers';
import { resolveAll, resolveText, valuesOf } from '../../../src/local/engine/codepipeline/variables';
import { archiveCommit, cloneAt, commitOf, RepositoryError } from '../../../src/local/jobs/build/repository';
import { packZip, unpackZip } from '../../../src/local/jobs/build/zip';
import { invokeFunction } from '../../../src/local/jobs/run/function';
import { runStep } from '../../../src/local/engine/steps';
import { contextOf, openStore, scopeOf, stepOf } from './engine-bed';
import { stage } from './machine-board';

/* The parts of deliveries, each by itself: no build is run, and functions answer as they are told. */

vi.mock(import('../../../src/local/jobs/run/function'), () => ({ invokeFunction: vi.fn() }));
vi.mock(import('../../../src/local/jobs/build/repository'), async (original) => ({
  ...(await original()),
  archiveCommit: vi.fn(),
  cloneAt: vi.fn(),
  commitOf: vi.fn(),
}));
const invoke = vi.mocked(invokeFunction);
const [archived, cloned, committed] = [vi.mocked(archiveCommit), vi.mocked(cloneAt), vi.mocked(commitOf)];
beforeEach(() => {
  for (const mock of [invoke, archived, cloned, committed]) mock.mockReset();
});

const store = openStore();

const execution = (more: Partial<DeliveryExecution> = {}): DeliveryExecution => ({
  id: 'e1',
  pipeline: 'p',
  version: 1,
  mode: 'SUPERSEDED',
  type: 'STANDARD',
  status: 'InProgress',
  trigger: { triggerType: 'StartPipelineExecution' },
  startedAt: new Date(1),
  updatedAt: new Date(1),
  order: 1,
  variables: {},
  overrides: [],
  stage: 0,
  place: 'in',
  stages: {},
  artifacts: {},
  revisions: {},
  outputs: {},
  ...more,
});

describe('variables', () => {
  const one = execution({
    variables: { Env: 'test', Empty: '' },
    outputs: { Src: { CommitId: 'abc', 'a.b': 'dotted' }, 'with-1_@': { x: 'y' } },
  });

  test.each([
    ['#{variables.Env}', 'test'],
    ['#{variables.Empty}', ''],
    ['#{codepipeline.PipelineExecutionId}', 'e1'],
    ['#{Src.CommitId}-#{variables.Env}', 'abc-test'],
    ['#{Src.a.b}', 'dotted'],
    ['#{with-1_@.x}', 'y'],
    ['#{nothing}', '#{nothing}'],
    ['${variables.Env}', '${variables.Env}'],
    ['#{a b.c}', '#{a b.c}'],
    ['#{Src.}', '#{Src.}'],
  ])('%s', (text, value) => {
    expect(resolveText(text, one)).toBe(value);
  });

  test.each(['#{variables.Nope}', '#{codepipeline.Other}', '#{Nope.x}', '#{Src.Nope}'])('%s has no value', (text) => {
    expect(() => resolveText(`a ${text}`, one)).toThrow(
      expect.objectContaining({
        name: 'UnknownVariable',
        message: `The variable ${text} has no value in this execution.`,
      }),
    );
  });

  test('of a whole configuration', () => {
    expect(resolveAll({ A: '#{variables.Env}', B: 'b' }, one)).toEqual({ A: 'test', B: 'b' });
    expect(resolveAll(undefined, one)).toEqual({});
  });

  test('of an execution are given, or by default', () => {
    const declared = {
      name: 'p',
      roleArn: 'r',
      stages: [],
      variables: [{ name: 'A', defaultValue: 'a' }, { name: 'B' }, { name: 'C' }, { name: 'D', defaultValue: '' }],
    };
    const given = (values: Record<string, string>): Record<string, string> =>
      valuesOf(
        declared,
        Object.entries(values).map(([name, value]) => ({ name, value })),
      );
    expect(given({ B: 'b', C: 'c' })).toEqual({ A: 'a', B: 'b', C: 'c', D: '' });
    expect(given({ A: 'x', B: 'b', C: '' })).toEqual({ A: 'x', B: 'b', C: '', D: '' });
    expect(() => given({})).toThrow('The variable B, C has no default value: give one.');
    expect(() => given({ X: '1' })).toThrow('The pipeline has no variable X.');
    expect(valuesOf({ name: 'p', roleArn: 'r', stages: [] }, [])).toEqual({});
  });
});

describe('repositories', () => {
  const source = (provider: string, category: ActionTypeId['category'] = 'Source'): ActionDeclaration => ({
    name: 'Get',
    actionTypeId: { category, owner: 'AWS', provider, version: '1' },
  });

  test.each([
    [{ FullRepositoryId: 'o/n', BranchName: 'dev', ConnectionArn: 'arn:c' }, 'o/n', 'dev', { connection: 'arn:c' }],
    [{ RepositoryName: 'n', BranchName: 'dev' }, 'n', 'dev', {}],
    [{ Owner: 'o', Repo: 'n', Branch: 'next' }, 'o/n', 'next', {}],
    [{}, '/', 'main', {}],
  ])('%j', (configuration, repository, branch, more) => {
    expect(gitSource(source('GitHub'), configuration as unknown as Record<string, string>)).toEqual({
      provider: 'GitHub',
      repository,
      branch,
      advice: `Local does not know where ${repository} lies on this machine. Give the pipeline the tag mlops-flow:repository with the path of its clone.`,
      ...more,
    });
  });

  test('sources in git are told by their category and provider', () => {
    for (const provider of ['CodeStarSourceConnection', 'CodeCommit', 'GitHub'])
      expect(isGitSource(source(provider))).toBe(true);
    expect(isGitSource(source('S3'))).toBe(false);
    expect(isGitSource(source('GitHub', 'Build'))).toBe(false);
    expect(isGitSource({ name: 'x', actionTypeId: undefined })).toBe(false);
    expect(gitSource({ name: 'x', actionTypeId: undefined }, {}).provider).toBe('');
  });

  test('the nearest tag wins: of the pipeline for this one, for all, then of the connection', () => {
    const asked = { provider: 'GitHub', repository: 'o/n', branch: 'main', connection: 'arn:c', advice: '' };
    const places = ['own', 'all', 'shared', 'every'].map((name) => join(store.folder, name));
    for (const place of places) mkdirSync(place);
    const tag = (arn: string, Key: string, Value = ''): void => tags(store).add(arn, [{ Key, Value }]);
    const found = (): string | undefined => repositoryFor(store, 'tagged', asked);
    const own = deliveryArn('tagged');
    tag('arn:c', 'other', places[0]);
    tag(own, 'mlops-flow:repository/other', places[0]);
    expect(found()).toBeUndefined();
    tag('arn:c', 'mlops-flow:repository', places[3]);
    expect(found()).toBe(places[3]);
    tag('arn:c', 'mlops-flow:repository/o/n', places[2]);
    expect(found()).toBe(places[2]);
    tag(own, 'mlops-flow:repository', `file://${places[1] ?? ''}`);
    expect(found()).toBe(places[1]);
    tag(own, 'mlops-flow:repository/o/n', places[0]);
    expect(found()).toBe(places[0]);
    tag(own, 'mlops-flow:repository/o/n', '/nowhere/at/all');
    expect(found()).toBeUndefined();
    const { connection: _connection, ...alone } = asked;
    expect(repositoryFor(store, 'untagged', alone)).toBeUndefined();
  });
});

describe('triggers', () => {
  const push = (...filters: object[]): Parameters<typeof passes>[0] => ({ sourceActionName: 'Get', push: filters });
  const files =
    (...names: string[]): (() => Promise<string[]>) =>
    async () =>
      names;
  const never = async (): Promise<string[]> => {
    throw new Error('The files are not asked for.');
  };
  const main = { ref: 'refs/heads/main', after: 'b' };

  test('one filter that passes is enough, the first or a later one', async () => {
    const wanted = push({ branches: { includes: ['dev'] } }, { branches: { includes: ['main'] } });
    expect(await passes(wanted, main, never)).toBe(true);
    expect(await passes(push({ branches: { includes: ['dev'] } }), main, never)).toBe(false);
    expect(await passes(push(), main, never)).toBe(false);
    expect(await passes(push({}), main, never)).toBe(true);
  });

  test('what is neither a branch nor a tag starts nothing', async () => {
    expect(await passes(push({}), { ref: 'refs/notes/commits', after: 'b' }, never)).toBe(false);
    expect(await passes(push({}), { ref: 'x/refs/heads/main', after: 'b' }, never)).toBe(false);
  });

  test('a filter of tags beside one of branches or files concerns branches too', async () => {
    const tagged = { ref: 'refs/tags/v1', after: 'b' };
    const tagsOnly = { includes: ['v*'] };
    expect(await passes(push({ tags: tagsOnly }), main, never)).toBe(false);
    expect(await passes(push({ tags: tagsOnly, branches: { includes: ['main'] } }), main, never)).toBe(true);
    expect(await passes(push({ tags: tagsOnly, filePaths: { includes: ['a'] } }), main, files('a'))).toBe(true);
    expect(await passes(push({ tags: { includes: ['w*'] } }), tagged, never)).toBe(false);
    expect(await passes(push({ tags: { excludes: ['w*'] } }), tagged, never)).toBe(true);
    expect(await passes(push({ filePaths: { includes: ['a'] } }), tagged, never)).toBe(false);
  });

  test('files: one of them is enough; those that begin with a dot count, too', async () => {
    const src = push({ filePaths: { includes: ['src/**'], excludes: ['src/**/*.md'] } });
    expect(await passes(src, main, files('src/a.md', 'src/.hidden/a.py'))).toBe(true);
    expect(await passes(src, main, files('src/a.md', 'a.py'))).toBe(false);
    expect(await passes(src, main, files())).toBe(false);
    expect(await passes(push({ branches: { includes: ['dev'] }, filePaths: {} }), main, never)).toBe(false);
  });

  test('a ref that is new has nothing before it', () => {
    const now = new Map([
      ['a', '1'],
      ['b', '2'],
    ]);
    expect(pushesBetween(new Map([['a', '0']]), now)).toEqual([
      { ref: 'a', before: '0', after: '1' },
      { ref: 'b', after: '2' },
    ]);
    expect(triggerOf(undefined, 'Get')).toBeUndefined();
    expect(triggerOf([{ providerType: 'CodeStarSourceConnection', gitConfiguration: undefined }], 'Get')).toBe(
      undefined,
    );
  });
});

describe('what actions there are', () => {
  test('are told by category, owner and provider', () => {
    expect(actionTypes().map(({ category, owner, provider }) => `${category}/${owner}/${provider}`)).toEqual([
      'Approval/AWS/Manual',
      'Source/AWS/S3',
      'Source/AWS/CodeStarSourceConnection',
      'Source/AWS/CodeCommit',
      'Source/ThirdParty/GitHub',
      'Build/AWS/CodeBuild',
      'Test/AWS/CodeBuild',
      'Compute/AWS/Commands',
      'Invoke/AWS/Lambda',
      'Deploy/AWS/S3',
    ]);
    for (const { category, owner, provider } of actionTypes()) {
      const type = { category, owner, provider } as ActionTypeId;
      expect(isApproval(type)).toBe(category === 'Approval');
      expect(actionKind(type)?.provider).toBe(category === 'Approval' ? undefined : provider);
      expect(actionKind({ ...type, category: 'Invoke' as const, owner: 'Custom' })).toBeUndefined();
      expect(actionKind({ ...type, provider: 'Other' })).toBeUndefined();
    }
    expect(actionKind({ category: 'Deploy', owner: 'AWS', provider: 'CodeBuild' })).toBeUndefined();
    expect(actionKind()).toBeUndefined();
    const approval = { category: 'Approval', owner: 'AWS', provider: 'Manual' } as const;
    expect(isApproval({ ...approval, category: 'Build' })).toBe(false);
    expect(isApproval({ ...approval, owner: 'Custom' })).toBe(false);
    expect(isApproval({ ...approval, provider: 'Other' })).toBe(false);
    expect(isApproval()).toBe(false);
  });
});

/** What was asked of builds that end as they are told. */
interface Asked {
  project: Project;
  request: Record<string, unknown>;
  link: Record<string, unknown>;
  stopped: unknown[];
  notes: object[];
}

function buildsThat(status: string, build: object = {}): { builds: ActionWork['builds']; asked: Asked[] } {
  const asked: Asked[] = [];
  const stopping =
    (one: () => Asked | undefined) =>
    (_record: unknown, reason: unknown): void =>
      void one()?.stopped.push(reason);
  const begin = (project: Project, request: Record<string, unknown>, link: Record<string, unknown>): object => {
    asked.push({ project, request, link, stopped: [], notes: [] });
    return { id: 'project/x:uuid', project: 'project/x', made: project, request, pipeline: link, batch: build };
  };
  const stop = stopping(() => asked.at(-1));
  const builds = {
    begin,
    stop,
    ended: () => Promise.resolve({ status, record: { build: { buildStatus: status, ...build } } }),
    batches: { begin, stop, ended: () => Promise.resolve(status) },
  };
  return { builds: builds as never, asked };
}

async function act(
  type: Pick<ActionTypeId, 'category' | 'owner' | 'provider'>,
  more: {
    configuration?: Record<string, string>;
    declaration?: Partial<ActionDeclaration>;
    execution?: Partial<DeliveryExecution>;
    inputs?: ActionRun['inputs'];
    builds?: ActionWork['builds'];
    signal?: AbortSignal;
    jobResults?: ActionWork['jobResults'];
  } = {},
): Promise<{ result: ActionResult; notes: object[] }> {
  const notes: object[] = [];
  const one = execution(more.execution);
  const work: ActionWork = {
    run: {
      id: 'run-1',
      action: 'Act',
      stage: 'Stage',
      declaration: { name: 'Act', actionTypeId: { ...type, version: '1' }, ...more.declaration },
      inputs: more.inputs ?? {},
    } as ActionRun,
    execution: one,
    configuration: more.configuration ?? {},
    surroundings: { store, folder: store.folder } as ActionWork['surroundings'],
    builds: more.builds ?? buildsThat('SUCCEEDED').builds,
    signal: more.signal ?? new AbortController().signal,
    jobResults: more.jobResults ?? (() => Promise.resolve({ ok: true, outputVariables: {} })),
    place: (artifact) => ({ bucket: 'artifacts', key: `made/${artifact}` }),
    resolve: (text) => resolveText(text, one),
    note: (progress) => void notes.push(progress),
  };
  const kind = actionKind(type);
  if (!kind) throw new Error('There is no such kind of action.');
  return { result: await kind.run(work), notes };
}

const project: Project = { name: 'known', source: { type: 'CODEPIPELINE' }, buildBatchConfig: { timeoutInMins: 7 } };
buildProjects(store).put({ name: 'known', builds: 0, createdAt: new Date(0), project });

describe('builds of a pipeline', () => {
  const codeBuild = { category: 'Build', owner: 'AWS', provider: 'CodeBuild' } as const;
  const inputs = { Code: { bucket: 'b', key: 'c' }, Data: { bucket: 'b', key: 'd' } };
  const declaration = { inputArtifacts: [{ name: 'Code' }, { name: 'Data' }], outputArtifacts: [{ name: 'Out' }] };
  const revisions = {
    Other: { artifact: 'Data', revisionId: 'of data', at: new Date(0) },
    Get: { artifact: 'Code', revisionId: 'of code', at: new Date(0) },
  };

  test('are given what the action has, and bring what it promises', async () => {
    const { builds, asked } = buildsThat('SUCCEEDED', {
      exportedEnvironmentVariables: [{ name: 'V', value: '1' }, {}],
    });
    const { result, notes } = await act(codeBuild, {
      builds,
      inputs,
      declaration,
      execution: { revisions },
      configuration: {
        ProjectName: 'arn:aws:codebuild:us-east-1:000000000000:project/known',
        EnvironmentVariables: JSON.stringify([
          { name: 'A', value: 1 },
          { name: 'B', value: 'b', type: 'PARAMETER_STORE' },
          { name: 'C', value: 'c', type: 'SECRETS_MANAGER' },
          { name: 'D', value: 'd', type: 'OTHER' },
        ]),
      },
    });
    expect(asked[0]?.project).toEqual(project);
    expect(asked[0]?.request).toEqual({
      projectName: 'known',
      environmentVariablesOverride: [
        { name: 'A', value: '1', type: 'PLAINTEXT' },
        { name: 'B', value: 'b', type: 'PARAMETER_STORE' },
        { name: 'C', value: 'c', type: 'SECRETS_MANAGER' },
        { name: 'D', value: 'd', type: 'PLAINTEXT' },
      ],
    });
    expect(asked[0]?.link).toEqual({
      initiator: 'codepipeline/p',
      inputs: [
        { name: 'Code', bucket: 'b', key: 'c' },
        { name: 'Data', bucket: 'b', key: 'd' },
      ],
      outputs: [{ name: 'Out', bucket: 'artifacts', key: 'made/Out' }],
      primary: 'Code',
      revision: 'of code',
    });
    expect(result).toEqual({
      status: 'Succeeded',
      outputs: { Out: { bucket: 'artifacts', key: 'made/Out' } },
      outputVariables: { V: '1', '': '' },
    });
    expect(notes).toEqual([
      {
        externalId: 'project/x:uuid',
        logStreamArn: 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/codebuild/project/x:log-stream:uuid',
        externalUrl:
          'https://console.aws.amazon.com/codesuite/codebuild/projects/project/x/build/project%2Fx%3Auuid/log',
      },
    ]);
  });

  test('take another primary source and another buildspec where these are named', async () => {
    const { builds, asked } = buildsThat('SUCCEEDED');
    const configuration = { ProjectName: 'known', PrimarySource: 'Data', BuildspecOverride: 'version: 0.2' };
    await act(codeBuild, { builds, inputs, declaration, execution: { revisions }, configuration });
    expect(asked[0]?.link).toMatchObject({ primary: 'Data', revision: 'of data' });
    expect(asked[0]?.request).toEqual({
      projectName: 'known',
      environmentVariablesOverride: [],
      buildspecOverride: 'version: 0.2',
    });
    await act(codeBuild, { builds, configuration: { ProjectName: 'known' } });
    expect(asked[1]?.link).toEqual({ initiator: 'codepipeline/p', inputs: [], outputs: [] });
  });

  test.each([
    [{ phases: [] }, 'Build terminated with state: FAILED'],
    [
      {
        phases: [
          { phaseType: 'INSTALL', phaseStatus: 'SUCCEEDED' },
          { phaseType: 'PRE_BUILD' },
          {
            phaseType: 'BUILD',
            phaseStatus: 'FAILED',
            contexts: [{ statusCode: 'COMMAND_EXECUTION_ERROR', message: 'exit 1' }],
          },
        ],
      },
      'Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: exit 1',
    ],
    [
      { phases: [{ phaseType: 'BUILD', phaseStatus: 'FAULT' }] },
      'Build terminated with state: FAILED. Phase: BUILD, Code: , Message: ',
    ],
  ])('that fail say where: %j', async (build, message) => {
    const { builds } = buildsThat('FAILED', build);
    const { result } = await act(codeBuild, { builds, configuration: { ProjectName: 'known' } });
    expect(result).toEqual({ status: 'Failed', error: { code: 'JobFailed', message } });
  });

  test('are stopped with the action, also where it was abandoned before', async () => {
    for (const BatchEnabled of ['true', 'false']) {
      const { builds, asked } = buildsThat('STOPPED');
      const configuration = { ProjectName: 'known', BatchEnabled };
      await act(codeBuild, { builds, configuration, signal: AbortSignal.abort('enough') });
      expect(asked[0]?.stopped).toEqual(['enough']);
      const controller = new AbortController();
      await act(codeBuild, { builds, configuration, signal: controller.signal });
      // It is over: nobody stops it any more.
      controller.abort('late');
      expect(asked[1]?.stopped).toEqual([]);
    }
  });

  test('of a project that is not there, or with variables that are none, fail before they begin', async () => {
    const failure = { name: 'ActionFailure', code: 'ConfigurationError' };
    await expect(act(codeBuild, { configuration: {} })).rejects.toMatchObject(failure);
    await expect(act(codeBuild, { configuration: { ProjectName: 'gone' } })).rejects.toMatchObject({
      ...failure,
      message: 'Error calling startBuild: Project cannot be found: gone. Create it on Local with CreateProject.',
    });
    for (const EnvironmentVariables of ['', '{}', '[1]', 'no json']) {
      await expect(
        act(codeBuild, { configuration: { ProjectName: 'known', EnvironmentVariables } }),
      ).rejects.toMatchObject({
        ...failure,
        message: 'EnvironmentVariables is not a list of {"name", "value", "type"} in JSON.',
      });
    }
  });

  test('in a batch: what is asked, and what it came to', async () => {
    const { builds, asked } = buildsThat('SUCCEEDED');
    const configuration = {
      ProjectName: 'known',
      BatchEnabled: 'true',
      CombineArtifacts: 'true',
      BuildspecOverride: 'version: 0.2',
    };
    const { result, notes } = await act(codeBuild, { builds, configuration, declaration });
    expect(asked[0]?.request).toEqual({
      projectName: 'known',
      environmentVariablesOverride: [],
      buildspecOverride: 'version: 0.2',
      buildBatchConfigOverride: { timeoutInMins: 7, combineArtifacts: true },
    });
    expect(result).toEqual({ status: 'Succeeded', outputs: { Out: { bucket: 'artifacts', key: 'made/Out' } } });
    expect(notes).toEqual([
      {
        externalId: 'project/x:uuid',
        externalUrl: 'https://console.aws.amazon.com/codesuite/codebuild/projects/project/x/batch/project%2Fx%3Auuid',
      },
    ]);
    await act(codeBuild, { builds, configuration: { ProjectName: 'known', BatchEnabled: 'true' } });
    expect(asked[1]?.request).toMatchObject({ buildBatchConfigOverride: { combineArtifacts: false } });
    expect(asked[1]?.request).not.toHaveProperty('buildspecOverride');
  });

  test.each([
    [{}, 'Batch terminated with state: FAILED'],
    [
      {
        phases: [
          { phaseStatus: 'SUCCEEDED', contexts: [{ message: 'fine' }] },
          { phaseStatus: 'FAILED', contexts: [{ message: 'a build failed' }] },
        ],
        buildGroups: [
          { identifier: 'a', currentBuildSummary: { buildStatus: 'SUCCEEDED' } },
          { identifier: 'b', currentBuildSummary: { buildStatus: 'FAILED' } },
          { identifier: 'c' },
          { currentBuildSummary: {} },
        ],
      },
      'Batch terminated with state: FAILED. a build failed b FAILED,  ',
    ],
    [{ phases: [{ phaseStatus: 'FAILED' }] }, 'Batch terminated with state: FAILED'],
  ])('batches that fail say why: %j', async (batch, message) => {
    const { builds } = buildsThat('FAILED', batch);
    const configuration = { ProjectName: 'known', BatchEnabled: 'true' };
    const { result } = await act(codeBuild, { builds, configuration });
    expect(result).toEqual({ status: 'Failed', error: { code: 'JobFailed', message } });
  });
});

describe('commands', () => {
  const commands = { category: 'Compute', owner: 'AWS', provider: 'Commands' } as const;

  test('are a build of their own', async () => {
    const { builds, asked } = buildsThat('SUCCEEDED');
    await act(commands, {
      builds,
      execution: { variables: { V: 'value' } },
      inputs: { Code: { bucket: 'b', key: 'c' } },
      declaration: {
        commands: ['echo #{variables.V}', 'make'],
        outputVariables: ['OUT'],
        inputArtifacts: [{ name: 'Code' }],
        outputArtifacts: [{ name: 'Out', files: ['dist/**'] }],
        environmentVariables: [
          { name: 'A', value: '#{variables.V}' },
          { name: 'S', value: 's', type: 'SECRETS_MANAGER' },
        ],
      },
    });
    const [one] = asked;
    expect(one?.project).toEqual({
      name: 'AWSCodePipeline-Commands',
      source: { type: 'CODEPIPELINE', buildspec: expect.any(String) as string },
      artifacts: { type: 'CODEPIPELINE' },
      environment: {
        type: 'LINUX_CONTAINER',
        image: 'the image of Commands actions',
        computeType: 'BUILD_GENERAL1_SMALL',
      },
    });
    expect(JSON.parse(one?.project.source?.buildspec ?? '')).toEqual({
      version: '0.2',
      env: { 'exported-variables': ['OUT'] },
      phases: { build: { 'on-failure': 'ABORT', commands: ['echo value', 'make'] } },
      artifacts: { files: ['dist/**'] },
    });
    expect(one?.request).toEqual({
      projectName: 'AWSCodePipeline-Commands',
      environmentVariablesOverride: [
        { name: 'A', value: 'value', type: 'PLAINTEXT' },
        { name: 'S', value: 's', type: 'SECRETS_MANAGER' },
      ],
    });
    expect(one?.link).toMatchObject({ primary: 'Code', logGroup: '/aws/codepipeline/p' });
  });

  test('may have next to nothing', async () => {
    const { builds, asked } = buildsThat('SUCCEEDED');
    await act(commands, { builds, declaration: { environmentVariables: [{ name: 'A' } as never] } });
    expect(JSON.parse(asked[0]?.project.source?.buildspec ?? '')).toEqual({
      version: '0.2',
      env: { 'exported-variables': [] },
      phases: { build: { 'on-failure': 'ABORT', commands: [] } },
    });
    expect(asked[0]?.request['environmentVariablesOverride']).toEqual([{ name: 'A', value: '', type: 'PLAINTEXT' }]);
    expect(asked[0]?.link).not.toHaveProperty('primary');
  });
});

async function put(bucket: string, key: string, content: string | Uint8Array): Promise<void> {
  const file = join(store.folder, 'content');
  writeFileSync(file, content);
  objects(store).createBucket(bucket);
  await objects(store).put(bucket, key, createReadStream(file));
}

const read = (bucket: string, key: string): string | undefined => {
  const object = objects(store).get(bucket, key);
  return object && readFileSync(object.path, 'utf8');
};

describe('commits of a repository', () => {
  const connection = { category: 'Source', owner: 'AWS', provider: 'CodeStarSourceConnection' } as const;
  const github = { category: 'Source', owner: 'ThirdParty', provider: 'GitHub' } as const;
  const declaration = { outputArtifacts: [{ name: 'Code' }] };
  const configuration = { FullRepositoryId: 'o/n', BranchName: 'dev', ConnectionArn: 'arn:of-git' };
  const commit = { sha: 'abc', subject: 's'.repeat(1200), author: 'me', date: '2026-11-29T10:00:00.000Z' };
  const repository = join(store.folder, 'repository');
  beforeEach(() => {
    mkdirSync(repository, { recursive: true });
    tags(store).add(deliveryArn('p'), [{ Key: 'mlops-flow:repository', Value: repository }]);
    objects(store).createBucket('artifacts');
    committed.mockResolvedValue(commit);
    archived.mockImplementation(async (_repository, sha, file) => writeFileSync(file, `files of ${sha}`));
    cloned.mockImplementation(async (_repository, sha, folder) => {
      mkdirSync(join(folder, '.git'), { recursive: true });
      writeFileSync(join(folder, '.git', 'HEAD'), sha);
    });
  });

  test('become the artifact of a source', async () => {
    const { result } = await act(connection, { configuration, declaration });
    expect(committed).toHaveBeenCalledWith(repository, 'dev');
    const summary = JSON.stringify({ ProviderType: 'GitHub', CommitMessage: 's'.repeat(1000) });
    expect(result).toEqual({
      status: 'Succeeded',
      summary,
      outputs: { Code: { bucket: 'artifacts', key: 'made/Code' } },
      outputVariables: {
        AuthorDate: commit.date,
        BranchName: 'dev',
        CommitId: 'abc',
        CommitMessage: 's'.repeat(1000),
        ConnectionArn: 'arn:of-git',
        FullRepositoryName: 'o/n',
      },
      revision: {
        artifact: 'Code',
        revisionId: 'abc',
        summary,
        url: `file://${repository}`,
        at: new Date(commit.date),
      },
    });
    expect(read('artifacts', 'made/Code')).toBe('files of abc');
    expect(objects(store).get('artifacts', 'made/Code')?.headers).toMatchObject({ 'content-type': 'application/zip' });
    expect(existsSync(join(store.folder, 'source-run-1'))).toBe(false);
  });

  test('of other providers are told by their message, without a connection', async () => {
    const { result } = await act(github, { configuration: { Owner: 'o', Repo: 'n', Branch: 'dev' }, declaration });
    expect(result.summary).toBe('s'.repeat(1000));
    expect(Object.keys(result.outputVariables ?? {})).not.toContain('ConnectionArn');
  });

  test('may be another than that of the branch', async () => {
    const asked = async (actionName: string, revisionType: 'COMMIT_ID' | 'S3_OBJECT_KEY'): Promise<unknown> => {
      const overrides = [{ actionName, revisionType, revisionValue: 'wanted' }];
      await act(connection, { configuration, declaration, execution: { overrides } });
      return committed.mock.lastCall?.[1];
    };
    expect(await asked('Act', 'COMMIT_ID')).toBe('wanted');
    expect(await asked('Other', 'COMMIT_ID')).toBe('dev');
    expect(await asked('Act', 'S3_OBJECT_KEY')).toBe('dev');
  });

  test('come with their history where a build wants a clone', async () => {
    await act(connection, {
      configuration: { ...configuration, OutputArtifactFormat: 'CODEBUILD_CLONE_REF' },
      declaration,
    });
    expect(archived).not.toHaveBeenCalled();
    const { path = '' } = objects(store).get('artifacts', 'made/Code') ?? {};
    const folder = join(store.folder, 'unpacked');
    await unpackZip(readFileSync(path), folder);
    expect(readFileSync(join(folder, '.git', 'HEAD'), 'utf8')).toBe('abc');
  });

  test('that cannot be had fail, with what to do', async () => {
    committed.mockRejectedValue(new RepositoryError('no such branch'));
    await expect(act(connection, { configuration, declaration })).rejects.toMatchObject({
      name: 'ActionFailure',
      code: 'ConfigurationError',
      message: 'no such branch',
    });
    committed.mockRejectedValue(new RangeError('a bug'));
    await expect(act(connection, { configuration, declaration })).rejects.toThrow(RangeError);
    expect(existsSync(join(store.folder, 'source-run-1'))).toBe(false);
    await expect(
      act(connection, { configuration, declaration, execution: { pipeline: 'elsewhere' } }),
    ).rejects.toMatchObject({
      code: 'ConfigurationError',
      message: expect.stringContaining('Local does not know where o/n lies on this machine.') as string,
    });
  });
});

describe('archives in a bucket', () => {
  const source = { category: 'Source', owner: 'AWS', provider: 'S3' } as const;

  test('become the artifact of a source', async () => {
    objects(store).createBucket('artifacts');
    await put('seed', 'code v1.zip', 'one');
    await put('seed', 'code v2.zip', 'two');
    const configuration = { S3Bucket: 'seed', S3ObjectKey: 'code v1.zip' };
    const declaration = { outputArtifacts: [{ name: 'Code' }] };
    const { etag = '', modified } = objects(store).get('seed', 'code v1.zip') ?? {};
    expect((await act(source, { configuration, declaration })).result).toEqual({
      status: 'Succeeded',
      summary: `Amazon S3 version id: ${etag}`,
      outputs: { Code: { bucket: 'artifacts', key: 'made/Code' } },
      outputVariables: { BucketName: 'seed', ObjectKey: 'code v1.zip', ETag: etag, VersionId: etag },
      revision: {
        artifact: 'Code',
        revisionId: etag,
        summary: `Amazon S3 version id: ${etag}`,
        url: 'https://s3.console.aws.amazon.com/s3/object/seed?prefix=code%20v1.zip',
        at: modified,
      },
    });
    expect(read('artifacts', 'made/Code')).toBe('one');
    expect(objects(store).get('artifacts', 'made/Code')?.headers).toMatchObject({ 'content-type': 'application/zip' });
    const override = (actionName: string, revisionType: 'S3_OBJECT_KEY' | 'COMMIT_ID'): Promise<unknown> =>
      act(source, {
        configuration,
        declaration,
        execution: { overrides: [{ actionName, revisionType, revisionValue: 'code v2.zip' }] },
      }).then(() => read('artifacts', 'made/Code'));
    expect(await override('Act', 'S3_OBJECT_KEY')).toBe('two');
    expect(await override('Other', 'S3_OBJECT_KEY')).toBe('one');
    expect(await override('Act', 'COMMIT_ID')).toBe('one');
  });

  test.each([
    [{ S3Bucket: 'seed', S3ObjectKey: 'gone.zip' }, 's3://seed/gone.zip'],
    [{ S3Bucket: 'nowhere', S3ObjectKey: 'x' }, 's3://nowhere/x'],
    [{}, 's3:///'],
  ])('that are not there fail: %j', async (configuration, uri) => {
    await expect(
      act(source, { configuration: configuration as unknown as Record<string, string> }),
    ).rejects.toMatchObject({
      name: 'ActionFailure',
      code: 'PermissionError',
      message: `There is no object ${uri} on Local. Upload it first.`,
    });
  });
});

describe('a deployment into a bucket', () => {
  const deploy = { category: 'Deploy', owner: 'AWS', provider: 'S3' } as const;
  const inputs = { Out: { bucket: 'artifacts', key: 'out.zip' } };
  const done = { status: 'Succeeded', summary: 'Deployment Succeeded' };
  const filled = async (): Promise<void> => {
    const path = join(store.folder, 'index.html');
    writeFileSync(path, '<p>');
    await put('artifacts', 'out.zip', await packZip([{ path, name: 'site/index.html' }]));
    objects(store).createBucket('site');
  };

  test('writes the archive as a whole', async () => {
    await filled();
    const configuration = { BucketName: 'site', ObjectKey: 'all.zip', Extract: 'false' };
    expect((await act(deploy, { inputs, configuration })).result).toEqual(done);
    expect(objects(store).get('site', 'all.zip')?.headers).toMatchObject({ 'content-type': 'application/zip' });
    await expect(act(deploy, { inputs, configuration: { BucketName: 'site' } })).rejects.toMatchObject({
      code: 'ConfigurationError',
      message: 'ObjectKey is needed where Extract is false.',
    });
  });

  test.each([
    [{}, 'site/index.html'],
    [{ ObjectKey: '/www/x/' }, 'www/x/site/index.html'],
    [{ ObjectKey: '//' }, 'site/index.html'],
  ])('or file by file: %j', async (more, key) => {
    await filled();
    const configuration = { BucketName: 'site', Extract: 'true', ...more };
    expect((await act(deploy, { inputs, configuration })).result).toEqual(done);
    expect(read('site', key)).toBe('<p>');
  });

  test('needs the artifact and the bucket', async () => {
    await filled();
    const configuration = { BucketName: 'nowhere', Extract: 'true' };
    await expect(act(deploy, { inputs, configuration })).rejects.toMatchObject({
      code: 'ConfigurationError',
      message: 'The bucket nowhere does not exist on Local. Create it first.',
    });
    for (const given of [{}, { Out: { bucket: 'artifacts', key: 'gone' } }] as ActionRun['inputs'][]) {
      await expect(act(deploy, { inputs: given, configuration })).rejects.toMatchObject({
        code: 'InternalError',
        message: 'The input artifact is not there.',
      });
    }
  });
});

functions(store).put({ name: 'f', arn: 'arn:f', createdAt: new Date(0), configuration: {}, statements: [] });
const answer = (payload: string, failed = false): void => void invoke.mockResolvedValue({ payload, failed, log: '' });
const event = (): unknown => JSON.parse(String(invoke.mock.calls[0]?.[1]));

describe('a function as an action', () => {
  const lambda = { category: 'Invoke', owner: 'AWS', provider: 'Lambda' } as const;
  const declaration = { outputArtifacts: [{ name: 'Out' }] };
  const inputs = { Code: { bucket: 'b', key: 'c' } };
  const place = (bucketName: string, objectKey: string): object => ({
    type: 'S3',
    s3Location: { bucketName, objectKey },
  });

  test('is told of its job, which ends by what it tells', async () => {
    answer('null');
    const asked: string[] = [];
    const { result } = await act(lambda, {
      inputs,
      declaration,
      configuration: { FunctionName: 'f', UserParameters: 'mine' },
      jobResults: (id) => {
        asked.push(id);
        return Promise.resolve({ ok: true, outputVariables: { V: '1' } });
      },
    });
    expect(asked).toEqual(['run-1']);
    expect(event()).toEqual({
      'CodePipeline.job': {
        id: 'run-1',
        accountId: '000000000000',
        data: {
          actionConfiguration: { configuration: { FunctionName: 'f', UserParameters: 'mine' } },
          inputArtifacts: [{ name: 'Code', revision: null, location: place('b', 'c') }],
          outputArtifacts: [{ name: 'Out', revision: null, location: place('artifacts', 'made/Out') }],
        },
      },
    });
    expect(result).toEqual({
      status: 'Succeeded',
      outputs: { Out: { bucket: 'artifacts', key: 'made/Out' } },
      outputVariables: { V: '1' },
    });
  });

  test('is told no parameters where there are none', async () => {
    answer('null');
    await act(lambda, { configuration: { FunctionName: 'f' } });
    expect(event()).toMatchObject({
      'CodePipeline.job': {
        data: {
          actionConfiguration: { configuration: { FunctionName: 'f' } },
          inputArtifacts: [],
          outputArtifacts: [],
        },
      },
    });
    expect(String(invoke.mock.calls[0]?.[1])).not.toContain('UserParameters');
  });

  test('fails with the function, with its job, and where it is not there', async () => {
    answer('{"errorMessage": "no"}', true);
    await expect(act(lambda, { configuration: { FunctionName: 'f' } })).rejects.toMatchObject({
      name: 'ActionFailure',
      code: 'JobFailed',
      message: 'The function f failed: {"errorMessage": "no"}',
    });
    answer('null');
    await expect(
      act(lambda, {
        configuration: { FunctionName: 'f' },
        jobResults: () => Promise.resolve({ ok: false, message: 'not today' }),
      }),
    ).rejects.toMatchObject({ code: 'JobFailed', message: 'not today' });
    await expect(
      act(lambda, {
        configuration: { FunctionName: 'f' },
        jobResults: () => Promise.reject(new Error('late')),
      }),
    ).rejects.toMatchObject({ message: 'The function f has told no result of its job.' });
    await expect(act(lambda, {})).rejects.toMatchObject({
      code: 'ConfigurationError',
      message: 'Function not found: arn:aws:lambda:us-east-1:000000000000:function:',
    });
    invoke.mockRejectedValue(new RangeError('a bug'));
    await expect(act(lambda, { configuration: { FunctionName: 'f' } })).rejects.toThrow(RangeError);
  });
});

describe('a function as a step', () => {
  const told: unknown[] = [];
  const run = async (more: object = {}): Promise<unknown> => {
    const { context } = contextOf(store, {}, { scope: scopeOf(), started: (made) => told.push(made), ...more });
    const step = {
      Type: 'Lambda',
      FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
      Arguments: { a: 1 },
      OutputParameters: [{ OutputName: 'n', OutputType: 'Integer' }],
    };
    return runStep(stepOf(step), context);
  };
  const metadata = { Lambda: { Arn: 'arn:f' } };

  test('is called with the arguments, and gives its outputs', async () => {
    answer('{"n": 3, "m": 4}');
    const OutputParameters = [{ Name: 'n', Value: '3' }];
    expect(await run()).toEqual({
      status: 'Succeeded',
      metadata: { Lambda: { Arn: 'arn:f', OutputParameters } },
      result: { OutputParameters: { n: 3 } },
    });
    expect(event()).toEqual({ a: 1 });
    expect(told).toEqual([metadata]);
  });

  test('fails with its message, and where an output is missing', async () => {
    answer('{"errorMessage": "no"}', true);
    expect(await run()).toEqual({ status: 'Failed', reason: 'ClientError: f: no', metadata });
    answer('"a text"', true);
    expect(await run()).toEqual({ status: 'Failed', reason: 'ClientError: f: "a text"', metadata });
    for (const payload of ['{}', '"n"', 'null']) {
      answer(payload);
      expect(await run()).toEqual({
        status: 'Failed',
        reason: "ClientError: f returned no 'n', which the step declares as an output.",
        metadata: { Lambda: { Arn: 'arn:f', OutputParameters: [] } },
      });
    }
  });

  test('is not waited for when the execution is stopped', async () => {
    answer('', true);
    expect(await run({ signal: AbortSignal.abort() })).toEqual({ status: 'Stopped', metadata });
  });
});

describe('rules', () => {
  const judge = async (
    provider: string | undefined,
    configuration: Record<string, string> = {},
    more: {
      execution?: Partial<DeliveryExecution>;
      declaration?: object;
      builds?: ActionWork['builds'];
      signal?: AbortSignal;
    } = {},
  ): Promise<unknown> => {
    const one = execution(more.execution);
    const ruleTypeId = provider === undefined ? undefined : { category: 'Rule', provider };
    return judgeRule({
      run: { rule: 'R', stage: 'S', declaration: { name: 'R', ruleTypeId, ...more.declaration } } as unknown as RuleRun,
      execution: one,
      configuration,
      surroundings: { store } as ActionWork['surroundings'],
      builds: more.builds ?? buildsThat('SUCCEEDED').builds,
      signal: more.signal ?? new AbortController().signal,
      resolve: (text) => resolveText(text, one),
      note: (id) => void noted.push(id),
    });
  };
  const noted: string[] = [];
  const fails = (message: string): object => ({
    status: 'Failed',
    summary: message,
    error: { code: 'RuleExecutionFailed', message },
  });
  const errs = (message: string): object => ({ ...fails(message), isError: true });
  const met = { status: 'Succeeded' };

  test('of a provider that Local does not judge cannot be judged', async () => {
    expect(ruleProviders).toEqual(['VariableCheck', 'Commands', 'CodeBuild', 'LambdaInvoke', 'CloudWatchAlarm']);
    for (const [provider, name] of [
      ['DeploymentWindow', 'DeploymentWindow'],
      [undefined, ''],
    ]) {
      expect(await judge(provider)).toEqual(
        errs(`Local does not judge rules of the provider ${name ?? ''}. Use an AWS account for this pipeline.`),
      );
    }
  });

  test.each([
    ['EQ', 'abc', 'abc', true],
    ['EQ', 'abc', 'ab', false],
    ['NE', 'abc', 'ab', true],
    ['NE', 'abc', 'abc', false],
    ['CONTAINS', 'abc', 'b', true],
    ['CONTAINS', 'abc', 'd', false],
    ['MATCHES', 'abc', 'a.c', true],
    ['MATCHES', 'abcd', 'a.c', false],
    ['MATCHES', 'xabc', 'a.c', false],
    ['MATCHES', 'abc', 'x|abc', true],
  ])('%s %s %s', async (Operator, Variable, Value, isMet) => {
    expect(await judge('VariableCheck', { Operator, Variable, Value })).toEqual(
      isMet ? met : fails(`The value ${Variable} does not meet ${Operator} ${Value}.`),
    );
  });

  test('operators that there are not, and patterns that are none, cannot be judged', async () => {
    expect(await judge('VariableCheck', { Operator: 'GT', Value: '1' })).toEqual(
      errs('GT cannot be used with the value 1.'),
    );
    expect(await judge('VariableCheck', {})).toEqual(errs('The operator cannot be used with the value .'));
    expect(await judge('VariableCheck', { Operator: 'MATCHES', Variable: 'a', Value: '(' })).toEqual(
      errs('MATCHES cannot be used with the value (.'),
    );
  });

  const artifacts = { One: { bucket: 'b', key: '1' }, Two: { bucket: 'b', key: '2' } };

  test('commands are a build of the artifacts that are named, else of the first', async () => {
    const { builds, asked } = buildsThat('SUCCEEDED');
    const commands = { commands: ['test #{variables.V}'] };
    const given = { builds, execution: { artifacts, variables: { V: '1' } }, declaration: commands };
    expect(await judge('Commands', {}, given)).toEqual(met);
    expect(JSON.parse(asked[0]?.project.source?.buildspec ?? '')).toMatchObject({
      env: { 'exported-variables': [] },
      phases: { build: { commands: ['test 1'] } },
    });
    expect(asked[0]?.request).toEqual({ projectName: 'AWSCodePipeline-Commands' });
    expect(asked[0]?.link).toEqual({
      initiator: 'codepipeline/p',
      inputs: [{ name: 'One', bucket: 'b', key: '1' }],
      outputs: [],
      logGroup: '/aws/codepipeline/p',
    });
    expect(noted.at(-1)).toBe('project/x:uuid');
    const named = { ...commands, inputArtifacts: [{ name: 'Two' }, { name: 'Missing' }, {}] };
    await judge('Commands', {}, { ...given, declaration: named });
    expect(asked[1]?.link).toMatchObject({ inputs: [{ name: 'Two', bucket: 'b', key: '2' }] });
    await judge('Commands', {}, { ...given, declaration: {} });
    expect(JSON.parse(asked[2]?.project.source?.buildspec ?? '')).toMatchObject({
      phases: { build: { commands: [] } },
    });
  });

  test('a build of a project has to succeed, and is stopped with the rule', async () => {
    const { builds, asked } = buildsThat('FAILED');
    expect(await judge('CodeBuild', { ProjectName: 'known' }, { builds })).toEqual(
      fails('The build project/x:uuid ended as FAILED.'),
    );
    expect(asked[0]?.project).toEqual(project);
    expect(await judge('CodeBuild', { ProjectName: 'gone' }, { builds })).toEqual(
      errs('Project cannot be found: gone. Create it on Local.'),
    );
    expect(await judge('CodeBuild', {}, { builds })).toEqual(errs('Project cannot be found: . Create it on Local.'));
    const controller = new AbortController();
    const ended = builds.ended.bind(builds);
    builds.ended = (record) => {
      controller.abort();
      return ended(record);
    };
    await judge('CodeBuild', { ProjectName: 'known' }, { builds, signal: controller.signal });
    expect(asked.at(-1)?.stopped).toHaveLength(1);
  });

  test('a function has to end well', async () => {
    answer('null');
    expect(await judge('LambdaInvoke', { FunctionName: 'f', UserParameters: 'mine' })).toEqual(met);
    expect(event()).toEqual({
      pipelineName: 'p',
      pipelineExecutionId: 'e1',
      stageName: 'S',
      ruleName: 'R',
      UserParameters: 'mine',
    });
    answer('x'.repeat(600), true);
    expect(await judge('LambdaInvoke', { FunctionName: 'f' })).toEqual(
      fails(`The function f failed: ${'x'.repeat(500)}`),
    );
    expect(await judge('LambdaInvoke', {})).toEqual(
      errs('Function not found: arn:aws:lambda:us-east-1:000000000000:function:'),
    );
    invoke.mockRejectedValue('no error at all');
    expect(await judge('LambdaInvoke', { FunctionName: 'f' })).toEqual(errs('no error at all'));
  });

  test.each([
    ['OK', undefined, true],
    ['ALARM', undefined, false],
    ['ALARM', 'INSUFFICIENT_DATA', true],
    ['INSUFFICIENT_DATA', 'ALARM, INSUFFICIENT_DATA', false],
    ['OK', 'ALARM, INSUFFICIENT_DATA', true],
  ])('an alarm in %s where %s fails', async (state, AlarmStates, isMet) => {
    alarms(store).records.put({ name: 'a', createdAt: new Date(0), state, doc: {} } as unknown as Alarm);
    const configuration = { AlarmName: 'a', ...(AlarmStates === undefined ? {} : { AlarmStates }) };
    expect(await judge('CloudWatchAlarm', configuration)).toEqual(
      isMet ? met : fails(`The alarm a is in the state ${state}.`),
    );
    expect(await judge('CloudWatchAlarm', {})).toEqual(errs('There is no alarm  on Local.'));
  });
});

describe('the board in the store', () => {
  const declaration: PipelineDeclaration = { name: 'board', roleArn: 'r', stages: [stage('A', 'x')], version: 1 };
  const fresh = (): StoreBoard => {
    const found = deliveries(store).get('board');
    return new StoreBoard(
      store,
      found ?? {
        name: 'board',
        arn: 'arn:board',
        version: 1,
        declaration,
        createdAt: new Date(0),
        updatedAt: new Date(0),
        stages: { A: freeStage() },
        started: 0,
        seen: {},
      },
    );
  };
  const one = (id: string, more: Partial<DeliveryExecution> = {}): DeliveryExecution =>
    execution({ id, pipeline: 'board', ...more });
  const action = (id: string, of: string): ActionRun =>
    ({ id, pipeline: 'board', execution: of, status: 'InProgress', startedAt: new Date(0) }) as ActionRun;
  const rule = (id: string, of: string): RuleRun =>
    ({ id, pipeline: 'board', execution: of, status: 'InProgress', startedAt: new Date(0) }) as RuleRun;

  test('keeps what was said to be kept, and nothing before it is written', () => {
    const board = fresh();
    board.keep(one('e2', { order: 2 }));
    board.keep(one('e1'));
    board.keep(one('over', { place: 'over', order: 0 }));
    board.keepAction(action('a1', 'e1'));
    board.keepRule(rule('r1', 'e1'));
    board.pipeline.started = 2;
    board.flush();
    expect(deliveries(store).get('board')).toBeUndefined();
    board.keepPipeline();
    board.flush();
    expect(deliveries(store).get('board')?.started).toBe(2);
    expect(deliveryVersions(store).get('board/1')?.declaration).toEqual(declaration);
    const again = fresh();
    // The oldest first, whatever was kept first.
    expect(again.live().map(({ id }) => id)).toEqual(['e1', 'e2']);
    expect(again.action('a1')).toEqual(action('a1', 'e1'));
    expect(again.rule('r1')).toEqual(rule('r1', 'e1'));
    expect([again.action(''), again.action('none'), again.rule('none'), again.execution('none')]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(again.execution('over')?.id).toBe('over');
    expect(again.execution('over')).toBe(again.execution('over'));
    expect(again.newId()).not.toBe(again.newId());
  });

  test('writes a change once', () => {
    const board = fresh();
    const run = board.action('a1');
    if (!run) throw new Error('There is no action.');
    run.status = 'Succeeded';
    board.keepAction(run);
    board.flush();
    run.status = 'Failed';
    board.flush();
    expect(actionRuns(store).get('a1')?.status).toBe('Succeeded');
    board.pipeline.started = 9;
    board.flush();
    expect(deliveries(store).get('board')?.started).toBe(2);
  });

  test('forgets what is over with all of it, and reads it again', () => {
    const board = fresh();
    for (const id of ['e1', 'e2']) {
      board.keepAction(action(`a-${id}`, id));
      board.keepRule(rule(`r-${id}`, id));
    }
    const ended = board.execution('e1');
    if (!ended) throw new Error('There is no execution.');
    ended.place = 'over';
    board.keep(ended);
    board.flush();
    const before = [board.action('a-e1'), board.action('a-e2'), board.rule('r-e1'), board.rule('r-e2')];
    board.forget();
    const after = [board.action('a-e1'), board.action('a-e2'), board.rule('r-e1'), board.rule('r-e2')];
    expect(after).toEqual(before);
    expect(after.map((run, index) => run === before[index])).toEqual([false, true, false, true]);
    expect(board.execution('e1')).not.toBe(ended);
    expect(board.live().map(({ id }) => id)).toEqual(['e2']);
  });

  test('finds the newest execution but this that has succeeded in a stage of this version', () => {
    const board = fresh();
    const stages = (status: string): DeliveryExecution['stages'] => ({ A: { status } as never });
    const all: [id: string, more: Partial<DeliveryExecution>][] = [
      ['first', { stages: stages('Succeeded') }],
      ['second', { stages: stages('Succeeded') }],
      ['failed', { stages: stages('Failed') }],
      ['rollback', { stages: stages('Succeeded'), type: 'ROLLBACK' }],
      ['newer', { stages: stages('Succeeded'), version: 2 }],
      ['this', { stages: stages('Succeeded') }],
    ];
    for (const [id, more] of all) board.keep(one(id, { place: 'over', ...more }));
    expect(board.lastSuccess('A', 'this')?.id).toBe('second');
    expect(board.lastSuccess('B', 'this')).toBeUndefined();
    expect(deliveryExecutions(store).get('board/this')).toBeDefined();
    expect(
      ruleRuns(store)
        .list('execution = ?', 'e2')
        .map(({ id }) => id),
    ).toEqual(['r-e2']);
  });

  test('knows the declaration of every version', () => {
    const board = fresh();
    board.pipeline.version = 2;
    board.pipeline.declaration = { ...declaration, version: 2, stages: [] };
    board.keepPipeline();
    board.flush();
    expect(board.declaration(2).stages).toEqual([]);
    expect(board.declaration(1)).toEqual(declaration);
    expect(board.declaration(1)).toBe(board.declaration(1));
    // One that is lost is the newest.
    expect(board.declaration(7).stages).toEqual([]);
  });
});

describe('declarations', () => {
  const get: ActionDeclaration = {
    name: 'Get',
    actionTypeId: { category: 'Source', owner: 'AWS', provider: 'S3', version: '1' },
    configuration: { S3Bucket: 'b', S3ObjectKey: 'k.zip' },
    outputArtifacts: [{ name: 'Code' }],
  };
  const make: ActionDeclaration = {
    name: 'Make',
    actionTypeId: { category: 'Build', owner: 'AWS', provider: 'CodeBuild', version: '1' },
    configuration: { ProjectName: 'p' },
    inputArtifacts: [{ name: 'Code' }],
  };
  const check = async (...builds: ActionDeclaration[]): Promise<{ type: string; message: string } | undefined> =>
    checkDeclaration({
      name: 'p',
      roleArn: 'arn:aws:iam::000000000000:role/p',
      artifactStore: { type: 'S3', location: 'artifacts-of-p' },
      stages: [
        { name: 'Source', actions: [get] },
        { name: 'Build', actions: builds },
      ],
    }).then(
      () => undefined,
      (error: unknown) => error as { type: string; message: string },
    );

  test('are checked as the editor checks them; three findings are told', async () => {
    expect(await check(make)).toBeUndefined();
    const wrong = (name: string): ActionDeclaration => ({ ...make, name, inputArtifacts: [{ name: 'Nothing' }] });
    const one = await check(wrong('A'));
    expect(one?.type).toBe('InvalidStructureException');
    expect(one?.message).toMatch(/^\/pipeline\/stages\/1\/actions\/0\/\S*: \S/);
    expect(one?.message).not.toContain('more)');
    const four = await check(...['A', 'B', 'C', 'D'].map(wrong));
    expect(four?.message).toMatch(
      /actions\/0\/.* \/pipeline\/\S*actions\/1\/.* \/pipeline\/\S*actions\/2\/.* \(and 1 more\)$/,
    );
    expect(four?.message).not.toContain('actions/3');
    const configured = await check({ ...make, configuration: {} });
    expect(configured?.type).toBe('InvalidActionDeclarationException');
    const both = await check({ ...make, configuration: {} }, wrong('B'));
    expect(both?.type).toBe('InvalidStructureException');
  });
});
