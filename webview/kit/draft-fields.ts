/** The fields of a wide form: a label beside its control, with its help and what is wrong with it below. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { type Choice, dropdown, textField } from './controls';
import { problemLine } from './problem';

/** What is wrong with a draft; with one of its fields where it is named. */
export interface DraftProblem {
  severity: 'error' | 'warning';
  field?: string;
  text: string;
}

/** What the user fills in, as it is at any time. */
export interface DraftSource {
  draft(): Readonly<Record<string, string>>;
  problems(): readonly DraftProblem[] | undefined;
  change(next: Record<string, string>): void;
}

/** The kinds of fields of a draft, by the ids of what they hold. */
export class DraftFields {
  constructor(private readonly source: DraftSource) {}

  faults(id: string): readonly DraftProblem[] {
    return (this.source.problems() ?? []).filter(({ field }) => field === id);
  }

  field(id: string, label: string, control: TemplateResult, help?: string): TemplateResult {
    return html`<div class="wide-form-field">
      <label for=${id}>${label}</label>
      <div>
        ${control} ${help === undefined ? nothing : html`<p class="help">${help}</p>`}
        ${this.faults(id).map(problemLine)}
      </div>
    </div>`;
  }

  text(id: string, label: string, placeholder?: string, help?: string): TemplateResult {
    const control = textField({
      id,
      label,
      value: this.value(id),
      invalid: this.faults(id).some(({ severity }) => severity === 'error'),
      ...(placeholder === undefined ? {} : { placeholder }),
      input: (value) => this.source.change({ [id]: value }),
    });
    return this.field(id, label, control, help);
  }

  /** @param then what a choice does; it changes the field, where this is left out */
  choice(
    id: string,
    label: string,
    choices: Choice[],
    then = (value: string): void => this.source.change({ [id]: value }),
  ): TemplateResult {
    return this.field(id, label, dropdown({ id, label, value: this.value(id), choices, change: then }));
  }

  private value(id: string): string {
    return this.source.draft()[id] ?? '';
  }
}
