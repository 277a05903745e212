/**
 * The table of runs. Only the rows in view are in the document. One row is reached by Tab, the others by arrows;
 * heads sort, with Shift by several columns.
 */
import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { MetricsRun, RunMark } from '../../../src/pipelines/panels/metrics/contract';
import { count, formatNumber } from '../../../src/shared/format';
import { contextMenu } from '../../kit/context-menu';
import { icon, type IconName } from '../../kit/icons';
import { statusLook } from '../../runs/status';
import type { Column } from './columns';
import { colourOf } from '../../kit/plot/palette';
import type { Item } from './groups';
import type { SortKey } from './sort';
import type { Slice } from '../../kit/table/virtual';

export const rowHeight = 28;

/** So many metrics are told of a group. */
const metricsInGroup = 2;

/** The column of the dots, in pixels. */
const markWidth = 36;

export interface TableState {
  columns: Column[];
  /** All rows, filtered and in order, with the heads of their groups. */
  items: readonly Item[];
  marks: Readonly<Record<string, RunMark>>;
  slice: Slice;
  sort: readonly SortKey[];
  /** The run with the best value of a metric, by column id. */
  best: ReadonlyMap<string, string>;
  /** Widths in pixels, by column id. */
  widths: ReadonlyMap<string, number>;
  /** Where the columns stay that are in view beside the name, in pixels from the left, by id. */
  pins: ReadonlyMap<string, number>;
  /** The row that Tab reaches. */
  active: string | undefined;
  /** A selected run's colour, or undefined. */
  slot(run: string): number | undefined;
  now: number;
  sortBy(column: string, add: boolean): void;
  /** Gives a column a width; its own again where that is undefined. */
  resize(column: string, width: number | undefined): void;
  /** Moves a column by one place, or before another. */
  reorder(column: string, to: -1 | 1 | { before: string }): void;
  toggle(run: string): void;
  open(run: string): void;
  mark(run: string, what: 'star' | 'archived' | 'note' | 'tags'): void;
  /** Opens or closes a group. */
  fold(group: string): void;
  /** Moves the active row. */
  go(index: number): void;
}

export function runsTable(state: TableState): TemplateResult {
  const { columns, items, slice } = state;
  return html`<table
    class="runs"
    role=${items.some(({ kind }) => kind === 'group') ? 'treegrid' : 'grid'}
    aria-label="Runs"
    aria-multiselectable="true"
    aria-rowcount=${items.length + 2}
    aria-colcount=${columns.length + 1}
  >
    <colgroup>
      <col style="width: ${markWidth}px" />
      ${columns.map((column) => html`<col style="width: ${state.widths.get(column.id) ?? 120}px" />`)}
    </colgroup>
    <thead @keydown=${headKey}>
      <tr class="groups">
        <th></th>
        ${groupsOf(columns).map(
          ({ group, span }) => html`<th scope="colgroup" colspan=${span}>${group === 'Run' ? '' : group}</th>`,
        )}
      </tr>
      <tr>
        <th><span class="visually-hidden">Plotted</span></th>
        ${columns.map((column, index) => headOf(column, index === 0, state))}
      </tr>
    </thead>
    <tbody>
      ${slice.above > 0 ? html`<tr aria-hidden="true" style="height: ${slice.above}px"></tr>` : nothing}
      ${repeat(
        items.slice(slice.first, slice.end),
        (_, index) => (slice.first + index) % slice.ring,
        (item, index) =>
          item.kind === 'run'
            ? rowOf(item.run, slice.first + index, state)
            : groupRow(item, slice.first + index, state),
      )}
      ${slice.below > 0 ? html`<tr aria-hidden="true" style="height: ${slice.below}px"></tr>` : nothing}
    </tbody>
  </table>`;
}

function groupsOf(columns: Column[]): { group: string; span: number }[] {
  const groups: { group: string; span: number }[] = [];
  for (const { group } of columns) {
    const last = groups.at(-1);
    if (last?.group === group) last.span += 1;
    else groups.push({ group, span: 1 });
  }
  return groups;
}

