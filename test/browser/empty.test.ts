import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { makeSample } from '../../scripts/sample.mjs';
import { type Opening, Workbench } from './workbench';

let workbench: Workbench | undefined;
const scratch: string[] = [];

async function open(opening: Opening): Promise<Workbench> {
  workbench = await Workbench.open(opening);
  await workbench.openSideBar();
  return workbench;
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'mlops-flow-empty-'));
  scratch.push(made);
  return made;
}

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await workbench?.evidence(task.name);
  await workbench?.close();
  workbench = undefined;
  for (const made of scratch.splice(0)) rmSync(made, { recursive: true, force: true });
});

test('without a folder every view says what to do next', async () => {
  const opened = await open({ folder: false });
  await opened.tree('Branches').welcome().getByRole('button').first().waitFor();
  await opened.tree('Pipelines').welcome().getByRole('button').first().waitFor();
  await opened.tree('Models').welcome().waitFor();
});

test('a folder that is no Git repository is offered to be made one', async () => {
  const place = folder();
  writeFileSync(join(place, 'notes.txt'), 'nothing yet\n');
  const opened = await open({ folder: place });
  await opened
    .tree('Branches')
    .welcome()
    .getByRole('button', { name: /Initialize|Repository/ })
    .first()
    .waitFor();
});

test('a repository without Gitflow is set up from the Branches view', async () => {
  const place = folder();
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@sample.invalid', ...args], { cwd: place });
  git('init', '--quiet', '--initial-branch=main');
  git('commit', '--quiet', '--allow-empty', '--message=First');
  const opened = await open({ folder: place });
  await opened
    .tree('Branches')
    .row(/Choose Branching Model/)
    .click();
  await opened.quickInput.pick('Gitflow');
  await opened.quickInput.row('Use the usual names').waitFor();
});

test('in restricted mode definitions are checked and nothing is run', async () => {
  const place = join(folder(), 'penguins');
  await makeSample(place);
  const opened = await open({ folder: place, trust: false });
  const { editor, page } = opened;
  await page.getByText('Restricted Mode').first().waitFor();
  await opened.tree('Branches').welcome().getByText('is not trusted').waitFor();
  await editor.open('pipelines/penguins.pipeline.json');
  await editor.select('pipelines/penguins.pipeline.json', 'Train', 'Steps.Train.ModelArtifacts');
  await editor.type('Trian');
  await editor.squiggles('error').waitFor();
  await page.keyboard.press('Escape');
  expect(await opened.tree('Branches').rows()).toEqual([]);
  await opened.picture('restricted');
});
