import { window } from 'vscode';
import type { Session } from './session';

/** What is asked before something is changed on AWS. */
export interface Question {
  /** `Stop the run main-1?` */
  text: string;
  /** The button: `Stop`. */
  action: string;
  /** Ask also where the connection is not marked as production. */
  always?: boolean;
}

/** Asks before a change, with account and region; what happens on this machine is not asked. */
export async function confirmChange(session: Session, { text, action, always = false }: Question): Promise<boolean> {
  if (session.connection.kind === 'local') return true;
  const production = await session.isProduction();
  if (!production && !always) return true;
  return (await window.showWarningMessage(text, { modal: true, detail: await placeOf(session) }, action)) === action;
}

/** Who would do it and where, for a question. */
export async function placeOf(session: Session): Promise<string> {
  const { account, arn } = await session.identity();
  const mark = (await session.isProduction()) ? 'Production. ' : '';
  return `${mark}${session.connection.label}: account ${account}, region ${session.region}, as ${arn}.`;
}
