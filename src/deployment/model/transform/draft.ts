/** What a person fills in for a batch transform, and the calls that it comes to. Pure. */
import { type Call, type ModelChoice, tagKeys } from '../plan';
import { batchesOf, isCsv, looksLikeHeader, type Processing, type Requests, splits } from './records';
import { parsePath } from './select';

export const transformFields = [
  'input',
  'output',
  'role',
  'instanceType',
  'instances',
  'contentType',
  'accept',
  'compression',
  'split',
  'assemble',
  'strategy',
  'payload',
  'concurrency',
  'timeout',
  'retries',
  'inputFilter',
  'outputFilter',
  'join',
] as const;
export type TransformField = (typeof transformFields)[number];
export type TransformDraft = Readonly<Record<TransformField, string>>;

export interface TransformProblem {
  severity: 'error' | 'warning';
  field?: TransformField;
  text: string;
}

/** What is asked for. */
export interface TransformWish {
  input: string;
  output: string;
  role: string;
  instanceType: string;
  instances: number;
  compression: 'None' | 'Gzip';
  assemble: 'None' | 'Line';
  /** Undefined: what the container says, else 1. */
  concurrency?: number;
  /** Undefined: 6 MB. */
  megabytes?: number;
  timeout?: number;
  retries?: number;
  requests: Requests;
  processing: Processing;
}

const megabyte = 1024 * 1024;
/** What the service takes where the request names none. */
const defaultPayload = 6;
/** The most megabytes under way on an instance: requests side by side times their size. */
const mostUnderWay = 100;

/** What the form stands on first. */
export function firstTransform(known: { output: string; role: string; contentType?: string }): TransformDraft {
  const contentType = known.contentType ?? 'text/csv';
  return {
    input: '',
    output: known.output,
    role: known.role,
    instanceType: 'ml.m5.large',
    instances: '1',
    contentType,
    accept: contentType,
    compression: 'None',
    split: 'Line',
    assemble: 'Line',
    strategy: 'MultiRecord',
    payload: '',
    concurrency: '',
    timeout: '',
    retries: '',
    inputFilter: '',
    outputFilter: '',
    join: 'None',
  };
}

/** What a draft asks for, and what the service would refuse in it, or do otherwise than is meant. */
export function readTransform(draft: TransformDraft): { wish: TransformWish; problems: TransformProblem[] } {
  const problems: TransformProblem[] = [];
  const wrong = (field: TransformField, text: string): void => void problems.push({ severity: 'error', field, text });
  const doubtful = (field: TransformField, text: string): void =>
    void problems.push({ severity: 'warning', field, text });
  const whole = (field: TransformField, what: string, least: number, most: number): number | undefined => {
    const text = draft[field].trim();
    if (text === '') return undefined;
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most) {
      wrong(field, `${what} is a whole number from ${least} to ${most}.`);
    }
    return value;
  };
  const filter = (field: 'inputFilter' | 'outputFilter', type: string): string => {
    const text = draft[field].trim();
    if (text === '') return '$';
    try {
      const steps = parsePath(text);
      if (isCsv(type) && steps.some(({ kind }) => kind === 'names')) {
        wrong(field, 'A row of CSV has places, not names: write $[1:] or $[0,3].');
      }
    } catch (error) {
      wrong(field, error instanceof Error ? error.message : String(error));
    }
    return text;
  };
  const contentType = draft.contentType.trim();
  const accept = draft.accept.trim() || contentType;
  const megabytes = whole('payload', 'The size of a request in MB', 0, mostUnderWay);
  const concurrency = whole('concurrency', 'The number of requests at a time', 0, mostUnderWay);
  const timeout = whole('timeout', 'The time for a request in seconds', 1, 3600);
  const retries = whole('retries', 'The number of retries', 0, 3);
  const wish: TransformWish = {
    input: draft.input.trim(),
    output: draft.output.trim().replace(/\/+$/, ''),
    role: draft.role.trim(),
    instanceType: draft.instanceType.trim(),
    instances: whole('instances', 'The number of instances', 1, 100) ?? 1,
    compression: draft.compression === 'Gzip' ? 'Gzip' : 'None',
    assemble: draft.assemble === 'Line' ? 'Line' : 'None',
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(megabytes === undefined ? {} : { megabytes }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(retries === undefined ? {} : { retries }),
    requests: {
      split: splits.find((split) => split === draft.split) ?? 'None',
      strategy: draft.strategy === 'SingleRecord' ? 'SingleRecord' : 'MultiRecord',
      payload: (megabytes ?? defaultPayload) * megabyte,
    },
    processing: {
      contentType,
      accept,
      inputFilter: filter('inputFilter', contentType),
      outputFilter: filter('outputFilter', accept),
      joinsInput: draft.join === 'Input',
    },
  };
  if (wish.input === '') wrong('input', 'Name the input: an S3 object or folder, or a file of this folder.');
  if (!/^s3:\/\/[^/]+/.test(wish.output)) wrong('output', 'Results go to an S3 folder: s3://BUCKET/FOLDER.');
  if (!/^arn:[^:]*:iam::\d{12}:role\/.+/.test(wish.role))
    wrong('role', 'The role is an ARN: arn:aws:iam::ACCOUNT:role/NAME.');
  if (!/^ml\.[\w-]+\.[\w-]+$/.test(wish.instanceType))
    wrong('instanceType', 'An instance type is named like ml.m5.large.');
  if (contentType === '') wrong('contentType', 'Say what the records are: text/csv, application/json, …');
  checkPlaces(wish, wrong);
  checkRequests(wish, wrong, doubtful);
  checkProcessing(wish, wrong);
  return { wish, problems };
}

