import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreatePipelineCommand,
  ListModelPackagesCommand,
  StartPipelineExecutionCommand,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, runtimeOf, settled } from './serving';
import { Bed, bucket, role, root } from './support';

const sample = join(root, 'media', 'sample');

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
      PipelineDefinition: readFileSync(join(sample, 'pipelines', 'penguins.pipeline.json'), 'utf8'),
    }),
  );
});
afterAll(() => bed.stop());

/** Trains a version and makes a model and a config of it. */
async function version(name: string, InferenceScript: string): Promise<void> {
  const { sagemaker } = bed.clients;
  const { PipelineExecutionArn = '' } = await sagemaker.send(
    new StartPipelineExecutionCommand({
      PipelineName: 'penguins',
      ClientRequestToken: crypto.randomUUID(),
      PipelineParameters: [{ Name: 'InferenceScript', Value: InferenceScript }],
    }),
  );
  expect(await bed.end(PipelineExecutionArn)).toMatchObject({ status: 'Succeeded' });
  const { ModelPackageSummaryList = [] } = await sagemaker.send(
    new ListModelPackagesCommand({ ModelPackageGroupName: 'penguins', SortOrder: 'Descending' }),
  );
  await sagemaker.send(
    new CreateModelCommand({
      ModelName: name,
      ExecutionRoleArn: role,
      Containers: [{ ModelPackageName: ModelPackageSummaryList[0]?.ModelPackageArn }],
    }),
  );
  await sagemaker.send(
    new CreateEndpointConfigCommand({
      EndpointConfigName: name,
      ProductionVariants: [
        { VariantName: 'AllTraffic', ModelName: name, InitialInstanceCount: 2, InstanceType: 'ml.m5.large' },
      ],
    }),
  );
}

test(
  'a version with a mistake that one request does not show is rolled back by its canary in under two minutes',
  { timeout: 240_000 },
  async () => {
    const { sagemaker } = bed.clients;
    const runtime = runtimeOf(bed);
    await version('penguins-1', 'inference.py');
    await version('penguins-2', 'inference_next.py');
    const EndpointName = 'penguins';
    await sagemaker.send(new CreateEndpointCommand({ EndpointName, EndpointConfigName: 'penguins-1' }));
    expect((await settled(bed.clients, EndpointName)).FailureReason).toBeUndefined();
    const Body = readFileSync(join(sample, 'deploy', 'request.csv'));
    const csv = { Body, ContentType: 'text/csv', Accept: 'text/csv' };
    const answer = await ask(runtime, EndpointName, null, csv);
    expect(String(answer.value)).toMatch(/^Adelie,0\.\d+\nChinstrap,0\.\d+\nGentoo,(?:0\.\d+|1\.0)\n$/);
    const json = await ask(runtime, EndpointName, { instances: [[39.1, 18.7, 181, 3750]] });
    expect(json.value).toMatchObject({ predictions: [{ species: 'Adelie' }] });

    const { endpoint, region, accessKeyId, secretAccessKey } = bed.plane.ready;
    const watch = new CloudWatchClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
    // As deploy/endpoint.yaml has it.
    await watch.send(
      new PutMetricAlarmCommand({
        AlarmName: 'penguins-errors',
        Namespace: 'AWS/SageMaker',
        MetricName: 'Invocation5XXErrors',
        Dimensions: [
          { Name: 'EndpointName', Value: EndpointName },
          { Name: 'VariantName', Value: 'AllTraffic' },
        ],
        Statistic: 'Average',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 0.05,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'notBreaching',
      }),
    );
    const begun = Date.now();
    await sagemaker.send(
      new UpdateEndpointCommand({
        EndpointName,
        EndpointConfigName: 'penguins-2',
        DeploymentConfig: {
          BlueGreenUpdatePolicy: {
            TrafficRoutingConfiguration: {
              Type: 'CANARY',
              CanarySize: { Type: 'CAPACITY_PERCENT', Value: 50 },
              WaitIntervalInSeconds: 120,
            },
            TerminationWaitInSeconds: 60,
          },
          AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'penguins-errors' }] },
        },
      }),
    );
    const load = new AbortController();
    const asking = (async () => {
      while (!load.signal.aborted) await ask(runtime, EndpointName, null, csv).catch(() => undefined);
    })();
    const end = await settled(bed.clients, EndpointName, 200_000);
    load.abort();
    await asking;
    expect(end).toMatchObject({
      EndpointStatus: 'InService',
      EndpointConfigName: 'penguins-1',
      FailureReason: expect.stringContaining('penguins-errors') as string,
    });
    expect(Date.now() - begun).toBeLessThan(120_000);
  },
);
