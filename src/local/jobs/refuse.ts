import { isRecord } from '../wire/validate';

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

/** The reason against inputs that are streamed. */
export const pipes = 'it reads its data from pipes (input mode Pipe), and Local gives files';
