import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changedSince } from '../../../src/pipelines/commands/changes';
import { readSources, uploadSources, type UploadRequest, type Uploads } from '../../../src/pipelines/commands/upload';
import { readObject } from '../../../src/pipelines/service';
import { readManifest, sha256 } from '../../../src/shared/uploads';
import { startLocalSession, type LocalSession } from '../../fixtures/local/session';
import { Sandbox, type Work } from '../gitflow/sandbox';
import { splitS3Uri } from '../../../src/shared/s3-uri';

const bucket = 'sagemaker-us-east-1-000000000000';
const sandbox = new Sandbox();
let local: LocalSession;
let work: Work;

beforeAll(async () => {
  local = await startLocalSession('upload');
});
afterAll(async () => {
  sandbox.remove();
  await local.end();
});

/** A repository with the code and the data of a run, and a file that git ignores. */
beforeEach(() => {
  work = sandbox.repository();
  work.write('.gitignore', '*.log\nscratch/\n');
  work.commit('src/train.py', 'print(1)');
  work.commit('src/lib/util.py', 'x = 1');
  work.commit('data/penguins.csv', 'a,b');
  work.write('src/debug.log', 'secret');
});

const sources = new Map([
  ['CodeUri', 'src'],
  ['DataUri', 'data/penguins.csv'],
]);

function upload(more: Partial<UploadRequest> = {}): Promise<Uploads> {
  const name = work.folder.split('/').at(-1) ?? '';
  return uploadSources(local.session, {
    root: work.folder,
    sources,
    parameters: [
      { name: 'CodeUri', type: 'String', default: `s3://${bucket}/${name}/code` },
      { name: 'DataUri', type: 'String', default: `s3://${bucket}/${name}/data/penguins.csv` },
    ],
    values: {},
    ...more,
  });
}

async function keysBelow(uri: string): Promise<string[]> {
  const { sdk, s3 } = local.session;
  const { key } = splitS3Uri(uri);
  const { Contents } = await s3.send(new sdk.ListObjectsV2Command({ Bucket: bucket, Prefix: key }));
  return (Contents ?? []).map(({ Key = '' }) => Key.slice(key.length)).sort();
}

