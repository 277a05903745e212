import type {
  ActionState,
  ConditionState,
  GetPipelineStateInput,
  GetPipelineStateOutput,
  StageConditionState,
  StageExecution,
  StageState,
} from '@aws-sdk/client-codepipeline';
import {
  type ActionRun,
  type ConditionRun,
  type DeliveryExecution,
  type StageLock,
  actionRuns,
  deliveryExecutions,
  ruleRuns,
} from '../../domain/deliveries';
import type { Context } from '../../engine/context';
import type { Store } from '../../store/store';
import type { Operations } from '../../wire/service';
import type { Checked } from '../service';

/** The longest summary that the service tells. */
export const longestSummary = 2048;

export function stateOperations({ store, deliveries: engine }: Context): Operations {
  return {
    GetPipelineState({ name }: Checked<GetPipelineStateInput>): GetPipelineStateOutput {
      const pipeline = engine.find(name);
      return {
        pipelineName: name,
        pipelineVersion: pipeline.version,
        stageStates: (pipeline.declaration.stages ?? []).map((stage) =>
          stageState(
            store,
            name,
            stage.name ?? '',
            pipeline.stages[stage.name ?? ''],
            (stage.actions ?? []).map((action) => action.name ?? ''),
          ),
        ),
        created: pipeline.createdAt,
        updated: pipeline.updatedAt,
      };
    },
  };
}

function stageState(
  store: Store,
  pipeline: string,
  stageName: string,
  lock: StageLock | undefined,
  actions: readonly string[],
): StageState {
  const find = (id: string): DeliveryExecution | undefined => deliveryExecutions(store).get(`${pipeline}/${id}`);
  const waiting = (lock?.inbound ?? []).flatMap((id) => find(id) ?? []);
  const inbound = waiting.map(({ id, type, status }): StageExecution => ({
    pipelineExecutionId: id,
    status: status === 'Stopping' ? 'Stopping' : 'InProgress',
    type,
  }));
  const latest = lock?.latest === undefined ? undefined : find(lock.latest);
  const run = latest?.stages[stageName];
  const newest = inbound.at(-1);
  return {
    stageName,
    ...(newest ? { inboundExecution: newest } : {}),
    inboundExecutions: inbound,
    inboundTransitionState: {
      enabled: lock?.transition.enabled ?? true,
      ...(lock?.transition.by === undefined
        ? {}
        : { lastChangedBy: lock.transition.by, lastChangedAt: lock.transition.at }),
      ...(lock?.transition.reason === undefined ? {} : { disabledReason: lock.transition.reason }),
    },
    actionStates: actions.map((name) => actionState(store, name, lock?.actions[name], latest)),
    ...(latest && run
      ? { latestExecution: { pipelineExecutionId: latest.id, status: run.status, type: latest.type } }
      : {}),
    ...conditionStates(store, 'beforeEntryConditionState', run?.conditions.beforeEntry),
    ...conditionStates(store, 'onSuccessConditionState', run?.conditions.onSuccess),
    ...conditionStates(store, 'onFailureConditionState', run?.conditions.onFailure),
    ...(run?.latestRetry
      ? {
          retryStageMetadata: {
            autoStageRetryAttempt: run.autoRetries,
            manualStageRetryAttempt: run.manualRetries,
            latestRetryTrigger: run.latestRetry,
          },
        }
      : {}),
  };
}

function actionState(
  store: Store,
  actionName: string,
  id: string | undefined,
  latest: DeliveryExecution | undefined,
): ActionState {
  const run = id === undefined ? undefined : actionRuns(store).get(id);
  if (!run) return { actionName };
  const revision = latest?.revisions[actionName];
  return {
    actionName,
    ...(revision
      ? {
          currentRevision: {
            revisionId: revision.revisionId,
            revisionChangeId: revision.revisionId.slice(0, 100),
            created: revision.at,
          },
          ...(revision.url === undefined ? {} : { revisionUrl: revision.url }),
        }
      : {}),
    latestExecution: {
      actionExecutionId: run.id,
      status: run.status,
      ...(run.summary === undefined ? {} : { summary: run.summary.slice(0, longestSummary) }),
      lastStatusChange: run.updatedAt,
      // Executions in parallel have many approvals of one action: each is found in its own history.
      ...(isOpen(run) && latest?.mode !== 'PARALLEL' ? { token: run.token } : {}),
      ...(run.updatedBy === undefined ? {} : { lastUpdatedBy: run.updatedBy }),
      ...(run.externalId === undefined ? {} : { externalExecutionId: run.externalId }),
      ...(run.externalUrl === undefined ? {} : { externalExecutionUrl: run.externalUrl }),
      ...(run.error ? { errorDetails: run.error } : {}),
      ...(run.logStreamArn === undefined ? {} : { logStreamARN: run.logStreamArn }),
    },
  };
}

/** An approval that waits for its answer. */
function isOpen(run: ActionRun): run is ActionRun & { token: string } {
  return run.status === 'InProgress' && run.token !== undefined;
}

function conditionStates(
  store: Store,
  member: 'beforeEntryConditionState' | 'onSuccessConditionState' | 'onFailureConditionState',
  condition: ConditionRun | undefined,
): Partial<Record<typeof member, StageConditionState>> {
  if (!condition) return {};
  const { status, summary, changedAt } = condition;
  const told = summary === undefined ? {} : { summary: summary.slice(0, longestSummary) };
  const state: ConditionState = {
    latestExecution: { status, ...told, lastStatusChange: changedAt },
    ruleStates: condition.rules.flatMap((id) => {
      const run = ruleRuns(store).get(id);
      if (!run) return [];
      return {
        ruleName: run.rule,
        latestExecution: {
          ruleExecutionId: run.id,
          status: run.status,
          ...(run.summary === undefined ? {} : { summary: run.summary.slice(0, longestSummary) }),
          lastStatusChange: run.updatedAt,
          ...(run.externalId === undefined ? {} : { externalExecutionId: run.externalId }),
          ...(run.error ? { errorDetails: run.error } : {}),
        },
      };
    }),
  };
  return { [member]: { latestExecution: { status, ...told }, conditionStates: [state] } };
}
