/** The rows of CodeBuild in the Delivery view: projects, below each its builds, below each its phases. */
import type { Connection, Session } from '../../aws';
import { formatAge, formatDuration, shortId } from '../../shared/format';
import { deliveryFace, rowIcon } from '../../shared/status';
import type { LiveRow, Reading } from '../../workbench';
import { type Batch, type BatchMember, type Build, causesOf, isDone } from './model';
import { listBuilds, listProjects, readBatches } from './service';

/** What the commands on builds get. */
export interface BuildRow extends LiveRow<Session> {
  connection: Connection;
  project: string;
  build?: string;
  batch?: string;
}

/** The newest builds of a project, and the batches that they belong to. */
interface Builds {
  builds: readonly Build[];
  batches: readonly Batch[];
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
  const reading: Reading<Session, Builds> = {
    id,
    loading: 'Looking for builds…',
    interval: (now) =>
      [...(now?.builds ?? []), ...(now?.batches ?? [])].some(({ status }) => status === 'IN_PROGRESS')
        ? pollInterval()
        : idleInterval,
    read: async (session) => {
      const builds = await listBuilds(session, project);
      return { builds, batches: await readBatches(session, builds) };
    },
    rows: (now) => (now ? buildRows(connection, project, now) : []),
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

/** Builds, the newest first; those of a batch stand below it, where its newest one would stand. */
export function buildRows(connection: Connection, project: string, { builds, batches }: Builds): BuildRow[] {
  const placed = new Set<string>();
  return builds.flatMap((build) => {
    const batch = batches.find(({ id }) => id === build.batch);
    if (!batch) return [buildRow(connection, build)];
    if (placed.has(batch.id)) return [];
    placed.add(batch.id);
    return [batchRow(connection, project, batch, builds)];
  });
}

function batchRow(connection: Connection, project: string, batch: Batch, builds: readonly Build[]): BuildRow {
  const { id, number, status, started, ended, builds: members, cause } = batch;
  const isOver = status !== 'IN_PROGRESS';
  const done = members.filter((member) => member.status === 'SUCCEEDED').length;
  const parts = [
    deliveryFace(status).word,
    `${done} of ${members.length} succeeded`,
    started === undefined ? undefined : formatAge(started, Date.now()),
    started !== undefined && ended !== undefined ? formatDuration(ended - started) : undefined,
    cause,
  ].filter((part) => part !== undefined);
  return {
    id: `batch ${id}`,
    label: `Batch #${number ?? shortId(id.slice(id.indexOf(':') + 1))}`,
    description: parts.join(' · '),
    icon: rowIcon(deliveryFace(status)),
    context: `buildBatch${isOver ? (status === 'SUCCEEDED' ? '' : ' retryable') : ' stoppable'}`,
    accessibleLabel: `Batch ${number ?? id} of ${project}, ${parts.join(', ')}`,
    connection,
    project,
    batch: id,
    expanded: status !== 'SUCCEEDED',
    below: members.map((member) => memberRow(connection, project, batch, member, builds)),
  };
}

/** A build of a batch; before it is started, what it waits for. */
function memberRow(
  connection: Connection,
  project: string,
  batch: Batch,
  { identifier, dependsOn, mayFail, build: id, status, before }: BatchMember,
  builds: readonly Build[],
): LiveRow<Session> {
  const notes = [mayFail ? 'may fail' : undefined, before > 0 ? `built ${before + 1} times` : undefined];
  const known = builds.find((build) => build.id === id);
  const row = known && buildRow(connection, known);
  const waits = batch.status === 'IN_PROGRESS' ? `waits for ${dependsOn.join(', ') || 'its turn'}` : 'not started';
  const description = [row?.description ?? (status === undefined ? waits : deliveryFace(status).word), ...notes]
    .filter((part) => part !== undefined)
    .join(' · ');
  const shown = row ?? {
    icon: rowIcon(deliveryFace(status ?? 'NotRun')),
    context: id === undefined ? 'message' : 'build',
    connection,
    project,
    ...(id === undefined ? {} : { build: id, command: logCommand(connection, project, id) }),
  };
  return { ...shown, id: `batch ${batch.id} build ${identifier}`, label: identifier, description };
}

function logCommand(connection: Connection, project: string, build: string): NonNullable<BuildRow['command']> {
  const command = 'mlopsFlow.delivery.openBuildLog';
  return { command, title: 'Open Log', arguments: [{ connection, build, project }] };
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
    command: logCommand(connection, project, id),
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
