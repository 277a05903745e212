/** Running a planned command: the plan is printed, or executed and reported. */
import type { Plan, Planned, Repository, Request } from '../../gitflow';
import { reportOutcome, reportRefusals, say, usageCode, warn } from './report';

export interface RunOptions {
  /** Print the plan and change nothing. */
  plan: boolean;
  showCommands: boolean;
  /** The help of the command, for a missing name. */
  usage: string;
  /** Asks the gates of what is to be released, before the first step. */
  admit?: (plan: Plan) => Promise<Planned>;
}

/** Plans and executes; answers the exit code. */
export async function runRequest(repository: Repository, request: Request, options: RunOptions): Promise<number> {
  const planned = await repository.plan(request);
  if (options.plan) {
    say(JSON.stringify(planned.ok ? planned.plan : { refusals: planned.refusals }, undefined, 2));
    return planned.ok ? 0 : 1;
  }
  if (!planned.ok) return refuse(repository, planned, options);
  const outcome = await repository.execute(planned.plan, {
    onStep: ({ state, step }) => {
      if (state === 'running' && options.showCommands) for (const command of step.commands) warn(command.join(' '));
    },
    onOutput: (text) => void process.stderr.write(text),
    ...(options.admit && { admit: options.admit }),
  });
  if (outcome.status === 'refused') return codeOf(outcome.refusals, options.usage);
  const { branch } = outcome.status === 'done' ? await repository.state() : {};
  return reportOutcome(outcome, branch, true);
}

/** Does what git-flow has done by the time it refuses, and refuses. */
async function refuse(
  repository: Repository,
  planned: Extract<Planned, { ok: false }>,
  options: RunOptions,
): Promise<number> {
  if (planned.meanwhile) {
    const outcome = await repository.execute(planned.meanwhile);
    // After fetching it may be another refusal, or none.
    const fetched = planned.meanwhile.fetches.length > 0;
    if (fetched) return reportOutcome(outcome, undefined);
    if (outcome.status === 'failed') return reportOutcome(outcome, undefined);
  }
  return codeOf(planned.refusals, options.usage);
}

function codeOf(refusals: Extract<Planned, { ok: false }>['refusals'], usage: string): number {
  const missing = refusals.find(({ code, message }) => code === 'no-name' && message.startsWith('Missing'));
  const noBase = refusals.find(({ code, message }) => code === 'no-base' && message.startsWith('Missing'));
  const wrong = missing ?? noBase;
  if (!wrong) return reportRefusals(refusals);
  warn(`${wrong.message}\n${usage}`);
  return usageCode;
}
