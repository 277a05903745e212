/** `mlops-flow pipeline`: delivery pipelines from a terminal or a build server. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '../aws';
import { approvalsOf } from '../delivery/approvals';
import { isSameCommit, runWith } from '../delivery/commit';
import { type Board, type BoardStage, type DeliveryRun, isUnderWay } from '../delivery/model';
import {
  decide,
  listPipelines,
  listRuns,
  readBoard,
  readDeclaration,
  retryStage,
  rollBack,
  startRun,
  stopRun,
} from '../delivery/service';
import { rollbackTargets, runVerbs, stageVerbs, tellRun, warningOf } from '../delivery/verbs';
import { runGit } from '../gitflow';
import { connectionNamed, openConnections } from './connections';
import { choose, readOptions, UsageError } from './options';
import { approvalOf, boardLines, exitCodes, isOver, outcomeOf, runLine } from './pipeline/outcome';
import { assignments } from './run/pipeline';

const verbs = ['list', 'status', 'start', 'approve', 'retry', 'stop', 'rollback'] as const;
type CliVerb = (typeof verbs)[number];

/** Milliseconds between looks at a run that is waited for. */
const onLocal = 500;
const onAws = 5_000;

/** A pipeline as it is now. */
interface Situation {
  board: Board;
  runs: readonly DeliveryRun[];
}

/** Everything that a verb is given. */
interface Call {
  session: Session;
  name: string;
  stage: string | undefined;
  action: string | undefined;
  run: string | undefined;
  commit: string | undefined;
  variables: Record<string, string>;
  revisions: Record<string, string>;
  reject: boolean;
  all: boolean;
  abandon: boolean;
  to: string | undefined;
  text: string;
  wait: boolean;
  timeout: number;
  json: boolean;
}

/** Exit codes: those of `exitCodes`; 2 for wrong usage and for what cannot be read or done. */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = readOptions(args, {
    connection: { type: 'string', default: 'Local' },
    region: { type: 'string' },
    data: { type: 'string' },
    stage: { type: 'string' },
    action: { type: 'string' },
    run: { type: 'string' },
    commit: { type: 'string' },
    variable: { type: 'string', multiple: true, default: [] },
    revision: { type: 'string', multiple: true, default: [] },
    reject: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    abandon: { type: 'boolean', default: false },
    to: { type: 'string' },
    message: { type: 'string', short: 'm', default: '' },
    wait: { type: 'boolean', default: false },
    timeout: { type: 'string', default: '86400' },
    format: { type: 'string', default: 'text' },
  });
  const [first, name, ...more] = positionals;
  if (first === undefined) throw new UsageError(`Name what to do: ${verbs.join(', ')}.`);
  const verb = choose('verb', first, verbs);
  if (more.length > 0 || (name === undefined) !== (verb === 'list')) {
    throw new UsageError(
      verb === 'list' ? 'list takes no name.' : `Name one pipeline: mlops-flow pipeline ${verb} NAME.`,
    );
  }
  const timeout = Number(values.timeout);
  if (!(timeout >= 0)) throw new UsageError('--timeout takes seconds.');
  const connections = openConnections(values.data);
  try {
    const connection = connectionNamed(values.connection, values.region);
    connections.expect(connection);
    const session = await connections.session(connection);
    return await perform(verb, {
      session,
      name: name ?? '',
      stage: values.stage,
      action: values.action,
      run: values.run,
      commit: await commitOf(values.commit),
      variables: assignments('variable', values.variable),
      revisions: assignments('revision', values.revision),
      reject: values.reject,
      all: values.all,
      abandon: values.abandon,
      to: values.to,
      text: values.message,
      wait: values.wait,
      timeout: timeout * 1000,
      json: choose('format', values.format, ['text', 'json']) === 'json',
    });
  } finally {
    await connections.dispose();
  }
}

function perform(verb: CliVerb, call: Call): Promise<number> {
  switch (verb) {
    case 'list':
      return list(call);
    case 'status':
      return status(call);
    case 'start':
      return start(call);
    case 'approve':
      return approve(call);
    case 'retry':
      return retry(call);
    case 'stop':
      return stop(call);
    case 'rollback':
      return back(call);
  }
}

