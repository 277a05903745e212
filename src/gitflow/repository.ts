/** A repository as the model sees it: reads, plans, and what is done with plans. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenOptions, Repository } from './api';
import type { BranchListing } from './model/branch-model';
import { branchDetails, listBranches } from './read/branches';
import { configurationFrom, notInitialised } from './model/config';
import { newJournal, resumeSteps, runSteps, type Run } from './execute/executor';
import { checkFinished, tagsPushed } from './execute/finished';
import { readHead, readIds } from './execute/identity';
import { Keeper, dropKept, listKept, restoreKept } from './execute/keep';
import { fetchFor, tagOnRemote } from './remote/fetch';
import { Git, complaint } from './git/git';
import { Graph } from './git/graph';
import { Hooks } from './execute/hooks';
import type { Evidence, Journal } from './execute/journal';
import { JournalStore, homeOf, isAlive, viewOf } from './execute/journal';
import { tellKept, type Kept } from './model/kept';
import type {
  Configuration,
  ExecuteOptions,
  FinishedAction,
  Outcome,
  Plan,
  Planned,
  Refusal,
  RefusalCode,
  Request,
} from './model/model';
import { baseOf, fullName } from './model/names';
import { Performer } from './execute/perform';
import type { Places } from './git/places';
import { findPlaces } from './git/places';
import { askAhead } from './plans/ahead';
import { makePlan } from './plans/plan';
import { pullRequestPage } from './remote/pull-request';
import { currentBranch, evidenceOf } from './execute/recognise';
import { badName } from './git/ref-format';
import { relate } from './read/relations';
import { heldBy, releaseSafe } from './execute/safety';
import { leavesOperation, settleForResume } from './execute/settle';
import { operationInProgress, readRefs, readStatus, readWorktrees, takeSnapshot } from './read/snapshot';
import { readConfiguration } from './read/configuration';
import { putBack } from './execute/undo';

/** Opens the repository around `directory`. Throws `NotARepository` where there is none. */
export async function openRepository(directory: string, options: OpenOptions): Promise<Repository> {
  const around = new Git({ directory, ...options });
  const places = await findPlaces(around, directory);
  return new FlowRepository(new Git({ directory: places.root, ...options }), places, options.trusted);
}

/** Makes an empty repository and opens it. */
export async function initRepository(
  directory: string,
  options: OpenOptions = { trusted: false },
): Promise<Repository> {
  const answer = await new Git({ directory, ...options }).run(['init', '-q']);
  if (answer.code !== 0) throw new Error(`The repository could not be created: ${complaint(answer)}`);
  return openRepository(directory, options);
}

const movedOn: Refusal = {
  code: 'busy',
  message: 'The repository has changed since the plan was made. Review the new plan, then start it.',
};

/** A plan that is younger than this, in milliseconds, need not be checked again before it is executed. */
const freshFor = 1000;

class FlowRepository implements Repository {
  private readonly store: JournalStore;
  private readonly madeAt = new WeakMap<Plan, number>();
  private relationCache: { key: string; relations: ReturnType<typeof relate> } | undefined;

  constructor(
    private readonly git: Git,
    private readonly places: Places,
    private readonly trusted: boolean,
  ) {
    this.store = new JournalStore(places.commonDir);
  }

  get root(): string {
    return this.places.root;
  }

  get gitDir(): string {
    return this.places.gitDir;
  }

  get commonDir(): string {
    return this.places.commonDir;
  }

  async configuration(): Promise<Configuration> {
    return (await readConfiguration(this.git)).config;
  }

  async state(): ReturnType<Repository['state']> {
    const { git, places } = this;
    const [{ config, entries }, status, elsewhere] = await Promise.all([
      readConfiguration(git),
      readStatus(git, places),
      readWorktrees(git, places),
    ]);
    const names = config.model.bases.map(({ name }) => `refs/heads/${name}`);
    const refs = names.length > 0 ? await readRefs(git, names) : new Map<string, string>();
    const whyNot = notInitialised(config, (name) => refs.has(`refs/heads/${name}`));
    const remotes = entries.flatMap(({ key }) => /^remote\.(.+)\.url$/s.exec(key)?.[1] ?? []);
    const { branch, commit, conflicts, staged, unstaged } = status;
    return {
      initialised: whyNot === undefined,
      ready: whyNot === undefined || (config.flavour === 'none' && config.main !== '' && commit !== undefined),
      ...(whyNot === undefined ? {} : { whyNot }),
      branch,
      commit,
      unborn: commit === undefined,
      detached: branch === undefined && commit !== undefined,
      shallow: existsSync(join(places.commonDir, 'shallow')),
      bare: places.bare,
      inProgress: operationInProgress(places.gitDir, status),
      conflicts,
      unstaged,
      staged,
      remotes: [...new Set(remotes)],
      elsewhere: Object.fromEntries(elsewhere),
      journal: await this.journal(),
      finished: this.store.readFinished()?.plan.title,
      kept: await this.kept(),
    };
  }

