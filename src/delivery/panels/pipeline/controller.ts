import type { SourceRevisionType } from '@aws-sdk/client-codepipeline';
import { env, Uri } from 'vscode';
import { type Connection, connectionOf, isDenied, type Outcome, outcomeOf, type Session } from '../../../aws';
import { confirmChange } from '../../../aws/confirm';
import { lastPart } from '../../../shared/format';
import { isCancellation, messageOf, reasonOf, UserError } from '../../../workbench';
import type { Panel, PanelController } from '../../../workbench/panel';
import { approvalKey } from '../../approvals';
import { type LogReading, logPlaceOf, readBuildLog } from '../../builds/logs';
import { isDone } from '../../builds/model';
import { act } from '../../commands/act';
import { openDelivery } from '../../commands/open-declaration';
import { consoleAddress, type Link, linksIn, linksOf } from '../../links';
import { type ActionRun, type Board, type DeliveryRun, isUnderWay, type Unread, unreadBoard } from '../../model';
import type { Room } from '../../room';
import {
  type Declared,
  listActionRuns,
  listRuns,
  readBoard,
  readDeclaration,
  readVariables,
  startRun,
} from '../../service';
import { type Source, sourcesOf, sourceText } from '../../sources';
import { runVerbs, stageVerbs, startVerb } from '../../verbs';
import type { PipelineArguments, PipelineInfo, PipelineToHost, PipelineToPanel, Verbs } from './contract';
import { isPipelineToHost } from './messages';

/** Runs that are known at first, and so many more each time that older ones are asked for. */
const page = 100;
/** Lines of a log that the panel shows; the document has all. */
const logLines = 1_000;
/** The runs, and the actions of one that goes on, are read with every so many-th look at a state that stays the same. */
const readEvery = 3;
/** Milliseconds between looks on AWS: with an open log, while something moves, and else. */
const withLog = 10_000;
const idle = 60_000;

/** A run's actions, as they were read last. */
interface Detail {
  run: string;
  actions: readonly ActionRun[];
  variables: Record<string, string>;
  problem?: string;
}

/** One look at the pipeline, and all that is shown of it. */
interface Look {
  declared: Outcome<Declared>;
  board: Board;
  runs: readonly DeliveryRun[];
  /** What could not be read, and is as it was before. */
  unread: Unread;
  /** So many runs were asked for. */
  asked: number;
  /** How often the same state was seen since the runs were listed. */
  same: number;
  detail?: Detail;
  log?: { build: string; reading: LogReading };
}

/** The panel of one delivery pipeline, over the connection that it was opened for. */
export class PipelinePanel implements PanelController<PipelineToPanel, PipelineToHost> {
  readonly accepts = isPipelineToHost;
  private readonly connection: Connection;
  private readonly key: string;
  private look: Look | undefined;
  private info: PipelineInfo | undefined;
  /** What the page wants to see: the actions of a run, the log of a build, so many runs. */
  private wanted: { run?: string; build?: string; runs: number } = { runs: page };
  private freshness: { updatedAt?: number; problem?: string } = {};
  private watching: { dispose(): void } | undefined;
  private readonly closed = new AbortController();
  private readonly disposables: { dispose(): void }[];

  constructor(
    private readonly room: Room,
    private readonly panel: Panel<PipelineArguments, PipelineToPanel>,
  ) {
    const { services } = room.parts;
    this.connection = connectionOf(panel.args.connection);
    this.key = `delivery panel ${this.connection.id} ${panel.args.pipeline}`;
    this.disposables = [
      panel.onDidChangeVisibility((visible) => (visible ? this.watch() : this.rest())),
      services.connections.onDidChange(() => void this.again()),
      services.onDidChangeCheckouts(() => this.tellInfo()),
    ];
    this.watch();
  }

  state(): PipelineToPanel[] {
    const { look, info } = this;
    return [
      ...(info ? [{ type: 'info' as const, info }] : []),
      ...(look ? messagesOf(look) : []),
      { type: 'freshness', ...this.freshness },
    ];
  }

