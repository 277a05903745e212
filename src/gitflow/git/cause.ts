/** Why git failed, told from what it says: the real cause, not the likely one. */
import { isLocked, type GitAnswer } from './git';

interface Cause {
  says: RegExp;
  /** What is wrong and what to do about it; `found` is the first group. */
  tell: (found: string) => string;
}

const causes: readonly Cause[] = [
  {
    says: /gpg failed to sign|failed to sign the data|error: gpg |Load key "|Couldn't load public key|ssh-keygen.*(?:-Y sign|failed)|No private key found|user\.signingkey needs/,
    tell: () => "Git could not sign it. See that the key of 'user.signingkey' is at hand, or switch signing off.",
  },
  {
    says: /File name too long/,
    tell: () => 'The name is too long for this file system. Use a shorter one.',
  },
  {
    says: /No space left on device|Disk quota exceeded/,
    tell: () => 'The disk is full. Make room.',
  },
  {
    says: /unable to write new index file|Unable to write index|unable to write new_index file/i,
    tell: () => 'Git could not write the index. See that the disk has room and that the folder is yours to write.',
  },
  {
    says: /(?:unable to create|cannot open|could not lock config file|unable to (?:unlink|write)|insufficient permission for adding an object to repository database)[^\n]*?'?([^\s']*)'?[^\n]*(?:Permission denied|Read-only file system|Operation not permitted)|insufficient permission for adding an object/i,
    tell: () => 'Git may not write there. See whose files they are, and that the disk is not read-only.',
  },
  {
    says: /cannot lock ref '([^']+)': (?:'[^']+' exists|there is a non-empty directory)/,
    tell: (ref) =>
      `Git cannot have '${shorten(ref)}' beside a branch or tag above or below it. Rename or delete that one.`,
  },
  {
    says: /cannot lock ref '([^']+)'/,
    tell: (ref) => `Git could not move '${shorten(ref)}': something else has moved or locked it meanwhile.`,
  },
  {
    says: /\(non-fast-forward\)|\(fetch first\)/,
    tell: () =>
      'The remote has commits that are not here. Pull them first; of a branch that you have rebased, Publish (on the command line with --force-with-lease) replaces them after showing which.',
  },
  {
    says: /Need to specify how to reconcile divergent branches|Not possible to fast-forward/,
    tell: () =>
      "The branch and the remote's have diverged. Set 'pull.rebase' to false (merge) or true (rebase) and try again.",
  },
  {
    says: /smudge filter|external filter .* failed|clean filter/,
    tell: () => 'A filter of git (such as Git LFS) failed. See that it is installed and can reach its files.',
  },
];

/** The cause in a sentence or two, or undefined where git does not say one that is known here. */
export function causeOf(answer: GitAnswer): string | undefined {
  const text = `${answer.stderr}\n${answer.stdout}`;
  const lock = /'([^']*\.lock)'/.exec(text)?.[1];
  if (isLocked(answer) && lock !== undefined) {
    return `Another git process works in this repository. Wait for it; if there is none, delete '${lock}'.`;
  }
  for (const { says, tell } of causes) {
    const found = says.exec(text);
    if (found) return tell(found[1] ?? '');
  }
  return undefined;
}

function shorten(ref: string): string {
  return ref.replace(/^refs\/(?:heads|tags)\//, '');
}
