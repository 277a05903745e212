/** Delivery pipelines by the command line, through the SDK to a service that a test plays. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { run } from '../../../src/cli/pipeline.bundle';
import { FakeService } from '../../fixtures/aws/service';
import { commits, declaration } from '../../fixtures/delivery';

const token = '0f0e0d0c-0000-4000-8000-000000000000';
const variables = ['AWS_ENDPOINT_URL', 'AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];

interface Execution {
  pipelineExecutionId: string;
  status: string;
  startTime: number;
  sourceRevisions: { actionName: string; revisionId: string; revisionSummary: string }[];
}

let service: FakeService;
let before: (string | undefined)[];
let output: string;
let executions: Execution[];
let stages: Record<string, unknown>[];

function execution(pipelineExecutionId: string, status: string, revisionId: string, startTime: number): Execution {
  return {
    pipelineExecutionId,
    status,
    startTime,
    sourceRevisions: [{ actionName: 'Repository', revisionId, revisionSummary: 'feat: islands' }],
  };
}

function stage(
  stageName: string,
  id: string,
  status: string,
  actionStatus: string,
  more: object = {},
): Record<string, unknown> {
  return {
    stageName,
    latestExecution: { pipelineExecutionId: id, status },
    actionStates: [{ actionName: `Do${stageName}`, latestExecution: { status: actionStatus, ...more } }],
  };
}

beforeEach(async () => {
  before = variables.map((name) => process.env[name]);
  executions = [execution('r2', 'InProgress', commits.promoted, 2), execution('r1', 'Succeeded', commits.old, 1)];
  stages = [
    stage('Source', 'r2', 'Succeeded', 'Succeeded'),
    stage('Approve', 'r2', 'InProgress', 'InProgress', { token }),
    stage('Deploy', 'r1', 'Succeeded', 'Succeeded'),
  ];
  service = await FakeService.start({
    ListPipelines: () => ({ body: { pipelines: [{ name: 'penguins-delivery', version: 3 }] } }),
    GetPipeline: ({ input }) =>
      input['name'] === 'penguins-delivery'
        ? { body: { pipeline: declaration } }
        : { error: 'PipelineNotFoundException' },
    GetPipelineState: () => ({ body: { pipelineName: 'penguins-delivery', pipelineVersion: 3, stageStates: stages } }),
    ListPipelineExecutions: () => ({ body: { pipelineExecutionSummaries: executions } }),
    ListActionExecutions: () => ({ body: { actionExecutionDetails: [] } }),
    PutApprovalResult: () => {
      executions = [{ ...execution('r2', 'Succeeded', commits.promoted, 2) }, ...executions.slice(1)];
      stages = [
        stages[0] ?? {},
        stage('Approve', 'r2', 'Succeeded', 'Succeeded'),
        stage('Deploy', 'r2', 'Succeeded', 'Succeeded'),
      ];
      return { body: {} };
    },
    StartPipelineExecution: () => ({ body: { pipelineExecutionId: 'r9' } }),
    StopPipelineExecution: () => ({ body: { pipelineExecutionId: 'r2' } }),
    RetryStageExecution: () => ({ body: { pipelineExecutionId: 'r2' } }),
    RollbackStage: () => ({ body: { pipelineExecutionId: 'r9' } }),
  });
  process.env['AWS_ENDPOINT_URL'] = service.url;
  process.env['AWS_REGION'] = 'eu-west-1';
  process.env['AWS_ACCESS_KEY_ID'] = 'KEY';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'secret';
  output = '';
  const write = (text: string | Uint8Array): boolean => {
    output += String(text);
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(write);
  vi.spyOn(process.stderr, 'write').mockImplementation(write);
});

afterEach(async () => {
  vi.restoreAllMocks();
  for (const [index, name] of variables.entries()) {
    const value = before[index];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  await service.stop();
});

const sent = (operation: string): unknown => service.asked.find((each) => each.operation === operation)?.input;

describe('status', () => {
  it.each([
    ['Succeeded', 0],
    ['Failed', 1],
    ['Superseded', 3],
    ['Stopped', 4],
    ['Cancelled', 4],
  ])('of a run that is %s ends with %i', async (status, code) => {
    executions = [execution('r2', status, commits.promoted, 2)];
    stages = [stage('Source', 'r2', 'Succeeded', 'Succeeded')];
    expect(await run(['status', 'penguins-delivery'])).toBe(code);
  });

  it('of one that waits for an approval ends with 5 and says what waits', async () => {
    expect(await run(['status', 'penguins-delivery'])).toBe(5);
    expect(output).toContain(
      'Waiting for approval DoApprove in Approve: 22222222 (feat: islands), run r2\nSource: Succeeded 22222222',
    );
  });

  it('of one that is under way ends with 6', async () => {
    stages = [stage('Source', 'r2', 'InProgress', 'InProgress')];
    expect(await run(['status', 'penguins-delivery'])).toBe(6);
  });

  it('finds the run of a commit, and says when there is none', async () => {
    expect(await run(['status', 'penguins-delivery', '--commit', commits.old])).toBe(0);
    await expect(run(['status', 'penguins-delivery', '--commit', '4444444'])).rejects.toThrow(
      'penguins-delivery has no run of commit 4444444.',
    );
  });

  it('says what has failed below its stage', async () => {
    executions = [execution('r2', 'Failed', commits.promoted, 2)];
    stages = [stage('Deploy', 'r2', 'Failed', 'Failed', { errorDetails: { message: 'No capacity' } })];
    expect(await run(['status', 'penguins-delivery'])).toBe(1);
    expect(output).toContain('Deploy: Failed 22222222 feat: islands\n  DoDeploy: No capacity');
  });

  it('as JSON has outcome, run and stages, and never the token', async () => {
    await run(['status', 'penguins-delivery', '--format', 'json']);
    expect(JSON.parse(output)).toMatchObject({ outcome: 'waiting', run: { id: 'r2' }, approval: { stage: 'Approve' } });
    expect(output).not.toContain(token);
  });
});

describe('approve', () => {
  it('decides what waits, and with --wait ends as the run does', async () => {
    expect(await run(['approve', 'penguins-delivery', '-m', 'fine', '--wait'])).toBe(0);
    expect(sent('PutApprovalResult')).toMatchObject({ token, result: { status: 'Approved', summary: 'fine' } });
  });

  it('rejects with --reject, and only for the commit that is named', async () => {
    await expect(run(['approve', 'penguins-delivery', '--commit', commits.old])).rejects.toThrow(
      /No approval .* waits for 1111/,
    );
    expect(sent('PutApprovalResult')).toBeUndefined();
    expect(await run(['approve', 'penguins-delivery', '--reject', '--commit', commits.promoted])).toBe(0);
    expect(sent('PutApprovalResult')).toMatchObject({ result: { status: 'Rejected', summary: '' } });
  });

  it('asks which one where several wait', async () => {
    stages.push(stage('Second', 'r2', 'InProgress', 'InProgress', { token }));
    await expect(run(['approve', 'penguins-delivery'])).rejects.toThrow(
      'Name one: --stage Approve --action DoApprove or --stage Second --action DoSecond.',
    );
  });
});

it('start sends variables and revisions, and prints the run', async () => {
  expect(
    await run([
      'start',
      'penguins-delivery',
      '--variable',
      'Environment=prod',
      '--revision',
      `Repository=${commits.old}`,
    ]),
  ).toBe(0);
  expect(output).toBe('r9\n');
  expect(sent('StartPipelineExecution')).toMatchObject({
    name: 'penguins-delivery',
    variables: [{ name: 'Environment', value: 'prod' }],
    sourceRevisions: [{ actionName: 'Repository', revisionType: 'COMMIT_ID', revisionValue: commits.old }],
  });
});

describe('retry, stop and rollback', () => {
  it('retry takes the stage that has failed, in its own run', async () => {
    stages = [stage('Source', 'r2', 'Succeeded', 'Succeeded'), stage('Deploy', 'r2', 'Failed', 'Failed')];
    expect(await run(['retry', 'penguins-delivery'])).toBe(0);
    expect(sent('RetryStageExecution')).toMatchObject({
      stageName: 'Deploy',
      pipelineExecutionId: 'r2',
      retryMode: 'FAILED_ACTIONS',
    });
  });

  it('retry is refused where nothing has failed', async () => {
    await expect(run(['retry', 'penguins-delivery'])).rejects.toThrow(
      'No stage of penguins-delivery is in a state for this.',
    );
  });

  it('stop says what it leads to, and abandons only when told', async () => {
    expect(await run(['stop', 'penguins-delivery', '-m', 'wrong one'])).toBe(0);
    expect(output).toContain('stays Stopping until then');
    expect(sent('StopPipelineExecution')).toMatchObject({
      pipelineExecutionId: 'r2',
      abandon: false,
      reason: 'wrong one',
    });
  });

  it('rollback names the run that it goes back to', async () => {
    stages[2] = stage('Deploy', 'r2', 'Succeeded', 'Succeeded');
    expect(await run(['rollback', 'penguins-delivery', '--stage', 'Deploy', '--to', commits.old])).toBe(0);
    expect(sent('RollbackStage')).toEqual({
      pipelineName: 'penguins-delivery',
      stageName: 'Deploy',
      targetPipelineExecutionId: 'r1',
    });
    await expect(run(['rollback', 'penguins-delivery', '--stage', 'Source'])).rejects.toThrow(/cannot be done/);
    await expect(run(['rollback', 'penguins-delivery'])).rejects.toThrow('Name the stage to roll back');
  });
});

it('wrong usage is one sentence', async () => {
  await expect(run([])).rejects.toThrow('Name what to do: list, status');
  await expect(run(['status'])).rejects.toThrow('Name one pipeline');
  await expect(run(['list', 'x'])).rejects.toThrow('list takes no name');
  await expect(run(['approve', 'penguins-delivery', '--timeout', 'soon'])).rejects.toThrow('--timeout takes seconds.');
  await expect(run(['status', 'nowhere'])).rejects.toThrow('Local has no delivery pipeline nowhere.');
  expect(await run(['list'])).toBe(0);
  expect(output).toBe('penguins-delivery version 3\n');
});
