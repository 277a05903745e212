/** The button and list that choose which columns are shown. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { icon } from '../../kit/icons';
import type { Column } from './columns';

export interface ColumnsMenu {
  columns: Column[];
  hidden: string[];
  open: boolean;
  setOpen(open: boolean): void;
  /** The columns that are the same in all runs. */
  same(): string[];
  setHidden(hidden: string[]): void;
}

const groups = ['Run', 'Metrics', 'Parameters'] as const;

export function columnsMenu(menu: ColumnsMenu): TemplateResult {
  const known = menu.columns.filter((column) => menu.hidden.includes(column.id)).length;
  return html`<div
    class="menu"
    @keydown=${(event: KeyboardEvent) => {
      if (event.key !== 'Escape' || !menu.open) return;
      menu.setOpen(false);
      const holder = event.currentTarget;
      if (holder instanceof HTMLElement) holder.querySelector('button')?.focus();
    }}
  >
    <button
      class="tool"
      title="Choose Columns"
      aria-expanded=${menu.open ? 'true' : 'false'}
      aria-controls="columns"
      @click=${() => menu.setOpen(!menu.open)}
    >
      ${icon('columns')} Columns${known > 0 ? html` <span class="muted">(${known} hidden)</span>` : nothing}
    </button>
    ${
      menu.open
        ? html`<div class="menu-list" id="columns" role="group" aria-label="Columns">
            <div class="menu-actions">
              <button
                class="link"
                title="Hides the columns that say the same of every run"
                @click=${() => menu.setHidden(menu.same())}
              >
                Only What Differs
              </button>
              <button class="link" @click=${() => menu.setHidden([])}>All</button>
            </div>
            ${groups.map((group) => groupOf(group, menu))}
          </div>`
        : nothing
    }
  </div>`;
}

function groupOf(group: string, menu: ColumnsMenu): TemplateResult | typeof nothing {
  const columns = menu.columns.filter((column) => column.group === group && column.id !== 'name');
  if (columns.length === 0) return nothing;
  return html`<h2>${group}</h2>
    ${columns.map(
      (column) =>
        html`<label>
          <input
            type="checkbox"
            .checked=${!menu.hidden.includes(column.id)}
            @change=${(event: Event) => {
              const on = (event.target as HTMLInputElement).checked;
              const others = menu.hidden.filter((id) => id !== column.id);
              menu.setHidden(on ? others : [...others, column.id]);
            }}
          />
          ${column.label}
        </label>`,
    )}`;
}
