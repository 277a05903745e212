/** The dialog of a flow action: its options, what must hold, the plan, and then the plan being carried out. */
import './flow.css';
import { html, nothing, render, type TemplateResult } from 'lit-html';
import { flowPanel, type FlowDialog } from '../../../src/gitflow/vscode/panels/flow/contract';
import { isString, shape } from '../../../src/shared/guards';
import { icon } from '../../kit/icons';
import { valueOf } from '../../kit/controls';
import { openPage } from '../../kit/page';
import { checks, preconditions } from './checks';
import { optionGroups } from './options';
import { planList } from './plan';

/** The reason for an override, which is not lost when the tab is hidden. */
interface FlowLook {
  reason: string;
}

const host = openPage(flowPanel, { layout: 'document', icon: 'branch', waiting: 'Reading the repository…' });
const root = host.content;
let dialog: FlowDialog | undefined;
let busy = false;
let reason = host.view(shape<FlowLook>({ reason: isString }))?.reason ?? '';

host.listen({
  dialog(message) {
    const phase = dialog?.phase;
    ({ dialog } = message);
    draw();
    host.problem(undefined);
    host.show();
    if (phase !== dialog.phase) focusNext();
  },
  busy(message) {
    ({ busy } = message);
    draw();
  },
});

root.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.defaultPrevented || dialog?.phase !== 'choose') return;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest('vscode-button, button, vscode-text-area, vscode-dropdown, vscode-radio')) return;
  event.preventDefault();
  submit();
});

/** Why the action cannot begin, or undefined. */
function obstacle(open: FlowDialog): string | undefined {
  const failed = open.preconditions.find(({ state }) => state === 'failed');
  if (failed) return `${failed.label}: ${failed.text}`;
  if ([...open.preconditions, ...open.gates].some(({ state }) => state === 'checking')) return 'Checking…';
  const faulty = open.options.find((option) => option.kind === 'text' && option.problem !== undefined);
  if (faulty?.kind === 'text') return faulty.problem;
  if (isOverride(open) && reason.trim() === '') return 'Not all gates have passed. Give a reason to continue.';
  return undefined;
}

/** Whether a gate stands open that only a reason gets past. */
function isOverride(open: FlowDialog): boolean {
  return open.gates.some(({ state }) => state === 'failed' || state === 'unknown');
}

function submit(): void {
  if (!dialog || busy || obstacle(dialog) !== undefined) return;
  host.post(isOverride(dialog) ? { type: 'submit', reason: reason.trim() } : { type: 'submit' });
}

/** After a change of phase, the keyboard stands on what can be done next. */
function focusNext(): void {
  const wanted = '.flow-files .link, #reason, footer vscode-button:not([disabled])';
  requestAnimationFrame(() => {
    // A page that is shown again does not take the keyboard from where the user types.
    if (document.hasFocus()) root.querySelector<HTMLElement>(wanted)?.focus();
  });
}

function draw(): void {
  if (dialog) render(page(dialog), root);
}

function page(open: FlowDialog): TemplateResult {
  const isOpen = open.phase === 'choose';
  return html`<div class="flow" aria-busy=${busy ? 'true' : 'false'}>
    <header>
      <h1>${open.title}</h1>
      <p class="muted">${open.summary ? html`${open.summary} ` : nothing}${icon('branch')} ${open.repository}</p>
    </header>
    ${outcome(open)}
    <div class="flow-columns ${isOpen ? '' : 'single'}">
      ${
        isOpen
          ? html`<div>
              ${checks('Gates', open.gates, act)} ${isOverride(open) ? override() : nothing}
              ${optionGroups(open.options, (id, value) => host.post({ type: 'change', id, value }))}
              ${preconditions(open.preconditions, act)}
            </div>`
          : nothing
      }
      ${planList(open.plan, busy)}
    </div>
    <footer>${isOpen ? chooseButtons(open) : proceedButtons(open)}</footer>
  </div>`;
}

function act(check: string, action: string): void {
  host.post({ type: 'act', check, action });
}

