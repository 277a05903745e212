import type { RunStatus, StepStatus } from '../../src/pipelines/model';
import type { Tone } from '../kit/tone';
import type { IconName } from '../kit/icons';

export interface StatusLook {
  icon: IconName;
  tone: Tone;
  turning?: boolean;
  /** `Executing` */
  word: string;
}

const LOOKS: Record<StepStatus, StatusLook> = {
  Pending: { icon: 'pending', tone: 'quiet', word: 'Waiting' },
  Starting: { icon: 'starting', tone: 'busy', turning: true, word: 'Starting' },
  Executing: { icon: 'executing', tone: 'busy', turning: true, word: 'Executing' },
  Stopping: { icon: 'stopping', tone: 'wary', word: 'Stopping' },
  Stopped: { icon: 'stopped', tone: 'wary', word: 'Stopped' },
  Failed: { icon: 'failed', tone: 'bad', word: 'Failed' },
  Succeeded: { icon: 'succeeded', tone: 'good', word: 'Succeeded' },
  NotRun: { icon: 'notRun', tone: 'quiet', word: 'Not run' },
};

export function statusLook(status: RunStatus | StepStatus): StatusLook {
  return LOOKS[status];
}

/** Whether the state still changes by itself. */
export function isActive(status: RunStatus | StepStatus): boolean {
  return status === 'Pending' || status === 'Starting' || status === 'Executing' || status === 'Stopping';
}
