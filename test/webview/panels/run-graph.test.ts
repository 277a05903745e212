import { expect, test, vi } from 'vitest';
import { runGraphPanel } from '../../../src/pipelines/panels/run-graph/contract';
import {
  failed,
  failedForData,
  failedInfo,
  largeGraph,
  penguinGraph,
  running,
  runningInfo,
  runningSteps,
  succeeded,
  succeededInfo,
  trainDetail,
  reviewDetail,
  trainLog,
  tuningDetail,
  waiting,
} from '../../fixtures/panels/run-graph';
import { all, find, openPanel, press, settle, textOf, type } from '../support';

const args = { connection: 'local', executionArn: runningInfo.executionArn };
const open = (saved?: Parameters<typeof openPanel>[3]) =>
  openPanel(runGraphPanel, () => import('../../../webview/panels/run-graph/index'), args, saved);
const step = (id: string): HTMLElement => find(`[data-id="${id}"]`);

test('the page says that it is ready, and what it waits for', async () => {
  const panel = await open();
  expect(panel.posted).toEqual([{ type: '$ready' }]);
  expect(textOf(document.body)).toContain('Loading the run');
  await panel.send({ type: 'empty', text: 'This run is gone.' });
  expect(textOf(document.body)).toContain('This run is gone.');
});

test('every step of the definition is there from the start, with its state in words', async () => {
  const panel = await open();
  await panel.send(...running);
  const labels = all('[role=option]').map((element) => element.getAttribute('aria-label'));
  expect(labels).toHaveLength(penguinGraph.nodes.length);
  expect(labels[0]).toMatch(/^Preprocess, Processing, Succeeded, 8.4 s$/);
  expect(labels[1]).toMatch(/^Train, Training, Executing, .*attempt 2$/);
  expect(labels[2]).toBe('Evaluate, Processing, Waiting');
  expect(find('[role=listbox]').getAttribute('aria-label')).toContain('6 steps');
});

test('the head tells pipeline, run, state, connection and commit', async () => {
  const panel = await open();
  await panel.send(...running);
  const head = textOf(find('header'));
  for (const part of [
    'penguins',
    'learning-rate-0.1',
    'Executing',
    'Local',
    'feature/learning-rate',
    '4f2a9c1e',
    'uncommitted changes',
  ]) {
    expect(head).toContain(part);
  }
});

test('only what can be done is offered', async () => {
  const panel = await open();
  await panel.send(...running);
  expect(all('vscode-button').map(textOf)).toEqual(['Open Metrics', 'Compare…', 'Run Again…', 'Stop']);
  find('vscode-button', 'Stop').click();
  find('vscode-button', 'Open Metrics').click();
  find('vscode-button', 'Run Again').click();
  expect(panel.posted.slice(1)).toEqual([{ type: 'stop' }, { type: 'openMetrics' }, { type: 'repeat', how: 'again' }]);
  await panel.send(...failed);
  expect(all('vscode-button').map(textOf)).toEqual(['Open Metrics', 'Compare…', 'Run Again…', 'Reproduce…', 'Retry']);
});

test('a step that changes is patched in place and spoken of', async () => {
  const panel = await open();
  await panel.send(...running);
  const train = step('Train');
  train.focus();
  await panel.send({
    type: 'steps',
    steps: [{ id: 'Train', status: 'Succeeded', startedAt: 1000, endedAt: 58_000 }],
  });
  expect(step('Train')).toBe(train);
  expect(document.activeElement).toBe(train);
  expect(train.getAttribute('aria-label')).toContain('Succeeded, 57 s');
  expect(textOf(find('[aria-live=polite].visually-hidden'))).toBe('Train: Succeeded after 57 s.');
});

test('the branch that was not taken stands back, the one taken stands out', async () => {
  const panel = await open();
  await panel.send(...succeeded);
  expect(step('AccuracyTooLow').classList.contains('dimmed')).toBe(true);
  expect(step('RegisterModel').classList.contains('dimmed')).toBe(false);
  const edges = all('.edge-branch').map((edge) => [textOf(edge), edge.classList.contains('edge-taken')]);
  expect(edges).toEqual([
    ['True', true],
    ['False', false],
  ]);
});

