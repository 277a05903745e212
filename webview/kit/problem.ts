/** What is wrong, where it is: below a field, or beside the buttons of a form. A screen reader says it at once. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { icon } from './icons';

/** A line below what it is about. */
export function fault(text: string | undefined): TemplateResult | typeof nothing {
  return text ? problemLine({ severity: 'error', text }) : nothing;
}

/** The same for what may only be a warning, of which a screen reader does not say it at once. */
export function problemLine({ severity, text }: { severity: 'error' | 'warning'; text: string }): TemplateResult {
  const isError = severity === 'error';
  return html`<p class="fault" role=${isError ? 'alert' : nothing}>
    ${isError ? icon('error', 'tone-bad') : icon('warning', 'tone-wary')} <span>${text}</span>
  </p>`;
}

/** Why the form was not done. */
export function formProblem(text: string | undefined): TemplateResult | typeof nothing {
  return text
    ? html`<div class="form-problem" role="alert">${icon('error', 'tone-bad')} <span>${text}</span></div>`
    : nothing;
}
