/** Runs, or versions of a model, side by side: what differs, by how much, and what may explain it. */
import './compare.css';
import { html, nothing, render, type TemplateResult } from 'lit-html';
import {
  comparePanel,
  type ComparedCell,
  type ComparedColumn,
  type ComparedRow,
  type ComparedSection,
  type Comparison,
  type Verdict,
} from '../../../src/pipelines/panels/compare/contract';
import { isBoolean, shape } from '../../../src/shared/guards';
import { icon, type IconName } from '../../kit/icons';
import { openPage } from '../../kit/page';
import { provenanceLine } from '../../runs/provenance';
import { statusLook } from '../../runs/status';
import { asMarkdown } from './markdown';

interface CompareLook {
  onlyDiffering: boolean;
}

const host = openPage(comparePanel, { layout: 'window', icon: 'columns', waiting: 'Reading what is compared…' });
const look = host.view(shape<CompareLook>({ onlyDiffering: isBoolean }));
let comparison: Comparison | undefined;
let onlyDiffering = look?.onlyDiffering ?? true;

host.listen({
  comparison(message) {
    ({ comparison } = message);
    host.show();
    draw();
  },
  freshness({ problem, updatedAt }) {
    const retry = comparison ? { retry: () => host.post({ type: 'refresh' }) } : {};
    host.problem(problem === undefined ? undefined : { text: problem, seenAt: updatedAt, ...retry });
  },
});

function draw(): void {
  if (comparison) render(page(comparison), host.content);
}

function page(shown: Comparison): TemplateResult {
  return html`<header class="compare-head">
      <div>
        <h1>Compare ${shown.title}</h1>
        <span class="muted">${shown.columns.length} ${shown.kind} on ${shown.connection}</span>
      </div>
      <div class="compare-tools">
        <label class="check">
          <input
            type="checkbox"
            .checked=${onlyDiffering}
            @change=${(event: Event) => {
              onlyDiffering = (event.target as HTMLInputElement).checked;
              host.saveView({ onlyDiffering });
              draw();
            }}
          />
          Only What Differs
        </label>
        <button
          class="tool"
          title="Copy the table as Markdown"
          @click=${() => host.post({ type: 'copy', text: asMarkdown(shown, onlyDiffering) })}
        >
          ${icon('copy')} Copy
        </button>
      </div>
    </header>
    <div class="compare-body">
      ${shown.verdict ? verdictOf(shown.verdict) : nothing} ${explanationsOf(shown)} ${tableOf(shown)}
    </div>`;
}

const verdictLooks: Record<Verdict['state'], { icon: IconName; tone: string }> = {
  running: { icon: 'executing', tone: 'busy' },
  same: { icon: 'succeeded', tone: 'good' },
  within: { icon: 'succeeded', tone: 'good' },
  differs: { icon: 'failed', tone: 'bad' },
  unknown: { icon: 'unknown', tone: 'wary' },
};

function verdictOf({ state, text, notes }: Verdict): TemplateResult {
  const { icon: drawing, tone } = verdictLooks[state];
  return html`<section class="verdict" aria-label="Verdict">
    <p role="status">
      <span class="tone-${tone}">${icon(drawing, state === 'running' ? 'spin' : '')}</span> <strong>${text}</strong>
    </p>
    ${notes.map((note) => html`<p class="muted">${note}</p>`)}
  </section>`;
}

function explanationsOf({ explanations, kind, sections }: Comparison): TemplateResult {
  const isSame = !sections.some(({ title, rows }) => title === 'Metrics' && rows.some(({ differs }) => differs));
  return html`<section class="explanations">
    <h2>What explains the difference</h2>
    ${
      explanations.length === 0
        ? html`<p class="muted">
            Nothing that was recorded of the ${kind} differs${isSame ? ', and neither do the metrics.' : '.'}
            ${isSame ? nothing : 'What no record fixes may: a seed that is not set, the machine, an image behind a tag.'}
          </p>`
        : html`<dl class="facts">
            ${explanations.map(
              ({ what, text }) =>
                html`<dt>${what}</dt>
                  <dd>${text}</dd>`,
            )}
          </dl>`
    }
  </section>`;
}

