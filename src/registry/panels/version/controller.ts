import { commands, Uri, window, workspace } from 'vscode';
import { type Connection, connectionOf, outcomeOf, type Session } from '../../../aws';
import { confirmChange } from '../../../aws/confirm';
import { messageOf, reasonOf, UserError } from '../../../workbench';
import type { Panel, PanelController } from '../../../workbench/panel';
import type { RegistryServices } from '../../services';
import { describePackage, describeVersion, listVersions, setApproval } from '../../service';
import type { VersionArguments, VersionPage, VersionToHost, VersionToPanel } from './contract';
import { pageOf, type VersionFacts } from './page';

/** Among so many of the newest versions the approved one is looked for. */
const lookedThrough = 100;
/** Milliseconds between looks at a version. */
const localInterval = 2000;
const awsInterval = 30_000;
const longestComment = 1024;

/** The page of one model version, read while it can be seen, over the connection that it was opened for. */
export class VersionController implements PanelController<VersionToPanel, VersionToHost> {
  private facts: VersionFacts | undefined;
  private freshness: { updatedAt?: number; problem?: string } = {};
  private busy: { busy: boolean; problem?: string } = { busy: false };
  private watching: { dispose(): void } | undefined;
  private readonly disposables: { dispose(): void }[];
  private readonly connection: Connection;
  private readonly key: string;

  constructor(
    private readonly services: RegistryServices,
    private readonly changed: () => void,
    private readonly panel: Panel<VersionArguments, VersionToPanel>,
  ) {
    this.connection = connectionOf(panel.args.connection);
    this.key = `version ${this.connection.id} ${panel.args.arn}`;
    this.disposables = [
      panel.onDidChangeVisibility((visible) => (visible ? this.watch() : this.rest())),
      services.connections.onDidChange(() => void services.watcher.refresh(this.key)),
    ];
    this.watch();
  }

  state(): VersionToPanel[] {
    const page = this.page();
    return [
      ...(page ? [{ type: 'page' as const, page }] : []),
      { type: 'freshness', ...this.freshness },
      { type: 'busy', ...this.busy },
    ];
  }

  async receive(message: VersionToHost): Promise<void> {
    switch (message.type) {
      case 'decide':
        return this.decide(message.approval, message.comment);
      case 'open':
        return this.open(message.link);
      case 'compare':
        return this.compare();
      case 'deploy':
      case 'transform':
        await commands.executeCommand(`mlopsFlow.${message.type}Model`, this.panel.args.arn, this.connection.id);
        return;
      case 'saveCard':
        return this.saveCard();
      case 'refresh':
        return this.services.watcher.refresh(this.key);
    }
  }

  dispose(): void {
    this.rest();
    for (const disposable of this.disposables) disposable.dispose();
  }

  private page(): VersionPage | undefined {
    return this.facts && pageOf(this.facts);
  }

  private watch(): void {
    this.watching ??= this.services.watcher.watch<VersionFacts>(
      {
        key: this.key,
        interval: () => (this.connection.kind === 'local' ? localInterval : awsInterval),
        poll: async (signal) => this.read(await this.services.connections.session(this.connection, signal)),
        // Others decide on it at any time.
        settled: () => false,
      },
      {
        value: (facts) => {
          const before = JSON.stringify(this.facts);
          this.facts = facts;
          this.freshness = { updatedAt: Date.now() };
          const { group, version } = pageOf(facts);
          this.panel.title = `${group} version ${version}`;
          if (JSON.stringify(facts) === before) this.panel.update({ type: 'freshness', ...this.freshness });
          else for (const message of this.state()) this.panel.update(message);
        },
        failed: (error) => {
          this.freshness = { ...this.freshness, problem: reasonOf(error) };
          this.panel.update({ type: 'freshness', ...this.freshness });
        },
      },
    );
  }

  private rest(): void {
    this.watching?.dispose();
    this.watching = undefined;
  }

