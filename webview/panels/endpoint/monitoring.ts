/** The tab Monitoring: captured data, schedules, executions, and both distributions of each feature. */
import { html, nothing, svg, type TemplateResult } from 'lit-html';
import type {
  CapturedView,
  EndpointToHost,
  FindingsView,
  MonitoringView,
} from '../../../src/deployment/panels/endpoint/contract';
import { formatNumber, formatTime } from '../../../src/shared/format';
import { icon } from '../../kit/icons';
import { draftField } from './draft-field';
import { toneMark } from './marks';

export interface MonitorDraft {
  dataset: string;
  image: string;
  hours: string;
  /** The threshold that is being tried; the one that holds unless it is there. */
  threshold?: number | undefined;
}

interface MonitorServices {
  changed: () => void;
  post: (message: EndpointToHost) => void;
}

export function monitoringView(
  view: MonitoringView | undefined,
  captured: CapturedView | undefined,
  draft: MonitorDraft,
  services: MonitorServices,
): TemplateResult {
  if (!view) return html`<p class="muted">Reading the monitoring…</p>`;
  const { findings, problems, busy } = view;
  return html`<div class="monitoring">
    ${problems.map((text) => html`<p class="notice">${icon('warning', 'tone-wary')} <span>${text}</span></p>`)}
    ${busy === undefined ? nothing : html`<p role="status">${icon('executing', 'tone-busy spin')} ${busy}</p>`}
    <div class="monitoring-lists">
      <div>${schedulesView(view, draft, services)} ${executionsView(view, services)}</div>
      <div>${createView(view, draft, services)} ${capturedView(view, captured, services)}</div>
    </div>
    ${findings ? findingsView(findings, draft, services) : nothing}
  </div>`;
}

function schedulesView(view: MonitoringView, draft: MonitorDraft, { post, changed }: MonitorServices): TemplateResult {
  if (view.schedules.length === 0) {
    return html`<section>
      <h2>Schedules</h2>
      <p class="muted">No monitoring schedule watches this endpoint.</p>
    </section>`;
  }
  return html`<section>
    <h2>Schedules</h2>
    <p class="try-options">
      ${draftField({ draft, key: 'hours', id: 'hours', label: 'Run over the last hours', changed })}
    </p>
    <ul class="alarms">
      ${view.schedules.map(
        ({ name, kind, status, canRun }) =>
          html`<li>
            <strong>${name}</strong>
            <span class="muted">${kind} · ${status}</span>
            <span class="actions">
              <vscode-button
                ?disabled=${!canRun || view.busy !== undefined}
                title=${canRun ? '' : 'Its definition stands in the schedule itself, and cannot be run by itself.'}
                @click=${() => post({ type: 'runMonitor', schedule: name, hours: Number(draft.hours) || 1 })}
                >Run Now</vscode-button
              >
              <vscode-button
                appearance="secondary"
                @click=${() =>
                  post({ type: 'switchSchedule', schedule: name, to: status === 'Stopped' ? 'start' : 'stop' })}
                >${status === 'Stopped' ? 'Start' : 'Stop'}</vscode-button
              >
              <vscode-button
                appearance="secondary"
                @click=${() => post({ type: 'switchSchedule', schedule: name, to: 'delete' })}
                >Delete</vscode-button
              >
            </span>
          </li>`,
      )}
    </ul>
  </section>`;
}

function executionsView({ executions, findings }: MonitoringView, { post }: MonitorServices): TemplateResult {
  return html`<section>
    <h2>Executions</h2>
    ${executions.length === 0 ? html`<p class="muted">None yet.</p>` : nothing}
    <ol class="alarms executions">
      ${executions.map(
        ({ id, schedule, at, status, tone, reason, hasFindings }) =>
          html`<li class=${findings?.id === id ? 'current' : ''}>
            <span>${toneMark(tone)} <strong>${status}</strong> <time class="muted">${formatTime(at)}</time></span>
            <span class="muted">${schedule}</span>
            ${reason === undefined ? nothing : html`<span class="help">${reason}</span>`}
            ${
              hasFindings
                ? html`<button class="link" @click=${() => post({ type: 'showFindings', id })}>
                    Show What It Found
                  </button>`
                : nothing
            }
          </li>`,
      )}
    </ol>
  </section>`;
}

function createView(view: MonitoringView, draft: MonitorDraft, { post, changed }: MonitorServices): TemplateResult {
  const image = draft.image === '' ? view.image : draft.image;
  const isReady = view.destination !== undefined && draft.dataset.trim() !== '' && image !== '';
  return html`<section>
    <h2>New schedule</h2>
    ${
      view.destination === undefined
        ? html`<p class="muted">This endpoint captures no data. Deploy it with data capture to monitor it.</p>`
        : html`<p class="help">
              A baseline is computed of a data set. Each hour, what was captured is compared with it.
            </p>
            <p class="monitor-field">
              ${draftField({
                draft,
                key: 'dataset',
                id: 'dataset',
                label: 'Data set of the baseline',
                placeholder: 'A CSV file of this folder, or an S3 URI',
                changed,
              })}
            </p>
            <p class="monitor-field">
              ${draftField({
                draft,
                key: 'image',
                id: 'image',
                label: 'Image of Model Monitor',
                value: image,
                placeholder: 'ACCOUNT.dkr.ecr.REGION.amazonaws.com/sagemaker-model-monitor-analyzer',
                changed,
              })}
            </p>
            <vscode-button
              ?disabled=${!isReady || view.busy !== undefined}
              @click=${() => post({ type: 'createMonitor', dataset: draft.dataset.trim(), image })}
              >Create</vscode-button
            >`
    }
  </section>`;
}

