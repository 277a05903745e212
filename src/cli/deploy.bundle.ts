/** `deploy`: a version of a model to an endpoint, by the plan and the record that the editor has too. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { local } from '../aws';
import { begin } from '../deployment/deploy';
import { dryRun, sampleOf } from '../deployment/dry-run';
import { type Draft, draftFields, firstDraft, gatesOf, readDraft } from '../deployment/model/draft';
import { formatPlan, planFormats } from '../deployment/model/formats';
import { planOf } from '../deployment/model/plan';
import { needOf } from '../deployment/model/quota';
import { strategyKinds } from '../deployment/model/strategy';
import { statusRefusal } from '../deployment/model/verdict';
import { readStanding, readVersion, type Version } from '../deployment/prepare';
import { QuotaCheck } from '../deployment/quotas';
import { kindOf } from '../deployment/reading';
import { smoke } from '../deployment/smoke';
import { exitCodes, followDeployment, interrupted, verdictLine } from './deploy/follow';
import { arnOf, failing, localRole, type Target, withTarget } from './deploy/target';
import { choose, fieldsOf, readOptions, UsageError } from './options';

/** Exit codes: 0 deployed or begun, 1 failed or refused, 2 wrong usage, 3 rolled back. */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = readOptions(args, {
    to: { type: 'string' },
    connection: { type: 'string' },
    data: { type: 'string' },
    endpoint: { type: 'string' },
    strategy: { type: 'string' },
    set: { type: 'string', multiple: true, default: [] },
    plan: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
    wait: { type: 'boolean', default: false },
  });
  const [model, ...more] = positionals;
  if (model === undefined || more.length > 0) throw new UsageError('Name one model: GROUP, GROUP:VERSION or an ARN.');
  const strategy = values.strategy === undefined ? undefined : choose('strategy', values.strategy, strategyKinds);
  const format = values.plan === undefined ? undefined : choose('plan', values.plan, planFormats);
  const fields = fieldsOf(values.set, draftFields);
  return failing(() =>
    withTarget({ environment: values.to, connection: values.connection, data: values.data }, async (target) => {
      const { session, journal, deployment } = target;
      const version = await readVersion(session, await arnOf(session, model));
      const endpoint = values.endpoint ?? deployment.endpoint ?? version.group;
      const existing = await readStanding(session, endpoint);
      const standing = existing?.standing;
      const type = standing?.base.ProductionVariants[0]?.InstanceType;
      const before = existing &&
        standing && {
          kind: kindOf(existing.served),
          instances: standing.instances,
          ...(type ? { instanceType: type } : {}),
        };
      const ofModel = existing?.served.models[0]?.doc?.ExecutionRoleArn;
      const role = deployment.role ?? ofModel ?? (session.connection.kind === 'local' ? localRole : '');
      const draft: Draft = {
        ...firstDraft(endpoint, role, deployment, before),
        ...(strategy ? { strategy } : {}),
        ...fields,
      };
      const { wish, problems } = readDraft(draft, version, standing);
      const errors = problems.filter(({ severity }) => severity === 'error').map(({ text }) => text);
      if (errors.length > 0) throw new UsageError(errors.join(' '));
      const plan = planOf(wish, standing, new Date());
      if (format !== undefined) {
        process.stdout.write(formatPlan(plan, format));
        return 0;
      }
      const needsDryRun = values['dry-run'] || (deployment.requires?.dryRun ?? false);
      const hasDryRun = needsDryRun && (await tryOut(target, version));
      if (needsDryRun && !hasDryRun) return 1;
      const gates = gatesOf(deployment, {
        isApproved: version.approval === 'Approved',
        hasDryRun,
        alarms: wish.alarms.length,
        isUpdate: standing !== undefined,
      });
      const refusal = existing && statusRefusal(existing.status);
      if (refusal !== undefined) gates.push(refusal);
      if (gates.length > 0) {
        process.stderr.write(`${gates.join('\n')}\n`);
        return 1;
      }
      for (const note of [...plan.notes, ...problems.map(({ text }) => text)]) process.stderr.write(`${note}\n`);
      const quota = await new QuotaCheck(() => Promise.resolve(session)).of(needOf(plan, wish, standing));
      if (quota.state !== 'passed') process.stderr.write(`Quota: ${quota.text}\n`);
      await begin(session, journal, plan, {
        model: version.arn,
        standing,
        ...(target.environment === undefined ? {} : { environment: target.environment }),
      });
      const { account } = await session.identity();
      const place = `arn:aws:sagemaker:${session.region}:${account}:endpoint/${endpoint}`;
      const begun = `Deploying ${version.group} version ${version.version} to ${endpoint} (${place}).\n`;
      // By its ARN a log of a build leads to the endpoint.
      (values.wait ? process.stderr : process.stdout).write(begun);
      if (!values.wait) return 0;
      const verdict = await followDeployment(target, endpoint);
      if (verdict === undefined) return interrupted;
      if (verdict.outcome === 'deployed') await sendSample(target, endpoint);
      process.stdout.write(`${verdictLine(verdict)}\n`);
      return exitCodes[verdict.outcome];
    }),
  );
}

/** Asks the new version once, where the environment names a sample. */
async function sendSample(
  { session, journal, root, deployment: { sample: path } }: Target,
  endpoint: string,
): Promise<void> {
  const record = await journal.latest(endpoint);
  if (root === undefined || path === undefined || !record) return;
  const sample = sampleOf(path, await readFile(join(root, path), 'utf8'));
  const text = await smoke(session, journal, record, sample);
  if (text !== undefined) process.stderr.write(`${text}.\n`);
}

/** Serves the archive on this machine first. */
async function tryOut({ session, connections, root, deployment }: Target, version: Version): Promise<boolean> {
  const { sample: path } = deployment;
  const sample =
    root === undefined || path === undefined ? undefined : sampleOf(path, await readFile(join(root, path), 'utf8'));
  const here = session.connection.kind === 'local' ? session : await connections.session(local);
  const { isGood, text, log = [] } = await dryRun(here, session, version, sample, new AbortController().signal);
  process.stderr.write(`Dry run: ${text}\n${log.map((line) => `  ${line}\n`).join('')}`);
  return isGood;
}
