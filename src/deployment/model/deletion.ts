/** The deletion of an endpoint as a plan: what goes with it, and what stays unless it is wanted gone. Pure. */
import type { Call, Scaling } from './plan';

export interface DeletionPart {
  /** `config penguins-v7` */
  label: string;
  call: Call;
}

/** What there is around an endpoint. */
export interface Surroundings {
  endpoint: string;
  config: string | undefined;
  models: readonly string[];
  scaling: readonly Scaling[];
  alarms: readonly string[];
  /** Inference components on it: AWS deletes no endpoint that has some. */
  components?: readonly string[];
}

/** What goes with an endpoint, in the order in which it goes, and what stays. */
export function deletionOf({ endpoint, config, models, scaling, alarms, components = [] }: Surroundings): {
  goes: DeletionPart[];
  stays: DeletionPart[];
} {
  const sagemaker = (operation: string, input: Record<string, unknown>, what: string): Call => ({
    service: 'sagemaker',
    operation,
    input,
    purpose: `Delete ${what}`,
  });
  return {
    goes: [
      ...scaling.map(({ target }): DeletionPart => ({
        label: `autoscaling of ${String(target['ResourceId']).split('/').at(-1)}`,
        call: {
          service: 'application-autoscaling',
          operation: 'DeregisterScalableTarget',
          input: {
            ServiceNamespace: 'sagemaker',
            ResourceId: target['ResourceId'],
            ScalableDimension: target['ScalableDimension'],
          },
          purpose: 'Delete the autoscaling',
        },
      })),
      ...components.map((name) => ({
        label: `inference component ${name}`,
        call: sagemaker(
          'DeleteInferenceComponent',
          { InferenceComponentName: name },
          `the inference component ${name}`,
        ),
      })),
      {
        label: `endpoint ${endpoint}`,
        call: sagemaker('DeleteEndpoint', { EndpointName: endpoint }, `the endpoint ${endpoint}`),
      },
      ...(alarms.length === 0
        ? []
        : [
            {
              label: `alarms ${alarms.join(', ')}`,
              call: {
                service: 'cloudwatch',
                operation: 'DeleteAlarms',
                input: { AlarmNames: [...alarms] },
                purpose: 'Delete the alarms',
              } satisfies Call,
            },
          ]),
    ],
    stays: [
      ...(config === undefined
        ? []
        : [
            {
              label: `config ${config}`,
              call: sagemaker('DeleteEndpointConfig', { EndpointConfigName: config }, `the config ${config}`),
            },
          ]),
      ...models.map((name) => ({
        label: `model ${name}`,
        call: sagemaker('DeleteModel', { ModelName: name }, `the model ${name}`),
      })),
    ],
  };
}
