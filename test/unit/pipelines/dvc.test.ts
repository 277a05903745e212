/** Data that DVC tracks. The hashes are what `dvc add` of DVC 3 wrote for these files. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readSource } from '../../../src/pipelines/commands/upload';
import { dvcHash, trackedIn } from '../../../src/pipelines/dvc';
import { readProvenance, writeProvenance } from '../../../src/pipelines/provenance';

const file = 'e5ebd4c02cefbe7955977c67ada242b7';
const folder = 'd8013d0e51f158be852ff72722686839.dir';
const tracks = (path: string, md5: string): string => `outs:\n- md5: ${md5}\n  size: 8\n  hash: md5\n  path: ${path}\n`;

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'dvc-'));
  await mkdir(join(root, 'd'));
  for (const [path, text] of [
    ['x.csv', 'a,b\n1,2\n'],
    ['x.csv.dvc', tracks('x.csv', file)],
    ['d/one', 'q'],
    ['d/two', 'w'],
    ['d.dvc', tracks('d', folder)],
    ['plain.csv', 'a\n'],
  ] as const) {
    await writeFile(join(root, path), text);
  }
});

afterEach(() => rm(root, { recursive: true, force: true }));

const hashOf = async (path: string) => dvcHash(root, await readSource(root, path, 'uploads'));

it('knows files and folders by the hash that DVC has for them', async () => {
  expect(await hashOf('x.csv')).toBe(file);
  expect(await hashOf('d/')).toBe(folder);
  expect(await hashOf('plain.csv')).toBeUndefined();
});

it('says where something else lies there than DVC tracks; line ends of Windows are the text that DVC 2 knew', async () => {
  await writeFile(join(root, 'x.csv'), 'a,b\r\n1,2\r\n');
  expect(await hashOf('x.csv')).toBe(file);
  await writeFile(join(root, 'x.csv'), 'a,b\n1,3\n');
  await writeFile(join(root, 'd', 'three'), 'e');
  expect(await hashOf('x.csv')).toBe('modified');
  expect(await hashOf('d')).toBe('modified');
});

it('takes nothing from a file that is none of DVC, or tracks something else', () => {
  expect(trackedIn('outs: [', 'x.csv')).toBeUndefined();
  expect(trackedIn('outs: text', 'x.csv')).toBeUndefined();
  expect(trackedIn(tracks('y.csv', file), 'x.csv')).toBeUndefined();
  expect(trackedIn(tracks('x.csv', 'not-a-hash'), 'x.csv')).toBeUndefined();
});

it('data that was not fetched is told with how to fetch it', async () => {
  await rm(join(root, 'x.csv'));
  await expect(readSource(root, 'x.csv', 'uploads')).rejects.toThrow('dvc pull x.csv.dvc');
  await expect(readSource(root, 'gone.csv', 'uploads')).rejects.toThrow('Correct uploads');
});

it('a run keeps the hash in what it records of itself', () => {
  const digest = 'a'.repeat(64);
  const uploads = [
    { parameter: 'Data', digest, files: 1, dvc: file },
    { parameter: 'Images', digest, files: 2, dvc: folder },
    { parameter: 'More', digest, files: 2, dvc: 'modified' },
    { parameter: 'Code', digest, files: 3 },
  ];
  expect(readProvenance(writeProvenance({ digest, uploads }))?.uploads).toEqual(uploads);
});
