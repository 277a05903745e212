/** The metrics of a pipeline's runs: a table to compare them, and plots of those selected in it. */
import './metrics.css';
import { html, render } from 'lit-html';
import {
  metricsPanel,
  type MetricsLayout,
  type MetricsRun,
  type PlotSpec,
  type RunMark,
  type SavedView,
} from '../../../src/pipelines/panels/metrics/contract';
import { type Goal, goalOf } from '../../../src/shared/goal';
import { isNumber, isString, listOf, shape } from '../../../src/shared/guards';
import { nothingThere, openPage } from '../../kit/page';
import { splitter } from '../../kit/splitter';
import { isActive } from '../../runs/status';
import { bestOf } from './best';
import { columnsOf, sameInAll, type Column } from './columns';
import { csvOf, markdownOf } from './export';
import { filterOf } from './filter';
import { groupColumns, itemsOf, type Item } from './groups';
import { metricsHead } from './head';
import { Slots } from '../../kit/plot/palette';
import type { CardActions } from './plots/actions';
import { contentOf, fileName } from './plots/files';
import { plotOf, usualPlots } from './plots/kinds';
import { plotsPane } from './plots/pane';
import type { Look, PlotData, RunDetail, SelectedRun } from './plots/plot';
import { nextKeys, sortRows } from './sort';
import { keyOf, pinsOf, rowHeight, runsTable } from './table';
import { type Slice, sliceOf } from '../../kit/table/virtual';
import { widthOf } from './widths';

/** So many of the newest runs the host reads by itself. */
const readUnasked = 300;

interface MetricsLook {
  filter: string;
  selected: string[];
  plots: number;
}

const host = openPage(metricsPanel, { layout: 'window', icon: 'chart', waiting: 'Loading the runs…' });
const look = host.view(shape<MetricsLook>({ filter: isString, selected: listOf(isString), plots: isNumber }));

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
let best = new Map<string, string>();
let marks: Record<string, RunMark> = {};
let views: SavedView[] = [];
let viewsOpen = false;
/** The columns that say the same of every run. */
let same = new Set<string>();
/** The groups that are closed. */
const closed = new Set<string>();
/** Older runs that the host was asked to read. */
const looked = new Set<string>();
/** The runs that the table shows, in order, and with the heads of their groups. */
let rows: MetricsRun[] = [];
let items: readonly Item[] = [];
let filter = look?.filter ?? '';
let active: string | undefined;
/** What of the table is in the document. */
let drawn: Slice | undefined;
let menuOpen = false;
/** What the user does with each plot just now. */
let looks: Look[] = [];
let plotMenu: number | 'add' | undefined;
/** The run whose confusion matrix is shown. */
let shown: string | undefined;
const slots = new Slots();
/** Whether runs were selected, here or before the page was shown again. The first list may be empty. */
let chosen = look !== undefined;
for (const id of look?.selected ?? []) slots.add(id);
const details = new Map<string, RunDetail>();
const pictures = new Map<string, NonNullable<SelectedRun['pictures']>>();
/** Runs whose pictures were asked for. */
const asked = new Set<string>();

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
  marks(message) {
    ({ marks } = message);
    take(runs);
    draw();
  },
  views(message) {
    ({ views } = message);
    drawHead();
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
  pictures(message) {
    pictures.set(message.run, message);
    drawPlots();
  },
  detail(message) {
    const { run, ...detail } = message;
    details.set(run, detail);
    drawPlots();
  },
});

scroller.addEventListener('scroll', () => {
  const { first, end } = slicedNow();
  // Within a row nothing changes.
  if (first !== drawn?.first || end !== drawn.end) drawTable();
});
new ResizeObserver(() => drawTable()).observe(scroller);
new ResizeObserver(() => drawPlots()).observe(plots);

