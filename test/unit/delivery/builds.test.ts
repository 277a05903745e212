import { describe, expect, it, vi } from 'vitest';
import { local } from '../../../src/aws';
import { phasesIn } from '../../../src/delivery/builds/log-text';
import {
  type Batch,
  batchOf,
  buildOf,
  caseOf,
  causesOf,
  filesOf,
  isDone,
  reportOf,
} from '../../../src/delivery/builds/model';
import { buildRows } from '../../../src/delivery/builds/rows';
import { isBuildspec } from '../../../src/delivery/builds/spec';
import { consoleAddress, linksIn, linksOf } from '../../../src/delivery/links';

vi.mock('vscode', () => import('../../fixtures/vscode'));

const id = 'penguins-test:0a1b2c3d-0000-4000-8000-000000000000';
const own = '0a1b2c3d-0000-4000-8000-000000000000';

describe('a build', () => {
  it('is judged by its own status, and its cause is read of every phase', () => {
    const build = buildOf({
      id,
      buildStatus: 'FAILED',
      phases: [
        { phaseType: 'PROVISIONING', phaseStatus: 'FAILED', contexts: [{ statusCode: 'X', message: 'No image' }] },
        { phaseType: 'FINALIZING', phaseStatus: 'SUCCEEDED', contexts: [{ statusCode: '', message: '' }] },
        { phaseType: 'COMPLETED' },
      ],
    });
    expect(build).toMatchObject({ project: 'penguins-test', status: 'FAILED' });
    expect(causesOf(build)).toEqual(['PROVISIONING: No image']);
    expect(isDone(build)).toBe(true);
    expect(isDone(buildOf({ id, buildStatus: 'IN_PROGRESS' }))).toBe(false);
  });

  it('logs by default where builds do, also while the service says null', () => {
    const place = { group: '/aws/codebuild/penguins-test', prefix: own };
    expect(buildOf({ id }).log).toEqual({ kind: 'stream', place });
    expect(buildOf({ id, logs: { groupName: 'null', streamName: 'null' } }).log).toEqual({ kind: 'stream', place });
    expect(buildOf({ id, logs: { groupName: 'g', streamName: 's/1' } }).log).toEqual({
      kind: 'stream',
      place: { group: 'g', prefix: 's/1' },
    });
  });

  it('logs where its project says, or nowhere', () => {
    const custom = { status: 'ENABLED' as const, groupName: 'team', streamName: 'builds' };
    expect(buildOf({ id, logs: { cloudWatchLogs: custom } }).log).toEqual({
      kind: 'stream',
      place: { group: 'team', prefix: `builds/${own}` },
    });
    const off = { status: 'DISABLED' as const };
    expect(buildOf({ id, logs: { cloudWatchLogs: off, s3LogsArn: 'arn:aws:s3:::logs/a/b.gz' } }).log).toEqual({
      kind: 'object',
      uri: 's3://logs/a/b.gz',
    });
    expect(buildOf({ id, logs: { cloudWatchLogs: off } }).log).toEqual({ kind: 'none' });
  });
});

