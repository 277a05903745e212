import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateTrainingJobCommand, DescribeTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { packTar } from 'modern-tar';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dataWithKeptEnvironments, hasPackages, noPackages } from './packages';
import { Bed, bucket, makeTemp, role, root } from './support';

/* The built-in algorithms, with packages from PyPI. */

const ecr = (repository: string): string => `123456789012.dkr.ecr.us-east-1.amazonaws.com/${repository}`;

/** Rows of `label, x, y` where the label is twice x less y. */
function rows(count: number, start = 0): number[][] {
  return Array.from({ length: count }, (_, index) => {
    const [x, y] = [((index + start) * 7) % 23, ((index + start) * 5) % 17];
    return [2 * x - y, x, y];
  });
}

const asCsv = (table: number[][]): string => table.map((row) => `${row.join(',')}\n`).join('');

describe.skipIf(!hasPackages)(`built-in algorithms${noPackages}`, { timeout: 600_000 }, () => {
  let bed: Bed;
  beforeAll(async () => {
    // What is installed once is kept for the next time.
    bed = await Bed.start({ data: dataWithKeptEnvironments() });
    await put('train/part-1.csv', asCsv(rows(60)));
    await put('validation/rows.csv', asCsv(rows(20, 60)));
    await put('binary/rows.csv', asCsv(rows(80).map(([label = 0, ...rest]) => [label > 10 ? 1 : 0, ...rest])));
    await put('plain/rows.csv', asCsv(rows(60).map(([, ...rest]) => rest)));
  }, 60_000);
  afterAll(() => bed.stop());

  const put = async (Key: string, Body: string | Uint8Array): Promise<void> => {
    await bed.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
  };

  const train = async (
    image: string,
    hyperParameters: Record<string, string>,
    channels: Record<string, [key: string, type: string]>,
  ): Promise<{ job: Awaited<ReturnType<typeof described>>; log: string[]; model: Buffer }> => {
    const TrainingJobName = `a${Math.random().toString(36).slice(2)}`;
    await bed.clients.sagemaker.send(
      new CreateTrainingJobCommand({
        TrainingJobName,
        RoleArn: role,
        AlgorithmSpecification: { TrainingImage: ecr(image), TrainingInputMode: 'File' },
        HyperParameters: hyperParameters,
        InputDataConfig: Object.entries(channels).map(([ChannelName, [key, ContentType]]) => ({
          ChannelName,
          ContentType,
          DataSource: { S3DataSource: { S3DataType: 'S3Prefix' as const, S3Uri: `s3://${bucket}/${key}` } },
        })),
        OutputDataConfig: { S3OutputPath: `s3://${bucket}/models` },
        ResourceConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 },
        StoppingCondition: { MaxRuntimeInSeconds: 600 },
      }),
    );
    const job = await described(TrainingJobName);
    const events = await bed.clients.logs.send(
      new FilterLogEventsCommand({ logGroupName: '/aws/sagemaker/TrainingJobs', logStreamNamePrefix: TrainingJobName }),
    );
    const log = (events.events ?? []).map(({ message = '' }) => message);
    if (job.TrainingJobStatus !== 'Completed') return { job, log, model: Buffer.alloc(0) };
    const Key = job.ModelArtifacts?.S3ModelArtifacts?.replace(`s3://${bucket}/`, '');
    const { Body } = await bed.clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
    return { job, log, model: Buffer.from((await Body?.transformToByteArray()) ?? []) };
  };

  const described = async (TrainingJobName: string) => {
    for (;;) {
      const job = await bed.clients.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));
      if (job.TrainingJobStatus !== 'InProgress') return job;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };

  const filesOf = (archive: Buffer): string[] => {
    const file = join(makeTemp(), 'model.tar.gz');
    writeFileSync(file, archive);
    return execFileSync('tar', ['-tzf', file], { encoding: 'utf8' })
      .split('\n')
      .filter(Boolean)
      .map((name) => name.replace('./', ''));
  };

  test('XGBoost reads CSV, prints its lines, tells its metrics and leaves its model', async () => {
    const hyperParameters = { objective: 'reg:linear', num_round: '15', max_depth: '3', eta: '0.4', silent: '0' };
    const channels = { train: ['train', 'text/csv'], validation: ['validation/rows.csv', 'csv'] } as const;
    const { job, log, model } = await train('sagemaker-xgboost:1.7-1', hyperParameters, {
      train: [...channels.train],
      validation: [...channels.validation],
    });
    expect(job.FailureReason).toBeUndefined();
    expect(log).toContain('XGBoost runs as the package xgboost, without its container.');
    expect(log.find((line) => line.startsWith('[14]'))).toMatch(/^\[14\]\ttrain-rmse:[\d.]+\tvalidation-rmse:[\d.]+$/);
    const metrics = Object.fromEntries(
      (job.FinalMetricDataList ?? []).map(({ MetricName, Value }) => [MetricName, Value]),
    );
    expect(Object.keys(metrics).toSorted()).toEqual(['train:rmse', 'validation:rmse']);
    expect(metrics['train:rmse']).toBeLessThan(3);
    expect(filesOf(model)).toContain('xgboost-model');
  });

  test('XGBoost reads libsvm without a content type, and an old image leaves a pickle of the nearest version', async () => {
    await put(
      'svm/rows',
      rows(40)
        .map(([label, x, y]) => `${label} 1:${x} 2:${y}\n`)
        .join(''),
    );
    const { job, log, model } = await train(
      'sagemaker-xgboost:1.0-1-cpu-py3',
      { num_round: '3', eval_metric: 'mae,rmse' },
      { train: ['svm/', 'libsvm'] },
    );
    expect(job.FailureReason).toBeUndefined();
    expect(log.join('\n')).toMatch(/Packages: the image has XGBoost 1\.0; 1\.6 is the nearest for Python 3\.\d+\./);
    const file = join(makeTemp(), 'model.tar.gz');
    writeFileSync(file, model);
    const name = filesOf(model).find((each) => each.endsWith('xgboost-model')) ?? '';
    const bytes = execFileSync('tar', ['-xzOf', file, name]);
    expect([...bytes.subarray(0, 1)]).toEqual([0x80]);
  });

  test('scripts find the modules that only the image of XGBoost has', async () => {
    const script = `
import json, os
from sagemaker_containers import entry_point
from sagemaker_containers.beta.framework import content_types, encoders, env, modules, transformer, worker
import sagemaker_xgboost_container.encoder as encoder
from sagemaker_xgboost_container.data_utils import get_content_type, get_dmatrix

folder = os.environ["SM_CHANNEL_TRAIN"]
matrix = get_dmatrix(folder, "text/csv; label_size=1")
weighted = get_dmatrix(folder, "csv", csv_weights=1)
print("read", matrix.num_row(), matrix.num_col(), matrix.get_label()[:3].tolist())
print("weighted", weighted.num_col(), weighted.get_weight()[:3].tolist())
print("none", get_dmatrix(os.environ["SM_MODEL_DIR"], None), get_content_type(None))
for data, kind in (("1,2\\n3,\\n", "text/csv"), (b"0 1:2 2:3\\n", "text/x-libsvm")):
    decoded = encoder.decode(data, kind)
    print("decoded", kind, decoded.num_row(), decoded.num_col())
print(encoder.json_to_jsonlines({"predictions": [{"score": 1}, {"score": 2}]}))
answer = worker.Response(encoders.encode([[1.5, 2], [3, 4]], content_types.CSV), mimetype=content_types.CSV)
print("answer", json.dumps(answer.response), answer.mimetype, encoders.decode("1,2\\n3,4", content_types.CSV).tolist())
try:
    get_dmatrix(folder, "text/html")
except Exception as error:
    print("refused", error)
`;
    const source = await packTar([
      { header: { name: 'train.py', size: Buffer.byteLength(script) }, body: script },
      // A script may have a module of the same name as one of those that read channels.
      { header: { name: 'channels.py', size: 0 }, body: '' },
    ]);
    await put('code.tar.gz', gzipSync(source));
    const { job, log } = await train(
      'sagemaker-xgboost:1.7-1',
      { sagemaker_program: 'train.py', sagemaker_submit_directory: `s3://${bucket}/code.tar.gz` },
      { train: ['train', 'csv'] },
    );
    expect(job.FailureReason).toBeUndefined();
    const text = log.join('\n');
    expect(text).toContain('read 60 2 [0.0, 9.0, 18.0]');
    expect(text).toContain('weighted 1 [0.0, 7.0, 14.0]');
    expect(text).toContain('none None libsvm');
    expect(text).toContain('decoded text/csv 2 2');
    expect(text).toContain('decoded text/x-libsvm 1 2');
    expect(text).toContain(String.raw`b'{"score": 1}\n{"score": 2}\n'`);
    expect(text).toContain(String.raw`answer "1.5,2.0\n3.0,4.0\n" text/csv [[1.0, 2.0], [3.0, 4.0]]`);
    expect(text).toContain('refused text/html is not an accepted ContentType.');
  });

  test('what is missing or not readable is told in the reason', async () => {
    const { job } = await train('sagemaker-xgboost:1.7-1', {}, { train: ['train', 'csv'] });
    expect(job.FailureReason).toMatch(/^AlgorithmError: Missing required hyperparameter: num_round/);
    await put('head/rows.csv', `label,x\n1,2\n`);
    const headed = await train('sagemaker-xgboost:1.7-1', { num_round: '1' }, { train: ['head', 'csv'] });
    expect(headed.job.FailureReason).toMatch(/rows\.csv is not CSV with numbers alone and without a header/);
  });

  test.each([
    [
      'linear-learner:1',
      { predictor_type: 'binary_classifier', mini_batch_size: '20' },
      'binary',
      'text/csv',
      'train:binary_classification_accuracy',
    ],
    ['linear-learner:1', { predictor_type: 'regressor' }, 'train', 'text/csv', 'train:rmse'],
    ['kmeans:1', { k: '3', feature_dim: '2' }, 'plain', 'text/csv;label_size=0', 'train:msd'],
    [
      'pca:1',
      { num_components: '1', feature_dim: '2', mini_batch_size: '10' },
      'plain',
      'text/csv;label_size=0',
      undefined,
    ],
    [
      'factorization-machines:1',
      { predictor_type: 'regressor', num_factors: '1', feature_dim: '2' },
      'train',
      'text/csv',
      'train:rmse',
    ],
  ])('%s runs as scikit-learn and says so', async (image, hyperParameters, key, type, metric) => {
    const given = Object.fromEntries(Object.entries(hyperParameters).map(([name, value]) => [name, value ?? '']));
    const { job, log, model } = await train(image, given, { train: [key, type] });
    expect(job.FailureReason).toBeUndefined();
    expect(log.join('\n')).toMatch(
      /is stood in for by scikit-learn .*: its numbers are not those of the algorithm itself\./,
    );
    const names = (job.FinalMetricDataList ?? []).map(({ MetricName }) => MetricName);
    if (metric !== undefined) expect(names).toContain(metric);
    expect(filesOf(model)).toContain('model.joblib');
  });

  test('k-NN reads RecordIO with protobuf records', async () => {
    await put('records/train.rec', recordIo(rows(30)));
    const channels: Record<string, [string, string]> = {
      train: ['records', 'application/x-recordio-protobuf'],
      test: ['validation', 'text/csv'],
    };
    const { job } = await train(
      'knn:1',
      { predictor_type: 'regressor', k: '3', sample_size: '30', feature_dim: '2' },
      channels,
    );
    expect(job.FailureReason).toBeUndefined();
    expect(job.FinalMetricDataList?.[0]?.MetricName).toBe('test:mse');
  });

  test('an environment is made once, with a lock of what is in it', async () => {
    const data = join(root, '.cache', 'local-environments');
    const folders = execFileSync('ls', [data], { encoding: 'utf8' }).split('\n').filter(Boolean);
    const locks = folders.map((folder) => readFileSync(join(data, folder, 'requirements.lock'), 'utf8'));
    expect(locks.some((lock) => /^xgboost==1\.7\./m.test(lock))).toBe(true);
    const { log } = await train('sagemaker-xgboost:1.7-1', { num_round: '1' }, { train: ['train', 'csv'] });
    expect(log.join('\n')).not.toContain('Making an environment');
  });
});

/** Records of the RecordIO format with dense float32 tensors, as the SageMaker SDK writes them. */
function recordIo(table: number[][]): Buffer {
  const field = (key: number, content: Buffer): Buffer =>
    Buffer.concat([Buffer.from([(key << 3) | 2, content.length]), content]);
  const floats = (values: number[]): Buffer => {
    const buffer = Buffer.alloc(4 * values.length);
    for (const [index, value] of values.entries()) buffer.writeFloatLE(value, 4 * index);
    return buffer;
  };
  const entry = (number: number, name: string, values: number[]): Buffer =>
    field(number, Buffer.concat([field(1, Buffer.from(name)), field(2, field(2, field(1, floats(values))))]));
  return Buffer.concat(
    table.map(([label = 0, ...features]) => {
      const record = Buffer.concat([entry(1, 'values', features), entry(2, 'values', [label])]);
      const head = Buffer.alloc(8);
      head.writeUInt32LE(0xced7230a, 0);
      head.writeUInt32LE(record.length, 4);
      return Buffer.concat([head, record, Buffer.alloc((4 - (record.length % 4)) % 4)]);
    }),
  );
}
