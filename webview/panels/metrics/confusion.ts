/** The confusion matrix and what it says of each class, as tables that read well and are read out well. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Evaluation } from '../../../src/pipelines/panels/metrics/contract';
import { formatPercent } from '../../../src/shared/format';
import { accuracyOf, classScores } from './evaluation';

export function confusionMatrix(evaluation: Evaluation): TemplateResult {
  const { labels, matrix } = evaluation;
  const accuracy = accuracyOf(evaluation);
  return html`<table class="confusion">
      <caption>
        Rows are what the examples are, columns what they were taken for.
        ${accuracy === undefined ? nothing : html`Accuracy ${formatPercent(accuracy)}.`}
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
    </table>
    <table class="classes">
      <thead>
        <tr>
          <th scope="col">Class</th>
          <th scope="col">Precision</th>
          <th scope="col">Recall</th>
          <th scope="col">F1</th>
          <th scope="col">Examples</th>
        </tr>
      </thead>
      <tbody>
        ${classScores(evaluation).map(
          (score) =>
            html`<tr>
              <th scope="row">${score.label}</th>
              <td>${share(score.precision)}</td>
              <td>${share(score.recall)}</td>
              <td>${share(score.f1)}</td>
              <td>${score.support}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
}

function share(value: number | undefined): string {
  return value === undefined ? '–' : formatPercent(value);
}
