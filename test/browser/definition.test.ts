import { expect, test } from 'vitest';
import { story } from './story';

const file = 'pipelines/penguins.pipeline.json';
const told = story();

test('a good definition has no squiggle, and its actions above it', async () => {
  const { editor } = told.workbench;
  await editor.open(file);
  await editor.codeLens('Run').waitFor();
  expect(await editor.squiggles('error').count()).toBe(0);
  expect(await editor.squiggles('warning').count()).toBe(0);
  await told.workbench.picture('definition');
});

test('a misspelt step is underlined at its name within a second; the quick fix mends it', async () => {
  const { editor, page } = told.workbench;
  await editor.select(file, 'Train.ModelArtifacts');
  const typed = Date.now();
  await editor.type('Trian.ModelArtifacts');
  await editor.squiggles('error').first().waitFor();
  expect(Date.now() - typed).toBeLessThan(1000);
  await page.keyboard.press('Control+K');
  await page.keyboard.press('Control+I');
  await page.screenshot({ path: '/tmp/probe/def1.png' });
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+.');
  await page.waitForTimeout(1500);
  await page.screenshot({ path: '/tmp/probe/def2.png' });
});
