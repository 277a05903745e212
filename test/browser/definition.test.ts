import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { story } from './story';

const file = 'pipelines/penguins.pipeline.json';
const told = story();

/** Writes something else over a place of the definition, which is saved and in front. */
async function change(text: string, to: string, within?: string): Promise<void> {
  await told.workbench.editor.focus();
  await told.workbench.editor.select(file, text, within);
  await told.workbench.editor.type(to);
}

/** Takes the last change back and waits until nothing is underlined. */
async function mend(): Promise<void> {
  await told.workbench.editor.focus();
  await told.workbench.editor.undo();
  await expect.poll(() => told.workbench.editor.squiggles('error').count()).toBe(0);
}

test('a good definition has no squiggle, and its actions stand above it', async () => {
  const { editor, page } = told.workbench;
  await editor.open(file);
  await editor.codeLens('Run').waitFor();
  await editor.codeLens('Graph').waitFor();
  expect(await page.locator('.squiggly-error, .squiggly-warning').count()).toBe(0);
  await told.workbench.picture('definition');
});

test('a misspelt step is underlined at its name, and the quick fix mends it', async () => {
  const { editor, problems } = told.workbench;
  await change('Train', 'Trian', 'Steps.Train.ModelArtifacts');
  await editor.squiggles('error').waitFor();
  await problems.open();
  await problems.row(/no step 'Trian'.*'Train'/).waitFor();
  await told.workbench.picture('squiggle');
  await editor.quickFix("Change to 'Train'");
  await expect.poll(() => editor.squiggles('error').count()).toBe(0);
  await expect.poll(() => editor.content().innerText()).toMatch(/Steps\.Train\.ModelArtifacts/);
  await editor.save();
});

test('a cycle, a name used twice and an unknown parameter are told with what to do', async () => {
  const { problems } = told.workbench;
  await problems.open();

  await change('Preprocess', 'Evaluate', "Steps.Preprocess.ProcessingOutputConfig.Outputs['train']");
  await problems
    .row(/cycle|wait for each other/i)
    .first()
    .waitFor();
  await mend();

  await change('Evaluate', 'Train', '"Name": "Evaluate"');
  await problems
    .row(/'Train'.*(twice|already|other)/i)
    .first()
    .waitFor();
  await mend();

  await change('Seed', 'Sead', 'Parameters.Seed');
  await problems
    .row(/'Sead'.*'Seed'/)
    .first()
    .waitFor();
  await mend();
});

test('another JSON file has no diagnostics; a broken one has its syntax error alone', async () => {
  const { editor, problems, folder } = told.workbench;
  writeFileSync(join(folder, 'other.json'), '{ "Steps": "stairs", "Get": "Steps.Nowhere" }\n');
  writeFileSync(join(folder, 'half.pipeline.json'), '{ "Version": "2020-12-01", "Steps": [ { "Name": "A", ');
  await editor.open('other.json');
  await editor.open('half.pipeline.json');
  await problems.row('half.pipeline.json').waitFor();
  expect(await problems.row('other.json').count()).toBe(0);
});

test('a step is renamed everywhere', async () => {
  const { editor, page } = told.workbench;
  await editor.open(file);
  await editor.select(file, 'Train', 'Steps.Train.ModelArtifacts');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('F2');
  await page.locator('.rename-box input').fill('Fit');
  await page.keyboard.press('Enter');
  await editor.content().getByText('Steps.Fit.ModelArtifacts.S3ModelArtifacts').first().waitFor();
  await told.workbench.picture('rename');
  await mend();
});

test('the graph beside the definition follows what is typed', async () => {
  const { editor, problems } = told.workbench;
  await problems.close();
  await editor.focus();
  await editor.goTo(1, 1);
  await editor.codeLens('Graph').click();
  const preview = told.workbench.panel(/Graph of penguins/);
  await preview.frame().locator('g[data-id="Train"]').waitFor();
  await editor.focus();
  await change('Evaluate', 'Judge', '"Name": "Evaluate"');
  await preview.frame().locator('g[data-id="Judge"]').waitFor();
  await told.workbench.picture('preview');
  await editor.undo();
  await preview.frame().locator('g[data-id="Evaluate"]').waitFor();
});