  async branches(): Promise<BranchListing> {
    return listBranches(this.git);
  }

  details(refs: readonly string[]): ReturnType<Repository['details']> {
    return branchDetails(this.git, refs);
  }

  async relations(base: string, refs: readonly string[] = []): ReturnType<Repository['relations']> {
    const tips = await readRefs(this.git, refs.length > 0 ? refs : ['refs/heads']);
    const baseRef = base.startsWith('refs/') ? base : `refs/heads/${base}`;
    const baseTip = tips.get(baseRef) ?? (await readRefs(this.git, [baseRef])).get(baseRef);
    if (baseTip === undefined) return new Map();
    const key = `${baseTip} ${[...tips.values()].join(' ')}`;
    if (this.relationCache?.key !== key) {
      this.relationCache = { key, relations: relate(this.git, baseTip, [...tips.values()]) };
    }
    const byCommit = await this.relationCache.relations;
    const relations: Awaited<ReturnType<Repository['relations']>> = new Map();
    for (const [ref, commit] of tips) {
      const relation = byCommit.get(commit);
      if (relation) relations.set(ref, relation);
    }
    return relations;
  }

  async baseOf(branch: string): Promise<string> {
    return baseOf(await this.configuration(), branch);
  }

  async suggestVersion(kind: string, branch?: string): ReturnType<Repository['suggestVersion']> {
    const [config, tags] = await Promise.all([this.configuration(), readRefs(this.git, ['refs/tags'])]);
    const names = [...tags.keys()].map((ref) => ref.slice('refs/tags/'.length));
    const { suggestVersion } = await import('./read/versions.bundle');
    return suggestVersion(this.git, config, names, { kind, branch });
  }

  async versionFiles(): ReturnType<Repository['versionFiles']> {
    const { findVersionFiles } = await import('./read/versions.bundle');
    return findVersionFiles(this.root);
  }

  async nameProblem(kind: Parameters<Repository['nameProblem']>[0], name: string): Promise<string | undefined> {
    if (name === '') return 'Give it a name.';
    return badName(this.git, fullName(await this.configuration(), kind, name));
  }

  async pullRequestPage(branch: string, base?: string): Promise<string | undefined> {
    const config = await this.configuration();
    const url = await this.git.run(['remote', 'get-url', '--', config.origin]);
    if (url.code !== 0) return undefined;
    return pullRequestPage(url.stdout.trim(), branch, base ?? (await this.baseOf(branch)));
  }

  async plan(request: Request): Promise<Planned> {
    return this.makePlan(request, false);
  }

  async execute(plan: Plan, options: ExecuteOptions = {}): Promise<Outcome> {
    const earlier = this.store.read();
    if (earlier) {
      const refusal = await this.inTheWay(earlier, plan);
      if (refusal) return { status: 'refused', refusals: [refusal] };
    }
    const current = await this.admitted(await this.upToDate(plan, options), options);
    if (!current.ok) return { status: 'refused', refusals: current.refusals };
    if (await this.hasMoved(current.plan)) return { status: 'refused', refusals: [movedOn] };
    const same = earlier && isSame(earlier.plan, current.plan) ? earlier : undefined;
    if (earlier) await this.forget(earlier);
    if (current.plan.steps.length === 0) {
      return { status: 'done', plan: current.plan, summary: current.plan.summary, warnings: current.plan.warnings };
    }
    const journal = newJournal(current.plan, this.places, same);
    if (!this.store.begin(journal))
      return refused('busy', 'Another action has just begun in this repository. Wait for it.');
    await this.forgetFinished();
    const { snapshotHead, hooks } = await this.startingPoint(current.plan);
    return runSteps(this.run(journal, hooks, snapshotHead, options), journal);
  }

