import { createHash, createHmac } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
  UploadPartCommand,
  paginateListObjectsV2,
  paginateListParts,
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

test('the words of a header are taken in any case, as SDKs write them', async () => {
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'cased', Body: 'x', ChecksumAlgorithm: 'CRC32' }));
  // As AWS's SDK for C++ writes it, with which Arrow reads.
  const asked = new GetObjectCommand({ Bucket: bucket, Key: 'cased', ChecksumMode: 'enabled' as 'ENABLED' });
  expect((await s3.send(asked)).ChecksumCRC32).toBe('jNwWgw==');
});

test('an object has tags: from its writing, set, copied and taken away', async () => {
  const at = { Bucket: bucket, Key: 'tagged' };
  const tags = async (Key = at.Key): Promise<unknown> =>
    (await s3.send(new GetObjectTaggingCommand({ Bucket: bucket, Key }))).TagSet;
  await s3.send(new PutObjectCommand({ ...at, Body: 'x', Tagging: 'team=birds&stage=a%20test' }));
  expect(await tags()).toEqual([
    { Key: 'team', Value: 'birds' },
    { Key: 'stage', Value: 'a test' },
  ]);
  expect((await s3.send(new GetObjectCommand(at))).TagCount).toBe(2);
  await s3.send(new CopyObjectCommand({ Bucket: bucket, Key: 'copied', CopySource: `${bucket}/tagged` }));
  const replacing = { Bucket: bucket, Key: 'replaced', CopySource: `${bucket}/tagged` };
  await s3.send(new CopyObjectCommand({ ...replacing, TaggingDirective: 'REPLACE', Tagging: 'team=fish' }));
  await s3.send(new CopyObjectCommand({ ...replacing, Key: 'bare', TaggingDirective: 'REPLACE' }));
  expect(await Promise.all(['copied', 'replaced', 'bare'].map((key) => tags(key)))).toEqual([
    await tags(),
    [{ Key: 'team', Value: 'fish' }],
    [],
  ]);
  const put = (TagSet: { Key: string; Value: string }[]) =>
    s3.send(new PutObjectTaggingCommand({ ...at, Tagging: { TagSet } }));
  await put([{ Key: 'a&b', Value: 'c=d' }]);
  expect(await tags()).toEqual([{ Key: 'a&b', Value: 'c=d' }]);
  const tag = (i: number) => ({ Key: `k${i}`, Value: '' });
  await expect(put([tag(1), tag(1)])).rejects.toMatchObject({ name: 'InvalidTag' });
  await expect(put(Array.from({ length: 11 }, (_, i) => tag(i)))).rejects.toMatchObject({ name: 'BadRequest' });
  await s3.send(new DeleteObjectTaggingCommand(at));
  expect(await tags()).toEqual([]);
  expect(await text('tagged')).toBe('x');
  await expect(tags('nowhere')).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test('attributes are those that were asked for', async () => {
  const at = { Bucket: bucket, Key: 'attributed' };
  await s3.send(new PutObjectCommand({ ...at, Body: 'x', ChecksumAlgorithm: 'CRC32' }));
  const sizes = await s3.send(new GetObjectAttributesCommand({ ...at, ObjectAttributes: ['ObjectSize', 'ETag'] }));
  expect(sizes).toMatchObject({ ObjectSize: 1, ETag: createHash('md5').update('x').digest('hex') });
  expect(sizes.Checksum).toBeUndefined();
  const sums = await s3.send(new GetObjectAttributesCommand({ ...at, ObjectAttributes: ['Checksum', 'ObjectParts'] }));
  expect(sums.Checksum).toMatchObject({ ChecksumCRC32: 'jNwWgw==' });
  expect(sums.ObjectSize).toBeUndefined();
  expect((await s3.send(new GetBucketVersioningCommand({ Bucket: bucket }))).Status).toBeUndefined();
});

test('uploads under way and their parts are listed by pages', async () => {
  const Bucket = bucket;
  const begin = async (Key: string): Promise<string> =>
    (await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }))).UploadId ?? '';
  const ids = [await begin('under/b'), await begin('under/a'), await begin('under/a')];
  const seen: (string | undefined)[] = [];
  let markers: { KeyMarker?: string; UploadIdMarker?: string } = {};
  for (let more = true; more;) {
    const page = await s3.send(
      new ListMultipartUploadsCommand({ Bucket, Prefix: 'under/', MaxUploads: 1, ...markers }),
    );
    seen.push(...(page.Uploads ?? []).map(({ Key }) => Key));
    more = page.IsTruncated ?? false;
    markers = { KeyMarker: page.NextKeyMarker ?? '', UploadIdMarker: page.NextUploadIdMarker ?? '' };
  }
  expect(seen).toEqual(['under/a', 'under/a', 'under/b']);
  const upload = { Bucket, Key: 'under/b', UploadId: ids[0] };
  for (const PartNumber of [3, 1, 2]) {
    await s3.send(new UploadPartCommand({ ...upload, PartNumber, Body: 'x'.repeat(PartNumber) }));
  }
  const parts = [];
  for await (const page of paginateListParts({ client: s3, pageSize: 2 }, upload)) parts.push(...(page.Parts ?? []));
  expect(parts.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
    [1, 1],
    [2, 2],
    [3, 3],
  ]);
  await s3.send(new AbortMultipartUploadCommand(upload));
  await expect(s3.send(new ListPartsCommand(upload))).rejects.toMatchObject({ name: 'NoSuchUpload' });
});

test('an address signed by version 2, as boto3 presigns, is good for its time and for what it names', async () => {
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'signed by 2', Body: 'x' }));
  const { accessKeyId, secretAccessKey, endpoint } = bed.plane.ready;
  const presign = (path: string, { method = 'GET', more = '', at = Date.now() / 1000 + 60 } = {}): string => {
    const expires = String(Math.floor(at));
    const words = [method, '', '', expires, `${path}${more && `?${more}`}`].join('\n');
    const signature = createHmac('sha1', secretAccessKey).update(words).digest('base64');
    const query = new URLSearchParams({ AWSAccessKeyId: accessKeyId, Signature: signature, Expires: expires });
    return `${endpoint}${path}?${query.toString()}${more && `&${more}`}`;
  };
  const path = `/${bucket}/signed%20by%202`;
  const read = await fetch(presign(path, { more: 'response-content-type=text/x' }));
  expect([read.status, await read.text(), read.headers.get('content-type')]).toEqual([200, 'x', 'text/x']);
  const written = await fetch(presign(path, { method: 'PUT' }), { method: 'PUT', body: Buffer.from('y') });
  expect([written.status, await text('signed by 2')]).toEqual([200, 'y']);
  const refused = async (url: string): Promise<[number, string | undefined]> => {
    const answer = await fetch(url);
    return [answer.status, /<Code>(\w+)/.exec(await answer.text())?.[1]];
  };
  expect(await refused(presign(path, { at: Date.now() / 1000 - 60 }))).toEqual([403, 'AccessDenied']);
  expect(await refused(presign(path).replace('signed', 'other'))).toEqual([403, 'SignatureDoesNotMatch']);
  expect(await refused(presign(path, { method: 'PUT' }))).toEqual([403, 'SignatureDoesNotMatch']);
  expect(await refused(presign(path).replace(accessKeyId, 'AKIASOMEBODYELSE'))).toEqual([403, 'InvalidAccessKeyId']);
  expect(await refused(presign(path).replace(/Expires=\d+/, 'Expires=soon'))).toEqual([403, 'AccessDenied']);
});

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
