/** A deployment as a plan: every call that it makes, in their order, before any of them is made. Pure. */
import { expiryTag } from '../../shared/expiry';
import { alarmName, type AlarmRequest, putAbortAlarm, putAlarm } from './alarms';
import { deploymentConfig, type EndpointKind, guardrailsRefusal, type Strategy, type Traits } from './strategy';
import { firstTimeline, type Pace, type Timeline, timelineOf } from './timeline';

export type ServiceName = 'sagemaker' | 'cloudwatch' | 'application-autoscaling';

/** One call of an API of AWS. */
export interface Call {
  service: ServiceName;
  /** `CreateModel` */
  operation: string;
  input: Record<string, unknown>;
  /** What it is for, in a few words. */
  purpose: string;
}

/** What is to be deployed, and how. */
export interface Wish {
  endpoint: string;
  model: ModelChoice;
  kind: EndpointKind;
  /** The name of the variant that gets the version. */
  variant: string;
  instanceType: string;
  instances: number;
  /** Memory in MB. */
  serverless: { memory: number; concurrency: number };
  /** S3 folders. */
  asynchronous: { output: string; failure?: string };
  strategy: Strategy;
  alarms: readonly AlarmRequest[];
  /** The share of the requests that are kept, in percent, and the S3 folder. */
  capture?: { percent: number; destination: string };
  /** Instances, and requests a minute that one of them shall have. */
  scaling?: { min: number; max: number; target: number };
  role: string;
  /** A config of before that is used again, unchanged. */
  reuse?: string;
  /** The version is in the shadow now: it takes over, and the shadow goes. */
  isPromotion?: boolean;
  /** When the endpoint is to be gone, in milliseconds since the epoch; its tag stays as it is where none is given. */
  expires?: number;
}

/** A version of a registered model. */
export interface ModelChoice {
  arn: string;
  group: string;
  version: number;
  commit?: string;
}

/** A variant of a config, as the service takes it. */
export interface VariantInput {
  VariantName?: string | undefined;
  ModelName?: string | undefined;
  InstanceType?: string | undefined;
  InitialInstanceCount?: number | undefined;
  ServerlessConfig?: object | undefined;
  [member: string]: unknown;
}

/** The endpoint as it is before the deployment. */
export interface Standing {
  arn: string;
  config: string;
  label: string;
  /** The version that it serves, where it is one of the registry. */
  model?: string;
  /** The members of its config but the names. */
  base: { ProductionVariants: VariantInput[]; [member: string]: unknown };
  /** The members of its model that say where it runs. */
  surroundings: Record<string, unknown>;
  /** Instances that it wants now; an autoscaler may have changed them. */
  instances: number;
  changed?: number;
  hasComponents?: boolean;
  /** Its scalable targets and their policies. */
  scaling: readonly Scaling[];
  /** Alarms of the names that the plan uses that are in ALARM now. */
  tripped: readonly string[];
}

/** A scalable target and its policies, in the form that registers them again. */
export interface Scaling {
  target: Record<string, unknown>;
  policies: readonly Record<string, unknown>[];
}

export interface Plan {
  endpoint: string;
  isUpdate: boolean;
  /** The config that the endpoint is to serve. */
  config: string;
  /** What it serves then: `v7`. */
  label: string;
  /** Before the update; a failure here leaves the endpoint as it is. */
  prepare: Call[];
  /** The call that begins the update. */
  update: Call;
  /** After the endpoint has settled, whatever it has come to. */
  finish: Call[];
  /** Undoes what `prepare` took from the endpoint, where the update never began. */
  restore: Call[];
  timeline: Timeline;
  strategy: Strategy;
  fleet: number;
  alarms: string[];
  /** What the user should know before it begins. */
  notes: string[];
}

/** Tags by which a config tells what it serves, and what it followed. */
export const tagKeys = {
  endpoint: 'mlops-flow:endpoint',
  model: 'mlops-flow:model-package',
  commit: 'mlops-flow:commit',
  previous: 'mlops-flow:previous-config',
} as const;

/** What is known of an endpoint for the choice of a strategy. */
export function traitsOf(wish: Wish, standing: Standing | undefined): Traits {
  return {
    kind: wish.kind,
    isUpdate: standing !== undefined,
    instances: fleetOf(wish, standing),
    variants: standing?.base.ProductionVariants.length ?? 1,
    instanceType: wish.instanceType,
    hasComponents: standing?.hasComponents ?? false,
    dropsShadow: wish.isPromotion === true && standing?.base['ShadowProductionVariants'] !== undefined,
  };
}

