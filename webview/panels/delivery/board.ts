/** The board: a column a stage, with its run, its actions, and what can be done with it. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { Board, BoardAction, BoardCondition, BoardStage, DeliveryRun } from '../../../src/delivery/model';
import type { Verbs } from '../../../src/delivery/panels/pipeline/contract';
import type { Verb } from '../../../src/delivery/verbs';
import { formatAge, formatTime, shortId } from '../../../src/shared/format';
import { unread } from '../../../src/shared/status';
import { icon } from '../../kit/icons';
import { deliveryLook } from '../../runs/delivery-status';

export interface BoardState {
  board: Board;
  runs: readonly DeliveryRun[];
  verbs: Verbs;
  selection: { run?: string | undefined; stage?: string | undefined; action?: string | undefined };
  /** The commit that is checked out. */
  commit: string | undefined;
  now: number;
  select(at: { run?: string | undefined; stage?: string; action?: string }): void;
  perform(verb: Verb, at: { stage?: string; run?: string }): void;
  review(stage: string, action: string, run: string): void;
}

export function boardView(state: BoardState): TemplateResult {
  const { stages } = state.board;
  return html`${repeat(
    stages,
    ({ name }) => name,
    (stage, index) => html`${index === 0 ? nothing : transitionOf(stage, state)}${stageOf(stage, state)}`,
  )}`;
}

/** A name of several words in one, which may be broken between them. */
function breakable(name: string | undefined): string | undefined {
  return name?.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '\u200B');
}

/** The way into a stage: open or closed, and who waits before it. */
function transitionOf(stage: BoardStage, state: BoardState): TemplateResult {
  const { isEnabled, by, at, reason } = stage.transition;
  const why = [
    stage.status === unread
      ? `Whether runs may enter ${stage.name} is not known.`
      : isEnabled
        ? `Runs may enter ${stage.name}.`
        : `The transition into ${stage.name} is disabled.`,
    by ? `Changed by ${by}` : '',
    at ? formatTime(at) : '',
    reason ?? '',
  ]
    .filter(Boolean)
    .join(' ');
  return html`<div class="transition ${isEnabled ? '' : 'closed'}" title=${why}>
    ${icon(isEnabled ? 'chevron' : 'stop', isEnabled ? '' : 'tone-wary')}
    <span class="visually-hidden">${why}</span>
    ${isEnabled ? nothing : html`<span class="transition-word">Disabled</span>`}
    ${stage.inbound.map((id) => waiter(id, state))}
  </div>`;
}

/** A run that waits before a stage. */
function waiter(id: string, state: BoardState): TemplateResult {
  return html`<button class="pill" title="Waits to enter" @click=${() => state.select({ run: id })}>
    ${icon('waiting')} ${commitOf(id, state)}
  </button>`;
}

function commitOf(id: string, { runs }: BoardState): string {
  const revision = runs.find((run) => run.id === id)?.revisions[0];
  return shortId(revision?.id ?? id);
}

/** An approval that waits holds the stage. */
function stateOf(stage: BoardStage): string {
  if (stage.status === 'InProgress' && stage.actions.some(({ isWaiting }) => isWaiting)) return 'Waiting';
  return stage.status ?? 'NotRun';
}

