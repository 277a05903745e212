/** How the states of endpoints look: icon, colour, word. Pure. */
import type { StatusFace, Tone } from '../../shared/status';

const faces: Readonly<Record<string, StatusFace>> = {
  InService: { word: 'In service', tone: 'good', codicon: 'pass' },
  Creating: { word: 'Creating', tone: 'busy', codicon: 'loading', isActive: true, isTurning: true },
  Updating: { word: 'Updating', tone: 'busy', codicon: 'loading', isActive: true, isTurning: true },
  SystemUpdating: { word: 'Maintenance by AWS', tone: 'busy', codicon: 'loading', isActive: true, isTurning: true },
  RollingBack: { word: 'Rolling back', tone: 'wary', codicon: 'loading', isActive: true, isTurning: true },
  Deleting: { word: 'Deleting', tone: 'quiet', codicon: 'loading', isActive: true, isTurning: true },
  OutOfService: { word: 'Out of service', tone: 'wary', codicon: 'circle-slash' },
  Failed: { word: 'Failed', tone: 'bad', codicon: 'error' },
  UpdateRollbackFailed: { word: 'Rollback failed', tone: 'bad', codicon: 'error' },
};

/** The face of an endpoint's status; one that is newer than we are is shown by its own word. */
export function endpointFace(status: string): StatusFace {
  return faces[status] ?? { word: status, tone: 'quiet', codicon: 'question' };
}

export function endpointTone(status: string): Tone {
  return endpointFace(status).tone;
}
