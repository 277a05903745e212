/**
 * The record of a deployment: what was asked, what was done and what was seen, since AWS keeps none of it once the
 * endpoint has settled. It is a file of JSON lines that only grows, so whatever ends the process, all that was known
 * is there; what a deployment is now is the fold of its lines. Pure. Times are milliseconds since the epoch.
 */
import { isNumber, isRecord, isString } from '../../shared/guards';
import type { Call } from './plan';
import type { Strategy } from './strategy';
import type { Timeline } from './timeline';
import type { Verdict } from './verdict';

/** How a deployment began. */
export interface Beginning {
  id: string;
  /** The id of the connection. */
  connection: string;
  endpoint: string;
  asked: { config: string; label: string; model: string };
  before?: { config: string; label: string; changed?: number };
  strategy: Strategy;
  timeline: Timeline;
  fleet: number;
  alarms: string[];
  /** Calls that follow a success, and those that follow anything else: they put back what was taken from it. */
  finish: Call[];
  restore: Call[];
  /** The process that makes the calls. */
  process: number;
  /** The environment that it went to. */
  environment?: string;
  /** True for a return to a version of before. */
  isRollback?: boolean;
}

export type RecordLine =
  | ({ type: 'began'; at: number } & Beginning)
  | { type: 'call'; at: number; operation: string; purpose: string; error?: string }
  /** The call that begins the update is about to be made. */
  | { type: 'updating'; at: number }
  /** It was refused: nothing has changed. */
  | { type: 'refused'; at: number }
  | { type: 'phase'; at: number; phase: number }
  | { type: 'said'; at: number; who: string; status: string; message?: string; started?: number }
  | { type: 'alarm'; at: number; name: string; state: string; reason: string }
  | { type: 'aborted'; at: number }
  | { type: 'finished'; at: number; call: number }
  /** What a request to the new version came to. */
  | { type: 'sample'; at: number; text: string; isGood: boolean }
  | { type: 'ended'; at: number; verdict: Verdict };

/** Something that happened, for people to read. */
export interface DeploymentEvent {
  at: number;
  text: string;
  tone: 'good' | 'bad' | 'busy' | 'wary' | 'quiet';
}

export interface DeploymentRecord extends Beginning {
  startedAt: number;
  /** When the update was asked for, answered or not; absent where it never was, or was refused. */
  updatedAt?: number;
  /** When each phase was first seen. */
  phases: ReadonlyMap<number, number>;
  wasBusy: boolean;
  wasAborted: boolean;
  tripped: { name: string; reason: string }[];
  /** The calls of `finish` that were made. */
  finished: ReadonlySet<number>;
  events: DeploymentEvent[];
  /** What was said already, so that it is not written again. */
  said: ReadonlySet<string>;
  endedAt?: number;
  verdict?: Verdict;
}

