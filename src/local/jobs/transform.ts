import type { CreateTransformJobRequest, DescribeTransformJobResponse } from '@aws-sdk/client-sagemaker';
import { existsSync, writeFileSync } from 'node:fs';
import serving from '../../../media/python/serving.py';
import program from '../../../media/python/transform.py';
import { modelSource } from '../domain/model-source';
import { invalid } from '../wire/errors';
import { algorithmOf } from './images/algorithms';
import type { Launch, ProcessKind, Work } from './kind';
import { moreThanOne, recordIn, together } from './refuse';
import { resourceConfig } from './run/container';
import { placeModel } from './run/model';

/** Megabytes of a request where the job names no number, and bytes of one. */
const defaultPayload = 6;
const megabyte = 1024 * 1024;

/** A transform job has no limit of its own; a week is longer than any. */
const maxRuntime = 7 * 86_400;

/** Transform jobs: all records of the input through a model, the answers in `.out` files. */
export const transform: ProcessKind<CreateTransformJobRequest, DescribeTransformJobResponse> = {
  name: 'transform',
  resource: 'TransformJob',
  metadata: 'TransformJob',
  arnType: 'transform-job',
  logGroup: '/aws/sagemaker/TransformJobs',
  untold: ['Downloading', 'Uploading'],
  cacheKey: ['ModelName', 'TransformInput', 'TransformResources', 'Environment', 'DataProcessing', 'BatchStrategy'],
  keepsPart: true,

  refuse(known) {
    const input = recordIn(known, 'TransformInput');
    const split = input?.SplitType;
    return together(
      split === 'RecordIO' || split === 'TFRecord'
        ? `it splits its input by ${split}, and Local splits by Line`
        : undefined,
      known.DataCaptureConfig === undefined ? undefined : 'it captures its data, which Local does on endpoints alone',
      moreThanOne(recordIn(known, 'TransformResources')),
    );
  },

  check({ ModelName = '' }, store) {
    if (modelSource(store, ModelName).multiModel) {
      throw invalid(`The model ${ModelName} is a multi-model container, which batch transform does not take.`);
    }
  },

  document(request, { name, arn, now }) {
    const { Tags: _, ...described } = request;
    return {
      ...described,
      TransformJobName: name,
      TransformJobArn: arn,
      TransformJobStatus: 'InProgress',
      ModelName: request.ModelName,
      TransformInput: request.TransformInput,
      TransformResources: request.TransformResources,
      CreationTime: now,
    };
  },

  needsMount: () => true,
  prepare,

  async collect({ request, container, transfer }) {
    await transfer.uploadFolder(container.path('transform', 'output'), request.TransformOutput?.S3OutputPath ?? '');
  },

  targets: ({ TransformOutput: output }) =>
    output?.S3OutputPath === undefined ? [] : [{ name: 'output', uri: output.S3OutputPath, isArchive: false }],

  enter(doc, phase, now) {
    if (phase === 'Running') doc.TransformStartTime = now;
    if (phase === 'Stopping') doc.TransformJobStatus = phase;
  },

  end(doc, { status, reason, at }) {
    doc.TransformJobStatus = status;
    doc.TransformEndTime = at;
    if (reason !== undefined) doc.FailureReason = reason;
  },

  summary: (doc) => ({
    TransformJobName: doc.TransformJobName,
    TransformJobArn: doc.TransformJobArn,
    CreationTime: doc.CreationTime,
    TransformEndTime: doc.TransformEndTime,
    LastModifiedTime: doc.TransformEndTime ?? doc.CreationTime,
    TransformJobStatus: doc.TransformJobStatus,
    FailureReason: doc.FailureReason,
  }),
};

async function prepare(work: Work<CreateTransformJobRequest>): Promise<Launch> {
  const { request, container, transfer, environment, store } = work;
  const { TransformInput: input, TransformOutput: output, DataProcessing: processing } = request;
  const source = modelSource(store, request.ModelName ?? '');
  transfer.target(output?.S3OutputPath ?? '');
  const submitted = await placeModel(container, source, transfer);
  const place = (...parts: string[]): string => container.path('transform', ...parts);
  container.makeFolders(place('output'), container.path('output'));
  const s3 = input?.DataSource?.S3DataSource;
  await transfer.download(s3?.S3Uri ?? '', place('input'), s3?.S3DataType);
  writeFileSync(place('serving.py'), serving);
  writeFileSync(place('transform.py'), program);
  const megabytes = request.MaxPayloadInMB ?? defaultPayload;
  container.writeJson(place('config.json'), {
    input: container.seen(place('input')),
    output: container.seen(place('output')),
    failure: container.seen(container.path('output', 'failure')),
    content_type: input?.ContentType ?? '',
    accept: output?.Accept ?? '',
    split: input?.SplitType ?? 'None',
    assemble: output?.AssembleWith ?? 'None',
    compression: input?.CompressionType ?? 'None',
    strategy: request.BatchStrategy ?? 'MultiRecord',
    // No limit means chunks, which a model gets as one request here.
    max_payload: megabytes === 0 ? Number.MAX_SAFE_INTEGER : megabytes * megabyte,
    concurrency: request.MaxConcurrentTransforms ?? 0,
    join: processing?.JoinSource ?? 'None',
    input_filter: processing?.InputFilter ?? null,
    output_filter: processing?.OutputFilter ?? null,
  });
  const code = submitted ?? container.path('model', 'code');
  const requirements = `${code}/requirements.txt`;
  const algorithm = algorithmOf(source.image, '');
  return {
    command: ['python3', place('transform.py'), place('config.json')],
    cwd: container.root,
    env: container.environment(environment, resourceConfig(request.TransformResources?.InstanceType), {
      ...source.environment,
      ...request.Environment,
      ...batchVariables(request),
      PYTHONDONTWRITEBYTECODE: '1',
      SM_MODEL_DIR: container.path('model'),
      SAGEMAKER_SUBMIT_DIRECTORY: code,
      MLOPS_FLOW_IMAGE: source.image,
    }),
    maxRuntime,
    image: source.image,
    // Without a script of its own it is the algorithm's model that answers.
    ...(algorithm && !existsSync(code) ? { recipe: algorithm.recipe } : {}),
    ...(existsSync(requirements) ? { requirements } : {}),
  };
}

/** What a container is told of the job that it works for; what the job does not name is not told. */
function batchVariables({
  MaxPayloadInMB,
  BatchStrategy,
  MaxConcurrentTransforms,
}: CreateTransformJobRequest): Record<string, string> {
  const strategy = BatchStrategy === 'SingleRecord' ? 'SINGLE_RECORD' : 'MULTI_RECORD';
  return {
    SAGEMAKER_BATCH: 'true',
    ...(MaxPayloadInMB === undefined ? {} : { SAGEMAKER_MAX_PAYLOAD_IN_MB: String(MaxPayloadInMB) }),
    ...(BatchStrategy === undefined ? {} : { SAGEMAKER_BATCH_STRATEGY: strategy }),
    ...(MaxConcurrentTransforms === undefined
      ? {}
      : { SAGEMAKER_MAX_CONCURRENT_TRANSFORMS: String(MaxConcurrentTransforms) }),
  };
}
