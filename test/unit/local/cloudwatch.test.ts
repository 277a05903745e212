import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  DescribeAlarmsForMetricCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  ListTagsForResourceCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  PutMetricDataCommand,
  SetAlarmStateCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendSigned } from './signed';
import { Bed, eventually } from './support';

let bed: Bed;
let client: CloudWatchClient;
beforeAll(async () => {
  // A period of a minute is looked back at as one second.
  bed = await Bed.start({ speed: 60 });
  const { endpoint, region, accessKeyId, secretAccessKey } = bed.plane.ready;
  client = new CloudWatchClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 });
});
afterAll(() => bed.stop());

const minute = new Date(Math.floor(Date.now() / 60_000) * 60_000 - 600_000);
const after = (seconds: number): Date => new Date(minute.getTime() + seconds * 1000);
const Dimensions = [
  { Name: 'EndpointName', Value: 'e' },
  { Name: 'VariantName', Value: 'v' },
];

async function put(Namespace: string, MetricName: string, data: object): Promise<void> {
  await client.send(new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName, Dimensions, ...data }] }));
}

test('statistics and percentiles by period, whatever way the values came', async () => {
  await put('Test', 'Latency', {
    Timestamp: after(5),
    Unit: 'Microseconds',
    Values: [1, 2, 3, 4],
    Counts: [1, 1, 1, 97],
  });
  await put('Test', 'Latency', { Timestamp: after(70), Unit: 'Microseconds', Value: 50 });
  await put('Test', 'Latency', {
    Timestamp: after(130),
    Unit: 'Microseconds',
    StatisticValues: { SampleCount: 2, Sum: 6, Minimum: 2, Maximum: 4 },
  });
  const { Datapoints = [], Label } = await client.send(
    new GetMetricStatisticsCommand({
      Namespace: 'Test',
      MetricName: 'Latency',
      // The order of dimensions does not matter.
      Dimensions: Dimensions.toReversed(),
      StartTime: minute,
      EndTime: after(600),
      Period: 60,
      Statistics: ['SampleCount', 'Sum', 'Average', 'Minimum', 'Maximum'],
      ExtendedStatistics: ['p1', 'p50', 'p99.9'],
    }),
  );
  expect(Label).toBe('Latency');
  expect(Datapoints.toSorted((a, b) => Number(a.Timestamp) - Number(b.Timestamp))).toMatchObject([
    {
      Timestamp: minute,
      SampleCount: 100,
      Sum: 394,
      Average: 3.94,
      Minimum: 1,
      Maximum: 4,
      Unit: 'Microseconds',
      ExtendedStatistics: { p1: 1, p50: 4, 'p99.9': 4 },
    },
    { Timestamp: after(60), SampleCount: 1, Average: 50, ExtendedStatistics: { p50: 50 } },
    // Of sums alone no percentile can be told.
    { Timestamp: after(120), SampleCount: 2, Average: 3, ExtendedStatistics: {} },
  ]);
  const { Metrics } = await client.send(
    new ListMetricsCommand({ Namespace: 'Test', Dimensions: [{ Name: 'VariantName' }] }),
  );
  expect(Metrics).toEqual([{ Namespace: 'Test', MetricName: 'Latency', Dimensions }]);
  const other = await client.send(new ListMetricsCommand({ Dimensions: [{ Name: 'VariantName', Value: 'w' }] }));
  expect(other.Metrics).toEqual([]);
});

test('metric math: arithmetic, functions, gaps filled, divisions by zero left out, circles refused', async () => {
  await put('Math', 'Errors', { Timestamp: after(1), Value: 2 });
  await put('Math', 'Errors', { Timestamp: after(121), Value: 1 });
  await put('Math', 'Calls', { Timestamp: after(1), Value: 8 });
  await put('Math', 'Calls', { Timestamp: after(61), Value: 4 });
  await put('Math', 'Calls', { Timestamp: after(121), Value: 0 });
  const metric = (Id: string, MetricName: string): object => ({
    Id,
    ReturnData: false,
    MetricStat: { Metric: { Namespace: 'Math', MetricName, Dimensions }, Period: 60, Stat: 'Sum' },
  });
  const ask = async (Expression: string): Promise<number[] | undefined> => {
    const { MetricDataResults } = await client.send(
      new GetMetricDataCommand({
        MetricDataQueries: [metric('e', 'Errors'), metric('c', 'Calls'), { Id: 'x', Expression }] as never,
        StartTime: minute,
        EndTime: after(180),
        ScanBy: 'TimestampAscending',
      }),
    );
    expect(MetricDataResults).toHaveLength(1);
    return MetricDataResults?.[0]?.Values;
  };
  expect(await ask('100 * e / c')).toEqual([25]);
  expect(await ask('FILL(e, 0) / c')).toEqual([0.25, 0]);
  expect(await ask('SUM([e, c])')).toEqual([10, 4, 1]);
  expect(await ask('SUM(METRICS("c")) - -(2 ^ 2)')).toEqual([12, 8, 4]);
  expect(await ask('IF(c > 4 AND c < 9, 1, 0)')).toEqual([1, 0, 0]);
  expect(await ask('MAX(c)')).toEqual([8, 8, 8]);
  await expect(ask('nobody + 1')).rejects.toThrow(/'nobody', which is not an Id/);
  await expect(ask('e +')).rejects.toThrow(/ends too early/);
  await expect(ask('[e, c]')).rejects.toThrow(/several time series/);
});

