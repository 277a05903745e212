/** Calls that are shown before they are made, each with its input to be unfolded. */
import { html, type TemplateResult } from 'lit-html';

interface PlannedCall {
  service: string;
  operation: string;
  purpose: string;
  /** As JSON, indented. */
  input: string;
}

export function callList(calls: readonly PlannedCall[]): TemplateResult {
  return html`<ol class="calls">
    ${calls.map(
      ({ service, operation, purpose, input }) =>
        html`<li>
          <details>
            <summary><span class="mono">${service} ${operation}</span> <span class="muted">${purpose}</span></summary>
            <pre tabindex="0" aria-label="Input of ${operation}">${input}</pre>
          </details>
        </li>`,
    )}
  </ol>`;
}
