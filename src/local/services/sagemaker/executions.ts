import type {
  DescribePipelineDefinitionForExecutionRequest,
  DescribePipelineDefinitionForExecutionResponse,
  DescribePipelineExecutionRequest,
  DescribePipelineExecutionResponse,
  ListPipelineExecutionStepsRequest,
  ListPipelineExecutionStepsResponse,
  ListPipelineExecutionsRequest,
  ListPipelineExecutionsResponse,
  ListPipelineParametersForExecutionRequest,
  ListPipelineParametersForExecutionResponse,
  PipelineExecutionStep,
  RetryPipelineExecutionRequest,
  RetryPipelineExecutionResponse,
  SendPipelineExecutionStepFailureRequest,
  SendPipelineExecutionStepFailureResponse,
  SendPipelineExecutionStepSuccessRequest,
  SendPipelineExecutionStepSuccessResponse,
  StartPipelineExecutionRequest,
  StartPipelineExecutionResponse,
  StopPipelineExecutionRequest,
  StopPipelineExecutionResponse,
  UpdatePipelineExecutionRequest,
  UpdatePipelineExecutionResponse,
} from '@aws-sdk/client-sagemaker';
import { type Stubs, stubbedMark } from '../../../shared/stubs';
import { parseS3Uri, randomId, sagemakerArn } from '../../domain/arns';
import { type Execution, type Step, executions, findExecution, steps } from '../../domain/executions';
import { objects } from '../../domain/objects';
import { isAnswered, once } from '../../domain/once';
import { findPipeline, findVersion, lastRuns, pipelines } from '../../domain/pipelines';
import type { Context } from '../../engine/context';
import { type Definition, knownDefinition } from '../../engine/definition';
import { knownParameters, parameterText } from '../../engine/parameters';
import { judgeScripts, refuseSteps, scopeBefore } from '../../engine/refusals';
import { selectSteps } from '../../engine/selection';
import { missingFunction } from '../../engine/steps/lambda';
import { takeStubs } from '../../engine/stubs';
import type { Judgement, Scripts } from '../../jobs/run/scripts';
import type { Store } from '../../store/store';
import { invalid } from '../../wire/errors';
import { pageToken, readPageToken } from '../../wire/pages';
import type { Operations } from '../../wire/service';
import type { Checked } from '../service';
import { limitOf, listRecords, questionOf } from './listing';