/** The plan of a deployment. */
export function planOf(wish: Wish, standing: Standing | undefined, now: Date, pace?: Pace): Plan {
  const label = `v${wish.model.version}`;
  const config = wish.reuse ?? nameOf(wish.endpoint, label, now);
  const fleet = fleetOf(wish, standing);
  const hasGuardrails = standing !== undefined && guardrailsRefusal(traitsOf(wish, standing)) === undefined;
  const alarms = hasGuardrails
    ? [...wish.alarms.map(({ metric }) => alarmName(wish.endpoint, metric)), alarmName(wish.endpoint, 'abort')]
    : [];
  const moved = movedScaling(wish, standing);
  const timeline =
    standing === undefined
      ? firstTimeline(fleet, pace)
      : timelineOf(hasGuardrails ? wish.strategy : { ...wish.strategy, kind: 'all-at-once', bake: 0 }, fleet, pace);
  return {
    endpoint: wish.endpoint,
    isUpdate: standing !== undefined,
    config,
    label,
    prepare: [
      ...(wish.reuse === undefined ? [createModel(wish, standing, config), createConfig(wish, standing, config)] : []),
      ...(hasGuardrails ? alarmCalls(wish, standing, config) : []),
      ...moved.flatMap(removal),
    ],
    update: standing ? updateEndpoint(wish, standing, config, hasGuardrails, alarms) : createEndpoint(wish, config),
    finish: [...moved.flatMap(registration), ...newScaling(wish, standing), ...newExpiry(wish, standing)],
    restore: moved.flatMap(registration),
    timeline,
    strategy: hasGuardrails ? wish.strategy : { ...wish.strategy, kind: 'all-at-once', bake: 0 },
    fleet,
    alarms,
    notes: notesOf(wish, standing, hasGuardrails, moved.length > 0),
  };
}

/** All calls of a plan, in their order. */
export function callsOf({ prepare, update, finish }: Plan): Call[] {
  return [...prepare, update, ...finish];
}

/** The instances of the new fleet: what the endpoint has now, unless the user asks for another number. */
function fleetOf(wish: Wish, standing: Standing | undefined): number {
  if (wish.kind === 'serverless') return 0;
  return standing && !changesCount(wish, standing) ? standing.instances : wish.instances;
}

function changesCount(wish: Wish, standing: Standing): boolean {
  return wish.kind !== 'serverless' && wish.instances !== standing.instances;
}

