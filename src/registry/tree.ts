import type { ModelApprovalStatus, ModelPackageGroupSummary, ModelPackageSummary } from '@aws-sdk/client-sagemaker';
import { type Disposable, MarkdownString, type TreeView } from 'vscode';
import type { Session } from '../aws';
import { formatNumber, formatTime } from '../shared/format';
import { contextKeys, messageRow, type Row, type RowIcon, type RowTree } from '../workbench';
import type { RegistryServices } from './register';
import { describeVersion, listGroups, listVersions, type ModelVersion } from './service';

const KEY = 'models tree';
/** Milliseconds between looks at the registry while the view can be seen; it changes seldom. */
const LOCAL_INTERVAL = 2_000;
const AWS_INTERVAL = 30_000;
/** So many metrics stand beside a version; the tooltip has the rest. */
const METRICS_SHOWN = 2;
/** So many versions of a group are shown; each is described by a request of its own. */
const VERSIONS_SHOWN = 50;
/** Up to so many groups are shown open; what is closed costs no request. */
const GROUPS_OPEN = 8;

const APPROVAL_ICONS: Record<ModelApprovalStatus, RowIcon> = {
  Approved: { icon: 'verified-filled', color: 'testing.iconPassed' },
  Rejected: { icon: 'error', color: 'testing.iconFailed' },
  PendingManualApproval: { icon: 'question', color: 'charts.yellow' },
};

/** A row of a model version, as the commands of the tree get it. */
export interface VersionRow extends Row {
  model: ModelVersion;
}

/** The versions of a group: what was listed, as text that tells a change, and the rows made of it. */
interface Versions {
  listed: string;
  rows: readonly Row[];
}

/**
 * The Models view: groups, and below each its versions with their approval and metrics. While the view can be seen,
 * what is expanded is followed.
 */
export class ModelsTree implements Disposable {
  private readonly disposables: Disposable[];
  /** What a person opened or closed; the others are as `GROUPS_OPEN` says. */
  private readonly opened = new Map<string, boolean>();
  /** What the last poll found. */
  private groupsListed: readonly ModelPackageGroupSummary[] | undefined;
  private readonly versionsListed = new Map<string, Versions>();
  /** Descriptions by version, with the summary they belong to. */
  private readonly described = new Map<string, { summary: string; model: Promise<ModelVersion> }>();
  private watching: { dispose(): void } | undefined;

  /** `view` shows `tree`, whose roots are `groups()`. */
  constructor(
    private readonly services: RegistryServices,
    private readonly tree: RowTree,
    private readonly view: TreeView<Row>,
  ) {
    this.disposables = [
      this.view.onDidExpandElement(({ element }) => void this.opened.set(element.id, true)),
      this.view.onDidCollapseElement(({ element }) => void this.opened.set(element.id, false)),
      this.view.onDidChangeVisibility(({ visible }) => (visible ? this.watch() : this.rest())),
    ];
    if (this.view.visible) this.watch();
  }

  /** Shows the connection's models anew. */
  refresh(): void {
    this.forget();
    this.tree.refresh();
  }

  /** Selects the row of a version, as soon as it is listed. */
  async reveal(arn: string): Promise<void> {
    const group = arn.split('/').at(-2) ?? '';
    this.forget();
    await this.tree.getChildren();
    const parent = this.tree.row(groupId(group));
    if (parent) await this.tree.getChildren(parent);
    const row = this.tree.row(arn);
    if (row) await this.view.reveal(row, { select: true, focus: true });
  }

  dispose(): void {
    this.rest();
    for (const disposable of this.disposables) disposable.dispose();
  }

  private watch(): void {
    this.watching ??= this.services.watcher.watch(
      {
        key: KEY,
        interval: this.services.connections.active.kind === 'local' ? LOCAL_INTERVAL : AWS_INTERVAL,
        poll: () => this.follow(),
        settled: () => false,
      },
      { value: () => undefined, failed: () => this.refresh() },
    );
  }

  private rest(): void {
    this.watching?.dispose();
    this.watching = undefined;
  }

  private forget(): void {
    this.groupsListed = undefined;
    this.versionsListed.clear();
    this.described.clear();
  }

  /**
   * Reloads the parts of the tree that have changed since they were shown. The new rows are made first: while VS Code
   * waits for them it has forgotten the old ones, and a click on one of those would be lost.
   */
  private async follow(): Promise<void> {
    const session = await this.services.connections.session();
    const groups = await listGroups(session);
    const names = groups.map(({ ModelPackageGroupName: name = '' }) => name);
    const open = names.filter((name) => this.isOpen(name, names.length));
    const read = await Promise.all(open.map(async (name) => [name, await this.read(session, name)] as const));
    const changed = JSON.stringify(this.groupsListed) !== JSON.stringify(groups);
    const moved = read.filter(([name, versions]) => this.versionsListed.get(name) !== versions);
    this.groupsListed = groups;
    this.versionsListed.clear();
    for (const [name, versions] of read) this.versionsListed.set(name, versions);
    if (changed) this.tree.refresh();
    else for (const [name] of moved) this.tree.refresh(groupId(name));
  }

