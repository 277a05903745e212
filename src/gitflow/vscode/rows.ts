/** What the Branches view shows, as data: which rows there are, in which order, and what each says. No VS Code here. */
import { dirname } from 'node:path';
import { compare, parse } from 'semver';
import { count, formatAge, formatTime, shortId } from '../../shared/format';
import type { Row } from '../../workbench';
import { branchKinds } from '../index';
import type {
  Branch,
  BranchDetails,
  BranchListing,
  BranchRole,
  Configuration,
  JournalView,
  Kept,
  Relation,
  RepositoryState,
  Tag,
} from '../index';

/** The role of its branches, or `tags`, or `remotes`. */
export type GroupId = string;

/** What a row stands for: commands take it as their argument. */
export type Target =
  | { what: 'repository'; root: string }
  | { what: 'group'; root: string; group: GroupId }
  | { what: 'branch'; root: string; branch: Branch }
  | { what: 'tag'; root: string; tag: Tag }
  | { what: 'action'; root: string }
  | { what: 'kept'; root: string; kept: Kept }
  | { what: 'conflict'; root: string; path: string }
  /** The end of a page: `group` is the row whose next page it stands for. */
  | { what: 'more'; root: string; group: string };

export interface FlowRow extends Row {
  target?: Target;
}

export interface Group {
  id: GroupId;
  title: string;
  /** It is listed while nothing is in it, so that one can start a branch there. */
  always: boolean;
}

const groupTitles: Readonly<Record<string, string>> = {
  feature: 'Features',
  bugfix: 'Bugfixes',
  release: 'Releases',
  hotfix: 'Hotfixes',
  support: 'Support',
  topic: 'Topics',
};

/** The groups in the order of the view, below the branches that stay: of Gitflow's kinds, or of the model's types. */
export function groupsOf({ flavour, model }: Pick<Configuration, 'flavour' | 'model'>): Group[] {
  const kinds: readonly string[] = flavour === 'avh' ? branchKinds : model.topics.map(({ name }) => name);
  const usual = ['feature', 'release', 'hotfix'];
  const few = kinds.length <= usual.length;
  return [
    ...kinds.map((id) => ({
      id,
      title: groupTitles[id] ?? `${id.charAt(0).toUpperCase()}${id.slice(1)}`,
      always: few || usual.includes(id),
    })),
    { id: 'other', title: 'Other', always: false },
    { id: 'tags', title: 'Tags', always: false },
    { id: 'remotes', title: 'Remotes', always: false },
  ];
}

/** Branches that stay, whatever the model. */
export function isBase(role: BranchRole): boolean {
  return role === 'main' || role === 'develop' || role === 'base';
}

/** What a group has, put in order when it is first looked into: of most groups only the number is shown. */
export class Members<Each> {
  private isSorted = false;

  constructor(
    private readonly all: Each[],
    private readonly order: (a: Each, b: Each) => number,
  ) {}

  get size(): number {
    return this.all.length;
  }

  get sorted(): readonly Each[] {
    if (!this.isSorted) this.all.sort(this.order);
    this.isSorted = true;
    return this.all;
  }
}

/** The listing, sorted into the groups and narrowed by the filter. */
export interface GroupedBranches {
  /** The branches that stay, production first. */
  trunk: Branch[];
  branches: ReadonlyMap<BranchRole, Members<Branch>>;
  tags: Members<Tag>;
  remotes: Members<Branch>;
  /** How many branches, tags and remote branches the filter lets through. */
  shown: number;
  total: number;
}

/** Sorts a listing. Every word of `filter` must be part of a name, in whatever case. `stays` is the order of the trunk. */
export function groupBranches(listing: BranchListing, filter = '', stays: readonly string[] = []): GroupedBranches {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = (each: { name: string; remote?: string }) => {
    if (words.length === 0) return true;
    const lower = remoteName(each).toLowerCase();
    return words.every((word) => lower.includes(word));
  };
  const byRole = new Map<BranchRole, Branch[]>();
  const trunk: Branch[] = [];
  let shown = 0;
  for (const branch of listing.local) {
    if (!matches(branch)) continue;
    shown += 1;
    if (isBase(branch.role)) {
      trunk.push(branch);
      continue;
    }
    const group = byRole.get(branch.role);
    if (group === undefined) byRole.set(branch.role, [branch]);
    else group.push(branch);
  }
  const place = ({ name, role }: Branch): number => stays.indexOf(name) + Number(role === 'develop');
  trunk.sort((a, b) => place(a) - place(b));
  const versioned = new Set<BranchRole>(['release', 'hotfix', 'support']);
  const branches = new Map(
    [...byRole].map(([role, group]) => [role, new Members(group, versioned.has(role) ? newestFirst : byName)]),
  );
  const tags = new Members(listing.tags.filter(matches), (a, b) => compareVersions(b.name, a.name));
  const remotes = new Members(listing.remote.filter(matches), (a, b) => names.compare(remoteName(a), remoteName(b)));
  const total = listing.local.length + listing.tags.length + listing.remote.length;
  return { trunk, branches, tags, remotes, shown: shown + tags.size + remotes.size, total };
}