function override(): TemplateResult {
  return html`<section class="flow-section">
    <label for="reason"><h2>Reason for continuing without them</h2></label>
    <p class="muted">It is kept in the message of the tag.</p>
    <vscode-text-area
      id="reason"
      aria-label="Reason for continuing without the gates"
      rows="2"
      resize="vertical"
      .value=${reason}
      @input=${(event: Event) => {
        reason = valueOf(event);
        host.saveView({ reason });
        draw();
      }}
    ></vscode-text-area>
  </section>`;
}

const outcomes = {
  running: { icon: 'executing', tone: 'busy' },
  conflict: { icon: 'conflict', tone: 'wary' },
  failed: { icon: 'failed', tone: 'bad' },
  done: { icon: 'succeeded', tone: 'good' },
  undone: { icon: 'retry', tone: 'quiet' },
} as const;

/** What happened, with the files that are left to resolve. */
function outcome(open: FlowDialog): TemplateResult | typeof nothing {
  if (open.phase === 'choose') return nothing;
  const look = outcomes[open.phase];
  const conflicts = open.conflicts ?? [];
  return html`<div class="flow-outcome tone-edge-${look.tone}" role="status">
    ${icon(look.icon, `tone-${look.tone}${open.phase === 'running' ? ' spin' : ''}`)}
    <div>
      <p class="flow-message">${open.message ?? (open.phase === 'running' ? 'Working…' : '')}</p>
      ${
        conflicts.length > 0
          ? html`<ul class="flow-files">
              ${conflicts.map(
                ({ path, resolved }) =>
                  html`<li>
                    ${icon(resolved ? 'check' : 'conflict', resolved ? 'tone-good' : 'tone-wary')}
                    <button class="link mono" @click=${() => host.post({ type: 'openFile', path })}>${path}</button>
                    <span class="muted">${resolved ? 'resolved' : 'to resolve'}</span>
                  </li>`,
              )}
            </ul>`
          : nothing
      }
    </div>
  </div>`;
}

function chooseButtons(open: FlowDialog): TemplateResult {
  const why = obstacle(open);
  return html`<vscode-button ?disabled=${busy || why !== undefined} @click=${submit}>${open.submit}</vscode-button>
    <vscode-button appearance="secondary" @click=${() => host.post({ type: 'showPlan' })}>Show Plan</vscode-button>
    <vscode-button appearance="secondary" @click=${() => host.post({ type: 'cancel' })}>Cancel</vscode-button>
    <span class="muted" role="status">${why ?? ''}</span>`;
}

function proceedButtons(open: FlowDialog): TemplateResult {
  const left = (open.conflicts ?? []).filter(({ resolved }) => !resolved).length;
  const isPaused = open.phase === 'conflict' || open.phase === 'failed';
  return html`${
    isPaused && open.canResume
      ? html`<vscode-button ?disabled=${busy || left > 0} @click=${() => host.post({ type: 'proceed', how: 'resume' })}
          >Resume</vscode-button
        >`
      : nothing
  }
  ${
    open.phase === 'running'
      ? html`<vscode-button
          appearance="secondary"
          title="Stops after the current step; the action can then be resumed or undone"
          @click=${() => host.post({ type: 'cancel' })}
          >Pause</vscode-button
        >`
      : nothing
  }
  ${
    open.phase === 'done' || open.phase === 'undone'
      ? html`<vscode-button appearance="secondary" @click=${() => host.post({ type: 'cancel' })}>Close</vscode-button>`
      : nothing
  }
  ${
    (isPaused || open.phase === 'done') && open.canUndo
      ? html`<vscode-button
          appearance="secondary"
          title="Restores branches, index and files exactly as they were"
          ?disabled=${busy}
          @click=${() => host.post({ type: 'proceed', how: 'undo' })}
          >Undo</vscode-button
        >`
      : nothing
  }
  ${
    isPaused
      ? html`<vscode-button
          appearance="secondary"
          title="Closes the dialog; the Branches view offers to resume or undo"
          @click=${() => host.post({ type: 'proceed', how: 'leave' })}
          >Leave</vscode-button
        >`
      : nothing
  }
  ${
    isPaused && left > 0
      ? html`<span class="muted">${left === 1 ? 'One file is' : `${left} files are`} left to resolve.</span>`
      : nothing
  }`;
}
