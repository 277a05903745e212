import { type Uri, window, workspace } from 'vscode';
import { abreast, type Connection, connectionOf, outcomeOf, type Session } from '../../../aws';
import { reasonOf } from '../../../workbench';
import type { Panel, PanelController } from '../../../workbench/panel';
import { saveFile } from '../../commands/save';
import { type Execution, isSettled } from '../../model';
import { trackedParameters } from '../../mlflow/model';
import { readPictures } from '../../pictures';
import type { MeasurementReader } from '../../reading';
import { describeExecution, listExecutions, listParameters } from '../../service';
import type { Remembered, RoomServices } from '../../services';
import type {
  MetricsArguments,
  MetricsLayout,
  MetricsRun,
  MetricsToHost,
  MetricsToPanel,
  RunMark,
  SavedView,
} from './contract';
import { isMetricsToHost } from './messages';
import { readViews, writeView } from './views';

/** How many runs the table holds. */
const mostRuns = 10_000;
/** How many of the newest are read unasked; an older one is read when it comes into view. */
const readUnasked = 300;
/** How many runs one poll reads; what it has read is shown before the next. */
const runsAtATime = 24;
/** Runs that are read side by side. */
const most = 4;
/** Milliseconds. */
const shortestInterval = 2000;

/** What is known of one run. */
interface Known {
  row: MetricsRun;
  /** As it was listed when it was read: read again when the list says otherwise. */
  listed: string;
  /** When the run came to rest. */
  rested?: number;
  /** Why something of it is missing. */
  problem?: Error;
}

/** The runs that are listed, newest first, each with what is known of it. */
interface Reading {
  runs: readonly Known[];
  /** How many are not read yet. */
  left: number;
}

/** The table of a pipeline's runs, read while it can be seen, over the connection that it was opened for. */
export class MetricsPanel implements PanelController<MetricsToPanel, MetricsToHost> {
  readonly accepts = isMetricsToHost;
  private reading: Reading | undefined;
  private readonly details = new Map<string, MetricsToPanel>();
  /** Runs whose details are being read. */
  private readonly reads = new Set<string>();
  private freshness: { updatedAt?: number; problem?: string } = {};
  private watching: { dispose(): void } | undefined;
  private views: SavedView[] = [];
  /** Older runs that have come into view. */
  private readonly looked = new Set<string>();
  private readonly disposables: { dispose(): void }[];
  private readonly closed = new AbortController();
  private readonly key: string;
  private readonly connection: Connection;

  constructor(
    private readonly services: RoomServices,
    private readonly measurements: MeasurementReader,
    private readonly remembered: Remembered,
    private readonly panel: Panel<MetricsArguments, MetricsToPanel>,
  ) {
    this.connection = connectionOf(panel.args.connection);
    this.key = `metrics ${this.connection.id} ${panel.args.pipeline}`;
    this.disposables = [
      panel.onDidChangeVisibility((visible) => (visible ? this.watch() : this.rest())),
      // Its session may have been made anew.
      services.connections.onDidChange(() => void this.services.watcher.refresh(this.key)),
    ];
    this.watch();
    void this.sendViews();
  }

  state(): MetricsToPanel[] {
    return [
      this.table(),
      { type: 'marks', marks: { ...this.remembered.marks(this.panel.args.pipeline) } },
      { type: 'views', views: this.views },
      { type: 'freshness', ...this.freshness },
      ...this.details.values(),
    ];
  }

  async receive(message: MetricsToHost): Promise<void> {
    const { pipeline } = this.panel.args;
    switch (message.type) {
      case 'need':
        await Promise.all(message.runs.map((run) => this.sendDetail(run)));
        return;
      case 'needPictures':
        await Promise.all(message.runs.map((run) => this.sendPictures(run)));
        return;
      case 'openRun':
        return this.services.openRun(message.run, this.connection);
      case 'compare':
        return this.services.openCompare(message.runs, this.connection);
      case 'export':
        return saveFile('Export Metrics', { name: message.name, content: message.text });
      case 'look':
        return this.look(message.runs);
      case 'mark':
        return this.mark(message.run, message.what);
      case 'saveView':
        return this.saveView(message.filter, message.layout);
      case 'dropView':
        await writeView(await this.folder(), pipeline, message.name, undefined);
        return this.sendViews();
      case 'layout':
        return this.remembered.keepLayout(pipeline, message.layout);
      case 'refresh':
        // What could not be read may be there now.
        for (const run of this.reading?.runs ?? []) if (run.problem) run.listed = '';
        return this.services.watcher.refresh(this.key);
      case 'startRun':
        return this.services.openForm({ pipeline }, this.connection);
    }
  }

