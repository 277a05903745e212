import type { PipelineExecutionStep, PipelineExecutionStepMetadata } from '@aws-sdk/client-sagemaker';
import { describe, expect, it } from 'vitest';
import { detailOf, type StepFacts } from '../../../src/pipelines/panels/run-graph/step-detail';
import { consoleUrl } from '../../../src/shared/console-url';
import { stepKind } from '../../../src/pipelines/panels/run-graph/step-kinds';
import { hasEnded, type Job, logPlaceOf } from '../../../src/pipelines/service';

const lambda = 'arn:aws:lambda:eu-west-1:1:function:notify';

function detail(type: string, Metadata: PipelineExecutionStepMetadata, more: Partial<StepFacts> = {}) {
  const step: PipelineExecutionStep = { StepName: 'S', StepStatus: 'Succeeded', Metadata };
  return detailOf({
    definition: { name: 'S', type, dependsOn: [], arguments: {}, outputParameters: [] },
    step,
    reports: [],
    ...more,
  });
}

const labels = (sections: { title: string; rows: { label: string; value: string }[] }[]) =>
  sections.map(({ title, rows }) => `${title}: ${rows.map(({ label, value }) => `${label}=${value}`).join(', ')}`);

describe('a step without a job of its own', () => {
  it.each<[string, PipelineExecutionStepMetadata, string[], RegExp]>([
    [
      'Lambda',
      { Lambda: { Arn: lambda, OutputParameters: [{ Name: 'report', Value: 's3://b/k' }] } },
      ['Output parameters: report=s3://b/k'],
      /\/aws\/lambda\/notify in CloudWatch/,
    ],
    [
      'Callback',
      { Callback: { SqsQueueUrl: 'https://q', CallbackToken: 't', OutputParameters: [{ Name: 'a', Value: '1' }] } },
      ['Output parameters: a=1', 'Callback: Queue=https://q, Token=t'],
      /not known here/,
    ],
    [
      'EMR',
      { EMR: { ClusterId: 'j-1', StepId: 's-1', LogFilePath: 's3://logs/j-1' } },
      ['EMR: Cluster=j-1, Step=s-1, Log=s3://logs/j-1'],
      /writes the log of the step to s3:\/\/logs\/j-1/,
    ],
    ['Model', { Model: { Arn: 'arn:model/m' } }, ['Made: ARN=arn:model/m'], /write no log/],
    ['Endpoint', { Endpoint: { Arn: 'arn:endpoint/e' } }, ['Made: ARN=arn:endpoint/e'], /write no log/],
    [
      'RegisterModel',
      { RegisterModel: { Arn: 'arn:aws:sagemaker:r:1:model-package/penguins/3' } },
      ['Model package: Version=penguins version 3'],
      /write no log/,
    ],
    ['Condition', { Condition: { Outcome: 'True' } }, ['Outcome: Outcome=True'], /write no log/],
    [
      'Lineage',
      { Lineage: { ActionArns: { train: 'arn:action/a' }, ContextArns: { release: 'arn:context/c' } } },
      ['Actions: train=arn:action/a', 'Contexts: release=arn:context/c'],
      /write no log/,
    ],
    ['Fail', { Fail: { ErrorMessage: 'too bad' } }, ['Message: Error=too bad'], /write no log/],
    [
      'BedrockCustomModel',
      { BedrockCustomModel: { Arn: 'arn:bedrock' } },
      ['Facts: Arn=arn:bedrock'],
      /Where steps of this type log is not known here/,
    ],
  ])('%s says what it left and where it logs', (type, metadata, output, log) => {
    const made = detail(type, metadata);
    expect(labels(made.output)).toEqual(output);
    expect(made.hasLogs).toBe(false);
    expect(made.noLog).toMatch(log);
  });

  it('says that something is not known rather than that there is none', () => {
    const made = detail('SomethingNew', {});
    expect([made.output, made.hasLogs]).toEqual([[], false]);
    expect(made.noOutput).toBe('What steps of this type leave is not known here.');
    expect(detail('Lambda', {}).noOutput).toBe('The function has returned no output parameters.');
    expect(detail('Lambda', {}).noLog).toBe('The function logs to CloudWatch Logs.');
    expect(detail('EMR', {}).noLog).toBe('The log is kept with the EMR cluster.');
  });

  it('links what lies in S3', () => {
    const { output } = detail('Lambda', { Lambda: { OutputParameters: [{ Name: 'a', Value: 's3://b/k' }] } });
    expect(output[0]?.rows[0]).toEqual({ label: 'a', value: 's3://b/k', link: 's3://b/k' });
  });
});