function headOf(column: Column, isFirst: boolean, state: TableState): TemplateResult {
  const at = state.sort.findIndex((key) => key.column === column.id);
  const key = state.sort[at];
  const direction = !key ? 'none' : key.descending ? 'descending' : 'ascending';
  return html`<th
    scope="col"
    class="${classOf(column)} ${firstOfGroup(column, state)} ${state.pins.has(column.id) ? 'pinned' : ''}"
    style=${pinOf(column, state)}
    data-column=${column.id}
    aria-sort=${direction}
    draggable=${column.id === 'name' ? 'false' : 'true'}
    @dragstart=${(event: DragEvent) => event.dataTransfer?.setData('text/plain', column.id)}
    @dragover=${(event: DragEvent) => event.preventDefault()}
    @drop=${(event: DragEvent) => {
      event.preventDefault();
      const moved = event.dataTransfer?.getData('text/plain');
      if (moved && moved !== column.id) state.reorder(moved, { before: column.id });
    }}
  >
    <button
      tabindex=${isFirst ? '0' : '-1'}
      title="${column.label}: click to sort, with Shift by several columns; drag to move, or Alt and an arrow key; Shift and an arrow key change the width"
      aria-keyshortcuts="Alt+ArrowLeft Alt+ArrowRight Shift+ArrowLeft Shift+ArrowRight"
      @keydown=${(event: KeyboardEvent) => columnKey(event, column, state)}
      @click=${(event: MouseEvent) => state.sortBy(column.id, event.shiftKey)}
    >
      <span class="head-label">${column.label}</span>
      ${
        key
          ? html`${icon(key.descending ? 'down' : 'up')}${
              state.sort.length > 1 ? html`<span class="sort-number">${at + 1}</span>` : nothing
            }`
          : nothing
      }
    </button>
    ${resizer(column, state)}
  </th>`;
}

/** Pixels that a key changes a width by. */
const widthStep = 16;
export const leastWidth = 48;

/** Alt with an arrow moves the column, Shift with one changes its width. */
function columnKey(event: KeyboardEvent, column: Column, state: TableState): void {
  const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : undefined;
  if (by === undefined || (!event.altKey && !event.shiftKey)) return;
  event.preventDefault();
  event.stopPropagation();
  if (event.altKey) state.reorder(column.id, by);
  else state.resize(column.id, Math.max(leastWidth, (state.widths.get(column.id) ?? 120) + by * widthStep));
}

/** The edge of a head, which is dragged; a double click gives the column its own width again. */
function resizer(column: Column, state: TableState): TemplateResult {
  return html`<span
    class="resizer"
    aria-hidden="true"
    draggable="true"
    @dragstart=${(event: DragEvent) => {
      // The head itself is not dragged by its edge.
      event.preventDefault();
      event.stopPropagation();
    }}
    @pointerdown=${(event: PointerEvent) => {
      const edge = event.currentTarget as HTMLElement;
      const start = (state.widths.get(column.id) ?? 120) - event.clientX;
      edge.setPointerCapture(event.pointerId);
      const follow = (moved: PointerEvent): void =>
        state.resize(column.id, Math.max(leastWidth, Math.round(start + moved.clientX)));
      edge.addEventListener('pointermove', follow);
      edge.addEventListener('pointerup', () => edge.removeEventListener('pointermove', follow), { once: true });
    }}
    @dblclick=${() => state.resize(column.id, undefined)}
  ></span>`;
}

function pinOf({ id }: Column, { pins }: TableState): string {
  const left = pins.get(id);
  return left === undefined ? '' : `left: ${left}px`;
}

/** Where pinned columns stay: beside the name and those that are pinned before them. */
export function pinsOf(
  columns: readonly Column[],
  pinned: readonly string[],
  widths: ReadonlyMap<string, number>,
): Map<string, number> {
  const pins = new Map<string, number>();
  let left = markWidth;
  for (const { id } of columns) {
    if (id !== 'name' && !pinned.includes(id)) continue;
    if (id !== 'name') pins.set(id, left);
    left += widths.get(id) ?? 120;
  }
  return pins;
}