function stageOf(stage: BoardStage, state: BoardState): TemplateResult {
  const look = deliveryLook(stateOf(stage));
  const run = state.runs.find(({ id }) => id === stage.run);
  const revision = run?.revisions[0];
  const subject = revision?.message?.split('\n', 1)[0];
  const isYours = state.commit !== undefined && revision?.id === state.commit;
  const verbs = state.verbs.stages[stage.name] ?? [];
  return html`<section class="stage" aria-label="Stage ${stage.name}" data-stage=${stage.name}>
    <header class="stage-head">
      <span class="tone-${look.tone}">${icon(look.icon, look.turning ? 'spin' : '')}</span>
      <h2>${stage.name}</h2>
      <span class="stage-state">${look.word}</span>
    </header>
    ${
      stage.run === undefined
        ? html`<p class="muted">
            ${stage.status === unread ? 'Which run is here is not known.' : 'No run has been here.'}
          </p>`
        : html`<button
            class="stage-run"
            @click=${() => state.select({ run: stage.run })}
            title=${revision?.message ?? `Run ${stage.run}`}
          >
            <span class="mono">${commitOf(stage.run, state)}</span>
            ${isYours ? html`<span class="pill">your commit</span>` : nothing}
            ${run?.isRollback ? html`<span class="pill">${icon('rollback')} rollback</span>` : nothing}
            <span class="stage-subject">${subject ?? ''}</span>
          </button>`
    }
    ${holder(stage, state)} ${stage.conditions.map((condition) => conditionOf(condition))}
    <ul class="actions">
      ${repeat(
        stage.actions,
        ({ name }) => name,
        (action) => actionOf(stage, action, state),
      )}
    </ul>
    ${
      verbs.length === 0
        ? nothing
        : html`<div class="verbs">
            ${verbs.map(
              (verb) =>
                html`<button
                  class="verb"
                  title=${verb.consequence}
                  @click=${() => state.perform(verb, { stage: stage.name })}
                >
                  ${verb.title}
                </button>`,
            )}
          </div>`
    }
  </section>`;
}

/** Who keeps the stage, and since when. */
function holder(stage: BoardStage, { now }: BoardState): TemplateResult | typeof nothing {
  const waiting = stage.actions.filter(({ isWaiting }) => isWaiting);
  const [first] = waiting;
  if (!first) return nothing;
  const since = first.at === undefined ? '' : ` for ${formatAge(first.at, now).replace(/ ago$/, '')}`;
  return html`<p class="holder">Held by ${waiting.map(({ name }) => name).join(', ')}${since}</p>`;
}

const conditionWords = {
  BEFORE_ENTRY: 'Before the stage',
  ON_SUCCESS: 'After success',
  ON_FAILURE: 'After failure',
} as const;

function conditionOf({ kind, status, rules, summary }: BoardCondition): TemplateResult {
  const look = deliveryLook(status);
  return html`<p
    class="condition"
    title=${[summary, ...rules.map((rule) => `${rule.name}: ${rule.summary ?? rule.status}`)].filter(Boolean).join('\n')}
  >
    <span class="tone-${look.tone}">${icon(look.icon)}</span>
    ${conditionWords[kind]}: ${rules.map(({ name }) => name).join(', ')} ${look.word.toLowerCase()}
  </p>`;
}

function actionOf(stage: BoardStage, action: BoardAction, state: BoardState): TemplateResult {
  const look = deliveryLook(action.isWaiting ? 'Waiting' : (action.status ?? 'NotRun'));
  const { selection } = state;
  const isChosen = selection.stage === stage.name && selection.action === action.name && selection.run === stage.run;
  const about = action.error ?? action.summary;
  return html`<li>
    <button
      class="action"
      data-action=${action.name}
      aria-pressed=${isChosen ? 'true' : 'false'}
      title=${about ?? ''}
      @click=${() => state.select({ run: stage.run, stage: stage.name, action: action.name })}
    >
      <span class="tone-${look.tone}">${icon(look.icon, look.turning ? 'spin' : '')}</span>
      <span class="action-name">${action.name}</span>
      <span class="muted action-about">
        ${[look.word, breakable(action.provider), action.at === undefined ? '' : formatAge(action.at, state.now)].filter(Boolean).join(' · ')}
      </span>
      ${action.error === undefined ? nothing : html`<span class="action-error">${action.error}</span>`}
    </button>
    ${
      action.isWaiting && stage.run !== undefined
        ? html`<vscode-button class="review" @click=${() => state.review(stage.name, action.name, stage.run ?? '')}
            >Review…</vscode-button
          >`
        : nothing
    }
  </li>`;
}
