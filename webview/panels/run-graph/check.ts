/** What a check of data or of a model has found, in the pane of its step. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { CheckView } from '../../../src/shared/facts';
import { formatNumber } from '../../../src/shared/format';
import { distributionLegend, distributions, importanceBars } from '../../kit/distributions';
import { table } from '../../kit/sections';
import { toneMark } from '../../kit/tone-mark';

const words = { before: 'baseline', found: 'found' };

export function checkSections(
  { violations, features, importance, tables }: CheckView,
  open: (link: string) => void,
): TemplateResult {
  const hasBefore = features.some(({ before }) => before.length > 0);
  return html`${violations === undefined ? nothing : violationsSection(violations)}
  ${
    features.length === 0
      ? nothing
      : html`<section class="section">
          <h2>Distributions</h2>
          <ul class="features">
            ${features.map((feature) => {
              const { name, distance, threshold } = feature;
              const isOver = distance !== undefined && threshold !== undefined && distance > threshold;
              return html`<li>
                <h3>${distance === undefined ? nothing : toneMark(isOver ? 'bad' : 'good')} ${name}</h3>
                ${
                  distance === undefined
                    ? nothing
                    : html`<p class="muted">
                        Distance ${formatNumber(distance)}${isOver ? `, over ${formatNumber(threshold)}` : nothing}
                      </p>`
                }
                ${distributions(feature, words)}
              </li>`;
            })}
          </ul>
          ${distributionLegend(words, hasBefore)}
        </section>`
  }
  ${importance.map(
    ({ label, features: counted }) =>
      html`<section class="section">
        <h2>Mean SHAP values${importance.length > 1 ? ` of ${label}` : nothing}</h2>
        ${importanceBars(counted)}
      </section>`,
  )}
  ${tables.map((each) => table(each, open))}`;
}

function violationsSection(list: NonNullable<CheckView['violations']>): TemplateResult {
  return html`<section class="section">
    <h2>Violations</h2>
    ${list.length === 0 ? html`<p>${toneMark('good')} None.</p>` : nothing}
    <ul class="check-violations">
      ${list.map(
        ({ about, check, text }) =>
          html`<li>
            <span
              >${toneMark('bad')} <strong>${about === '' ? 'All data' : about}</strong>
              <span class="muted">${check}</span></span
            >
            <p>${text}</p>
          </li>`,
      )}
    </ul>
  </section>`;
}
