/** A batch transform: the form that says what it would do with these files, and the job with its results. */
import './transform.css';
import { html, nothing, render, type TemplateResult } from 'lit-html';
import type { DryRunState } from '../../../src/deployment/panels/deployment/contract';
import {
  type JobView,
  type RecordView,
  type TransformForm,
  transformPanel,
  type TransformPreview,
} from '../../../src/deployment/panels/transform/contract';
import { formatAge, formatNames, formatNumber } from '../../../src/shared/format';
import type { Tone } from '../../../src/shared/status';
import { isString, recordOf, shape } from '../../../src/shared/guards';
import { callList } from '../../kit/calls';
import { type Choice, dropdown } from '../../kit/controls';
import { DraftFields } from '../../kit/draft-fields';
import { icon, type IconName } from '../../kit/icons';
import { openPage } from '../../kit/page';
import { fault, problemLine } from '../../kit/problem';

interface Saved {
  draft: Record<string, string>;
}

/** Milliseconds after the last key until the preview is made anew. */
const rest = 200;

const host = openPage(transformPanel, { layout: 'document', icon: 'model', waiting: 'Opening the batch transform…' });
const root = host.content;
const fields = new DraftFields({ draft: () => draft, problems: () => preview?.problems, change });
let form: TransformForm | undefined;
let draft: Record<string, string> = {};
let preview: TransformPreview | undefined;
let dryRun: DryRunState = { state: 'idle' };
let busy = false;
let problem: string | undefined;
let job: JobView | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
const saved = host.view(shape<Saved>({ draft: recordOf(isString) }));

