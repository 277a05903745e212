/** What the commands on pipelines do: each looks at the state as it is now, says what it leads to, and asks. */
import { type QuickPickItem, window } from 'vscode';
import type { Session } from '../../aws';
import { placeOf } from '../../aws/confirm';
import { formatAge } from '../../shared/format';
import { UserError } from '../../workbench';
import { type Board, type BoardStage, type DeliveryRun, isUnderWay, revisionOf, subjectOf } from '../model';
import {
  listRuns,
  overrideCondition,
  readBoard,
  readDeclaration,
  retryStage,
  rollBack,
  setTransition,
  stopRun,
} from '../service';
import {
  overridable,
  reasonText,
  rollbackTargets,
  runVerbs,
  stageVerbs,
  tellRun,
  type Verb,
  type VerbId,
} from '../verbs';

/** The verbs that act on what is there, without a form of their own. */
export type StateVerb = Exclude<VerbId, 'start' | 'approve' | 'reject'>;

/** What a verb is done to. */
export interface Target {
  pipeline: string;
  stage?: string | undefined;
  run?: string | undefined;
}

/** What was done, and the run that it began where it began one. */
export interface Done {
  run?: string;
}

/** A pipeline as it is now. */
interface Situation {
  board: Board;
  runs: readonly DeliveryRun[];
}

/** Characters. */
const longestReason = 300;

export async function situationOf(session: Session, pipeline: string): Promise<Situation> {
  const declared = await readDeclaration(session, pipeline);
  const [board, runs] = await Promise.all([
    readBoard(session, pipeline, declared.pipeline),
    listRuns(session, pipeline),
  ]);
  return { board, runs };
}

/**
 * Does a verb after it has said what it leads to. Undefined where the user turned it down.
 *
 * @throws UserError where the state has changed so that it can't be done any more
 */
export async function act(session: Session, id: StateVerb, target: Target): Promise<Done | undefined> {
  const { board, runs } = await situationOf(session, target.pipeline);
  if (id === 'stop' || id === 'abandon') return stop(session, id, board, runs, target);
  const name = target.stage ?? (await pickStage(session, id, board, runs));
  if (name === undefined) return undefined;
  const stage = board.stages.find((each) => each.name === name);
  if (!stage) throw new UserError(`${target.pipeline} has no stage ${name} any more.`);
  const verb = stageVerbs(board, stage, runs).find((each) => each.id === id);
  if (!verb) throw new UserError(`${stage.name} of ${target.pipeline} has changed: look at it again.`);
  const at = { pipeline: board.pipeline, stage: stage.name, run: stage.run ?? '' };
  switch (id) {
    case 'retryFailed':
    case 'retryAll':
      if (!(await agree(session, verb))) return undefined;
      await retryStage(session, at, id === 'retryAll' ? 'ALL_ACTIONS' : 'FAILED_ACTIONS');
      return { run: at.run };
    case 'override': {
      const [kind] = overridable(stage);
      if (kind === undefined || !(await agree(session, verb))) return undefined;
      await overrideCondition(session, at, kind);
      return { run: at.run };
    }
    case 'rollback':
      return rollback(session, verb, board, stage);
    case 'enable':
      if (!(await agree(session, verb))) return undefined;
      await setTransition(session, board.pipeline, stage.name);
      return {};
    case 'disable':
      return disable(session, verb, board, stage);
  }
}

/** Asks for one of the stages that a verb fits. */
async function pickStage(
  session: Session,
  id: StateVerb,
  board: Board,
  runs: readonly DeliveryRun[],
): Promise<string | undefined> {
  const fitting = board.stages.flatMap((stage) => {
    const verb = stageVerbs(board, stage, runs).find((each) => each.id === id);
    return verb ? [{ label: stage.name, detail: verb.consequence }] : [];
  });
  if (fitting.length === 0) throw new UserError(`No stage of ${board.pipeline} is in a state for this now.`);
  const title = `${board.pipeline} · ${session.connection.label}`;
  return (await window.showQuickPick(fitting, { title, placeHolder: 'A stage', ignoreFocusOut: true }))?.label;
}

