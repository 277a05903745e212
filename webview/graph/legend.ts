/** What the lines of the graph mean, shown on request. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { icon } from '../kit/icons';

const lines = [
  { className: 'edge-reference', text: 'reads a property or an output' },
  { className: 'edge-dependsOn', text: 'waits for (DependsOn)' },
  { className: 'edge-branch edge-taken', text: 'branch of a condition, when it was taken' },
];

export function legend(open: boolean, setOpen: (open: boolean) => void): TemplateResult {
  return html`${
      open
        ? html`<ul class="legend" id="legend">
            ${lines.map(
              ({ className, text }) =>
                html`<li>
                  <svg class="edge ${className}" width="32" height="10" aria-hidden="true">
                    <path class="edge-line" d="M1 5H31" />
                  </svg>
                  ${text}
                </li>`,
            )}
          </ul>`
        : nothing
    }
    <button class="tool" aria-expanded=${open ? 'true' : 'false'} aria-controls="legend" @click=${() => setOpen(!open)}>
      ${icon('info')} Legend
    </button>`;
}
