/** The one poll of an endpoint, which its panel and whoever follows its deployment share. */
import type { Connection } from '../aws';
import type { Watch } from '../workbench/watcher';
import { isBusy } from './model/verdict';
import { type EndpointReading, readEndpoint } from './reading';
import type { RoomServices } from './services';

/** How much less often an endpoint at rest is looked at than one that changes. */
const restFactor = 5;

export function watchKey(endpoint: string, connection: Connection): string {
  return `endpoint ${connection.id} ${endpoint}`;
}

/** Polls an endpoint: often while something is under way, else now and then, for its metrics. */
export function endpointWatch(
  services: RoomServices,
  endpoint: string,
  connection: Connection,
): Watch<EndpointReading> {
  let before: EndpointReading | undefined;
  return {
    key: watchKey(endpoint, connection),
    interval: () => services.pollInterval(connection) * (isUnderWay(before) ? 1 : restFactor),
    poll: async (signal) => {
      const session = await services.connections.session(connection, signal);
      const journal = await services.journal(session);
      before = await readEndpoint(session, endpoint, () => journal.latest(endpoint), before);
      return before;
    },
    settled: () => false,
  };
}

/** True while the service works on it, or a deployment has not been judged. */
export function isUnderWay(reading: EndpointReading | undefined): boolean {
  if (!reading) return true;
  return isBusy(reading.state?.status ?? '') || (reading.record !== undefined && !reading.record.verdict);
}
