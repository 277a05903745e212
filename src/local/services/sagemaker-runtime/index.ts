import type { InvokeEndpointInput, InvokeEndpointOutput } from '@aws-sdk/client-sagemaker-runtime';
import type { Context } from '../../engine/context';
import model from '../../generated/sagemaker-runtime.json';
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
  tables: [],
  operations,
};

function operations({ invoker }: Context): Operations {
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
      });
      const attributes = headers['x-amzn-sagemaker-custom-attributes'];
      return {
        Body: body as unknown as InvokeEndpointOutput['Body'],
        ContentType: headers['content-type'],
        InvokedProductionVariant: route.variant,
        ...(typeof attributes === 'string' ? { CustomAttributes: attributes } : {}),
      };
    },
  };
}
