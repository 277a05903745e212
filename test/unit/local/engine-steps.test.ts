import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Stub } from '../../../src/shared/stubs';
import { type Endpoint, endpoints } from '../../../src/local/domain/endpoints';
import { functions } from '../../../src/local/domain/functions';
import { type InferenceComponent, inferenceComponents } from '../../../src/local/domain/inference-components';
import { associations, lineage } from '../../../src/local/domain/lineage';
import { createModelPackage, modelPackages } from '../../../src/local/domain/model-packages';
import { models } from '../../../src/local/domain/models';
import { objects } from '../../../src/local/domain/objects';
import { queues } from '../../../src/local/domain/queues';
import type { StepDefinition } from '../../../src/local/engine/definition';
import { Callbacks } from '../../../src/local/engine/callbacks';
import { runStep, stepKind } from '../../../src/local/engine/steps';
import { missingFunction, outputsOf, outputValues } from '../../../src/local/engine/steps/lambda';
import { nameOf } from '../../../src/local/engine/steps/names';
import { requestOf, roleOf, type StepEnd, textMember } from '../../../src/local/engine/steps/step';
import { endAsStub, failedAsStub } from '../../../src/local/engine/steps/stubbed';
import { ServiceError } from '../../../src/local/wire/errors';
import { contextOf, execution, type Heard, openStore, scopeOf, stepOf } from './engine-bed';

/* Each kind of step by itself: what it asks for, what it tells, and how it ends. */

const store = openStore();
const parameters = new Map([
  ['Text', { type: 'String' as const, value: 'of the parameter' }],
  ['Half', { type: 'Float' as const, value: 1 }],
]);
const scope = scopeOf({ parameters });

/** Runs a step to its end. */
async function run(
  step: object,
  answers: Parameters<typeof contextOf>[1] = {},
  more: Parameters<typeof contextOf>[2] = {},
): Promise<{ end: StepEnd; heard: Heard }> {
  const { context, heard } = contextOf(store, answers, { scope, ...more });
  return { end: await runStep(stepOf(step), context), heard };
}

/** A signal that is aborted after some turns of the loop. */
function abortedSoon(milliseconds = 20): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), milliseconds);
  return controller.signal;
}

const stub = (more: Partial<Stub> = {}): Stub => ({
  status: 'Succeeded',
  outputs: {},
  metrics: {},
  artifacts: {},
  ...more,
});

describe('any step', () => {
  test('of a kind that Local does not run fails and says what it runs', async () => {
    const { end } = await run({ Type: 'Quantum', Arguments: {} });
    expect(end).toEqual({
      status: 'Failed',
      reason:
        'Local does not run steps of type Quantum. It runs Processing, Training, Transform, Tuning, Condition, Fail, RegisterModel, Model, Lambda, EndpointConfig, Endpoint, InferenceComponent, QualityCheck, ClarifyCheck, Callback, Lineage; use a connection to an AWS account for this pipeline.',
    });
  });

  test.each<[what: string, step: object, reason: string]>([
    [
      'a reference that leads nowhere',
      { Type: 'Fail', Arguments: { ErrorMessage: { Get: 'Parameters.Nope' } } },
      "ClientError: There is no parameter 'Nope' for the reference 'Parameters.Nope'.",
    ],
    [
      'a condition that cannot be decided',
      { Type: 'Condition', Arguments: { Conditions: [{ Type: 'LessThan', LeftValue: 1, RightValue: 'a' }] } },
      'ClientError: 1 and "a" cannot be compared: both must be numbers or both texts.',
    ],
    ['a request that is not valid', { Type: 'Lambda', Arguments: {} }, "ClientError: Step 'S' has no FunctionArn."],
  ])('fails where the definition is at fault: %s', async (_, step, reason) => {
    expect((await run(step)).end).toEqual({ status: 'Failed', reason });
  });

  test('does not hide what is a fault of Local', async () => {
    const call = (): Promise<never> => Promise.reject(new RangeError('a bug'));
    const step = { Type: 'EndpointConfig', Arguments: { ProductionVariants: [{ VariantName: 'a' }] } };
    await expect(run(step, {}, { call })).rejects.toThrow(RangeError);
  });

  test('ends as its stub says, by its name or its type, also where Local does not know the kind', async () => {
    const stubbed = (stubs: Record<string, Stub>): object => ({ execution: { ...execution, stubs } });
    const quantum = { Type: 'Quantum', Arguments: {} };
    expect((await run(quantum, {}, stubbed({ Quantum: stub({ outputs: { 'A.B': 1 } }) }))).end).toEqual({
      status: 'Succeeded',
      metadata: {},
      result: { A: { B: 1 } },
    });
    const failed = stub({ status: 'Failed', reason: 'as told' });
    expect((await run(quantum, {}, stubbed({ Quantum: stub(), S: failed }))).end).toEqual({
      status: 'Failed',
      metadata: {},
      reason: 'as told',
    });
    const condition = { Type: 'Condition', Arguments: { Conditions: [] } };
    expect((await run(condition, {}, stubbed({ S: stub({ outputs: { Outcome: false } }) }))).end).toEqual({
      status: 'Succeeded',
      metadata: { Condition: { Outcome: 'False' } },
      result: { Outcome: false },
      outcome: 'False',
    });
  });
});

describe('ends of stubs', () => {
  test('a failure without a reason says whose it is', () => {
    expect(failedAsStub(stub({ status: 'Failed' }))).toEqual({
      status: 'Failed',
      metadata: {},
      reason: 'The stub of this step says that it fails.',
    });
    const metadata = { Fail: { ErrorMessage: 'x' } };
    expect(failedAsStub(stub({ reason: 'no' }), metadata)).toEqual({ status: 'Failed', metadata, reason: 'no' });
  });

  test('declared outputs are those of the kind, and typed', () => {
    const declared = (Type: string): StepDefinition =>
      stepOf({ Type, Arguments: {}, OutputParameters: [{ OutputName: 'n', OutputType: 'Integer' }] });
    const given = stub({ outputs: { n: 3, other: 'left out' } });
    const OutputParameters = [{ Name: 'n', Value: '3' }];
    for (const type of ['Lambda', 'Callback']) {
      expect(endAsStub(declared(type), given)).toEqual({
        status: 'Succeeded',
        metadata: { [type]: { OutputParameters } },
        result: { OutputParameters: { n: 3 } },
      });
    }
    expect(endAsStub(declared('EMR'), given)).toEqual({
      status: 'Succeeded',
      metadata: {},
      result: { OutputParameters: { n: 3 } },
    });
  });

  test('what the stub does not give is that of the base, which stays as it is', () => {
    const base = { Status: 'old', Kept: { a: 1 } };
    const end = endAsStub(stepOf({ Type: 'EMR', Arguments: {} }), stub({ outputs: { Status: 'new' } }), base);
    expect(end.result).toEqual({ Status: 'new', Kept: { a: 1 } });
    expect(base.Status).toBe('old');
    const outcome = endAsStub(stepOf({ Type: 'EMR', Arguments: {} }), stub({ outputs: { Outcome: 'True' } }));
    expect(outcome).toEqual({ status: 'Succeeded', metadata: {}, result: { Outcome: 'True' } });
  });
});

