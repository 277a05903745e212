import { expect, test } from 'vitest';
import { metricsPanel, type MetricsToPanel, type PlotSpec } from '../../../src/pipelines/panels/metrics/contract';
import { drawParallel } from '../../../webview/kit/plot/parallel';
import { extentOf, scaleOf } from '../../../webview/kit/plot/scale';
import { smoothed } from '../../../webview/kit/plot/smoothing';
import { drawXy } from '../../../webview/kit/plot/xy';
import { columnsOf } from '../../../webview/panels/metrics/columns';
import { barsPlot, meanOf } from '../../../webview/panels/metrics/plots/bars-plot';
import { areaBelow } from '../../../webview/panels/metrics/plots/curves';
import { csvOfTable, fileName } from '../../../webview/panels/metrics/plots/files';
import { plotKinds, plotOf } from '../../../webview/panels/metrics/plots/kinds';
import type { Look, PlotData } from '../../../webview/panels/metrics/plots/plot';
import { plotted, penguinRuns } from '../../fixtures/panels/metrics';
import { all, change, find, openPanel, press, textOf } from '../support';

const size = { width: 600, height: 240 };
const layout = { hidden: [], sort: [], plots: [{ kind: 'pictures' as const }] };
const asIs = (css: string): string => css;

/** What the page would plot of the fixture's runs, two of which are selected. */
function dataOf(): PlotData {
  const runs = plotted.flatMap((message) => (message.type === 'runs' ? message.runs : []));
  const details = new Map(plotted.flatMap((message) => (message.type === 'detail' ? [[message.run, message]] : [])));
  const selected = [1, 2].flatMap((index, slot) => {
    const run = runs[index];
    return run ? [{ run, slot, detail: details.get(run.id) }] : [];
  });
  return { selected, rows: runs, columns: columnsOf(runs), now: 0 };
}

const plot = (spec: PlotSpec) => plotOf(spec, dataOf(), undefined);

test('axes: logarithmic ones have no place for zero, values that are the same have room around them', () => {
  expect(extentOf([3, 1, Number.NaN, 2])).toEqual([1, 3]);
  expect(extentOf([])).toEqual([0, 1]);
  expect(extentOf([4, 4])).toEqual([2, 6]);
  expect(extentOf([0, -1, 10], true)).toEqual([5, 20]);
  const log = scaleOf({ label: '', log: true }, [0.001, 1000], [0, 600]);
  expect(log.at(0)).toBeUndefined();
  expect(log.at(1)).toBeCloseTo(300);
  expect(log.valueAt(300)).toBeCloseTo(1);
  expect(log.marks.map(({ text }) => text)).toEqual(['0.001', '0.01', '0.1', '1', '10', '100', '1000']);
  const epochs = scaleOf({ label: '', whole: true }, [1, 3], [0, 1000]);
  expect(epochs.marks.map(({ text }) => text)).toEqual(['1', '2', '3']);
});

test('smoothing leaves a constant as it is, and does not lean to the start', () => {
  expect(smoothed([5, 5, 5], 0.9)).toEqual([5, 5, 5]);
  expect(smoothed([1, 3], 0.5)[1]).toBeCloseTo(7 / 3);
  expect(smoothed([1, 2, 3], 0)).toEqual([1, 2, 3]);
  expect(smoothed([1, Number.NaN, 1], 0.5)).toEqual([1, Number.NaN, 1]);
});

test('a line of a hundred thousand points is drawn with a few for each column of pixels, its extremes among them', () => {
  const x = Array.from({ length: 100_000 }, (_, index) => index);
  const y = x.map((index) => (index === 77_777 ? 100 : Math.sin(index)));
  const line = { name: 'a', colour: 'red', dash: [], x, y };
  const { content, y: scale } = drawXy({ x: { label: '' }, y: { label: '' }, lines: [line], points: [] }, size, asIs);
  const [, d = ''] = /<path d="(M[^"]+L[^"]+)"/.exec(content) ?? [];
  expect(d.split('L').length).toBeLessThan(4 * size.width + 1);
  expect(d).toContain(` ${Math.round((scale.at(100) ?? 0) * 10) / 10}L`);
});

test.each(plotKinds.map(({ kind }) => kind).filter((kind) => kind !== 'pictures'))(
  '%s: drawn, as a table, and as Vega-Lite with its data',
  (kind) => {
    const { table, vega, draw, picture, empty, title } = plot({ kind });
    expect(empty).toBeUndefined();
    expect(title).not.toBe('');
    expect(table.rows.length).toBeGreaterThan(1);
    for (const row of table.rows) expect(row).toHaveLength(table.columns.length);
    expect(vega).toMatchObject({ $schema: expect.stringContaining('vega-lite/v5') as string });
    expect((vega as { data: { values: object[] } }).data.values.length).toBeGreaterThan(1);
    if (kind !== 'confusion') expect(draw?.(size, {}, asIs).drawing.content).toContain('<path');
    // In a file, every count stands in its square.
    else expect(picture?.(size, asIs).content.match(/<rect/g)).toHaveLength(table.rows.length ** 2);
  },
);

