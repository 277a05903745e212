/**
 * The table of runs. Only the rows in view are in the document. One row is reached by Tab, the others by arrows;
 * heads sort, with Shift by several columns.
 */
import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { MetricsRun } from '../../../src/pipelines/panels/metrics/contract';
import { icon } from '../../kit/icons';
import { statusLook } from '../../runs/status';
import type { Column } from './columns';
import { colourOf } from '../../kit/plot/palette';
import type { SortKey } from './sort';
import type { Slice } from '../../kit/table/virtual';

export const rowHeight = 28;

export interface TableState {
  columns: Column[];
  /** All rows, filtered and in order. */
  rows: MetricsRun[];
  slice: Slice;
  sort: readonly SortKey[];
  /** The best value of a metric, by column id. */
  best: ReadonlyMap<string, number>;
  /** Widths in pixels, by column id. */
  widths: ReadonlyMap<string, number>;
  /** The row that Tab reaches. */
  active: string | undefined;
  /** A selected run's colour, or undefined. */
  slot(run: string): number | undefined;
  now: number;
  sortBy(column: string, add: boolean): void;
  toggle(run: string): void;
  open(run: string): void;
  /** Moves the active row. */
  go(index: number): void;
}

export function runsTable(state: TableState): TemplateResult {
  const { columns, rows, slice } = state;
  return html`<table
    class="runs"
    role="grid"
    aria-label="Runs"
    aria-multiselectable="true"
    aria-rowcount=${rows.length + 2}
    aria-colcount=${columns.length + 1}
  >
    <colgroup>
      <col style="width: 36px" />
      ${columns.map((column) => html`<col style="width: ${state.widths.get(column.id) ?? 120}px" />`)}
    </colgroup>
    <thead>
      <tr class="groups">
        <th></th>
        ${groupsOf(columns).map(
          ({ group, span }) => html`<th scope="colgroup" colspan=${span}>${group === 'Run' ? '' : group}</th>`,
        )}
      </tr>
      <tr>
        <th><span class="visually-hidden">Plotted</span></th>
        ${columns.map((column) => headOf(column, state))}
      </tr>
    </thead>
    <tbody>
      ${slice.above > 0 ? html`<tr aria-hidden="true" style="height: ${slice.above}px"></tr>` : nothing}
      ${repeat(
        rows.slice(slice.first, slice.end),
        (run) => run.id,
        (run, index) => rowOf(run, slice.first + index, state),
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

function headOf(column: Column, state: TableState): TemplateResult {
  const at = state.sort.findIndex((key) => key.column === column.id);
  const key = state.sort[at];
  const direction = !key ? 'none' : key.descending ? 'descending' : 'ascending';
  return html`<th scope="col" class="${classOf(column)} ${firstOfGroup(column, state)}" aria-sort=${direction}>
    <button
      title="${column.label}: click to sort, with Shift by several columns"
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
  </th>`;
}

function rowOf(run: MetricsRun, index: number, state: TableState): TemplateResult {
  const slot = state.slot(run.id);
  const chosen = slot !== undefined;
  return html`<tr
    data-run=${run.id}
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
  const best = state.best.get(column.id);
  const isBest = best !== undefined && column.metric !== undefined && best === run.metrics[column.metric];
  return html`<td
    class="${classOf(column)} ${firstOfGroup(column, state)} ${isBest ? 'best' : ''}"
    title=${hint(column, run, text)}
  >
    ${content(column, run, text, state)}${isBest ? html`<span class="visually-hidden"> best</span>` : nothing}
  </td>`;
}

function content(column: Column, run: MetricsRun, text: string | undefined, state: TableState): TemplateResult {
  if (text === undefined) return html`<span class="missing" aria-label="missing">–</span>`;
  if (column.id === 'name') {
    return html`<button
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
  const last = state.rows.length - 1;
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
  if (target !== undefined) state.go(Math.min(last, Math.max(0, target)));
  else if (event.key === ' ') state.toggle(run.id);
  else if (event.key === 'Enter') state.open(run.id);
  else return;
  event.preventDefault();
}