function tableOf(shown: Comparison): TemplateResult {
  const sections = shown.sections
    .map((section) => ({ ...section, rows: section.rows.filter(({ differs }) => differs || !onlyDiffering) }))
    .filter(({ rows }) => rows.length > 0);
  const hasSpread = sections.some(({ rows }) => rows.some(({ spread }) => spread !== undefined));
  const span = shown.columns.length + (hasSpread ? 2 : 1);
  return html`<div class="compare-scroller" tabindex="0" role="region" aria-label="Comparison">
    <table class="compare">
      <thead>
        <tr>
          <td></td>
          ${shown.columns.map((column) => headOf(column, shown))}
          ${hasSpread ? html`<th scope="col" class="spread">Over seeds</th>` : nothing}
        </tr>
      </thead>
      ${sections.map((section) => sectionOf(section, shown, span, hasSpread))}
    </table>
    ${sections.length === 0 ? html`<p class="muted">Everything is the same.</p>` : nothing}
  </div>`;
}

function headOf(column: ComparedColumn, shown: Comparison): TemplateResult {
  const isBase = column.id === shown.baseline;
  const status = column.status === undefined ? undefined : statusLook(column.status);
  return html`<th scope="col" class=${isBase ? 'base' : ''}>
    <div class="column-name">
      ${
        status
          ? html`<span class="tone-${status.tone}" title=${status.word}
                >${icon(status.icon, status.turning ? 'spin' : '')}</span
              >
              <span class="visually-hidden">${status.word}</span>`
          : nothing
      }
      <button class="link" title="Open ${column.label}" @click=${() => host.post({ type: 'open', link: column.id })}>
        ${column.label}
      </button>
    </div>
    ${shown.kind === 'runs' ? html`<div class="column-origin">${provenanceLine(column.provenance)}</div>` : nothing}
    ${column.problem ? html`<div class="column-problem muted">${icon('warning', 'tone-wary')} ${column.problem}</div>` : nothing}
    <div class="column-actions">
      ${
        isBase
          ? html`<span class="pill">Baseline</span>`
          : html`<button class="link" @click=${() => host.post({ type: 'baseline', id: column.id })}>
              Make Baseline
            </button>`
      }
      ${
        shown.kind === 'runs'
          ? html`<button class="link" @click=${() => host.post({ type: 'again', id: column.id })}>Run Again…</button>
              <button class="link" @click=${() => host.post({ type: 'reproduce', id: column.id })}>Reproduce…</button>`
          : nothing
      }
      ${
        shown.columns.length > 2
          ? html`<button
              class="tool"
              title="Take ${column.label} out"
              aria-label="Take ${column.label} out"
              @click=${() => host.post({ type: 'remove', id: column.id })}
            >
              ${icon('close')}
            </button>`
          : nothing
      }
    </div>
  </th>`;
}

function sectionOf(section: ComparedSection, shown: Comparison, span: number, hasSpread: boolean): TemplateResult {
  return html`<tbody>
    <tr class="section-row">
      <th scope="rowgroup" colspan=${span}>${section.title}</th>
    </tr>
    ${section.rows.map((row) => rowOf(row, shown, hasSpread))}
  </tbody>`;
}

function rowOf(row: ComparedRow, shown: Comparison, hasSpread: boolean): TemplateResult {
  return html`<tr class=${row.differs ? 'differs' : ''}>
    <th scope="row">${row.label}</th>
    ${row.cells.map(
      (cell, index) =>
        html`<td class="${row.kind ?? 'text'} ${shown.columns[index]?.id === shown.baseline ? 'base' : ''}">
          ${cellOf(cell, row, shown.columns[index])}
        </td>`,
    )}
    ${hasSpread ? html`<td class="number spread">${row.spread ?? ''}</td>` : nothing}
  </tr>`;
}

function cellOf(cell: ComparedCell, row: ComparedRow, column: ComparedColumn | undefined): TemplateResult {
  if (cell.text === undefined) return html`<span class="muted" aria-label="nothing">–</span>`;
  const { link, show } = cell;
  return html`${
    link === undefined
      ? html`<span title=${cell.hint ?? cell.text}>${cell.text}</span>`
      : html`<button class="link" title=${cell.hint ?? link} @click=${() => host.post({ type: 'open', link })}>
          ${cell.text}
        </button>`
  }
  ${
    cell.delta === undefined
      ? nothing
      : html`<span class="delta"
          >${cell.tone ? html`<span class="tone-${cell.tone}">${icon(cell.delta.startsWith('+') ? 'up' : 'down')}</span>` : nothing}${
            cell.delta
          }${cell.tone ? html`<span class="visually-hidden">, ${cell.tone === 'good' ? 'better' : 'worse'}</span>` : nothing}</span
        >`
  }
  ${
    show && column
      ? html`<button
          class="link"
          @click=${() => host.post({ type: 'show', what: show, id: column.id, row: row.label })}
          aria-label="Show changes of ${row.label} in ${column.label}"
        >
          Show Changes
        </button>`
      : nothing
  }`;
}