  async receive(message: PipelineToHost): Promise<void> {
    const { pipeline } = this.panel.args;
    switch (message.type) {
      case 'need':
        this.wanted.run = message.run;
        return this.again();
      case 'log':
        if (message.build === undefined) delete this.wanted.build;
        else this.wanted.build = message.build;
        return this.again();
      case 'verb': {
        const { verb, stage, run } = message;
        const done = await act(await this.session(), verb, { pipeline, stage, run });
        if (done) await this.began(done.run);
        return;
      }
      case 'start':
        return this.start(message);
      case 'review':
        return this.room.parts.review(this.connection, approvalKey({ ...message, pipeline }));
      case 'open':
        return this.open(message.link);
      case 'older':
        this.wanted.runs += page;
        return this.again();
      case 'declaration':
        return openDelivery(await this.session(), pipeline);
      case 'refresh':
        return this.again();
    }
  }

  dispose(): void {
    this.closed.abort();
    this.rest();
    for (const disposable of this.disposables) disposable.dispose();
  }

  private session(signal: AbortSignal = this.closed.signal): Promise<Session> {
    return this.room.parts.services.connections.session(this.connection, signal);
  }

  private watch(): void {
    this.watching ??= this.room.parts.services.watcher.watch<Look>(
      {
        key: this.key,
        interval: () => this.interval(),
        poll: async (signal) => this.read(await this.session(signal)),
        // A run can be started from anywhere.
        settled: () => false,
      },
      { value: (look) => this.show(look), failed: (error) => this.say(reasonOf(error)) },
    );
  }

  private rest(): void {
    this.watching?.dispose();
    this.watching = undefined;
  }

  private again(): Promise<void> {
    return this.room.parts.services.watcher.refresh(this.key);
  }

  private interval(): number {
    const { look, wanted, connection } = this;
    const moves = !look || look.runs.some(({ status }) => isUnderWay(status));
    const short = this.room.watchInterval(connection);
    if (connection.kind === 'local') return short;
    if (!moves && look?.log === undefined) return idle;
    return wanted.build === undefined ? short : Math.max(short, withLog);
  }

  private async read(session: Session): Promise<Look> {
    const { look: before, wanted } = this;
    const { pipeline } = this.panel.args;
    const readAnew = (): Promise<Outcome<Declared>> => outcomeOf(readDeclaration(session, pipeline));
    const isDue = before === undefined || before.same + 1 >= readEvery;
    const known = before && (before.declared.value || !isDue) ? before.declared : await readAnew();
    const state = await outcomeOf(readBoard(session, pipeline, known.value?.pipeline));
    const isOther = state.value && known.value && state.value.version !== known.value.pipeline.version;
    const declared = isOther ? await readAnew() : known;
    const board = state.value ?? before?.board ?? unreadBoard(pipeline, declared.value?.pipeline);
    const isSame = before !== undefined && JSON.stringify(before.board) === JSON.stringify(board);
    const isKept = isSame && !isDue && before.asked === wanted.runs;
    const list = isKept ? runsOf(before) : await outcomeOf(listRuns(session, pipeline, { limit: wanted.runs }));
    const { problem } = state;
    if (problem && list.problem && !(isDenied(problem) && isDenied(list.problem))) throw problem;
    const runs = list.value ?? before?.runs ?? [];
    const look: Look = {
      declared,
      board,
      runs,
      unread: {
        ...(declared.problem ? { declaration: declared.problem } : {}),
        ...(problem ? { state: problem } : {}),
        ...(list.problem ? { runs: list.problem } : {}),
      },
      asked: wanted.runs,
      same: isKept ? before.same + 1 : 0,
    };
    if (wanted.run !== undefined) look.detail = await this.readDetail(session, wanted.run, runs, isKept);
    if (wanted.build !== undefined) look.log = await this.readLog(session, wanted.build);
    return look;
  }

