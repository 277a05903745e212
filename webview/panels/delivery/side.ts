/** The pane beside the runs: an action with its tabs, or a run with what it did over time. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Link } from '../../../src/delivery/links';
import type { Artifact, Board, DeliveryRun } from '../../../src/delivery/model';
import type { PipelineToPanel, ShownAction } from '../../../src/delivery/panels/pipeline/contract';
import type { Verb } from '../../../src/delivery/verbs';
import { triggerWord } from '../../../src/shared/delivery-trigger';
import type { Row, Section } from '../../../src/shared/facts';
import { formatDuration, formatTime, shortId } from '../../../src/shared/format';
import { icon } from '../../kit/icons';
import { sections } from '../../kit/sections';
import { tabList, tabPanel, type Tab } from '../../kit/tabs';
import { deliveryLook } from '../../runs/delivery-status';

export type ActionTab = 'input' | 'output' | 'logs' | 'info';

const actionTabs: Tab<ActionTab>[] = [
  { id: 'input', label: 'Input' },
  { id: 'output', label: 'Output' },
  { id: 'logs', label: 'Logs' },
  { id: 'info', label: 'Info' },
];

/** The build that an action made. */
export function buildOf(action: ShownAction): string | undefined {
  return action.links.find(({ kind }) => kind === 'build')?.target;
}

export interface ActionPane {
  board: Board;
  stage: string;
  action: string;
  run: DeliveryRun | undefined;
  /** Absent until the host has sent them; the newest last. */
  attempts: readonly ShownAction[] | undefined;
  problem: string | undefined;
  tab: ActionTab;
  log: Extract<PipelineToPanel, { type: 'log' }> | undefined;
  choose(tab: ActionTab): void;
  close(): void;
  open(link: Link): void;
}

export function actionPane(pane: ActionPane): TemplateResult {
  const { attempts, stage, action } = pane;
  const latest = attempts?.at(-1);
  const shown = pane.board.stages.find(({ name }) => name === stage)?.actions.find(({ name }) => name === action);
  const isHere = pane.board.stages.find(({ name }) => name === stage)?.run === pane.run?.id;
  const status =
    isHere && shown?.isWaiting ? 'Waiting' : (latest?.status ?? (isHere ? shown?.status : undefined) ?? 'NotRun');
  const look = deliveryLook(status);
  const error = latest?.error ?? (isHere ? shown?.error : undefined);
  const about = [
    stage,
    look.word,
    latest?.started !== undefined && latest.updated !== undefined
      ? formatDuration(latest.updated - latest.started)
      : '',
    (attempts?.length ?? 0) > 1 ? `attempt ${attempts?.length}` : '',
  ];
  return html`<div class="side-head">
      <span class="tone-${look.tone}">${icon(look.icon, look.turning ? 'spin' : '')}</span>
      <div class="grow">
        <h2>${action}</h2>
        <p class="muted">${about.filter(Boolean).join(' · ')}</p>
      </div>
      <button class="tool" title="Close" aria-label="Close" @click=${() => pane.close()}>${icon('close')}</button>
    </div>
    ${
      error === undefined || latest?.status === 'Succeeded'
        ? nothing
        : html`<div class="failure" role="group" aria-label="Failure reason">
            ${icon('error', 'tone-bad')}
            <p>${error}</p>
          </div>`
    }
    ${tabList('Action', actionTabs, pane.tab, (tab) => pane.choose(tab))}
    ${tabPanel(pane.tab, pane.tab === 'logs' ? logTab(pane, latest) : factsTab(pane, latest))}`;
}

function factsTab(pane: ActionPane, latest: ShownAction | undefined): TemplateResult {
  if (pane.problem !== undefined) return html`<p class="section muted">${pane.problem}</p>`;
  if (!pane.attempts) return html`<p class="section muted">Loading…</p>`;
  if (!latest) return html`<p class="section muted">This run has not reached the action.</p>`;
  const links = pane.tab === 'output' ? latest.links : [];
  const list = { input: inputOf, output: outputOf, info: infoOf }[pane.tab as 'input' | 'output' | 'info'](
    latest,
    pane,
  );
  const filled = list.filter(({ rows }) => rows.length > 0);
  if (filled.length === 0 && links.length === 0) {
    return html`<p class="section muted">${pane.tab === 'input' ? 'It takes nothing.' : 'It has given nothing.'}</p>`;
  }
  return html`${
    links.length === 0
      ? nothing
      : html`<section class="section">
          <h2>Made</h2>
          <ul class="links">
            ${links.map((link) => html`<li><button class="link" @click=${() => pane.open(link)}>${link.title}</button></li>`)}
          </ul>
        </section>`
  }
  ${sections(filled, (link) => pane.open(linkOf(link)))}`;
}

