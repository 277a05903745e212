/** Follows a deployment on the command line to its verdict. */
import { setTimeout as sleep } from 'node:timers/promises';
import { observe } from '../../deployment/deploy';
import type { Verdict } from '../../deployment/model/verdict';
import { type EndpointReading, readEndpoint } from '../../deployment/reading';
import { formatClock } from '../../shared/format';
import type { Target } from './target';

/** Exit codes by what became of a deployment. */
export const exitCodes: Readonly<Record<Verdict['outcome'], number>> = {
  deployed: 0,
  'under-way': 0,
  failed: 1,
  gone: 1,
  'rolled-back': 3,
};

/** The exit code after Ctrl-C, as shells have it. */
export const interrupted = 130;

/** Says what happens until the deployment is judged; undefined where Ctrl-C has ended the waiting, and not the deployment. */
export async function followDeployment(target: Target, endpoint: string): Promise<Verdict | undefined> {
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.once('SIGINT', onSignal);
  try {
    return await follow(target, endpoint, stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    const goesOn =
      target.session.connection.kind === 'local'
        ? 'goes on when Local is started again'
        : 'goes on without this command';
    process.stderr.write(`Not waited for any more. The deployment ${goesOn}: mlops-flow endpoint status ${endpoint}\n`);
    return undefined;
  } finally {
    process.off('SIGINT', onSignal);
  }
}

async function follow({ session, journal }: Target, endpoint: string, signal: AbortSignal): Promise<Verdict> {
  const interval = session.connection.kind === 'local' ? 300 : 5000;
  let reading: EndpointReading | undefined;
  let told = 0;
  for (;;) {
    reading = await readEndpoint(session, endpoint, () => journal.latest(endpoint), reading);
    const ended = await observe(session, journal, reading);
    const record = ended?.record ?? (await journal.latest(endpoint));
    for (const { at, text } of record?.events.slice(told) ?? []) process.stderr.write(`${formatClock(at)}  ${text}\n`);
    told = record?.events.length ?? told;
    if (ended) return ended.verdict;
    if (record?.verdict) return record.verdict;
    await sleep(interval, undefined, { signal });
  }
}

/** The verdict in a line. */
export function verdictLine({ title, reason }: Verdict): string {
  return `${title}${reason ? `: ${reason}` : ''}`;
}
