/** The form that starts a run: where to, with which values, from which commit. */
import './run-form.css';
import { html, nothing, render, type TemplateResult } from 'lit-html';
import {
  runFormPanel,
  type FormEnvironment,
  type FormParameter,
  type RunForm,
} from '../../../src/pipelines/panels/run-form/contract';
import { shortId } from '../../../src/shared/format';
import { isString, recordOf, shape } from '../../../src/shared/guards';
import { icon } from '../../kit/icons';
import { dropdown, textField } from '../../kit/controls';
import { provenanceLine } from '../../runs/provenance';
import { openPage } from '../../kit/page';
import { fault, formProblem } from '../../kit/problem';
import { nameProblemOf, problemOf } from '../../runs/validate';

/** What the user has typed; saved, since the page goes when its tab is hidden. */
interface Draft {
  environment: string;
  name: string;
  /** Values of the parameters that were touched. */
  values: Record<string, string>;
}

const host = openPage(runFormPanel, {
  layout: 'document',
  icon: 'play',
  waiting: 'Reading the definition…',
});
const root = host.content;
let form: RunForm | undefined;
let draft: Draft | undefined = host.view(
  shape<Draft>({ environment: isString, name: isString, values: recordOf(isString) }),
);
let busy = false;
let problem: string | undefined;
/** S3 locations of data that is missing on Local. */
let missing: readonly string[] = [];

host.listen({
  form(message) {
    const first = form === undefined;
    problem = undefined;
    missing = [];
    ({ form } = message);
    const known = form.environments.some(({ id }) => id === draft?.environment);
    draft = {
      environment: (known && draft?.environment) || form.environment,
      name: draft?.name ?? form.displayName ?? '',
      values: draft?.values ?? {},
    };
    draw();
    host.problem(undefined);
    host.show();
    if (first) focusFirst(form);
  },
  provenance(message) {
    if (form) form = { ...form, provenance: message.provenance };
    draw();
  },
  progress(message) {
    ({ busy, problem, missing = [] } = message);
    // What hinders the start stands beside the button, once there is one.
    if (!form) host.problem(problem === undefined ? undefined : { text: problem });
    draw();
  },
});

root.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.defaultPrevented) return;
  // A button and an open dropdown have a use for Enter themselves.
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest('vscode-button, button, a, vscode-dropdown[open]')) return;
  event.preventDefault();
  submit();
});

function environmentOf(open: RunForm): FormEnvironment | undefined {
  return open.environments.find(({ id }) => id === draft?.environment);
}

/** What stands in the field as long as the user has not touched it. */
function initialValue(open: RunForm, parameter: FormParameter): string {
  const begin = open.begin?.values[parameter.name];
  return begin ?? environmentOf(open)?.overrides[parameter.name] ?? parameter.default ?? '';
}

function valueOfParameter(open: RunForm, parameter: FormParameter): string {
  return draft?.values[parameter.name] ?? initialValue(open, parameter);
}

/** Why the run cannot start, or undefined. */
function obstacle(open: RunForm): string | undefined {
  const environment = environmentOf(open);
  if (!environment) return 'Choose where to run.';
  if (environment.problem) return environment.problem;
  const wrong = open.parameters.map((parameter) => problemOf(parameter, valueOfParameter(open, parameter)));
  return wrong.find((each) => each !== undefined) ?? nameProblemOf(draft?.name ?? '');
}

function submit(): void {
  if (!form || !draft || busy) return;
  if (obstacle(form) !== undefined) {
    focusFirst(form);
    return;
  }
  const open = form;
  const entries = open.parameters
    .map((parameter) => [parameter.name, valueOfParameter(open, parameter), parameter.default] as const)
    .filter(([, value, byDefault]) => value !== byDefault);
  const values = Object.fromEntries(entries.map(([name, value]) => [name, value]));
  const displayName = draft.name.trim();
  host.post({ type: 'run', environment: draft.environment, values, ...(displayName ? { displayName } : {}) });
}

