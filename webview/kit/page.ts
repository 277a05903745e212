/**
 * The frame that every panel's page stands in. It shows the panel's content once there is some, and before that why
 * there is none: it is awaited, there is nothing, or it cannot be had, with a way to try again. What goes wrong
 * later stands in a line above the content.
 */
import './toolkit';
import './base.css';
import './kit.css';
import { html, nothing, render, type TemplateResult } from 'lit-html';
import type { Message } from '../../src/shared/guards';
import { retryMessage, type PanelContract } from '../../src/shared/panel-contract';
import { formatAge } from '../../src/shared/format';
import { connect, rootElement, type Handlers, type Host } from './host';
import { icon, type IconName } from './icons';

export interface PageOptions {
  /** Whether the content has the window's height and scrolls inside, or is as long as it is. */
  layout: 'window' | 'document';
  icon: IconName;
  /** What is awaited: `Loading the run…` */
  waiting: string;
}

/** What cannot be had. */
export interface Problem {
  text: string;
  /** When what is shown was last confirmed, in milliseconds since the epoch. */
  seenAt?: number | undefined;
  /** Asks again. Without it, the panel starts anew. */
  retry?: () => void;
}

export interface Page<ToPanel extends Message, ToHost extends Message> extends Pick<
  Host<ToPanel, ToHost>,
  'post' | 'view' | 'saveView'
> {
  /** Where the panel draws. */
  readonly content: HTMLElement;
  /** Takes messages from now on. Called once, when the page stands. */
  listen(handlers: Handlers<ToPanel>): void;
  /** There is content. */
  show(): void;
  /** There is nothing to show, which is no fault. */
  empty(text: string, action?: TemplateResult): void;
  /** Nothing is there yet. */
  wait(): void;
  /** What is wrong now, or that nothing is. */
  problem(problem: Problem | undefined): void;
}

type Standing = { is: 'awaited' } | { is: 'shown' } | { is: 'empty'; text: string; action?: TemplateResult };

/** Opens the panel's page, with nothing in it yet. */
export function openPage<Arguments, ToPanel extends Message, ToHost extends Message>(
  contract: PanelContract<Arguments, ToPanel, ToHost>,
  options: PageOptions,
): Page<ToPanel, ToHost> {
  const host = connect(contract);
  const root = rootElement();
  const notice = document.createElement('div');
  const content = document.createElement('div');
  root.className = 'page';
  notice.className = 'page-notice';
  content.className = `page-${options.layout}`;
  // What context menus are about: all that is shown belongs to one connection.
  const { connection } = host.arguments;
  content.dataset['vscodeContext'] = JSON.stringify({ connection });
  root.append(notice, content);

  let standing: Standing = { is: 'awaited' };
  let problem: Problem | undefined;
  const retry = (): void => (problem?.retry ? problem.retry() : host.postFrame({ type: retryMessage }));
  const draw = (): void => {
    content.hidden = standing.is !== 'shown';
    render(noticeOf(standing, problem, options, retry), notice);
  };
  const stand = (next: Standing): void => {
    standing = next;
    draw();
  };
  const tell = (next: Problem | undefined): void => {
    problem = next;
    draw();
  };
  draw();
  // How old the content is grows by itself.
  setInterval(() => {
    if (problem?.seenAt !== undefined) draw();
  }, 1000);

  return {
    ...host,
    content,
    listen: (handlers) =>
      host.listen(handlers, (frame) => tell(frame.text === undefined ? undefined : { text: frame.text })),
    show: () => stand({ is: 'shown' }),
    empty: (text, action) => stand({ is: 'empty', text, ...(action ? { action } : {}) }),
    wait: () => stand({ is: 'awaited' }),
    problem: tell,
  };
}

function noticeOf(
  standing: Standing,
  problem: Problem | undefined,
  options: PageOptions,
  retry: () => void,
): TemplateResult | typeof nothing {
  if (standing.is === 'awaited') {
    return problem
      ? nothingThere(
          'error',
          problem.text,
          html`<vscode-button appearance="secondary" @click=${retry}>Try Again</vscode-button>`,
          true,
        )
      : nothingThere(options.icon, options.waiting);
  }
  const empty = standing.is === 'empty' ? nothingThere(options.icon, standing.text, standing.action) : nothing;
  return html`${problem ? banner(problem, retry) : nothing}${empty}`;
}

function banner(problem: Problem, retry: () => void): TemplateResult {
  return html`<div class="banner" role="alert">
    ${icon('warning', 'tone-wary')}
    <span class="grow">
      ${problem.text}
      ${
        problem.seenAt === undefined
          ? nothing
          : html`<span class="muted">What you see is from ${formatAge(problem.seenAt, Date.now())}.</span>`
      }
    </span>
    <button class="link" @click=${retry}>Try Again</button>
  </div>`;
}

/** A place that has nothing to show, and why. */
export function nothingThere(name: IconName, text: string, action?: TemplateResult, isProblem = false): TemplateResult {
  return html`<div class="empty" role=${isProblem ? 'alert' : nothing}>
    ${icon(name, isProblem ? 'tone-bad' : '')}
    <p>${text}</p>
    ${action ?? nothing}
  </div>`;
}
