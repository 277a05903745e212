import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreatePipelineCommand,
  DescribeModelPackageCommand,
  DescribeTrainingJobCommand,
  StartPipelineExecutionCommand,
} from '@aws-sdk/client-sagemaker';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { validate } from '../../../src/definition';
import { Bed, bucket, role, root } from './support';

const sample = join(root, 'media', 'sample');
const text = readFileSync(join(sample, 'pipelines', 'penguins.pipeline.json'), 'utf8');

let bed: Bed;
beforeAll(async () => {
  bed = await Bed.start();
  const put = (key: string, file: string): Promise<unknown> =>
    bed.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: readFileSync(file) }));
  for (const file of readdirSync(join(sample, 'src')))
    if (file.endsWith('.py')) await put(`penguins/code/${file}`, join(sample, 'src', file));
  await put('penguins/data/penguins.csv', join(sample, 'data', 'penguins.csv'));
  await bed.clients.sagemaker.send(
    new CreatePipelineCommand({
      PipelineName: 'penguins',
      ClientRequestToken: crypto.randomUUID(),
      RoleArn: role,
      PipelineDefinition: text,
    }),
  );
});
afterAll(() => bed.stop());

async function run(values: Record<string, string>): Promise<string> {
  const { PipelineExecutionArn = '' } = await bed.clients.sagemaker.send(
    new StartPipelineExecutionCommand({
      PipelineName: 'penguins',
      ClientRequestToken: crypto.randomUUID(),
      PipelineParameters: Object.entries(values).map(([Name, Value]) => ({ Name, Value })),
    }),
  );
  return PipelineExecutionArn;
}

interface Report {
  multiclass_classification_metrics: {
    accuracy: { value: number };
    confusion_matrix: Record<string, Record<string, number>>;
    per_class: Record<string, { precision: { value: number }; recall: { value: number } }>;
  };
}

async function reportOf(uri: string | undefined): Promise<Report['multiclass_classification_metrics']> {
  const Key = (uri ?? '').replace(`s3://${bucket}/`, '');
  const object = await bed.clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
  return (JSON.parse((await object.Body?.transformToString()) ?? '') as Report).multiclass_classification_metrics;
}

test('the definition has no finding at all', () => {
  expect(validate(text)).toEqual([]);
});

test('the data set is whole', () => {
  const rows = readFileSync(join(sample, 'data', 'penguins.csv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1);
  expect(rows).toHaveLength(344);
  const species = new Map<string, number>();
  for (const row of rows) {
    const name = row.split(',')[0] ?? '';
    species.set(name, (species.get(name) ?? 0) + 1);
  }
  expect(Object.fromEntries(species)).toEqual({ Adelie: 152, Chinstrap: 68, Gentoo: 124 });
});

test('a run trains a good model, registers it with its report, and gives the same again for the same seed', async () => {
  const first = await run({});
  expect(await bed.end(first)).toEqual({ status: 'Succeeded', reason: undefined });
  const steps = await bed.steps(first);
  expect(Object.keys(steps).sort()).toEqual(['Evaluate', 'IsAccurate', 'Preprocess', 'Register', 'Train']);

  const model = await bed.clients.sagemaker.send(
    new DescribeModelPackageCommand({ ModelPackageName: steps.Register?.Metadata?.RegisterModel?.Arn }),
  );
  expect(model).toMatchObject({
    ModelPackageGroupName: 'penguins',
    ModelPackageVersion: 1,
    ModelApprovalStatus: 'PendingManualApproval',
  });
  const report = await reportOf(model.ModelMetrics?.ModelQuality?.Statistics?.S3Uri);
  expect(report.accuracy.value).toBeGreaterThan(0.95);
  expect(Object.keys(report.confusion_matrix)).toEqual(['Adelie', 'Chinstrap', 'Gentoo']);
  const rows = Object.values(report.confusion_matrix).flatMap((row) => Object.values(row));
  expect(rows.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(60);
  const adelie = report.confusion_matrix.Adelie ?? {};
  const recall = (adelie.Adelie ?? 0) / Object.values(adelie).reduce((sum, count) => sum + count, 0);
  expect(report.per_class.Adelie?.recall.value).toBeCloseTo(recall, 5);

  const job = await bed.clients.sagemaker.send(
    new DescribeTrainingJobCommand({ TrainingJobName: steps.Train?.Metadata?.TrainingJob?.Arn?.split('/')[1] }),
  );
  const metrics = Object.fromEntries(
    (job.FinalMetricDataList ?? []).map(({ MetricName, Value }) => [MetricName, Value]),
  );
  expect(metrics['train:loss']).toBeLessThan(0.2);
  expect(job.SecondaryStatusTransitions?.map(({ Status }) => Status)).toEqual([
    'Starting',
    'Downloading',
    'Training',
    'Uploading',
    'Completed',
  ]);

  const second = await run({});
  expect((await bed.end(second)).status).toBe('Succeeded');
  const arn = (await bed.steps(second)).Register?.Metadata?.RegisterModel?.Arn;
  const again = await bed.clients.sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: arn }));
  expect(again.ModelPackageVersion).toBe(2);
  expect(await reportOf(again.ModelMetrics?.ModelQuality?.Statistics?.S3Uri)).toEqual(report);
});

test.each(['1', '2', '3', '42', '2024'])('seed %s gives a good model too', async (Seed) => {
  expect((await bed.end(await run({ Seed }))).status).toBe('Succeeded');
});

test('a model that is not accurate enough ends the run with the reason', async () => {
  const arn = await run({ MinAccuracy: '0.9999', Epochs: '3' });
  expect(await bed.end(arn)).toEqual({ status: 'Failed', reason: 'The accuracy on the test data is below 0.9999' });
  expect(Object.keys(await bed.steps(arn)).sort()).toEqual([
    'Evaluate',
    'IsAccurate',
    'Preprocess',
    'TooInaccurate',
    'Train',
  ]);
});
