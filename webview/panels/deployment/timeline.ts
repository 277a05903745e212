/** The timeline of an update: a row a phase, the new version's share as a bar, what happens when it fails there. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Preview } from '../../../src/deployment/panels/deployment/contract';
import { formatDuration } from '../../../src/shared/format';
import { icon } from '../../kit/icons';

export function timeline({ timeline: { phases, watched, typical, worst, peak }, now }: Preview): TemplateResult {
  return html`<table class="timeline">
      <thead>
        <tr>
          <th scope="col">Phase</th>
          <th scope="col">Takes</th>
          <th scope="col">New version</th>
        </tr>
      </thead>
      <tbody>
        ${phases.map(
          (phase) =>
            html`<tr>
              <td>
                ${phase.title} ${phase.isWatched ? html`<span class="pill">${icon('quality')} watched</span>` : nothing}
                <span class="help">${phase.onFailure}</span>
              </td>
              <td class="takes">${phase.isEstimate ? 'about ' : ''}${formatDuration(phase.seconds * 1000)}</td>
              <td>
                <span class="bar" aria-hidden="true"><span style="width: ${phase.share}%"></span></span>
                <span class="share">${phase.share} %</span>
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
    <dl class="facts">
      <dt>As a rule</dt>
      <dd>
        ${formatDuration(typical * 1000)}${watched > 0 ? html`, watched for ${formatDuration(watched * 1000)}` : nothing}
      </dd>
      ${
        now
          ? html`<dt>At worst</dt>
              <dd>rolled back after ${formatDuration(worst * 1000)}</dd>`
          : nothing
      }
      ${
        peak > 0
          ? html`<dt>At most</dt>
              <dd>${peak} instances at a time</dd>`
          : nothing
      }
    </dl>`;
}
