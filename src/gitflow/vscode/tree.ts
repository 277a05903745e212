import type { Disposable, TreeView } from 'vscode';
import {
  contextKeys,
  log,
  messageOf,
  messageRow,
  onSettingsChanged,
  type RowTree,
  settings,
  type Row,
} from '../../workbench';
import { answersSent } from '../../workbench/later';
import { count } from '../../shared/format';
import { baseOf as baseBranchOf, keptPlain, type Branch, type BranchDetails, type Relation } from '../index';
import {
  actionRow,
  branchRow,
  groupBranches,
  groupRow,
  groupsOf,
  keptRows,
  remoteRow,
  repositoryRow,
  tagRow,
  type BranchFacts,
  type FlowRow,
  type GroupedBranches,
  type GroupId,
  type Target,
} from './rows';
import type { Snapshot, Snapshots } from './repositories/snapshots';

/** How many rows of a group are made at once; a row at the end asks for as many more. */
const pageSize = 100;
/** As many members as a group shows without being opened. */
const fewBranches = 10;

/** What the Branches view shows: fills the tree from the snapshots and keeps it up to date. */
export class BranchesView implements Disposable {
  private readonly listeners: Disposable[];
  private readonly pages = new Map<string, number>();
  private readonly grouped = new WeakMap<Snapshot, { filter: string; result: GroupedBranches }>();
  private filter = '';
  /** True once rows of branches were shown. */
  private shown = false;

  constructor(
    private readonly snapshots: Snapshots,
    private readonly tree: RowTree,
    private readonly view: TreeView<Row>,
  ) {
    this.listeners = [
      snapshots.onDidChange(() => this.refresh()),
      onSettingsChanged(['gitflow.staleAfterDays'], () => this.refresh()),
    ];
  }

  get activeFilter(): string {
    return this.filter;
  }

  /** Shows the branches whose names hold every word of `text`; everything where it is empty. */
  setFilter(text: string): void {
    this.filter = text.trim();
    this.pages.clear();
    contextKeys.set('mlopsFlow.branchFilter', this.filter !== '');
    this.refresh();
  }

  /** Makes the next page of a group. */
  showMore(groupRowId: string): void {
    this.pages.set(groupRowId, (this.pages.get(groupRowId) ?? 1) + 1);
    this.tree.refresh(groupRowId);
  }

  refresh(): void {
    this.tree.refresh();
    this.tellFilter().then(undefined, (error: unknown) => log().warn(`Branches: ${messageOf(error)}`));
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
  }

  private async tellFilter(): Promise<void> {
    let message: string | undefined;
    if (this.filter !== '') {
      const grouped = (await this.snapshots.all()).map((snapshot) => this.group(snapshot));
      const sum = (of: (one: GroupedBranches) => number) => grouped.reduce((total, one) => total + of(one), 0);
      message = `Filter '${this.filter}': ${sum(({ shown }) => shown)} of ${count(
        sum(({ total }) => total),
        'branch or tag',
        'branches and tags',
      )}`;
    }
    // Setting it to what it is makes the view jump.
    if (this.view.message !== message) this.view.message = message;
  }

  /** The rows at the top. */
  async roots(): Promise<FlowRow[]> {
    const repositories = await this.snapshots.repositories.list();
    if (repositories.length !== 1) {
      if (repositories.length === 0) contextKeys.set('mlopsFlow.repository', 'none');
      return repositories.map((repository) => ({
        ...repositoryRow(repository, repositories),
        children: async () => this.repositoryRows(await this.snapshots.of(repository)),
      }));
    }
    const [only] = repositories;
    return only ? this.repositoryRows(await this.snapshots.of(only)) : [];
  }

  private async repositoryRows(snapshot: Snapshot): Promise<FlowRow[]> {
    const { state, root } = snapshot;
    const grouped = this.group(snapshot);
    const facts = factsOf(snapshot);
    const rows: FlowRow[] = [];
    if (snapshot.problem !== undefined) rows.push(messageRow(`${root}|problem`, snapshot.problem, 'error'));
    const action = actionRow(state, root);
    if (action)
      rows.push({
        ...action,
        ...(state.conflicts.length > 0 ? { expanded: true, children: () => conflictRows(snapshot) } : {}),
      });
    const setUp = setUpRow(snapshot);
    if (setUp && grouped.total > 0) rows.push(setUp);
    rows.push(...(await this.branchRows(snapshot, grouped.trunk)));
    const currentRole = snapshot.listing.local.find(({ current }) => current)?.role;
    for (const { id, title, always } of groupsOf(snapshot.configuration)) {
      const members = membersOf(grouped, id);
      if (members === 0 && !(always && state.ready && this.filter === '')) continue;
      const row = groupRow(id, title, members, facts);
      // A branch that was just started should be seen; a long list should not push the others away.
      const expanded = this.filter !== '' || (members <= fewBranches && (always || id === currentRole));
      const children = () => this.groupRows(snapshot, id, row.id);
      rows.push(members > 0 ? { ...row, expanded, children } : row);
    }
    if (state.kept.length > 0) {
      const { group, members } = keptRows(state.kept, root);
      rows.push({ ...group, children: async () => members });
    }
    return rows;
  }

