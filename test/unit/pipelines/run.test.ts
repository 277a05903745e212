import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '../../../src/aws';
import { readLog } from '../../../src/aws/logs';
import { isSettled } from '../../../src/pipelines/model';
import { MeasurementReader, readRun } from '../../../src/pipelines/reading';
import { stepStates } from '../../../src/pipelines/panels/run-graph/state';
import {
  definitionOf,
  jobOf,
  listExecutions,
  listSteps,
  pagePipelines,
  logPlaceOf,
  retryExecution,
  token,
} from '../../../src/pipelines/service';
import { readPublished } from '../../../src/pipelines/series';
import { startRun, type StartRequest } from '../../../src/pipelines/commands/start';
import { startLocalSession, type LocalSession } from '../../fixtures/local/session';
import { describeVersion, listVersions, pageGroups, setApproval } from '../../../src/registry/service';
import { splitS3Uri } from '../../../src/shared/s3-uri';

const sample = new URL('../../../media/sample/', import.meta.url);

let local: LocalSession;
let session: Session;
let definition: string;

/** The product's own client code against the control plane, as the extension uses it. */
beforeAll(async () => {
  local = await startLocalSession('run');
  ({ session } = local);
  definition = await readFile(new URL('pipelines/penguins.pipeline.json', sample), 'utf8');
  const { Parameters } = JSON.parse(definition) as { Parameters: { Name: string; DefaultValue: string }[] };
  const target = (name: string): string => Parameters.find((parameter) => parameter.Name === name)?.DefaultValue ?? '';
  for (const name of await readdir(new URL('src/', sample))) {
    if (name.endsWith('.py')) await put(`${target('CodeUri')}/${name}`, await readFile(new URL(`src/${name}`, sample)));
  }
  await put(target('InputDataUri'), await readFile(new URL('data/penguins.csv', sample)));
});

afterAll(() => local.end());

async function put(uri: string, Body: Buffer): Promise<void> {
  const { bucket, key } = splitS3Uri(uri);
  await session.s3.send(new session.sdk.PutObjectCommand({ Bucket: bucket, Key: key, Body }));
}

async function run(values: Record<string, string>, more: Partial<StartRequest> = {}): Promise<string> {
  const provenance = { commit: 'c0ffee', branch: 'develop', dirty: false, digest: 'ff' };
  return startRun(session, {
    pipeline: 'penguins',
    definition,
    provenance,
    values,
    displayName: 'develop-1',
    token: token(),
    ...more,
  });
}

