/**
 * Training jobs of Local log to a real tracking server, with MLflow's own client, as projects do. `npm run mlflow` makes
 * both from PyPI and runs this; it takes longer than a test of every day may.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TrackingReader } from '../../../src/pipelines/mlflow/tracking';
import { isSettled } from '../../../src/pipelines/model';
import { MeasurementReader, readRun } from '../../../src/pipelines/reading';
import { startRun } from '../../../src/pipelines/commands/start';
import { token } from '../../../src/pipelines/service';
import { splitS3Uri } from '../../../src/shared/s3-uri';
import { type LocalSession, startLocalSession } from '../../fixtures/local/session';

const server = process.env['MLOPS_FLOW_MLFLOW_SERVER'];
const python = process.env['MLOPS_FLOW_MLFLOW_PYTHON'];
const isThere = server !== undefined && python !== undefined;
const why = isThere ? '' : ' (skipped: MLOPS_FLOW_MLFLOW_SERVER names no server; npm run mlflow starts one)';

const code = 's3://sagemaker-us-east-1-000000000000/tracked';

/** As in projects: the address comes as a hyperparameter, and the run says nothing of the job. */
const plain = `
import argparse, mlflow
parser = argparse.ArgumentParser()
parser.add_argument('--tracking_uri'); parser.add_argument('--experiment_name'); parser.add_argument('--rate')
args, _ = parser.parse_known_args()
mlflow.set_tracking_uri(args.tracking_uri)
mlflow.set_experiment(args.experiment_name)
with mlflow.start_run():
    mlflow.log_params({'rate': args.rate})
    for step in range(5):
        mlflow.log_metric('loss', 1 / (step + 1), step=step)
    mlflow.log_metric('accuracy', 0.875)
`;

/** The address comes from the environment, the name of the run from the job; a run below it has a metric of its own. */
const marked = `
import os, mlflow
with mlflow.start_run(run_name=os.environ['TRAINING_JOB_NAME']):
    mlflow.log_param('depth', 3)
    mlflow.log_metric('auc', 0.75)
    with mlflow.start_run(nested=True):
        mlflow.log_metric('fold_auc', 0.5)
`;

function step(name: string, more: object, hyperparameters: Record<string, string>): object {
  const given = Object.entries(hyperparameters).flatMap(([key, value]) => [`--${key}`, value]);
  return {
    Name: name,
    Type: 'Training',
    Arguments: {
      AlgorithmSpecification: {
        TrainingImage: '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3',
        TrainingInputMode: 'File',
        ContainerEntrypoint: ['python3', `/opt/ml/input/data/code/${name}.py`],
        ...(given.length === 0 ? {} : { ContainerArguments: given }),
      },
      HyperParameters: hyperparameters,
      InputDataConfig: [
        {
          ChannelName: 'code',
          DataSource: {
            S3DataSource: { S3DataType: 'S3Prefix', S3Uri: code, S3DataDistributionType: 'FullyReplicated' },
          },
        },
      ],
      OutputDataConfig: { S3OutputPath: `${code}/out` },
      ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 10 },
      StoppingCondition: { MaxRuntimeInSeconds: 3600 },
      RoleArn: 'arn:aws:iam::000000000000:role/mlops-flow-sample',
      ...more,
    },
  };
}

describe.skipIf(!isThere)(`runs at a real tracking server${why}`, { timeout: 600_000 }, () => {
  let local: LocalSession;
  const reader = new MeasurementReader(
    new TrackingReader({
      isTrusted: () => true,
      configured: () => Promise.resolve(undefined),
      secret: () => Promise.resolve(undefined),
      environment: {},
    }),
  );

  beforeAll(async () => {
    local = await startLocalSession('mlflow', python === undefined ? {} : { python });
    const { session } = local;
    const { bucket } = splitS3Uri(code);
    for (const [name, Body] of Object.entries({ plain, marked })) {
      await session.s3.send(new session.sdk.PutObjectCommand({ Bucket: bucket, Key: `tracked/${name}.py`, Body }));
    }
  }, 120_000);
  afterAll(() => local.end());

  async function run(steps: readonly object[]): Promise<string> {
    const arn = await startRun(local.session, {
      pipeline: 'tracked',
      definition: JSON.stringify({ Version: '2020-12-01', Steps: steps }),
      provenance: { digest: 'ff' },
      values: {},
      displayName: 'tracked',
      token: token(),
    });
    for (;;) {
      const { execution, steps: listed } = await readRun(local.session, arn);
      if (isSettled(execution.status)) {
        expect(listed.flatMap(({ FailureReason }) => FailureReason ?? [])).toEqual([]);
        return arn;
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  it('are found by their time where they say nothing of the job, with parameters, metrics and curves', async () => {
    const hyperparameters = { tracking_uri: server ?? '', experiment_name: 'plain', rate: '0.5' };
    const arn = await run([step('plain', {}, hyperparameters)]);
    const { metrics, series, tracking, problems } = await reader.read(local.session, { arn }, true);
    expect(problems).toEqual([]);
    expect(tracking).toMatchObject({ ground: 'time', runs: [{ experiment: 'plain', parameters: { rate: '0.5' } }] });
    expect(metrics).toMatchObject({ 'mlflow.loss': 0.2, 'mlflow.accuracy': 0.875 });
    expect(series).toContainEqual({
      name: 'mlflow.loss',
      axis: 'step',
      x: [0, 1, 2, 3, 4],
      y: [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5],
    });
    const page = await fetch(tracking?.runs[0]?.link ?? '');
    expect(page.ok).toBe(true);
  });

  it('are found by the name of the job, with the runs below them', async () => {
    const arn = await run([step('marked', { Environment: { MLFLOW_TRACKING_URI: server } }, {})]);
    const { metrics, tracking } = await reader.read(local.session, { arn }, false);
    expect(tracking?.ground).toBe('name');
    expect(tracking?.runs).toHaveLength(2);
    expect(metrics).toMatchObject({ 'mlflow.auc': 0.75, 'mlflow.fold_auc': 0.5 });
  });
});
