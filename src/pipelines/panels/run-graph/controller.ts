import { commands, env, Uri } from 'vscode';
import { abreast, type Connection, connectionOf, outcomeOf, type Session } from '../../../aws';
import { reasonOf, UserError } from '../../../workbench';
import type { Panel, PanelController } from '../../../workbench/panel';
import { answerStep } from '../../commands/callback';
import { stop } from '../../commands/stop';
import type { Section } from '../../../shared/facts';
import { readCheck } from '../../checks/read';
import { isSettled, pipelineIn } from '../../model';
import { type MeasurementReader, readReports, readRun, tellingMetrics } from '../../reading';
import { openSource } from '../../commands/open-source';
import { chooseLocalData } from '../../commands/local-data';
import { folderOf, retryRun } from '../../commands/retry';
import { saveFile } from '../../commands/save';
import { hasEnded, type Job, jobOf } from '../../service';
import type { RoomServices } from '../../services';
import { isTrying, readTrials } from '../../trials';
import type { Phase, RunGraphArguments, RunGraphToHost, RunGraphToPanel, StepState } from './contract';
import { isRunGraphToHost } from './messages';
import { FollowedLog } from './log';
import { phasesOf } from './phases';
import { runInfo, type RunReading, stepStates } from './state';
import { detailOf } from './step-detail';
import { trackingSections } from './tracked';

/** The trials of a step that is selected cost requests of their own: the run is looked at that much less often. */
const tryingFactor = 1.5;

/** Jobs that are read side by side. */
const most = 4;

type RunPanel = Panel<RunGraphArguments, RunGraphToPanel>;

/** Follows one run while its panel can be seen. All that it does is done over the connection of the run. */
export class RunGraph implements PanelController<RunGraphToPanel, RunGraphToHost> {
  readonly accepts = isRunGraphToHost;
  private readonly arn: string;
  private readonly connection: Connection;
  private readonly key: string;
  private reading: RunReading | undefined;
  /** The next reading is to ask for all that may have changed. */
  private stale = false;
  private states: StepState[] = [];
  private freshness: { updatedAt?: number; problem?: string } = {};
  private selected: string | undefined;
  private detail: RunGraphToPanel | undefined;
  /** What is selected tries one thing after the other: its detail is read with each description of the run. */
  private tries = false;
  /** Counts details that were asked for, so that a late one does not replace a newer. */
  private asked = 0;
  private log: FollowedLog | undefined;
  private showsTimeline = false;
  /** What the time of steps went into; of those at rest it is read once. */
  private readonly phases = new Map<string, Phase[]>();
  private readonly settledPhases = new Set<string>();
  /** Why the phases of some step are not known. */
  private unknownPhases: string | undefined;
  private metrics: { name: string; value: number }[] = [];
  /** What MLflow has of the run. */
  private tracked: Section[] = [];
  private watching: { dispose(): void } | undefined;
  private readonly disposables: { dispose(): void }[];
  /** Ends what is asked for once. */
  private readonly closed = new AbortController();

  constructor(
    private readonly services: RoomServices,
    private readonly measurements: MeasurementReader,
    private readonly panel: RunPanel,
  ) {
    this.arn = panel.args.executionArn;
    this.connection = connectionOf(panel.args.connection);
    this.key = `run ${this.connection.id} ${this.arn}`;
    this.disposables = [
      panel.onDidChangeVisibility((visible) => (visible ? this.watch() : this.rest())),
      // Its session may have been made anew.
      services.connections.onDidChange(() => this.ask()),
    ];
    this.watch();
  }

  state(): RunGraphToPanel[] {
    const { reading } = this;
    if (!reading) return this.freshness.problem ? [{ type: 'empty', text: this.freshness.problem }] : [];
    return [
      { type: 'run', info: this.info(reading), graph: reading.definition.graph, steps: this.states },
      { type: 'freshness', ...this.freshness },
      ...(this.showsTimeline ? [this.phasesNow()] : []),
      ...(this.detail ? [this.detail] : []),
      ...(this.log ? [this.log.whole()] : []),
    ];
  }