/** `origin/feature/x`; of a local branch its name. */
export function remoteName({ name, remote }: { name: string; remote?: string }): string {
  return remote === undefined ? name : `${remote}/${name}`;
}

const names = new Intl.Collator('en', { numeric: true });

/** The current branch first, then by name, with numbers by their value. */
function byName(a: Branch, b: Branch): number {
  return Number(b.current) - Number(a.current) || names.compare(a.shortName, b.shortName);
}

function newestFirst(a: Branch, b: Branch): number {
  return Number(b.current) - Number(a.current) || compareVersions(b.shortName, a.shortName);
}

/** By semantic version whatever the prefix, versions after other names. */
function compareVersions(a: string, b: string): number {
  const one = versionIn(a);
  const other = versionIn(b);
  if (one && other) return compare(one, other) || names.compare(a, b);
  return one || other ? Number(one !== null) - Number(other !== null) : names.compare(a, b);
}

function versionIn(name: string) {
  const at = name.search(/\d/);
  return at < 0
    ? null
    : parse(name.slice(at).replace(/^(\d+)(\.\d+)?$/, (_, major: string, minor = '.0') => `${major}${minor}.0`));
}

/** What is known about a branch beyond the listing. */
export interface BranchFacts {
  root: string;
  details?: BranchDetails;
  relation?: Relation;
  /** The branch that `relation` compares with. */
  base?: string;
  hasRemotes: boolean;
  /** Branches can be started and finished. */
  ready: boolean;
  /** The base branches that can be integrated into another one. */
  promotable?: readonly string[];
  /** An action is under way, so that no other can start. */
  busy: boolean;
  /** Branches that are checked out in other work trees, each with the place. */
  elsewhere: Readonly<Record<string, string>>;
  /** Days without a commit after which a branch counts as stale. */
  staleAfterDays: number;
  now: number;
}

const day = 86_400_000;

export function isStale(facts: BranchFacts): boolean {
  return (
    facts.details !== undefined &&
    facts.staleAfterDays > 0 &&
    facts.now - facts.details.date > facts.staleAfterDays * day
  );
}

/** The row of a repository, where there are several. Two folders of one name are told apart by where they lie. */
export function repositoryRow(
  { name, root }: { name: string; root: string },
  all: readonly { name: string }[],
): FlowRow {
  const place = all.filter((each) => each.name === name).length > 1 ? dirname(root) : '';
  return {
    id: root,
    label: name,
    description: place,
    tooltip: root,
    accessibleLabel: place === '' ? `Repository ${name}` : `Repository ${name} in ${place}`,
    icon: { icon: 'repo' },
    context: 'repository',
    expanded: true,
    target: { what: 'repository', root },
  };
}

/** The row of a local branch. */
export function branchRow(branch: Branch, facts: BranchFacts): FlowRow {
  const { details, relation } = facts;
  const marks = branchMarks(branch, facts);
  const words = [
    ...marks,
    ...(relation && relationText(relation) !== '' ? [relationText(relation)] : []),
    ...(details?.upstream && !details.upstream.gone && upstreamText(details.upstream) !== ''
      ? [upstreamText(details.upstream)]
      : []),
    ...(details ? [formatAge(details.date, facts.now), details.author] : []),
  ];
  return {
    id: branchId(facts.root, branch.ref),
    label: branch.role === 'other' || isBase(branch.role) ? branch.name : branch.shortName,
    description: words.join(' · '),
    tooltip: branchTooltip(branch, facts),
    icon: branchIcon(branch, marks),
    context: branchContext(branch, facts),
    accessibleLabel: [
      `${roleTitle(branch.role)} ${branch.shortName}`,
      ...marks,
      ...(details ? [details.subject] : []),
    ].join(', '),
    target: { what: 'branch', root: facts.root, branch },
  };
}

export function branchId(root: string, ref: string): string {
  return `${root}|${ref}`;
}

function branchMarks(branch: Branch, facts: BranchFacts): string[] {
  const trunk = isBase(branch.role);
  return [
    ...(branch.current ? ['current'] : []),
    ...(facts.elsewhere[branch.name] === undefined ? [] : ['in another work tree']),
    ...(!trunk && facts.relation?.merged === true && facts.relation.behind > 0 ? ['merged'] : []),
    ...(facts.details?.upstream?.gone === true ? ['gone from the remote'] : []),
    ...(!trunk && isStale(facts) ? ['stale'] : []),
  ];
}

