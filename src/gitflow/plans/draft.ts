/** A plan in the making: the checks that every action shares, what stands against it, and its steps. */
import { keys, notInitialised } from '../model/config';
import type { Git } from '../git/git';
import type { Graph } from '../git/graph';
import type { Hooks } from '../execute/hooks';
import type { Evidence, Journal } from '../execute/journal';
import type { BranchKind, Configuration, Plan, Planned, Refusal, RefusalCode, Request, Work } from '../model/model';
import { followersOf, problemsAbout, topicNamed } from '../model/branching';
import { baseOf, fullName, kindOf } from '../model/names';
import type { Places } from '../git/places';
import type { Snapshot } from '../read/snapshot';
import { stepsOf } from '../execute/steps';
import { sectionsOf, touchedRefs } from '../execute/touched';

/** What a plan is made from. */
export interface PlanContext {
  git: Git;
  graph: Graph;
  hooks: Hooks;
  places: Places;
  snapshot: Snapshot;
  /** The plan's fetches have been done: what the remote has is known. */
  fetched: boolean;
  /** What an earlier run of the same action left, where there is one. */
  evidence: Evidence | undefined;
  /** The last action that came to its end, for reverting it. */
  finished?: Journal | undefined;
}

type Fetch = Plan['fetches'][number];

/** Collects a plan. Every method that checks only adds refusals, so that the user sees all of them at once. */
export class Draft {
  readonly refusals: Refusal[] = [];
  readonly warnings: string[] = [];
  readonly summary: string[] = [];
  readonly works: Work[] = [];
  readonly fetches: Fetch[] = [];
  /** What git-flow checks only after it has fetched. */
  readonly afterFetch = new Set<RefusalCode>(['behind', 'diverged', 'tag-elsewhere']);
  /** The branch that will be checked out after the steps so far. */
  head: string | undefined;
  private readonly watched = new Set<string>();
  private stashed = false;

  constructor(readonly context: PlanContext) {
    this.head = context.snapshot.branch;
  }

  get snapshot(): Snapshot {
    return this.context.snapshot;
  }

  get config(): Configuration {
    return this.context.snapshot.config;
  }

  get graph(): Graph {
    return this.context.graph;
  }

  /** Nothing stands against it so far. */
  get open(): boolean {
    return this.refusals.length === 0;
  }

  refuse(code: RefusalCode, message: string): void {
    this.refusals.push({ code, message });
  }

  /** The commit of a local branch. */
  local(branch: string): string | undefined {
    return this.snapshot.refs.get(`refs/heads/${branch}`);
  }

  /** The commit of a branch of the remote, as far as it was fetched. */
  remote(branch: string): string | undefined {
    return this.snapshot.refs.get(this.remoteRef(branch));
  }

  remoteRef(branch: string): string {
    return `refs/remotes/${this.config.origin}/${branch}`;
  }

  hasTag(tag: string): boolean {
    return this.snapshot.refs.has(`refs/tags/${tag}`);
  }

  /**
   * The ref below `space` that keeps git from having `name` there: itself, or one above or below it. `leaving` is no
   * obstacle.
   */
  inTheWay(space: string, name: string, leaving?: string): string | undefined {
    const { refs } = this.snapshot;
    const stays = (other: string): boolean => (other !== leaving || other === name) && refs.has(`${space}${other}`);
    const below = `${space}${name}/`;
    return (
      [...parentsOf(name), name].find(stays) ??
      [...refs.keys()].find((ref) => ref.startsWith(below) && stays(ref.slice(space.length)))?.slice(space.length)
    );
  }

  /** The plan relies on this ref being where it is. */
  watch(...refs: string[]): void {
    for (const ref of refs) this.watched.add(ref);
  }

  add(work: Work): void {
    this.works.push(work);
    if (work.do === 'checkout') this.head = work.branch;
    else if (work.do === 'merge' || work.do === 'squash') this.head = work.into;
    else if (work.do === 'rebase' || (work.do === 'createBranch' && work.checkout)) this.head = work.branch;
    else if (work.do === 'renameBranch' && this.head === work.branch) this.head = work.to;
  }

