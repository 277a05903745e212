/** Looking at what a run has written: files as what they are, also inside archives. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { packTar } from 'modern-tar';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Connections, profileConnection } from '../../../src/aws';
import { readArchive } from '../../../src/pipelines/artifacts/archives';
import { formatOf, isBinary } from '../../../src/pipelines/artifacts/formats';
import { parquetText } from '../../../src/pipelines/artifacts/parquet.bundle';
import { connectionsTo, keysFor, Profiles } from '../../fixtures/aws/profiles';
import { FakeService } from '../../fixtures/aws/service';

const desk = vi.hoisted(() => ({
  folder: '',
  /** The rows of each list that was shown, and what is picked from the next ones. */
  lists: [] as { label: string; description?: string }[][],
  picks: [] as string[],
}));

vi.mock('vscode', async () => {
  const fixture = await import('../../fixtures/vscode');
  return {
    ...fixture,
    window: {
      ...fixture.window,
      showSaveDialog: () => Promise.resolve(fixture.Uri.file(join(desk.folder, 'saved'))),
      showQuickPick: (items: readonly { label: string }[]) => {
        desk.lists.push([...items]);
        const wanted = desk.picks.shift();
        return Promise.resolve(items.find(({ label }) => label === wanted));
      },
    },
  };
});

const { openArtifacts, openObject } = await import('../../../src/pipelines/commands/open-remote');

/** Three penguins: island, mass with an empty one, n. */
const penguins = Buffer.from(
  'UEFSMRUEFTwVQEwVBhUAEgAAHnQFAAAARHJlYW0JAAAAVG9yZ2Vyc2VuBAAAAGEsIGIVABUUFRgsFQYVEBUGFQYcAAAACiQCAAAABgECAyQAFQQVIBUkTBUEFQASAAAQPAAAAAAATa1AAAAAAAAEsEAVABUSFRYsFQYVEBUGFQYcAAAACSACAAAAAwUBAwIVBBUwFS5MFQYVABIAABgEAQAJATwCAAAAAAAAAAMAAAAAAAAAFQAVFBUYLBUGFRAVBhUGHAAAAAokAgAAAAYBAgMkABUEGUw1ABgGc2NoZW1hFQYAFQwlAhgGaXNsYW5kJQBMHAAAABUKJQIYBG1hc3MAFQQlAhgBbgAWBhkcGTwmABwVDBk1AAYQGRgGaXNsYW5kFQIWBhaSARaaASZkJggpLBUEFQAVAgAVABUQFQIAPBYkGQYZJgAGAAAAJgAcFQoZNQAGEBkYBG1hc3MVAhYGFnQWfCbiASaiASksFQQVABUCABUAFRAVAgA8KQYZJgIEAAAAJgAcFQQZNQAGEBkYAW4VAhYGFoYBFogBJugCJp4CKSwVBBUAFQIAFQAVEBUCADwpBhkmAAYAAAAWjAMWBiYIFp4DACggcGFycXVldC1jcHAtYXJyb3cgdmVyc2lvbiAyNS4wLjEZPBwAABwAABwAAAAkAQAAUEFSMQ==',
  'base64',
);
const table = 'island,mass,n\nDream,3750.5,1\nTorgersen,,2\n"a, b",4100,3\n';
const picture = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0]);

async function tar(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const entries = Object.entries(files).map(([name, body]) => ({
    header: { name, size: Buffer.byteLength(body) },
    body,
  }));
  return Buffer.from(await packTar(entries));
}

