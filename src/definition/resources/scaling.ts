/**
 * Scaling of endpoints: what Application Auto Scaling refuses, and what an update of the endpoint takes back.
 * Source: https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling.html
 */
import { isIntrinsic } from '../codepipeline/model';
import { nearest, oneOf } from '../near';
import type { Report, Rule } from '../rule';
import type { Node } from '../tree';
import {
  type Check,
  configOf,
  endpointType,
  named,
  numberOf,
  type Resource,
  type Resources,
  rule,
  variantsOf,
  writtenText,
} from './tools';

const targetType = 'AWS::ApplicationAutoScaling::ScalableTarget';
const policyType = 'AWS::ApplicationAutoScaling::ScalingPolicy';
export const scalingTypes: readonly string[] = [targetType, policyType];
const source = 'https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling.html';
const scaled = (most: number): string =>
  `{"ServiceNamespace": "sagemaker", "ResourceId": "endpoint/churn/variant/main", "ScalableDimension": "sagemaker:variant:DesiredInstanceCount", "MinCapacity": 2, "MaxCapacity": ${most}}`;
const endpoint = (more: string): string => `{"EndpointName": "churn", "EndpointConfigName": "c"${more}}`;
const target = `"Scaling": {"Type": "${targetType}", "DependsOn": "It", "Properties": ${scaled(4)}}`;
const tracked = (metric: string): string =>
  `{"PolicyName": "p", "PolicyType": "TargetTrackingScaling", "ResourceId": "endpoint/churn/variant/main", "ScalableDimension": "sagemaker:variant:DesiredInstanceCount", "ServiceNamespace": "sagemaker", "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 70, "PredefinedMetricSpecification": {"PredefinedMetricType": "${metric}"}}}`;

export const scalingRules: readonly Rule[] = [
  rule(
    'scalable-target',
    'error',
    'A scalable target that cannot be registered',
    'The ResourceId of a variant is `endpoint/NAME/variant/NAME`, that of an inference component `inference-component/NAME`, and the dimension has to fit. MinCapacity is at most MaxCapacity; 0 instances are for asynchronous endpoints, and for those with inference components. The endpoint has to be there first.',
    [targetType, scaled(1), scaled(4)],
    { source: 'https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html' },
  ),
  rule(
    'scaling-lost',
    'warning',
    'An update of an endpoint that takes its scaling back',
    'Each update sets the number of instances to InitialInstanceCount again, in the middle of the traffic for which it was scaled. RetainAllVariantProperties keeps the number that scaling has reached. Terraform cannot set it: there the initial number is at least to be the smallest one of the scaling.',
    [endpointType, endpoint(''), endpoint(', "RetainAllVariantProperties": true')],
    { source: 'https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateEndpoint.html', others: target },
  ),
  rule(
    'scaling-metric',
    'warning',
    'A scaling policy with a metric that is not published',
    'Each metric belongs to a dimension: SageMakerVariantInvocationsPerInstance to the instances of a variant, SageMakerInferenceComponentInvocationsPerCopy to the copies of an inference component. An asynchronous endpoint publishes no invocations; it scales by ApproximateBacklogSizePerInstance.',
    [
      policyType,
      tracked('SageMakerInferenceComponentInvocationsPerCopy'),
      tracked('SageMakerVariantInvocationsPerInstance'),
    ],
    { source },
  ),
];

/** The dimensions of SageMaker, each with what its resource looks like and the metrics that track it. */
const dimensions = {
  'sagemaker:variant:DesiredInstanceCount': {
    resource: /^endpoint\/.+\/variant\/.+$/,
    example: 'endpoint/NAME/variant/NAME',
    metrics: /^SageMakerVariant(InvocationsPerInstance|ConcurrentRequestsPerModelHighResolution)$/,
  },
  'sagemaker:variant:DesiredProvisionedConcurrency': {
    resource: /^endpoint\/.+\/variant\/.+$/,
    example: 'endpoint/NAME/variant/NAME',
    metrics: /^SageMakerVariantProvisionedConcurrencyUtilization$/,
  },
  'sagemaker:inference-component:DesiredCopyCount': {
    resource: /^inference-component\/.+$/,
    example: 'inference-component/NAME',
    metrics: /^SageMakerInferenceComponent/,
  },
} as const;

function isDimension(text: string | undefined): text is keyof typeof dimensions {
  return text !== undefined && Object.hasOwn(dimensions, text);
}

export const checkScaling: Check = (resource, all, report) => {
  if (resource.type === targetType) checkScalable(resource, all, report);
  if (resource.type === policyType) checkPolicy(resource.properties, all, report);
  if (resource.type === endpointType) checkRetained(resource, all, report);
};

