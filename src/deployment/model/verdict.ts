/**
 * What a deployment came to. It is judged by identity: an update that AWS rolled back ends `InService` as well, with the
 * config of before.
 */

export type Outcome = 'under-way' | 'deployed' | 'rolled-back' | 'failed' | 'gone';

/** What the verdict is found from. */
export interface Evidence {
  /** The config that was asked for, and how what it serves is called: `v7`. */
  asked: { config: string; label: string };
  /** What served before; absent for a new endpoint. */
  before?: { config: string; label: string; changed?: number };
  /** What the service says now; absent where the endpoint is not there. */
  now?: { status: string; config: string; changed?: number; reason?: string };
  /** True when the service has been seen working on it. */
  wasBusy: boolean;
  /** The alarms of the update that are or were in ALARM, with their reasons. */
  alarms: readonly { name: string; reason: string }[];
  /** The user asked to abort. */
  wasAborted: boolean;
}

export interface Verdict {
  outcome: Outcome;
  /** `Rolled back to v6` */
  title: string;
  /** Why, in the words of the service or an alarm. */
  reason?: string;
}

const busy = new Set(['Creating', 'Updating', 'SystemUpdating', 'RollingBack']);

/** True while the service works on the endpoint and takes no other change. */
export function isBusy(status: string): boolean {
  return busy.has(status);
}

/** Judges a deployment. Success is `InService` and the config that was asked for, and nothing less. */
export function verdictOf(evidence: Evidence): Verdict {
  const { asked, before, now } = evidence;
  if (!now || now.status === 'Deleting') return { outcome: 'gone', title: 'The endpoint was deleted' };
  if (isBusy(now.status)) return { outcome: 'under-way', title: `Deploying ${asked.label}` };
  if (now.status === 'InService' && now.config === asked.config) {
    return { outcome: 'deployed', title: `Deployed ${asked.label}` };
  }
  if (now.status === 'InService') {
    // Just after the call the service may still show what was there before it.
    const isUntouched = !evidence.wasBusy && before?.changed !== undefined && now.changed === before.changed;
    if (isUntouched) return { outcome: 'under-way', title: `Deploying ${asked.label}` };
    if (before && now.config !== before.config) {
      return {
        outcome: 'failed',
        title: `${asked.label} does not serve`,
        reason: `Another deployment has put ${now.config} in its place.`,
      };
    }
    const reason = reasonOf(evidence);
    return { outcome: 'rolled-back', title: `Rolled back to ${before?.label ?? now.config}`, reason };
  }
  if (now.status === 'UpdateRollbackFailed') {
    return {
      outcome: 'failed',
      title: 'The rollback failed',
      reason: `${reasonOf(evidence)} Old and new version serve side by side. Deploy either of them to repair it.`,
    };
  }
  return { outcome: 'failed', title: `${asked.label} was not deployed`, reason: reasonOf(evidence) };
}

function reasonOf({ now, alarms, wasAborted }: Evidence): string {
  if (wasAborted) return 'It was aborted.';
  const tripped = alarms.map(({ name, reason }) => `The alarm ${name} fired: ${sentence(reason)}`);
  if (tripped.length > 0) return tripped.join(' ');
  return now?.reason ? sentence(now.reason) : 'AWS gave no reason.';
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

/**
 * Why an endpoint in this status takes no update. It is asked before anything is made: the alarms of a deployment that is
 * under way have the same names.
 */
export function statusRefusal(status: string): string | undefined {
  if (status === 'InService' || status === 'UpdateRollbackFailed') return undefined;
  return status === 'Failed'
    ? 'This endpoint is Failed: AWS lets it only be deleted. Delete it, or deploy under another name.'
    : `This endpoint is ${status}: AWS takes no update until it has settled.`;
}