  async receive(message: RunGraphToHost): Promise<void> {
    switch (message.type) {
      case 'select':
        this.selected = message.step;
        this.detail = undefined;
        this.tries = false;
        return this.sendDetail();
      case 'follow':
        return this.follow(message.step);
      case 'reveal':
        return this.services.revealStep(pipelineIn(this.arn), message.step);
      case 'open':
        return this.open(message.link);
      case 'openLog':
        return this.services.openStepLog(this.arn, message.step, this.connection);
      case 'stop':
        return (await stop(await this.session(), this.arn)) ? this.refresh() : undefined;
      case 'answer':
        return this.answer(message.step, message.how);
      case 'retry':
        return this.retry();
      case 'useLocalData':
        return this.useLocalData(message.step);
      case 'refresh':
        return this.refresh();
      case 'openMetrics':
        return this.services.openMetrics(pipelineIn(this.arn), this.connection);
      case 'timeline':
        this.showsTimeline = message.open;
        return this.sendPhases();
      case 'export':
        return saveFile('Export Graph', message);
      case 'repeat':
        return this.repeat(message.how);
    }
  }

  private repeat(how: 'again' | 'reproduce' | 'compare'): Promise<void> | void {
    if (how === 'again') return this.services.runAgain(this.arn, this.connection);
    if (how === 'reproduce') return this.services.reproduce(this.arn, this.connection);
    return this.services.compareWith(this.arn, this.connection);
  }

  private async answer(step: string, how: 'succeed' | 'fail'): Promise<void> {
    if (await answerStep(await this.session(), this.arn, step, how)) await this.refresh();
  }

  /** Goes on with this run, or shows the one that took its place. */
  private async retry(): Promise<void> {
    const arn = await retryRun(this.services, this.arn, this.connection);
    if (arn === undefined) return;
    await this.refresh();
    this.services.started(arn, this.connection);
  }

  /** Lets the user choose what stands for the data that a step did not find, and goes on with the run. */
  private async useLocalData(step: string): Promise<void> {
    const missing = this.states.find(({ id }) => id === step)?.missingData;
    if (!missing) return;
    const folder = await folderOf(this.services, pipelineIn(this.arn));
    if (!folder) throw new UserError('The pipeline of this run is not in the workspace. Open its folder first.');
    if (await chooseLocalData(folder.uri.fsPath, missing)) await this.retry();
  }

  dispose(): void {
    this.closed.abort();
    this.rest();
    for (const disposable of this.disposables) disposable.dispose();
  }

  private info(reading: RunReading): ReturnType<typeof runInfo> {
    const info = runInfo(reading, this.connection.label);
    const more = [...(info.more ?? []), ...this.tracked];
    return {
      ...info,
      ...(this.metrics.length === 0 ? {} : { metrics: this.metrics }),
      ...(more.length === 0 ? {} : { more }),
    };
  }

  /** The session of the connection that the run belongs to, whichever is active. */
  private session(signal: AbortSignal = this.closed.signal): Promise<Session> {
    return this.services.connections.session(this.connection, signal);
  }

  private watch(): void {
    this.watching ??= this.services.watcher.watch<RunReading>(
      {
        key: this.key,
        interval: () => this.services.pollInterval(this.connection) * (this.tries ? tryingFactor : 1),
        poll: (signal) => this.read(signal),
        settled: ({ execution }) => isSettled(execution.status),
      },
      { value: (reading) => this.show(reading), failed: (error) => this.lost(error) },
    );
    this.log?.watch();
  }

  private async read(signal: AbortSignal): Promise<RunReading> {
    const { reading, stale } = this;
    this.stale = false;
    try {
      const before = reading && stale ? { ...reading, looks: Number.POSITIVE_INFINITY } : reading;
      return await readRun(await this.session(signal), this.arn, before);
    } catch (error) {
      this.stale ||= stale;
      throw error;
    }
  }

