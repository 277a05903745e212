import { CancellationError, type Disposable, type QuickPickItem, StatusBarAlignment, ThemeColor, window } from 'vscode';
import { type Commands, log, messageOf } from '../workbench';
import { type Connection, type Connections, LOCAL, profileConnection } from './connections';

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

/** The status bar item (connection, account, region) and the command behind it. */
export function registerConnectionUi(connections: Connections, commands: Commands): Disposable {
  const item = window.createStatusBarItem('mlopsFlow.connection', StatusBarAlignment.Left, 1);
  item.name = 'MLOps Flow: Connection';
  item.command = 'mlopsFlow.switchConnection';

  const show = (detail: string, tooltip: string, failed = false): void => {
    const label = connections.active.label;
    item.text = `${failed ? '$(warning)' : '$(cloud)'} ${label}${detail ? ` ${detail}` : ''}`;
    item.tooltip = tooltip;
    item.accessibilityInformation = { label: `MLOps Flow connection ${label} ${detail}. ${tooltip}`, role: 'button' };
    item.backgroundColor = failed ? new ThemeColor('statusBarItem.warningBackground') : undefined;
  };

  const paint = (): void => {
    const { kind, label } = connections.active;
    show(
      '',
      kind === 'local'
        ? 'The embedded control plane on this machine. Click to switch.'
        : `Profile ${label}. Click to switch.`,
    );
    item.show();
  };

  /** Asks who we are; only after the user chose a profile, so that opening a folder sends nothing. */
  const verify = async (): Promise<void> => {
    const active = connections.active;
    try {
      const session = await connections.session();
      const { account, arn } = await session.identity();
      if (connections.active !== active) return;
      show(`${account} ${session.region}`, `${arn} in ${session.region}. Click to switch.`);
    } catch (error) {
      if (connections.active !== active) return;
      log().warn(`connection: ${messageOf(error)}`);
      show('', messageOf(error), true);
    }
  };

  paint();
  commands.register('mlopsFlow.switchConnection', async () => {
    const chosen = await pickConnection(connections);
    if (!chosen) return;
    connections.switchTo(chosen);
    await verify();
  });
  const changes = connections.onDidChange(paint);
  return {
    dispose: () => {
      changes.dispose();
      item.dispose();
    },
  };
}

async function pickConnection(connections: Connections): Promise<Connection | undefined> {
  interface Choice extends QuickPickItem {
    connection: Connection;
  }
  const choice = (connection: Connection, description: string): Choice => ({
    label: connection.label,
    description: connections.active.id === connection.id ? `${description} · active` : description,
    iconPath: undefined,
    connection,
  });
  const load = async (): Promise<Choice[]> => [
    choice(LOCAL, 'runs the steps on this machine, no account needed'),
    ...(await connections.profiles()).map((name) => choice(profileConnection(name), 'AWS profile')),
  ];
  const picked = await window.showQuickPick(load(), {
    title: 'Switch Connection',
    placeHolder: 'Where pipelines run and models are registered',
    matchOnDescription: true,
  });
  return picked?.connection;
}
