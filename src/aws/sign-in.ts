/** How a user signs in to a connection. */
import { CancellationError, window } from 'vscode';
import type { Connection } from './connection';
import type { Connections } from './connections';

/** Asks for the code of a multi-factor device. */
export async function askMfaCode(serial: string): Promise<string> {
  const code = await window.showInputBox({
    title: 'Multi-Factor Code',
    prompt: `The code that ${serial} shows now`,
    ignoreFocusOut: true,
    validateInput: (text) => (/^\d{6}$/.test(text) ? undefined : 'Six digits'),
  });
  if (code === undefined) throw new CancellationError();
  return code;
}

/** Signs in with a connection as its profile says: by the AWS command line in a terminal, or by asking for a code. */
export async function signIn(connections: Connections, connection: Connection): Promise<void> {
  const way = await connections.signInOf(connection);
  if (connection.kind !== 'profile' || way === 'mfa' || way === 'none') return connections.signIn(connection);
  const command = way === 'sso' ? ['sso', 'login'] : ['login'];
  const terminal = window.createTerminal({
    name: `Sign in: ${connection.profile}`,
    shellPath: 'aws',
    shellArgs: [...command, '--profile', connection.profile],
  });
  terminal.show();
  const closed = window.onDidCloseTerminal((each) => {
    if (each !== terminal) return;
    closed.dispose();
    connections.signIn(connection);
  });
}
