import type { GateResult, Proof } from './gate';

/**
 * The record that a release's tag message carries, as Git trailers (the last paragraph, one `Key: value` a line), so
 * that `git for-each-ref --format='%(trailers)'` and `git interpret-trailers` read it as well as we do.
 *
 * ```
 * MLOps-Commit: 0123456789abcdef0123456789abcdef01234567
 * MLOps-Tree: 89abcdef0123456789abcdef0123456789abcdef
 * MLOps-Run: arn:aws:sagemaker:eu-west-1:111122223333:pipeline/penguins/execution/abcdefgh1234
 * MLOps-Model: arn:aws:sagemaker:eu-west-1:111122223333:model-package/penguins/3
 * MLOps-Endpoint: arn:aws:sagemaker:eu-west-1:111122223333:endpoint/penguins; penguins-v3-20260304-050607
 * MLOps-Metric: accuracy=0.9855
 * MLOps-Override: model; the registry is down, approved by phone
 * ```
 */
export interface ReleaseRecord {
  /** Full object name of the commit that was judged: the tip of the release or hotfix branch. */
  commit?: string;
  /** The tree that was judged: that of the tagged commit. */
  tree?: string;
  /** ARN of the pipeline execution. */
  run?: string;
  /** ARNs of the model packages that the run made. */
  models: readonly string[];
  /** The endpoints that served them when the release was made, each with its config: `ARN; CONFIG`. */
  endpoints?: readonly string[];
  metrics: Readonly<Record<string, number>>;
  /** Gates that had not passed and why the release went ahead all the same. */
  overrides: readonly Override[];
}

export interface Override {
  /** Id of the gate. */
  gate: string;
  /** What the user typed, on one line. */
  reason: string;
}

const keys = {
  commit: 'MLOps-Commit',
  tree: 'MLOps-Tree',
  run: 'MLOps-Run',
  model: 'MLOps-Model',
  endpoint: 'MLOps-Endpoint',
  metric: 'MLOps-Metric',
  override: 'MLOps-Override',
} as const;

/** What was judged. */
export interface Judged {
  commit: string;
  tree?: string;
}

/** Why a release goes ahead with gates that have not passed, by the id of the gate. */
export type Reasons = ReadonlyMap<string, string>;

/**
 * The record of a release whose gates were judged. A reason for a gate that has passed is not needed and not kept, but
 * for that of the tree, which lets any tree be tagged.
 */
export function recordOf(
  { commit, tree }: Judged,
  proof: Proof,
  gates: readonly GateResult[],
  reasons: Reasons,
): ReleaseRecord {
  const endpoints = proof.models.flatMap((model) => model.endpoints ?? []);
  return {
    commit,
    ...(tree === undefined ? {} : { tree }),
    ...(proof.run && { run: proof.run.arn }),
    models: proof.models.map(({ arn }) => arn),
    ...(endpoints.length > 0 ? { endpoints } : {}),
    metrics: proof.metrics,
    overrides: gates
      .filter(({ id, state }) => state !== 'passed' || id === 'tree')
      .flatMap(({ id }) => {
        const reason = oneLine(reasons.get(id) ?? '');
        return reason === '' ? [] : [{ gate: id, reason }];
      }),
  };
}

/** The gates that hold the release back: not passed, and no reason given. */
export function holding(gates: readonly GateResult[], reasons: Reasons): GateResult[] {
  return gates.filter(({ id, state }) => state !== 'passed' && oneLine(reasons.get(id) ?? '') === '');
}

