/** What must hold, each with its evidence and what to do about it. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { FlowCheck } from '../../../src/gitflow/vscode/panels/flow/contract';
import type { Tone } from '../../kit/tone';
import { count } from '../../../src/shared/format';
import { icon, type IconName } from '../../kit/icons';

const looks: Record<FlowCheck['state'], { icon: IconName; tone: Tone; word: string }> = {
  ok: { icon: 'succeeded', tone: 'good', word: 'holds' },
  failed: { icon: 'failed', tone: 'bad', word: 'does not hold' },
  unknown: { icon: 'unknown', tone: 'wary', word: 'not known' },
  checking: { icon: 'executing', tone: 'busy', word: 'checking' },
};

type Act = (check: string, action: string) => void;

/** Checks that are worth reading even where they hold. */
export function checks(title: string, list: FlowCheck[], act: Act): TemplateResult | typeof nothing {
  if (list.length === 0) return nothing;
  return html`<section class="flow-section">
    <h2>${title}</h2>
    ${checkList(title, list, act)}
  </section>`;
}

/** Checks of which only those that do not hold are worth reading. */
export function preconditions(list: FlowCheck[], act: Act): TemplateResult | typeof nothing {
  const holding = list.filter(({ state }) => state === 'ok');
  const others = list.filter(({ state }) => state !== 'ok');
  if (list.length === 0) return nothing;
  return html`<section class="flow-section">
    <h2>Before it begins</h2>
    ${others.length > 0 ? checkList('Not ready', others, act) : nothing}
    ${
      holding.length > 0
        ? html`<details>
            <summary>
              ${icon('succeeded', 'tone-good')} ${count(holding.length, 'precondition holds', 'preconditions hold')}
            </summary>
            ${checkList('Ready', holding, act)}
          </details>`
        : nothing
    }
  </section>`;
}

function checkList(label: string, list: FlowCheck[], act: Act): TemplateResult {
  return html`<ul class="checks" aria-label=${label}>
    ${list.map((check) => {
      const look = looks[check.state];
      return html`<li>
        ${icon(look.icon, `tone-${look.tone}${check.state === 'checking' ? ' spin' : ''}`)}
        <div>
          <span>${check.label}</span>
          <span class="visually-hidden">${look.word}.</span>
          <p class="muted">${check.text}</p>
          <p class="check-actions">
            ${(check.actions ?? []).map(
              ({ id, label: action }) =>
                html`<button class="link" @click=${() => act(check.id, id)}>${action}</button>`,
            )}
          </p>
        </div>
      </li>`;
    })}
  </ul>`;
}
