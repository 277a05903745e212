import { describe, expect, it } from 'vitest';
import {
  actionRunOf,
  actionStatus,
  boardOf,
  holderOf,
  isUnderWay,
  runOf,
  stageStatus,
  supersederOf,
} from '../../../src/delivery/model';
import { triggerWord } from '../../../src/shared/delivery-trigger';
import { deliveryFace, deliveryFaces, toneColors } from '../../../src/shared/status';
import { declaration, run, stage, action } from '../../fixtures/delivery';

const at = new Date(1_700_000_000_000);

describe('the state of a pipeline', () => {
  const board = boardOf(
    {
      pipelineName: 'penguins-delivery',
      pipelineVersion: 3,
      stageStates: [
        {
          stageName: 'Approve',
          latestExecution: { pipelineExecutionId: 'r2', status: 'InProgress' },
          inboundExecution: { pipelineExecutionId: 'r3', status: 'InProgress' },
          inboundTransitionState: {
            enabled: false,
            lastChangedBy: 'arn:aws:iam::1:user/ada',
            lastChangedAt: at,
            disabledReason: 'Holidays',
          },
          actionStates: [
            {
              actionName: 'Decision',
              latestExecution: { status: 'InProgress', token: 'a-token', lastStatusChange: at },
            },
          ],
          beforeEntryConditionState: {
            latestExecution: { status: 'Failed', summary: 'An alarm is on' },
            conditionStates: [
              { ruleStates: [{ ruleName: 'Alarm', latestExecution: { status: 'Failed', summary: 'ALARM' } }] },
            ],
          },
          retryStageMetadata: { autoStageRetryAttempt: 1, manualStageRetryAttempt: 2 },
        },
        {
          stageName: 'Deploy',
          actionStates: [
            {
              actionName: 'Production',
              latestExecution: { status: 'Failed', errorDetails: { code: 'JobFailed', message: 'Build terminated' } },
            },
            { actionName: 'Added' },
          ],
        },
      ],
    },
    declaration,
  );
  const [approve, deploy] = board.stages;

  it('has the run that holds a stage, those before it, and who closed the way', () => {
    expect(approve).toMatchObject({
      run: 'r2',
      inbound: ['r3'],
      transition: { isEnabled: false, by: 'arn:aws:iam::1:user/ada', at: at.getTime(), reason: 'Holidays' },
      retries: 3,
    });
    expect(deploy?.transition).toEqual({ isEnabled: true });
  });

  it('never carries the token of an approval, and tells that it waits', () => {
    expect(JSON.stringify(board)).not.toContain('a-token');
    expect(approve && stageStatus(approve)).toBe('Waiting');
    expect(approve?.actions.map(actionStatus)).toEqual(['Waiting']);
    expect(approve && holderOf(approve)).toEqual({ kind: 'approval', names: ['Decision'], since: at.getTime() });
  });

  it('has what only the declaration tells, and actions that have never run', () => {
    expect(deploy?.actions).toEqual([
      {
        name: 'Production',
        category: 'Build',
        provider: 'CodeBuild',
        runOrder: 1,
        isWaiting: false,
        status: 'Failed',
        error: 'Build terminated',
      },
      { name: 'Added', runOrder: 1, isWaiting: false },
    ]);
    expect(deploy && stageStatus(deploy)).toBe('NotRun');
  });

  it('has the conditions with their rules', () => {
    expect(approve?.conditions).toEqual([
      {
        kind: 'BEFORE_ENTRY',
        status: 'Failed',
        summary: 'An alarm is on',
        rules: [{ name: 'Alarm', status: 'Failed', summary: 'ALARM' }],
      },
    ]);
  });

  it('sees the approval of a PARALLEL pipeline, which has no token, by its category', () => {
    const parallel = boardOf(
      {
        stageStates: [
          {
            stageName: 'Approve',
            actionStates: [{ actionName: 'Decision', latestExecution: { status: 'InProgress' } }],
          },
        ],
      },
      { ...declaration, executionMode: 'PARALLEL' },
    );
    expect(parallel.mode).toBe('PARALLEL');
    expect(parallel.stages[0]?.actions[0]?.isWaiting).toBe(true);
  });
});

