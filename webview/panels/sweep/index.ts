/** A sweep: which parameters are varied and how, and how its runs stand. */
import './sweep.css';
import { html, nothing, render, type TemplateResult } from 'lit-html';
import type { FormParameter } from '../../../src/pipelines/panels/run-form/contract';
import {
  sweepPanel,
  type SweepForm,
  type SweepProgress,
  type SweepRequest,
} from '../../../src/pipelines/panels/sweep/contract';
import { count } from '../../../src/shared/format';
import { isNumber, isString, oneOf, recordOf, shape } from '../../../src/shared/guards';
import { type Method, planSweep, readRange, type Varied } from '../../../src/shared/sweep';
import { dropdown, textField } from '../../kit/controls';
import { icon } from '../../kit/icons';
import { openPage } from '../../kit/page';
import { fault, formProblem } from '../../kit/problem';
import { problemOf } from '../../runs/validate';
import { statusLook } from '../../runs/status';

/** What the user has typed; saved, since the page goes when its tab is hidden. */
interface Draft {
  name: string;
  /** Values in place of defaults. */
  values: Record<string, string>;
  /** The ranges of parameters that are varied. */
  ranges: Record<string, string>;
  method: 'grid' | 'random';
  runs: number;
  seed: number;
  atATime: number;
}

const host = openPage(sweepPanel, { layout: 'document', icon: 'columns', waiting: 'Reading the definition…' });
const root = host.content;
let form: SweepForm | undefined;
let progress: SweepProgress | undefined;
let busy = false;
let problem: string | undefined;
let draft: Draft = host.view(
  shape<Draft>({
    name: isString,
    values: recordOf(isString),
    ranges: recordOf(isString),
    method: oneOf('grid', 'random'),
    runs: isNumber,
    seed: isNumber,
    atATime: isNumber,
  }),
) ?? { name: '', values: {}, ranges: {}, method: 'grid', runs: 12, seed: 1, atATime: 2 };

host.listen({
  form(message) {
    ({ form } = message);
    host.problem(undefined);
    host.show();
    draw();
  },
  progress(message) {
    ({ progress } = message);
    draw();
  },
  busy(message) {
    ({ busy, problem } = message);
    draw();
  },
});

function draw(): void {
  if (form) render(progress ? progressPage(form, progress) : formPage(form), root);
}

function change(next: Partial<Draft>): void {
  draft = { ...draft, ...next };
  problem = undefined;
  host.saveView(draft);
  draw();
}

function variedIn(open: SweepForm): Varied[] {
  return open.parameters.flatMap((parameter) => {
    const text = draft.ranges[parameter.name];
    return text === undefined || text.trim() === '' ? [] : [variedOver(parameter, text)];
  });
}

function variedOver({ name, type, enum: allowed }: FormParameter, text: string): Varied {
  return { name, type, text, ...(allowed ? { allowed } : {}) };
}

function method(): Method {
  return draft.method === 'grid' ? { kind: 'grid' } : { kind: 'random', runs: draft.runs, seed: draft.seed };
}

function nameProblem(): string | undefined {
  return /^[A-Za-z0-9](-*[A-Za-z0-9]){0,59}$/.test(draft.name)
    ? undefined
    : 'The name has letters, digits and hyphens between them, 60 at most.';
}

