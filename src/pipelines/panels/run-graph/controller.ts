import { commands, env, Uri } from 'vscode';
import { type Connection, connectionOf, type Session } from '../../../aws/index';
import type { Panel, PanelController } from '../../../workbench/panel';
import { messageOf } from '../../../workbench/index';
import type { LogLine, RunGraphArguments, RunGraphToHost, RunGraphToPanel, StepState } from './contract';
import type { Definition } from '../../definition';
import { LogTail } from '../../logs';
import { readReports, readRun, readRunDefinition } from '../../reading';
import { runInfo, type RunReading, stepStates } from './state';
import { isSettled, type Job, jobOf, logPlaceOf, pipelineIn, retryExecution, stopExecution } from '../../service';
import type { PipelineServices } from '../../services';
import { detailOf } from './step-detail';

/** As much of a log as the panel holds; the whole opens in an editor. */
const MOST_LINES = 20_000;

type RunPanel = Panel<RunGraphArguments, RunGraphToPanel>;

/** Follows one run while its panel can be seen. */
export class RunGraph implements PanelController<RunGraphToPanel, RunGraphToHost> {
  private readonly arn: string;
  private readonly connection: Connection;
  private readonly key: string;
  private definition: Definition | undefined;
  private reading: RunReading | undefined;
  private states: StepState[] = [];
  private freshness: { updatedAt?: number; problem?: string } = {};
  private selected: string | undefined;
  private detail: RunGraphToPanel | undefined;
  private log: FollowedLog | undefined;
  private watching: { dispose(): void } | undefined;
  private readonly visibility: { dispose(): void };

  constructor(
    private readonly services: PipelineServices,
    private readonly panel: RunPanel,
  ) {
    this.arn = panel.args.executionArn;
    this.connection = connectionOf(panel.args.connection);
    this.key = `run ${panel.args.connection} ${this.arn}`;
    this.visibility = panel.onDidChangeVisibility((visible) => (visible ? this.watch() : this.rest()));
    this.watch();
  }

  state(): RunGraphToPanel[] {
    const { definition, reading } = this;
    if (!definition || !reading) {
      return this.freshness.problem ? [{ type: 'empty', text: this.freshness.problem }] : [];
    }
    return [
      { type: 'run', info: this.info(definition, reading), graph: definition.graph, steps: this.states },
      { type: 'freshness', ...this.freshness },
      ...(this.detail ? [this.detail] : []),
      ...(this.log ? [this.log.whole()] : []),
    ];
  }

  async receive(message: RunGraphToHost): Promise<void> {
    switch (message.type) {
      case 'select':
        this.selected = message.step;
        this.detail = undefined;
        return this.sendDetail();
      case 'follow':
        return this.follow(message.step);
      case 'reveal':
        await commands.executeCommand('mlopsFlow.revealStep', pipelineIn(this.arn), message.step);
        return;
      case 'open':
        return this.open(message.link);
      case 'openLog':
        await commands.executeCommand('mlopsFlow.openStepLog', this.arn, message.step);
        return;
      case 'stop':
        await stopExecution(await this.session(), this.arn);
        return this.refresh();
      case 'retry':
        await retryExecution(await this.session(), this.arn);
        return this.refresh();
      case 'refresh':
        return this.refresh();
      case 'openMetrics':
        await commands.executeCommand('mlopsFlow.openMetrics', pipelineIn(this.arn));
    }
  }

  dispose(): void {
    this.rest();
    this.visibility.dispose();
  }

  private info(definition: Definition, reading: RunReading): ReturnType<typeof runInfo> {
    return runInfo(definition, reading, this.connection.label);
  }

  /** The session of the connection that the run belongs to, whichever is active. */
  private session(): Promise<Session> {
    return this.services.connections.session(this.connection);
  }

  private watch(): void {
    this.watching ??= this.services.watcher.watch<RunReading>(
      {
        key: this.key,
        interval: this.services.pollInterval(this.connection),
        poll: async () => {
          const session = await this.session();
          this.definition ??= await readRunDefinition(session, this.arn);
          return readRun(session, this.arn);
        },
        settled: ({ execution }) => isSettled(execution.status),
      },
      { value: (reading) => this.show(reading), failed: (error) => this.lost(error) },
    );
    this.log?.watch();
  }

  private rest(): void {
    this.watching?.dispose();
    this.watching = undefined;
    this.log?.rest();
  }

  private async refresh(): Promise<void> {
    await this.services.watcher.refresh(this.key);
    this.services.changed();
  }

  private show(reading: RunReading): void {
    const { definition } = this;
    if (!definition) return;
    const before = this.reading;
    const known = new Map(this.states.map((state) => [state.id, JSON.stringify(state)]));
    this.reading = reading;
    this.states = stepStates(definition, reading);
    this.freshness = { updatedAt: Date.now() };
    const { name, status } = reading.execution;
    this.panel.title = `${reading.execution.pipeline} · ${name}`;
    if (!before) {
      for (const message of this.state()) this.panel.update(message);
      return;
    }
    const changed = this.states.filter((state) => known.get(state.id) !== JSON.stringify(state));
    this.panel.update({ type: 'info', info: this.info(definition, reading) });
    if (changed.length > 0) this.panel.update({ type: 'steps', steps: changed });
    this.panel.update({ type: 'freshness', ...this.freshness });
    if (changed.some(({ id }) => id === this.selected)) void this.sendDetail();
    if (this.log && changed.some(({ id }) => id === this.log?.step)) this.log.watch();
    if (before.execution.status !== status) this.services.changed();
  }