describe('names of what steps make', () => {
  test.each([
    ['Train', /^pipelines-abcdefghijkl-Train-[a-z0-9]{10}$/],
    ['Train the model!', /^pipelines-abcdefghijkl-Train-the-model-[a-z0-9]{10}$/],
    ['--', /^pipelines-abcdefghijkl-step-[a-z0-9]{10}$/],
    ['_Train_', /^pipelines-abcdefghijkl-Train-[a-z0-9]{10}$/],
    ['x'.repeat(64), /^pipelines-abcdefghijkl-x{29}-[a-z0-9]{10}$/],
    [`${'x'.repeat(28)}-yz`, /^pipelines-abcdefghijkl-x{28}-[a-z0-9]{10}$/],
  ])('%s', (step, pattern) => {
    const name = nameOf(execution, step);
    expect(name).toMatch(pattern);
    expect(name.length).toBeLessThanOrEqual(63);
    expect(nameOf(execution, step)).not.toBe(name);
  });

  test('shorter ones leave out what they can', () => {
    expect(nameOf(execution, 'Tune_the model', 32)).toMatch(/^abcdefghijkl-Tune-the-[a-z0-9]{10}$/);
    expect(nameOf(execution, 'x'.repeat(64), 32)).toMatch(/^abcdefghijkl-x{8}-[a-z0-9]{10}$/);
    expect(nameOf(execution, 'Train', 63)).toMatch(/^pipelines-/);
    expect(nameOf(execution, 'Train', 62)).toMatch(/^abcdefghijkl-Train-/);
  });

  test('a name that the arguments have is what the names begin with', () => {
    expect(nameOf(execution, 'Train', 63, 'nightly')).toMatch(/^nightly-abcdefghijkl-[a-z0-9]{10}$/);
    expect(nameOf(execution, 'Train', 63, 'x'.repeat(63))).toMatch(/^x{39}-abcdefghijkl-[a-z0-9]{10}$/);
    expect(nameOf(execution, 'Tune', 32, 'nightly-search')).toMatch(/^nightly-abcdefghijkl-[a-z0-9]{10}$/);
    expect(nameOf(execution, 'Train', 63, '')).toMatch(/^job-abcdefghijkl-[a-z0-9]{10}$/);
  });
});

describe('requests', () => {
  const model = (Arguments: object): StepDefinition => stepOf({ Type: 'Model', Arguments });

  test("what the service gives goes before the step's own, which goes before what is given where it says nothing", () => {
    const step = model({ ModelName: 'own', PrimaryContainer: { Image: { Get: 'Parameters.Image' } } });
    const image = scopeOf({ parameters: new Map([['Image', { type: 'String' as const, value: 'i' }]]) });
    expect(requestOf(step, image, 'CreateModel', {}, { ModelName: 'fallback' })).toEqual({
      ModelName: 'own',
      PrimaryContainer: { Image: 'i' },
    });
    expect(requestOf(step, image, 'CreateModel', { ModelName: 'given' })).toMatchObject({ ModelName: 'given' });
    expect(requestOf(model({}), scope, 'CreateModel', {}, { ModelName: 'fallback' })).toEqual({
      ModelName: 'fallback',
    });
  });

  test('members that the operation does not have are refused', () => {
    expect(() => requestOf(model({ ModelNames: 'x' }), scope, 'CreateModel', {})).toThrow(
      expect.objectContaining({ type: 'ValidationException', message: "Unknown Argument member 'ModelNames'." }),
    );
  });

  test("the pipeline's role is given where the step names none", () => {
    expect(roleOf(model({}), 'ExecutionRoleArn', execution)).toEqual({ ExecutionRoleArn: execution.roleArn });
    expect(roleOf(model({ ExecutionRoleArn: 'r' }), 'ExecutionRoleArn', execution)).toEqual({});
    expect(roleOf(model({ ExecutionRoleArn: 'r' }), 'RoleArn', execution)).toEqual({ RoleArn: execution.roleArn });
  });

  test('a text beside the arguments is resolved, and has to be one', () => {
    const step = (FunctionArn: unknown): StepDefinition => stepOf({ Type: 'Lambda', Arguments: {}, FunctionArn });
    expect(textMember(step({ Get: 'Parameters.Text' }), 'FunctionArn', scope)).toBe('of the parameter');
    for (const wrong of ['', 7, { Get: 'Parameters.Half' }, null]) {
      expect(() => textMember(step(wrong), 'FunctionArn', scope)).toThrow(
        expect.objectContaining({ type: 'ValidationException', message: "Step 'S' has no FunctionArn." }),
      );
    }
  });
});

describe('Fail', () => {
  test.each([
    ['no', 'no'],
    [{ Get: 'Parameters.Text' }, 'of the parameter'],
    [7, '7'],
    [true, 'true'],
    [undefined, ''],
    ['x'.repeat(4000), 'x'.repeat(3072)],
  ])('ends with its message: %j', async (ErrorMessage, message) => {
    const { end } = await run({ Type: 'Fail', Arguments: { ErrorMessage } });
    expect(end).toEqual({ status: 'Failed', reason: message, metadata: { Fail: { ErrorMessage: message } } });
  });
});

describe('Condition', () => {
  test.each([
    [[], 'True'],
    [undefined, 'True'],
    [[{ Type: 'Equals', LeftValue: 1, RightValue: 2 }], 'False'],
  ])('%j comes out', async (Conditions, outcome) => {
    expect((await run({ Type: 'Condition', Arguments: { Conditions } })).end).toEqual({
      status: 'Succeeded',
      outcome,
      metadata: { Condition: { Outcome: outcome } },
      result: { Outcome: outcome },
    });
  });
});

