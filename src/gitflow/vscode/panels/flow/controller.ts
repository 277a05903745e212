import { join } from 'node:path';
import { commands, type Disposable, Uri, window, workspace } from 'vscode';
import { isCancellation, log, settings, UserError } from '../../../../workbench/index';
import type { Panel, PanelController } from '../../../../workbench/panel';
import type { FlowArguments, FlowToHost, FlowToPanel } from './contract';
import { isFlowToHost } from './messages';
import type { ExecuteOptions, Outcome, Plan, Planned, StepState } from '../../../index';
import {
  admitPlan,
  holding,
  judgeRelease,
  subjectOf,
  subjectOfBranch,
  type BranchSubject,
  type Gatekeeper,
  type Judgement,
  type Reasons,
  type RecordsOf,
  rememberRendered,
  type RenderDefinition,
} from '../../../lifecycle/index';
import { complaint } from '../../../git/git';
import { mergeCommit } from '../../../lifecycle/merge-commit';
import { withGates } from '../../commands/gates';
import { openConflict, openConflicts } from '../../commands/conflicts';
import { finishDialog, type FinishView, type Gates, type Progress } from './dialog';
import { dialogRequest, finishDefaults, type Circumstances, type FinishValues } from './options';
import { offerPullRequest } from '../../commands/perform';
import { showPlanDocument } from '../../commands/plan-document';
import type { KnownRepository } from '../../repositories/repositories';
import type { Room } from '../../services';
import type { Snapshot } from '../../repositories/snapshots';

/** What comes of it is a version, which gates may hold. */
function isRelease({ action, kind, configuration }: Circumstances): boolean {
  const type = configuration.model.topics.find(({ name }) => name === kind);
  return action === 'tag' || kind === 'release' || kind === 'hotfix' || type?.tag === true;
}

/** What stands behind one finish dialog: computes plan and gates for what is chosen, and does the plan. */
export class FinishController implements PanelController<FlowToPanel, FlowToHost> {
  readonly accepts = isFlowToHost;
  private view: FinishView | undefined;
  private repository: KnownRepository | undefined;
  /** What the gates were judged for: the commits that go into the merge. */
  private judging: string | undefined;
  /** What the user has chosen so far; the defaults are below it. */
  private chosen: FinishValues = {};
  /** What programs of the branch make; there once the user has consented to run them. */
  private render: RenderDefinition | undefined;
  private readonly closing = new AbortController();
  private running: AbortController | undefined;
  private readonly listeners: Disposable[];
  /** Counts the computations of the plan, so that a late one is dropped. */
  private latest = 0;

  constructor(
    private readonly room: Room,
    private readonly panel: Panel<FlowArguments, FlowToPanel>,
  ) {
    this.listeners = [
      room.snapshots.onDidChange((root) => {
        if (root === undefined || root === this.repository?.root) this.later(this.refresh());
      }),
    ];
    this.later(this.refresh());
  }

  state(): FlowToPanel[] {
    return this.view === undefined
      ? [{ type: 'busy', busy: true }]
      : [{ type: 'dialog', dialog: finishDialog(this.view) }];
  }

  async receive(message: FlowToHost): Promise<void> {
    switch (message.type) {
      case 'change':
        this.chosen = { ...this.chosen, [message.id]: message.value };
        await this.refresh();
        return;
      case 'submit':
        await this.submit(message.reason);
        return;
      case 'showPlan':
        await this.showPlan();
        return;
      case 'act':
        await this.act(message.check, message.action);
        return;
      case 'openFile':
        if (this.repository) await openConflict(this.room.repositories, this.repository.root, message.path);
        return;
      case 'proceed':
        await this.proceed(message.how);
        return;
      default:
        if (this.running) this.running.abort();
        else this.panel.close();
    }
  }

  dispose(): void {
    // A plan that runs goes on to its end: closing a window is no reason to stop half way.
    this.closing.abort();
    for (const listener of this.listeners) listener.dispose();
  }

