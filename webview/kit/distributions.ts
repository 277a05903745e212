/** Two distributions of one feature over each other, as drawings with their words. */
import { html, nothing, svg, type TemplateResult } from 'lit-html';
import { formatNumber } from '../../src/shared/format';

/** A feature with the shares of its values, from 0 to 1. Without a baseline `before` is empty. */
export interface Distribution {
  name: string;
  kind: 'numbers' | 'categories';
  labels: readonly string[];
  before: readonly number[];
  found: readonly number[];
}

/** How the two are called: `baseline` and `captured`. */
export interface DistributionWords {
  before: string;
  found: string;
}

/** Of a drawing, in units of its own. */
const [width, height] = [240, 72];

/** The baseline as areas, what was found as bars over them. */
export function distributions(feature: Distribution, words: DistributionWords): TemplateResult {
  const { name, kind, labels, before, found } = feature;
  const most = Math.max(...before, ...found, Number.MIN_VALUE);
  const step = width / Math.max(1, labels.length);
  const bar = (share: number, index: number, which: 'before' | 'found') => {
    const tall = (share / most) * height;
    const [left, wide] = which === 'before' ? [0.04, 0.92] : [0.28, 0.44];
    return svg`<rect class=${which} x=${(index + left) * step} y=${height - tall} width=${wide * step} height=${tall}></rect>`;
  };
  const [first, last] = [labels[0] ?? '', labels.at(-1) ?? ''];
  const said = labels
    .map((label, index) => {
      const earlier = before.length === 0 ? '' : `${percent(before[index])} ${words.before}, `;
      return `${label}: ${earlier}${percent(found[index])} ${words.found}`;
    })
    .join('; ');
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${name}. ${said}">
      <title>${name}</title>
      ${before.map((share, index) => bar(share, index, 'before'))}
      ${found.map((share, index) => bar(share, index, 'found'))}
    </svg>
    <p class="labels muted">
      ${kind === 'numbers' ? html`<span>${first}</span><span>${last}</span>` : labels.map((label) => html`<span>${label}</span>`)}
    </p>`;
}

/** Which is which. */
export function distributionLegend({ before, found }: DistributionWords, hasBefore = true): TemplateResult {
  return html`<p class="distribution-legend muted">
    ${hasBefore ? html`<span class="chart-swatch before"></span> ${before}` : nothing}
    <span class="chart-swatch found"></span> ${found}
  </p>`;
}

/** How much features count: a bar for each beside its number, longest first. */
export function importanceBars(features: readonly { name: string; value: number }[]): TemplateResult {
  const most = Math.max(...features.map(({ value }) => Math.abs(value)), Number.MIN_VALUE);
  return html`<table class="importance">
    <thead>
      <tr>
        <th scope="col">Feature</th>
        <th scope="col" class="number">Value</th>
        <td aria-hidden="true"></td>
      </tr>
    </thead>
    <tbody>
      ${features.map(
        ({ name, value }) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td class="number">${formatNumber(value)}</td>
            <td aria-hidden="true">
              <svg viewBox="0 0 100 8" preserveAspectRatio="none">
                <rect class=${value < 0 ? 'before' : 'found'} width=${(Math.abs(value) / most) * 100} height="8"></rect>
              </svg>
            </td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function percent(share = 0): string {
  return `${Math.round(share * 100)} %`;
}
