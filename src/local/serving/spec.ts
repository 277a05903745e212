import type { ContainerDefinition, DescribeEndpointConfigOutput, ProductionVariant } from '@aws-sdk/client-sagemaker';
import { randomId } from '../domain/arns';
import type { FleetSpec, VariantSpec } from '../domain/endpoints';
import { modelPackages } from '../domain/model-packages';
import { findModel } from '../domain/models';
import type { Store } from '../store/store';
import { invalid } from '../wire/errors';

/** Seconds that the service gives a container until it is healthy. */
const defaultStartup = 240;
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
  if (ModelName === undefined) {
    throw invalid(`The variant ${name} names no model. Local serves models, not inference components.`);
  }
  const { doc } = findModel(store, ModelName);
  const containers = doc.PrimaryContainer ? [doc.PrimaryContainer] : (doc.Containers ?? []);
  const [first] = containers;
  if (!first || containers.length > 1) {
    throw invalid(
      `The model ${ModelName} is a pipeline of ${containers.length} containers, and Local serves models of one. Use a connection to an AWS account for it.`,
    );
  }
  const { image, data, environment } = containerSpec(store, first);
  return {
    name,
    model: ModelName,
    image,
    ...(data === undefined ? {} : { data }),
    environment,
    count: serverless ? 1 : (variant.InitialInstanceCount ?? 1),
    weight: variant.InitialVariantWeight ?? 1,
    ...(variant.InstanceType === undefined ? {} : { instanceType: variant.InstanceType }),
    startup: variant.ContainerStartupHealthCheckTimeoutInSeconds ?? (serverless ? serverlessStartup : defaultStartup),
    ...(serverless
      ? { serverless: { memory: serverless.MemorySizeInMB ?? 0, concurrency: serverless.MaxConcurrency ?? 1 } }
      : {}),
    ...(first.Mode === 'MultiModel' ? { multiModel: true as const } : {}),
  };
}

/** The image, archive and environment of a container, also of one that names a version of the registry. */
function containerSpec(
  store: Store,
  container: ContainerDefinition,
): Pick<VariantSpec, 'image' | 'data' | 'environment'> {
  const { ModelPackageName: name } = container;
  const version = name === undefined ? undefined : modelPackages(store).get(name);
  if (name !== undefined && !version) throw invalid(`Could not find model package "${name}".`);
  const packaged = version?.doc.InferenceSpecification?.Containers?.[0];
  const data =
    container.ModelDataUrl ??
    container.ModelDataSource?.S3DataSource?.S3Uri ??
    packaged?.ModelDataUrl ??
    packaged?.ModelDataSource?.S3DataSource?.S3Uri;
  return {
    image: container.Image ?? packaged?.Image ?? '',
    ...(data === undefined ? {} : { data }),
    environment: { ...packaged?.Environment, ...container.Environment },
  };
}
