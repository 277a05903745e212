import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateHyperParameterTuningJobCommand,
  type CreateHyperParameterTuningJobRequest,
  DescribeHyperParameterTuningJobCommand,
  type DescribeHyperParameterTuningJobResponse,
  DescribeTrainingJobCommand,
  ListHyperParameterTuningJobsCommand,
  ListTrainingJobsForHyperParameterTuningJobCommand,
  StopHyperParameterTuningJobCommand,
} from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { searchOf } from '../../../src/local/jobs/search';
import { Bed, bucket, eventually, role } from './support';

let bed: Bed;
beforeAll(async () => {
  bed = await Bed.start();
  const folder = join(bed.folder, 'source');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'run.sh'),
    'echo "args: $*"\n[ "$2" = 7 ] && exit 3\necho "loss=$(( ($2 - 3) * ($2 - 3) ))"\n',
  );
  writeFileSync(join(folder, 'equal.sh'), 'case "$TRAINING_JOB_NAME" in *-001-*) sleep 1 ;; esac\necho "loss=1"\n');
  writeFileSync(join(folder, 'wait.sh'), 'sleep 600\n');
  execFileSync('tar', ['czf', join(bed.folder, 's.tar.gz'), '-C', folder, '.']);
  const Body = readFileSync(join(bed.folder, 's.tar.gz'));
  await bed.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'code/s.tar.gz', Body }));
});
afterAll(() => bed.stop());

function request(
  more: { program?: string; most?: number; parallel?: number; strategy?: string; ranges?: object } = {},
) {
  const { program = 'run.sh', most = 4, parallel = 2, strategy = 'Random' } = more;
  const ranges = more.ranges ?? { IntegerParameterRanges: [{ Name: 'x', MinValue: '1', MaxValue: '6' }] };
  return {
    HyperParameterTuningJobConfig: {
      Strategy: strategy,
      HyperParameterTuningJobObjective: { Type: 'Minimize', MetricName: 'loss' },
      ResourceLimits: { MaxNumberOfTrainingJobs: most, MaxParallelTrainingJobs: parallel },
      ParameterRanges: ranges,
      RandomSeed: 1,
    },
    TrainingJobDefinition: {
      StaticHyperParameters: { sagemaker_program: program, sagemaker_submit_directory: `s3://${bucket}/code/s.tar.gz` },
      AlgorithmSpecification: {
        TrainingImage: 'image',
        TrainingInputMode: 'File',
        MetricDefinitions: [{ Name: 'loss', Regex: 'loss=(\\d+)' }],
      },
      RoleArn: role,
      OutputDataConfig: { S3OutputPath: `s3://${bucket}/tuned` },
      ResourceConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 },
      StoppingCondition: { MaxRuntimeInSeconds: 600 },
    },
  } as Omit<CreateHyperParameterTuningJobRequest, 'HyperParameterTuningJobName'>;
}

async function tune(name: string, more: Parameters<typeof request>[0] = {}): Promise<void> {
  const asked = { HyperParameterTuningJobName: name, ...request(more) };
  await bed.clients.sagemaker.send(new CreateHyperParameterTuningJobCommand(asked));
}

const described = (name: string): Promise<DescribeHyperParameterTuningJobResponse> =>
  bed.clients.sagemaker.send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: name }));

async function ended(name: string): Promise<DescribeHyperParameterTuningJobResponse> {
  return eventually(async () => {
    const job = await described(name);
    return job.HyperParameterTuningJobStatus === 'InProgress' || job.HyperParameterTuningJobStatus === 'Stopping'
      ? undefined
      : job;
  });
}

