/** What the commands on endpoints do; they are loaded with the first that is used. */
import { type Connection, connectionOf, connectionOr } from '../../aws';
import type { PanelKind } from '../../workbench/panel-kind';
import type { EndpointArguments, EndpointToPanel } from '../panels/endpoint/contract';
import type { EndpointRow } from '../rows';
import type { RoomServices } from '../services';
import { deleteEndpoint } from './delete';
import { setExpiry } from './expiry';
import { pickEndpoint, pickVersion } from './pick';

/** What the commands need of the room. */
export interface CommandRoom extends RoomServices {
  readonly endpoints: PanelKind<EndpointArguments, EndpointToPanel>;
}

/** A row of the Models view: a version on a connection. */
interface VersionTarget {
  connection: Connection;
  model: { arn: string };
}

/** The files of a baseline that a step of a run has made. */
interface Baseline {
  constraints: string;
  statistics: string;
  /** The id of the connection that it is on. */
  connection: string;
}

/** The commands by their names, each `mlopsFlow.<name>`. */
export const endpointCommands = {
  async deployModel(at: CommandRoom, row?: VersionTarget | string, connection?: string) {
    const version = await chosenVersion(at, 'Deploy Model', row, connection);
    if (version) at.openForm({ model: version.arn }, version.connection);
  },
  async transformModel(at: CommandRoom, row?: VersionTarget | string, connection?: string) {
    const version = await chosenVersion(at, 'Batch Transform', row, connection);
    if (version) at.openTransform({ model: version.arn }, version.connection);
  },
  async openEndpoint(at: CommandRoom, row?: EndpointRow | string, connection?: string) {
    if (typeof row === 'string') return at.openEndpoint(row, connectionOr(connection, at.connections.active));
    const endpoint = await chosen(at, row);
    if (endpoint) at.openEndpoint(endpoint.endpoint, endpoint.connection);
  },
  async callEndpoint(at: CommandRoom, row?: EndpointRow) {
    const endpoint = await chosen(at, row);
    if (endpoint) (await panelOf(at, endpoint)).post({ type: 'show', tab: 'try' });
  },
  async monitorEndpoint(at: CommandRoom, row?: EndpointRow, baseline?: Baseline) {
    const endpoint = row ?? (await pickEndpoint(at.connections, baseline && connectionOf(baseline.connection)));
    if (!endpoint) return;
    const panel = await panelOf(at, endpoint);
    if (!baseline) panel.post({ type: 'show', tab: 'monitoring' });
    else panel.post({ type: 'baseline', constraints: baseline.constraints, statistics: baseline.statistics });
  },
  async rollBackEndpoint(at: CommandRoom, row?: EndpointRow) {
    const endpoint = await chosen(at, row);
    if (endpoint) (await panelOf(at, endpoint)).post({ type: 'show', tab: 'history' });
  },
  async deleteEndpoint(at: CommandRoom, row?: EndpointRow) {
    const endpoint = await chosen(at, row);
    if (endpoint) await deleteEndpoint(at, endpoint.endpoint, endpoint.connection);
  },
  async setEndpointExpiry(at: CommandRoom, row?: EndpointRow) {
    const endpoint = await chosen(at, row);
    if (endpoint) await setExpiry(at, endpoint.endpoint, endpoint.connection);
  },
  async openEndpointLog(at: CommandRoom, row?: EndpointRow) {
    const endpoint = await chosen(at, row);
    if (endpoint) await at.openLog(endpoint.endpoint, endpoint.connection);
  },
};

type Endpoint = Pick<EndpointRow, 'endpoint' | 'connection'>;

/** The endpoint of a row, or one that is picked. */
async function chosen({ connections }: CommandRoom, row: EndpointRow | undefined): Promise<Endpoint | undefined> {
  return row ?? pickEndpoint(connections);
}

/** The version of a row, the one with an ARN, or one that is picked. */
async function chosenVersion(
  at: CommandRoom,
  title: string,
  row: VersionTarget | string | undefined,
  connection: string | undefined,
): Promise<{ arn: string; connection: Connection } | undefined> {
  if (typeof row === 'string') return { arn: row, connection: connectionOr(connection, at.connections.active) };
  if (row) return { arn: row.model.arn, connection: row.connection };
  const picked = await pickVersion(at.connections, title);
  return picked && { arn: picked.model, connection: picked.connection };
}

function panelOf({ endpoints }: CommandRoom, { connection, endpoint }: Endpoint) {
  return endpoints.open({ connection: connection.id, endpoint });
}