describe('a batch', () => {
  const arn = (name: string): string => `arn:aws:codebuild:eu-west-1:1:build/penguins-test:${name}`;
  const batch = batchOf({
    id: 'penguins-test:batch',
    buildBatchNumber: 4,
    buildBatchStatus: 'IN_PROGRESS',
    buildGroups: [
      {
        identifier: 'unit',
        currentBuildSummary: { arn: arn('u'), buildStatus: 'SUCCEEDED' },
        priorBuildSummaryList: [{ arn: arn('before') }],
      },
      { identifier: 'slow', ignoreFailure: true, currentBuildSummary: { arn: arn('old'), buildStatus: 'FAILED' } },
      { identifier: 'package', dependsOn: ['unit', 'slow'] },
    ],
  });
  const build = (name: string, buildNumber: number, ofBatch: boolean) =>
    buildOf({
      id: `penguins-test:${name}`,
      buildNumber,
      buildStatus: 'SUCCEEDED',
      ...(ofBatch ? { buildBatchArn: 'arn:aws:codebuild:eu-west-1:1:build-batch/penguins-test:batch' } : {}),
    });
  const told = (batches: readonly Batch[]): string[] => {
    const builds = [build('new', 9, false), build('u', 8, true), build('before', 7, true), build('first', 6, false)];
    return buildRows(local, 'penguins-test', { builds, batches }).flatMap(({ label, description, context, below }) => [
      `${label} (${context ?? ''}) ${description ?? ''}`,
      ...(label.startsWith('Batch') && Array.isArray(below)
        ? below.map((row: { label: string; description?: string }) => `  ${row.label}: ${row.description ?? ''}`)
        : []),
    ]);
  };

  it('has its builds below it by their identifiers, with what each waits for, and stands once among the builds', () => {
    expect(told([batch])).toEqual([
      '#9 (build retryable) Succeeded',
      'Batch #4 (buildBatch stoppable) In progress · 1 of 3 succeeded',
      '  unit: Succeeded · built 2 times',
      '  slow: Failed · may fail',
      '  package: waits for unit, slow',
      '#6 (build retryable) Succeeded',
    ]);
  });

  it('that has failed can be retried, and says what never began', () => {
    expect(told([{ ...batch, status: 'FAILED' }])).toContain('  package: not started');
    expect(told([{ ...batch, status: 'FAILED' }])[1]).toMatch(/^Batch #4 \(buildBatch retryable\) Failed/);
  });

  it('that cannot be read leaves its builds where they are', () => {
    expect(told([]).map((line) => line.split(' ')[0])).toEqual(['#9', '#8', '#7', '#6']);
  });
});

describe('reports', () => {
  it('count in milliseconds, and name their group', () => {
    const arn = 'arn:aws:codebuild:eu-west-1:1:report/penguins-test-unit:0a1b';
    const testSummary = { total: 3, statusCounts: { SUCCEEDED: 3 }, durationInNanoSeconds: 1_500_000 };
    expect(reportOf({ arn, type: 'TEST', status: 'SUCCEEDED', testSummary })).toEqual({
      arn,
      name: 'penguins-test-unit',
      kind: 'TEST',
      status: 'SUCCEEDED',
      tests: { total: 3, counts: { SUCCEEDED: 3 }, milliseconds: 1.5 },
    });
    expect(caseOf({ name: 'a', prefix: 'p', durationInNanoSeconds: 2e6 })).toEqual({
      suite: 'p',
      name: 'a',
      status: 'UNKNOWN',
      milliseconds: 2,
    });
  });

  it('lead to the files that a case may stand in', () => {
    const of = (suite: string, name = 'test_a'): string[] =>
      filesOf({ suite, name, status: 'FAILED', milliseconds: 0 });
    expect(of('tests.test_features')).toEqual(['tests/test_features.py']);
    expect(of('tests.test_features.TestIslands')).toEqual([
      'tests/test_features/TestIslands.py',
      'tests/test_features.py',
    ]);
    expect(of('src/app.test.ts')).toEqual(['src/app.test.ts']);
    expect(of('', 'tests/test_x.py::test_a[1]')).toEqual(['tests/test_x.py']);
    expect(of('')).toEqual([]);
  });
});

describe('a log', () => {
  it('has a fold for each phase', () => {
    const lines = [
      'What differs here',
      '[Container] 2026/01/02 03:04:05.678901 Entering phase INSTALL',
      'pip',
      '[Container] 2026/01/02 03:04:06.678901 Entering phase BUILD',
      'pytest',
      '',
    ];
    expect(phasesIn(lines)).toEqual([
      { phase: 'INSTALL', start: 1, end: 2 },
      { phase: 'BUILD', start: 3, end: 5 },
    ]);
  });
});

describe('what an action made', () => {
  const arn = (rest: string): string => `arn:aws:sagemaker:eu-west-1:111122223333:${rest}`;

  it('is found by its ARN in what it says', () => {
    const text = `Started ${arn('pipeline/penguins/execution/abc')}, registered "${arn('model-package/penguins/7')}". ${arn('endpoint/penguins')}; ${arn('pipeline/penguins/execution/abc')}`;
    expect(linksIn(text).map(({ kind, title }) => [kind, title])).toEqual([
      ['run', 'Run of penguins'],
      ['model', 'penguins version 7'],
      ['endpoint', 'Endpoint penguins'],
    ]);
    expect(linksIn(arn('pipeline/penguins'))).toEqual([]);
    expect(linksIn('arn:aws:states:eu-west-1:111122223333:execution:machine:run')[0]).toMatchObject({
      kind: 'execution',
    });
  });

  it('is its build where it is one, named once', () => {
    const action = {
      id: '1',
      run: 'r',
      stage: 's',
      action: 'a',
      status: 'Succeeded',
      provider: 'CodeBuild',
      configuration: {},
      inputs: [],
      outputs: [],
      variables: {},
      externalId: id,
      externalUrl: `https://console.aws.amazon.com/codebuild?arn=arn:aws:codebuild:eu-west-1:111122223333:build/${id}`,
    };
    expect(linksOf(action)).toEqual([{ kind: 'build', title: 'Build', target: id }]);
  });

  it('has a page in the console', () => {
    expect(consoleAddress(arn('endpoint/x'))).toBe(
      'https://console.aws.amazon.com/go/view?arn=arn%3Aaws%3Asagemaker%3Aeu-west-1%3A111122223333%3Aendpoint%2Fx',
    );
  });
});

it('a buildspec is told by its name or by what stands in it', () => {
  const text = 'version: 0.2\nphases:\n  build:\n    commands: [make]\n';
  expect(isBuildspec('/p/buildspec.yml', text)).toBe(true);
  expect(isBuildspec('/p/ci/buildspec-train.yaml', 'phases: {}')).toBe(true);
  expect(isBuildspec('/p/ci/train.yml', text)).toBe(true);
  expect(isBuildspec('/p/ci/train.yml', 'phases: {}')).toBe(false);
  expect(isBuildspec('/p/buildspec.yml', 'version: 0.2')).toBe(false);
  expect(isBuildspec('/p/buildspec.json', text)).toBe(false);
});
