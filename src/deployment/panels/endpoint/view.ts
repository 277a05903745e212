/** What the panel of an endpoint shows, made from a reading. Pure. */
import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { formatNumber } from '../../../shared/format';
import type { Tone } from '../../../shared/status';
import { courseOf } from '../../deploy';
import { alarmName, lintAlarm } from '../../model/alarms';
import { versionLabel } from '../../model/endpoint';
import { helpFor } from '../../model/failures';
import { livePhases, measuredShare, positionOf } from '../../model/live';
import { type DeploymentRecord, historyOf, openCalls } from '../../model/record';
import { missingOf } from '../../model/references';
import { isWakePolicy } from '../../model/wake';
import { shadowRefusal, sharesOf } from '../../model/variants';
import { isBusy, type Outcome } from '../../model/verdict';
import type { VariantFigures } from '../../metrics';
import { endpointTone } from '../../model/words';
import { type EndpointReading, kindOf, problemsOf, sharingOf, type Served } from '../../reading';
import type { TaggedConfig } from '../../service';
import type { AlarmView, ChartView, DeploymentView, EndpointView, FleetView } from './contract';

/** A value of a metric counts as now for so many milliseconds. */
const freshMetric = 5 * 60_000;

const outcomeTones: Record<Outcome, Tone> = {
  'under-way': 'busy',
  deployed: 'good',
  'rolled-back': 'bad',
  failed: 'bad',
  gone: 'quiet',
};

const outcomeWords: Record<Outcome, string> = {
  'under-way': 'Under way',
  deployed: 'Deployed',
  'rolled-back': 'Rolled back',
  failed: 'Failed',
  gone: 'Deleted',
};

/** The past of an endpoint: the records of its deployments, the newest first, and configs that tell by their tags. */
export interface Past {
  records: readonly DeploymentRecord[];
  tagged: readonly TaggedConfig[];
  /** Why what was deployed from elsewhere is not known. */
  problem?: Error;
}

/** The view of a reading. */
export function endpointView(
  reading: EndpointReading,
  past: Past,
  connection: string,
  speed = 1,
): EndpointView | undefined {
  const { state, serving, record } = reading;
  if (!state || !serving) return undefined;
  const deployment = record && deploymentView(reading, record, speed);
  const sharing = sharingOf(serving);
  const model = serving.models.find(({ version }) => version)?.version;
  return {
    name: state.name,
    arn: state.arn,
    connection,
    status: state.status,
    tone:
      deployment && deployment.tone !== 'good' && deployment.tone !== 'quiet'
        ? deployment.tone
        : endpointTone(state.status),
    serving: { label: serving.label, config: serving.config, ...(model ? { model } : {}) },
    kind: kindOf(serving),
    ...(sharing === undefined ? {} : { sharing }),
    variants: state.fleets.map(({ variant }) => variant),
    ...variantsOf(reading),
    fleets: fleetsOf(reading),
    alarms: (reading.alarms.value ?? []).map((alarm) => alarmView(alarm, reading)),
    ...(deployment ? { deployment } : {}),
    history: historyView(past, state.config),
    ...(reading.expires === undefined ? {} : { expires: reading.expires }),
    missing: missingOf(serving),
    ...scalingOf(reading),
    ...queueOf(reading),
    problems: problemsIn(reading, past),
  };
}

/** Why some of it cannot be told, each reason once. */
function problemsIn(reading: EndpointReading, past: Past): string[] {
  const { alarms, charts, counts, scaling, shadowFigures, expiryProblem, serving, coming } = reading;
  const problems = [
    ...[serving, coming].flatMap((served) => (served ? problemsOf(served) : [])),
    ...[alarms, charts, counts, scaling, shadowFigures].flatMap((outcome) => outcome?.problem ?? []),
    expiryProblem,
    past.problem,
  ];
  return [...new Set(problems.flatMap((problem) => problem?.message ?? []))];
}

function historyView({ records, tagged }: Past, current: string): EndpointView['history'] {
  const entries = historyOf(records).map((entry) => ({
    config: entry.config,
    label: entry.label,
    model: entry.model,
    at: entry.at,
    outcome: outcomeWords[entry.outcome],
    tone: outcomeTones[entry.outcome],
    ...(entry.reason ? { reason: entry.reason } : {}),
    isCurrent: entry.config === current,
  }));
  const known = new Set(entries.map(({ config }) => config));
  const others = tagged
    .filter(({ config }) => !known.has(config))
    .map(({ config, model, created }) => ({
      config,
      label: versionLabel(model, config),
      model,
      at: created,
      outcome: 'Deployed from another machine',
      tone: 'quiet' as const,
      isCurrent: config === current,
    }));
  return [...entries, ...others].sort((a, b) => b.at - a.at);
}