// A click beside an open list closes it.
document.addEventListener('pointerdown', (event) => {
  if (!(event.target instanceof Element) || event.target.closest('.menu')) return;
  if (menuOpen) openMenu(false);
  if (viewsOpen) openViews(false);
  if (plotMenu !== undefined) openPlotMenu(undefined);
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
  columns = columnsOf(runs, marks);
  const now = Date.now();
  widths = new Map(columns.map((column) => [column.id, widthOf(column, runs, now)]));
  same = new Set(sameInAll(columns, runs, now));
  best = new Map();
  for (const column of columns) {
    const { metric } = column;
    const value = metric === undefined ? undefined : bestOf(runs, metric, goals);
    // Of equal ones the newest is marked.
    const run =
      metric === undefined || value === undefined ? undefined : runs.find((each) => each.metrics[metric] === value);
    if (run) best.set(column.id, run.id);
  }
  arrange();
}

/** Filters, sorts and groups. Runs with a star stand first in what is sorted alike. */
function arrange(): void {
  const now = Date.now();
  const byId = new Map(columns.map((column) => [column.id, column]));
  const test = filterOf(filter, columns, now);
  const shown = runs.filter((run) => (layout.archived || !marks[run.id]?.archived) && test(run));
  const starred = shown.filter(({ id }) => marks[id]?.star);
  const ordered = starred.length === 0 ? shown : [...starred, ...shown.filter(({ id }) => !marks[id]?.star)];
  rows = sortRows(ordered, layout.sort, (run, column) => byId.get(column)?.value(run, now));
  items = itemsOf(rows, layout.group === undefined ? undefined : byId.get(layout.group), closed, now);
  if (!items.some((item) => keyOf(item) === active)) active = items[0] && keyOf(items[0]);
}

function visibleColumns(): Column[] {
  const { hidden, everything = false, first = [], pinned = [] } = layout;
  const shown = columns.filter(({ id }) => !hidden.includes(id) && (everything || !same.has(id)));
  const place = (id: string): number => (first.includes(id) ? first.indexOf(id) : first.length);
  // The name stands first whatever is put before the others, and what is pinned beside it.
  const rank = (id: string): number => (id === 'name' ? 0 : pinned.includes(id) ? 1 : 2);
  return shown.toSorted((a, b) => rank(a.id) - rank(b.id) || place(a.id) - place(b.id));
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

function openViews(open: boolean): void {
  viewsOpen = open;
  drawHead();
}

function chooseView(view: SavedView): void {
  ({ filter } = view);
  viewsOpen = false;
  save();
  setLayout(view.layout);
}

function fold(group: string): void {
  if (closed.has(group)) closed.delete(group);
  else closed.add(group);
  active = `group ${group}`;
  arrange();
  drawTable();
  scroller.querySelector<HTMLElement>('tr[tabindex="0"]')?.focus({ preventScroll: true });
}

/** Moves a column by one place, or before another. Columns that are not shown keep their places behind. */
function reorder(id: string, to: -1 | 1 | { before: string }): void {
  const order = visibleColumns()
    .map((column) => column.id)
    .filter((each) => each !== 'name');
  const from = order.indexOf(id);
  if (from < 0) return;
  const others = order.filter((each) => each !== id);
  const place = typeof to === 'number' ? Math.max(0, from + to) : others.indexOf(to.before);
  setLayout({ ...layout, first: others.toSpliced(place < 0 ? others.length : place, 0, id) });
  const heads = [...scroller.querySelectorAll<HTMLElement>('thead th button')];
  const moved = scroller.querySelector<HTMLElement>(`th[data-column="${CSS.escape(id)}"] button`);
  for (const head of heads) head.tabIndex = head === moved ? 0 : -1;
  moved?.focus();
}

function resize(id: string, width: number | undefined): void {
  const { [id]: _, ...others } = layout.widths ?? {};
  layout = { ...layout, widths: width === undefined ? others : { ...others, [id]: width } };
  host.post({ type: 'layout', layout });
  drawTable();
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
  const item = items[index];
  if (!item) return;
  active = keyOf(item);
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
        same,
        first: layout.first ?? [],
        pinned: layout.pinned ?? [],
        everything: layout.everything ?? false,
        archived: layout.archived ?? false,
        open: menuOpen,
        setOpen: openMenu,
        setHidden: (hidden) => setLayout({ ...layout, hidden }),
        setFirst: (first) => setLayout({ ...layout, first }),
        setPinned: (pinned) => setLayout({ ...layout, pinned }),
        setEverything: (everything) => setLayout({ ...layout, everything }),
        setArchived: (archived) => setLayout({ ...layout, archived }),
      },
      views: {
        views,
        open: viewsOpen,
        setOpen: openViews,
        choose: chooseView,
        save: () => host.post({ type: 'saveView', filter, layout }),
        drop: (name) => host.post({ type: 'dropView', name }),
        groups: groupColumns(columns.filter(({ id }) => !same.has(id))),
        group: layout.group,
        setGroup(group) {
          closed.clear();
          const { group: _, ...rest } = layout;
          setLayout(group === undefined ? rest : { ...rest, group });
        },
      },
      chosen: slots.ids.length,
      compare: () => host.post({ type: 'compare', runs: slots.ids }),
      setFilter,
      save: (kind) =>
        host.post({
          type: 'export',
          name: `${pipeline}-metrics.${kind}`,
          text: (kind === 'csv' ? csvOf : markdownOf)(visibleColumns(), rows, now),
        }),
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
  const shown = visibleColumns();
  const given = new Map([...widths, ...Object.entries(layout.widths ?? {})]);
  const slice = slicedNow();
  drawn = slice;
  lookAt(slice);
  const hadFocus = scroller.querySelector('tbody')?.contains(document.activeElement) ?? false;
  render(
    runsTable({
      columns: shown,
      pins: pinsOf(shown, layout.pinned ?? [], given),
      items,
      marks,
      slice,
      sort: layout.sort,
      best,
      widths: given,
      active,
      slot: (id) => slots.of(id),
      now: Date.now(),
      sortBy: (column, add) =>
        setLayout({ ...layout, sort: nextKeys(layout.sort, column, add, descendingFirst(column)) }),
      resize,
      reorder,
      toggle,
      open: (run) => host.post({ type: 'openRun', run }),
      mark: (run, what) => host.post({ type: 'mark', run, what }),
      fold,
      go,
    }),
    scroller,
  );
  // Rows are drawn with the elements of others: the focus stays with the run, and ends where that has left the document.
  if (!hadFocus || !(document.activeElement instanceof HTMLElement)) return;
  const row = scroller.querySelector<HTMLElement>('tbody tr[tabindex="0"]');
  if (!row) document.activeElement.blur();
  else if (!row.contains(document.activeElement)) row.focus({ preventScroll: true });
}

function slicedNow(): Slice {
  return sliceOf(items.length, rowHeight, scroller.scrollTop, scroller.clientHeight);
}

/** Has the host read the runs in view that it has not read yet. */
function lookAt({ first, end }: Slice): void {
  const unread = items.slice(first, end).flatMap((item) => {
    if (item.kind !== 'run' || looked.has(item.run.id)) return [];
    return Object.keys(item.run.parameters).length + Object.keys(item.run.metrics).length === 0 ? [item.run.id] : [];
  });
  // Few runs are read unasked.
  if (unread.length === 0 || runs.length <= readUnasked) return;
  for (const run of unread) looked.add(run);
  host.post({ type: 'look', runs: unread });
}

function noMatch() {
  return nothingThere(
    'search',
    'No run matches the filter.',
    html`<button class="link" @click=${() => setFilter('')}>Clear Filter</button>`,
  );
}

function openPlotMenu(menu: number | 'add' | undefined): void {
  plotMenu = menu;
  drawPlots();
}

function plotSpecs(): readonly PlotSpec[] {
  return layout.plots ?? usualPlots;
}

function setPlots(specs: readonly PlotSpec[]): void {
  layout = { ...layout, plots: [...specs] };
  host.post({ type: 'layout', layout });
  drawPlots();
}

function plotData(): PlotData {
  const selected = slots.ids.flatMap((id) => {
    const run = runs.find((each) => each.id === id);
    const slot = slots.of(id);
    return run && slot !== undefined ? [{ run, slot, detail: details.get(id), pictures: pictures.get(id) }] : [];
  });
  return { selected, rows, columns: columns.filter(({ id }) => !same.has(id)), now: Date.now() };
}

function plotActions(index: number): CardActions {
  const specs = plotSpecs();
  const swap = (a: number, b: number): void => {
    const [first, second] = [specs[a], specs[b]];
    if (!first || !second) return;
    looks = looks.with(Math.max(a, b), {}).with(Math.min(a, b), {});
    setPlots(specs.map((spec, at) => (at === a ? second : at === b ? first : spec)));
  };
  return {
    change: (spec) => setPlots(specs.map((each, at) => (at === index ? spec : each))),
    look(next) {
      looks[index] = next;
      drawPlots();
    },
    move: (by) => swap(index, index + by),
    remove() {
      looks = looks.filter((_, at) => at !== index);
      setPlots(specs.filter((_, at) => at !== index));
    },
    save(kind) {
      const spec = specs[index];
      if (!spec) return;
      const plot = plotOf(spec, plotData(), shown);
      void contentOf(plot, looks[index] ?? {}, kind).then((text) =>
        host.post({ type: 'export', name: fileName(pipeline, plot.title, kind), text }),
      );
    },
    openMenu: (open) => openPlotMenu(open ? index : undefined),
    chooseShown(id) {
      shown = id;
      drawPlots();
    },
    openRun: (run) => host.post({ type: 'openRun', run }),
    toggleRun: toggle,
    setFilter,
  };
}

function drawPlots(): void {
  plots.hidden = runs.length === 0;
  sash.element.hidden = plots.hidden;
  if (plots.hidden) return;
  const specs = plotSpecs();
  looks = specs.map((_, index) => looks[index] ?? {});
  const unseen = slots.ids.filter((id) => !asked.has(id));
  if (unseen.length > 0 && specs.some(({ kind }) => kind === 'pictures')) {
    for (const id of unseen) asked.add(id);
    host.post({ type: 'needPictures', runs: unseen });
  }
  render(
    plotsPane({
      specs,
      looks,
      data: plotData(),
      width: plots.clientWidth || 960,
      shown,
      menu: plotMenu,
      openMenu: openPlotMenu,
      add(kind) {
        plotMenu = undefined;
        setPlots([...specs, { kind }]);
      },
      actionsOf: plotActions,
    }),
    plots,
  );
}
