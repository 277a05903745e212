/** The panel of an endpoint: its deployment live, charts, history, and requests to try. */
import './endpoint.css';
import { html, nothing, render, type TemplateResult } from 'lit-html';
import {
  type CapturedView,
  type ChartView,
  endpointPanel,
  type EndpointView,
  type FileView,
  type HistoryView,
  type LoadView,
  type MonitoringView,
  type ChangeView,
  type TrialView,
  type VersionChoice,
} from '../../../src/deployment/panels/endpoint/contract';
import { expiryWords } from '../../../src/shared/expiry';
import { formatDuration, formatTime } from '../../../src/shared/format';
import { isString, oneOf, shape } from '../../../src/shared/guards';
import { icon } from '../../kit/icons';
import { openPage } from '../../kit/page';
import { tabList, tabPanel } from '../../kit/tabs';
import { alarmsView } from './alarms';
import { Charts } from './charts';
import { deploymentView, fleetsView } from './deployment';
import { toneMark } from '../../kit/tone-mark';
import { type MonitorDraft, monitoringView } from './monitoring';
import { type TryDraft, tryView } from './try';
import { type VariantDraft, variantsView } from './variants';

type TabId = 'overview' | 'try' | 'monitoring' | 'history';

interface Saved {
  tab: TabId;
  body: string;
  contentType: string;
}

const host = openPage(endpointPanel, { layout: 'document', icon: 'graph', waiting: 'Reading the endpoint…' });
const root = host.content;
const charts = new Charts();
let view: EndpointView | undefined;
let lines: ChartView[] = [];
let marks: { at: number; label: string }[] = [];
let trials: TrialView[] = [];
let load: LoadView | undefined;
let file: FileView | undefined;
let targets: string[] | undefined;
let monitoring: MonitoringView | undefined;
let captured: CapturedView | undefined;
let versions: VersionChoice[] | undefined;
let change: ChangeView | undefined;
const variants: VariantDraft = { weights: {}, version: '', percent: '10', instances: '1' };
const monitor: MonitorDraft = { kind: 'DataQuality', fields: {}, image: '', hours: '1' };
const saved = host.view(
  shape<Saved>({ tab: oneOf('overview', 'try', 'monitoring', 'history'), body: isString, contentType: isString }),
);
let tab: TabId = saved?.tab ?? 'overview';
const draft: TryDraft = {
  body: saved?.body ?? '',
  contentType: saved?.contentType ?? 'application/json',
  variant: '',
  target: '',
  mode: 'once',
  requests: '200',
  atOnce: '4',
};

host.listen({
  endpoint(message) {
    const isFirst = view === undefined;
    ({ view } = message);
    if (isFirst) readTab();
    if (view.kind === 'asynchronous') draft.mode = 'async';
    draw();
    host.show();
  },
  charts(message) {
    ({ charts: lines, marks } = message);
    draw();
  },
  freshness({ updatedAt, problem }) {
    host.problem(
      problem === undefined
        ? undefined
        : { text: problem, seenAt: updatedAt, retry: () => host.post({ type: 'refresh' }) },
    );
  },
  gone({ text }) {
    view = undefined;
    host.problem(undefined);
    host.empty(text);
  },
  file(message) {
    if (message.file?.name !== file?.name && message.file) draft.contentType = message.file.contentType;
    ({ file } = message);
    draw();
  },
  targets(message) {
    targets = message.names;
    if (!targets.includes(draft.target)) draft.target = targets[0] ?? '';
    draw();
  },
  trials(message) {
    ({ trials } = message);
    draw();
  },
  load(message) {
    ({ load } = message);
    draw();
  },
  monitoring(message) {
    if (monitoring?.findings?.id !== message.monitoring.findings?.id) monitor.threshold = undefined;
    ({ monitoring } = message);
    draw();
  },
  captured(message) {
    ({ captured } = message);
    draw();
  },
  sample(message) {
    draft.body = message.body;
    draft.contentType = message.contentType;
    draw();
  },
  versions(message) {
    ({ versions } = message);
    draw();
  },
  change(message) {
    if (change && !message.change) variants.weights = {};
    ({ change } = message);
    draw();
  },
  baseline({ constraints, statistics }) {
    monitor.kind = 'DataQuality';
    monitor.fields = { constraints, statistics };
    choose('monitoring');
  },
  show(message) {
    choose(message.tab);
  },
});

// Countdowns go on between two readings.
setInterval(() => {
  if (view?.deployment && view.deployment.endedAt === undefined) draw();
}, 1000);

function choose(next: TabId): void {
  tab = next;
  readTab();
  save();
  draw();
}

/** Asks for what a tab shows beside the endpoint itself. */
function readTab(): void {
  if (tab === 'monitoring') host.post({ type: 'readMonitoring' });
  if (tab === 'try' && view?.sharing !== undefined) host.post({ type: 'readTargets' });
}

function save(): void {
  host.saveView({ tab, body: draft.body, contentType: draft.contentType } satisfies Saved);
}

function draw(): void {
  if (!view) return;
  render(page(view), root);
  if (tab === 'overview') charts.show(lines, marks);
}

function page(open: EndpointView): TemplateResult {
  return html`<div class="endpoint">
    ${header(open)}
    ${tabList<TabId>(
      'Endpoint',
      [
        { id: 'overview', label: 'Overview' },
        { id: 'try', label: 'Try It' },
        { id: 'monitoring', label: 'Monitoring' },
        { id: 'history', label: 'History' },
      ],
      tab,
      choose,
    )}
    ${tabPanel(tab, content(open))}
  </div>`;
}