type Say = (field: TransformField, text: string) => void;

function checkPlaces({ input, output }: TransformWish, wrong: Say): void {
  const folder = input.replace(/\/+$/, '');
  if (input.startsWith('s3://') && (output === folder || output.startsWith(`${folder}/`))) {
    wrong('output', 'The results would lie in the input, and the next job would send them to the model as well.');
  }
}

function checkRequests(
  { requests, assemble, megabytes, concurrency = 1 }: TransformWish,
  wrong: Say,
  doubtful: Say,
): void {
  const { split, strategy } = requests;
  const size = megabytes ?? defaultPayload;
  if (size <= mostUnderWay && concurrency <= mostUnderWay && concurrency * size > mostUnderWay) {
    wrong('concurrency', `Requests at a time, times their size in MB, are ${mostUnderWay} at most.`);
  }
  if (split !== 'None' && megabytes === 0) {
    wrong('payload', 'Without a limit a file is streamed whole: choose that it is not split, or a size.');
  }
  if (split === 'Line' && assemble === 'None') {
    doubtful('assemble', 'The answers are written one after the other without a line break between them.');
  }
  if (split === 'None' && strategy === 'SingleRecord') {
    doubtful('strategy', 'A file that is not split is one request, however many records it has.');
  }
}

function checkProcessing({ processing, requests, assemble }: TransformWish, wrong: Say): void {
  const { contentType, accept, joinsInput, inputFilter, outputFilter } = processing;
  const processes = joinsInput || inputFilter !== '$' || outputFilter !== '$';
  if (!processes) return;
  if (!isCsv(contentType) && !/json/i.test(contentType)) {
    wrong('contentType', 'Filters and joins read CSV and JSON alone.');
  }
  if (!joinsInput) return;
  if (accept !== contentType) wrong('accept', 'A join asks for answers of the type of the records.');
  if ((requests.split === 'Line') !== (assemble === 'Line')) {
    wrong('assemble', 'A join asks for answers that are put together as the records were split.');
  }
}

/** What lies in the input, as far as it was looked at. */
export interface FoundInput {
  files: readonly { key: string; bytes: number; records?: readonly string[] }[];
  /** True where there are more files than were looked at. */
  hasMore: boolean;
}

/** The records of the first file that has any: a file is one where nothing is split. */
export function linesIn(found: FoundInput | undefined, { requests }: TransformWish): readonly string[] {
  const lines = found?.files.find(({ records }) => records !== undefined && records.length > 0)?.records ?? [];
  if (requests.split === 'Line') return lines;
  return requests.split === 'None' && lines.length > 0 ? [lines.join('\n')] : [];
}

/** Requests that a job makes. */
export interface RequestCount {
  files: number;
  bytes: number;
  /** Undefined where the files are not split, or in a way that is not read here. */
  records?: number;
  requests?: number;
  /** False where some were too large to be read, and their records are estimated. */
  isExact: boolean;
  problem?: string;
}