  private async read(session: Session): Promise<VersionFacts> {
    const { arn } = this.panel.args;
    const described = await describePackage(session, arn);
    const report = described.ModelMetrics?.ModelQuality?.Statistics?.S3Uri;
    const generatedBy = described.MetadataProperties?.GeneratedBy;
    const [metrics, confusion, approved, run, releases] = await Promise.all([
      outcomeOf(report === undefined ? Promise.resolve([]) : this.services.reportNumbers(session, report)),
      outcomeOf(report === undefined ? Promise.resolve(undefined) : this.services.reportConfusion(session, report)),
      outcomeOf(this.approvedBeside(session, described.ModelPackageGroupName)),
      outcomeOf(
        generatedBy?.includes('/execution/') ? this.services.runOf(session, generatedBy) : Promise.resolve(undefined),
      ),
      outcomeOf(this.services.releasesOf(arn)),
    ]);
    const noMetrics = metrics.problem
      ? reasonOf(metrics.problem)
      : report === undefined
        ? 'The version was registered without a report of its quality (ModelMetrics).'
        : undefined;
    return {
      arn,
      connection: this.connection.label,
      described,
      metrics: metrics.value ?? [],
      releases: (releases.value ?? []).map(({ name }) => name),
      ...(noMetrics === undefined ? {} : { noMetrics }),
      ...(confusion.value ? { confusion: confusion.value } : {}),
      ...(approved.value ? { approved: approved.value } : {}),
      ...(run.value ? { run: run.value } : {}),
    };
  }

  /** The newest version of the group that is approved, beside this one. */
  private async approvedBeside(session: Session, group: string | undefined): Promise<VersionFacts['approved']> {
    if (!group) return undefined;
    const versions = await listVersions(session, group, lookedThrough);
    const found = versions.find(({ arn, approval }) => approval === 'Approved' && arn !== this.panel.args.arn);
    if (!found) return undefined;
    const { report, generatedBy } = await describeVersion(session, found.arn);
    const metrics = report === undefined ? [] : await this.services.reportNumbers(session, report);
    return { arn: found.arn, version: found.version, metrics, ...(generatedBy ? { run: generatedBy } : {}) };
  }

  private async decide(approval: string, comment: string): Promise<void> {
    if (this.busy.busy || (approval !== 'Approved' && approval !== 'Rejected')) return;
    this.say(true);
    try {
      if (comment.length > longestComment) throw new UserError(`A comment has at most ${longestComment} characters.`);
      const session = await this.services.connections.session(this.connection);
      const verb = approval === 'Approved' ? 'Approve' : 'Reject';
      const page = this.page();
      const text = `${verb} ${page?.group ?? ''} version ${page?.version ?? ''}?`;
      if (await confirmChange(session, { text, action: verb })) {
        await setApproval(session, this.panel.args.arn, approval, comment);
        this.changed();
        await this.services.watcher.refresh(this.key);
      }
      this.say(false);
    } catch (error) {
      this.say(false, messageOf(error));
    }
  }

  private say(busy: boolean, problem?: string): void {
    this.busy = { busy, ...(problem === undefined ? {} : { problem }) };
    this.panel.update({ type: 'busy', ...this.busy });
  }

  private async open(link: string): Promise<void> {
    if (link.startsWith('s3://')) return this.services.openObject(link, this.connection);
    if (link.includes('/execution/')) return this.services.openRun(link, this.connection);
    if (link !== this.panel.args.arn) this.services.openVersion(link, this.connection);
  }

  private compare(): void {
    const { approved, run } = this.facts ?? {};
    if (approved?.run !== undefined && run) this.services.compareRuns([approved.run, run.arn], this.connection);
  }

  private async saveCard(): Promise<void> {
    const page = this.page();
    if (page?.card === undefined) return;
    const folder = workspace.workspaceFolders?.[0]?.uri;
    const target = await window.showSaveDialog({
      title: 'Export Model Card',
      filters: { JSON: ['json'] },
      ...(folder ? { defaultUri: Uri.joinPath(folder, `${page.group}-${page.version}-card.json`) } : {}),
    });
    if (target) await workspace.fs.writeFile(target, Buffer.from(page.card, 'utf8'));
  }
}