function content(open: EndpointView): TemplateResult {
  switch (tab) {
    case 'overview':
      return overview(open);
    case 'try':
      return tryView(
        open,
        draft,
        { trials, load, file, targets },
        {
          changed: () => {
            save();
            draw();
          },
          post: (message) => host.post(message),
        },
      );
    case 'monitoring':
      return monitoringView(monitoring, captured, monitor, { changed: draw, post: (message) => host.post(message) });
    case 'history':
      return history(open.history);
  }
}

function header({ name, connection, serving, status, tone, deployment, kind }: EndpointView): TemplateResult {
  const verdict = deployment && deployment.tone !== 'good' ? deployment : undefined;
  return html`<header class="endpoint-header">
    <div>
      <h1>${name}</h1>
      <p class="muted">
        ${connection} · ${kind} · serves
        ${
          serving?.model === undefined
            ? (serving?.label ?? '')
            : html`<button class="link" @click=${() => host.post({ type: 'open', link: serving.model ?? '' })}>
                ${serving.label}
              </button>`
        }
        · ${status}
      </p>
    </div>
    <p class="verdict" role="status">
      ${toneMark(tone)} <strong>${verdict?.title ?? deployment?.title ?? status}</strong>
    </p>
    <div class="actions">
      ${
        deployment?.abort
          ? html`<vscode-button
              title=${deployment.abort.text}
              ?disabled=${!deployment.abort.isPossible}
              @click=${() => host.post({ type: 'abort' })}
              >Abort</vscode-button
            >`
          : nothing
      }
      <vscode-button appearance="secondary" @click=${() => host.post({ type: 'openLog' })}>Open Log</vscode-button>
      <vscode-button appearance="secondary" @click=${() => host.post({ type: 'delete' })}>Delete…</vscode-button>
      <button class="tool" title="Refresh" aria-label="Refresh" @click=${() => host.post({ type: 'refresh' })}>
        ${icon('retry')}
      </button>
    </div>
  </header>`;
}

function overview(open: EndpointView): TemplateResult {
  const { deployment, missing, problems, scaling } = open;
  return html`${expiry(open)}${missing.map((text) => html`<p class="notice">${icon('warning', 'tone-wary')} <span>${text}</span></p>`)}
    ${problems.map((text) => html`<p class="notice">${icon('warning', 'tone-wary')} <span>${text}</span></p>`)}
    <div class="overview">
      ${deployment ? deploymentView(deployment, (message) => host.post(message)) : nothing}
      <div>
        ${fleetsView(open.fleets)}
        ${scaling === undefined ? nothing : html`<p class="muted scaling">Autoscaling: ${scaling}</p>`}
        ${open.queue === undefined ? nothing : queueView(open.queue)}
        ${variantsView(open, variants, versions, change, { changed: draw, post: (message) => host.post(message) })}
        ${alarmsView(open.alarms, {
          drill: (alarm) => host.post({ type: 'fireDrill', alarm }),
          monitoring: () => choose('monitoring'),
        })}
      </div>
    </div>
    ${charts.element}
    ${
      deployment
        ? html`<section>
            <h2>Events</h2>
            <ol class="events">
              ${deployment.events.map(
                ({ at, text, tone }) =>
                  html`<li>${toneMark(tone)} <time class="muted">${formatTime(at)}</time> <span>${text}</span></li>`,
              )}
            </ol>
          </section>`
        : nothing
    }`;
}

function queueView({ waiting, oldest, isStuck }: NonNullable<EndpointView['queue']>): TemplateResult {
  const since = oldest === undefined ? '' : `, the oldest for ${formatDuration(oldest * 1000)}`;
  if (!isStuck)
    return html`<p class="muted">Queue: ${waiting === 0 ? 'nothing waits' : `${waiting} waiting${since}`}</p>`;
  return html`<p class="notice">
    ${icon('warning', 'tone-wary')}
    <span
      >${waiting} waiting${since}, and no instance is there. A target per instance starts none from 0: a step policy
      does. <button class="link" @click=${() => host.post({ type: 'wake' })}>Add Step Policy…</button></span
    >
  </p>`;
}

function expiry({ expires }: EndpointView): TemplateResult | typeof nothing {
  if (expires === undefined) return nothing;
  const isPast = expires <= Date.now();
  return html`<p class="notice">
    ${isPast ? icon('warning', 'tone-wary') : icon('info', 'tone-busy')}
    <span
      >${isPast ? 'It was to be gone by' : 'It is to be gone by'} ${formatTime(expires)}:
      ${expiryWords(expires, Date.now())}.${isPast ? ' Nothing deletes it by itself.' : ''}</span
    >
  </p>`;
}

function history(entries: HistoryView[]): TemplateResult {
  if (entries.length === 0) {
    return html`<p class="muted">No deployment of this endpoint was made from here.</p>`;
  }
  return html`<table class="history">
    <thead>
      <tr>
        <th scope="col">Version</th>
        <th scope="col">Outcome</th>
        <th scope="col">When</th>
        <th scope="col"><span class="visually-hidden">Actions</span></th>
      </tr>
    </thead>
    <tbody>
      ${entries.map(
        (entry) =>
          html`<tr>
            <td><strong>${entry.label}</strong> <span class="muted mono">${entry.config}</span></td>
            <td>${toneMark(entry.tone)} ${entry.outcome} <span class="help">${entry.reason ?? ''}</span></td>
            <td>${formatTime(entry.at)}</td>
            <td>
              ${
                entry.isCurrent
                  ? html`<span class="pill">serves now</span>`
                  : html`<vscode-button
                      appearance="secondary"
                      @click=${() => host.post({ type: 'deployAgain', model: entry.model, config: entry.config })}
                      >Deploy ${entry.label} Again…</vscode-button
                    >`
              }
            </td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