function linkOf(target: string): Link {
  return { kind: target.startsWith('s3://') ? 'object' : 'page', title: target, target };
}

function artifactRow({ name, uri }: Artifact): Row {
  return { label: name, value: uri ?? 'place not told', kind: 'code', ...(uri === undefined ? {} : { link: uri }) };
}

function pairs(values: Readonly<Record<string, string>>): Row[] {
  return Object.entries(values).map(([label, value]) => ({ label, value, kind: 'code' }));
}

function inputOf({ configuration, inputs }: ShownAction): Section[] {
  return [
    { title: 'Artifacts', rows: inputs.map(artifactRow) },
    { title: 'Configuration', rows: pairs(configuration) },
  ];
}

function outputOf({ outputs, variables, summary, externalUrl }: ShownAction): Section[] {
  return [
    { title: 'Artifacts', rows: outputs.map(artifactRow) },
    { title: 'Variables', rows: pairs(variables) },
    {
      title: 'Result',
      rows: [
        ...(summary === undefined ? [] : [{ label: 'Summary', value: summary }]),
        ...(externalUrl === undefined ? [] : [{ label: 'Page', value: externalUrl, link: externalUrl }]),
      ],
    },
  ];
}

function infoOf(latest: ShownAction, { attempts = [] }: ActionPane): Section[] {
  const fact = (label: string, value: string | undefined, kind?: Row['kind']): Row[] =>
    value === undefined ? [] : [{ label, value, ...(kind ? { kind } : {}) }];
  return [
    {
      title: 'Action',
      rows: [
        ...fact('Provider', [latest.category, latest.provider].filter(Boolean).join(' · ') || undefined),
        ...fact('Region', latest.region),
        ...fact('Namespace', latest.namespace),
        ...fact('By', latest.by),
        ...fact('Started', latest.started === undefined ? undefined : formatTime(latest.started)),
        ...fact('Changed', latest.updated === undefined ? undefined : formatTime(latest.updated)),
        ...fact('External id', latest.externalId, 'code'),
        ...fact('Id', latest.id, 'code'),
      ],
    },
    {
      title: 'Attempts',
      rows:
        attempts.length < 2
          ? []
          : attempts.map((attempt, index) => ({
              label: String(index + 1),
              value: `${deliveryLook(attempt.status).word}${attempt.error === undefined ? '' : `: ${attempt.error}`}`,
            })),
    },
  ];
}

function logTab(pane: ActionPane, latest: ShownAction | undefined): TemplateResult {
  const build = latest && buildOf(latest);
  if (pane.problem !== undefined) return html`<p class="section muted">${pane.problem}</p>`;
  if (!pane.attempts) return html`<p class="section muted">Loading…</p>`;
  if (build === undefined)
    return html`<p class="section muted">Actions of this provider have no log of their own here.</p>`;
  const { log } = pane;
  return html`<div class="log-bar">
      <span class="grow muted" role="status">
        ${log ? (log.isDone ? 'The build has ended.' : 'Live') : 'Reading the log…'} ${log?.note ?? ''}
      </span>
      <button
        class="tool"
        title="Open the whole log in an editor"
        @click=${() => pane.open({ kind: 'build', title: 'Build', target: build })}
      >
        ${icon('open')} Open Log
      </button>
    </div>
    ${
      log === undefined || log.links.length === 0
        ? nothing
        : html`<ul class="links" aria-label="Made">
            ${log.links.map((link) => html`<li><button class="link" @click=${() => pane.open(link)}>${link.title}</button></li>`)}
          </ul>`
    }
    <pre class="build-log" tabindex="0" role="log" aria-live="off" aria-label="Log">${log?.text ?? ''}</pre>`;
}

export interface RunPane {
  run: DeliveryRun | undefined;
  runs: readonly DeliveryRun[];
  detail: Extract<PipelineToPanel, { type: 'detail' }> | undefined;
  verbs: readonly Verb[];
  now: number;
  select: (at: { run: string; stage?: string; action?: string }) => void;
  perform(verb: Verb, at: { run: string }): void;
  open(link: Link): void;
}

