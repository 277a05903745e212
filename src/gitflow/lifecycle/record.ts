import type { GateResult, Proof } from './gates';

/**
 * The record that a release's tag message carries, as Git trailers (the last paragraph, one `Key: value` a line), so
 * that `git for-each-ref --format='%(trailers)'` and `git interpret-trailers` read it as well as we do.
 *
 * ```
 * MLOps-Commit: 0123456789abcdef0123456789abcdef01234567
 * MLOps-Run: arn:aws:sagemaker:eu-west-1:111122223333:pipeline/penguins/execution/abcdefgh1234
 * MLOps-Model: arn:aws:sagemaker:eu-west-1:111122223333:model-package/penguins/3
 * MLOps-Metric: accuracy=0.9855
 * MLOps-Override: model; the registry is down, approved by phone
 * ```
 */
export interface ReleaseRecord {
  /** Full object name of the commit that was judged: the tip of the release or hotfix branch. */
  commit?: string;
  /** ARN of the pipeline execution. */
  run?: string;
  /** ARN of the model package. */
  model?: string;
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
  run: 'MLOps-Run',
  model: 'MLOps-Model',
  metric: 'MLOps-Metric',
  override: 'MLOps-Override',
} as const;

/** The record of a release whose gates were judged; `reason` is what the user typed where some had not passed. */
export function recordOf(commit: string, proof: Proof, gates: readonly GateResult[], reason?: string): ReleaseRecord {
  const line = oneLine(reason ?? '');
  return {
    commit,
    ...(proof.run && { run: proof.run.arn }),
    ...(proof.model && { model: proof.model.arn }),
    metrics: proof.metrics,
    overrides:
      line === '' ? [] : gates.filter(({ state }) => state !== 'passed').map(({ id }) => ({ gate: id, reason: line })),
  };
}

/** The user's message with the record as its last paragraph. Metrics come in the order of their names. */
export function composeTagMessage(message: string, record: ReleaseRecord): string {
  const lines: string[] = [];
  const add = (key: string, value: string | undefined) => {
    if (value !== undefined && value !== '') lines.push(`${key}: ${oneLine(value)}`);
  };
  add(keys.commit, record.commit);
  add(keys.run, record.run);
  add(keys.model, record.model);
  for (const name of Object.keys(record.metrics).sort())
    add(keys.metric, `${oneLine(name)}=${String(record.metrics[name])}`);
  for (const { gate, reason } of record.overrides) add(keys.override, `${gate.replaceAll(';', ',')}; ${reason}`);
  const text = message.trimEnd();
  return lines.length === 0 ? `${text}\n` : `${text}\n\n${lines.join('\n')}\n`;
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
    ...first('run', all(keys.run)),
    ...first('model', all(keys.model)),
    metrics: Object.fromEntries(metrics),
    overrides: all(keys.override).map((text) => {
      const at = text.indexOf(';');
      return at < 0 ? { gate: text, reason: '' } : { gate: text.slice(0, at), reason: text.slice(at + 1).trim() };
    }),
  };
  const empty = record.commit === undefined && record.run === undefined && record.model === undefined;
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
  return tags.filter(({ message }) => message.includes(model) && parseTagMessage(message)?.model === model);
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
