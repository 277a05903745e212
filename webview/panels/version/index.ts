/** A model version: how good it is beside the approved one, what made it, and whether it is approved. */
import './version.css';
import { html, nothing, render, type TemplateResult } from 'lit-html';
import {
  type Approval,
  type Confusion,
  type OtherVersion,
  type VersionGate,
  type VersionMetric,
  type VersionPage,
  versionPanel,
} from '../../../src/registry/panels/version/contract';
import { formatNumber, formatTime, versionTitle } from '../../../src/shared/format';
import { goalOf } from '../../../src/shared/goal';
import { approvalFaces } from '../../../src/shared/status';
import { GraphView } from '../../graph/view';
import { icon, type IconName } from '../../kit/icons';
import { openPage } from '../../kit/page';
import { sections } from '../../kit/sections';
import { fault } from '../../kit/problem';
import { confusionTable } from '../../runs/confusion';
import { LineageFaces } from './faces';

const host = openPage(versionPanel, { layout: 'document', icon: 'model', waiting: 'Reading the version…' });
let page: VersionPage | undefined;
let busy = false;
let problem: string | undefined;
let comment = '';
/** The card while it is edited: its text, the content that it is to replace, and why it was not written. */
let draft: { text: string; before: string; busy: boolean; problem?: string } | undefined;

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
  cardSaved(message) {
    if (message.problem === undefined) draft = undefined;
    else if (draft) draft = { ...draft, busy: false, problem: message.problem };
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
      <h1>${versionTitle(shown.group, shown.version)}</h1>
      <p class="version-facts">
        <span role="status"><span class="tone-${tone}">${icon(drawings[shown.approval])}</span> ${word}</span>
        <span class="muted">${shown.connection}</span>
      </p>
      ${shown.description ? html`<p>${shown.description}</p>` : nothing}
      ${shown.problems.map((text) => html`<p class="muted" role="note">${icon('warning')} Not all of this could be read: ${text}</p>`)}
    </header>
    <div class="version-columns">
      <div>
        ${metricsView(shown)} ${shown.other ? differencesView(shown.other) : nothing}
        ${shown.confusion ? confusionView(shown.confusion) : nothing}
        <section class="section">
          <h2>Lineage</h2>
          <p class="muted">
            As its run, the registry and SageMaker's lineage tell it. Data is known by its place in S3 and by what lay
            there when the run was started: two runs that wrote to one place cannot be told apart. Enter opens a part.
          </p>
          ${
            shown.lineageProblem === undefined
              ? nothing
              : html`<p class="muted" role="note">
                  ${icon('warning')} Not all of it could be read: ${shown.lineageProblem}
                </p>`
          }
          <div class="lineage">${lineage.element}</div>
        </section>
        ${cardView(shown)}
      </div>
      <div>
        ${decisionView(shown)} ${useView(shown)} ${gatesView(shown.gates)} ${eventsView(shown)}
        ${sections(shown.made, open)}
      </div>
    </div>
  </div>`;
}

function metricsView(shown: VersionPage): TemplateResult {
  const { other, others } = shown;
  return html`<section class="section">
    <h2>Metrics</h2>
    ${
      others.length === 0
        ? html`<p class="muted">There is no other version of ${shown.group} to compare it with.</p>`
        : html`<p class="against">
            <label for="against">Compare with</label>
            <select
              id="against"
              class="field"
              @change=${(event: Event) => host.post({ type: 'against', arn: (event.target as HTMLSelectElement).value })}
            >
              ${other ? nothing : html`<option value="" selected>No version is approved: choose one</option>`}
              ${others.map(
                ({ arn, label }) => html`<option value=${arn} ?selected=${arn === other?.arn}>${label}</option>`,
              )}
            </select>
          </p>`
    }
    ${
      shown.metrics.length === 0
        ? html`<p class="muted">${shown.noMetrics ?? 'Its report has no numbers.'}</p>`
        : scrolled(
            'Metrics',
            html`<table class="metrics">
              <thead>
                <tr>
                  <th scope="col">Metric</th>
                  <th scope="col" class="number">This version</th>
                  ${
                    other
                      ? html`<th scope="col" class="number">
                          <button class="link" title="Open this version" @click=${() => open(other.arn)}>
                            ${other.label}
                          </button>
                        </th>`
                      : nothing
                  }
                </tr>
              </thead>
              <tbody>
                ${shown.metrics.map((metric) => metricRow(metric, other !== undefined))}
              </tbody>
            </table>`,
          )
    }
    ${
      shown.comparable
        ? html`<p>
            <button class="link" @click=${() => host.post({ type: 'compare' })}>
              Compare the Runs of Both Versions
            </button>
          </p>`
        : nothing
    }
  </section>`;
}

function differencesView({ label, differences }: OtherVersion): TemplateResult {
  return html`<section class="section">
    <h2>What else differs from ${label}</h2>
    ${
      differences.length === 0
        ? html`<p class="muted">Nothing of parameters, data, code, container and model card.</p>`
        : scrolled(
            'What else differs',
            html`<table class="metrics differences">
              <thead>
                <tr>
                  <th scope="col">What</th>
                  <th scope="col">This version</th>
                  <th scope="col">${label}</th>
                </tr>
              </thead>
              <tbody>
                ${differences.map(
                  ({ part, name, value, other }) =>
                    html`<tr>
                      <th scope="row"><span class="muted">${part}</span><br />${name}</th>
                      <td>${value ?? html`<span class="muted">none</span>`}</td>
                      <td>${other ?? html`<span class="muted">none</span>`}</td>
                    </tr>`,
                )}
              </tbody>
            </table>`,
          )
    }
  </section>`;
}

/** What may be wider than the page. */
function scrolled(name: string, content: TemplateResult): TemplateResult {
  return html`<div class="scroll-x" tabindex="0" role="region" aria-label=${name}>${content}</div>`;
}

const gateLooks = {
  passed: { drawing: 'succeeded', tone: 'good', word: 'Holds' },
  failed: { drawing: 'failed', tone: 'bad', word: 'Does not hold' },
  unknown: { drawing: 'unknown', tone: 'wary', word: 'Not known' },
} as const satisfies Record<VersionGate['state'], { drawing: IconName; tone: string; word: string }>;

function gatesView(gates: readonly VersionGate[]): TemplateResult {
  return html`<section class="section">
    <h2>Gates of a release</h2>
    ${
      gates.length === 0
        ? html`<p class="muted">.mlops/config.json has no gate about this model or its metrics.</p>`
        : html`<ul class="gates">
            ${gates.map(({ title, state, evidence, remedy }) => {
              const { drawing, tone, word } = gateLooks[state];
              return html`<li>
                <span class="tone-${tone}">${icon(drawing)}</span>
                <div>
                  <strong>${title}</strong><span class="visually-hidden">: ${word}</span><br />${evidence}
                  ${remedy ?? nothing}
                </div>
              </li>`;
            })}
          </ul>`
    }
  </section>`;
}

function cardView(shown: VersionPage): TemplateResult {
  const { card } = shown;
  return html`<section class="section">
    <h2>Model card${card?.status ? html` <span class="muted">${card.status}</span>` : nothing}</h2>
    ${
      draft
        ? cardEditor(draft)
        : html`<p class="card-tools">
              <button
                class="link"
                @click=${() => {
                  draft = { text: card?.content ?? shown.cardDraft, before: card?.content ?? '', busy: false };
                  draw();
                  document.querySelector<HTMLElement>('#card')?.focus();
                }}
              >
                ${card ? 'Edit' : 'Write a Model Card'}
              </button>
              ${card ? html`<button class="link" @click=${() => host.post({ type: 'exportCard' })}>Export…</button>` : nothing}
            </p>
            ${
              card === undefined
                ? html`<p class="muted">It has none.</p>`
                : card.parts.length === 0
                  ? html`<pre class="card" tabindex="0" aria-label="Content of the model card">${card.content}</pre>`
                  : html`<div class="card-parts">${sections(card.parts, open)}</div>`
            }`
    }
  </section>`;
}

function cardEditor(edited: NonNullable<typeof draft>): TemplateResult {
  return html`<label for="card">Content, as JSON</label>
    <vscode-text-area
      id="card"
      class="card-editor"
      rows="16"
      resize="vertical"
      .value=${edited.text}
      @input=${(event: Event) => {
        edited.text = (event.target as HTMLTextAreaElement).value;
      }}
    ></vscode-text-area>
    <div class="decision-buttons">
      <vscode-button
        ?disabled=${edited.busy}
        @click=${() => {
          draft = { text: edited.text, before: edited.before, busy: true };
          host.post({ type: 'saveCard', content: edited.text, before: edited.before });
          draw();
        }}
        >Save</vscode-button
      >
      <vscode-button
        appearance="secondary"
        ?disabled=${edited.busy}
        @click=${() => {
          draft = undefined;
          draw();
        }}
        >Cancel</vscode-button
      >
    </div>
    ${fault(edited.problem)}`;
}

function metricRow({ name, value, other }: VersionMetric, isCompared: boolean): TemplateResult {
  return html`<tr>
    <th scope="row">${name}</th>
    <td class="number" title=${value}>${formatNumber(value)} ${deltaOf(name, value, other)}</td>
    ${isCompared ? html`<td class="number">${other === undefined ? '–' : formatNumber(other)}</td>` : nothing}
  </tr>`;
}

function deltaOf(name: string, value: number, other: number | undefined): TemplateResult | typeof nothing {
  if (other === undefined || other === value) return nothing;
  const goal = goalOf(name);
  const isBetter = goal === undefined ? undefined : goal === 'max' ? value > other : value < other;
  const delta = Number((value - other).toPrecision(5));
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
    ${scrolled('Confusion matrix', confusionTable(confusion))}
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
    ${fault(problem)}
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
