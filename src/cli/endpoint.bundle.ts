/** `endpoint`: what is served, a request to it, back to a version of before, and its end. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { begin, observe } from '../deployment/deploy';
import { firstDraft, readDraft } from '../deployment/model/draft';
import { versionLabel } from '../deployment/model/endpoint';
import { planOf } from '../deployment/model/plan';
import { historyOf } from '../deployment/model/record';
import { missingOf } from '../deployment/model/references';
import { isBusy, statusRefusal } from '../deployment/model/verdict';
import { readStanding, readVersion } from '../deployment/prepare';
import { kindOf, problemsOf, readEndpoint } from '../deployment/reading';
import { readDeletion, removeParts, settledEndpoint } from '../deployment/remove';
import { describeConfig, describeEndpoint, invoke, listConfigsOf, listEndpoints } from '../deployment/service';
import { isDryRun } from '../deployment/dry-run';
import { outcomeOf } from '../aws';
import { exitCodes, followDeployment, interrupted, verdictLine } from './deploy/follow';
import { failing, type Target, withTarget } from './deploy/target';
import { readOptions, UsageError } from './options';

const verbs = ['status', 'invoke', 'rollback', 'delete'] as const;

/** Exit codes: 0 well, 1 failed, 2 wrong usage, 3 rolled back. */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = readOptions(args, {
    to: { type: 'string' },
    connection: { type: 'string' },
    data: { type: 'string' },
    body: { type: 'string' },
    'content-type': { type: 'string' },
    variant: { type: 'string' },
    'target-model': { type: 'string' },
    component: { type: 'string' },
    version: { type: 'string' },
    wait: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  });
  const [word, name, ...more] = positionals;
  const verb = verbs.find((each) => each === word);
  if (!verb || more.length > 0) throw new UsageError(`Say ${verbs.join(', ')}, and the endpoint.`);
  const endpoint = (): string => {
    if (name === undefined) throw new UsageError(`Name the endpoint: mlops-flow endpoint ${verb} NAME.`);
    return name;
  };
  return failing(() =>
    withTarget({ environment: values.to, connection: values.connection, data: values.data }, (target) => {
      switch (verb) {
        case 'status':
          return name === undefined ? list(target) : status(target, name, values.json);
        case 'invoke':
          return call(target, endpoint(), values);
        case 'rollback':
          return rollBack(target, endpoint(), values);
        case 'delete':
          return remove(target, endpoint(), values);
      }
    }),
  );
}

async function list({ session }: Target): Promise<number> {
  const endpoints = (await listEndpoints(session)).filter(({ name }) => !isDryRun(name));
  for (const { name, status: word } of endpoints) process.stdout.write(`${name}\t${word}\n`);
  return 0;
}

/** What an endpoint serves; 3 where its last deployment was rolled back, 1 where it failed. */
async function status({ session, journal }: Target, endpoint: string, isJson: boolean): Promise<number> {
  const reading = await readEndpoint(session, endpoint, () => journal.latest(endpoint), undefined);
  const { state, serving } = reading;
  if (!state || !serving) throw new Error(`There is no endpoint ${endpoint} on ${session.connection.label}.`);
  const ended = await observe(session, journal, reading);
  const verdict = ended?.verdict ?? reading.record?.verdict;
  const records = await journal.records(endpoint);
  const unread = problemsOf(serving).map(({ message }) => message);
  const facts = {
    endpoint,
    status: state.status,
    serves: serving.label,
    config: state.config,
    instances: state.fleets.map(({ variant, current, desired }) => ({ variant, current, desired })),
    missing: missingOf(serving),
    ...(unread.length > 0 ? { unread } : {}),
    ...(verdict ? { last: verdict } : {}),
    history: historyOf(records).map(({ label, outcome, at, reason }) => ({
      label,
      outcome,
      at: new Date(at).toISOString(),
      ...(reason ? { reason } : {}),
    })),
  };
  if (isJson) process.stdout.write(`${JSON.stringify(facts, undefined, 2)}\n`);
  else {
    process.stdout.write(`${endpoint}\t${state.status}\tserves ${serving.label}\n`);
    if (verdict) process.stdout.write(`${verdictLine(verdict)}\n`);
    for (const each of [...facts.missing, ...unread]) process.stdout.write(`${each}\n`);
    for (const { label, outcome, at } of facts.history) process.stdout.write(`  ${at}  ${label}  ${outcome}\n`);
  }
  return verdict ? exitCodes[verdict.outcome] : 0;
}

interface CallOptions {
  body?: string | undefined;
  'content-type'?: string | undefined;
  variant?: string | undefined;
  'target-model'?: string | undefined;
  component?: string | undefined;
}