host.listen({
  form(message) {
    const first = form === undefined;
    ({ form } = message);
    ({ draft } = form);
    problem = undefined;
    if (first && saved && JSON.stringify(saved.draft) !== JSON.stringify(draft)) change(saved.draft);
    host.problem(undefined);
    draw();
    host.show();
  },
  preview(message) {
    ({ preview } = message);
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
  job(message) {
    ({ job } = message);
    draw();
    host.show();
  },
  freshness({ problem: text, updatedAt }) {
    const retry = { retry: () => host.post({ type: 'refresh' }) };
    host.problem(text === undefined ? undefined : { text, seenAt: updatedAt, ...retry });
  },
});

function change(next: Record<string, string>): void {
  // Controls tell their first value as well.
  if (Object.entries(next).every(([field, value]) => draft[field] === value)) return;
  draft = { ...draft, ...next };
  host.saveView({ draft } satisfies Saved);
  clearTimeout(timer);
  timer = setTimeout(send, rest);
  draw();
}

function send(): void {
  timer = undefined;
  host.post({ type: 'draft', draft });
  draw();
}

/** Why it cannot be started now. */
function obstacle(): string | undefined {
  if (!preview || timer !== undefined) return 'Looking at the input…';
  return preview.problems.find(({ severity }) => severity === 'error')?.text;
}

function draw(): void {
  if (job) render(jobPage(job), root);
  else if (form) render(formPage(form), root);
}

function formPage(open: TransformForm): TemplateResult {
  const why = obstacle();
  return html`<div class="wide-form transform" aria-busy=${busy ? 'true' : 'false'}>
    <header>
      <h1>Batch transform with ${open.version}</h1>
      <p class="muted">Each record of the files goes through the model once; no endpoint is needed.</p>
    </header>
    <div class="wide-form-columns transform-columns">
      <div>${dataFields()} ${requestFields()} ${processingFields()} ${capacityFields()}</div>
      <div>${factsView()} ${recordView()} ${callsView()} ${jobsView(open)}</div>
    </div>
    ${fault(problem)}
    <footer>
      <vscode-button
        ?disabled=${busy || why !== undefined}
        @click=${() => {
          if (!busy && obstacle() === undefined) host.post({ type: 'start' });
        }}
        >${busy ? 'Starting…' : 'Start'}</vscode-button
      >
      <vscode-button appearance="secondary" @click=${() => host.post({ type: 'cancel' })}>Cancel</vscode-button>
      <span class="muted" role="status">${why ?? ''}</span>
    </footer>
  </div>`;
}

function dataFields(): TemplateResult {
  return html`<fieldset>
    <legend>Data</legend>
    ${fields.text('input', 'Input', 's3://BUCKET/FOLDER/, or a file of this folder')}
    ${fields.text('output', 'Results', 's3://BUCKET/FOLDER', 'Each job writes into a folder of its own below it.')}
    ${fields.choice('contentType', 'Type', types(draft['contentType']))}
    ${fields.choice('accept', 'Answers', types(draft['accept']))}
    ${fields.choice('compression', 'Compression', [
      { value: 'None', label: 'None' },
      { value: 'Gzip', label: 'gzip' },
    ])}
  </fieldset>`;
}

const knownTypes = ['text/csv', 'application/json', 'application/jsonlines', 'text/plain', 'application/x-npy'];

function types(chosen: string | undefined): Choice[] {
  const all =
    chosen === undefined || chosen === '' || knownTypes.includes(chosen) ? knownTypes : [chosen, ...knownTypes];
  return all.map((value) => ({ value, label: value }));
}

function requestFields(): TemplateResult {
  return html`<fieldset>
    <legend>Requests</legend>
    ${fields.choice(
      'split',
      'Split',
      [
        { value: 'Line', label: 'By line: a line is a record' },
        { value: 'None', label: 'Not: a file is one request' },
        { value: 'RecordIO', label: 'RecordIO' },
        { value: 'TFRecord', label: 'TFRecord' },
      ],
      (split) => change({ split, ...(split === 'Line' ? { assemble: 'Line' } : { assemble: 'None' }) }),
    )}
    ${
      draft['split'] === 'None'
        ? nothing
        : fields.choice('strategy', 'Records', [
            { value: 'MultiRecord', label: 'As many in a request as fit' },
            { value: 'SingleRecord', label: 'One in a request' },
          ])
    }
    ${fields.text('payload', 'Size of a request, MB', '6')} ${fields.text('concurrency', 'Requests at a time', '1')}
    ${fields.choice('assemble', 'Put together', [
      { value: 'Line', label: 'By line: each answer ends its line' },
      { value: 'None', label: 'Not: one answer after the other' },
    ])}
  </fieldset>`;
}

function processingFields(): TemplateResult {
  return html`<fieldset>
    <legend>Filters</legend>
    ${fields.text('inputFilter', 'Send of a record', '$', 'A JSONPath: $[1:] leaves out the first column, $.features takes a member.')}
    ${fields.choice('join', 'Join', [
      { value: 'None', label: 'The answers alone' },
      { value: 'Input', label: 'Each record with its answer' },
    ])}
    ${fields.text('outputFilter', 'Write of it', '$', 'A JSONPath: $[0,-1] takes the first and the last column.')}
  </fieldset>`;
}

function capacityFields(): TemplateResult {
  return html`<fieldset>
    <legend>Capacity</legend>
    ${fields.text('instanceType', 'Instance type')} ${fields.text('instances', 'Instances')}
    ${fields.text('role', 'Role')} ${fields.text('timeout', 'Give up a request after, s', '600')}
    ${fields.text('retries', 'Retries', '3')}
  </fieldset>`;
}

function factsView(): TemplateResult {
  const facts = preview?.facts ?? [];
  return html`<section>
    <h2>What it comes to</h2>
    ${
      facts.length === 0
        ? html`<p class="muted">Name an input, and its files are counted.</p>`
        : html`<dl class="facts">
            ${facts.map(
              ({ label, value }) =>
                html`<dt>${label}</dt>
                  <dd>${value}</dd>`,
            )}
          </dl>`
    }
    ${(preview?.problems ?? []).filter(({ field: of }) => of === undefined).map(problemLine)}
  </section>`;
}

const runIcons: Partial<Record<DryRunState['state'], [IconName, string]>> = {
  passed: ['succeeded', 'tone-good'],
  failed: ['failed', 'tone-bad'],
};

function recordView(): TemplateResult {
  const record = preview?.record;
  const mark = runIcons[dryRun.state];
  return html`<section>
    <h2>A record on its way</h2>
    ${record ? recordSteps(record) : html`<p class="muted">The first record is shown here as it is sent and written.</p>`}
    <p class="dry-run" role="status">
      ${dryRun.state === 'running' ? html`<vscode-progress-ring></vscode-progress-ring>` : nothing}
      ${mark ? icon(...mark) : nothing} <span>${dryRun.text ?? ''}</span>
    </p>
    ${
      dryRun.log && dryRun.log.length > 0
        ? html`<pre tabindex="0" aria-label="Log">${dryRun.log.join('\n')}</pre>`
        : nothing
    }
    <vscode-button
      appearance="secondary"
      ?disabled=${dryRun.state === 'running' || record?.sent === undefined}
      title="Serves this very archive on this machine and sends it this record"
      @click=${() => host.post({ type: 'dryRun' })}
      >Dry Run</vscode-button
    >
  </section>`;
}

function recordSteps(record: RecordView): TemplateResult {
  const { number, total, input, sent, answer, written, problem: why } = record;
  const go = (to: number): void => host.post({ type: 'record', number: to });
  const step = (label: string, value: string | undefined, otherwise: string): TemplateResult =>
    html`<dt>${label}</dt>
      <dd>${value === undefined ? html`<span class="muted">${otherwise}</span>` : html`<code>${value}</code>`}</dd>`;
  return html`<p class="record-choice">
      <button class="link" ?disabled=${number <= 1} @click=${() => go(number - 1)}>Previous</button>
      <span>Record ${formatNumber(number)} of ${formatNumber(total)}</span>
      <button class="link" ?disabled=${number >= total} @click=${() => go(number + 1)}>Next</button>
    </p>
    <dl class="record">
      ${step('Lies there as', input, '')} ${step('Is sent as', sent, 'not sent')}
      ${step('Is answered with', answer, 'a dry run shows it')} ${step('Is written as', written, 'a dry run shows it')}
    </dl>
    ${fault(why)}`;
}

function callsView(): TemplateResult | typeof nothing {
  if (!preview) return nothing;
  return html`<section>
    <h2>Plan: ${preview.calls.length} calls</h2>
    ${callList(preview.calls)}
    <p class="formats">
      <button class="link" @click=${() => host.post({ type: 'copy', format: 'json' })}>Copy as JSON</button>
      <button class="link" @click=${() => host.post({ type: 'copy', format: 'cli' })}>Copy as Commands</button>
    </p>
  </section>`;
}

function jobsView({ jobs }: TransformForm): TemplateResult | typeof nothing {
  if (jobs.length === 0) return nothing;
  return html`<section>
    <h2>Jobs of this version</h2>
    <ul class="jobs">
      ${jobs.map(
        ({ name, status, tone, created }) =>
          html`<li>
            <button class="link" @click=${() => host.post({ type: 'openJob', name })}>${name}</button>
            <span>${toneMark(tone)} ${status}</span> <span class="muted">${formatAge(created, Date.now())}</span>
          </li>`,
      )}
    </ul>
  </section>`;
}

const toneIcons: Partial<Record<Tone, IconName>> = { good: 'succeeded', bad: 'failed', wary: 'stopped' };

function toneMark(tone: Tone): TemplateResult | typeof nothing {
  const name = toneIcons[tone];
  return name === undefined ? nothing : icon(name, `tone-${tone}`);
}

function jobPage(shown: JobView): TemplateResult {
  const missing = shown.isUnderWay ? [] : shown.files.filter(({ isWritten }) => !isWritten);
  return html`<div class="wide-form transform">
    <header>
      <h1>${shown.name}</h1>
      <p role="status" class="job-status">
        ${shown.isUnderWay ? html`<vscode-progress-ring></vscode-progress-ring>` : nothing} ${toneMark(shown.tone)}
        <span>${shown.status}</span>
        ${
          shown.status === 'InProgress'
            ? html`<vscode-button appearance="secondary" @click=${() => host.post({ type: 'stop' })}
                >Stop</vscode-button
              >`
            : nothing
        }
      </p>
      ${fault(shown.reason)}
      ${
        missing.length > 0 && shown.files.length > missing.length
          ? html`<p class="fault">
              ${icon('warning', 'tone-wary')}
              <span
                >${shown.files.length - missing.length} of ${shown.files.length} files have results. There is none for
                ${formatNames(
                  missing.map(({ name }) => name),
                  5,
                )}.</span
              >
            </p>`
          : nothing
      }
    </header>
    <dl class="facts">
      ${shown.facts.map(
        ({ label, value, link }) =>
          html`<dt>${label}</dt>
            <dd>
              ${
                link
                  ? html`<button class="link" @click=${() => host.post({ type: 'open', link })}>${value}</button>`
                  : value
              }
            </dd>`,
      )}
    </dl>
    ${
      shown.log.length > 0
        ? html`<h2>End of the log</h2>
            <pre tabindex="0" aria-label="Log">${shown.log.join('\n')}</pre>`
        : nothing
    }
    ${resultsView(shown)}
  </div>`;
}

function resultsView(shown: JobView): TemplateResult {
  return html`<section>
    <h2>Results</h2>
    ${
      shown.files.length === 0
        ? html`<p class="muted">${shown.noRows ?? 'There is no file in the input.'}</p>`
        : fields.field(
            'file',
            'File',
            dropdown({
              id: 'file',
              label: 'File',
              value: shown.file ?? '',
              choices: [
                ...(shown.file === undefined ? [{ value: '', label: 'Choose a file' }] : []),
                ...shown.files.map(({ name, size, isWritten }) => ({
                  value: name,
                  label: `${name} · ${size}${isWritten ? '' : ' · no results'}`,
                })),
              ],
              change: (name) => {
                if (name !== '' && name !== shown.file) host.post({ type: 'file', name });
              },
            }),
          )
    }
    ${rowsView(shown)}
  </section>`;
}

function rowsView({ rows, total, noRows, isUnderWay, files }: JobView): TemplateResult {
  if (rows.length === 0) {
    const why = isUnderWay ? 'A file has results once all of its records are through.' : noRows;
    return files.length === 0 || why === undefined ? html`` : html`<p class="muted">${why}</p>`;
  }
  return html`<table class="rows">
      <thead>
        <tr>
          <th scope="col" class="number">Record</th>
          <th scope="col">Input</th>
          <th scope="col">Result</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ number, input, output }) =>
            html`<tr>
              <th scope="row" class="number">${number}</th>
              <td><code>${input}</code></td>
              <td><code>${output}</code></td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${
      total > rows.length
        ? html`<p class="muted">
            The first ${rows.length} of ${formatNumber(total)} records. Open the output to see all.
          </p>`
        : nothing
    }`;
}
