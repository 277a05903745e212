import { type QuickPickItem, window } from 'vscode';
import type { Connection, Connections } from '../../aws';
import { pickName, UserError } from '../../workbench';
import { listVersions, pageEndpoints } from '../service';

/** Asks for an endpoint of a connection. */
export async function pickEndpoint(
  connections: Connections,
  connection: Connection = connections.active,
): Promise<{ endpoint: string; connection: Connection } | undefined> {
  const session = connections.session(connection);
  const options = { title: `Endpoint · ${connection.label}`, placeHolder: 'An endpoint' };
  const endpoint = await pickName(options, async (typed) => {
    const { items, next } = await pageEndpoints(await session, 1, undefined, typed);
    if (items.length === 0 && typed === '') throw new UserError(`There is no endpoint on ${connection.label} yet.`);
    return { items: items.map(({ name }) => name), more: next !== undefined };
  });
  return endpoint === undefined ? undefined : { endpoint, connection };
}

/**
 * Asks for a version of a registered model: the approved ones first.
 *
 * @param purpose what it is picked for, as the title says it
 */
export async function pickVersion(
  connections: Connections,
  purpose: string,
): Promise<{ model: string; connection: Connection } | undefined> {
  interface Choice extends QuickPickItem {
    arn: string;
  }
  const connection = connections.active;
  const load = async (): Promise<Choice[]> => {
    const versions = await listVersions(await connections.session(connection));
    if (versions.length === 0) throw new UserError(`No model is registered on ${connection.label} yet.`);
    return versions.map(({ arn, group, version, approval }) => ({
      label: `${group} version ${version}`,
      description: approval,
      arn,
    }));
  };
  const picked = await window.showQuickPick(load(), {
    title: `${purpose} · ${connection.label}`,
    placeHolder: 'A version',
  });
  return picked && { model: picked.arn, connection };
}
