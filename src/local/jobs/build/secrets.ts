/** Parameters and secrets of builds: a file in the data folder that only its owner can read. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { valueOfJson } from '../../../shared/json';
import { isRecord } from '../../wire/validate';
import { BuildError } from './run';

/** The file's name in the data folder: `{"parameters": {"/app/key": "…"}, "secrets": {"id": "…" or {…}}}`. */
export const secretsFile = 'secrets.json';

/**
 * The value of a parameter of Systems Manager or of a secret of Secrets Manager.
 * @param reference a parameter's name or ARN; of a secret `id:json-key:version-stage:version-id`
 * @throws {BuildError} when the file cannot be used or has no such value; the message says what to add
 */
export function localSecret(folder: string, kind: 'parameter' | 'secret', reference: string): string {
  const file = join(folder, secretsFile);
  const group = kind === 'parameter' ? 'parameters' : 'secrets';
  const values = readGroup(file, group);
  const [id, key] = kind === 'parameter' ? [parameterName(reference), ''] : secretParts(reference);
  const value = values[id];
  if (value === undefined) {
    throw new BuildError('CLIENT_ERROR', `The ${kind} '${id}' is not known here. Add it to ${group} in ${file}.`);
  }
  const parsed: unknown = typeof value === 'string' && key !== '' ? valueOfJson(value) : value;
  if (key === '') return typeof parsed === 'string' ? parsed : JSON.stringify(parsed);
  const member = isRecord(parsed) ? parsed[key] : undefined;
  if (member === undefined) {
    throw new BuildError('CLIENT_ERROR', `The secret '${id}' has no member '${key}'. Add it to ${group} in ${file}.`);
  }
  return typeof member === 'string' ? member : JSON.stringify(member);
}

function readGroup(file: string, group: string): Record<string, unknown> {
  const info = statSync(file, { throwIfNoEntry: false });
  if (!info) return {};
  if (process.platform !== 'win32' && (info.mode & 0o077) !== 0) {
    throw new BuildError('CLIENT_ERROR', `${file} can be read by others. Run chmod 600 on it.`);
  }
  const parsed = valueOfJson(readFileSync(file, 'utf8'));
  if (!isRecord(parsed)) throw new BuildError('CLIENT_ERROR', `${file} is not a JSON object.`);
  const values = parsed[group];
  return isRecord(values) ? values : {};
}

function parameterName(reference: string): string {
  return /^arn:[^:]*:ssm:[^:]*:[^:]*:parameter(\/.*)$/.exec(reference)?.[1] ?? reference;
}

/** The id, which may be an ARN with colons of its own, and the member. */
function secretParts(reference: string): [id: string, key: string] {
  const arn = /^arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:([^:]+?)(?:-[A-Za-z0-9]{6})?(?::(.*))?$/.exec(reference);
  const [id = '', key = ''] = arn ? [arn[1], arn[2]?.split(':')[0]] : reference.split(':');
  return [id, key];
}
