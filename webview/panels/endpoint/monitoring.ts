/** The tab Monitoring: captured data, schedules, executions, and both distributions of each feature. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type {
  CapturedView,
  EndpointToHost,
  FindingsView,
  MonitoringView,
} from '../../../src/deployment/panels/endpoint/contract';
import { formatNumber, formatTime } from '../../../src/shared/format';
import {
  monitorFields,
  type MonitorKind,
  monitorKinds,
  problemTypes,
  readMonitor,
} from '../../../src/shared/monitor-draft';
import { dropdown } from '../../kit/controls';
import { distributionLegend, distributions } from '../../kit/distributions';
import { icon } from '../../kit/icons';
import { draftField } from './draft-field';
import { toneMark } from '../../kit/tone-mark';

export interface MonitorDraft {
  kind: MonitorKind;
  /** What was typed, by field. */
  fields: Record<string, string>;
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

const kindWords: Record<MonitorKind, string> = {
  DataQuality: 'Data quality: are the values as in the baseline?',
  ModelQuality: 'Model quality: are the answers right?',
  ModelBias: 'Bias: are groups treated alike?',
  ModelExplainability: 'Explainability: does the model still look at the same?',
};

const fieldWords: Record<string, [label: string, placeholder: string]> = {
  dataset: ['Data set of the baseline', 'A CSV file of this folder, or an S3 URI'],
  constraints: ['Or the baseline that is there', 's3://BUCKET/constraints.json; of Clarify analysis.json'],
  statistics: ['and its statistics', 's3://BUCKET/KEY.json'],
  label: ['Column of what is true', 'label'],
  prediction: ['Column of what the model said', 'prediction'],
  answer: ['Prediction in the answers', '0, or a JMESPath'],
  groundTruth: ['Truth, by the hour', 's3://BUCKET/FOLDER'],
  config: ['Configuration of the analysis', 'analysis_config.json of this folder, or an S3 URI'],
};

function createView(view: MonitoringView, draft: MonitorDraft, { post, changed }: MonitorServices): TemplateResult {
  if (view.destination === undefined) {
    return html`<section>
      <h2>New schedule</h2>
      <p class="muted">This endpoint captures no data. Deploy it with data capture to monitor it.</p>
    </section>`;
  }
  const { kind, fields } = draft;
  const isAnalyzed = kind === 'DataQuality' || kind === 'ModelQuality';
  const image = draft.image === '' ? (isAnalyzed ? view.image : view.clarify) : draft.image;
  const read = readMonitor(kind, fields);
  const isReady = image !== '' && 'kind' in read;
  return html`<section>
    <h2>New schedule</h2>
    <p class="help">
      ${
        isAnalyzed
          ? 'A baseline is computed of a data set. Each hour, what was captured is compared with it.'
          : 'Each hour, what was captured is analyzed by Clarify as the configuration says, and compared with the analysis of a data set where one is named.'
      }
    </p>
    <p class="monitor-field">
      <label for="monitor-kind">Kind</label>
      ${dropdown({
        id: 'monitor-kind',
        label: 'Kind',
        value: kind,
        choices: monitorKinds.map((value) => ({ value, label: kindWords[value] })),
        change: (value) => {
          const chosen = monitorKinds.find((each) => each === value);
          if (chosen === undefined || chosen === draft.kind) return;
          draft.kind = chosen;
          draft.image = '';
          changed();
        },
      })}
    </p>
    ${monitorFields[kind].map((name) => fieldView(name, draft, changed))}
    <p class="monitor-field">
      ${draftField({
        draft,
        key: 'image',
        id: 'image',
        label: isAnalyzed ? 'Image of Model Monitor' : 'Image of Clarify',
        value: image,
        placeholder: `ACCOUNT.dkr.ecr.REGION.amazonaws.com/${isAnalyzed ? 'sagemaker-model-monitor-analyzer' : 'sagemaker-clarify-processing:1.0'}`,
        changed,
      })}
    </p>
    <vscode-button
      ?disabled=${!isReady || view.busy !== undefined}
      title=${'problem' in read ? read.problem : ''}
      @click=${() => post({ type: 'createMonitor', kind, fields: { ...fields }, image })}
      >Create</vscode-button
    >
  </section>`;
}

function fieldView(name: string, { fields }: MonitorDraft, changed: () => void): TemplateResult {
  if (name === 'problem') {
    return html`<p class="monitor-field">
      <label for="problem">Problem</label>
      ${dropdown({
        id: 'problem',
        label: 'Problem',
        value: fields['problem'] ?? 'BinaryClassification',
        choices: problemTypes.map((value) => ({ value, label: value })),
        change: (value) => {
          if (fields['problem'] === value) return;
          fields['problem'] = value;
          changed();
        },
      })}
    </p>`;
  }
  const [label = name, placeholder = ''] = fieldWords[name] ?? [];
  return html`<p class="monitor-field">
    ${draftField({ draft: fields, key: name, id: name, label, value: fields[name] ?? '', placeholder, changed })}
  </p>`;
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

/** How the distributions are called. */
const words = { before: 'baseline', found: 'captured' };

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
                  ${distributions(feature, words)}
                </li>`;
              })}
            </ul>
            ${distributionLegend(words)}`
    }
  </section>`;
}
