/** The button and list of saved views, and by what the runs are grouped. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { SavedView } from '../../../src/pipelines/panels/metrics/contract';
import { dropdown } from '../../kit/controls';
import { icon } from '../../kit/icons';
import type { Column } from './columns';

export interface ViewsMenu {
  views: readonly SavedView[];
  open: boolean;
  setOpen(open: boolean): void;
  choose(view: SavedView): void;
  save(): void;
  drop(name: string): void;
  /** The columns to group by, and the one that is. */
  groups: readonly Column[];
  group: string | undefined;
  setGroup(id: string | undefined): void;
}

export function viewsMenu(menu: ViewsMenu): TemplateResult {
  return html`${dropdown({
      id: 'group',
      label: 'Group by',
      value: menu.group ?? '',
      choices: [
        { value: '', label: 'No groups' },
        ...menu.groups.map(({ id, label }) => ({ value: id, label: `By ${label}` })),
      ],
      change: (id) => menu.setGroup(id === '' ? undefined : id),
    })}
    <div
      class="menu"
      @keydown=${(event: KeyboardEvent) => {
        if (event.key !== 'Escape' || !menu.open) return;
        menu.setOpen(false);
        if (event.currentTarget instanceof HTMLElement) event.currentTarget.querySelector('button')?.focus();
      }}
    >
      <button
        class="tool"
        title="Saved Views: filter, order, columns and groups"
        aria-expanded=${menu.open ? 'true' : 'false'}
        aria-controls="views"
        @click=${() => menu.setOpen(!menu.open)}
      >
        ${icon('star')} Views
      </button>
      ${
        menu.open
          ? html`<div class="menu-list" id="views" role="group" aria-label="Saved views">
              <div class="menu-actions">
                <button class="link" @click=${() => menu.save()}>Save This View…</button>
              </div>
              ${menu.views.length === 0 ? html`<p class="muted">None is saved yet.</p>` : nothing}
              ${menu.views.map(
                (view) =>
                  html`<div class="menu-row">
                    <button class="link" @click=${() => menu.choose(view)}>${view.name}</button>
                    <button
                      class="tool"
                      title="Delete ${view.name}"
                      aria-label="Delete ${view.name}"
                      @click=${() => menu.drop(view.name)}
                    >
                      ${icon('close')}
                    </button>
                  </div>`,
              )}
            </div>`
          : nothing
      }
    </div>`;
}
