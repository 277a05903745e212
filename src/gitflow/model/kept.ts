/** What an action kept of work that no branch has any more. */
export interface Kept {
  /** The full name of the ref that holds it. */
  ref: string;
  /** The same, short: `20261128-215403-1f2e/heads/feature/x`. */
  name: string;
  /** The id of the action, which begins with its date and time (UTC). */
  action: string;
  /** Of a branch, of a tag, of a detached HEAD, changes that were not committed, or files that no commit had. */
  kind: 'branch' | 'tag' | 'head' | 'work' | 'files';
  /** The branch or tag. */
  of: string;
  id: string;
  subject: string;
  /** The command that brings it back. */
  restore: string;
}

/** What is kept, with the commands that bring it back, in a sentence each. */
export function tellKept(kept: readonly Kept[]): string[] {
  const what: Record<Kept['kind'], (of: string) => string> = {
    branch: (of) => `The commits of '${of}' are kept`,
    tag: (of) => `The tag '${of}' is kept`,
    head: () => 'The commits of the detached HEAD are kept',
    work: () => 'Changes that were not committed are kept',
    files: () => 'The ignored files that were overwritten are kept',
  };
  return kept.map(
    ({ kind, of, restore }) => `${what[kind](of)}; '${restore}' restores ${kind === 'tag' ? 'it' : 'them'}.`,
  );
}