  private async groupRows(snapshot: Snapshot, id: GroupId, rowId: string): Promise<FlowRow[]> {
    const grouped = this.group(snapshot);
    const shown = pageSize * (this.pages.get(rowId) ?? 1);
    const left = membersOf(grouped, id) - shown;
    const rows = await this.pageRows(snapshot, grouped, id, shown);
    if (left > 0) {
      const target: Target = { what: 'more', root: snapshot.root, group: rowId };
      const more = { command: 'mlopsFlow.flow.showMoreBranches', title: 'Show More', arguments: [{ target }] };
      rows.push(messageRow(`${rowId}|more`, `Show ${Math.min(pageSize, left)} more of ${left}…`, 'ellipsis', more));
    }
    return rows;
  }

  private async pageRows(snapshot: Snapshot, grouped: GroupedBranches, id: GroupId, shown: number): Promise<FlowRow[]> {
    const { root, listing, state, configuration } = snapshot;
    if (id === 'tags') return grouped.tags.sorted.slice(0, shown).map((tag) => tagRow(tag, root));
    if (id !== 'remotes') return this.branchRows(snapshot, (grouped.branches.get(id)?.sorted ?? []).slice(0, shown));
    const local = new Set(listing.local.map(({ name }) => name));
    return grouped.remotes.sorted.slice(0, shown).map((branch) => {
      const here = local.has(branch.name);
      const topic = Object.hasOwn(configuration.prefixes, branch.role);
      const trackable = state.ready && !here && topic && branch.remote === configuration.origin;
      return remoteRow(branch, root, { here, trackable });
    });
  }

  /**
   * Rows with what one `for-each-ref` tells of them; how they stand to their bases follows when it is known. The very
   * first rows wait for neither: a repository with many branches shows its names at once.
   */
  private async branchRows(snapshot: Snapshot, branches: readonly Branch[]): Promise<FlowRow[]> {
    if (branches.length === 0) return [];
    const known = this.relations.get(snapshot);
    if (!this.shown) {
      this.shown = true;
      void this.describe(snapshot, branches);
      return branches.map((branch) => this.branchRow(snapshot, branch, new Map(), known));
    }
    const details = await this.readDetails(snapshot, branches);
    this.followRelations(snapshot, branches, details);
    return branches.map((branch) => this.branchRow(snapshot, branch, details, known));
  }

  /** Adds to rows that are shown what is told of them later. */
  private async describe(snapshot: Snapshot, branches: readonly Branch[]): Promise<void> {
    // To start a process takes longer than to make the rows.
    await answersSent();
    const details = await this.readDetails(snapshot, branches);
    for (const branch of branches)
      this.repaint(this.branchRow(snapshot, branch, details, this.relations.get(snapshot)));
    this.followRelations(snapshot, branches, details);
  }

  /** Never rejects: rows without details are better than none. */
  private async readDetails(
    snapshot: Snapshot,
    branches: readonly Branch[],
  ): Promise<ReadonlyMap<string, BranchDetails>> {
    return snapshot.core.details(branches.map(({ ref }) => ref)).catch((error: unknown) => {
      log().warn(`Branches: ${messageOf(error)}`);
      return new Map<string, BranchDetails>();
    });
  }

  private followRelations(
    snapshot: Snapshot,
    branches: readonly Branch[],
    details: ReadonlyMap<string, BranchDetails>,
  ): void {
    if (!snapshot.state.ready) return;
    this.relate(snapshot, branches, details).then(undefined, (error: unknown) =>
      log().warn(`Branches: ${messageOf(error)}`),
    );
  }

  /** Shows a row anew where it says something else than before. */
  private repaint(row: FlowRow): void {
    if (this.tree.row(row.id)?.description !== row.description) this.tree.update(row);
  }

  private readonly relations = new WeakMap<Snapshot, Map<string, Relation>>();

