import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commands, type InputBoxOptions, languages, Range, Uri, window, workspace } from 'vscode';
import type { Target } from '../../src/gitflow/vscode/rows';
import { hasGitServer, startGitServer } from '../fixtures/gitflow/git-server';
import { ShownBranches } from './shared/branches';
import { extension } from './shared/extension';
import { Replacements } from './shared/replace';
import { until } from './shared/until';

describe('Gitflow in several places', () => {
  const root = workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  const replaced = new Replacements();
  let view: ShownBranches;
  let elsewhere: string;

  const branch = async (label: string, context = 'branch'): Promise<{ target: Target }> => {
    const { target } = await until(`the row of ${label}`, () => view.row(label, context));
    assert.ok(target);
    return { target };
  };

  before(async () => {
    await extension().activate();
    view = new ShownBranches();
    elsewhere = realpathSync(mkdtempSync(join(tmpdir(), 'mlops-flow-places-')));
  });

  afterEach(() => replaced.restore());

  after(() => {
    view.dispose();
    rmSync(elsewhere, { recursive: true, force: true });
  });

  it('tells an environment that is not there at its place in .mlops/config.json, as long as it is named', async () => {
    const uri = Uri.file(join(root, '.mlops/config.json'));
    const editor = await window.showTextDocument(uri);
    const whole = (): Range => editor.document.validateRange(new Range(0, 0, editor.document.lineCount, 0));
    const before = editor.document.getText();
    const told = () => languages.getDiagnostics(uri).filter(({ source }) => source === 'MLOps Flow');
    const text = JSON.stringify({ environments: { production: {} }, branches: { develop: 'prodution' } });
    await editor.edit((edit) => edit.replace(whole(), text));
    const [problem] = await until('the problem', () => (told().length > 0 ? told() : undefined));
    assert.match(
      problem?.message ?? '',
      /names the environment 'prodution', which is not there\. Did you mean 'production'\?/,
    );
    assert.equal(editor.document.getText(problem?.range), '"prodution"');
    await editor.edit((edit) => edit.replace(whole(), text.replace('prodution', 'production')));
    await until('the problem to go', () => told().length === 0);
    await editor.edit((edit) => edit.replace(whole(), before));
    await editor.document.save();
    await commands.executeCommand('workbench.action.closeActiveEditor');
    assert.equal(git('status', '--porcelain', '--', '.mlops'), '');
  });

  it('tells two repositories of one name apart', async () => {
    const places = ['one', 'two'].map((place) => join(root, place, 'models'));
    try {
      for (const place of places) {
        mkdirSync(place, { recursive: true });
        execFileSync('git', ['init', '-q', place]);
        await commands.executeCommand('git.openRepository', place);
      }
      const both = async () => (await view.tree.getChildren()).filter(({ label }) => label === 'models');
      await until('both repositories', async () => (await both()).length === 2);
      const told = (await both()).map(({ description }) => description);
      assert.deepEqual(new Set(told), new Set([join(root, 'one'), join(root, 'two')]));
    } finally {
      for (const place of ['one', 'two']) rmSync(join(root, place), { recursive: true, force: true });
    }
    await until('them to go', async () => !(await view.tree.getChildren()).some(({ label }) => label === 'models'));
  });

  it('marks a branch that another work tree has checked out, as long as it has', async () => {
    git('branch', 'feature/away', 'develop');
    await until('a branch to check out', () => view.row('away', 'checkoutable'));
    git('worktree', 'add', '-q', join(elsewhere, 'tree'), 'feature/away');
    await until('the mark', async () => (await view.row('away'))?.description?.includes('in another work tree'));
    assert.doesNotMatch((await view.row('away'))?.context ?? '', /checkoutable|deletable|updatable/);
    git('worktree', 'remove', '--force', join(elsewhere, 'tree'));
    await until('the mark to go', () => view.row('away', 'checkoutable'));
    git('branch', '-q', '-D', 'feature/away');
  });

  it('signs in to a remote with what the user types, once an action, and ends at once on Esc', async function () {
    if (!hasGitServer) this.skip();
    const server = await startGitServer(elsewhere, 'ada', 'secret');
    const head = git('symbolic-ref', '--short', 'HEAD');
    const asked: InputBoxOptions[] = [];
    let answers: (string | undefined)[] = [];
    const box = (options?: InputBoxOptions) => {
      asked.push(options ?? {});
      return Promise.resolve(answers.shift());
    };
    try {
      execFileSync('git', ['init', '-q', '--bare', join(elsewhere, 'shared.git')]);
      execFileSync('git', ['config', 'http.receivepack', 'true'], { cwd: join(elsewhere, 'shared.git') });
      git('remote', 'add', 'origin', `${server.url}/shared.git`);
      git('checkout', '-q', '-b', 'feature/signed', 'develop');
      const signed = await branch('signed', 'publishable');
      replaced.set(window, 'showInputBox', box);
      const errors: unknown[][] = [];
      replaced.set(window, 'showErrorMessage', (...all: unknown[]) => {
        errors.push(all);
        return Promise.resolve(undefined);
      });

      await commands.executeCommand('mlopsFlow.flow.publish', signed);
      assert.match(errors[0]?.join() ?? '', /'origin' asks for a sign-in and got none/);
      assert.equal(asked.length, 1);

      answers = ['ada', 'secret'];
      await commands.executeCommand('mlopsFlow.flow.publish', signed);
      assert.deepEqual(errors.slice(1), []);
      assert.deepEqual(
        asked.slice(1).map(({ prompt, password }) => [prompt, password]),
        [
          ['User name', false],
          ['Password or access token of ada', true],
        ],
      );
      assert.equal(git('rev-parse', 'origin/feature/signed'), git('rev-parse', 'feature/signed'));
    } finally {
      server.close();
      git('checkout', '-q', head);
      git('remote', 'remove', 'origin');
      git('branch', '-q', '-D', 'feature/signed');
    }
  });
});