function change(next: Partial<Draft>): void {
  if (!draft) return;
  draft = { ...draft, ...next };
  problem = undefined;
  missing = [];
  host.saveView(draft);
  draw();
}

function setValue(name: string, value: string | undefined): void {
  const values = { ...draft?.values };
  if (value === undefined) delete values[name];
  else values[name] = value;
  change({ values });
}

/** Puts the cursor where something is missing, else into the first field. */
function focusFirst(open: RunForm): void {
  const missing = open.parameters.find((parameter) => problemOf(parameter, valueOfParameter(open, parameter)));
  const first = missing ?? open.parameters[0];
  const id = first ? `parameter-${first.name}` : 'name';
  requestAnimationFrame(() => {
    // A page that is shown again does not take the keyboard from where the user types.
    if (document.hasFocus()) document.getElementById(id)?.focus();
  });
}

function draw(): void {
  if (form) render(page(form), root);
}

function page(open: RunForm): TemplateResult {
  const why = obstacle(open);
  return html`<div class="form" aria-busy=${busy ? 'true' : 'false'}>
    <header>
      <h1>Run ${open.pipeline}</h1>
      <p class="form-origin">
        ${
          open.file
            ? html`<button class="link" @click=${() => host.post({ type: 'show', what: 'definition' })}>
                ${open.file}
              </button>`
            : nothing
        }
        ${provenanceLine(open.provenance)}
        ${
          open.provenance.digest
            ? html`<span class="muted mono" title="sha256:${open.provenance.digest}"
                >definition ${shortId(open.provenance.digest)}</span
              >`
            : nothing
        }
      </p>
      ${open.provenance.dirty ? dirtyNote(open) : nothing}
    </header>
    ${environmentField(open)}
    <fieldset>
      <legend>Parameters</legend>
      ${
        open.parameters.length === 0
          ? html`<p class="muted">This pipeline has no parameters.</p>`
          : html`${lastValues(open)} ${open.parameters.map((parameter) => parameterField(open, parameter))}`
      }
    </fieldset>
    <div class="form-field">
      <label for="name">Name of the run</label>
      <div>
        ${textField({
          id: 'name',
          label: 'Name of the run',
          value: draft?.name ?? '',
          placeholder: 'optional: letters, digits, hyphens',
          invalid: nameProblemOf(draft?.name ?? '') !== undefined,
          input: (name) => change({ name }),
        })}
        ${fault(nameProblemOf(draft?.name ?? ''))}
      </div>
    </div>
    <footer>
      ${formProblem(problem)}
      <vscode-button ?disabled=${busy || why !== undefined} @click=${submit}
        >${busy ? 'Starting…' : 'Run'}</vscode-button
      >
      ${
        missing.length > 0
          ? html`<vscode-button
              appearance="secondary"
              title=${missing.join('\n')}
              @click=${() => host.post({ type: 'useLocalData' })}
              >Use Local Data…</vscode-button
            >`
          : nothing
      }
      <vscode-button appearance="secondary" @click=${() => host.post({ type: 'cancel' })}>Cancel</vscode-button>
      <span class="muted" role="status">${why ?? ''}</span>
    </footer>
  </div>`;
}

function dirtyNote(open: RunForm): TemplateResult {
  const commit = open.provenance.commit ? `commit ${shortId(open.provenance.commit)}` : 'any commit';
  return html`<p class="form-note">
    ${icon('warning', 'tone-wary')}
    <span>
      The work tree has changes or untracked files that are not in ${commit}. The run records this, but cannot be
      reproduced from the commit alone.
      <button class="link" @click=${() => host.post({ type: 'show', what: 'changes' })}>Show Changes</button>
    </span>
  </p>`;
}

