/** The log of an endpoint's containers as a document that grows. */
import { connectionOf } from '../aws';
import { type LogMark, readSince } from '../aws/logs';
import { LogDocuments, type LogSource } from '../workbench/log-documents';
import { endpointLog } from './service';
import type { DeploymentServices } from './services';

/** A log has no beginning that anybody waits for: it is read from so many milliseconds ago. */
const reach = 3_600_000;
/** So many of the last lines are kept. */
const mostLines = 5_000;

/** A line of a container, and the instance that wrote it: `AllTraffic/i-0123456789abcdef0`. */
interface Line {
  stream: string;
  text: string;
}

/** What has been read of a log. */
export interface EndpointLogReading {
  lines: readonly Line[];
  mark: LogMark;
  /** False where the service has no log of the endpoint. */
  exists: boolean;
}

/** The documents of the logs of endpoints. Their URIs have the connection as query, the endpoint as fragment. */
export function endpointLogs(services: DeploymentServices): LogDocuments<EndpointLogReading> {
  const source: LogSource<EndpointLogReading> = {
    scheme: 'mlops-flow-endpoint-log',
    interval: (uri) => services.pollInterval(connectionOf(uri.query)),
    read: async (uri, before, signal) => {
      const session = await services.connections.session(connectionOf(uri.query), signal);
      const mark = before?.mark ?? { since: Date.now() - reach, read: new Set() };
      const { events, ...read } = await readSince(session, endpointLog(uri.fragment), mark);
      const more = events.flatMap(({ message = '', logStreamName: stream = '' }) =>
        message
          .trimEnd()
          .split('\n')
          .map((text) => ({ stream, text })),
      );
      return { ...read, lines: [...(before?.lines ?? []), ...more].slice(-mostLines) };
    },
    text: textOf,
    isDone: () => false,
    folds: () => [],
  };
  return new LogDocuments(services.watcher, source);
}

/** Where the log of an endpoint is as a document. */
export function endpointLogPlace(
  connection: string,
  endpoint: string,
): { path: string; query: string; fragment: string } {
  return { path: `/${endpoint}.log`, query: connection, fragment: endpoint };
}

/** What a log's document says. Each line names its instance where more than one has written. */
export function textOf({ lines, exists }: EndpointLogReading): string {
  if (lines.length === 0) {
    return exists
      ? 'Nothing was logged in the last hour. What is logged from now on comes here.\n'
      : 'There is no log of this endpoint. Where it never has one, its container was not started: check image, quota and role.\n';
  }
  const isMixed = lines.some(({ stream }) => stream !== lines[0]?.stream);
  return lines.map(({ stream, text }) => `${isMixed ? `[${stream}] ` : ''}${text}\n`).join('');
}