/** How many requests the files come to. */
export function countRequests({ files, hasMore }: FoundInput, requests: Requests): RequestCount {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const counted = { files: files.length, bytes, isExact: !hasMore };
  const tooLarge = files.find((file) => requests.payload > 0 && file.bytes > requests.payload);
  if (requests.split === 'None') {
    return {
      ...counted,
      requests: files.length,
      ...(tooLarge
        ? { problem: `${tooLarge.key} is larger than a request may be, and it is not split: the job fails at it.` }
        : {}),
    };
  }
  if (requests.split !== 'Line') return { ...counted, isExact: false };
  const read = files.filter(({ records }) => records !== undefined);
  const perByte = ratio(read);
  let total = 0;
  let made = 0;
  try {
    for (const { bytes: size, records } of files) {
      const found = records?.length ?? Math.round(size * perByte);
      total += found;
      made += records
        ? batchesOf(records, requests).length
        : requests.strategy === 'SingleRecord'
          ? found
          : Math.ceil(size / (requests.payload || size || 1));
    }
  } catch (error) {
    return { ...counted, problem: error instanceof Error ? error.message : String(error) };
  }
  return { ...counted, records: total, requests: made, isExact: !hasMore && read.length === files.length };
}

function ratio(read: FoundInput['files']): number {
  const bytes = read.reduce((sum, file) => sum + file.bytes, 0);
  const records = read.reduce((sum, file) => sum + (file.records?.length ?? 0), 0);
  return bytes === 0 ? 0 : records / bytes;
}

/** What the input shows to be wrong with a draft. */
export function inputProblems(
  { files }: FoundInput,
  wish: TransformWish,
  lines: readonly string[],
): TransformProblem[] {
  const warn = (field: TransformField, text: string): TransformProblem => ({ severity: 'warning', field, text });
  const archive = files.find(({ key }) => /(^|\/)model\.tar\.gz$/.test(key));
  const isZipped = files.some(({ key }) => key.endsWith('.gz')) && wish.compression === 'None';
  return [
    ...(files.length === 0 ? [{ severity: 'error' as const, field: 'input' as const, text: 'There is no file.' }] : []),
    ...(archive ? [warn('input', `${archive.key} is a model, and would be sent to the model as well.`)] : []),
    ...(isZipped ? [warn('compression', 'Some files end in .gz: say that they are compressed.')] : []),
    ...(wish.instances > Math.max(1, files.length)
      ? [warn('instances', 'An instance works on whole files: with fewer files than instances, some do nothing.')]
      : []),
    ...(wish.requests.split === 'Line' && looksLikeHeader(lines, wish.processing.contentType)
      ? [warn('input', 'The first line looks like names of columns. It is sent to the model as a record, too.')]
      : []),
  ];
}

/** The calls that begin a job. */
export function transformCalls(wish: TransformWish, model: ModelChoice, name: string, input: string): Call[] {
  const { processing, requests, timeout, retries } = wish;
  const processes = processing.joinsInput || processing.inputFilter !== '$' || processing.outputFilter !== '$';
  return [
    {
      service: 'sagemaker',
      operation: 'CreateModel',
      purpose: `Make a model of ${model.group} version ${model.version}`,
      input: {
        ModelName: name,
        Containers: [{ ModelPackageName: model.arn }],
        ExecutionRoleArn: wish.role,
      },
    },
    {
      service: 'sagemaker',
      operation: 'CreateTransformJob',
      purpose: 'Send the records to the model',
      input: {
        TransformJobName: name,
        ModelName: name,
        ...(wish.concurrency === undefined ? {} : { MaxConcurrentTransforms: wish.concurrency }),
        ...(wish.megabytes === undefined ? {} : { MaxPayloadInMB: wish.megabytes }),
        // The service refuses a strategy where nothing is split.
        ...(requests.split === 'None' ? {} : { BatchStrategy: requests.strategy }),
        ...(timeout === undefined && retries === undefined
          ? {}
          : {
              ModelClientConfig: {
                ...(timeout === undefined ? {} : { InvocationsTimeoutInSeconds: timeout }),
                ...(retries === undefined ? {} : { InvocationsMaxRetries: retries }),
              },
            }),
        TransformInput: {
          DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: input } },
          ContentType: processing.contentType,
          CompressionType: wish.compression,
          SplitType: requests.split,
        },
        TransformOutput: { S3OutputPath: wish.output, Accept: processing.accept, AssembleWith: wish.assemble },
        TransformResources: { InstanceType: wish.instanceType, InstanceCount: wish.instances },
        ...(processes
          ? {
              DataProcessing: {
                InputFilter: processing.inputFilter,
                OutputFilter: processing.outputFilter,
                JoinSource: processing.joinsInput ? 'Input' : 'None',
              },
            }
          : {}),
        Tags: [{ Key: tagKeys.model, Value: model.arn }],
      },
    },
  ];
}
