import { env, Uri, window } from 'vscode';
import { type Connection, connectionOf, outcomeOf, type Session } from '../../../aws';
import { confirmChange } from '../../../aws/confirm';
import { messageOf, UserError } from '../../../workbench';
import type { Panel, PanelController } from '../../../workbench/panel';
import { deleteEndpoint } from '../../commands/delete';
import { abort, complete } from '../../deploy';
import type { DeploymentRecord } from '../../model/record';
import { reportOf } from '../../model/report';
import { putWakeAlarm, putWakePolicy } from '../../model/wake';
import type { EndpointReading } from '../../reading';
import { listConfigsOf, makeCall, readScaling, setAlarm, type TaggedConfig } from '../../service';
import type { RoomServices } from '../../services';
import { localSpeed } from '../../speed';
import { endpointWatch, watchKey } from '../../watch';
import type { EndpointArguments, EndpointToHost, EndpointToPanel } from './contract';
import { isEndpointToHost } from './messages';
import { Monitoring } from './monitoring';
import { Trials } from './trials';
import { Variants } from './variants';
import { chartsOf, endpointView } from './view';

/** Shows one endpoint: its deployment live, its charts, its history, and requests to try. */
export class EndpointController implements PanelController<EndpointToPanel, EndpointToHost> {
  readonly accepts = isEndpointToHost;
  private readonly connection: Connection;
  private readonly endpoint: string;
  private reading: EndpointReading | undefined;
  private records: DeploymentRecord[] = [];
  /** Configs that were made for it elsewhere; read once, for it takes a call for each. */
  private tagged: TaggedConfig[] | undefined;
  /** Why they are not known. */
  private untold: Error | undefined;
  private freshness: { updatedAt?: number; problem?: string } = {};
  private watching: { dispose(): void } | undefined;
  private readonly trials: Trials;
  private readonly monitoring: Monitoring;
  private readonly variants: Variants;
  private readonly closed = new AbortController();
  private readonly disposables: { dispose(): void }[];

  constructor(
    private readonly services: RoomServices,
    private readonly panel: Panel<EndpointArguments, EndpointToPanel>,
  ) {
    this.connection = connectionOf(panel.args.connection);
    this.endpoint = panel.args.endpoint;
    this.trials = new Trials(this.endpoint, () => this.sendTrials());
    this.monitoring = new Monitoring(this.endpoint, {
      session: () => this.session(),
      reading: () => this.reading,
      monitoring: (monitoring) => panel.update({ type: 'monitoring', monitoring }),
      captured: (captured) => panel.update({ type: 'captured', captured }),
      closed: this.closed.signal,
    });
    this.variants = new Variants(this.endpoint, {
      room: services,
      connection: this.connection,
      session: () => this.session(),
      reading: () => this.reading,
      changed: () => this.refresh(),
      change: (change) => panel.update({ type: 'change', ...(change ? { change } : {}) }),
      versions: (versions) => panel.post({ type: 'versions', versions }),
    });
    this.disposables = [
      panel.onDidChangeVisibility((visible) => (visible ? this.watch() : this.rest())),
      // Its session may have been made anew.
      services.connections.onDidChange(() => void services.watcher.refresh(this.key)),
    ];
    this.watch();
  }

  state(): EndpointToPanel[] {
    return [
      ...this.messages(),
      { type: 'trials', trials: this.trials.trials },
      ...(this.trials.targets ? [{ type: 'targets' as const, names: this.trials.targets }] : []),
      ...(this.trials.file ? [{ type: 'file' as const, file: this.trials.file.view }] : []),
      ...(this.trials.load ? [{ type: 'load' as const, load: this.trials.load }] : []),
      { type: 'change', ...(this.variants.view ? { change: this.variants.view } : {}) },
      ...(this.monitoring.view ? [{ type: 'monitoring' as const, monitoring: this.monitoring.view }] : []),
    ];
  }

  async receive(message: EndpointToHost): Promise<void> {
    switch (message.type) {
      case 'refresh':
        return this.refresh();
      case 'abort':
        return this.abort();
      case 'putBack':
        return this.putBack();
      case 'copyReport':
        return this.copyReport();
      case 'deployAgain':
        return this.services.openForm(
          { model: message.model, endpoint: this.endpoint, ...(message.config ? { reuse: message.config } : {}) },
          this.connection,
        );
      case 'delete':
        if (await deleteEndpoint(this.services, this.endpoint, this.connection)) await this.refresh();
        return;
      case 'open':
        return this.open(message.link);
      case 'openLog':
        return this.services.openLog(this.endpoint, this.connection);
      case 'fireDrill':
        return this.fireDrill(message.alarm);
      case 'wake':
        return this.wake();
      case 'invoke':
        return this.trials.send(await this.session(), message, this.reading?.serving, this.closed.signal);
      case 'load':
        return this.trials.run(await this.session(), message, this.reading?.serving);
      case 'readTargets':
        if (this.reading?.serving) await this.trials.readTargets(await this.session(), this.reading.serving);
        return;
      case 'chooseFile':
        return this.trials.chooseFile();
      case 'dropFile':
        return this.trials.dropFile();
      case 'stopLoad':
        return this.trials.stop();
      case 'readVersions':
      case 'planWeights':
      case 'planShadow':
      case 'planNoShadow':
      case 'promoteShadow':
      case 'makeChange':
      case 'dropChange':
        return this.variants.receive(message);
      default:
        return this.monitoring.receive(message);
    }
  }

  dispose(): void {
    this.closed.abort();
    this.trials.stop();
    this.rest();
    for (const disposable of this.disposables) disposable.dispose();
  }

  private get key(): string {
    return watchKey(this.endpoint, this.connection);
  }