const alarm = (name: string, more: Partial<PutMetricAlarmCommandInput> = {}): PutMetricAlarmCommandInput => ({
  AlarmName: name,
  Namespace: 'Alarm',
  MetricName: name,
  Dimensions,
  Statistic: 'Average',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 0.5,
  ComparisonOperator: 'GreaterThanThreshold',
  TreatMissingData: 'notBreaching',
  ...more,
});

const stateOf = async (name: string): Promise<string | undefined> => {
  const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
  return MetricAlarms[0]?.StateValue;
};

/** The states that an alarm has gone through: a state may pass between two looks at it. */
const statesOf = async (name: string): Promise<string[]> => {
  const { AlarmHistoryItems = [] } = await client.send(
    new DescribeAlarmHistoryCommand({ AlarmName: name, HistoryItemType: 'StateUpdate', ScanBy: 'TimestampAscending' }),
  );
  return AlarmHistoryItems.map(({ HistorySummary = '' }) => HistorySummary.replace('Alarm updated from ', ''));
};

const goesThrough = async (name: string, states: string[]): Promise<unknown> =>
  eventually(async () => (await statesOf(name)).join() === states.join());

test('an alarm follows its metric and forgets what is past; its history says so', async () => {
  await client.send(new PutMetricAlarmCommand(alarm('Follows', { Tags: [{ Key: 'a', Value: 'b' }] })));
  await goesThrough('Follows', ['INSUFFICIENT_DATA to OK']);
  await put('Alarm', 'Follows', { Value: 1 });
  await goesThrough('Follows', ['INSUFFICIENT_DATA to OK', 'OK to ALARM', 'ALARM to OK']);
  const { MetricAlarms = [] } = await client.send(
    new DescribeAlarmsForMetricCommand({ Namespace: 'Alarm', MetricName: 'Follows' }),
  );
  const ResourceARN = MetricAlarms[0]?.AlarmArn ?? '';
  expect(ResourceARN).toBe('arn:aws:cloudwatch:us-east-1:000000000000:alarm:Follows');
  await client.send(new TagResourceCommand({ ResourceARN, Tags: [{ Key: 'c', Value: 'd' }] }));
  await client.send(new UntagResourceCommand({ ResourceARN, TagKeys: ['a'] }));
  expect((await client.send(new ListTagsForResourceCommand({ ResourceARN }))).Tags).toEqual([{ Key: 'c', Value: 'd' }]);
});

test('an alarm over an expression, and one that is made of alarms', async () => {
  const { Namespace: _, MetricName: __, Statistic: ___, Period: ____, Dimensions: _____, ...rest } = alarm('Rate');
  const query = (Id: string, MetricName: string): object => ({
    Id,
    ReturnData: false,
    MetricStat: { Metric: { Namespace: 'Alarm', MetricName, Dimensions }, Period: 60, Stat: 'Sum' },
  });
  await client.send(
    new PutMetricAlarmCommand({
      ...rest,
      Metrics: [query('e', 'Bad'), query('c', 'All'), { Id: 'rate', Expression: 'e / c' }] as never,
    }),
  );
  await client.send(
    new PutCompositeAlarmCommand({ AlarmName: 'Both', AlarmRule: 'ALARM("Rate") AND NOT (OK(Nobody) OR FALSE)' }),
  );
  await goesThrough('Both', ['INSUFFICIENT_DATA to OK']);
  await put('Alarm', 'All', { Value: 10 });
  await put('Alarm', 'Bad', { Value: 9 });
  await goesThrough('Both', ['INSUFFICIENT_DATA to OK', 'OK to ALARM', 'ALARM to OK']);
  const { CompositeAlarms } = await client.send(
    new DescribeAlarmsCommand({ AlarmNames: ['Both'], AlarmTypes: ['CompositeAlarm'] }),
  );
  expect(CompositeAlarms).toMatchObject([{ AlarmName: 'Both', StateValue: 'OK' }]);
  await expect(client.send(new PutCompositeAlarmCommand({ AlarmName: 'Wrong', AlarmRule: 'ALARM(' }))).rejects.toThrow(
    /lacks a '\)'/,
  );
});

