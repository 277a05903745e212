/**
 * A dry run: the very archive is served on this machine by an endpoint of Local that goes again, and asked once. It
 * fails here as it would on AWS after ten minutes: at loading, at /ping, at the first request.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '../aws';
import { helpFor } from './model/failures';
import type { Call } from './model/plan';
import { isBusy } from './model/verdict';
import type { Version } from './prepare';
import { describeEndpoint, getObject, invoke, listEndpoints, logTail, makeCall, putObject } from './service';

/** What a request is made of. */
export interface Sample {
  body: string;
  contentType: string;
  accept?: string;
}

export interface DryRunResult {
  isGood: boolean;
  /** What happened, in a sentence. */
  text: string;
  /** Milliseconds until it was ready, and of the request. */
  startup?: number;
  latency?: number;
  answer?: string;
  /** The end of the container's log, where it failed. */
  log?: string[];
}

const pollInterval = 250;
/** Milliseconds after which a container that is not ready is given up. */
const patience = 5 * 60_000;
/** A request that takes longer than this, in milliseconds, is worth a word: AWS ends one at 60 seconds. */
const slow = 20_000;
const prefix = 'dry-run-';
/** A dry run that is older than this, in milliseconds, was left by a window that ended. */
const leftAfter = 15 * 60_000;
const role = 'arn:aws:iam::000000000000:role/execution';

/**
 * Serves a version on Local and sends it a sample.
 *
 * @param from the session whose archive is served
 */
export async function dryRun(
  local: Session,
  from: Session,
  version: Version,
  sample: Sample | undefined,
  signal: AbortSignal,
): Promise<DryRunResult> {
  const name = `${prefix}${crypto.randomUUID().slice(0, 8)}`;
  await removeLeft(local);
  const data = version.data === undefined ? undefined : await onLocal(local, from, version.data);
  const made: Call[] = [];
  const make = async (operation: string, input: Record<string, unknown>, undo: Call): Promise<void> => {
    await makeCall(local, { service: 'sagemaker', operation, input, purpose: 'Serve the archive on this machine' });
    made.unshift(undo);
  };
  const undo = (operation: string, input: Record<string, unknown>): Call => ({
    service: 'sagemaker',
    operation,
    input,
    purpose: 'Remove the dry run',
  });
  try {
    await make(
      'CreateModel',
      {
        ModelName: name,
        PrimaryContainer: {
          Image: version.image,
          ...(data ? { ModelDataUrl: data } : {}),
          Environment: version.environment,
        },
        ExecutionRoleArn: role,
      },
      undo('DeleteModel', { ModelName: name }),
    );
    const variant = {
      VariantName: 'AllTraffic',
      ModelName: name,
      InstanceType: 'ml.m5.large',
      InitialInstanceCount: 1,
    };
    await make(
      'CreateEndpointConfig',
      { EndpointConfigName: name, ProductionVariants: [variant] },
      undo('DeleteEndpointConfig', { EndpointConfigName: name }),
    );
    const started = Date.now();
    await make(
      'CreateEndpoint',
      { EndpointName: name, EndpointConfigName: name },
      undo('DeleteEndpoint', { EndpointName: name }),
    );
    const reason = await settled(local, name, signal);
    const startup = Date.now() - started;
    if (reason !== undefined) {
      return {
        isGood: false,
        text: [reason, helpFor(reason)?.text].join(' ').trim(),
        startup,
        log: await logTail(local, name, '', 40),
      };
    }
    return { startup, ...(await ask(local, name, sample)) };
  } finally {
    for (const call of made) await makeCall(local, call).catch(() => undefined);
  }
}

/** True for the name of an endpoint that a dry run has made. */
export function isDryRun(endpoint: string): boolean {
  return endpoint.startsWith(prefix);
}

/** Deletes what dry runs have left whose window ended in the middle. */
async function removeLeft(local: Session): Promise<void> {
  const endpoints = await listEndpoints(local);
  const left = endpoints.filter(
    ({ name, status, created = 0 }) => isDryRun(name) && !isBusy(status) && Date.now() - created > leftAfter,
  );
  for (const { name } of left) {
    const call: Call = {
      service: 'sagemaker',
      operation: 'DeleteEndpoint',
      input: { EndpointName: name },
      purpose: 'Remove a dry run',
    };
    await makeCall(local, call).catch(() => undefined);
  }
}

/** Sends the sample; without one, that the container answers /ping is all that is known. */
async function ask(
  local: Session,
  endpoint: string,
  sample: Sample | undefined,
): Promise<Omit<DryRunResult, 'startup'>> {
  if (!sample) return { isGood: true, text: 'It loads and answers /ping. Give a sample request to try more.' };
  const { body, contentType, accept } = sample;
  const started = performance.now();
  const answered = await invoke(local, {
    endpoint,
    body: Buffer.from(body),
    contentType,
    ...(accept === undefined ? {} : { accept }),
  });
  const latency = performance.now() - started;
  if (answered.fault) {
    const { status, message } = answered.fault;
    return {
      isGood: false,
      text: `The sample was answered with ${status === 0 ? 'no status: it took too long' : status}: ${message.split('\n')[0] ?? ''}`,
      latency,
      log: await logTail(local, endpoint, '', 40),
    };
  }
  const answer = Buffer.from(answered.body).toString('utf8').slice(0, 2000);
  const hint = latency > slow ? ' It is slow: AWS ends a real-time request after 60 seconds.' : '';
  return { isGood: true, text: `It answers the sample.${hint}`, latency, answer };
}

/** Waits until the endpoint serves. @returns why it does not; undefined where it does */
async function settled(local: Session, name: string, signal: AbortSignal): Promise<string | undefined> {
  const end = Date.now() + patience;
  for (;;) {
    const state = await describeEndpoint(local, name);
    if (state && !isBusy(state.status))
      return state.status === 'InService' ? undefined : (state.reason ?? 'It does not start.');
    if (Date.now() > end) return 'It was not ready after five minutes.';
    await sleep(pollInterval, undefined, { signal });
  }
}

/** The archive where Local can read it. */
async function onLocal(local: Session, from: Session, data: string): Promise<string> {
  if (from.connection.kind === 'local') return data;
  const bytes = await getObject(from, data);
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  const uri = `s3://sagemaker-${local.region}-000000000000/dry-run/${digest}/model.tar.gz`;
  await putObject(local, uri, bytes);
  return uri;
}

/** The first lines of a CSV or JSON file, as a request. */
export function sampleOf(path: string, text: string): Sample {
  if (/\.jsonl?$/.test(path)) return { body: text, contentType: 'application/json' };
  return { body: text, contentType: path.endsWith('.csv') ? 'text/csv' : 'text/plain' };
}
