/** Branches that the remote takes changes of through a pull request alone, told by what it says when it refuses a push. */
import type { GitAnswer } from '../git/git';

/** Stands in every message about such a refusal, so that the way out can be offered wherever it is shown. */
const phrase = 'takes changes only through a pull request';

/**
 * What hosts say: GitHub's protected branches (GH006) and rulesets (GH013), GitLab, Bitbucket, Azure (TF402455), Gerrit,
 * CodeCommit's approval rules.
 */
const refusals =
  /GH006|GH013|protected branch|TF402455|through a pull request|pull request is required|not allowed to push (code )?to|branch permissions|prohibited by Gerrit|push to branch .* denied/i;

/** The sentence for a push that a protected branch refused; undefined where it failed for another reason. */
export function protectedRefusal({ stderr }: GitAnswer, remote: string): string | undefined {
  if (!refusals.test(stderr)) return undefined;
  return `'${remote}' ${phrase}. Undo, publish the branch, and open a pull request.`;
}

/** Is it a message about such a refusal? */
export function asksForPullRequest(message: string): boolean {
  return message.includes(phrase);
}
