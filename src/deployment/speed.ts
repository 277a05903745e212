import type { Connection } from '../aws';
import { settings } from '../workbench';

/** How much faster than the true time a connection's deployments go: Local's do, by a setting. */
export function localSpeed({ kind }: Connection): number {
  return kind === 'local' ? (settings('local.speed') ?? 1) : 1;
}
