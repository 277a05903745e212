import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { story } from './story';

/** A clone of a team that has main and topics, and has set nothing up. */
const scratch = mkdtempSync(join(tmpdir(), 'mlops-flow-github-'));
const clone = join(scratch, 'clone');
const hub = join(scratch, 'hub.git');

function git(...args: string[]): string {
  return execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@sample.invalid', ...args], {
    cwd: clone,
    encoding: 'utf8',
  }).trim();
}

function commit(path: string, message: string): void {
  writeFileSync(join(clone, path), `${message}\n`);
  git('add', '--', path);
  git('commit', '--quiet', `--message=${message}`);
}

execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', hub]);
execFileSync('git', ['clone', '--quiet', hub, clone], { stdio: 'ignore' });
git('config', 'user.name', 'T');
git('config', 'user.email', 't@sample.invalid');
git('checkout', '--quiet', '-b', 'main');
commit('README.md', 'feat: a first model');
git('tag', '--annotate', '--message=Release v0.1.0', 'v0.1.0');
git('push', '--quiet', '--set-upstream', 'origin', 'main', 'v0.1.0');
git('remote', 'set-head', 'origin', 'main');
const keys = git('config', '--local', '--list');

const told = story({ folder: clone });
const branches = () => told.workbench.tree('Branches');
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test('the view shows the repository by what it is, and offers to choose a model', async () => {
  await told.workbench.openSideBar();
  await branches().row('main').filter({ hasText: 'current' }).waitFor();
  await branches().row('Topics').waitFor();
  await branches().row('Choose Branching Model').waitFor();
  await told.workbench.picture('github-flow-branches');
});

test('a topic is started with any name', async () => {
  const { workbench } = told;
  await branches().inline('Topics', /Start/);
  await workbench.quickInput.type('feature/scores');
  await workbench.quickInput.accept();
  await branches().row('feature/scores').filter({ hasText: 'current' }).waitFor();
  expect(git('symbolic-ref', '--short', 'HEAD')).toBe('feature/scores');
});

test('it is published and finished, with a message like those of the history', async () => {
  const { workbench } = told;
  commit('scores.md', 'feat: scores');
  await branches().inline('feature/scores', /Publish/);
  await expect.poll(() => git('ls-remote', 'origin', 'refs/heads/feature/scores')).not.toBe('');
  await branches().inline('feature/scores', /Finish/);
  const dialog = workbench.panel('Finish Topic feature/scores');
  await dialog.frame().getByText('git merge').first().waitFor();
  await workbench.picture('github-flow-finish');
  await dialog.button('Finish Topic').click();
  await expect.poll(() => git('log', '-1', '--format=%s', 'main')).toBe('chore: merge feature/scores into main');
  await expect.poll(() => branches().row('feature/scores').count()).toBe(0);
  await dialog.button('Close').click();
});

test('a release is tagged: the version comes from the commits, and the tag goes to the remote', async () => {
  const { workbench } = told;
  await branches().inline('main', /Tag/);
  await workbench.quickInput.row('Suggested').waitFor();
  await workbench.quickInput.accept();
  const dialog = workbench.panel('Tag Release 0.2.0');
  await dialog.frame().getByText('git tag').first().waitFor();
  await workbench.picture('github-flow-tag');
  await dialog.button('Tag Release').click();
  await expect.poll(() => git('ls-remote', '--tags', 'origin', 'v0.2.0')).not.toBe('');
  expect(git('rev-parse', 'v0.2.0^{commit}')).toBe(git('rev-parse', 'main'));
  expect(git('ls-remote', 'origin', 'refs/heads/main')).toContain(git('rev-parse', 'main'));
});

test('nothing was set up, and the offer goes where it is not wanted', async () => {
  const { workbench } = told;
  const added = git('config', '--local', '--list')
    .split('\n')
    .filter((line) => !keys.includes(line));
  expect(added.filter((line) => line.startsWith('gitflow.'))).toEqual([]);
  await branches().row('Choose Branching Model').click();
  await workbench.quickInput.pick('None');
  await expect.poll(() => branches().row('Choose Branching Model').count()).toBe(0);
});