  /** Adds a hook where there is one. */
  hook(name: string, args: string[], env?: Record<string, string>): void {
    const file = this.context.hooks.find(name);
    if (file === undefined) return;
    this.add({ do: 'hook', file, args, mayFail: name.startsWith('post-'), ...(env === undefined ? {} : { env }) });
  }

  /** The option, else the configured default of git-flow's flag, else no. A default that is no boolean is refused. */
  flag(option: boolean | undefined, kind: string, action: string, flag: string): boolean {
    const key = `gitflow.${kind}.${action}.${flag}`;
    const configured = this.config.flag(key);
    const value = this.config.get(key);
    if (configured === undefined && value !== undefined)
      this.refuse(
        'bad-option',
        `'${key}' is '${value}', which is not a boolean. Set it to true or false, or unset it.`,
      );
    return option ?? configured ?? false;
  }

  /** As `flag`, of a text; an empty one counts as none. */
  text(option: string | undefined, kind: string, action: string, flag: string): string | undefined {
    return option ?? (this.config.get(`gitflow.${kind}.${action}.${flag}`) || undefined);
  }

  // What has to hold

  initialised(kind?: BranchKind): boolean {
    if (this.config.flavour !== 'avh') return this.modelled(kind);
    const why = notInitialised(this.config, (name) => this.local(name) !== undefined);
    if (why) this.refuse('not-initialised', why);
    else if (kind && this.config.prefixes[kind] === undefined) {
      this.refuse('not-initialised', `The prefix of ${kind} branches is not set. Please run 'git flow init'.`);
    }
    return this.open;
  }

  /** The same for models that git-flow does not know: everything that the action touches has to be understood. */
  private modelled(kind: BranchKind | undefined): boolean {
    const { config } = this;
    const { model } = config;
    const type = kind === undefined ? undefined : topicNamed(model, kind);
    const plain = config.flavour === 'none';
    const why = plain && type ? undefined : notInitialised(config, (name) => this.local(name) !== undefined);
    if (why) {
      this.refuse('not-initialised', why);
    } else if (kind !== undefined && type === undefined) {
      const known = model.topics.map(({ name }) => name).join(', ') || 'none';
      this.refuse('bad-option', `The branching model of this repository has no ${kind} branches. It has: ${known}.`);
    } else if (type) {
      const touched = [type.name, type.parent, ...followersOf(model, type.parent).map(({ name }) => name)];
      for (const { message } of problemsAbout(model, ...touched)) this.refuse('bad-option', message);
    }
    return this.open;
  }

  /**
   * Uncommitted changes stop an action before it starts, or are put away where the user says so. Untracked files and
   * submodules don't count.
   */
  clean(stash = false): void {
    const { conflicts, inProgress, unstaged, staged, commit } = this.snapshot;
    if (commit === undefined) {
      this.refuse('unborn', 'There is no commit yet. Make one, or initialise git-flow, first.');
    } else if (conflicts.length > 0) {
      const files = conflicts.length === 1 ? '1 file' : `${conflicts.length} files`;
      this.refuse('conflicts', `Merge conflicts not resolved yet in ${files}. Resolve them and commit, then continue.`);
    } else if (stash && inProgress === undefined && (unstaged || staged)) {
      this.stashed = true;
    } else if (unstaged) {
      this.refuse('dirty', 'Working tree contains unstaged changes. Commit or stash them first.');
    } else if (staged) {
      this.refuse('dirty', 'Index contains uncommitted changes. Commit or stash them first.');
    }
    if (inProgress === 'rebase' || inProgress === 'cherry-pick' || inProgress === 'revert') {
      this.refuse(
        'in-progress',
        `A ${inProgress} is in progress. Finish it with 'git ${inProgress} --continue', or abort it, first.`,
      );
    }
  }

  /** The full name: of the named branch, or the current one if it is of the kind. */
  topic(kind: BranchKind, name: string | undefined): string | undefined {
    if (name) return this.named(kind, name);
    const current = this.snapshot.branch;
    const prefix = this.config.prefixes[kind];
    // Without a prefix every branch would be of the kind.
    if (this.config.flavour === 'avh' ? prefix && current?.startsWith(prefix) : current && this.isOf(kind, current))
      return current;
    this.refuse('not-on-such-a-branch', `The current HEAD is no ${kind} branch. Name the ${kind}.`);
    return undefined;
  }