describe('why an action has failed', () => {
  const told = (message: string | undefined, code = 'JobFailed'): string | undefined =>
    boardOf(
      {
        stageStates: [
          {
            stageName: 'Build',
            actionStates: [
              { actionName: 'Make', latestExecution: { status: 'Failed', errorDetails: { code, message } } },
            ],
          },
        ],
      },
      undefined,
    ).stages[0]?.actions[0]?.error;

  it.each([
    [
      'Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: Error while executing command: make. Reason: exit status 2',
      'Error while executing command: make. Reason: exit status 2 (phase BUILD, COMMAND_EXECUTION_ERROR, build FAILED)',
    ],
    [
      'Build terminated with state: TIMED_OUT. Phase: BUILD, Code: BUILD_TIMED_OUT, Message: Build has timed out. ',
      'Build has timed out. (phase BUILD, BUILD_TIMED_OUT, build TIMED_OUT)',
    ],
    ['Build terminated with state: FAILED. Phase: X, Code: , Message: a\nb', 'a\nb (phase X, build FAILED)'],
    ['Build terminated with state: STOPPED', 'Build terminated with state: STOPPED'],
    ['The function failed', 'The function failed'],
  ])('%s', (message, error) => {
    expect(told(message)).toBe(error);
  });

  it('is its code where nothing else is said', () => {
    expect(told(undefined, 'PermissionError')).toBe('PermissionError');
  });
});

describe('a run', () => {
  it('has the message of its commit, however the source tells it', () => {
    const of = (revisionSummary: string | undefined): string | undefined =>
      runOf({ sourceRevisions: [{ actionName: 'S', revisionId: 'abc', revisionSummary }] }).revisions[0]?.message;
    expect(of('{"ProviderType":"GitHub","CommitMessage":"feat: islands"}')).toBe('feat: islands');
    expect(of('feat: islands')).toBe('feat: islands');
    expect(of('{not json')).toBe('{not json');
    expect(of('{"other":1}')).toBe('{"other":1}');
    expect(of('  ')).toBeUndefined();
  });

  it('tells a rollback and what it brings back, trigger and stop', () => {
    expect(
      runOf({
        pipelineExecutionId: 'r9',
        status: 'Stopped',
        startTime: at,
        executionType: 'ROLLBACK',
        executionMode: 'QUEUED',
        rollbackMetadata: { rollbackTargetPipelineExecutionId: 'r1' },
        trigger: { triggerType: 'ManualRollback', triggerDetail: 'ada' },
        stopTrigger: { reason: 'wrong one' },
      }),
    ).toEqual({
      id: 'r9',
      status: 'Stopped',
      started: at.getTime(),
      revisions: [],
      trigger: { type: 'ManualRollback', detail: 'ada' },
      mode: 'QUEUED',
      isRollback: true,
      rollsBackTo: 'r1',
      stopReason: 'wrong one',
    });
  });

  it.each([
    ['CreatePipeline', '', 'Created'],
    ['CloudWatchEvent', 'arn:aws:events:eu-west-1:111122223333:rule/nightly', 'Rule nightly'],
    ['CloudWatchEvent', 'arn:aws-cn:events:cn-north-1:111122223333:rule/own-bus/nightly', 'Rule nightly'],
    ['CloudWatchEvent', 'something', 'Event'],
    ['StartPipelineExecution', 'arn:aws:sts::111122223333:assumed-role/Amazon_EventBridge_Scheduler_1/x', 'Schedule'],
    ['StartPipelineExecution', 'arn:aws:iam::111122223333:user/scheduler', 'By hand'],
    ['NewerThanThis', '', 'NewerThanThis'],
  ])('that %s started by %s is told as: %s', (triggerType, triggerDetail, word) => {
    expect(triggerWord(runOf({ trigger: { triggerType: triggerType as 'Webhook', triggerDetail } }).trigger)).toBe(
      word,
    );
  });

  it('that was passed names the next one that got on', () => {
    const runs = [
      run('r4', { status: 'InProgress' }),
      run('r3', { status: 'Superseded' }),
      run('r2', { status: 'Superseded' }),
      run('r1'),
    ];
    expect(supersederOf(runs[2] ?? run('none'), runs)?.id).toBe('r4');
    expect(supersederOf(runs[0] ?? run('none'), runs)).toBeUndefined();
  });
});

