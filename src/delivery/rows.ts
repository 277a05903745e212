/** The rows of the Delivery view. */
import { type Connection, outcomeOf, type Session } from '../aws';
import { unattended } from '../shared/delivery-trigger';
import { count, formatAge, formatTime, shortId } from '../shared/format';
import { deliveryFace, rowIcon } from '../shared/status';
import { type LiveRow, messageRow, problemRow, type Reading } from '../workbench';
import { type Approval, approvalsOf } from './approvals';
import { brings, runsBehind } from './commit';
import {
  actionStatus,
  type Board,
  type BoardAction,
  type BoardStage,
  type DeliveryRun,
  holderOf,
  isUnderWay,
  revisionOf,
  stageStatus,
  subjectOf,
  supersederOf,
} from './model';
import { type Followed, isMoving, type Now, type Overview, readNow } from './overview';
import { findDeclaration } from './service';
import type { Place } from './services';
import { sourceText } from './sources';
import { runVerbs, stageVerbs, tellRun } from './verbs';

/** What the commands of the view get: each row says which connection it belongs to. */
export interface DeliveryRow extends LiveRow<Session> {
  connection: Connection;
  pipeline: string;
  stage?: string;
  /** A run's id. */
  run?: string;
  approval?: Approval;
}

/** So many runs stand below a pipeline; the panel has the others. */
const runsShown = 10;
/** What a click on a row that says why something is not known does, where nothing better is known. */
const again = { title: 'Try Again', command: 'mlopsFlow.delivery.refresh' };
/** Milliseconds between looks at a pipeline in which nothing moves. */
const idleInterval = 60_000;

export interface RowServices {
  /** Milliseconds between looks at what moves. */
  pollInterval(connection: Connection): number;
  /** The commit that is checked out. */
  commit: string | undefined;
  builds(connection: Connection): Reading<Session, unknown>;
}

/** What stands beside the pipelines of CodePipeline. */
export interface Beside {
  /** Deployments of GitHub Actions that wait. */
  approvals: readonly Approval[];
  rows: readonly LiveRow<Session>[];
}

/** The rows at the top: what waits, the followed pipelines, builds, and the others. */
export function overviewRows(
  services: RowServices,
  connection: Connection,
  overview: Overview,
  beside: Beside = { approvals: [], rows: [] },
): LiveRow<Session>[] {
  const waiting = [
    ...overview.followed.flatMap(({ connection: at, now }) =>
      now ? approvalsOf(now.board, now.runs).map((approval) => ({ at, approval })) : [],
    ),
    ...beside.approvals.map((approval) => ({ at: connection, approval })),
  ];
  const group: LiveRow<Session> = {
    id: 'approvals',
    label: 'Waiting for Approval',
    description: String(waiting.length),
    icon: rowIcon(deliveryFace('Waiting')),
    context: 'deliveryApprovals',
    accessibleLabel: `${count(waiting.length, 'approval')} waiting`,
    expanded: true,
    below: waiting.map(({ at, approval }) => approvalRow(at, approval)),
  };
  const hasNone = overview.followed.length + overview.others.length === 0;
  return [
    ...(waiting.length > 0 ? [group] : []),
    ...(overview.unlisted ? [problemRow('delivery#unlisted', overview.unlisted, again)] : []),
    ...(hasNone && !overview.unlisted ? [messageRow('delivery#none', 'No delivery pipelines yet')] : []),
    ...overview.followed.map((followed) => followedRow(services, connection, followed)),
    ...beside.rows,
    {
      id: 'builds',
      label: 'Builds',
      description: 'CodeBuild',
      icon: { icon: 'tools' },
      context: 'deliveryBuilds',
      below: services.builds(connection),
    },
    ...(overview.others.length > 0
      ? [
          {
            id: 'others',
            label: 'Other Pipelines',
            description:
              overview.left > 0 ? `${overview.others.length}, still reading` : String(overview.others.length),
            icon: { icon: 'folder' },
            context: 'deliveryOthers',
            below: overview.others.map(({ name }) => otherRow(services, connection, name)),
          },
        ]
      : []),
  ];
}