  /** The full name. Other tools than git-flow take one with its prefix too, where there is such a branch. */
  private named(kind: BranchKind, name: string): string {
    const given = this.config.flavour !== 'avh' && this.local(name) !== undefined && this.isOf(kind, name);
    return given ? name : fullName(this.config, kind, name);
  }

  private isOf(kind: BranchKind, branch: string): boolean {
    return kindOf(this.config, branch) === kind;
  }

  bare(kind: BranchKind, branch: string): string {
    return branch.slice((this.config.prefixes[kind] ?? '').length);
  }

  /** The branch exists here. */
  exists(branch: string): boolean {
    if (this.local(branch) !== undefined) return true;
    if (this.remote(branch) === undefined) {
      this.refuse('no-branch', `Branch '${branch}' does not exist and is required.`);
    } else {
      this.refuse(
        'no-branch',
        `Local branch '${branch}' does not exist and is required. Track it first: ${this.config.origin} has it.`,
      );
    }
    return false;
  }

  /** Branches that stay are no topic branches, whatever the prefixes are. */
  topical(branch: string): void {
    if (!this.config.model.bases.some(({ name }) => name === branch)) return;
    this.refuse('bad-option', `'${branch}' is a base branch of this repository. It is neither finished nor deleted.`);
  }

  /** The name is free here and on the remote, and no branch lies above or below it. `leaving` is about to go. */
  absent(branch: string, where: 'anywhere' | 'here' = 'anywhere', leaving?: string): void {
    const spaces = ['refs/heads/', ...(where === 'anywhere' ? [`refs/remotes/${this.config.origin}/`] : [])];
    for (const space of spaces) {
      const clash = this.inTheWay(space, branch, leaving);
      // One above it on the remote is no obstacle before the branch is published.
      if (clash === undefined || (space !== 'refs/heads/' && branch.startsWith(`${clash}/`))) continue;
      const why = clash === branch ? '' : ` Git cannot have it beside '${clash}'.`;
      this.refuse('exists', `Branch '${branch}' already exists. Pick another name.${why}`);
      return;
    }
    const alike = this.alike(branch, leaving);
    if (alike !== undefined) {
      const why = 'this file system does not tell capital letters from small ones';
      this.refuse('exists', `Git cannot have '${branch}' beside '${alike}': ${why}. Pick another name.`);
    }
  }

  /** A branch that would be the same file, or a folder in place of it, where `core.ignoreCase` is set. */
  private alike(branch: string, leaving: string | undefined): string | undefined {
    if (this.config.flag('core.ignorecase') !== true) return undefined;
    const mine = branch.toLowerCase();
    return [...this.snapshot.refs.keys()]
      .filter((ref) => ref.startsWith('refs/heads/'))
      .map((ref) => ref.slice('refs/heads/'.length))
      .find((name) => {
        const other = name.toLowerCase();
        return name !== leaving && (mine === other || mine.startsWith(`${other}/`) || other.startsWith(`${mine}/`));
      });
  }

  /** No other work tree has the branch, which is about to be checked out here. */
  free(branch: string): void {
    const place = this.snapshot.elsewhere.get(branch);
    if (place !== undefined) {
      this.refuse(
        'checked-out-elsewhere',
        `'${branch}' is checked out at '${place}'. Do this there, or remove that work tree first.`,
      );
    }
  }

  /** The local branch has everything that the remote's has. To be ahead does no harm. */
  async notBehind(branch: string): Promise<void> {
    const mine = this.local(branch);
    const theirs = this.remote(branch);
    this.watch(`refs/heads/${branch}`);
    if (mine === undefined || theirs === undefined) return;
    const there = `${this.config.origin}/${branch}`;
    switch (await this.graph.standing(mine, theirs)) {
      case 'equal':
        break;
      case 'ahead':
        this.warnings.push(`Local branch '${branch}' is ahead of '${there}'.`);
        break;
      case 'behind':
        this.refuse('behind', `Branch '${branch}' may be fast-forwarded to '${there}'. Pull it first.`);
        break;
      case 'diverged':
        this.refuse('diverged', `Branches '${branch}' and '${there}' have diverged and need merging first.`);
        break;
    }
  }

