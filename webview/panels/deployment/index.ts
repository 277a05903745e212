/** The form that deploys a model version: where to, on what, how traffic moves, and every call before it is made. */
import './deployment.css';
import { html, nothing, render, type TemplateResult } from 'lit-html';
import {
  deploymentPanel,
  type DeploymentForm,
  type DryRunState,
  type FormCheck,
  type FormDraft,
  type Preview,
} from '../../../src/deployment/panels/deployment/contract';
import { isString, recordOf, shape } from '../../../src/shared/guards';
import { callList } from '../../kit/calls';
import { dropdown, textField, valueOf } from '../../kit/controls';
import { formatBytes } from '../../../src/shared/format';
import { icon, type IconName } from '../../kit/icons';
import { openPage } from '../../kit/page';
import { DraftFields } from '../../kit/draft-fields';
import { formProblem } from '../../kit/problem';
import { timeline } from './timeline';

/** What the user has filled in; saved, since the page goes when its tab is hidden. */
interface Saved {
  environment: string;
  draft: FormDraft;
}

/** So many files of an archive are listed. */
const mostFiles = 200;

/** Milliseconds after the last key until the plan is made anew. */
const rest = 150;

const host = openPage(deploymentPanel, { layout: 'document', icon: 'model', waiting: 'Reading the model version…' });
const root = host.content;
const fields = new DraftFields({ draft: () => draft, problems: () => preview?.problems, change });
let form: DeploymentForm | undefined;
let environment = '';
let draft: FormDraft = {};
let preview: Preview | undefined;
let checks: FormCheck[] | undefined;
let dryRun: DryRunState = { state: 'idle' };
let sample = '';
let sampleType = 'application/json';
let busy = false;
let problem: string | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
const saved = host.view(shape<Saved>({ environment: isString, draft: recordOf(isString) }));

host.listen({
  form(message) {
    const first = form === undefined;
    ({ form } = message);
    ({ environment, draft } = form);
    problem = undefined;
    if (first && saved && saved.environment === environment && JSON.stringify(saved.draft) !== JSON.stringify(draft)) {
      change(saved.draft);
    }
    host.problem(undefined);
    draw();
    host.show();
  },
  preview(message) {
    ({ preview } = message);
    draw();
  },
  checks(message) {
    checks = message.checks;
    draw();
  },
  dryRun(message) {
    ({ dryRun } = message);
    draw();
  },
  progress(message) {
    ({ busy, problem } = message);
    if (!form) host.problem(problem === undefined ? undefined : { text: problem });
    draw();
  },
});

function change(next: FormDraft): void {
  // Controls tell their first value as well.
  if (Object.entries(next).every(([field, value]) => draft[field] === value)) return;
  draft = { ...draft, ...next };
  host.saveView({ environment, draft } satisfies Saved);
  clearTimeout(timer);
  timer = setTimeout(send, rest);
  draw();
}

function send(): void {
  clearTimeout(timer);
  timer = undefined;
  host.post({ type: 'draft', environment, draft });
  draw();
}

function chooseEnvironment(id: string): void {
  environment = id;
  send();
}

/** Why it cannot be deployed now. */
function obstacle(): string | undefined {
  if (!preview) return 'Reading the endpoint…';
  if (timer !== undefined) return 'Making the plan…';
  return preview.problems.find(({ severity }) => severity === 'error')?.text;
}

function submit(): void {
  if (busy || obstacle() !== undefined) return;
  host.post({ type: 'deploy' });
}

function draw(): void {
  if (form) render(page(form), root);
}

