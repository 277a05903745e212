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
  same: ReadonlySet<string>;
  /** The columns that stand before the others. */
  first: string[];
  /** The columns that stay in view beside the name. */
  pinned: string[];
  everything: boolean;
  archived: boolean;
  setHidden(hidden: string[]): void;
  setFirst(first: string[]): void;
  setPinned(pinned: string[]): void;
  setEverything(on: boolean): void;
  setArchived(on: boolean): void;
}

const groups = ['Run', 'Parameters', 'Metrics'] as const;

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
            <label>
              <input
                type="checkbox"
                .checked=${!menu.everything}
                @change=${(event: Event) => menu.setEverything(!(event.target as HTMLInputElement).checked)}
              />
              Only What Differs
            </label>
            <label>
              <input
                type="checkbox"
                .checked=${menu.archived}
                @change=${(event: Event) => menu.setArchived((event.target as HTMLInputElement).checked)}
              />
              Archived Runs
            </label>
            <div class="menu-actions">
              <button class="link" @click=${() => menu.setHidden([])}>Show All</button>
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
        html`<div class="menu-row">
          <label class="menu-label">
            <input
              type="checkbox"
              .checked=${!menu.hidden.includes(column.id)}
              @change=${(event: Event) => {
                const on = (event.target as HTMLInputElement).checked;
                const others = menu.hidden.filter((id) => id !== column.id);
                menu.setHidden(on ? others : [...others, column.id]);
              }}
            />
            ${column.label}${menu.same.has(column.id) ? html` <span class="muted">(same in all)</span>` : nothing}
          </label>
          <button
            class="tool"
            title="Put ${column.label} first"
            aria-label="Put ${column.label} first"
            @click=${() => menu.setFirst([column.id, ...menu.first.filter((id) => id !== column.id)])}
          >
            ${icon('up')}
          </button>
          <button
            class="tool"
            title="Pin ${column.label}: it stays in view"
            aria-label="Pin ${column.label}"
            aria-pressed=${menu.pinned.includes(column.id) ? 'true' : 'false'}
            @click=${() =>
              menu.setPinned(
                menu.pinned.includes(column.id)
                  ? menu.pinned.filter((id) => id !== column.id)
                  : [...menu.pinned, column.id],
              )}
          >
            ${icon('pin')}
          </button>
        </div>`,
    )}`;
}
