import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createChecksum } from '../../../src/local/wire/checksums';
import { parseRange } from '../../../src/local/services/s3/range';
import { Bed, bucket } from './support';

let bed: Bed;
let s3: S3Client;
beforeAll(async () => {
  bed = await Bed.start();
  ({ s3 } = bed.clients);
});
afterAll(() => bed.stop());

const text = async (Key: string, more: object = {}): Promise<string | undefined> =>
  (await s3.send(new GetObjectCommand({ Bucket: bucket, Key, ...more }))).Body?.transformToString();

test('an object comes back as it was put, with its type and metadata', async () => {
  const put = await s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: 'a/b.json',
      Body: '{"x":1}',
      ContentType: 'application/json',
      Metadata: { who: 'me' },
    }),
  );
  expect(put.ETag).toBe(`"${createHash('md5').update('{"x":1}').digest('hex')}"`);
  const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'a/b.json' }));
  expect(head).toMatchObject({
    ContentLength: 7,
    ContentType: 'application/json',
    Metadata: { who: 'me' },
    ETag: put.ETag,
  });
  expect(head.LastModified).toBeInstanceOf(Date);
  expect(await text('a/b.json')).toBe('{"x":1}');
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'a/b.json', Body: '' }));
  expect(await text('a/b.json')).toBe('');
});

test.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
  'a body streamed with a %s trailer arrives whole',
  async (ChecksumAlgorithm) => {
    const body = Buffer.alloc(300_000, 'abcdefghij');
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: 'streamed',
        Body: Readable.from([body.subarray(0, 1000), body.subarray(1000)]),
        ContentLength: body.length,
        ChecksumAlgorithm,
      }),
    );
    const got = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'streamed', ChecksumMode: 'ENABLED' }));
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
    expect(got[`Checksum${ChecksumAlgorithm}`]).toBeDefined();
  },
);

test('a wrong checksum keeps the object away', async () => {
  const put = new PutObjectCommand({
    Bucket: bucket,
    Key: 'bad',
    Body: 'x',
    ChecksumSHA256: createHash('sha256').update('y').digest('base64'),
  });
  await expect(s3.send(put)).rejects.toMatchObject({ name: 'BadDigest' });
  await expect(s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'bad' }))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 404 },
  });
});

test('checksums are those of the published test vectors', async () => {
  const vectors = { crc32: 'cbf43926', crc32c: 'e3069283', crc64nvme: 'ae8b14860a799888' };
  for (const [name, hex] of Object.entries(vectors)) {
    const sum = createChecksum(name);
    sum?.update(Buffer.from('1234'));
    sum?.update(Buffer.from('56789'));
    expect(Buffer.from((await sum?.digest()) ?? []).toString('hex')).toBe(hex);
  }
});

test('ranges, conditions and missing things are answered as S3 does', async () => {
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'r', Body: '0123456789' }));
  expect(await text('r', { Range: 'bytes=2-4' })).toBe('234');
  expect(await text('r', { Range: 'bytes=-3' })).toBe('789');
  expect(await text('r', { Range: 'bytes=8-' })).toBe('89');
  const part = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'r', Range: 'bytes=0-0' }));
  expect(part).toMatchObject({ ContentRange: 'bytes 0-0/10', ContentLength: 1, $metadata: { httpStatusCode: 206 } });
  await expect(text('r', { Range: 'bytes=10-' })).rejects.toMatchObject({ name: 'InvalidRange' });
  await expect(text('r', { IfMatch: '"other"' })).rejects.toMatchObject({ $metadata: { httpStatusCode: 412 } });
  await expect(text('r', { IfNoneMatch: part.ETag })).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
  await expect(text('nope')).rejects.toMatchObject({ name: 'NoSuchKey' });
  await expect(s3.send(new GetObjectCommand({ Bucket: 'no-such-bucket', Key: 'r' }))).rejects.toMatchObject({
    name: 'NoSuchBucket',
  });
});

test('a range is never outside the content', () => {
  fc.assert(
    fc.property(fc.nat(20), fc.option(fc.nat(30)), fc.option(fc.nat(30)), (size, from, to) => {
      const range = parseRange(`bytes=${from ?? ''}-${to ?? ''}`, size);
      if (range === undefined || range === 'unsatisfiable') return true;
      return range.first >= 0 && range.first <= range.last && range.last < size;
    }),
  );
});

test('buckets are made, listed and deleted; one with objects is not', async () => {
  await s3.send(new CreateBucketCommand({ Bucket: 'my-bucket' }));
  await s3.send(new HeadBucketCommand({ Bucket: 'my-bucket' }));
  await s3.send(new PutObjectCommand({ Bucket: 'my-bucket', Key: 'x', Body: 'x' }));
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  expect(Buckets.map(({ Name }) => Name)).toEqual(expect.arrayContaining(['my-bucket', bucket]));
  await expect(s3.send(new DeleteBucketCommand({ Bucket: 'my-bucket' }))).rejects.toMatchObject({
    name: 'BucketNotEmpty',
  });
  await s3.send(new DeleteObjectCommand({ Bucket: 'my-bucket', Key: 'x' }));
  await s3.send(new DeleteBucketCommand({ Bucket: 'my-bucket' }));
  await expect(s3.send(new HeadBucketCommand({ Bucket: 'my-bucket' }))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 404 },
  });
});

test('listings have pages, prefixes and common prefixes; any key survives', async () => {
  const Bucket = 'listing';
  await s3.send(new CreateBucketCommand({ Bucket }));
  const keys = ['a', 'b/1', 'b/2', 'b/c/3', 'd e+f&g<h>/ü', 'z%2F', 'é'].sort((a, b) =>
    Buffer.compare(Buffer.from(a), Buffer.from(b)),
  );
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
  const seen: string[] = [];
  for await (const page of paginateListObjectsV2({ client: s3, pageSize: 2 }, { Bucket })) {
    expect(page.KeyCount).toBeLessThanOrEqual(2);
    seen.push(...(page.Contents ?? []).map(({ Key }) => Key ?? ''));
  }
  expect(seen).toEqual(keys);
  const below = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'b/', Delimiter: '/' }));
  expect(below.Contents?.map(({ Key }) => Key)).toEqual(['b/1', 'b/2']);
  expect(below.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['b/c/']);
  const folders: string[] = [];
  for await (const page of paginateListObjectsV2({ client: s3, pageSize: 1 }, { Bucket, Delimiter: '/' })) {
    folders.push(
      ...(page.Contents ?? []).map(({ Key }) => Key ?? ''),
      ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix ?? ''),
    );
  }
  expect(folders.sort()).toEqual(['a', 'b/', 'd e+f&g<h>/', 'z%2F', 'é'].sort());
  for (const Key of keys) {
    const object = await s3.send(new GetObjectCommand({ Bucket, Key }));
    expect(await object.Body?.transformToString()).toBe(Key);
  }
  await s3.send(
    new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/${encodeURIComponent('d e+f&g<h>/ü')}` }),
  );
  expect(await (await s3.send(new GetObjectCommand({ Bucket, Key: 'copy' }))).Body?.transformToString()).toBe(
    'd e+f&g<h>/ü',
  );
  await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: keys.map((Key) => ({ Key })) } }));
  const left = await s3.send(new ListObjectsV2Command({ Bucket }));
  expect(left.Contents?.map(({ Key }) => Key)).toEqual(['copy']);
});

test('many writers of one key leave one whole object', async () => {
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'race', Body: String(index).repeat(5000) })),
    ),
  );
  expect(await text('race')).toMatch(/^(\d+?)\1*$/);
});