async function stop(
  session: Session,
  id: 'stop' | 'abandon',
  board: Board,
  runs: readonly DeliveryRun[],
  target: Target,
): Promise<Done | undefined> {
  const run = runs.find(({ id: each, status }) =>
    target.run === undefined ? isUnderWay(status) : each === target.run,
  );
  const verbs = run ? runVerbs(board, run) : [];
  if (!run || verbs.length === 0)
    throw new UserError(`This run of ${board.pipeline} is over: there is nothing to stop.`);
  const asked = verbs.find((verb) => verb.id === id) ?? verbs[0];
  const chosen =
    id === 'abandon' && asked ? (await agree(session, asked)) && asked : await chooseStop(session, board, run, verbs);
  if (!chosen) return undefined;
  await stopRun(session, board.pipeline, run.id, { abandon: chosen.id === 'abandon', reason: '' });
  return { run: run.id };
}

/** Stopping has two ways, and which one fits depends on what is at work. */
async function chooseStop(
  session: Session,
  board: Board,
  run: DeliveryRun,
  verbs: readonly Verb[],
): Promise<Verb | undefined> {
  interface Choice extends QuickPickItem {
    verb: Verb;
  }
  const choices = verbs.map((verb): Choice => ({ label: verb.title, detail: verb.consequence, verb }));
  const picked = await window.showQuickPick(choices, {
    title: `Stop ${board.pipeline} · ${session.connection.label}`,
    placeHolder: `The run of ${tellRun(run)}`,
    ignoreFocusOut: true,
  });
  if (!picked) return undefined;
  const isProduction = session.connection.kind !== 'local' && (await session.isProduction());
  return !isProduction || (await agree(session, picked.verb)) ? picked.verb : undefined;
}

async function rollback(session: Session, verb: Verb, board: Board, stage: BoardStage): Promise<Done | undefined> {
  interface Choice extends QuickPickItem {
    run: DeliveryRun;
  }
  const title = `Roll Back ${stage.name} of ${board.pipeline} · ${session.connection.label}`;
  const passed = await listRuns(session, board.pipeline, { stage: stage.name });
  const targets = rollbackTargets(stage, passed);
  if (targets.length === 0) {
    throw new UserError(
      `No earlier run has passed ${stage.name} since the pipeline was last changed, so there is nothing to roll back to.`,
    );
  }
  const choices = targets.map((run): Choice => ({
    label: tellRun(run),
    description: run.started === undefined ? '' : formatAge(run.started, Date.now()),
    detail: subjectOf(revisionOf(run)?.message) ?? run.id,
    run,
  }));
  const picked = await window.showQuickPick(choices, { title, placeHolder: verb.consequence, ignoreFocusOut: true });
  if (!picked) return undefined;
  const sentence = `${stage.name} is done again with the artifacts and variables of ${tellRun(picked.run)}, in a new run of its own.`;
  if (!(await agree(session, { ...verb, title: 'Roll Back', consequence: sentence }))) return undefined;
  return { run: await rollBack(session, { pipeline: board.pipeline, stage: stage.name, run: picked.run.id }) };
}

async function disable(session: Session, verb: Verb, board: Board, stage: BoardStage): Promise<Done | undefined> {
  const reason = await window.showInputBox({
    title: `Disable the Transition into ${stage.name} · ${session.connection.label}`,
    prompt: `${verb.consequence} Reason, which everybody sees:`,
    ignoreFocusOut: true,
    validateInput: (text) => reasonProblem(text),
  });
  if (reason === undefined) return undefined;
  await setTransition(session, board.pipeline, stage.name, reasonText(reason));
  return {};
}

/** A reason is needed. What the service does not take of it, such as commas, is left out. */
function reasonProblem(text: string): string | undefined {
  if (text.length > longestReason) return `At most ${longestReason} characters`;
  return reasonText(text) === '' ? 'A reason is needed' : undefined;
}

/** Says what a verb leads to and asks; on this machine too, for the state is one that others may have made. */
export async function agree(session: Session, { title, consequence }: Verb): Promise<boolean> {
  const action = title.replace(/…$/, '');
  const detail = session.connection.kind === 'local' ? consequence : `${consequence}\n\n${await placeOf(session)}`;
  return (await window.showWarningMessage(`${action}?`, { modal: true, detail }, action)) === action;
}
