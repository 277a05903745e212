/** The options of an action as controls, in their groups. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { FlowOption } from '../../../src/gitflow/vscode/panels/flow/contract';
import { valueOf } from '../../kit/controls';
import { fault } from '../../kit/problem';

type Change = (id: string, value: string | boolean) => void;

export function optionGroups(options: FlowOption[], change: Change): TemplateResult {
  const groups = new Map<string, FlowOption[]>();
  for (const option of options) groups.set(option.group, [...(groups.get(option.group) ?? []), option]);
  return html`${[...groups].map(
    ([name, list]) =>
      html`<section class="flow-section" role="group" aria-label=${name}>
        <h2>${name}</h2>
        ${list.map((option) => html`<div class="flow-option">${control(option, change)}${help(option)}</div>`)}
      </section>`,
  )}`;
}

function control(option: FlowOption, change: Change): TemplateResult {
  switch (option.kind) {
    case 'boolean':
      return html`<vscode-checkbox
        id="option-${option.id}"
        .checked=${option.value}
        ?disabled=${option.disabled !== undefined}
        @change=${(event: Event) => {
          const { checked } = event.target as HTMLInputElement;
          // The toolkit tells of changes that its user did not make, too.
          if (checked !== option.value) change(option.id, checked);
        }}
        >${option.label}</vscode-checkbox
      >`;
    case 'choice':
      return html`<div role="radiogroup" aria-label=${option.label} class="flow-choice">
        <p class="flow-label">${option.label}</p>
        ${option.choices.map(
          (choice) =>
            html`<label class=${choice.disabled === undefined ? '' : 'disabled'} title=${choice.disabled ?? nothing}>
              <input
                type="radio"
                name="option-${option.id}"
                .checked=${choice.value === option.value}
                ?disabled=${option.disabled !== undefined || choice.disabled !== undefined}
                @change=${() => change(option.id, choice.value)}
              />
              <span>
                ${choice.label}
                ${
                  choice.description || choice.disabled
                    ? html`<span class="flow-help">${choice.disabled ?? choice.description}</span>`
                    : nothing
                }
              </span>
            </label>`,
        )}
      </div>`;
    case 'text':
      return html`<label class="flow-label" for="option-${option.id}">${option.label}</label>
        ${textControl(option, change)} ${fault(option.problem)}`;
  }
}

function textControl(option: Extract<FlowOption, { kind: 'text' }>, change: Change): TemplateResult {
  const id = `option-${option.id}`;
  const input = (event: Event): void => change(option.id, valueOf(event));
  // The host answers a key press with the whole dialog; what is being typed is never set back to an older answer.
  const value = document.activeElement?.id === id ? valueOfFocused() : option.value;
  return option.multiline
    ? html`<vscode-text-area
        id=${id}
        aria-label=${option.label}
        rows="3"
        resize="vertical"
        placeholder=${option.placeholder ?? nothing}
        ?disabled=${option.disabled !== undefined}
        .value=${value}
        @input=${input}
      ></vscode-text-area>`
    : html`<vscode-text-field
        id=${id}
        aria-label=${option.label}
        class=${option.problem === undefined ? '' : 'invalid'}
        placeholder=${option.placeholder ?? nothing}
        ?disabled=${option.disabled !== undefined}
        .value=${value}
        @input=${input}
      ></vscode-text-field>`;
}

function valueOfFocused(): string {
  return (document.activeElement as HTMLInputElement).value;
}

function help(option: FlowOption): TemplateResult | typeof nothing {
  const text = option.disabled ?? option.description;
  return text === undefined ? nothing : html`<p class="flow-help">${text}</p>`;
}
