import type {
  ApprovalStatus,
  PipelineDeclaration,
  PipelineMetadata,
  SourceRevisionOverride,
  StageRetryMode,
} from '@aws-sdk/client-codepipeline';
import { Readable } from 'node:stream';
import { collect, type Session } from '../aws';
import { isRecord } from '../shared/guards';
import { valueOfJson } from '../shared/json';
import { UserError } from '../workbench/errors';
import { type ActionRun, actionRunOf, type Board, boardOf, type ConditionKind, type DeliveryRun, runOf } from './model';
import type { Json } from './plan';
import { codepipeline } from './sdk';

/** So many runs stand in lists; older ones are a request away. */
export const recentRuns = 100;
/** The most that the service gives on a page. */
const pageSize = 100;
/** The longest reason of a stop and comment of an approval that the service takes. */
const longestReason = 200;
const longestComment = 512;

/** The tag that names the clone of a repository to Local. */
const repositoryTag = 'mlops-flow:repository';

/** A pipeline in the list of all. */
export interface Listed {
  name: string;
  version?: number;
  updated?: number;
}

/** A pipeline's declaration, with what the service adds. */
export interface Declared {
  pipeline: PipelineDeclaration;
  metadata: PipelineMetadata;
}

/** The pipelines of the connection by name. */
export function listPipelines(session: Session): Promise<Listed[]> {
  return codepipeline(session, 'call', 'list the delivery pipelines', async ({ sdk, client }) => {
    const summaries = await collect(sdk.paginateListPipelines({ client }, {}), (page) => page.pipelines);
    return summaries
      .map(({ name = '', version, updated }) => ({
        name,
        ...(version === undefined ? {} : { version }),
        ...(updated === undefined ? {} : { updated: updated.getTime() }),
      }))
      .sort((a, b) => a.name.localeCompare(b.name));
  });
}

/** The declaration of a pipeline as it is deployed; undefined where there is none of this name. */
export function findDeclaration(session: Session, name: string): Promise<Declared | undefined> {
  return codepipeline(session, 'call', `read the declaration of ${name}`, async ({ sdk, client }) => {
    try {
      const { pipeline, metadata } = await client.send(new sdk.GetPipelineCommand({ name }));
      return pipeline && { pipeline, metadata: metadata ?? {} };
    } catch (error) {
      if (error instanceof sdk.PipelineNotFoundException) return undefined;
      throw error;
    }
  });
}

/** The declaration of a pipeline as it is deployed. */
export async function readDeclaration(session: Session, name: string): Promise<Declared> {
  const found = await findDeclaration(session, name);
  if (!found) throw new UserError(`${session.connection.label} has no delivery pipeline ${name}.`);
  return found;
}

/** The pipeline as it is now. */
export function readBoard(session: Session, name: string, declaration?: PipelineDeclaration): Promise<Board> {
  return codepipeline(session, 'call', `read the state of ${name}`, async ({ sdk, client }) =>
    boardOf(await client.send(new sdk.GetPipelineStateCommand({ name })), declaration),
  );
}

/**
 * The runs of a pipeline, the newest first.
 *
 * @param only.stage those of the current structure that have passed this stage
 */
export function listRuns(
  session: Session,
  pipelineName: string,
  only: { limit?: number; stage?: string } = {},
): Promise<DeliveryRun[]> {
  const { limit = recentRuns, stage } = only;
  return codepipeline(session, 'call', `list the runs of ${pipelineName}`, async ({ sdk, client }) => {
    const pages = sdk.paginateListPipelineExecutions(
      { client },
      {
        pipelineName,
        maxResults: Math.min(limit, pageSize),
        ...(stage === undefined ? {} : { filter: { succeededInStage: { stageName: stage } } }),
      },
    );
    return (await collect(pages, (page) => page.pipelineExecutionSummaries, limit)).map(runOf);
  });
}

/** The variables of a run with their values. */
export function readVariables(session: Session, pipelineName: string, run: string): Promise<Record<string, string>> {
  return codepipeline(session, 'call', 'read the run', async ({ sdk, client }) => {
    const command = new sdk.GetPipelineExecutionCommand({ pipelineName, pipelineExecutionId: run });
    const { pipelineExecution } = await client.send(command);
    return Object.fromEntries(
      (pipelineExecution?.variables ?? []).map(({ name = '', resolvedValue = '' }) => [name, resolvedValue]),
    );
  });
}

/** Every attempt at the actions of a run, the oldest first. */
export function listActionRuns(session: Session, pipelineName: string, run: string): Promise<ActionRun[]> {
  return codepipeline(session, 'call', 'list the actions of the run', async ({ sdk, client }) => {
    const pages = sdk.paginateListActionExecutions(
      { client },
      { pipelineName, maxResults: pageSize, filter: { pipelineExecutionId: run } },
    );
    const details = await collect(pages, (page) => page.actionExecutionDetails);
    return details.map(actionRunOf).sort((a, b) => (a.started ?? 0) - (b.started ?? 0));
  });
}

