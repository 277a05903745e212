import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commands, type InputBoxOptions, type QuickPickItem, window, workspace } from 'vscode';
import type { FlowDialog, FlowToHost, FlowToPanel } from '../../src/gitflow/vscode/panels/flow/contract';
import type { Target } from '../../src/gitflow/vscode/rows';
import { ShownBranches } from './shared/branches';
import { extension } from './shared/extension';
import { FakePage } from './shared/page';
import { Replacements } from './shared/replace';
import { until } from './shared/until';

/** For repositories that the sample's own identity is not set in. */
const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];

describe('Gitflow', () => {
  const root = workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  const refs = () => git('for-each-ref', '--format=%(refname) %(objectname)');
  const replaced = new Replacements();
  let view: ShownBranches;
  const rows = () => view.rows();
  const row = (label: string, context = '') => view.row(label, context);
  let startState: string;

  const onRoot = (): { target: Target } => ({ target: { what: 'repository', root } });

  async function onBranch(label: string): Promise<{ target: Target }> {
    const target = (await until(`the row of ${label}`, () => row(label, 'branch')))?.target;
    assert.ok(target);
    return { target };
  }

  function answerInput(answer: (options: InputBoxOptions) => Promise<string | undefined>): void {
    replaced.set(window, 'showInputBox', (options?: InputBoxOptions) => answer(options ?? {}));
  }

  /** Answers each quick pick in turn by what `pick` takes from its items. */
  function answerPicks(...picks: ((items: readonly QuickPickItem[]) => unknown)[]): void {
    const show = async (items: readonly QuickPickItem[] | Thenable<readonly QuickPickItem[]>) =>
      picks.shift()?.(await items);
    replaced.set(window, 'showQuickPick', show as unknown as typeof window.showQuickPick);
  }

  function answerWarnings(answer: string): string[] {
    const asked: string[] = [];
    const show = (message: string, ...more: unknown[]) => {
      asked.push(message);
      return Promise.resolve(more.includes(answer) ? answer : undefined);
    };
    replaced.set(window, 'showWarningMessage', show);
    return asked;
  }

  /** Every error message that is shown from now on, each with its buttons. */
  function collectErrors(): unknown[][] {
    const shown: unknown[][] = [];
    const show = (...all: unknown[]) => {
      shown.push(all);
      return Promise.resolve(undefined);
    };
    replaced.set(window, 'showErrorMessage', show);
    return shown;
  }

  function write(path: string, text: string, message: string): void {
    writeFileSync(join(root, path), text);
    git('add', '--', path);
    git('commit', '-q', '-m', message);
  }

  type Page = FakePage<FlowToPanel, FlowToHost>;

  /** Waits for a state of the dialog; where it does not come, the error tells the one that there is. */
  async function dialog(page: Page, what: string, fits: (dialog: FlowDialog) => boolean): Promise<FlowDialog> {
    const newest = () => (page.newest?.type === 'dialog' ? page.newest.dialog : undefined);
    try {
      return await until(what, () => {
        const shown = newest();
        return shown && fits(shown) ? shown : undefined;
      });
    } catch (error) {
      throw new Error(`${String(error)} The dialog is ${JSON.stringify(newest())}`, { cause: error });
    }
  }

  const ready = (page: Page) => dialog(page, 'the plan', ({ phase, plan }) => phase === 'choose' && plan.length > 0);

  before(async () => {
    await extension().activate();
    view = new ShownBranches();
    startState = `${git('symbolic-ref', 'HEAD')}\n${refs()}`;
    // These finishes are about git; a test of its own is about gates.
    write('.mlops/config.json', '{ "version": 1 }\n', 'No gates');
  });

  afterEach(() => replaced.restore());

  after(() => {
    view.dispose();
    git('reset', '-q', '--hard');
    const [head = '', ...lines] = startState.split('\n');
    git('checkout', '-q', '--detach');
    const kept = new Set(lines.map((line) => line.split(' ')[0]));
    for (const line of refs().split('\n')) {
      const [ref = ''] = line.split(' ');
      if (!kept.has(ref)) git('update-ref', '-d', ref);
    }
    for (const line of lines) git('update-ref', ...(line.split(' ') as [string, string]));
    git('checkout', '-q', head.replace('refs/heads/', ''));
  });

  it('shows the long-lived branches and the groups', async () => {
    const labels = (await view.tree.getChildren()).map(({ label }) => label);
    assert.deepEqual(labels.slice(0, 5), ['main', 'develop', 'Features', 'Releases', 'Hotfixes']);
  });

  it('updates by itself, in place, when a branch is made elsewhere', async () => {
    const main = await row('main');
    const { events } = view;
    git('branch', 'feature/from-outside', 'develop');
    await until('the view to change', () => view.events > events);
    const made = await until('the row', () => row('from-outside'));
    assert.equal(made.target?.what, 'branch');
    assert.equal(await row('main'), main, 'the row of main is another object');
    git('branch', '-D', 'feature/from-outside');
    await until('the row to go', async () => (await row('from-outside')) === undefined);
  });

  it('narrows the view by a filter and says so', async () => {
    git('branch', 'feature/alpha', 'develop');
    await until('the row', () => row('alpha'));
    view.branches.setFilter('ALPHA');
    const found = (await rows()).filter(({ context }) => context?.startsWith('branch'));
    assert.deepEqual(
      found.map(({ label }) => label),
      ['alpha'],
    );
    await until('the message', () => view.message?.startsWith("Filter 'ALPHA': 1 of "));
    view.branches.setFilter('');
    await until('no message', () => view.message === undefined);
    git('branch', '-D', 'feature/alpha');
  });

  it('starts a feature under a name that is checked while it is typed', async () => {
    const checks: unknown[] = [];
    answerInput(async (options) => {
      for (const text of ['', 'a..b', 'host-test']) checks.push(await options.validateInput?.(text));
      return 'host-test';
    });
    await commands.executeCommand('mlopsFlow.flow.startFeature', onRoot());
    const [empty, bad, good] = checks as { message: string; severity: number }[];
    assert.equal(empty?.message, 'Type a name.');
    assert.equal(bad?.severity, 3, JSON.stringify(checks));
    assert.match(good?.message ?? '', /git checkout .*feature\/host-test/);
    assert.equal(git('symbolic-ref', '--short', 'HEAD'), 'feature/host-test');
    const made = await until('the row', () => row('host-test', 'current'));
    assert.match(made.context ?? '', /\bfinishable\b/);
  });

  it('says what stands against an action', async () => {
    const shown = collectErrors();
    await commands.executeCommand('mlopsFlow.flow.resume', onRoot());
    answerInput(() => Promise.resolve('host-test'));
    await commands.executeCommand('mlopsFlow.flow.startFeature', onRoot());
    assert.match(shown[0]?.join() ?? '', /^No flow action is in progress/);
    assert.match(shown[1]?.join() ?? '', /already exists/);
    assert.equal(shown.length, 2);
  });

  it('does nothing at all on Esc', async () => {
    const now = refs();
    answerInput(() => Promise.resolve(undefined));
    answerPicks(() => undefined);
    await commands.executeCommand('mlopsFlow.flow.startFeature', onRoot());
    await commands.executeCommand('mlopsFlow.flow.startRelease', onRoot());
    await commands.executeCommand('mlopsFlow.flow.rename', await onBranch('host-test'));
    const asked = answerWarnings('nothing of the sort');
    await commands.executeCommand('mlopsFlow.flow.delete', await onBranch('host-test'));
    assert.equal(asked.length, 1);
    assert.equal(refs(), now);
  });

  it('finishes a feature in the dialog, after showing its plan', async () => {
    write('notes.txt', 'one\n', 'Notes');
    write('notes.txt', 'one\ntwo\n', 'More notes');
    const page: Page = new FakePage(replaced);
    await commands.executeCommand('mlopsFlow.flow.finishFeature', await onBranch('host-test'));
    const shown = await ready(page);
    assert.equal(shown.title, 'Finish Feature host-test');
    const merge = shown.plan.flatMap(({ commands }) => commands).find((argv) => argv.includes('merge'));
    assert.ok(merge?.includes('--no-ff') && merge.includes('feature/host-test'), JSON.stringify(shown.plan));
    assert.equal(git('symbolic-ref', '--short', 'HEAD'), 'feature/host-test', 'something ran before the user said so');
    page.send({ type: 'submit' });
    const done = await dialog(page, 'the end', ({ phase }) => phase === 'done');
    assert.ok(done.plan.every(({ progress }) => progress === 'done' || progress === 'skipped'));
    assert.equal(git('symbolic-ref', '--short', 'HEAD'), 'develop');
    assert.equal(git('log', '-1', '--format=%s', 'develop'), "Merge branch 'feature/host-test' into develop");
    assert.equal(git('branch', '--list', 'feature/host-test'), '');
    await until('the row to go', async () => (await row('host-test')) === undefined);
    page.close();
  });

  it('starts and finishes a release: tag with its message, both branches', async () => {
    answerPicks(
      (items) => items[0],
      () => [],
    );
    await commands.executeCommand('mlopsFlow.flow.startRelease', onRoot());
    const branch = git('symbolic-ref', '--short', 'HEAD');
    assert.match(branch, /^release\/\d+\.\d+\.\d+$/);
    write('release.txt', 'x\n', 'Release notes');
    const page: Page = new FakePage(replaced);
    await commands.executeCommand('mlopsFlow.flow.finishRelease', await onBranch(branch.replace('release/', '')));
    await ready(page);
    page.send({ type: 'change', id: 'message', value: "It's #1\n\n# not a comment" });
    await dialog(
      page,
      'the message',
      ({ options, plan }) =>
        plan.length > 0 &&
        options.some((each) => each.id === 'message' && each.value !== '' && String(each.value).startsWith("It's")),
    );
    page.send({ type: 'submit' });
    await dialog(page, 'the end', ({ phase }) => phase === 'done');
    const tag = `v${branch.replace('release/', '')}`;
    assert.match(git('cat-file', 'tag', tag), /It's #1\n\n# not a comment/);
    assert.equal(git('rev-parse', `${tag}^{commit}`), git('rev-parse', 'main'));
    assert.equal(git('merge-base', '--is-ancestor', tag, 'develop'), '');
    page.close();
  });

  it('puts uncommitted changes away and back where the user says so, and only then', async () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    writeFileSync(join(root, 'README.md'), 'changed\n');
    const start = async (answer: string): Promise<string[]> => {
      answerPicks(
        (items) => items[0],
        () => [],
      );
      const asked = answerWarnings(answer);
      await commands.executeCommand('mlopsFlow.flow.startRelease', onRoot());
      return asked;
    };
    const now = refs();
    assert.equal((await start('no such button')).length, 1);
    assert.equal(refs(), now);
    await start('Stash and Continue');
    assert.match(git('symbolic-ref', '--short', 'HEAD'), /^release\//);
    assert.equal(readFileSync(join(root, 'README.md'), 'utf8'), 'changed\n');
    assert.equal(git('stash', 'list'), '');
    writeFileSync(join(root, 'README.md'), readme);
    const branch = git('symbolic-ref', '--short', 'HEAD');
    git('checkout', '-q', 'develop');
    git('branch', '-q', '-D', branch);
  });

  it('starts and finishes a hotfix', async () => {
    answerPicks(
      (items) => items[0],
      () => [],
    );
    await commands.executeCommand('mlopsFlow.flow.startHotfix', onRoot());
    const branch = git('symbolic-ref', '--short', 'HEAD');
    assert.match(branch, /^hotfix\/\d+\.\d+\.\d+$/);
    write('fix.txt', 'x\n', 'Fix');
    const page: Page = new FakePage(replaced);
    await commands.executeCommand('mlopsFlow.flow.finishHotfix', await onBranch(branch.replace('hotfix/', '')));
    await ready(page);
    page.send({ type: 'submit' });
    await dialog(page, 'the end', ({ phase }) => phase === 'done');
    assert.equal(git('rev-parse', `v${branch.replace('hotfix/', '')}^{commit}`), git('rev-parse', 'main'));
    assert.equal(git('symbolic-ref', '--short', 'HEAD'), 'develop');
    page.close();
  });

  /** A feature and develop that change the same line; the feature is checked out. */
  async function diverge(name: string): Promise<void> {
    git('checkout', '-q', 'develop');
    write('clash.txt', 'base\n', 'Base of a clash');
    git('checkout', '-q', '-b', `feature/${name}`);
    write('clash.txt', 'ours\n', 'Ours');
    write('clash.txt', 'ours 2\n', 'Ours again');
    git('checkout', '-q', 'develop');
    write('clash.txt', 'theirs\n', 'Theirs');
    git('checkout', '-q', `feature/${name}`);
    await until('the row', () => row(name, 'current'));
  }

  async function finishIntoConflict(name: string): Promise<Page> {
    const page: Page = new FakePage(replaced);
    await commands.executeCommand('mlopsFlow.flow.finishFeature', await onBranch(name));
    await ready(page);
    page.send({ type: 'submit' });
    const stopped = await dialog(page, 'the conflict', ({ phase }) => phase === 'conflict');
    assert.deepEqual(stopped.conflicts, [{ path: 'clash.txt', resolved: false }]);
    return page;
  }

  it('pauses on a conflict, shows what is left, and goes on when it is resolved', async () => {
    await diverge('clash');
    const page = await finishIntoConflict('clash');
    await until('what is left', async () =>
      /^1 conflict, \d+ steps? left$/.test((await row('Finish feature clash', 'resumable'))?.description ?? ''),
    );
    await until('the row of the file', () => row('clash.txt', 'conflict'));
    const offers: string[] = [];
    const offer = (message: string) => {
      offers.push(message);
      return Promise.resolve(undefined);
    };
    replaced.set(window, 'showInformationMessage', offer);
    writeFileSync(join(root, 'clash.txt'), 'both\n');
    git('add', 'clash.txt');
    await dialog(
      page,
      'the file to be resolved',
      ({ conflicts }) => conflicts?.every(({ resolved }) => resolved) ?? false,
    );
    await until('the offer to resume', () => offers.includes('Every conflict of Finish feature clash is resolved.'));
    page.send({ type: 'proceed', how: 'resume' });
    await dialog(page, 'the end', ({ phase }) => phase === 'done');
    assert.equal(readFileSync(join(root, 'clash.txt'), 'utf8'), 'both\n');
    assert.equal(git('branch', '--list', 'feature/clash'), '');
    await until('the row of the action to go', async () => (await row('Finish feature clash')) === undefined);
    page.close();
  });

  it('undoes an interrupted finish: every ref and HEAD as before', async () => {
    await diverge('undone');
    const start = `${git('symbolic-ref', 'HEAD')}\n${refs()}`;
    const first = await finishIntoConflict('undone');
    first.send({ type: 'proceed', how: 'undo' });
    await dialog(first, 'the end', ({ phase }) => phase === 'undone');
    assert.equal(`${git('symbolic-ref', 'HEAD')}\n${refs()}`, start);
    // The dialog has ended, so that Finish begins anew.
    const page = await finishIntoConflict('undone');
    assert.ok(first.closed);
    page.close();
    await until('the row of the action', () => row('Finish feature undone', 'undoable'));
    const asked = answerWarnings('Undo');
    await commands.executeCommand('mlopsFlow.flow.undo', { target: { what: 'action', root } satisfies Target });
    assert.match(asked[0] ?? '', /^Undo Finish feature undone\?$/);
    assert.equal(`${git('symbolic-ref', 'HEAD')}\n${refs()}`, start);
    assert.equal(git('status', '--porcelain', '--untracked-files=no'), '');
    await until('the row of the action to go', async () => (await row('Finish feature undone')) === undefined);
  });

  it('holds a release back by a gate, and records the reason that overrides it', async () => {
    git('checkout', '-q', 'develop');
    mkdirSync(join(root, '.mlops'), { recursive: true });
    write(
      '.mlops/config.json',
      JSON.stringify({ gates: { release: { definitions: ['missing.pipeline.json'] } } }),
      'Gates',
    );
    await until('the current branch', () => row('develop', 'current'));
    answerPicks(
      (items) => items[0],
      () => [],
    );
    await commands.executeCommand('mlopsFlow.flow.startRelease', onRoot());
    const version = git('symbolic-ref', '--short', 'HEAD').replace('release/', '');
    const page: Page = new FakePage(replaced);
    await commands.executeCommand('mlopsFlow.flow.finishRelease', await onBranch(version));
    const shown = await dialog(
      page,
      'the gate',
      ({ gates, plan }) => plan.length > 0 && gates.some(({ state }) => state === 'failed'),
    );
    assert.match(shown.gates[0]?.text ?? '', /no file missing\.pipeline\.json/);
    const errors = collectErrors();
    const now = refs();
    page.send({ type: 'submit' });
    await until('the refusal', () => errors.length > 0);
    assert.equal(refs(), now);
    page.send({ type: 'submit', reason: 'the definition moves in the next release' });
    await dialog(page, 'the end', ({ phase }) => phase === 'done');
    const trailers = git('for-each-ref', '--format=%(contents:trailers)', `refs/tags/v${version}`);
    assert.match(trailers, /^MLOps-Commit: [0-9a-f]{40}$/m);
    assert.match(trailers, /^MLOps-Override: definitions; the definition moves in the next release$/m);
    page.close();
  });

  it('works with a remote: publish, clean up after a merge there, track, rename, delete', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'mlops-flow-remote-'));
    const there = (...args: string[]) =>
      execFileSync('git', [...identity, ...args], { cwd: join(elsewhere, 'clone'), encoding: 'utf8' });
    try {
      git('checkout', '-q', 'develop');
      git('init', '-q', '--bare', '-b', 'develop', join(elsewhere, 'bare'));
      git('remote', 'add', 'origin', join(elsewhere, 'bare'));
      git('push', '-q', 'origin', 'main', 'develop');
      git('clone', '-q', join(elsewhere, 'bare'), join(elsewhere, 'clone'));
      git('checkout', '-q', '-b', 'feature/shared');
      write('shared.txt', 'x\n', 'Shared');
      await until('a branch that can be published', () => row('shared', 'publishable'));

      await commands.executeCommand('mlopsFlow.flow.publish', await onBranch('shared'));
      assert.equal(git('rev-parse', 'origin/feature/shared'), git('rev-parse', 'feature/shared'));
      await until('a branch that is published', () => row('shared', 'published'));
      const errors = collectErrors();
      await commands.executeCommand('mlopsFlow.flow.finishByPullRequest', await onBranch('shared'));
      assert.match(errors[0]?.join() ?? '', /Clean Up/);

      there('fetch', '-q');
      there('merge', '-q', '--no-edit', '--no-ff', 'origin/feature/shared');
      there('push', '-q', 'origin', 'develop', ':refs/heads/feature/shared');
      git('fetch', '-q', '--prune');
      const gone = await until('a branch to clean up', () => row('shared', 'cleanable'));
      assert.match(gone.description ?? '', /gone from the remote/);
      await commands.executeCommand('mlopsFlow.flow.cleanUp', await onBranch('shared'));
      assert.equal(git('branch', '--list', 'feature/shared'), '');
      assert.equal(git('rev-parse', 'develop'), git('rev-parse', 'origin/develop'));

      there('push', '-q', 'origin', 'develop:refs/heads/feature/theirs');
      git('fetch', '-q');
      const remote = await until('a remote branch to track', () => row('origin/feature/theirs', 'trackable'));
      assert.ok(remote.target);
      await commands.executeCommand('mlopsFlow.flow.track', { target: remote.target });
      assert.equal(git('rev-parse', '--abbrev-ref', 'feature/theirs@{upstream}'), 'origin/feature/theirs');

      const asked = answerWarnings('Delete Here and on the Remote');
      await commands.executeCommand('mlopsFlow.flow.checkout', await onBranch('theirs'));
      answerInput(() => Promise.resolve('ours'));
      await commands.executeCommand('mlopsFlow.flow.rename', await onBranch('theirs'));
      await commands.executeCommand('mlopsFlow.flow.publish', await onBranch('ours'));
      await until('the new name on the remote', () => row('ours', 'published'));
      await commands.executeCommand('mlopsFlow.flow.delete', await onBranch('ours'));
      assert.deepEqual(asked, ['Delete feature/ours?']);
      assert.equal(git('ls-remote', 'origin', 'refs/heads/feature/ours'), '');
      assert.equal(git('branch', '--list', 'feature/ours'), '');
    } finally {
      git('checkout', '-q', '-f', 'develop');
      git('remote', 'remove', 'origin');
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });

  it('sets a plain repository up', async () => {
    const plain = join(root, 'plain');
    mkdirSync(plain);
    try {
      const there = (...args: string[]) =>
        execFileSync('git', [...identity, ...args], { cwd: plain, encoding: 'utf8' }).trim();
      there('init', '-q', '-b', 'main');
      there('commit', '-q', '--allow-empty', '-m', 'First');
      there('branch', 'wip');
      await commands.executeCommand('git.openRepository', plain);
      await until('a second repository in the view', async () =>
        (await view.tree.getChildren()).some(({ id }) => id === plain),
      );
      const target: Target = { what: 'repository', root: plain };
      const errors = collectErrors();
      await commands.executeCommand('mlopsFlow.flow.startFeature', { target });
      assert.ok(errors[0]?.includes('Choose Branching Model'), 'the way out is no button');
      const asked: string[] = [];
      const agree = (message: string, ...more: unknown[]) => {
        asked.push(message);
        return Promise.resolve(more.at(-1));
      };
      replaced.set(window, 'showInformationMessage', agree);
      answerPicks((items) => items[0]);
      await commands.executeCommand('mlopsFlow.flow.init', { target });
      assert.deepEqual(asked, ['There is no branch develop yet. Make it from main?']);
      assert.equal(there('config', 'gitflow.branch.master'), 'main');
      assert.equal(there('config', 'gitflow.branch.develop'), 'develop');
      assert.equal(there('rev-parse', 'develop'), there('rev-parse', 'main'));
    } finally {
      rmSync(plain, { recursive: true, force: true });
    }
    await until('the repository to go', async () => !(await rows()).some(({ id }) => id === plain));
  });
});