  async journal(): ReturnType<Repository['journal']> {
    const journal = this.store.read();
    return journal && viewOf(journal);
  }

  async resume(options: ExecuteOptions = {}): Promise<Outcome> {
    const journal = this.store.read();
    const refusal = this.cannotTakeUp(journal);
    if (!journal || refusal) return { status: 'refused', refusals: refusal ? [refusal] : [] };
    if (journal.status === 'undoing') return this.undo(options);
    if (this.isHomeless(journal)) {
      return refused(
        'checked-out-elsewhere',
        `Its work tree '${journal.worktree}' is gone. Undo it, or discard its journal.`,
      );
    }
    const ready = await settleForResume(this.tools(journal), journal);
    if (ready.status === 'conflict') {
      Object.assign(journal, { status: 'conflict', message: ready.message, files: ready.files });
      this.store.write(journal);
      return { status: 'conflict', plan: journal.plan, step: journal.step, files: ready.files, message: ready.message };
    }
    if (ready.status === 'blocked') return refused(ready.code, ready.message);
    const admitted = await this.admittedAgain(journal, options);
    if (!admitted.ok) return { status: 'refused', refusals: admitted.refusals };
    journal.plan = admitted.plan;
    const hooks = new Hooks(this.git, this.places, await this.configuration(), this.trusted);
    const run = this.run(journal, hooks, await currentBranch(this.git), options);
    const outcome = await resumeSteps(run, journal);
    return outcome.status === 'done'
      ? { ...outcome, warnings: [...outcome.warnings, ...tellKept(ready.kept)] }
      : outcome;
  }

  async undo(options: ExecuteOptions = {}): Promise<Outcome> {
    const live = this.store.read();
    const journal = live ?? this.store.readFinished();
    if (!journal) return refused('journal', 'There is nothing to undo.');
    const refusal = this.cannotTakeUp(journal);
    if (refusal) return { status: 'refused', refusals: [refusal] };
    if (options.signal?.aborted) return refused('busy', 'Stopped before anything was undone.');
    const notes: string[] = [];
    if (!live) {
      const { refusals } = await checkFinished(this.tools(journal), journal);
      if (refusals.length > 0) return { status: 'refused', refusals };
      const tags = await tagsPushed(this.git, journal, options.signal);
      if (tags.refusals.length > 0) return { status: 'refused', refusals: tags.refusals };
      notes.push(...tags.notes);
      if (!this.store.reopen()) return refused('busy', 'Another action has just begun in this repository.');
    }
    const result = await putBack(
      { ...this.tools(journal), store: this.store, homeless: this.isHomeless(journal) },
      journal,
    );
    if ('refusals' in result) {
      if (!live) this.store.finish(journal);
      return { status: 'refused', refusals: result.refusals };
    }
    const pushed = result.left.length > 0 ? [`What was pushed stays: ${result.left.join('; ')}.`] : [];
    const message = [`'${journal.plan.title}' was undone.`, ...pushed, ...notes, ...tellKept(result.kept)].join(' ');
    return { status: 'undone', left: result.left, kept: result.kept, message };
  }

  async finished(asking?: ExecuteOptions): Promise<FinishedAction | undefined> {
    const journal = this.store.readFinished();
    if (!journal) return undefined;
    const { id, plan, at } = journal;
    const foreign = this.cannotTakeUp(journal);
    const check = await checkFinished(this.tools(journal), journal);
    if (asking && check.refusals.length === 0) {
      const { refusals } = await tagsPushed(this.git, journal, asking.signal);
      Object.assign(check, { refusals, canRevert: refusals.length > 0 });
    }
    return { id, plan, finishedAt: at, ...check, ...(foreign ? { refusals: [foreign, ...check.refusals] } : {}) };
  }

  kept(): Promise<Kept[]> {
    return listKept(this.git, this.places);
  }

  async restoreKept(name: string): Promise<string> {
    return restoreKept(this.git, await this.keptNamed(name));
  }

  async dropKept(names: readonly string[]): Promise<void> {
    const kept = await this.kept();
    const wanted = kept.filter(({ name, action }) => names.includes(name) || names.includes(action));
    await dropKept(this.git, wanted);
  }

