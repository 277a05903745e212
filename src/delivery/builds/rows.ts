/** The rows of CodeBuild in the Delivery view: projects, below each its builds, below each its phases. */
import type { Connection, Session } from '../../aws';
import { formatAge, formatDuration, shortId } from '../../shared/format';
import { deliveryFace, rowIcon } from '../../shared/status';
import type { LiveRow, Reading } from '../../workbench';
import { type Build, causesOf, isDone } from './model';
import { listBuilds, listProjects } from './service';

/** What the commands on builds get. */
export interface BuildRow extends LiveRow<Session> {
  connection: Connection;
  project: string;
  build?: string;
}

/** Milliseconds between looks at what does not move. */
const idleInterval = 60_000;

/** The projects of a connection. */
export function projectsReading(
  connection: Connection,
  pollInterval: () => number,
): Reading<Session, readonly string[]> {
  return {
    id: 'builds',
    loading: 'Looking for build projects…',
    interval: () => (connection.kind === 'local' ? pollInterval() * 2 : idleInterval),
    // A list that was read before stays whole while it is read again.
    read: (session, _signal, before, _pages, show) => listProjects(session, before ? undefined : show),
    rows: (projects = []) => projects.map((project) => projectRow(connection, project, pollInterval)),
    empty: { id: 'builds#none', label: 'No build project yet', icon: { icon: 'info' }, context: 'message' },
  };
}

function projectRow(connection: Connection, project: string, pollInterval: () => number): BuildRow {
  const id = `project ${project}`;
  const reading: Reading<Session, readonly Build[]> = {
    id,
    loading: 'Looking for builds…',
    interval: (builds) => (builds?.some((build) => !isDone(build)) ? pollInterval() : idleInterval),
    read: (session) => listBuilds(session, project),
    rows: (builds = []) => builds.map((build) => buildRow(connection, build)),
    empty: { id: `${id}#none`, label: 'No builds yet', icon: { icon: 'info' }, context: 'message' },
  };
  return {
    id,
    label: project,
    icon: { icon: 'package' },
    context: 'buildProject',
    connection,
    project,
    below: reading,
  };
}

function buildRow(connection: Connection, build: Build): BuildRow {
  const { id, project, number, status, started, ended, version, phase } = build;
  const parts = [
    deliveryFace(status).word,
    isDone(build) ? undefined : phase,
    started === undefined ? undefined : formatAge(started, Date.now()),
    started !== undefined && ended !== undefined ? formatDuration(ended - started) : undefined,
    version === undefined ? undefined : /^[0-9a-f]{40}$/.test(version) ? shortId(version) : version,
    causesOf(build)[0],
  ].filter((part) => part !== undefined);
  return {
    id: `build ${id}`,
    label: `#${number ?? shortId(id.slice(id.indexOf(':') + 1))}`,
    description: parts.join(' · '),
    tooltip: [`${project}: ${deliveryFace(status).word}`, ...causesOf(build)].join('\n'),
    icon: rowIcon(deliveryFace(status)),
    context: `build ${isDone(build) ? 'retryable' : 'stoppable'}${build.reports.length > 0 ? ' reported' : ''}`,
    accessibleLabel: `Build ${number ?? id} of ${project}, ${parts.join(', ')}`,
    command: {
      command: 'mlopsFlow.delivery.openBuildLog',
      title: 'Open Log',
      arguments: [{ connection, build: id, project }],
    },
    connection,
    project,
    build: id,
    below: build.phases.map((one) => ({
      id: `build ${id} phase ${one.type}`,
      label: one.type,
      description: [
        one.status === undefined ? deliveryFace('IN_PROGRESS').word : deliveryFace(one.status).word,
        one.started !== undefined && one.ended !== undefined ? formatDuration(one.ended - one.started) : undefined,
        one.contexts[0]?.message,
      ]
        .filter((part) => part !== undefined)
        .join(' · '),
      icon: rowIcon(deliveryFace(one.status ?? (one.type === 'COMPLETED' ? status : 'IN_PROGRESS'))),
      context: 'message',
    })),
  };
}