/** The endpoint and the variant that a resource to be scaled names. */
export function scaledBy(
  { properties }: Resource,
  all: Resources,
): { endpoint?: Resource; variant?: string; text?: string } {
  const text = writtenText(properties.get('ResourceId'));
  const [, name, variant] = /^endpoint\/(.+)\/variant\/(.+)$/.exec(text ?? '') ?? [];
  if (text === undefined || name === undefined) return text === undefined ? {} : { text };
  const logical = /^\$\{(\w+)(\.\w+)?\}$/.exec(name)?.[1];
  const found =
    logical === undefined ? all.byProperty(endpointType, 'EndpointName', name) : all.byName(endpointType, logical);
  return { text, ...(found ? { endpoint: found } : {}), ...(variant === undefined ? {} : { variant }) };
}

function checkScalable(resource: Resource, all: Resources, report: Report): void {
  const { properties } = resource;
  const dimension = properties.get('ScalableDimension');
  if (!dimension?.text?.startsWith('sagemaker:')) return;
  const tell = (node: Node | undefined, message: string): void => {
    if (node) report({ rule: 'cfn/scalable-target', node, message });
  };
  if (!isDimension(dimension.text)) {
    const near = nearest(dimension.text, Object.keys(dimensions));
    // One that is near to none may be newer.
    if (near === undefined || dimension.text.includes('${')) return;
    report({
      rule: 'cfn/scalable-target',
      node: dimension,
      message: `There is no dimension '${dimension.text}'. Did you mean '${near}'?`,
      fixes: (edit) => [edit.fix(`Change to '${near}'`, [edit.value(dimension, near)], true)],
    });
    return;
  }
  const { resource: shape, example } = dimensions[dimension.text];
  const id = properties.get('ResourceId');
  const { endpoint: found, variant: name, text } = scaledBy(resource, all);
  if (text !== undefined && !shape.test(text) && !/^\$\{[^}]*\}$/.test(text)) {
    tell(id, `The resource of ${dimension.text} is '${example}'.`);
  }
  const [least, most] = [properties.get('MinCapacity'), properties.get('MaxCapacity')];
  const [lower, upper] = [numberOf(least), numberOf(most)];
  if (lower !== undefined && upper !== undefined && lower > upper) {
    tell(most, `MaxCapacity is less than MinCapacity, which is ${lower}.`);
  }
  if (!found) return;
  if (text?.includes(`\${${found.name}}`)) {
    tell(id, `Ref gives the ARN of an endpoint. Its name is \${${found.name}.EndpointName}.`);
  } else if (id && !text?.includes('${') && !dependsOn(resource, found.name)) {
    report({
      rule: 'cfn/scalable-target',
      node: id,
      atMost: 'warning',
      message: `This is registered before the endpoint is there. Name it by \${${found.name}.EndpointName}, or add DependsOn.`,
    });
  }
  checkVariant(found, name, { id, least, lower, dimension }, all, report);
}

/** True where a resource waits for another by its DependsOn. */
function dependsOn({ properties }: Resource, name: string): boolean {
  const waits = properties.parent?.get('DependsOn');
  return waits?.text === name || (waits?.items.some(({ text }) => text === name) ?? false);
}

function checkVariant(
  found: Resource,
  name: string | undefined,
  {
    id,
    least,
    lower,
    dimension,
  }: { id: Node | undefined; least: Node | undefined; lower: number | undefined; dimension: Node },
  all: Resources,
  report: Report,
): void {
  const variants = variantsOf(found, all);
  if (!variants || name === undefined || name.includes('${')) return;
  const tell = (node: Node | undefined, message: string): void => {
    if (node) report({ rule: 'cfn/scalable-target', node, message });
  };
  const names = variants.map((variant) => variant.get('VariantName')?.text);
  if (names.some((one) => one === undefined || one.includes('${'))) return;
  const variant = variants[names.indexOf(name)];
  if (!variant) {
    tell(id, `The endpoint has no variant '${name}'. It has ${oneOf(names.filter((one) => one !== undefined))}.`);
    return;
  }
  const serverless = variant.get('ServerlessConfig');
  if (serverless && !isIntrinsic(serverless) && dimension.text === 'sagemaker:variant:DesiredInstanceCount') {
    tell(
      dimension,
      'A serverless variant has no instances. It scales by sagemaker:variant:DesiredProvisionedConcurrency.',
    );
  }
  const type = variant.get('InstanceType');
  if (type?.text !== undefined && /^ml\.t\d/.test(type.text)) {
    tell(id, `Variants on burstable instances, such as ${type.text}, are not scaled.`);
  }
  const isAsync = configOf(found.properties, all)?.get('AsyncInferenceConfig') !== undefined;
  if (lower === 0 && !isAsync && !variant.get('ManagedInstanceScaling')) {
    tell(least, 'Only asynchronous endpoints and those with inference components scale to 0 instances.');
  }
}