/** Arrows move along the heads, which are one stop of the Tab key. */
function headKey(event: KeyboardEvent): void {
  const { key, target, currentTarget } = event;
  if (!(target instanceof HTMLElement) || !(currentTarget instanceof HTMLElement)) return;
  const heads = [...currentTarget.querySelectorAll<HTMLElement>('th button')];
  const at = heads.indexOf(target);
  const targets: Record<string, number> = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: heads.length - 1 };
  const next = heads[targets[key] ?? -1];
  if (at < 0 || !next) return;
  event.preventDefault();
  for (const head of heads) head.tabIndex = head === next ? 0 : -1;
  next.focus();
}

export function keyOf(item: Item): string {
  return item.kind === 'run' ? item.run.id : `group ${item.key}`;
}

function groupRow(group: Extract<Item, { kind: 'group' }>, index: number, state: TableState): TemplateResult {
  const key = keyOf(group);
  return html`<tr
    class="group-row"
    aria-level="1"
    data-group=${group.key}
    aria-rowindex=${index + 3}
    aria-expanded=${group.isOpen ? 'true' : 'false'}
    tabindex=${key === state.active ? '0' : '-1'}
    @click=${() => state.fold(group.key)}
    @keydown=${(event: KeyboardEvent) => groupKey(event, group, index, state)}
  >
    <th scope="rowgroup" colspan=${state.columns.length + 1}>
      <span class="group-label">
        <span class="twistie ${group.isOpen ? 'open' : ''}">${icon('chevron')}</span> ${group.label}
        <span class="muted">${count(group.runs.length, 'run')}${meansOf(group.runs, state)}</span>
      </span>
    </th>
  </tr>`;
}

/** Means and deviations of the first metrics that are shown, over the runs of a group. */
function meansOf(runs: readonly MetricsRun[], state: TableState): string {
  const metrics = state.columns.flatMap(({ metric }) => metric ?? []).slice(0, metricsInGroup);
  return metrics
    .map((metric) => {
      const values = runs.flatMap((run) => run.metrics[metric] ?? []);
      if (values.length === 0) return '';
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
      const deviation = values.length < 2 ? '' : ` ± ${formatNumber(Number(Math.sqrt(variance).toPrecision(2)))}`;
      return ` · ${metric} ${formatNumber(mean)}${deviation}`;
    })
    .join('');
}

function groupKey(
  event: KeyboardEvent,
  group: Extract<Item, { kind: 'group' }>,
  index: number,
  state: TableState,
): void {
  if (move(event, index, state)) return;
  const { key } = event;
  const folds =
    key === 'Enter' || key === ' ' || (key === 'ArrowLeft' && group.isOpen) || (key === 'ArrowRight' && !group.isOpen);
  if (!folds) return;
  event.preventDefault();
  state.fold(group.key);
}

function rowOf(run: MetricsRun, index: number, state: TableState): TemplateResult {
  const slot = state.slot(run.id);
  const chosen = slot !== undefined;
  const mark = state.marks[run.id] ?? {};
  return html`<tr
    class=${mark.archived ? 'archived' : ''}
    aria-keyshortcuts="Space Enter s n t a"
    data-run=${run.id}
    data-vscode-context=${contextMenu('Run', {
      executionArn: run.id,
      retryable: run.status === 'Failed' || run.status === 'Stopped',
    })}
    aria-rowindex=${index + 3}
    aria-selected=${chosen ? 'true' : 'false'}
    tabindex=${run.id === state.active ? '0' : '-1'}
    @click=${() => {
      state.go(index);
      state.toggle(run.id);
    }}
    @dblclick=${() => state.open(run.id)}
    @keydown=${(event: KeyboardEvent) => rowKey(event, run, index, state)}
  >
    <td class="mark" title=${chosen ? 'Plotted: click to take off the plots' : 'Click to plot'}>
      <span class="dot" style=${slot === undefined ? '' : `background: ${colourOf(slot).css}`}></span>
    </td>
    ${state.columns.map((column) => cellOf(column, run, state))}
  </tr>`;
}

