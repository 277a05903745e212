import { expect, test } from 'vitest';
import { metricsPanel } from '../../../src/pipelines/panels/metrics/contract';
import { details, metrics, metricsRuns, penguinRuns } from '../../fixtures/panels/metrics';
import { all, change, find, openPanel, press, settle, textOf, type } from '../support';

/** The lines of the plot, by the number of their points. */
const lines = (): number[] =>
  all('.plot-card[data-kind=curves] .plot-drawing svg svg path').map(
    (path) => (path.getAttribute('d') ?? '').split('L').length,
  );

const open = (saved?: Parameters<typeof openPanel>[3]) =>
  openPanel(
    metricsPanel,
    () => import('../../../webview/panels/metrics/index'),
    { connection: 'local', pipeline: 'penguins' },
    saved,
  );
const rowNames = (): string[] => all('tr[data-run] td.name').map(textOf);
const head = (label: string): HTMLElement => find('thead button', label);
const cells = (label: string): string[] => {
  const index = all('thead tr:last-child th').findIndex((each) => textOf(each).startsWith(label));
  return all('tr[data-run]').map((row) => textOf(row.children[index] ?? null).replace(' best', ''));
};

test('the newest run stands first, the newest with metrics is plotted', async () => {
  const panel = await open();
  await panel.send(...metrics);
  expect(rowNames()[0]).toBe('penguins-1000');
  expect(panel.posted.slice(1)).toEqual([{ type: 'need', runs: [penguinRuns[1]?.id] }]);
  expect(textOf(find('header'))).toContain('24 runs on Local');
  expect(lines()).toEqual([60]);
  expect(textOf(find('.values'))).toContain('learning-rate-0.05');
});

test('a head sorts, missing values last both ways; the host keeps the order', async () => {
  const panel = await open();
  await panel.send(...metrics);
  head('train:loss').click();
  const up = cells('train:loss');
  const losses = penguinRuns.flatMap((run) => run.metrics['train:loss'] ?? []).sort((a, b) => a - b);
  expect(up.slice(0, losses.length)).toEqual(losses.map((loss) => loss.toFixed(3)).slice(0, up.length));
  expect(up.at(-1)).toBe('–');
  expect(panel.posted.at(-1)).toEqual({
    type: 'layout',
    layout: { hidden: [], sort: [{ column: 'metric:train:loss', descending: false }] },
  });
  head('train:loss').click();
  const down = cells('train:loss');
  expect(Number(down[0])).toBeGreaterThan(Number(down[1]));
  expect(down.at(-1)).toBe('–');
  expect(find('thead th.number', 'train:loss').getAttribute('aria-sort')).toBe('descending');
  head('accuracy').dispatchEvent(new MouseEvent('click', { bubbles: true, shiftKey: true }));
  expect(panel.posted.at(-1)).toMatchObject({
    layout: { sort: [{ column: 'metric:train:loss' }, { column: 'metric:accuracy', descending: true }] },
  });
});

test('the best of each metric is marked, in words too', async () => {
  const panel = await open();
  await panel.send(...metrics);
  const best = all('td.best').map(textOf);
  expect(best).toHaveLength(3);
  expect(best).toContain('0.986 best');
});

test('rows are chosen and opened by keyboard', async () => {
  const panel = await open();
  await panel.send(...metrics);
  const first = find('tr[data-run][tabindex="0"]');
  first.focus();
  press(first, 'ArrowDown');
  press(find('tr[data-run][tabindex="0"]'), 'ArrowDown');
  const third = find('tr[data-run][tabindex="0"]');
  expect(third.dataset['run']).toBe(penguinRuns[2]?.id);
  expect(document.activeElement).toBe(third);
  press(third, ' ');
  expect(third.getAttribute('aria-selected')).toBe('true');
  expect(panel.posted.at(-1)).toEqual({ type: 'need', runs: [penguinRuns[1]?.id, penguinRuns[2]?.id] });
  press(third, 'Enter');
  expect(panel.posted.at(-1)).toEqual({ type: 'openRun', run: penguinRuns[2]?.id });
});

