import { type Disposable, StatusBarAlignment, ThemeColor, window } from 'vscode';
import { type Commands, contextKeys, messageOf, type Row } from '../workbench';
import { type Connection, connectionOr } from './connection';
import type { Connections } from './connections';
import type { ConnectionRow } from './head';

const load = () => import('../rooms.bundle');

/** Registers the status bar item (connection, account, region), and the commands that switch and sign in. */
export function registerConnectionUi(connections: Connections, commands: Commands): Disposable {
  const status = new ConnectionStatus(connections);
  const pick = async (title: string): Promise<Connection | undefined> =>
    (await load()).pickConnection(connections, title);
  commands.register('mlopsFlow.switchConnection', async () => {
    const chosen = await pick('Switch Connection');
    if (chosen) connections.switchTo(chosen);
  });
  commands.register('mlopsFlow.useConnection', ({ connection }: ConnectionRow) => connections.switchTo(connection));
  commands.register('mlopsFlow.pinConnection', async (row?: ConnectionRow) => {
    const chosen = row?.connection ?? (await pick('Pin Connection'));
    if (chosen && !connections.isPinned(chosen)) connections.togglePin(chosen);
  });
  commands.register('mlopsFlow.unpinConnection', ({ connection }: ConnectionRow) => connections.togglePin(connection));
  commands.register('mlopsFlow.copyPolicy', async (...given: [(string | Row)?, string?]) => {
    const [id, action] = ofRow(given);
    const { copyPolicy } = await load();
    await copyPolicy(connections, connectionOr(id, connections.active), action);
  });
  commands.register('mlopsFlow.signIn', async (...given: [(string | Row)?]) => {
    const [id] = ofRow(given);
    const { signIn } = await load();
    await signIn(connections, connectionOr(id, connections.active));
  });
  return status;
}

/** What a command acts on: its arguments, which the row has where it was the button on one. */
function ofRow(given: readonly unknown[]): readonly (string | undefined)[] {
  const [row] = given;
  const texts = typeof row === 'object' ? ((row as Row).command?.arguments ?? []) : given;
  return texts.map((text) => (typeof text === 'string' ? text : undefined));
}

/** Says in the status bar who requests are made as and where, or what is wrong. It asks only once calls are answered. */
class ConnectionStatus implements Disposable {
  private readonly item = window.createStatusBarItem('mlopsFlow.connection', StatusBarAlignment.Left, 1);
  private readonly disposables: Disposable[];
  /** What is shown: the active connection's name, who it is, or its problem. */
  private shown: 'name' | 'identity' | 'problem' = 'name';
  private asking: AbortController | undefined;

  constructor(private readonly connections: Connections) {
    this.item.name = 'MLOps Flow: Connection';
    this.item.command = 'mlopsFlow.switchConnection';
    this.disposables = [
      this.item,
      connections.onDidChange(() => this.begin()),
      connections.onDidHear(({ connection, problem }) => {
        if (connection.id !== connections.active.id) return;
        if (problem) this.fail(problem);
        else if (this.shown !== 'identity') void this.identify();
      }),
    ];
    this.begin();
    this.item.show();
  }

  dispose(): void {
    this.asking?.abort();
    for (const disposable of this.disposables) disposable.dispose();
  }

  private begin(): void {
    this.asking?.abort();
    this.asking = undefined;
    const { kind, label } = this.connections.active;
    contextKeys.set('mlopsFlow.onAws', kind !== 'local');
    this.show(
      'name',
      '',
      kind === 'local' ? 'The embedded control plane on this machine. Click to switch.' : `${label}. Click to switch.`,
    );
  }

  /** Asks who we are; only after a call was answered, so that opening a folder sends nothing. */
  private async identify(): Promise<void> {
    if (this.asking) return;
    const { active } = this.connections;
    const asking = new AbortController();
    this.asking = asking;
    try {
      const session = await this.connections.session(active, asking.signal);
      const { account, arn } = await session.identity();
      if (active.kind === 'local') this.show('identity', '', `${arn} on this machine. Click to switch.`);
      else this.show('identity', `${account} ${session.region}`, `${arn} in ${session.region}. Click to switch.`);
    } catch (error) {
      if (!asking.signal.aborted) this.fail(error);
    } finally {
      if (this.asking === asking) this.asking = undefined;
    }
  }

  private fail(error: unknown): void {
    this.show('problem', '', messageOf(error));
  }

  private show(shown: 'name' | 'identity' | 'problem', detail: string, tooltip: string): void {
    this.shown = shown;
    const { label } = this.connections.active;
    const failed = shown === 'problem';
    this.item.text = `${failed ? '$(warning)' : '$(cloud)'} ${label}${detail ? ` ${detail}` : ''}`;
    this.item.tooltip = tooltip;
    this.item.accessibilityInformation = {
      label: `MLOps Flow connection ${label} ${detail}. ${tooltip}`,
      role: 'button',
    };
    this.item.backgroundColor = failed ? new ThemeColor('statusBarItem.warningBackground') : undefined;
  }
}
