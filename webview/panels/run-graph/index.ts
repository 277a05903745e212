/** The run graph: a run's steps over its definition's graph, live, with what each step took, gave and wrote. */
import './run-graph.css';
import { html, nothing, render } from 'lit-html';
import type { Graph, GraphNode } from '../../../src/definition/graph/model';
import {
  type Phase,
  runGraphPanel,
  type RunInfo,
  type StepDetail,
  type StepState,
} from '../../../src/pipelines/panels/run-graph/contract';
import { formatDuration } from '../../../src/shared/format';
import { isBoolean, isNumber, oneOf, optional, shape } from '../../../src/shared/guards';
import { contextMenu } from '../../kit/context-menu';
import { icon } from '../../kit/icons';
import { openPage } from '../../kit/page';
import { resolveColour } from '../../kit/colour';
import { pngOf } from '../../kit/picture';
import { splitter } from '../../kit/splitter';
import { isActive, statusLook } from '../../runs/status';
import { criticalPath } from './critical-path';
import { LogView } from './log-view';
import { RunFaces, stepDuration } from './faces';
import { runHeader, type Freshness } from './header';
import { timelineOf, timelineView } from './timeline';
import { runPane, stepPane, type LogState, type StepTab } from './side';
import { GraphView, isGraphLook, type GraphLook } from '../../graph/view';

interface RunLook {
  graph: GraphLook;
  tab: StepTab;
  side: number;
  timeline?: boolean;
}

const isRunLook = shape<RunLook>({
  graph: isGraphLook,
  tab: oneOf('input', 'output', 'logs', 'info'),
  side: isNumber,
  timeline: optional(isBoolean),
});

const host = openPage(runGraphPanel, { layout: 'window', icon: 'graph', waiting: 'Loading the run…' });
const look = host.view(isRunLook);

const head = document.createElement('div');
const body = document.createElement('div');
body.className = 'run-body';
const side = document.createElement('aside');
side.className = 'side';
side.setAttribute('aria-label', 'Details');
host.content.append(head, body);

let info: RunInfo | undefined;
let graph: Graph = { nodes: [], edges: [] };
/** The steps of the graph by their ids. */
let nodes = new Map<string, GraphNode>();
let freshness: Freshness = {};
let detail: StepDetail | undefined;
let tab: StepTab = look?.tab ?? 'output';
let showsPath = false;
let showsTimeline = look?.timeline ?? false;
let phases: Record<string, Phase[]> = {};
let phasesNote: string | undefined;
let logState: LogState = { state: 'waiting' };
/** The step whose log the host was asked for. */
let followed: string | undefined;
const steps = new Map<string, StepState>();
const log = new LogView(() => draw());

const view = new GraphView(
  faces(),
  {
    select: (id) => selected(id),
    open: (id) => {
      selected(id);
      side.querySelector<HTMLElement>('[role=tab][tabindex="0"]')?.focus();
    },
    changed: save,
    tools: graphTools,
  },
  look?.graph,
);
const time = document.createElement('section');
time.className = 'timeline-pane';
time.setAttribute('aria-label', 'Timeline');
body.append(view.element, time);
const sash = splitter(body, side, look?.side ?? 360, save);
body.append(sash.element, side);

host.listen({
  run(message) {
    info = message.info;
    graph = message.graph;
    nodes = new Map(graph.nodes.map((node) => [node.id, node]));
    steps.clear();
    for (const step of message.steps) steps.set(step.id, step);
    tellMenu();
    host.show();
    void view.show(graph, faces(), `the run of ${info.pipeline}`);
    if (view.selection) host.post({ type: 'select', step: view.selection });
    if (showsTimeline) host.post({ type: 'timeline', open: true });
    draw();
  },
  info(message) {
    if (info && info.status !== message.info.status) {
      view.announce(`The run of ${message.info.pipeline}: ${statusLook(message.info.status).word}.`);
    }
    info = message.info;
    tellMenu();
    draw();
  },
  steps(message) {
    for (const step of message.steps) {
      tell(step);
      steps.set(step.id, step);
    }
    view.repaint(faces());
    draw();
  },
  freshness(message) {
    freshness = message;
    tellProblem(message.problem, message.updatedAt);
    draw();
  },
  empty(message) {
    tellProblem(message.text);
  },
  detail(message) {
    if (message.detail.step !== view.selection) return;
    ({ detail } = message);
    draw();
  },
  logs(message) {
    if (message.step !== followed) return;
    if (message.reset) log.clear();
    logState = message;
    log.append(message.lines);
    draw();
  },
  phases(message) {
    ({ phases, note: phasesNote } = message);
    draw();
  },
  select(message) {
    view.select(message.step);
    selected(message.step);
  },
});

// What goes on is told with its time, so it is drawn each second while anything does.
setInterval(() => {
  if (!info || (!isActive(info.status) && !freshness.problem)) return;
  if (isActive(info.status) && !freshness.problem) view.repaint(faces());
  draw();
}, 1000);

/** A service that cannot be asked is asked again; a run that was never read is begun anew. */
function tellProblem(text: string | undefined, seenAt?: number): void {
  const retry = info ? { retry: () => host.post({ type: 'refresh' }) } : {};
  host.problem(text === undefined ? undefined : { text, seenAt, ...retry });
}