function formPage(open: SweepForm): TemplateResult {
  const varied = variedIn(open);
  const plan = planSweep(varied, method());
  const obstacle =
    open.problem ??
    plan.problem ??
    nameProblem() ??
    open.parameters
      .filter(({ name }) => !open.uploads.includes(name) && !varied.some((each) => each.name === name))
      .flatMap((parameter) => problemOf(parameter, valueOf(parameter)) ?? [])[0];
  const runs = plan.problem === undefined ? plan.runs.length : 0;
  return html`<div class="sweep" aria-busy=${busy ? 'true' : 'false'}>
    <header>
      <h1>Sweep ${open.pipeline}</h1>
      <p class="muted">
        Many runs on ${open.connection} with other values. Their code is copied once, so all run the same.
      </p>
    </header>
    <table class="sweep-parameters">
      <thead>
        <tr>
          <th scope="col">Parameter</th>
          <th scope="col">Value</th>
          <th scope="col">Vary over</th>
        </tr>
      </thead>
      <tbody>
        ${open.parameters.map((parameter) => parameterRow(parameter, open))}
      </tbody>
    </table>
    <p class="muted">
      A list (<code>0.1, 0.2, 0.5</code>), whole numbers (<code>1..10</code>), steps (<code>0.1..0.5 step 0.1</code>),
      or a logarithmic range (<code>0.001..1 log 4</code>).
    </p>
    <fieldset class="sweep-method">
      <legend>Runs</legend>
      <label for="method">Method</label>
      ${dropdown({
        id: 'method',
        label: 'Method',
        value: draft.method,
        choices: [
          { value: 'grid', label: 'Grid: every combination' },
          { value: 'random', label: 'Random: drawn from the ranges' },
        ],
        change: (value) => change({ method: value === 'random' ? 'random' : 'grid' }),
      })}
      ${
        draft.method === 'random'
          ? html`${numberField('runs', 'Number of runs', draft.runs)}
            ${numberField('seed', 'Seed of the draw', draft.seed)}`
          : nothing
      }
      ${numberField('atATime', 'At a time', draft.atATime)}
      <label for="sweep-name">Name</label>
      ${textField({
        id: 'sweep-name',
        label: 'Name of the sweep',
        value: draft.name,
        placeholder: 'learning-rate',
        invalid: draft.name !== '' && nameProblem() !== undefined,
        input: (name) => change({ name }),
      })}
    </fieldset>
    ${formProblem(problem)}
    <footer>
      <vscode-button ?disabled=${busy || obstacle !== undefined} @click=${() => submit(varied)}>
        ${busy ? 'Starting…' : runs > 0 ? `Start ${count(runs, 'Run')}` : 'Start'}
      </vscode-button>
      <span class="muted" role="status">${obstacle ?? ''}</span>
    </footer>
  </div>`;
}

function numberField(field: 'runs' | 'seed' | 'atATime', label: string, value: number): TemplateResult {
  return html`<label for="sweep-${field}">${label}</label>
    <input
      class="field"
      id="sweep-${field}"
      type="number"
      min=${field === 'seed' ? 0 : 1}
      step="1"
      .value=${String(value)}
      @input=${(event: Event) => {
        const next = Number((event.target as HTMLInputElement).value);
        if (Number.isInteger(next) && next >= (field === 'seed' ? 0 : 1)) change({ [field]: next });
      }}
    />`;
}

function parameterRow(parameter: FormParameter, open: SweepForm): TemplateResult {
  const { name, type } = parameter;
  const isUpload = open.uploads.includes(name);
  const text = draft.ranges[name] ?? '';
  const wrong = text.trim() === '' ? undefined : readRange(variedOver(parameter, text));
  const isFixed = text.trim() !== '' || isUpload;
  return html`<tr>
    <th scope="row">${name} <span class="muted">${type}</span></th>
    <td>${parameter.enum ? choiceOf(parameter, parameter.enum, isFixed) : valueField(parameter, isFixed)}</td>
    <td>
      ${
        isUpload
          ? html`<span class="muted">copied from the workspace</span>`
          : html`<input
                class="field"
                id="range-${name}"
                aria-label="Values that ${name} is varied over"
                aria-invalid=${typeof wrong === 'string' ? 'true' : 'false'}
                spellcheck="false"
                placeholder=${parameter.enum?.join(', ') ?? nothing}
                .value=${text}
                @input=${(event: Event) => setIn('ranges', name, (event.target as HTMLInputElement).value, '')}
              />
              ${fault(typeof wrong === 'string' ? wrong : undefined)}`
      }
    </td>
  </tr>`;
}

function valueOf({ name, default: none }: FormParameter): string {
  return draft.values[name] ?? none ?? '';
}

function valueField(parameter: FormParameter, disabled: boolean): TemplateResult {
  return html`<input
    class="field"
    aria-label="Value of ${parameter.name}"
    spellcheck="false"
    .value=${valueOf(parameter)}
    ?disabled=${disabled}
    @input=${(event: Event) => setIn('values', parameter.name, (event.target as HTMLInputElement).value, parameter.default)}
  />`;
}

