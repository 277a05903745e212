/** What a deployment changes of an endpoint, before and after. Pure. */
import type { Plan, Standing, VariantInput, Wish } from './plan';

/** A line of the table: what it is, what it is now, and what it will be. */
export interface ChangeRow {
  what: string;
  now: string;
  after: string;
}

/** Counts, weights and what else an update keeps or changes; nothing for a new endpoint, which has no before. */
export function changesOf(plan: Plan, wish: Wish, standing: Standing | undefined): ChangeRow[] {
  if (!standing) return [];
  const variants = standing.base.ProductionVariants;
  const own = variants.find(({ VariantName }) => VariantName === wish.variant);
  const isServerless = wish.kind === 'serverless';
  return [
    { what: 'Version', now: standing.label, after: plan.label },
    ...(isServerless
      ? [{ what: 'Memory and concurrency', now: serverlessOf(own), after: memoryOf(wish) }]
      : [
          { what: 'Instances', now: countOf(standing, own), after: String(plan.fleet) },
          { what: 'Instance type', now: own?.InstanceType ?? '', after: wish.instanceType },
        ]),
    ...variants.map((variant) => {
      const weight = weightOf(variant);
      return {
        what: variants.length > 1 ? `Weight of ${variant.VariantName ?? ''}` : 'Weight',
        now: `as set (${weight} in the config)`,
        after: isServerless ? String(weight) : 'kept',
      };
    }),
    ...(isServerless ? [] : [{ what: 'Autoscaling', now: scalingOf(standing), after: scalingAfter(wish, standing) }]),
    { what: 'Data capture', now: captureOf(standing.base['DataCaptureConfig']), after: captureAfter(wish, standing) },
  ];
}

function weightOf({ InitialVariantWeight: weight }: VariantInput): number {
  return typeof weight === 'number' ? weight : 1;
}

function countOf({ instances }: Standing, own: VariantInput | undefined): string {
  const initial = own?.InitialInstanceCount;
  return initial === undefined || initial === instances
    ? String(instances)
    : `${instances} (${initial} in the config: it was scaled since)`;
}

function memoryOf({ serverless }: Wish): string {
  return `${serverless.memory} MB, ${serverless.concurrency}`;
}

function serverlessOf(own: VariantInput | undefined): string {
  const config: { MemorySizeInMB?: number; MaxConcurrency?: number } | undefined = own?.ServerlessConfig;
  return config ? `${config.MemorySizeInMB ?? ''} MB, ${config.MaxConcurrency ?? ''}` : 'none';
}

function scalingOf({ scaling: [first] }: Standing): string {
  return first ? `${String(first.target['MinCapacity'])} to ${String(first.target['MaxCapacity'])}` : 'none';
}

function scalingAfter({ scaling }: Wish, standing: Standing): string {
  if (standing.scaling.length > 0) return 'kept';
  return scaling ? `${scaling.min} to ${scaling.max}` : 'none';
}

function captureOf(config: unknown): string {
  const { EnableCapture, InitialSamplingPercentage: percent } = (config ?? {}) as {
    EnableCapture?: boolean;
    InitialSamplingPercentage?: number;
  };
  return config === undefined || EnableCapture === false ? 'none' : `${percent ?? 0} %`;
}

function captureAfter({ capture, reuse }: Wish, standing: Standing): string {
  if (reuse !== undefined) return 'as in the config of before';
  return capture ? `${capture.percent} %` : captureOf(standing.base['DataCaptureConfig']);
}