  dispose(): void {
    this.closed.abort();
    this.rest();
    for (const disposable of this.disposables) disposable.dispose();
  }

  private table(): MetricsToPanel {
    const { pipeline } = this.panel.args;
    const layout = this.remembered.layout(pipeline);
    return {
      type: 'runs',
      pipeline,
      connection: this.connection.label,
      runs: (this.reading?.runs ?? []).map(({ row }) => row),
      loading: !this.reading || this.reading.left > 0,
      ...(layout ? { layout } : {}),
    };
  }

  private watch(): void {
    this.watching ??= this.services.watcher.watch<Reading>(
      {
        key: this.key,
        interval: () =>
          this.reading && this.reading.left > 0
            ? 0
            : Math.max(shortestInterval, this.services.pollInterval(this.connection)),
        poll: async (signal) => this.read(await this.session(signal)),
        // New runs can be started from anywhere, so the list never comes to rest.
        settled: () => false,
      },
      {
        value: (reading) => this.show(reading),
        failed: (error) => this.say(reasonOf(error)),
      },
    );
  }

  private rest(): void {
    this.watching?.dispose();
    this.watching = undefined;
  }

  private session(signal: AbortSignal = this.closed.signal): Promise<Session> {
    return this.services.connections.session(this.connection, signal);
  }

  /** Lists the runs and reads some of those that are new, were still moving, or have moved since. */
  private async read(session: Session): Promise<Reading> {
    const known = new Map(this.reading?.runs.map((run) => [run.row.id, run]));
    const executions = await listExecutions(session, this.panel.args.pipeline, mostRuns);
    const open = executions.filter((execution, index) => {
      if (index >= readUnasked && !this.looked.has(execution.arn)) return false;
      const before = known.get(execution.arn);
      return !isSettled(execution.status) || before?.listed !== JSON.stringify(execution);
    });
    const read = await abreast(open.slice(0, runsAtATime), most, (execution) => this.readRun(session, execution));
    for (const run of read) known.set(run.row.id, run);
    return {
      runs: executions.map((execution) => known.get(execution.arn) ?? unread(execution)),
      left: Math.max(0, open.length - runsAtATime),
    };
  }

  private async readRun(session: Session, execution: Execution): Promise<Known> {
    const { arn, status } = execution;
    const [described, parameters] = await Promise.all([
      outcomeOf(describeExecution(session, arn)),
      outcomeOf(listParameters(session, arn)),
    ]);
    const rested = isSettled(status) ? described.value?.changed?.getTime() : undefined;
    const measured = await this.measurements.read(session, measuredAt(arn, rested), false);
    const problem = described.problem ?? parameters.problem ?? measured.problems[0];
    return {
      row: {
        ...unread(execution).row,
        ...(rested === undefined ? {} : { endedAt: rested }),
        parameters: {
          ...Object.fromEntries((parameters.value ?? []).map(({ name, value }) => [name, value])),
          ...trackedParameters(measured.tracking),
        },
        metrics: measured.metrics,
      },
      listed: JSON.stringify(execution),
      ...(rested === undefined ? {} : { rested }),
      ...(problem ? { problem } : {}),
    };
  }

  /** Reads older runs that have come into view. */
  private look(runs: readonly string[]): void {
    const news = runs.filter((run) => !this.looked.has(run));
    for (const run of news) this.looked.add(run);
    const isUnread = this.reading?.runs.some(({ row, listed }) => listed === '' && news.includes(row.id));
    if (isUnread) void this.services.watcher.refresh(this.key);
  }

  private async mark(run: string, what: keyof RunMark): Promise<void> {
    const { pipeline } = this.panel.args;
    const marks = this.remembered.marks(pipeline);
    const changed = await changedMark(
      marks[run] ?? {},
      what,
      this.reading?.runs.find(({ row }) => row.id === run)?.row.name,
    );
    if (!changed) return;
    const { [run]: _, ...others } = marks;
    this.remembered.keepMarks(pipeline, Object.keys(changed).length === 0 ? others : { ...others, [run]: changed });
    this.panel.update({ type: 'marks', marks: { ...this.remembered.marks(pipeline) } });
  }

  private async saveView(filter: string, layout: MetricsLayout): Promise<void> {
    const name = await window.showInputBox({ title: 'Save View', prompt: 'Name of the view', ignoreFocusOut: true });
    if (!name?.trim()) return;
    await writeView(await this.folder(), this.panel.args.pipeline, name.trim(), { filter, layout });
    await this.sendViews();
  }

  private async sendViews(): Promise<void> {
    const { value = [] } = await outcomeOf(this.folder().then((folder) => readViews(folder, this.panel.args.pipeline)));
    this.views = value;
    this.panel.update({ type: 'views', views: value });
  }

