import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RunGraph } from './pages/run-graph';
import { story } from './story';

const told = story();
const branches = () => told.workbench.tree('Branches');

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: told.workbench.folder, encoding: 'utf8' }).trim();
}

function commit(path: string, text: string, message: string): void {
  writeFileSync(join(told.workbench.folder, path), text);
  git('add', '--', path);
  git('commit', '--quiet', '--message', message);
}

/** Opens the dialog that finishes the branch that is checked out. */
async function finish(kind: 'Feature' | 'Release' | 'Hotfix', name: string) {
  await told.workbench.command(`MLOps Flow: Finish ${kind}`);
  const dialog = told.workbench.panel(`Finish ${kind} ${name}`);
  await dialog
    .frame()
    .getByRole('heading', { name: `Finish ${kind} ${name}` })
    .waitFor();
  return dialog;
}

/** A feature and develop that change the same line; the feature is checked out. */
function diverge(name: string): void {
  git('checkout', '--quiet', 'develop');
  commit('clash.txt', 'base\n', `Base of ${name}`);
  git('checkout', '--quiet', '-b', `feature/${name}`);
  commit('clash.txt', 'from the feature\n', `Feature side of ${name}`);
  git('checkout', '--quiet', 'develop');
  commit('clash.txt', 'from develop\n', `Develop side of ${name}`);
  git('checkout', '--quiet', `feature/${name}`);
}

test('a feature is started from the Branches view, which shows it by itself', async () => {
  const { workbench } = told;
  await workbench.openSideBar();
  await branches().row('develop').waitFor();
  await branches().inline('Features', /Start Feature/);
  await workbench.quickInput.type('better-split');
  await workbench.quickInput.accept();
  await branches().row('better-split').filter({ hasText: 'current' }).waitFor();
  expect(git('symbolic-ref', '--short', 'HEAD')).toBe('feature/better-split');
  await workbench.statusBar('feature/better-split').first().waitFor();
  await workbench.picture('branches');
});

test('it is finished in a dialog that shows its plan before anything runs', async () => {
  commit('notes.txt', 'one\n', 'Notes');
  commit('notes.txt', 'one\ntwo\n', 'More notes');
  const dialog = await finish('Feature', 'better-split');
  await dialog.frame().getByText('git merge').first().waitFor();
  await told.workbench.picture('finish-feature');
  expect(git('symbolic-ref', '--short', 'HEAD')).toBe('feature/better-split');
  await dialog.button('Finish Feature').click();
  await expect
    .poll(() => git('log', '-1', '--format=%s', 'develop'))
    .toBe("Merge branch 'feature/better-split' into develop");
  await expect.poll(() => branches().row('better-split').count()).toBe(0);
  await dialog.button('Close').click();
});

test('a finish that succeeded is undone from its dialog: every branch as it was, and the merge is kept', async () => {
  const { workbench } = told;
  git('checkout', '--quiet', '-b', 'feature/regretted', 'develop');
  commit('regret.txt', 'one\n', 'One');
  commit('regret.txt', 'two\n', 'Two');
  await branches().row('regretted').filter({ hasText: 'current' }).waitFor();
  const before = git('for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads', 'refs/tags');
  const dialog = await finish('Feature', 'regretted');
  await dialog.button('Finish Feature').click();
  await dialog.button('Undo').waitFor();
  const merge = git('rev-parse', 'develop');
  await dialog.button('Undo').click();
  await dialog.frame().getByText('was undone').first().waitFor();
  expect(git('for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads', 'refs/tags')).toBe(before);
  expect(git('symbolic-ref', '--short', 'HEAD')).toBe('feature/regretted');
  expect(git('for-each-ref', '--format=%(objectname)', 'refs/mlops-flow/undone')).toContain(merge);
  await expect.poll(() => dialog.button('Undo').count()).toBe(0);
  await workbench.picture('undone-after-success');
  await dialog.button('Close').click();
  git('checkout', '--quiet', 'develop');
  git('branch', '--quiet', '-D', 'feature/regretted');
  await expect.poll(() => branches().row('regretted').count()).toBe(0);
});