function environmentField(open: RunForm): TemplateResult {
  const environment = environmentOf(open);
  return html`<div class="form-field">
    <label for="environment">Environment</label>
    <div>
      ${dropdown({
        id: 'environment',
        label: 'Environment',
        value: draft?.environment ?? '',
        choices: open.environments.map(({ id, label }) => ({ value: id, label })),
        change: (id) => change({ environment: id }),
      })}
      ${
        environment && environment.connection !== environment.label
          ? html`<p class="form-help">${environment.connection}</p>`
          : nothing
      }
      ${fault(environment?.problem)}
    </div>
  </div>`;
}

function lastValues(open: RunForm): TemplateResult | typeof nothing {
  const { last, begin } = open;
  if (begin) {
    // Without a file of the workspace the pipeline runs what it was last given.
    const made =
      open.file === undefined
        ? `the definition that it has on ${open.environments[0]?.label}`
        : 'the code as it is now';
    return html`<p class="form-last muted">${begin.label}, with ${made}.</p>`;
  }
  if (!last) return nothing;
  const differs = open.parameters.some(
    (parameter) =>
      last.values[parameter.name] !== undefined && last.values[parameter.name] !== valueOfParameter(open, parameter),
  );
  if (!differs) return nothing;
  return html`<p class="form-last">
    <button class="link" @click=${() => change({ values: { ...draft?.values, ...last.values } })}>
      Use the values of the last run
    </button>
    <span class="muted">${last.label}</span>
  </p>`;
}

function parameterField(open: RunForm, parameter: FormParameter): TemplateResult {
  const value = valueOfParameter(open, parameter);
  const initial = initialValue(open, parameter);
  const wrong = problemOf(parameter, value);
  const touched = draft?.values[parameter.name] !== undefined;
  const id = `parameter-${parameter.name}`;
  const isRequired = parameter.default === undefined;
  const override = environmentOf(open)?.overrides[parameter.name];
  return html`<div class="form-field">
    <label for=${id}>
      ${parameter.name}${isRequired ? html`<span class="tone-bad" title="required"> *</span>` : nothing}
      <span class="form-type">${parameter.type}</span>
    </label>
    <div>
      <div class="form-control">
        ${control(parameter, id, value, wrong !== undefined && (touched || !isRequired))}
        ${
          value === initial
            ? nothing
            : html`<button
                class="tool"
                title="Reset to ${initial === '' ? 'empty' : initial}"
                aria-label="Reset ${parameter.name} to ${initial === '' ? 'empty' : initial}"
                @click=${() => setValue(parameter.name, undefined)}
              >
                ${icon('retry')}
              </button>`
        }
      </div>
      ${parameter.description ? html`<p class="form-help">${parameter.description}</p>` : nothing}
      ${
        override !== undefined && value === override && !touched
          ? html`<p class="form-help">Set by the environment ${environmentOf(open)?.label}.</p>`
          : nothing
      }
      ${touched ? fault(wrong) : nothing}
    </div>
  </div>`;
}

function control(parameter: FormParameter, id: string, value: string, invalid: boolean): TemplateResult {
  const choices = parameter.enum ?? (parameter.type === 'Boolean' ? booleanChoices(parameter) : undefined);
  if (choices) {
    const withEmpty = value === '' ? ['', ...choices] : choices;
    return dropdown({
      id,
      label: parameter.name,
      value,
      choices: withEmpty.map((each) => ({ value: each, label: each === '' ? 'choose…' : each })),
      change: (next) => setValue(parameter.name, next),
    });
  }
  return textField({
    id,
    label: `${parameter.name}, ${parameter.type}`,
    value,
    invalid,
    ...(parameter.default === undefined ? { placeholder: 'required' } : {}),
    input: (next) => setValue(parameter.name, next),
  });
}

/** True and false as the definition writes them. */
function booleanChoices(parameter: FormParameter): string[] {
  return /^[TF]/.test(parameter.default ?? '') ? ['True', 'False'] : ['true', 'false'];
}