describe('a file', () => {
  it.each([
    ['model.tar.gz', 'archive'],
    ['a.TGZ', 'archive'],
    ['a.zip', 'archive'],
    ['plot.PNG', 'image'],
    ['part-0.parquet', 'parquet'],
    ['model.joblib', 'opaque'],
    ['a.csv.gz', 'opaque'],
    ['metrics.json', 'text'],
    ['test.csv.out', 'text'],
    ['xgboost-model', 'text'],
  ])('%s is %s by its name', (name, format) => {
    expect(formatOf(name)).toBe(format);
  });

  it('is no text where it has a zero', () => {
    expect([isBinary(picture), isBinary(Buffer.from('a,b\n')), isBinary(Buffer.alloc(0))]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('of Parquet is read to its end, and refused where it is none', async () => {
    expect(await parquetText(penguins)).toEqual({ text: table, rows: 3, shown: 3 });
    // As it lies in a buffer of other things.
    const within = Buffer.concat([Buffer.from('xx'), penguins, Buffer.from('yy')]).subarray(2, 2 + penguins.length);
    expect((await parquetText(within)).text).toBe(table);
    await expect(parquetText(Buffer.from('not parquet at all'))).rejects.toThrow(/parquet/i);
  });
});

describe('an archive', () => {
  it.each([
    ['a.tar.gz', async (files: Record<string, string>) => gzipSync(await tar(files))],
    ['a.tar', tar],
    [
      'a.zip',
      (files: Record<string, string>) =>
        Promise.resolve(
          Buffer.from(
            zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]))),
          ),
        ),
    ],
  ])('%s is listed, and one of its files read', async (name, pack) => {
    const bytes = await pack({ 'code/inference.py': 'pass\n', 'model.txt': 'tree' });
    expect(await readArchive(name, bytes)).toEqual({
      entries: [
        { name: 'code/inference.py', size: 5 },
        { name: 'model.txt', size: 4 },
      ],
    });
    const { content } = await readArchive(name, bytes, 'model.txt');
    expect(Buffer.from(content ?? []).toString()).toBe('tree');
    expect((await readArchive(name, bytes, 'none')).content).toBeUndefined();
  });

  it('gives any of its files, where each is of some kilobytes', async () => {
    const names = ['a.py', 'empty.py', 'b.py', 'c.py', 'd.py', 'e.py'];
    const files = Object.fromEntries(names.map((name, at) => [name, Buffer.alloc(at === 1 ? 0 : 9000 + at, name)]));
    const bytes = gzipSync(await tar(files));
    for (const name of names) {
      const { entries, content } = await readArchive('a.tar.gz', bytes, name);
      expect(entries.map((entry) => entry.name)).toEqual(names);
      expect(Buffer.from(content ?? []).equals(files[name] ?? Buffer.of(1))).toBe(true);
    }
  });

  it('that is none is told', async () => {
    await expect(readArchive('a.tar.gz', Buffer.from('plain'))).rejects.toThrow();
    await expect(readArchive('a.zip', Buffer.from('plain'))).rejects.toThrow();
  });
});

