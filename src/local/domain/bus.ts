import { randomUUID } from 'node:crypto';
import { part } from '../store/part';
import type { Store } from '../store/store';
import { account, region } from './arns';
import { logs } from './logs';

/** An event as EventBridge delivers it. */
export interface BusEvent {
  version: '0';
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  time: string;
  region: string;
  resources: string[];
  detail: object;
}

/** The group in CloudWatch Logs that every event of the default bus goes to, as a rule for all events would send it. */
export const busLogGroup = '/aws/events/default';

/** The default event bus: what happens on Local, told to who listens and kept in the log group. */
export class Bus {
  private readonly listeners = new Set<(event: BusEvent) => void>();

  constructor(private readonly store: Store) {}

  /** Tells an event. */
  emit(source: string, type: string, resources: string[], detail: object, now = new Date()): void {
    const event: BusEvent = {
      version: '0',
      id: randomUUID(),
      'detail-type': type,
      source,
      account,
      time: now.toISOString().replace(/\.\d+Z$/, 'Z'),
      region,
      resources,
      detail,
    };
    const stream = logs(this.store).createStream(busLogGroup, source);
    logs(this.store).append(stream, [JSON.stringify(event)], now.getTime());
    for (const listener of this.listeners) listener(event);
  }

  /** Hears of every event from now on. @returns what ends it */
  listen(listener: (event: BusEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

export const bus = part({ name: 'bus', migrations: [] }, (store) => new Bus(store));