  /** Brings everything up to date with the repository and the choices. */
  private async refresh(): Promise<void> {
    if (this.running || this.view?.progress.phase === 'ended') return;
    const turn = ++this.latest;
    this.panel.update({ type: 'busy', busy: true });
    try {
      const snapshot = await this.load();
      const { journal, conflicts } = snapshot.state;
      const ours = journal !== undefined && this.isOurs(journal.plan, snapshot);
      const tip = snapshot.listing.local.find(({ name }) => name === this.branchName(snapshot));
      if (tip === undefined && !ours) {
        // Finished or deleted elsewhere, or a dialog that had ended when the window was reloaded.
        log().info(`${this.branchName(snapshot)} is gone: its dialog is closed.`);
        this.panel.close();
        return;
      }
      const circumstances = await this.circumstances(snapshot);
      const values = this.values(circumstances);
      const progress: Progress =
        journal && ours && !journal.alive ? { phase: 'stopped', journal, conflicts } : { phase: 'choose' };
      const planned = progress.phase === 'choose' ? await this.plan(snapshot, circumstances, values) : undefined;
      if (turn !== this.latest || this.running) return;
      const gates: Gates = this.view?.gates ?? { state: 'none' };
      this.show({ repository: snapshot.name, circumstances, values, planned, gates, progress });
      const judging = JSON.stringify([
        tip?.commit,
        ...(planned?.ok ? [planned.plan.tag, planned.plan.observed.refs] : ['refused']),
      ]);
      if (tip && judging !== this.judging && progress.phase === 'choose') {
        this.judging = judging;
        this.later(this.judge());
      }
    } catch (error) {
      if (this.view === undefined) this.panel.close();
      throw error;
    } finally {
      this.panel.update({ type: 'busy', busy: false });
    }
  }

  private show(view: FinishView): void {
    this.view = view;
    this.panel.update({ type: 'dialog', dialog: finishDialog(view) });
  }

  private async load(): Promise<Snapshot> {
    const root = Uri.parse(this.panel.args.repository).fsPath;
    this.repository = await this.room.repositories.at(root);
    if (this.repository === undefined)
      throw new UserError(`The repository ${root} is no longer part of the workspace.`);
    return this.room.snapshots.of(this.repository);
  }

  /** The plan of an action that this dialog has begun. */
  private isOurs({ request, branch }: Plan, snapshot: Snapshot): boolean {
    const { name } = this.panel.args;
    if (this.action === 'tag') return request.action === 'tagRelease' && request.version === name;
    return request.action === 'finish' && branch === this.branchName(snapshot);
  }

  private get action(): Circumstances['action'] {
    return this.panel.args.action === 'tag' ? 'tag' : 'finish';
  }

  /** The branch that is finished, or that is tagged. */
  private branchName({ configuration }: Snapshot): string {
    const { kind } = this.panel.args;
    if (this.action === 'tag') return kind;
    return `${configuration.prefixes[kind] ?? ''}${this.panel.args.name}`;
  }

  private async circumstances(snapshot: Snapshot): Promise<Circumstances> {
    const { configuration, state, listing, core } = snapshot;
    const branch = this.branchName(snapshot);
    return {
      action: this.action,
      kind: this.panel.args.kind,
      name: this.panel.args.name,
      configuration,
      templates: {
        merge: settings('gitflow.mergeMessage') ?? '',
        squash: settings('gitflow.squashMessage') ?? '',
        tag: settings('gitflow.tagMessage') ?? '',
      },
      base: this.action === 'tag' ? branch : await core.baseOf(branch),
      hasRemote: state.remotes.includes(configuration.origin),
      published: listing.remote.some(({ name, remote }) => name === branch && remote === configuration.origin),
      openReleases: listing.local.filter(({ role }) => role === 'release').map(({ name }) => name),
      dirty: state.staged || state.unstaged,
      fetchBefore: settings('gitflow.fetchBeforeFinish') ?? false,
    };
  }

  private values(circumstances: Circumstances): FinishValues {
    return { ...finishDefaults(circumstances), ...this.chosen };
  }

  private plan({ core }: Snapshot, circumstances: Circumstances, values: FinishValues): Promise<Planned> {
    return core.plan(dialogRequest(circumstances, values));
  }

  /** Judges the gates for what is shown: by its plan, or where that is refused by the branch alone. */
  private async judge(): Promise<void> {
    const { repository, view } = this;
    if (repository === undefined || view === undefined || !isRelease(view.circumstances)) {
      this.showGates(undefined);
      return;
    }
    const kind = this.panel.args.kind === 'hotfix' ? 'hotfix' : 'release';
    const key = this.judging;
    this.show({ ...view, gates: { state: 'checking' } });
    const { files } = repository;
    let report: Judgement | undefined;
    try {
      const subject = view.planned?.ok
        ? await subjectOf(files, view.planned.plan)
        : await subjectOfBranch(files, branchSubject(kind, view.circumstances));
      report = subject && (await judgeRelease(files, this.recordsOf, subject, this.closing.signal, this.render));
    } catch (error) {
      if (isCancellation(error)) return;
      throw error;
    }
    if (this.judging === key) this.showGates(report);
  }