  /** The folder of the pipeline's definition, else the first of the workspace. */
  private async folder(): Promise<Uri | undefined> {
    const file = await this.services.definitions.fileOf(this.panel.args.pipeline);
    return (file?.folder ?? workspace.workspaceFolders?.[0])?.uri;
  }

  private show(reading: Reading): void {
    const before = new Map(this.reading?.runs.map(({ row }) => [row.id, JSON.stringify(row)]));
    const wasComplete = this.reading?.left === 0;
    const moved = new Set(
      (this.reading?.runs ?? []).filter(({ rested }) => rested === undefined).map(({ row }) => row.id),
    );
    this.reading = reading;
    // Curves grow while a run goes on; its evaluation is there in the end.
    for (const { row, rested } of reading.runs) {
      if (this.details.has(row.id) && (rested === undefined || moved.has(row.id))) void this.sendDetail(row.id);
    }
    const changed = reading.runs.filter(({ row }) => before.get(row.id) !== JSON.stringify(row));
    if (!wasComplete || reading.runs.length < before.size) this.panel.update(this.table());
    else if (changed.length > 0) this.panel.update({ type: 'patch', runs: changed.map(({ row }) => row) });
    const problem = reading.runs.find((run) => run.problem)?.problem;
    this.freshness = { updatedAt: Date.now() };
    if (problem) this.say(`Some values could not be read. ${reasonOf(problem)}`);
    else this.panel.update({ type: 'freshness', ...this.freshness });
  }

  private say(problem: string): void {
    this.freshness = { ...this.freshness, problem };
    this.panel.update({ type: 'freshness', ...this.freshness });
  }

  private async sendPictures(run: string): Promise<void> {
    const read = async () => readPictures(await this.session(), run);
    const { value = { pictures: [] }, problem } = await outcomeOf(read());
    this.panel.update({ type: 'pictures', run, ...value, ...(problem ? { note: reasonOf(problem) } : {}) });
  }

  private async sendDetail(run: string): Promise<void> {
    if (this.reads.has(run)) return;
    this.reads.add(run);
    try {
      await this.readDetail(run);
    } finally {
      this.reads.delete(run);
    }
  }

  private async readDetail(run: string): Promise<void> {
    const rested = this.reading?.runs.find(({ row }) => row.id === run)?.rested;
    const read = async () => this.measurements.read(await this.session(), measuredAt(run, rested), true);
    const { value, problem } = await outcomeOf(read());
    const { series = [], evaluation, rates = [], problems = [] } = value ?? {};
    const [first = problem] = problems;
    const none =
      series.length === 0 ? 'No curve: its training job logged no metric that its definitions find.' : undefined;
    const note = first ? reasonOf(first) : none;
    const detail: MetricsToPanel = {
      type: 'detail',
      run,
      series,
      ...(evaluation ? { evaluation } : {}),
      ...(rates.length > 0 ? { rates } : {}),
      ...(note ? { note } : {}),
    };
    this.details.set(run, detail);
    this.panel.update(detail);
  }
}

function measuredAt(arn: string, rested: number | undefined): { arn: string; rested?: number } {
  return rested === undefined ? { arn } : { arn, rested };
}

/** A run as the list tells it. */
function unread(execution: Execution): Known {
  const { arn, name, status, start, provenance } = execution;
  return {
    row: {
      id: arn,
      name,
      status,
      ...(start ? { startedAt: start.getTime() } : {}),
      ...(provenance ? { provenance } : {}),
      parameters: {},
      metrics: {},
    },
    listed: '',
  };
}

/** A mark after a change, which notes and tags are asked for; undefined where the user changed their mind. */
async function changedMark(mark: RunMark, what: keyof RunMark, run = 'the run'): Promise<RunMark | undefined> {
  const { [what]: before, ...rest } = mark;
  if (what === 'star' || what === 'archived') return before === true ? rest : { ...rest, [what]: true };
  const isNote = what === 'note';
  const text = await window.showInputBox({
    title: isNote ? `Note on ${run}` : `Tags of ${run}`,
    prompt: isNote ? 'It is kept with this workspace' : 'Words with commas between them, kept with this workspace',
    value: Array.isArray(before) ? before.join(', ') : typeof before === 'string' ? before : '',
    ignoreFocusOut: true,
  });
  if (text === undefined) return undefined;
  if (isNote) return text.trim() === '' ? rest : { ...rest, note: text.trim() };
  const tags = [...new Set(text.split(',').map((tag) => tag.trim()))].filter((tag) => tag !== '');
  return tags.length === 0 ? rest : { ...rest, tags };
}
