import type {
  ActionExecutionDetail,
  ArtifactDetail,
  GetPipelineExecutionInput,
  GetPipelineExecutionOutput,
  ListActionExecutionsInput,
  ListActionExecutionsOutput,
  ListDeployActionExecutionTargetsInput,
  ListDeployActionExecutionTargetsOutput,
  ListPipelineExecutionsInput,
  ListPipelineExecutionsOutput,
  ListRuleExecutionsInput,
  ListRuleExecutionsOutput,
  PipelineExecutionSummary,
  RuleExecutionDetail,
} from '@aws-sdk/client-codepipeline';
import {
  type ActionRun,
  type ArtifactPlace,
  type DeliveryExecution,
  type RuleRun,
  actionRuns,
  deliveryExecutions,
  ruleRuns,
} from '../../domain/deliveries';
import type { Context } from '../../engine/context';
import type { Filter } from '../../store/records';
import { ServiceError } from '../../wire/errors';
import { pageToken, readPageToken } from '../../wire/pages';
import type { Operations } from '../../wire/service';
import type { Checked } from '../service';

const pageSize = 100;

export function historyOperations({ store, deliveries: engine }: Context): Operations {
  const find = (pipeline: string, id: string): DeliveryExecution => {
    engine.find(pipeline);
    const found = deliveryExecutions(store).get(`${pipeline}/${id}`);
    if (found) return found;
    throw new ServiceError('PipelineExecutionNotFoundException', `The pipeline ${pipeline} has no execution ${id}.`);
  };
  return {
    GetPipelineExecution(input: Checked<GetPipelineExecutionInput>): GetPipelineExecutionOutput {
      const execution = find(input.pipelineName, input.pipelineExecutionId);
      return {
        pipelineExecution: {
          pipelineName: execution.pipeline,
          pipelineVersion: execution.version,
          pipelineExecutionId: execution.id,
          status: execution.status,
          ...(execution.statusSummary === undefined ? {} : { statusSummary: execution.statusSummary }),
          artifactRevisions: Object.values(execution.revisions).map(({ artifact, revisionId, summary, url, at }) => ({
            name: artifact,
            revisionId,
            ...(summary === undefined ? {} : { revisionSummary: summary }),
            created: at,
            ...(url === undefined ? {} : { revisionUrl: url }),
          })),
          variables: Object.entries(execution.variables).map(([name, resolvedValue]) => ({ name, resolvedValue })),
          ...common(execution),
        },
      };
    },

    ListPipelineExecutions(input: Checked<ListPipelineExecutionsInput>): ListPipelineExecutionsOutput {
      const { pipelineName, maxResults = pageSize, nextToken, filter } = input;
      const { version } = engine.find(pipelineName);
      const stage = filter?.succeededInStage?.stageName;
      const question = ['ListPipelineExecutions', pipelineName, stage];
      if (stage === undefined) {
        const { records, nextToken: next } = deliveryExecutions(store).page([['pipeline = ?', pipelineName]], {
          sort: 'started',
          descending: true,
          limit: maxResults,
          token: nextToken,
          question,
        });
        return {
          pipelineExecutionSummaries: records.map(summaryOf),
          ...(next === undefined ? {} : { nextToken: next }),
        };
      }
      const all = deliveryExecutions(store)
        .list('pipeline = ?', pipelineName)
        .filter((one) => one.version === version && one.stages[stage]?.status === 'Succeeded')
        .reverse();
      const from = Number(readPageToken(question, nextToken)?.key ?? 0);
      const records = all.slice(from, from + maxResults);
      const next = from + records.length;
      return {
        pipelineExecutionSummaries: records.map(summaryOf),
        ...(next < all.length ? { nextToken: pageToken(question, { value: next, key: next }) } : {}),
      };
    },

    ListActionExecutions(input: Checked<ListActionExecutionsInput>): ListActionExecutionsOutput {
      const { records, nextToken } = page(actionRuns(store), input, (runs) =>
        latestOf(runs, ({ stage, action }) => `${stage}/${action}`),
      );
      return { actionExecutionDetails: records.map(actionDetail), ...(nextToken === undefined ? {} : { nextToken }) };
    },

    ListRuleExecutions(input: Checked<ListRuleExecutionsInput>): ListRuleExecutionsOutput {
      const { records, nextToken } = page(ruleRuns(store), input, (runs) =>
        latestOf(runs, ({ stage, kind, rule }) => `${stage}/${kind}/${rule}`),
      );
      return { ruleExecutionDetails: records.map(ruleDetail), ...(nextToken === undefined ? {} : { nextToken }) };
    },

    ListDeployActionExecutionTargets(
      input: Checked<ListDeployActionExecutionTargetsInput>,
    ): ListDeployActionExecutionTargetsOutput {
      const run = actionRuns(store).get(input.actionExecutionId);
      if (!run || (input.pipelineName !== undefined && run.pipeline !== input.pipelineName)) {
        throw new ServiceError(
          'ActionExecutionNotFoundException',
          `There is no action execution ${input.actionExecutionId}.`,
        );
      }
      // Of the providers with targets (EC2, EKS) Local runs none.
      return { targets: [] };
    },
  };

  interface Question {
    pipelineName: string;
    filter?: ListActionExecutionsInput['filter'];
    maxResults?: number | undefined;
    nextToken?: string | undefined;
  }

  function page<T>(
    table: {
      page: ReturnType<typeof actionRuns>['page'] | ReturnType<typeof ruleRuns>['page'];
      list(...filter: Filter): T[];
    },
    { pipelineName, filter, maxResults = pageSize, nextToken }: Question,
    latest: (runs: T[]) => T[],
  ): { records: T[]; nextToken?: string } {
    engine.find(pipelineName);
    const only = filter?.pipelineExecutionId ?? filter?.latestInPipelineExecution?.pipelineExecutionId;
    if (only !== undefined) find(pipelineName, only);
    const question = ['ListRuns', pipelineName, filter];
    if (only === undefined) {
      const request = { sort: 'started', descending: true, limit: maxResults, token: nextToken, question };
      return table.page([['pipeline = ?', pipelineName]], request) as { records: T[]; nextToken?: string };
    }
    const runs = table.list('execution = ? AND pipeline = ?', only, pipelineName);
    const all = filter?.latestInPipelineExecution?.startTimeRange === 'Latest' ? latest(runs) : runs;
    const from = Number(readPageToken(question, nextToken)?.key ?? 0);
    const records = all.toReversed().slice(from, from + maxResults);
    const next = from + records.length;
    return next < all.length ? { records, nextToken: pageToken(question, { value: next, key: next }) } : { records };
  }
}