/** Operations on executions of pipelines. */
export function executionOperations({ store, engine, jobs }: Context): Operations {
  return {
    async StartPipelineExecution(
      input: Checked<StartPipelineExecutionRequest>,
    ): Promise<StartPipelineExecutionResponse> {
      let started: Execution | undefined;
      const isRepeated = isAnswered(store, 'StartPipelineExecution', input.ClientRequestToken);
      const judged = isRepeated ? undefined : await judge(store, input, jobs.surroundings.scripts);
      const stubs = takeStubs(store, input.ClientRequestToken);
      const answer = await store.grouped(() => {
        started = undefined;
        return once(store, 'StartPipelineExecution', input, () => {
          started = makeExecution(store, input, stubs, judged);
          return { PipelineExecutionArn: started.arn };
        });
      });
      if (started) engine.start(started);
      return answer;
    },

    StopPipelineExecution(input: Checked<StopPipelineExecutionRequest>): StopPipelineExecutionResponse {
      const execution = findExecution(store, input.PipelineExecutionArn);
      if (execution.status === 'Stopping') return { PipelineExecutionArn: execution.arn };
      if (execution.status !== 'Executing') {
        throw invalid(
          `Pipeline execution '${execution.arn}' is ${execution.status}. Only an execution with status Executing can be stopped.`,
        );
      }
      engine.stop(execution.id);
      return { PipelineExecutionArn: execution.arn };
    },

    RetryPipelineExecution(input: Checked<RetryPipelineExecutionRequest>): RetryPipelineExecutionResponse {
      let retried: Execution | undefined;
      const answer = once(store, 'RetryPipelineExecution', input, () => {
        const execution = findExecution(store, input.PipelineExecutionArn);
        if (execution.status !== 'Failed' && execution.status !== 'Stopped') {
          throw invalid(
            `Pipeline execution '${execution.arn}' is ${execution.status}. Only a failed or stopped execution can be retried.`,
          );
        }
        if (execution.endedByFailStep) {
          throw invalid(
            `Pipeline execution '${execution.arn}' was ended by a Fail step and cannot be retried. Start a new one.`,
          );
        }
        const { failureReason: _, ...rest } = execution;
        const parallelism = input.ParallelismConfiguration ?? execution.parallelism;
        retried = { ...rest, ...(parallelism ? { parallelism } : {}), status: 'Executing', modifiedAt: new Date() };
        executions(store).put(retried);
        return { PipelineExecutionArn: execution.arn };
      });
      if (retried) engine.start(retried);
      return answer;
    },

    UpdatePipelineExecution(input: Checked<UpdatePipelineExecutionRequest>): UpdatePipelineExecutionResponse {
      const execution = findExecution(store, input.PipelineExecutionArn);
      const { PipelineExecutionDisplayName: displayName, PipelineExecutionDescription: description } = input;
      const { ParallelismConfiguration: parallelism } = input;
      executions(store).put({
        ...execution,
        ...(displayName === undefined ? {} : { displayName }),
        ...(description === undefined ? {} : { description }),
        ...(parallelism === undefined ? {} : { parallelism }),
        modifiedAt: new Date(),
      });
      if (parallelism) engine.parallelism(execution.id, parallelism.MaxParallelExecutionSteps);
      return { PipelineExecutionArn: execution.arn };
    },

    DescribePipelineExecution(input: Checked<DescribePipelineExecutionRequest>): DescribePipelineExecutionResponse {
      const execution = findExecution(store, input.PipelineExecutionArn);
      return {
        PipelineArn: sagemakerArn('pipeline', execution.pipeline),
        PipelineExecutionArn: execution.arn,
        PipelineExecutionDisplayName: execution.displayName,
        PipelineExecutionStatus: execution.status,
        PipelineExecutionDescription: execution.description,
        FailureReason: execution.failureReason?.slice(0, 1300),
        CreationTime: execution.createdAt,
        LastModifiedTime: execution.modifiedAt,
        CreatedBy: {},
        LastModifiedBy: {},
        ParallelismConfiguration: execution.parallelism,
        SelectiveExecutionConfig: execution.selective,
        PipelineVersionId: execution.version,
      };
    },

    ListPipelineExecutions(input: Checked<ListPipelineExecutionsRequest>): ListPipelineExecutionsResponse {
      const { name } = findPipeline(store, input.PipelineName);
      const { records, nextToken } = listRecords(executions(store), 'ListPipelineExecutions', input, {
        sorts: { CreationTime: 'created', PipelineExecutionArn: 'arn' },
        newestFirst: true,
        filters: [['pipeline = ?', name]],
      });
      return {
        PipelineExecutionSummaries: records.map((execution) => ({
          PipelineExecutionArn: execution.arn,
          StartTime: execution.createdAt,
          PipelineExecutionStatus: execution.status,
          PipelineExecutionDescription: execution.description,
          PipelineExecutionDisplayName: execution.displayName,
          PipelineExecutionFailureReason: execution.failureReason,
        })),
        NextToken: nextToken,
      };
    },

    ListPipelineExecutionSteps(input: Checked<ListPipelineExecutionStepsRequest>): ListPipelineExecutionStepsResponse {
      if (input.PipelineExecutionArn === undefined) throw invalid('PipelineExecutionArn must be given.');
      const { id } = findExecution(store, input.PipelineExecutionArn);
      const { records, nextToken } = listRecords(steps(store), 'ListPipelineExecutionSteps', input, {
        sorts: { started: 'started' },
        newestFirst: true,
        filters: [['execution = ?', id]],
      });
      return { PipelineExecutionSteps: records.map(describeStep), NextToken: nextToken };
    },

    async SendPipelineExecutionStepSuccess({
      CallbackToken: token,
      OutputParameters: outputs = [],
    }: Checked<SendPipelineExecutionStepSuccessRequest>): Promise<SendPipelineExecutionStepSuccessResponse> {
      return { PipelineExecutionArn: await engine.callbacks.answer(token, { outputs }) };
    },

    async SendPipelineExecutionStepFailure({
      CallbackToken: token,
      FailureReason: failure = 'The step failed.',
    }: Checked<SendPipelineExecutionStepFailureRequest>): Promise<SendPipelineExecutionStepFailureResponse> {
      return { PipelineExecutionArn: await engine.callbacks.answer(token, { failure }) };
    },

    ListPipelineParametersForExecution(
      input: Checked<ListPipelineParametersForExecutionRequest>,
    ): ListPipelineParametersForExecutionResponse {
      const { parameters } = findExecution(store, input.PipelineExecutionArn);
      const question = questionOf('ListPipelineParametersForExecution', input);
      const start = Number(readPageToken(question, input.NextToken)?.key ?? 0);
      const end = start + limitOf(input);
      return {
        PipelineParameters: parameters.slice(start, end),
        ...(end < parameters.length ? { NextToken: pageToken(question, { value: end, key: end }) } : {}),
      };
    },

    DescribePipelineDefinitionForExecution(
      input: Checked<DescribePipelineDefinitionForExecutionRequest>,
    ): DescribePipelineDefinitionForExecutionResponse {
      const execution = findExecution(store, input.PipelineExecutionArn);
      const version = findVersion(store, findPipeline(store, execution.pipeline), execution.version);
      return { PipelineDefinition: version.definition, CreationTime: version.createdAt };
    },
  };
}