function deploymentView(reading: EndpointReading, record: DeploymentRecord, speed: number): DeploymentView {
  const { state, counts } = reading;
  const { verdict, timeline, endedAt } = record;
  const course = courseOf(record, speed);
  const furthest = Math.max(0, ...record.phases.keys());
  const isDeployed = verdict?.outcome === 'deployed';
  const position = verdict
    ? { phase: isDeployed ? timeline.phases.length : furthest, isRollingBack: !isDeployed, share: isDeployed ? 100 : 0 }
    : state
      ? positionOf(state, course)
      : { phase: furthest, isRollingBack: false, share: 0 };
  const requests = counts.value ?? { old: 0, new: 0 };
  const measured = measuredShare(requests);
  const outcome = verdict?.outcome ?? 'under-way';
  const isGoingBack = !verdict && position.isRollingBack;
  const help = verdict?.reason === undefined ? undefined : helpFor(verdict.reason)?.text;
  return {
    title:
      verdict?.title ??
      (isGoingBack
        ? `Rolling back to ${record.before?.label ?? 'the version before'}`
        : `Deploying ${record.asked.label}`),
    tone: isGoingBack ? 'bad' : outcomeTones[outcome],
    ...(verdict?.reason
      ? { reason: verdict.reason }
      : isGoingBack && record.tripped[0]
        ? { reason: `The alarm ${record.tripped[0].name} fired: ${record.tripped[0].reason}` }
        : {}),
    ...(help ? { help } : {}),
    ...(record.before ? { from: record.before.label } : {}),
    to: record.asked.label,
    startedAt: record.startedAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    isRollingBack: isGoingBack,
    phases: livePhases(timeline, position, record.phases, endedAt).map((phase) => ({
      title: phase.title,
      state: phase.state,
      isWatched: phase.isWatched,
      seconds: phase.seconds,
      isEstimate: phase.isEstimate,
      ...(phase.startedAt === undefined ? {} : { startedAt: phase.startedAt }),
      ...(phase.endedAt === undefined ? {} : { endedAt: phase.endedAt }),
      ...(phase.endsAt === undefined ? {} : { endsAt: phase.endsAt }),
    })),
    planned: position.share,
    ...(measured === undefined ? {} : { measured }),
    requests: requests.new,
    events: [...record.events].reverse(),
    openCalls: openCalls(record).length,
    ...(verdict
      ? {}
      : { abort: abortOf(record, timeline.phases[position.phase]?.isWatched ?? false, position.isRollingBack) }),
  };
}

/** What an abort does in this phase. */
function abortOf(
  record: DeploymentRecord,
  isWatched: boolean,
  isRollingBack: boolean,
): NonNullable<DeploymentView['abort']> {
  if (isRollingBack) return { isPossible: false, text: 'It is rolling back already.' };
  if (!record.alarms.includes(alarmName(record.endpoint, 'abort'))) {
    return { isPossible: false, text: 'AWS has no call that ends an update, and this one has no alarm that could.' };
  }
  if (record.wasAborted) return { isPossible: false, text: 'The abort alarm is set. AWS rolls back in the next bake.' };
  return isWatched
    ? { isPossible: true, text: 'Sets the abort alarm: AWS takes all traffic back to the old version now.' }
    : {
        isPossible: true,
        text: 'Sets the abort alarm: AWS looks at it in the next bake, and takes all traffic back then.',
      };
}

function fleetsOf({ state, serving, coming }: EndpointReading): FleetView[] {
  if (!state) return [];
  const view =
    (isNew: boolean, served: Served | undefined) =>
    (fleet: (typeof state.fleets)[number]): FleetView => {
      const type =
        fleet.instanceType ??
        served?.doc?.ProductionVariants?.find(({ VariantName }) => VariantName === fleet.variant)?.InstanceType;
      return {
        label: served?.label ?? '',
        isNew,
        variant: fleet.variant,
        current: fleet.current ?? 0,
        desired: fleet.desired ?? fleet.current ?? 0,
        ...(type ? { instanceType: type } : {}),
      };
    };
  return [...state.fleets.map(view(false, serving)), ...(state.pending?.fleets ?? []).map(view(true, coming))];
}