function capturedView(
  { hours, destination }: MonitoringView,
  captured: CapturedView | undefined,
  { post }: MonitorServices,
): TemplateResult | typeof nothing {
  if (destination === undefined) return nothing;
  return html`<section>
    <h2>Captured data</h2>
    <p class="help">${destination}</p>
    ${hours.length === 0 ? html`<p class="muted">Nothing in the last two days.</p>` : nothing}
    <ul class="alarms">
      ${hours.map(
        ({ hour, files, size }) =>
          html`<li>
            <button class="link" @click=${() => post({ type: 'showCaptured', hour })}>${hour}</button>
            <span class="muted">${files} ${files === 1 ? 'file' : 'files'}, ${size}</span>
          </li>`,
      )}
    </ul>
    ${
      captured
        ? html`<table class="history captured">
            <caption>
              The last requests of ${captured.hour}
            </caption>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Request</th>
                <th scope="col">Answer</th>
              </tr>
            </thead>
            <tbody>
              ${captured.records.map(
                ({ at, input, output, encoding }) =>
                  html`<tr>
                    <td>${at}</td>
                    <td class="mono">
                      ${input}
                      ${
                        encoding === 'BASE64'
                          ? html`<span class="help"
                              >${icon('warning', 'tone-wary')} Kept as BASE64: Model Monitor cannot read it. Name its
                              content type in the data capture.</span
                            >`
                          : nothing
                      }
                    </td>
                    <td class="mono">${output}</td>
                  </tr>`,
              )}
            </tbody>
          </table>`
        : nothing
    }
  </section>`;
}

function findingsView(findings: FindingsView, draft: MonitorDraft, { changed, post }: MonitorServices): TemplateResult {
  const { violations, features, threshold: holds, past, place, canChange } = findings;
  const threshold = draft.threshold ?? holds ?? 0;
  const fired = past.filter(({ distances }) => Object.values(distances).some((distance) => distance > threshold));
  return html`<section class="findings" aria-label="What was found">
    <h2>What was found</h2>
    <p class="muted">
      <button class="link" @click=${() => post({ type: 'open', link: `${place}/constraint_violations.json` })}>
        ${place}
      </button>
    </p>
    ${
      violations.length === 0
        ? html`<p>${toneMark('good')} No violations.</p>`
        : html`<ul class="alarms violations">
            ${violations.map(
              ({ about, check, text }) =>
                html`<li>
                  <span
                    >${toneMark('bad')} <strong>${about === '' ? 'All data' : about}</strong>
                    <span class="muted">${check}</span></span
                  >
                  <span class="help">${text}</span>
                </li>`,
            )}
          </ul>`
    }
    ${
      holds === undefined
        ? html`<p class="muted">There is no baseline that it could be compared with.</p>`
        : html`<p class="threshold">
              <label for="threshold">Threshold</label>
              <input
                id="threshold"
                type="range"
                min="0"
                max="1"
                step="0.01"
                .value=${String(threshold)}
                @input=${(event: Event) => {
                  draft.threshold = Number((event.target as HTMLInputElement).value);
                  changed();
                }}
              />
              <output for="threshold" role="status"
                >At ${threshold.toFixed(2)} it would have fired in ${fired.length} of ${past.length}
                ${past.length === 1 ? 'execution' : 'executions'}.</output
              >
              <vscode-button
                appearance="secondary"
                ?disabled=${!canChange || threshold === holds}
                @click=${() => post({ type: 'setThreshold', threshold })}
                >Use This Threshold</vscode-button
              >
            </p>
            <ul class="features">
              ${features.map((feature) => {
                const isOver = feature.distance > threshold;
                const times = past.filter(({ distances }) => (distances[feature.name] ?? 0) > threshold).length;
                return html`<li>
                  <h3>${toneMark(isOver ? 'bad' : 'good')} ${feature.name}</h3>
                  <p class="muted">Distance ${formatNumber(feature.distance)} · over it ${times} of ${past.length}</p>
                  ${distributions(feature)}
                </li>`;
              })}
            </ul>
            <p class="legend muted">
              <span class="chart-swatch before"></span> baseline <span class="chart-swatch found"></span> captured
            </p>`
    }
  </section>`;
}

/** Of a drawing, in units of its own. */
const [width, height] = [240, 72];

/** Both distributions: the baseline as areas, what was captured as bars over them. */
function distributions({ name, kind, labels, before, found }: FindingsView['features'][number]): TemplateResult {
  const most = Math.max(...before, ...found, Number.MIN_VALUE);
  const step = width / Math.max(1, labels.length);
  const bar = (share: number, index: number, which: 'before' | 'found') => {
    const tall = (share / most) * height;
    const [left, wide] = which === 'before' ? [0.04, 0.92] : [0.28, 0.44];
    return svg`<rect class=${which} x=${(index + left) * step} y=${height - tall} width=${wide * step} height=${tall}></rect>`;
  };
  const [first, last] = [labels[0] ?? '', labels.at(-1) ?? ''];
  const said = labels
    .map((label, index) => `${label}: ${percent(before[index])} before, ${percent(found[index])} captured`)
    .join('; ');
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${name}. ${said}">
      <title>${name}</title>
      ${before.map((share, index) => bar(share, index, 'before'))}
      ${found.map((share, index) => bar(share, index, 'found'))}
    </svg>
    <p class="labels muted">
      ${kind === 'numbers' ? html`<span>${first}</span><span>${last}</span>` : labels.map((label) => html`<span>${label}</span>`)}
    </p>`;
}

function percent(share = 0): string {
  return `${Math.round(share * 100)} %`;
}