describe('an artifact on the connection', () => {
  let profiles: Profiles;
  let service: FakeService;
  let connections: Connections;
  let objects: Record<string, Buffer>;
  let shown: [path: string, text: string][];
  let opened: [path: string, size: number][];
  const documents = {
    show: (path: string, text: string) => Promise.resolve(void shown.push([path, text])),
    open: (path: string, bytes: Uint8Array) => Promise.resolve(void opened.push([path, bytes.length])),
  } as never;
  const open = async (uri: string): Promise<void> =>
    openObject(documents, await connections.session(profileConnection('dev', 'eu-west-1')), uri);

  beforeEach(async () => {
    [desk.folder, desk.lists, desk.picks] = [mkdtempSync(join(tmpdir(), 'artifacts-')), [], []];
    [shown, opened] = [[], []];
    objects = {};
    profiles = await Profiles.use('', keysFor('dev'));
    service = await FakeService.start({
      ListPipelineExecutionSteps: () => ({
        body: {
          PipelineExecutionSteps: ['Train', 'Again'].map((StepName) => ({
            StepName,
            StepStatus: 'Succeeded',
            Metadata: { TrainingJob: { Arn: `arn:aws:sagemaker:eu-west-1:1:training-job/${StepName}` } },
          })),
        },
      }),
      DescribeTrainingJob: ({ input }) => ({
        body: {
          TrainingJobName: input['TrainingJobName'],
          ModelArtifacts: { S3ModelArtifacts: `s3://b/${String(input['TrainingJobName'])}/model.tar.gz` },
        },
      }),
      GET: ({ path }) => {
        const url = new URL(path, 'http://x');
        if (!url.searchParams.has('list-type')) {
          const key = decodeURIComponent(url.pathname).replace(/^\/b\//, '');
          return { type: 'binary/octet-stream', body: objects[key] ?? Buffer.alloc(0) };
        }
        const prefix = url.searchParams.get('prefix') ?? '';
        const contents = Object.entries(objects)
          .filter(([key]) => key.startsWith(prefix))
          .map(([key, body]) => `<Contents><Key>${key}</Key><Size>${body.length}</Size></Contents>`);
        return {
          type: 'text/xml',
          body: `<ListBucketResult><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`,
        };
      },
    });
    connections = connectionsTo(service.url);
  });
  afterEach(async () => {
    await connections.dispose();
    await service.stop();
    await profiles.restore();
    rmSync(desk.folder, { recursive: true, force: true });
  });

  it('is shown as what it is', async () => {
    objects = {
      'a/metrics.json': Buffer.from('{}'),
      'a/plot.png': picture,
      'a/data.parquet': penguins,
      'a/broken.parquet': Buffer.from('nothing of the kind'),
      'a/xgboost-model': picture,
      'a/model.pkl': Buffer.from('x'),
    };
    await open('s3://b/a/metrics.json');
    await open('s3://b/a/data.parquet');
    await open('s3://b/a/plot.png');
    expect(shown).toEqual([
      ['s3/b/a/metrics.json', '{}'],
      ['s3/b/a/data.parquet.csv', table],
    ]);
    expect(opened).toEqual([['s3/b/a/plot.png', picture.length]]);
    await expect(open('s3://b/a/broken.parquet')).rejects.toThrow('broken.parquet cannot be read as Parquet');
    await expect(open('s3://b/a/xgboost-model')).rejects.toThrow('xgboost-model cannot be shown.');
    await expect(open('s3://b/a/model.pkl')).rejects.toMatchObject({
      message: 'model.pkl cannot be shown.',
      next: { command: 'mlopsFlow.downloadArtifact' },
    });
    await expect(open('s3://b/none')).rejects.toThrow('There is nothing under');
  });

  it('in an archive is shown, or saved where it cannot be', async () => {
    objects['a/model.tar.gz'] = gzipSync(await tar({ './report.csv': 'a,b\n', 'model.joblib': 'bytes' }));
    desk.picks = ['report.csv', 'model.joblib'];
    await open('s3://b/a/model.tar.gz');
    expect(desk.lists[0]).toEqual([
      { label: 'report.csv', description: '4 B' },
      { label: 'model.joblib', description: '5 B · to be saved' },
    ]);
    expect(shown).toEqual([['s3/b/a/model.tar.gz/report.csv', 'a,b\n']]);
    await open('s3://b/a/model.tar.gz');
    expect(readFileSync(join(desk.folder, 'saved'), 'utf8')).toBe('bytes');
    objects['a/model.tar.gz'] = Buffer.from('no archive');
    await expect(open('s3://b/a/model.tar.gz')).rejects.toThrow('model.tar.gz cannot be read');
  });

  it('of a large text has its beginning, whose name says so', async () => {
    objects['a/data.csv'] = Buffer.alloc(8 * 1024 * 1024 + 1, 'x');
    await open('s3://b/a/data.csv');
    expect(shown[0]?.[0]).toBe('s3/b/a/first 1 MB of data.csv');
    expect(service.asked.at(-1)?.range).toBe('bytes=0-1048575');
  });

  it('of a run is chosen from those of all its steps; of a step with one it is opened at once', async () => {
    objects = {
      'Train/model.tar.gz': gzipSync(await tar({ 'a.txt': 'train' })),
      'Again/model.tar.gz': gzipSync(await tar({ 'a.txt': 'again' })),
    };
    const session = await connections.session(profileConnection('dev', 'eu-west-1'));
    const arn = 'arn:aws:sagemaker:eu-west-1:1:pipeline/p/execution/e';
    desk.picks = ['Again · Artifact', 'a.txt', 'a.txt'];
    await openArtifacts(documents, session, arn);
    expect(desk.lists[0]?.map(({ label }) => label)).toEqual(['Train · Artifact', 'Again · Artifact']);
    await openArtifacts(documents, session, arn, 'Train');
    expect(shown.map(([, text]) => text)).toEqual(['again', 'train']);
    await expect(openArtifacts(documents, session, arn, 'None')).rejects.toThrow('None has not written a file.');
  });
});
