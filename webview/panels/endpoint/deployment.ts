/** The deployment of an endpoint: its phases with their countdown, and the share of the traffic as two bars. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type {
  DeploymentView,
  EndpointToHost,
  FleetView,
  PhaseView,
} from '../../../src/deployment/panels/endpoint/contract';
import { formatDuration, formatTime } from '../../../src/shared/format';
import { icon, type IconName } from '../../kit/icons';
import { toneMark } from '../../kit/tone-mark';

const phaseIcons: Record<PhaseView['state'], [IconName, string, string]> = {
  done: ['succeeded', 'tone-good', 'done'],
  current: ['executing', 'tone-busy spin', 'now'],
  next: ['pending', 'tone-quiet', 'next'],
  turned: ['failed', 'tone-bad', 'turned back here'],
  skipped: ['notRun', 'tone-quiet', 'not reached'],
};

export function deploymentView(deployment: DeploymentView, post: (message: EndpointToHost) => void): TemplateResult {
  const { title, tone, reason, help, from, to, startedAt, phases, abort, openCalls } = deployment;
  const isOver = deployment.endedAt !== undefined;
  return html`<section class="deployment">
    <h2>${toneMark(tone)} ${title}</h2>
    ${reason === undefined ? nothing : html`<p class="reason tone-${tone}">${reason}</p>`}
    ${help === undefined ? nothing : html`<p class="muted">${help}</p>`}
    <p class="muted">
      ${from === undefined ? to : `${from} to ${to}`}, begun
      ${formatTime(startedAt)}${isOver ? `, took ${formatDuration((deployment.endedAt ?? startedAt) - startedAt)}` : ''}
    </p>
    <ol class="phases" aria-label="Phases">
      ${phases.map(phaseRow)}
    </ol>
    ${isOver || from === undefined ? nothing : shares(deployment)}
    ${abort === undefined ? nothing : html`<p class="muted">Abort: ${abort.text}</p>`}
    <p><button class="link" @click=${() => post({ type: 'copyReport' })}>Copy Report</button></p>
    ${
      openCalls === 0
        ? nothing
        : html`<p class="notice" role="alert">
            ${icon('warning', 'tone-wary')}
            <span>Not all that follows the update was done: autoscaling or the expiry is missing.</span>
            <button class="link" @click=${() => post({ type: 'putBack' })}>Put Back</button>
          </p>`
    }
  </section>`;
}

function phaseRow(phase: PhaseView): TemplateResult {
  const [name, tone, word] = phaseIcons[phase.state];
  return html`<li class="phase ${phase.state}" aria-current=${phase.state === 'current' ? 'step' : nothing}>
    ${icon(name, tone)}
    <span class="visually-hidden">${word}: </span>
    <span class="phase-title">${phase.title}</span>
    <span class="phase-time">${timeOf(phase, Date.now())}</span>
  </li>`;
}

function timeOf({ state, startedAt, endedAt, endsAt, seconds, isEstimate, isWatched }: PhaseView, now: number): string {
  const watched = isWatched ? ', watched' : '';
  if ((state === 'done' || state === 'turned') && startedAt !== undefined && endedAt !== undefined)
    return formatDuration(endedAt - startedAt);
  if (state === 'current' && endsAt !== undefined) {
    return endsAt > now ? `${formatDuration(endsAt - now)} left${watched}` : `going on${watched}`;
  }
  if (state === 'current' && startedAt !== undefined) {
    const usual = isEstimate ? `, as a rule ${formatDuration(seconds * 1000)}` : '';
    return `for ${formatDuration(Math.max(0, now - startedAt))}${usual}`;
  }
  if (state === 'next')
    return seconds === 0 ? '' : `${isEstimate ? 'about ' : ''}${formatDuration(seconds * 1000)}${watched}`;
  return '';
}

/** What the service says, and what the requests say. */
function shares({ planned, measured, requests, to }: DeploymentView): TemplateResult {
  return html`<div class="shares">
    ${shareBar('Planned', planned, `${planned} % to ${to}`)}
    ${
      measured === undefined
        ? html`<span class="share-label">Measured</span
            ><span class="muted">No requests lately: nothing is tried, and no alarm can fire.</span>`
        : shareBar('Measured', measured, `${measured} % to ${to}, ${requests} requests`)
    }
  </div>`;
}

function shareBar(label: string, share: number, text: string): TemplateResult {
  return html`<span class="share-label">${label}</span>
    <span class="share-row"
      ><span class="share-bar" aria-hidden="true"><span style="width: ${share}%"></span></span>
      <span>${text}</span></span
    >`;
}

export function fleetsView(fleets: FleetView[]): TemplateResult {
  return html`<section>
    <h2>Instances</h2>
    <ul class="fleets">
      ${fleets.map(
        ({ label, isNew, variant, current, desired, instanceType }) =>
          html`<li>
            <span
              ><strong>${label}</strong> ${isNew ? html`<span class="pill">new</span>` : nothing}
              <span class="muted">${variant}${instanceType === undefined ? '' : `, ${instanceType}`}</span></span
            >
            <span class="instances" role="img" aria-label="${current} of ${desired} instances">
              ${Array.from(
                { length: Math.min(30, Math.max(current, desired)) },
                (_, index) =>
                  html`<span class="instance ${index < current ? 'there' : ''} ${isNew ? 'new' : ''}"></span>`,
              )}
            </span>
            <span class="muted">${desired === 0 && current === 0 ? 'none that stay' : `${current} of ${desired}`}</span>
          </li>`,
      )}
    </ul>
  </section>`;
}
