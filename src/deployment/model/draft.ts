/** What a person fills in for a deployment: texts, and what they come to. Pure. */
import type { DeploymentConfig } from '../../gitflow/lifecycle';
import { readExpiry } from '../../shared/expiry';
import { type AlarmMetric, type AlarmRequest, defaultAlarms, lintRequest } from './alarms';
import { type ModelChoice, type Standing, traitsOf, type Wish } from './plan';
import {
  bounds,
  defaultStrategy,
  type EndpointKind,
  guardrailsRefusal,
  offersFor,
  problemsOf,
  type StrategyKind,
  strategyKinds,
} from './strategy';

export const draftFields = [
  'endpoint',
  'kind',
  'role',
  'instanceType',
  'instances',
  'memory',
  'concurrency',
  'output',
  'strategy',
  'unit',
  'size',
  'interval',
  'bake',
  'timeout',
  'errors',
  'modelErrors',
  'latency',
  'period',
  'capturePercent',
  'captureDestination',
  'scaleMin',
  'scaleMax',
  'scaleTarget',
  'expires',
] as const;
export type DraftField = (typeof draftFields)[number];
export type Draft = Readonly<Record<DraftField, string>>;

/** Something in the way of a deployment, or worth a look. */
export interface DraftProblem {
  severity: 'error' | 'warning';
  field?: DraftField;
  text: string;
}

/** What the form stands on first: the environment's wishes, else how the endpoint is, else what suits most. */
export function firstDraft(
  endpoint: string,
  role: string,
  config: DeploymentConfig = {},
  standing?: { kind: EndpointKind; instanceType?: string; instances: number },
): Draft {
  const [errors, latency] = defaultAlarms;
  const { alarms, capture, scaling } = config;
  const text = (value: number | string | undefined, otherwise: number | string = ''): string =>
    String(value ?? otherwise);
  return {
    endpoint,
    kind: config.kind ?? standing?.kind ?? 'real-time',
    role,
    instanceType: config.instanceType ?? standing?.instanceType ?? 'ml.m5.large',
    instances: text(config.instances ?? standing?.instances, 2),
    memory: text(config.memory, 2048),
    concurrency: text(config.concurrency, 5),
    output: config.output ?? '',
    strategy: config.strategy ?? 'canary',
    unit: 'percent',
    size: text(config.percent, defaultStrategy.size.value),
    interval: text(config.interval, defaultStrategy.interval),
    bake: text(config.bake, defaultStrategy.bake),
    timeout: text(config.timeout, defaultStrategy.timeout),
    errors: text(alarms ? alarms.errors : errors?.threshold),
    modelErrors: text(alarms?.modelErrors),
    latency: text(alarms ? alarms.latency : latency?.threshold),
    period: text(alarms?.period, 60),
    capturePercent: text(capture?.percent),
    captureDestination: capture?.destination ?? '',
    scaleMin: text(scaling?.min),
    scaleMax: text(scaling?.max),
    scaleTarget: text(scaling?.target),
    expires: '',
  };
}

/** What a draft asks for, and what is wrong with it. */
export function readDraft(
  draft: Draft,
  model: ModelChoice,
  standing: Standing | undefined,
  reuse?: string,
  now = Date.now(),
): { wish: Wish; problems: DraftProblem[] } {
  const problems: DraftProblem[] = [];
  const wrong = (field: DraftField, text: string): void => void problems.push({ severity: 'error', field, text });
  const whole = (field: DraftField, what: string, least: number): number => {
    const value = Number(draft[field]);
    if (draft[field].trim() === '' || !Number.isInteger(value) || value < least) {
      wrong(field, `${what} must be a whole number of ${least} or more.`);
    }
    return value;
  };
  const kind: EndpointKind = draft.kind === 'serverless' || draft.kind === 'asynchronous' ? draft.kind : 'real-time';
  const strategyKind: StrategyKind = strategyKinds.find((each) => each === draft.strategy) ?? 'all-at-once';
  const isServerless = kind === 'serverless';
  const expires = readExpiry(draft.expires, now);
  const wish: Wish = {
    endpoint: draft.endpoint,
    model,
    kind,
    variant: standing?.base.ProductionVariants[0]?.VariantName ?? 'AllTraffic',
    instanceType: draft.instanceType.trim(),
    instances: isServerless ? 0 : whole('instances', 'The number of instances', 1),
    serverless: { memory: Number(draft.memory), concurrency: Number(draft.concurrency) },
    asynchronous: { output: draft.output.trim() },
    strategy: {
      kind: strategyKind,
      size: { unit: draft.unit === 'instances' ? 'instances' : 'percent', value: Number(draft.size) },
      interval: Number(draft.interval),
      bake: Number(draft.bake),
      timeout: Number(draft.timeout),
    },
    alarms: alarmsIn(draft),
    role: draft.role.trim(),
    ...(draft.capturePercent.trim() === ''
      ? {}
      : { capture: { percent: Number(draft.capturePercent), destination: draft.captureDestination.trim() } }),
    ...(draft.scaleMax.trim() === '' || isServerless
      ? {}
      : { scaling: { min: Number(draft.scaleMin), max: Number(draft.scaleMax), target: Number(draft.scaleTarget) } }),
    ...(expires === undefined ? {} : { expires }),
    ...(reuse === undefined ? {} : { reuse }),
  };
  if (!/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/.test(draft.endpoint)) {
    wrong('endpoint', 'The name of an endpoint holds letters, digits and hyphens, 63 at most.');
  }
  if (!/^arn:[^:]*:iam::\d{12}:role\/.+/.test(wish.role))
    wrong('role', 'The role is an ARN: arn:aws:iam::ACCOUNT:role/NAME.');
  if (!isServerless && !/^ml\.[\w-]+\.[\w-]+$/.test(wish.instanceType)) {
    wrong('instanceType', 'An instance type is named like ml.m5.large.');
  }
  if (draft.expires.trim() !== '' && expires === undefined) {
    wrong('expires', 'This is not a time to come. Write 12h, 3d, 2w, or a day such as 2026-12-24.');
  }
  if (isServerless) checkServerless(wish, wrong);
  if (kind === 'asynchronous' && !/^s3:\/\/[^/]+/.test(wish.asynchronous.output) && !standing) {
    wrong('output', 'Results of an asynchronous endpoint go to an S3 folder: s3://BUCKET/FOLDER.');
  }
  checkCapture(wish, wrong);
  checkScaling(wish, wrong);
  if (kind === 'asynchronous' && wish.scaling?.min === 0) {
    problems.push({
      severity: 'warning',
      field: 'scaleMin',
      text: 'From 0 instances the backlog per instance wakes nobody: the panel of the endpoint adds a step policy on HasBacklogWithoutCapacity when requests wait; or keep one instance.',
    });
  }
  if (standing) checkUpdate(wish, standing, problems);
  return { wish, problems };
}