/** The record that lines make; undefined where they do not tell how it began. */
export function foldRecord(lines: readonly RecordLine[]): DeploymentRecord | undefined {
  const began = lines.find((line) => line.type === 'began');
  if (!began) return undefined;
  const { type: _, at, ...beginning } = began;
  const phases = new Map<number, number>();
  const said = new Set<string>();
  const finished = new Set<number>();
  const record: DeploymentRecord = {
    ...beginning,
    startedAt: at,
    phases,
    wasBusy: false,
    wasAborted: false,
    tripped: [],
    finished,
    events: [],
    said,
  };
  const tell = (when: number, text: string, tone: DeploymentEvent['tone']): void =>
    void record.events.push({ at: when, text, tone });
  for (const line of lines) {
    switch (line.type) {
      case 'began':
        tell(line.at, `Deployment of ${line.asked.label} began`, 'busy');
        break;
      case 'call':
        tell(
          line.at,
          line.error === undefined ? `${line.operation}: ${line.purpose}` : `${line.operation} failed: ${line.error}`,
          line.error === undefined ? 'quiet' : 'bad',
        );
        break;
      case 'updating':
        record.updatedAt = line.at;
        break;
      case 'refused':
        delete record.updatedAt;
        break;
      case 'phase':
        if (!phases.has(line.phase)) phases.set(line.phase, line.at);
        break;
      case 'said': {
        const key = saidKey(line);
        if (said.has(key)) break;
        said.add(key);
        if (line.who === 'endpoint') record.wasBusy ||= line.status !== 'InService';
        tell(
          line.at,
          `${line.who === 'endpoint' ? 'Endpoint' : line.who}: ${line.status}${line.message ? `, ${line.message}` : ''}`,
          'quiet',
        );
        break;
      }
      case 'alarm': {
        const key = saidKey(line);
        if (said.has(key)) break;
        said.add(key);
        if (line.state === 'ALARM') record.tripped.push({ name: line.name, reason: line.reason });
        tell(
          line.at,
          `Alarm ${line.name}: ${line.state}${line.reason ? `, ${line.reason}` : ''}`,
          line.state === 'ALARM' ? 'bad' : 'quiet',
        );
        break;
      }
      case 'aborted':
        record.wasAborted = true;
        tell(line.at, 'Abort was asked for', 'wary');
        break;
      case 'finished':
        finished.add(line.call);
        break;
      case 'sample':
        tell(line.at, line.text, line.isGood ? 'good' : 'bad');
        break;
      case 'ended':
        record.endedAt = line.at;
        record.verdict = line.verdict;
        tell(
          line.at,
          `${line.verdict.title}${line.verdict.reason ? `. ${line.verdict.reason}` : ''}`,
          line.verdict.outcome === 'deployed' ? 'good' : 'bad',
        );
        break;
    }
  }
  return record;
}

/** What makes a statement one that was heard before. */
export function saidKey(line: Extract<RecordLine, { type: 'said' | 'alarm' }>): string {
  return line.type === 'said'
    ? `${line.who} ${line.status} ${line.message ?? ''} ${line.started ?? ''}`
    : `alarm ${line.name} ${line.state} ${line.reason}`;
}

/** The lines of a file; a last one that was not written to its end, and what is not a line of a record, is left out. */
export function readLines(text: string): RecordLine[] {
  return text.split('\n').flatMap((line) => {
    if (line.trim() === '') return [];
    try {
      const value: unknown = JSON.parse(line);
      return isRecord(value) && isString(value['type']) && isNumber(value['at'])
        ? [value as unknown as RecordLine]
        : [];
    } catch {
      return [];
    }
  });
}

export function writeLine(line: RecordLine): string {
  return `${JSON.stringify(line)}\n`;
}

/** The calls that are still to be made after a deployment that has ended, with their places in its list. */
export function openCalls({ verdict, finish, restore, finished }: DeploymentRecord): { call: Call; index: number }[] {
  if (!verdict || verdict.outcome === 'gone') return [];
  const calls = verdict.outcome === 'deployed' ? finish : restore;
  return calls.map((call, index) => ({ call, index })).filter(({ index }) => !finished.has(index));
}

/** What was deployed to an endpoint, the newest first: each version once, as it was last there. */
export interface HistoryEntry {
  config: string;
  label: string;
  model: string;
  at: number;
  outcome: Verdict['outcome'];
  reason?: string;
}

/** The history of an endpoint from the records of its deployments. */
export function historyOf(records: readonly DeploymentRecord[]): HistoryEntry[] {
  return [...records]
    .sort((a, b) => b.startedAt - a.startedAt)
    .map(({ asked, startedAt, endedAt, verdict }) => ({
      config: asked.config,
      label: asked.label,
      model: asked.model,
      at: endedAt ?? startedAt,
      outcome: verdict?.outcome ?? 'under-way',
      ...(verdict?.reason ? { reason: verdict.reason } : {}),
    }));
}
