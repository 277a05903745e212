/** Which names git allows for branches. */
import type { Git } from './git';

/** What is wrong with a full branch name, in a sentence; undefined when git takes it. */
export async function badName(git: Git, branch: string): Promise<string | undefined> {
  // `@{-1}` is a name for git, of another branch.
  const answer = await git.run(['check-ref-format', '--branch', branch]);
  if (answer.code === 0 && answer.stdout === `${branch}\n`) return undefined;
  return `'${branch}' is not a valid branch name. Leave out blanks, '..', '~', '^', ':', '?', '*', '[', '\\\\' and a leading '-'.`;
}