test('what git refuses is said in the corner, and Try Again goes on from there', async () => {
  const { workbench } = told;
  const lock = join(workbench.folder, '.git', 'index.lock');
  writeFileSync(lock, '');
  await branches().inline('Features', /Start Feature/);
  await workbench.quickInput.type('held-up');
  await workbench.quickInput.accept();
  await workbench.notifications.message('index.lock').waitFor();
  rmSync(lock);
  await workbench.notifications.answer('index.lock', 'Try Again');
  await branches().row('held-up').filter({ hasText: 'current' }).waitFor();
  git('checkout', '--quiet', 'develop');
  git('branch', '--quiet', '--delete', '--force', 'feature/held-up');
});

/** Runs the pipeline from what is checked out to its end, and approves the model version that it made. */
async function runAndApprove(version: string): Promise<void> {
  const { workbench } = told;
  await workbench.command('MLOps Flow: Run Pipeline');
  await workbench.panel('Run penguins').button('Run').click();
  const panel = workbench.panel(/^penguins · /);
  await new RunGraph(panel).status().filter({ hasText: 'Succeeded' }).waitFor();
  const models = workbench.tree('Models');
  await models.inline(version, /Approve Model/);
  await workbench.quickInput.accept();
  await models.row(version).filter({ hasText: 'Approved' }).waitFor();
  await workbench.command('View: Close Editor');
}

const reasonField = 'Reason for continuing without them';

test('a release whose gates do not hold is not finished', async () => {
  const { workbench } = told;
  await workbench.command('MLOps Flow: Start Release');
  await workbench.quickInput.row('Suggested').waitFor();
  await workbench.quickInput.accept();
  await branches()
    .row(/^\d+\.\d+\.\d+/)
    .filter({ hasText: 'current' })
    .waitFor();
  const dialog = await finish('Release', releaseName());
  await dialog.frame().getByText(reasonField).waitFor();
  expect(await dialog.button('Finish Release').isDisabled()).toBe(true);
  await workbench.picture('gates-failing');
  await dialog.button('Cancel').click();
});

test('with a run of exactly this and its model approved, the gates hold', async () => {
  await runAndApprove('Version 1');
  const dialog = await finish('Release', releaseName());
  await expect.poll(() => dialog.button('Finish Release').isEnabled()).toBe(true);
  expect(await dialog.frame().getByText(reasonField).count()).toBe(0);
  await told.workbench.picture('gates-passing');
});

test('a hotfix that is released meanwhile is named: what would be tagged has not been run', async () => {
  const name = releaseName();
  git('checkout', '--quiet', 'main');
  commit('src/hotfix.py', 'FIXED = True\n', 'Hotfix');
  git('checkout', '--quiet', `release/${name}`);
  const dialog = told.workbench.panel(`Finish Release ${name}`);
  await dialog.show();
  await dialog
    .frame()
    .getByText(/The merge into main differs from .* in 1 file: src\/hotfix\.py/)
    .waitFor();
  await dialog.frame().getByText(reasonField).waitFor();
  expect(await dialog.button('Finish Release').isDisabled()).toBe(true);
  await told.workbench.picture('gates-merge-differs');
  expect(git('tag', '--list', `v${name}`)).toBe('');
});

test('the merge can be checked out and run before it is made', async () => {
  const { workbench } = told;
  const name = releaseName();
  const dialog = workbench.panel(`Finish Release ${name}`);
  await dialog.frame().getByRole('button', { name: 'Check Out the Merge' }).click();
  await workbench.panel('Run penguins').button('Run').waitFor();
  expect(git('log', '-1', '--format=%s %P')).toBe(
    `Merge release/${name} into main ${git('rev-parse', 'main')} ${git('rev-parse', `release/${name}`)}`,
  );
  await workbench.panel('Run penguins').button('Cancel').click();
  git('checkout', '--quiet', `release/${name}`);
});

test('with the hotfix in the release and that run, the gates hold and the tag says what it ships', async () => {
  const { workbench } = told;
  const name = releaseName();
  git('merge', '--quiet', '--no-edit', 'main');
  await runAndApprove('Version 2');
  const dialog = workbench.panel(`Finish Release ${name}`);
  await dialog.show();
  await dialog.frame().getByRole('button', { name: 'Check Again' }).first().click();
  await expect.poll(() => dialog.button('Finish Release').isEnabled()).toBe(true);
  await dialog.button('Finish Release').click();
  await dialog.button('Close').click();
  expect(git('rev-parse', `v${name}^{commit}`)).toBe(git('rev-parse', 'main'));
  const message = git('for-each-ref', '--format=%(contents)', `refs/tags/v${name}`);
  expect(message).toMatch(/MLOps-Run: .*execution/);
  expect(message).toMatch(/MLOps-Model: .*penguins\/2/);
  expect(message).toContain(`MLOps-Tree: ${git('rev-parse', `v${name}^{tree}`)}`);
});

