/** What is said without being asked: the status bar, the view's badge, notifications. */
import { commands, type Disposable, type Memento, StatusBarAlignment, ThemeColor, window } from 'vscode';
import { type Connection, isDenied } from '../aws';
import { count, shortId } from '../shared/format';
import { deliveryFace } from '../shared/status';
import { isCancellation, log, messageOf } from '../workbench';
import { type Approval, approvalKey, approvalsOf } from './approvals';
import { brings, placeOf, runWith } from './commit';
import { type DeliveryRun, isUnderWay, stageStatus } from './model';
import { deliveryRunOf, isFailure, moves, type WorkflowRun, worstOf } from './github/model';
import { deploymentApprovals, keyOf, type RepositoryNow } from './github/reading';
import type { GitHubPlace } from './github/rows';
import type { Followed, Overview } from './overview';
import type { Checkout } from './sources';
import { tellRun } from './verbs';

export interface AttentionServices {
  readonly memory: Memento;
  checkouts(): Promise<readonly Checkout[]>;
  /** Shows how many approvals wait. */
  badge(waiting: number): void;
  /** Follows the overview of the active connection; the view and this share what is read. */
  watch(heard: { value(overview: Overview): void; failed(error: unknown): void }): Disposable;
  /** Runs that were started from this window: their end is said, whatever their commit. */
  isOwn(run: string): boolean;
  /** False where nothing is to be read unasked. */
  follows(): boolean;
}

/** Where it is remembered which approvals were told, and so many of them. */
const toldKey = 'delivery.told';
const mostTold = 200;

export class Attention implements Disposable {
  private readonly item = window.createStatusBarItem('mlopsFlow.delivery', StatusBarAlignment.Left, 89);
  private watching: Disposable | undefined;
  private overview: Overview | undefined;
  private github: readonly RepositoryNow[] = [];
  private readonly underWay = new Set<string>();
  /** What stands in the status bar. */
  private shown: string | undefined;
  /** What was logged last. */
  private problem: string | undefined;

  constructor(private readonly services: AttentionServices) {
    this.item.name = 'MLOps Flow: Delivery';
    this.begin();
  }

  /** Begins or ends to follow, where that is to be otherwise than before. */
  follow(): void {
    if (this.services.follows() === (this.watching === undefined)) this.begin();
  }

  /** Begins anew, as after a switch of the connection. */
  begin(): void {
    this.watching?.dispose();
    this.watching = undefined;
    this.overview = undefined;
    this.underWay.clear();
    this.item.hide();
    this.shown = undefined;
    this.services.badge(0);
    if (!this.services.follows()) return;
    this.watching = this.services.watch({
      value: (overview) => void this.heard(overview),
      failed: (error) => {
        if (isCancellation(error)) return;
        // Who may not act as this role at all is not asked again and again.
        if (isDenied(error)) this.watching?.dispose();
        else if (this.problem !== messageOf(error)) log().warn(`Delivery: ${messageOf(error)}`);
        this.problem = messageOf(error);
      },
    });
  }

  /** Another commit is checked out. */
  repaint(): void {
    void this.show();
  }

  /** Runs of GitHub Actions were read. */
  heardGitHub(now: readonly RepositoryNow[]): void {
    this.github = now;
    this.sayWaiting();
    void this.show();
    for (const repository of now) this.tellFailedOnGitHub(repository);
  }

  dispose(): void {
    this.watching?.dispose();
    this.item.dispose();
  }

  private async heard(overview: Overview): Promise<void> {
    this.overview = overview;
    // Who may not list pipelines, and has none of the workspace's, is not asked again and again.
    if (overview.unlisted && overview.followed.length === 0) this.watching?.dispose();
    this.sayWaiting();
    await this.show();
    for (const followed of overview.followed) this.tellFailed(followed, (await this.services.checkouts())[0]?.commit);
  }

  /** What waits for this person, as the view's badge, and told once. */
  private sayWaiting(): void {
    const waiting = [
      ...(this.overview?.followed ?? []).flatMap(({ connection, now }) =>
        now ? approvalsOf(now.board, now.runs).map((approval) => ({ connection, approval })) : [],
      ),
      ...deploymentApprovals(this.github)
        .filter(({ deployment }) => deployment?.canApprove)
        .map((approval) => ({ approval })),
    ];
    this.services.badge(waiting.length);
    this.tellWaiting(waiting);
  }