  private async keptNamed(name: string): Promise<Kept> {
    const kept = await this.kept();
    const found = kept.find((each) => each.name === name || each.ref === name);
    if (!found) throw new Error(`Nothing is kept as '${name}'. 'flow kept' lists what is.`);
    return found;
  }

  async leave(): Promise<void> {
    const journal = this.store.read();
    if (!journal || isAlive(journal)) return;
    await this.tools(journal).keeper.held(heldBy(journal));
    await this.forget(journal);
  }

  private async forget(journal: Journal): Promise<void> {
    await releaseSafe(this.git, journal);
    this.store.remove(journal);
  }

  /** Another action begins: the one before it can no longer be undone. */
  private async forgetFinished(): Promise<void> {
    const journal = this.store.readFinished();
    if (!journal) return;
    await releaseSafe(this.git, journal);
    this.store.forgetFinished();
  }

  private tools(journal: Journal): { git: Git; graph: Graph; places: Places; keeper: Keeper } {
    const { git, places } = this;
    return { git, graph: new Graph(git), places, keeper: new Keeper(git, places, journal) };
  }

  private async makePlan(request: Request, fetched: boolean): Promise<Planned> {
    const graph = new Graph(this.git);
    const snapshot = await takeSnapshot(this.git, this.places, (known) =>
      askAhead({ graph, head: readHead(this.places), ...known }, request),
    );
    const planned = await makePlan(
      {
        git: this.git,
        graph,
        hooks: new Hooks(this.git, this.places, snapshot.config, this.trusted),
        places: this.places,
        snapshot,
        fetched,
        evidence: await this.evidence(request, graph),
        finished: this.store.readFinished(),
      },
      request,
    );
    const plan = planned.ok ? planned.plan : planned.meanwhile;
    if (plan) this.madeAt.set(plan, Date.now());
    return planned;
  }

  /** What an earlier, stopped run of the same action left. */
  private async evidence(request: Request, graph: Graph): Promise<Evidence | undefined> {
    const earlier = this.store.read();
    if (!earlier || earlier.status === 'running' || !isSameRequest(earlier.plan.request, request)) return undefined;
    return evidenceOf({ git: this.git, graph, places: this.places }, earlier);
  }

  /** The plan with everything fetched that it asks for; made anew where the repository may have moved on. */
  private async upToDate(plan: Plan, options: ExecuteOptions): Promise<Planned> {
    if (await this.hasMoved(plan)) {
      // What now stands against it says more.
      const now = await this.makePlan(plan.request, false);
      return now.ok ? { ok: false, refusals: [movedOn] } : now;
    }
    if (plan.fetches.length > 0) {
      const refusals = await fetchFor(this.git, plan, options);
      if (refusals.length > 0) return { ok: false, refusals };
      const again = await this.makePlan(plan.request, true);
      return again.ok ? this.withFreeTag(again.plan, options) : again;
    }
    if (Date.now() - (this.madeAt.get(plan) ?? 0) < freshFor) return this.withFreeTag(plan, options);
    const again = await this.makePlan(plan.request, false);
    if (!again.ok) return again;
    if (JSON.stringify(again.plan.steps) === JSON.stringify(plan.steps)) return this.withFreeTag(again.plan, options);
    return { ok: false, refusals: [movedOn] };
  }

  /** Asks whether it may begin, and makes sure that the repository still is what that was answered for. */
  private async admitted(planned: Planned, { admit }: ExecuteOptions): Promise<Planned> {
    if (!planned.ok || admit === undefined) return planned;
    const admitted = await admit(planned.plan);
    if (!admitted.ok || admitted.plan === planned.plan) return admitted;
    const again = await this.makePlan(planned.plan.request, true);
    if (!again.ok) return again;
    const seen = ({ steps, observed }: Plan): string => JSON.stringify([steps, observed]);
    if (seen(again.plan) !== seen(planned.plan)) return { ok: false, refusals: [movedOn] };
    return admitted;
  }

  /** Has the user moved, made or deleted a ref, or checked something out, since the plan looked? */
  private async hasMoved({ observed }: Plan): Promise<boolean> {
    if (!this.places.bare && readHead(this.places) !== (observed.headRef ?? observed.headCommit)) return true;
    const now = await readIds(this.git, this.places, Object.keys(observed.refs));
    return Object.entries(observed.refs).some(([ref, id]) => (now[ref] ?? null) !== id);
  }

