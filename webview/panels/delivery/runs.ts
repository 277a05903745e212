/** The table of a pipeline's runs. Only the rows in view are in the document. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { DeliveryRun } from '../../../src/delivery/model';
import { formatAge, formatDuration, formatTime, shortId } from '../../../src/shared/format';
import { triggerWord } from '../../../src/shared/delivery-trigger';
import { icon } from '../../kit/icons';
import type { Slice } from '../../kit/table/virtual';
import { deliveryLook } from '../../runs/delivery-status';

export const rowHeight = 28;

export interface RunsState {
  runs: readonly DeliveryRun[];
  slice: Slice;
  /** The row that Tab reaches, and the one whose details are shown. */
  active: string | undefined;
  selected: string | undefined;
  commit: string | undefined;
  now: number;
  select(run: string): void;
  go(index: number): void;
}

const columns = ['State', 'Commit', 'Message', 'Trigger', 'Started', 'Took', 'Mode', 'Run'];

export function runsTable(state: RunsState): TemplateResult {
  const { runs, slice } = state;
  return html`<table class="runs" role="grid" aria-label="Runs" aria-rowcount=${runs.length + 1}>
    <thead>
      <tr>
        ${columns.map((column) => html`<th scope="col">${column}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${slice.above > 0 ? html`<tr aria-hidden="true" style="height: ${slice.above}px"></tr>` : nothing}
      ${repeat(
        runs.slice(slice.first, slice.end),
        ({ id }) => id,
        (run, index) => rowOf(run, slice.first + index, state),
      )}
      ${slice.below > 0 ? html`<tr aria-hidden="true" style="height: ${slice.below}px"></tr>` : nothing}
    </tbody>
  </table>`;
}

function rowOf(run: DeliveryRun, index: number, state: RunsState): TemplateResult {
  const look = deliveryLook(run.status);
  const [revision, ...more] = run.revisions;
  const isYours = revision !== undefined && revision.id === state.commit;
  const subject = revision?.message?.split('\n', 1)[0];
  const took = run.started !== undefined && run.updated !== undefined ? formatDuration(run.updated - run.started) : '';
  return html`<tr
    data-run=${run.id}
    aria-rowindex=${index + 2}
    aria-selected=${run.id === state.selected ? 'true' : 'false'}
    tabindex=${run.id === state.active ? '0' : '-1'}
    @click=${() => state.select(run.id)}
    @keydown=${(event: KeyboardEvent) => rowKey(event, run, index, state)}
  >
    <td><span class="tone-${look.tone}">${icon(look.icon, look.turning ? 'spin' : '')}</span> ${look.word}</td>
    <td class="mono" title=${revision?.id ?? ''}>
      ${revision ? shortId(revision.id) : '–'}${more.length > 0 ? html` <span class="muted">+${more.length}</span>` : nothing}
      ${isYours ? html`<span class="pill">yours</span>` : nothing}
    </td>
    <td class="message" title=${revision?.message ?? ''}>${subject ?? ''}</td>
    <td title=${run.trigger?.detail ?? ''}>${run.isRollback ? 'Rollback' : triggerWord(run.trigger)}</td>
    <td title=${run.started === undefined ? '' : formatTime(run.started)}>
      ${run.started === undefined ? '' : formatAge(run.started, state.now)}
    </td>
    <td>${took}</td>
    <td>${run.mode ?? ''}</td>
    <td class="mono">${shortId(run.id)}</td>
  </tr>`;
}

function rowKey(event: KeyboardEvent, run: DeliveryRun, index: number, state: RunsState): void {
  const last = state.runs.length - 1;
  const page = 15;
  const targets: Readonly<Record<string, number | undefined>> = {
    ArrowDown: index + 1,
    ArrowUp: index - 1,
    PageDown: index + page,
    PageUp: index - page,
    Home: 0,
    End: last,
  };
  const target = targets[event.key];
  if (target !== undefined) state.go(Math.min(last, Math.max(0, target)));
  else if (event.key === 'Enter' || event.key === ' ') state.select(run.id);
  else return;
  event.preventDefault();
}
