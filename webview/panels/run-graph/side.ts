/** The pane beside the run graph: the selected step with its tabs, or the run itself. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { GraphNode } from '../../../src/definition/graph/model';
import type {
  RunGraphToHost,
  RunGraphToPanel,
  RunInfo,
  StepDetail,
  StepState,
} from '../../../src/pipelines/panels/run-graph/contract';
import type { Section } from '../../../src/shared/facts';
import { formatDuration, formatTime, lastPart } from '../../../src/shared/format';
import { type Frame, readFailure } from '../../../src/shared/traceback';
import { icon } from '../../kit/icons';
import { sections, table } from '../../kit/sections';
import { statusLook } from '../../runs/status';
import { tabList, tabPanel, type Tab } from '../../kit/tabs';
import { checkSections } from './check';
import { keptLines, type LogView } from './log-view';
import { stepDuration } from './faces';

export type StepTab = 'input' | 'output' | 'logs' | 'info';

export const tabs: Tab<StepTab>[] = [
  { id: 'input', label: 'Input' },
  { id: 'output', label: 'Output' },
  { id: 'logs', label: 'Logs' },
  { id: 'info', label: 'Info' },
];

export type LogState = Pick<Extract<RunGraphToPanel, { type: 'logs' }>, 'state' | 'note'>;

export interface StepPane {
  node: GraphNode;
  state: StepState;
  /** Absent until the host has sent it. */
  detail: StepDetail | undefined;
  tab: StepTab;
  log: LogView;
  logState: LogState;
  now: number;
  choose(tab: StepTab): void;
  close(): void;
  redraw(): void;
  post: (message: RunGraphToHost) => void;
}

export function stepPane(pane: StepPane): TemplateResult {
  const { node, state, post } = pane;
  const look = statusLook(state.status);
  return html`<div class="side-head">
      <span class="tone-${look.tone}">${icon(look.icon, look.turning ? 'spin' : '')}</span>
      <div class="grow">
        <h2>${node.label}</h2>
        <p class="muted">${headline(pane)}</p>
      </div>
      <button
        class="tool"
        title="Show in the Definition"
        aria-label="Show in the Definition"
        @click=${() => post({ type: 'reveal', step: node.id })}
      >
        ${icon('code')}
      </button>
      <button class="tool" title="Close" aria-label="Close" @click=${() => pane.close()}>${icon('close')}</button>
    </div>
    ${
      state.failureReason
        ? failure(
            state.failureReason,
            (link) => post({ type: 'open', link }),
            state.missingData ? localData(pane, state.missingData) : nothing,
          )
        : nothing
    }
    ${state.menu?.callback ? callback(pane) : nothing} ${tabList('Step', tabs, pane.tab, (tab) => pane.choose(tab))}
    ${tabPanel(pane.tab, pane.tab === 'logs' ? logTab(pane) : factsTab(pane, pane.tab))}`;
}

export function runPane(info: RunInfo, open: (link: string) => void): TemplateResult {
  const list: Section[] = [];
  if (info.model) {
    const { label, approval, link } = info.model;
    list.push({
      title: 'Model',
      rows: [
        { label: 'Version', value: label, ...(link === undefined ? {} : { link }) },
        { label: 'Approval', value: approval },
        ...(link !== undefined && approval === 'Approved'
          ? [{ label: 'Endpoint', value: 'Deploy…', link: `deploy:${link}` }]
          : []),
      ],
    });
  }
  list.push(
    {
      title: 'Parameters',
      rows: info.parameters.map(({ name, value, isDefault }) => ({
        label: name,
        value: isDefault ? `${value} (default)` : value,
      })),
    },
    { title: 'Origin', rows: origin(info) },
    { title: 'Run', rows: [...times(info), ...(info.start ?? [])] },
    ...(info.more ?? []),
  );
  return html`<div class="side-head">
      ${icon('info', 'muted')}
      <div class="grow">
        <h2>Run</h2>
        <p class="muted">Select a step to see its input, output and log.</p>
      </div>
    </div>
    ${info.failureReason ? failure(info.failureReason, open) : nothing}
    <div class="tab-panel" tabindex="0" role="region" aria-label="Facts of the run">
      ${sections(
        list.filter(({ rows }) => rows.length > 0),
        open,
      )}
    </div>`;
}