/** What a run is started with. */
export interface StartChoices {
  variables?: Readonly<Record<string, string>>;
  revisions?: readonly SourceRevisionOverride[];
  /** The same for every try: the service starts it once. */
  token: string;
}

/** Starts a run. @returns its id */
export async function startRun(session: Session, name: string, choices: StartChoices): Promise<string> {
  const variables = Object.entries(choices.variables ?? {}).map(([variable, value]) => ({ name: variable, value }));
  const { pipelineExecutionId = '' } = await codepipeline(session, 'change', `start ${name}`, ({ sdk, client }) =>
    client.send(
      new sdk.StartPipelineExecutionCommand({
        name,
        clientRequestToken: choices.token,
        ...(variables.length > 0 ? { variables } : {}),
        ...(choices.revisions?.length ? { sourceRevisions: [...choices.revisions] } : {}),
      }),
    ),
  );
  return pipelineExecutionId;
}

/** How a run is stopped. */
export interface StopChoices {
  /** It does not wait for the actions at work. */
  abandon: boolean;
  reason: string;
}

export function stopRun(session: Session, pipelineName: string, run: string, how: StopChoices): Promise<unknown> {
  return codepipeline(session, 'change', `stop the run of ${pipelineName}`, ({ sdk, client }) =>
    client.send(
      new sdk.StopPipelineExecutionCommand({
        pipelineName,
        pipelineExecutionId: run,
        abandon: how.abandon,
        ...(how.reason ? { reason: how.reason.slice(0, longestReason) } : {}),
      }),
    ),
  );
}

/** A stage in one of the runs that were in it. */
export interface StageRun {
  pipeline: string;
  stage: string;
  run: string;
}

/** Retries a stage in the run that failed there. */
export function retryStage(session: Session, at: StageRun, retryMode: StageRetryMode): Promise<unknown> {
  const { pipeline: pipelineName, stage: stageName, run: pipelineExecutionId } = at;
  return codepipeline(session, 'change', `retry ${stageName}`, ({ sdk, client }) =>
    client.send(new sdk.RetryStageExecutionCommand({ pipelineName, stageName, pipelineExecutionId, retryMode })),
  );
}

/** Brings a stage back to what a run had there. @returns the id of the new run */
export async function rollBack(session: Session, to: StageRun): Promise<string> {
  const { pipeline: pipelineName, stage: stageName, run: targetPipelineExecutionId } = to;
  const { pipelineExecutionId = '' } = await codepipeline(
    session,
    'change',
    `roll back ${stageName}`,
    ({ sdk, client }) =>
      client.send(new sdk.RollbackStageCommand({ pipelineName, stageName, targetPipelineExecutionId })),
  );
  return pipelineExecutionId;
}

/** Lets a run pass a condition that has not. */
export function overrideCondition(
  session: Session,
  at: StageRun,
  conditionType: Exclude<ConditionKind, 'ON_FAILURE'>,
): Promise<unknown> {
  const { pipeline: pipelineName, stage: stageName, run: pipelineExecutionId } = at;
  return codepipeline(session, 'change', `override the condition of ${stageName}`, ({ sdk, client }) =>
    client.send(new sdk.OverrideStageConditionCommand({ pipelineName, stageName, pipelineExecutionId, conditionType })),
  );
}

/** Lets runs enter a stage; with a reason, no more. */
export function setTransition(
  session: Session,
  pipelineName: string,
  stageName: string,
  reason?: string,
): Promise<unknown> {
  const at = { pipelineName, stageName, transitionType: 'Inbound' as const };
  return reason === undefined
    ? codepipeline(session, 'change', `enable the transition into ${stageName}`, ({ sdk, client }) =>
        client.send(new sdk.EnableStageTransitionCommand(at)),
      )
    : codepipeline(session, 'change', `disable the transition into ${stageName}`, ({ sdk, client }) =>
        client.send(new sdk.DisableStageTransitionCommand({ ...at, reason })),
      );
}

/** What is said of an approval. */
export interface Decision extends StageRun {
  action: string;
  status: ApprovalStatus;
  comment: string;
}

/**
 * Approves or rejects for the run that the decision names, and for no other. The token is read right before it is
 * sent: of the stage's state, and in a PARALLEL pipeline, where that has none, of the run's actions.
 *
 * @throws UserError that says who has decided, or that the approval waits for this run no more
 */
export async function decide(session: Session, decision: Decision): Promise<void> {
  const { pipeline, stage, action, status, comment } = decision;
  const token = await tokenFor(session, decision);
  if (token === undefined) throw new UserError(await whyNot(session, decision));
  const doing = `${status === 'Approved' ? 'approve' : 'reject'} ${action}`;
  await codepipeline(session, 'change', doing, async ({ sdk, client }) => {
    try {
      await client.send(
        new sdk.PutApprovalResultCommand({
          pipelineName: pipeline,
          stageName: stage,
          actionName: action,
          token,
          result: { status, summary: comment.slice(0, longestComment) },
        }),
      );
    } catch (error) {
      const name = error instanceof Error ? error.name : '';
      if (name !== 'ApprovalAlreadyCompletedException' && name !== 'InvalidApprovalTokenException') throw error;
      throw new UserError(await whyNot(session, decision), undefined, { cause: error });
    }
  });
}