  private rest(): void {
    this.watching?.dispose();
    this.watching = undefined;
    this.log?.rest();
  }

  private ask(): void {
    this.stale = true;
    if (this.watching) void this.services.watcher.refresh(this.key);
    this.log?.refresh();
  }

  private async refresh(): Promise<void> {
    this.stale = true;
    await this.services.watcher.refresh(this.key);
    this.services.changed();
  }

  private show(reading: RunReading): void {
    const before = this.reading;
    const known = new Map(this.states.map((state) => [state.id, JSON.stringify(state)]));
    this.reading = reading;
    this.states = stepStates(reading, this.connection.kind === 'local' ? undefined : this.arn.split(':')[3]);
    this.freshness = { updatedAt: Date.now() };
    const { name, status } = reading.execution;
    this.panel.title = `${reading.execution.pipeline} · ${name}`;
    if (JSON.stringify(before?.definition.graph) !== JSON.stringify(reading.definition.graph)) {
      for (const message of this.state()) this.panel.update(message);
      if (!before) return;
    }
    const changed = this.states.filter((state) => known.get(state.id) !== JSON.stringify(state));
    this.panel.update({ type: 'info', info: this.info(reading) });
    if (changed.length > 0) this.panel.update({ type: 'steps', steps: changed });
    this.panel.update({ type: 'freshness', ...this.freshness });
    if (changed.some(({ id }) => id === this.selected) || (this.tries && reading.looks === 1)) void this.sendDetail();
    if (this.log && changed.some(({ id }) => id === this.log?.step)) this.log.refresh();
    if (this.showsTimeline && changed.length > 0) void this.sendPhases();
    if (isSettled(status) && before?.execution.status !== status) void this.measure(reading);
    if (before && before.execution.status !== status) this.services.changed();
    if (status === 'Failed' && before?.execution.status !== status) this.pointOut(({ status: of }) => of === 'Failed');
    else if (changed.some(isWaiting)) this.pointOut(isWaiting);
  }

  /** Reads what the run measured. A part that cannot be read is not in the head; the table of metrics says why. */
  private async measure({ execution }: RunReading): Promise<void> {
    const rested = execution.changed?.getTime();
    const read = async () =>
      this.measurements.read(
        await this.session(),
        { arn: this.arn, ...(rested === undefined ? {} : { rested }) },
        false,
      );
    const { value } = await outcomeOf(read());
    if (!value || !this.reading) return;
    this.metrics = tellingMetrics(value.metrics);
    const unread = value.trackingProblem;
    this.tracked = value.tracking
      ? trackingSections(value.tracking)
      : unread
        ? [{ title: 'MLflow', rows: [{ label: 'Not read', value: reasonOf(unread) }] }]
        : [];
    this.panel.update({ type: 'info', info: this.info(this.reading) });
  }

  private phasesNow(): RunGraphToPanel {
    const phases = Object.fromEntries(this.phases);
    const note = this.unknownPhases;
    return { type: 'phases', phases, ...(note === undefined ? {} : { note }) };
  }

  /** Reads the jobs behind the steps that have begun, once each when it is at rest. */
  private async sendPhases(): Promise<void> {
    const { reading } = this;
    if (!reading || !this.showsTimeline) return;
    const { value: session } = await outcomeOf(this.session());
    if (!session) return;
    this.unknownPhases = undefined;
    const known = new Set(this.settledPhases);
    const open = reading.steps.filter(({ StepName = '', StartTime }) => StartTime && !known.has(StepName));
    await abreast(open, most, async (step) => {
      const name = step.StepName ?? '';
      const { value: job, problem } = await outcomeOf(jobOf(session, step));
      if (problem) {
        this.unknownPhases = reasonOf(problem);
        return;
      }
      if (job) this.phases.set(name, phasesOf(job));
      if (isSettled(step.StepStatus ?? '')) this.settledPhases.add(name);
    });
    if (!this.closed.signal.aborted) this.panel.update(this.phasesNow());
  }

