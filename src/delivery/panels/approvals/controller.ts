import { env, Uri } from 'vscode';
import { type Connection, connectionOf, type Session } from '../../../aws';
import { confirmChange } from '../../../aws/confirm';
import { messageOf, reasonOf } from '../../../workbench';
import type { Panel, PanelController } from '../../../workbench/panel';
import { type Approval, approvalKey, approvalsOf } from '../../approvals';
import { consequenceOf, openOnGitHub, sendDecision } from '../../commands/github';
import { type Board, type DeliveryRun, revisionOf, subjectOf } from '../../model';
import type { Overview } from '../../overview';
import { type Promotion, readDeploymentPromotion, readPromotion } from '../../promotion';
import type { Room } from '../../room';
import { decide } from '../../service';
import { approvalVerbs, type Verb, warningOf } from '../../verbs';
import type { ApprovalCard, ApprovalsArguments, ApprovalsToHost, ApprovalsToPanel, Promoted } from './contract';
import { isApprovalsToHost } from './messages';

/** An approval that waits, with what is known of it. */
interface Open {
  /** That of its pipeline, or the active one where GitHub Actions wait. */
  connection: Connection;
  approval: Approval;
  /** Approving and rejecting, with what each leads to. */
  verbs: readonly Verb[];
  isProduction: boolean;
  promotion?: Promotion;
}

/** All approvals that wait, over the pipelines that the Delivery view follows. */
export class ApprovalsPanel implements PanelController<ApprovalsToPanel, ApprovalsToHost> {
  readonly accepts = isApprovalsToHost;
  private readonly open = new Map<string, Open>();
  private isListed = false;
  private freshness: { updatedAt?: number; problem?: string } = {};
  private watching: { dispose(): void } | undefined;
  private overview: Overview | undefined;
  private readonly closed = new AbortController();
  private readonly disposables: { dispose(): void }[];

  constructor(
    private readonly room: Room,
    private readonly panel: Panel<ApprovalsArguments, ApprovalsToPanel>,
  ) {
    this.disposables = [
      panel.onDidChangeVisibility((visible) => (visible ? this.watch() : this.rest())),
      room.parts.services.connections.onDidChange(() => void room.refreshOverview(this.connection)),
      room.github.onDidChange(() => void this.show()),
    ];
    this.watch();
  }

  state(): ApprovalsToPanel[] {
    return [...(this.isListed ? [this.cards()] : []), { type: 'freshness', ...this.freshness }];
  }

  async receive(message: ApprovalsToHost): Promise<void> {
    const { services } = this.room.parts;
    if (message.type === 'refresh') {
      await Promise.all([this.room.refreshOverview(this.connection), this.room.github.refresh()]);
      return;
    }
    const one = this.open.get(message.key);
    if (!one) return;
    const { approval, connection, promotion } = one;
    switch (message.type) {
      case 'decide':
        return this.decide(message.key, one, message.approve, message.comment);
      case 'compare': {
        const { replaces } = promotion?.approval ?? approval;
        const [from, to] = [revisionOf(replaces)?.id, revisionOf(approval.promotes)?.id];
        if (promotion?.root && from && to) await services.compareCommits(promotion.root, from, to);
        return;
      }
      case 'openPipeline':
        if (approval.deployment) return openOnGitHub(approval.deployment);
        return this.room.parts.open({
          connection,
          pipeline: approval.pipeline,
          stage: approval.stage,
          run: approval.run,
        });
      case 'openModel':
        return services.revealModel(message.arn, connection);
      case 'openLink':
        if (promotion?.link) await env.openExternal(Uri.parse(promotion.link));
    }
  }

  dispose(): void {
    this.closed.abort();
    this.rest();
    for (const disposable of this.disposables) disposable.dispose();
  }

  private get connection(): Connection {
    return connectionOf(this.panel.args.connection);
  }

  private watch(): void {
    this.watching ??= this.room.watchOverview(this.connection, {
      value: (overview) => {
        this.overview = overview;
        void this.show();
      },
      failed: (error) => {
        this.freshness = { ...this.freshness, problem: reasonOf(error) };
        this.panel.update({ type: 'freshness', ...this.freshness });
      },
    });
  }

  private rest(): void {
    this.watching?.dispose();
    this.watching = undefined;
  }

  private async show(): Promise<void> {
    const waiting = [
      ...(this.overview?.followed ?? []).flatMap(({ connection, now }) =>
        now
          ? approvalsOf(now.board, now.runs).map((approval) => ({
              connection,
              approval,
              verbs: verbsAt(now.board, approval, now.runs),
            }))
          : [],
      ),
      ...this.room.github.approvals
        .filter(({ deployment }) => deployment?.canApprove)
        .map((approval) => ({ connection: this.connection, approval, verbs: deploymentVerbs(approval) })),
    ];
    // What waits elsewhere is not known to be nothing before it was read.
    if (waiting.length === 0 && !this.overview) return;
    const keys = new Set(waiting.map(({ approval }) => approvalKey(approval)));
    for (const key of this.open.keys()) if (!keys.has(key)) this.open.delete(key);
    const unread: Open[] = [];
    for (const one of waiting) {
      const key = approvalKey(one.approval);
      const known = this.open.get(key);
      const next: Open = {
        ...one,
        isProduction: known?.isProduction ?? false,
        ...(known?.promotion ? { promotion: known.promotion } : {}),
      };
      this.open.set(key, next);
      if (!known) unread.push(next);
    }
    this.isListed = true;
    const unknown = this.overview?.followed.flatMap(({ now, problem }) => problem ?? now?.unread.state ?? []) ?? [];
    const problem = unknown[0] ?? this.overview?.unlisted;
    this.freshness = { updatedAt: Date.now(), ...(problem ? { problem: reasonOf(problem) } : {}) };
    this.update();
    await Promise.all(unread.map((one) => this.readPromotion(one)));
  }