async function tokenFor(session: Session, decision: Decision): Promise<string | undefined> {
  const { pipeline, stage, action, run } = decision;
  const state = await codepipeline(session, 'call', `read the approval ${action}`, ({ sdk, client }) =>
    client.send(new sdk.GetPipelineStateCommand({ name: pipeline })),
  );
  const found = state.stageStates?.find(({ stageName }) => stageName === stage);
  const approval = found?.actionStates?.find(({ actionName }) => actionName === action)?.latestExecution;
  if (approval?.token && found?.latestExecution?.pipelineExecutionId === run) return approval.token;
  const attempt = await lastAttempt(session, decision);
  return attempt?.status === 'InProgress' ? attempt.externalId : undefined;
}

async function lastAttempt(
  session: Session,
  { pipeline, stage, action, run }: Decision,
): Promise<ActionRun | undefined> {
  const attempts = await listActionRuns(session, pipeline, run);
  return attempts.findLast((each) => each.stage === stage && each.action === action);
}

/** What stands against a decision: another one, or another run. */
async function whyNot(session: Session, decision: Decision): Promise<string> {
  const { pipeline, action } = decision;
  const attempt = await lastAttempt(session, decision);
  if (attempt?.status !== 'Succeeded' && attempt?.status !== 'Failed') {
    return `${action} of ${pipeline} does not wait for this run any more. Look at the pipeline again.`;
  }
  const by = attempt.by ? ` by ${attempt.by}` : '';
  const comment = attempt.summary ? `: “${attempt.summary}”` : '';
  return `${action} of ${pipeline} was ${attempt.status === 'Succeeded' ? 'approved' : 'rejected'} already${by}${comment}.`;
}

/** The declaration of a pipeline with every member that the service sends, also those that the SDK does not know. */
export async function readWholeDeclaration(session: Session, name: string): Promise<Json | undefined> {
  let text = '';
  const found = await codepipeline(session, 'call', `read the declaration of ${name}`, async ({ sdk, client }) => {
    const command = new sdk.GetPipelineCommand({ name });
    command.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        const response = result.response as { body?: AsyncIterable<Uint8Array> };
        const chunks: Uint8Array[] = [];
        for await (const chunk of response.body ?? []) chunks.push(chunk);
        const bytes = Buffer.concat(chunks);
        text = bytes.toString('utf8');
        Object.assign(response, { body: Readable.from([bytes]) });
        return result;
      },
      // Nearest to the wire: before anything is left out.
      { step: 'deserialize', priority: 'low', name: 'wholeAnswer' },
    );
    try {
      await client.send(command);
      return true;
    } catch (error) {
      if (error instanceof sdk.PipelineNotFoundException) return false;
      throw error;
    }
  });
  const answer = found ? valueOfJson(text) : undefined;
  return isRecord(answer) && isRecord(answer['pipeline']) ? answer['pipeline'] : undefined;
}

/**
 * Creates a pipeline, or gives it another declaration; every member is sent as it stands, also what the SDK does not know.
 *
 * @param repository the clone from which Local takes what the pipeline's sources read; elsewhere it is not told
 */
export async function deployDeclaration(
  session: Session,
  kind: 'create' | 'update',
  declaration: Json,
  repository?: string,
): Promise<void> {
  const name = String(declaration['name']);
  const isLocal = session.connection.kind === 'local' && repository !== undefined;
  const tags = isLocal ? [{ key: repositoryTag, value: repository }] : undefined;
  const body = JSON.stringify({ pipeline: declaration, ...(kind === 'create' && tags ? { tags } : {}) });
  await sendDeclaration(session, kind, name, declaration, body);
  if (kind === 'create' || !tags) return;
  await codepipeline(session, 'change', `tell Local where the sources of ${name} are`, async ({ sdk, client }) => {
    const { metadata } = await client.send(new sdk.GetPipelineCommand({ name }));
    await client.send(new sdk.TagResourceCommand({ resourceArn: metadata?.pipelineArn, tags }));
  });
}

function sendDeclaration(
  session: Session,
  kind: 'create' | 'update',
  name: string,
  declaration: Json,
  body: string,
): Promise<unknown> {
  return codepipeline(session, 'change', `${kind} ${name}`, ({ sdk, client }) => {
    const pipeline = declaration as unknown as PipelineDeclaration;
    const Command = kind === 'create' ? sdk.CreatePipelineCommand : sdk.UpdatePipelineCommand;
    // Both take the declaration, and nothing else is used of them.
    const command: InstanceType<typeof sdk.CreatePipelineCommand> = new Command({ pipeline });
    command.middlewareStack.add(
      (next) => (args) => {
        Object.assign(args.request as object, { body });
        return next(args);
      },
      { step: 'build', priority: 'high', name: 'wholeDeclaration' },
    );
    return client.send(command);
  });
}