test.each(['EndpointConfig', 'Endpoint', 'InferenceComponent', 'Model', 'RegisterModel'])(
  'a step of type %s refuses what its request does not have',
  async (Type) => {
    expect((await run({ Type, Arguments: { Unknown: 1 } })).end).toEqual({
      status: 'Failed',
      reason: "ClientError: Unknown Argument member 'Unknown'.",
    });
  },
);

describe('EndpointConfig', () => {
  const variants = { ProductionVariants: [{ VariantName: 'a', ModelName: 'm' }] };
  const made = { EndpointConfigArn: 'arn:made', EndpointConfigName: 'made' };
  const nameIn = ({ calls }: Heard): string =>
    String((calls[0]?.[1] as Record<string, unknown> | undefined)?.['EndpointConfigName']);

  test('without a name gets one of the run', async () => {
    const { end, heard } = await run(
      { Type: 'EndpointConfig', Arguments: variants },
      { DescribeEndpointConfig: [made] },
    );
    const metadata = { EndpointConfig: { Arn: 'arn:made' } };
    expect(end).toEqual({ status: 'Succeeded', metadata, result: made });
    expect(heard.started).toEqual([metadata]);
    expect(nameIn(heard)).toMatch(/^pipelines-abcdefghijkl-S-[a-z0-9]{10}$/);
    expect(heard.calls).toEqual([
      ['CreateEndpointConfig', { ...variants, EndpointConfigName: nameIn(heard) }],
      ['DescribeEndpointConfig', { EndpointConfigName: nameIn(heard) }],
    ]);
  });

  test('with a name has it with an ending of its own, as long as names may be', async () => {
    const named = async (EndpointConfigName: string): Promise<string> =>
      nameIn((await run({ Type: 'EndpointConfig', Arguments: { ...variants, EndpointConfigName } })).heard);
    expect(await named('mine')).toMatch(/^mine-abcdefghijkl-[a-z0-9]{4}$/);
    expect(await named('x'.repeat(63))).toMatch(/^x{45}-abcdefghijkl-[a-z0-9]{4}$/);
    expect(await named('mine')).not.toBe(await named('mine'));
  });
});

describe('Endpoint', () => {
  const step = { Type: 'Endpoint', Arguments: { EndpointName: 'e', EndpointConfigName: 'c' } };
  const described = (EndpointStatus: string, more: object = {}): Record<string, unknown> => ({
    EndpointArn: 'arn:e',
    EndpointStatus,
    EndpointConfigName: 'c',
    ...more,
  });
  const metadata = { Endpoint: { Arn: 'arn:e' } };

  test('is made, told once, and waited for', async () => {
    const answers = { DescribeEndpoint: [described('Creating'), described('Creating'), described('InService')] };
    const { end, heard } = await run(step, answers);
    expect(end).toEqual({ status: 'Succeeded', metadata, result: described('InService') });
    expect(heard.started).toEqual([metadata]);
    expect(heard.calls).toEqual([
      ['CreateEndpoint', { EndpointName: 'e', EndpointConfigName: 'c' }],
      ...[1, 2, 3].map(() => ['DescribeEndpoint', { EndpointName: 'e' }]),
    ]);
  });

  test('gets a name where it has none', async () => {
    const { heard } = await run(
      { Type: 'Endpoint', Arguments: { EndpointConfigName: 'c' } },
      { DescribeEndpoint: [described('InService')] },
    );
    expect(heard.calls[0]).toEqual([
      'CreateEndpoint',
      {
        EndpointName: expect.stringMatching(/^pipelines-abcdefghijkl-S-/) as string,
        EndpointConfigName: 'c',
      },
    ]);
  });

  test.each<[what: string, answer: Record<string, unknown>, reason: string]>([
    ['a failure with its reason', described('Failed', { FailureReason: 'no room' }), 'no room'],
    ['a failure without one', described('Failed', { FailureReason: '' }), 'The endpoint did not take over c.'],
    ['a rollback that failed', described('UpdateRollbackFailed'), 'The endpoint did not take over c.'],
    ['a rollback', described('InService', { EndpointConfigName: 'old', FailureReason: 'an alarm' }), 'an alarm'],
  ])('fails after %s', async (_, answer, reason) => {
    const { end } = await run(step, { DescribeEndpoint: [answer] });
    expect(end).toEqual({ status: 'Failed', metadata, reason: `ClientError: ${reason}` });
  });

  test('is left where the execution is stopped', async () => {
    const { end, heard } = await run(step, { DescribeEndpoint: [described('Creating')] }, { signal: abortedSoon() });
    expect(end).toEqual({ status: 'Stopped', metadata });
    expect(heard.calls).toHaveLength(2);
  });

  test('that is there is led to another configuration', async () => {
    endpoints(store).put({
      name: 'there',
      arn: 'arn:there',
      createdAt: new Date(),
      modifiedAt: new Date(),
      status: 'InService',
      config: 'old',
      counts: {},
      weights: {},
    } satisfies Endpoint);
    const { heard } = await run(
      { Type: 'Endpoint', Arguments: { EndpointName: 'there', EndpointConfigName: 'c', Tags: [] } },
      { DescribeEndpoint: [described('InService')] },
    );
    expect(heard.calls[0]).toEqual(['UpdateEndpoint', { EndpointName: 'there', EndpointConfigName: 'c' }]);
  });
});

