/** The order of a build's phases and what follows a failure: the rules of CodeBuild, pure. */
import { type OnFailure, type PhaseName, phaseNames } from './buildspec';

/** How a phase of commands came out. */
export type PhaseResult = 'SUCCEEDED' | 'FAILED';

/** What is done next. */
export type Next = { phase: PhaseName } | 'artifacts' | 'end';

/**
 * What follows a phase.
 *
 * - install and pre_build that fail end the build; a build that fails is followed by post_build
 * - `CONTINUE` goes on in any case, `ABORT` never
 * - artifacts are attempted after a failed build or post_build
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details.html#view-build-details-phases
 */
export function nextAfter(phase: PhaseName, result: PhaseResult, onFailure: OnFailure | undefined): Next {
  const following = phaseNames[phaseNames.indexOf(phase) + 1];
  const onwards: Next = following === undefined ? 'artifacts' : { phase: following };
  if (result === 'SUCCEEDED' || onFailure?.kind === 'CONTINUE') return onwards;
  if (onFailure?.kind === 'ABORT') return 'end';
  return phase === 'build' || phase === 'post_build' ? onwards : 'end';
}

/** Whether a failed phase is run again. @param tries how often it has run */
export function isRetried(onFailure: OnFailure | undefined, tries: number, message: string): boolean {
  if (onFailure?.kind !== 'RETRY' || tries > onFailure.times) return false;
  if (onFailure.pattern === undefined) return true;
  try {
    return new RegExp(onFailure.pattern).test(message);
  } catch {
    return false;
  }
}
