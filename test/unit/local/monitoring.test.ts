import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateDataQualityJobDefinitionCommand,
  CreateModelBiasJobDefinitionCommand,
  CreateModelExplainabilityJobDefinitionCommand,
  CreateModelQualityJobDefinitionCommand,
  CreateMonitoringScheduleCommand,
  CreateProcessingJobCommand,
  DeleteDataQualityJobDefinitionCommand,
  DeleteModelBiasJobDefinitionCommand,
  DeleteModelExplainabilityJobDefinitionCommand,
  DeleteModelQualityJobDefinitionCommand,
  DeleteMonitoringScheduleCommand,
  DescribeDataQualityJobDefinitionCommand,
  DescribeModelBiasJobDefinitionCommand,
  DescribeModelExplainabilityJobDefinitionCommand,
  DescribeModelQualityJobDefinitionCommand,
  DescribeMonitoringScheduleCommand,
  DescribeProcessingJobCommand,
  ListDataQualityJobDefinitionsCommand,
  ListModelBiasJobDefinitionsCommand,
  ListModelExplainabilityJobDefinitionsCommand,
  ListModelQualityJobDefinitionsCommand,
  ListMonitoringExecutionsCommand,
  ListMonitoringSchedulesCommand,
  type MonitoringExecutionSummary,
  type MonitoringType,
  StartMonitoringScheduleCommand,
  StopMonitoringScheduleCommand,
  UpdateMonitoringScheduleCommand,
} from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faultOf, hoursOf, nextAfter, offsetOf, rhythmOf, windowOf } from '../../../src/local/engine/monitoring/times';
import { ask, deploy, deployable, runtimeOf } from './serving';
import { Bed, bucket, eventually, role } from './support';

/* Monitoring schedules: when they are due, what they compute, what is kept of it. */

const hour = 3_600_000;
const at = (text: string): number => Date.parse(`2026-11-29T${text}Z`);

describe('times', () => {
  test.each([
    ['cron(0 * ? * * *)', '10:20:00', '11:00:00'],
    ['cron(0 * ? * * *)', '11:00:00', '12:00:00'],
    ['cron(0 13 ? * * *)', '10:20:00', '13:00:00'],
    ['cron(0 1/6 ? * * *)', '10:20:00', '13:00:00'],
    ['NOW', '10:20:00', '10:20:00'],
  ])('%s after %s is due at %s', (expression, after, due) => {
    expect(nextAfter(rhythmOf(expression) ?? { once: true }, at(after), 1)).toBe(at(due));
  });

  test('an hour is shorter by the speed', () => {
    const rhythm = rhythmOf('cron(0 * ? * * *)') ?? { once: true };
    expect(nextAfter(rhythm, at('10:20:30'), 60)).toBe(at('10:21:00'));
    const config = { ScheduleExpression: 'cron(0 * ? * * *)' };
    expect(windowOf(config, at('10:21:00'), 60, {})).toEqual({ start: at('10:20:00'), end: at('10:21:00') });
  });

  test.each(['cron(0 24 ? * * *)', 'cron(5 * ? * * *)', 'cron(0 1/0 ? * * *)', 'cron(0 1/25 ? * * *)', 'rate(1 hour)'])(
    '%s is refused',
    (expression) => expect(faultOf({ ScheduleExpression: expression })).toContain('is not supported'),
  );

  test.each([
    [{}, 'needs DataAnalysisStartTime'],
    [{ DataAnalysisStartTime: '-PT1H', DataAnalysisEndTime: '-PT2H' }, 'must be after'],
    [{ DataAnalysisStartTime: '-PT1H', DataAnalysisEndTime: 'PT1H' }, 'in the future'],
    [{ DataAnalysisStartTime: '-PT25H', DataAnalysisEndTime: '-PT0H' }, '24 hours'],
  ])('once over %j is refused', (more, text) => {
    expect(faultOf({ ScheduleExpression: 'NOW', ...more })).toContain(text);
  });

  test('windows: the period before, or what the offsets say', () => {
    const hourly = { ScheduleExpression: 'cron(0 * ? * * *)' };
    expect(windowOf(hourly, at('11:00:00'), 1, {})).toEqual({ start: at('10:00:00'), end: at('11:00:00') });
    const days = windowOf(hourly, at('11:00:00'), 1, { start: '-P8D', end: '-P1D' });
    expect([days.start, days.end]).toEqual([at('11:00:00') - 8 * 24 * hour, at('11:00:00') - 24 * hour]);
    expect(offsetOf('-PT1H30M')).toBe(-1.5 * hour);
    expect(offsetOf('an hour')).toBeUndefined();
    expect(hoursOf({ start: at('10:20:00'), end: at('12:00:00') })).toEqual(['2026/11/29/10', '2026/11/29/11']);
  });
});

