import type { BuildPhase, StatusType } from '@aws-sdk/client-codebuild';

type Phase = Pick<BuildPhase, 'startTime' | 'endTime' | 'phaseStatus' | 'durationInSeconds' | 'contexts'>;

/** Ends a phase of a build or of a batch now. */
export function closePhase(
  phase: Phase,
  phaseStatus: StatusType,
  context: { statusCode: string; message: string } = { statusCode: '', message: '' },
): void {
  phase.endTime = new Date();
  phase.phaseStatus = phaseStatus;
  phase.durationInSeconds = Math.round((phase.endTime.getTime() - (phase.startTime?.getTime() ?? 0)) / 1000);
  phase.contexts = [context];
}