test('the plot has a table of its values, the matrix is one', async () => {
  const panel = await open();
  await panel.send(...metrics);
  expect(textOf(find('.values'))).toContain('Run last min max learning-rate-0.05');
  expect(textOf(find('.confusion'))).toContain('Accuracy 97.1 %.');
  expect(all('.confusion tbody tr').map(textOf)[0]).toBe('Adelie 30 96.8 % 1 3.2 % 0 0 %');
  change(find('#plot-0-metric'), { value: 'validation:loss' });
  await panel.send();
  expect(textOf(find('.plot-card h2'))).toBe('validation:loss over epoch');
  expect(textOf(find('.values'))).toContain('0.98764');
  expect(panel.posted.at(-1)).toMatchObject({
    type: 'layout',
    layout: { plots: [{ kind: 'curves', y: 'validation:loss' }, { kind: 'confusion' }] },
  });
});

test('what is missing says why', async () => {
  const panel = await open();
  await panel.send({ type: 'runs', pipeline: 'penguins', connection: 'Local', runs: penguinRuns });
  expect(textOf(find('.plots'))).toContain('Reading the series');
  await panel.send({ type: 'detail', run: penguinRuns[1]?.id ?? '', series: [], note: 'The log of Train is gone.' });
  expect(textOf(find('.plots'))).toContain('The log of Train is gone.');
});

test('a pipeline that never ran says so and offers to run', async () => {
  const panel = await open();
  await panel.send({ type: 'runs', pipeline: 'penguins', connection: 'Local', runs: [] });
  expect(textOf(find('.empty'))).toContain('penguins has not run on Local yet.');
  find('vscode-button', 'Run Pipeline').click();
  expect(panel.posted.at(-1)).toEqual({ type: 'startRun' });
});

test('the filter is seen, is kept, and can be cleared', async () => {
  const first = await open();
  await first.send(...metrics);
  type(find('[type=search]'), 'accuracy>0.98');
  const shown = rowNames();
  expect(textOf(find('header'))).toContain(`${shown.length} of 24 runs`);
  const second = await open(first.saved());
  await second.send(...metrics);
  expect(rowNames()).toEqual(shown);
  type(find('[type=search]'), 'no such run');
  find('.empty button', 'Clear Filter').click();
  expect(textOf(find('header'))).toContain('24 runs on Local');
});

test('hidden columns stay hidden, and out of the export', async () => {
  const panel = await open();
  await panel.send(...metrics);
  find('button', 'Columns').click();
  change(find('.menu-list label', 'Branch').querySelector('input') ?? document.body, { checked: false });
  expect(panel.posted.at(-1)).toMatchObject({ type: 'layout', layout: { hidden: ['branch'] } });
  expect(all('thead button').some((each) => textOf(each) === 'Branch')).toBe(false);
  find('button', 'CSV').click();
  const message = panel.posted.at(-1);
  if (message?.type !== 'export') throw new Error('Nothing was exported.');
  expect(message.name).toBe('penguins-metrics.csv');
  expect(message.text.split('\r\n')).toHaveLength(26);
  expect(message.text).not.toContain('Branch');
});

test('columns that say the same of every run are not shown until they are asked for', async () => {
  const panel = await open();
  const runs = penguinRuns.map((run) => ({ ...run, parameters: { ...run.parameters, Seed: '7' } }));
  await panel.send({ type: 'runs', pipeline: 'penguins', connection: 'Local', runs });
  const heads = () => all('thead button').map((each) => textOf(each));
  expect(heads()).toContain('Epochs');
  expect(heads()).not.toContain('Seed');
  find('button', 'Columns').click();
  change(find('.menu-list label', 'Only What Differs').querySelector('input') ?? document.body, { checked: false });
  expect(panel.posted.at(-1)).toMatchObject({ type: 'layout', layout: { everything: true } });
  expect(heads()).toContain('Seed');
  find('button', 'Put Seed first').click();
  expect(heads().slice(0, 2)).toEqual(['Run', 'Seed']);
});