  /** What failed, or waits for an answer, is what is looked for first, unless something else is being looked at. */
  private pointOut(which: (state: StepState) => boolean): void {
    const found = this.states.find(which);
    if (found && this.selected === undefined) this.panel.post({ type: 'select', step: found.id });
  }

  private lost(error: unknown): void {
    const problem = error instanceof Error ? error.message : String(error);
    this.freshness = { ...this.freshness, problem };
    if (this.reading) this.panel.update({ type: 'freshness', ...this.freshness });
    else this.panel.update({ type: 'empty', text: problem });
  }

  private async sendDetail(): Promise<void> {
    const { reading, selected } = this;
    const turn = ++this.asked;
    if (!reading || selected === undefined) return;
    const listed = reading.steps.find(({ StepName }) => StepName === selected);
    const node = reading.definition.graph.nodes.find(({ id }) => id === selected);
    const step = reading.definition.steps.get(selected);
    if (!node) return;
    const read = async (): Promise<Job | undefined> => listed && jobOf(await this.session(), listed);
    const { value: job, problem } = await outcomeOf(read());
    const trials = job && isTrying(job) ? await outcomeOf(readTrials(await this.session(), job)) : undefined;
    const reports = job && listed ? await readReports(await this.session(), reading.definition, listed, job) : [];
    const check = listed ? await readCheck(await this.session(), listed, job) : undefined;
    if (turn !== this.asked || this.closed.signal.aborted) return;
    const detail = detailOf({
      definition: step ?? { name: selected, type: node.type, dependsOn: [], arguments: {}, outputParameters: [] },
      reports,
      ...(listed ? { step: listed } : {}),
      ...(job ? { job } : {}),
      ...(trials ? { trials } : {}),
      ...(check ? { check } : {}),
      ...(this.connection.kind === 'local' ? {} : { region: (await this.session()).region }),
    });
    this.tries = trials !== undefined && job !== undefined && !hasEnded(job);
    this.detail = { type: 'detail', detail: { ...detail, ...(problem ? { note: reasonOf(problem) } : {}) } };
    this.panel.update(this.detail);
  }

  private follow(step: string | undefined): void {
    if (this.log && this.log.step === step) return;
    this.log?.rest();
    this.log = undefined;
    if (step === undefined) return;
    this.log = new FollowedLog({
      watcher: this.services.watcher,
      key: `${this.key} log ${step}`,
      step,
      interval: () => this.services.pollInterval(this.connection),
      session: (signal) => this.session(signal),
      job: async (session) => {
        const listed = this.reading?.steps.find(({ StepName }) => StepName === step);
        return listed && jobOf(session, listed);
      },
      isAtRest: () => isSettled(this.reading?.steps.find(({ StepName }) => StepName === step)?.StepStatus ?? ''),
      send: (message) => this.panel.update(message),
    });
    this.panel.update(this.log.whole());
    if (this.watching) this.log.watch();
  }

  private async open(link: string): Promise<void> {
    const [, source, line] = /^source:(.+):(\d+)$/.exec(link) ?? [];
    const [, deployed] = /^deploy:(.+)$/.exec(link) ?? [];
    const [, constraints, statistics] = /^monitor:(\S+) (\S+)$/.exec(link) ?? [];
    if (constraints !== undefined) {
      const baseline = { constraints, statistics, connection: this.connection.id };
      await commands.executeCommand('mlopsFlow.monitorEndpoint', undefined, baseline);
    } else if (source !== undefined) await openSource(source, Number(line));
    else if (deployed !== undefined) {
      await commands.executeCommand('mlopsFlow.deployModel', deployed, this.connection.id);
    } else if (link.startsWith('s3://')) await this.services.openObject(link, this.connection);
    else if (link.includes(':model-package/')) await this.services.revealModel(link, this.connection);
    else if (/:pipeline\/.+\/execution\//.test(link)) this.services.openRun(link, this.connection);
    else if (/^https?:/.test(link)) await env.openExternal(Uri.parse(link));
  }
}

function isWaiting({ menu }: StepState): boolean {
  return menu?.callback === true;
}