describe('a check of quality', () => {
  it('leads from the baseline of data that it has made to the monitoring of an endpoint', () => {
    const baseline = {
      CalculatedBaselineConstraints: 's3://b/constraints.json',
      CalculatedBaselineStatistics: 's3://b/statistics.json',
    };
    const links = (CheckType: string): unknown[] =>
      detail('QualityCheck', { QualityCheck: { CheckType, ...baseline } }).output.flatMap(({ rows }) =>
        rows.flatMap(({ label, link }) => (label === 'Monitoring' ? [link] : [])),
      );
    expect(links('DATA_QUALITY')).toEqual(['monitor:s3://b/constraints.json s3://b/statistics.json']);
    expect(links('MODEL_QUALITY')).toEqual([]);
  });

  const metadata = {
    QualityCheck: { CheckType: 'DataQuality', ViolationReport: 's3://b/violations.json', CheckJobArn: 'arn:p/check-1' },
  };

  it('is a processing job with the violations that it found', () => {
    const job: Job = { kind: 'Processing', name: 'check-1', job: { ProcessingJobArn: 'arn:p/check-1' } as never };
    const made = detail('QualityCheck', metadata, {
      job,
      reports: [{ name: 'Violations', uri: 's3://b/violations.json', text: '{"violations":[]}' }],
      region: 'eu-west-1',
    });
    expect(made.hasLogs).toBe(true);
    expect(labels(made.output)).toEqual([
      'Violations: File=s3://b/violations.json, Content={"violations":[]}',
      'Check: Type=DataQuality, Violation report=s3://b/violations.json',
    ]);
    expect(made.info.at(-1)?.rows[0]?.link).toBe(
      'https://eu-west-1.console.aws.amazon.com/sagemaker/home?region=eu-west-1#/processing-jobs/check-1',
    );
  });
});

describe('a job', () => {
  it.each<[Job, string[]]>([
    [
      {
        kind: 'Transform',
        name: 't',
        job: { TransformJobStatus: 'Completed', TransformOutput: { S3OutputPath: 's3://b/out' } } as never,
      },
      ['Files: Output=s3://b/out'],
    ],
    [
      {
        kind: 'Tuning',
        name: 'h',
        job: {
          HyperParameterTuningJobStatus: 'InProgress',
          BestTrainingJob: {
            TrainingJobName: 'h-001',
            TunedHyperParameters: { lr: '0.1' },
            FinalHyperParameterTuningJobObjectiveMetric: { MetricName: 'auc', Value: 0.9 },
          },
          TrainingJobStatusCounters: { Completed: 3, InProgress: 0 },
        } as never,
      },
      ['Best training job: Name=h-001, auc=0.9, lr=0.1', 'Training jobs: Completed=3'],
    ],
    [
      {
        kind: 'AutoML',
        name: 'a',
        job: {
          AutoMLJobStatus: 'Stopped',
          BestCandidate: { CandidateName: 'c', FinalAutoMLJobObjectiveMetric: { MetricName: 'f1', Value: 0.8 } },
          OutputDataConfig: { S3OutputPath: 's3://b/auto' },
        } as never,
      },
      ['Best candidate: Name=c, f1=0.8', 'Files: Output=s3://b/auto'],
    ],
  ])('$kind tells what it made', (job, output) => {
    expect(labels(detail(job.kind, {}, { job }).output)).toEqual(output);
    expect(hasEnded(job)).toBe(job.kind !== 'Tuning');
  });

  it('logs where the service keeps its log', () => {
    const place = (kind: Job['kind']) => logPlaceOf({ kind, name: 'n', job: {} } as Job);
    expect(place('Training')).toEqual({ group: '/aws/sagemaker/TrainingJobs', prefix: 'n/' });
    expect(place('Transform')).toEqual({ group: '/aws/sagemaker/TransformJobs', prefix: 'n/' });
    expect(place('Tuning')).toEqual({ group: '/aws/sagemaker/TrainingJobs', prefix: 'n-' });
    expect(place('AutoML')).toBeUndefined();
  });
});

describe('where a result comes from', () => {
  it('is linked: the cache, and the run that a selective one has taken over from', () => {
    const source = 'arn:aws:sagemaker:r:1:pipeline/p/execution/abc';
    const step: PipelineExecutionStep = {
      CacheHitResult: { SourcePipelineExecutionArn: source },
      SelectiveExecutionResult: { SourcePipelineExecutionArn: source },
    };
    expect(detail('Training', {}, { step }).info[0]).toEqual({
      title: 'Result',
      rows: [
        { label: 'From the cache of run', value: 'abc', link: source },
        { label: 'Taken over from run', value: 'abc', link: source },
      ],
    });
  });
});

describe('consoleUrl', () => {
  it.each([
    ['eu-west-1', 'https://eu-west-1.console.aws.amazon.com/lambda/home?region=eu-west-1#/functions/f'],
    ['cn-north-1', 'https://cn-north-1.console.amazonaws.cn/lambda/home?region=cn-north-1#/functions/f'],
    [
      'us-gov-west-1',
      'https://us-gov-west-1.console.amazonaws-us-gov.com/lambda/home?region=us-gov-west-1#/functions/f',
    ],
  ])('%s', (region, url) => {
    expect(
      consoleUrl(stepKind('Lambda').page?.({ Lambda: { Arn: lambda.replace('notify', 'f') } }) ?? '', region),
    ).toBe(url);
  });
});
