import type { PipelineExecutionStep } from '@aws-sdk/client-sagemaker';
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../src/definition/graph/model';
import type { Definition } from '../../../src/pipelines/definition';
import type { RunStatus } from '../../../src/pipelines/model';
import { noObject } from '../../../src/shared/missing-data';
import { runInfo, type RunReading, stepStates } from '../../../src/pipelines/panels/run-graph/state';

const node = (id: string, more: object = {}) => ({ id, label: id, type: 'Processing', start: 0, end: 0, ...more });
const graph: Graph = {
  nodes: [
    node('Train'),
    node('Check', { type: 'Condition' }),
    node('Register', { condition: 'Check', branch: 'If' }),
    node('AfterRegister'),
    node('Stop', { type: 'Fail', condition: 'Check', branch: 'Else' }),
  ],
  edges: [
    { from: 'Train', to: 'Check', kind: 'reference' },
    { from: 'Check', to: 'Register', kind: 'branch', outcome: 'True' },
    { from: 'Check', to: 'Stop', kind: 'branch', outcome: 'False' },
    { from: 'Register', to: 'AfterRegister', kind: 'dependsOn' },
  ],
};
const definition: Definition = {
  graph,
  parameters: [{ name: 'Seed', type: 'Integer', default: '7' }],
  steps: new Map(),
};

function reading(status: RunStatus, steps: PipelineExecutionStep[], of: Definition = definition): RunReading {
  const arn = 'arn:aws:sagemaker:eu-west-1:1:pipeline/p/execution/abc';
  return {
    execution: { arn, id: 'abc', pipeline: 'p', name: 'abc', status, parameters: [{ name: 'Seed', value: '7' }] },
    steps,
    definition: of,
    missing: [],
    looks: 1,
  };
}

const statuses = (status: RunStatus, steps: PipelineExecutionStep[]): Record<string, string> =>
  Object.fromEntries(stepStates(reading(status, steps), undefined).map((state) => [state.id, state.status]));

describe('stepStates', () => {
  it('shows every step of the definition from the start', () => {
    expect(statuses('Executing', [])).toEqual({
      Train: 'Pending',
      Check: 'Pending',
      Register: 'Pending',
      AfterRegister: 'Pending',
      Stop: 'Pending',
    });
  });

  it('knows as soon as the condition is decided what will not run, and what depends on it', () => {
    const decided = [
      { StepName: 'Check', StepStatus: 'Succeeded' as const, Metadata: { Condition: { Outcome: 'False' as const } } },
    ];
    expect(statuses('Executing', decided)).toEqual({
      Train: 'Pending',
      Check: 'Succeeded',
      Register: 'NotRun',
      AfterRegister: 'NotRun',
      Stop: 'Pending',
    });
  });

  it('shows what was not reached by the end as not run', () => {
    expect(statuses('Failed', [{ StepName: 'Train', StepStatus: 'Failed' }])).toMatchObject({
      Train: 'Failed',
      Check: 'NotRun',
      Stop: 'NotRun',
    });
  });

  it('copes with steps that depend on each other in a ring', () => {
    const ring: Graph = {
      nodes: [node('A'), node('B')],
      edges: [
        { from: 'A', to: 'B', kind: 'dependsOn' },
        { from: 'B', to: 'A', kind: 'dependsOn' },
      ],
    };
    const states = stepStates(reading('Executing', [], { ...definition, graph: ring }), undefined);
    expect(states.map(({ status }) => status)).toEqual(['Pending', 'Pending']);
  });
});

it('data that a step did not find can be given on Local alone', () => {
  const failed: PipelineExecutionStep[] = [
    { StepName: 'Train', StepStatus: 'Failed', FailureReason: `ClientError: ${noObject('s3://b/rows.csv')}` },
  ];
  const [onLocal, onAws] = [undefined, 'eu-west-1'].map((region) => stepStates(reading('Failed', failed), region)[0]);
  expect(onLocal?.missingData).toEqual(['s3://b/rows.csv']);
  expect(onAws?.missingData).toBeUndefined();
});

describe('runInfo', () => {
  it('can be stopped while it executes, retried after a failure, and not after a Fail step', () => {
    const fail = [{ StepName: 'Stop', Metadata: { Fail: { ErrorMessage: 'too bad' } } }];
    const abilities = (status: RunStatus, steps: PipelineExecutionStep[] = []) => {
      const { canStop, canRetry } = runInfo(reading(status, steps), 'Local');
      return { canStop, canRetry };
    };
    expect(abilities('Executing')).toEqual({ canStop: true, canRetry: false });
    expect(abilities('Failed')).toEqual({ canStop: false, canRetry: true });
    expect(abilities('Stopped')).toEqual({ canStop: false, canRetry: true });
    expect(abilities('Failed', fail)).toEqual({ canStop: false, canRetry: false });
    expect(abilities('Succeeded')).toEqual({ canStop: false, canRetry: false });
  });

  it('tells which parameters have their default', () => {
    expect(runInfo(reading('Executing', []), 'Local').parameters).toEqual([
      { name: 'Seed', value: '7', isDefault: true },
    ]);
  });
});
