/** A run of the sample is reproduced on Local, and comes to the same to the last digit. */
import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRun } from '../../../src/pipelines/commands/start';
import { FactsReader } from '../../../src/pipelines/compare/read';
import { verdictOf } from '../../../src/pipelines/compare/verdict';
import { isSettled } from '../../../src/pipelines/model';
import { MeasurementReader } from '../../../src/pipelines/reading';
import { checkedOut, prepareReproduction, rootWith } from '../../../src/pipelines/reproduce';
import { describeExecution } from '../../../src/pipelines/service';
import { projectOf, madeOf } from '../../../src/cli/run/made-of';
import { readProvenance } from '../../../src/pipelines/provenance';
import { type LocalSession, startLocalSession } from '../../fixtures/local/session';
import { root } from '../local/support';

let bed: LocalSession;
let project: string;
const path = 'pipelines/penguins.pipeline.json';
const reader = new FactsReader(new MeasurementReader());
const git = (...words: string[]): string => execFileSync('git', words, { cwd: project, encoding: 'utf8' }).trim();
const repositoryWith = (commit: string): Promise<string | undefined> => rootWith(project, commit);

beforeAll(async () => {
  bed = await startLocalSession('reproduce');
  project = await mkdtemp(join(tmpdir(), 'mlops-flow-sample-'));
  await cp(join(root, 'media', 'sample'), project, { recursive: true });
  git('init', '-q', '-b', 'main');
  git('config', 'user.name', 'Test');
  git('config', 'user.email', 'test@example.com');
  git('add', '.');
  git('commit', '-qm', 'Penguins');
});

afterAll(async () => {
  await bed.end();
  await rm(project, { recursive: true, force: true });
});

async function start(values: Record<string, string>): Promise<string> {
  const file = join(project, path);
  const definition = await readFile(file, 'utf8');
  const found = await projectOf(file);
  if (!found) throw new Error('The sample is in no repository.');
  const made = await madeOf(bed.session, found, definition, values);
  const request = {
    pipeline: 'penguins',
    definition,
    provenance: readProvenance(made.description) ?? {},
    values: made.values,
    displayName: `run-${values['Seed']}`,
  };
  return startRun(bed.session, request);
}

async function end(arn: string): Promise<void> {
  while (!isSettled((await describeExecution(bed.session, arn)).status)) await sleep(100);
}

async function reproduce(arn: string): Promise<string> {
  const prepared = await prepareReproduction(bed.session, arn, repositoryWith);
  expect(prepared.impossible).toBe(false);
  return checkedOut(bed.session, prepared, (request) => startRun(bed.session, request, { kind: 'none' }));
}

it('comes to the same metrics to the last digit whatever its values were, though the code has changed since', async () => {
  const draws = [
    { Seed: '3', LearningRate: '0.37', Epochs: '23' },
    { Seed: '11', LearningRate: '0.0421', Epochs: '7' },
  ];
  const originals = await Promise.all(draws.map((values) => start({ ...values, MinAccuracy: '0' })));
  await Promise.all(originals.map(end));
  await writeFile(join(project, 'src', 'train.py'), 'raise SystemExit("another code")\n');
  await start({ Seed: '1', MinAccuracy: '0' }).then(end);
  const reproductions = await Promise.all(originals.map(reproduce));
  await Promise.all(reproductions.map(end));
  for (const [index, arn] of originals.entries()) {
    const [original, reproduction] = await Promise.all(
      [arn, reproductions[index] ?? ''].map((each) => reader.read(bed.session, each)),
    );
    if (!original || !reproduction) throw new Error('A run is missing.');
    expect(reproduction.provenance?.reproduces).toBe(arn);
    expect(Object.keys(original.metrics).length).toBeGreaterThan(3);
    expect(verdictOf(original, reproduction, 0)).toMatchObject({ state: 'same', notes: [] });
  }
}, 240_000);

it('takes the files from the commit where their copies are gone, and refuses others', async () => {
  git('checkout', '-q', '--', '.');
  const arn = await start({ Seed: '5', Epochs: '3', MinAccuracy: '0' });
  await end(arn);
  const { parameters } = await reader.read(bed.session, arn);
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(parameters['CodeUri'] ?? '') ?? [];
  const { sdk, s3 } = bed.session;
  const { Contents = [] } = await s3.send(new sdk.ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
  expect(Contents.length).toBeGreaterThan(2);
  const { S3Client, DeleteObjectCommand } = await import('@aws-sdk/client-s3');
  expect(s3).toBeInstanceOf(S3Client);
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: `${prefix}/train.py` }));
  // What lies in the working tree is not what is taken.
  await writeFile(join(project, 'src', 'train.py'), 'raise SystemExit("another code")\n');
  const again = await reproduce(arn);
  await end(again);
  expect((await describeExecution(bed.session, again)).status).toBe('Succeeded');
  expect(git('worktree', 'list').split('\n')).toHaveLength(1);

  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: `${prefix}/train.py` }));
  const without = await prepareReproduction(bed.session, arn, () => Promise.resolve(undefined));
  expect(without.impossible).toBe(true);
  expect(without.parts).toContainEqual({
    what: 'CodeUri',
    state: 'missing',
    text: expect.stringContaining('is not whole') as string,
  });
}, 240_000);
