/** One plot with its controls: drawn, or as a table; followed by pointer and keys. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { PlotSpec } from '../../../../src/pipelines/panels/metrics/contract';
import { formatNumber } from '../../../../src/shared/format';
import { icon } from '../../../kit/icons';
import { nothingThere } from '../../../kit/page';
import { svgOf } from '../../../kit/plot/drawing';
import type { Card } from './actions';
import { confusionMatrix } from './confusion';
import { confusionRun } from './confusion-plot';
import { controlsOf } from './controls';
import { fileKinds } from './files';
import { curvesLegend } from './legend';
import { pictureGrid } from './pictures-plot';
import type { Canvas, Plot, PlotData } from './plot';

/** Of a drawing in the page, in pixels. */
const height = 230;
/** Room for a legend beside a drawing. */
const legend = 300;

export function cardOf(card: Card): TemplateResult {
  const { plot } = card;
  return html`<section
    class="plot-card ${plot.spec.wide ? 'wide' : ''}"
    aria-label=${plot.title}
    data-kind=${plot.spec.kind}
  >
    <div class="plot-bar">
      <h2>${plot.title}</h2>
      ${controlsOf(card)} ${menuOf(card)}
    </div>
    ${bodyOf(card)}
  </section>`;
}

function bodyOf(card: Card): TemplateResult {
  const { plot, data, shown } = card;
  if (plot.empty !== undefined) return nothingThere('chart', plot.empty);
  if (plot.spec.table) return tableOf(plot);
  if (plot.spec.kind === 'pictures') return pictureGrid(data);
  if (!plot.draw) {
    const evaluation = confusionRun(data, shown)?.detail?.evaluation;
    return evaluation ? confusionMatrix(evaluation) : html``;
  }
  const hasLegend = ['curves', 'roc', 'pr'].includes(plot.spec.kind);
  const isBeside = hasLegend && card.width > 2 * legend;
  const width = Math.max(240, isBeside ? card.width - legend : card.width);
  const canvas = plot.draw({ width, height }, card.look, (css) => css);
  return html`<div class="plot-row ${isBeside ? 'beside' : ''}">
      ${drawn(card, canvas, width)} ${hasLegend ? curvesLegend(plot.spec, data, card.look.at) : nothing}
    </div>
    <p class="plot-readout muted" aria-live="polite">${canvas.readout}</p>
    ${filterLink(card)} ${hasLegend ? notesOf(data) : nothing}`;
}

/** What could not be read of runs that have curves all the same. */
function notesOf({ selected }: PlotData): TemplateResult[] {
  return selected.flatMap(({ run, detail }) =>
    detail?.note !== undefined && detail.series.length > 0
      ? html`<p class="muted">${run.name}: ${detail.note}</p>`
      : [],
  );
}

const manuals: Record<PlotSpec['kind'], string> = {
  curves: 'Left and Right move the cursor, plus and minus zoom, Shift with Left and Right move the part, 0 shows all.',
  roc: 'Left and Right move the cursor, plus and minus zoom, 0 shows all.',
  pr: 'Left and Right move the cursor, plus and minus zoom, 0 shows all.',
  scatter:
    'Left and Right go from run to run, Enter opens the run, Space selects it, plus and minus zoom, 0 shows all.',
  parallel:
    'Left and Right choose an axis, Up and Down move the upper end of its brush, with Shift the lower end, Delete takes it away, 0 all of them.',
  bars: 'Left and Right go from bar to bar.',
  confusion: '',
  pictures: '',
};

function drawn(card: Card, canvas: Canvas, width: number): TemplateResult {
  const { actions, look, plot } = card;
  const placeOf = (event: PointerEvent): readonly [number, number] => {
    const { left, top } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };
  return html`<div
    class="plot"
    style="width: ${width}px; height: ${height}px"
    tabindex="0"
    role="application"
    aria-roledescription="plot"
    aria-label="${plot.title}. ${manuals[plot.spec.kind]}"
    @pointerdown=${(event: PointerEvent) => {
      if (event.button !== 0) return;
      const element = event.currentTarget as HTMLElement;
      element.setPointerCapture(event.pointerId);
      element.dataset['from'] = placeOf(event).join(' ');
    }}
    @pointermove=${(event: PointerEvent) => {
      const from = fromOf(event);
      if (from && canvas.drag) actions.look({ ...look, ...canvas.drag(from, placeOf(event), false) });
      else if (!from && canvas.point) actions.look({ ...look, ...canvas.point(...placeOf(event)) });
    }}
    @pointerup=${(event: PointerEvent) => {
      const from = fromOf(event);
      delete (event.currentTarget as HTMLElement).dataset['from'];
      if (!from) return;
      const to = placeOf(event);
      const isClick = Math.hypot(to[0] - from[0], to[1] - from[1]) < 4;
      if (isClick && canvas.point) {
        actions.look({ ...look, drag: undefined });
        if (canvas.run !== undefined) actions.toggleRun(canvas.run);
      } else if (canvas.drag) actions.look({ ...look, ...canvas.drag(from, to, true) });
    }}
    @pointerleave=${() => {
      if (look.at !== undefined) actions.look({ ...look, at: undefined });
    }}
    @dblclick=${() => actions.look({ ...look, view: undefined, drag: undefined })}
    @keydown=${(event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const { key } = event;
      const { run } = canvas;
      if (run !== undefined && key === 'Enter') actions.openRun(run);
      else if (run !== undefined && key === ' ') actions.toggleRun(run);
      else {
        const next = canvas.key?.(key, event.shiftKey);
        if (!next) return;
        actions.look({ ...look, ...next });
      }
      event.preventDefault();
    }}
  >
    <div class="plot-drawing" aria-hidden="true" .innerHTML=${svgOf(canvas.drawing)}></div>
    <div
      class="plot-drawing"
      aria-hidden="true"
      .innerHTML=${svgOf({ ...canvas.drawing, content: canvas.overlay })}
    ></div>
    ${
      look.view
        ? html`<button
            class="tool zoomed"
            @pointerdown=${(event: Event) => event.stopPropagation()}
            @click=${() => actions.look({ ...look, view: undefined })}
          >
            Show All
          </button>`
        : nothing
    }
  </div>`;
}