  private async show(): Promise<void> {
    const [checkout] = await this.services.checkouts();
    const { commit } = checkout ?? {};
    const shown =
      commit === undefined
        ? undefined
        : moreUrgent(this.overview && statusOf(this.overview, commit), gitHubStatusOf(this.github, commit));
    // An item that is set again loses the click that is under way.
    const print = JSON.stringify(shown);
    if (print === this.shown) return;
    this.shown = print;
    if (!shown) return this.item.hide();
    this.item.text = shown.text;
    this.item.tooltip = shown.tooltip;
    this.item.backgroundColor = shown.isBad ? new ThemeColor('statusBarItem.errorBackground') : undefined;
    this.item.accessibilityInformation = { label: shown.tooltip, role: 'button' };
    this.item.command = shown.command;
    this.item.show();
  }

  private tellWaiting(waiting: readonly { connection?: Connection; approval: Approval }[]): void {
    const told = new Set(this.services.memory.get<string[]>(toldKey) ?? []);
    const news = waiting.filter(({ approval }) => !told.has(approvalKey(approval)));
    if (news.length === 0) return;
    for (const { approval } of news) told.add(approvalKey(approval));
    void this.services.memory.update(toldKey, [...told].slice(-mostTold));
    const [first] = news;
    if (first) void tellApproval(first.approval, news.length);
  }

  /** Says once that a run of this commit has failed that was seen under way. */
  private tellFailedOnGitHub({ repository, runs }: RepositoryNow): void {
    for (const run of runs) {
      const key = `${keyOf(repository)} ${run.id}`;
      if (moves(run.status)) this.underWay.add(key);
      else if (this.underWay.delete(key) && isFailure(run.status))
        void tellFailureOnGitHub(repository.path, run, { repository, run });
    }
  }

  /** Says once that a run of this commit, or one that was started here, has failed. */
  private tellFailed({ connection, name, now }: Followed, commit: string | undefined): void {
    for (const run of now?.runs ?? []) {
      if (isUnderWay(run.status)) this.underWay.add(run.id);
      else if (this.underWay.delete(run.id) && run.status === 'Failed') {
        const isOurs = this.services.isOwn(run.id) || (commit !== undefined && brings(run, commit));
        if (isOurs)
          void tellFailure(
            connection,
            name,
            run,
            now?.board.stages.find((stage) => stage.run === run.id && stage.status === 'Failed')?.name,
          );
      }
    }
  }
}

async function tellFailureOnGitHub(path: string, run: WorkflowRun, github: GitHubPlace): Promise<void> {
  const show = 'Show Log';
  const text = `${run.workflow} of ${path} failed with ${tellRun(deliveryRunOf(run))}.`;
  if ((await window.showErrorMessage(text, show)) !== show) return;
  await commands.executeCommand('mlopsFlow.delivery.openGitHubLog', { github });
}

async function tellApproval(approval: Approval, news: number): Promise<void> {
  const { pipeline, action, run, promotes } = approval;
  const others = news > 1 ? ` ${count(news - 1, 'other approval')} wait${news === 2 ? 's' : ''} too.` : '';
  const text = `${action} of ${pipeline} waits for approval of ${tellRun(promotes, run)}.${others}`;
  const review = 'Review';
  if ((await window.showInformationMessage(text, review)) !== review) return;
  await commands.executeCommand('mlopsFlow.delivery.review', { approval });
}

async function tellFailure(
  connection: Connection,
  pipeline: string,
  run: DeliveryRun,
  stage: string | undefined,
): Promise<void> {
  const show = 'Show';
  const text = `${pipeline} failed${stage === undefined ? '' : ` in ${stage}`} with ${tellRun(run)}.`;
  if ((await window.showErrorMessage(text, show)) !== show) return;
  await commands.executeCommand('mlopsFlow.delivery.open', { connection, pipeline, stage, run: run.id });
}

