/** Runs are run again, compared, reproduced with a verdict, and swept. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RunGraph } from './pages/run-graph';
import { story } from './story';

const told = story();
/** The script of the training as the sample has it. */
let original = '';

const graph = (name: string) => new RunGraph(told.workbench.panel(`penguins · ${name}`));
const compared = () => told.workbench.panel('Compare penguins');

async function ended(name: string): Promise<void> {
  await told.workbench.panel(`penguins · ${name}`).tab().waitFor();
  await graph(name).status().filter({ hasText: 'Succeeded' }).waitFor();
}

test('a run is run again with its values, one of them changed', async () => {
  const { workbench } = told;
  await workbench.openSideBar();
  await workbench.command('MLOps Flow: Run Pipeline');
  const form = workbench.panel('Run penguins');
  await form.field('name').fill('first');
  await form.field('parameter-Epochs').fill('20');
  await form.field('parameter-MinAccuracy').fill('0.5');
  await form.button('Run').click();
  await ended('first');
  await graph('first').button('Run Again…').click();
  await form.frame().getByText('Values of first').waitFor();
  expect(await form.field('parameter-Epochs').inputValue()).toBe('20');
  await form.field('parameter-LearningRate').fill('0.1');
  await form.field('name').fill('slower');
  await form.button('Run').click();
  await ended('slower');
});

test('runs are compared: deltas, and what explains them', async () => {
  const { workbench } = told;
  await graph('slower').button('Compare…').click();
  await workbench.quickInput.row('first').waitFor();
  await workbench.quickInput.pick('first');
  await workbench.quickInput.accept();
  const body = compared().frame().locator('body');
  await compared().frame().getByText('What explains the difference').waitFor();
  const explanations = compared().frame().locator('.explanations');
  await expect.poll(() => explanations.innerText()).toMatch(/LearningRate\s+0\.1 → 0\.5/);
  expect(await explanations.innerText()).not.toMatch(/Epochs|CodeUri|Definition/);
  expect(await body.innerText()).toMatch(/train:loss/);
  await workbench.picture('compare');
});

test('versions are sorted by what they measured, and the runs of two are compared', async () => {
  const { workbench } = told;
  const models = workbench.tree('Models');
  await models.row('Version 2').filter({ hasText: 'accuracy' }).waitFor();
  await models.row('Version 1').filter({ hasText: 'accuracy' }).waitFor();
  await models.title('Sort Models…');
  await workbench.quickInput.pick(/accuracy\s*lowest first/);
  const shown = async () => (await models.rows()).join('\n');
  await expect.poll(shown).toMatch(/Version 2[\s\S]*Version 1/);
  await models.title('Sort Models…');
  await workbench.quickInput.pick(/accuracy\s*highest first/);
  await expect.poll(shown).toMatch(/Version 1[\s\S]*Version 2/);
  await workbench.picture('models-sorted');
  await models.select('Version 1', 'Version 2');
  await models.menu('Version 2', 'Compare Models…');
  await compared().frame().getByText('What explains the difference').waitFor();
  await expect
    .poll(() => compared().frame().locator('thead').first().innerText())
    .toMatch(/first[\s\S]*slower|slower[\s\S]*first/);
});

test('a run is reproduced though the code has changed, and comes to the same to the last digit', async () => {
  const { workbench } = told;
  original = readFileSync(join(workbench.folder, 'src', 'train.py'), 'utf8');
  writeFileSync(join(workbench.folder, 'src', 'train.py'), 'raise SystemExit("another code")\n');
  await compared()
    .frame()
    .locator('th')
    .filter({ hasText: 'first' })
    .getByRole('button', { name: 'Reproduce…' })
    .click();
  await workbench.notifications.answerDialog('Reproduce first', /^Reproduce$/);
  const verdict = compared().frame().locator('.verdict');
  await verdict.filter({ hasText: 'the same to the last digit' }).waitFor();
  await workbench.picture('reproduced');
});

test('the timeline of a run has its steps over time, with what the time went into', async () => {
  const { workbench } = told;
  const panel = workbench.panel('penguins · first');
  await panel.tab().click();
  await panel.button('Show as Timeline').click();
  await panel.frame().locator('.timeline-bar').filter({ hasText: 'Critical path' }).waitFor();
  const train = panel.frame().locator('.timeline tbody tr').filter({ hasText: 'Train' });
  await expect.poll(() => train.locator('.timeline-track').getAttribute('title')).toMatch(/Downloading .*Running/);
  expect(await panel.frame().locator('.timeline tbody tr').count()).toBe(5);
  await workbench.picture('timeline');
  await panel.button('Show as Graph').click();
});

test('a sweep of twelve runs is one group of runs in the end', async () => {
  const { workbench } = told;
  await workbench.command('MLOps Flow: Sweep Parameters');
  const sweep = workbench.panel('Sweep penguins');
  const range = (name: string) => sweep.frame().locator(`#range-${name}`);
  await range('Seed').fill('1..4');
  await range('LearningRate').fill('0.1, 0.3, 0.5');
  await sweep.frame().getByLabel('Value of Epochs').fill('3');
  await sweep.frame().getByLabel('Value of MinAccuracy').fill('0');
  await sweep.field('sweep-name').fill('rates');
  writeFileSync(join(workbench.folder, 'src', 'train.py'), original);
  await sweep.button('Start 12 Runs').click();
  await sweep.frame().getByText('Running').first().waitFor();
  await workbench.picture('sweep');
  await sweep
    .frame()
    .getByText(/12 of 12 runs/)
    .waitFor({ timeout: 300_000 });
  const rows = sweep.frame().locator('.sweep-runs tbody tr');
  expect(await rows.filter({ hasText: 'Succeeded' }).count()).toBe(12);
});