  private isOpen(name: string, groups: number): boolean {
    return this.opened.get(groupId(name)) ?? groups <= GROUPS_OPEN;
  }

  /** The rows of the groups, the top of the view. */
  async groups(): Promise<Row[]> {
    const groups = this.groupsListed ?? (await listGroups(await this.services.connections.session()));
    this.groupsListed = groups;
    contextKeys.set('mlopsFlow.modelsListed', true);
    return groups.map(({ ModelPackageGroupName: name = '', ModelPackageGroupDescription: description }) => ({
      id: groupId(name),
      label: name,
      ...(description ? { description } : {}),
      icon: { icon: 'package' },
      context: 'modelGroup',
      expanded: this.isOpen(name, groups.length),
      children: () => this.versions(name),
    }));
  }

  private async versions(group: string): Promise<readonly Row[]> {
    const versions =
      this.versionsListed.get(group) ?? (await this.read(await this.services.connections.session(), group));
    this.versionsListed.set(group, versions);
    return versions.rows;
  }

  /** Lists a group's versions; the same object as before where nothing has changed. */
  private async read(session: Session, group: string): Promise<Versions> {
    // One more than is shown, so that it is known whether there are older ones.
    const versions = await listVersions(session, group, VERSIONS_SHOWN + 1);
    const listed = JSON.stringify(versions);
    const known = this.versionsListed.get(group);
    if (known?.listed === listed) return known;
    const rows: Row[] = await Promise.all(
      versions.slice(0, VERSIONS_SHOWN).map(async (version) => this.versionRow(await this.describe(session, version))),
    );
    if (versions.length > VERSIONS_SHOWN)
      rows.push(messageRow(`${groupId(group)}#older`, `These are the newest ${VERSIONS_SHOWN} versions`));
    return { listed, rows };
  }

  /** A version's description, asked again only where its summary has changed. */
  private describe(session: Session, version: ModelPackageSummary): Promise<ModelVersion> {
    const { ModelPackageArn: arn = '' } = version;
    const summary = JSON.stringify(version);
    const known = this.described.get(arn);
    if (known?.summary === summary) return known.model;
    const model = describeVersion(session, arn);
    this.described.set(arn, { summary, model });
    model.catch(() => this.described.delete(arn));
    return model;
  }

  private async versionRow(model: ModelVersion): Promise<VersionRow> {
    const metrics = await this.services.reportNumbers(model.report);
    const shown = metrics
      .slice(0, METRICS_SHOWN)
      .map(([name, value]) => `${name} ${formatNumber(value)}`)
      .join(', ');
    const abilities = [
      ...(model.approval === 'Approved' ? [] : ['approvable']),
      ...(model.approval === 'Rejected' ? [] : ['rejectable']),
      ...(model.generatedBy ? ['traceable'] : []),
    ];
    return {
      id: model.arn,
      label: `Version ${model.version}`,
      description: [model.approval, shown].filter((part) => part !== '').join(' · '),
      resolveTooltip: async () => tooltipOf(model, metrics, await this.services.releasesOf(model.arn)),
      icon: APPROVAL_ICONS[model.approval],
      context: `modelVersion ${abilities.join(' ')}`,
      accessibleLabel: `${model.group} version ${model.version}, ${model.approval}, ${shown}`,
      model,
    };
  }
}

function groupId(name: string): string {
  return `group ${name}`;
}

function tooltipOf(
  model: ModelVersion,
  metrics: readonly (readonly [string, number])[],
  releases: readonly { name: string }[],
): MarkdownString {
  const text = new MarkdownString();
  text.appendMarkdown(`**${escape(model.group)} version ${model.version}** — ${model.approval}\n\n`);
  if (model.description) text.appendText(`${model.description}\n\n`);
  if (model.approvalDescription) text.appendText(`${model.approvalDescription}\n\n`);
  for (const { name } of releases) text.appendMarkdown(`Released as **${escape(name)}**\n\n`);
  for (const [name, value] of metrics) text.appendMarkdown(`- ${escape(name)}: ${formatNumber(value)}\n`);
  if (model.created) text.appendText(`\nRegistered ${formatTime(model.created.getTime())}`);
  return text;
}

function escape(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>]/g, String.raw`\$&`);
}
