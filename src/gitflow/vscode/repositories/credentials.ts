import { authentication, type AuthenticationSession, CancellationTokenSource, Uri, window, workspace } from 'vscode';
import { log, messageOf } from '../../../workbench/index';
import { AskpassServer, type Question } from '../../remote/askpass/index';

/** Answers git and ssh in the user's name: by a session with GitHub, else by asking. Nothing is kept or written down. */
export function askpassOf(extensionUri: Uri): AskpassServer {
  const program = Uri.joinPath(extensionUri, 'dist', 'askpass.js').fsPath;
  return new AskpassServer({ program, node: process.execPath, answer });
}

async function answer(question: Question, gone: AbortSignal): Promise<string | undefined> {
  if (!workspace.isTrusted) return undefined;
  log().debug(`git asks the user: ${question.kind}`);
  switch (question.kind) {
    case 'username': {
      const session = isGitHub(question.url) ? await offerGitHub(gone) : undefined;
      if (session === 'none') return undefined;
      return session?.account.label ?? ask(titleOf(question.url), 'User name', false, gone);
    }
    case 'password': {
      const session = isGitHub(question.url) ? await gitHubSession(true) : undefined;
      if (session && (question.username ?? session.account.label) === session.account.label) return session.accessToken;
      const whose = question.username === undefined ? '' : ` of ${question.username}`;
      return ask(titleOf(question.url), `Password or access token${whose}`, true, gone);
    }
    case 'passphrase':
      return ask('Unlock the SSH Key', `Passphrase of ${question.key}`, true, gone);
    case 'host':
      return trustHost(question);
    case 'secret':
      return ask('Sign In', question.prompt, true, gone);
  }
}

/** Shows an input box, which goes when git no longer waits. */
async function ask(title: string, prompt: string, secret: boolean, gone: AbortSignal): Promise<string | undefined> {
  return withToken(gone, ({ token }) =>
    // The answer may have to be fetched from another window.
    window.showInputBox({ title, prompt, password: secret, ignoreFocusOut: true }, token),
  );
}

async function trustHost({ host, prompt }: Extract<Question, { kind: 'host' }>): Promise<string | undefined> {
  const connect = 'Connect';
  const detail = prompt.replace(/\s*Are you sure.*$/s, '');
  const choice = await window.showWarningMessage(`Is ${host} the right server?`, { modal: true, detail }, connect);
  return choice === connect ? 'yes' : undefined;
}

/** The session that the user has, or makes now; undefined for typing it in, `none` where the user wants neither. */
async function offerGitHub(gone: AbortSignal): Promise<AuthenticationSession | undefined | 'none'> {
  const known = await gitHubSession(true);
  if (known) return known;
  const signIn = { label: '$(github) Sign In with GitHub' };
  const type = { label: '$(key) Type a User Name and an Access Token' };
  const title = 'Sign In to github.com';
  const choice = await withToken(gone, ({ token }) =>
    window.showQuickPick([signIn, type], { title, ignoreFocusOut: true }, token),
  );
  if (choice === signIn) return (await gitHubSession(false)) ?? 'none';
  return choice === type ? undefined : 'none';
}

/** A session of VS Code's own sign-in; a new one only with the user's consent. */
async function gitHubSession(silent: boolean): Promise<AuthenticationSession | undefined> {
  try {
    return await authentication.getSession('github', ['repo'], silent ? { silent } : { createIfNone: true });
  } catch (error) {
    log().debug(`No session with GitHub: ${messageOf(error)}`);
    return undefined;
  }
}

function isGitHub(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === 'https:' && new URL(url).hostname === 'github.com';
}

function titleOf(url: string): string {
  return `Sign In to ${URL.canParse(url) ? new URL(url).host : url}`;
}

async function withToken<T>(gone: AbortSignal, show: (source: CancellationTokenSource) => Thenable<T>): Promise<T> {
  const source = new CancellationTokenSource();
  const cancel = () => source.cancel();
  gone.addEventListener('abort', cancel, { once: true });
  try {
    return await show(source);
  } finally {
    gone.removeEventListener('abort', cancel);
    source.dispose();
  }
}