/** `+2 −1`: commits of the branch alone, and of its base alone. */
function relationText({ ahead, behind }: Relation): string {
  return [...(ahead > 0 ? [`+${ahead}`] : []), ...(behind > 0 ? [`−${behind}`] : [])].join(' ');
}

/** `↑2 ↓1`, as the Source Control view has it. */
function upstreamText({ ahead, behind }: { ahead: number; behind: number }): string {
  return [...(ahead > 0 ? [`↑${ahead}`] : []), ...(behind > 0 ? [`↓${behind}`] : [])].join(' ');
}

function branchTooltip(branch: Branch, facts: BranchFacts): string {
  const { details, relation, base } = facts;
  const lines = [`${branch.name} · ${roleTitle(branch.role)}`];
  if (details) {
    lines.push(details.subject, `${details.author}, ${formatTime(details.date)}, ${shortId(branch.commit)}`);
  }
  if (relation && base !== undefined) {
    const ahead = `${count(relation.ahead, 'commit')} ahead of ${base}`;
    lines.push(
      relation.merged
        ? `Everything is in ${base}, which is ${count(relation.behind, 'commit')} further.`
        : `${ahead}, ${relation.behind} behind.`,
    );
  }
  const elsewhere = facts.elsewhere[branch.name];
  if (elsewhere !== undefined) lines.push(`Checked out at ${elsewhere}: what changes it is done there.`);
  const upstream = branch.upstream?.replace(/^refs\/remotes\//, '');
  if (upstream === undefined) lines.push('Not published.');
  else if (details?.upstream?.gone === true) lines.push(`${upstream} is gone from the remote.`);
  else if (details?.upstream)
    lines.push(`${details.upstream.ahead} ahead of ${upstream}, ${details.upstream.behind} behind.`);
  else lines.push(`Published as ${upstream}.`);
  return lines.join('\n');
}

function branchIcon(branch: Branch, marks: readonly string[]): Row['icon'] {
  if (branch.current) return { icon: 'target', color: 'charts.green' };
  if (marks.includes('merged')) return { icon: 'git-merge', color: 'charts.purple' };
  if (marks.includes('stale')) return { icon: 'history', color: 'disabledForeground' };
  return { icon: branch.role === 'main' ? 'verified' : 'git-branch' };
}

/** The capability words that menus look for. */
function branchContext(branch: Branch, facts: BranchFacts): string {
  const topic = !isBase(branch.role) && branch.role !== 'other';
  const free = facts.ready && !facts.busy;
  // Git neither checks out nor deletes what another work tree has checked out.
  const here = facts.elsewhere[branch.name] === undefined;
  const published = branch.upstream !== undefined && facts.details?.upstream?.gone !== true;
  const words = ['branch', branch.role];
  if (branch.current) words.push('current');
  else if (!facts.busy && here) words.push('checkoutable');
  if (isBase(branch.role) && free) {
    if (branch.role !== 'develop') words.push('taggable');
    if (facts.promotable?.includes(branch.name) && here) words.push('promotable');
  }
  if (topic && free) {
    words.push('renamable', ...(here ? ['deletable', 'updatable'] : []), 'comparable');
    if (branch.role !== 'support') words.push('finishable');
    if (facts.hasRemotes && (published || here)) words.push(published ? 'published' : 'publishable');
    if (facts.hasRemotes && branch.role !== 'support') words.push('requestable');
    if (facts.details?.upstream?.gone === true && here) words.push('cleanable');
  }
  return words.join(' ');
}

/** The row of a branch on a remote. */
export function remoteRow(
  branch: Branch,
  root: string,
  { here, trackable }: { here: boolean; trackable: boolean },
): FlowRow {
  return {
    id: branchId(root, branch.ref),
    label: remoteName(branch),
    description: here ? 'also here' : '',
    tooltip: `${remoteName(branch)} · ${roleTitle(branch.role)} on ${branch.remote ?? 'a remote'}\n${shortId(branch.commit)}`,
    icon: { icon: 'cloud' },
    context: ['remoteBranch', branch.role, ...(trackable ? ['trackable'] : [])].join(' '),
    target: { what: 'branch', root, branch },
  };
}

/** The row of a version tag. */
export function tagRow(tag: Tag, root: string): FlowRow {
  return {
    id: branchId(root, tag.ref),
    label: tag.name,
    icon: { icon: 'tag' },
    context: 'tag',
    target: { what: 'tag', root, tag },
  };
}

/** The row of a group. Groups that one starts branches in are there even when they are empty. */
export function groupRow(
  id: GroupId,
  title: string,
  size: number,
  facts: Pick<BranchFacts, 'root' | 'ready' | 'busy'>,
): FlowRow {
  const startable = id !== 'other' && id !== 'tags' && id !== 'remotes' && facts.ready && !facts.busy;
  return {
    // VS Code keeps a row that had nothing below it closed when it gets something: so this is another row then.
    id: `${facts.root}|group|${id}${size === 0 ? '|empty' : ''}`,
    label: title,
    description: String(size),
    tooltip: title,
    accessibleLabel: `${title}, ${size}`,
    context: ['group', id, ...(startable ? ['startable'] : [])].join(' '),
    target: { what: 'group', root: facts.root, group: id },
  };
}

/** The row of work that no branch has any more, and the one above all of it. */
export function keptRows(kept: readonly Kept[], root: string): { group: FlowRow; members: FlowRow[] } {
  const group: FlowRow = {
    id: `${root}|kept`,
    label: 'Kept',
    description: String(kept.length),
    tooltip: 'Work that undoing or resuming an action has taken from every branch. It stays here until it is dropped.',
    accessibleLabel: `Kept, ${kept.length}`,
    context: 'keptGroup',
    target: { what: 'repository', root },
  };
  const members = kept.map((each): FlowRow => ({
    id: `${root}|kept|${each.name}`,
    label: keptLabel(each),
    description: keptTime(each.action),
    tooltip: [keptLabel(each), each.subject, each.restore].filter(Boolean).join('\n'),
    icon: {
      icon: each.kind === 'tag' ? 'tag' : each.kind === 'work' ? 'diff' : each.kind === 'files' ? 'file' : 'git-commit',
    },
    context: 'kept',
    target: { what: 'kept', root, kept: each },
  }));
  return { group, members };
}

function keptLabel({ kind, of }: Kept): string {
  if (kind === 'work') return 'Uncommitted changes';
  if (kind === 'files') return 'Overwritten files';
  return kind === 'head' ? 'Detached HEAD' : of;
}

/** `2026-11-28 21:54 UTC`, from the id of an action. */
function keptTime(action: string): string {
  return action.replace(/^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d).*$/, '$1-$2-$3 $4:$5 UTC');
}

