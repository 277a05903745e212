import type {
  DisableStageTransitionInput,
  EnableStageTransitionInput,
  OverrideStageConditionInput,
  PutApprovalResultInput,
  PutApprovalResultOutput,
  PutJobFailureResultInput,
  PutJobSuccessResultInput,
  RetryStageExecutionInput,
  RetryStageExecutionOutput,
  RollbackStageInput,
  RollbackStageOutput,
  StartPipelineExecutionInput,
  StartPipelineExecutionOutput,
  StopPipelineExecutionInput,
  StopPipelineExecutionOutput,
} from '@aws-sdk/client-codepipeline';
import { actionRuns, caller, type Delivery } from '../../domain/deliveries';
import { once } from '../../domain/once';
import { valuesOf } from '../../engine/codepipeline/variables';
import type { Context } from '../../engine/context';
import { ServiceError, invalid } from '../../wire/errors';
import type { Operations } from '../../wire/service';
import type { Checked } from '../service';

export function controlOperations({ store, deliveries: engine }: Context): Operations {
  /** A pipeline that has this stage. @throws {ServiceError} `StageNotFoundException` */
  const withStage = (name: string, stage: string): Delivery => {
    const pipeline = engine.find(name);
    if (stage in pipeline.stages) return pipeline;
    throw new ServiceError('StageNotFoundException', `The pipeline ${name} has no stage ${stage}.`);
  };
  const transition = (input: Checked<EnableStageTransitionInput>, reason: string | undefined): object => {
    const pipeline = withStage(input.pipelineName, input.stageName);
    const names = (pipeline.declaration.stages ?? []).map(({ name = '' }) => name);
    const index = names.indexOf(input.stageName);
    // The way out of a stage is the way into the next one.
    const stage = input.transitionType === 'Outbound' ? names[index + 1] : input.stageName;
    if (stage === undefined) throw invalid(`${input.stageName} is the last stage: nothing leaves it for another one.`);
    engine.do(pipeline.name, (machine) => machine.transition(stage, reason === undefined, caller, reason));
    return {};
  };
  return {
    StartPipelineExecution(input: Checked<StartPipelineExecutionInput>): StartPipelineExecutionOutput {
      const { clientRequestToken: ClientRequestToken, ...rest } = input;
      const { declaration } = engine.find(input.name);
      const variables = valuesOf(declaration, input.variables ?? []);
      for (const { actionName } of input.sourceRevisions ?? []) {
        if (declaration.stages?.[0]?.actions?.some(({ name }) => name === actionName)) continue;
        throw invalid(`The pipeline ${input.name} has no source action ${actionName ?? ''}.`);
      }
      return once(store, 'StartDelivery', { ...rest, ClientRequestToken }, () => ({
        pipelineExecutionId: engine.start(input.name, {
          trigger: { triggerType: 'StartPipelineExecution', triggerDetail: caller },
          variables,
          overrides: input.sourceRevisions ?? [],
        }),
      }));
    },

    StopPipelineExecution(input: Checked<StopPipelineExecutionInput>): StopPipelineExecutionOutput {
      const { pipelineName, pipelineExecutionId, abandon = false, reason } = input;
      engine.do(pipelineName, (machine) => machine.stop(pipelineExecutionId, abandon, reason));
      return { pipelineExecutionId };
    },

    RetryStageExecution(input: Checked<RetryStageExecutionInput>): RetryStageExecutionOutput {
      const { pipelineName, stageName, pipelineExecutionId, retryMode } = input;
      withStage(pipelineName, stageName);
      engine.do(pipelineName, (machine) => machine.retry(stageName, pipelineExecutionId, retryMode));
      return { pipelineExecutionId };
    },

    RollbackStage(input: Checked<RollbackStageInput>): RollbackStageOutput {
      const { pipelineName, stageName, targetPipelineExecutionId } = input;
      withStage(pipelineName, stageName);
      const trigger = { triggerType: 'ManualRollback' as const, triggerDetail: caller };
      const pipelineExecutionId = engine.do(pipelineName, (machine) =>
        machine.rollback(stageName, targetPipelineExecutionId, trigger),
      );
      return { pipelineExecutionId };
    },

    PutApprovalResult(input: Checked<PutApprovalResultInput>): PutApprovalResultOutput {
      const { pipelineName, stageName, actionName, token, result } = input;
      const pipeline = engine.find(pipelineName);
      // By its token, whatever the declaration says meanwhile: an update strands no approval.
      const [run] = actionRuns(store).list('token = ?', token);
      if (run?.pipeline !== pipelineName || run.stage !== stageName || run.action !== actionName) {
        const stage = pipeline.declaration.stages?.find(({ name }) => name === stageName);
        if (!stage) throw new ServiceError('StageNotFoundException', `The pipeline has no stage ${stageName}.`);
        if (!stage.actions?.some(({ name }) => name === actionName)) {
          throw new ServiceError('ActionNotFoundException', `The stage ${stageName} has no action ${actionName}.`);
        }
        throw new ServiceError(
          'InvalidApprovalTokenException',
          'The token is not valid for this approval. Read it again from GetPipelineState.',
        );
      }
      if (run.status !== 'InProgress') {
        const how =
          run.status === 'Succeeded'
            ? 'approved'
            : run.status === 'Abandoned'
              ? 'abandoned'
              : 'rejected, or its time was over';
        throw new ServiceError(
          'ApprovalAlreadyCompletedException',
          `The approval was already ${how}${run.updatedBy === undefined ? '' : ` by ${run.updatedBy}`}.`,
        );
      }
      const isApproved = result.status === 'Approved';
      engine.do(pipelineName, (machine) =>
        machine.actionEnded(run.id, {
          status: isApproved ? 'Succeeded' : 'Failed',
          by: caller,
          summary: result.summary ?? '',
          ...(isApproved ? {} : { error: { code: 'JobFailed', message: `Rejected by ${caller}.` } }),
          outputVariables: {},
        }),
      );
      return { approvedAt: new Date() };
    },

    EnableStageTransition: (input: Checked<EnableStageTransitionInput>): object => transition(input, undefined),

    DisableStageTransition: (input: Checked<DisableStageTransitionInput>): object => transition(input, input.reason),

    OverrideStageCondition(input: Checked<OverrideStageConditionInput>): object {
      const { pipelineName, stageName, pipelineExecutionId, conditionType } = input;
      withStage(pipelineName, stageName);
      const kind = conditionType === 'BEFORE_ENTRY' ? 'beforeEntry' : 'onSuccess';
      engine.do(pipelineName, (machine) => machine.override(stageName, pipelineExecutionId, kind));
      return {};
    },

    PutJobSuccessResult({ jobId, outputVariables, executionDetails }: Checked<PutJobSuccessResultInput>): object {
      const id = executionDetails?.externalExecutionId;
      engine.jobEnded(jobId, {
        ok: true,
        outputVariables: outputVariables ?? {},
        ...(id === undefined ? {} : { externalId: id }),
      });
      return {};
    },

    PutJobFailureResult({ jobId, failureDetails }: Checked<PutJobFailureResultInput>): object {
      engine.jobEnded(jobId, { ok: false, message: failureDetails.message ?? '' });
      return {};
    },
  };
}