describe('InferenceComponent', () => {
  const Arguments = {
    InferenceComponentName: 'i',
    EndpointName: 'e',
    VariantName: 'v',
    Specification: { ModelName: 'm' },
    RuntimeConfig: { CopyCount: 1 },
  };
  const step = { Type: 'InferenceComponent', Arguments };
  const described = (InferenceComponentStatus: string, more: object = {}): Record<string, unknown> => ({
    InferenceComponentArn: 'arn:i',
    InferenceComponentStatus,
    ...more,
  });
  const metadata = { InferenceComponent: { Arn: 'arn:i' } };

  test('is made, told once, and waited for', async () => {
    const answers = { DescribeInferenceComponent: [described('Creating'), described('InService')] };
    const { end, heard } = await run(step, answers);
    expect(end).toEqual({ status: 'Succeeded', metadata, result: described('InService') });
    expect(heard.started).toEqual([metadata]);
    expect(heard.calls).toEqual([
      ['CreateInferenceComponent', Arguments],
      ...[1, 2].map(() => ['DescribeInferenceComponent', { InferenceComponentName: 'i' }]),
    ]);
  });

  test.each<[what: string, answer: Record<string, unknown>, reason: string]>([
    ['a failure', described('Failed'), 'It failed.'],
    ['a failure with its reason', described('Failed', { FailureReason: 'no room' }), 'no room'],
    ['a rollback', described('InService', { FailureReason: 'an alarm' }), 'an alarm'],
  ])('fails after %s', async (_, answer, reason) => {
    const { end } = await run(step, { DescribeInferenceComponent: [answer] });
    expect(end).toEqual({ status: 'Failed', metadata, reason: `ClientError: ${reason}` });
  });

  test('is left where the execution is stopped', async () => {
    const answers = { DescribeInferenceComponent: [described('Updating')] };
    expect((await run(step, answers, { signal: abortedSoon() })).end).toEqual({ status: 'Stopped', metadata });
  });

  test('that is there is led to what the step says of it, and no more', async () => {
    inferenceComponents(store).put({
      name: 'there',
      arn: 'arn:there',
      endpoint: 'e',
      variant: 'v',
      createdAt: new Date(),
      modifiedAt: new Date(),
      status: 'InService',
      config: '',
      counts: {},
      weights: {},
    } satisfies InferenceComponent);
    const first = async (more: object): Promise<unknown> => {
      const args = { EndpointName: 'e', InferenceComponentName: 'there', ...more };
      const answers = { DescribeInferenceComponent: [described('InService')] };
      return (await run({ Type: 'InferenceComponent', Arguments: args }, answers)).heard.calls[0];
    };
    const name = { InferenceComponentName: 'there' };
    const { Specification, RuntimeConfig } = Arguments;
    expect(await first({ Specification })).toEqual(['UpdateInferenceComponent', { ...name, Specification }]);
    expect(await first({ RuntimeConfig })).toEqual(['UpdateInferenceComponent', { ...name, RuntimeConfig }]);
  });
});

describe('Callback', () => {
  const step = {
    Type: 'Callback',
    SqsQueueUrl: 'https://sqs.eu-west-1.amazonaws.com/111122223333/asks',
    Arguments: { text: { Get: 'Parameters.Text' } },
    OutputParameters: [{ OutputName: 'n', OutputType: 'Float' }],
  };
  const url = step.SqsQueueUrl;
  const waiting = async (
    more: object = {},
  ): Promise<{
    end: Promise<StepEnd>;
    heard: Heard;
    callbacks: Callbacks;
    body: Record<string, unknown> | undefined;
  }> => {
    const callbacks = new Callbacks();
    const { context, heard } = contextOf(store, {}, { scope, callbacks, ...more });
    const end = runStep(stepOf(step), context);
    await Promise.resolve();
    const [message] = queues(store).receive('asks', 1, 60);
    return { end, heard, callbacks, body: message && (JSON.parse(message.body) as Record<string, unknown>) };
  };

  test('writes what it asks to the queue of that name, and takes the answer', async () => {
    const { end, heard, callbacks, body } = await waiting();
    const token = String(body?.['token']);
    expect(body).toEqual({
      token: expect.stringMatching(/^[a-z0-9]{10}$/) as string,
      pipelineExecutionArn: execution.arn,
      status: 'Executing',
      arguments: { text: 'of the parameter' },
    });
    expect(heard.started).toEqual([{ Callback: { CallbackToken: token, SqsQueueUrl: url } }]);
    expect(await callbacks.answer(token, { outputs: [{ Name: 'n', Value: '0.5' }] })).toBe(execution.arn);
    expect(await end).toEqual({
      status: 'Succeeded',
      metadata: {
        Callback: { CallbackToken: token, SqsQueueUrl: url, OutputParameters: [{ Name: 'n', Value: '0.5' }] },
      },
      result: { OutputParameters: { n: 0.5 } },
    });
    await expect(callbacks.answer(token, { outputs: [] })).rejects.toMatchObject({
      type: 'ResourceNotFound',
      message: 'No step waits for this callback token: it has ended, or never began.',
    });
  });

  test('fails where it is told so, or where an output is missing', async () => {
    const failed = await waiting();
    const token = String(failed.body?.['token']);
    await failed.callbacks.answer(token, { failure: 'not today' });
    expect(await failed.end).toEqual({
      status: 'Failed',
      metadata: { Callback: { CallbackToken: token, SqsQueueUrl: url } },
      reason: 'ClientError: not today',
    });
    const poor = await waiting();
    await poor.callbacks.answer(String(poor.body?.['token']), { outputs: [{ Name: 'm', Value: '1' }] });
    expect(await poor.end).toMatchObject({
      status: 'Failed',
      metadata: { Callback: { OutputParameters: [] } },
      reason: "ClientError: The answer has no 'n', which the step declares as an output.",
    });
  });

  test('that waited before Local was started anew waits by its old token, and writes nothing again', async () => {
    const { end, heard, callbacks, body } = await waiting({ waited: { Callback: { CallbackToken: 'before' } } });
    expect(body).toBeUndefined();
    expect(heard.started).toEqual([{ Callback: { CallbackToken: 'before', SqsQueueUrl: url } }]);
    await callbacks.answer('before', { outputs: [{ Name: 'n', Value: '1' }] });
    expect((await end).status).toBe('Succeeded');
  });

  test('ends with its execution, before and while it waits; its token is worth nothing then', async () => {
    for (const signal of [AbortSignal.abort(), abortedSoon()]) {
      const { end, callbacks, body } = await waiting({ signal });
      expect(await end).toMatchObject({ status: 'Stopped', metadata: { Callback: { SqsQueueUrl: url } } });
      await expect(callbacks.answer(String(body?.['token']), { outputs: [] })).rejects.toThrow(ServiceError);
    }
  });
});