test('runs are grouped, with the means of their metrics, and groups are folded by keys', async () => {
  const panel = await open();
  await panel.send({ type: 'runs', pipeline: 'penguins', connection: 'Local', runs: penguinRuns });
  change(find('#group'), { value: 'branch' });
  const groups = () => all('tr[data-group]').map((row) => row.dataset['group']);
  expect(panel.posted.at(-1)).toMatchObject({ type: 'layout', layout: { group: 'branch' } });
  expect(groups()).toEqual(['feature/learning-rate', 'develop']);
  expect(textOf(find('tr[data-group="develop"]'))).toMatch(/Branch develop 16 runs · accuracy 0\.\d+ ± 0\.\d+/);
  const before = all('tr[data-run]').length;
  press(find('tr[data-group="feature/learning-rate"]'), 'ArrowLeft');
  expect(all('tr[data-run]').length).toBeLessThan(before);
  expect(find('tr[data-group="feature/learning-rate"]').getAttribute('aria-expanded')).toBe('false');
});

test('stars, notes, tags and archiving are asked of the host; archived runs are away, starred ones first', async () => {
  const panel = await open();
  await panel.send(...metrics);
  const [first, second, third] = penguinRuns.map(({ id }) => id);
  if (!first || !second || !third) throw new Error('The fixture has no runs.');
  for (const key of ['s', 'n', 't', 'a']) press(find(`tr[data-run="${second}"]`), key);
  expect(panel.posted.slice(-4).map((message) => message.type === 'mark' && message.what)).toEqual([
    'star',
    'note',
    'tags',
    'archived',
  ]);
  await panel.send({ type: 'marks', marks: { [first]: { archived: true }, [third]: { star: true, tags: ['best'] } } });
  expect(all('tr[data-run]').some((row) => row.dataset['run'] === first)).toBe(false);
  expect(textOf(find(`tr[data-run="${third}"]`))).toContain('best');
  type(find('[type=search]'), 'tags~best');
  expect(all('tr[data-run]').map((row) => row.dataset['run'])).toEqual([third]);
});

test('a view brings filter, order, columns and groups; the heads are one stop of Tab', async () => {
  const panel = await open();
  await panel.send(...metrics);
  await panel.send({
    type: 'views',
    views: [{ name: 'Good', filter: 'accuracy>0.98', layout: { hidden: ['commit'], sort: [], group: 'branch' } }],
  });
  find('button', 'Views').click();
  find('#views button', 'Save This View').click();
  expect(panel.posted.at(-1)).toMatchObject({ type: 'saveView', filter: '' });
  find('#views button', 'Good').click();
  expect(all('tr[data-group]').length).toBeGreaterThan(0);
  expect(textOf(find('header'))).toMatch(/\d+ of 24 runs/);
  expect(all('thead button[tabindex="0"]')).toHaveLength(1);
  const head = find('thead button[tabindex="0"]');
  head.focus();
  press(head, 'ArrowRight');
  expect(document.activeElement).not.toBe(head);
  expect(all('thead button[tabindex="0"]')).toEqual([document.activeElement]);
});

test('of many runs those that come into view are asked for', async () => {
  const panel = await open();
  const runs = metricsRuns(1000).map((run, index) => (index < 300 ? run : { ...run, parameters: {}, metrics: {} }));
  await panel.send({ type: 'runs', pipeline: 'penguins', connection: 'Local', runs });
  press(find('tr[data-run][tabindex="0"]'), 'End');
  await settle();
  const asked = panel.posted.flatMap((message) => (message.type === 'look' ? message.runs : []));
  expect(asked).toContain(runs.at(-1)?.id);
  expect(new Set(asked).size).toBe(asked.length);
});