function cellOf(column: Column, run: MetricsRun, state: TableState): TemplateResult {
  const text = column.text(run, state.now);
  const isBest = state.best.get(column.id) === run.id;
  return html`<td
    class="${classOf(column)} ${firstOfGroup(column, state)} ${isBest ? 'best' : ''} ${state.pins.has(column.id) ? 'pinned' : ''}"
    style=${pinOf(column, state)}
    title=${hint(column, run, text)}
  >
    ${content(column, run, text, state)}${isBest ? html`<span class="visually-hidden"> best</span>` : nothing}
  </td>`;
}

function content(column: Column, run: MetricsRun, text: string | undefined, state: TableState): TemplateResult {
  if (text === undefined) return html`<span class="missing" aria-label="missing">–</span>`;
  if (column.id === 'name') {
    const { star = false, archived = false } = state.marks[run.id] ?? {};
    const tool = (what: 'star' | 'archived' | 'note' | 'tags', name: IconName, label: string, isOn = false) =>
      html`<button
        class="tool row-tool ${isOn ? 'on' : ''}"
        tabindex="-1"
        title=${label}
        aria-label="${label} ${run.name}"
        aria-pressed=${isOn ? 'true' : nothing}
        @click=${(event: MouseEvent) => {
          event.stopPropagation();
          state.mark(run.id, what);
        }}
      >
        ${icon(name)}
      </button>`;
    return html`<span class="row-tools"
        >${tool('star', 'star', 'Star (s)', star)}${tool('note', 'info', 'Note (n)')}${tool('tags', 'branch', 'Tags (t)')}${tool(
          'archived',
          'hidden',
          'Archive (a)',
          archived,
        )}</span
      ><button
        class="link"
        tabindex="-1"
        title="Open the run"
        @click=${(event: MouseEvent) => {
          event.stopPropagation();
          state.open(run.id);
        }}
      >
        ${text}
      </button>`;
  }
  if (column.id === 'status') {
    const look = statusLook(run.status);
    return html`<span class="tone-${look.tone}">${icon(look.icon, look.turning ? 'spin' : '')}</span> ${text}`;
  }
  return html`${text}`;
}

function hint(column: Column, run: MetricsRun, text: string | undefined): string {
  if (text === undefined) return `${run.name} has no ${column.label}`;
  if (column.metric !== undefined) return String(run.metrics[column.metric]);
  if (column.id === 'commit') {
    return `${run.provenance?.commit ?? ''}${run.provenance?.dirty ? ', with uncommitted changes' : ''}`;
  }
  return text;
}

function classOf(column: Column): string {
  return `${column.numeric ? 'number' : 'text'}${column.id === 'commit' ? ' mono' : ''}${column.id === 'name' ? ' name' : ''}`;
}

/** Groups are told apart by a line before their first column. */
function firstOfGroup(column: Column, state: TableState): string {
  const before = state.columns[state.columns.indexOf(column) - 1];
  return before && before.group !== column.group ? 'group-start' : '';
}

function rowKey(event: KeyboardEvent, run: MetricsRun, index: number, state: TableState): void {
  if (move(event, index, state)) return;
  const marks: Record<string, 'star' | 'archived' | 'note' | 'tags'> = {
    s: 'star',
    n: 'note',
    t: 'tags',
    a: 'archived',
  };
  const what = event.ctrlKey || event.metaKey || event.altKey ? undefined : marks[event.key];
  if (event.key === ' ') state.toggle(run.id);
  else if (event.key === 'Enter') state.open(run.id);
  else if (what) state.mark(run.id, what);
  else return;
  event.preventDefault();
}

/** Moves to another row. @returns whether the key was one for that */
function move(event: KeyboardEvent, index: number, state: TableState): boolean {
  const last = state.items.length - 1;
  const page = 15;
  const targets: Record<string, number> = {
    ArrowDown: index + 1,
    ArrowUp: index - 1,
    PageDown: index + page,
    PageUp: index - page,
    Home: 0,
    End: last,
  };
  const target = targets[event.key];
  if (target === undefined) return false;
  state.go(Math.min(last, Math.max(0, target)));
  event.preventDefault();
  return true;
}
