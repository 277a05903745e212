import type {
  DescribeEndpointOutput,
  PendingProductionVariantSummary,
  ProductionVariantInstanceType,
  ProductionVariantSummary,
  VariantStatus,
} from '@aws-sdk/client-sagemaker';
import type { Change, Endpoint, VariantSpec } from '../domain/endpoints';
import { statusOf } from './plan';

/** What DescribeEndpoint says of an endpoint, in each phase of a change. */
export function describeEndpoint(endpoint: Endpoint): DescribeEndpointOutput {
  const { fleet, change } = endpoint;
  const shown = fleet ?? change?.to;
  const summaries = (shadow: boolean): ProductionVariantSummary[] =>
    (shown?.variants ?? [])
      .filter((variant) => (variant.shadow ?? false) === shadow)
      .map((variant) => current(endpoint, variant));
  const pending = (shadow: boolean): PendingProductionVariantSummary[] =>
    (change?.to.variants ?? [])
      .filter((variant) => (variant.shadow ?? false) === shadow)
      .map((variant) => coming(change, variant));
  const isUpdate = change?.kind === 'update';
  const { doc } = shown ?? {};
  const capture = doc?.DataCaptureConfig;
  const isShadowed = shown?.variants.some(({ shadow }) => shadow) ?? false;
  return {
    EndpointName: endpoint.name,
    EndpointArn: endpoint.arn,
    EndpointConfigName: endpoint.config,
    EndpointStatus: endpoint.status,
    CreationTime: endpoint.createdAt,
    LastModifiedTime: endpoint.modifiedAt,
    ...(endpoint.status === 'Failed' ? {} : { ProductionVariants: summaries(false) }),
    ...(isShadowed ? { ShadowProductionVariants: summaries(true) } : {}),
    ...(endpoint.failureReason === undefined ? {} : { FailureReason: endpoint.failureReason }),
    ...(endpoint.lastDeployment ? { LastDeploymentConfig: endpoint.lastDeployment } : {}),
    ...(doc?.AsyncInferenceConfig ? { AsyncInferenceConfig: doc.AsyncInferenceConfig } : {}),
    ...(capture
      ? {
          DataCaptureConfig: {
            EnableCapture: capture.EnableCapture ?? true,
            CaptureStatus: capture.EnableCapture === false ? ('Stopped' as const) : ('Started' as const),
            CurrentSamplingPercentage: capture.InitialSamplingPercentage,
            DestinationS3Uri: capture.DestinationS3Uri,
            KmsKeyId: capture.KmsKeyId ?? '',
          },
        }
      : {}),
    ...(isUpdate
      ? {
          PendingDeploymentSummary: {
            EndpointConfigName: change.to.config,
            StartTime: change.started,
            ProductionVariants: pending(false),
            ...(change.to.variants.some(({ shadow }) => shadow) ? { ShadowProductionVariants: pending(true) } : {}),
          },
        }
      : {}),
  };
}

function current(
  { fleet, change, counts, weights, createdAt }: Endpoint,
  variant: VariantSpec,
): ProductionVariantSummary {
  const { name, image, serverless } = variant;
  const isFirst = fleet === undefined;
  const isOwn = change?.kind === 'capacity';
  const there = isFirst || isOwn ? change?.ground.new[name] : (change?.ground.old[name] ?? counts[name]);
  const wanted = isOwn ? change.wanted?.counts[name] : counts[name];
  const weight = weights[name] ?? variant.weight;
  const phase = (isFirst || isOwn) && change ? phaseOf(change, name) : {};
  return {
    VariantName: name,
    ...(image === '' ? {} : { DeployedImages: [deployed(image, createdAt)] }),
    CurrentWeight: weight,
    DesiredWeight: isOwn ? (change.wanted?.weights[name] ?? weight) : weight,
    ...(serverless
      ? { CurrentServerlessConfig: { MemorySizeInMB: serverless.memory, MaxConcurrency: serverless.concurrency } }
      : { CurrentInstanceCount: there ?? 0, DesiredInstanceCount: wanted ?? variant.count }),
    ...phase,
  };
}

function coming(change: Change | undefined, variant: VariantSpec): PendingProductionVariantSummary {
  const { name, instanceType, image, serverless, count } = variant;
  const wanted = change?.wanted?.counts[name] ?? count;
  const share = change?.ground.shares[name] ?? 0;
  const weight = change?.wanted?.weights[name] ?? variant.weight;
  return {
    VariantName: name,
    ...(image === '' ? {} : { DeployedImages: [deployed(image, change?.started ?? new Date())] }),
    CurrentWeight: weight,
    DesiredWeight: weight,
    // As the service's own samples count: the instances that have traffic.
    ...(serverless
      ? { DesiredServerlessConfig: { MemorySizeInMB: serverless.memory, MaxConcurrency: serverless.concurrency } }
      : { CurrentInstanceCount: Math.round(share * wanted), DesiredInstanceCount: wanted }),
    ...(instanceType === undefined ? {} : { InstanceType: instanceType as ProductionVariantInstanceType }),
    ...(change ? phaseOf(change, name) : {}),
  };
}

function phaseOf(change: Change, variant: string): Pick<PendingProductionVariantSummary, 'VariantStatus'> {
  const phase = change.phases[change.at];
  if (!phase) return {};
  const { Status, StatusMessage } = statusOf(phase, variant);
  return { VariantStatus: [{ Status: Status as VariantStatus, StatusMessage, StartTime: change.entered }] };
}

function deployed(image: string, at: Date): { SpecifiedImage: string; ResolvedImage: string; ResolutionTime: Date } {
  return { SpecifiedImage: image, ResolvedImage: image, ResolutionTime: at };
}
