/** What git says when it could not get into a remote, in words that tell how to go on. */
import type { GitAnswer } from '../git/git';

/** The sentence for a failed sign-in; undefined where it failed for another reason. */
export function signInProblem({ stderr }: GitAnswer, remote: string): string | undefined {
  if (/could not read (Username|Password)|terminal prompts disabled/.test(stderr))
    return `'${remote}' asks for a sign-in and got none. Do it again and sign in, or set up a credential helper.`;
  if (/Authentication failed|HTTP Basic: Access denied|returned error: 403/.test(stderr))
    return `'${remote}' did not accept the user name and the password or token. Do it again with others, or ask for access.`;
  if (/Host key verification failed/.test(stderr))
    return `The server of '${remote}' was not trusted, so nothing was sent. Do it again and trust it, or check its address.`;
  if (/Permission denied \(/.test(stderr))
    return `'${remote}' did not accept your key. Add it to the agent (ssh-add) and to your account there, then do it again.`;
  return undefined;
}
