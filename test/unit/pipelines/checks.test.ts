import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCheck } from '../../../src/pipelines/checks/read';
import { checkView } from '../../../src/pipelines/checks/report';
import { startRun } from '../../../src/pipelines/commands/start';
import { isSettled } from '../../../src/pipelines/model';
import { readRun } from '../../../src/pipelines/reading';
import { jobOf, token } from '../../../src/pipelines/service';
import type { Table } from '../../../src/shared/facts';
import { type LocalSession, startLocalSession } from '../../fixtures/local/session';

const cells = (table: Table | undefined) => table?.rows.map((row) => row.cells);

describe('the files of a check', () => {
  it('of the bias of data and model are tables of groups beside the baseline', () => {
    const facets = (value: number) => ({
      facets: {
        sex: [
          {
            value_or_threshold: '0',
            metrics: [{ name: 'CI', description: 'Class Imbalance (CI)', value }],
          },
        ],
      },
    });
    const view = checkView({
      constraints: { version: '1.0', pre_training_bias_metrics: facets(0.25), post_training_bias_metrics: facets(0.5) },
      baselineConstraints: { pre_training_bias_metrics: facets(0.125) },
      violations: {
        violations: [
          {
            facet: 'sex',
            facet_value: '0',
            metric_name: 'CI',
            constraint_check_type: 'bias_drift_check',
            description: 'x',
          },
        ],
      },
    });
    expect(view?.violations).toEqual([{ about: 'sex · CI', check: 'bias_drift_check', text: 'x' }]);
    expect(view?.tables.map(({ title }) => title)).toEqual(['Bias of the data', 'Bias of the model']);
    expect(cells(view?.tables[0])).toEqual([['sex = 0', 'CI', 'Class Imbalance (CI)', '0.25', '0.125']]);
    expect(cells(view?.tables[1])).toEqual([['sex = 0', 'CI', 'Class Imbalance (CI)', '0.5', '']]);
  });

  it('of explanations are bars by label, the longest first', () => {
    const view = checkView({
      constraints: {
        explanations: {
          kernel_shap: {
            label0: { expected_value: 0.25, global_shap_values: { age: 0.1, income: -0.4, none: 'NaN' } },
            label1: { expected_value: 0.75 },
          },
        },
      },
    });
    expect(view?.importance).toEqual([
      {
        label: 'label0',
        features: [
          { name: 'income', value: -0.4 },
          { name: 'age', value: 0.1 },
        ],
      },
    ]);
  });

  it('of the quality of a model are metrics beside the baseline and what violates it', () => {
    const metrics = (recall: number) => ({
      version: 0,
      dataset: { item_count: 10 },
      binary_classification_metrics: {
        confusion_matrix: { '0': { '0': 4 } },
        recall: { value: recall, standard_deviation: 0.01 },
        receiver_operating_characteristic_curve: { false_positive_rates: [0, 1], true_positive_rates: [0, 1] },
      },
    });
    const view = checkView({
      statistics: metrics(0.5),
      baselineStatistics: metrics(0.75),
      constraints: {
        binary_classification_constraints: { recall: { threshold: 0.5, comparison_operator: 'LessThanThreshold' } },
      },
      baselineConstraints: {
        binary_classification_constraints: { recall: { threshold: 0.7, comparison_operator: 'LessThanThreshold' } },
      },
    });
    expect(cells(view?.tables.find(({ title }) => title === 'Model quality'))).toContainEqual([
      'recall',
      '0.5',
      '0.75',
      'below 0.7',
    ]);
  });

  it('of strangers say nothing, whatever they hold', () => {
    for (const value of [undefined, null, 3, 'x', [], {}, { features: 'x' }, { features: [null, 3, {}] }])
      expect(checkView({ statistics: value, constraints: value, violations: value })?.features ?? []).toEqual([]);
  });
});

