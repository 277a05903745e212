/** The confusion matrix and what it says of each class, as tables that read well and are read out well. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Evaluation } from '../../../../src/pipelines/panels/metrics/contract';
import { formatPercent } from '../../../../src/shared/format';
import { confusionTable } from '../../../runs/confusion';
import { accuracyOf, classScores } from './evaluation';

export function confusionMatrix(evaluation: Evaluation): TemplateResult {
  const accuracy = accuracyOf(evaluation);
  const said = accuracy === undefined ? nothing : html`Accuracy ${formatPercent(accuracy)}.`;
  return html`${confusionTable(evaluation, said)}
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