function headline({ node, state, now }: StepPane): string {
  const time = stepDuration(state, now);
  return [
    node.type,
    statusLook(state.status).word,
    time === undefined ? '' : formatDuration(time),
    (state.attempts ?? 1) > 1 ? `attempt ${state.attempts}` : '',
    state.outcome ? `outcome ${state.outcome}` : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

/** That a Callback step waits, what it asks for, and the two answers. */
function callback({ node, detail, post }: StepPane): TemplateResult {
  const { queue, outputs = [] } = detail?.callback ?? {};
  const names = outputs.map(({ name, type }) => `${name} (${type})`).join(', ');
  const answer = (how: 'succeed' | 'fail') => post({ type: 'answer', step: node.id, how });
  return html`<div class="callback" role="group" aria-label="Callback">
    <p>The step waits for an answer${queue ? html` to its message in <code>${queue}</code>` : nothing}.</p>
    ${names === '' ? nothing : html`<p class="muted">Outputs: ${names}</p>`}
    <p class="callback-answers">
      <vscode-button @click=${() => answer('succeed')}>Succeed…</vscode-button>
      <vscode-button appearance="secondary" @click=${() => answer('fail')}>Fail…</vscode-button>
    </p>
  </div>`;
}

/** What the user can do about data that the step did not find. */
function localData({ node, post }: StepPane, missing: readonly string[]): TemplateResult {
  return html`<p class="failure-action">
    <vscode-button title=${missing.join('\n')} @click=${() => post({ type: 'useLocalData', step: node.id })}
      >Use Local Data…</vscode-button
    >
  </p>`;
}

/** The exception first, then where it was raised, then everything. */
function failure(
  reason: string,
  open: (link: string) => void,
  action: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  const { headline: first, frames } = readFailure(reason);
  return html`<div class="failure" role="group" aria-label="Failure reason">
    ${icon('error', 'tone-bad')}
    <div class="grow">
      <p class="failure-headline">${first}</p>
      ${
        frames.length === 0
          ? nothing
          : html`<ul class="failure-frames">
              ${frames.toReversed().map((frame) => frameOf(frame, open))}
            </ul>`
      }
      ${reason.trim() === first ? nothing : html`<pre>${reason}</pre>`} ${action}
    </div>
  </div>`;
}

function frameOf({ path, line, name }: Frame, open: (link: string) => void): TemplateResult {
  return html`<li>
    <button class="link mono" title=${path} @click=${() => open(`source:${path}:${line}`)}>
      ${lastPart(path)}:${line}
    </button>
    ${name === undefined ? nothing : html`<span class="muted">in ${name}</span>`}
  </li>`;
}

function factsTab(pane: StepPane, tab: 'input' | 'output' | 'info'): TemplateResult {
  const { detail, state } = pane;
  if (!detail) return html`<p class="section muted">Loading…</p>`;
  const own = tab === 'info' ? [...stepSection(state), ...detail.info] : detail[tab];
  const open = (link: string): void => pane.post({ type: 'open', link });
  return html`${detail.note ? html`<p class="section muted">${detail.note}</p>` : nothing}
  ${tab === 'output' && detail.check ? checkSections(detail.check, open) : nothing}
  ${tab === 'output' && detail.trials ? table(detail.trials, open) : nothing}
  ${own.length > 0 ? sections(own, open) : detail.note ? nothing : html`<p class="section muted">${nothingYet(tab, state, detail)}</p>`}`;
}

function nothingYet(tab: 'input' | 'output' | 'info', state: StepState, { noOutput }: StepDetail): string {
  if (state.status === 'NotRun') return 'This step did not run.';
  if (state.status === 'Pending') return 'This step has not started yet.';
  return tab === 'output'
    ? (noOutput ?? 'This step has written no output.')
    : 'There is nothing to show here for this type of step.';
}

function stepSection(state: StepState): Section[] {
  const rows = [
    ...(state.startedAt === undefined ? [] : [{ label: 'Started', value: formatTime(state.startedAt) }]),
    ...(state.endedAt === undefined ? [] : [{ label: 'Ended', value: formatTime(state.endedAt) }]),
    ...(state.attempts === undefined ? [] : [{ label: 'Attempts', value: String(state.attempts) }]),
    ...(state.cachedFrom ? [{ label: 'Cache', value: `taken from run ${state.cachedFrom}` }] : []),
  ];
  return rows.length > 0 ? [{ title: 'Step', rows }] : [];
}

const logWords: Record<LogState['state'], string> = {
  waiting: 'Waiting for the first line…',
  live: 'Live',
  ended: 'The log has ended.',
  failed: 'The log cannot be read.',
};

function logTab(pane: StepPane): TemplateResult {
  const { log, logState, post, node, detail } = pane;
  if (detail && !detail.hasLogs)
    return html`<p class="section muted">${detail.noLog ?? 'Steps of this type write no log.'}</p>`;
  if (pane.state.status === 'NotRun') return html`<p class="section muted">This step did not run.</p>`;
  return html`<div class="log-bar">
      <input
        class="field"
        type="search"
        placeholder="Search the log"
        aria-label="Search the log"
        @input=${(event: InputEvent) => {
          log.find((event.target as HTMLInputElement).value);
          pane.redraw();
        }}
      />
      <button
        class="tool"
        aria-pressed=${log.following ? 'true' : 'false'}
        title="Keep the end of the log in view"
        @click=${() => {
          log.follow(!log.following);
          pane.redraw();
        }}
      >
        ${icon('down')} Follow
      </button>
      <button
        class="tool"
        title="Open the whole log in an editor"
        aria-label="Open the whole log in an editor"
        @click=${() => post({ type: 'openLog', step: node.id })}
      >
        ${icon('open')}
      </button>
    </div>
    ${log.element}
    <p class="log-foot muted" role="status">
      ${logState.note ?? logWords[logState.state]}
      ${log.length >= keptLines ? html`The last ${keptLines} lines are shown.` : nothing}
    </p>`;
}

function origin(info: RunInfo): Section['rows'] {
  const { provenance } = info;
  if (!provenance?.commit && !provenance?.digest) {
    return [{ label: 'Commit', value: 'none recorded: the run was not started from here' }];
  }
  return [
    ...(provenance.branch ? [{ label: 'Branch', value: provenance.branch }] : []),
    ...(provenance.commit ? [{ label: 'Commit', value: provenance.commit, kind: 'code' as const }] : []),
    ...(provenance.dirty === undefined
      ? []
      : [{ label: 'Work tree', value: provenance.dirty ? 'had changes or untracked files' : 'clean' }]),
    ...(provenance.digest
      ? [{ label: 'Definition', value: `sha256:${provenance.digest}`, kind: 'code' as const }]
      : []),
  ];
}

function times(info: RunInfo): Section['rows'] {
  return [
    ...(info.startedAt === undefined ? [] : [{ label: 'Started', value: formatTime(info.startedAt) }]),
    ...(info.endedAt === undefined ? [] : [{ label: 'Ended', value: formatTime(info.endedAt) }]),
    { label: 'Connection', value: info.connection },
    { label: 'Execution', value: info.executionArn, kind: 'code' as const },
  ];
}