  /** Asks for a fetch, unless it is done. */
  fetch(branches: string[], optional: boolean, mayFail = false): void {
    if (this.context.fetched || branches.length === 0) return;
    const same = this.fetches.find(
      (fetch) => fetch.branches.length > 0 && fetch.optional === optional && (fetch.mayFail ?? false) === mayFail,
    );
    if (same) same.branches.push(...branches.filter((branch) => !same.branches.includes(branch)));
    else
      this.fetches.push({
        remote: this.config.origin,
        branches: [...branches],
        optional,
        ...(mayFail ? { mayFail } : {}),
      });
  }

  /** Fetches branches that the remote is known to have; warns of others. */
  fetchKnown(...branches: string[]): void {
    const known = branches.filter((branch) => this.remote(branch) !== undefined);
    for (const branch of branches) {
      if (!known.includes(branch))
        this.warnings.push(`'${this.config.origin}/${branch}' is not known: it is not fetched.`);
    }
    this.fetch(known, false);
  }

  /** Fetches the whole remote, which has to be configured. */
  fetchAll(): void {
    const { origin } = this.config;
    if (!this.snapshot.remotes.includes(origin)) {
      this.refuse('no-remote', `There is no remote '${origin}'. Add it with 'git remote add ${origin} <url>' first.`);
    } else if (!this.context.fetched) {
      this.fetches.push({ remote: origin, branches: [], optional: false });
    }
  }

  /** The configured base of a topic branch, else the one of its kind. */
  baseOf(branch: string, kind: BranchKind | undefined = kindOf(this.config, branch)): string {
    return baseOf(this.config, branch, kind);
  }

  /** The name for `git merge`, whose message takes it over: short, unless it is ambiguous. */
  mergeName(branch: string): string {
    return this.hasTag(branch) ? `heads/${branch}` : branch;
  }

  tagMergeName(tag: string): string {
    return this.local(tag) === undefined ? tag : `tags/${tag}`;
  }

  // What many plans do at their end

  /** Removes the section that holds the base, where there is one and it is ours to write. */
  forgetBase(branch: string): void {
    const section = keys.section(branch);
    const own = this.snapshot.entries.filter(({ key, scope }) => scope === 'local' && key.startsWith(`${section}.`));
    // A section with a type is no branch's but the model's.
    if (own.length > 0 && !own.some(({ key }) => key === `${section}.type`)) this.add({ do: 'removeSection', section });
  }

  /** The plan; or the refusals, with what the command line does before it finds out. */
  done(title: string, request: Request, more: { branch?: string; tag?: string } = {}, meanwhile: Work[] = []): Planned {
    if (this.open) return { ok: true, plan: this.plan(title, request, more) };
    const { refusals } = this;
    const fetchFirst = this.fetches.length > 0 && refusals.every(({ code }) => this.afterFetch.has(code));
    if (!fetchFirst && meanwhile.length === 0) return { ok: false, refusals };
    this.works.splice(0, this.works.length, ...meanwhile);
    return { ok: false, refusals, meanwhile: this.plan(title, request, more) };
  }

  private plan(title: string, request: Request, more: { branch?: string; tag?: string }): Plan {
    const works: Work[] = this.stashed ? [{ do: 'stash' }, ...this.works, { do: 'unstash' }] : this.works;
    const { snapshot } = this;
    const sections = sectionsOf(works);
    const refs: Record<string, string | null> = {};
    for (const ref of new Set([...touchedRefs(works), ...this.watched])) refs[ref] = snapshot.refs.get(ref) ?? null;
    return {
      version: 1,
      title,
      request,
      ...more,
      fetches: this.fetches,
      steps: stepsOf(works),
      warnings: this.warnings,
      summary: this.summary,
      ...(this.head === undefined ? {} : { endsOn: this.head }),
      observed: {
        headRef: snapshot.branch === undefined ? undefined : `refs/heads/${snapshot.branch}`,
        headCommit: snapshot.commit,
        refs,
        config: snapshot.entries
          .filter(({ key, scope }) => scope === 'local' && sections.some((section) => key.startsWith(`${section}.`)))
          .map(({ key, value }) => [key, value]),
      },
    };
  }
}

function* parentsOf(branch: string): Iterable<string> {
  for (let at = branch.indexOf('/'); at >= 0; at = branch.indexOf('/', at + 1)) yield branch.slice(0, at);
}