test('a click on a step asks for it and shows its input, output and facts', async () => {
  const panel = await open();
  await panel.send(...running);
  step('Train').dispatchEvent(new MouseEvent('click', { bubbles: true }));
  expect(panel.posted.at(-1)).toEqual({ type: 'select', step: 'Train' });
  expect(step('Train').getAttribute('aria-selected')).toBe('true');
  await panel.send(trainDetail);
  expect(textOf(find('[role=tabpanel]'))).toContain('validation:accuracy 0.9855');
  find('[role=tab]', 'Input').click();
  expect(textOf(find('[role=tabpanel]'))).toContain('learning-rate 0.1');
  find('[role=tabpanel] .link', 'Preprocess/train').click();
  expect(panel.posted.at(-1)).toMatchObject({ type: 'open', link: expect.stringContaining('/Preprocess/train') });
  find('button', 'Close').click();
  expect(panel.posted.at(-1)).toEqual({ type: 'select' });
  expect(textOf(find('aside'))).toContain('AccuracyThreshold 0.9 (default)');
});

test('the log is followed only while it is in view', async () => {
  const panel = await open();
  await panel.send(...running);
  step('Train').dispatchEvent(new MouseEvent('click', { bubbles: true }));
  await panel.send(trainDetail);
  expect(panel.posted.some((message) => message.type === 'follow')).toBe(false);
  find('[role=tab]', 'Logs').click();
  expect(panel.posted.at(-1)).toEqual({ type: 'follow', step: 'Train' });
  await panel.send(trainLog);
  expect(all('.log-line')).toHaveLength(60);
  type(find('[aria-label="Search the log"]'), 'epoch=6');
  expect(
    all('.log-line')
      .filter((line) => !line.hidden)
      .map((line) => line.querySelector('mark')?.textContent),
  ).toEqual(['epoch=6', 'epoch=6']);
  await panel.send({ type: 'logs', step: 'Evaluate', lines: [{ text: 'not asked for' }], state: 'live' });
  expect(all('.log-line')).toHaveLength(60);
  find('[role=tab]', 'Info').click();
  expect(panel.posted.at(-1)).toEqual({ type: 'follow' });
});

test('arrow keys follow the edges, Enter opens, Escape closes', async () => {
  const panel = await open();
  await panel.send(...running);
  step('Preprocess').focus();
  press(step('Preprocess'), 'ArrowDown');
  expect(document.activeElement).toBe(step('Train'));
  press(step('Train'), 'ArrowDown');
  press(step('Evaluate'), 'ArrowDown');
  expect(document.activeElement).toBe(step('CheckAccuracy'));
  press(step('CheckAccuracy'), 'ArrowUp');
  expect(document.activeElement).toBe(step('Evaluate'));
  expect(all('[role=option][tabindex="0"]')).toEqual([step('Evaluate')]);
  press(step('Evaluate'), 'Enter');
  expect(panel.posted.at(-1)).toEqual({ type: 'select', step: 'Evaluate' });
  expect(document.activeElement?.getAttribute('role')).toBe('tab');
  press(step('Evaluate'), 'Escape');
  expect(panel.posted.at(-1)).toEqual({ type: 'select' });
});

test('typing on the graph searches, Enter takes the step that was found', async () => {
  const panel = await open();
  await panel.send(...running);
  press(step('Preprocess'), 'r');
  const field = find('[aria-label="Find a step"]');
  expect(document.activeElement).toBe(field);
  type(field, 'register');
  expect(textOf(find('.graph-found'))).toBe('1 of 1');
  expect(step('Train').classList.contains('dimmed')).toBe(true);
  press(field, 'Enter');
  expect(panel.posted.at(-1)).toEqual({ type: 'select', step: 'RegisterModel' });
  expect(step('Train').classList.contains('dimmed')).toBe(false);
  expect(document.activeElement).toBe(step('RegisterModel'));
});