  /** What was read of a run that is over is kept; of one that goes on, as long as its pipeline looks the same. */
  private async readDetail(
    session: Session,
    run: string,
    runs: readonly DeliveryRun[],
    isSame: boolean,
  ): Promise<Detail> {
    const { pipeline } = this.panel.args;
    const before = this.look?.detail;
    const status = runs.find(({ id }) => id === run)?.status;
    const statusBefore = this.look?.runs.find(({ id }) => id === run)?.status;
    const isOver = !isUnderWay(status) && status === statusBefore;
    const isKnown = before?.run === run && before.problem === undefined;
    if (isKnown && (isOver || isSame)) return before;
    const [actions, variables] = await Promise.all([
      outcomeOf(listActionRuns(session, pipeline, run)),
      outcomeOf(isKnown ? Promise.resolve(before.variables) : readVariables(session, pipeline, run)),
    ]);
    const problem = actions.problem ?? variables.problem;
    return {
      run,
      actions: actions.value ?? [],
      variables: variables.value ?? {},
      ...(problem ? { problem: reasonOf(problem) } : {}),
    };
  }

  private async readLog(session: Session, build: string): Promise<{ build: string; reading: LogReading }> {
    const before = this.look?.log?.build === build ? this.look.log.reading : undefined;
    if (before && isDone(before.build) && before.text !== '') return { build, reading: before };
    return { build, reading: await readBuildLog(session, build, before) };
  }

  private show(look: Look): void {
    const before = this.look ? messagesOf(this.look).map((message) => JSON.stringify(message)) : [];
    this.look = look;
    this.freshness = { updatedAt: Date.now() };
    for (const message of messagesOf(look)) if (!before.includes(JSON.stringify(message))) this.panel.update(message);
    this.panel.update({ type: 'freshness', ...this.freshness });
    this.tellInfo();
  }

  private say(problem: string): void {
    this.freshness = { ...this.freshness, problem };
    this.panel.update({ type: 'freshness', ...this.freshness });
  }

  private tellInfo(): void {
    const { look } = this;
    if (!look) return;
    this.readInfo(look).catch((error: unknown) => {
      // The panel was closed meanwhile.
      if (!isCancellation(error)) this.say(reasonOf(error));
    });
  }

  private async readInfo(look: Look): Promise<void> {
    const session = await this.session();
    const [checkout] = await this.room.parts.services.checkouts();
    const pipeline = look.declared.value?.pipeline;
    const { declaration: problem } = look.unread;
    const info: PipelineInfo = {
      pipeline: look.board.pipeline,
      connection: this.connection.label,
      region: session.region,
      isProduction: await session.isProduction(),
      ...(pipeline ? { type: pipeline.pipelineType ?? 'V1' } : {}),
      ...(problem ? { problem: reasonOf(problem) } : {}),
      ...(look.board.version === undefined ? {} : { version: look.board.version }),
      start: startVerb(look.board),
      variables: (pipeline?.variables ?? []).map(({ name = '', defaultValue, description }) => ({
        name,
        ...(defaultValue === undefined ? {} : { default: defaultValue }),
        ...(description === undefined ? {} : { description }),
      })),
      sources: pipeline ? sourcesOf(pipeline).flatMap(choiceOf) : [],
      ...(checkout?.commit
        ? { commit: { id: checkout.commit, ...(checkout.branch ? { branch: checkout.branch } : {}) } }
        : {}),
    };
    if (JSON.stringify(info) === JSON.stringify(this.info)) return;
    this.info = info;
    this.panel.update({ type: 'info', info });
  }