/** The record as the last paragraph of a tag's message. Metrics come in the order of their names. */
export function writeRecord(record: ReleaseRecord): string {
  const lines: string[] = [];
  const add = (key: string, value: string | undefined) => {
    if (value !== undefined && value !== '') lines.push(`${key}: ${oneLine(value)}`);
  };
  add(keys.commit, record.commit);
  add(keys.tree, record.tree);
  add(keys.run, record.run);
  for (const model of record.models) add(keys.model, model);
  for (const endpoint of record.endpoints ?? []) add(keys.endpoint, endpoint);
  for (const name of Object.keys(record.metrics).sort())
    add(keys.metric, `${oneLine(name)}=${String(record.metrics[name])}`);
  for (const { gate, reason } of record.overrides) add(keys.override, `${gate.replaceAll(';', ',')}; ${reason}`);
  return lines.map((line) => `${line}\n`).join('');
}

/** A message with a record, as `writeRecord` wrote it, as its last paragraph. */
export function composeTagMessage(message: string, record: string): string {
  const text = message.trimEnd();
  return record === '' ? `${text}\n` : `${text}\n\n${record}`;
}

/** The record in a tag's message; undefined where it carries none. A signature at the end does no harm. */
export function parseTagMessage(message: string): ReleaseRecord | undefined {
  const values = new Map<string, string[]>();
  for (const { key, value } of trailersOf(message)) {
    const known = key.toLowerCase();
    values.set(known, [...(values.get(known) ?? []), value]);
  }
  const all = (key: string) => values.get(key.toLowerCase()) ?? [];
  const metrics = all(keys.metric).flatMap((text): [string, number][] => {
    const at = text.lastIndexOf('=');
    const value = text.slice(at + 1).trim();
    // Number('') is 0, which nobody wrote.
    return at < 1 || value === '' || (Number.isNaN(Number(value)) && value !== 'NaN')
      ? []
      : [[text.slice(0, at), Number(value)]];
  });
  const record: ReleaseRecord = {
    ...first('commit', all(keys.commit)),
    ...first('tree', all(keys.tree)),
    ...first('run', all(keys.run)),
    models: all(keys.model),
    ...(all(keys.endpoint).length > 0 ? { endpoints: all(keys.endpoint) } : {}),
    metrics: Object.fromEntries(metrics),
    overrides: all(keys.override).map((text) => {
      const at = text.indexOf(';');
      return at < 0 ? { gate: text, reason: '' } : { gate: text.slice(0, at), reason: text.slice(at + 1).trim() };
    }),
  };
  const empty = record.commit === undefined && record.run === undefined && record.models.length === 0;
  return empty && metrics.length === 0 && record.overrides.length === 0 ? undefined : record;
}

/** A tag as `git for-each-ref` gives it. */
export interface TagMessage {
  /** Name without `refs/tags/`. */
  name: string;
  /** The whole message of an annotated tag; empty for another. */
  message: string;
}

/** The tags of the releases that shipped this model version, in the order of `tags`. */
export function findReleaseOfModel(model: string, tags: readonly TagMessage[]): TagMessage[] {
  return tags.filter(({ message }) => message.includes(model) && parseTagMessage(message)?.models.includes(model));
}

/** The trailers of the last paragraph, unfolded; none where a line of it is no trailer, as Git reads it. */
function trailersOf(message: string): { key: string; value: string }[] {
  const text = message.replaceAll('\r\n', '\n').replace(/^-----BEGIN [A-Z ]+-----\n[^]*$/m, '');
  const paragraph =
    text
      .trimEnd()
      .split(/\n[ \t]*\n/)
      .at(-1) ?? '';
  const trailers: { key: string; value: string }[] = [];
  for (const line of paragraph.split('\n')) {
    const match = /^([A-Za-z0-9-]+)[ \t]*:[ \t]*(.*)$/.exec(line);
    const last = trailers.at(-1);
    if (match?.[1] !== undefined && match[2] !== undefined) trailers.push({ key: match[1], value: match[2].trimEnd() });
    else if (/^[ \t]/.test(line) && last !== undefined) last.value += ` ${line.trim()}`;
    else return [];
  }
  return trailers;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function first<K extends string>(key: K, values: string[]): Partial<Record<K, string>> {
  const [value] = values;
  return value === undefined ? {} : ({ [key]: value } as Record<K, string>);
}