function alarmView(alarm: MetricAlarm, { state, serving, record }: EndpointReading): AlarmView {
  const { AlarmName: name = '', MetricName: metric = '', Threshold: threshold = 0, Period: period = 60 } = alarm;
  const isLatency = metric.endsWith('Latency');
  const statistic = alarm.ExtendedStatistic ?? alarm.Statistic?.toLowerCase() ?? '';
  const limit = isLatency ? `${formatNumber(threshold / 1000)} ms` : formatNumber(threshold);
  const isAbort = name === alarmName(state?.name ?? '', 'abort');
  const config = record?.asked.config ?? serving?.config ?? '';
  return {
    name,
    state: alarm.StateValue ?? 'INSUFFICIENT_DATA',
    reason: alarm.StateReason ?? '',
    rule: isAbort ? 'only by hand' : `${metric}, ${statistic} over ${period} s, above ${limit}`,
    findings: lintAlarm(alarm, { endpoint: state?.name ?? '', variant: state?.fleets[0]?.variant ?? '', config }).map(
      ({ text }) => text,
    ),
    isAbort,
  };
}

function variantsOf({
  state,
  serving,
  shadowFigures,
}: EndpointReading): Pick<EndpointView, 'traffic' | 'isBusy' | 'shadow' | 'shadowRefusal'> {
  const fleets = state?.fleets ?? [];
  const labelOf = (variant: string): string => {
    const model = [...(serving?.models ?? []), ...(serving?.shadows ?? [])].find((each) => each.variant === variant);
    return versionLabel(model?.version, model?.name ?? '');
  };
  const [shadow] = state?.shadows ?? [];
  const [production] = fleets;
  const refusal = serving?.doc && shadowRefusal(serving.doc);
  return {
    traffic: sharesOf(fleets).map((each) => ({ ...each, label: labelOf(each.variant) })),
    isBusy: isBusy(state?.status ?? ''),
    ...(shadow
      ? {
          shadow: {
            label: labelOf(shadow.variant),
            share: Math.min(1, (shadow.weight ?? 0) / (production?.weight || 1)),
            current: shadow.current ?? 0,
            desired: shadow.desired ?? 0,
            ...figuresOf(shadowFigures?.value),
          },
        }
      : refusal === undefined
        ? {}
        : { shadowRefusal: refusal }),
  };
}

function figuresOf(figures: readonly VariantFigures[] = []): { figures?: string } {
  const [production, shadow] = figures;
  if (!production || !shadow || shadow.requests === 0) return {};
  const tell = ({ requests, errors, p90 }: VariantFigures): string =>
    `${requests} requests, ${errors} failed${p90 === undefined ? '' : `, p90 ${formatNumber(p90)} ms`}`;
  return { figures: `In the last 15 minutes: ${tell(shadow)}. In production: ${tell(production)}.` };
}

function scalingOf({ scaling }: EndpointReading): Pick<EndpointView, 'scaling'> {
  const [first] = scaling.value ?? [];
  if (!first) return {};
  const names = first.policies.map(({ PolicyName }) => String(PolicyName));
  return {
    scaling: `${String(first.target['MinCapacity'])} to ${String(first.target['MaxCapacity'])} instances${names.length > 0 ? `, by ${names.join(', ')}` : ''}`,
  };
}

/** What waits now: the last values of the queue's metrics. */
function queueOf({ state, serving, charts, scaling, readAt }: EndpointReading): Pick<EndpointView, 'queue'> {
  if (!serving || kindOf(serving) !== 'asynchronous') return {};
  const last = (name: string): number | undefined => {
    const { times = [], values = [] } = charts.value?.series.find((series) => series.name === name) ?? {};
    return readAt - (times.at(-1) ?? 0) < freshMetric ? values.at(-1) : undefined;
  };
  const waiting = last('waiting') ?? 0;
  const oldest = waiting > 0 ? last('oldest') : undefined;
  const instances = (state?.fleets ?? []).reduce((sum, { current, desired }) => sum + (current ?? desired ?? 0), 0);
  const wakes = (scaling.value ?? []).some(({ policies }) => policies.some(isWakePolicy));
  return {
    queue: {
      waiting,
      ...(oldest === undefined ? {} : { oldest }),
      isStuck: waiting > 0 && instances === 0 && !wakes,
    },
  };
}

const chartTitles: Record<ChartView['id'], string> = {
  requests: 'Requests',
  errors: 'Errors',
  latency: 'Latency, ms',
};

/** The charts of a reading. */
export function chartsOf({ charts }: EndpointReading): ChartView[] {
  const series = charts.value?.series ?? [];
  return (['requests', 'errors', 'latency'] as const).map((id) => ({
    id,
    title: chartTitles[id],
    lines: series.filter(({ chart }) => chart === id).map(({ name, times, values }) => ({ name, times, values })),
  }));
}
