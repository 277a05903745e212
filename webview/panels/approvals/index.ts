/** What waits for approval: what would be promoted, what is behind it, and the decision. */
import './approvals.css';
import { html, nothing, render, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import {
  approvalsPanel,
  type ApprovalCard,
  type Promoted,
  type ShownModel,
} from '../../../src/delivery/panels/approvals/contract';
import { formatAge, formatNumber, shortId } from '../../../src/shared/format';
import { isString, recordOf, shape } from '../../../src/shared/guards';
import { icon } from '../../kit/icons';
import { openPage } from '../../kit/page';
import { valueOf } from '../../kit/controls';
import { fault } from '../../kit/problem';

/** The most characters that the service takes of a comment. */
const longestComment = 512;
/** So many commits stand in a card. */
const commitsShown = 12;

/** How a decision is going. */
interface Deciding {
  busy: boolean;
  problem?: string | undefined;
}

const host = openPage(approvalsPanel, { layout: 'document', icon: 'waiting', waiting: 'Looking for approvals…' });

let cards: ApprovalCard[] = [];
let comments: Record<string, string> =
  host.view(shape<{ comments: Record<string, string> }>({ comments: recordOf(isString) }))?.comments ?? {};
const deciding = new Map<string, Deciding>();
let focused: string | undefined;

host.listen({
  approvals(message) {
    ({ cards } = message);
    const keys = new Set(cards.map(({ key }) => key));
    comments = Object.fromEntries(Object.entries(comments).filter(([key]) => keys.has(key)));
    if (cards.length === 0) host.empty('Nothing waits for approval in the pipelines of the Delivery view.');
    else host.show();
    draw();
    reveal();
  },
  freshness({ problem, updatedAt }) {
    host.problem(
      problem === undefined
        ? undefined
        : { text: problem, seenAt: updatedAt, retry: () => host.post({ type: 'refresh' }) },
    );
  },
  deciding({ key, busy, problem }) {
    deciding.set(key, { busy, problem });
    draw();
  },
  focus({ key }) {
    focused = key;
    reveal();
  },
});

setInterval(() => draw(), 5000);

/** Brings the card that was asked for into view, once it is there. */
function reveal(): void {
  const card = [...host.content.querySelectorAll<HTMLElement>('.card')].find((each) => each.dataset['key'] === focused);
  if (!card) return;
  focused = undefined;
  card.scrollIntoView({ block: 'nearest' });
  card.querySelector<HTMLElement>('vscode-text-area')?.focus();
}

function draw(): void {
  render(
    html`<div class="approvals">
      <h1>${cards.length === 1 ? '1 approval is waiting' : `${cards.length} approvals are waiting`}</h1>
      ${repeat(cards, ({ key }) => key, cardOf)}
    </div>`,
    host.content,
  );
}

function cardOf(card: ApprovalCard): TemplateResult {
  const { key, pipeline, action, stage, since } = card;
  const state = deciding.get(key) ?? { busy: false };
  const comment = comments[key] ?? '';
  const decide = (approve: boolean): void => {
    deciding.set(key, { busy: true });
    // What was typed since the card was drawn counts.
    host.post({ type: 'decide', key, approve, comment: comments[key] ?? '' });
    draw();
  };
  return html`<article
    class="card"
    data-key=${key}
    aria-label="${action} of ${pipeline}"
    aria-busy=${state.busy ? 'true' : 'false'}
  >
    <header class="card-head">
      ${icon('waiting', 'tone-wary')}
      <div class="grow">
        <h2>${pipeline} · ${action}</h2>
        <p class="muted">
          ${stage} on
          ${card.connection}${since === undefined ? '' : `, waiting for ${formatAge(since, Date.now()).replace(/ ago$/, '')}`}
        </p>
      </div>
      ${card.isProduction ? html`<span class="pill">${icon('warning', 'tone-wary')} Production</span>` : nothing}
      <button class="link" @click=${() => host.post({ type: 'openPipeline', key })}>${card.opens}</button>
    </header>
    ${card.warning === undefined ? nothing : html`<p class="card-warning">${icon('warning', 'tone-wary')} <span>${card.warning}</span></p>`}
    ${card.note === undefined ? nothing : html`<p class="card-note">${card.note}</p>`}
    ${card.link === undefined ? nothing : html`<p><button class="link" @click=${() => host.post({ type: 'openLink', key })}>${card.link}</button></p>`}
    <dl class="facts">
      <dt>Would promote</dt>
      <dd>${promoted(card.promotes)}</dd>
      <dt>Instead of</dt>
      <dd>
        ${card.replaces ? promoted(card.replaces) : html`<span class="muted">nothing that got through before is known</span>`}
      </dd>
      <dt>Changes</dt>
      <dd>${changes(card)}</dd>
      <dt>Model</dt>
      <dd>${models(card)}</dd>
      ${
        card.behind.length === 0
          ? nothing
          : html`<dt>Behind it</dt>
              <dd>
                <ul class="commits">
                  ${card.behind.map((each) => html`<li>${promoted(each)}</li>`)}
                </ul>
              </dd>`
      }
    </dl>
    <vscode-text-area
      rows="2"
      maxlength=${longestComment}
      aria-label="Comment"
      placeholder="Comment, which everybody sees (optional)"
      .value=${comment}
      ?disabled=${state.busy}
      @input=${(event: Event) => {
        comments = { ...comments, [key]: valueOf(event) };
        host.saveView({ comments });
      }}
    ></vscode-text-area>
    ${fault(state.problem)}
    <div class="card-verbs">
      <div>
        <vscode-button ?disabled=${state.busy} @click=${() => decide(true)}>${card.approve.title}</vscode-button>
        <p class="muted">${card.approve.consequence}</p>
      </div>
      <div>
        <vscode-button appearance="secondary" ?disabled=${state.busy} @click=${() => decide(false)}
          >${card.reject.title}</vscode-button
        >
        <p class="muted">${card.reject.consequence}</p>
      </div>
    </div>
  </article>`;
}

function promoted({ id, subject, at }: Promoted): TemplateResult {
  return html`<span class="mono" title=${id}>${shortId(id)}</span> ${subject ?? ''}
    ${at === undefined ? nothing : html`<span class="muted">${formatAge(at, Date.now())}</span>`}`;
}

function changes(card: ApprovalCard): TemplateResult {
  const { commits, key } = card;
  if (!card.isRead) return html`<span class="muted">Reading…</span>`;
  const compare = card.canCompare
    ? html`<button class="link" @click=${() => host.post({ type: 'compare', key })}>Compare Files</button>`
    : nothing;
  if (!commits)
    return html`<span class="muted"
      >${card.replaces ? 'Git here does not know both commits. Fetch to see what is between them.' : 'There is nothing to compare with.'}</span
    >`;
  if (commits.length === 0) return html`No commit is new: it goes back, or to another branch. ${compare}`;
  const left = commits.length - commitsShown;
  return html`<ul class="commits">
      ${commits.slice(0, commitsShown).map((text) => html`<li>${text}</li>`)}
      ${left > 0 ? html`<li class="muted">and ${left} more</li>` : nothing}
    </ul>
    ${compare}`;
}

function models(card: ApprovalCard): TemplateResult {
  if (!card.isRead) return html`<span class="muted">Reading…</span>`;
  if (card.problem !== undefined) return html`<span>${card.problem}</span>`;
  if (card.models.length === 0) return html`<span class="muted">The run names none in its results.</span>`;
  return html`<ul class="models">
    ${card.models.map((model) => modelOf(card.key, model))}
  </ul>`;
}

/** So many metrics of a version are shown at once, the others by a click. */
const firstMetrics = 6;

function metricsOf(metrics: ShownModel['metrics']): TemplateResult {
  return html`<span class="metrics">
    ${metrics.map(([name, value]) => html`<span class="pill">${name} ${formatNumber(value)}</span>`)}
  </span>`;
}

function modelOf(key: string, { arn, title, approval, metrics }: ShownModel): TemplateResult {
  return html`<li>
    <button class="link" @click=${() => host.post({ type: 'openModel', key, arn })}>${title}</button>
    <span class="muted">${approval}</span>
    ${metrics.length === 0 ? nothing : metricsOf(metrics.slice(0, firstMetrics))}
    ${
      metrics.length <= firstMetrics
        ? nothing
        : html`<details>
            <summary>${metrics.length - firstMetrics} more</summary>
            ${metricsOf(metrics.slice(firstMetrics))}
          </details>`
    }
  </li>`;
}
