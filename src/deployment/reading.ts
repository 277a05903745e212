/** Everything that is shown of one endpoint, read at once. A poll changes nothing. */
import type {
  ContainerDefinition,
  DescribeEndpointConfigOutput,
  DescribeModelOutput,
  ProductionVariant,
} from '@aws-sdk/client-sagemaker';
import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { type Outcome, outcomeOf, type Session } from '../aws';
import { type EndpointState, versionLabel } from './model/endpoint';
import { expiryOf } from '../shared/expiry';
import type { Scaling } from './model/plan';
import type { DeploymentRecord } from './model/record';
import { alarmsIn, type EndpointKind } from './model/strategy';
import { type ChartData, readCharts, readCounts, readFigures, type VariantFigures } from './metrics';
import { describeAlarms, describeConfig, describeEndpoint, describeModel, readScaling, tagsOf } from './service';

/** What a config serves, and which of the things that it names are still there. */
export interface Served {
  config: string;
  /** `v7`, or the name of a model that is no version. */
  label: string;
  /** The config itself; absent where it was deleted, or could not be read. */
  doc?: DescribeEndpointConfigOutput;
  /** Why it could not be read. */
  problem?: Error;
  models: ServedModel[];
  /** What runs in the shadow. */
  shadows: ServedModel[];
}

export interface ServedModel {
  variant: string;
  name: string;
  /** The model itself; absent where it was deleted, or could not be read. */
  doc?: DescribeModelOutput;
  /** Why it could not be read. */
  problem?: Error;
  /** The version of the registry that it was made of. */
  version?: string;
}

export interface EndpointReading {
  /** Absent where there is no endpoint of this name. */
  state?: EndpointState;
  serving?: Served;
  coming?: Served;
  alarms: Outcome<MetricAlarm[]>;
  charts: Outcome<ChartData>;
  /** Requests that each fleet of an update has had. */
  counts: Outcome<{ old: number; new: number }>;
  scaling: Outcome<Scaling[]>;
  /** What the variant in production and its shadow have answered lately; absent where there is no shadow. */
  shadowFigures?: Outcome<VariantFigures[]>;
  /** When it is to be gone, by its tag. */
  expires?: number;
  /** Why it is not known when. */
  expiryProblem?: Error;
  record?: DeploymentRecord;
  readAt: number;
}

/** How long the charts go back, in milliseconds. */
const chartWindow = 30 * 60_000;

/**
 * Reads an endpoint.
 *
 * @param before what was read the time before: configs and models never change and are not read again
 */
export async function readEndpoint(
  session: Session,
  name: string,
  record: () => Promise<DeploymentRecord | undefined>,
  before: EndpointReading | undefined,
): Promise<EndpointReading> {
  const [state, latest] = await Promise.all([describeEndpoint(session, name), record()]);
  const now = Date.now();
  const none: EndpointReading = {
    alarms: { value: [] },
    charts: { value: { series: [] } },
    counts: { value: { old: 0, new: 0 } },
    scaling: { value: [] },
    ...(latest ? { record: latest } : {}),
    readAt: now,
  };
  if (!state) return none;
  const known = [before?.serving, before?.coming].flatMap((served) => served ?? []);
  const [serving, coming] = await Promise.all([
    readServed(session, state.config, known),
    state.pending ? readServed(session, state.pending.config, known) : undefined,
  ]);
  const variants = state.fleets.map(({ variant }) => variant);
  const watched = [...new Set([...alarmsIn(state.policy), ...(latest?.alarms ?? [])])];
  const from = new Date(Math.min(now - chartWindow, (latest?.startedAt ?? now) - 60_000));
  const range = {
    from: from.getTime() < now - 4 * chartWindow ? new Date(now - chartWindow) : from,
    to: new Date(now),
  };
  const variant = variants[0] ?? '';
  const configs = latest?.before ? { old: latest.before.config, new: latest.asked.config } : undefined;
  const [shadow] = state.shadows;
  const [alarms, charts, counts, scaling, shadowFigures, tags] = await Promise.all([
    outcomeOf(describeAlarms(session, watched)),
    outcomeOf(readCharts(session, { endpoint: name, variant, kind: kindOf(serving) }, range)),
    configs && latest && latest.endedAt === undefined
      ? outcomeOf(readCounts(session, name, variant, configs, Math.max(latest.startedAt, ...latest.phases.values())))
      : Promise.resolve({ value: { old: 0, new: 0 } }),
    before &&
    now - before.readAt < 60_000 &&
    !before.scaling.problem &&
    before.state?.config === state.config &&
    !state.pending &&
    !before.state.pending
      ? Promise.resolve(before.scaling)
      : outcomeOf(readScaling(session, name, variants)),
    shadow ? outcomeOf(readFigures(session, name, [variant, shadow.variant])) : undefined,
    outcomeOf(tagsOf(session, state.arn)),
  ]);
  const expires = expiryOf(tags.value ?? {});
  return {
    ...none,
    state,
    serving,
    ...(coming ? { coming } : {}),
    alarms,
    charts,
    counts,
    scaling,
    ...(shadowFigures ? { shadowFigures } : {}),
    ...(expires === undefined ? {} : { expires }),
    ...(tags.problem ? { expiryProblem: tags.problem } : {}),
  };
}

