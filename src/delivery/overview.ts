/** What the Delivery view, the status bar and the notifications show: read in one go. */
import type { PipelineDeclaration } from '@aws-sdk/client-codepipeline';
import { abreast, type Connection, isDenied, type Outcome, outcomeOf, profileConnection, type Session } from '../aws';
import { isUnderWay, type Board, type DeliveryRun, type Unread, unreadBoard } from './model';
import { type Declared, findDeclaration, type Listed, listPipelines, listRuns, readBoard } from './service';
import { type Belonging, belongingOf, type Checkout, type Source, sourcesOf } from './sources';

/** A pipeline as it is now, with its newest runs. What could not be read is as it was before. */
export interface Now {
  board: Board;
  runs: readonly DeliveryRun[];
  unread: Unread;
}

/** A pipeline that is followed: one of the repository, or a pinned one. */
export interface Followed {
  connection: Connection;
  name: string;
  why: Belonging;
  sources: readonly Source[];
  declaration?: PipelineDeclaration;
  /** As it was last read. */
  now?: Now;
  /** Why nothing of it could be read again. */
  problem?: Error;
}

/** What is known of a listed pipeline's declaration, as long as the list says the same. */
interface Known {
  listed: Listed;
  declared: Outcome<Declared | undefined>;
}

export interface Overview {
  followed: readonly Followed[];
  /** The other pipelines of the connection. */
  others: readonly Listed[];
  /** Why the pipelines of the connection are not known: then only those of the workspace are looked at. */
  unlisted?: Error;
  known: ReadonlyMap<string, Known>;
  /** Pipelines of which it is not known yet to whom they belong. */
  left: number;
  /** Milliseconds until the next reading. */
  interval: number;
}

/** A pipeline that the settings pin: followed wherever it is. */
export interface Pin {
  pipeline: string;
  profile?: string;
  region?: string;
}

export interface OverviewServices {
  checkouts(): Promise<readonly Checkout[]>;
  /** The names of pipelines that files of the workspace declare. */
  declared(): Promise<ReadonlySet<string>>;
  pins(): readonly Pin[];
  session(connection: Connection, signal: AbortSignal): Promise<Session>;
  /** Milliseconds between looks at what moves. */
  pollInterval(connection: Connection): number;
}

/** Declarations that one reading fetches at most. */
const declarationsAtATime = 40;
/** Requests side by side. */
const most = 4;
/** Runs that the view knows of a pipeline; a page of the service. */
const runsKnown = 100;
/** Requests a minute that following may cost. */
const mostRequests = 36;
/** Milliseconds. */
const idleOnAws = 60_000;
const shortest = 1_500;

/**
 * Reads the pipelines of the connection, which of them are the repository's, and how these and the pinned ones are
 * now. What of a pipeline cannot be read is named with it. Who may not list pipelines still sees those that the
 * workspace declares.
 *
 * @param show gets the pipelines as soon as they are listed
 */
export async function readOverview(
  services: OverviewServices,
  session: Session,
  signal: AbortSignal,
  before: Overview | undefined,
  show: (overview: Overview) => void = () => undefined,
): Promise<Overview> {
  const [checkouts, declared, list] = await Promise.all([
    services.checkouts(),
    services.declared(),
    outcomeOf(listPipelines(session)),
  ]);
  const unlisted = list.problem;
  if (unlisted && !isDenied(unlisted)) throw unlisted;
  const listed = list.value ?? [...declared].map((name) => ({ name }));
  const here = session.connection;
  const pinned = services.pins().map((pin) => ({ ...pinnedAt(pin, here), why: 'pinned' as const, sources: [] }));
  const isPinned = (name: string): boolean => pinned.some((pin) => pin.name === name && pin.connection.id === here.id);
  /** The pipelines that are followed, as far as it is known to whom they belong. */
  const ours = (known: Overview['known']): Followed[] => {
    const found = listed.flatMap(({ name }) => {
      const read = known.get(name)?.declared;
      // A file may declare what was never created.
      if (unlisted && read && !read.value && !read.problem) return [];
      const declaration = read?.value?.pipeline;
      const sources = declaration ? sourcesOf(declaration) : [];
      // The pipelines of Local are the workspace's own.
      const why = belongingOf(name, sources, checkouts, declared) ?? (here.kind === 'local' ? 'source' : undefined);
      return why ? [{ connection: here, name, why, sources, ...(declaration ? { declaration } : {}) }] : [];
    });
    return [...found.filter(({ name }) => !isPinned(name)), ...pinned];
  };
  const overviewOf = (followed: readonly Followed[], known: Overview['known'], left: number): Overview => {
    const names = new Set(followed.filter(({ connection }) => connection.id === here.id).map(({ name }) => name));
    return {
      followed,
      others: unlisted ? [] : listed.filter(({ name }) => !names.has(name)),
      known,
      left,
      interval: intervalOf(services, here, followed, left),
      ...(unlisted ? { unlisted } : {}),
    };
  };
  const keptOf = (one: Followed): Followed | undefined =>
    before?.followed.find(({ name, connection }) => name === one.name && connection.id === one.connection.id);
  if (!before && !unlisted) show(overviewOf(ours(new Map()), new Map(), listed.length));
  // Those of the workspace are read first.
  const first = (a: Listed, b: Listed): number => Number(declared.has(b.name)) - Number(declared.has(a.name));
  const { known, left } = await readDeclarations(
    session,
    [...listed].sort(first),
    unlisted ? undefined : before?.known,
  );
  const followed = await abreast(ours(known), most, async (one) => {
    const kept = keptOf(one);
    // As long as declarations are being read, each pipeline is looked at once.
    if (before && before.left > 0 && kept?.now) return { ...kept, ...one };
    return readFollowed(services, session, signal, { ...one, kept, declared: known.get(one.name)?.declared });
  });
  return overviewOf(followed, known, left);
}