  private async withFreeTag(plan: Plan, options: ExecuteOptions): Promise<Planned> {
    const refusals = await tagOnRemote(this.git, plan, options);
    return refusals.length > 0 ? { ok: false, refusals } : { ok: true, plan };
  }

  /** What waited may have been overtaken: its condition is asked again as long as the tag is still to be made. */
  private async admittedAgain({ plan, step }: Journal, { admit }: ExecuteOptions): Promise<Planned> {
    const tag = plan.steps.slice(step).find(({ work }) => work.do === 'tag')?.work;
    if (admit === undefined || tag?.do !== 'tag') return { ok: true, plan };
    const made = await this.git.holds(['show-ref', '--verify', '--quiet', `refs/tags/${tag.tag}`]);
    return made ? { ok: true, plan } : admit(plan);
  }

  /** A journal that forbids to begin another action. One that was left at a conflict long over does not. */
  private async inTheWay(journal: Journal, plan: Plan): Promise<Refusal | undefined> {
    if (isAlive(journal)) return { code: 'busy', message: `'${journal.plan.title}' is running. Wait for it.` };
    if (journal.status === 'running' || journal.status === 'undoing') {
      return {
        code: 'journal',
        message: `'${journal.plan.title}' was interrupted. Resume it, undo it, or leave it first.`,
      };
    }
    if (isSame(journal.plan, plan) || !leavesOperation(journal.plan.steps[journal.step]?.work)) return undefined;
    const operation = operationInProgress(
      join(this.places.commonDir, journal.home),
      await readStatus(this.git, this.places),
    );
    if (operation === undefined) return undefined;
    return { code: 'journal', message: `'${journal.plan.title}' waits: ${journal.message} Or undo it, or leave it.` };
  }

  private cannotTakeUp(journal: Journal | undefined): Refusal | undefined {
    if (!journal) return { code: 'journal', message: 'There is nothing to resume: no action was interrupted.' };
    if (isAlive(journal)) return { code: 'busy', message: `'${journal.plan.title}' is running. Wait for it.` };
    if (journal.home !== homeOf(this.places) && !this.isHomeless(journal)) {
      return {
        code: 'checked-out-elsewhere',
        message: existsSync(journal.worktree)
          ? `'${journal.plan.title}' runs in '${journal.worktree}'. Continue there.`
          : `'${journal.plan.title}' runs in '${journal.worktree}', which is not here. If that work tree is gone for good, run 'git worktree prune' and undo it then.`,
      };
    }
    return undefined;
  }

  /** The work tree of the action was removed: git knows it no longer. */
  private isHomeless({ home }: Journal): boolean {
    return home !== homeOf(this.places) && !existsSync(join(this.places.commonDir, home));
  }

  private async startingPoint(plan: Plan): Promise<{ snapshotHead: string | undefined; hooks: Hooks }> {
    // Only hooks and filters need the configuration again.
    const needed = plan.steps.some(
      ({ work }) => work.do === 'hook' || (work.do === 'tag' && work.filter !== undefined),
    );
    const config = needed ? await this.configuration() : configurationFrom([]);
    return {
      snapshotHead: plan.observed.headRef?.replace(/^refs\/heads\//, ''),
      hooks: new Hooks(this.git, this.places, config, this.trusted),
    };
  }

  private run(journal: Journal, hooks: Hooks, head: string | undefined, options: ExecuteOptions): Run {
    const tools = this.tools(journal);
    return { ...tools, store: this.store, options, performer: new Performer({ ...tools, hooks, options }, head) };
  }
}

function refused(code: RefusalCode, message: string): Outcome {
  return { status: 'refused', refusals: [{ code, message }] };
}

/** The same action on the same branch. */
function isSame(one: Plan, other: Plan): boolean {
  return one.request.action === other.request.action && one.branch === other.branch;
}

function isSameRequest(one: Request, other: Request): boolean {
  if (one.action !== other.action) return false;
  if (!('kind' in one) || !('kind' in other)) return true;
  // Without a name it is the current branch, and that may be any by now.
  return one.kind === other.kind && (other.name === undefined || one.name === other.name);
}