/** The full id of a commit that is named as git names it; as it was given where git here does not know it. */
async function commitOf(given: string | undefined): Promise<string | undefined> {
  if (given === undefined) return undefined;
  const { code, stdout } = await runGit(process.cwd(), ['rev-parse', '--verify', '--quiet', `${given}^{commit}`]);
  if (code === 0) return stdout.trim();
  if (/^[0-9a-f]{7,40}$/i.test(given)) return given;
  throw new UsageError(`There is no commit '${given}' here.`);
}

async function situationOf({ session, name }: Call): Promise<Situation> {
  const declared = await readDeclaration(session, name);
  const [board, runs] = await Promise.all([readBoard(session, name, declared.pipeline), listRuns(session, name)]);
  return { board, runs };
}

/** The run that a call names by its id or commit, else the newest one. */
function runOf({ run, commit, name }: Call, { runs }: Situation): DeliveryRun {
  const found =
    run !== undefined
      ? runs.find(({ id }) => id === run || id.startsWith(run))
      : commit !== undefined
        ? runWith(runs, commit)
        : runs[0];
  if (found) return found;
  const what = run ?? (commit === undefined ? undefined : `commit ${commit}`);
  throw new UsageError(what === undefined ? `${name} has not run yet.` : `${name} has no run of ${what}.`);
}

async function list({ session, json }: Call): Promise<number> {
  const pipelines = await listPipelines(session);
  if (json) say(JSON.stringify(pipelines, undefined, 2));
  else for (const { name, version } of pipelines) say(`${name}${version === undefined ? '' : ` version ${version}`}`);
  return 0;
}

async function status(call: Call): Promise<number> {
  const situation = await situationOf(call);
  const found = runOf(call, situation);
  if (call.wait) return follow(call, found.id);
  return tell(call, situation, found);
}

/** Says where a run stands. @returns its exit code */
function tell(call: Call, { board, runs }: Situation, run: DeliveryRun): number {
  const outcome = outcomeOf(board, run, runs);
  if (call.json) {
    const waits = approvalOf(board, run, runs);
    say(JSON.stringify({ outcome, run, ...(waits ? { approval: waits } : {}), stages: board.stages }, undefined, 2));
  } else {
    say(runLine(board, run, runs));
    for (const line of boardLines(board, runs)) say(line);
  }
  return exitCodes[outcome];
}

/** Waits until a run is over, or a person is needed. */
async function follow(call: Call, id: string): Promise<number> {
  const end = Date.now() + call.timeout;
  let told = '';
  for (;;) {
    const situation = await situationOf(call);
    const { board, runs } = situation;
    const run = runs.find((each) => each.id === id);
    if (run) {
      const line = runLine(board, run, runs);
      if (line !== told) process.stderr.write(`${line}\n`);
      told = line;
      if (isOver(outcomeOf(board, run, runs)) || Date.now() >= end) return tell(call, situation, run);
    } else if (Date.now() >= end) throw new Error(`${call.name} does not list the run ${id}.`);
    await sleep(call.session.connection.kind === 'local' ? onLocal : onAws);
  }
}

/** What was begun: its id alone, or where it ends. */
async function began(call: Call, id: string): Promise<number> {
  if (call.wait) {
    process.stderr.write(`Run ${id}\n`);
    return follow(call, id);
  }
  say(id);
  return 0;
}

async function start(call: Call): Promise<number> {
  const revisions = Object.entries(call.revisions).map(([actionName, revisionValue]) => ({
    actionName,
    revisionType: 'COMMIT_ID' as const,
    revisionValue,
  }));
  const token = crypto.randomUUID();
  return began(call, await startRun(call.session, call.name, { variables: call.variables, revisions, token }));
}

