import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chooseEntry, readMenu } from './pages/menu';
import { RunGraph } from './pages/run-graph';
import { story } from './story';

const told = story();
const steps = ['Preprocess', 'Train', 'Evaluate', 'IsAccurate', 'Register', 'TooInaccurate'];

const runPanel = () => told.workbench.panel(/^penguins · /);
const graph = () => new RunGraph(runPanel());

/** Opens the form, fills what is given and starts a run; its graph is in front then. */
async function start(values: Record<string, string>, name: string): Promise<void> {
  const { workbench } = told;
  await workbench.command('MLOps Flow: Run Pipeline');
  const form = workbench.panel('Run penguins');
  await form.field('name').fill(name);
  for (const [parameter, value] of Object.entries(values)) await form.field(`parameter-${parameter}`).fill(value);
  await form.button('Run').click();
  await workbench.panel(`penguins · ${name}`).tab().waitFor();
}

test('the side bar has the pipeline of the workspace; Local is the connection', async () => {
  const { workbench } = told;
  await workbench.openSideBar();
  await workbench.tree('Pipelines').row('penguins').first().waitFor();
  await workbench.statusBar('Local').waitFor();
  expect(await workbench.tree('Branches').rows()).toContainEqual(expect.stringMatching(/^develop/));
  await workbench.tree('Models').welcome().waitFor();
});

test('the form has the parameters with types and defaults, and where the run will come from', async () => {
  const { workbench } = told;
  await workbench.tree('Pipelines').inline('penguins', /Run Pipeline/);
  const form = workbench.panel('Run penguins');
  await form.field('parameter-MinAccuracy').waitFor();
  expect(await form.field('parameter-MinAccuracy').inputValue()).toBe('0.95');
  expect(await form.frame().locator('body').innerText()).toMatch(/Seed\s+Integer/);
  expect(await form.frame().locator('body').innerText()).toContain('develop');
  await workbench.picture('run-form');
});

test('a value that does not fit its type is refused in the form', async () => {
  const form = told.workbench.panel('Run penguins');
  await form.field('parameter-Seed').fill('seven');
  await form
    .frame()
    .getByText(/whole number/i)
    .first()
    .waitFor();
  expect(await form.button('Run').isDisabled()).toBe(true);
  await form.field('parameter-Seed').fill('7');
});

test('the run graph shows every step from the start and follows the run to its end', async () => {
  const { workbench } = told;
  await workbench.panel('Run penguins').field('name').fill('first');
  await workbench.panel('Run penguins').button('Run').click();
  for (const step of steps) await graph().step(step).waitFor();
  await graph().status().filter({ hasText: 'Succeeded' }).waitFor();
  for (const step of steps.slice(0, -1)) expect(await graph().spoken(step)).toMatch(/succeeded/i);
  expect(await graph().spoken('TooInaccurate')).toMatch(/not run/i);
  await workbench.tree('Models').row('Version 1').waitFor();
  await workbench.picture('run-graph');
});

test('a step has input, output, log and facts', async () => {
  const { workbench } = told;
  await expect.poll(() => graph().details('Train', 'Input')).toMatch(/learning_rate\s+0\.5/);
  await expect.poll(() => graph().details('Train', 'Output')).toContain('model.tar.gz');
  await expect.poll(() => graph().details('Train', 'Info')).toContain('training-job');
  await graph().details('Train', 'Logs');
  await runPanel().frame().getByText('epoch=200').waitFor();
  await workbench.picture('run-log');
});

