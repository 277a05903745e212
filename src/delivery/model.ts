/**
 * The words of delivery: what CodePipeline says of a pipeline and its runs, as data that panels and trees show. Pure.
 * Times are milliseconds since the epoch. Members and values that are newer than this file are kept as they are.
 */
import type {
  ActionExecution,
  ActionExecutionDetail,
  ActionState,
  ConditionState,
  GetPipelineStateOutput,
  PipelineDeclaration,
  PipelineExecutionSummary,
  StageConditionState,
  StageState,
} from '@aws-sdk/client-codepipeline';
import type { DeliveryTrigger } from '../shared/delivery-trigger';
import { isRecord } from '../shared/guards';
import { unread } from '../shared/status';

/** What a run got from a source action: a commit, the digest of an image, the version of an object. */
export interface Revision {
  action: string;
  /** The full commit id for a Git source. */
  id: string;
  /** The commit's message, as far as the service tells it. */
  message?: string;
  url?: string;
}

/** One run of a pipeline: a pipeline execution. */
export interface DeliveryRun {
  id: string;
  status: string;
  started?: number;
  updated?: number;
  revisions: readonly Revision[];
  trigger?: DeliveryTrigger;
  /** SUPERSEDED, QUEUED or PARALLEL. */
  mode?: string;
  isRollback: boolean;
  /** The run whose artifacts a rollback brings back. */
  rollsBackTo?: string;
  stopReason?: string;
  summary?: string;
}

/** An action as the board shows it. */
export interface BoardAction {
  name: string;
  category?: string;
  provider?: string;
  /** Actions with the same number run side by side, the lowest first. */
  runOrder: number;
  status?: string;
  /** It is a manual approval that nobody has decided. */
  isWaiting: boolean;
  at?: number;
  by?: string;
  summary?: string;
  /** The id of what the action made: a build, a stack, an execution. */
  externalId?: string;
  externalUrl?: string;
  percent?: number;
  error?: string;
  revision?: string;
}

export type ConditionKind = 'BEFORE_ENTRY' | 'ON_SUCCESS' | 'ON_FAILURE';

/** What a stage's condition came to. */
export interface BoardCondition {
  kind: ConditionKind;
  status: string;
  summary?: string;
  rules: readonly { name: string; status: string; summary?: string }[];
}

/** Whether runs may enter a stage. */
export interface Transition {
  isEnabled: boolean;
  by?: string;
  at?: number;
  reason?: string;
}

/** A stage as the board shows it. */
export interface BoardStage {
  name: string;
  /** The run that holds the stage, or was the last in it. */
  run?: string;
  status?: string;
  /** Runs that wait before the stage, the next first. */
  inbound: readonly string[];
  transition: Transition;
  actions: readonly BoardAction[];
  conditions: readonly BoardCondition[];
  /** How often the stage was retried in this run. */
  retries: number;
}

/** A pipeline as it is now. */
export interface Board {
  pipeline: string;
  version?: number;
  /** SUPERSEDED where the declaration says none; empty where there is no declaration to tell. */
  mode: string;
  stages: readonly BoardStage[];
}

/** What a run did in one action: an attempt, which a retry makes another of. */
export interface ActionRun {
  id: string;
  run: string;
  stage: string;
  action: string;
  status: string;
  started?: number;
  updated?: number;
  by?: string;
  category?: string;
  provider?: string;
  region?: string;
  namespace?: string;
  configuration: Readonly<Record<string, string>>;
  inputs: readonly Artifact[];
  outputs: readonly Artifact[];
  variables: Readonly<Record<string, string>>;
  externalId?: string;
  externalUrl?: string;
  summary?: string;
  error?: string;
  logStream?: string;
}

/** An artifact with its place: `s3://bucket/key`. */
export interface Artifact {
  name: string;
  uri?: string;
}

/** The state of a pipeline, with what only its declaration tells of actions. */
export function boardOf(state: GetPipelineStateOutput, declaration?: PipelineDeclaration): Board {
  const version = state.pipelineVersion;
  return {
    pipeline: state.pipelineName ?? declaration?.name ?? '',
    ...(version === undefined ? {} : { version }),
    mode: modeOf(declaration),
    stages: (state.stageStates ?? []).map((stage) => stageOf(stage, declaration)),
  };
}

/** What of a pipeline could not be read, and why. */
export interface Unread {
  declaration?: Error;
  /** Where its stages are. */
  state?: Error;
  runs?: Error;
}

/** The stages and actions as they are declared, where their state could not be read. */
export function unreadBoard(pipeline: string, declaration: PipelineDeclaration | undefined): Board {
  return {
    pipeline,
    ...given('version', declaration?.version),
    mode: modeOf(declaration),
    stages: (declaration?.stages ?? []).map(({ name = '', actions = [] }) => ({
      name,
      status: unread,
      inbound: [],
      transition: { isEnabled: true },
      actions: actions.map((action) => ({
        name: action.name ?? '',
        ...given('category', action.actionTypeId?.category),
        ...given('provider', action.actionTypeId?.provider),
        runOrder: action.runOrder ?? 1,
        status: unread,
        isWaiting: false,
      })),
      conditions: [],
      retries: 0,
    })),
  };
}