async function approve(call: Call): Promise<number> {
  const { board, runs } = await situationOf(call);
  const { stage, action, commit } = call;
  const waiting = approvalsOf(board, runs).filter(
    (each) =>
      (stage ?? each.stage) === each.stage &&
      (action ?? each.action) === each.action &&
      (call.run === undefined || each.run.startsWith(call.run)) &&
      (commit === undefined || each.promotes?.revisions.some(({ id }) => isSameCommit(id, commit))),
  );
  const [approval, another] = waiting;
  if (!approval) throw new Error(`No approval of ${call.name} waits${commit === undefined ? '' : ` for ${commit}`}.`);
  if (another) {
    const names = waiting.map((each) => `--stage ${each.stage} --action ${each.action}`).join(' or ');
    throw new UsageError(`Several approvals of ${call.name} wait. Name one: ${names}.`);
  }
  const warning = warningOf(approval.behind, undefined);
  if (warning !== undefined && !call.reject) process.stderr.write(`${warning}\n`);
  const decision = {
    ...approval,
    status: call.reject ? ('Rejected' as const) : ('Approved' as const),
    comment: call.text,
  };
  await decide(call.session, decision);
  process.stderr.write(
    `${call.reject ? 'Rejected' : 'Approved'} ${approval.action} for ${tellRun(approval.promotes, approval.run)}.\n`,
  );
  return call.wait ? followPast(call, approval) : 0;
}

/** Follows a run whose approval was decided, once the service says so. */
async function followPast(
  call: Call,
  { run, stage, action }: { run: string; stage: string; action: string },
): Promise<number> {
  for (;;) {
    const { board, runs } = await situationOf(call);
    const still = approvalsOf(board, runs).some(
      (each) => each.run === run && each.stage === stage && each.action === action,
    );
    if (!still) return follow(call, run);
    await sleep(onLocal);
  }
}

/** The stage that a call names, else the first that `id` fits. */
function stageFor(call: Call, { board, runs }: Situation, id: string): BoardStage {
  const fits = (stage: BoardStage): boolean => stageVerbs(board, stage, runs).some((verb) => verb.id === id);
  if (call.stage !== undefined) {
    const stage = board.stages.find(({ name }) => name === call.stage);
    if (!stage) throw new UsageError(`${call.name} has no stage ${call.stage}.`);
    if (!fits(stage))
      throw new Error(`${stage.name} is ${stage.status ?? 'not run'}: this cannot be done with it now.`);
    return stage;
  }
  const fitting = board.stages.filter(fits);
  const [only, another] = fitting;
  if (!only) throw new Error(`No stage of ${call.name} is in a state for this.`);
  if (another) throw new UsageError(`Name a stage: ${fitting.map(({ name }) => `--stage ${name}`).join(' or ')}.`);
  return only;
}

async function retry(call: Call): Promise<number> {
  const situation = await situationOf(call);
  const stage = stageFor(call, situation, call.all ? 'retryAll' : 'retryFailed');
  const at = { pipeline: call.name, stage: stage.name, run: stage.run ?? '' };
  await retryStage(call.session, at, call.all ? 'ALL_ACTIONS' : 'FAILED_ACTIONS');
  return began(call, at.run);
}

async function stop(call: Call): Promise<number> {
  const situation = await situationOf(call);
  const named = call.run !== undefined || call.commit !== undefined;
  const run = named ? runOf(call, situation) : situation.runs.find(({ status }) => isUnderWay(status));
  const verb = run && runVerbs(situation.board, run).find(({ id }) => id === (call.abandon ? 'abandon' : 'stop'));
  if (!run || !verb) throw new Error(`No run of ${call.name} is under way that could be stopped.`);
  process.stderr.write(`${verb.consequence}\n`);
  await stopRun(call.session, call.name, run.id, { abandon: call.abandon, reason: call.text });
  return call.wait ? follow(call, run.id) : 0;
}

async function back(call: Call): Promise<number> {
  if (call.stage === undefined) throw new UsageError('Name the stage to roll back: --stage NAME.');
  const situation = await situationOf(call);
  const stage = stageFor(call, situation, 'rollback');
  const targets = rollbackTargets(stage, await listRuns(call.session, call.name, { stage: stage.name }));
  const { to } = call;
  const target = targets.find(
    ({ id, revisions }) => to === undefined || id.startsWith(to) || revisions.some((each) => isSameCommit(each.id, to)),
  );
  if (!target)
    throw new Error(
      `No earlier run${to === undefined ? '' : ` ${to}`} has passed ${stage.name} since the pipeline was last changed.`,
    );
  process.stderr.write(`Rolling ${stage.name} back to ${tellRun(target)}.\n`);
  return began(call, await rollBack(call.session, { pipeline: call.name, stage: stage.name, run: target.id }));
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
