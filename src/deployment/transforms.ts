/** Batch transform jobs: what they are to read, how they stand, and what they have written. */
import type { DescribeTransformJobResponse } from '@aws-sdk/client-sagemaker';
import { gunzipSync } from 'node:zlib';
import { collect, outcomeOf, type Session } from '../aws';
import { UserError } from '../workbench/errors';
import { splitS3Uri } from '../shared/s3-uri';
import type { Call, ModelChoice } from './model/plan';
import type { FoundInput } from './model/transform/draft';
import { type Linked, type LinkedRow, link, linesOf, type Requests, splits } from './model/transform/records';
import { getObject, makeCall } from './service';

/** So many files of an input are listed, and so many bytes of them read, to count their records. */
const mostFiles = 1000;
const mostRead = 16 * 1024 * 1024;
/** A file is shown beside its results up to so many bytes, and so many rows of it. */
const mostShown = 8 * 1024 * 1024;
export const mostRows = 500;

interface S3Object {
  key: string;
  bytes: number;
  changed: number;
}

/** The objects under a prefix, as a job takes them: folders are none. */
async function listUnder(session: Session, uri: string): Promise<{ objects: S3Object[]; hasMore: boolean }> {
  const { sdk, s3 } = session;
  const { bucket, key } = splitS3Uri(uri);
  return session.call(`list ${uri}`, async () => {
    const pages = sdk.paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: key });
    const found = await collect(pages, (page) => page.Contents, mostFiles + 1);
    const objects = found
      .slice(0, mostFiles)
      .map(({ Key = '', Size = 0, LastModified }) => ({ key: Key, bytes: Size, changed: LastModified?.getTime() ?? 0 }))
      .filter((object) => !object.key.endsWith('/'));
    return { objects, hasMore: found.length > mostFiles };
  });
}

/** What a job with this input would read: its files, and their records as far as they are small enough. */
export async function findInput(session: Session, uri: string, isZipped: boolean): Promise<FoundInput> {
  const { bucket } = splitS3Uri(uri);
  const { objects, hasMore } = await listUnder(session, uri);
  const files: FoundInput['files'][number][] = [];
  let read = 0;
  for (const { key, bytes } of objects) {
    read += bytes;
    if (read > mostRead) files.push({ key, bytes });
    else files.push(fileOf(key, await getObject(session, `s3://${bucket}/${key}`), isZipped));
  }
  return { files, hasMore };
}

/** A file as the input of a job. */
export function fileOf(key: string, content: Uint8Array, isZipped: boolean): FoundInput['files'][number] {
  return { key, bytes: content.byteLength, records: linesOf(textOf(content, isZipped)) };
}

function textOf(content: Uint8Array, isZipped: boolean): string {
  try {
    return Buffer.from(isZipped ? gunzipSync(content) : content).toString('utf8');
  } catch {
    throw new UserError('A file of the input is not compressed by gzip, and the form says that it is.');
  }
}

/** A job as lists show it. */
export interface ListedTransform {
  name: string;
  status: string;
  created: number;
}

/** The jobs whose names contain a text, the newest first. */
export function listTransforms(session: Session, text: string, most: number): Promise<ListedTransform[]> {
  const { sdk, sagemaker } = session;
  return session.call('list the batch transforms', async () => {
    const { TransformJobSummaries = [] } = await sagemaker.send(
      new sdk.ListTransformJobsCommand({
        NameContains: text,
        SortBy: 'CreationTime',
        SortOrder: 'Descending',
        MaxResults: most,
      }),
    );
    return TransformJobSummaries.map(({ TransformJobName, TransformJobStatus, CreationTime }) => ({
      name: TransformJobName ?? '',
      status: TransformJobStatus ?? '',
      created: CreationTime?.getTime() ?? 0,
    }));
  });
}

/** A job. */
export function describeTransform(session: Session, name: string): Promise<DescribeTransformJobResponse> {
  const { sdk, sagemaker } = session;
  return session.call(`read the batch transform ${name}`, () =>
    sagemaker.send(new sdk.DescribeTransformJobCommand({ TransformJobName: name })),
  );
}

/** What the name of a job begins with. */
export function jobBase({ group, version }: ModelChoice): string {
  return `${group.slice(0, 36).replace(/-+$/, '')}-v${version}`;
}