/** A definition whose scripts have been looked at. */
interface Judged {
  text: string;
  definition: Definition;
  /** What is known of the scripts, by the names of their steps. */
  scripts: ReadonlyMap<string, Judgement>;
}

/** Looks at the scripts that an execution would run; undefined where there are none. */
async function judge(
  store: Store,
  input: Checked<StartPipelineExecutionRequest>,
  scripts: Scripts,
): Promise<Judged | undefined> {
  const pipeline = findPipeline(store, input.PipelineName);
  const { definition: text } = findVersion(store, pipeline, input.PipelineVersionId);
  if (!/\.(?:py|ipynb)\b/.test(text)) return undefined;
  const definition = knownDefinition(text);
  const { bound: parameters } = knownParameters(definition.parameters, input.PipelineParameters ?? []);
  return { text, definition, scripts: await judgeScripts(definition.steps, parameters, objects(store), scripts) };
}

function makeExecution(
  store: Store,
  input: Checked<StartPipelineExecutionRequest>,
  stubs: Stubs | undefined,
  judged: Judged | undefined,
): Execution {
  const pipeline = findPipeline(store, input.PipelineName);
  const version = findVersion(store, pipeline, input.PipelineVersionId);
  // It may have been changed while its scripts were looked at.
  const definition = judged?.text === version.definition ? judged.definition : knownDefinition(version.definition);
  const { bound: parameters, open } = knownParameters(definition.parameters, input.PipelineParameters ?? []);
  const selective = input.SelectiveExecutionConfig;
  if (selective) {
    if (selective.SourcePipelineExecutionArn === undefined) {
      throw invalid('SelectiveExecutionConfig needs a SourcePipelineExecutionArn.');
    }
    const source = findExecution(store, selective.SourcePipelineExecutionArn);
    if (source.status !== 'Succeeded' && source.status !== 'Failed') {
      throw invalid(`The source execution is ${source.status}; it must be Succeeded or Failed.`);
    }
  }
  const { steps: chosen } = selectSteps(definition.steps, selective ? { selective } : {}, store);
  const stored = objects(store);
  const has = (uri: string): boolean => {
    const place = parseS3Uri(uri);
    return place === undefined || stored.list(place.bucket, place.key, '', 1).length > 0;
  };
  const scope = scopeBefore(parameters);
  const faults = new Map<string, string>();
  for (const step of chosen) {
    const missing = missingFunction(step, scope, store);
    if (missing !== undefined) faults.set(step.name, missing);
  }
  refuseSteps(chosen, parameters, { stubs, has, scripts: judged?.scripts, faults, open });
  const id = randomId(12);
  const now = new Date();
  const { PipelineExecutionDisplayName: displayName, PipelineExecutionDescription: description } = input;
  const parallelism = input.ParallelismConfiguration ?? pipeline.parallelism;
  const execution: Execution = {
    id,
    arn: `${pipeline.arn}/execution/${id}`,
    pipeline: pipeline.name,
    version: version.version,
    roleArn: pipeline.roleArn,
    status: 'Executing',
    displayName: displayName ?? `execution-${now.getTime()}`,
    ...(description === undefined ? {} : { description }),
    parameters: [...parameters].map(([Name, value]) => ({ Name, Value: parameterText(value) })),
    ...(parallelism ? { parallelism } : {}),
    ...(selective ? { selective } : {}),
    ...(stubs ? { stubs } : {}),
    endedByFailStep: false,
    createdAt: now,
    modifiedAt: now,
  };
  executions(store).put(execution);
  pipelines(store).put({ ...pipeline, lastRunAt: now });
  lastRuns(store).put({ pipeline: pipeline.name, version: version.version, arn: execution.arn });
  return execution;
}

function describeStep(step: Step): PipelineExecutionStep {
  return {
    StepName: step.name,
    StepDisplayName: step.displayName,
    StepDescription: step.isStubbed ? [stubbedMark, step.description].filter(Boolean).join(' ') : step.description,
    StartTime: step.startedAt,
    EndTime: step.endedAt,
    StepStatus: step.status,
    ...(step.cacheSource === undefined ? {} : { CacheHitResult: { SourcePipelineExecutionArn: step.cacheSource } }),
    AttemptCount: step.attempts,
    FailureReason: step.failureReason,
    Metadata: step.metadata,
  };
}
