import { rmSync } from 'node:fs';
import type { PipelineExecutionStepMetadata } from '@aws-sdk/client-sagemaker';
import { afterAll } from 'vitest';
import type { Execution } from '../../../src/local/domain/executions';
import { Callbacks } from '../../../src/local/engine/callbacks';
import { type StepDefinition, parseDefinition } from '../../../src/local/engine/definition';
import { type Scope, UnresolvedReference } from '../../../src/local/engine/references';
import type { StepContext } from '../../../src/local/engine/steps/step';
import type { Jobs } from '../../../src/local/jobs/jobs';
import { services } from '../../../src/local/services';
import { Store } from '../../../src/local/store/store';
import { makeTemp } from './support';

/* Parts of the engine without a control plane around them. */

export const stepsOf = (...steps: object[]): readonly StepDefinition[] =>
  parseDefinition(JSON.stringify({ Steps: steps })).steps;

export function stepOf(step: object): StepDefinition {
  const [only] = stepsOf({ Name: 'S', ...step });
  if (!only) throw new Error('There is no step.');
  return only;
}

/** A store with the tables of all services, closed and deleted after the tests of the file. */
export function openStore(): Store {
  const folder = makeTemp();
  const store = new Store(
    folder,
    services.flatMap(({ tables }) => tables),
  );
  afterAll(() => {
    store.close();
    rmSync(folder, { recursive: true });
  });
  return store;
}

export const execution: Execution = {
  id: 'abcdefghijkl',
  arn: 'arn:aws:sagemaker:us-east-1:000000000000:pipeline/p/execution/abcdefghijkl',
  pipeline: 'p',
  version: 1,
  roleArn: 'arn:aws:iam::000000000000:role/of-the-pipeline',
  status: 'Executing',
  parameters: [],
  endedByFailStep: false,
  createdAt: new Date(0),
  modifiedAt: new Date(0),
};

export function scopeOf(more: Partial<Scope> = {}): Scope {
  const nowhere = (): never => {
    throw new UnresolvedReference('There is nothing.');
  };
  return {
    parameters: new Map(),
    variables: {},
    result: () => undefined,
    propertyFile: nowhere,
    object: nowhere,
    ...more,
  };
}

/** What a step has told and asked for while it ran. */
export interface Heard {
  started: PipelineExecutionStepMetadata[];
  calls: [operation: string, input: object][];
}

/**
 * What a step needs to run, and what it says meanwhile.
 * @param answers those of SageMaker by operation, one after the other; the last one again and again
 */
export function contextOf(
  store: Store,
  answers: Readonly<Record<string, readonly Record<string, unknown>[]>> = {},
  more: Partial<Omit<StepContext, 'jobs'>> & { jobs?: object } = {},
): { context: StepContext; heard: Heard } {
  const heard: Heard = { started: [], calls: [] };
  const left = new Map(Object.entries(answers).map(([operation, list]) => [operation, [...list]]));
  const context: StepContext = {
    execution,
    scope: scopeOf(),
    store,
    callbacks: new Callbacks(),
    signal: new AbortController().signal,
    started: (metadata) => heard.started.push(structuredClone(metadata)),
    call: (operation, input) => {
      heard.calls.push([operation, input]);
      const list = left.get(operation) ?? [];
      return Promise.resolve((list.length > 1 ? list.shift() : list[0]) ?? {});
    },
    ...more,
    jobs: (more.jobs ?? {}) as Jobs,
  };
  return { context, heard };
}
