/** The logs of builds. */
import { connectionOf, type Session } from '../../aws';
import { type LogCursor, readLog } from '../../aws/logs';
import type { LogSource } from '../../workbench/log-documents';
import type { DeliveryServices } from '../services';
import { phasesIn } from './log-text';
import { type Build, causesOf, isDone } from './model';
import { readBuild } from './service';

/** What is known of a log. */
export interface LogReading {
  build: Build;
  text: string;
  cursor: LogCursor;
}

/** Where a build's log is as a document. */
export function logPlaceOf(connection: string, build: string): { path: string; query: string; fragment: string } {
  return { path: `/${build.replace(':', '/')}.log`, query: connection, fragment: build };
}

export function buildLogs(
  services: Pick<DeliveryServices, 'connections'>,
  interval: () => number,
): LogSource<LogReading> {
  return {
    scheme: 'mlops-flow-build',
    interval,
    read: async (uri, before, signal) =>
      readBuildLog(await services.connections.session(connectionOf(uri.query), signal), uri.fragment, before),
    text: ({ text }) => text,
    isDone: ({ build }) => isDone(build),
    folds: phasesIn,
  };
}

/** Reads what a log has more than before. Where there is none, it says so, with what the phases tell. */
export async function readBuildLog(session: Session, id: string, before: LogReading | undefined): Promise<LogReading> {
  const build = await readBuild(session, id);
  const { log } = build;
  if (log.kind !== 'stream') {
    const where = log.kind === 'object' ? `Its log is the object ${log.uri}.` : 'Its project keeps no log.';
    return { build, text: `${where}\n${phaseText(build)}`, cursor: new Map() };
  }
  const { events, cursor } = await readLog(session, log.place, before?.cursor);
  const more = events.map(({ message = '' }) => (message.endsWith('\n') ? message : `${message}\n`)).join('');
  const known = before && before.cursor.size > 0 ? before.text : '';
  const text = known + more;
  return { build, text: text === '' ? `${waiting(build)}\n${phaseText(build)}` : text, cursor };
}

function waiting(build: Build): string {
  return isDone(build) ? 'The build has logged nothing.' : 'The build has not logged yet.';
}

/** What a build tells without its log, for which no right to read logs is needed. */
function phaseText(build: Build): string {
  const phases = build.phases.map(({ type, status = 'IN_PROGRESS' }) => `${type} ${status}\n`).join('');
  return `${phases}${causesOf(build).join('\n')}`;
}