/** What a config serves; what of it could not be read hides nothing else. What was read before is kept: configs and models never change, they only go. */
export async function readServed(session: Session, config: string, known: readonly Served[] = []): Promise<Served> {
  const before = known.find((served) => served.config === config);
  if (before?.doc && [...before.models, ...before.shadows].every(({ doc }) => doc)) return before;
  const { value: doc, problem } = before?.doc
    ? { value: before.doc }
    : await outcomeOf(describeConfig(session, config));
  const read = (variants: readonly ProductionVariant[] = []): Promise<ServedModel[]> =>
    // An inference component names its model itself.
    Promise.all(variants.flatMap((variant) => (variant.ModelName === undefined ? [] : [readModel(session, variant)])));
  const [models, shadows] = await Promise.all([read(doc?.ProductionVariants), read(doc?.ShadowProductionVariants)]);
  const labels = [...new Set(models.map(({ version, name }) => versionLabel(version, name)))];
  const label = labels.length > 0 ? labels.join(', ') : config;
  return { config, label, ...(doc ? { doc } : {}), ...(problem ? { problem } : {}), models, shadows };
}

/** What a config serves, for a change that has to know all of it. */
export async function readWhole(session: Session, config: string): Promise<Served> {
  const served = await readServed(session, config);
  const [problem] = problemsOf(served);
  if (problem) throw problem;
  return served;
}

/** Why not all of what a config serves could be read. */
export function problemsOf({ problem, models, shadows }: Served): Error[] {
  return [problem, ...[...models, ...shadows].map((model) => model.problem)].flatMap((each) => each ?? []);
}

async function readModel(
  session: Session,
  { VariantName = '', ModelName = '' }: ProductionVariant,
): Promise<ServedModel> {
  const { value: model, problem } = await outcomeOf(describeModel(session, ModelName));
  const containers = containersOf(model);
  const version = containers.find(({ ModelPackageName }) => ModelPackageName)?.ModelPackageName;
  return {
    variant: VariantName,
    name: ModelName,
    ...(model ? { doc: model } : {}),
    ...(problem ? { problem } : {}),
    ...(version ? { version } : {}),
  };
}

function containersOf(model: DescribeModelOutput | undefined): ContainerDefinition[] {
  if (model?.Containers?.length) return model.Containers;
  return model?.PrimaryContainer ? [model.PrimaryContainer] : [];
}

/** What kind of endpoint a config makes. */
export function kindOf({ doc }: Served): EndpointKind {
  if (doc?.AsyncInferenceConfig) return 'asynchronous';
  return doc?.ProductionVariants?.some(({ ServerlessConfig }) => ServerlessConfig) ? 'serverless' : 'real-time';
}

/** What a request to it must name beside the endpoint: nothing, where each variant has one model. */
export function sharingOf(served: Served): 'components' | 'archives' | undefined {
  if (served.doc?.ProductionVariants?.some(({ ModelName }) => ModelName === undefined)) return 'components';
  return targetsOf(served) === undefined ? undefined : 'archives';
}

/** The S3 folder that a multi-model endpoint takes its models from; undefined where it has one model in each container. */
export function targetsOf({ models }: Served): string | undefined {
  const containers = models.flatMap(({ doc }) => containersOf(doc));
  const shared = containers.find(({ Mode }) => Mode === 'MultiModel');
  return shared?.ModelDataUrl ?? shared?.ModelDataSource?.S3DataSource?.S3Uri;
}