function modeOf(declaration: PipelineDeclaration | undefined): string {
  return declaration ? (declaration.executionMode ?? 'SUPERSEDED') : '';
}

function stageOf(state: StageState, declaration: PipelineDeclaration | undefined): BoardStage {
  const {
    stageName: name = '',
    latestExecution: latest,
    inboundTransitionState: transition,
    retryStageMetadata,
  } = state;
  const declared = declaration?.stages?.find((stage) => stage.name === name);
  const inbound = state.inboundExecutions ?? (state.inboundExecution ? [state.inboundExecution] : []);
  return {
    name,
    ...given('run', latest?.pipelineExecutionId),
    ...given('status', latest?.status),
    inbound: inbound.flatMap(({ pipelineExecutionId }) => pipelineExecutionId ?? []),
    transition: {
      isEnabled: transition?.enabled !== false,
      ...given('by', transition?.lastChangedBy),
      ...given('at', transition?.lastChangedAt?.getTime()),
      ...given('reason', transition?.disabledReason),
    },
    actions: (state.actionStates ?? []).map((action) => {
      const known = declared?.actions?.find((each) => each.name === action.actionName);
      return actionOf(action, known?.actionTypeId?.category, known?.actionTypeId?.provider, known?.runOrder ?? 1);
    }),
    conditions: [
      ...conditionOf('BEFORE_ENTRY', state.beforeEntryConditionState),
      ...conditionOf('ON_SUCCESS', state.onSuccessConditionState),
      ...conditionOf('ON_FAILURE', state.onFailureConditionState),
    ],
    retries: (retryStageMetadata?.manualStageRetryAttempt ?? 0) + (retryStageMetadata?.autoStageRetryAttempt ?? 0),
  };
}

function actionOf(
  { actionName: name = '', latestExecution, currentRevision }: ActionState,
  category: string | undefined,
  provider: string | undefined,
  runOrder: number,
): BoardAction {
  return {
    name,
    ...given('category', category),
    ...given('provider', provider),
    runOrder,
    isWaiting: isWaiting(category, latestExecution),
    ...given('status', latestExecution?.status),
    ...given('at', latestExecution?.lastStatusChange?.getTime()),
    ...given('by', latestExecution?.lastUpdatedBy),
    ...given('summary', latestExecution?.summary),
    ...given('externalId', latestExecution?.externalExecutionId),
    ...given('externalUrl', latestExecution?.externalExecutionUrl),
    ...given('percent', latestExecution?.percentComplete),
    ...given('error', errorOf(latestExecution?.errorDetails)),
    ...given('revision', currentRevision?.revisionId),
  };
}

/** What the service says of a build that an action ran, from the outside in. */
const buildEnd =
  /^Build terminated with state: (?<state>\w+)\. Phase: (?<phase>\w+), Code: (?<code>\w*), Message: (?<cause>.+)$/s;

/** Why an action has failed; of a build the innermost cause comes first. */
function errorOf(details: { code?: string; message?: string } | undefined): string | undefined {
  const { code, message = code } = details ?? {};
  const { cause, phase, state, code: kind } = buildEnd.exec(message ?? '')?.groups ?? {};
  if (cause === undefined) return message;
  const where = [`phase ${phase ?? ''}`, kind, `build ${state ?? ''}`].filter((part) => part).join(', ');
  return `${cause.trim()} (${where})`;
}

/** Only an approval that is open has a token; in a PARALLEL pipeline it has none, and its category tells. */
function isWaiting(category: string | undefined, execution: ActionExecution | undefined): boolean {
  return execution?.status === 'InProgress' && (execution.token !== undefined || category === 'Approval');
}

function conditionOf(kind: ConditionKind, state: StageConditionState | undefined): BoardCondition[] {
  const status = state?.latestExecution?.status;
  if (state === undefined || status === undefined) return [];
  const rules = (state.conditionStates ?? []).flatMap((condition: ConditionState) => condition.ruleStates ?? []);
  return [
    {
      kind,
      status,
      ...given('summary', state.latestExecution?.summary),
      rules: rules.map(({ ruleName: name = '', latestExecution }) => ({
        name,
        status: latestExecution?.status ?? 'InProgress',
        ...given('summary', latestExecution?.errorDetails?.message ?? latestExecution?.summary),
      })),
    },
  ];
}

/** A run as lists tell it. */
export function runOf(summary: PipelineExecutionSummary): DeliveryRun {
  const { trigger, rollbackMetadata } = summary;
  return {
    id: summary.pipelineExecutionId ?? '',
    status: summary.status ?? 'InProgress',
    ...given('started', summary.startTime?.getTime()),
    ...given('updated', summary.lastUpdateTime?.getTime()),
    revisions: (summary.sourceRevisions ?? []).map(({ actionName, revisionId, revisionSummary, revisionUrl }) => ({
      action: actionName ?? '',
      id: revisionId ?? '',
      ...given('message', messageOfRevision(revisionSummary)),
      ...given('url', revisionUrl),
    })),
    ...(trigger?.triggerType
      ? { trigger: { type: trigger.triggerType, ...given('detail', trigger.triggerDetail) } }
      : {}),
    ...given('mode', summary.executionMode),
    isRollback: summary.executionType === 'ROLLBACK',
    ...given('rollsBackTo', rollbackMetadata?.rollbackTargetPipelineExecutionId),
    ...given('stopReason', summary.stopTrigger?.reason),
    ...given('summary', summary.statusSummary),
  };
}

