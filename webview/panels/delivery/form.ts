/** The form that starts a run: its variables, and other revisions of its sources than the newest. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { PipelineInfo, SourceChoice, Variable } from '../../../src/delivery/panels/pipeline/contract';
import { shortId } from '../../../src/shared/format';
import { textField } from '../../kit/controls';
import { icon } from '../../kit/icons';
import { fault } from '../../kit/problem';

/** What was typed. */
export interface Draft {
  variables: Record<string, string>;
  revisions: Record<string, string>;
  /** One start, however often it is tried. */
  token: string;
  busy: boolean;
  problem?: string | undefined;
}

export function emptyDraft(): Draft {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const token = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return { variables: {}, revisions: {}, token, busy: false };
}

export interface FormState {
  info: PipelineInfo;
  draft: Draft;
  change: (draft: Draft) => void;
  start(variables: Record<string, string>, revisions: { action: string; value: string }[]): void;
  close(): void;
}

/** The most characters that the service takes of a value. */
const longestValue = 1000;

/** What stands in the way of a variable's value: the service takes no empty one. */
export function variableProblem({ name, default: byDefault }: Variable, typed: string | undefined): string | undefined {
  const value = typed ?? byDefault ?? '';
  if (value === '') return `${name} needs a value: an empty one is not taken.`;
  return value.length > longestValue ? `At most ${longestValue} characters.` : undefined;
}

export function startForm(state: FormState): TemplateResult {
  const { info, draft } = state;
  const problems = info.variables.map((variable) => variableProblem(variable, draft.variables[variable.name]));
  const isWrong = problems.some((problem) => problem !== undefined);
  const submit = (): void => {
    if (isWrong || draft.busy) return;
    const changed = info.variables.filter(({ name, default: byDefault }) => {
      const typed = draft.variables[name];
      return typed !== undefined && typed !== byDefault;
    });
    state.start(
      Object.fromEntries(changed.map(({ name }) => [name, draft.variables[name] ?? ''])),
      info.sources.flatMap(({ action }) => {
        const value = draft.revisions[action]?.trim();
        return value ? [{ action, value }] : [];
      }),
    );
  };
  return html`<div class="side-head">
      ${icon('play', 'muted')}
      <div class="grow">
        <h2>Start ${info.pipeline}</h2>
        <p class="muted">${info.start.consequence}</p>
      </div>
      <button class="tool" title="Close" aria-label="Close" @click=${() => state.close()}>${icon('close')}</button>
    </div>
    <div class="start-form">
      ${
        info.problem === undefined
          ? nothing
          : html`<p class="muted">
              Its variables and sources are not known: the run takes their defaults. ${info.problem}
            </p>`
      }
      ${info.variables.map((variable, index) => variableOf(variable, problems[index], state))}
      ${info.sources.map((source) => sourceOf(source, state))} ${fault(draft.problem)}
      <div class="form-buttons">
        <vscode-button ?disabled=${isWrong || draft.busy} @click=${submit}>Start</vscode-button>
        <vscode-button appearance="secondary" @click=${() => state.close()}>Cancel</vscode-button>
      </div>
    </div>`;
}

function variableOf(variable: Variable, problem: string | undefined, { draft, change }: FormState): TemplateResult {
  const { name, default: byDefault, description } = variable;
  return html`<div class="form-field">
    <label for="variable-${name}">${name}</label>
    ${textField({
      id: `variable-${name}`,
      label: name,
      value: draft.variables[name] ?? byDefault ?? '',
      invalid: problem !== undefined,
      input: (value) => change({ ...draft, problem: undefined, variables: { ...draft.variables, [name]: value } }),
    })}
    ${description === undefined ? nothing : html`<p class="muted">${description}</p>`} ${fault(problem)}
  </div>`;
}

function sourceOf({ action, place, revisionType }: SourceChoice, { info, draft, change }: FormState): TemplateResult {
  const set = (value: string): void =>
    change({ ...draft, problem: undefined, revisions: { ...draft.revisions, [action]: value } });
  const { commit } = info;
  return html`<div class="form-field">
    <label for="revision-${action}">${action}</label>
    ${textField({
      id: `revision-${action}`,
      label: `Revision of ${action}`,
      value: draft.revisions[action] ?? '',
      placeholder: `The newest of ${place}`,
      input: set,
    })}
    ${
      revisionType === 'COMMIT_ID' && commit
        ? html`<button class="link" @click=${() => set(commit.id)}>
            Use ${shortId(commit.id)}${commit.branch === undefined ? '' : ` of ${commit.branch}`}, which is checked out
          </button>`
        : nothing
    }
  </div>`;
}
