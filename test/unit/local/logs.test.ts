import {
  type CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filterPattern } from '../../../src/local/services/logs/filter';
import { Bed, eventually, shellStep } from './support';

const group = '/aws/sagemaker/ProcessingJobs';
let bed: Bed;
let logs: CloudWatchLogsClient;
beforeAll(async () => {
  bed = await Bed.start();
  ({ logs } = bed.clients);
});
afterAll(() => bed.stop());

/** Runs a script to its end. @returns its log stream */
async function streamOf(script: string): Promise<string> {
  const arn = await bed.run([shellStep('Log', script)]);
  await bed.end(arn);
  return streamOfRun(arn);
}

async function streamOfRun(arn: string): Promise<string> {
  const job = (await bed.steps(arn)).Log?.Metadata?.ProcessingJob?.Arn?.split('/')[1] ?? '';
  const { logStreams = [] } = await logs.send(
    new DescribeLogStreamsCommand({ logGroupName: group, logStreamNamePrefix: `${job}/` }),
  );
  expect(logStreams).toHaveLength(1);
  return logStreams[0]?.logStreamName ?? '';
}

async function read(stream: string, more: object): Promise<{ lines: string[]; forward: string; backward: string }> {
  const {
    events = [],
    nextForwardToken = '',
    nextBackwardToken = '',
  } = await logs.send(new GetLogEventsCommand({ logGroupName: group, logStreamName: stream, ...more }));
  return { lines: events.map(({ message }) => message ?? ''), forward: nextForwardToken, backward: nextBackwardToken };
}

test('a stream is read from its head, from its end, and in pages until the token stays the same', async () => {
  const stream = await streamOf('for i in $(seq 1 25); do echo line $i; done');
  const all = Array.from({ length: 25 }, (_, index) => `line ${index + 1}`);
  const forwards: string[] = [];
  let token: string | undefined;
  for (;;) {
    const page = await read(stream, { startFromHead: true, limit: 10, nextToken: token });
    if (page.forward === token) break;
    forwards.push(...page.lines);
    token = page.forward;
  }
  expect(forwards).toEqual(all);
  const last = await read(stream, { limit: 5 });
  expect(last.lines).toEqual(all.slice(-5));
  const before = await read(stream, { limit: 5, nextToken: last.backward });
  expect(before.lines).toEqual(all.slice(-10, -5));
  expect((await read(stream, { nextToken: last.forward })).forward).toBe(last.forward);
  const head = await read(stream, { startFromHead: true, limit: 3 });
  const beyond = await read(stream, { nextToken: head.backward });
  expect(beyond).toMatchObject({ lines: [], backward: head.backward });
  expect((await read(stream, { nextToken: beyond.forward, limit: 2 })).lines).toEqual(['line 1', 'line 2']);
});

test('a running step is followed live', async () => {
  const go = join(bed.folder, 'go');
  const arn = await bed.run([shellStep('Log', `echo first; while [ ! -e ${go} ]; do sleep 0.05; done; echo second`)]);
  await eventually(async () => (await bed.steps(arn)).Log?.Metadata);
  const stream = await streamOfRun(arn);
  const first = await eventually(async () => {
    const page = await read(stream, { startFromHead: true });
    return page.lines.length > 0 && page;
  });
  expect(first.lines).toEqual(['first']);
  expect((await read(stream, { nextToken: first.forward })).forward).toBe(first.forward);
  writeFileSync(go, '');
  await bed.end(arn);
  expect((await read(stream, { nextToken: first.forward })).lines).toEqual(['second']);
});

test('output is cut into lines, whatever pieces it comes in', async () => {
  const stream = await streamOf(
    `printf 'a\\r\\nb\\n\\n10%%\\r100%%\\nh\\303'; sleep 0.1; printf '\\251llo\\nlast' >&2`,
  );
  const { lines } = await read(stream, { startFromHead: true });
  expect(lines.slice(0, 5)).toEqual(['a', 'b', '', '10%', '100%']);
  expect(lines).toContain('last');
});

test('a very long line is cut and nothing of it is lost', async () => {
  const stream = await streamOf('head -c 300000 /dev/zero | tr "\\0" x; echo; echo end');
  const { lines } = await read(stream, { startFromHead: true });
  expect(lines.at(-1)).toBe('end');
  expect(lines.slice(0, -1).join('')).toBe('x'.repeat(300_000));
});

test('FilterLogEvents goes over streams, by pattern, in pages', async () => {
  const streams = [await streamOf('echo alpha one; echo beta'), await streamOf('echo alpha two; echo gamma')];
  const filter = async (more: object): Promise<string[]> => {
    const found: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await logs.send(
        new FilterLogEventsCommand({ logGroupName: group, logStreamNames: streams, limit: 1, nextToken, ...more }),
      );
      found.push(...(page.events ?? []).map(({ message }) => message ?? ''));
      ({ nextToken } = page);
    } while (nextToken !== undefined);
    return found;
  };
  expect(await filter({})).toEqual(['alpha one', 'beta', 'alpha two', 'gamma']);
  expect(await filter({ filterPattern: 'alpha -two' })).toEqual(['alpha one']);
  expect(await filter({ startTime: Date.now() + 1000 })).toEqual([]);
});

test('filter patterns', () => {
  const match = (pattern: string, text: string): boolean => filterPattern(pattern)(text);
  expect(match('', 'anything')).toBe(true);
  expect(match('"two words"', 'has two words here')).toBe(true);
  expect(match('"two words"', 'two other words')).toBe(false);
  expect(match('?a ?b', 'xbx')).toBe(true);
  expect(match('?a ?b', 'xcx')).toBe(false);
  expect(match('%loss=[0-9.]+%', 'epoch=1 loss=0.5')).toBe(true);
  expect(() => filterPattern('{ $.x = 1 }')).toThrow(/JSON/);
});

test('groups and streams are described; what is missing is a ResourceNotFoundException', async () => {
  await streamOf('echo x');
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/sagemaker' }));
  expect(logGroups.map(({ logGroupName }) => logGroupName)).toContain(group);
  const newest = await logs.send(
    new DescribeLogStreamsCommand({ logGroupName: group, orderBy: 'LastEventTime', descending: true, limit: 1 }),
  );
  expect(newest.nextToken).toBeDefined();
  expect(newest.logStreams?.[0]?.lastEventTimestamp).toBeGreaterThan(Date.now() - 60_000);
  await expect(read('nope', {})).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await expect(logs.send(new DescribeLogStreamsCommand({ logGroupName: '/nope' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  const both = new DescribeLogStreamsCommand({
    logGroupName: group,
    orderBy: 'LastEventTime',
    logStreamNamePrefix: 'a',
  });
  await expect(logs.send(both)).rejects.toMatchObject({ name: 'InvalidParameterException' });
});
