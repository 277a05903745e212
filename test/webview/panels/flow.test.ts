import { expect, test } from 'vitest';
import { flowPanel, type FlowDialog } from '../../../src/gitflow/vscode/panels/flow/contract';
import { conflicted, finished, finishRelease } from '../../fixtures/panels/flow';
import { all, change, find, openPanel, press, settle, textOf, type } from '../support';

const args = { repository: 'file:///penguins', action: 'finish', kind: 'release', name: '1.2.0', connection: 'local' };
const open = (saved?: Parameters<typeof openPanel>[3]) =>
  openPanel(flowPanel, () => import('../../../webview/panels/flow/index'), args, saved);
const passed: FlowDialog = {
  ...finishRelease,
  gates: finishRelease.gates.map((gate) => ({ ...gate, state: 'ok' })),
};
const submit = (): HTMLElement => find('footer vscode-button', 'Finish Release');

test('shows options, gates with evidence, and the plan with its commands', async () => {
  const panel = await open();
  await panel.send({ type: 'dialog', dialog: finishRelease });
  expect(textOf(find('h1'))).toBe('Finish Release 1.2.0');
  expect(all('[role=group] > h2').map(textOf)).toEqual(['Merge', 'Tag']);
  expect(all('.plan code').map(textOf)).toContain("git tag -a -m 'Release 1.2.0' 1.2.0");
  expect(textOf(find('.checks', 'Gates'))).toContain('does not hold. penguins, version 1 is pending approval.');
  expect(textOf(find('summary'))).toBe('2 preconditions hold');
});

test('each choice goes to the host, what cannot be chosen says why', async () => {
  const panel = await open();
  await panel.send({ type: 'dialog', dialog: finishRelease });
  change(find('#option-keep'), { checked: true });
  expect(panel.posted.at(-1)).toEqual({ type: 'change', id: 'keep', value: true });
  const squash = find('.flow-choice label', 'one squashed commit').querySelector('input');
  if (squash) change(squash, { checked: true });
  expect(panel.posted.at(-1)).toEqual({ type: 'change', id: 'strategy', value: 'squash' });
  type(find('#option-message'), 'Release 1.2.0, at last');
  expect(panel.posted.at(-1)).toEqual({ type: 'change', id: 'message', value: 'Release 1.2.0, at last' });
  expect(find('.flow-choice label', 'a pull request').querySelector('input')?.disabled).toBe(true);
  expect(textOf(find('.flow-choice label', 'a pull request'))).toContain('The repository has no remote.');
});

test('an answer of the host never takes back what is being typed', async () => {
  const panel = await open();
  await panel.send({ type: 'dialog', dialog: finishRelease });
  const message = find('#option-message') as HTMLElement & { value: string };
  message.tabIndex = 0;
  message.focus();
  type(message, 'Release 1.2.0, and mo');
  await panel.send({ type: 'dialog', dialog: finishRelease });
  expect(message.value).toBe('Release 1.2.0, and mo');
});

test('with all gates passed it begins on Enter, without a reason', async () => {
  const panel = await open();
  await panel.send({ type: 'dialog', dialog: passed });
  expect(submit().hasAttribute('disabled')).toBe(false);
  press(find('#option-keep'), 'Enter');
  expect(panel.posted.at(-1)).toEqual({ type: 'submit' });
});

test('a gate that is not passed asks for a reason, which is sent and not lost', async () => {
  const panel = await open();
  await panel.send({ type: 'dialog', dialog: finishRelease });
  submit().click();
  expect(panel.posted.some((message) => message.type === 'submit')).toBe(false);
  expect(textOf(find('footer [role=status]'))).toContain('Not all gates have passed.');
  type(find('#reason'), ' approved by mail ');
  const again = await open(panel.saved());
  await again.send({ type: 'dialog', dialog: finishRelease });
  submit().click();
  expect(again.posted.at(-1)).toEqual({ type: 'submit', reason: 'approved by mail' });
});

test('a precondition that fails stops it and says how to go on', async () => {
  const panel = await open();
  const dirty: FlowDialog = {
    ...passed,
    preconditions: [
      {
        id: 'clean',
        label: 'Clean work tree',
        state: 'failed',
        text: 'Commit or stash 2 files.',
        actions: [{ id: 'stash', label: 'Stash' }],
      },
    ],
  };
  await panel.send({ type: 'dialog', dialog: dirty });
  expect(submit().hasAttribute('disabled')).toBe(true);
  expect(textOf(find('footer [role=status]'))).toBe('Clean work tree: Commit or stash 2 files.');
  find('.checks button', 'Stash').click();
  expect(panel.posted.at(-1)).toEqual({ type: 'act', check: 'clean', action: 'stash' });
});

test('nothing can be sent while the plan is computed anew', async () => {
  const panel = await open();
  await panel.send({ type: 'dialog', dialog: passed }, { type: 'busy', busy: true });
  submit().click();
  expect(panel.posted.some((message) => message.type === 'submit')).toBe(false);
});

test('a conflict names its files; Resume waits for them, Undo and Leave do not', async () => {
  const panel = await open();
  await panel.send({ type: 'dialog', dialog: conflicted });
  await settle(40);
  expect(textOf(document.activeElement)).toBe('pipelines/penguins.pipeline.json');
  find('.flow-files button', 'penguins.pipeline.json').click();
  expect(panel.posted.at(-1)).toEqual({ type: 'openFile', path: 'pipelines/penguins.pipeline.json' });
  expect(find('footer vscode-button', 'Resume').hasAttribute('disabled')).toBe(true);
  find('footer vscode-button', 'Undo').click();
  expect(panel.posted.at(-1)).toEqual({ type: 'proceed', how: 'undo' });
  const resolved = { ...conflicted, conflicts: conflicted.conflicts?.map((file) => ({ ...file, resolved: true })) };
  await panel.send({ type: 'dialog', dialog: resolved });
  find('footer vscode-button', 'Resume').click();
  expect(panel.posted.at(-1)).toEqual({ type: 'proceed', how: 'resume' });
  expect(all('.plan li').map((each) => textOf(each.querySelector('.visually-hidden')))).toEqual([
    'done:',
    'done:',
    'conflict:',
    'to do:',
  ]);
});

test('a plan that runs shows how far it is, and can be paused', async () => {
  const panel = await open();
  const steps = passed.plan.map((each, index) => ({ ...each, progress: index === 0 ? 'running' : 'pending' }) as const);
  await panel.send({ type: 'dialog', dialog: { ...passed, phase: 'running', plan: steps } });
  expect(textOf(find('[aria-current=step]'))).toContain('running: Merge release/1.2.0 into main');
  expect(all('#option-keep')).toEqual([]);
  find('footer vscode-button', 'Pause').click();
  expect(panel.posted.at(-1)).toEqual({ type: 'cancel' });
});

test('when all is done it says so and closes', async () => {
  const panel = await open();
  await panel.send({ type: 'dialog', dialog: finished });
  expect(textOf(find('[role=status]'))).toBe('Release 1.2.0 is on main and develop, and tagged.');
  find('footer vscode-button', 'Close').click();
  expect(panel.posted.at(-1)).toEqual({ type: 'cancel' });
});
