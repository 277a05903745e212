/** The toolkit's controls with what its tags leave to their users: a dropdown that follows its value. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { ref } from 'lit-html/directives/ref.js';

export interface Choice {
  value: string;
  label: string;
  disabled?: boolean;
}

interface ValueElement extends Element {
  value: string;
}

export interface DropdownOptions {
  id: string;
  label: string;
  value: string;
  choices: Choice[];
  disabled?: boolean;
  change(value: string): void;
}

/** A dropdown. The toolkit's takes a value only once its options stand, which is after a render. */
export function dropdown(options: DropdownOptions): TemplateResult {
  const follow = (element: Element | undefined): void => {
    if (!element) return;
    setTimeout(() => {
      const control = element as ValueElement;
      if (control.value !== options.value) control.value = options.value;
    });
  };
  return html`<vscode-dropdown
    id=${options.id}
    aria-label=${options.label}
    ?disabled=${options.disabled ?? false}
    ${ref(follow)}
    @change=${(event: Event) => options.change(valueOf(event))}
  >
    ${options.choices.map(
      (choice) =>
        html`<vscode-option
          value=${choice.value}
          ?selected=${choice.value === options.value}
          ?disabled=${choice.disabled ?? false}
          >${choice.label}</vscode-option
        >`,
    )}
  </vscode-dropdown>`;
}

export interface TextFieldOptions {
  id: string;
  label: string;
  value: string;
  placeholder?: string;
  invalid?: boolean;
  disabled?: boolean;
  input(value: string): void;
}

export function textField(options: TextFieldOptions): TemplateResult {
  return html`<vscode-text-field
    id=${options.id}
    aria-label=${options.label}
    aria-invalid=${options.invalid ? 'true' : 'false'}
    class=${options.invalid ? 'invalid' : ''}
    placeholder=${options.placeholder ?? nothing}
    ?disabled=${options.disabled ?? false}
    .value=${options.value}
    @input=${(event: Event) => options.input(valueOf(event))}
  ></vscode-text-field>`;
}

/** The value of the control that an event comes from. */
export function valueOf(event: Event): string {
  return (event.target as ValueElement).value;
}
