/** Where a run came from: the state of the repository and of the definition when it was started. */
export interface Provenance {
  /** The full id of the commit that was checked out. */
  commit: string;
  /** The branch, or empty when HEAD was detached. */
  branch: string;
  /** True when the work tree had changes that the commit does not hold. */
  dirty: boolean;
  /** `sha256:` and the hex digest of the definition's text as it was sent. */
  definition: string;
}

const LINES: readonly [label: string, read: (text: string, into: Partial<Provenance>) => void][] = [
  ['Commit', (text, into) => void (into.commit = text)],
  ['Branch', (text, into) => void (into.branch = text)],
  ['Work tree', (text, into) => void (into.dirty = text !== 'clean')],
  ['Definition', (text, into) => void (into.definition = text)],
];

/**
 * The provenance as lines of an execution's description, which every AWS tool shows as it is.
 * StartPipelineExecution takes up to 3072 characters.
 */
export function writeProvenance({ commit, branch, dirty, definition }: Provenance): string {
  return [
    `Commit: ${commit}`,
    `Branch: ${branch || '(detached)'}`,
    `Work tree: ${dirty ? 'with uncommitted changes' : 'clean'}`,
    `Definition: ${definition}`,
  ].join('\n');
}

/** Reads what `writeProvenance` wrote; undefined for the description of a run that was not started so. */
export function readProvenance(description: string | undefined): Provenance | undefined {
  const found: Partial<Provenance> = {};
  for (const line of description?.split('\n') ?? []) {
    const colon = line.indexOf(': ');
    const entry = LINES.find(([label]) => label === line.slice(0, colon));
    entry?.[1](line.slice(colon + 2).trim(), found);
  }
  const { commit, branch, dirty, definition } = found;
  if (commit === undefined || definition === undefined) return undefined;
  return { commit, branch: branch === '(detached)' ? '' : (branch ?? ''), dirty: dirty ?? false, definition };
}