/** Names as the service takes them: letters, digits and hyphens, 63 at most. */
function nameOf(endpoint: string, label: string, now: Date): string {
  const stamp = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${endpoint.slice(0, 61 - label.length - stamp.length).replace(/-+$/, '')}-${label}-${stamp}`;
}

function createModel(wish: Wish, standing: Standing | undefined, name: string): Call {
  return {
    service: 'sagemaker',
    operation: 'CreateModel',
    purpose: `Make a model of ${wish.model.group} version ${wish.model.version}`,
    input: {
      ModelName: name,
      Containers: [{ ModelPackageName: wish.model.arn }],
      ...standing?.surroundings,
      ExecutionRoleArn: wish.role,
      Tags: tags(wish, standing),
    },
  };
}

function createConfig(wish: Wish, standing: Standing | undefined, name: string): Call {
  const capture = wish.capture && {
    DataCaptureConfig: {
      EnableCapture: true,
      InitialSamplingPercentage: wish.capture.percent,
      DestinationS3Uri: wish.capture.destination,
      CaptureOptions: [{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }],
      // What is not named here is kept in Base64, which Model Monitor cannot read.
      CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'], JsonContentTypes: ['application/json'] },
    },
  };
  const queue = wish.kind === 'asynchronous' && {
    AsyncInferenceConfig: {
      OutputConfig: {
        S3OutputPath: wish.asynchronous.output,
        ...(wish.asynchronous.failure ? { S3FailurePath: wish.asynchronous.failure } : {}),
      },
    },
  };
  return {
    service: 'sagemaker',
    operation: 'CreateEndpointConfig',
    purpose: 'Say on what it runs',
    input: {
      ...(standing && (wish.isPromotion ? withoutShadows(standing.base) : standing.base)),
      EndpointConfigName: name,
      ProductionVariants: variantsOf(wish, standing, name),
      ...(standing?.base['AsyncInferenceConfig'] ? {} : queue),
      ...capture,
      Tags: tags(wish, standing),
    },
  };
}

/** The variants of before, of which one gets the new model. An update must not rename any. */
function variantsOf(wish: Wish, standing: Standing | undefined, model: string): VariantInput[] {
  const capacity: VariantInput =
    wish.kind === 'serverless'
      ? { ServerlessConfig: { MemorySizeInMB: wish.serverless.memory, MaxConcurrency: wish.serverless.concurrency } }
      : { InstanceType: wish.instanceType, InitialInstanceCount: wish.instances };
  const fresh: VariantInput = { VariantName: wish.variant, ModelName: model, ...capacity, InitialVariantWeight: 1 };
  if (!standing) return [fresh];
  return standing.base.ProductionVariants.map((variant) =>
    variant.VariantName === wish.variant ? { ...variant, ModelName: model, ...capacity } : variant,
  );
}

/** What a config says without its shadow. */
export function withoutShadows(base: Standing['base']): Standing['base'] {
  const { ShadowProductionVariants: _, ...rest } = base;
  return rest;
}

function alarmCalls(wish: Wish, standing: Standing, config: string): Call[] {
  const { endpoint, variant } = wish;
  const puts = [
    ...wish.alarms.map((alarm) => ({
      input: putAlarm(alarm, { endpoint, variant, config }),
      purpose: 'Watch the new version',
    })),
    { input: putAbortAlarm(endpoint), purpose: 'Make an abort possible' },
  ];
  return puts.flatMap(({ input, purpose }): Call[] => {
    const put: Call = { service: 'cloudwatch', operation: 'PutMetricAlarm', input, purpose };
    const name = String(input['AlarmName']);
    if (!standing.tripped.includes(name)) return [put];
    // An alarm keeps its state when it is put anew, and would roll this update back at once.
    return [put, resetAlarm(name)];
  });
}

function resetAlarm(name: string): Call {
  return {
    service: 'cloudwatch',
    operation: 'SetAlarmState',
    input: { AlarmName: name, StateValue: 'OK', StateReason: 'A new deployment begins.' },
    purpose: 'Reset the alarm of the last deployment',
  };
}

function createEndpoint(wish: Wish, config: string): Call {
  return {
    service: 'sagemaker',
    operation: 'CreateEndpoint',
    purpose: 'Create the endpoint',
    input: {
      EndpointName: wish.endpoint,
      EndpointConfigName: config,
      Tags: [...tags(wish, undefined), ...expiryTags(wish)],
    },
  };
}

function updateEndpoint(
  wish: Wish,
  standing: Standing,
  config: string,
  hasGuardrails: boolean,
  alarms: readonly string[],
): Call {
  const counts = changesCount(wish, standing)
    ? { ExcludeRetainedVariantProperties: [{ VariantPropertyType: 'DesiredInstanceCount' }] }
    : {};
  return {
    service: 'sagemaker',
    operation: 'UpdateEndpoint',
    purpose: 'Begin the update',
    input: {
      EndpointName: wish.endpoint,
      EndpointConfigName: config,
      // Else AWS sets the counts and weights back to those of the config.
      ...(wish.kind === 'serverless' ? {} : { RetainAllVariantProperties: true, ...counts }),
      ...(hasGuardrails ? { DeploymentConfig: deploymentConfig(wish.strategy, alarms) } : {}),
    },
  };
}

function expiryTags({ expires }: Wish): { Key: string; Value: string }[] {
  return expires === undefined ? [] : [{ Key: expiryTag, Value: new Date(expires).toISOString() }];
}

/** An endpoint that is there gets another expiry when the deployment is over. */
function newExpiry(wish: Wish, standing: Standing | undefined): Call[] {
  const Tags = expiryTags(wish);
  if (!standing || Tags.length === 0) return [];
  return [
    {
      service: 'sagemaker',
      operation: 'AddTags',
      purpose: 'Say when the endpoint is to be gone',
      input: { ResourceArn: standing.arn, Tags },
    },
  ];
}

/** AWS refuses an update that changes the instance type of a variant that is scaled. */
function movedScaling(wish: Wish, standing: Standing | undefined): readonly Scaling[] {
  if (!standing || wish.kind === 'serverless') return [];
  const now = standing.base.ProductionVariants.find(({ VariantName }) => VariantName === wish.variant)?.InstanceType;
  if (now === undefined || now === wish.instanceType) return [];
  return standing.scaling.filter(({ target }) => target['ResourceId'] === resourceOf(wish));
}

function removal({ target, policies }: Scaling): Call[] {
  const place = {
    ServiceNamespace: 'sagemaker',
    ResourceId: target['ResourceId'],
    ScalableDimension: target['ScalableDimension'],
  };
  return [
    ...policies.map((policy): Call => ({
      service: 'application-autoscaling',
      operation: 'DeleteScalingPolicy',
      input: { PolicyName: policy['PolicyName'], ...place },
      purpose: 'Pause autoscaling: the instance type changes',
    })),
    {
      service: 'application-autoscaling',
      operation: 'DeregisterScalableTarget',
      input: place,
      purpose: 'Pause autoscaling: the instance type changes',
    },
  ];
}

function registration({ target, policies }: Scaling): Call[] {
  return [
    {
      service: 'application-autoscaling',
      operation: 'RegisterScalableTarget',
      input: { ...target },
      purpose: 'Put autoscaling back',
    },
    ...policies.map((policy): Call => ({
      service: 'application-autoscaling',
      operation: 'PutScalingPolicy',
      input: { ...policy },
      purpose: 'Put autoscaling back',
    })),
  ];
}

function newScaling(wish: Wish, standing: Standing | undefined): Call[] {
  const { scaling } = wish;
  const isScaled = standing?.scaling.some(({ target }) => target['ResourceId'] === resourceOf(wish)) ?? false;
  if (!scaling || isScaled || wish.kind === 'serverless') return [];
  const place = {
    ServiceNamespace: 'sagemaker',
    ResourceId: resourceOf(wish),
    ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
  };
  const metric =
    wish.kind === 'asynchronous'
      ? {
          CustomizedMetricSpecification: {
            MetricName: 'ApproximateBacklogSizePerInstance',
            Namespace: 'AWS/SageMaker',
            Dimensions: [{ Name: 'EndpointName', Value: wish.endpoint }],
            Statistic: 'Average',
          },
        }
      : { PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' } };
  return [
    {
      service: 'application-autoscaling',
      operation: 'RegisterScalableTarget',
      input: { ...place, MinCapacity: scaling.min, MaxCapacity: scaling.max },
      purpose: `Scale between ${scaling.min} and ${scaling.max} instances`,
    },
    {
      service: 'application-autoscaling',
      operation: 'PutScalingPolicy',
      input: {
        ...place,
        PolicyName: `${wish.endpoint}-${wish.variant}-target`,
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: { TargetValue: scaling.target, ...metric },
      },
      purpose: `Scale between ${scaling.min} and ${scaling.max} instances`,
    },
  ];
}

function resourceOf({ endpoint, variant }: Wish): string {
  return `endpoint/${endpoint}/variant/${variant}`;
}

function tags(wish: Wish, standing: Standing | undefined): { Key: string; Value: string }[] {
  const { model } = wish;
  return [
    { Key: tagKeys.endpoint, Value: wish.endpoint },
    { Key: tagKeys.model, Value: model.arn },
    ...(model.commit ? [{ Key: tagKeys.commit, Value: model.commit }] : []),
    ...(standing ? [{ Key: tagKeys.previous, Value: standing.config }] : []),
  ];
}

function notesOf(wish: Wish, standing: Standing | undefined, hasGuardrails: boolean, movesScaling: boolean): string[] {
  const notes: string[] = [];
  if (!standing) return notes;
  if (hasGuardrails && wish.strategy.kind === 'rolling') {
    notes.push(
      'A rolling update removes old instances as it goes. A rollback launches them again, which takes minutes and can fail where there is no capacity.',
    );
  }
  if (hasGuardrails && wish.alarms.length === 0) {
    notes.push('No alarm watches this update: only an abort rolls it back.');
  }
  const isWatched =
    wish.strategy.kind === 'all-at-once' ? wish.strategy.bake > 0 : wish.strategy.interval + wish.strategy.bake > 0;
  if (hasGuardrails && !isWatched) {
    notes.push('Alarms count only during a bake, and this update has none.');
  }
  if (changesCount(wish, standing)) {
    notes.push(`The endpoint has ${standing.instances} instances now and will have ${wish.instances}.`);
  }
  if (movesScaling) {
    notes.push(
      'Autoscaling is removed before the update and put back after it, since AWS refuses another instance type otherwise.',
    );
  }
  return notes;
}