test('a step has a context menu of its own, and shows its job', async () => {
  const { workbench } = told;
  await graph().step('IsAccurate').click({ button: 'right' });
  expect(await readMenu(workbench.page)).toEqual(['Run Again with These Values…', 'Go to Step']);
  await chooseEntry(workbench.page, 'Go to Step');
  await workbench.editor.tab('penguins.pipeline.json').waitFor();
  await runPanel().show();
  await graph().step('Train').click({ button: 'right' });
  const ofJob = [
    'Run Again with These Values…',
    'Open Job',
    'Go to Step',
    'Open Artifact…',
    'Download Artifact…',
    'Copy ARN',
  ];
  expect(await readMenu(workbench.page)).toEqual(ofJob);
  await workbench.picture('step-menu');
  await chooseEntry(workbench.page, 'Open Job');
  await workbench.editor.tab(/Train.*\.json/).waitFor();
  await runPanel().show();
});

test('the run says which commit, branch and definition it came from', async () => {
  await runPanel().button('Close').click();
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: told.workbench.folder, encoding: 'utf8' }).trim();
  const facts = await graph().side().innerText();
  expect(facts).toContain(commit);
  expect(facts).toMatch(/Branch\s+develop/);
  expect(facts).toMatch(/clean/);
  expect(facts).toMatch(/sha256:[0-9a-f]{64}/);
});

test('a run whose model is not good enough takes the other branch and fails with the reason', async () => {
  const { workbench } = told;
  await start({ MinAccuracy: '1', Epochs: '5' }, 'strict');
  await graph().status().filter({ hasText: 'Failed' }).waitFor();
  expect(await graph().spoken('TooInaccurate')).toMatch(/failed/i);
  expect(await graph().spoken('Register')).toMatch(/not run/i);
  await graph().failure('The accuracy on the test data is below').waitFor();
  await workbench.picture('run-failed');
});

test('the metrics panel has the runs with their parameters and metrics, curves and a confusion matrix', async () => {
  const { workbench } = told;
  await graph().button('Open Metrics').click();
  const metrics = workbench.panel('penguins metrics');
  const body = metrics.frame().locator('body');
  await metrics.frame().getByText('Confusion matrix').first().waitFor();
  await expect.poll(() => body.innerText()).toMatch(/2 runs/);
  await metrics.frame().getByText('accuracy', { exact: true }).first().click();
  await expect.poll(() => body.innerText()).toMatch(/first[\s\S]*strict|strict[\s\S]*first/);
  await workbench.picture('metrics');
});

test('the model is approved and rejected in the Models view', async () => {
  const { workbench } = told;
  const models = workbench.tree('Models');
  await models.row('Version 1').filter({ hasText: 'Pending' }).waitFor();
  await models.inline('Version 1', /Approve Model/);
  await workbench.quickInput.type('Good on the test data');
  await workbench.quickInput.accept();
  await models.row('Version 1').filter({ hasText: 'Approved' }).waitFor();
  await workbench.picture('models');
  await models.inline('Version 1', /Reject Model/);
  await workbench.quickInput.type('Only a trial');
  await workbench.quickInput.accept();
  await models.row('Version 1').filter({ hasText: 'Rejected' }).waitFor();
});

test('the page of a version has its metrics, gates and lineage, and its card is written and read', async () => {
  const { workbench } = told;
  await workbench.tree('Models').row('Version 1').click();
  const page = workbench.panel('penguins version 1');
  const frame = page.frame();
  await frame.getByRole('row').filter({ hasText: 'accuracy' }).first().waitFor();
  await frame.getByText('There is no other version of penguins').waitFor();
  await frame.getByText('Gates of a release').waitFor();
  for (const part of ['InputDataUri', 'first', 'penguins 1']) {
    await frame.getByRole('option').filter({ hasText: part }).first().waitFor();
  }
  await page.button('Write a Model Card').click();
  const editor = frame.locator('#card textarea');
  await editor.fill('{"model_overview": ');
  await page.button('Save').click();
  await frame.getByRole('alert').filter({ hasText: 'not valid JSON' }).waitFor();
  await editor.fill('{"intended_uses": {"purpose_of_model": "Species of penguins"}}');
  await page.button('Save').click();
  await frame.getByText('Species of penguins').waitFor();
  await page.button('Edit').waitFor();
  await workbench.picture('version');
});