function checkPolicy(properties: Node, all: Resources, report: Report): void {
  const by = properties.get('ScalingTargetId');
  const scalable = by && all.byName(targetType, named(by).reference ?? '');
  const dimension = (scalable?.properties ?? properties).get('ScalableDimension')?.text;
  const metric = properties
    .get('TargetTrackingScalingPolicyConfiguration')
    ?.get('PredefinedMetricSpecification')
    ?.get('PredefinedMetricType');
  if (metric?.text === undefined || metric.text.includes('${') || !isDimension(dimension)) return;
  if (!dimensions[dimension].metrics.test(metric.text)) {
    report({
      rule: 'cfn/scaling-metric',
      node: metric,
      message: `'${metric.text}' does not tell how much ${dimension} is needed.`,
    });
    return;
  }
  const { endpoint: found } = scaledBy(scalable ?? { name: '', type: '', properties }, all);
  if (!found || !configOf(found.properties, all)?.get('AsyncInferenceConfig')) return;
  report({
    rule: 'cfn/scaling-metric',
    node: metric,
    message: 'An asynchronous endpoint does not publish this. It scales by ApproximateBacklogSizePerInstance.',
  });
}

const known = new WeakMap<Resources, ReadonlyMap<Resource, Resource>>();

/** What scales an endpoint, by the endpoint. */
function targets(all: Resources): ReadonlyMap<Resource, Resource> {
  let found = known.get(all);
  if (!found) {
    found = new Map(
      all.of(targetType).flatMap((target) => {
        const { endpoint: scaledEndpoint } = scaledBy(target, all);
        return scaledEndpoint ? [[scaledEndpoint, target] as const] : [];
      }),
    );
    known.set(all, found);
  }
  return found;
}

/**
 * What an update takes back where nothing can keep it, as in Terraform, whose endpoints have no RetainAllVariantProperties:
 * told where the first number of instances is below the least to which the variant is scaled.
 */
export function checkFallback(resource: Resource, all: Resources, report: Report): void {
  const target = targets(all).get(resource);
  const least = target?.properties.get('MinCapacity');
  const lower = numberOf(least);
  if (!target || !least || lower === undefined) return;
  const { variant: name } = scaledBy(target, all);
  const variant = variantsOf(resource, all)?.find((one) => one.get('VariantName')?.text === name);
  const first = variant?.get('InitialInstanceCount');
  const count = numberOf(first);
  if (!first || count === undefined || count >= lower) return;
  report({
    rule: 'cfn/scaling-lost',
    node: first,
    message: `Each update of the endpoint sets the number of instances back to ${count}, below the MinCapacity of ${lower}.`,
    related: [{ node: least, message: 'The least number of instances.' }],
    fixes: (edit) => [edit.fix(`Change to ${lower}`, [edit.value(first, lower)], true)],
  });
}

function checkRetained(resource: Resource, all: Resources, report: Report): void {
  const { properties, name } = resource;
  const target = targets(all).get(resource);
  if (!target) return;
  const isVariant = target.properties.get('ScalableDimension')?.text?.startsWith('sagemaker:variant:');
  const retained = properties.get('RetainAllVariantProperties');
  const excluded = properties
    .get('ExcludeRetainedVariantProperties')
    ?.items.find((item) => item.get('VariantPropertyType')?.text === 'DesiredInstanceCount');
  const isKept = retained && !(retained.value === false || retained.text === 'false') && !excluded;
  if (isKept || isVariant !== true) return;
  report({
    rule: 'cfn/scaling-lost',
    node: excluded ?? retained ?? properties,
    ...((excluded ?? retained) ? {} : { mark: 'opening' as const }),
    message: 'Each update of the endpoint sets the number of instances back to InitialInstanceCount.',
    related: [{ node: target.properties, mark: 'opening', message: `What scales ${name === '' ? 'it' : name}.` }],
    fixes: (edit) => [
      excluded
        ? edit.fix('Keep the number of instances', [edit.remove(excluded)], true)
        : retained
          ? edit.fix('Change to true', [edit.value(retained, true)], true)
          : edit.fix(
              'Add RetainAllVariantProperties',
              [edit.insert(properties, 'RetainAllVariantProperties', true)],
              true,
            ),
    ],
  });
}
