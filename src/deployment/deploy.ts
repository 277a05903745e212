/**
 * Carries plans out, and follows what became of them. Everything goes through the record: what is about to be done is
 * written before it is done, what is seen as soon as it is seen. So a process that ends in the middle loses nothing:
 * the next one that looks goes on.
 */
import { isCancellation, messageOf, UserError } from '../workbench/errors';
import type { Session } from '../aws';
import { alarmName } from './model/alarms';
import { type Course, positionOf } from './model/live';
import type { Call, Plan, Standing } from './model/plan';
import { type Beginning, type DeploymentRecord, openCalls, type RecordLine, saidKey } from './model/record';
import { isBusy, type Verdict, verdictOf } from './model/verdict';
import { type Journal, recordId } from './journal';
import type { EndpointReading } from './reading';
import { makeCall, setAlarm } from './service';

/** Milliseconds after which an update that the service shows nothing of has not begun. */
const patience = 120_000;

/** What a deployment is told of besides its plan. */
export interface DeployContext {
  model: string;
  standing: Standing | undefined;
  environment?: string;
  isRollback?: boolean;
}

/**
 * Makes the calls of a plan up to the one that begins the update.
 *
 * @returns the id of its record
 * @throws what a call was refused with, after what had been taken from the endpoint was put back
 */
export async function begin(
  session: Session,
  journal: Journal,
  plan: Plan,
  { model, standing, environment, isRollback }: DeployContext,
): Promise<string> {
  const { endpoint } = plan;
  const id = recordId(new Date());
  const write = (line: RecordLine): Promise<void> => journal.append(endpoint, id, line);
  const beginning: Beginning = {
    id,
    connection: session.connection.id,
    endpoint,
    asked: { config: plan.config, label: plan.label, model },
    ...(standing
      ? {
          before: {
            config: standing.config,
            label: standing.label,
            ...(standing.changed === undefined ? {} : { changed: standing.changed }),
          },
        }
      : {}),
    strategy: plan.strategy,
    timeline: plan.timeline,
    fleet: plan.fleet,
    alarms: plan.alarms,
    finish: plan.finish,
    restore: plan.restore,
    process: process.pid,
    ...(environment === undefined ? {} : { environment }),
    ...(isRollback ? { isRollback } : {}),
  };
  await write({ type: 'began', at: Date.now(), ...beginning });
  try {
    for (const call of plan.prepare) await recorded(session, call, write);
    await write({ type: 'updating', at: Date.now() });
    await patiently(() => recorded(session, plan.update, write));
  } catch (error) {
    await write({ type: 'refused', at: Date.now() });
    const verdict: Verdict = {
      outcome: 'failed',
      title: `${plan.label} was not deployed`,
      reason: `${messageOf(error)} Nothing has changed for callers.`,
    };
    await write({ type: 'ended', at: Date.now(), verdict });
    await complete(session, journal, await latest(journal, endpoint, id));
    throw error;
  }
  return id;
}

async function recorded(session: Session, call: Call, write: (line: RecordLine) => Promise<void>): Promise<void> {
  const { operation, purpose } = call;
  try {
    await makeCall(session, call);
    await write({ type: 'call', at: Date.now(), operation, purpose });
  } catch (error) {
    await write({ type: 'call', at: Date.now(), operation, purpose, error: messageOf(error) });
    throw error;
  }
}

/** A config that was just made may not be found at once. */
async function patiently(work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === 4 || !/Could not find endpoint configuration/i.test(messageOf(error))) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000 * tries));
    }
  }
}

/** What is known of the course of a deployment, for its position. */
export function courseOf(record: DeploymentRecord, speed = 1): Course {
  return {
    strategy: record.strategy,
    timeline: record.timeline,
    fleet: record.fleet,
    furthest: Math.max(0, ...record.phases.keys()),
    hasTripped: record.tripped.length > 0,
    speed,
  };
}

/**
 * Writes down what a reading tells of the deployment under way, and ends it when it is over.
 *
 * @returns the verdict when this reading has ended it
 */
export async function observe(
  session: Session,
  journal: Journal,
  reading: EndpointReading,
): Promise<{ record: DeploymentRecord; verdict: Verdict } | undefined> {
  const { record } = reading;
  if (!record || record.verdict) return undefined;
  const write = (line: RecordLine): Promise<void> => journal.append(record.endpoint, record.id, line);
  if (record.updatedAt === undefined) {
    // Another process is still at it, or it ended before the update began.
    if (isAlive(record.process)) return undefined;
    return end(session, journal, record, interrupted(record));
  }
  const now = Date.now();
  for (const line of seenIn(reading, record, now)) await write(line);
  const seen = (await latest(journal, record.endpoint, record.id)) ?? record;
  const verdict = judge(reading, seen, now);
  return verdict.outcome === 'under-way' ? undefined : end(session, journal, seen, verdict);
}

