/** Tabs by the usual keyboard pattern: one Tab stop, arrows move and choose. */
import { html, type TemplateResult } from 'lit-html';

export interface Tab<Id extends string> {
  id: Id;
  label: string;
}

export function tabList<Id extends string>(
  label: string,
  tabs: Tab<Id>[],
  chosen: Id,
  choose: (id: Id) => void,
): TemplateResult {
  const key = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const index = tabs.findIndex((tab) => tab.id === chosen);
    const next = tabs[(index + step + tabs.length) % tabs.length];
    if (step === 0 || !next) return;
    event.preventDefault();
    const list = event.currentTarget;
    choose(next.id);
    if (list instanceof HTMLElement) list.querySelector<HTMLElement>(`#tab-${next.id}`)?.focus();
  };
  return html`<div class="tabs" role="tablist" aria-label=${label} @keydown=${key}>
    ${tabs.map(
      (tab) =>
        html`<button
          class="tab"
          role="tab"
          id="tab-${tab.id}"
          aria-selected=${tab.id === chosen ? 'true' : 'false'}
          aria-controls="tab-panel"
          tabindex=${tab.id === chosen ? '0' : '-1'}
          @click=${() => choose(tab.id)}
        >
          ${tab.label}
        </button>`,
    )}
  </div>`;
}

export function tabPanel(chosen: string, content: TemplateResult): TemplateResult {
  return html`<div class="tab-panel" role="tabpanel" tabindex="0" id="tab-panel" aria-labelledby="tab-${chosen}">
    ${content}
  </div>`;
}