describe('on a running endpoint', () => {
  const image = '156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer';
  const clarify = '205585389593.dkr.ecr.us-east-1.amazonaws.com/sagemaker-clarify-processing:1.0';
  const resources = { ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.xlarge' as const, VolumeSizeInGB: 20 } };
  const endpoint = { EndpointName: 'watched', LocalPath: '/opt/ml/processing/input/endpoint' };
  const outputs = {
    MonitoringOutputs: [
      {
        S3Output: {
          S3Uri: `s3://${bucket}/reports`,
          LocalPath: '/opt/ml/processing/output',
          S3UploadMode: 'EndOfJob' as const,
        },
      },
    ],
  };
  const common = { JobResources: resources, RoleArn: role };
  const now = { ScheduleExpression: 'NOW', DataAnalysisStartTime: '-PT1H', DataAnalysisEndTime: '-PT0H' };

  /** Says 1 for the second of two numbers above 100. */
  const model = {
    'code/inference.py': `def model_fn(model_dir):
    return None

def predict_fn(rows, model):
    return [[1 if row[1] > 100 else 0] for row in rows]
`,
  };

  let bed: Bed;
  let truthIds: string[] = [];

  const put = (Key: string, Body: string): Promise<unknown> =>
    bed.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
  const read = async (uri: string): Promise<Record<string, unknown>> => {
    const { Body } = await bed.clients.s3.send(
      new GetObjectCommand({ Bucket: bucket, Key: uri.replace(`s3://${bucket}/`, '') }),
    );
    return JSON.parse((await Body?.transformToString()) ?? '') as Record<string, unknown>;
  };
  const schedule = (name: string, type: MonitoringType, more: object = now): Promise<unknown> =>
    bed.clients.sagemaker.send(
      new CreateMonitoringScheduleCommand({
        MonitoringScheduleName: name,
        MonitoringScheduleConfig: {
          MonitoringJobDefinitionName: name,
          MonitoringType: type,
          ScheduleConfig: more as typeof now,
        },
      }),
    );
  const executionOf = (name: string): Promise<MonitoringExecutionSummary> =>
    eventually(async () => {
      const { MonitoringExecutionSummaries: [first] = [] } = await bed.clients.sagemaker.send(
        new ListMonitoringExecutionsCommand({ MonitoringScheduleName: name }),
      );
      return first !== undefined && !/Pending|InProgress/.test(first.MonitoringExecutionStatus ?? '') && first;
    });
  /** Where an execution has written. */
  const resultOf = async ({ ProcessingJobArn = '' }: MonitoringExecutionSummary): Promise<string> => {
    const job = await bed.clients.sagemaker.send(
      new DescribeProcessingJobCommand({ ProcessingJobName: ProcessingJobArn.split('/').at(-1) }),
    );
    return job.ProcessingOutputConfig?.Outputs?.[0]?.S3Output?.S3Uri ?? '';
  };

  beforeAll(async () => {
    bed = await Bed.start();
    await deployable(bed.clients, 'watched', model, {
      config: {
        DataCaptureConfig: {
          EnableCapture: true,
          InitialSamplingPercentage: 100,
          DestinationS3Uri: `s3://${bucket}/captured`,
          CaptureOptions: [{ CaptureMode: 'Input' as const }, { CaptureMode: 'Output' as const }],
          CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'], JsonContentTypes: ['application/json'] },
        },
      },
    });
    expect((await deploy(bed.clients, 'watched')).EndpointStatus).toBe('InService');
    const runtime = runtimeOf(bed);
    truthIds = Array.from({ length: 60 }, (_, index) => `request-${index}`);
    for (const [index, InferenceId] of truthIds.entries()) {
      // The first column as in the baseline, the second far from it.
      const Body = `${index},${90 + index}`;
      await ask(runtime, 'watched', null, { Body, ContentType: 'text/csv', Accept: 'text/csv', InferenceId });
    }
    const rows = Array.from({ length: 60 }, (_, index) => `${index % 2},${index},${index}`);
    await put('baseline/data.csv', `label,a,b\n${rows.join('\n')}\n`);
    await bed.clients.sagemaker.send(
      new CreateProcessingJobCommand({
        ProcessingJobName: 'baseline',
        RoleArn: role,
        AppSpecification: { ImageUri: image },
        ProcessingResources: resources,
        ProcessingInputs: [
          {
            InputName: 'baseline_dataset_input',
            S3Input: {
              S3Uri: `s3://${bucket}/baseline/`,
              LocalPath: '/opt/ml/processing/input/baseline',
              S3DataType: 'S3Prefix',
              S3InputMode: 'File',
            },
          },
        ],
        ProcessingOutputConfig: {
          Outputs: [
            {
              OutputName: 'monitoring_output',
              S3Output: {
                S3Uri: `s3://${bucket}/made`,
                LocalPath: '/opt/ml/processing/output',
                S3UploadMode: 'EndOfJob',
              },
            },
          ],
        },
        Environment: {
          dataset_format: '{"csv": {"header": true}}',
          dataset_source: '/opt/ml/processing/input/baseline',
          output_path: '/opt/ml/processing/output',
          publish_cloudwatch_metrics: 'Disabled',
        },
      }),
    );
    await eventually(async () => {
      const job = await bed.clients.sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName: 'baseline' }));
      expect(job.ProcessingJobStatus, job.FailureReason).not.toBe('Failed');
      return job.ProcessingJobStatus === 'Completed';
    });
  });
  afterAll(() => bed.stop());

  test('data quality: violations, files and metrics of what was captured, by a baselining job', async () => {
    const { sagemaker } = bed.clients;
    await sagemaker.send(
      new CreateDataQualityJobDefinitionCommand({
        JobDefinitionName: 'quality',
        DataQualityAppSpecification: { ImageUri: image },
        DataQualityBaselineConfig: { BaseliningJobName: 'baseline' },
        DataQualityJobInput: { EndpointInput: endpoint },
        DataQualityJobOutputConfig: outputs,
        ...common,
      }),
    );
    await schedule('quality', 'DataQuality');
    const execution = await executionOf('quality');
    expect(execution).toMatchObject({
      MonitoringExecutionStatus: 'CompletedWithViolations',
      EndpointName: 'watched',
      MonitoringType: 'DataQuality',
      MonitoringJobDefinitionName: 'quality',
    });
    const place = await resultOf(execution);
    expect(place).toMatch(new RegExp(`^s3://${bucket}/reports/watched/quality/\\d{4}/\\d\\d/\\d\\d/\\d\\d$`));
    // Predictions first, then inputs, by the names of the baseline.
    expect(await read(`${place}/statistics.json`)).toMatchObject({
      dataset: { item_count: 60 },
      features: [{ name: 'label' }, { name: 'a', numerical_statistics: { min: 0, max: 59 } }, { name: 'b' }],
    });
    const { violations } = await read(`${place}/constraint_violations.json`);
    // All of b is above the baseline's but for nothing: D is 1, less 1.8·√(2/60).
    expect(violations).toEqual([
      {
        feature_name: 'b',
        constraint_check_type: 'baseline_drift_check',
        description: expect.stringContaining('Baseline drift distance: 0.671') as string,
      },
    ]);
    const { endpoint: url, region, accessKeyId, secretAccessKey } = bed.plane.ready;
    const watch = new CloudWatchClient({ endpoint: url, region, credentials: { accessKeyId, secretAccessKey } });
    const metric = await watch.send(
      new GetMetricDataCommand({
        StartTime: new Date(Date.now() - hour),
        EndTime: new Date(Date.now() + hour),
        MetricDataQueries: [
          {
            Id: 'm',
            MetricStat: {
              Metric: {
                Namespace: 'aws/sagemaker/Endpoints/data-metrics',
                MetricName: 'feature_baseline_drift_b',
                Dimensions: [
                  { Name: 'Endpoint', Value: 'watched' },
                  { Name: 'MonitoringSchedule', Value: 'quality' },
                ],
              },
              Period: 3600,
              Stat: 'Maximum',
            },
          },
        ],
      }),
    );
    const distance = 1 - 1.8 * Math.sqrt(120 / 3600);
    expect(metric.MetricDataResults?.[0]?.Values?.[0]).toBeCloseTo(distance, 6);
  });

  test('a schedule is stopped, changed, started again and deleted; each time it runs anew', async () => {
    const { sagemaker } = bed.clients;
    const name = { MonitoringScheduleName: 'quality' };
    await sagemaker.send(new StopMonitoringScheduleCommand(name));
    expect((await sagemaker.send(new DescribeMonitoringScheduleCommand(name))).MonitoringScheduleStatus).toBe(
      'Stopped',
    );
    await expect(schedule('quality', 'DataQuality')).rejects.toThrow('already existing');
    const config = { MonitoringJobDefinitionName: 'quality', MonitoringType: 'DataQuality' as const };
    const wrong = { ...config, ScheduleConfig: { ScheduleExpression: 'cron(1 * ? * * *)' } };
    await expect(
      sagemaker.send(new UpdateMonitoringScheduleCommand({ ...name, MonitoringScheduleConfig: wrong })),
    ).rejects.toThrow('is not supported');
    const later = { ...now, DataAnalysisStartTime: '-PT2H' };
    await sagemaker.send(
      new UpdateMonitoringScheduleCommand({ ...name, MonitoringScheduleConfig: { ...config, ScheduleConfig: later } }),
    );
    await sagemaker.send(new StartMonitoringScheduleCommand(name));
    await eventually(async () => {
      const { MonitoringExecutionSummaries: found = [] } = await sagemaker.send(
        new ListMonitoringExecutionsCommand({
          ...name,
          StatusEquals: 'CompletedWithViolations',
          SortBy: 'ScheduledTime',
        }),
      );
      return found.length === 2;
    });
    const described = await sagemaker.send(new DescribeMonitoringScheduleCommand(name));
    expect(described).toMatchObject({
      MonitoringScheduleStatus: 'Scheduled',
      EndpointName: 'watched',
      LastMonitoringExecutionSummary: { MonitoringExecutionStatus: 'CompletedWithViolations' },
    });
    // Both of one hour have kept what they have made.
    const { Contents = [] } = await bed.clients.s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: 'reports/watched/quality/' }),
    );
    expect(Contents.filter(({ Key }) => Key?.endsWith('/statistics.json'))).toHaveLength(2);
    const list = new ListMonitoringSchedulesCommand({ EndpointName: 'watched', MonitoringTypeEquals: 'DataQuality' });
    expect((await sagemaker.send(list)).MonitoringScheduleSummaries).toHaveLength(1);
    await sagemaker.send(new DeleteMonitoringScheduleCommand(name));
    await expect(sagemaker.send(new DescribeMonitoringScheduleCommand(name))).rejects.toMatchObject({
      name: 'ResourceNotFound',
    });
    // What it has found stays listed, as on AWS.
    const { MonitoringExecutionSummaries: kept = [] } = await sagemaker.send(
      new ListMonitoringExecutionsCommand({ ...name, StatusEquals: 'CompletedWithViolations' }),
    );
    expect(kept).toHaveLength(2);
  });

  test('model quality: the answers beside their ground truth, by their ids', async () => {
    const { sagemaker } = bed.clients;
    const folder = new Date().toISOString().slice(0, 13).replaceAll(/[-T]/g, '/');
    const truths = truthIds.map((eventId, index) =>
      JSON.stringify({
        groundTruthData: { data: String(Number(90 + index > 100 && index % 10 !== 0)), encoding: 'CSV' },
        eventMetadata: { eventId },
        eventVersion: '0',
      }),
    );
    await put(`truth/${folder}/truth.jsonl`, `${truths.join('\n')}\n`);
    await put(
      'quality/constraints.json',
      JSON.stringify({
        version: 0,
        binary_classification_constraints: {
          accuracy: { threshold: 0.99, comparison_operator: 'LessThanThreshold' },
          recall: { threshold: 0.5, comparison_operator: 'LessThanThreshold' },
        },
      }),
    );
    await sagemaker.send(
      new CreateModelQualityJobDefinitionCommand({
        JobDefinitionName: 'model',
        ModelQualityAppSpecification: { ImageUri: image, ProblemType: 'BinaryClassification' },
        ModelQualityBaselineConfig: { ConstraintsResource: { S3Uri: `s3://${bucket}/quality/constraints.json` } },
        ModelQualityJobInput: {
          EndpointInput: { ...endpoint, InferenceAttribute: '0' },
          GroundTruthS3Input: { S3Uri: `s3://${bucket}/truth` },
        },
        ModelQualityJobOutputConfig: outputs,
        ...common,
      }),
    );
    await schedule('model', 'ModelQuality');
    const execution = await executionOf('model');
    expect(execution.FailureReason).toBeUndefined();
    const place = await resultOf(execution);
    // Four of sixty answers are wrong: 20, 30, 40 and 50.
    expect(await read(`${place}/statistics.json`)).toMatchObject({
      dataset: { item_count: 60 },
      binary_classification_metrics: { accuracy: { value: 56 / 60 }, recall: { value: 1 } },
    });
    expect((await read(`${place}/constraint_violations.json`))['violations']).toMatchObject([
      { metric_name: 'accuracy', constraint_check_type: 'LessThanThreshold' },
    ]);
  });

  test('bias of the answers, farther from fair than the baseline', async () => {
    const config = {
      headers: ['a', 'b', 'label'],
      label: 'label',
      label_values_or_threshold: [1],
      facet: [{ name_or_index: 'a', value_or_threshold: [30] }],
      methods: { post_training_bias: { methods: ['DPPL'] } },
    };
    await put('bias/analysis_config.json', JSON.stringify(config));
    const facet = [{ value_or_threshold: '30', metrics: [{ name: 'DPPL', value: 0.01 }] }];
    await put('bias/analysis.json', JSON.stringify({ post_training_bias_metrics: { facets: { a: facet } } }));
    await bed.clients.sagemaker.send(
      new CreateModelBiasJobDefinitionCommand({
        JobDefinitionName: 'bias',
        ModelBiasAppSpecification: { ImageUri: clarify, ConfigUri: `s3://${bucket}/bias/analysis_config.json` },
        ModelBiasBaselineConfig: { ConstraintsResource: { S3Uri: `s3://${bucket}/bias/analysis.json` } },
        ModelBiasJobInput: {
          EndpointInput: { ...endpoint, InferenceAttribute: '0' },
          GroundTruthS3Input: { S3Uri: `s3://${bucket}/truth` },
        },
        ModelBiasJobOutputConfig: outputs,
        ...common,
      }),
    );
    await schedule('bias', 'ModelBias');
    const execution = await executionOf('bias');
    expect(execution.FailureReason).toBeUndefined();
    expect(execution.MonitoringExecutionStatus).toBe('CompletedWithViolations');
    // Of the facet (above 30) all 29 are accepted, of the others 20 of 31.
    const { post_training_bias_metrics: found } = (await read(`${await resultOf(execution)}/analysis.json`)) as {
      post_training_bias_metrics: { facets: { a: { metrics: { value: number }[] }[] } };
    };
    expect(found.facets.a[0]?.metrics[0]?.value).toBeCloseTo(20 / 31 - 1, 6);
  });

  test('features count otherwise than in the baseline: by the model that is served', async () => {
    const config = {
      headers: ['a', 'b'],
      // No model is named: it is the one of the endpoint.
      predictor: {},
      methods: { shap: { baseline: [[0, 0]], num_samples: 100, agg_method: 'mean_abs' } },
    };
    await put('why/analysis_config.json', JSON.stringify(config));
    const kernel_shap = { label0: { global_shap_values: { a: 0.9, b: 0.1 }, expected_value: 0 } };
    await put('why/analysis.json', JSON.stringify({ version: '1.0', explanations: { kernel_shap } }));
    await bed.clients.sagemaker.send(
      new CreateModelExplainabilityJobDefinitionCommand({
        JobDefinitionName: 'why',
        ModelExplainabilityAppSpecification: {
          ImageUri: clarify,
          ConfigUri: `s3://${bucket}/why/analysis_config.json`,
        },
        ModelExplainabilityBaselineConfig: { ConstraintsResource: { S3Uri: `s3://${bucket}/why/analysis.json` } },
        ModelExplainabilityJobInput: { EndpointInput: endpoint },
        ModelExplainabilityJobOutputConfig: outputs,
        ...common,
      }),
    );
    await schedule('why', 'ModelExplainability');
    const execution = await executionOf('why');
    expect(execution.FailureReason).toBeUndefined();
    expect(execution.MonitoringExecutionStatus).toBe('CompletedWithViolations');
    const place = await resultOf(execution);
    const { explanations } = (await read(`${place}/analysis.json`)) as {
      explanations: { kernel_shap: { label0: { global_shap_values: { a: number; b: number } } } };
    };
    // The model asks for b above 100 alone.
    const { a, b } = explanations.kernel_shap.label0.global_shap_values;
    expect(a).toBeCloseTo(0, 9);
    expect(b).toBeGreaterThan(0.3);
    expect((await read(`${place}/constraint_violations.json`))['violations']).toMatchObject([
      { label: 'label0', metric_name: 'shap', constraint_check_type: 'feature_attribution_drift_check' },
    ]);
  });

  test('what cannot be computed is told as the reason of the failure', async () => {
    const { sagemaker } = bed.clients;
    await sagemaker.send(
      new CreateModelExplainabilityJobDefinitionCommand({
        JobDefinitionName: 'explained',
        ModelExplainabilityAppSpecification: {
          ImageUri: clarify,
          ConfigUri: `s3://${bucket}/bias/analysis_config.json`,
        },
        ModelExplainabilityJobInput: { EndpointInput: endpoint },
        ModelExplainabilityJobOutputConfig: outputs,
        ...common,
      }),
    );
    await schedule('explained', 'ModelExplainability');
    expect(await executionOf('explained')).toMatchObject({
      MonitoringExecutionStatus: 'Failed',
      FailureReason: expect.stringContaining('beside the ground truth') as string,
    });
    await sagemaker.send(
      new CreateDataQualityJobDefinitionCommand({
        JobDefinitionName: 'early',
        DataQualityAppSpecification: { ImageUri: image },
        DataQualityJobInput: { EndpointInput: endpoint },
        DataQualityJobOutputConfig: outputs,
        ...common,
      }),
    );
    await schedule('early', 'DataQuality', { ...now, DataAnalysisStartTime: '-PT20H', DataAnalysisEndTime: '-PT5H' });
    expect((await executionOf('early')).FailureReason).toBe('Job inputs had no data');
    await expect(schedule('nobody', 'DataQuality')).rejects.toMatchObject({ name: 'ResourceNotFound' });
  });

  test('definitions are described, listed and deleted', async () => {
    const { sagemaker } = bed.clients;
    const name = (JobDefinitionName: string): { JobDefinitionName: string } => ({ JobDefinitionName });
    expect(await sagemaker.send(new DescribeDataQualityJobDefinitionCommand(name('quality')))).toMatchObject({
      DataQualityBaselineConfig: { BaseliningJobName: 'baseline' },
      JobDefinitionArn: 'arn:aws:sagemaker:us-east-1:000000000000:data-quality-job-definition/quality',
    });
    await sagemaker.send(new DescribeModelQualityJobDefinitionCommand(name('model')));
    await sagemaker.send(new DescribeModelBiasJobDefinitionCommand(name('bias')));
    await sagemaker.send(new DescribeModelExplainabilityJobDefinitionCommand(name('explained')));
    const listed = new ListDataQualityJobDefinitionsCommand({ EndpointName: 'watched', SortBy: 'Name' });
    expect((await sagemaker.send(listed)).JobDefinitionSummaries?.length).toBe(2);
    expect((await sagemaker.send(new ListModelQualityJobDefinitionsCommand({}))).JobDefinitionSummaries).toHaveLength(
      1,
    );
    expect((await sagemaker.send(new ListModelBiasJobDefinitionsCommand({}))).JobDefinitionSummaries).toHaveLength(1);
    await sagemaker.send(new ListModelExplainabilityJobDefinitionsCommand({}));
    await sagemaker.send(new DeleteDataQualityJobDefinitionCommand(name('quality')));
    await sagemaker.send(new DeleteModelQualityJobDefinitionCommand(name('model')));
    await sagemaker.send(new DeleteModelBiasJobDefinitionCommand(name('bias')));
    await sagemaker.send(new DeleteModelExplainabilityJobDefinitionCommand(name('explained')));
    await expect(sagemaker.send(new DescribeModelBiasJobDefinitionCommand(name('bias')))).rejects.toMatchObject({
      name: 'ResourceNotFound',
    });
  });
});
