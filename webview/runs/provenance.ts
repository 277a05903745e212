/** Where a run comes from, in one line: branch, commit, and whether the work tree had more than it. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Provenance } from '../../src/pipelines/model';
import { shortId } from '../../src/shared/format';
import { icon } from '../kit/icons';

export function provenanceLine(provenance: Provenance | undefined): TemplateResult {
  if (!provenance?.commit) return html`<span class="muted">no commit recorded</span>`;
  return html`<span class="provenance">
    ${provenance.branch ? html`<span class="pill">${icon('branch')} ${provenance.branch}</span>` : nothing}
    <span class="pill mono" title=${provenance.commit}>${icon('commit')} ${shortId(provenance.commit)}</span>
    ${
      provenance.dirty
        ? html`<span class="pill tone-wary" title="The work tree had changes that this commit does not have.">
            ${icon('warning')} uncommitted changes
          </span>`
        : nothing
    }
  </span>`;
}
