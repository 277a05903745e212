/** A delivery pipeline: the board of stages and actions, the runs, and what an action took, gave and wrote. */
import './delivery.css';
import { html, nothing, render, type TemplateResult } from 'lit-html';
import type { Board, DeliveryRun } from '../../../src/delivery/model';
import {
  pipelinePanel,
  type PipelineInfo,
  type PipelineToPanel,
  type ShownAction,
  type Verbs,
} from '../../../src/delivery/panels/pipeline/contract';
import type { Verb } from '../../../src/delivery/verbs';
import { formatAge } from '../../../src/shared/format';
import { isNumber, oneOf, optional, isString, shape } from '../../../src/shared/guards';
import { icon } from '../../kit/icons';
import { openPage } from '../../kit/page';
import { splitter } from '../../kit/splitter';
import { sliceOf } from '../../kit/table/virtual';
import { boardView } from './board';
import { emptyDraft, startForm, type Draft } from './form';
import { rowHeight, runsTable } from './runs';
import { type ActionTab, actionPane, buildOf, runPane } from './side';

/** What is selected: an action of a stage in a run, a run, or nothing. */
interface Selection {
  run?: string | undefined;
  stage?: string | undefined;
  action?: string | undefined;
}

interface Look extends Selection {
  tab: ActionTab;
  side: number;
}

const host = openPage(pipelinePanel, { layout: 'window', icon: 'rocket', waiting: 'Loading the pipeline…' });
const look = host.view(
  shape<Look>({
    run: optional(isString),
    stage: optional(isString),
    action: optional(isString),
    tab: oneOf('input', 'output', 'logs', 'info'),
    side: isNumber,
  }),
);

const head = document.createElement('div');
const board = document.createElement('section');
board.className = 'board';
board.setAttribute('aria-label', 'Stages');
const body = document.createElement('div');
body.className = 'delivery-body';
const scroller = document.createElement('section');
scroller.className = 'runs-scroller';
scroller.setAttribute('aria-label', 'Runs');
const side = document.createElement('aside');
side.className = 'side';
side.setAttribute('aria-label', 'Details');
host.content.append(head, board, body);
const sash = splitter(body, side, look?.side ?? 420, save);
body.append(scroller, sash.element, side);

let info: PipelineInfo | undefined;
let state: Board | undefined;
let verbs: Verbs = { stages: {}, runs: {} };
let runs: DeliveryRun[] = [];
let hasOlder = false;
/** Why the state and the runs may be others than those shown. */
let unread: { state?: string | undefined; runs?: string | undefined } = {};
let detail: Extract<PipelineToPanel, { type: 'detail' }> | undefined;
let log: Extract<PipelineToPanel, { type: 'log' }> | undefined;
let freshness: { updatedAt?: number; problem?: string } = {};
let selection: Selection = { run: look?.run, stage: look?.stage, action: look?.action };
let tab: ActionTab = look?.tab ?? 'output';
let draft: Draft | undefined;
/** What the host was asked for. */
let needed: string | undefined;
let neededLog: string | undefined;
/** The row that Tab reaches. */
let active: string | undefined;

host.listen({
  info(message) {
    ({ info } = message);
    draw();
  },
  board(message) {
    ({ board: state, verbs } = message);
    unread = { ...unread, state: message.problem };
    host.show();
    draw();
  },
  runs(message) {
    ({ runs, hasOlder } = message);
    unread = { ...unread, runs: message.problem };
    if (!runs.some(({ id }) => id === active)) active = runs[0]?.id;
    draw();
  },
  detail(message) {
    detail = message;
    draw();
  },
  log(message) {
    log = message;
    drawSide();
    const text = side.querySelector('.build-log');
    if (text) text.scrollTop = text.scrollHeight;
  },
  freshness(message) {
    freshness = message;
    host.problem(
      message.problem === undefined
        ? undefined
        : { text: message.problem, seenAt: message.updatedAt, retry: () => host.post({ type: 'refresh' }) },
    );
    drawHead();
  },
  select({ stage, action, run }) {
    select({ stage, action, run: run ?? state?.stages.find(({ name }) => name === stage)?.run });
  },
  form() {
    openForm();
  },
  started(message) {
    if (!draft) return;
    draft = message.run === undefined ? { ...draft, busy: false, problem: message.problem } : undefined;
    draw();
  },
});

scroller.addEventListener('scroll', () => drawRuns());
new ResizeObserver(() => drawRuns()).observe(scroller);
// Ages grow older by themselves.
setInterval(() => {
  drawHead();
  drawBoard();
}, 1000);

function openForm(): void {
  draft ??= emptyDraft();
  draw();
  requestAnimationFrame(() => side.querySelector<HTMLElement>('vscode-text-field, vscode-button')?.focus());
}

function select(next: Selection): void {
  selection = next;
  draft = undefined;
  if (next.run !== undefined) active = next.run;
  need();
  save();
  draw();
}

/** Asks the host for what the selection shows. */
function need(): void {
  const { run } = selection;
  if (run !== undefined && run !== needed) host.post({ type: 'need', run });
  needed = run;
  const shown = selectedAction();
  const build = tab === 'logs' && shown ? buildOf(shown) : undefined;
  if (build !== neededLog) host.post({ type: 'log', build });
  neededLog = build;
}

/** The newest attempt at the action that is selected. */
function selectedAction(): ShownAction | undefined {
  const { run, stage, action } = selection;
  if (detail?.run !== run || action === undefined) return undefined;
  return detail?.actions.findLast((each) => each.action === action && each.stage === stage);
}

