import { existsSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { isRecord } from '../wire/validate';
import { frameworkOf } from './images/frameworks';
import { isPython } from './run/python';

/** An object among the members of another; undefined where it is none, or where only a run can tell it. */
export function recordIn(value: Readonly<Record<string, unknown>>, name: string): Record<string, unknown> | undefined {
  return isRecord(value[name]) ? value[name] : undefined;
}

/** The reason against a cluster of more than one instance: Local must not run it as one without a word. */
export function moreThanOne(cluster: Record<string, unknown> | undefined): string | undefined {
  const groups = Array.isArray(cluster?.InstanceGroups) ? cluster.InstanceGroups.filter(isRecord) : [];
  const count = [cluster, ...groups].reduce((sum, group) => sum + Number(group?.InstanceCount ?? 0), 0);
  return count > 1 ? `it asks for ${count} instances, and Local has one` : undefined;
}

/** Several reasons as one, each once: all are told at the first try. */
export function together(...reasons: readonly (string | undefined)[]): string | undefined {
  const told = new Set(reasons.filter((reason) => reason !== undefined));
  return told.size === 0 ? undefined : [...told].join(', and ');
}

/** The reason against inputs that are streamed. */
export const pipes = 'it reads its data from pipes (input mode Pipe), and Local gives files';

/** The reason against a job whose command only its image has; those of frameworks come with their packages. */
export function commandOfImage(entry: unknown, image: unknown): string | undefined {
  const program: unknown = Array.isArray(entry) ? entry[0] : undefined;
  if (process.platform === 'win32' || typeof program !== 'string' || isPython(program)) return undefined;
  if (typeof image !== 'string' || frameworkOf(image) !== undefined || program.startsWith('/opt/ml/')) return undefined;
  const isThere = isAbsolute(program)
    ? existsSync(program)
    : program.includes('/') ||
      (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
  return isThere ? undefined : `its command '${program}' is in its image, and not on this machine`;
}