/** The values that the definition allows; none is chosen where it has no default. */
function choiceOf(parameter: FormParameter, allowed: readonly string[], disabled: boolean): TemplateResult {
  const value = valueOf(parameter);
  return html`<select
    class="field"
    aria-label="Value of ${parameter.name}"
    ?disabled=${disabled}
    @change=${(event: Event) => setIn('values', parameter.name, (event.target as HTMLSelectElement).value, parameter.default)}
  >
    ${(allowed.includes(value) ? allowed : [value, ...allowed]).map(
      (each) => html`<option value=${each} ?selected=${each === value}>${each}</option>`,
    )}
  </select>`;
}

function setIn(which: 'values' | 'ranges', name: string, value: string, none: string | undefined): void {
  const next = { ...draft[which] };
  if (value === none) delete next[name];
  else next[name] = value;
  change({ [which]: next });
}

function submit(varied: Varied[]): void {
  const values = Object.fromEntries(
    Object.entries(draft.values).filter(([name]) => !varied.some((each) => each.name === name)),
  );
  const request: SweepRequest = { name: draft.name, values, varied, method: method(), atATime: draft.atATime };
  host.post({ type: 'start', request });
}

const words: Record<SweepProgress['state'], string> = {
  running: 'Running',
  cancelling: 'Stopping',
  ended: 'Ended',
  interrupted: 'Interrupted: the window that ran it was closed or reloaded',
};

function progressPage(open: SweepForm, shown: SweepProgress): TemplateResult {
  const ended = shown.runs.filter(({ status }) => !['Waiting', 'Executing', 'Stopping'].includes(status)).length;
  return html`<div class="sweep">
    <header>
      <h1>Sweep ${shown.name}</h1>
      <p class="muted" role="status">
        ${words[shown.state]} · ${ended} of ${count(shown.runs.length, 'run')} of ${open.pipeline} ended on
        ${open.connection}, at most ${shown.atATime} at a time
      </p>
      <progress max=${shown.runs.length} value=${ended} aria-label="Runs that have ended"></progress>
    </header>
    ${formProblem(shown.problem)}
    <footer>
      ${
        shown.state === 'running' || shown.state === 'cancelling'
          ? html`<vscode-button
              appearance="secondary"
              ?disabled=${shown.state === 'cancelling'}
              @click=${() => host.post({ type: 'cancel' })}
              >Cancel Sweep</vscode-button
            >`
          : nothing
      }
      ${
        shown.state === 'interrupted'
          ? html`<vscode-button @click=${() => host.post({ type: 'resume' })}>Continue</vscode-button>`
          : nothing
      }
      <vscode-button appearance="secondary" @click=${() => host.post({ type: 'openMetrics' })}
        >Open Metrics</vscode-button
      >
      ${
        shown.state === 'ended' || shown.state === 'interrupted'
          ? html`<vscode-button appearance="secondary" @click=${() => host.post({ type: 'another' })}
              >${shown.state === 'ended' ? 'New Sweep' : 'Forget It'}</vscode-button
            >`
          : nothing
      }
    </footer>
    <table class="sweep-runs">
      <thead>
        <tr>
          <th scope="col">Run</th>
          <th scope="col">Status</th>
          ${shown.varied.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${shown.runs.map((run) => runRow(run, shown.varied, shown.state))}
      </tbody>
    </table>
  </div>`;
}

function runRow(
  { name, values, arn, status }: SweepProgress['runs'][number],
  varied: string[],
  state: SweepProgress['state'],
): TemplateResult {
  const look = statusLook(status === 'Waiting' ? 'Pending' : status === 'NotStarted' ? 'NotRun' : status);
  const word = status === 'NotStarted' ? 'Not started' : state === 'interrupted' ? 'Not known' : look.word;
  return html`<tr>
    <th scope="row">
      ${
        arn === undefined
          ? name
          : html`<button class="link" @click=${() => host.post({ type: 'open', run: arn })}>${name}</button>`
      }
    </th>
    <td><span class="tone-${look.tone}">${icon(look.icon, look.turning ? 'spin' : '')}</span> ${word}</td>
    ${varied.map((each) => html`<td class="number">${values[each] ?? ''}</td>`)}
  </tr>`;
}
