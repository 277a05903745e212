import { createHash } from 'node:crypto';
import { count } from '../shared/format';
import type { Provenance, UploadedFiles } from './model';

/** Characters that StartPipelineExecution takes as a description. */
const mostCharacters = 3072;

/** SHA-256 of a definition's text in hexadecimal, the `digest` of a run's provenance. */
export function digestOf(definition: string): string {
  return createHash('sha256').update(definition).digest('hex');
}

/**
 * The provenance as lines of an execution's description, which every AWS tool shows as it is. What does not fit is
 * left out: the parameters of the run name its uploads all the same.
 */
export function writeProvenance({ commit, tree, branch, dirty, digest, uploads = [], stubs = [] }: Provenance): string {
  const lines: string[] = [];
  if (commit) lines.push(`Commit: ${commit}`);
  if (commit && tree) lines.push(`Tree: ${tree}`);
  if (commit) lines.push(`Branch: ${branch || '(detached)'}`);
  if (commit) lines.push(`Work tree: ${dirty ? 'with uncommitted changes' : 'clean'}`);
  if (digest) lines.push(`Definition: sha256:${digest}`);
  if (stubs.length > 0) lines.push(`Stubs: ${stubs.join(', ').slice(0, mostCharacters / 4)}`);
  for (const { parameter, digest: files, files: number } of uploads) {
    const line = `Upload ${parameter}: sha256:${files} (${count(number, 'file')})`;
    if ([...lines, line].join('\n').length <= mostCharacters) lines.push(line);
  }
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
  const tree = values.get('Tree');
  const workTree = values.get('Work tree');
  const stubs = values.get('Stubs')?.split(', ');
  const digest = values.get('Definition')?.replace(/^sha256:/, '');
  if (commit === undefined && digest === undefined) return undefined;
  const uploads = [...values].flatMap(([name, value]): UploadedFiles[] => {
    const [, parameter] = /^Upload (\S+)$/.exec(name) ?? [];
    const [, found, number] = /^sha256:([0-9a-f]{64}) \((\d+) files?\)$/.exec(value) ?? [];
    return parameter === undefined || found === undefined ? [] : [{ parameter, digest: found, files: Number(number) }];
  });
  return {
    ...(commit === undefined ? {} : { commit }),
    ...(branch === undefined || branch === '(detached)' ? {} : { branch }),
    ...(tree === undefined ? {} : { tree }),
    ...(workTree === undefined ? {} : { dirty: workTree !== 'clean' }),
    ...(digest === undefined ? {} : { digest }),
    ...(uploads.length === 0 ? {} : { uploads }),
    ...(stubs === undefined ? {} : { stubs }),
  };
}