/** Ids of rows are the connection's already; of a pinned pipeline elsewhere they say where. */
function pipelineId({ id }: Connection, name: string): string {
  return `delivery ${id} ${name}`;
}

function approvalRow(connection: Connection, approval: Approval): DeliveryRow {
  const { pipeline, stage, action, run, since, promotes, behind } = approval;
  const waits = since === undefined ? undefined : `since ${formatAge(since, Date.now()).replace(/ ago$/, '')}`;
  const newer = behind.length > 0 ? `${count(behind.length, 'newer run')} behind` : undefined;
  const { deployment } = approval;
  const mayDecide = deployment?.canApprove ?? true;
  const whose = mayDecide ? undefined : `for ${deployment?.reviewers.join(', ')}`;
  return {
    id: `approval ${pipelineId(connection, pipeline)} ${stage} ${action} ${run}`,
    label: `${pipeline} · ${action}`,
    description: [tellRun(promotes, run), whose, waits, newer].filter((part) => part !== undefined).join(' · '),
    tooltip: [
      `${action} in ${stage} of ${pipeline} waits for a decision.`,
      `It would promote ${tellRun(promotes, run)}.`,
      ...(newer === undefined ? [] : [`${newer}: ${behind.map((each) => tellRun(each)).join(', ')}.`]),
    ].join('\n'),
    icon: rowIcon(deliveryFace('Waiting')),
    context: mayDecide ? 'deliveryApproval' : 'message',
    accessibleLabel: `${action} of ${pipeline} waits for approval of ${tellRun(promotes, run)}`,
    command: {
      command: 'mlopsFlow.delivery.review',
      title: 'Review',
      arguments: [{ connection, pipeline, stage, run, approval }],
    },
    connection,
    pipeline,
    stage,
    run,
    approval,
  };
}

function followedRow(services: RowServices, here: Connection, followed: Followed): DeliveryRow {
  const { connection, name, sources, now, problem } = followed;
  const id = pipelineId(connection, name);
  const [source] = sources;
  const latest = now?.runs[0];
  const rows = now
    ? nowRows(services, connection, now, id)
    : problem
      ? []
      : [messageRow(`${id}#loading`, 'Looking for stages…', 'loading~spin')];
  const runs = latest ? deliveryFace(latest.status).word : now && !now.unread.runs ? 'no runs yet' : undefined;
  return {
    id,
    label: name,
    description: [
      latest ? deliveryFace(latest.status).word : now && !now.unread.runs ? 'No runs yet' : undefined,
      source ? sourceText(source) : undefined,
      connection.id === here.id ? undefined : connection.label,
    ]
      .filter((part) => part !== undefined)
      .join(' · '),
    icon: latest ? rowIcon(deliveryFace(latest.status)) : { icon: 'rocket' },
    context: `delivery startable${latest && isUnderWay(latest.status) ? ' stoppable' : ''}`,
    accessibleLabel: `Delivery pipeline ${name}, ${runs ?? 'its runs are not known'}`,
    command: openCommand({ connection, pipeline: name }),
    expanded: true,
    connection,
    pipeline: name,
    ...(latest ? { run: latest.id } : {}),
    below: problem ? [problemRow(`${id}#problem`, problem, again), ...rows] : rows,
  };
}

function otherRow(services: RowServices, connection: Connection, name: string): DeliveryRow {
  const id = pipelineId(connection, name);
  const reading: Reading<Session, Now> = {
    id,
    loading: 'Looking for stages…',
    interval: (now) => (now && isMoving(now) ? services.pollInterval(connection) * 2 : idleInterval),
    read: async (session, _signal, before) => {
      const { value, problem } = await outcomeOf(findDeclaration(session, name));
      return readNow(session, name, problem ? { problem } : { value: value?.pipeline }, before);
    },
    rows: (now) => (now ? nowRows(services, connection, now, id) : []),
  };
  return {
    id,
    label: name,
    icon: { icon: 'rocket' },
    context: 'delivery startable',
    command: openCommand({ connection, pipeline: name }),
    connection,
    pipeline: name,
    below: reading,
  };
}

