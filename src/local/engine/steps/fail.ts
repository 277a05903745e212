import { isRecord } from '../../wire/validate';
import { resolve } from '../references';
import type { StepKind } from './step';

/** The longest message of a Fail step. */
const longest = 3072;

/** Ends the execution with a message of the definition's own. */
export const failStep: StepKind = {
  type: 'Fail',
  isInstant: true,
  run(step, { scope }) {
    const resolved = resolve(step.arguments, scope);
    const given = isRecord(resolved) ? (resolved.ErrorMessage ?? '') : '';
    // A number or a truth value, where nothing has made it a text.
    const message = (typeof given === 'string' ? given : JSON.stringify(given)).slice(0, longest);
    return { status: 'Failed', reason: message, metadata: { Fail: { ErrorMessage: message } } };
  },
};
