import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { RunGraph } from './pages/run-graph';
import { story } from './story';

/** A pipeline that reads from a bucket of an account: one object at once, another after its first step. */
const place = mkdtempSync(join(tmpdir(), 'mlops-flow-data-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

function reading(Name: string, object: string, DependsOn: string[] = []): object {
  return {
    Name,
    Type: 'Processing',
    DependsOn,
    Arguments: {
      RoleArn: 'arn:aws:iam::111122223333:role/sales',
      ProcessingResources: { ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 10 } },
      AppSpecification: { ImageUri: 'any', ContainerEntrypoint: ['grep', '-r', 'rows', '/opt/ml/processing/rows'] },
      ProcessingInputs: [
        {
          InputName: 'rows',
          S3Input: {
            S3Uri: `s3://sales-of-the-shop/${object}`,
            LocalPath: '/opt/ml/processing/rows',
            S3DataType: 'S3Prefix',
            S3InputMode: 'File',
          },
        },
      ],
    },
  };
}

mkdirSync(join(place, 'data'));
writeFileSync(join(place, 'data', 'may.csv'), 'rows of May\n');
writeFileSync(join(place, 'data', 'june.csv'), 'rows of June\n');
writeFileSync(
  join(place, 'sales.pipeline.json'),
  JSON.stringify({ Version: '2020-12-01', Steps: [reading('May', 'may.csv'), reading('June', 'june.csv', ['May'])] }),
);

const told = story({ folder: place });

test('data that is missing is told before the start, and files of the workspace stand for it', async () => {
  const { workbench } = told;
  await workbench.openSideBar();
  await workbench.tree('Pipelines').inline('sales', /Run Pipeline/);
  const form = workbench.panel('Run sales');
  await form.field('name').fill('first');
  await form.button('Run').click();
  await form.frame().getByText('it reads s3://sales-of-the-shop/may.csv, which is not there').waitFor();
  await form.button('Use Local Data…').click();
  await workbench.quickInput.press('Use');
  await form.button('Use Local Data…').waitFor({ state: 'detached' });
  await form.button('Run').click();
});

test('a step that finds no data later takes a file of the workspace for it, and the run goes on', async () => {
  const { workbench } = told;
  const graph = new RunGraph(workbench.panel('sales · first'));
  await graph.failure('No object was found at s3://sales-of-the-shop/june.csv').waitFor();
  await graph.button('Use Local Data…').click();
  await workbench.quickInput.press('Use');
  await graph.status().filter({ hasText: 'Succeeded' }).waitFor();
  await graph.details('June', 'Logs');
  await graph.side().filter({ hasText: 'rows of June' }).waitFor();
  expect(JSON.parse(readFileSync(join(place, '.mlops', 'config.json'), 'utf8'))).toMatchObject({
    fixtures: {
      's3://sales-of-the-shop/may.csv': 'data/may.csv',
      's3://sales-of-the-shop/june.csv': 'data/june.csv',
    },
  });
});