/** The row on top while an action, or a merge of someone else's, is under way. */
export function actionRow(state: RepositoryState, root: string): FlowRow | undefined {
  const { journal, inProgress } = state;
  const target = { what: 'action', root } as const;
  const base = { id: `${root}|action`, target };
  if (journal) {
    return {
      ...base,
      command: { command: 'mlopsFlow.flow.showAction', title: 'Show Action', arguments: [{ target }] },
      label: journal.plan.title,
      description: journalText(journal, state.conflicts.length),
      tooltip: [journal.message, '', ...leftOf(journal).map((title) => `• ${title}`)].join('\n'),
      icon: journal.alive ? { icon: 'sync' } : { icon: 'warning', color: 'list.warningForeground' },
      context: journal.alive ? 'flowAction running' : 'flowAction resumable undoable',
    };
  }
  if (inProgress === undefined || inProgress === 'bisect') return undefined;
  return {
    ...base,
    label: `A ${inProgress} is in progress`,
    description: state.conflicts.length > 0 ? count(state.conflicts.length, 'conflict') : 'to be committed',
    tooltip: `Finish the ${inProgress} or abort it in the Source Control view; then flow actions can continue.`,
    icon: { icon: 'warning', color: 'list.warningForeground' },
    context: 'foreignAction',
  };
}

function journalText(journal: JournalView, conflicts: number): string {
  if (journal.alive) return 'running';
  const left = count(leftOf(journal).length, 'step');
  if (journal.status === 'conflict')
    return conflicts > 0 ? `${count(conflicts, 'conflict')}, ${left} left` : `resolved, ${left} left`;
  return journal.status === 'failed' ? `stopped, ${left} left` : `interrupted, ${left} left`;
}

/** The titles of the steps that are still to do. */
export function leftOf(journal: JournalView): string[] {
  return journal.plan.steps
    .filter(({ index }) => !['done', 'skipped'].includes(journal.steps[index] ?? 'pending'))
    .map(({ title }) => title);
}

/** `feature` as people write it at the start of a line. */
export function roleTitle(role: BranchRole): string {
  const titles: Record<string, string> = {
    main: 'Production branch',
    develop: 'Development branch',
    base: 'Base branch',
    feature: 'Feature',
    bugfix: 'Bugfix',
    release: 'Release',
    hotfix: 'Hotfix',
    support: 'Support branch',
    other: 'Branch',
  };
  return titles[role] ?? `${role.charAt(0).toUpperCase()}${role.slice(1)}`;
}