/** Makes the calls that begin a job; the model goes again where the job is refused. */
export async function beginTransform(session: Session, calls: readonly Call[], name: string): Promise<void> {
  const made: Call[] = [];
  try {
    for (const call of calls) {
      await makeCall(session, call);
      made.push(call);
    }
  } catch (error) {
    if (made.length > 0) {
      const input = { ModelName: name };
      await outcomeOf(
        makeCall(session, { service: 'sagemaker', operation: 'DeleteModel', input, purpose: 'Remove the model again' }),
      );
    }
    throw error;
  }
}

/** Ends a job; what it has written for whole files stays. */
export async function stopTransform(session: Session, name: string): Promise<void> {
  const { sdk, sagemaker } = session;
  await session.change(`stop the batch transform ${name}`, () =>
    sagemaker.send(new sdk.StopTransformJobCommand({ TransformJobName: name })),
  );
}

/** True while a job goes on. */
export function isUnderWay({
  TransformJobStatus: status,
}: Pick<DescribeTransformJobResponse, 'TransformJobStatus'>): boolean {
  return status === 'InProgress' || status === 'Stopping';
}

/** A file of a job's input with what was written for it; no output where it has failed, or was not come to. */
export interface ResultFile {
  /** Its place below the input. */
  name: string;
  input: string;
  bytes: number;
  output?: string;
}

/** The files of a job: each input beside its `.out`. Those of an earlier job in the same folder do not count. */
export async function listResults(session: Session, job: DescribeTransformJobResponse): Promise<ResultFile[]> {
  const uri = job.TransformInput?.DataSource?.S3DataSource?.S3Uri ?? '';
  const folder = (job.TransformOutput?.S3OutputPath ?? '').replace(/\/+$/, '');
  const [{ objects: inputs }, { objects: outputs }] = await Promise.all([
    listUnder(session, uri),
    listUnder(session, `${folder}/`),
  ]);
  // S3 tells whole seconds.
  const begun = Math.floor((job.CreationTime?.getTime() ?? 0) / 1000) * 1000;
  const { bucket } = splitS3Uri(uri);
  const { key: below } = splitS3Uri(`${folder}/`);
  const written = new Set(outputs.filter(({ changed }) => changed >= begun).map(({ key }) => key));
  return inputs.map(({ key, bytes }) => {
    const name = nameBelow(uri, key);
    const out = `${below}${name}.out`;
    return {
      name,
      input: `s3://${bucket}/${key}`,
      bytes,
      ...(written.has(out) ? { output: `${folder}/${name}.out` } : {}),
    };
  });
}

/** The name of an object below the input of a job: that of the folder it was found in does not count. */
export function nameBelow(uri: string, key: string): string {
  const { key: prefix } = splitS3Uri(uri);
  const folder = key.startsWith(`${prefix}/`) ? `${prefix}/` : prefix.slice(0, prefix.lastIndexOf('/') + 1);
  return key.slice(folder.length);
}

/** Rows of one file of a job, and how many there are in all. */
export interface ResultRows {
  rows: LinkedRow[];
  total: number;
  problem?: string;
}

/** Links the records of a file to what was written for them. */
export async function readRows(
  session: Session,
  job: DescribeTransformJobResponse,
  file: ResultFile,
): Promise<ResultRows> {
  if (file.output === undefined) {
    return { rows: [], total: 0, problem: 'Nothing was written for this file: a part of it has failed.' };
  }
  if (file.bytes > mostShown) {
    return { rows: [], total: 0, problem: 'The file is too large to be shown here. Open its output in S3.' };
  }
  const isZipped = job.TransformInput?.CompressionType === 'Gzip';
  const [input, output] = await Promise.all([getObject(session, file.input), getObject(session, file.output)]);
  const records = linesOf(textOf(input, isZipped));
  const linked: Linked = link(records, Buffer.from(output).toString('utf8'), requestsOf(job));
  if (linked.rows === undefined) return { rows: [], total: records.length, problem: linked.problem };
  return { rows: linked.rows.slice(0, mostRows), total: linked.rows.length };
}

/** How a job makes requests of its input. */
function requestsOf(job: DescribeTransformJobResponse): Requests {
  return {
    split: splits.find((split) => split === job.TransformInput?.SplitType) ?? 'None',
    strategy: job.BatchStrategy ?? 'MultiRecord',
    payload: (job.MaxPayloadInMB ?? 6) * 1024 * 1024,
  };
}