/** What a deployment has come to, by a reading of its endpoint. */
export function judge({ state }: EndpointReading, record: DeploymentRecord, now: number): Verdict {
  const verdict = verdictOf({
    asked: record.asked,
    ...(record.before ? { before: record.before } : {}),
    ...(state
      ? {
          now: {
            status: state.status,
            config: state.config,
            ...(state.changed === undefined ? {} : { changed: state.changed }),
            ...(state.reason ? { reason: state.reason } : {}),
          },
        }
      : {}),
    wasBusy: record.wasBusy,
    alarms: record.tripped,
    wasAborted: record.wasAborted,
  });
  const isSilent = verdict.outcome === 'under-way' && state && !isBusy(state.status);
  return isSilent && now - (record.updatedAt ?? now) > patience ? interrupted(record) : verdict;
}

function interrupted({ asked }: DeploymentRecord): Verdict {
  return {
    outcome: 'failed',
    title: `${asked.label} was not deployed`,
    reason: 'The deployment was interrupted before the update began. Nothing has changed for callers.',
  };
}

/** The lines that a reading adds to a record. */
function seenIn({ state, alarms }: EndpointReading, record: DeploymentRecord, at: number): RecordLine[] {
  if (!state) return [];
  const lines: RecordLine[] = [];
  const say = (line: Extract<RecordLine, { type: 'said' | 'alarm' }>): void => {
    if (!record.said.has(saidKey(line))) lines.push(line);
  };
  say({ type: 'said', at, who: 'endpoint', status: state.status, ...(state.reason ? { message: state.reason } : {}) });
  for (const { variant, status } of state.pending?.fleets ?? []) {
    if (!status) continue;
    const { status: word, message, started } = status;
    say({
      type: 'said',
      at,
      who: variant,
      status: word,
      ...(message ? { message } : {}),
      ...(started === undefined ? {} : { started }),
    });
  }
  const firing = (alarms.value ?? []).filter(
    ({ AlarmName = '', StateValue, StateUpdatedTimestamp }) =>
      StateValue === 'ALARM' &&
      record.alarms.includes(AlarmName) &&
      // One that fired before is not what has turned this update round.
      (StateUpdatedTimestamp?.getTime() ?? at) >= record.startedAt,
  );
  for (const { AlarmName: name = '', StateReason: reason = '' } of firing) {
    say({ type: 'alarm', at, name, state: 'ALARM', reason });
  }
  if (!isBusy(state.status)) return lines;
  const course = courseOf(record);
  const position = positionOf(state, { ...course, hasTripped: course.hasTripped || firing.length > 0 });
  if (!position.isRollingBack && !record.phases.has(position.phase))
    lines.push({ type: 'phase', at, phase: position.phase });
  return lines;
}

async function end(
  session: Session,
  journal: Journal,
  record: DeploymentRecord,
  verdict: Verdict,
): Promise<{ record: DeploymentRecord; verdict: Verdict }> {
  await journal.append(record.endpoint, record.id, { type: 'ended', at: Date.now(), verdict });
  const ended = (await latest(journal, record.endpoint, record.id)) ?? record;
  await complete(session, journal, ended);
  return { record: ended, verdict };
}

/**
 * Makes the calls that follow a deployment which has ended: what was taken from the endpoint is put back. Each of them
 * may be made twice. What fails is in the record, and is tried again when it is asked for.
 *
 * @returns whether all of them were made
 */
export async function complete(
  session: Session,
  journal: Journal,
  record: DeploymentRecord | undefined,
): Promise<boolean> {
  if (!record) return true;
  const write = (line: RecordLine): Promise<void> => journal.append(record.endpoint, record.id, line);
  for (const { call, index } of openCalls(record)) {
    try {
      await recorded(session, call, write);
      await write({ type: 'finished', at: Date.now(), call: index });
    } catch (error) {
      if (isCancellation(error)) throw error;
      return false;
    }
  }
  return true;
}

/**
 * Ends the update under way by the alarm that was made for it.
 *
 * @throws UserError where the update has none
 */
export async function abort(session: Session, journal: Journal, record: DeploymentRecord): Promise<void> {
  const name = alarmName(record.endpoint, 'abort');
  if (!record.alarms.includes(name)) {
    throw new UserError('This update cannot be aborted: AWS has no call for it, and the update has no alarm to trip.');
  }
  await setAlarm(session, name, 'ALARM', 'The deployment was aborted by a person.');
  await journal.append(record.endpoint, record.id, { type: 'aborted', at: Date.now() });
}

async function latest(journal: Journal, endpoint: string, id: string): Promise<DeploymentRecord | undefined> {
  return (await journal.records(endpoint)).find((record) => record.id === id);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