function save(): void {
  host.saveView({ ...selection, tab, side: sash.size });
}

function choose(next: ActionTab): void {
  tab = next;
  need();
  save();
  drawSide();
}

function go(index: number): void {
  const run = runs[index];
  if (!run) return;
  active = run.id;
  const headHeight = scroller.querySelector('thead')?.clientHeight ?? 0;
  const top = index * rowHeight;
  const room = scroller.clientHeight - headHeight;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top + rowHeight > scroller.scrollTop + room) scroller.scrollTop = top + rowHeight - room;
  drawRuns();
  scroller.querySelector<HTMLElement>('tr[tabindex="0"]')?.focus({ preventScroll: true });
}

function perform(verb: Verb, at: { stage?: string; run?: string }): void {
  if (verb.id === 'start' || verb.id === 'approve' || verb.id === 'reject') return;
  host.post({ type: 'verb', verb: verb.id, stage: at.stage, run: at.run });
}

function draw(): void {
  need();
  drawHead();
  drawBoard();
  drawRuns();
  drawSide();
}

function drawHead(): void {
  if (!state) return;
  const { updatedAt } = freshness;
  render(
    html`<header class="delivery-head">
      <div class="delivery-title">
        <h1>${state.pipeline}</h1>
        <span class="muted">
          ${[info?.type, state.mode, state.version === undefined ? '' : `version ${state.version}`].filter(Boolean).join(' · ')}
        </span>
        ${info?.isProduction ? html`<span class="pill">${icon('warning', 'tone-wary')} Production</span>` : nothing}
      </div>
      <div class="delivery-tools">
        <span class="muted updated">
          ${info ? `${info.connection} · ${info.region}` : ''}
          ${updatedAt === undefined ? '' : `· ${formatAge(updatedAt, Date.now())}`}
        </span>
        <button
          class="tool"
          title="Open the declaration"
          aria-label="Open the declaration"
          @click=${() => host.post({ type: 'declaration' })}
        >
          ${icon('code')}
        </button>
        <button class="tool" title="Refresh" aria-label="Refresh" @click=${() => host.post({ type: 'refresh' })}>
          ${icon('retry')}
        </button>
        <vscode-button title=${info?.start.consequence ?? ''} ?disabled=${!info} @click=${openForm}
          >Start…</vscode-button
        >
      </div>
    </header>`,
    head,
  );
}

function drawBoard(): void {
  if (!state) return;
  render(
    html`${notKnown(unread.state)}${boardView({
      board: state,
      runs,
      verbs,
      selection,
      commit: info?.commit?.id,
      now: Date.now(),
      select,
      perform,
      review: (stage, action, run) => host.post({ type: 'review', stage, action, run }),
    })}`,
    board,
  );
}

function drawRuns(): void {
  if (!state) return;
  if (runs.length === 0 && unread.runs !== undefined) {
    render(notKnown(unread.runs), scroller);
    return;
  }
  if (runs.length === 0) {
    render(html`<p class="section muted no-runs">No runs yet. ${info?.start.consequence ?? ''}</p>`, scroller);
    return;
  }
  render(
    html`${notKnown(unread.runs)}${runsTable({
      runs,
      slice: sliceOf(runs.length, rowHeight, scroller.scrollTop, scroller.clientHeight),
      active,
      selected: selection.run,
      commit: info?.commit?.id,
      now: Date.now(),
      select: (run) => select({ run }),
      go,
    })}
    ${hasOlder ? html`<button class="link older" @click=${() => host.post({ type: 'older' })}>Show older runs</button>` : nothing}`,
    scroller,
  );
}

/** What could not be read says why where it would stand. */
function notKnown(problem: string | undefined): TemplateResult | typeof nothing {
  if (problem === undefined) return nothing;
  return html`<p class="unread">
    ${icon('warning', 'tone-wary')} ${problem}
    <button class="link" @click=${() => host.post({ type: 'refresh' })}>Try again</button>
  </p>`;
}

function drawSide(): void {
  if (!state) return;
  render(sideContent(state), side);
}

function sideContent(open: Board): TemplateResult {
  if (draft && info) {
    return startForm({
      info,
      draft,
      change(next) {
        draft = next;
        drawSide();
      },
      start(variables, revisions) {
        if (!draft) return;
        draft = { ...draft, busy: true, problem: undefined };
        host.post({ type: 'start', variables, revisions, token: draft.token });
        drawSide();
      },
      close() {
        draft = undefined;
        draw();
      },
    });
  }
  const run = runs.find(({ id }) => id === selection.run);
  const own = detail?.run === selection.run ? detail : undefined;
  if (selection.action !== undefined && selection.stage !== undefined) {
    return actionPane({
      board: open,
      stage: selection.stage,
      action: selection.action,
      run,
      attempts: own?.actions.filter(({ stage, action }) => stage === selection.stage && action === selection.action),
      problem: own?.problem,
      tab,
      log: log && log.build === neededLog ? log : undefined,
      choose,
      close: () => select({ run: selection.run }),
      open: (link) => host.post({ type: 'open', link }),
    });
  }
  return runPane({
    run,
    runs,
    detail: own,
    verbs: run ? (verbs.runs[run.id] ?? []) : [],
    now: Date.now(),
    select,
    perform,
    open: (link) => host.post({ type: 'open', link }),
  });
}