test.each(plotKinds.map(({ kind }) => kind))('%s says why it is empty', (kind) => {
  expect(plotOf({ kind }, { selected: [], rows: [], columns: columnsOf([]), now: 0 }, undefined).empty).toMatch(/\.$/);
});

test('bars: the mean and the deviation of what differs in nothing but its seed', () => {
  const [first] = penguinRuns;
  if (!first) throw new Error('There are no runs.');
  const runs = [0.8, 0.9, 0.7].map((accuracy, index) => ({
    ...first,
    id: String(index),
    parameters: { Rate: index < 2 ? '0.1' : '0.2', Seed: String(index) },
    metrics: { accuracy },
  }));
  const { table } = barsPlot({ kind: 'bars' }, { selected: [], rows: runs, columns: columnsOf(runs), now: 0 });
  expect(table.rows).toEqual([
    ['0.1', 2, expect.closeTo(0.85, 9), expect.closeTo(Math.sqrt(0.005), 9)],
    ['0.2', 1, 0.7, undefined],
  ]);
  expect(meanOf([2])).toEqual({ mean: 2 });
});

test('the area below a curve: half a square for chance, all of it for the best', () => {
  expect(areaBelow({ x: [0, 1], y: [0, 1] })).toBe(0.5);
  expect(areaBelow({ x: [0, 0, 1], y: [0, 1, 1] })).toBe(1);
  expect(plot({ kind: 'roc' }).table.columns).toEqual(['false positive rate', 'learning-rate-0.05', 'penguins-998']);
});

test('curves: keys move the cursor over the steps and zoom about it; what is said follows', () => {
  const { draw } = plot({ kind: 'curves' });
  let look: Look = {};
  const hit = (key: string, shift = false) => {
    look = { ...look, ...draw?.(size, look, asIs).key?.(key, shift) };
    return draw?.(size, look, asIs);
  };
  expect(hit('ArrowRight')?.readout).toMatch(/^epoch 1: learning-rate-0.05 1.0399, penguins-998 1.0622$/);
  hit('ArrowRight');
  hit('+');
  expect(look.view?.[1]).toBeLessThan(60);
  const [low = 0] = look.view ?? [];
  hit('ArrowRight', true);
  expect(look.view?.[0]).toBeGreaterThan(low);
  hit('0');
  expect(look.view).toBeUndefined();
  const canvas = draw?.(size, {}, asIs);
  expect(canvas?.drag?.([200, 50], [100, 60], true).view).toHaveLength(2);
  expect(canvas?.drag?.([200, 50], [200, 60], true).view).toBeUndefined();
});

test('scatter: keys go from run to run, and know which it is', () => {
  const { draw, table } = plot({ kind: 'scatter', x: 'parameter:LearningRate', y: 'metric:accuracy', logX: true });
  expect(table.columns).toEqual(['Run', 'LearningRate', 'accuracy']);
  const first = draw?.(size, { at: 0 }, asIs);
  expect(first?.readout).toContain('LearningRate 0.01');
  expect(first?.run).toMatch(/^arn:/);
  expect(first?.key?.('ArrowLeft', false)).toEqual({ at: 0 });
  expect(first?.key?.('ArrowRight', false)).toEqual({ at: 1 });
  expect(first?.key?.('x', false)).toBeUndefined();
});

test('parallel coordinates: a brush takes runs in, and is a filter of the table', () => {
  const spec: PlotSpec = {
    kind: 'parallel',
    columns: ['parameter:LearningRate', 'parameter:InstanceType', 'metric:accuracy'],
  };
  const { draw, filter } = plot(spec);
  let look: Look = {};
  const hit = (key: string, shift = false) => {
    look = { ...look, ...draw?.(size, look, asIs).key?.(key, shift) };
    return draw?.(size, look, asIs).readout;
  };
  expect(hit('ArrowRight')).toBe('LearningRate: all. 24 runs of 24.');
  for (let presses = 0; presses < 12; presses++) hit('ArrowDown');
  const [, high] = look.brushes?.['parameter:LearningRate'] ?? [];
  expect(high).toBeCloseTo(0.4);
  expect(hit('ArrowLeft')).toMatch(/^LearningRate: 0.01 to 0.206\. \d+ runs of 24\.$/);
  expect(filter?.(look)).toBe('LearningRate>=0.01 LearningRate<=0.206');
  hit('ArrowRight');
  for (let presses = 0; presses < 20; presses++) hit('ArrowDown');
  expect(filter?.(look)).toBe('LearningRate>=0.01 LearningRate<=0.206 InstanceType="ml.m5.large"');
  hit('Delete');
  hit('0');
  expect(look.brushes).toEqual({});
  expect(filter?.(look)).toBeUndefined();
});

test('a run without a value on a brushed axis is outside', () => {
  const axes = [
    { id: 'a', label: 'a' },
    { id: 'b', label: 'b' },
  ];
  const row = (id: string, ...values: (number | undefined)[]) => ({
    id,
    values,
    colour: 'red',
    dash: [],
    chosen: false,
  });
  const rows = [row('x', 0, 1), row('y', 1, undefined), row('z', 2, 3)];
  expect([...drawParallel(axes, rows, { b: [0, 1] }, undefined, size, asIs).inside]).toEqual(['x', 'z']);
  expect([...drawParallel(axes, rows, { a: [0.5, 1] }, undefined, size, asIs).inside]).toEqual(['y', 'z']);
});

