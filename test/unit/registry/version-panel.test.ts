/** The page of a version that a run of the sample on Local registered. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { local } from '../../../src/aws';
import { judgeVersion, type JudgedVersion } from '../../../src/gitflow/lifecycle';
import { isSettled } from '../../../src/pipelines/model';
import type { VersionArguments, VersionToPanel } from '../../../src/registry/panels/version/contract';
import { FakePanel } from '../../fixtures/panel';
import { type LocalSession, startLocalSession } from '../../fixtures/local/session';
import { bucket, root } from '../local/support';

vi.mock('vscode', () => import('../../fixtures/vscode'));

const { startRun } = await import('../../../src/pipelines/commands/start');
const { readAllMetrics, readConfusion, readMakingRun, readNumbers } = await import('../../../src/pipelines/reading');
const { describeExecution, listSteps, registeredModels } = await import('../../../src/pipelines/service');
const { VersionController } = await import('../../../src/registry/panels/version/controller');
const { Watcher } = await import('../../../src/workbench/watcher');

let bed: LocalSession;
let arn: string;
let run: string;

beforeAll(async () => {
  bed = await startLocalSession('version');
  const sample = join(root, 'media', 'sample');
  const { sdk, s3 } = bed.session;
  const put = async (key: string, file: string) =>
    s3.send(new sdk.PutObjectCommand({ Bucket: bucket, Key: key, Body: await readFile(file) }));
  for (const name of await readdir(join(sample, 'src'))) {
    if (name.endsWith('.py')) await put(`penguins/code/${name}`, join(sample, 'src', name));
  }
  await put('penguins/data/penguins.csv', join(sample, 'data', 'penguins.csv'));
  run = await startRun(bed.session, {
    pipeline: 'penguins',
    definition: await readFile(join(sample, 'pipelines', 'penguins.pipeline.json'), 'utf8'),
    provenance: { commit: 'a'.repeat(40), branch: 'main', dirty: false },
    values: { Epochs: '5', MinAccuracy: '0' },
    displayName: 'first',
  });
  while (!isSettled((await describeExecution(bed.session, run)).status)) await sleep(100);
  [arn = ''] = registeredModels(await listSteps(bed.session, run));
}, 240_000);

afterAll(() => bed.end());

it('says what made it and how good it is, and is approved with a comment', async () => {
  const panel = new FakePanel<VersionArguments, VersionToPanel>({ connection: local.id, arn });
  let changed = 0;
  const controller = new VersionController(
    {
      connections: { session: () => Promise.resolve(bed.session), onDidChange: () => ({ dispose: () => undefined }) },
      watcher: new Watcher(),
      reportNumbers: readNumbers,
      reportConfusion: readConfusion,
      runOf: readMakingRun,
      releasesOf: () => Promise.resolve([]),
      metricsOfRun: readAllMetrics,
      gatesOf: (version: JudgedVersion) =>
        Promise.resolve(judgeVersion({ metrics: new Map([['accuracy', { min: 0 }]]) }, version)),
      livePlaces: () => Promise.resolve({ places: new Map([[arn, [{ endpoint: 'penguins-test' }]]]) }),
    } as never,
    () => (changed += 1),
    panel,
  );
  try {
    await vi.waitFor(() => expect(panel.of('page').length).toBeGreaterThan(0), { timeout: 60_000 });
    const page = panel.of('page').at(-1)?.page;
    expect(page).toMatchObject({ group: 'penguins', version: 1, approval: 'PendingManualApproval' });
    expect(page?.metrics[0]?.name).toBe('accuracy');
    expect(page?.confusion?.labels).toEqual(['Adelie', 'Chinstrap', 'Gentoo']);
    expect(page?.links['run']).toBe(run);
    // The data was not copied for the run, so it is known by what lay there.
    expect(page?.lineage.nodes.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['data InputDataUri', 'data CodeUri', 'commit', 'run', 'model']),
    );
    expect(page?.gates).toMatchObject([{ title: 'accuracy at least 0', state: 'passed' }]);
    expect(page?.links['endpoint penguins-test']).toBe('endpoint/penguins-test');
    expect(page?.lineageProblem).toBeUndefined();

    const content = '{"model_overview":{"model_creator":"Ada"}}';
    await controller.receive({ type: 'saveCard', content: '[]', before: '' });
    expect(panel.of('cardSaved').at(-1)?.problem).toBe('A model card is a JSON object.');
    await controller.receive({ type: 'saveCard', content, before: '' });
    expect(panel.of('cardSaved').at(-1)).toEqual({ type: 'cardSaved' });
    await vi.waitFor(() => expect(panel.of('page').at(-1)?.page.card?.parts[0]?.title).toBe('Model overview'), {
      timeout: 60_000,
    });
    // Who began before that was written does not write over it.
    await controller.receive({ type: 'saveCard', content: '{}', before: '' });
    expect(panel.of('cardSaved').at(-1)?.problem).toContain('changed meanwhile');

    await controller.receive({ type: 'decide', approval: 'Approved', comment: 'Good on the test data' });
    await vi.waitFor(() => expect(panel.of('page').at(-1)?.page.approval).toBe('Approved'), { timeout: 60_000 });
    expect(panel.of('page').at(-1)?.page.events.at(-1)).toMatchObject({
      text: expect.stringContaining('Approved') as string,
      comment: 'Good on the test data',
    });
    expect(changed).toBe(1);
    expect(panel.of('busy').at(-1)).toEqual({ type: 'busy', busy: false });
  } finally {
    controller.dispose();
  }
}, 240_000);
