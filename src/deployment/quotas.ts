/** The quotas that deployments count against, and what runs already. */
import type { ServiceQuota } from '@aws-sdk/client-service-quotas';
import { outcomeOf, type Session } from '../aws';
import { consoleUrl } from '../shared/console-url';
import { type Need, type Quota, quotaFinding, quotaNames, type Usage } from './model/quota';
import type { Check } from './preflight';
import { describeConfig, describeEndpoint, listEndpoints } from './service';

/** So many endpoints are looked into. */
const mostEndpoints = 100;

/** Checks needs against the quotas of a connection. What was read once counts until `forget`. */
export class QuotaCheck {
  private readonly quotas = new Map<string, Promise<Quota[]>>();
  private usage: Promise<Usage> | undefined;

  constructor(private readonly session: () => Promise<Session>) {}

  /** What runs may be something else now. */
  forget(): void {
    this.quotas.clear();
    this.usage = undefined;
  }

  /** A check that never fails: what cannot be read is not known. */
  async of(need: Need): Promise<Check> {
    const base = { id: 'quota', title: 'Quota' } as const;
    const session = await this.session();
    const names = quotaNames(need);
    const key = names.join('\n');
    const quotas = this.quotas.get(key) ?? readQuotas(session, names);
    this.quotas.set(key, quotas);
    this.usage ??= readUsage(session);
    const [found, usage] = await Promise.all([outcomeOf(quotas), outcomeOf(this.usage)]);
    const problem = found.problem ?? usage.problem;
    if (problem) {
      this.forget();
      return { ...base, state: 'unknown', text: problem.message };
    }
    if (!found.value || !usage.value) return { ...base, state: 'unknown', text: 'Not read.' };
    const { quota, ...finding } = quotaFinding(need, found.value, usage.value);
    const isLinked = quota && finding.state !== 'passed' && session.connection.kind !== 'local';
    return {
      ...base,
      ...finding,
      ...(isLinked
        ? { link: consoleUrl(`servicequotas/home/services/sagemaker/quotas/${quota.code}`, session.region) }
        : {}),
    };
  }
}

/**
 * The quotas of SageMaker of these names. Only those that were ever changed or used are sure to be among the applied ones:
 * the others have AWS's default.
 *
 * @see https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_ListServiceQuotas.html
 */
async function readQuotas(session: Session, names: readonly string[]): Promise<Quota[]> {
  const sdk = await import('../aws/serving-sdk.bundle');
  return session.call('read the quotas of SageMaker', async () => {
    const client = session.client('service_quotas', (options) => new sdk.ServiceQuotasClient(options));
    const found = new Map<string, Quota>();
    const question = [{ client, pageSize: 100 }, { ServiceCode: 'sagemaker' }] as const;
    const lists = [
      () => sdk.paginateListServiceQuotas(...question),
      () => sdk.paginateListAWSDefaultServiceQuotas(...question),
    ];
    for (const list of lists) {
      for await (const { Quotas = [] } of list()) {
        for (const quota of Quotas) take(found, names, quota);
        if (found.size === names.length) return [...found.values()];
      }
    }
    return [...found.values()];
  });
}

function take(found: Map<string, Quota>, names: readonly string[], quota: ServiceQuota): void {
  const { QuotaName: name, QuotaCode: code, Value: value } = quota;
  if (name === undefined || code === undefined || value === undefined) return;
  if (names.includes(name) && !found.has(name)) found.set(name, { name, code, value });
}

/** What the endpoints have now; a fleet's instance type stands in its config alone. */
async function readUsage(session: Session): Promise<Usage> {
  const all = await listEndpoints(session);
  const counted = all.filter(({ status }) => status !== 'Failed').slice(0, mostEndpoints);
  const instances = new Map<string, number>();
  const concurrency = new Map<string, number>();
  const add = (to: Map<string, number>, key: string, value: number): void =>
    void to.set(key, (to.get(key) ?? 0) + value);
  await Promise.all(
    counted.map(async ({ name }) => {
      const state = await describeEndpoint(session, name);
      const config = state && (await describeConfig(session, state.config));
      const variants = [...(config?.ProductionVariants ?? []), ...(config?.ShadowProductionVariants ?? [])];
      for (const { VariantName, InstanceType, ServerlessConfig } of variants) {
        const fleet = [...(state?.fleets ?? []), ...(state?.shadows ?? [])].find(
          ({ variant }) => variant === VariantName,
        );
        if (ServerlessConfig) add(concurrency, name, ServerlessConfig.MaxConcurrency ?? 0);
        else if (InstanceType) add(instances, InstanceType, fleet?.current ?? fleet?.desired ?? 0);
      }
      for (const { instanceType, current, desired } of state?.pending?.fleets ?? []) {
        if (instanceType) add(instances, instanceType, desired ?? current ?? 0);
      }
    }),
  );
  return { instances, concurrency, isPartial: all.length > mostEndpoints };
}
