import { createHash } from 'node:crypto';
import type { Provenance } from './model';

/** SHA-256 of a definition's text in hexadecimal, the `digest` of a run's provenance. */
export function digestOf(definition: string): string {
  return createHash('sha256').update(definition).digest('hex');
}

/**
 * The provenance as lines of an execution's description, which every AWS tool shows as it is.
 * StartPipelineExecution takes up to 3072 characters.
 */
export function writeProvenance({ commit, branch, dirty, digest }: Provenance): string {
  const lines: string[] = [];
  if (commit) lines.push(`Commit: ${commit}`);
  if (commit) lines.push(`Branch: ${branch || '(detached)'}`);
  if (commit) lines.push(`Work tree: ${dirty ? 'with uncommitted changes' : 'clean'}`);
  if (digest) lines.push(`Definition: sha256:${digest}`);
  return lines.join('\n');
}

/** Reads what `writeProvenance` wrote; undefined for the description of a run that was started otherwise. */
export function readProvenance(description: string | undefined): Provenance | undefined {
  const values = new Map<string, string>();
  for (const line of description?.split('\n') ?? []) {
    const colon = line.indexOf(': ');
    if (colon > 0) values.set(line.slice(0, colon), line.slice(colon + 2).trim());
  }
  const commit = values.get('Commit');
  const branch = values.get('Branch');
  const tree = values.get('Work tree');
  const digest = values.get('Definition')?.replace(/^sha256:/, '');
  if (commit === undefined && digest === undefined) return undefined;
  return {
    ...(commit === undefined ? {} : { commit }),
    ...(branch === undefined || branch === '(detached)' ? {} : { branch }),
    ...(tree === undefined ? {} : { dirty: tree !== 'clean' }),
    ...(digest === undefined ? {} : { digest }),
  };
}