test('the same graph sent again keeps its elements and the selection; a new step lays it out anew', async () => {
  const panel = await open();
  await panel.send(...running);
  step('Train').dispatchEvent(new MouseEvent('click', { bubbles: true }));
  const before = step('Train');
  const place = before.style.transform;
  await panel.send({ type: 'run', info: succeededInfo, graph: structuredClone(penguinGraph), steps: runningSteps });
  expect(step('Train')).toBe(before);
  expect(before.style.transform).toBe(place);
  expect(before.getAttribute('aria-selected')).toBe('true');
  const grown = structuredClone(penguinGraph);
  grown.nodes.push({ id: 'Second', label: 'Second', type: 'Training', start: 0, end: 1 });
  grown.edges.push({ from: 'Preprocess', to: 'Second', kind: 'dependsOn' });
  await panel.send({ type: 'run', info: succeededInfo, graph: grown, steps: runningSteps });
  expect(step('Second')).toBeTruthy();
  expect(step('Train')).toBe(before);
  expect(before.getAttribute('aria-selected')).toBe('true');
});

test('zoom and selection come back with the page', async () => {
  const first = await open();
  await first.send(...running);
  step('Train').dispatchEvent(new MouseEvent('click', { bubbles: true }));
  find('[aria-label^="Zoom In"]').click();
  await settle(300);
  const world = find('.graph-svg > g').style.transform;
  const second = await open(first.saved());
  await second.send(...running);
  expect(step('Train').getAttribute('aria-selected')).toBe('true');
  expect(find('.graph-svg > g').style.transform).toBe(world);
  expect(second.posted).toContainEqual({ type: 'select', step: 'Train' });
});

test('a lost connection is told, what is known stays', async () => {
  const panel = await open();
  await panel.send(...failed);
  expect(textOf(find('[role=alert]'))).toContain('The control plane does not answer.');
  expect(all('[role=option]')).toHaveLength(6);
  find('[role=alert] button', 'Try Again').click();
  expect(panel.posted.at(-1)).toEqual({ type: 'refresh' });
});

test('a failure is told in the words of the service', async () => {
  const panel = await open();
  await panel.send(...failed);
  expect(textOf(find('.failure'))).toContain("ValueError: could not convert string to float: 'NA', exit code: 1");
});

test('for data that a step did not find, files of this machine are offered', async () => {
  const panel = await open();
  await panel.send(...failed);
  expect(all('.failure vscode-button')).toEqual([]);
  await panel.send(...failedForData);
  step('Train').dispatchEvent(new MouseEvent('click', { bubbles: true }));
  await panel.send(...failedForData);
  find('.failure vscode-button', 'Use Local Data…').click();
  expect(panel.posted.at(-1)).toEqual({ type: 'useLocalData', step: 'Train' });
});

test('of a traceback the exception comes first, and each frame leads to its line', async () => {
  const panel = await open();
  await panel.send(...failed);
  const failureReason =
    'AlgorithmError: exit code 1. Last lines of the log:\n  File "/opt/ml/code/a.py", line 3, in <module>\n    f()\n' +
    '  File "/opt/ml/code/b.py", line 7, in f\n    g()\nKeyError: 1';
  await panel.send({ type: 'info', info: { ...failedInfo, failureReason } });
  expect(textOf(find('.failure-headline'))).toBe('KeyError: 1');
  expect(all('.failure-frames li').map(textOf)).toEqual(['b.py:7 in f', 'a.py:3 in <module>']);
  find('.failure-frames button', 'a.py:3').click();
  expect(panel.posted.at(-1)).toEqual({ type: 'open', link: 'source:/opt/ml/code/a.py:3' });
});

test('the critical path is pointed out, in words too', async () => {
  const panel = await open();
  await panel.send(...succeeded);
  find('[aria-label^="Critical Path"]').click();
  const marked = all('.node.marked').map((element) => element.dataset['id']);
  expect(new Set(marked)).toEqual(new Set(['CheckAccuracy', 'Evaluate', 'Preprocess', 'RegisterModel', 'Train']));
  expect(all('.edge.edge-marked')).toHaveLength(4);
  expect(step('Evaluate').getAttribute('aria-label')).toContain('on the critical path');
  find('[aria-label^="Critical Path"]').click();
  expect(all('.node.marked')).toEqual([]);
});

test('the list says what the graph says', async () => {
  const panel = await open();
  await panel.send(...succeeded);
  find('[aria-label="Show as List"]').click();
  const rows = all('.steps tbody tr').map((row) => [...row.querySelectorAll('td')].map(textOf));
  expect(rows[3]).toEqual(['Accuracy high enough?', 'Condition', 'Succeeded, outcome True, 200 ms', 'Evaluate']);
  press(find('.steps tbody tr:nth-child(2)'), 'Enter');
  expect(panel.posted.at(-1)).toEqual({ type: 'select', step: 'Train' });
});

