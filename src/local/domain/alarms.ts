import type { AlarmHistoryItem, CompositeAlarm, MetricAlarm, StateValue } from '@aws-sdk/client-cloudwatch';
import { part, recordsOf } from '../store/part';
import type { Store } from '../store/store';
import { account, region } from './arns';

/** An alarm of CloudWatch. */
export interface Alarm {
  name: string;
  createdAt: Date;
  state: StateValue;
  /** When its state was set by hand: it is not evaluated for a while. */
  heldSince?: Date;
  /** What DescribeAlarms says of it. */
  doc: { kind: 'metric'; alarm: MetricAlarm } | { kind: 'composite'; alarm: CompositeAlarm };
}

export interface AlarmEvent {
  id: string;
  alarm: string;
  at: Date;
  item: AlarmHistoryItem;
}

const alarmRecords = recordsOf<Alarm>(
  'alarms',
  { columns: 'state TEXT NOT NULL, created REAL NOT NULL' },
  ({ name, state, createdAt }) => ({ id: name, state, created: createdAt.getTime() }),
);

export const alarmHistory = recordsOf<AlarmEvent>(
  'alarm_history',
  {
    columns: 'alarm TEXT NOT NULL, type TEXT NOT NULL, at REAL NOT NULL',
    indexes: 'CREATE INDEX IF NOT EXISTS alarm_history_of ON alarm_history (alarm, at)',
  },
  ({ id, alarm, at, item }) => ({ id, alarm, type: item.HistoryItemType ?? '', at: at.getTime() }),
);

/** Alarms with their states, and who hears of a change. */
class Alarms {
  private readonly listeners = new Set<() => void>();

  constructor(private readonly store: Store) {}

  get records(): ReturnType<typeof alarmRecords> {
    return alarmRecords(this.store);
  }

  /** Those of the named alarms, or of their ARNs, that are in ALARM. */
  firing(names: readonly string[]): string[] {
    return names.filter((name) => this.records.get(alarmName(name))?.state === 'ALARM');
  }

  /** Hears of every change of a state. @returns what ends it */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Notes a state, and its change in the history. @param byHand it stays for a while */
  setState(alarm: Alarm, state: StateValue, reason: string, data?: string, byHand = false): void {
    const at = new Date();
    const changed = alarm.state !== state;
    const told = {
      StateValue: state,
      StateReason: reason,
      StateReasonData: data,
      StateUpdatedTimestamp: at,
      StateTransitionedTimestamp: changed ? at : alarm.doc.alarm.StateTransitionedTimestamp,
    };
    const doc = { ...alarm.doc, alarm: { ...alarm.doc.alarm, ...told } } as Alarm['doc'];
    const { heldSince: _, ...rest } = alarm;
    this.records.put({ ...rest, state, doc, ...(byHand ? { heldSince: at } : {}) });
    if (!changed) return;
    this.note(alarm, 'StateUpdate', `Alarm updated from ${alarm.state} to ${state}`, {
      version: '1.0',
      oldState: { stateValue: alarm.state, stateReason: alarm.doc.alarm.StateReason ?? '' },
      newState: { stateValue: state, stateReason: reason },
    });
    for (const listener of this.listeners) listener();
  }

  /** Adds to the history of an alarm. */
  note(alarm: Alarm, type: 'StateUpdate' | 'ConfigurationUpdate', summary: string, data: object): void {
    const at = new Date();
    const item: AlarmHistoryItem = {
      AlarmName: alarm.name,
      AlarmType: alarm.doc.kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm',
      Timestamp: at,
      HistoryItemType: type,
      HistorySummary: summary,
      HistoryData: JSON.stringify(data),
    };
    alarmHistory(this.store).put({ id: crypto.randomUUID(), alarm: alarm.name, at, item });
  }
}

export const alarms = Object.assign(
  part({ name: 'alarm states', migrations: [] }, (store) => new Alarms(store)),
  { tables: [alarmRecords, alarmHistory] },
);

/** The name in an alarm's ARN, or the name as it is. */
export function alarmName(nameOrArn: string): string {
  return /^arn:[^:]+:cloudwatch:[^:]*:\d{12}:alarm:(.+)$/s.exec(nameOrArn)?.[1] ?? nameOrArn;
}

export function alarmArn(name: string): string {
  return `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;
}
