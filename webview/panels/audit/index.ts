/** An audit trail: who did what and when, with the commits behind it. */
import './audit.css';
import { html, nothing, render, type TemplateResult } from 'lit-html';
import { auditPanel, type AuditRow, type AuditState, periods } from '../../../src/audit/panels/audit/contract';
import { count, formatTime, shortId } from '../../../src/shared/format';
import { isString, shape } from '../../../src/shared/guards';
import { dropdown, textField } from '../../kit/controls';
import { icon } from '../../kit/icons';
import { openPage } from '../../kit/page';

interface AuditLook {
  filter: string;
}

const host = openPage(auditPanel, { layout: 'window', icon: 'list', waiting: 'Reading the audit trail…' });
let filter = host.view(shape<AuditLook>({ filter: isString }))?.filter ?? '';
let trail: AuditState | undefined;

host.listen({
  trail(message) {
    ({ trail } = message);
    host.problem(undefined);
    host.show();
    draw();
  },
});

function draw(): void {
  if (trail) render(page(trail), host.content);
}

function page(shown: AuditState): TemplateResult {
  const words = filter.toLowerCase().trim();
  const rows = words === '' ? shown.rows : shown.rows.filter((row) => textIn(row).includes(words));
  return html`<header class="audit-head">
      <div class="audit-tools">
        <label for="audit-period">Since</label>
        ${dropdown({
          id: 'audit-period',
          label: 'How far back',
          value: String(shown.days),
          choices: periods.map((days) => ({ value: String(days), label: `${days} days ago` })),
          change: (value) => host.post({ type: 'period', days: Number(value) }),
        })}
        ${textField({
          id: 'audit-filter',
          label: 'Filter',
          value: filter,
          placeholder: 'Person, action, commit…',
          input: (text) => {
            filter = text;
            host.saveView({ filter });
            draw();
          },
        })}
      </div>
      <div class="audit-tools">
        <button class="tool" title="Read everything again" @click=${() => host.post({ type: 'refresh' })}>
          ${icon('retry')} Refresh
        </button>
        <button
          class="tool"
          title="Save all rows as a CSV file"
          ?disabled=${shown.rows.length === 0}
          @click=${() => host.post({ type: 'export' })}
        >
          ${icon('export')} Export CSV
        </button>
      </div>
    </header>
    ${standing(shown)}
    <div class="audit-scroller" tabindex="0" role="region" aria-label="Audit trail">
      ${
        rows.length === 0
          ? html`<p class="muted">${nothingIn(shown)}</p>`
          : html`<table class="audit">
              <thead>
                <tr>
                  <th scope="col">Time</th>
                  <th scope="col">Who</th>
                  <th scope="col">What</th>
                  <th scope="col">Commit</th>
                  <th scope="col">Released as</th>
                  <th scope="col">Source</th>
                </tr>
              </thead>
              <tbody>
                ${rows.map(rowOf)}
              </tbody>
            </table>`
      }
    </div>`;
}

/** How far the trail goes, and what is wrong. */
function standing({ state, reached, events, connection, isLocal, problem, next }: AuditState): TemplateResult {
  const read = isLocal
    ? html`${count(events, 'call')} of the journal of Local looked at`
    : html`${count(events, 'event')} of CloudTrail on ${connection} looked at`;
  const parts = {
    reading: html`${icon('executing', 'spin')} ${read}
      <button class="link" @click=${() => host.post({ type: 'cancel' })}>Cancel</button>`,
    paused: html`${read}. ${events === 0 ? '' : `Nothing is missing since ${formatTime(reached)}.`}
      <button class="link" @click=${() => host.post({ type: 'more' })}>
        ${problem === undefined ? 'Load More' : 'Try Again'}
      </button>`,
    read: html`${read}. ${isLocal ? 'It' : 'CloudTrail'} keeps 90
    days${isLocal ? '' : ', and shows a call some minutes late'}.`,
  };
  return html`<div class="audit-standing" role="status">
    <span class="muted">${parts[problem === undefined ? state : 'paused']}</span>
    ${
      problem === undefined
        ? nothing
        : html`<span role="alert"
            >${icon('warning', 'tone-wary')} ${problem}
            ${
              next === undefined
                ? nothing
                : html`<button class="link" @click=${() => host.post({ type: 'next' })}>${next}</button>`
            }</span
          >`
    }
  </div>`;
}

function nothingIn({ rows, state, days, problem }: AuditState): string {
  if (rows.length > 0) return 'No row has the words of the filter.';
  if (state === 'reading') return 'Nothing was found yet.';
  return problem === undefined ? `Nothing was done in ${days} days.` : 'Nothing is known.';
}

function rowOf(row: AuditRow): TemplateResult {
  const { id, at, who, as, what, comment, error, opens, recorded, commit, source } = row;
  const label =
    opens === undefined
      ? what
      : html`<button class="link" @click=${() => host.post({ type: 'open', id })}>${what}</button>`;
  return html`<tr data-source=${source}>
    <td class="time">${formatTime(at)}</td>
    <td title=${as ?? nothing}>${who}${as ? html`<div class="muted">${as}</div>` : nothing}</td>
    <td>
      ${label} ${comment === undefined ? nothing : html`<div class="muted">“${comment}”</div>`}
      ${error === undefined ? nothing : html`<div class="audit-error">${icon('failed', 'tone-bad')} ${error}</div>`}
    </td>
    <td>
      ${
        commit === undefined
          ? nothing
          : html`<span class="code" title=${commit.id}>${shortId(commit.id)}</span> ${commit.author ?? ''}
              ${commit.subject === undefined ? nothing : html`<div class="muted">${commit.subject}</div>`}
              ${commit.branch === undefined ? nothing : html`<div class="muted">on ${commit.branch}</div>`}`
      }
    </td>
    <td>${commit?.tag ?? ''}</td>
    <td class="time">
      ${
        recorded
          ? html`<button class="link" title="Show the record" @click=${() => host.post({ type: 'record', id })}>
              ${source}
            </button>`
          : source
      }
    </td>
  </tr>`;
}

function textIn({ who, as, what, comment, error, commit }: AuditRow): string {
  const { id, author, subject, tag, branch } = commit ?? {};
  return [who, as, what, comment, error, id, author, subject, tag, branch].join(' ').toLowerCase();
}