function page(open: DeploymentForm): TemplateResult {
  const why = obstacle();
  return html`<div class="wide-form deploy" aria-busy=${busy ? 'true' : 'false'}>
    <header>
      <h1>${open.isRollback ? 'Go back to' : 'Deploy'} ${open.version}</h1>
      <p class="muted">${nowLine()}</p>
    </header>
    <div class="wide-form-columns">
      <div class="deploy-form">
        ${whereFields(open)} ${capacityFields()} ${strategyFields()} ${alarmFields()} ${moreFields()}
      </div>
      <div class="deploy-side">${checksView()} ${dryRunView()} ${changesView()} ${timelineView()} ${planView()}</div>
    </div>
    ${formProblem(problem)}
    <footer>
      <vscode-button ?disabled=${busy || why !== undefined} @click=${submit}
        >${busy ? 'Deploying…' : 'Deploy'}</vscode-button
      >
      <vscode-button appearance="secondary" @click=${() => host.post({ type: 'cancel' })}>Cancel</vscode-button>
      <span class="muted" role="status">${why ?? ''}</span>
    </footer>
  </div>`;
}

function nowLine(): string {
  if (!preview) return '';
  const { now, fleet } = preview;
  if (!now) return 'A new endpoint.';
  return `${draft['endpoint'] ?? ''} serves ${now.label} now${now.instances > 0 ? `, on ${now.instances} ${now.instances === 1 ? 'instance' : 'instances'}` : ''}${now.instances > 0 && fleet !== now.instances ? `; ${fleet} after this` : ''}.`;
}

function whereFields(open: DeploymentForm): TemplateResult {
  return html`<fieldset>
    <legend>Where</legend>
    ${fields.field(
      'environment',
      'Environment',
      dropdown({
        id: 'environment',
        label: 'Environment',
        value: environment,
        choices: open.environments.map(({ id, label, connection }) => ({
          value: id,
          label: label === connection ? label : `${label} · ${connection}`,
        })),
        change: chooseEnvironment,
      }),
    )}
    ${fields.text('endpoint', 'Endpoint')}
    ${fields.field(
      'kind',
      'Kind',
      dropdown({
        id: 'kind',
        label: 'Kind',
        value: draft['kind'] ?? '',
        choices: [
          { value: 'real-time', label: 'Real-time' },
          { value: 'serverless', label: 'Serverless' },
          { value: 'asynchronous', label: 'Asynchronous' },
          ...(open.isRollback ? [] : [{ value: 'batch', label: 'Batch transform: files, no endpoint' }]),
        ],
        change: (kind) => (kind === 'batch' ? host.post({ type: 'transform' }) : change({ kind })),
      }),
    )}
    ${fields.text('role', 'Role')}
  </fieldset>`;
}

function capacityFields(): TemplateResult {
  const kind = draft['kind'];
  return html`<fieldset>
    <legend>Capacity</legend>
    ${
      kind === 'serverless'
        ? html`${fields.text('memory', 'Memory, MB')} ${fields.text('concurrency', 'Requests at a time')}`
        : html`${fields.text('instanceType', 'Instance type')} ${fields.text('instances', 'Instances')}`
    }
    ${kind === 'asynchronous' ? fields.text('output', 'Results', 's3://BUCKET/FOLDER') : nothing}
  </fieldset>`;
}

const strategyWords: Record<string, string> = {
  'all-at-once': 'All at once',
  canary: 'Canary',
  linear: 'Linear',
  rolling: 'Rolling',
};

function strategyFields(): TemplateResult | typeof nothing {
  if (!preview) return nothing;
  const { noGuardrails } = preview;
  if (noGuardrails !== undefined) {
    return html`<fieldset>
      <legend>Traffic</legend>
      <p class="muted">${noGuardrails}</p>
    </fieldset>`;
  }
  const kind = draft['strategy'] ?? '';
  const part = { canary: 'Canary', linear: 'Step', rolling: 'Batch' }[kind];
  return html`<fieldset>
    <legend>Traffic</legend>
    <vscode-radio-group orientation="vertical" aria-label="How the traffic moves">
      ${preview.offers.map(
        (offer) =>
          html`<vscode-radio
              value=${offer.kind}
              ?checked=${offer.kind === kind}
              ?disabled=${offer.refusal !== undefined}
              @change=${(event: Event) => {
                if (isChecked(event)) change({ strategy: valueOf(event) });
              }}
              >${strategyWords[offer.kind]}</vscode-radio
            >${offer.refusal === undefined ? nothing : html`<p class="help">${offer.refusal}</p>`}`,
      )}
    </vscode-radio-group>
    ${
      part === undefined
        ? nothing
        : html`${fields.field(
            'size',
            part,
            html`<div class="pair">
              ${textField({ id: 'size', label: part, value: draft['size'] ?? '', invalid: fields.faults('size').length > 0, input: (size) => change({ size }) })}
              ${dropdown({
                id: 'unit',
                label: `${part}, unit`,
                value: draft['unit'] ?? 'percent',
                choices: [
                  { value: 'percent', label: '% of the fleet' },
                  { value: 'instances', label: 'instances' },
                ],
                change: (unit) => change({ unit }),
              })}
            </div>`,
          )}
          ${fields.text('interval', 'Watch each step, s')}`
    }
    ${kind === 'rolling' ? nothing : fields.text('bake', 'Watch all traffic, s')}
    ${fields.text('timeout', 'Give up after, s')}
  </fieldset>`;
}