  private session(): Promise<Session> {
    return this.services.connections.session(this.connection, this.closed.signal);
  }

  private watch(): void {
    this.watching ??= this.services.watcher.watch(endpointWatch(this.services, this.endpoint, this.connection), {
      value: (reading) => void this.show(reading),
      failed: (error) => this.lost(error),
    });
  }

  private rest(): void {
    this.watching?.dispose();
    this.watching = undefined;
  }

  private async refresh(): Promise<void> {
    await this.services.watcher.refresh(this.key);
    this.services.changed();
  }

  private async show(reading: EndpointReading): Promise<void> {
    // Whatever ended the window that began it: its deployment is followed on.
    if (reading.record && !reading.record.verdict) this.services.follow(this.endpoint, this.connection);
    const journal = await this.services.journal(await this.session());
    this.records = await journal.records(this.endpoint);
    this.reading = reading;
    this.freshness = { updatedAt: reading.readAt };
    for (const message of this.messages()) this.panel.update(message);
    if (this.tagged !== undefined || !reading.state) return;
    this.tagged = [];
    const { value, problem } = await outcomeOf(listConfigsOf(await this.session(), this.endpoint));
    this.tagged = value ?? [];
    this.untold = problem;
    if (problem || this.tagged.length > 0) for (const message of this.messages()) this.panel.update(message);
  }

  private lost(error: unknown): void {
    this.freshness = { ...this.freshness, problem: messageOf(error) };
    this.panel.update({ type: 'freshness', ...this.freshness });
  }

  private messages(): EndpointToPanel[] {
    const { reading, freshness } = this;
    if (!reading) return freshness.problem ? [{ type: 'freshness', ...freshness }] : [];
    const view = endpointView(
      reading,
      { records: this.records, tagged: this.tagged ?? [], ...(this.untold ? { problem: this.untold } : {}) },
      this.connection.label,
      localSpeed(this.connection),
    );
    if (!view) return [{ type: 'gone', text: `There is no endpoint ${this.endpoint} on ${this.connection.label}.` }];
    this.panel.title = `${this.endpoint} endpoint`;
    const marks = this.records.map(({ startedAt, asked }) => ({ at: startedAt, label: asked.label }));
    return [
      { type: 'endpoint', view },
      { type: 'charts', charts: chartsOf(reading), marks },
      { type: 'freshness', ...freshness },
    ];
  }

  private sendTrials(): void {
    this.panel.update({ type: 'trials', trials: this.trials.trials });
    this.panel.update({ type: 'file', ...(this.trials.file ? { file: this.trials.file.view } : {}) });
    if (this.trials.targets) this.panel.update({ type: 'targets', names: this.trials.targets });
    if (this.trials.load) this.panel.update({ type: 'load', load: this.trials.load });
  }

  private async abort(): Promise<void> {
    const record = this.reading?.record;
    if (!record || record.verdict) throw new UserError('No deployment of this endpoint is under way.');
    const session = await this.session();
    const text = `Abort the deployment of ${record.asked.label} to ${this.endpoint}?`;
    if (!(await confirmChange(session, { text, action: 'Abort', always: true }))) return;
    await abort(session, await this.services.journal(session), record);
    await this.refresh();
  }

  /** Makes the calls that follow the last deployment and have failed. */
  private async putBack(): Promise<void> {
    const session = await this.session();
    const journal = await this.services.journal(session);
    if (!(await complete(session, journal, await journal.latest(this.endpoint)))) {
      throw new UserError('Not all of it could be put back. The events of the endpoint say why.');
    }
    await this.refresh();
  }

  /** Copies what is known of the last deployment, for whoever is asked for help. */
  private async copyReport(): Promise<void> {
    const record = this.reading?.record;
    if (!record) throw new UserError('No deployment of this endpoint was made from here.');
    const { connection, region } = await this.session();
    await env.clipboard.writeText(reportOf(record, `${connection.label}, ${region}`));
    void window.showInformationMessage(`Copied the record of the deployment of ${record.asked.label}.`);
  }

  /** Makes what starts an instance where requests wait and there is none. */
  private async wake(): Promise<void> {
    const session = await this.session();
    const variant = this.reading?.state?.fleets[0]?.variant ?? '';
    const [scaling] = await readScaling(session, this.endpoint, [variant]);
    if (!scaling) {
      throw new UserError(
        `${this.endpoint} has no autoscaling that a policy could use. Deploy it with autoscaling, or set its instances.`,
      );
    }
    const text = `Start an instance of ${this.endpoint} whenever requests wait and there is none?`;
    if (!(await confirmChange(session, { text, action: 'Add Policy', always: true }))) return;
    const made = (await makeCall(session, putWakePolicy(scaling))) as { PolicyARN?: string };
    await makeCall(session, putWakeAlarm(this.endpoint, made.PolicyARN ?? ''));
    await this.refresh();
  }

  /** Trips an alarm, so that it is known that what hangs on it happens. */
  private async fireDrill(alarm: string): Promise<void> {
    const session = await this.session();
    const text = `Set ${alarm} to ALARM, until CloudWatch evaluates it again? What hangs on it happens: a deployment under way is rolled back.`;
    const answer = await window.showWarningMessage(text, { modal: true }, 'Set to ALARM');
    if (answer === undefined || !(await confirmChange(session, { text, action: 'Set to ALARM' }))) return;
    await setAlarm(session, alarm, 'ALARM', 'A fire drill: set by a person.');
    await this.refresh();
  }

  private async open(link: string): Promise<void> {
    if (link.includes(':model-package/')) await this.services.revealModel(link, this.connection);
    else if (link.startsWith('s3://')) await this.services.openObject(link, this.connection);
    else if (link.startsWith('https:')) await env.openExternal(Uri.parse(link));
  }
}
