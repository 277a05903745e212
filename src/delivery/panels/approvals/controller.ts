import { env, Uri } from 'vscode';
import { type Connection, connectionOf, type Session } from '../../../aws';
import { confirmChange } from '../../../aws/confirm';
import { messageOf, reasonOf } from '../../../workbench';
import type { Panel, PanelController } from '../../../workbench/panel';
import { type Approval, approvalKey, approvalsOf } from '../../approvals';
import { type Board, type DeliveryRun, revisionOf, subjectOf } from '../../model';
import type { Overview } from '../../overview';
import { type Promotion, readPromotion } from '../../promotion';
import type { Room } from '../../room';
import { decide } from '../../service';
import { approvalVerbs, warningOf } from '../../verbs';
import type { ApprovalCard, ApprovalsArguments, ApprovalsToHost, ApprovalsToPanel, Promoted } from './contract';

/** An approval that waits, with what is known of it. */
interface Open {
  connection: Connection;
  approval: Approval;
  board: Board;
  runs: readonly DeliveryRun[];
  isProduction: boolean;
  promotion?: Promotion;
}

/** All approvals that wait, over the pipelines that the Delivery view follows. */
export class ApprovalsPanel implements PanelController<ApprovalsToPanel, ApprovalsToHost> {
  private readonly open = new Map<string, Open>();
  private isListed = false;
  private freshness: { updatedAt?: number; problem?: string } = {};
  private watching: { dispose(): void } | undefined;
  private readonly closed = new AbortController();
  private readonly disposables: { dispose(): void }[];

  constructor(
    private readonly room: Room,
    private readonly panel: Panel<ApprovalsArguments, ApprovalsToPanel>,
  ) {
    this.disposables = [
      panel.onDidChangeVisibility((visible) => (visible ? this.watch() : this.rest())),
      room.parts.services.connections.onDidChange(() => void room.refreshOverview(this.connection)),
    ];
    this.watch();
  }

  state(): ApprovalsToPanel[] {
    return [...(this.isListed ? [this.cards()] : []), { type: 'freshness', ...this.freshness }];
  }

  async receive(message: ApprovalsToHost): Promise<void> {
    const { services } = this.room.parts;
    if (message.type === 'refresh') return this.room.refreshOverview(this.connection);
    const one = this.open.get(message.key);
    if (!one) return;
    const { approval, connection, promotion } = one;
    switch (message.type) {
      case 'decide':
        return this.decide(message.key, one, message.approve, message.comment);
      case 'compare': {
        const [from, to] = [revisionOf(approval.replaces)?.id, revisionOf(approval.promotes)?.id];
        if (promotion?.root && from && to) await services.compareCommits(promotion.root, from, to);
        return;
      }
      case 'openPipeline':
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
      value: (overview) => void this.show(overview),
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

  private async show({ followed }: Overview): Promise<void> {
    const waiting = followed.flatMap(({ connection, now }) =>
      now ? approvalsOf(now.board, now.runs).map((approval) => ({ connection, approval, ...now })) : [],
    );
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
    this.freshness = { updatedAt: Date.now() };
    this.update();
    await Promise.all(unread.map((one) => this.readPromotion(one)));
  }

  /** What would be promoted is read once: it belongs to the run. */
  private async readPromotion(one: Open): Promise<void> {
    const session = await this.session(one);
    const isProduction = await session.isProduction();
    const promotion = await readPromotion(this.room.parts.services, session, one.approval);
    const known = this.open.get(approvalKey(one.approval));
    if (!known) return;
    Object.assign(known, { promotion, isProduction });
    this.update();
  }

  private async decide(key: string, { connection, approval }: Open, approve: boolean, comment: string): Promise<void> {
    const { pipeline, stage, action, run } = approval;
    const session = await this.room.parts.services.connections.session(connection, this.closed.signal);
    const verb = approve ? 'Approve' : 'Reject';
    if (!(await confirmChange(session, { text: `${verb} ${action} of ${pipeline}?`, action: verb }))) {
      return this.panel.post({ type: 'deciding', key, busy: false });
    }
    this.panel.post({ type: 'deciding', key, busy: true });
    try {
      await decide(session, { pipeline, stage, action, run, comment, status: approve ? 'Approved' : 'Rejected' });
      this.open.delete(key);
      this.update();
      this.room.started(run);
      await this.room.refreshOverview(this.connection);
    } catch (error) {
      this.panel.post({ type: 'deciding', key, busy: false, problem: messageOf(error) });
      await this.room.refreshOverview(this.connection);
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

function cardOf(key: string, { connection, approval, board, runs, isProduction, promotion }: Open): ApprovalCard {
  const { pipeline, stage, action, run, since, promotes, replaces, behind } = approval;
  const at = board.stages.find(({ name }) => name === stage);
  const [approve, reject] = at ? approvalVerbs(board, at, action, runs) : [];
  const warning = warningOf(behind, undefined);
  const problem = promotion?.models.problem;
  return {
    key,
    connection: connection.label,
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
