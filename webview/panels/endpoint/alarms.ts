/** The alarms of an endpoint: state, rule, what is wrong with them, and a drill. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { AlarmView } from '../../../src/deployment/panels/endpoint/contract';
import type { Tone } from '../../../src/shared/status';
import { icon } from '../../kit/icons';
import { toneMark } from '../../kit/tone-mark';

const tones: Record<string, Tone> = { OK: 'good', ALARM: 'bad', INSUFFICIENT_DATA: 'quiet' };
const words: Record<string, string> = { OK: 'OK', ALARM: 'In alarm', INSUFFICIENT_DATA: 'No data yet' };

interface AlarmServices {
  drill: (alarm: string) => void;
  monitoring: () => void;
}

export function alarmsView(alarms: AlarmView[], { drill, monitoring }: AlarmServices): TemplateResult | typeof nothing {
  if (alarms.length === 0) return nothing;
  return html`<section>
    <h2>Alarms</h2>
    <ul class="alarms">
      ${alarms.map(
        ({ name, state, reason, rule, findings, isAbort }) =>
          html`<li>
            <span>${toneMark(tones[state] ?? 'quiet')} <strong>${name}</strong> ${words[state] ?? state}</span>
            <span class="muted">${rule}</span>
            ${state === 'ALARM' && reason !== '' ? html`<span class="help">${reason}</span>` : nothing}
            ${findings.map((text) => html`<span class="help">${icon('warning', 'tone-wary')} ${text}</span>`)}
            ${
              isAbort || state !== 'ALARM'
                ? nothing
                : html`<button class="link" @click=${monitoring} aria-label="Monitoring, after the alarm ${name}">
                    See What Was Sent and Answered
                  </button>`
            }
            ${
              isAbort || state === 'ALARM'
                ? nothing
                : html`<button class="link" @click=${() => drill(name)} aria-label="Fire drill of ${name}">
                    Fire Drill…
                  </button>`
            }
          </li>`,
      )}
    </ul>
  </section>`;
}