test('a state that is set by hand stays for a while, then the alarm is evaluated again', async () => {
  await client.send(new PutMetricAlarmCommand(alarm('Hand')));
  await goesThrough('Hand', ['INSUFFICIENT_DATA to OK']);
  await client.send(new SetAlarmStateCommand({ AlarmName: 'Hand', StateValue: 'ALARM', StateReason: 'drill' }));
  await goesThrough('Hand', ['INSUFFICIENT_DATA to OK', 'OK to ALARM', 'ALARM to OK']);
  await client.send(new DisableAlarmActionsCommand({ AlarmNames: ['Hand'] }));
  const disabled = await client.send(new DescribeAlarmsCommand({ AlarmNamePrefix: 'Ha' }));
  expect(disabled.MetricAlarms).toMatchObject([{ AlarmName: 'Hand', ActionsEnabled: false }]);
  await client.send(new EnableAlarmActionsCommand({ AlarmNames: ['Hand'] }));
  await client.send(new DeleteAlarmsCommand({ AlarmNames: ['Hand'] }));
  expect(await stateOf('Hand')).toBeUndefined();
  await expect(client.send(new DeleteAlarmsCommand({ AlarmNames: ['Hand'] }))).rejects.toMatchObject({
    name: 'ResourceNotFound',
    $metadata: { httpStatusCode: 404 },
  });
});

test.each([
  ['no threshold', { Threshold: undefined }, /Threshold must be given/],
  ['an odd period', { Period: 61 }, /multiple of 60/],
  ['a statistic that is none', { Statistic: undefined, ExtendedStatistic: 'q50' }, /q50/],
  ['two statistics', { ExtendedStatistic: 'p50' }, /either Statistic or ExtendedStatistic/],
  ['more points than periods', { DatapointsToAlarm: 2 }, /DatapointsToAlarm/],
  ['anomaly detection', { ThresholdMetricId: 'x' }, /anomaly detection/],
])('an alarm with %s is refused', async (_what, more, message) => {
  await expect(client.send(new PutMetricAlarmCommand(alarm('Refused', more as never)))).rejects.toThrow(message);
});

test('the query protocol and JSON are answered too, with their own names of errors', async () => {
  const keys = bed.plane.ready;
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const query = async (parameters: Record<string, string>): Promise<{ status: number; body: string }> => {
    const body = new URLSearchParams({ Version: '2010-08-01', ...parameters }).toString();
    const answer = await sendSigned(keys, { service: 'monitoring', headers: form, body });
    return { status: answer.status, body: answer.body.toString() };
  };
  const put = await query({
    Action: 'PutMetricData',
    Namespace: 'Query',
    'MetricData.member.1.MetricName': 'Count',
    'MetricData.member.1.Value': '7',
    'MetricData.member.1.Dimensions.member.1.Name': 'A',
    'MetricData.member.1.Dimensions.member.1.Value': 'B',
  });
  expect(put.status).toBe(200);
  expect((await query({ Action: 'ListMetrics', Namespace: 'Query' })).body).toContain('<MetricName>Count</MetricName>');
  const wrong = await query({
    Action: 'GetMetricStatistics',
    Namespace: 'Query',
    MetricName: 'Count',
    StartTime: minute.toISOString(),
    EndTime: minute.toISOString(),
    Period: '60',
  });
  expect(wrong).toMatchObject({
    status: 400,
    body: expect.stringContaining('<Code>InvalidParameterValue</Code>') as string,
  });
  const json = await sendSigned(keys, {
    service: 'monitoring',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'GraniteServiceVersion20100801.ListMetrics',
    },
    body: JSON.stringify({ Namespace: 'Query' }),
  });
  expect(JSON.parse(json.body.toString())).toEqual({
    Metrics: [{ Namespace: 'Query', MetricName: 'Count', Dimensions: [{ Name: 'A', Value: 'B' }] }],
  });
  // As boto3 sends a body of more than ten kilobytes.
  const zipped = await sendSigned(keys, {
    service: 'monitoring',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'content-encoding': 'gzip',
      'x-amz-target': 'GraniteServiceVersion20100801.ListMetrics',
    },
    body: gzipSync(JSON.stringify({ Namespace: 'Query' })),
  });
  expect(zipped.status).toBe(200);
});