export function runPane(pane: RunPane): TemplateResult {
  const { run, detail } = pane;
  if (!run) {
    return html`<div class="side-head">
      ${icon('info', 'muted')}
      <div class="grow">
        <h2>Details</h2>
        <p class="muted">Select an action or a run to see what it took, gave and wrote.</p>
      </div>
    </div>`;
  }
  const look = deliveryLook(run.status);
  const passer = passerOf(run, pane.runs);
  const subject = run.revisions[0]?.message;
  return html`<div class="side-head">
      <span class="tone-${look.tone}">${icon(look.icon, look.turning ? 'spin' : '')}</span>
      <div class="grow">
        <h2>${run.isRollback ? 'Rollback' : 'Run'} ${shortId(run.id)}</h2>
        <p class="muted">
          ${look.word}${
            passer
              ? html` by
                  <button class="link" @click=${() => pane.select({ run: passer.id })}>
                    ${shortId(passer.revisions[0]?.id ?? passer.id)}
                  </button>`
              : nothing
          }
        </p>
      </div>
      ${pane.verbs.map(
        (verb) =>
          html`<button class="verb" title=${verb.consequence} @click=${() => pane.perform(verb, { run: run.id })}>
            ${verb.title}
          </button>`,
      )}
    </div>
    <div class="tab-panel" tabindex="0" role="region" aria-label="Facts of the run">
      ${subject === undefined ? nothing : html`<p class="section run-message">${subject}</p>`} ${timeline(pane)}
      ${sections(factsOf(pane, run), (link) => pane.open(linkOf(link)))}
      ${detail?.problem === undefined ? nothing : html`<p class="section muted">${detail.problem}</p>`}
    </div>`;
}

function passerOf(run: DeliveryRun, runs: readonly DeliveryRun[]): DeliveryRun | undefined {
  if (run.status !== 'Superseded') return undefined;
  return runs.findLast((each) => (each.started ?? 0) > (run.started ?? 0) && each.status !== 'Superseded');
}

function factsOf({ detail }: RunPane, run: DeliveryRun): Section[] {
  const fact = (label: string, value: string | undefined, link?: string): Row[] =>
    value === undefined || value === '' ? [] : [{ label, value, ...(link === undefined ? {} : { link }) }];
  return [
    {
      title: 'Revisions',
      rows: run.revisions.map(({ action, id, url }) => ({
        label: action,
        value: id,
        kind: 'code' as const,
        ...(url === undefined ? {} : { link: url }),
      })),
    },
    { title: 'Variables', rows: pairs(detail?.variables ?? {}) },
    {
      title: 'Run',
      rows: [
        ...fact('Trigger', [triggerWord(run.trigger), run.trigger?.detail].filter(Boolean).join(': ')),
        ...fact('Mode', run.mode),
        ...fact('Brings back', run.rollsBackTo),
        ...fact('Stopped because', run.stopReason),
        ...fact('Summary', run.summary),
        ...fact('Started', run.started === undefined ? undefined : formatTime(run.started)),
        ...fact('Changed', run.updated === undefined ? undefined : formatTime(run.updated)),
        { label: 'Id', value: run.id, kind: 'code' as const },
      ],
    },
  ].filter(({ rows }) => rows.length > 0);
}

/** What the run did, over time: a bar an attempt. */
function timeline({ run, detail, now, select }: RunPane): TemplateResult {
  if (!run || !detail) return html`<p class="section muted">Loading…</p>`;
  const actions = detail.actions.filter(({ started }) => started !== undefined);
  if (actions.length === 0) return html``;
  const begin = Math.min(...actions.map(({ started = now }) => started));
  const endOf = ({ status, updated = now }: ShownAction): number => (status === 'InProgress' ? now : updated);
  const whole = Math.max(1, Math.max(...actions.map(endOf)) - begin);
  return html`<section class="section">
    <h2>Actions</h2>
    <ol class="timeline">
      ${actions.map((action) => {
        const look = deliveryLook(action.status);
        const from = ((action.started ?? begin) - begin) / whole;
        const width = Math.max(0.01, (endOf(action) - (action.started ?? begin)) / whole);
        return html`<li>
          <button
            class="timeline-row"
            @click=${() => select({ run: run.id, stage: action.stage, action: action.action })}
          >
            <span class="tone-${look.tone}">${icon(look.icon, look.turning ? 'spin' : '')}</span>
            <span class="timeline-name">${action.action}</span>
            <span class="timeline-bar" aria-hidden="true">
              <span class="tone-${look.tone}" style="left: ${from * 100}%; width: ${width * 100}%"></span>
            </span>
            <span class="muted timeline-took">
              ${look.word} · ${formatDuration(endOf(action) - (action.started ?? begin))}
            </span>
          </button>
        </li>`;
      })}
    </ol>
  </section>`;
}
