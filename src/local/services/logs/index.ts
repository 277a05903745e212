import type {
  DescribeLogGroupsRequest,
  DescribeLogGroupsResponse,
  DescribeLogStreamsRequest,
  DescribeLogStreamsResponse,
  FilterLogEventsRequest,
  FilterLogEventsResponse,
  GetLogEventsRequest,
  GetLogEventsResponse,
} from '@aws-sdk/client-cloudwatch-logs';
import { account, region } from '../../domain/arns';
import { type LogEvent, type LogStore, type LogStream, logs } from '../../domain/logs';
import model from '../../generated/logs.json';
import { ServiceError } from '../../wire/errors';
import type { ServiceModel } from '../../wire/model';
import { type Position, pageToken, readPageToken } from '../../wire/pages';
import type { Operations } from '../../wire/service';
import type { Checked, Service } from '../service';
import { filterPattern } from './filter';

/** The most bytes of events in one answer, and what the service counts for each beside its text. */
const maxBytes = 1024 * 1024;
const eventOverhead = 26;

/** Streams or groups a page where the request names no limit, as the service does. */
const defaultLimit = 50;

/** Events a page where the request names no limit, as the service does. */
const defaultEvents = 10_000;

/** CloudWatch Logs, with the logs of jobs. */
export const logService: Service = {
  signingName: 'logs',
  title: 'CloudWatch Logs',
  protocols: ['json'],
  targetPrefix: 'Logs_20140328',
  model: model as unknown as ServiceModel,
  tables: [logs],
  errors: { invalid: 'InvalidParameterException' },
  operations: ({ store }) => logOperations(logs(store)),
};

function logOperations(logs: LogStore): Operations {
  function groupOf(input: { logGroupName?: string | undefined; logGroupIdentifier?: string | undefined }): string {
    const { logGroupName: name, logGroupIdentifier: identifier } = input;
    if ((name === undefined) === (identifier === undefined)) {
      throw parameterError('Give either logGroupName or logGroupIdentifier.');
    }
    const group = name ?? (identifier ?? '').replace(/^arn:.*:log-group:/, '').replace(/:\*$/, '');
    if (!logs.hasGroup(group)) throw missing('group');
    return group;
  }

  return {
    DescribeLogGroups(input: DescribeLogGroupsRequest): DescribeLogGroupsResponse {
      const { logGroupNamePrefix: prefix, logGroupNamePattern: pattern = '' } = input;
      const groups = logs.groups(prefix ?? '').filter(({ name }) => name.toLowerCase().includes(pattern.toLowerCase()));
      const { page, nextToken } = slice(groups, ({ name }) => name, ['groups', prefix, pattern], input);
      return {
        logGroups: page.map(({ name, created }) => ({
          logGroupName: name,
          logGroupArn: groupArn(name),
          arn: `${groupArn(name)}:*`,
          creationTime: created,
          metricFilterCount: 0,
          storedBytes: 0,
          logGroupClass: 'STANDARD',
        })),
        nextToken,
      };
    },

    DescribeLogStreams(input: DescribeLogStreamsRequest): DescribeLogStreamsResponse {
      const group = groupOf(input);
      const { logStreamNamePrefix: prefix, orderBy = 'LogStreamName', descending = false } = input;
      if (orderBy === 'LastEventTime' && prefix !== undefined) {
        throw parameterError('Cannot order by LastEventTime with a logStreamNamePrefix.');
      }
      const streams = logs.streams(group, prefix ?? '');
      if (orderBy === 'LastEventTime') streams.sort((a, b) => (a.last ?? 0) - (b.last ?? 0));
      if (descending) streams.reverse();
      const { page, nextToken } = slice(
        streams,
        ({ name }) => name,
        ['streams', group, prefix, orderBy, descending],
        input,
      );
      return { logStreams: page.map((stream) => describeStream(group, stream)), nextToken };
    },

    GetLogEvents(input: Checked<GetLogEventsRequest>): GetLogEventsResponse {
      const stream = logs.stream(groupOf(input), input.logStreamName);
      if (!stream) throw missing('stream');
      const { direction, from } = cursor(input.nextToken, input.startFromHead ?? false);
      const { limit = defaultEvents, startTime, endTime } = input;
      const read = logs.read(stream.seq, direction, from, limit, startTime, endTime);
      const events = direction === 'forward' ? fitting(read) : fitting(read.toReversed()).reverse();
      const [first, last] = [events[0]?.seq, events.at(-1)?.seq];
      // At either end the token that was given comes back: that is how a reader knows.
      const edge = direction === 'forward' ? from : from - 1;
      return {
        events: events.map(({ at, message }) => ({ timestamp: at, message, ingestionTime: at })),
        nextForwardToken: `f/${pad(last ?? edge)}`,
        nextBackwardToken: `b/${pad(first ?? edge + 1)}`,
      };
    },

    FilterLogEvents(input: FilterLogEventsRequest): FilterLogEventsResponse {
      const group = groupOf(input);
      const { logStreamNames: names, logStreamNamePrefix: prefix, limit = defaultEvents } = input;
      if (names && prefix !== undefined) throw parameterError('Give either logStreamNames or logStreamNamePrefix.');
      const streams = logs.streams(group, prefix ?? '').filter(({ name }) => !names || names.includes(name));
      if (names?.some((name) => !streams.some((stream) => stream.name === name))) throw missing('stream');
      const accepts = filterPattern(input.filterPattern ?? '');
      const { startTime, endTime, filterPattern: pattern } = input;
      const question = ['FilterLogEvents', group, names, prefix, startTime, endTime, pattern];
      const start = readPageToken(question, input.nextToken);
      let after = { at: Number(start?.value ?? 0), seq: Number(start?.key ?? 0) };
      const found: LogEvent[] = [];
      let more = true;
      while (more && found.length < limit) {
        const batch = logs.scan(
          streams.map(({ seq }) => seq),
          after,
          defaultEvents,
          startTime,
          endTime,
        );
        more = batch.length === defaultEvents;
        for (const event of batch) {
          if (found.length === limit) {
            more = true;
            break;
          }
          after = { at: event.at, seq: event.seq };
          if (accepts(event.message)) found.push(event);
        }
      }
      const events = fitting(found);
      const last = events.at(-1);
      const cutShort = last && events.length < found.length;
      const next: Position | undefined = cutShort
        ? { value: last.at, key: last.seq }
        : more
          ? { value: after.at, key: after.seq }
          : undefined;
      return {
        events: events.map(({ at, message, seq, stream }) => ({
          logStreamName: stream,
          timestamp: at,
          message,
          ingestionTime: at,
          eventId: pad(seq),
        })),
        searchedLogStreams: [],
        ...(next ? { nextToken: pageToken(question, next) } : {}),
      };
    },
  };
}