/** The newest run of each kind, in their order. */
function latestOf<T>(runs: readonly T[], keyOf: (run: T) => string): T[] {
  return [...new Map(runs.map((run) => [keyOf(run), run])).values()];
}

function common({ mode, type, rollbackTarget, trigger }: DeliveryExecution): {
  trigger: DeliveryExecution['trigger'];
  executionMode: DeliveryExecution['mode'];
  executionType: DeliveryExecution['type'];
  rollbackMetadata?: { rollbackTargetPipelineExecutionId: string };
} {
  return {
    trigger,
    executionMode: mode,
    executionType: type,
    ...(rollbackTarget === undefined
      ? {}
      : { rollbackMetadata: { rollbackTargetPipelineExecutionId: rollbackTarget } }),
  };
}

function summaryOf(execution: DeliveryExecution): PipelineExecutionSummary {
  return {
    pipelineExecutionId: execution.id,
    status: execution.status,
    ...(execution.statusSummary === undefined ? {} : { statusSummary: execution.statusSummary }),
    startTime: execution.startedAt,
    lastUpdateTime: execution.updatedAt,
    sourceRevisions: Object.entries(execution.revisions).map(([actionName, { revisionId, summary, url }]) => ({
      actionName,
      revisionId,
      ...(summary === undefined ? {} : { revisionSummary: summary }),
      ...(url === undefined ? {} : { revisionUrl: url }),
    })),
    ...(execution.stopReason === undefined ? {} : { stopTrigger: { reason: execution.stopReason } }),
    ...common(execution),
  };
}

function actionDetail(run: ActionRun): ActionExecutionDetail {
  const { declaration } = run;
  const externalId = run.externalId ?? run.token;
  const told = run.externalSummary ?? run.summary;
  return {
    pipelineExecutionId: run.execution,
    actionExecutionId: run.id,
    pipelineVersion: run.version,
    stageName: run.stage,
    actionName: run.action,
    startTime: run.startedAt,
    lastUpdateTime: run.updatedAt,
    ...(run.updatedBy === undefined ? {} : { updatedBy: run.updatedBy }),
    status: run.status,
    input: {
      actionTypeId: declaration.actionTypeId,
      configuration: declaration.configuration ?? {},
      resolvedConfiguration: run.resolved ?? {},
      ...(declaration.roleArn === undefined ? {} : { roleArn: declaration.roleArn }),
      region: declaration.region ?? 'us-east-1',
      inputArtifacts: details(run.inputs),
      ...(declaration.namespace === undefined ? {} : { namespace: declaration.namespace }),
    },
    output: {
      outputArtifacts: details(run.outputs),
      executionResult: {
        ...(externalId === undefined ? {} : { externalExecutionId: externalId }),
        ...(told === undefined ? {} : { externalExecutionSummary: told }),
        ...(run.externalUrl === undefined ? {} : { externalExecutionUrl: run.externalUrl }),
        ...(run.error ? { errorDetails: run.error } : {}),
        ...(run.logStreamArn === undefined ? {} : { logStreamARN: run.logStreamArn }),
      },
      outputVariables: run.outputVariables ?? {},
    },
  };
}

function ruleDetail(run: RuleRun): RuleExecutionDetail {
  const { declaration } = run;
  return {
    pipelineExecutionId: run.execution,
    ruleExecutionId: run.id,
    pipelineVersion: run.version,
    stageName: run.stage,
    ruleName: run.rule,
    startTime: run.startedAt,
    lastUpdateTime: run.updatedAt,
    status: run.status,
    input: {
      ruleTypeId: declaration.ruleTypeId,
      configuration: declaration.configuration ?? {},
      resolvedConfiguration: run.resolved ?? {},
      region: declaration.region ?? 'us-east-1',
      inputArtifacts: (declaration.inputArtifacts ?? []).map(({ name }) => ({ name })),
    },
    output: {
      executionResult: {
        ...(run.externalId === undefined ? {} : { externalExecutionId: run.externalId }),
        ...(run.summary === undefined ? {} : { externalExecutionSummary: run.summary }),
        ...(run.error ? { errorDetails: run.error } : {}),
      },
    },
  };
}

function details(places: Readonly<Record<string, ArtifactPlace>>): ArtifactDetail[] {
  return Object.entries(places).map(([name, { bucket, key }]) => ({ name, s3location: { bucket, key } }));
}
