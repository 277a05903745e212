/** The confusion matrix of a classifier, as a table that reads well and is read out well. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { formatPercent } from '../../src/shared/format';
import './confusion.css';

export interface Confusion {
  labels: readonly string[];
  /** Examples of the class of the row that were taken for the class of the column. */
  matrix: readonly (readonly number[])[];
}

/** The table; `said` stands after what its rows and columns are. */
export function confusionTable(
  { labels, matrix }: Confusion,
  said: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  return html`<table class="confusion">
    <caption>
      Rows are what the examples are, columns what they were taken for. ${said}
    </caption>
    <thead>
      <tr>
        <th></th>
        ${labels.map((label) => html`<th scope="col">${label}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${labels.map((label, actual) => {
        const row = matrix[actual] ?? [];
        const total = row.reduce((sum, value) => sum + value, 0);
        return html`<tr>
          <th scope="row">${label}</th>
          ${labels.map((predicted, index) => {
            const value = row[index] ?? 0;
            const share = total === 0 ? 0 : value / total;
            return html`<td
              class=${index === actual ? 'right' : value > 0 ? 'wrong' : ''}
              style="--share: ${Math.round(share * 100)}%"
              title="${value} of ${total} ${label} taken for ${predicted}"
            >
              <span class="confusion-count">${value}</span>
              <span class="confusion-share">${formatPercent(share)}</span>
            </td>`;
          })}
        </tr>`;
      })}
    </tbody>
  </table>`;
}
