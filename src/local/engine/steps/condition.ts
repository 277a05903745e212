import { isRecord } from '../../wire/validate';
import { holdAll } from '../conditions';
import type { StepKind } from './step';

export const conditionStep: StepKind = {
  type: 'Condition',
  isInstant: true,
  run(step, { scope }) {
    const conditions = isRecord(step.arguments) ? step.arguments.Conditions : undefined;
    const outcome = holdAll(conditions, scope) ? 'True' : 'False';
    const metadata = { Condition: { Outcome: outcome } } as const;
    return { status: 'Succeeded', outcome, metadata, result: { Outcome: outcome } };
  },
};
