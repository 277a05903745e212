/** The metrics of a pipeline's runs: a table to compare them, and plots of those selected in it. */
import './metrics.css';
import { html, render } from 'lit-html';
import { metricsPanel, type MetricsLayout, type MetricsRun } from '../../../src/pipelines/panels/metrics/contract';
import { type Goal, goalOf } from '../../../src/shared/goal';
import { isNumber, isString, listOf, optional, shape } from '../../../src/shared/guards';
import { nothingThere, openPage } from '../../kit/page';
import { splitter } from '../../kit/splitter';
import { isActive } from '../../runs/status';
import { bestOf } from './best';
import { columnsOf, sameInAll, type Column } from './columns';
import { csvOf } from './csv';
import { filterOf } from './filter';
import { metricsHead } from './head';
import { Slots } from '../../kit/plot/palette';
import { LinePlot } from '../../kit/plot/plot';
import { plotsPane, seriesNames, type RunDetail } from './plots-pane';
import { nextKeys, sortRows } from './sort';
import { rowHeight, runsTable } from './table';
import { sliceOf } from '../../kit/table/virtual';
import { widthOf } from './widths';

interface MetricsLook {
  filter: string;
  selected: string[];
  series?: string;
  plots: number;
}

const host = openPage(metricsPanel, { layout: 'window', icon: 'chart', waiting: 'Loading the runs…' });
const look = host.view(
  shape<MetricsLook>({ filter: isString, selected: listOf(isString), series: optional(isString), plots: isNumber }),
);

const head = document.createElement('div');
const body = document.createElement('div');
body.className = 'metrics-body';
const scroller = document.createElement('div');
scroller.className = 'runs-scroller';
const plots = document.createElement('section');
plots.className = 'plots';
plots.setAttribute('aria-label', 'Plots of the selected runs');
host.content.append(head, body);
const sash = splitter(body, plots, look?.plots ?? 340, save);
body.append(scroller, sash.element, plots);

let pipeline = '';
let connection = '';
let loading = true;
let goals: Record<string, Goal> = {};
let layout: MetricsLayout = { hidden: [], sort: [{ column: 'started', descending: true }] };
let freshness: { updatedAt?: number; problem?: string } = {};
let runs: MetricsRun[] = [];
let columns: Column[] = [];
let widths = new Map<string, number>();
let best = new Map<string, number>();
/** What the table shows, in order. */
let rows: MetricsRun[] = [];
let filter = look?.filter ?? '';
let active: string | undefined;
let series = look?.series;
let menuOpen = false;
let logarithmic = false;
let pointedAt: number | undefined;
/** The run whose confusion matrix is shown. */
let shown: string | undefined;
const slots = new Slots();
/** Whether runs were selected, here or before the page was shown again. The first list may be empty. */
let chosen = look !== undefined;
for (const id of look?.selected ?? []) slots.add(id);
const details = new Map<string, RunDetail>();
const plot = new LinePlot((x) => {
  pointedAt = x;
  drawPlots();
});

host.listen({
  runs(message) {
    ({ pipeline, connection } = message);
    loading = message.loading ?? false;
    goals = message.goals ?? {};
    if (message.layout) ({ layout } = message);
    take(message.runs);
    if (!chosen) selectNewest();
    need();
    stand();
    draw();
  },
  patch(message) {
    const known = new Map(runs.map((run) => [run.id, run]));
    for (const run of message.runs) known.set(run.id, run);
    const news = message.runs.filter((run) => !runs.some(({ id }) => id === run.id));
    take([...news, ...runs.map((run) => known.get(run.id) ?? run)]);
    stand();
    draw();
  },
  freshness(message) {
    freshness = message;
    const { problem, updatedAt } = message;
    host.problem(
      problem === undefined
        ? undefined
        : { text: problem, seenAt: updatedAt, retry: () => host.post({ type: 'refresh' }) },
    );
    drawHead();
  },
  detail(message) {
    const { run, ...detail } = message;
    details.set(run, detail);
    drawPlots();
  },
});

scroller.addEventListener('scroll', () => drawTable());
new ResizeObserver(() => drawTable()).observe(scroller);

// A click beside the open list of columns closes it.
document.addEventListener('pointerdown', (event) => {
  if (menuOpen && event.target instanceof Element && !event.target.closest('.menu')) openMenu(false);
});

// Ages grow older by themselves; running runs last longer.
setInterval(() => {
  if (runs.some((run) => isActive(run.status))) draw();
  else drawHead();
}, 1000);

/** Whether there are runs, none, or none yet. */
function stand(): void {
  if (runs.length > 0) host.show();
  else if (loading) host.wait();
  else {
    host.empty(
      `${pipeline} has not run on ${connection} yet. Runs with their parameters and metrics appear here.`,
      html`<vscode-button @click=${() => host.post({ type: 'startRun' })}>Run Pipeline…</vscode-button>`,
    );
  }
}

/** Takes the runs in, and what follows from them. */
function take(next: MetricsRun[]): void {
  runs = next;
  columns = columnsOf(runs);
  const now = Date.now();
  widths = new Map(columns.map((column) => [column.id, widthOf(column, runs, now)]));
  best = new Map();
  for (const column of columns) {
    const value = column.metric === undefined ? undefined : bestOf(runs, column.metric, goals);
    if (value !== undefined) best.set(column.id, value);
  }
  arrange();
}