  private async start({ variables, revisions, token }: Extract<PipelineToHost, { type: 'start' }>): Promise<void> {
    const { pipeline } = this.panel.args;
    const session = await this.session();
    const choices = new Map(this.info?.sources.map(({ action, revisionType }) => [action, revisionType]));
    const text = `Start ${pipeline}?`;
    if (!(await confirmChange(session, { text, action: 'Start' }))) return this.panel.post({ type: 'started' });
    try {
      const run = await startRun(session, pipeline, {
        variables,
        revisions: revisions.map(({ action, value }) => ({
          actionName: action,
          revisionType: (choices.get(action) ?? 'COMMIT_ID') as SourceRevisionType,
          revisionValue: value,
        })),
        token,
      });
      this.panel.post({ type: 'started', run });
      await this.began(run);
    } catch (error) {
      // Said beside the form, where what was typed still stands.
      this.panel.post({ type: 'started', problem: messageOf(error) });
    }
  }

  private async began(run: string | undefined): Promise<void> {
    this.room.started(run);
    if (run !== undefined) this.panel.post({ type: 'select', run });
    await this.again();
  }

  private async open({ kind, target }: Link): Promise<void> {
    const { services } = this.room.parts;
    switch (kind) {
      case 'run':
        return services.openRun(target, this.connection);
      case 'model':
        return services.revealModel(target, this.connection);
      case 'build':
        return this.room.logs.show(logPlaceOf(this.connection.id, target));
      case 'object':
        return services.openObject(target, this.connection);
      case 'endpoint':
        return services.openEndpoint(lastPart(target), this.connection);
      case 'execution':
        if (this.connection.kind === 'local') throw new UserError(`${target} is on this machine and has no page.`);
        await env.openExternal(Uri.parse(consoleAddress(target)));
        return;
      case 'page':
        await env.openExternal(Uri.parse(target));
    }
  }
}

function messagesOf({ board, runs, asked, unread, detail, log }: Look): PipelineToPanel[] {
  const verbs: Verbs = {
    stages: Object.fromEntries(board.stages.map((stage) => [stage.name, stageVerbs(board, stage, runs)])),
    runs: Object.fromEntries(
      runs.filter(({ status }) => isUnderWay(status)).map((run) => [run.id, runVerbs(board, run)]),
    ),
  };
  return [
    { type: 'board', board, verbs, ...problemOf(unread.state) },
    { type: 'runs', runs: [...runs], hasOlder: runs.length >= asked, ...problemOf(unread.runs) },
    ...(detail ? [detailMessage(detail)] : []),
    ...(log ? [logMessage(log)] : []),
  ];
}

/** The runs as they were read before. */
function runsOf({ runs, unread }: Look): Outcome<readonly DeliveryRun[]> {
  return unread.runs ? { problem: unread.runs } : { value: runs };
}

function problemOf(error: Error | undefined): { problem?: string } {
  return error ? { problem: reasonOf(error) } : {};
}

function detailMessage({ run, actions, variables, problem }: Detail): PipelineToPanel {
  const shown = actions.map((action) => ({ ...action, links: linksOf(action) }));
  return { type: 'detail', run, actions: shown, variables, ...(problem === undefined ? {} : { problem }) };
}

function logMessage({ build, reading }: NonNullable<Look['log']>): PipelineToPanel {
  const lines = reading.text.split('\n');
  const left = lines.length - logLines;
  return {
    type: 'log',
    build,
    text: lines.slice(-logLines).join('\n'),
    isDone: isDone(reading.build),
    links: linksIn(reading.text).filter(({ target }) => target !== build),
    ...(left > 0 ? { note: `The last ${logLines} lines of ${lines.length}.` } : {}),
  };
}

/** The kind of revision that a source can be given instead of its newest. */
function choiceOf(source: Source): PipelineInfo['sources'] {
  const types: Readonly<Record<Source['kind'], SourceRevisionType | undefined>> = {
    connection: 'COMMIT_ID',
    codecommit: 'COMMIT_ID',
    github: 'COMMIT_ID',
    ecr: 'IMAGE_DIGEST',
    s3: 'S3_OBJECT_VERSION_ID',
    other: undefined,
  };
  const revisionType = types[source.kind];
  return revisionType ? [{ action: source.action, place: sourceText(source), revisionType }] : [];
}
