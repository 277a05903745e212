/** The head of the run graph: what runs, how it stands, where it came from, and what can be done with it. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { RunGraphToHost, RunInfo } from '../../../src/pipelines/panels/run-graph/contract';
import { formatAge, formatDuration, formatNumber } from '../../../src/shared/format';
import { icon } from '../../kit/icons';
import { provenanceLine } from '../../runs/provenance';
import { isActive, statusLook } from '../../runs/status';

export interface Freshness {
  updatedAt?: number;
  problem?: string;
}

export function runHeader(
  info: RunInfo,
  freshness: Freshness,
  now: number,
  post: (message: RunGraphToHost) => void,
): TemplateResult {
  const look = statusLook(info.status);
  const elapsed = info.startedAt === undefined ? undefined : (info.endedAt ?? now) - info.startedAt;
  return html`<header class="run-header">
    <div class="run-title">
      <span class="run-status tone-${look.tone}">${icon(look.icon, look.turning ? 'spin' : '')}</span>
      <h1>${info.pipeline}</h1>
      <span class="run-name muted">${info.name}</span>
    </div>
    <div class="run-actions">
      <vscode-button appearance="secondary" @click=${() => post({ type: 'openMetrics' })}>Open Metrics</vscode-button>
      <vscode-button
        appearance="secondary"
        @click=${() => post({ type: 'repeat', how: 'compare' })}
        title="Shows this run beside others"
        >Compare…</vscode-button
      >
      <vscode-button
        appearance="secondary"
        @click=${() => post({ type: 'repeat', how: 'again' })}
        title="Opens the form with the values of this run"
        >Run Again…</vscode-button
      >
      ${
        isActive(info.status)
          ? nothing
          : html`<vscode-button
              appearance="secondary"
              @click=${() => post({ type: 'repeat', how: 'reproduce' })}
              title="Runs the same commit, definition, values and data once more, and says whether it comes to the same"
              >Reproduce…</vscode-button
            >`
      }
      ${
        info.canRetry
          ? html`<vscode-button
              @click=${() => post({ type: 'retry' })}
              title="Runs the failed steps again; what succeeded is kept"
              >Retry</vscode-button
            >`
          : nothing
      }
      ${
        info.canStop
          ? html`<vscode-button appearance="secondary" @click=${() => post({ type: 'stop' })}>Stop</vscode-button>`
          : nothing
      }
    </div>
    <div class="run-facts">
      <span class="tone-${look.tone}" role="status">${look.word}</span>
      ${elapsed === undefined ? nothing : html`<span>${formatDuration(elapsed)}</span>`}
      ${(info.metrics ?? []).map(
        ({ name, value }) =>
          html`<span class="run-metric" title="${name} ${value}"
            ><span class="muted">${name}</span> ${formatNumber(value)}</span
          >`,
      )}
      <span>${info.connection}</span>
      ${provenanceLine(info.provenance)}
      ${isActive(info.status) || freshness.problem ? updated(freshness, now, post) : nothing}
    </div>
  </header>`;
}

function updated(freshness: Freshness, now: number, post: (message: RunGraphToHost) => void): TemplateResult {
  if (freshness.updatedAt === undefined) return html`<span class="muted">not updated yet</span>`;
  return html`<button class="link run-updated" title="Refresh now" @click=${() => post({ type: 'refresh' })}>
    updated ${formatAge(freshness.updatedAt, now)}
  </button>`;
}