  private lost(error: unknown): void {
    this.freshness = { ...this.freshness, problem: messageOf(error) };
    if (this.reading) this.panel.update({ type: 'freshness', ...this.freshness });
    else this.panel.update({ type: 'empty', text: messageOf(error) });
  }

  private async sendDetail(): Promise<void> {
    const { definition, reading, selected } = this;
    const step = selected === undefined ? undefined : definition?.steps.get(selected);
    if (!definition || !reading || !step) return;
    const listed = reading.steps.find(({ StepName }) => StepName === selected);
    let job: Job | undefined;
    let note: string | undefined;
    try {
      job = listed ? await jobOf(await this.session(), listed) : undefined;
    } catch (error) {
      note = messageOf(error);
    }
    const reports = job ? await readReports(await this.session(), definition, step.name, job) : [];
    if (this.selected !== selected) return;
    const detail = detailOf({
      definition: step,
      reports,
      ...(listed ? { step: listed } : {}),
      ...(job ? { job } : {}),
    });
    this.detail = { type: 'detail', detail: { ...detail, ...(note ? { note } : {}) } };
    this.panel.update(this.detail);
  }

  private follow(step: string | undefined): void {
    if (this.log && this.log.step === step) return;
    this.log?.rest();
    this.log = undefined;
    if (step === undefined) return;
    const job = async (): Promise<Job | undefined> => {
      const listed = this.reading?.steps.find(({ StepName }) => StepName === step);
      return listed ? jobOf(await this.session(), listed) : undefined;
    };
    this.log = new FollowedLog(this.services, this.panel, `${this.key} log ${step}`, step, job, () => this.session());
    this.panel.update(this.log.whole());
    this.log.watch();
  }

  private async open(link: string): Promise<void> {
    if (link.startsWith('s3://')) await commands.executeCommand('mlopsFlow.openObject', link);
    else if (link.includes(':model-package/')) await commands.executeCommand('mlopsFlow.revealModel', link);
    else if (/^https?:/.test(link)) await env.openExternal(Uri.parse(link));
  }
}

/** The log of one step, read to its end while it is in view. */
class FollowedLog {
  private lines: LogLine[] = [];
  private phase: 'waiting' | 'live' | 'ended' | 'failed' = 'waiting';
  private note: string | undefined;
  private tail: { job: string; log: LogTail } | undefined;
  private watching: { dispose(): void } | undefined;

  constructor(
    private readonly services: PipelineServices,
    private readonly panel: RunPanel,
    private readonly key: string,
    readonly step: string,
    private readonly job: () => Promise<Job | undefined>,
    private readonly session: () => Promise<Session>,
  ) {}

  /** Everything that is known of the log, to build the view from nothing. */
  whole(): RunGraphToPanel {
    return { ...this.message(this.lines), reset: true };
  }

  watch(): void {
    this.watching?.dispose();
    this.watching = this.services.watcher.watch(
      {
        key: this.key,
        interval: this.services.pollInterval(connectionOf(this.panel.args.connection)),
        poll: () => this.read(),
        settled: (ended: boolean) => ended,
      },
      {
        value: () => undefined,
        failed: (error) => {
          this.phase = 'failed';
          this.note = messageOf(error);
          this.panel.update(this.message([]));
        },
      },
    );
  }

  rest(): void {
    this.watching?.dispose();
    this.watching = undefined;
  }

  /** Reads what is new and tells whether the log has ended. */
  private async read(): Promise<boolean> {
    const job = await this.job();
    if (!job) return false;
    const anew = this.tail?.job !== job.name;
    if (anew) {
      this.lines = [];
      this.tail = { job: job.name, log: new LogTail(await this.session(), logPlaceOf(job)) };
    }
    // The job's state was read before its log: what it wrote until then is in this reading.
    const ended = hasEnded(job);
    const events = (await this.tail?.log.next()) ?? [];
    const lines = events.map(({ timestamp, message = '' }) => ({
      text: message,
      ...(timestamp ? { time: timestamp } : {}),
    }));
    this.lines = [...this.lines, ...lines].slice(-MOST_LINES);
    this.phase = ended ? 'ended' : this.lines.length > 0 ? 'live' : 'waiting';
    this.note = undefined;
    this.panel.update(anew ? this.whole() : this.message(lines));
    return ended;
  }

  private message(lines: LogLine[]): RunGraphToPanel & { type: 'logs' } {
    return { type: 'logs', step: this.step, lines, state: this.phase, ...(this.note ? { note: this.note } : {}) };
  }
}

function hasEnded(job: Job): boolean {
  const status = job.kind === 'Training' ? job.job.TrainingJobStatus : job.job.ProcessingJobStatus;
  return status === 'Completed' || status === 'Failed' || status === 'Stopped';
}