  private readonly recordsOf: RecordsOf = (environment) =>
    this.room.services.records(environment, this.panel.args.connection);

  private showGates(report: Judgement | undefined): void {
    if (this.view)
      this.show({ ...this.view, gates: report === undefined ? { state: 'none' } : { state: 'judged', report } });
  }

  private async submit(reason = ''): Promise<void> {
    const { repository, view } = this;
    if (this.running || repository === undefined || view === undefined) return;
    const snapshot = await this.room.snapshots.of(repository);
    const circumstances = await this.circumstances(snapshot);
    // The reason is for the gates that the user saw open, and for no other that opens meanwhile.
    const open = view.gates.state === 'judged' ? holding(view.gates.report.gates, new Map()) : [];
    const reasons: Reasons = new Map(open.map(({ id }) => [id, reason]));
    const planned = await this.plan(snapshot, circumstances, this.values(circumstances));
    if (!planned.ok) {
      await this.refresh();
      return;
    }
    const gatekeeper: Gatekeeper = {
      files: repository.files,
      recordsOf: this.recordsOf,
      reasons,
      signal: this.closing.signal,
      ...(this.render && { render: this.render }),
      judged: (judgement) => this.showGates(judgement),
    };
    await this.run(planned.plan, (options) =>
      snapshot.core.execute(planned.plan, { ...options, admit: (plan) => admitPlan(gatekeeper, plan) }),
    );
  }

  /** Runs an action of the core, shows each step as it is done, and what came of it. */
  private async run(plan: Plan, act: (options: ExecuteOptions) => Promise<Outcome>): Promise<void> {
    const { repository } = this;
    if (repository === undefined || this.view === undefined) return;
    const before = this.view.progress.phase === 'stopped' ? this.view.progress.journal.steps : [];
    const steps: StepState[] = plan.steps.map(({ index }) => before[index] ?? 'pending');
    const tell = (progress: Progress) => {
      if (this.view) this.show({ ...this.view, progress });
    };
    const running = new AbortController();
    this.running = running;
    this.room.finishIs(this.panel, 'running');
    let outcome: Outcome | undefined;
    try {
      tell({ phase: 'running', plan, steps });
      const options: ExecuteOptions = {
        signal: running.signal,
        onStep: ({ index, state }) => {
          // A resumed action skips what was done before, a merge that the user has committed included.
          const again = state === 'skipped' && (steps[index] === 'done' || steps[index] === 'conflict');
          steps[index] = again ? 'done' : state;
          tell({ phase: 'running', plan, steps });
        },
        onOutput: (text) => log().debug(text.trimEnd()),
      };
      outcome = await this.room.askpass.during(() => act(options));
      if (outcome.status === 'done' || outcome.status === 'undone') {
        tell({ phase: 'ended', outcome, plan, steps });
      }
    } finally {
      this.running = undefined;
      this.room.finishIs(this.panel, this.view.progress.phase === 'ended' ? 'ended' : 'open');
      this.room.repositories.touch(repository);
      await this.room.snapshots.renew(repository);
    }
    await this.refresh();
    if (outcome.status === 'conflict') await openConflicts(this.room.repositories, repository.root, outcome.files);
    if (outcome.status === 'failed') {
      log().error(outcome.stderr);
      offerPullRequest(repository, outcome.message);
    }
    if (outcome.status === 'refused') throw new UserError(outcome.refusals.map(({ message }) => message).join(' '));
  }

  private runningPlan(): Plan | undefined {
    const progress = this.view?.progress;
    if (progress?.phase === 'running' || progress?.phase === 'ended') return progress.plan;
    return progress?.phase === 'stopped' ? progress.journal.plan : undefined;
  }

  private async proceed(how: 'resume' | 'undo' | 'leave'): Promise<void> {
    const { repository, view } = this;
    const progress = view?.progress;
    if (repository === undefined || progress === undefined) return;
    const core = await repository.open();
    // What has come to its end can be taken back from here, as long as nobody has built on it.
    if (progress.phase === 'ended' && progress.outcome.status === 'done' && how === 'undo') {
      await this.run(progress.plan, (options) => core.undo(options));
      return;
    }
    if (progress.phase !== 'stopped') return;
    const { plan } = progress.journal;
    if (how === 'leave') {
      await core.leave();
      await this.room.snapshots.renew(repository);
      this.panel.close();
    } else {
      await this.run(plan, (options) =>
        how === 'undo'
          ? core.undo(options)
          : withGates(this.room, repository, (admit) => core.resume({ ...options, admit }), {
              connection: this.panel.args.connection,
              render: this.render,
            }),
      );
    }
  }

