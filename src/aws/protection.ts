/** Which connections are marked, by the user's patterns. Pure. */
import type { Connection } from './connection';

/** The user's marks: patterns of profile names and of account ids, in which `*` stands for any characters. */
export interface Marks {
  /** Changes are confirmed, with account and region. */
  production: readonly string[];
  /** Changes are refused. */
  readOnly: readonly string[];
}

/** True where a pattern names the connection's profile or its account. Local is never marked. */
export function isMarked(patterns: readonly string[], connection: Connection, account: string): boolean {
  if (connection.kind === 'local') return false;
  const names = [connection.kind === 'profile' ? connection.profile : 'environment', account];
  return patterns.some((pattern) => names.some((name) => matches(pattern, name)));
}

function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}
