import { ResourceNotFoundException } from '@aws-sdk/client-cloudwatch-logs';
import { describe, expect, it, vi } from 'vitest';
import type { Session } from '../../../src/aws';
import { type LogMark, readSince } from '../../../src/aws/logs';
import { type EndpointLogReading, textOf } from '../../../src/deployment/endpoint-log';

vi.mock('vscode', () => import('../../fixtures/vscode'));

interface Event {
  eventId: string;
  timestamp: number;
  message: string;
}

const event = (eventId: string, timestamp: number): Event => ({ eventId, timestamp, message: `line ${eventId}` });

/** A session whose service has a group of these events, so many on a page. */
function sessionWith(group: Event[] | undefined, onPage = 100): { session: Session; asked: { pages: number } } {
  const asked = { pages: 0 };
  const session = {
    logs: {},
    sdk: {
      ResourceNotFoundException,
      async *paginateFilterLogEvents(_: unknown, { startTime }: { startTime: number }) {
        if (!group) throw new ResourceNotFoundException({ $metadata: {}, message: 'no such group' });
        const found = group.filter(({ timestamp }) => timestamp >= startTime);
        for (let from = 0; from === 0 || from < found.length; from += onPage) {
          asked.pages++;
          yield await Promise.resolve({ events: found.slice(from, from + onPage) });
        }
      },
    },
    call: (_: string, work: () => Promise<unknown>) => work(),
  };
  return { session: session as unknown as Session, asked };
}

const place = { group: '/aws/sagemaker/Endpoints/penguins', prefix: '' };
const beginning: LogMark = { since: 0, read: new Set() };
const idsOf = ({ events }: { events: { eventId?: string | undefined }[] }): (string | undefined)[] =>
  events.map(({ eventId }) => eventId);

describe('a log that has no end', () => {
  it('is read over all pages, and then what has come since', async () => {
    const group = [event('a', 1_000), event('b', 2_000), event('c', 3_000)];
    const { session } = sessionWith(group, 2);
    const first = await readSince(session, place, beginning);
    expect(idsOf(first)).toEqual(['a', 'b', 'c']);
    expect(idsOf(await readSince(session, place, first.mark))).toEqual([]);
    group.push(event('d', 3_000), event('e', 4_000));
    expect(idsOf(await readSince(session, place, first.mark))).toEqual(['d', 'e']);
  });

  it('has a line that comes in late, once', async () => {
    const group = [event('a', 50_000), event('b', 60_000)];
    const { session } = sessionWith(group);
    const first = await readSince(session, place, beginning);
    group.splice(1, 0, event('late', 55_000));
    const second = await readSince(session, place, first.mark);
    expect(idsOf(second)).toEqual(['late']);
    expect(idsOf(await readSince(session, place, second.mark))).toEqual([]);
  });

  it('asks for the last seconds only, and remembers no more of it than that', async () => {
    const group = Array.from({ length: 300 }, (_, i) => event(String(i), i * 1_000));
    const { session, asked } = sessionWith(group, 10);
    // Twenty pages a reading.
    const first = await readSince(session, place, beginning);
    expect(idsOf(first)).toHaveLength(200);
    expect(first.mark).toEqual({ since: 199_000, read: new Set(['199']) });
    const second = await readSince(session, place, first.mark);
    expect(idsOf(second)).toHaveLength(100);
    expect(second.mark.since).toBe(289_000);
    expect(second.mark.read.size).toBe(11);
    asked.pages = 0;
    await readSince(session, place, second.mark);
    expect(asked.pages).toBe(2);
  });

  it('may not be there', async () => {
    const { session } = sessionWith(undefined);
    expect(await readSince(session, place, beginning)).toEqual({ events: [], mark: beginning, exists: false });
    const { session: broken } = sessionWith([]);
    broken.sdk.paginateFilterLogEvents = () => {
      throw new Error('denied');
    };
    await expect(readSince(broken, place, beginning)).rejects.toThrow('denied');
  });
});

describe('the document of the log of an endpoint', () => {
  const reading = (...lines: [string, string][]): EndpointLogReading => ({
    lines: lines.map(([stream, text]) => ({ stream, text })),
    mark: beginning,
    exists: true,
  });

  it('names the instance of a line where there are several', () => {
    expect(textOf(reading(['AllTraffic/i-1', 'ready'], ['AllTraffic/i-1', 'GET /ping 200']))).toBe(
      'ready\nGET /ping 200\n',
    );
    expect(textOf(reading(['AllTraffic/i-1', 'ready'], ['AllTraffic/i-2', 'ready']))).toBe(
      '[AllTraffic/i-1] ready\n[AllTraffic/i-2] ready\n',
    );
  });

  it('tells a log without lines from none', () => {
    expect(textOf(reading())).toMatch(/^Nothing was logged in the last hour/);
    expect(textOf({ ...reading(), exists: false })).toMatch(/^There is no log of this endpoint.*not started/);
  });
});
