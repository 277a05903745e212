import type { DescribeEndpointConfigOutput, ProductionVariant } from '@aws-sdk/client-sagemaker';
import { randomId } from '../domain/arns';
import type { FleetSpec, VariantSpec } from '../domain/endpoints';
import { modelSource } from '../domain/model-source';
import type { Store } from '../store/store';

/** Seconds that the service gives a container until it is healthy. */
export const defaultStartup = 240;
const serverlessStartup = 180;

/** What a fleet with this config is made of, as configs and models are now. @throws {ServiceError} `ValidationException` */
export function fleetSpec(store: Store, doc: DescribeEndpointConfigOutput): FleetSpec {
  const variants = [
    ...(doc.ProductionVariants ?? []).map((variant) => variantSpec(store, variant)),
    ...(doc.ShadowProductionVariants ?? []).map((variant) => ({
      ...variantSpec(store, variant),
      shadow: true as const,
    })),
  ];
  return { id: randomId(10), config: doc.EndpointConfigName ?? '', doc, variants };
}

function variantSpec(store: Store, variant: ProductionVariant): VariantSpec {
  const { VariantName: name = '', ModelName, ServerlessConfig: serverless } = variant;
  return {
    name,
    model: ModelName ?? '',
    ...(ModelName === undefined
      ? { image: '', environment: {}, hasComponents: true as const }
      : modelSource(store, ModelName)),
    count: serverless ? 1 : (variant.InitialInstanceCount ?? 1),
    weight: variant.InitialVariantWeight ?? 1,
    ...(variant.InstanceType === undefined ? {} : { instanceType: variant.InstanceType }),
    startup: variant.ContainerStartupHealthCheckTimeoutInSeconds ?? (serverless ? serverlessStartup : defaultStartup),
    ...(serverless
      ? { serverless: { memory: serverless.MemorySizeInMB ?? 0, concurrency: serverless.MaxConcurrency ?? 1 } }
      : {}),
  };
}
