import type { Change, Counts, Ground } from '../domain/endpoints';
import { type Clock, lengthOf } from './clock';
import { StartError } from './instance';
import { after, planRollback } from './plan';

/** The alarms that a deployment watches. */
export interface AlarmWatch {
  /** Those of the named ones that are in ALARM. */
  firing(names: readonly string[]): string[];
  /** Hears of every change of a state. @returns what ends it */
  onChange(listener: () => void): () => void;
}

/** What a change of an endpoint is carried out with. */
export interface Scene {
  clock: Clock;
  alarms: AlarmWatch;
  /** Starts instances, all or none. @throws {StartError} */
  launch(fleet: 'old' | 'new', counts: Counts, signal: AbortSignal): Promise<void>;
  retire(fleet: 'old' | 'new', counts: Counts): Promise<void>;
  /** Sends traffic as the ground says, from this moment on. */
  route(ground: Ground): void;
  /** Writes down how far it has come. */
  save(change: Change): void;
}

/** What a change came to. */
export type Outcome =
  | { kind: 'done' }
  /** Everything is as it was. */
  | { kind: 'rolledBack'; reason: string }
  /** It could not even go back; of a creation, there is nothing. */
  | { kind: 'failed'; reason: string };

/**
 * Carries out a change of an endpoint from where it is, to its end or all the way back: alarms and time count while it
 * bakes, instances that cannot be had count in every phase, and what follows the last bake is not turned back.
 * @param full instances of the old fleet when all are there
 * @throws the signal's reason when it is aborted: the change goes on with the next start
 */
export async function carryOut(start: Change, full: Counts, scene: Scene, signal: AbortSignal): Promise<Outcome> {
  let change = start;
  const note = (next: Partial<Change>): void => {
    change = { ...change, ...next, entered: new Date(scene.clock.now()) };
    scene.save(change);
  };
  scene.route(change.ground);
  for (;;) {
    const phase = change.phases[change.at];
    if (!phase) {
      return change.rollback ? { kind: 'rolledBack', reason: change.rollback.reason } : { kind: 'done' };
    }
    const trouble = await perform(change, scene, signal);
    signal.throwIfAborted();
    if (trouble === undefined) {
      const ground = after(change.ground, phase);
      if (phase.kind === 'shift') scene.route(ground);
      note({ ground, at: change.at + 1 });
      continue;
    }
    if (change.rollback || change.kind === 'create') return { kind: 'failed', reason: trouble };
    if (change.kind === 'capacity') return { kind: 'rolledBack', reason: trouble };
    const phases = planRollback(change.ground, full, change.rollbackBatch);
    note({ phases, at: 0, rollback: { reason: trouble } });
  }
}

/** Does one phase. @returns why it cannot be, or must not stay; undefined when it is done */
async function perform(change: Change, scene: Scene, signal: AbortSignal): Promise<string | undefined> {
  const phase = change.phases[change.at];
  if (!phase) return undefined;
  switch (phase.kind) {
    case 'launch': {
      const limit = new Limit(change, scene, signal);
      try {
        await scene.launch(phase.fleet, phase.counts, limit.signal);
        return undefined;
      } catch (error) {
        signal.throwIfAborted();
        if (limit.isOver) return timedOut(change);
        if (error instanceof StartError) return error.message;
        throw error;
      } finally {
        limit.end();
      }
    }
    case 'bake': {
      const limit = new Limit(change, scene, signal);
      const { clock, alarms } = scene;
      const over = change.entered.getTime() + lengthOf(phase.seconds, clock);
      const firing = (): string[] => alarms.firing(change.alarms);
      let stop = (): void => undefined;
      const alarmed = new Promise<void>((resolve) => {
        stop = alarms.onChange(() => {
          if (firing().length > 0) resolve();
        });
      });
      try {
        if (firing().length === 0) await Promise.race([clock.until(over, limit.signal), alarmed]);
      } catch (error) {
        signal.throwIfAborted();
        if (!limit.isOver) throw error;
        return timedOut(change);
      } finally {
        stop();
        limit.end();
      }
      const names = firing();
      return names.length > 0 ? `The deployment was rolled back: ${inAlarm(names)} while it baked.` : undefined;
    }
    case 'retire':
      await scene.retire(phase.fleet, phase.counts);
      return undefined;
    case 'shift':
      return undefined;
  }
}

/** The time that a change may take as a whole; its way back has no limit. */
class Limit {
  readonly signal: AbortSignal;
  isOver = false;
  private readonly abort = new AbortController();

  constructor({ started, timeout, rollback }: Change, { clock }: Scene, signal: AbortSignal) {
    this.signal = AbortSignal.any([signal, this.abort.signal]);
    if (timeout === undefined || rollback) return;
    void this.watch(clock, started.getTime() + lengthOf(timeout, clock));
  }

  private async watch(clock: Clock, end: number): Promise<void> {
    try {
      await clock.until(end, this.signal);
    } catch {
      return;
    }
    this.isOver = true;
    this.abort.abort();
  }

  end(): void {
    this.abort.abort();
  }
}

function timedOut({ timeout }: Change): string {
  return `The deployment was rolled back: it did not end within MaximumExecutionTimeoutInSeconds (${timeout}).`;
}

function inAlarm(names: readonly string[]): string {
  return names.length === 1 ? `the alarm ${names[0]} was in ALARM` : `the alarms ${names.join(', ')} were in ALARM`;
}