/** Filters and sorts. */
function arrange(): void {
  const now = Date.now();
  const byId = new Map(columns.map((column) => [column.id, column]));
  const test = filterOf(filter, columns, now);
  rows = sortRows(runs.filter(test), layout.sort, (run, column) => byId.get(column)?.value(run, now));
  if (!rows.some((run) => run.id === active)) active = rows[0]?.id;
}

function visibleColumns(): Column[] {
  return columns.filter((column) => !layout.hidden.includes(column.id));
}

/** What one looks for first stands first: the newest, the most accurate. */
function descendingFirst(id: string): boolean {
  const metric = columns.find((column) => column.id === id)?.metric;
  return id === 'started' || (metric !== undefined && (goals[metric] ?? goalOf(metric)) === 'max');
}

function selectNewest(): void {
  const newest = runs.find((run) => Object.keys(run.metrics).length > 0) ?? runs[0];
  if (!newest) return;
  slots.add(newest.id);
  shown = newest.id;
  chosen = true;
}

function need(): void {
  if (slots.ids.length > 0) host.post({ type: 'need', runs: slots.ids });
}

function setFilter(text: string): void {
  filter = text;
  arrange();
  save();
  draw();
}

function openMenu(open: boolean): void {
  menuOpen = open;
  drawHead();
}

function setLayout(next: MetricsLayout): void {
  layout = next;
  host.post({ type: 'layout', layout });
  arrange();
  draw();
}

function toggle(id: string): void {
  if (slots.has(id)) slots.delete(id);
  else slots.add(id);
  chosen = true;
  shown = slots.has(id) ? id : slots.ids.at(-1);
  need();
  save();
  draw();
}

/** Makes a row the one that the keyboard stands on, and scrolls it into view. */
function go(index: number): void {
  const run = rows[index];
  if (!run) return;
  active = run.id;
  const headHeight = scroller.querySelector('thead')?.clientHeight ?? 0;
  const top = index * rowHeight;
  const room = scroller.clientHeight - headHeight;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top + rowHeight > scroller.scrollTop + room) scroller.scrollTop = top + rowHeight - room;
  drawTable();
  scroller.querySelector<HTMLElement>('tr[tabindex="0"]')?.focus({ preventScroll: true });
}

function save(): void {
  const next: MetricsLook = {
    filter,
    selected: slots.ids,
    plots: sash.size,
    ...(series === undefined ? {} : { series }),
  };
  host.saveView(next);
}

function draw(): void {
  drawHead();
  drawTable();
  drawPlots();
}

function drawHead(): void {
  const now = Date.now();
  render(
    metricsHead({
      pipeline,
      connection,
      runs: runs.length,
      shown: rows.length,
      filter,
      loading,
      freshness,
      now,
      menu: {
        columns,
        hidden: layout.hidden,
        open: menuOpen,
        setOpen: openMenu,
        same: () => sameInAll(columns, runs, now),
        setHidden: (hidden) => setLayout({ ...layout, hidden }),
      },
      chosen: slots.ids.length,
      compare: () => host.post({ type: 'compare', runs: slots.ids }),
      setFilter,
      save: () =>
        host.post({ type: 'export', name: `${pipeline}-metrics.csv`, csv: csvOf(visibleColumns(), rows, now) }),
      refresh: () => host.post({ type: 'refresh' }),
    }),
    head,
  );
}

function drawTable(): void {
  if (runs.length === 0) return;
  if (rows.length === 0) {
    render(noMatch(), scroller);
    return;
  }
  render(
    runsTable({
      columns: visibleColumns(),
      rows,
      slice: sliceOf(rows.length, rowHeight, scroller.scrollTop, scroller.clientHeight),
      sort: layout.sort,
      best,
      widths,
      active,
      slot: (id) => slots.of(id),
      now: Date.now(),
      sortBy: (column, add) =>
        setLayout({ ...layout, sort: nextKeys(layout.sort, column, add, descendingFirst(column)) }),
      toggle,
      open: (run) => host.post({ type: 'openRun', run }),
      go,
    }),
    scroller,
  );
}

function noMatch() {
  return nothingThere(
    'search',
    'No run matches the filter.',
    html`<button class="link" @click=${() => setFilter('')}>Clear Filter</button>`,
  );
}

function drawPlots(): void {
  plots.hidden = runs.length === 0;
  sash.element.hidden = plots.hidden;
  if (plots.hidden) return;
  const selected = slots.ids.flatMap((id) => {
    const run = runs.find((each) => each.id === id);
    const slot = slots.of(id);
    return run && slot !== undefined ? [{ run, slot, detail: details.get(id) }] : [];
  });
  const names = seriesNames(selected);
  const chosen = series !== undefined && names.includes(series) ? series : names[0];
  render(
    plotsPane({
      selected,
      names,
      series: chosen,
      plot,
      logarithmic,
      pointedAt,
      shown: selected.some(({ run }) => run.id === shown) ? shown : selected.at(-1)?.run.id,
      chooseSeries(name) {
        series = name;
        save();
        drawPlots();
      },
      chooseShown(id) {
        shown = id;
        drawPlots();
      },
      setLogarithmic(on) {
        logarithmic = on;
        drawPlots();
      },
    }),
    plots,
  );
}