test('files: numbers in full, commas in quotes, names that any system takes', () => {
  expect(csvOfTable({ columns: ['a', 'b,c'], rows: [[1.23456789, undefined]] })).toBe('a,"b,c"\r\n1.23456789,\r\n');
  expect(fileName('penguins', 'train:loss over epoch', 'vl.json')).toBe('penguins-train-loss-over-epoch.vl.json');
});

test('plots are added, arranged, removed, shown as tables and saved; the host keeps the arrangement', async () => {
  const panel = await openPanel(metricsPanel, () => import('../../../webview/panels/metrics/index'), {
    connection: 'local',
    pipeline: 'penguins',
  });
  const messages = plotted.map((message): MetricsToPanel => {
    if (message.type !== 'runs') return message;
    const { layout: _, ...rest } = message;
    return rest;
  });
  await panel.send(...messages);
  const kinds = (): (string | undefined)[] => all('.plot-card').map(({ dataset }) => dataset['kind']);
  const more = (index: number, label: string): void => {
    all('.plot-card')[index]?.querySelector<HTMLElement>('.plot-menu > button')?.click();
    find('.plot-menu .menu-item', label).click();
  };
  const kept = () => {
    const last = panel.posted.findLast((message) => message.type === 'layout');
    return last?.type === 'layout' ? last.layout.plots : undefined;
  };
  expect(kinds()).toEqual(['curves', 'confusion']);
  find('.plots-bar button', 'Add Plot').click();
  find('#new-plots button', 'Scatter').click();
  expect(kinds()).toEqual(['curves', 'confusion', 'scatter']);
  more(2, 'Move Earlier');
  expect(kinds()).toEqual(['curves', 'scatter', 'confusion']);
  more(2, 'Remove');
  more(1, 'Full Width');
  more(1, 'Show as Table');
  expect(kept()).toEqual([{ kind: 'curves' }, { kind: 'scatter', wide: true, table: true }]);
  expect(all('.plot-card')[1]?.querySelectorAll('.plot-table tbody tr').length).toBeGreaterThan(5);
  more(1, 'Save as CSV');
  more(0, 'Save as Vega-Lite');
  more(0, 'Save as SVG');
  await panel.send();
  const saved = panel.posted.flatMap((message) => (message.type === 'export' ? [message] : []));
  expect(saved.map(({ name }) => name)).toEqual([
    'penguins-train-loss-over-epochs.csv'.replace('train-loss-over-epochs', 'accuracy-over-epochs'),
    'penguins-train-loss-over-epoch.vl.json',
    'penguins-train-loss-over-epoch.svg',
  ]);
  expect(saved[2]?.text).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="720" height="446"/);
  change(find('.smoothing input'), { value: '0.5' });
  find('.smoothing input').dispatchEvent(new Event('input', { bubbles: true }));
  expect(kept()?.[0]).toMatchObject({ smoothing: 0.5 });
  const drawn = find('.plot');
  expect(drawn.getAttribute('aria-label')).toContain('train:loss over epoch. Left and Right move the cursor');
  press(drawn, 'ArrowRight');
  expect(textOf(find('.plot-readout'))).toContain('epoch 1:');
  press(drawn, '+');
  find('.plot .zoomed').click();
  expect(all('.plot .zoomed')).toEqual([]);
});

test('pictures of one name stand side by side; they are asked for when somebody looks', async () => {
  const panel = await openPanel(metricsPanel, () => import('../../../webview/panels/metrics/index'), {
    connection: 'local',
    pipeline: 'penguins',
  });
  await panel.send(
    ...plotted.map((message): MetricsToPanel => (message.type === 'runs' ? { ...message, layout } : message)),
  );
  const [run] = panel.posted.flatMap((message) => (message.type === 'needPictures' ? message.runs : []));
  expect(textOf(find('.plot-card'))).toContain('Looking for pictures of the selected runs…');
  const pixel = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';
  const picture = { name: 'Evaluate/plots/residuals.gif', type: 'image/gif' as const, data: pixel };
  await panel.send({ type: 'pictures', run: run ?? '', pictures: [picture], note: '1 picture more is not shown.' });
  expect(find('.pictures img').getAttribute('alt')).toBe('Evaluate/plots/residuals.gif of learning-rate-0.05');
  expect(find('.pictures img').getAttribute('src')).toMatch(/^blob:/);
  expect(textOf(find('.plot-card'))).toContain('learning-rate-0.05: 1 picture more is not shown.');
  await panel.send({ type: 'pictures', run: run ?? '', pictures: [] });
  expect(textOf(find('.plot-card'))).toContain('No processing step of the selected runs wrote a PNG');
  expect(panel.posted.filter((message) => message.type === 'needPictures')).toHaveLength(1);
});