describe('a tuning job', () => {
  test('runs training jobs with the values that it chooses, and tells the best', async () => {
    await tune('first');
    const job = await ended('first');
    expect(job).toMatchObject({
      HyperParameterTuningJobStatus: 'Completed',
      TrainingJobStatusCounters: { Completed: 4, InProgress: 0 },
      ObjectiveStatusCounters: { Succeeded: 4 },
    });
    const { TrainingJobSummaries = [] } = await bed.clients.sagemaker.send(
      new ListTrainingJobsForHyperParameterTuningJobCommand({
        HyperParameterTuningJobName: 'first',
        SortBy: 'FinalObjectiveMetricValue',
        SortOrder: 'Ascending',
      }),
    );
    const values = TrainingJobSummaries.map((each) => each.FinalHyperParameterTuningJobObjectiveMetric?.Value ?? -1);
    expect(values).toHaveLength(4);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    const [best] = TrainingJobSummaries;
    expect(job.BestTrainingJob?.FinalHyperParameterTuningJobObjectiveMetric?.Value).toBe(values[0]);
    const x = Number(best?.TunedHyperParameters?.['x']);
    expect((x - 3) ** 2).toBe(values[0]);
    const child = await bed.clients.sagemaker.send(
      new DescribeTrainingJobCommand({ TrainingJobName: best?.TrainingJobName }),
    );
    expect(child).toMatchObject({ TuningJobArn: job.HyperParameterTuningJobArn, TrainingJobStatus: 'Completed' });
    expect(child.HyperParameters?.['_tuning_objective_metric']).toBe('loss');
    const all = await bed.clients.sagemaker.send(new ListHyperParameterTuningJobsCommand({}));
    expect(all.HyperParameterTuningJobSummaries?.map((each) => each.HyperParameterTuningJobName)).toContain('first');
  });

  test('goes through a grid once, and lives with a training job that fails', async () => {
    const ranges = { CategoricalParameterRanges: [{ Name: 'x', Values: ['1', '7', '4'] }] };
    await tune('grid', { strategy: 'Grid', most: 3, ranges });
    const job = await ended('grid');
    expect(job).toMatchObject({
      HyperParameterTuningJobStatus: 'Completed',
      TrainingJobStatusCounters: { Completed: 2, NonRetryableError: 1 },
      BestTrainingJob: { TunedHyperParameters: { x: '4' } },
    });
    await tune('hopeless', {
      strategy: 'Grid',
      most: 1,
      ranges: { CategoricalParameterRanges: [{ Name: 'x', Values: ['7'] }] },
    });
    expect(await ended('hopeless')).toMatchObject({
      HyperParameterTuningJobStatus: 'Failed',
      FailureReason: expect.stringMatching(
        /^All training jobs failed\. The first: AlgorithmError: exit code: 3/,
      ) as string,
    });
  });

  test('is stopped with the jobs that it runs', async () => {
    await tune('stopped', { program: 'wait.sh' });
    await eventually(async () => (await described('stopped')).TrainingJobStatusCounters?.InProgress === 2);
    await bed.clients.sagemaker.send(
      new StopHyperParameterTuningJobCommand({ HyperParameterTuningJobName: 'stopped' }),
    );
    expect(await ended('stopped')).toMatchObject({
      HyperParameterTuningJobStatus: 'Stopped',
      TrainingJobStatusCounters: { InProgress: 0, Stopped: 2 },
    });
  });

  test('is refused where its training jobs would be, and for what has no method here', async () => {
    const { TrainingJobDefinition: definition, ...rest } = request();
    const image = { ...rest, TrainingJobDefinition: { ...definition, StaticHyperParameters: {} } };
    const step = (Arguments: object): object => ({ Name: 'Tune', Type: 'Tuning', Arguments });
    await expect(bed.run([step(image)])).rejects.toThrow("'Tune': Local does not run the image image without a script");
    await expect(bed.run([step(request({ strategy: 'Grid' }))])).rejects.toThrow('the strategy Grid takes categorical');
  });

  test('of equals, that which was begun first is the best, whenever it ends', async () => {
    await tune('equals', { program: 'equal.sh', most: 3 });
    expect((await ended('equals')).BestTrainingJob?.TrainingJobName).toMatch(/^equals-001-/);
  });

  test('as a step gives its best models to others', async () => {
    const arn = await bed.run([
      { Name: 'Tune', Type: 'Tuning', Arguments: request() },
      {
        Name: 'Tell',
        Type: 'Fail',
        Arguments: { ErrorMessage: { Get: 'Steps.Tune.TrainingJobSummaries[0].TrainingJobName' } },
      },
    ]);
    const { reason } = await bed.end(arn);
    const { Tune } = await bed.steps(arn);
    const name = Tune?.Metadata?.TuningJob?.Arn?.split('/')[1] ?? '';
    expect(name.length).toBeLessThanOrEqual(32);
    expect(reason).toBe((await described(name)).BestTrainingJob?.TrainingJobName);
  });
});

describe('searches', () => {
  const ranges = {
    IntegerParameterRanges: [{ Name: 'depth', MinValue: '2', MaxValue: '9' }],
    ContinuousParameterRanges: [
      { Name: 'rate', MinValue: '0.0001', MaxValue: '0.1', ScalingType: 'Logarithmic' as const },
    ],
    CategoricalParameterRanges: [{ Name: 'kind', Values: ['a', 'b'] }],
  };

  test('stay in their ranges, in the scale of each, and come again with the same seed', () => {
    const search = searchOf('Random', ranges, 7);
    const chosen = Array.from({ length: 400 }, () => search.next([], true) ?? {});
    const again = searchOf('Random', ranges, 7);
    expect(again.next([], true)).toEqual(chosen[0]);
    const rates = chosen.map(({ rate }) => Number(rate));
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(0.0001);
    expect(Math.max(...rates)).toBeLessThanOrEqual(0.1);
    // As many below the geometric middle as above it.
    expect(rates.filter((rate) => rate < Math.sqrt(0.0001 * 0.1)).length).toBeGreaterThan(150);
    const depths = new Set(chosen.map(({ depth }) => depth));
    expect(depths).toEqual(new Set(['2', '3', '4', '5', '6', '7', '8', '9']));
    expect(new Set(chosen.map(({ kind }) => kind))).toEqual(new Set(['a', 'b']));
  });

  test.each(['Minimize', 'Maximize'])('Bayesian comes nearer to the best than chance does: %s', (type) => {
    const isMinimized = type === 'Minimize';
    const worth = (x: number): number => (isMinimized ? 1 : -1) * (x - 0.3) ** 2;
    const line = {
      ContinuousParameterRanges: [{ Name: 'x', MinValue: '0', MaxValue: '1', ScalingType: 'Linear' as const }],
    };
    const found = (strategy: 'Random' | 'Bayesian', seed: number): number => {
      const search = searchOf(strategy, line, seed);
      const trials: { values: Record<string, string>; value: number }[] = [];
      for (let count = 0; count < 30; count++) {
        const values = search.next(trials, isMinimized) ?? {};
        trials.push({ values, value: worth(Number(values['x'])) });
      }
      const last = trials.slice(-15);
      return last.reduce((sum, { value }) => sum + Math.abs(value), 0) / last.length;
    };
    const mean = (strategy: 'Random' | 'Bayesian'): number =>
      Array.from({ length: 20 }, (_, seed) => found(strategy, seed + 1)).reduce((sum, value) => sum + value, 0) / 20;
    expect(mean('Bayesian')).toBeLessThan(mean('Random') / 3);
  });
});
