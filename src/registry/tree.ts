import type { ModelApprovalStatus } from '@aws-sdk/client-sagemaker';
import { type Disposable, MarkdownString, type TreeView, window } from 'vscode';
import { formatNumber, formatTime } from '../shared/format';
import { contextKeys, type Row, type RowIcon, RowTree } from '../workbench';
import type { RegistryServices } from './commands';
import { describeVersion, listGroups, listVersions, type ModelVersion } from './service';

const KEY = 'models tree';
/** Milliseconds between looks at the registry while the view can be seen; it changes seldom. */
const LOCAL_INTERVAL = 2_000;
const AWS_INTERVAL = 30_000;
/** So many metrics stand beside a version; the tooltip has the rest. */
const METRICS_SHOWN = 2;

const APPROVAL_ICONS: Record<ModelApprovalStatus, RowIcon> = {
  Approved: { icon: 'verified-filled', color: 'testing.iconPassed' },
  Rejected: { icon: 'error', color: 'testing.iconFailed' },
  PendingManualApproval: { icon: 'question', color: 'charts.yellow' },
};

/** A row of a model version, as the commands of the tree get it. */
export interface VersionRow extends Row {
  model: ModelVersion;
}

/** The Models view: groups, and below each its versions with their approval and metrics. */
export class ModelsTree implements Disposable {
  private readonly tree: RowTree;
  private readonly view: TreeView<Row>;
  private readonly disposables: Disposable[];
  private shown = '';
  private watching: { dispose(): void } | undefined;

  constructor(private readonly services: RegistryServices) {
    this.tree = new RowTree('models', () => this.groups());
    this.view = window.createTreeView('mlopsFlow.models', { treeDataProvider: this.tree, showCollapseAll: true });
    this.disposables = [
      this.tree,
      this.view,
      this.view.onDidChangeVisibility(({ visible }) => (visible ? this.watch() : this.rest())),
    ];
    if (this.view.visible) this.watch();
  }

  /** Shows the connection's models anew. */
  refresh(): void {
    this.shown = '';
    this.tree.refresh();
  }

  /** Selects the row of a version, as soon as it is listed. */
  async reveal(arn: string): Promise<void> {
    const group = arn.split('/').at(-2) ?? '';
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
      { value: () => undefined, failed: () => this.tree.refresh() },
    );
  }

  private rest(): void {
    this.watching?.dispose();
    this.watching = undefined;
  }

  private async follow(): Promise<void> {
    const session = await this.services.connections.session();
    const groups = await listGroups(session);
    const versions = await Promise.all(
      groups.map(({ ModelPackageGroupName = '' }) => listVersions(session, ModelPackageGroupName)),
    );
    const text = JSON.stringify([groups, versions]);
    if (text !== this.shown) this.tree.refresh();
    this.shown = text;
  }

  private async groups(): Promise<Row[]> {
    const groups = await listGroups(await this.services.connections.session());
    contextKeys.set('mlopsFlow.modelsListed', true);
    return groups.map(({ ModelPackageGroupName: name = '', ModelPackageGroupDescription: description }) => ({
      id: groupId(name),
      label: name,
      ...(description ? { description } : {}),
      icon: { icon: 'package' },
      context: 'modelGroup',
      expanded: true,
      children: () => this.versions(name),
    }));
  }

  private async versions(group: string): Promise<Row[]> {
    const session = await this.services.connections.session();
    const summaries = await listVersions(session, group);
    return Promise.all(
      summaries.map(async ({ ModelPackageArn: arn = '' }) => this.versionRow(await describeVersion(session, arn))),
    );
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