/** Connections tell a JSON text with `CommitMessage`, the other sources the message itself. */
function messageOfRevision(summary: string | undefined): string | undefined {
  const text = summary?.trim();
  if (!text) return undefined;
  if (!text.startsWith('{')) return text;
  try {
    const value: unknown = JSON.parse(text);
    const message = isRecord(value) ? value['CommitMessage'] : undefined;
    return typeof message === 'string' && message !== '' ? message : text;
  } catch {
    return text;
  }
}

/** An attempt at an action as the list of a run's actions tells it. */
export function actionRunOf(detail: ActionExecutionDetail): ActionRun {
  const { input, output } = detail;
  const result = output?.executionResult;
  return {
    id: detail.actionExecutionId ?? '',
    run: detail.pipelineExecutionId ?? '',
    stage: detail.stageName ?? '',
    action: detail.actionName ?? '',
    status: detail.status ?? 'InProgress',
    ...given('started', detail.startTime?.getTime()),
    ...given('updated', detail.lastUpdateTime?.getTime()),
    ...given('by', detail.updatedBy),
    ...given('category', input?.actionTypeId?.category),
    ...given('provider', input?.actionTypeId?.provider),
    ...given('region', input?.region),
    ...given('namespace', input?.namespace),
    configuration: { ...input?.configuration, ...input?.resolvedConfiguration },
    inputs: (input?.inputArtifacts ?? []).map(artifactOf),
    outputs: (output?.outputArtifacts ?? []).map(artifactOf),
    variables: output?.outputVariables ?? {},
    ...given('externalId', result?.externalExecutionId),
    ...given('externalUrl', result?.externalExecutionUrl),
    ...given('summary', result?.externalExecutionSummary),
    ...given('error', errorOf(result?.errorDetails)),
    ...given('logStream', result?.logStreamARN),
  };
}

function artifactOf({
  name = '',
  s3location,
}: {
  name?: string;
  s3location?: { bucket?: string; key?: string };
}): Artifact {
  const { bucket, key } = s3location ?? {};
  return { name, ...(bucket === undefined ? {} : { uri: `s3://${bucket}/${key ?? ''}` }) };
}

/** A member that is there only where it has a value. */
function given<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined || value === '' ? {} : ({ [key]: value } as { [key in K]?: V });
}

/** The state of a stage in the words of the board: one that an approval holds waits for it. */
export function stageStatus({ status, actions }: BoardStage): string {
  if (status === 'InProgress' && actions.some(({ isWaiting: waits }) => waits)) return 'Waiting';
  return status ?? 'NotRun';
}

export function actionStatus({ status, isWaiting: waits }: BoardAction): string {
  return waits ? 'Waiting' : (status ?? 'NotRun');
}

/** What keeps a stage: the approval that it waits for, or the actions at work; with the moment since when. */
export interface Holder {
  kind: 'approval' | 'actions' | 'stopping';
  names: readonly string[];
  since?: number;
}

export function holderOf(stage: BoardStage): Holder | undefined {
  if (stage.status !== 'InProgress' && stage.status !== 'Stopping') return undefined;
  const running = stage.actions.filter(({ status }) => status === 'InProgress');
  const waiting = running.filter(({ isWaiting: waits }) => waits);
  const holding = waiting.length > 0 ? waiting : running;
  const since = holding.flatMap(({ at }) => at ?? []).sort((a, b) => a - b)[0];
  return {
    kind: waiting.length > 0 ? 'approval' : stage.status === 'Stopping' ? 'stopping' : 'actions',
    names: holding.map(({ name }) => name),
    ...(since === undefined ? {} : { since }),
  };
}

/** The revision that a run brings, of its first source. */
export function revisionOf(run: DeliveryRun | undefined): Revision | undefined {
  return run?.revisions[0];
}

/** True while a run may still change. */
export function isUnderWay(status: string | undefined): boolean {
  return status === 'InProgress' || status === 'Stopping';
}

/** The run that passed a superseded one: the next newer that got on. */
export function supersederOf(run: DeliveryRun, runs: readonly DeliveryRun[]): DeliveryRun | undefined {
  if (run.status !== 'Superseded') return undefined;
  return runs
    .filter((each) => each.id !== run.id && (each.started ?? 0) >= (run.started ?? 0) && each.status !== 'Superseded')
    .sort((a, b) => (a.started ?? 0) - (b.started ?? 0))[0];
}

/** The first line of a message. */
export function subjectOf(message: string | undefined): string | undefined {
  const line = message?.split('\n', 1)[0]?.trim();
  return line === '' ? undefined : line;
}