function isChecked(event: Event): boolean {
  return (event.target as Element & { checked?: boolean }).checked ?? false;
}

function alarmFields(): TemplateResult | typeof nothing {
  if (!preview || preview.noGuardrails !== undefined) return nothing;
  return html`<fieldset>
    <legend>Roll back when</legend>
    ${fields.text('errors', '5xx errors above', 'no alarm', 'Share of the requests of the new version: 0.05 is one in twenty.')}
    ${fields.text('modelErrors', 'Errors of the model above', 'no alarm')}
    ${fields.text('latency', 'Latency p99 above, ms', 'no alarm')} ${fields.text('period', 'Over, s')}
    <p class="help">An alarm to abort by hand is always made.</p>
  </fieldset>`;
}

function moreFields(): TemplateResult {
  const expiry = fields.text(
    'expires',
    'To be gone by',
    'no expiry',
    '12h, 3d, 2w, or a day such as 2026-12-24: a tag that reminds. Nothing is deleted by itself.',
  );
  if (draft['kind'] === 'serverless') return expiry;
  return html`<details>
    <summary>Data capture, autoscaling and expiry</summary>
    ${fields.text('capturePercent', 'Keep requests, %', 'none')}
    ${fields.text('captureDestination', 'Keep them in', 's3://BUCKET/FOLDER')}
    ${fields.text('scaleMin', 'Fewest instances', 'no autoscaling')}
    ${fields.text('scaleMax', 'Most instances', 'no autoscaling')}
    ${fields.text('scaleTarget', 'Requests a minute and instance')} ${expiry}
  </details>`;
}

const checkIcons: Record<FormCheck['state'], [IconName, string, string]> = {
  passed: ['succeeded', 'tone-good', 'passed'],
  failed: ['failed', 'tone-bad', 'failed'],
  warning: ['warning', 'tone-wary', 'worth a look'],
  unknown: ['unknown', 'tone-quiet', 'not known'],
};

function checksView(): TemplateResult {
  return html`<section>
    <h2>Checks</h2>
    ${
      checks
        ? html`<ul class="checks">
            ${checks.map(({ title, state, text: what, link, files, canRepack }) => {
              const [name, tone, word] = checkIcons[state];
              return html`<li>
                ${icon(name, tone)}<span class="visually-hidden">${word}</span>
                <span
                  ><strong>${title}</strong>
                  <span class="muted">${what}</span>
                  ${link === undefined ? nothing : html`<a href=${link}>Open Service Quotas</a>`}
                  ${
                    canRepack
                      ? html`<button class="link" @click=${() => host.post({ type: 'repack' })}>Save Repacked…</button>`
                      : nothing
                  }
                  ${files === undefined ? nothing : filesView(files)}</span
                >
              </li>`;
            })}
          </ul>`
        : html`<p class="muted">Looking at archive, image, role and quota…</p>`
    }
  </section>`;
}