function describeStream(
  group: string,
  stream: LogStream,
): NonNullable<DescribeLogStreamsResponse['logStreams']>[number] {
  return {
    logStreamName: stream.name,
    creationTime: stream.created,
    firstEventTimestamp: stream.first ?? undefined,
    lastEventTimestamp: stream.last ?? undefined,
    lastIngestionTime: stream.last ?? undefined,
    arn: `${groupArn(group)}:log-stream:${stream.name}`,
    storedBytes: 0,
  };
}

function groupArn(group: string): string {
  return `arn:aws:logs:${region}:${account}:log-group:${group}`;
}

/** Tokens of GetLogEvents name an event and a direction. */
function cursor(token: string | undefined, fromHead: boolean): { direction: 'forward' | 'backward'; from: number } {
  if (token === undefined) {
    return fromHead ? { direction: 'forward', from: 0 } : { direction: 'backward', from: Number.MAX_SAFE_INTEGER };
  }
  const match = /^([fb])\/(\d+)$/.exec(token);
  if (!match) throw parameterError('The specified nextToken is invalid.');
  return { direction: match[1] === 'f' ? 'forward' : 'backward', from: Number(match[2]) };
}

/** As many of the events, from the first, as one answer may hold. */
function fitting(events: readonly LogEvent[]): LogEvent[] {
  let bytes = 0;
  const end = events.findIndex(({ message }, index) => {
    bytes += Buffer.byteLength(message) + eventOverhead;
    return bytes > maxBytes && index > 0;
  });
  return end < 0 ? [...events] : events.slice(0, end);
}

function slice<T>(
  all: readonly T[],
  keyOf: (item: T) => string,
  question: unknown,
  { limit = defaultLimit, nextToken }: { limit?: number | undefined; nextToken?: string | undefined },
): { page: T[]; nextToken?: string } {
  const after = readPageToken(question, nextToken)?.key;
  const start = after === undefined ? 0 : all.findIndex((item) => keyOf(item) === after) + 1;
  const page = all.slice(start, start + limit);
  const last = page.at(-1);
  if (last === undefined || start + limit >= all.length) return { page };
  return { page, nextToken: pageToken(question, { value: 0, key: keyOf(last) }) };
}

/** Event numbers as the service writes them, so that texts sort as numbers do. */
function pad(seq: number): string {
  return String(Math.max(seq, 0)).padStart(56, '0');
}

function missing(what: 'group' | 'stream'): ServiceError {
  return new ServiceError('ResourceNotFoundException', `The specified log ${what} does not exist.`);
}

function parameterError(message: string): ServiceError {
  return new ServiceError('InvalidParameterException', message);
}