  private async relate(
    snapshot: Snapshot,
    branches: readonly Branch[],
    details: ReadonlyMap<string, BranchDetails>,
  ): Promise<void> {
    const known = this.relations.get(snapshot) ?? new Map<string, Relation>();
    this.relations.set(snapshot, known);
    const byBase = new Map<string, Branch[]>();
    for (const branch of branches) {
      const base = known.has(branch.ref) ? undefined : baseOf(snapshot, branch);
      if (base === undefined) continue;
      const members = byBase.get(base);
      if (members) members.push(branch);
      else byBase.set(base, [branch]);
    }
    for (const [base, members] of byBase) {
      const found = await snapshot.core.relations(
        base,
        members.map(({ ref }) => ref),
      );
      for (const branch of members) {
        const relation = found.get(branch.ref);
        if (relation === undefined) continue;
        known.set(branch.ref, relation);
        this.repaint(this.branchRow(snapshot, branch, details, known));
      }
    }
  }

  private branchRow(
    snapshot: Snapshot,
    branch: Branch,
    details: ReadonlyMap<string, BranchDetails>,
    relations: ReadonlyMap<string, Relation> | undefined,
  ): FlowRow {
    const detail = details.get(branch.ref);
    const relation = relations?.get(branch.ref);
    const base = baseOf(snapshot, branch);
    return branchRow(branch, {
      ...factsOf(snapshot),
      ...(detail && { details: detail }),
      ...(relation && { relation }),
      ...(base !== undefined && { base }),
    });
  }

  private group(snapshot: Snapshot): GroupedBranches {
    const kept = this.grouped.get(snapshot);
    if (kept?.filter === this.filter) return kept.result;
    const stays = snapshot.configuration.model.bases.map(({ name }) => name);
    const result = groupBranches(snapshot.listing, this.filter, stays);
    this.grouped.set(snapshot, { filter: this.filter, result });
    return result;
  }
}

/** The way to a branching model, where there is none and the user has not said that it shall stay so. */
function setUpRow({ root, state, configuration }: Snapshot): FlowRow | undefined {
  if (state.initialised || configuration.get(keptPlain) === 'plain') return undefined;
  const broken = configuration.flavour !== 'none';
  const target: Target = { what: 'repository', root };
  return {
    ...messageRow(`${root}|init`, broken ? 'Set up Gitflow…' : 'Choose Branching Model…', 'gear', {
      command: broken ? 'mlopsFlow.flow.init' : 'mlopsFlow.flow.chooseModel',
      title: 'Choose',
      arguments: [{ target }],
    }),
    tooltip: broken
      ? (state.whyNot ?? 'The long-lived branches are not set.')
      : 'Gitflow, GitHub flow, GitLab flow or trunk-based. Without one, topics are started from the default branch and finished into it.',
  };
}

function factsOf({ root, state, configuration }: Snapshot): BranchFacts {
  return {
    root,
    hasRemotes: state.remotes.length > 0,
    ready: state.ready,
    promotable: configuration.model.bases.flatMap(({ name, parent, upstream }) =>
      parent === undefined || upstream === 'none' || configuration.flavour === 'avh' ? [] : [name],
    ),
    busy: state.journal !== undefined,
    elsewhere: state.elsewhere,
    staleAfterDays: settings('gitflow.staleAfterDays') ?? 0,
    now: Date.now(),
  };
}

function membersOf(grouped: GroupedBranches, id: GroupId): number {
  if (id === 'tags') return grouped.tags.size;
  return id === 'remotes' ? grouped.remotes.size : (grouped.branches.get(id)?.size ?? 0);
}

/** What a branch is compared with; production with nothing. */
function baseOf({ configuration }: Snapshot, { name, role }: Branch): string | undefined {
  const { main, develop, flavour, bases } = configuration;
  if (role === 'main') return undefined;
  if (flavour !== 'avh') return baseBranchOf(configuration, name);
  if (role === 'develop') return main;
  return bases.get(name) ?? (role === 'hotfix' || role === 'support' ? main : develop);
}

function conflictRows({ root, state }: Snapshot): FlowRow[] {
  return state.conflicts.map((path) => ({
    id: `${root}|conflict|${path}`,
    label: path,
    description: 'conflict',
    icon: { icon: 'git-merge' },
    context: 'conflict',
    command: {
      command: 'mlopsFlow.flow.openConflict',
      title: 'Open the Merge Editor',
      arguments: [{ target: { what: 'conflict', root, path } }],
    },
    target: { what: 'conflict', root, path },
  }));
}