/** What the status bar says of a commit. */
export interface Shown {
  text: string;
  tooltip: string;
  isBad: boolean;
  /** A run of the commit is there. */
  isThere: boolean;
  /** A word of `deliveryFaces`. */
  status: string;
  command: { command: string; title: string; arguments: unknown[] };
}

/** Where the commit is: its newest run over the followed pipelines; undefined where none is followed. */
export function statusOf({ followed }: Overview, commit: string): Shown | undefined {
  const found = followed
    .flatMap(({ connection, name, now }) => {
      const run = now && runWith(now.runs, commit);
      return now && run ? [{ connection, name, board: now.board, run }] : [];
    })
    .sort((a, b) => (b.run.started ?? 0) - (a.run.started ?? 0))[0];
  const [first] = followed;
  if (!found) {
    if (!first?.now || first.now.unread.runs) return undefined;
    const [newest] = first.now.runs;
    return {
      text: '$(circle-outline) Not delivered',
      tooltip: `No run of ${first.name} has this commit, ${shortId(commit)}.${newest ? ` The newest has ${tellRun(newest)}.` : ''}`,
      isBad: false,
      isThere: false,
      status: 'NotRun',
      command: openCommand({ connection: first.connection, pipeline: first.name }),
    };
  }
  const { connection, name, board, run } = found;
  const place = placeOf(board, run);
  const stage = place.before ?? place.in;
  const waits = place.in !== undefined && place.before === undefined && stageStatus(place.in) === 'Waiting';
  const face = deliveryFace(waits ? 'Waiting' : run.status);
  const where = place.before
    ? `before ${place.before.name}`
    : place.in && run.status !== 'Succeeded'
      ? place.in.name
      : undefined;
  const icon = face.isTurning ? `${face.codicon}~spin` : face.codicon;
  return {
    text: `$(${icon}) ${where === undefined ? face.word : `${where}: ${face.word}`}`,
    tooltip: `${name}: ${tellRun(run)} ${stage && where !== undefined ? `is ${place.before ? 'waiting before' : 'in'} ${stage.name}, ` : 'is '}${face.word.toLowerCase()}. Click to open the pipeline.`,
    isBad: run.status === 'Failed',
    isThere: true,
    status: waits ? 'Waiting' : run.status,
    command: openCommand({ connection, pipeline: name, run: run.id }),
  };
}

function openCommand(place: { connection: Connection; pipeline: string; run?: string }): Shown['command'] {
  return { command: 'mlopsFlow.delivery.open', title: 'Open Pipeline', arguments: [place] };
}

/** What GitHub Actions says of a commit: the run that asks most for attention. */
export function gitHubStatusOf(now: readonly RepositoryNow[], commit: string): Shown | undefined {
  const all = now
    .filter((each) => each.commit === commit)
    .flatMap(({ repository, runs }) => runs.map((run) => ({ repository, run })));
  const run = worstOf(all.map((each) => each.run));
  const repository = all.find((each) => each.run === run)?.repository;
  if (!run || !repository) return undefined;
  const face = deliveryFace(run.status);
  const icon = face.isTurning ? `${face.codicon}~spin` : face.codicon;
  return {
    text: `$(${icon}) ${run.workflow}: ${face.word}`,
    tooltip: `${run.workflow} of ${repository.path}: ${tellRun(deliveryRunOf(run))} is ${face.word.toLowerCase()}. Click to see the run.`,
    isBad: isFailure(run.status),
    isThere: true,
    status: run.status,
    command: {
      command: 'mlopsFlow.delivery.showGitHubRun',
      title: 'Show Run',
      arguments: [{ github: { repository, run } }],
    },
  };
}

/** Of what two services say of a commit, what asks more for attention. */
function moreUrgent(one: Shown | undefined, other: Shown | undefined): Shown | undefined {
  if (!one || !other) return one ?? other;
  if (one.isThere !== other.isThere) return one.isThere ? one : other;
  const order = ['Failed', 'TIMED_OUT', 'Waiting', 'InProgress', 'QUEUED'];
  const rank = ({ status }: Shown): number => (order.includes(status) ? order.indexOf(status) : order.length);
  return rank(other) < rank(one) ? other : one;
}
