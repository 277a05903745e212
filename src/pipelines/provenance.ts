import { createHash } from 'node:crypto';
import { count } from '../shared/format';
import type { Provenance, RecordedInput, UploadedFiles } from './model';

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
export function writeProvenance(provenance: Provenance): string {
  const { commit, tree, branch, dirty, digest, uploads = [], inputs = [], stubs = [], reproduces, sweep } = provenance;
  const lines: string[] = [];
  if (commit) lines.push(`Commit: ${commit}`);
  if (commit && tree) lines.push(`Tree: ${tree}`);
  if (commit) lines.push(`Branch: ${branch || '(detached)'}`);
  if (commit) lines.push(`Work tree: ${dirty ? 'with uncommitted changes' : 'clean'}`);
  if (digest) lines.push(`Definition: sha256:${digest}`);
  if (stubs.length > 0) lines.push(`Stubs: ${stubs.join(', ').slice(0, mostCharacters / 4)}`);
  if (sweep) lines.push(`Sweep: ${sweep}`);
  if (reproduces) lines.push(`Reproduces: ${reproduces}`);
  const rest = [
    ...uploads.map(({ parameter, digest: files, files: number, dvc }) => {
      const tracked = dvc === undefined ? '' : ` dvc:${dvc}`;
      return `Upload ${parameter}: sha256:${files} (${count(number, 'file')})${tracked}`;
    }),
    ...inputs.map(inputLine),
  ];
  for (const line of rest) if ([...lines, line].join('\n').length <= mostCharacters) lines.push(line);
  return lines.join('\n');
}

/** `Input DataUri: etag:0123 version:abc s3://bucket/key`, or `list:<SHA-256> (3 objects)` of what lies below a prefix. */
function inputLine({ name, uri, tag, version, objects }: RecordedInput): string {
  const content = objects === undefined ? `etag:${tag}` : `list:${tag} (${count(objects, 'object')})`;
  return `Input ${name}: ${content}${version === undefined ? '' : ` version:${version}`} ${uri}`;
}

function readInput(name: string, value: string): RecordedInput[] {
  const [, parameter] = /^Input (\S+)$/.exec(name) ?? [];
  const [, etag, list, objects, version, uri] =
    /^(?:etag:(\S+)|list:([0-9a-f]{64}) \((\d+) objects?\))(?: version:(\S+))? (s3:\/\/.+)$/.exec(value) ?? [];
  const tag = etag ?? list;
  if (parameter === undefined || tag === undefined || uri === undefined) return [];
  return [
    {
      name: parameter,
      uri,
      tag,
      ...(version === undefined ? {} : { version }),
      ...(objects === undefined ? {} : { objects: Number(objects) }),
    },
  ];
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
    const [, found, number, dvc] =
      /^sha256:([0-9a-f]{64}) \((\d+) files?\)(?: dvc:(modified|[0-9a-f]{32}(?:\.dir)?))?$/.exec(value) ?? [];
    if (parameter === undefined || found === undefined) return [];
    return [{ parameter, digest: found, files: Number(number), ...(dvc === undefined ? {} : { dvc }) }];
  });
  const inputs = [...values].flatMap(([name, value]) => readInput(name, value));
  const reproduces = values.get('Reproduces');
  const sweep = values.get('Sweep');
  return {
    ...(commit === undefined ? {} : { commit }),
    ...(branch === undefined || branch === '(detached)' ? {} : { branch }),
    ...(tree === undefined ? {} : { tree }),
    ...(workTree === undefined ? {} : { dirty: workTree !== 'clean' }),
    ...(digest === undefined ? {} : { digest }),
    ...(uploads.length === 0 ? {} : { uploads }),
    ...(stubs === undefined ? {} : { stubs }),
    ...(inputs.length === 0 ? {} : { inputs }),
    ...(reproduces === undefined ? {} : { reproduces }),
    ...(sweep === undefined ? {} : { sweep }),
  };
}