  /** What would be promoted is read once: it belongs to the run. */
  private async readPromotion(one: Open): Promise<void> {
    const { deployment } = one.approval;
    const { services } = this.room.parts;
    const session = deployment ? undefined : await this.session(one);
    const isProduction = (await session?.isProduction()) ?? false;
    const promotion = session
      ? await readPromotion(services, session, one.approval)
      : await this.readDeployment(one.approval);
    if (!promotion) return;
    const known = this.open.get(approvalKey(one.approval));
    if (!known) return;
    Object.assign(known, { promotion, isProduction });
    this.update();
  }

  private async readDeployment(approval: Approval): Promise<Promotion | undefined> {
    const { github, parts } = this.room;
    if (!approval.deployment) return undefined;
    return readDeploymentPromotion(parts.services, await github.asked(approval.deployment.repository), approval);
  }

  private async decide(key: string, { connection, approval }: Open, approve: boolean, comment: string): Promise<void> {
    const { pipeline, stage, action, run, deployment } = approval;
    if (deployment) {
      await this.attempt(key, () => sendDecision(this.room, approval, approve, comment));
      return;
    }
    const session = await this.room.parts.services.connections.session(connection, this.closed.signal);
    const verb = approve ? 'Approve' : 'Reject';
    if (!(await confirmChange(session, { text: `${verb} ${action} of ${pipeline}?`, action: verb }))) {
      return this.panel.post({ type: 'deciding', key, busy: false });
    }
    const isDone = await this.attempt(key, () =>
      decide(session, { pipeline, stage, action, run, comment, status: approve ? 'Approved' : 'Rejected' }),
    );
    if (isDone) this.room.started(run);
    await this.room.refreshOverview(this.connection);
  }

  /** Sends a decision: its card goes, or says what stands against it. @returns whether it was taken */
  private async attempt(key: string, send: () => Promise<void>): Promise<boolean> {
    this.panel.post({ type: 'deciding', key, busy: true });
    try {
      await send();
      this.open.delete(key);
      this.update();
      return true;
    } catch (error) {
      this.panel.post({ type: 'deciding', key, busy: false, problem: messageOf(error) });
      return false;
    }
  }

  private session({ connection }: Open): Promise<Session> {
    return this.room.parts.services.connections.session(connection, this.closed.signal);
  }

  private update(): void {
    this.panel.update(this.cards());
    this.panel.update({ type: 'freshness', ...this.freshness });
  }

  private cards(): Extract<ApprovalsToPanel, { type: 'approvals' }> {
    return { type: 'approvals', cards: [...this.open].map(([key, one]) => cardOf(key, one)) };
  }
}

function verbsAt(board: Board, { stage, action }: Approval, runs: readonly DeliveryRun[]): Verb[] {
  const at = board.stages.find(({ name }) => name === stage);
  return at ? approvalVerbs(board, at, action, runs) : [];
}

function deploymentVerbs(approval: Approval): Verb[] {
  return [
    { id: 'approve', title: 'Approve', consequence: consequenceOf(approval, true) },
    { id: 'reject', title: 'Reject', consequence: consequenceOf(approval, false) },
  ];
}

function cardOf(key: string, { connection, approval, verbs, isProduction, promotion }: Open): ApprovalCard {
  const { pipeline, stage, action, run, since, promotes, behind, deployment } = approval;
  const { replaces } = promotion?.approval ?? approval;
  const [approve, reject] = verbs;
  const warning = warningOf(behind, undefined);
  const problem = promotion?.models.problem;
  return {
    key,
    connection: deployment ? deployment.repository.server.host : connection.label,
    opens: deployment ? 'Open on GitHub' : 'Open Pipeline',
    isProduction,
    pipeline,
    stage,
    action,
    ...(since === undefined ? {} : { since }),
    promotes: promotes ? promotedOf(promotes) : { id: run },
    ...(replaces ? { replaces: promotedOf(replaces) } : {}),
    behind: behind.map(promotedOf),
    ...(warning === undefined ? {} : { warning }),
    approve: approve ?? { id: 'approve', title: 'Approve', consequence: '' },
    reject: reject ?? { id: 'reject', title: 'Reject', consequence: '' },
    ...(promotion?.commits ? { commits: [...promotion.commits] } : {}),
    canCompare: promotion?.root !== undefined,
    models: (promotion?.models.value ?? []).map((model) => ({ ...model, metrics: [...model.metrics] })),
    ...(problem ? { problem: reasonOf(problem) } : {}),
    isRead: promotion !== undefined,
    ...(promotion?.note ? { note: promotion.note } : {}),
    ...(promotion?.link ? { link: promotion.link } : {}),
  };
}

function promotedOf(run: DeliveryRun): Promoted {
  const revision = revisionOf(run);
  const subject = subjectOf(revision?.message);
  return {
    id: revision?.id ?? run.id,
    ...(subject === undefined ? {} : { subject }),
    ...(run.started === undefined ? {} : { at: run.started }),
  };
}
