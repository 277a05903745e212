/** Asks for a connection: one that is there, in another region, or one that is added now. */
import { type QuickInputButton, type QuickPickItem, QuickPickItemKind, ThemeIcon, Uri, window } from 'vscode';
import { UserError } from '../workbench';
import { addKeys, addSso } from './add-profile';
import { type Connection, environmentConnection, local, profileConnection } from './connection';
import type { Connections } from './connections';
import { configFile } from './profile-files';
import { askRegion } from './regions';

interface Choice extends QuickPickItem {
  connection?: Connection;
  /** Adds what is not there yet. */
  add?: () => Promise<Connection | undefined>;
}

const inRegion: QuickInputButton = { iconPath: new ThemeIcon('globe'), tooltip: 'In Another Region…' };
const pin: QuickInputButton = { iconPath: new ThemeIcon('pin'), tooltip: 'Pin: Show Beside the Others' };
const unpin: QuickInputButton = { iconPath: new ThemeIcon('pinned'), tooltip: 'Unpin' };

/** The connection that the user picks. Its buttons choose another region, and pin it or not. */
export function pickConnection(connections: Connections, title: string): Promise<Connection | undefined> {
  const picker = window.createQuickPick<Choice>();
  picker.title = title;
  picker.placeholder = 'Where pipelines run and models are registered';
  picker.matchOnDescription = true;
  picker.busy = true;
  const show = async (): Promise<void> => {
    picker.items = await choices(connections);
    picker.busy = false;
  };
  return new Promise<Connection | undefined>((resolve, reject) => {
    // What is asked next outlives the picker: its closing is no answer any more.
    const end = (connection: Promise<Connection | undefined>): void => {
      resolve(connection);
      picker.hide();
    };
    picker.onDidAccept(() => {
      const [choice] = picker.selectedItems;
      if (choice) end(choice.add ? choice.add() : Promise.resolve(choice.connection));
    });
    picker.onDidTriggerItemButton(({ item: { connection }, button }) => {
      if (!connection) return;
      if (button === inRegion) return end(pickRegion(connection));
      connections.togglePin(connection);
      void show();
    });
    picker.onDidHide(() => {
      picker.dispose();
      resolve(undefined);
    });
    picker.show();
    show().catch(reject);
  });
}

async function choices(connections: Connections): Promise<Choice[]> {
  const choice = (connection: Connection, description: string): Choice => ({
    label: connection.label,
    description: connections.active.id === connection.id ? `${description} · active` : description,
    buttons: [...(connection.kind === 'local' ? [] : [inRegion]), connections.isPinned(connection) ? unpin : pin],
    connection,
  });
  const listed = [
    choice(local, 'runs the steps on this machine, no account needed'),
    ...(await connections.profiles()).map((name) => choice(profileConnection(name), 'AWS profile')),
    choice(environmentConnection(), 'keys or token in the environment, role of the container or instance'),
  ];
  const unread = (await connections.unreadProfiles()).map((name): Choice => ({
    label: `$(warning) ${name}`,
    description: 'AWS profile that cannot be used: its name',
    add: () => Promise.reject(nameRefused(name)),
  }));
  // Those in other regions than the profile's own.
  const others = connections.shown
    .filter(({ id }) => listed.every(({ connection }) => connection?.id !== id))
    .map((connection) => choice(connection, connection.kind === 'profile' ? 'AWS profile' : ''));
  return [
    ...listed,
    ...others,
    ...unread,
    { label: 'Add', kind: QuickPickItemKind.Separator },
    { label: '$(add) Add an SSO Profile…', description: 'IAM Identity Center, in the AWS configuration', add: addSso },
    { label: '$(add) Add Keys…', description: 'an access key, in the AWS credentials file', add: addKeys },
  ];
}

function nameRefused(name: string): UserError {
  return new UserError(
    `The AWS SDK for JavaScript reads no profile that is named “${name}”: in names it takes ASCII letters, digits and _ - @ + . % : / alone. Rename the profile, or give it a second section with another name.`,
    { title: 'Open Configuration', command: 'vscode.open', arguments: [Uri.file(configFile())] },
  );
}

/** The connection in a region that the user picks. */
async function pickRegion(connection: Connection): Promise<Connection | undefined> {
  const region = await askRegion(`${connection.label}: Region`);
  if (region === undefined) return undefined;
  return connection.kind === 'profile' ? profileConnection(connection.profile, region) : environmentConnection(region);
}
