/** Gates of a release that is made by a command, without the dialog of Finish. */
import { CancellationError, window } from 'vscode';
import type { Outcome } from '../../index';
import { admitPlan, holding, type GateResult, type Reasons, type RenderDefinition } from '../../lifecycle/index';
import type { Plan, Planned } from '../../index';
import type { KnownRepository } from '../repositories/repositories';
import type { Room } from '../services';

/**
 * Tries to carry a plan out, and again with a reason where gates hold it that the user goes on without. A branch without
 * an environment is judged by the connection that was in use when it began.
 */
export async function withGates(
  room: Room,
  repository: KnownRepository,
  attempt: (admit: (plan: Plan) => Promise<Planned>) => Promise<Outcome>,
  {
    connection = room.services.activeConnection(),
    render,
  }: { connection?: string; render?: RenderDefinition | undefined } = {},
): Promise<Outcome> {
  let reasons: Reasons = new Map();
  for (;;) {
    let open: GateResult[] = [];
    const given = reasons;
    const outcome = await attempt((plan) =>
      admitPlan(
        {
          files: repository.files,
          recordsOf: (environment) => room.services.records(environment, connection),
          reasons: given,
          ...(render && { render }),
          signal: new AbortController().signal,
          judged: ({ gates }) => (open = holding(gates, given)),
        },
        plan,
      ),
    );
    if (outcome.status !== 'refused' || open.length === 0) return outcome;
    const reason = await askReason(open);
    reasons = new Map([...given, ...open.map(({ id }): [string, string] => [id, reason])]);
  }
}

async function askReason(open: readonly GateResult[]): Promise<string> {
  const reason = await window.showInputBox({
    title: 'Not All Gates Are Passed',
    prompt: `${open.map(({ title, evidence }) => `${title}: ${evidence}`).join(' ')} The reason is kept in the message of the tag.`,
    placeHolder: 'Reason for continuing without them',
    ignoreFocusOut: true,
    validateInput: (text) => (/\S/.test(text) ? undefined : 'Type a reason, or press Escape to stop.'),
  });
  if (reason === undefined) throw new CancellationError();
  return reason;
}