function fromOf(event: PointerEvent): readonly [number, number] | undefined {
  const text = (event.currentTarget as HTMLElement).dataset['from'];
  if (text === undefined) return undefined;
  const [x = 0, y = 0] = text.split(' ').map(Number);
  return [x, y];
}

/** Leads from a brush to the table. */
function filterLink({ plot, look, actions }: Card): TemplateResult | typeof nothing {
  const filter = plot.filter?.(look);
  if (filter === undefined) return nothing;
  return html`<p>
    <button class="link" @click=${() => actions.setFilter(filter)}>Filter the Table by the Brushes</button>
    <button class="link" @click=${() => actions.look({ ...look, brushes: {} })}>Clear the Brushes</button>
  </p>`;
}

/** So many rows of a table stand in the page; the file has all. */
const mostRows = 500;

function tableOf({ table: { columns, rows }, title }: Plot): TemplateResult {
  return html`<div class="plot-table" tabindex="0" role="region" aria-label="${title} as a table">
    <table class="values">
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col">${column}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.slice(0, mostRows).map(
          (row) =>
            html`<tr>
              ${row.map((cell, at) => {
                const text = typeof cell === 'number' ? formatNumber(cell) : (cell ?? '–');
                return at === 0 ? html`<th scope="row">${text}</th>` : html`<td>${text}</td>`;
              })}
            </tr>`,
        )}
      </tbody>
    </table>
    ${rows.length > mostRows ? html`<p class="muted">${rows.length - mostRows} more rows are in the CSV file.</p>` : nothing}
  </div>`;
}

function menuOf(card: Card): TemplateResult {
  const { plot, index, last, isMenuOpen, actions } = card;
  const { spec } = plot;
  const item = (label: string, act: () => void, more: { disabled?: boolean; pressed?: boolean } = {}) =>
    html`<button
      class="menu-item"
      aria-pressed=${more.pressed === undefined ? nothing : more.pressed ? 'true' : 'false'}
      ?disabled=${more.disabled ?? false}
      @click=${() => {
        actions.openMenu(false);
        act();
      }}
    >
      ${label}${more.pressed ? html` <span aria-hidden="true">✓</span>` : nothing}
    </button>`;
  const isDrawn = plot.draw !== undefined;
  return html`<div
    class="menu plot-menu"
    @keydown=${(event: KeyboardEvent) => {
      if (event.key !== 'Escape' || !isMenuOpen) return;
      actions.openMenu(false);
      if (event.currentTarget instanceof HTMLElement) event.currentTarget.querySelector('button')?.focus();
    }}
  >
    <button
      class="tool"
      title="More: ${plot.title}"
      aria-label="More: ${plot.title}"
      aria-expanded=${isMenuOpen ? 'true' : 'false'}
      @click=${() => actions.openMenu(!isMenuOpen)}
    >
      ${icon('more')}
    </button>
    ${
      isMenuOpen
        ? html`<div class="menu-list" role="group" aria-label="Actions of ${plot.title}">
            ${
              isDrawn
                ? item('Show as Table', () => actions.change({ ...spec, table: !spec.table }), {
                    pressed: spec.table ?? false,
                  })
                : nothing
            }
            ${item('Full Width', () => actions.change({ ...spec, wide: !spec.wide }), { pressed: spec.wide ?? false })}
            ${item('Move Earlier', () => actions.move(-1), { disabled: index === 0 })}
            ${item('Move Later', () => actions.move(1), { disabled: index === last })}
            ${fileKinds
              .filter(({ kind }) => {
                if (kind === 'csv') return true;
                return isDrawn || (kind === 'vl.json' ? plot.vega : plot.picture) !== undefined;
              })
              .map(({ kind, label }) =>
                item(`Save as ${label}…`, () => actions.save(kind), { disabled: plot.empty !== undefined }),
              )}
            ${item('Remove', () => actions.remove())}
          </div>`
        : nothing
    }
  </div>`;
}
