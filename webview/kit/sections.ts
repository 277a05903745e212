/** Titled lists of facts. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Row, Section } from '../../src/shared/facts';
import { contextMenu } from './context-menu';

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
