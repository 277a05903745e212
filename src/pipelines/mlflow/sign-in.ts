/** Keeps what proves to a tracking server who reads it, in VS Code's secret storage alone. */
import { type SecretStorage, window, workspace } from 'vscode';
import { UserError } from '../../workbench/errors';
import type { WorkspaceDefinitions } from '../workspace';
import { serverOf } from './model';
import { secretOf } from './tracking';

/** @param given the address of the server; asked for where it is none */
export async function signInToMlflow(
  secrets: SecretStorage,
  definitions: WorkspaceDefinitions,
  given: string | undefined,
): Promise<void> {
  const server = serverOf(given ?? (await askAddress(definitions)) ?? '');
  if (!server) return;
  if (server.kind === 'managed')
    throw new UserError(`${server.name} is asked with the credentials of the AWS connection. No sign-in is needed.`);
  const title = `Sign In to ${new URL(server.url).host}`;
  const user = await window.showInputBox({
    title,
    prompt: 'User of MLflow; leave it empty to sign in with a token',
    ignoreFocusOut: true,
  });
  if (user === undefined) return;
  const prompt = user.trim() === '' ? 'Token, which is sent as a bearer token' : `Password of ${user.trim()}`;
  const secret = await window.showInputBox({ title, prompt, password: true, ignoreFocusOut: true });
  if (secret) await secrets.store(secretOf(server), JSON.stringify({ user: user.trim(), secret }));
}

async function askAddress(definitions: WorkspaceDefinitions): Promise<string | undefined> {
  const configured = await Promise.all(
    (workspace.workspaceFolders ?? []).map(
      async (folder) => (await definitions.configuration(folder)).config.mlflow?.server,
    ),
  );
  const value = [...configured, process.env['MLFLOW_TRACKING_URI']].find(
    (each) => each !== undefined && serverOf(each)?.kind === 'address',
  );
  return window.showInputBox({
    title: 'Sign In to MLflow',
    prompt: 'Address of the tracking server',
    ...(value === undefined ? {} : { value: withoutUser(value) }),
    validateInput: (text) =>
      serverOf(text) ? undefined : 'It must be an address that begins with http:// or https://.',
    ignoreFocusOut: true,
  });
}

function withoutUser(address: string): string {
  const url = new URL(address);
  url.username = '';
  url.password = '';
  return url.href;
}