test('of a large graph only what is in view is in the document', async () => {
  const panel = await open();
  const graph = largeGraph(900);
  await panel.send({ type: 'run', info: runningInfo, graph, steps: [] });
  await vi.waitFor(() => expect(all('[role=option]').length).toBeGreaterThan(0), { timeout: 60_000 });
  for (let click = 0; click < 20; click += 1) find('[aria-label^="Zoom In"]').click();
  await settle(60);
  const drawn = all('[role=option]').length;
  expect(drawn).toBeGreaterThan(0);
  expect(drawn).toBeLessThan(120);
  expect(all('.edge').length).toBeLessThan(300);
}, 90_000);

test('context menus say what they are about: the step, or the run around it', async () => {
  const panel = await open();
  const info = { ...failedInfo, canRetry: true };
  const steps = [
    { id: 'Train', status: 'Failed' as const, startedAt: 1, menu: { arn: 'arn:job', job: true as const } },
    { id: 'Preprocess', status: 'Pending' as const },
  ];
  await panel.send({ type: 'run', info, graph: penguinGraph, steps });
  const about = (element: Element | null): Record<string, unknown> => {
    const near = element?.closest<HTMLElement>('[data-vscode-context]');
    if (!near) return {};
    return { ...about(near.parentElement), ...(JSON.parse(near.dataset['vscodeContext'] ?? '{}') as object) };
  };
  const ofRun = { connection: 'local', executionArn: info.executionArn, retryable: true };
  expect(about(step('Train'))).toMatchObject({
    ...ofRun,
    webviewSection: 'mlopsFlowStep',
    step: 'Train',
    arn: 'arn:job',
    job: true,
    failed: true,
  });
  expect(about(step('Preprocess'))).toMatchObject({ ...ofRun, step: 'Preprocess', failed: false });
  expect(about(step('Preprocess'))).not.toHaveProperty('arn');
  expect(about(find('header'))).toMatchObject({ ...ofRun, webviewSection: 'mlopsFlowRun' });
  await panel.send({ type: 'steps', steps: [{ id: 'Train', status: 'Executing', startedAt: 1 }] });
  expect(about(step('Train'))).toMatchObject({ failed: false });
  expect(about(step('Train'))).not.toHaveProperty('job');
});

test('a Callback step that waits says for what, and can be answered; one that has ended cannot', async () => {
  const panel = await open();
  await panel.send(...waiting);
  step('Review').dispatchEvent(new MouseEvent('click', { bubbles: true }));
  await panel.send(reviewDetail);
  const box = find('[aria-label=Callback]');
  expect(textOf(box)).toContain('000000000000/reviews');
  expect(textOf(box)).toContain('verdict (String), score (Float)');
  const [succeed, fail] = [...box.querySelectorAll<HTMLElement>('vscode-button')];
  succeed?.click();
  fail?.click();
  expect(panel.posted.filter(({ type: kind }) => kind === 'answer')).toEqual([
    { type: 'answer', step: 'Review', how: 'succeed' },
    { type: 'answer', step: 'Review', how: 'fail' },
  ]);
  await panel.send({ type: 'steps', steps: [{ id: 'Review', status: 'Succeeded' }] });
  expect(all('[aria-label=Callback]')).toEqual([]);
});

test('what a tuning job tried is a table, with the best marked and linked', async () => {
  const panel = await open();
  await panel.send(...succeeded);
  step('Train').dispatchEvent(new MouseEvent('click', { bubbles: true }));
  await panel.send(tuningDetail);
  find('#tab-output').click();
  const rows = all('.fact-table tbody tr').map((row) => textOf(row));
  expect(rows[0]).toBe('007-3f9a2c1d best 0.94120.216Completed2 min 4 s');
  expect(rows).toHaveLength(4);
  expect(all('.fact-table tr.best')).toHaveLength(1);
  expect(all('.fact-table thead th').map((head) => textOf(head))).toContain('validation:auc');
  expect(textOf(find('.tab-panel'))).toContain('the others are in the AWS console');
  find('.fact-table button.link').click();
  expect(panel.posted.at(-1)).toMatchObject({
    type: 'open',
    link: expect.stringContaining('/jobs/tune-007') as string,
  });
});