test('a finish stops at a conflict, the merge editor opens, and Resume goes on when it is resolved', async () => {
  const { workbench } = told;
  diverge('clash');
  await branches().row('clash').filter({ hasText: 'current' }).waitFor();
  const dialog = await finish('Feature', 'clash');
  await dialog.button('Finish Feature').click();
  await workbench.editor.tab('Merging: clash.txt').waitFor();
  await branches().row('clash.txt').waitFor();
  await workbench.picture('conflict');
  await workbench.page.getByText('Accept Incoming', { exact: true }).click();
  await workbench.editor.save();
  await workbench.page.getByRole('button', { name: 'Complete Merge' }).click();
  await workbench.editor.tab('Merging: clash.txt').waitFor({ state: 'detached' });
  // VS Code turns to its own view of the commit to be made.
  await workbench.activity('Source Control').and(workbench.page.locator('[aria-selected="true"]')).waitFor();
  await workbench.openSideBar();
  await dialog.show();
  await expect.poll(() => dialog.button('Resume').isEnabled()).toBe(true);
  await dialog.button('Resume').click();
  await dialog.button('Close').click();
  expect(git('show', 'develop:clash.txt')).toBe('from the feature');
  await expect.poll(() => branches().row('clash').count()).toBe(0);
});

test('an interrupted finish is undone after a reload of the window: every branch as it was', async () => {
  const { workbench } = told;
  await workbench.openSideBar();
  diverge('undone');
  const before = `${git('symbolic-ref', 'HEAD')} ${git('for-each-ref', 'refs/heads', 'refs/tags')}`;
  await branches().row('undone').filter({ hasText: 'current' }).waitFor();
  const dialog = await finish('Feature', 'undone');
  await dialog.button('Finish Feature').click();
  await workbench.editor.tab('Merging: clash.txt').waitFor();
  await workbench.reload();
  await workbench.openSideBar();
  await branches().row('Finish feature undone').waitFor();
  await dialog.show();
  await dialog.frame().getByText('clash.txt').first().waitFor();
  await dialog.button('Undo').click();
  await dialog.button('Close').waitFor();
  expect(`${git('symbolic-ref', 'HEAD')} ${git('for-each-ref', 'refs/heads', 'refs/tags')}`).toBe(before);
  await workbench.picture('undone');
  await dialog.button('Close').click();
  // The merge editor would save what it made of the conflict over the file of whatever branch is checked out by then.
  const merging = workbench.editor.tab('Merging: clash.txt');
  await merging.click();
  await workbench.command('View: Revert and Close Editor');
  const unresolved = workbench.page.getByRole('button', { name: 'Close with Conflicts' });
  await expect
    .poll(
      async () => {
        if (await unresolved.isVisible()) await unresolved.click();
        return merging.count();
      },
      { timeout: 30_000 },
    )
    .toBe(0);
});

test('a hotfix is started and finished from the palette', async () => {
  const { workbench } = told;
  git('checkout', '--quiet', '--force', 'develop');
  await workbench.command('MLOps Flow: Start Hotfix');
  await workbench.quickInput.row('Suggested').waitFor();
  await workbench.quickInput.accept();
  await expect.poll(() => git('symbolic-ref', '--short', 'HEAD')).toMatch(/^hotfix\//);
  commit('fix.txt', 'mended\n', 'Mend it');
  const name = git('symbolic-ref', '--short', 'HEAD').replace('hotfix/', '');
  await branches().row(name).filter({ hasText: 'current' }).waitFor();
  const dialog = await finish('Hotfix', name);
  await dialog.button('Finish Hotfix').click();
  await dialog.button('Close').click();
  expect(git('rev-parse', `v${name}^{commit}`)).toBe(git('rev-parse', 'main'));
  expect(git('symbolic-ref', '--short', 'HEAD')).toBe('develop');
});

function releaseName(): string {
  return git('symbolic-ref', '--short', 'HEAD').replace('release/', '');
}