/** What an archive holds, as it lies in it. */
function filesView(files: NonNullable<FormCheck['files']>): TemplateResult {
  return html`<details class="archive-files">
    <summary>Files of the archive</summary>
    <ul class="mono">
      ${files.slice(0, mostFiles).map(({ name, size }) => html`<li>${name} <span class="muted">${formatBytes(size)}</span></li>`)}
      ${files.length > mostFiles ? html`<li class="muted">and ${files.length - mostFiles} more</li>` : nothing}
    </ul>
  </details>`;
}

/** What an update changes of the endpoint, and what it keeps. */
function changesView(): TemplateResult | typeof nothing {
  if (!preview || preview.changes.length === 0) return nothing;
  return html`<section>
    <h2>Before and after</h2>
    <table class="changes">
      <thead>
        <tr>
          <th scope="col"><span class="visually-hidden">What</span></th>
          <th scope="col">Now</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        ${preview.changes.map(
          ({ what, now, after }) =>
            html`<tr class=${after === 'kept' || after === now ? 'muted' : ''}>
              <th scope="row">${what}</th>
              <td>${now}</td>
              <td>${after}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

function dryRunView(): TemplateResult {
  const { state, text: what, answer, log } = dryRun;
  const marks: Record<DryRunState['state'], TemplateResult | typeof nothing> = {
    idle: nothing,
    running: html`<vscode-progress-ring></vscode-progress-ring>`,
    passed: icon('succeeded', 'tone-good'),
    failed: icon('failed', 'tone-bad'),
  };
  return html`<section>
    <h2>Dry run</h2>
    <p class="muted">Serves this very archive on this machine and sends it one request.</p>
    <details>
      <summary>Sample request</summary>
      <vscode-text-area
        id="sample"
        aria-label="Sample request"
        rows="3"
        placeholder="That of .mlops/config.json, or one that you enter"
        .value=${sample}
        @input=${(event: Event) => (sample = valueOf(event))}
      ></vscode-text-area>
      ${dropdown({
        id: 'sample-type',
        label: 'Type of the sample',
        value: sampleType,
        choices: ['application/json', 'text/csv', 'text/plain'].map((value) => ({ value, label: value })),
        change: (value) => {
          sampleType = value;
          draw();
        },
      })}
    </details>
    <p class="dry-run" role="status">${marks[state]} <span>${what ?? ''}</span></p>
    ${answer === undefined ? nothing : html`<pre class="answer">${answer}</pre>`}
    ${log && log.length > 0 ? html`<pre class="answer" tabindex="0" aria-label="Log">${log.join('\n')}</pre>` : nothing}
    <vscode-button
      appearance="secondary"
      ?disabled=${state === 'running'}
      @click=${() => host.post({ type: 'dryRun', ...(sample === '' ? {} : { body: sample, contentType: sampleType }) })}
      >Dry Run</vscode-button
    >
  </section>`;
}

function timelineView(): TemplateResult | typeof nothing {
  if (!preview) return nothing;
  return html`<section>
    <h2>Timeline</h2>
    ${timeline(preview)}
    ${preview.notes.map((note) => html`<p class="note">${icon('info', 'tone-busy')} <span>${note}</span></p>`)}
    ${preview.problems
      .filter(({ field: of }) => of === undefined)
      .map(
        ({ severity, text: what }) =>
          html`<p class="note" role=${severity === 'error' ? 'alert' : nothing}>
            ${severity === 'error' ? icon('error', 'tone-bad') : icon('warning', 'tone-wary')} <span>${what}</span>
          </p>`,
      )}
  </section>`;
}

function planView(): TemplateResult | typeof nothing {
  if (!preview) return nothing;
  const formats = [
    ['json', 'Copy as JSON'],
    ['cli', 'Copy as Commands'],
    ['cloudformation', 'Copy as CloudFormation'],
  ] as const;
  return html`<section>
    <h2>Plan: ${preview.calls.length} calls</h2>
    ${callList(preview.calls)}
    <p class="formats">
      ${formats.map(
        ([format, label]) =>
          html`<button class="link" @click=${() => host.post({ type: 'copy', format })}>${label}</button>`,
      )}
    </p>
  </section>`;
}
