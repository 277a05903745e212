import { commands, Uri, window, workspace } from 'vscode';
import { type Connection, connectionOf, type Session } from '../../../aws/index';
import { messageOf } from '../../../workbench/index';
import type { Panel, PanelController } from '../../../workbench/panel';
import type { MetricsArguments, MetricsRun, MetricsToHost, MetricsToPanel } from './contract';
import { type MeasurementReader, type Measurements } from '../../reading';
import { describeExecution, type ExecutionDetails, isSettled, listExecutions } from '../../service';
import type { LayoutStore, PipelineServices } from '../../services';

/** How many runs the table holds; enough to compare, few enough to read at once. */
const MOST_RUNS = 200;
/** Requests at a time while the table is filled. */
const ABREAST = 6;

/** The table of a pipeline's runs, read while it can be seen. */
export class MetricsPanel implements PanelController<MetricsToPanel, MetricsToHost> {
  private readonly runs = new Map<string, MetricsRun>();
  private readonly details = new Map<string, MetricsToPanel>();
  private readonly settled = new Set<string>();
  private freshness: { updatedAt?: number; problem?: string } = {};
  private loading = true;
  private watching: { dispose(): void } | undefined;
  private readonly visibility: { dispose(): void };
  private readonly key: string;
  private readonly connection: Connection;

  constructor(
    private readonly services: PipelineServices,
    private readonly measurements: MeasurementReader,
    private readonly layouts: LayoutStore,
    private readonly panel: Panel<MetricsArguments, MetricsToPanel>,
  ) {
    this.connection = connectionOf(panel.args.connection);
    this.key = `metrics ${panel.args.connection} ${panel.args.pipeline}`;
    this.visibility = panel.onDidChangeVisibility((visible) => (visible ? this.watch() : this.rest()));
    this.watch();
  }

  state(): MetricsToPanel[] {
    return [this.table(), { type: 'freshness', ...this.freshness }, ...this.details.values()];
  }

  async receive(message: MetricsToHost): Promise<void> {
    const { pipeline, connection } = this.panel.args;
    switch (message.type) {
      case 'need':
        await Promise.all(message.runs.map((run) => this.sendDetail(run)));
        return;
      case 'openRun':
        await commands.executeCommand('mlopsFlow.openRun', message.run, connection);
        return;
      case 'export':
        return saveCsv(message.name, message.csv);
      case 'layout':
        this.layouts.set(pipeline, message.layout);
        return;
      case 'refresh':
        return this.services.watcher.refresh(this.key);
      case 'startRun':
        await commands.executeCommand('mlopsFlow.runPipeline', { pipeline });
    }
  }

  dispose(): void {
    this.rest();
    this.visibility.dispose();
  }

  private table(): MetricsToPanel {
    const { pipeline } = this.panel.args;
    const layout = this.layouts.get(pipeline);
    return {
      type: 'runs',
      pipeline,
      connection: this.connection.label,
      runs: [...this.runs.values()],
      loading: this.loading,
      ...(layout ? { layout } : {}),
    };
  }

  private session(): Promise<Session> {
    return this.services.connections.session(this.connection);
  }

  private watch(): void {
    this.watching ??= this.services.watcher.watch<void>(
      {
        key: this.key,
        interval: Math.max(2_000, this.services.pollInterval(this.connection)),
        poll: () => this.read(),
        // New runs can be started from anywhere, so the list never comes to rest.
        settled: () => false,
      },
      {
        value: () => {
          this.freshness = { updatedAt: Date.now() };
          this.panel.update({ type: 'freshness', ...this.freshness });
        },
        failed: (error) => {
          this.freshness = { ...this.freshness, problem: messageOf(error) };
          this.panel.update({ type: 'freshness', ...this.freshness });
        },
      },
    );
  }

  private rest(): void {
    this.watching?.dispose();
    this.watching = undefined;
  }

  /** Lists the runs and reads those that are new or were still moving. */
  private async read(): Promise<void> {
    const session = await this.session();
    const listed = await listExecutions(session, this.panel.args.pipeline, MOST_RUNS);
    // The service may resume a run at rest: a status that changed is read again.
    const open = listed.filter(({ arn, status }) => !this.settled.has(arn) || this.runs.get(arn)?.status !== status);
    const first = this.loading;
    for (let at = 0; at < open.length; at += ABREAST) {
      const rows = await Promise.all(open.slice(at, at + ABREAST).map(({ arn }) => this.readRun(session, arn)));
      if (!first) this.panel.update({ type: 'patch', runs: rows });
    }
    const newestFirst = listed.flatMap(({ arn }) => this.runs.get(arn) ?? []);
    this.runs.clear();
    for (const run of newestFirst) this.runs.set(run.id, run);
    this.loading = false;
    if (first) this.panel.update(this.table());
  }

  private async readRun(session: Session, arn: string): Promise<MetricsRun> {
    const execution = await describeExecution(session, arn);
    const settled = isSettled(execution.status);
    const measured = await this.measurements.read(session, arn, settled, false);
    const row = rowOf(execution, measured);
    this.runs.set(arn, row);
    if (settled) this.settled.add(arn);
    return row;
  }

  private async sendDetail(run: string): Promise<void> {
    let detail: MetricsToPanel;
    try {
      const settled = this.settled.has(run);
      const { series, evaluation } = await this.measurements.read(await this.session(), run, settled, true);
      const note =
        series.length === 0 ? 'No curve: its training job logged no metric that its definitions find.' : undefined;
      detail = { type: 'detail', run, series, ...(evaluation ? { evaluation } : {}), ...(note ? { note } : {}) };
    } catch (error) {
      detail = { type: 'detail', run, series: [], note: messageOf(error) };
    }
    this.details.set(run, detail);
    this.panel.update(detail);
  }
}

function rowOf(execution: ExecutionDetails, { metrics }: Measurements): MetricsRun {
  return {
    id: execution.arn,
    name: execution.name,
    status: execution.status,
    ...(execution.start ? { startedAt: execution.start.getTime() } : {}),
    ...(isSettled(execution.status) && execution.changed ? { endedAt: execution.changed.getTime() } : {}),
    ...(execution.provenance ? { provenance: execution.provenance } : {}),
    parameters: Object.fromEntries(execution.parameters.map(({ name, value }) => [name, value])),
    metrics,
  };
}

async function saveCsv(name: string, csv: string): Promise<void> {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  const target = await window.showSaveDialog({
    title: 'Export Metrics',
    filters: { 'Comma-separated values': ['csv'] },
    ...(folder ? { defaultUri: Uri.joinPath(folder, name) } : {}),
  });
  if (target) await workspace.fs.writeFile(target, Buffer.from(csv, 'utf8'));
}
