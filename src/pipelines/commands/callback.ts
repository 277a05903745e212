/** Answers a Callback step: asks for its outputs, or for why it fails, and hands that to the service. */
import { window } from 'vscode';
import type { Session } from '../../aws';
import { confirmChange } from '../../aws/confirm';
import { UserError } from '../../workbench';
import {
  answerCallback,
  badValue,
  type CallbackAnswer,
  declaredOutputs,
  type DeclaredOutput,
  type Waiting,
  waitingIn,
  whereTokenIs,
} from '../callbacks';
import { nameIn, pipelineIn } from '../model';
import { listed } from './steps';

/** Asks for the answer and gives it; on AWS it asks before. @returns whether it was given */
export async function answerStep(
  session: Session,
  executionArn: string,
  step: string,
  how: 'succeed' | 'fail',
): Promise<boolean> {
  const waiting = waitingIn(await listed(session, executionArn, step));
  if (!waiting) throw new UserError(`${step} does not wait for an answer any more.`);
  const title = how === 'succeed' ? `Succeed ${step}` : `Fail ${step}`;
  const token = waiting.token ?? (await askToken(title, waiting));
  if (token === undefined) return false;
  const answer =
    how === 'fail' ? await askReason(title) : await askOutputs(title, await outputsOf(session, executionArn, step));
  if (!answer) return false;
  const text = `${title} of the run ${nameIn(executionArn)} of ${pipelineIn(executionArn)}?`;
  const action = how === 'succeed' ? 'Succeed' : 'Fail';
  if (!(await confirmChange(session, { text, action, always: true }))) return false;
  await answerCallback(session, token, answer);
  return true;
}

async function outputsOf(session: Session, executionArn: string, step: string): Promise<readonly DeclaredOutput[]> {
  return (await declaredOutputs(session, executionArn)).get(step) ?? [];
}

async function askToken(title: string, waiting: Waiting): Promise<string | undefined> {
  const token = await window.showInputBox({
    title,
    prompt: `Callback token. ${whereTokenIs(waiting)}`,
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? 'The token is needed.' : undefined),
  });
  return token?.trim();
}

async function askReason(title: string): Promise<CallbackAnswer | undefined> {
  const reason = await window.showInputBox({
    title,
    prompt: 'Why the step fails',
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? 'The reason is what the run says of the step.' : undefined),
  });
  return reason === undefined ? undefined : { reason: reason.trim() };
}

/** The value of each output that the step declares, one after the other. */
async function askOutputs(title: string, declared: readonly DeclaredOutput[]): Promise<CallbackAnswer | undefined> {
  const outputs: Record<string, string> = {};
  for (const [index, output] of declared.entries()) {
    const value = await window.showInputBox({
      title: declared.length > 1 ? `${title} (${index + 1}/${declared.length})` : title,
      prompt: `${output.name} (${output.type})`,
      ignoreFocusOut: true,
      validateInput: (text) => badValue(output, text),
    });
    if (value === undefined) return undefined;
    outputs[output.name] = value;
  }
  return { outputs };
}