describe('a check that has run', () => {
  let local: LocalSession;
  const bucket = 'sagemaker-us-east-1-000000000000';
  beforeAll(async () => {
    local = await startLocalSession('checks', {
      programs: join(import.meta.dirname, '../../../media/python/algorithms'),
    });
    const { s3, sdk } = local.session;
    const rows = (shift: number): string =>
      `age,kind\n${Array.from({ length: 300 }, (_, at) => `${(at % 50) + shift},${at % 3 === 0 ? 'a' : 'b'}`).join('\n')}\n`;
    for (const [name, shift] of [
      ['before', 0],
      ['after', 40],
    ] as const)
      await s3.send(new sdk.PutObjectCommand({ Bucket: bucket, Key: `${name}/rows.csv`, Body: rows(shift) }));
  });
  afterAll(() => local.end());

  const step = (name: string, data: string, more: object): object => ({
    Name: name,
    Type: 'QualityCheck',
    CheckType: 'DATA_QUALITY',
    FailOnViolation: true,
    Arguments: {
      ProcessingResources: { ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 } },
      AppSpecification: { ImageUri: '156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer' },
      RoleArn: 'arn:aws:iam::000000000000:role/mlops-flow-sample',
      ProcessingInputs: [
        {
          InputName: 'data',
          S3Input: {
            S3Uri: `s3://${bucket}/${data}`,
            LocalPath: '/opt/ml/processing/input/data',
            S3DataType: 'S3Prefix',
            S3InputMode: 'File',
          },
        },
      ],
      ProcessingOutputConfig: {
        Outputs: [
          {
            OutputName: 'out',
            S3Output: {
              S3Uri: `s3://${bucket}/reports/${name}`,
              LocalPath: '/opt/ml/processing/output',
              S3UploadMode: 'EndOfJob',
            },
          },
        ],
      },
      Environment: {
        output_path: '/opt/ml/processing/output',
        dataset_format: '{"csv": {"header": true}}',
        dataset_source: '/opt/ml/processing/input/data',
      },
    },
    ...more,
  });

  it('shows both distributions with their distance, the violations, statistics and constraints', async () => {
    const { session } = local;
    const reports = `s3://${bucket}/reports/Base`;
    const arn = await startRun(session, {
      pipeline: 'checked',
      definition: JSON.stringify({
        Version: '2020-12-01',
        Steps: [
          step('Base', 'before', { SkipCheck: true, RegisterNewBaseline: true }),
          step('Shifted', 'after', {
            SkipCheck: false,
            RegisterNewBaseline: false,
            SuppliedBaselineStatistics: `${reports}/statistics.json`,
            SuppliedBaselineConstraints: `${reports}/constraints.json`,
            DependsOn: ['Base'],
          }),
        ],
      }),
      provenance: { digest: 'ff' },
      values: {},
      displayName: 'checked',
      token: token(),
    });
    let reading = await readRun(session, arn);
    while (!isSettled(reading.execution.status)) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      reading = await readRun(session, arn);
    }
    expect(reading.steps.map(({ StepName, FailureReason = '' }) => [StepName, FailureReason.slice(0, 40)])).toEqual([
      ['Base', ''],
      ['Shifted', 'ClientError: Check violations were found'],
    ]);
    const checkOf = async (name: string) => {
      const found = reading.steps.find(({ StepName }) => StepName === name);
      return found && readCheck(session, found, await jobOf(session, found));
    };
    const base = await checkOf('Base');
    expect(base?.violations).toBeUndefined();
    expect(base?.features.map(({ name, before }) => [name, before])).toEqual([
      ['age', []],
      ['kind', []],
    ]);
    const shifted = await checkOf('Shifted');
    expect(shifted?.violations?.[0]).toMatchObject({ about: 'age', check: 'baseline_drift_check' });
    const [age, kind] = shifted?.features ?? [];
    expect(age).toMatchObject({ name: 'age', kind: 'numbers', threshold: 0.1 });
    expect(age?.distance).toBeGreaterThan(0.1);
    expect(kind).toMatchObject({ name: 'kind', kind: 'categories', distance: 0 });
    expect(age?.before).toHaveLength(age?.found.length ?? 0);
    expect(shifted?.tables.map(({ title }) => title)).toEqual(['Statistics', 'Constraints']);
    expect(cells(shifted?.tables[0])?.[0]?.slice(0, 5)).toEqual(['age', 'Integral', '300', '0', '64.5']);
  });
});
