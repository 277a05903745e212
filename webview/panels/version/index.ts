/** A model version: how good it is beside the approved one, what made it, and whether it is approved. */
import './version.css';
import { html, nothing, render, type TemplateResult } from 'lit-html';
import {
  type Approval,
  type Confusion,
  type VersionMetric,
  type VersionPage,
  versionPanel,
} from '../../../src/registry/panels/version/contract';
import { formatNumber, formatTime } from '../../../src/shared/format';
import { goalOf } from '../../../src/shared/goal';
import { approvalFaces } from '../../../src/shared/status';
import { GraphView } from '../../graph/view';
import { icon, type IconName } from '../../kit/icons';
import { openPage } from '../../kit/page';
import { sections } from '../../kit/sections';
import { confusionTable } from '../../runs/confusion';
import { LineageFaces } from './faces';

const host = openPage(versionPanel, { layout: 'document', icon: 'model', waiting: 'Reading the version…' });
let page: VersionPage | undefined;
let busy = false;
let problem: string | undefined;
let comment = '';

const open = (link: string): void => host.post({ type: 'open', link });
const follow = (id: string | undefined): void => {
  const link = id === undefined ? undefined : page?.links[id];
  if (link !== undefined) open(link);
};
const faces = new LineageFaces();
const lineage = new GraphView(faces, { select: () => undefined, open: follow, changed: () => undefined }, undefined);

host.listen({
  page(message) {
    ({ page } = message);
    host.show();
    draw();
    void lineage.show(page.lineage, faces, `what ${page.group} version ${page.version} was made of`);
  },
  freshness({ problem: text, updatedAt }) {
    const retry = page ? { retry: () => host.post({ type: 'refresh' }) } : {};
    host.problem(text === undefined ? undefined : { text, seenAt: updatedAt, ...retry });
  },
  busy(message) {
    if (busy && !message.busy && message.problem === undefined) comment = '';
    ({ busy, problem } = message);
    draw();
  },
});

function draw(): void {
  if (page) render(pageView(page), host.content);
}

const drawings: Record<Approval, IconName> = {
  Approved: 'succeeded',
  Rejected: 'failed',
  PendingManualApproval: 'unknown',
};

function pageView(shown: VersionPage): TemplateResult {
  const { word, tone } = approvalFaces[shown.approval];
  return html`<div class="version">
    <header>
      <h1>${shown.group} version ${shown.version}</h1>
      <p class="version-facts">
        <span role="status"><span class="tone-${tone}">${icon(drawings[shown.approval])}</span> ${word}</span>
        <span class="muted">${shown.connection}</span>
      </p>
      ${shown.description ? html`<p>${shown.description}</p>` : nothing}
    </header>
    <div class="version-columns">
      <div>
        ${metricsView(shown)} ${shown.confusion ? confusionView(shown.confusion) : nothing}
        <section class="section">
          <h2>Lineage</h2>
          <p class="muted">
            As its run and the registry tell it. Data is known by its place in S3 and by what lay there when the run was
            started. Enter opens a part.
          </p>
          <div class="lineage">${lineage.element}</div>
        </section>
        ${
          shown.card === undefined
            ? nothing
            : html`<section class="section">
                <h2>Model card</h2>
                <button class="link export-card" @click=${() => host.post({ type: 'saveCard' })}>Export…</button>
                <pre class="card" tabindex="0" aria-label="Content of the model card">${shown.card}</pre>
              </section>`
        }
      </div>
      <div>${decisionView(shown)} ${useView(shown)} ${eventsView(shown)} ${sections(shown.made, open)}</div>
    </div>
  </div>`;
}

