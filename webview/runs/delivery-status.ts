import { deliveryFace } from '../../src/shared/status';
import type { IconName } from '../kit/icons';
import type { StatusLook } from './status';

/** The panels' own drawings of the states of delivery. */
const drawings: Readonly<Record<string, IconName | undefined>> = {
  InProgress: 'executing',
  Waiting: 'waiting',
  Stopping: 'stopping',
  Succeeded: 'succeeded',
  Failed: 'failed',
  Errored: 'failed',
  Superseded: 'superseded',
  Skipped: 'skipped',
  Cancelled: 'cancelled',
  Stopped: 'stopped',
  Abandoned: 'cancelled',
  Overridden: 'succeeded',
  NotRun: 'pending',
};

/** How a state of a pipeline, a stage, an action or a condition looks; of one that is newer, its name. */
export function deliveryLook(status: string): StatusLook {
  const { word, tone, isTurning } = deliveryFace(status);
  return { icon: drawings[status] ?? 'unknown', tone, word, ...(isTurning ? { turning: true } : {}) };
}
