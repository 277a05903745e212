import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { RunGraph } from './pages/run-graph';
import { root } from '../../scripts/vscode.mjs';
import { story } from './story';

const python = process.env['MLOPS_FLOW_PYTHON_SDK2'];
if (python === undefined) console.warn('Skipped: MLOPS_FLOW_PYTHON_SDK2 names no Python that has the SageMaker SDK.');

/** A project as teams have it: nothing in it was made for this extension. */
const scratch = mkdtempSync(join(tmpdir(), 'mlops-flow-python-'));
const place = join(scratch, 'shop');
cpSync(join(root, 'test', 'fixtures', 'projects', 'churn'), place, { recursive: true });
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const told = story({ folder: place, settings: python === undefined ? {} : { 'mlopsFlow.python.path': python } });

test('a pipeline written in Python is found without running anything', async () => {
  const { workbench } = told;
  await workbench.openSideBar();
  const row = workbench.tree('Pipelines').row('shop-churn').first();
  await row.waitFor();
  expect(await row.innerText()).toContain('pipelines/churn/pipeline.py');
});

test.skipIf(python === undefined)('and run on this machine as it is', { timeout: 240_000 }, async () => {
  const { workbench } = told;
  await workbench.tree('Pipelines').inline('shop-churn', /Run Pipeline/);
  const form = workbench.panel('Run shop-churn');
  await form.field('parameter-Rows').waitFor({ timeout: 120_000 });
  await workbench.picture('python-run-form');
  await form.field('name').fill('first');
  await form.button('Run').click();
  const graph = new RunGraph(workbench.panel('shop-churn · first'));
  await graph.step('Score').waitFor();
  await graph.status().filter({ hasText: 'Succeeded' }).waitFor({ timeout: 120_000 });
  await workbench.tree('Pipelines').row('first').waitFor();
  await workbench.picture('python-run');
});

test.skipIf(python === undefined)(
  'an open form follows the script when it is run again',
  { timeout: 120_000 },
  async () => {
    const { workbench } = told;
    const script = join(place, 'pipelines', 'churn', 'pipeline.py');
    await workbench.tree('Pipelines').inline('shop-churn', /Run Pipeline/);
    const form = workbench.panel('Run shop-churn');
    await form.field('parameter-Rows').waitFor({ timeout: 60_000 });
    writeFileSync(script, readFileSync(script, 'utf8').replace('name="Mark"', 'name="Season"'));
    await workbench.tree('Pipelines').inline('shop-churn', /Run Pipeline/);
    await form.field('parameter-Season').waitFor({ timeout: 60_000 });
    await form.button('Cancel').click();
  },
);

test.skipIf(python === undefined)(
  'a script that fails while it is rendered leads to its line',
  { timeout: 120_000 },
  async () => {
    const { workbench } = told;
    const lines = [
      'from sagemaker.workflow.pipeline import Pipeline',
      '',
      'places = {}',
      'bucket = places["bucket"]',
      'pipeline = Pipeline(name="shop-returns", steps=[])',
    ];
    writeFileSync(join(place, 'returns.py'), `${lines.join('\n')}\n`);
    await workbench.tree('Pipelines').inline('shop-returns', /Run Pipeline/);
    await workbench.notifications.answer('bucket', 'Go to Line');
    await workbench.page.getByRole('tab', { name: 'returns.py' }).waitFor();
    await workbench.page.getByText('Ln 4, Col 1').waitFor();
  },
);