  private async showPlan(): Promise<void> {
    const planned = this.view?.planned;
    const plan = planned?.ok ? planned.plan : this.runningPlan();
    if (plan) await showPlanDocument(plan);
  }

  /** A button beside a check. */
  private async act(check: string, action: string): Promise<void> {
    const { view, repository } = this;
    if (view === undefined || repository === undefined) return;
    const gate = view.gates.state === 'judged' ? view.gates.report.gates.find(({ id }) => id === check) : undefined;
    switch (action) {
      case 'stash':
        this.chosen = { ...this.chosen, stash: true };
        await this.refresh();
        return;
      case 'scm':
        await commands.executeCommand('workbench.view.scm');
        return;
      case 'recheck':
        await this.room.snapshots.renew(repository);
        await this.refresh();
        return;
      case 'recheckGates':
        await this.judge();
        return;
      case 'resume':
      case 'undo':
        await commands.executeCommand(`mlopsFlow.flow.${action}`, {
          target: { what: 'action', root: repository.root },
        });
        return;
      case 'showRun':
        if (gate?.run !== undefined) await this.room.services.showRun(gate.run);
        return;
      case 'showModel':
        if (gate?.model !== undefined) await this.room.services.showModel(gate.model);
        return;
      case 'render':
        await this.consentToRender(repository);
        return;
      case 'runMerge':
        await this.checkOutMerge();
        return;
      case 'runPipeline':
        await this.room.services.runPipeline(undefined);
        return;
      case 'openConfig':
        await window.showTextDocument(Uri.file(join(repository.root, '.mlops/config.json')));
        return;
      default:
        throw new Error(`The flow panel knows no action ${action}.`);
    }
  }

  /** Asks once; then gates are judged with what the branch's programs make, each rendered once. */
  private async consentToRender({ files, root }: KnownRepository): Promise<void> {
    if (!workspace.isTrusted) {
      throw new UserError('Rendering runs the script, which needs a trusted workspace.', {
        title: 'Manage Trust',
        command: 'workbench.trust.manage',
      });
    }
    const yes = 'Run Script';
    const detail = `The Python script that makes the pipeline is run as it is in what will be tagged, with Local as its AWS.`;
    if ((await window.showWarningMessage('Run the script of this branch?', { modal: true, detail }, yes)) !== yes)
      return;
    const from = { root, export: (treeish: string, folder: string) => files.export(treeish, folder) };
    this.render = rememberRendered(this.room.services.renderCommits(from));
    await this.judge();
  }

  /** Makes the merge before the finish and checks it out, so that what will be tagged can be run first. */
  private async checkOutMerge(): Promise<void> {
    const { repository, view } = this;
    if (repository === undefined || view === undefined) return;
    const { git } = repository.files;
    const made = await mergeCommit(git, branchSubject('release', view.circumstances));
    if (!made.ok) throw new UserError(made.message);
    const answer = await this.room.askpass.during(() => git.run(['checkout', '-q', '--detach', made.ref, '--']));
    if (answer.code !== 0) throw new UserError(`The merge could not be checked out: ${complaint(answer)}`);
    await this.room.snapshots.renew(repository);
    await this.room.services.runPipeline(undefined);
  }

  private later(work: Promise<unknown>): void {
    work.then(undefined, (error: unknown) => this.room.services.panels.fail(error));
  }
}

/** The branch of a dialog without a plan: what it would be merged into, and where its gates come from. */
function branchSubject(kind: 'release' | 'hotfix', at: Circumstances): BranchSubject {
  const { configuration, base, name, action } = at;
  const { main, develop, prefixes, flavour } = configuration;
  const branch = action === 'tag' ? base : `${prefixes[at.kind] ?? ''}${name}`;
  const into = flavour === 'avh' && base === develop ? main : base;
  return {
    kind,
    branch,
    tip: `refs/heads/${branch}`,
    into: { name: into, ref: `refs/heads/${into}` },
    bases: [`refs/heads/${base}`],
  };
}
