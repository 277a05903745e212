/** The plan: its steps with the git commands they stand for, and how far it has come. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { FlowPlanStep } from '../../../src/gitflow/vscode/panels/flow/contract';
import type { Tone } from '../../kit/tone';
import { icon, type IconName } from '../../kit/icons';

type Progress = NonNullable<FlowPlanStep['progress']>;

const looks: Record<Progress, { icon: IconName; tone: Tone; word: string }> = {
  pending: { icon: 'pending', tone: 'quiet', word: 'to do' },
  running: { icon: 'executing', tone: 'busy', word: 'running' },
  done: { icon: 'succeeded', tone: 'good', word: 'done' },
  failed: { icon: 'failed', tone: 'bad', word: 'failed' },
  conflict: { icon: 'conflict', tone: 'wary', word: 'conflict' },
  skipped: { icon: 'notRun', tone: 'quiet', word: 'not needed' },
};

export function planList(steps: FlowPlanStep[], busy: boolean): TemplateResult {
  return html`<section class="flow-plan" aria-label="Plan">
    <h2>Plan</h2>
    <ol class="plan ${busy ? 'stale' : ''}">
      ${steps.map((step, index) => stepOf(step, index))}
    </ol>
  </section>`;
}

function stepOf(step: FlowPlanStep, index: number): TemplateResult {
  const look = step.progress && looks[step.progress];
  return html`<li aria-current=${step.progress === 'running' ? 'step' : nothing}>
    <span class="plan-mark">
      ${
        look
          ? html`${icon(look.icon, `tone-${look.tone}${step.progress === 'running' ? ' spin' : ''}`)}<span
                class="visually-hidden"
                >${look.word}:
              </span>`
          : html`<span class="muted">${index + 1}</span>`
      }
    </span>
    <div>
      <span>${step.title}</span>
      ${step.commands.map((command) => html`<code>${command.map(quoted).join(' ')}</code>`)}
      ${step.detail ? html`<pre class="plan-detail">${step.detail}</pre>` : nothing}
    </div>
  </li>`;
}

/** An argument as it would be typed into a shell. */
function quoted(argument: string): string {
  return /^[\w@%+=:,./^{}~-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}
