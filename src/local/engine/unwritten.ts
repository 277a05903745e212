/** A step that fails for want of what an earlier step was to write: that step is where to look. */
import { insteadOfAdvice, missingObject } from '../../shared/missing-data';
import type { StepDefinition } from './definition';
import { mayHold, writesOf } from './inputs';
import type { Scope } from './references';
import type { StepEnd } from './steps/step';

/** The end of a step, with a reason that names the step that wrote nothing where this one reads. */
export function pointedOut(end: StepEnd, step: StepDefinition, scope: Scope): StepEnd {
  const uri = end.reason && missingObject(end.reason);
  if (!end.reason || !uri) return end;
  const writer = step.needs.find((name) => writesOf(scope.result(name)).some((place) => mayHold(place, uri)));
  if (writer === undefined) return end;
  return {
    ...end,
    reason: insteadOfAdvice(end.reason, `Step '${writer}' succeeded and wrote nothing there: see its log.`),
  };
}
