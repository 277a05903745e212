import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { MonitoringScheduleConfig } from '@aws-sdk/client-sagemaker';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Endpoint, endpoints } from '../../../src/local/domain/endpoints';
import {
  jobDefinitions,
  type MonitoringExecution,
  monitoringExecutions,
  type MonitoringKind,
  type MonitoringSchedule,
  monitoringSchedules,
} from '../../../src/local/domain/monitoring';
import { objects } from '../../../src/local/domain/objects';
import { Monitoring } from '../../../src/local/engine/monitoring/monitoring';
import { requestOf, type Task, taskOf } from '../../../src/local/engine/monitoring/request';
import {
  faultOf,
  hourOf,
  hoursOf,
  nextAfter,
  offsetOf,
  rhythmOf,
  windowOf,
} from '../../../src/local/engine/monitoring/times';
import { jobs as jobRecords } from '../../../src/local/jobs/job';
import { openStore } from './engine-bed';

/* Monitoring without endpoints and processes: times, requests, and schedules whose jobs end as they are told. */

const store = openStore();
const hour = 3_600_000;
const at = (text: string): number => Date.parse(`2026-11-29T${text}Z`);

describe('rhythms', () => {
  test.each<[expression: string, rhythm: object | undefined]>([
    ['NOW', { once: true }],
    ['cron(0 * ? * * *)', { period: hour, anchor: 0 }],
    ['cron(0 0 ? * * *)', { period: 24 * hour, anchor: 0 }],
    ['cron(0 23 ? * * *)', { period: 24 * hour, anchor: 23 * hour }],
    ['cron(0 5/6 ? * * *)', { period: 6 * hour, anchor: 5 * hour }],
    ['cron(0 0/1 ? * * *)', { period: hour, anchor: 0 }],
    ['cron(0 0/24 ? * * *)', { period: 24 * hour, anchor: 0 }],
    ['cron(0 24 ? * * *)', undefined],
    ['cron(0 0/25 ? * * *)', undefined],
    ['cron(0 0/0 ? * * *)', undefined],
    ['cron(0 100 ? * * *)', undefined],
    ['cron(0 1/100 ? * * *)', undefined],
    ['cron(0 x1 ? * * *)', undefined],
    ['cron(0 1x ? * * *)', undefined],
    ['cron(0 / ? * * *)', undefined],
    ['cron(1 * ? * * *)', undefined],
    ['see cron(0 * ? * * *)', undefined],
    ['cron(0 * ? * * *) again', undefined],
    ['now', undefined],
    ['', undefined],
  ])('%s', (expression, rhythm) => {
    expect(rhythmOf(expression)).toEqual(rhythm);
  });

  test('the next time is after the given one, also where that is due itself', () => {
    const daily = { period: 24 * hour, anchor: 5 * hour };
    expect(nextAfter(daily, at('04:59:59'), 1)).toBe(at('05:00:00'));
    expect(nextAfter(daily, at('05:00:00'), 1)).toBe(at('05:00:00') + 24 * hour);
    const sixHourly = { period: 6 * hour, anchor: 5 * hour };
    expect(nextAfter(sixHourly, at('05:00:01'), 1)).toBe(at('11:00:00'));
    // Thirty times as fast: every twelve minutes, counted from ten past.
    expect(nextAfter(sixHourly, at('00:00:00'), 30)).toBe(at('00:10:00'));
    expect(nextAfter({ once: true }, 7, 30)).toBe(7);
  });

  test.each<[text: string | undefined, offset: number | undefined]>([
    ['PT1H', hour],
    ['+PT1H', hour],
    ['-PT1H', -hour],
    ['-P1DT2H3M4S', -(24 * hour + 2 * hour + 3 * 60_000 + 4000)],
    ['P2D', 48 * hour],
    ['-PT0H', 0],
    ['PT30M', 30 * 60_000],
    ['PT5S', 5000],
    ['P', 0],
    ['1H', undefined],
    ['P1Y', undefined],
    ['PT1H ', undefined],
    ['x-PT1H', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('the offset %s', (text, offset) => {
    expect(offsetOf(text)).toBe(offset);
  });

  test('windows: what the schedule says goes before the definition, and both before the period', () => {
    const due = at('11:00:00');
    const window = (config: object | undefined, speed = 1, offsets = {}): number[] => {
      const { start, end } = windowOf(config as never, due, speed, offsets);
      return [(start - due) / hour, (end - due) / hour];
    };
    const daily = { ScheduleExpression: 'cron(0 5 ? * * *)' };
    expect(window(daily)).toEqual([-24, 0]);
    expect(window(daily, 24)).toEqual([-1, 0]);
    expect(window(daily, 1, { start: '-PT3H', end: '-PT2H' })).toEqual([-3, -2]);
    const now = { ScheduleExpression: 'NOW', DataAnalysisStartTime: '-PT5H', DataAnalysisEndTime: '-PT4H' };
    expect(window(now, 1, { start: '-PT3H', end: '-PT2H' })).toEqual([-5, -4]);
    expect(window({ ScheduleExpression: 'NOW' }, 24)).toEqual([-1, 0]);
    expect(window({ ScheduleExpression: 'nonsense' })).toEqual([-1, 0]);
    expect(window(undefined)).toEqual([-1, 0]);
  });

  test.each<[config: Record<string, string>, fault: string | undefined]>([
    [{ ScheduleExpression: 'cron(0 * ? * * *)' }, undefined],
    [
      { ScheduleExpression: 'x' },
      "The schedule expression 'x' is not supported. Use NOW, cron(0 * ? * * *), cron(0 H ? * * *), or cron(0 H/N ? * * *).",
    ],
    [
      {},
      "The schedule expression '' is not supported. Use NOW, cron(0 * ? * * *), cron(0 H ? * * *), or cron(0 H/N ? * * *).",
    ],
    [
      { ScheduleExpression: 'cron(0 * ? * * *)', DataAnalysisStartTime: '-PT1H' },
      'DataAnalysisStartTime and DataAnalysisEndTime are for the schedule expression NOW.',
    ],
    [
      { ScheduleExpression: 'cron(0 * ? * * *)', DataAnalysisEndTime: '-PT1H' },
      'DataAnalysisStartTime and DataAnalysisEndTime are for the schedule expression NOW.',
    ],
    [
      { ScheduleExpression: 'NOW', DataAnalysisStartTime: '-PT1H' },
      'The schedule expression NOW needs DataAnalysisStartTime and DataAnalysisEndTime, such as -PT1H and -PT0H.',
    ],
    [
      { ScheduleExpression: 'NOW', DataAnalysisStartTime: 'x', DataAnalysisEndTime: '-PT0H' },
      'The schedule expression NOW needs DataAnalysisStartTime and DataAnalysisEndTime, such as -PT1H and -PT0H.',
    ],
    [
      { ScheduleExpression: 'NOW', DataAnalysisStartTime: '-PT1H', DataAnalysisEndTime: '-PT1H' },
      'DataAnalysisEndTime must be after DataAnalysisStartTime.',
    ],
    [
      { ScheduleExpression: 'NOW', DataAnalysisStartTime: '-PT1H', DataAnalysisEndTime: 'PT1S' },
      'DataAnalysisEndTime must not be in the future.',
    ],
    [{ ScheduleExpression: 'NOW', DataAnalysisStartTime: '-PT24H', DataAnalysisEndTime: '-PT0H' }, undefined],
    [
      { ScheduleExpression: 'NOW', DataAnalysisStartTime: '-PT24H1S', DataAnalysisEndTime: '-PT0H' },
      'The data of one monitoring job may be of 24 hours at most.',
    ],
  ])('%j', (config, fault) => {
    expect(faultOf(config as never)).toBe(fault);
  });

  test('the hours of a window are those that it touches', () => {
    const hours = (start: string, end: string): string[] => hoursOf({ start: at(start), end: at(end) });
    expect(hours('10:00:00', '11:00:00')).toEqual(['2026/11/29/10']);
    expect(hours('10:59:59', '12:00:01')).toEqual(['2026/11/29/10', '2026/11/29/11', '2026/11/29/12']);
    expect(hours('10:00:00', '10:00:00')).toEqual(['2026/11/29/10']);
    expect(hourOf(at('23:59:59') + 1000)).toBe('2026/11/30/00');
  });
});

/** An endpoint with the variants `a` and `b`, which captures unless it says otherwise. */
function endpoint(
  name: string,
  capture: object | undefined = { EnableCapture: true, DestinationS3Uri: 's3://captured/x/' },
): void {
  const fleet = { variants: [{ name: 'a' }, { name: 'b' }], doc: { DataCaptureConfig: capture } };
  endpoints(store).put({
    name,
    arn: `arn:${name}`,
    createdAt: new Date(0),
    modifiedAt: new Date(0),
    status: 'InService',
    config: 'c',
    fleet,
    counts: {},
    weights: {},
  } as unknown as Endpoint);
}

async function put(bucket: string, key: string): Promise<void> {
  const file = join(store.folder, 'content');
  writeFileSync(file, '1');
  objects(store).createBucket(bucket);
  await objects(store).put(bucket, key, createReadStream(file));
}

describe('requests', () => {
  const window = { start: at('10:20:00') + 500, end: at('11:10:00') + 1 };
  const task = (more: Partial<Task> = {}): Task => ({
    kind: 'DataQuality',
    app: { ImageUri: 'i' },
    endpoint: { EndpointName: 'e', LocalPath: undefined },
    baseline: {},
    output: { MonitoringOutputs: [{ S3Output: { S3Uri: 's3://out/reports/', LocalPath: undefined } }] },
    resources: undefined,
    role: 'arn:role',
    ...more,
  });
  const request = (more: Partial<Task> = {}): ReturnType<typeof requestOf> =>
    requestOf(store, task(more), 'watch', window, '2026/11/29/11');
  const captured = (variant: string, of: string, folder = '/opt/ml/processing/input/endpoint'): object => ({
    InputName: `${variant}-2026-11-29-${of}`,
    S3Input: {
      S3Uri: `s3://captured/x/e/${variant}/2026/11/29/${of}/`,
      LocalPath: `${folder}/e/${variant}/2026/11/29/${of}`,
      S3DataType: 'S3Prefix',
      S3InputMode: 'File',
    },
  });
  beforeEach(async () => {
    endpoint('e');
    await put('captured', 'x/e/a/2026/11/29/10/one.jsonl');
    await put('captured', 'x/e/b/2026/11/29/11/one.jsonl');
    await put('captured', 'x/e/b/2026/11/29/12/later.jsonl');
  });

  test('read what was captured in each hour of the window, and write below the schedule', () => {
    expect(request()).toEqual({
      RoleArn: 'arn:role',
      ProcessingResources: {
        ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 20 },
      },
      AppSpecification: { ImageUri: 'i' },
      ProcessingInputs: [captured('a', '10'), captured('b', '11')],
      ProcessingOutputConfig: {
        Outputs: [
          {
            OutputName: 'result',
            S3Output: {
              S3Uri: 's3://out/reports/e/watch/2026/11/29/11',
              LocalPath: '/opt/ml/processing/output',
              S3UploadMode: 'EndOfJob',
            },
          },
        ],
      },
      StoppingCondition: { MaxRuntimeInSeconds: 3600 },
      Environment: {
        publish_cloudwatch_metrics: 'Enabled',
        dataset_format: '{"sagemakerCaptureJson":{"captureIndexNames":["endpointOutput","endpointInput"]}}',
        dataset_source: '/opt/ml/processing/input/endpoint',
        output_path: '/opt/ml/processing/output',
        start_time: '2026-11-29T10:20:00Z',
        end_time: '2026-11-29T11:10:01Z',
        sagemaker_endpoint_name: 'e',
        sagemaker_monitoring_schedule_name: 'watch',
      },
    });
  });

  test('take what the definition says', () => {
    const made = request({
      kind: 'ModelBias',
      app: {
        ImageUri: 'i',
        ContainerEntrypoint: ['run'],
        ContainerArguments: ['--fast'],
        RecordPreprocessorSourceUri: 's3://code/pre.py',
        PostAnalyticsProcessorSourceUri: 's3://code/post.py',
        ConfigUri: 's3://code/analysis_config.json',
        ProblemType: 'Regression',
        Environment: { OWN: '1', publish_cloudwatch_metrics: 'Disabled' },
      },
      endpoint: {
        EndpointName: 'e',
        LocalPath: '/in',
        InferenceAttribute: '0',
        ProbabilityAttribute: '1',
        ProbabilityThresholdAttribute: 0.5,
      },
      baseline: { constraints: 's3://base/c.json', statistics: 's3://base/s.json' },
      output: { MonitoringOutputs: [{ S3Output: { S3Uri: 's3://out', LocalPath: '/out' } }] },
      resources: { ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.c5.xlarge', VolumeSizeInGB: 5 } },
      maxRuntime: 60,
    });
    const file = (name: string, uri: string): object => ({
      InputName: name.replace('/', '-'),
      S3Input: {
        S3Uri: uri,
        LocalPath: `/opt/ml/processing/${name}`,
        S3DataType: 'S3Prefix',
        S3InputMode: 'File',
      },
    });
    expect(made.ProcessingInputs).toEqual([
      captured('a', '10', '/in'),
      captured('b', '11', '/in'),
      file('baseline/constraints', 's3://base/c.json'),
      file('baseline/stats', 's3://base/s.json'),
      file('code/recordpreprocessor', 's3://code/pre.py'),
      file('code/postanalyticsprocessor', 's3://code/post.py'),
      file('input/config', 's3://code/analysis_config.json'),
    ]);
    expect(made.AppSpecification).toEqual({
      ImageUri: 'i',
      ContainerEntrypoint: ['run'],
      ContainerArguments: ['--fast'],
    });
    expect(made.ProcessingResources?.ClusterConfig).toEqual({
      InstanceCount: 1,
      InstanceType: 'ml.c5.xlarge',
      VolumeSizeInGB: 5,
    });
    expect(made.StoppingCondition).toEqual({ MaxRuntimeInSeconds: 60 });
    expect(made.ProcessingOutputConfig?.Outputs?.[0]?.S3Output).toMatchObject({
      S3Uri: 's3://out/e/watch/2026/11/29/11',
      LocalPath: '/out',
    });
    expect(made.Environment).toMatchObject({
      OWN: '1',
      publish_cloudwatch_metrics: 'Disabled',
      dataset_source: '/in',
      output_path: '/out',
      analysis_type: 'MODEL_BIAS',
      problem_type: 'Regression',
      inference_attribute: '0',
      probability_attribute: '1',
      probability_threshold_attribute: '0.5',
      baseline_constraints: '/opt/ml/processing/baseline/constraints/c.json',
      baseline_statistics: '/opt/ml/processing/baseline/stats/s.json',
      record_preprocessor_script: '/opt/ml/processing/code/recordpreprocessor/pre.py',
      post_analytics_processor_script: '/opt/ml/processing/code/postanalyticsprocessor/post.py',
      analysis_config: '/opt/ml/processing/input/config/analysis_config.json',
    });
    expect(request({ app: {}, output: undefined }).AppSpecification).toEqual({ ImageUri: '' });
    expect(request({ output: undefined }).ProcessingOutputConfig?.Outputs?.[0]?.S3Output?.S3Uri).toBe(
      '/e/watch/2026/11/29/11',
    );
  });

  test.each<[kind: MonitoringKind, type: string | undefined]>([
    ['DataQuality', undefined],
    ['ModelQuality', 'MODEL_QUALITY'],
    ['ModelBias', 'MODEL_BIAS'],
    ['ModelExplainability', 'MODEL_EXPLAINABILITY'],
  ])('of %s say what is analysed', (kind, type) => {
    expect(request({ kind }).Environment?.['analysis_type']).toBe(type);
  });

  test('read the truth of the same hours, which has to be there', async () => {
    await put('truths', 'y/2026/11/29/11/one.jsonl');
    const { ProcessingInputs = [], Environment = {} } = request({ groundTruth: 's3://truths/y/' });
    expect(ProcessingInputs?.at(-1)).toEqual({
      InputName: 'groundtruth-2026-11-29-11',
      S3Input: {
        S3Uri: 's3://truths/y/2026/11/29/11/',
        LocalPath: '/opt/ml/processing/input/groundtruth/2026/11/29/11',
        S3DataType: 'S3Prefix',
        S3InputMode: 'File',
      },
    });
    expect(Environment?.['ground_truth_source']).toBe('/opt/ml/processing/input/groundtruth');
    expect(() => request({ groundTruth: 's3://truths/none' })).toThrow('Job inputs had no data');
    expect(() => request({ groundTruth: 'nowhere' })).toThrow('Job inputs had no data');
  });

  test.each<[what: string, more: Partial<Task>, message: string]>([
    ['of a batch transform', { endpoint: undefined }, 'Local monitors endpoints, not the input of batch transforms.'],
    [
      'of an endpoint that there is not',
      { endpoint: { EndpointName: 'none', LocalPath: '/in' } },
      'There is no endpoint none in service.',
    ],
    ['of an endpoint without a name', { endpoint: {} as never }, 'There is no endpoint  in service.'],
    [
      'of one that captures nothing',
      { endpoint: { EndpointName: 'silent', LocalPath: '/in' } },
      'The endpoint silent captures no data: its config has no DataCaptureConfig that is enabled.',
    ],
    [
      'of one whose capture is off',
      { endpoint: { EndpointName: 'off', LocalPath: '/in' } },
      'The endpoint off captures no data: its config has no DataCaptureConfig that is enabled.',
    ],
    [
      'of one that has captured nothing',
      { endpoint: { EndpointName: 'idle', LocalPath: '/in' } },
      'Job inputs had no data',
    ],
  ])('%s are refused', (_, more, message) => {
    endpoint('idle');
    endpoint('off', { EnableCapture: false });
    endpoints(store).put({
      ...endpoints(store).get('idle'),
      name: 'silent',
      fleet: { variants: [], doc: {} },
    } as never);
    expect(() => request(more)).toThrow(expect.objectContaining({ name: 'Refusal', message }));
  });

  test('a baselining job has made the baseline, unless it is named', () => {
    jobRecords(store).put({
      kind: 'processing',
      name: 'base',
      arn: 'arn:base',
      status: 'Completed',
      createdAt: new Date(0),
      modifiedAt: new Date(0),
      doc: { ProcessingOutputConfig: { Outputs: [{ S3Output: { S3Uri: 's3://made/' } }] } },
    });
    const baseline = (kind: MonitoringKind, more: Task['baseline'] = {}): (string | undefined)[] => {
      const { ProcessingInputs = [] } = request({ kind, baseline: { job: 'base', ...more } });
      return ['baseline-constraints', 'baseline-stats'].map(
        (name) => ProcessingInputs?.find(({ InputName }) => InputName === name)?.S3Input?.S3Uri,
      );
    };
    expect(baseline('DataQuality')).toEqual(['s3://made/constraints.json', 's3://made/statistics.json']);
    expect(baseline('ModelQuality')).toEqual(['s3://made/constraints.json', 's3://made/statistics.json']);
    expect(baseline('ModelBias')).toEqual(['s3://made/analysis.json', undefined]);
    expect(baseline('ModelExplainability')).toEqual(['s3://made/analysis.json', undefined]);
    expect(baseline('DataQuality', { constraints: 's3://own/c.json' })).toEqual([
      's3://own/c.json',
      's3://made/statistics.json',
    ]);
    expect(baseline('DataQuality', { statistics: 's3://own/s.json' })).toEqual([
      's3://made/constraints.json',
      's3://own/s.json',
    ]);
    expect(baseline('DataQuality', { job: 'none' })).toEqual([undefined, undefined]);
  });
});

describe('tasks', () => {
  const definition = (kind: MonitoringKind, doc: Record<string, unknown>): Task => {
    const name = `${kind}-d`;
    jobDefinitions(store).put({ kind, name, arn: 'arn:d', endpoint: 'e', createdAt: new Date(0), doc });
    return taskOf(store, { kind, definition: name, config: {} });
  };

  test('are those of their definition, by the members of its kind', () => {
    expect(
      definition('ModelQuality', {
        ModelQualityAppSpecification: { ImageUri: 'i' },
        ModelQualityJobInput: {
          EndpointInput: { EndpointName: 'e' },
          GroundTruthS3Input: { S3Uri: 's3://truths' },
        },
        ModelQualityBaselineConfig: {
          BaseliningJobName: 'base',
          ConstraintsResource: { S3Uri: 's3://c' },
          StatisticsResource: { S3Uri: 's3://s' },
        },
        ModelQualityJobOutputConfig: { MonitoringOutputs: [] },
        DataQualityAppSpecification: { ImageUri: 'of another kind' },
        JobResources: { ClusterConfig: {} },
        RoleArn: 'arn:role',
        StoppingCondition: { MaxRuntimeInSeconds: 7 },
      }),
    ).toEqual({
      kind: 'ModelQuality',
      app: { ImageUri: 'i' },
      endpoint: { EndpointName: 'e' },
      groundTruth: 's3://truths',
      baseline: { job: 'base', constraints: 's3://c', statistics: 's3://s' },
      output: { MonitoringOutputs: [] },
      resources: { ClusterConfig: {} },
      role: 'arn:role',
      maxRuntime: 7,
    });
  });

  test('may have next to nothing', () => {
    const nothing = { job: undefined, constraints: undefined, statistics: undefined };
    expect(definition('DataQuality', {})).toEqual({ kind: 'DataQuality', app: {}, baseline: nothing });
    expect(definition('ModelBias', { ModelBiasJobInput: {}, ModelBiasBaselineConfig: {} })).toEqual({
      kind: 'ModelBias',
      app: {},
      baseline: nothing,
    });
    expect(taskOf(store, { kind: 'DataQuality', config: {} })).toEqual({
      kind: 'DataQuality',
      app: {},
      baseline: nothing,
      role: '',
    });
    expect(() => taskOf(store, { kind: 'DataQuality', definition: 'none', config: {} })).toThrow(
      'Could not find job definition',
    );
  });

  test('or stand in the schedule', () => {
    const MonitoringJobDefinition = {
      MonitoringAppSpecification: { ImageUri: 'i', PostAnalyticsProcessorSourceUri: 's3://post.py' },
      Environment: { A: '1' },
      BaselineConfig: {
        BaseliningJobName: 'base',
        ConstraintsResource: { S3Uri: 's3://c' },
        StatisticsResource: { S3Uri: 's3://s' },
      },
      MonitoringInputs: [{ EndpointInput: { EndpointName: 'e', LocalPath: '/in' } }],
      MonitoringOutputConfig: { MonitoringOutputs: [] },
      MonitoringResources: { ClusterConfig: {} },
      RoleArn: 'arn:role',
      StoppingCondition: { MaxRuntimeInSeconds: 7 },
    };
    const inline = (given: object): Task =>
      taskOf(store, {
        kind: 'DataQuality',
        config: { MonitoringJobDefinition: given } as unknown as MonitoringScheduleConfig,
      });
    expect(inline(MonitoringJobDefinition)).toEqual({
      kind: 'DataQuality',
      app: { ImageUri: 'i', PostAnalyticsProcessorSourceUri: 's3://post.py', Environment: { A: '1' } },
      endpoint: { EndpointName: 'e', LocalPath: '/in' },
      baseline: { job: 'base', constraints: 's3://c', statistics: 's3://s' },
      output: { MonitoringOutputs: [] },
      resources: { ClusterConfig: {} },
      role: 'arn:role',
      maxRuntime: 7,
    });
    const { app } = inline({ MonitoringInputs: [], BaselineConfig: {}, StoppingCondition: {} });
    expect(app).toEqual({});
  });
});

describe('schedules', () => {
  /** Jobs that end when they are told. */
  const asked: { name: string; request: object; end: (end: object) => void }[] = [];
  const stopped: unknown[] = [];
  const jobs = {
    create: (_kind: object, name: string) => ({ name, arn: `arn:x:processing-job/${name}` }),
    run: (_kind: object, { name }: { name: string }, request: object) =>
      new Promise((end) => void asked.push({ name, request, end })),
    stop: (job: unknown) => stopped.push(job),
  };
  const broken: unknown[] = [];
  let settled = 0;
  let settle = (): Promise<void> => Promise.resolve();
  let monitoring: Monitoring;
  const due = at('11:00:00');

  beforeEach(async () => {
    asked.length = stopped.length = broken.length = 0;
    settled = 0;
    settle = async () => void settled++;
    vi.useFakeTimers({ now: due + 1000, toFake: ['setInterval', 'clearInterval', 'Date'] });
    for (const { name } of monitoringSchedules(store).list('1 = 1')) monitoringSchedules(store).delete('id = ?', name);
    monitoringExecutions(store).delete('1 = 1');
    endpoint('e');
    await put('captured', 'x/e/a/2026/11/29/10/one.jsonl');
    monitoring = new Monitoring({
      store,
      jobs: jobs as never,
      speed: 1,
      settle: () => settle(),
      broken: (error) => broken.push(error),
    });
    monitoring.start();
  });
  afterEach(async () => {
    for (const { end } of asked) end({ status: 'Stopped' });
    await monitoring.shutDown();
    vi.useRealTimers();
  });

  const put_ = (more: Partial<MonitoringSchedule> = {}, ScheduleExpression = 'cron(0 * ? * * *)'): void =>
    monitoringSchedules(store).put({
      name: 'watch',
      arn: 'arn:watch',
      kind: 'DataQuality',
      status: 'Scheduled',
      endpoint: 'e',
      createdAt: new Date(0),
      modifiedAt: new Date(0),
      due: new Date(due),
      config: {
        ScheduleConfig: { ScheduleExpression },
        MonitoringJobDefinition: {
          MonitoringInputs: [{ EndpointInput: { EndpointName: 'e', LocalPath: '/in' } }],
          MonitoringOutputConfig: {
            MonitoringOutputs: [{ S3Output: { S3Uri: 's3://out', LocalPath: '/out' } }],
          },
          MonitoringAppSpecification: { ImageUri: 'i' },
          RoleArn: 'arn:role',
          MonitoringResources: undefined,
        },
      },
      ...more,
    });
  const look = async (): Promise<void> => {
    vi.advanceTimersByTime(500);
    for (let turn = 0; turn < 10; turn++) await setImmediate();
  };
  const all = (): MonitoringExecution[] => monitoringExecutions(store).list('1 = 1');
  const folder = (index = 0): string | undefined => {
    const { request } = asked[index] ?? {};
    const made = request as ReturnType<typeof requestOf> | undefined;
    return made?.ProcessingOutputConfig?.Outputs?.[0]?.S3Output?.S3Uri?.replace('s3://out/e/watch/', '');
  };

  test('run when they are due, and are due again', async () => {
    put_();
    await look();
    expect(settled).toBe(1);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.name).toMatch(/^model-monitoring-202611291100-[a-z0-9]{12}$/);
    expect(asked[0]?.request).toMatchObject({ ProcessingJobName: asked[0]?.name, RoleArn: 'arn:role' });
    expect(folder()).toBe('2026/11/29/11');
    expect(monitoringSchedules(store).get('watch')?.due).toEqual(new Date(at('12:00:00')));
    const [one] = all();
    expect(one).toMatchObject({ id: `watch/${due}`, schedule: 'watch', status: 'InProgress' });
    expect(one?.summary).toEqual({
      MonitoringScheduleName: 'watch',
      ScheduledTime: new Date(due),
      CreationTime: new Date(due + 1500),
      LastModifiedTime: new Date(due + 1500),
      MonitoringExecutionStatus: 'InProgress',
      EndpointName: 'e',
      MonitoringType: 'DataQuality',
      ProcessingJobArn: `arn:x:processing-job/${asked[0]?.name ?? ''}`,
    });
    await look();
    expect(asked).toHaveLength(1);
    asked[0]?.end({ status: 'Completed' });
    await look();
    expect(all()[0]?.status).toBe('Completed');
    expect(all()[0]?.summary.MonitoringExecutionStatus).toBe('Completed');
  });

  test('that run once are not due again', async () => {
    put_({}, 'NOW');
    await look();
    expect(asked).toHaveLength(1);
    expect(monitoringSchedules(store).get('watch')?.due).toBeUndefined();
  });

  test('that are not due yet, are stopped, or have nothing due do not run', async () => {
    put_({ due: new Date(due + 10_000) });
    await look();
    put_({ status: 'Stopped' });
    await look();
    const { due: _due, ...rest } = monitoringSchedules(store).get('watch') as MonitoringSchedule;
    monitoringSchedules(store).put({ ...rest, status: 'Scheduled' });
    await look();
    expect(all()).toEqual([]);
  });

  test('run one at a time; a second output of an hour has a folder of its own', async () => {
    put_();
    await look();
    put_({ due: new Date(due + 61_000) });
    vi.setSystemTime(due + 62_000);
    await look();
    expect(asked).toHaveLength(1);
    asked[0]?.end({ status: 'Completed' });
    await look();
    await look();
    expect(asked).toHaveLength(2);
    expect(folder(1)).toBe('2026/11/29/11/01-01');
  });

  test.each<[end: object, message: string | undefined, status: string, reason: string | undefined]>([
    [{ status: 'Completed' }, 'CompletedWithViolations: 2', 'CompletedWithViolations', undefined],
    [{ status: 'Completed' }, 'Completed: no CompletedWithViolations', 'Completed', undefined],
    [{ status: 'Failed', reason: 'x'.repeat(2000) }, undefined, 'Failed', 'x'.repeat(1024)],
    [{ status: 'Stopped' }, 'CompletedWithViolations', 'Stopped', undefined],
  ])('end as their job: %#', async (end, ExitMessage, status, reason) => {
    put_();
    await look();
    const name = asked[0]?.name ?? '';
    if (ExitMessage !== undefined) {
      jobRecords(store).put({
        kind: 'processing',
        name,
        arn: 'arn:j',
        status: 'Completed',
        createdAt: new Date(0),
        modifiedAt: new Date(0),
        doc: { ExitMessage },
      });
    }
    asked[0]?.end(end);
    await look();
    expect(all()[0]).toMatchObject({ status });
    expect(all()[0]?.summary.FailureReason).toBe(reason);
  });

  test('say why they cannot run', async () => {
    put_({ definition: 'none' });
    await look();
    expect(all()[0]).toMatchObject({ status: 'Failed' });
    expect(all()[0]?.summary).toMatchObject({
      MonitoringJobDefinitionName: 'none',
      FailureReason: expect.stringContaining('Could not find job definition') as string,
    });
    put_({ due: new Date(due + 1), endpoint: 'e', config: { ScheduleConfig: { ScheduleExpression: 'NOW' } } });
    await look();
    expect(all()[1]?.summary.FailureReason).toBe('Local monitors endpoints, not the input of batch transforms.');
    expect(broken).toEqual([]);
  });

  test('a fault of Local ends it', async () => {
    const bug = new RangeError('a bug');
    settle = () => Promise.reject(bug);
    put_();
    await look();
    expect(broken).toEqual([bug]);
    expect(all()[0]?.status).toBe('Pending');
    put_({ config: undefined as never });
    await look();
    expect(broken).toHaveLength(2);
    put_();
    await look();
    expect(all()).toHaveLength(1);
  });

  test('are stopped by their job, where it runs', async () => {
    monitoring.stop('watch');
    put_();
    await look();
    monitoring.stop('watch');
    monitoring.stop('other');
    expect(stopped).toEqual([expect.objectContaining({ name: asked[0]?.name })]);
  });

  test('start nothing more when Local ends, and what a process has left has failed', async () => {
    let go = (): void => undefined;
    settle = () =>
      new Promise((resolve) => {
        go = resolve;
      });
    put_();
    await look();
    const end = monitoring.shutDown();
    go();
    await end;
    expect(asked).toEqual([]);
    put_({ due: new Date(due) });
    await look();
    expect(all()).toHaveLength(1);
    const over = all()[0];
    if (!over) throw new Error('There is no execution.');
    for (const status of ['InProgress', 'Stopping', 'Completed'] as const)
      monitoringExecutions(store).put({ ...over, id: status, status });
    const next = new Monitoring({
      store,
      jobs: jobs as never,
      speed: 1,
      settle,
      broken: (error) => broken.push(error),
    });
    next.start();
    await next.shutDown();
    expect(all().map(({ id, status, summary }) => [id, status, summary.FailureReason])).toEqual(
      [`watch/${due}`, 'InProgress', 'Stopping']
        .map((id) => [id, 'Failed', 'Local stopped while this execution was running.'])
        .concat([['Completed', 'Completed', undefined as never]]),
    );
  });

  test('when a schedule is due that starts now', () => {
    const from = (ScheduleExpression: string | undefined, now?: number): Date | undefined =>
      monitoring.dueFrom(
        { config: ScheduleExpression === undefined ? {} : { ScheduleConfig: { ScheduleExpression } } } as never,
        now,
      );
    expect(from('cron(0 5 ? * * *)', at('04:00:00'))).toEqual(new Date(at('05:00:00')));
    expect(from('cron(0 * ? * * *)')).toEqual(new Date(at('12:00:00')));
    expect(from('nonsense')).toBeUndefined();
    expect(from(undefined)).toBeUndefined();
  });
});