function alarmsIn(draft: Draft): AlarmRequest[] {
  const period = Number(draft.period);
  const asked: [AlarmMetric, string][] = [
    ['errors', draft.errors],
    ['model-errors', draft.modelErrors],
    ['latency', draft.latency],
  ];
  return asked.flatMap(([metric, threshold]) =>
    threshold.trim() === '' ? [] : [{ metric, threshold: Number(threshold), period, evaluations: 1, datapoints: 1 }],
  );
}

type Wrong = (field: DraftField, text: string) => void;

function checkServerless({ serverless }: Wish, wrong: Wrong): void {
  const { memory, concurrency } = serverless;
  if (memory % 1024 !== 0 || memory < 1024 || memory > 6144)
    wrong('memory', 'Memory is 1024 to 6144 MB, in steps of 1024.');
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 200)
    wrong('concurrency', 'Concurrency is 1 to 200.');
}

function checkCapture({ capture, kind }: Wish, wrong: Wrong): void {
  if (!capture) return;
  if (kind === 'serverless') wrong('capturePercent', 'A serverless endpoint cannot keep requests.');
  if (!Number.isInteger(capture.percent) || capture.percent < 0 || capture.percent > 100) {
    wrong('capturePercent', 'The share of the requests that are kept is 0 to 100 percent.');
  }
  if (!/^s3:\/\/[^/]+/.test(capture.destination))
    wrong('captureDestination', 'Requests are kept in an S3 folder: s3://BUCKET/FOLDER.');
}

function checkScaling({ scaling, kind }: Wish, wrong: Wrong): void {
  if (!scaling) return;
  const least = kind === 'asynchronous' ? 0 : 1;
  if (!Number.isInteger(scaling.min) || scaling.min < least) {
    wrong(
      'scaleMin',
      least === 0
        ? 'The fewest instances are 0 or more.'
        : 'The fewest instances are 1 or more: only asynchronous endpoints scale to 0.',
    );
  }
  if (!Number.isInteger(scaling.max) || scaling.max < Math.max(1, scaling.min))
    wrong('scaleMax', 'The most instances are not fewer than the fewest.');
  if (!(scaling.target > 0)) wrong('scaleTarget', 'The target is a number above 0.');
}

/** What the service would refuse, or do silently, in an update. */
function checkUpdate(wish: Wish, standing: Standing, problems: DraftProblem[]): void {
  const traits = traitsOf(wish, standing);
  const before = kindOfBase(standing.base);
  if (wish.kind !== before && !(before === 'serverless' && wish.kind === 'real-time')) {
    problems.push({
      severity: 'error',
      field: 'kind',
      text: `AWS does not change an endpoint from ${before} to ${wish.kind}. Give the new one another name.`,
    });
  }
  if (guardrailsRefusal(traits) !== undefined) return;
  const refusal = offersFor(traits).find(({ kind }) => kind === wish.strategy.kind)?.refusal;
  if (refusal !== undefined) problems.push({ severity: 'error', field: 'strategy', text: refusal });
  for (const text of problemsOf(wish.strategy, traits.instances))
    problems.push({ severity: 'error', field: 'size', text });
  for (const alarm of wish.alarms) {
    for (const { severity, text } of lintRequest(alarm, wish.strategy))
      problems.push({ severity, field: 'errors', text });
  }
  if (wish.alarms.length >= bounds.alarms)
    problems.push({ severity: 'error', text: 'An update takes 10 alarms at most.' });
}

function kindOfBase(base: Standing['base']): EndpointKind {
  if (base['AsyncInferenceConfig']) return 'asynchronous';
  return base.ProductionVariants.some(({ ServerlessConfig }) => ServerlessConfig) ? 'serverless' : 'real-time';
}

/** What an environment asks of a deployment that does not hold. */
export function gatesOf(
  { requires }: DeploymentConfig,
  facts: { isApproved: boolean; hasDryRun: boolean; alarms: number; isUpdate: boolean },
): string[] {
  if (!requires) return [];
  return [
    ...(requires.approval && !facts.isApproved
      ? ['The environment asks for an approved version. Approve it first.']
      : []),
    ...(requires.dryRun && !facts.hasDryRun ? ['The environment asks for a dry run. Run it first.'] : []),
    ...(requires.alarms && facts.isUpdate && facts.alarms === 0
      ? ['The environment asks for an alarm that watches the update. Set a threshold.']
      : []),
  ];
}
