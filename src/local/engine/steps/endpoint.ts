import { setTimeout as sleep } from 'node:timers/promises';
import { randomId } from '../../domain/arns';
import { endpoints } from '../../domain/endpoints';
import { inferenceComponents } from '../../domain/inference-components';
import { nameOf } from './names';
import { type StepContext, type StepEnd, type StepKind, requestOf } from './step';

/** The longest name that the service takes. */
const longest = 63;

/** Milliseconds between looks at an endpoint that is being made. */
const interval = 100;

/**
 * Makes an endpoint configuration. Its name gets an ending of its own in each run.
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-steps-types.html#step-type-endpoint-config
 */
export const endpointConfigStep: StepKind = {
  type: 'EndpointConfig',
  async run(step, { execution, scope, call, started }) {
    const fallback = nameOf(execution, step.name);
    const request = requestOf(step, scope, 'CreateEndpointConfig', {}, { EndpointConfigName: fallback });
    const { EndpointConfigName: given } = request;
    const ending = `-${execution.id}-${randomId(4)}`;
    const name =
      typeof given === 'string' && given !== fallback
        ? `${given.slice(0, longest - ending.length)}${ending}`
        : fallback;
    await call('CreateEndpointConfig', { ...request, EndpointConfigName: name });
    const made = await call('DescribeEndpointConfig', { EndpointConfigName: name });
    const metadata = { EndpointConfig: { Arn: String(made.EndpointConfigArn) } };
    started(metadata);
    return { status: 'Succeeded', metadata, result: made };
  },
};

/**
 * Makes an endpoint, or leads one that is there to another configuration, and waits until it serves.
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-steps-types.html#step-type-endpoint
 */
export const endpointStep: StepKind = {
  type: 'Endpoint',
  async run(step, context) {
    const { execution, scope, store, call } = context;
    const request = requestOf(step, scope, 'CreateEndpoint', {}, { EndpointName: nameOf(execution, step.name) });
    const name = String(request.EndpointName);
    const isThere = endpoints(store).get(name) !== undefined;
    if (isThere) {
      await call('UpdateEndpoint', { EndpointName: name, EndpointConfigName: request.EndpointConfigName });
    } else await call('CreateEndpoint', request);
    return untilInService(name, String(request.EndpointConfigName), context);
  },
};

/**
 * Makes an inference component, or leads one that is there to another model, and waits until it serves.
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-steps-types.html
 */
export const inferenceComponentStep: StepKind = {
  type: 'InferenceComponent',
  async run(step, context) {
    const { execution, scope, store, call, signal, started } = context;
    const fallback = { InferenceComponentName: nameOf(execution, step.name) };
    const request = requestOf(step, scope, 'CreateInferenceComponent', {}, fallback);
    const { InferenceComponentName, Specification, Specifications, RuntimeConfig } = request;
    const name = String(InferenceComponentName);
    const isThere = inferenceComponents(store).get(name) !== undefined;
    if (isThere) {
      await call('UpdateInferenceComponent', {
        InferenceComponentName,
        ...(Specification === undefined ? {} : { Specification }),
        ...(Specifications === undefined ? {} : { Specifications }),
        ...(RuntimeConfig === undefined ? {} : { RuntimeConfig }),
      });
    } else await call('CreateInferenceComponent', request);
    for (let isFirst = true; ; isFirst = false) {
      const found = await call('DescribeInferenceComponent', { InferenceComponentName: name });
      const metadata = { InferenceComponent: { Arn: String(found.InferenceComponentArn) } };
      if (isFirst) started(metadata);
      const { InferenceComponentStatus: status, FailureReason: why } = found;
      // One that was rolled back is in service with the reason.
      if (status === 'InService' && why === undefined) return { status: 'Succeeded', metadata, result: found };
      if (status === 'InService' || status === 'Failed') {
        return { status: 'Failed', metadata, reason: `ClientError: ${typeof why === 'string' ? why : 'It failed.'}` };
      }
      await sleep(interval, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return { status: 'Stopped', metadata };
    }
  },
};

async function untilInService(
  EndpointName: string,
  config: string,
  { call, signal, started }: StepContext,
): Promise<StepEnd> {
  for (let isFirst = true; ; isFirst = false) {
    const found = await call('DescribeEndpoint', { EndpointName });
    const metadata = { Endpoint: { Arn: String(found.EndpointArn) } };
    if (isFirst) started(metadata);
    const { EndpointStatus: status, FailureReason: why } = found;
    if (status === 'InService' && found.EndpointConfigName === config) {
      return { status: 'Succeeded', metadata, result: found };
    }
    // After a rollback it serves by its old configuration.
    if (status === 'InService' || status === 'Failed' || status === 'UpdateRollbackFailed') {
      const reason = typeof why === 'string' && why !== '' ? why : `The endpoint did not take over ${config}.`;
      return { status: 'Failed', metadata, reason: `ClientError: ${reason}` };
    }
    await sleep(interval, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return { status: 'Stopped', metadata };
  }
}
