/** What is wrong, where it is: below a field, or beside the buttons of a form. A screen reader says it at once. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { icon } from './icons';

/** A line below what it is about. */
export function fault(text: string | undefined): TemplateResult | typeof nothing {
  return text ? html`<p class="fault" role="alert">${icon('error', 'tone-bad')} ${text}</p>` : nothing;
}

/** Why the form was not done. */
export function formProblem(text: string | undefined): TemplateResult | typeof nothing {
  return text
    ? html`<div class="form-problem" role="alert">${icon('error', 'tone-bad')} <span>${text}</span></div>`
    : nothing;
}