describe('outputs of functions and callbacks', () => {
  const step = stepOf({
    Type: 'Lambda',
    FunctionArn: 'f',
    Arguments: {},
    OutputParameters: [
      { OutputName: 's', OutputType: 'String' },
      { OutputName: 'i', OutputType: 'Integer' },
      { OutputName: 'f', OutputType: 'Float' },
      { OutputName: 'b', OutputType: 'Boolean' },
    ],
  });

  test('are texts as the service keeps them; the first that is missing is told', () => {
    expect(outputsOf(step, { s: 'x', i: 1, f: { a: 1 }, b: true, more: 1 })).toEqual({
      outputs: [
        { Name: 's', Value: 'x' },
        { Name: 'i', Value: '1' },
        { Name: 'f', Value: '{"a":1}' },
        { Name: 'b', Value: 'true' },
      ],
    });
    expect(outputsOf(step, { s: null, f: 0 })).toEqual({
      outputs: [
        { Name: 's', Value: 'null' },
        { Name: 'f', Value: '0' },
      ],
      missing: 'i',
    });
  });

  test.each<[name: string, text: string, value: unknown]>([
    ['s', '7', '7'],
    ['s', 'true', 'true'],
    ['i', '7', 7],
    ['i', '', ''],
    ['i', ' ', ' '],
    ['i', 'seven', 'seven'],
    ['i', 'Infinity', 'Infinity'],
    ['f', '0.5', 0.5],
    ['f', '-1e3', -1000],
    ['b', 'true', true],
    ['b', 'FALSE', false],
    ['b', 'untrue', 'untrue'],
    ['b', 'true!', 'true!'],
    ['b', 'falsely', 'falsely'],
    ['b', 'not false', 'not false'],
    ['b', '1', '1'],
    ['undeclared', '1', '1'],
  ])('%s of %j is read as %j', (Name, Value, value) => {
    expect(outputValues(step, [{ Name, Value }])).toEqual({ [Name]: value });
  });
});

describe('Lambda', () => {
  const step = (FunctionArn: unknown, Type = 'Lambda'): StepDefinition => stepOf({ Type, FunctionArn, Arguments: {} });

  test('a function that is not there is told before the start, as far as it is known', () => {
    functions(store).put({ name: 'there', arn: 'arn:f', createdAt: new Date(), configuration: {}, statements: [] });
    const missing = (arn: unknown, type?: string): string | undefined => missingFunction(step(arn, type), scope, store);
    expect(missing('arn:aws:lambda:eu-west-1:111122223333:function:gone')).toBe('its function gone is not on Local');
    expect(missing('there')).toBeUndefined();
    expect(missing({ Get: 'Execution.Later' })).toBeUndefined();
    expect(missing('gone', 'Callback')).toBeUndefined();
    expect(missing('')).toBeUndefined();
    const bug = {
      ...scope,
      get parameters(): never {
        throw new RangeError('a bug');
      },
    };
    expect(() => missingFunction(step({ Get: 'Parameters.Text' }), bug, store)).toThrow(RangeError);
  });

  test('calling one that is not there fails', async () => {
    expect((await run({ Type: 'Lambda', FunctionArn: 'gone', Arguments: {} })).end).toEqual({
      status: 'Failed',
      reason: 'ClientError: Function not found: arn:aws:lambda:us-east-1:000000000000:function:gone',
    });
  });
});

describe('Model and RegisterModel', () => {
  test('a model is made once an execution, with the role of the pipeline', async () => {
    const step = { Type: 'Model', Arguments: { PrimaryContainer: { Image: 'i', ModelDataUrl: 's3://b/m.tar.gz' } } };
    const { end, heard } = await run(step);
    const [model, ...others] = models(store).list('1 = 1');
    expect(others).toEqual([]);
    expect(model?.name).toMatch(/^pipelines-abcdefghijkl-S-[a-z0-9]{10}$/);
    const metadata = { Model: { Arn: model?.arn } };
    expect(end).toEqual({ status: 'Succeeded', metadata, result: model?.doc });
    expect(model?.doc).toMatchObject({ ExecutionRoleArn: execution.roleArn, ...step.Arguments });
    expect(heard.started).toEqual([metadata]);
    expect((await run(step)).end.metadata).toEqual(metadata);
    const other = { execution: { ...execution, id: 'mnopqrstuvwx' } };
    expect((await run(step, {}, other)).end.metadata).not.toEqual(metadata);
  });

  test('a version is registered once an execution, in a group that is made', async () => {
    const step = { Type: 'RegisterModel', Arguments: { ModelPackageGroupName: 'steps' } };
    const { end, heard } = await run(step);
    const arn = 'arn:aws:sagemaker:us-east-1:000000000000:model-package/steps/1';
    expect(end).toMatchObject({
      status: 'Succeeded',
      metadata: { RegisterModel: { Arn: arn } },
      result: { ModelPackageArn: arn, ModelPackageVersion: 1, ModelApprovalStatus: 'PendingManualApproval' },
    });
    expect(heard.started).toEqual([{ RegisterModel: { Arn: arn } }]);
    expect((await run(step)).end.metadata).toEqual({ RegisterModel: { Arn: arn } });
    expect(modelPackages(store).list('model_group = ?', 'steps')).toHaveLength(1);
  });

  test('a version says which run registered it, unless its definition says something else', async () => {
    const made = async (id: string, more: object): Promise<unknown> => {
      const step = { Type: 'RegisterModel', Arguments: { ModelPackageGroupName: 'told', ...more } };
      return (await run(step, {}, { execution: { ...execution, id } })).end.result?.['MetadataProperties'];
    };
    expect(await made('a', {})).toEqual({ GeneratedBy: execution.arn });
    expect(await made('b', { MetadataProperties: { CommitId: '1' } })).toEqual({
      GeneratedBy: execution.arn,
      CommitId: '1',
    });
    expect(await made('c', { MetadataProperties: { GeneratedBy: 'me' } })).toEqual({ GeneratedBy: 'me' });
  });
});