/** What was read of a pipeline; what was not says so where it would stand. */
function nowRows(services: RowServices, connection: Connection, now: Now, id: string): LiveRow<Session>[] {
  const { board, runs, unread } = now;
  const listed = runs.slice(0, runsShown).map((run) => runRow(services, connection, board, run, runs, id));
  return [
    ...(unread.declaration ? [problemRow(`${id} declaration#problem`, unread.declaration, again)] : []),
    ...(unread.state ? [problemRow(`${id} stages#problem`, unread.state, again)] : []),
    ...board.stages.map((stage) => stageRow(services, connection, board, stage, runs, id)),
    {
      id: `${id} runs`,
      label: 'Runs',
      description: countOfRuns(now),
      icon: { icon: 'history' },
      context: 'deliveryRuns',
      expanded: unread.runs !== undefined,
      below: unread.runs ? [problemRow(`${id} runs#problem`, unread.runs, again), ...listed] : listed,
    },
  ];
}

function countOfRuns({ runs, unread }: Now): string {
  if (runs.length === 0) return unread.runs ? 'not known' : 'none yet';
  return runs.length < 100 ? String(runs.length) : '100 newest';
}

function stageRow(
  services: RowServices,
  connection: Connection,
  board: Board,
  stage: BoardStage,
  runs: readonly DeliveryRun[],
  id: string,
): DeliveryRow {
  const run = runs.find((each) => each.id === stage.run);
  const status = stageStatus(stage);
  const verbs = stageVerbs(board, stage, runs).map(({ id: verb }) => verb);
  const behind = runsBehind(board, stage, runs).filter((each) => stage.inbound.includes(each.id));
  const isYours = run !== undefined && services.commit !== undefined && brings(run, services.commit);
  const parts = [
    deliveryFace(status).word,
    stage.run === undefined ? undefined : commitText(run, stage.run),
    isYours ? 'your commit' : undefined,
    holderText(stage),
    stage.transition.isEnabled ? undefined : 'transition disabled',
    behind.length > 0 ? `${count(behind.length, 'run')} before it` : undefined,
  ].filter((part) => part !== undefined);
  return {
    id: `${id} stage ${stage.name}`,
    label: stage.name,
    description: parts.join(' · '),
    tooltip: stageTooltip(stage, run, behind),
    icon: rowIcon(deliveryFace(status)),
    context: ['deliveryStage', ...verbs].join(' '),
    accessibleLabel: `Stage ${stage.name}, ${parts.join(', ')}`,
    command: openCommand({ connection, pipeline: board.pipeline, stage: stage.name }),
    expanded: status === 'Failed' || status === 'Waiting',
    connection,
    pipeline: board.pipeline,
    stage: stage.name,
    ...(stage.run === undefined ? {} : { run: stage.run }),
    below: [
      ...stage.conditions
        .filter((condition) => condition.status !== 'Succeeded')
        .map((condition): LiveRow<Session> => ({
          id: `${id} stage ${stage.name} condition ${condition.kind}`,
          label: conditionText[condition.kind],
          description: [deliveryFace(condition.status).word, condition.rules.map(({ name }) => name).join(', ')].join(
            ' · ',
          ),
          ...(condition.summary === undefined ? {} : { tooltip: condition.summary }),
          icon: rowIcon(deliveryFace(condition.status)),
          context: 'message',
        })),
      ...stage.actions.map((action) => actionRow(connection, board, stage, action, id)),
    ],
  };
}

const conditionText = {
  BEFORE_ENTRY: 'Condition before the stage',
  ON_SUCCESS: 'Condition after success',
  ON_FAILURE: 'Condition after failure',
} as const;

