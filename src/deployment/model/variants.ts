/**
 * The variants of an endpoint: how requests are shared out among those in production, and a shadow that gets copies of
 * them. Pure.
 */
import { type Call, type Standing, tagKeys, type VariantInput, withoutShadows } from './plan';

/** A variant in production with its part of the requests. */
export interface Weighted {
  variant: string;
  weight: number;
  /** From 0 to 1. */
  share: number;
}

/** How requests are shared out: each variant gets its weight's part of the sum. */
export function sharesOf(fleets: readonly { variant: string; weight?: number }[]): Weighted[] {
  const sum = fleets.reduce((total, { weight = 0 }) => total + weight, 0);
  return fleets.map(({ variant, weight = 0 }) => ({ variant, weight, share: sum === 0 ? 0 : weight / sum }));
}

/** What is asked for, and what is wrong with it. */
export type Change = { title: string; calls: Call[]; notes: string[]; problem?: never } | { problem: string };

/**
 * Other weights for the variants in production.
 *
 * @param texts what was filled in, by variant
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateEndpointWeightsAndCapacities.html
 */
export function weightChange(endpoint: string, before: readonly Weighted[], texts: Record<string, string>): Change {
  const wanted = before.map(({ variant, weight }) => {
    const text = texts[variant]?.trim() ?? String(weight);
    return { variant, weight: text === '' ? Number.NaN : Number(text) };
  });
  const wrong = wanted.find(({ weight }) => !Number.isFinite(weight) || weight < 0);
  if (wrong) return { problem: `The weight of ${wrong.variant} is a number of 0 or more.` };
  const after = sharesOf(wanted);
  if (after.every(({ share }) => share === 0)) return { problem: 'One variant at least needs a weight above 0.' };
  if (after.every(({ weight }, index) => weight === before[index]?.weight)) {
    return { problem: 'These are the weights that they have.' };
  }
  const silent = after.filter(({ share }) => share === 0).map(({ variant }) => variant);
  return {
    title: `Share out the requests anew: ${after.map(({ variant, share }) => `${percent(share)} to ${variant}`).join(', ')}`,
    calls: [
      {
        service: 'sagemaker',
        operation: 'UpdateEndpointWeightsAndCapacities',
        purpose: 'Set the weights',
        input: {
          EndpointName: endpoint,
          DesiredWeightsAndCapacities: wanted.map(({ variant, weight }) => ({
            VariantName: variant,
            DesiredWeight: weight,
          })),
        },
      },
    ],
    notes: [
      'The weights are set at once, and nothing watches: no bake, no alarm.',
      ...silent.map((variant) => `${variant} gets requests only that name it as TargetVariant. Its instances stay.`),
    ],
  };
}

/** A shadow that is to be added. */
export interface ShadowWish {
  endpoint: string;
  /** Of the version that is tried in the shadow. */
  version: { arn: string; label: string };
  /** The share of the requests that are copied to it, in percent. */
  percent: number;
  instances: number;
  role: string;
  /** The name of the config and the model that are made. */
  name: string;
}

/** Why an endpoint can have no shadow; undefined where it can. */
export function shadowRefusal(base: {
  AsyncInferenceConfig?: unknown;
  ProductionVariants?: readonly { ServerlessConfig?: unknown; ModelName?: string | undefined }[] | undefined;
}): string | undefined {
  if (base.AsyncInferenceConfig) return 'An asynchronous endpoint can have no shadow variant.';
  const [variant, ...others] = base.ProductionVariants ?? [];
  if (others.length > 0) return 'A shadow variant needs an endpoint with one variant in production.';
  if (variant?.ServerlessConfig) return 'A serverless endpoint can have no shadow variant.';
  if (variant?.ModelName === undefined) return 'An endpoint with inference components can have no shadow variant.';
  return undefined;
}

/**
 * A shadow beside the variant in production: it gets copies of requests, and nobody gets its answers.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/shadow-tests.html
 */
export function shadowChange(wish: ShadowWish, standing: Standing): Change {
  const refusal = shadowRefusal(standing.base);
  if (refusal !== undefined) return { problem: refusal };
  const { endpoint, version, percent: share, instances, role, name } = wish;
  if (!Number.isFinite(share) || share <= 0 || share > 100) {
    return { problem: 'The share of the requests that are copied is above 0 and at most 100 percent.' };
  }
  if (!Number.isInteger(instances) || instances < 1) {
    return { problem: 'The number of instances of the shadow is a whole number of 1 or more.' };
  }
  const [production = {}] = standing.base.ProductionVariants;
  const weight = production.InitialVariantWeight;
  const shadow: VariantInput = {
    VariantName: `${String(production.VariantName).slice(0, 56)}-shadow`,
    ModelName: name,
    InstanceType: production.InstanceType,
    InitialInstanceCount: instances,
    // Copies are counted by the weight of the variant that they are copies of.
    InitialVariantWeight: ((typeof weight === 'number' ? weight : 1) * share) / 100,
  };
  return {
    title: `Copy ${percent(share / 100)} of the requests to ${version.label}`,
    calls: [
      {
        service: 'sagemaker',
        operation: 'CreateModel',
        purpose: `Make a model of ${version.label}`,
        input: {
          ModelName: name,
          Containers: [{ ModelPackageName: version.arn }],
          ...standing.surroundings,
          ExecutionRoleArn: role,
        },
      },
      configCall(endpoint, name, standing, { ...standing.base, ShadowProductionVariants: [shadow] }),
      updateCall(endpoint, name),
    ],
    notes: [
      'Callers get the answers of the variant in production alone.',
      `The shadow runs on ${instances} more ${instances === 1 ? 'instance' : 'instances'}.`,
    ],
  };
}

/** The endpoint without its shadow. */
export function withoutShadow(endpoint: string, name: string, standing: Standing): Change {
  if (standing.base['ShadowProductionVariants'] === undefined)
    return { problem: 'This endpoint has no shadow variant.' };
  return {
    title: 'Remove the shadow variant',
    calls: [configCall(endpoint, name, standing, withoutShadows(standing.base)), updateCall(endpoint, name)],
    notes: ['What serves callers stays as it is.'],
  };
}

function configCall(endpoint: string, name: string, standing: Standing, config: Standing['base']): Call {
  const { model } = standing;
  return {
    service: 'sagemaker',
    operation: 'CreateEndpointConfig',
    purpose: 'Say what runs beside it',
    input: {
      ...config,
      EndpointConfigName: name,
      Tags: [
        { Key: tagKeys.endpoint, Value: endpoint },
        ...(model === undefined ? [] : [{ Key: tagKeys.model, Value: model }]),
        { Key: tagKeys.previous, Value: standing.config },
      ],
    },
  };
}

function updateCall(endpoint: string, config: string): Call {
  return {
    service: 'sagemaker',
    operation: 'UpdateEndpoint',
    purpose: 'Begin the update',
    input: { EndpointName: endpoint, EndpointConfigName: config, RetainAllVariantProperties: true },
  };
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}