it('an attempt at an action has its configuration, artifacts, variables and what it made', () => {
  expect(
    actionRunOf({
      actionExecutionId: 'a1',
      pipelineExecutionId: 'r1',
      stageName: 'Test',
      actionName: 'Unit',
      status: 'Failed',
      startTime: at,
      lastUpdateTime: at,
      updatedBy: 'ada',
      input: {
        actionTypeId: { category: 'Test', owner: 'AWS', provider: 'CodeBuild', version: '1' },
        configuration: { ProjectName: '#{variables.Project}' },
        resolvedConfiguration: { ProjectName: 'penguins-test' },
        inputArtifacts: [{ name: 'SourceOutput', s3location: { bucket: 'artifacts', key: 'a/b.zip' } }],
      },
      output: {
        outputVariables: { Accuracy: '0.97' },
        outputArtifacts: [{ name: 'Nowhere' }],
        executionResult: {
          externalExecutionId: 'penguins-test:1',
          errorDetails: { code: 'JobFailed', message: 'Build terminated with state: FAILED' },
        },
      },
    }),
  ).toEqual({
    id: 'a1',
    run: 'r1',
    stage: 'Test',
    action: 'Unit',
    status: 'Failed',
    started: at.getTime(),
    updated: at.getTime(),
    by: 'ada',
    category: 'Test',
    provider: 'CodeBuild',
    configuration: { ProjectName: 'penguins-test' },
    inputs: [{ name: 'SourceOutput', uri: 's3://artifacts/a/b.zip' }],
    outputs: [{ name: 'Nowhere' }],
    variables: { Accuracy: '0.97' },
    externalId: 'penguins-test:1',
    error: 'Build terminated with state: FAILED',
  });
});

describe('how a state looks', () => {
  it('only what has failed is red', () => {
    const red = Object.entries(deliveryFaces)
      .filter(([, { tone }]) => tone === 'bad')
      .map(([name]) => name);
    expect(red.toSorted()).toEqual(['CLIENT_ERROR', 'Errored', 'FAILED', 'FAULT', 'Failed', 'TIMED_OUT']);
    for (const neutral of ['Superseded', 'Skipped', 'Cancelled', 'Stopped', 'Abandoned', 'STOPPED']) {
      expect(toneColors[deliveryFace(neutral).tone], neutral).not.toBe(toneColors.bad);
    }
  });

  it('has a face for each state that the services know, and shows a newer one by its name', async () => {
    const pipeline = await import('@aws-sdk/client-codepipeline');
    const build = await import('@aws-sdk/client-codebuild');
    const known = [
      pipeline.PipelineExecutionStatus,
      pipeline.StageExecutionStatus,
      pipeline.ActionExecutionStatus,
      pipeline.ConditionExecutionStatus,
      pipeline.RuleExecutionStatus,
      build.StatusType,
    ].flatMap((states) => Object.values(states));
    expect(known.filter((state) => !(state in deliveryFaces))).toEqual([]);
    expect(deliveryFace('Pondering')).toMatchObject({ word: 'Pondering', tone: 'quiet' });
  });

  it('goes on by itself exactly where a run or a build is under way', () => {
    expect(isUnderWay('InProgress')).toBe(true);
    expect(isUnderWay('Stopping')).toBe(true);
    expect(isUnderWay('Superseded')).toBe(false);
    const active = Object.entries(deliveryFaces)
      .filter(([, face]) => 'isActive' in face)
      .map(([name]) => name);
    expect(active.toSorted()).toEqual(['IN_PROGRESS', 'InProgress', 'QUEUED', 'Stopping', 'Waiting']);
  });
});

it('what keeps a stage are the actions at work, the first that began', () => {
  const busy = stage('Test', 'InProgress', 'r1', [
    action('A', 'InProgress', { at: 3 }),
    action('B', 'InProgress', { at: 2 }),
    action('C', 'Succeeded', { at: 1 }),
  ]);
  expect(holderOf(busy)).toEqual({ kind: 'actions', names: ['A', 'B'], since: 2 });
  expect(holderOf({ ...busy, status: 'Stopping' })).toEqual({ kind: 'stopping', names: ['A', 'B'], since: 2 });
  expect(holderOf({ ...busy, status: 'Failed' })).toBeUndefined();
});