describe('Lineage', () => {
  test('keeps what it names, and what leads from one to another', async () => {
    const { end, heard } = await run({
      Type: 'Lineage',
      Arguments: {
        Actions: ['no entity', { ActionName: 'Deploy', ActionType: 'x' }],
        Artifacts: [{ ArtifactName: 'Data', Source: { SourceUri: 's3://b/k' } }, 'no entity', {}],
        Contexts: [{ ContextName: 'Project' }],
        Associations: [
          { Source: { Type: 'Artifact', Name: 'Data' }, Destination: { Type: 'Action', Name: 'Deploy' } },
          {
            Source: { Arn: 'arn:else' },
            Destination: { Type: 'Context', Name: 'Project' },
            AssociationType: 'Produced',
          },
          { Source: { Type: 'Nothing', Name: 'x' }, Destination: 'nowhere' },
        ],
      },
    });
    const arn = (rest: string): string => `arn:aws:sagemaker:us-east-1:000000000000:${rest}`;
    const artifacts = (end.result?.['ArtifactArns'] ?? {}) as Record<string, string>;
    expect(Object.keys(artifacts)).toEqual(['Data', 'S-abcdefghijkl']);
    expect(artifacts['Data']).toMatch(/:artifact\/[a-z0-9]{32}$/);
    const result = {
      ActionArns: { Deploy: arn('action/deploy') },
      ArtifactArns: artifacts,
      ContextArns: { Project: arn('context/project') },
      Associations: [
        { SourceArn: artifacts['Data'], DestinationArn: arn('action/deploy') },
        { SourceArn: 'arn:else', DestinationArn: arn('context/project') },
        { SourceArn: '', DestinationArn: '' },
      ],
    };
    expect(end).toEqual({ status: 'Succeeded', metadata: { Lineage: result }, result });
    expect(heard.started).toEqual([{ Lineage: result }]);
    expect(lineage(store).get(arn('action/deploy'))).toMatchObject({
      kind: 'action',
      name: 'Deploy',
      doc: { ActionType: 'x' },
    });
    expect(
      associations(store)
        .list('1 = 1')
        .map(({ type }) => type),
    ).toEqual(['AssociatedWith', 'Produced', 'AssociatedWith']);
  });

  test('may be empty', async () => {
    const result = { ActionArns: {}, ArtifactArns: {}, ContextArns: {}, Associations: [] };
    expect((await run({ Type: 'Lineage', Arguments: { Actions: 'none' } })).end).toMatchObject({ result });
  });
});

/** Jobs that end as they are told, and write down what was asked of them. */
function jobsThat(end: object, doc: object = {}): { jobs: object; asked: Record<string, unknown>[] } {
  const asked: Record<string, unknown>[] = [];
  const create = (kind: { name: string }, name: string, request: object): object => {
    asked.push({ kind: kind.name, name, request });
    return { name, arn: `arn:${kind.name}`, doc: { ...doc, ProcessingJobName: name } };
  };
  const finish = (): Promise<object> => Promise.resolve(end);
  return { jobs: { create, run: finish, stub: finish }, asked };
}

const cluster = { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 };
const processingArguments = {
  ProcessingResources: { ClusterConfig: cluster },
  AppSpecification: { ImageUri: 'i', ContainerEntrypoint: ['true'] },
};

describe('steps of jobs', () => {
  const step = {
    Type: 'Processing',
    Arguments: { ...processingArguments, Environment: { NAME: { Get: 'Execution.ProcessingJobName' } } },
  };
  const metadata = { ProcessingJob: { Arn: 'arn:processing' } };

  test('run a job that has a name of the run, which its arguments may use', async () => {
    const { jobs, asked } = jobsThat({ status: 'Completed' }, { Kept: 1 });
    const { end, heard } = await run(step, {}, { jobs });
    const name = String(asked[0]?.['name']);
    expect(name).toMatch(/^pipelines-abcdefghijkl-S-[a-z0-9]{10}$/);
    expect(asked).toEqual([
      {
        kind: 'processing',
        name,
        request: {
          ...processingArguments,
          Environment: { NAME: name },
          ProcessingJobName: name,
          RoleArn: execution.roleArn,
        },
      },
    ]);
    expect(heard.started).toEqual([metadata]);
    expect(end).toEqual({ status: 'Succeeded', metadata, result: { Kept: 1, ProcessingJobName: name } });
  });

  test('run a job whose name begins with the one that the arguments have', async () => {
    const { jobs, asked } = jobsThat({ status: 'Completed' }, {});
    const named = { ...step, Arguments: { ...step.Arguments, ProcessingJobName: 'nightly' } };
    await run(named, {}, { jobs });
    const name = expect.stringMatching(/^nightly-abcdefghijkl-[a-z0-9]{10}$/) as string;
    expect(asked).toMatchObject([{ name, request: { ProcessingJobName: name, Environment: { NAME: name } } }]);
  });

  test.each<[end: object, isStopped: boolean, wanted: object]>([
    [{ status: 'Stopped' }, true, { status: 'Stopped', metadata }],
    [{ status: 'Stopped' }, false, { status: 'Failed', metadata, reason: 'ClientError: The job was stopped.' }],
    [{ status: 'Stopped', reason: 'late' }, false, { status: 'Failed', metadata, reason: 'late' }],
    [{ status: 'Failed', reason: 'no' }, true, { status: 'Failed', metadata, reason: 'no' }],
    [{ status: 'Failed' }, false, { status: 'Failed', metadata }],
    [
      { status: 'Failed', exception: 'SageMaker.JOB_INTERNAL_ERROR' },
      false,
      { status: 'Failed', metadata, exception: 'SageMaker.JOB_INTERNAL_ERROR' },
    ],
    [{ status: 'Completed' }, true, { status: 'Succeeded', metadata, result: expect.anything() as unknown }],
  ])('%j while the execution is stopped (%s)', async (jobEnd, isStopped, wanted) => {
    const { jobs } = jobsThat(jobEnd);
    const signal = isStopped ? AbortSignal.abort() : new AbortController().signal;
    expect((await run(step, {}, { jobs, signal })).end).toEqual(wanted);
  });

  test('that are stubbed leave the record of a job, where a request can be made', async () => {
    const stubbed = async (
      given: Partial<Stub>,
      Environment: object = {},
    ): Promise<{ end: StepEnd; asked: object[]; heard: Heard }> => {
      const { jobs, asked } = jobsThat({ status: 'Completed' }, { Kept: 1 });
      const one = { Type: 'Processing', Arguments: { ...processingArguments, Environment } };
      const stubs = { S: stub(given) };
      return { ...(await run(one, {}, { jobs, execution: { ...execution, stubs } })), asked };
    };
    const plain = await stubbed({ outputs: { 'A.B': 1 } });
    expect(plain.asked).toHaveLength(1);
    expect(plain.heard.started).toEqual([metadata]);
    expect(plain.end).toMatchObject({ status: 'Succeeded', metadata, result: { Kept: 1, A: { B: 1 } } });
    const nowhere = { X: { Get: 'Execution.Later' } };
    const without = await stubbed({ outputs: { 'A.B': 1 } }, nowhere);
    expect(without.asked).toEqual([]);
    expect(without.end).toEqual({ status: 'Succeeded', metadata: {}, result: { A: { B: 1 } } });
    const needed = await stubbed({ artifacts: { out: 's3://b/k' } }, nowhere);
    expect(needed.end).toEqual({
      status: 'Failed',
      reason: "ClientError: There is no execution variable 'Later'.",
    });
  });

  test('that are stubbed do not hide a fault of Local', async () => {
    const bug = {
      ...scope,
      get parameters(): never {
        throw new RangeError('a bug');
      },
    };
    const one = { Type: 'Processing', Arguments: { ...processingArguments, RoleArn: { Get: 'Parameters.Text' } } };
    const stubbed = { ...execution, stubs: { S: stub() } };
    await expect(run(one, {}, { scope: bug, execution: stubbed })).rejects.toThrow(RangeError);
  });

  test('a tuning job that is stubbed leaves none', async () => {
    const { jobs, asked } = jobsThat({ status: 'Completed' });
    const stubs = { S: stub({ outputs: { 'BestTrainingJob.TrainingJobName': 'best' } }) };
    const { end } = await run({ Type: 'Tuning', Arguments: {} }, {}, { jobs, execution: { ...execution, stubs } });
    expect(asked).toEqual([]);
    expect(end.result).toEqual({ BestTrainingJob: { TrainingJobName: 'best' } });
  });

  test('say what makes two runs the same work, and what Local cannot run', () => {
    const kind = stepKind('Processing');
    expect(kind?.cacheKey).toEqual(['AppSpecification', 'Environment', 'ProcessingInputs']);
    const many = { ...processingArguments, ProcessingResources: { ClusterConfig: { ...cluster, InstanceCount: 2 } } };
    expect(kind?.refuse?.(many, stepOf(step))).toBe('it asks for 2 instances, and Local has one');
    expect(kind?.refuse?.(processingArguments, stepOf(step))).toBeUndefined();
    expect(stepKind('Callback')?.cacheKey).toEqual([]);
    expect(stepKind('Quantum')).toBeUndefined();
  });
});

