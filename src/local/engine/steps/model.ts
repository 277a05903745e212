import type { CreateModelInput } from '@aws-sdk/client-sagemaker';
import { createModel, findModel } from '../../domain/models';
import { once } from '../../domain/once';
import { nameOf } from './names';
import { type StepKind, requestOf, roleOf } from './step';

/** Makes a model of artifacts and an image, which endpoints and transform jobs take. */
export const modelStep: StepKind = {
  type: 'Model',
  run(step, { execution, scope, store, started }) {
    const own = { ModelName: nameOf(execution, step.name), ...roleOf(step, 'ExecutionRoleArn', execution) };
    const input = {
      ModelName: own.ModelName,
      ...requestOf(step, scope, 'CreateModel', own),
    } satisfies CreateModelInput;
    const request = { ClientRequestToken: `${execution.id}/${step.name}` };
    const create = (): { name: string } => ({ name: createModel(store, input).name });
    // Once an execution: a retry takes the model that is there.
    const { arn, doc } = findModel(store, once(store, 'Model', request, create).name);
    const metadata = { Model: { Arn: arn } };
    started(metadata);
    return { status: 'Succeeded', metadata, result: { ...doc } };
  },
};
