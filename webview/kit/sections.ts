/** Titled lists of facts. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Row, Section, Table } from '../../src/shared/facts';
import { contextMenu } from './context-menu';
import { icon } from './icons';

export function sections(list: Section[], open: (link: string) => void): TemplateResult {
  return html`${list.map((section) => sectionOf(section, open))}`;
}

function sectionOf(section: Section, open: (link: string) => void): TemplateResult {
  return html`<section class="section">
    <h2>${section.title}</h2>
    <dl class="facts">${section.rows.map((row) => rowOf(row, open))}</dl>
  </section>`;
}

function rowOf(row: Row, open: (link: string) => void): TemplateResult {
  const { link } = row;
  return html`<dt>${row.label}</dt>
    <dd class=${row.kind ?? 'text'}>
      ${
        link === undefined
          ? html`<span>${row.value}</span>`
          : html`<button
              class="link"
              data-vscode-context=${link.startsWith('s3://') ? contextMenu('Artifact', { uri: link }) : nothing}
              @click=${() => open(link)}
            >
              ${row.value}
            </button>`
      }
    </dd>`;
}

/** A titled table; the best of its rows is marked. */
export function table({ title, columns, rows, note }: Table, open: (link: string) => void): TemplateResult {
  return html`<section class="section">
    <h2>${title}</h2>
    ${
      rows.length === 0
        ? nothing
        : html`<div class="fact-table" tabindex="0" role="region" aria-label=${title}>
            <table>
              <thead>
                <tr>
                  ${columns.map(({ name, kind }) => html`<th scope="col" class=${kind ?? 'text'}>${name}</th>`)}
                </tr>
              </thead>
              <tbody>
                ${rows.map((row) => tableRow(row, columns, open))}
              </tbody>
            </table>
          </div>`
    }
    ${note === undefined ? nothing : html`<p class="muted">${note}</p>`}
  </section>`;
}

function tableRow(
  { cells, isBest, link }: Table['rows'][number],
  columns: Table['columns'],
  open: (link: string) => void,
): TemplateResult {
  const [first = '', ...others] = cells;
  return html`<tr class=${isBest ? 'best' : ''}>
    <th scope="row">
      ${link === undefined ? first : html`<button class="link" @click=${() => open(link)}>${first}</button>`}
      ${isBest ? html`<span class="pill">${icon('succeeded', 'tone-good')} best</span>` : nothing}
    </th>
    ${others.map((cell, index) => html`<td class=${columns[index + 1]?.kind ?? 'text'}>${cell}</td>`)}
  </tr>`;
}
