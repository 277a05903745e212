/** CloudTrail's event history, read page by page at the pace that it allows. */
import type * as Sdk from '../aws/audit-sdk.bundle';
import type { Session } from '../aws';
import { untilAborted } from '../workbench/abort';
import type { TrailEvent } from './model';

/** Events of a page, the most that there can be. */
const pageSize = 50;
/** Milliseconds after an answer before the next request: two a second is all that an account has in a region. */
const pause = 500;

/** When the next request may go out, by connection and region. */
const turns = new Map<string, Promise<unknown>>();

/** Where the reading of the events of one name stands. */
interface Cursor {
  name: string;
  token?: string;
  /** All that lies after this time was read; milliseconds since the epoch. */
  reached: number;
}

/** Reads events by their names, the newest first over all of them, from where it stopped the last time. */
export class TrailReader {
  private cursors: Cursor[];

  /** @param since how far back, in milliseconds since the epoch */
  constructor(
    names: readonly string[],
    private readonly since: number,
  ) {
    this.cursors = names.map((name) => ({ name, reached: Number.POSITIVE_INFINITY }));
  }

  /** All is read. */
  get ended(): boolean {
    return this.cursors.length === 0;
  }

  /** Nothing that happened after this time is missing; milliseconds since the epoch. */
  get reached(): number {
    return Math.max(this.since, ...this.cursors.map(({ reached }) => reached));
  }

  /** Reads the page that is next: of the name that was read the least far back. */
  async next(session: Session, signal: AbortSignal): Promise<readonly TrailEvent[]> {
    const [cursor] = this.cursors.toSorted((a, b) => b.reached - a.reached);
    if (!cursor) return [];
    const sdk: typeof Sdk = await import('../aws/audit-sdk.bundle');
    const client = session.client('cloudtrail', (configuration) => new sdk.CloudTrailClient(configuration));
    const question = new sdk.LookupEventsCommand({
      LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: cursor.name }],
      StartTime: new Date(this.since),
      MaxResults: pageSize,
      ...(cursor.token === undefined ? {} : { NextToken: cursor.token }),
    });
    const ask = () => session.call('read the event history of CloudTrail', () => client.send(question));
    const isLocal = session.connection.kind === 'local';
    const { Events = [], NextToken } = await (isLocal
      ? ask()
      : inTurn(`${session.connection.id} ${session.region}`, signal, ask));
    if (NextToken === undefined) this.cursors = this.cursors.filter((each) => each !== cursor);
    else {
      cursor.token = NextToken;
      // A page may be empty and not be the last one.
      const times = Events.flatMap(({ EventTime }) => EventTime?.getTime() ?? []);
      cursor.reached = Math.min(cursor.reached, ...times, Date.now());
    }
    return Events;
  }
}

/** Does work when all that was asked before it in the same region has ended, and its pause is over. */
async function inTurn<T>(region: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const mine = (turns.get(region) ?? Promise.resolve()).then(() => {
    signal.throwIfAborted();
    return work();
  });
  turns.set(
    region,
    mine.catch(() => undefined).then(() => new Promise((resolve) => setTimeout(resolve, pause).unref())),
  );
  return untilAborted(signal, mine);
}
