import { type Status, type StatusFace, statusFaces } from '../../src/shared/status';
import type { IconName } from '../kit/icons';
import type { Tone } from '../kit/tone';

export interface StatusLook {
  icon: IconName;
  tone: Tone;
  turning?: boolean;
  /** `Executing` */
  word: string;
}

/** The panels' own drawings. */
const drawings: Record<Status, IconName> = {
  Pending: 'pending',
  Starting: 'starting',
  Executing: 'executing',
  Stopping: 'stopping',
  Stopped: 'stopped',
  Failed: 'failed',
  Succeeded: 'succeeded',
  NotRun: 'notRun',
};

export function statusLook(status: Status): StatusLook {
  const { word, tone, isTurning }: StatusFace = statusFaces[status];
  return { icon: drawings[status], tone, word, ...(isTurning ? { turning: true } : {}) };
}

/** Whether the state still changes by itself. */
export function isActive(status: Status): boolean {
  const face: StatusFace = statusFaces[status];
  return face.isActive === true;
}
