/** Approving and rejecting, from the view and the palette. */
import { type QuickPickItem, window } from 'vscode';
import type { Connection, Session } from '../../aws';
import { placeOf } from '../../aws/confirm';
import { formatAge } from '../../shared/format';
import { UserError } from '../../workbench';
import { type Approval, approvalsOf } from '../approvals';
import { decide } from '../service';
import { approvalVerbs, tellRun, warningOf } from '../verbs';
import { situationOf } from './act';

/** An approval, and where it waits. */
export interface Waiting {
  connection: Connection;
  approval: Approval;
}

/** The longest comment that the service takes. */
const longestComment = 512;

/** Asks which of those that wait. */
export async function pickApproval(waiting: readonly Waiting[]): Promise<Waiting | undefined> {
  if (waiting.length === 0) throw new UserError('No approval of the pipelines in the Delivery view waits.');
  interface Choice extends QuickPickItem {
    one: Waiting;
  }
  const choices = waiting.map((one): Choice => {
    const { pipeline, action, since, promotes, run, behind } = one.approval;
    return {
      label: `${pipeline} · ${action}`,
      description: [tellRun(promotes, run), since === undefined ? '' : formatAge(since, Date.now())].join(' · '),
      detail: warningOf(behind, undefined) ?? one.connection.label,
      one,
    };
  });
  return (await window.showQuickPick(choices, { title: 'Approve or Reject', placeHolder: 'What waits for approval' }))
    ?.one;
}

/**
 * Approves or rejects what an approval shows, after a comment. Another run than the one that was shown is never decided.
 *
 * @returns whether it was done
 */
export async function decideOnApproval(
  session: Session,
  { pipeline, stage, action, run }: Approval,
  status: 'Approved' | 'Rejected',
): Promise<boolean> {
  const { board, runs } = await situationOf(session, pipeline);
  const now = approvalsOf(board, runs).find((each) => each.stage === stage && each.action === action);
  const found = board.stages.find(({ name }) => name === stage);
  const [approve, reject] = found ? approvalVerbs(board, found, action, runs) : [];
  const verb = status === 'Approved' ? approve : reject;
  const warning = status === 'Approved' && now ? warningOf(now.behind, undefined) : undefined;
  const comment = await window.showInputBox({
    title: `${status === 'Approved' ? 'Approve' : 'Reject'} ${action} of ${pipeline} · ${session.connection.label}`,
    prompt: [verb?.consequence, warning, 'Comment (optional):'].filter((part) => part !== undefined).join(' '),
    ignoreFocusOut: true,
    validateInput: (text) => (text.length > longestComment ? `At most ${longestComment} characters` : undefined),
  });
  if (comment === undefined || !(await agreeInProduction(session, action, status))) return false;
  await decide(session, { pipeline, stage, action, run, status, comment });
  return true;
}

/** The comment was asked already; where mistakes cost, the account is said too. */
export async function agreeInProduction(
  session: Session,
  action: string,
  status: 'Approved' | 'Rejected',
): Promise<boolean> {
  if (session.connection.kind === 'local' || !(await session.isProduction())) return true;
  const verb = status === 'Approved' ? 'Approve' : 'Reject';
  const detail = await placeOf(session);
  return (await window.showWarningMessage(`${verb} ${action}?`, { modal: true, detail }, verb)) === verb;
}