async function call({ session }: Target, endpoint: string, options: CallOptions): Promise<number> {
  const { body: file = '-', variant, 'target-model': targetModel, component } = options;
  const body = file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  const contentType = options['content-type'] ?? (file.endsWith('.csv') ? 'text/csv' : 'application/json');
  const answered = await invoke(session, {
    endpoint,
    body: Buffer.from(body),
    contentType,
    ...(variant ? { variant } : {}),
    ...(targetModel ? { targetModel } : {}),
    ...(component ? { component } : {}),
  });
  if (answered.fault) {
    const { status: code, message } = answered.fault;
    process.stderr.write(
      `${code === 0 ? 'The model did not answer in time' : `The model answered ${code}`}: ${message}\n`,
    );
    return 1;
  }
  process.stdout.write(answered.body);
  return 0;
}

/** Back to the version before, or to that which is named, by the config that served it if that is still there. */
async function rollBack(
  target: Target,
  endpoint: string,
  { version, wait }: { version?: string | undefined; wait: boolean },
): Promise<number> {
  const { session, journal, deployment } = target;
  const existing = await readStanding(session, endpoint);
  if (!existing) throw new Error(`There is no endpoint ${endpoint} on ${session.connection.label}.`);
  const refusal = statusRefusal(existing.status);
  if (refusal !== undefined) throw new Error(refusal);
  const { standing, served } = existing;
  const records = historyOf(await journal.records(endpoint)).filter(({ outcome }) => outcome === 'deployed');
  const tagged = (await outcomeOf(listConfigsOf(session, endpoint))).value ?? [];
  const past = [
    ...records,
    ...tagged.map(({ config, model }) => ({ config, model, label: versionLabel(model, config) })),
  ].filter(({ config }) => config !== standing.config);
  const wanted = version === undefined ? past[0] : past.find(({ label }) => label === `v${version.replace(/^v/, '')}`);
  if (!wanted) {
    const known = [...new Set(past.map(({ label }) => label))].join(', ');
    throw new Error(
      version === undefined
        ? `No version before ${standing.label} of ${endpoint} is known here.`
        : `${version} was never deployed to ${endpoint}. There are: ${known || 'none'}.`,
    );
  }
  const type = standing.base.ProductionVariants[0]?.InstanceType;
  const role = served.models[0]?.doc?.ExecutionRoleArn ?? deployment.role ?? '';
  const draft = firstDraft(endpoint, role, deployment, {
    kind: kindOf(served),
    instances: standing.instances,
    ...(type ? { instanceType: type } : {}),
  });
  const { strategy, ...kept } = draft;
  const isWhole = (await describeConfig(session, wanted.config)) !== undefined;
  const { wish, problems } = readDraft(
    // Back is back: at once, and with the instances that there are.
    {
      ...kept,
      strategy: deployment.strategy === undefined ? 'all-at-once' : strategy,
      instances: String(standing.instances),
    },
    await readVersion(session, wanted.model),
    standing,
    isWhole ? wanted.config : undefined,
  );
  const errors = problems.filter(({ severity }) => severity === 'error').map(({ text: what }) => what);
  if (errors.length > 0) throw new UsageError(errors.join(' '));
  const plan = planOf(wish, standing, new Date());
  await begin(session, journal, plan, {
    model: wanted.model,
    standing,
    isRollback: true,
    ...(target.environment === undefined ? {} : { environment: target.environment }),
  });
  if (!wait) {
    process.stdout.write(`Going back to ${wanted.label}.\n`);
    return 0;
  }
  const verdict = await followDeployment(target, endpoint);
  if (verdict === undefined) return interrupted;
  process.stdout.write(`${verdictLine(verdict)}\n`);
  return exitCodes[verdict.outcome];
}

/** Deletes an endpoint, with `all` its config and models too; each part ends by itself. */
async function remove(
  { session }: Target,
  endpoint: string,
  { all, wait }: { all: boolean; wait: boolean },
): Promise<number> {
  const state = await describeEndpoint(session, endpoint);
  if (!state) throw new Error(`There is no endpoint ${endpoint} on ${session.connection.label}.`);
  if (isBusy(state.status) && !wait) {
    throw new Error(
      `${endpoint} is ${state.status}: AWS lets it be deleted only when it has settled. With --wait this is waited for.`,
    );
  }
  const settled = await settledEndpoint(session, endpoint);
  if (!settled) return 0;
  const { goes, stays } = await readDeletion(session, endpoint, settled);
  let code = 0;
  for await (const { label, problem } of removeParts(session, endpoint, all ? [...goes, ...stays] : goes)) {
    process.stdout.write(problem === undefined ? `deleted: ${label}\n` : `not deleted: ${label}\n`);
    if (problem !== undefined) {
      process.stderr.write(`${problem}\n`);
      code = 1;
    }
  }
  if (!all && stays.length > 0) process.stdout.write(`stays: ${stays.map(({ label }) => label).join(', ')}\n`);
  return code;
}
