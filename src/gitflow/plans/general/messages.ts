/** The messages of merges and squashes: templates, and what a history of conventional commits asks for. */

/** Puts the names in: `%b` is the branch, `%p` the one that it goes into, `%B` and `%P` their full refs, `%%` a `%`. */
export function expandMessage(template: string, { branch, parent }: { branch: string; parent: string }): string {
  const values: Record<string, string> = {
    b: branch,
    B: `refs/heads/${branch}`,
    p: parent,
    P: `refs/heads/${parent}`,
    '%': '%',
  };
  return template.replace(/%([bBpP%])/g, (_, letter: string) => values[letter] ?? '');
}