test('a run that changes keeps its place and its row, a new one comes in', async () => {
  const panel = await open();
  await panel.send(...metrics);
  const [first] = penguinRuns;
  if (!first) throw new Error('The fixture has no runs.');
  const row = find(`tr[data-run="${first.id}"]`);
  await panel.send({ type: 'patch', runs: [{ ...first, status: 'Succeeded', metrics: { accuracy: 0.999 } }] });
  expect(find(`tr[data-run="${first.id}"]`)).toBe(row);
  expect(textOf(row)).toContain('0.999 best');
  const second = find('tr[data-run][tabindex="0"]');
  press(second, 'ArrowDown');
  const focused = document.activeElement?.getAttribute('data-run');
  expect(focused).toBe(penguinRuns[1]?.id);
  await panel.send({
    type: 'patch',
    runs: [{ ...first, id: 'new', name: 'brand-new', startedAt: Date.UTC(2026, 10, 23) }],
  });
  expect(rowNames()[0]).toBe('brand-new');
  // Each row is drawn with the elements of the one before it: the focus goes with its run.
  expect(document.activeElement?.getAttribute('data-run')).toBe(focused);
});

test('of thousands of runs only those in view are in the document', async () => {
  const panel = await open();
  await panel.send({ type: 'runs', pipeline: 'penguins', connection: 'Local', runs: metricsRuns(5000) });
  expect(all('tr[data-run]').length).toBeLessThan(60);
  expect(find('table.runs').getAttribute('aria-rowcount')).toBe('5002');
  press(find('tr[data-run][tabindex="0"]'), 'End');
  expect(find('tr[data-run][tabindex="0"]').getAttribute('aria-rowindex')).toBe('5002');
});

test('details that come late are drawn when they come', async () => {
  const panel = await open();
  await panel.send({ type: 'runs', pipeline: 'penguins', connection: 'Local', runs: penguinRuns });
  expect(lines()).toEqual([]);
  const [late] = details;
  if (late) await panel.send(late);
  expect(lines()).toEqual([60]);
});

test('columns are widened, moved and pinned, by keys too; the host keeps how', async () => {
  const panel = await open();
  await panel.send(...metrics);
  const labels = (): string[] =>
    all('thead tr:last-child th[data-column]').map(({ dataset }) => dataset['column'] ?? '');
  const kept = () => {
    const last = panel.posted.findLast((message) => message.type === 'layout');
    return last?.type === 'layout' ? last.layout : undefined;
  };
  const before = labels();
  press(head('Duration'), 'ArrowRight', { altKey: true });
  expect(labels().indexOf('duration')).toBe(before.indexOf('duration') + 1);
  expect(document.activeElement).toBe(head('Duration'));
  expect(head('Duration').tabIndex).toBe(0);
  press(head('Duration'), 'ArrowLeft', { altKey: true });
  expect(labels()).toEqual(before);

  const width = (): number =>
    Number.parseInt(all('colgroup col')[1 + labels().indexOf('duration')]?.style.width ?? '', 10);
  const own = width();
  press(head('Duration'), 'ArrowRight', { shiftKey: true });
  expect(width()).toBe(own + 16);
  expect(kept()?.widths).toEqual({ duration: own + 16 });
  const edge = find('th[data-column="duration"] .resizer');
  edge.setPointerCapture = () => undefined;
  edge.dispatchEvent(new PointerEvent('pointerdown', { clientX: 200, pointerId: 1 }));
  edge.dispatchEvent(new PointerEvent('pointermove', { clientX: 20, pointerId: 1 }));
  expect(width()).toBe(48);
  edge.dispatchEvent(new PointerEvent('pointerup', { clientX: 20, pointerId: 1 }));
  edge.dispatchEvent(new PointerEvent('pointermove', { clientX: 300, pointerId: 1 }));
  expect(width()).toBe(48);
  edge.dispatchEvent(new MouseEvent('dblclick'));
  expect(width()).toBe(own);
  expect(kept()?.widths).toEqual({});

  find('button', 'Columns').click();
  find('[aria-label="Pin accuracy"]').click();
  expect(labels().slice(0, 2)).toEqual(['name', 'metric:accuracy']);
  expect(find('th[data-column="metric:accuracy"]').className).toContain('pinned');
  expect(all('td.pinned')).toHaveLength(all('tr[data-run]').length);
  expect(kept()?.pinned).toEqual(['metric:accuracy']);
  find('[aria-label="Pin accuracy"]').click();
  expect(labels()).toEqual(before);
});