async function readDeclarations(
  session: Session,
  listed: readonly Listed[],
  before: Overview['known'] | undefined,
): Promise<{ known: Map<string, Known>; left: number }> {
  const known = new Map<string, Known>();
  const open: Listed[] = [];
  for (const each of listed) {
    const kept = before?.get(each.name);
    const isSame = kept?.listed.version === each.version && kept?.listed.updated === each.updated;
    if (kept && isSame && (!kept.declared.problem || isDenied(kept.declared.problem))) known.set(each.name, kept);
    else open.push(each);
  }
  const read = await abreast(open.slice(0, declarationsAtATime), most, async (each) => ({
    listed: each,
    declared: await outcomeOf(findDeclaration(session, each.name)),
  }));
  for (const one of read) known.set(one.listed.name, one);
  return { known, left: Math.max(0, open.length - declarationsAtATime) };
}

function pinnedAt({ pipeline, profile, region }: Pin, here: Connection): { connection: Connection; name: string } {
  const connection = profile === undefined ? here : profileConnection(profile, region);
  return { connection, name: pipeline };
}

async function readFollowed(
  services: OverviewServices,
  session: Session,
  signal: AbortSignal,
  { kept, declared, ...one }: Followed & { kept: Followed | undefined; declared: Known['declared'] | undefined },
): Promise<Followed> {
  let declaration = one.declaration ?? kept?.declaration;
  const read = async (): Promise<Now> => {
    const isHere = one.connection.id === session.connection.id;
    const own = isHere ? session : await services.session(one.connection, signal);
    const found = declaration
      ? { value: declaration }
      : await declarationOf(isHere && declared ? declared : outcomeOf(findDeclaration(own, one.name)));
    declaration = found.value;
    return readNow(own, one.name, found, kept?.now);
  };
  const { value, problem } = await outcomeOf(read());
  const now = value ?? kept?.now;
  return {
    ...one,
    ...(declaration ? { declaration, sources: sourcesOf(declaration) } : {}),
    ...(now ? { now } : {}),
    ...(problem ? { problem } : {}),
  };
}

async function declarationOf(
  declared: Outcome<Declared | undefined> | Promise<Outcome<Declared | undefined>>,
): Promise<Outcome<PipelineDeclaration | undefined>> {
  const { value, problem } = await declared;
  return problem ? { problem } : { value: value?.pipeline };
}

/**
 * Reads a pipeline as it is now. What cannot be read is as it was before.
 *
 * @throws where neither its state nor its runs can be read, unless both are denied
 */
export async function readNow(
  session: Session,
  name: string,
  declaration: Outcome<PipelineDeclaration | undefined>,
  before?: Now,
): Promise<Now> {
  const [board, runs] = await Promise.all([
    outcomeOf(readBoard(session, name, declaration.value)),
    outcomeOf(listRuns(session, name, { limit: runsKnown })),
  ]);
  if (board.problem && runs.problem && !(isDenied(board.problem) && isDenied(runs.problem))) throw board.problem;
  return {
    board: board.value ?? before?.board ?? unreadBoard(name, declaration.value),
    runs: runs.value ?? before?.runs ?? [],
    unread: {
      ...(declaration.problem ? { declaration: declaration.problem } : {}),
      ...(board.problem ? { state: board.problem } : {}),
      ...(runs.problem ? { runs: runs.problem } : {}),
    },
  };
}

/** Short while something moves, and never so short that more requests are sent than a minute may cost. */
function intervalOf(services: OverviewServices, here: Connection, followed: readonly Followed[], left: number): number {
  if (left > 0) return shortest;
  const moves = followed.some(({ now }) => now && isMoving(now));
  const calm = here.kind === 'local' || moves ? Math.max(shortest, services.pollInterval(here)) : idleOnAws;
  const requests = 1 + 2 * followed.length;
  return here.kind === 'local' ? calm : Math.max(calm, Math.ceil((60_000 * requests) / mostRequests));
}

/** Whether a pipeline may change by itself. Where its runs are not known, its stages tell. */
export function isMoving({ board, runs, unread }: Now): boolean {
  return [...runs, ...(unread.runs ? board.stages : [])].some(({ status }) => isUnderWay(status));
}
