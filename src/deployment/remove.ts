/** The deletion of an endpoint: what there is around it, and one part after the other. */
import { setTimeout as sleep } from 'node:timers/promises';
import { outcomeOf, type Session } from '../aws';
import { alarmKinds, alarmName } from './model/alarms';
import { type DeletionPart, deletionOf } from './model/deletion';
import type { EndpointState } from './model/endpoint';
import { isBusy } from './model/verdict';
import { readWhole } from './reading';
import { describeAlarms, describeEndpoint, listComponents, makeCall, readScaling } from './service';

/** How long inference components may take until they are gone, in milliseconds. */
const patience = 15 * 60_000;

/** What goes with an endpoint, and what stays. What may not be read is not part of it. */
export async function readDeletion(
  session: Session,
  endpoint: string,
  state: EndpointState,
): Promise<ReturnType<typeof deletionOf>> {
  const variants = state.fleets.map(({ variant }) => variant);
  const names = alarmKinds.map((kind) => alarmName(endpoint, kind));
  const [served, scaling, alarms, components] = await Promise.all([
    readWhole(session, state.config),
    outcomeOf(readScaling(session, endpoint, variants)),
    outcomeOf(describeAlarms(session, names)),
    outcomeOf(listComponents(session, endpoint)),
  ]);
  return deletionOf({
    endpoint,
    config: served.doc ? served.config : undefined,
    models: [...served.models, ...served.shadows].flatMap(({ name, doc }) => (doc ? [name] : [])),
    scaling: scaling.value ?? [],
    alarms: (alarms.value ?? []).flatMap(({ AlarmName }) => AlarmName ?? []),
    components: (components.value ?? []).map(({ name }) => name),
  });
}

/** Deletes part by part and tells of each; when the endpoint itself cannot be deleted, what follows stays. */
export async function* removeParts(
  session: Session,
  endpoint: string,
  parts: readonly DeletionPart[],
): AsyncGenerator<{ label: string; problem?: string }> {
  let waits = false;
  for (const { label, call } of parts) {
    const isEndpoint = call.operation === 'DeleteEndpoint';
    if (isEndpoint && waits) await outcomeOf(componentsGone(session, endpoint));
    waits ||= call.operation === 'DeleteInferenceComponent';
    const { problem } = await outcomeOf(makeCall(session, call));
    yield { label, ...(problem ? { problem: problem.message } : {}) };
    if (problem && isEndpoint) return;
  }
}

/**
 * Waits until the service takes a deletion.
 * @returns undefined where the endpoint is gone meanwhile
 */
export async function settledEndpoint(
  session: Session,
  endpoint: string,
  signal?: AbortSignal,
): Promise<EndpointState | undefined> {
  const pause = session.connection.kind === 'local' ? 200 : 5000;
  for (;;) {
    const state = await describeEndpoint(session, endpoint);
    if (!state || !isBusy(state.status)) return state;
    await sleep(pause, undefined, signal ? { signal } : {});
  }
}

/** AWS deletes an endpoint only when its inference components are gone. */
async function componentsGone(session: Session, endpoint: string): Promise<void> {
  const pause = session.connection.kind === 'local' ? 100 : 5000;
  for (const end = Date.now() + patience; Date.now() < end; await sleep(pause)) {
    const left = await listComponents(session, endpoint);
    if (left.every(({ status }) => status !== 'Deleting')) return;
  }
}
