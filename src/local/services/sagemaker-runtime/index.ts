import type { IncomingMessage } from 'node:http';
import type {
  InvokeEndpointAsyncInput,
  InvokeEndpointAsyncOutput,
  InvokeEndpointInput,
  InvokeEndpointOutput,
  InvokeEndpointWithResponseStreamInput,
} from '@aws-sdk/client-sagemaker-runtime';
import { asyncBodies, asyncRequests } from '../../domain/async-requests';
import type { Context } from '../../engine/context';
import model from '../../generated/sagemaker-runtime.json';
import { encodeEvent } from '../../wire/event-stream';
import type { ServiceModel } from '../../wire/model';
import type { Operations } from '../../wire/service';
import type { Checked, Service } from '../service';

/** The largest body of a request, as the guide says; the limit in the public model is older and lower. */
const maxBody = 25 * 1024 * 1024;

const table = model as unknown as ServiceModel;

/** The requests that endpoints answer. */
export const sagemakerRuntime: Service = {
  signingName: 'sagemaker',
  title: 'SageMaker Runtime',
  protocols: ['rest-json'],
  model: { ...table, shapes: { ...table.shapes, BodyBlob: { type: 'blob', max: maxBody } } },
  maxBody,
  errors: { invalid: 'ValidationError' },
  tables: [asyncRequests, asyncBodies],
  operations,
};

function operations({ invoker, queues }: Context): Operations {
  return {
    async InvokeEndpoint(input: Checked<InvokeEndpointInput>): Promise<InvokeEndpointOutput> {
      const { route, body, headers } = await invoker.invoke({
        endpoint: input.EndpointName,
        body: input.Body,
        contentType: input.ContentType,
        accept: input.Accept,
        customAttributes: input.CustomAttributes,
        inferenceId: input.InferenceId,
        variant: input.TargetVariant,
        target: input.TargetModel,
        component: input.InferenceComponentName,
      });
      const attributes = headers['x-amzn-sagemaker-custom-attributes'];
      return {
        Body: body as unknown as InvokeEndpointOutput['Body'],
        ContentType: headers['content-type'],
        InvokedProductionVariant: route.variant,
        ...(typeof attributes === 'string' ? { CustomAttributes: attributes } : {}),
      };
    },

    InvokeEndpointAsync(input: Checked<InvokeEndpointAsyncInput>): InvokeEndpointAsyncOutput {
      const { id, output, failure } = queues.enqueue(input);
      return {
        InferenceId: id,
        OutputLocation: output,
        ...(failure === undefined ? {} : { FailureLocation: failure }),
      };
    },

    async InvokeEndpointWithResponseStream(input: Checked<InvokeEndpointWithResponseStreamInput>): Promise<object> {
      const { route, message } = await invoker.stream({
        endpoint: input.EndpointName,
        body: input.Body,
        contentType: input.ContentType,
        accept: input.Accept,
        customAttributes: input.CustomAttributes,
        inferenceId: input.InferenceId,
        variant: input.TargetVariant,
        component: input.InferenceComponentName,
        timeout: streamTimeout,
      });
      return {
        Body: events(message),
        ContentType: message.headers['content-type'],
        InvokedProductionVariant: route.variant,
      };
    },
  };
}

/** Milliseconds that the service gives an answer that comes in parts. */
const streamTimeout = 480_000;

/** What comes of a model as the events of a stream; one that breaks off ends with an exception. */
async function* events(message: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    for await (const part of message) {
      yield encodeEvent({
        kind: 'event',
        type: 'PayloadPart',
        contentType: 'application/octet-stream',
        payload: part as Buffer,
      });
    }
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    yield encodeEvent({
      kind: 'exception',
      type: 'ModelStreamError',
      contentType: 'application/json',
      payload: Buffer.from(JSON.stringify({ Message: text, ErrorCode: 'StreamBroken' })),
    });
  }
}
