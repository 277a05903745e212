/** What an audit trail and its host tell each other. */
import { isString, oneOf, shape } from '../../../shared/guards';
import type { PanelContract } from '../../../shared/panel-contract';
import type { Commit, Entry, Subject } from '../../model';

export interface AuditArguments extends Subject {
  connection: string;
}

/** A row of the trail. */
export interface AuditRow extends Pick<Entry, 'id' | 'source' | 'at' | 'who' | 'as' | 'what' | 'comment' | 'error'> {
  /** What it was done to can be opened, or its record can. */
  opens: 'run' | 'version' | undefined;
  recorded: boolean;
  commit?: Pick<Commit, 'id'> & Partial<Commit> & Pick<Entry, 'branch'>;
}

/** How the reading stands. */
export interface AuditState {
  /** The connection's label. */
  connection: string;
  /** The calls are those of the journal of Local. */
  isLocal: boolean;
  days: number;
  state: 'reading' | 'paused' | 'read';
  /** Nothing that happened after this time is missing; milliseconds since the epoch. */
  reached: number;
  /** Events that were looked at. */
  events: number;
  /** Why CloudTrail cannot be read any further. */
  problem?: string;
  /** What may help against it: the text of a button. */
  next?: string;
  rows: AuditRow[];
}

/** Days that can be chosen; CloudTrail keeps 90. */
export const periods = [7, 30, 90] as const;

export type AuditToPanel = { type: 'trail'; trail: AuditState };

export type AuditToHost =
  | { type: 'period'; days: number }
  | { type: 'more' }
  | { type: 'cancel' }
  | { type: 'refresh' }
  /** Does what may help. */
  | { type: 'next' }
  | { type: 'open'; id: string }
  | { type: 'record'; id: string }
  | { type: 'export' };

export const auditPanel: PanelContract<AuditArguments, AuditToPanel, AuditToHost> = {
  name: 'audit',
  icon: 'history',
  key: ({ connection, kind, name }) => `${connection} ${kind} ${name}`,
  isArguments: shape({ connection: isString, kind: oneOf('pipeline', 'model'), name: isString }),
};