function stageTooltip(stage: BoardStage, run: DeliveryRun | undefined, behind: readonly DeliveryRun[]): string {
  const { isEnabled, by, at, reason } = stage.transition;
  const subject = subjectOf(revisionOf(run)?.message);
  const failed = stage.actions.filter(({ error, summary }) => error ?? summary);
  return [
    `${stage.name}: ${deliveryFace(stageStatus(stage)).word}`,
    ...(subject === undefined ? [] : [subject]),
    ...failed.map(({ name, error, summary }) => `${name}: ${error ?? summary}`),
    ...behind.map((each) => `Waits before it: ${tellRun(each)}`),
    ...(isEnabled
      ? []
      : [
          `Transition disabled${by ? ` by ${by}` : ''}${at ? ` at ${formatTime(at)}` : ''}${reason ? `: ${reason}` : ''}`,
        ]),
  ].join('\n');
}

/** Who keeps the stage, and since when. */
function holderText(stage: BoardStage): string | undefined {
  const holder = holderOf(stage);
  if (!holder) return undefined;
  const since = holder.since === undefined ? '' : ` since ${formatAge(holder.since, Date.now()).replace(/ ago$/, '')}`;
  return holder.names.length === 0 ? undefined : `held by ${holder.names.join(', ')}${since}`;
}

function commitText(run: DeliveryRun | undefined, id: string): string {
  const revision = revisionOf(run);
  return revision ? shortId(revision.id) : `run ${shortId(id)}`;
}

function actionRow(
  connection: Connection,
  board: Board,
  stage: BoardStage,
  action: BoardAction,
  id: string,
): DeliveryRow {
  const status = actionStatus(action);
  const about = action.error ?? action.summary;
  const parts = [
    deliveryFace(status).word,
    action.provider,
    action.at === undefined ? undefined : formatAge(action.at, Date.now()),
    status === 'Failed' ? about : undefined,
  ].filter((part) => part !== undefined);
  return {
    id: `${id} stage ${stage.name} action ${action.name}`,
    label: action.name,
    description: parts.join(' · '),
    tooltip: [`${action.name}: ${deliveryFace(status).word}`, ...(about === undefined ? [] : [about])].join('\n'),
    icon: rowIcon(deliveryFace(status)),
    context: `deliveryAction${action.isWaiting ? ' deliveryApproval' : ''}`,
    accessibleLabel: `Action ${action.name}, ${parts.join(', ')}`,
    command: openCommand({ connection, pipeline: board.pipeline, stage: stage.name, action: action.name }),
    connection,
    pipeline: board.pipeline,
    stage: stage.name,
    ...(stage.run === undefined ? {} : { run: stage.run }),
    ...(action.isWaiting
      ? {
          approval: {
            pipeline: board.pipeline,
            stage: stage.name,
            action: action.name,
            run: stage.run ?? '',
            behind: [],
          },
        }
      : {}),
  };
}

function runRow(
  services: RowServices,
  connection: Connection,
  board: Board,
  run: DeliveryRun,
  runs: readonly DeliveryRun[],
  id: string,
): DeliveryRow {
  const passer = supersederOf(run, runs);
  const subject = subjectOf(revisionOf(run)?.message);
  const isYours = services.commit !== undefined && brings(run, services.commit);
  const parts = [
    deliveryFace(run.status).word,
    passer ? `by ${commitText(passer, passer.id)}` : undefined,
    run.started === undefined ? undefined : formatAge(run.started, Date.now()),
    run.isRollback ? 'rollback' : unattended(run.trigger)?.replace(/^[A-Z]/, (first) => first.toLowerCase()),
    isYours ? 'your commit' : undefined,
    subject,
  ].filter((part) => part !== undefined);
  return {
    id: `${id} run ${run.id}`,
    label: commitText(run, run.id),
    description: parts.join(' · '),
    icon: rowIcon(deliveryFace(run.status)),
    context: `deliveryRun${runVerbs(board, run).length > 0 ? ' stoppable' : ''}`,
    accessibleLabel: `Run of ${commitText(run, run.id)}, ${parts.join(', ')}`,
    command: openCommand({ connection, pipeline: board.pipeline, run: run.id }),
    connection,
    pipeline: board.pipeline,
    run: run.id,
  };
}

function openCommand(place: Place): NonNullable<LiveRow<Session>['command']> {
  return { command: 'mlopsFlow.delivery.open', title: 'Open Pipeline', arguments: [place] };
}