function metricsView(shown: VersionPage): TemplateResult {
  const { approved } = shown;
  return html`<section class="section">
    <h2>Metrics</h2>
    ${
      shown.metrics.length === 0
        ? html`<p class="muted">${shown.noMetrics ?? 'Its report has no numbers.'}</p>`
        : html`<table class="metrics">
            <thead>
              <tr>
                <th scope="col">Metric</th>
                <th scope="col" class="number">This version</th>
                ${
                  approved
                    ? html`<th scope="col" class="number">
                        <button class="link" title="Open the approved version" @click=${() => open(approved.arn)}>
                          ${approved.label}, approved
                        </button>
                      </th>`
                    : nothing
                }
              </tr>
            </thead>
            <tbody>
              ${shown.metrics.map((metric) => metricRow(metric, approved !== undefined))}
            </tbody>
          </table>`
    }
    ${
      approved
        ? shown.comparable
          ? html`<p>
              <button class="link" @click=${() => host.post({ type: 'compare' })}>
                Compare the Runs of Both Versions
              </button>
            </p>`
          : nothing
        : html`<p class="muted">
            No other version of ${shown.group} is approved, so there is nothing to measure it by.
          </p>`
    }
  </section>`;
}

function metricRow({ name, value, approved }: VersionMetric, isCompared: boolean): TemplateResult {
  return html`<tr>
    <th scope="row">${name}</th>
    <td class="number" title=${value}>${formatNumber(value)} ${deltaOf(name, value, approved)}</td>
    ${isCompared ? html`<td class="number">${approved === undefined ? '–' : formatNumber(approved)}</td>` : nothing}
  </tr>`;
}

function deltaOf(name: string, value: number, approved: number | undefined): TemplateResult | typeof nothing {
  if (approved === undefined || approved === value) return nothing;
  const goal = goalOf(name);
  const isBetter = goal === undefined ? undefined : goal === 'max' ? value > approved : value < approved;
  const delta = Number((value - approved).toPrecision(5));
  return html`<span class="delta"
    >${
      isBetter === undefined
        ? nothing
        : html`<span class="tone-${isBetter ? 'good' : 'bad'}">${icon(delta > 0 ? 'up' : 'down')}</span>`
    }${delta > 0 ? '+' : ''}${formatNumber(delta)}${
      isBetter === undefined ? nothing : html`<span class="visually-hidden">, ${isBetter ? 'better' : 'worse'}</span>`
    }</span
  >`;
}

function confusionView(confusion: Confusion): TemplateResult {
  return html`<section class="section">
    <h2>Confusion matrix</h2>
    ${confusionTable(confusion)}
  </section>`;
}

function decisionView(shown: VersionPage): TemplateResult {
  const decide = (approval: Approval) => host.post({ type: 'decide', approval, comment: comment.trim() });
  return html`<section class="section decision" aria-busy=${busy ? 'true' : 'false'}>
    <h2>Approval</h2>
    <label for="comment">Comment</label>
    <vscode-text-area
      id="comment"
      rows="3"
      resize="vertical"
      placeholder="Why it is approved or rejected"
      .value=${comment}
      @input=${(event: Event) => {
        comment = (event.target as HTMLTextAreaElement).value;
      }}
    ></vscode-text-area>
    <div class="decision-buttons">
      <vscode-button ?disabled=${busy || shown.approval === 'Approved'} @click=${() => decide('Approved')}
        >Approve</vscode-button
      >
      <vscode-button
        appearance="secondary"
        ?disabled=${busy || shown.approval === 'Rejected'}
        @click=${() => decide('Rejected')}
        >Reject</vscode-button
      >
    </div>
    ${problem ? html`<p class="fault" role="alert">${icon('error', 'tone-bad')} ${problem}</p>` : nothing}
  </section>`;
}

function useView({ approval }: VersionPage): TemplateResult | typeof nothing {
  if (approval !== 'Approved') return nothing;
  return html`<section class="section">
    <h2>Use it</h2>
    <p><button class="link" @click=${() => host.post({ type: 'deploy' })}>Deploy to an Endpoint…</button></p>
    <p><button class="link" @click=${() => host.post({ type: 'transform' })}>Batch Transform…</button></p>
  </section>`;
}

function eventsView({ events }: VersionPage): TemplateResult {
  return html`<section class="section">
    <h2>History</h2>
    <ol class="events">
      ${events.map(
        ({ at, text, comment: said }) =>
          html`<li>
            ${text} ${at === undefined ? nothing : html`<span class="muted">${formatTime(at)}</span>`}
            ${said ? html`<blockquote>${said}</blockquote>` : nothing}
          </li>`,
      )}
    </ol>
  </section>`;
}