test('the audit trail of a model says who decided what', async () => {
  const { workbench } = told;
  await workbench.tree('Models').menu('Version 1', /Open Audit Trail/);
  const trail = workbench.panel('penguins model audit trail');
  for (const what of ['Rejected version 1', 'Approved version 1', 'Registered version 1']) {
    await trail.frame().getByRole('row').filter({ hasText: what }).waitFor();
  }
  const approved = trail.frame().getByRole('row').filter({ hasText: 'Good on the test data' });
  // The commit of the run that made the version.
  await approved.filter({ hasText: 'Sample Author' }).waitFor();
});

test('the audit trail of a pipeline has the commits of its runs', async () => {
  const { workbench } = told;
  await workbench.tree('Pipelines').menu('penguins', /Open Audit Trail/);
  const trail = workbench.panel('penguins audit trail');
  await trail.frame().getByRole('row').filter({ hasText: 'Started run first' }).waitFor();
  await trail.frame().getByRole('row').filter({ hasText: 'Committed' }).first().waitFor();
  await workbench.picture('audit-trail');
});

test('a run is stopped and goes on by Retry', async () => {
  await start({ Epochs: '300000' }, 'long');
  await expect.poll(() => graph().spoken('Train')).toMatch(/executing/i);
  await told.workbench.picture('run-live');
  await graph().button('Stop').click();
  await graph().status().filter({ hasText: 'Stopped' }).waitFor();
  expect(await graph().spoken('Preprocess')).toMatch(/succeeded/i);
  await graph().button('Retry').click();
  await graph().status().filter({ hasText: 'Executing' }).waitFor();
  await expect.poll(() => graph().spoken('Train')).toMatch(/executing/i);
  expect(await graph().spoken('Preprocess')).toMatch(/succeeded/i);
  await graph().button('Stop').click();
  await graph().status().filter({ hasText: 'Stopped' }).waitFor();
});

test('a script that dies is said once, selected, explained by its exception, and leads to the line', async () => {
  const { workbench } = told;
  const script = join(workbench.folder, 'src', 'train.py');
  const good = readFileSync(script, 'utf8');
  writeFileSync(script, `raise ValueError('no such luck')\n${good}`);
  await start({}, 'broken');
  await graph().status().filter({ hasText: 'Failed' }).waitFor();
  const said = 'penguins · broken failed at Train: ValueError: no such luck';
  await workbench.notifications.message(said).waitFor();
  await workbench.notifications.answer(said, 'Show Run');
  await graph().failure('ValueError: no such luck').waitFor();
  await workbench.picture('run-failed-step');
  await runPanel().frame().getByRole('button', { name: 'train.py:1' }).click();
  await workbench.editor.tab('train.py').waitFor();
  writeFileSync(script, good);
});

test('after a reload of the window the panels are back', async () => {
  const { workbench } = told;
  await workbench.reload();
  await workbench.panel('penguins · broken').show();
  for (const step of steps) await graph().step(step).waitFor();
  expect(await graph().spoken('Train')).toMatch(/failed/i);
  await workbench.panel('penguins metrics').show();
  await workbench.panel('penguins metrics').frame().getByText('Confusion matrix').first().waitFor();
});

test('Retry asks which code is meant where it has changed since; a new run starts with what lies there now', async () => {
  const { workbench } = told;
  await workbench.panel('penguins · broken').show();
  await graph().button('Retry').click();
  await workbench.quickInput.row('With the code as it ran').waitFor();
  await workbench.quickInput.row('Changed: src/train.py.').waitFor();
  await workbench.picture('retry');
  await workbench.quickInput.pick('With the code as it is now');
  await workbench
    .panel(/^penguins · develop-/)
    .tab()
    .waitFor();
  await graph().status().filter({ hasText: 'Succeeded' }).waitFor();
});
