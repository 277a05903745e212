import type { FilteredLogEvent, OutputLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import { collect } from './paging';
import type { Session } from './session';

/** Where a log is kept. */
export interface LogPlace {
  group: string;
  /** The streams' names begin with this. */
  prefix: string;
}

/** How far each stream of a log has been read: the service's token by the stream's name. */
export type LogCursor = ReadonlyMap<string, string>;

/** Events of a log, and how far it has been read with them. */
export interface LogReading {
  /** In the order of their streams. */
  events: OutputLogEvent[];
  cursor: LogCursor;
}

/**
 * Reads a job's log from where an earlier reading stopped, to its end. Empty also where the job has not logged yet: the
 * service then has no such group or stream.
 */
export async function readLog(session: Session, place: LogPlace, from: LogCursor = new Map()): Promise<LogReading> {
  const cursor = new Map(from);
  const events: OutputLogEvent[] = [];
  for (const stream of await streamsOf(session, place)) {
    const read = await readStream(session, place, stream, cursor.get(stream));
    events.push(...read.events);
    if (read.token !== undefined) cursor.set(stream, read.token);
  }
  return { events, cursor };
}

/** How far a group has been read by the time of its events. */
export interface LogMark {
  /** Milliseconds since the epoch, from which it is read on. */
  since: number;
  /** The ids of the events from then on that have been read. */
  read: ReadonlySet<string>;
}

/** Events of a group by their time. */
export interface TimedReading {
  /** The oldest first, of all streams. */
  events: FilteredLogEvent[];
  mark: LogMark;
  /** False where the service knows no such group. */
  exists: boolean;
}

/** Milliseconds: an event may come in so long after a younger one. */
const lateness = 10_000;
/** A reading asks for so many pages; what is left comes with the next one. */
const mostPages = 20;

/** Reads the events of all streams of a place since a mark, for logs that have no end. */
export async function readSince(session: Session, place: LogPlace, mark: LogMark): Promise<TimedReading> {
  const { sdk, logs } = session;
  const events: FilteredLogEvent[] = [];
  const read = new Map([...mark.read].map((id) => [id, mark.since]));
  return session.call(`read the log ${place.group}`, async () => {
    let pages = 0;
    try {
      for await (const page of sdk.paginateFilterLogEvents(
        { client: logs },
        {
          logGroupName: place.group,
          startTime: mark.since,
          ...(place.prefix ? { logStreamNamePrefix: place.prefix } : {}),
        },
      )) {
        for (const event of page.events ?? []) {
          const { eventId: id = '', timestamp = 0 } = event;
          if (!read.has(id)) events.push(event);
          read.set(id, timestamp);
        }
        if (++pages === mostPages) break;
      }
    } catch (error) {
      if (error instanceof sdk.ResourceNotFoundException) return { events: [], mark, exists: false };
      throw error;
    }
    const newest = events.reduce((latest, { timestamp = 0 }) => Math.max(latest, timestamp), mark.since);
    const since = Math.max(mark.since, pages === mostPages ? newest : newest - lateness);
    return {
      events,
      mark: { since, read: new Set([...read].flatMap(([id, at]) => (at >= since ? [id] : []))) },
      exists: true,
    };
  });
}

function streamsOf(session: Session, { group, prefix }: LogPlace): Promise<string[]> {
  const { sdk, logs } = session;
  return session.call('find the log', async () => {
    try {
      const streams = await collect(
        sdk.paginateDescribeLogStreams({ client: logs }, { logGroupName: group, logStreamNamePrefix: prefix }),
        (page) => page.logStreams,
      );
      return streams.flatMap(({ logStreamName }) => logStreamName ?? []);
    } catch (error) {
      if (error instanceof sdk.ResourceNotFoundException) return [];
      throw error;
    }
  });
}

/**
 * Reads a stream to its end. A page may be empty although more follow: the end is where the service answers with the
 * token that it was given.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
 */
async function readStream(
  session: Session,
  { group }: LogPlace,
  stream: string,
  from: string | undefined,
): Promise<{ events: OutputLogEvent[]; token: string | undefined }> {
  const { sdk, logs } = session;
  const events: OutputLogEvent[] = [];
  let token = from;
  for (;;) {
    const page = await session.call('read the log', () =>
      logs.send(
        new sdk.GetLogEventsCommand({
          logGroupName: group,
          logStreamName: stream,
          startFromHead: true,
          ...(token === undefined ? {} : { nextToken: token }),
        }),
      ),
    );
    events.push(...(page.events ?? []));
    if (page.nextForwardToken === undefined || page.nextForwardToken === token) return { events, token };
    token = page.nextForwardToken;
  }
}