describe('checks', () => {
  const place = 's3://checks/report';
  const checked = (Type: string, CheckType: string, more: object = {}, args: object = {}): object => ({
    Type,
    CheckType,
    Arguments: {
      ...processingArguments,
      ProcessingOutputConfig: {
        Outputs: [{ OutputName: 'o', S3Output: { S3Uri: `${place}/`, LocalPath: '/o', S3UploadMode: 'EndOfJob' } }],
      },
      ...args,
    },
    ...more,
  });
  const check = async (
    step: object,
    end: object = { status: 'Completed' },
    more: object = {},
  ): Promise<{ end: StepEnd; heard: Heard; request: Record<string, unknown>; told: Record<string, unknown> }> => {
    const { jobs, asked } = jobsThat(end);
    const found = await run(step, {}, { jobs, ...more });
    const metadata = (found.end.metadata ?? {}) as Record<string, Record<string, unknown>>;
    return {
      ...found,
      request: (asked[0]?.['request'] ?? {}) as Record<string, unknown>,
      told: metadata[(step as { Type: string }).Type] ?? {},
    };
  };
  const supplied = { SuppliedBaselineConstraints: 's3://b/c.json', SuppliedBaselineStatistics: 's3://b/s.json' };
  const baselineInput = (name: string, S3Uri: string): object => ({
    InputName: `baseline_${name}`,
    S3Input: {
      S3Uri,
      LocalPath: `/opt/ml/processing/baseline/${name}`,
      S3DataType: 'S3Prefix',
      S3InputMode: 'File',
    },
  });

  test('compare with the baseline that they are given', async () => {
    const { end, heard, request, told } = await check(checked('QualityCheck', 'DATA_QUALITY', supplied));
    expect(request).toMatchObject({
      ProcessingJobName: expect.stringMatching(/^pipelines-abcdefghijkl-S-/) as string,
      RoleArn: execution.roleArn,
      ProcessingInputs: [baselineInput('constraints', 's3://b/c.json'), baselineInput('statistics', 's3://b/s.json')],
      Environment: {
        baseline_constraints: '/opt/ml/processing/baseline/constraints',
        baseline_statistics: '/opt/ml/processing/baseline/statistics',
      },
    });
    const result = {
      CalculatedBaselineConstraints: `${place}/constraints.json`,
      CalculatedBaselineStatistics: `${place}/statistics.json`,
      BaselineUsedForDriftCheckConstraints: 's3://b/c.json',
      BaselineUsedForDriftCheckStatistics: 's3://b/s.json',
    };
    expect(told).toEqual({
      CheckType: 'DATA_QUALITY',
      ...result,
      CheckJobArn: 'arn:processing',
      SkipCheck: false,
      RegisterNewBaseline: false,
    });
    expect(end).toEqual({ status: 'Succeeded', metadata: { QualityCheck: told }, result });
    expect(heard.started).toEqual([{ QualityCheck: told }]);
  });

  test('keep their own inputs and variables beside those of the baseline, and take the model that is named', async () => {
    const own = { InputName: 'data', S3Input: { S3Uri: 's3://b/d', LocalPath: '/d', S3DataType: 'S3Prefix' } };
    const step = checked(
      'ClarifyCheck',
      'MODEL_BIAS',
      { SuppliedBaselineConstraints: 's3://b/c.json', ModelName: 'm' },
      { ProcessingInputs: [own], Environment: { OWN: '1' }, RoleArn: 'arn:aws:iam::000000000000:role/own' },
    );
    const { request } = await check(step);
    expect(request['RoleArn']).toBe('arn:aws:iam::000000000000:role/own');
    expect(request['ProcessingInputs']).toEqual([own, baselineInput('constraints', 's3://b/c.json')]);
    expect(request['Environment']).toEqual({
      OWN: '1',
      baseline_constraints: '/opt/ml/processing/baseline/constraints',
      model_name: 'm',
    });
  });

  test('without a baseline fail, unless it is not needed', async () => {
    const { end } = await check(checked('QualityCheck', 'DATA_QUALITY', { SuppliedBaselineStatistics: 's3://b/s' }));
    expect(end).toEqual({
      status: 'Failed',
      reason:
        'ClientError: There is no baseline to compare with: give SuppliedBaselineConstraints, or a ModelPackageGroupName with an approved version that has one, or set SkipCheck or RegisterNewBaseline.',
    });
    for (const more of [{ SkipCheck: true }, { RegisterNewBaseline: true }]) {
      const { end: fine, told } = await check(checked('ClarifyCheck', 'DATA_BIAS', more));
      const constraints = `${place}/analysis.json`;
      expect(fine).toMatchObject({ status: 'Succeeded' });
      expect(fine.result).toEqual({
        CalculatedBaselineConstraints: constraints,
        BaselineUsedForDriftCheckConstraints: constraints,
      });
      expect(told).toMatchObject({ SkipCheck: false, RegisterNewBaseline: false, ...more });
    }
    expect((await check(checked('QualityCheck', 'DATA_QUALITY', { SkipCheck: 'true' }))).end.status).toBe('Failed');
  });

  test('a new baseline that is registered is what later runs are compared with; a check that is skipped reads none', async () => {
    const registers = await check(checked('QualityCheck', 'DATA_QUALITY', { ...supplied, RegisterNewBaseline: true }));
    expect(registers.end.result?.['BaselineUsedForDriftCheckConstraints']).toBe(`${place}/constraints.json`);
    expect(registers.request['ProcessingInputs']).toHaveLength(2);
    const skips = await check(checked('QualityCheck', 'DATA_QUALITY', { ...supplied, SkipCheck: true }));
    expect(skips.end.result?.['BaselineUsedForDriftCheckConstraints']).toBe('s3://b/c.json');
    expect(skips.request['ProcessingInputs']).toBeUndefined();
  });

  test.each([
    ['QualityCheck', 'DATA_QUALITY', 'ModelDataQuality', 'Constraints', 'Statistics'],
    ['QualityCheck', 'MODEL_QUALITY', 'ModelQuality', 'Constraints', 'Statistics'],
    ['ClarifyCheck', 'DATA_BIAS', 'Bias', 'PreTrainingConstraints', undefined],
    ['ClarifyCheck', 'MODEL_BIAS', 'Bias', 'PostTrainingConstraints', undefined],
    ['ClarifyCheck', 'MODEL_EXPLAINABILITY', 'Explainability', 'Constraints', undefined],
  ])(
    '%s %s finds its baseline with the newest approved version',
    async (type, kind, member, constraints, statistics) => {
      const group = kind.toLowerCase().replace('_', '-');
      const version = (ModelApprovalStatus: 'Approved' | 'Rejected', name: string): void =>
        void createModelPackage(
          store,
          {
            ModelPackageGroupName: group,
            ModelApprovalStatus,
            DriftCheckBaselines: {
              [member]: {
                [constraints]: { S3Uri: `s3://kept/${name}/c` },
                ...(statistics === undefined ? {} : { [statistics]: { S3Uri: `s3://kept/${name}/s` } }),
              },
            },
          },
          { createGroup: true },
        );
      version('Approved', 'old');
      version('Approved', 'new');
      version('Rejected', 'rejected');
      const { end, told } = await check(checked(type, kind, { ModelPackageGroupName: group }));
      expect(end.result).toMatchObject({ BaselineUsedForDriftCheckConstraints: 's3://kept/new/c' });
      expect(end.result?.['BaselineUsedForDriftCheckStatistics']).toBe(
        statistics === undefined ? undefined : 's3://kept/new/s',
      );
      expect(told['ModelPackageGroupName']).toBe(group);
      const own = await check(checked(type, kind, { ModelPackageGroupName: group, ...supplied }));
      expect(own.end.result).toMatchObject({ BaselineUsedForDriftCheckConstraints: 's3://b/c.json' });
    },
  );

  test.each([
    ['Failed', { reason: 'no data' }, false, { status: 'Failed', reason: 'no data' }],
    ['Failed', {}, false, { status: 'Failed' }],
    ['Stopped', { reason: 'late' }, false, { status: 'Failed', reason: 'late' }],
    ['Stopped', {}, true, { status: 'Stopped' }],
  ])('a job that ends as %s %j', async (status, more, isStopped, wanted) => {
    const signal = isStopped ? AbortSignal.abort() : new AbortController().signal;
    const { end } = await check(checked('QualityCheck', 'DATA_QUALITY', supplied), { status, ...more }, { signal });
    const { metadata, ...rest } = end;
    expect(rest).toEqual(wanted);
    expect(metadata?.QualityCheck?.CheckJobArn).toBe('arn:processing');
  });

  test('what is not as in the baseline fails the step, or is only told', async () => {
    const report = `${place}/constraint_violations.json`;
    const violations = (...list: unknown[]): Promise<unknown> => {
      const file = join(store.folder, 'violations.json');
      writeFileSync(file, JSON.stringify({ violations: list }));
      objects(store).createBucket('checks');
      return objects(store).put('checks', 'report/constraint_violations.json', createReadStream(file));
    };
    const step = (more: object = {}): object => checked('QualityCheck', 'DATA_QUALITY', { ...supplied, ...more });
    await violations(
      { feature_name: 'age', description: 'too old.' },
      { feature_name: ' ', metric_name: ' f1 ', description: 'too low.' },
      'no violation',
      { description: 'alone.' },
      { feature_name: 'b', description: 'is not told.' },
    );
    const failed = await check(step());
    expect(failed.end).toMatchObject({
      status: 'Failed',
      reason: `ClientError: Check violations were found: age: too old. f1: too low. alone. (and 1 more) The report is ${report}.`,
    });
    expect(failed.told['ViolationReport']).toBe(report);
    const only = await check(step({ FailOnViolation: false }));
    expect(only.end.status).toBe('Succeeded');
    expect(only.told['ViolationReport']).toBe(report);
    const skipped = await check(step({ SkipCheck: true }));
    expect(skipped.end.status).toBe('Succeeded');
    expect(skipped.told['ViolationReport']).toBeUndefined();
    await violations({ feature_name: 'age' });
    expect((await check(step())).end.reason).toBe(
      `ClientError: Check violations were found: age:  The report is ${report}.`,
    );
    await violations();
    expect((await check(step())).end.status).toBe('Succeeded');
  });

  test('of a type that there is not fail', async () => {
    expect((await check(checked('QualityCheck', 'TASTE', supplied))).end).toEqual({
      status: 'Failed',
      reason: "ClientError: There is no CheckType 'TASTE'.",
    });
  });
});
