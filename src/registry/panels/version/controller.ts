import { commands, Uri, window, workspace } from 'vscode';
import { type Connection, connectionOf, outcomeOf, type Session } from '../../../aws';
import { confirmChange } from '../../../aws/confirm';
import { messageOf, reasonOf, UserError } from '../../../workbench';
import type { Panel, PanelController } from '../../../workbench/panel';
import type { RegistryServices } from '../../services';
import { cardMarkdown, cardProblem, indented } from '../../card';
import type { ListedVersion } from '../../model';
import { versionTitle } from '../../../shared/format';
import { describePackage, listVersions, readLineage, setApproval, setCard } from '../../service';
import type { VersionArguments, VersionGate, VersionPage, VersionToHost, VersionToPanel } from './contract';
import { isVersionToHost } from './messages';
import { pageOf, type MakingRun, type VersionBeside, type VersionFacts } from './page';

/** So many of the newest versions can be compared with; the approved one is looked for among them. */
const lookedThrough = 100;
/** Milliseconds between looks at a version. */
const localInterval = 2000;
const awsInterval = 30_000;
const longestComment = 1024;

/** The page of one model version, read while it can be seen, over the connection that it was opened for. */
export class VersionController implements PanelController<VersionToPanel, VersionToHost> {
  readonly accepts = isVersionToHost;
  private facts: VersionFacts | undefined;
  private freshness: { updatedAt?: number; problem?: string } = {};
  private busy: { busy: boolean; problem?: string } = { busy: false };
  /** The version that the user compares with; undefined for the approved one. */
  private against: string | undefined;
  /** What runs measured: they have ended, so it stays. */
  private readonly measured = new Map<string, Awaited<ReturnType<RegistryServices['metricsOfRun']>>>();
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
      case 'against':
        this.against = message.arn === '' ? undefined : message.arn;
        return this.services.watcher.refresh(this.key);
      case 'exportCard':
        return this.exportCard();
      case 'saveCard':
        return this.saveCard(message.content, message.before);
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
          this.panel.title = versionTitle(group, version);
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
    const [metrics, confusion, versions, run, releases, live, lineage] = await Promise.all([
      outcomeOf(this.numbersOf(session, described)),
      outcomeOf(report === undefined ? Promise.resolve(undefined) : this.services.reportConfusion(session, report)),
      outcomeOf(this.versionsOf(session, described.ModelPackageGroupName)),
      outcomeOf(this.runOf(session, described)),
      outcomeOf(this.services.releasesOf(arn)),
      outcomeOf(this.services.livePlaces(session)),
      outcomeOf(readLineage(session, arn)),
    ]);
    const [beside, gates] = await Promise.all([
      outcomeOf(this.beside(session, versions.value ?? [])),
      outcomeOf(this.gatesOf(session, described, run.value, metrics.value ?? [])),
    ]);
    const noMetrics = metrics.problem
      ? reasonOf(metrics.problem)
      : report === undefined
        ? 'The version was registered without a report of its quality (ModelMetrics).'
        : undefined;
    const unread = live.problem ?? live.value?.problem ?? lineage.problem;
    const others = [versions, run, releases, beside, gates, ...(metrics.problem ? [] : [confusion])];
    const problems = [...new Set(others.flatMap(({ problem }) => (problem ? [reasonOf(problem)] : [])))];
    return {
      arn,
      connection: this.connection.label,
      described,
      metrics: metrics.value ?? [],
      versions: versions.value ?? [],
      gates: gates.value ?? [],
      endpoints: (live.value?.places.get(arn) ?? []).map(({ endpoint }) => endpoint),
      releases: (releases.value ?? []).map(({ name }) => name),
      problems,
      ...(lineage.value ? { lineage: lineage.value } : {}),
      ...(unread ? { lineageProblem: reasonOf(unread) } : {}),
      ...(noMetrics === undefined ? {} : { noMetrics }),
      ...(confusion.value ? { confusion: confusion.value } : {}),
      ...(beside.value ? { beside: beside.value } : {}),
      ...(run.value ? { run: run.value } : {}),
    };
  }

  private async numbersOf(
    session: Session,
    { ModelMetrics }: VersionFacts['described'],
  ): Promise<VersionFacts['metrics']> {
    const report = ModelMetrics?.ModelQuality?.Statistics?.S3Uri;
    return report === undefined ? [] : this.services.reportNumbers(session, report);
  }

  private async runOf(session: Session, described: VersionFacts['described']): Promise<MakingRun | undefined> {
    const arn = described.MetadataProperties?.GeneratedBy;
    return arn?.includes('/execution/') ? this.services.runOf(session, arn) : undefined;
  }

  private async versionsOf(session: Session, group: string | undefined): Promise<ListedVersion[]> {
    return group === undefined ? [] : listVersions(session, group, lookedThrough);
  }

  /** The version that this one is compared with: the chosen one, else the newest other that is approved. */
  private async beside(session: Session, versions: readonly ListedVersion[]): Promise<VersionBeside | undefined> {
    const arn =
      this.against ?? versions.find((each) => each.approval === 'Approved' && each.arn !== this.panel.args.arn)?.arn;
    if (arn === undefined) return undefined;
    const described = await describePackage(session, arn);
    const [metrics, run] = await Promise.all([
      outcomeOf(this.numbersOf(session, described)),
      outcomeOf(this.runOf(session, described)),
    ]);
    return { arn, described, metrics: metrics.value ?? [], ...(run.value ? { run: run.value } : {}) };
  }

  /** What the gates of releases say of it: by all that its run measured, else by the numbers of its report. */
  private async gatesOf(
    session: Session,
    described: VersionFacts['described'],
    run: MakingRun | undefined,
    numbers: VersionFacts['metrics'],
  ): Promise<VersionGate[]> {
    const { ModelPackageGroupName: group = '', ModelPackageVersion: version = 0 } = described;
    const metrics = run ? await this.metricsOf(session, run.arn) : Object.fromEntries(numbers);
    const judged = await this.services.gatesOf({
      arn: this.panel.args.arn,
      group,
      version,
      approval: described.ModelApprovalStatus ?? 'PendingManualApproval',
      measuredBy: run ? `Run ${run.name}` : `The report of version ${version}`,
      metrics,
      ...(run ? { pipeline: run.pipeline } : {}),
    });
    return judged.map(({ title, state, evidence, remedy }) => ({
      title,
      state,
      evidence,
      ...(remedy === undefined ? {} : { remedy }),
    }));
  }

  private async metricsOf(session: Session, run: string) {
    const known = this.measured.get(run);
    if (known) return known;
    const metrics = await this.services.metricsOfRun(session, run);
    this.measured.set(run, metrics);
    return metrics;
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
    if (link.startsWith('endpoint/')) return this.services.openEndpoint(link.slice(9), this.connection);
    if (link.includes('/execution/')) return this.services.openRun(link, this.connection);
    if (link !== this.panel.args.arn) this.services.openVersion(link, this.connection);
  }

  private compare(): void {
    const { beside, run } = this.facts ?? {};
    if (beside?.run && run) this.services.compareRuns([beside.run.arn, run.arn], this.connection);
  }

  /** Writes the card, unless somebody else has written it since the page was read. */
  private async saveCard(content: string, before: string): Promise<void> {
    try {
      const problem = cardProblem(content);
      if (problem !== undefined) throw new UserError(problem);
      const session = await this.services.connections.session(this.connection);
      const { ModelCard: card } = await describePackage(session, this.panel.args.arn);
      if (indented(card?.ModelCardContent ?? '') !== before) {
        throw new UserError('The model card was changed meanwhile. Copy your text, cancel, and edit the new card.');
      }
      const page = this.page();
      const text = `Write the model card of ${page?.group ?? ''} version ${page?.version ?? ''}?`;
      if (!(await confirmChange(session, { text, action: 'Write' }))) {
        return this.panel.update({ type: 'cardSaved', problem: 'The model card was not written.' });
      }
      await setCard(session, this.panel.args.arn, content, card?.ModelCardStatus ?? 'Draft');
      this.panel.update({ type: 'cardSaved' });
      await this.services.watcher.refresh(this.key);
    } catch (error) {
      this.panel.update({ type: 'cardSaved', problem: messageOf(error) });
    }
  }

  private async exportCard(): Promise<void> {
    const page = this.page();
    if (page?.card === undefined) return;
    const folder = workspace.workspaceFolders?.[0]?.uri;
    const target = await window.showSaveDialog({
      title: 'Export Model Card',
      filters: { Markdown: ['md'], JSON: ['json'] },
      ...(folder ? { defaultUri: Uri.joinPath(folder, `${page.group}-${page.version}-card.md`) } : {}),
    });
    if (!target) return;
    const { content } = page.card;
    const text = target.path.endsWith('.json')
      ? content
      : cardMarkdown(`${page.group} version ${page.version}`, content);
    await workspace.fs.writeFile(target, Buffer.from(text, 'utf8'));
  }
}