describe('uploads', () => {
  it('go to places that are named by what they hold, with the list of the files', async () => {
    const { values, uploads } = await upload();
    const [code, data] = uploads;
    expect(values['CodeUri']).toMatch(new RegExp(`/code/${code?.digest ?? ''}$`));
    expect(values['DataUri']).toMatch(new RegExp(`/data/${data?.digest ?? ''}/penguins.csv$`));
    expect(uploads.map(({ parameter, files }) => [parameter, files])).toEqual([
      ['CodeUri', 2],
      ['DataUri', 1],
    ]);
    expect(await keysBelow(values['CodeUri'] ?? '')).toEqual(['/lib/util.py', '/train.py']);
    expect(await readObject(local.session, values['DataUri'] ?? '')).toBe('a,b\n');
    const list = (values['CodeUri'] ?? '').replace(/[^/]+$/, `manifests/${code?.digest ?? ''}.txt`);
    expect(readManifest(await readObject(local.session, list))).toContainEqual({
      path: 'train.py',
      sha256: sha256('print(1)\n'),
    });
  });

  it('leave what another run reads as it is, whatever changes afterwards', async () => {
    const before = await upload();
    await writeFile(join(work.folder, 'src/train.py'), 'print(2)\n');
    await rm(join(work.folder, 'src/lib'), { recursive: true });
    const after = await upload();
    expect(after.values['CodeUri']).not.toBe(before.values['CodeUri']);
    expect(after.values['DataUri']).toBe(before.values['DataUri']);
    expect(await readObject(local.session, `${before.values['CodeUri'] ?? ''}/train.py`)).toBe('print(1)\n');
    expect(await keysBelow(after.values['CodeUri'] ?? '')).toEqual(['/train.py']);
  });

  it('are made once: the same files again are the same place, also below an address of before', async () => {
    const first = await upload();
    const sent: string[] = [];
    const { s3 } = local.session;
    s3.middlewareStack.add(
      (next, { commandName }) =>
        (args) => (sent.push(String(commandName)), next(args)),
      {
        step: 'initialize',
        name: 'count',
      },
    );
    const again = await upload({ values: first.values });
    s3.middlewareStack.remove('count');
    expect(again).toEqual(first);
    // What is left is the two lists.
    expect(sent.filter((name) => name === 'PutObjectCommand')).toHaveLength(2);
  });

  it('copy again what was cut off', async () => {
    const { values } = await upload();
    const place = `${values['CodeUri'] ?? ''}/train.py`;
    const { sdk, s3 } = local.session;
    await s3.send(new sdk.PutObjectCommand({ Bucket: bucket, Key: splitS3Uri(place).key, Body: 'pri' }));
    await upload();
    expect(await readObject(local.session, place)).toBe('print(1)\n');
  });

  it('are read back: what has the same size and other content is copied again, what lies beside is refused', async () => {
    const { values } = await upload();
    const { bucket: Bucket, key } = splitS3Uri(values['CodeUri'] ?? '');
    const { sdk, s3 } = local.session;
    await s3.send(new sdk.PutObjectCommand({ Bucket, Key: `${key}/train.py`, Body: 'print(2)\n' }));
    await upload();
    expect(await readObject(local.session, `${values['CodeUri'] ?? ''}/train.py`)).toBe('print(1)\n');
    await s3.send(new sdk.PutObjectCommand({ Bucket, Key: `${key}/sitecustomize.py`, Body: 'evil' }));
    await expect(upload()).rejects.toThrow(/holds files that are not those of src: .*sitecustomize\.py.*delete them/);
  });

  it('are refused by S3 where what arrives has another digest', async () => {
    const { sdk, s3 } = local.session;
    const ChecksumSHA256 = Buffer.from(sha256('one'), 'hex').toString('base64');
    const put = s3.send(new sdk.PutObjectCommand({ Bucket: bucket, Key: 'x', Body: 'other', ChecksumSHA256 }));
    await expect(put).rejects.toMatchObject({ name: 'BadDigest' });
  });

  it('have untracked files in them, and a whole folder that git ignores', async () => {
    await writeFile(join(work.folder, 'src/new.py'), 'y = 2\n');
    await mkdir(join(work.folder, 'scratch'));
    await writeFile(join(work.folder, 'scratch/x.bin'), 'x');
    const { uploads } = await upload({
      sources: new Map([
        ['CodeUri', 'src'],
        ['DataUri', 'scratch'],
      ]),
    });
    expect(uploads.map(({ files }) => files)).toEqual([3, 1]);
  });

  it('are possible outside of a repository', async () => {
    const root = sandbox.path('plain');
    for (const path of ['src/a.py', 'src/__pycache__/a.pyc', 'data/penguins.csv']) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), 'x');
    }
    expect((await upload({ root })).uploads.map(({ files }) => files)).toEqual([1, 1]);
  });

  it('tell which files have changed since a run was started', async () => {
    const { values } = await upload();
    const made = { definition: '{}', parameters: new Map(Object.entries(values)) };
    const now = async (definition = '{}') => ({
      path: 'p.pipeline.json',
      definition,
      sources: await readSources(work.folder, sources, [
        { name: 'CodeUri', type: 'String' },
        { name: 'DataUri', type: 'String' },
      ]),
    });
    expect(await changedSince(local.session, made, await now())).toEqual([]);
    await writeFile(join(work.folder, 'src/train.py'), 'print(2)\n');
    await writeFile(join(work.folder, 'src/new.py'), '');
    await rm(join(work.folder, 'src/lib/util.py'));
    await writeFile(join(work.folder, 'data/penguins.csv'), 'c');
    expect(await changedSince(local.session, made, await now('{ }'))).toEqual([
      'p.pipeline.json',
      'src/lib/util.py',
      'src/new.py',
      'src/train.py',
      'data/penguins.csv',
    ]);
    // A run that somebody started with files at a place of their own.
    const elsewhere = { ...made, parameters: new Map([['CodeUri', 's3://b/code']]) };
    expect(await changedSince(local.session, elsewhere, await now())).toEqual([]);
  });

  it.each<[string, Partial<UploadRequest>, RegExp]>([
    ['a file that is not there', { sources: new Map([['CodeUri', 'sources']]) }, /^sources does not exist\. Correct/],
    ['a value that is no S3 URI', { values: { CodeUri: '/tmp/x' } }, /^CodeUri must be an S3 URI/],
  ])('refuse %s in a sentence', async (_, more, message) => {
    await expect(upload(more)).rejects.toThrow(message);
  });
});