/** What the context menus of the page are about: the run, wherever no step is nearer. */
function tellMenu(): void {
  const { executionArn } = info ?? {};
  const retryable = info?.canRetry ?? false;
  head.dataset['vscodeContext'] = body.dataset['vscodeContext'] = contextMenu('Run', {
    executionArn,
    retryable,
    isGraph: true,
  });
}

function faces(): RunFaces {
  const now = seenAt();
  return new RunFaces(steps, now, showsPath ? criticalPath(graph, steps, now) : []);
}

/** The buttons of a run beside those of every graph. */
function graphTools() {
  return html`${pathTool()}${pictureTools()}${viewTool()}`;
}

/** Switches between the graph and the same steps over time. */
function viewTool() {
  const label = showsTimeline ? 'Show as Graph' : 'Show as Timeline';
  return html`<button class="tool" title=${label} aria-label=${label} @click=${() => setTimeline(!showsTimeline)}>
    ${icon(showsTimeline ? 'graph' : 'timeline')}
  </button>`;
}

function setTimeline(open: boolean): void {
  showsTimeline = open;
  host.post({ type: 'timeline', open });
  draw();
  save();
  (open ? time : view.element)
    .querySelector<HTMLElement>(`[aria-label="Show as ${open ? 'Graph' : 'Timeline'}"]`)
    ?.focus();
}

/** The whole graph as a file. */
function pictureTools() {
  const tool = (kind: 'svg' | 'png', label: string) =>
    html`<button class="tool tool-picture" title=${label} aria-label=${label} @click=${() => void exportGraph(kind)}>
      ${icon('picture')} ${kind.toUpperCase()}
    </button>`;
  return html`${tool('svg', 'Save the Graph as SVG')}${tool('png', 'Save the Graph as PNG')}`;
}

async function exportGraph(kind: 'svg' | 'png'): Promise<void> {
  if (!info) return;
  const drawing = view.drawing(resolveColour, getComputedStyle(document.body).fontFamily);
  const content = kind === 'svg' ? drawing.svg : await pngOf(drawing);
  host.post({ type: 'export', name: `${info.pipeline}-${info.name}.${kind}`, content });
}

/** The button that points out the critical path, once two steps can be on it. */
function pathTool() {
  if ([...steps.values()].filter(({ startedAt }) => startedAt !== undefined).length < 2) return nothing;
  const label = 'Critical Path: the Steps that the Time Went Into';
  return html`<button
    class="tool"
    title=${label}
    aria-label=${label}
    aria-pressed=${showsPath ? 'true' : 'false'}
    @click=${() => {
      showsPath = !showsPath;
      view.repaint(faces());
    }}
  >
    ${icon('path')}
  </button>`;
}

/** The time up to which running steps are known to run: now, or when the service was last heard. */
function seenAt(): number {
  return freshness.problem ? (freshness.updatedAt ?? Date.now()) : Date.now();
}

function selected(id: string | undefined): void {
  if (detail?.step !== id) detail = undefined;
  host.post(id === undefined ? { type: 'select' } : { type: 'select', step: id });
  draw();
  save();
}

/** Asks for the log that is in view, and for no other. */
function followLog(): void {
  const wanted = info && tab === 'logs' ? view.selection : undefined;
  if (wanted === followed) return;
  followed = wanted;
  log.clear();
  logState = { state: 'waiting' };
  host.post(wanted === undefined ? { type: 'follow' } : { type: 'follow', step: wanted });
}

function tell(step: StepState): void {
  const before = steps.get(step.id)?.status;
  if (before === step.status || step.status === 'Pending' || step.status === 'NotRun') return;
  const time = isActive(step.status) ? undefined : stepDuration(step, Date.now());
  const word = statusLook(step.status).word;
  view.announce(
    `${nodes.get(step.id)?.label ?? step.id}: ${word}${time === undefined ? '' : ` after ${formatDuration(time)}`}.`,
  );
}

function draw(): void {
  followLog();
  const now = Date.now();
  const node = view.selection === undefined ? undefined : nodes.get(view.selection);
  if (!info) return;
  render(runHeader(info, freshness, now, host.post), head);
  view.element.hidden = showsTimeline;
  time.hidden = !showsTimeline;
  if (showsTimeline) drawTimeline();
  render(
    node
      ? stepPane({
          node,
          state: steps.get(node.id) ?? { id: node.id, status: 'Pending' },
          detail,
          tab,
          log,
          logState,
          now: seenAt(),
          choose(next) {
            tab = next;
            draw();
            save();
          },
          close() {
            view.select(undefined);
            selected(undefined);
            view.focus();
          },
          redraw: draw,
          post: host.post,
        })
      : runPane(info, (link) => host.post({ type: 'open', link })),
    side,
  );
  log.keepUp();
}

function drawTimeline(): void {
  render(
    timelineView({
      timeline: timelineOf(graph, steps, phases, seenAt()),
      note: phasesNote,
      selected: view.selection,
      select(id) {
        view.select(id);
        selected(id);
      },
      tools: viewTool(),
    }),
    time,
  );
}

function save(): void {
  const next: RunLook = { graph: view.look, tab, side: sash.size, timeline: showsTimeline };
  host.saveView(next);
}