async function settle(arn: string): ReturnType<typeof readRun> {
  for (;;) {
    const reading = await readRun(session, arn);
    if (isSettled(reading.execution.status)) return reading;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('a run of the sample', () => {
  it('trains, evaluates and registers a model, and tells where it came from', async () => {
    const arn = await run({ Epochs: '30' });
    const reading = await settle(arn);
    expect(reading.execution).toMatchObject({
      status: 'Succeeded',
      name: 'develop-1',
      provenance: { commit: 'c0ffee', branch: 'develop', dirty: false, digest: 'ff' },
    });
    expect(reading.model).toMatchObject({ approval: 'PendingManualApproval' });
    const states = stepStates(reading, undefined);
    expect(Object.fromEntries(states.map(({ id, status }) => [id, status]))).toEqual({
      Preprocess: 'Succeeded',
      Train: 'Succeeded',
      Evaluate: 'Succeeded',
      IsAccurate: 'Succeeded',
      Register: 'Succeeded',
      TooInaccurate: 'NotRun',
    });
    expect((await pagePipelines(session, '', 1, undefined)).items).toContain('penguins');
    expect((await listExecutions(session, 'penguins')).map((execution) => execution.arn)).toEqual([arn]);
  });

  it('runs the definition of now, also where the pipeline was created with another', async () => {
    const first = await run({}, { pipeline: 'changing' });
    const changed = JSON.stringify({ ...(JSON.parse(definition) as object), Metadata: { note: 'changed' } });
    const second = await run({}, { pipeline: 'changing', definition: changed });
    expect(await definitionOf(session, second)).toBe(changed);
    expect(await definitionOf(session, first)).toBe(definition);
  });

  it('is started once, however often it is tried with the same token', async () => {
    const same = { pipeline: 'once', token: token() };
    const arns = [await run({}, same), await run({}, same), await run({}, { pipeline: 'once' })];
    expect(arns[1]).toBe(arns[0]);
    expect(new Set(arns).size).toBe(2);
    expect(await listExecutions(session, 'once')).toHaveLength(2);
  });

  it("is measured: metrics, the job's own curve over the epochs, a confusion matrix", async () => {
    const arn = await run({ Epochs: '25' });
    await settle(arn);
    const measured = await new MeasurementReader().read(session, { arn, rested: 1 }, true);
    expect(measured.metrics['accuracy']).toBeGreaterThan(0.9);
    expect(measured.metrics['train:loss']).toBeGreaterThan(0);
    const loss = measured.series.find(({ name }) => name === 'train:loss');
    expect(loss).toMatchObject({ axis: 'step', x: Array.from({ length: 25 }, (_, index) => index + 1) });
    expect(loss?.y.at(-1)).toBeLessThan(loss?.y[0] ?? 0);
    const step = (await listSteps(session, arn)).find(({ StepName }) => StepName === 'Train');
    const train = step && (await jobOf(session, step));
    if (train?.kind !== 'Training') throw new Error('There is no training job.');
    const { TrainingStartTime: from = new Date(0), TrainingEndTime: to = new Date() } = train.job;
    const [published] = await readPublished(session, train.name, ['train:loss'], { from, to });
    expect(published).toMatchObject({ name: 'train:loss', by: 'time' });
    expect(published?.y.at(-1)).toBeLessThanOrEqual(published?.y[0] ?? 0);
    expect(measured.evaluation?.labels).toEqual(['Adelie', 'Chinstrap', 'Gentoo']);
    const examples = measured.evaluation?.matrix.flat().reduce((sum, count) => sum + count, 0);
    expect(examples).toBe(measured.metrics['dataset.item_count']);
  });

  it('ends at the Fail step where the model is not good enough', async () => {
    const reading = await settle(await run({ MinAccuracy: '1.01' }));
    expect(reading.execution).toMatchObject({ status: 'Failed' });
    expect(reading.execution.failureReason).toContain('The accuracy on the test data is below 1.01');
    expect(reading.model).toBeUndefined();
    await expect(retryExecution(session, reading.execution.arn)).rejects.toThrow(/^Could not retry the run: /);
  });

  it('fails with the last lines of a script that dies, keeps its log, and is retried from that step', async () => {
    const { bucket, key } = splitS3Uri(`${code()}/train.py`);
    const good = await readFile(new URL('src/train.py', sample));
    await put(`s3://${bucket}/${key}`, Buffer.from('print("half way")\nraise SystemExit("the disk is on fire")\n'));
    const arn = await run({ Epochs: '20' });
    const failed = await settle(arn);
    const train = failed.steps.find(({ StepName }) => StepName === 'Train');
    expect(train).toMatchObject({ StepStatus: 'Failed' });
    expect(train?.FailureReason).toContain('the disk is on fire');
    const job = train && (await jobOf(session, train));
    expect(job).toBeDefined();
    const place = job && logPlaceOf(job);
    const { events } = place ? await readLog(session, place) : { events: [] };
    expect(events.map(({ message }) => message)).toContain('half way');

    await put(`s3://${bucket}/${key}`, good);
    const preprocessed = failed.steps.find(({ StepName }) => StepName === 'Preprocess')?.EndTime;
    await retryExecution(session, arn);
    const retried = await settle(arn);
    expect(retried.execution.status).toBe('Succeeded');
    expect(retried.steps.find(({ StepName }) => StepName === 'Preprocess')?.EndTime).toEqual(preprocessed);
  });
});

describe('the registry', () => {
  it('approves and rejects a version, and keeps the reason', async () => {
    const reading = await settle(await run({ Epochs: '30' }));
    const arn = reading.model?.arn ?? '';
    await setApproval(session, arn, 'Approved', 'good on all three species');
    expect(await describeVersion(session, arn)).toMatchObject({
      approval: 'Approved',
      approvalDescription: 'good on all three species',
      group: 'penguins',
    });
    await setApproval(session, arn, 'Rejected', undefined);
    expect(await describeVersion(session, arn)).toMatchObject({ approval: 'Rejected' });
    expect((await pageGroups(session, { name: '' }, 1, undefined)).items.map(({ name }) => name)).toEqual(['penguins']);
    expect((await listVersions(session, 'penguins', 10))[0]?.arn).toBe(arn);
  });
});

function code(): string {
  const { Parameters } = JSON.parse(definition) as { Parameters: { Name: string; DefaultValue: string }[] };
  return Parameters.find(({ Name }) => Name === 'CodeUri')?.DefaultValue ?? '';
}
