import { stubOf } from '../../../shared/stubs';
import { processing } from '../../jobs/processing';
import { training } from '../../jobs/training';
import { transform } from '../../jobs/transform';
import { trainingJobsOf, tuning } from '../../jobs/tuning';
import { ServiceError } from '../../wire/errors';
import { UndecidableCondition } from '../conditions';
import type { StepDefinition } from '../definition';
import { UnresolvedReference } from '../references';
import { pointedOut } from '../unwritten';
import { callbackStep } from './callback';
import { checkStep } from './check';
import { conditionStep } from './condition';
import { endpointConfigStep, endpointStep, inferenceComponentStep } from './endpoint';
import { failStep } from './fail';
import { jobStep } from './job';
import { endAsStub } from './stubbed';
import { lambdaStep } from './lambda';
import { lineageStep } from './lineage';
import { modelStep } from './model';
import { registerModelStep } from './register-model';
import type { StepContext, StepEnd, StepKind } from './step';

/** The kinds of steps that Local runs. */
const kinds: readonly StepKind[] = [
  jobStep('Processing', processing),
  jobStep('Training', training),
  jobStep('Transform', transform),
  jobStep('Tuning', tuning, (store, { arn }) => ({ TrainingJobSummaries: trainingJobsOf(store, arn) })),
  conditionStep,
  failStep,
  registerModelStep,
  modelStep,
  lambdaStep,
  endpointConfigStep,
  endpointStep,
  inferenceComponentStep,
  checkStep('QualityCheck'),
  checkStep('ClarifyCheck'),
  callbackStep,
  lineageStep,
];

const byType = new Map(kinds.map((kind) => [kind.type, kind]));

/** The kind of a step's type; undefined for one that Local does not run. */
export function stepKind(type: string): StepKind | undefined {
  return byType.get(type);
}

/** What is the definition's fault. */
const expectedErrors = [UnresolvedReference, UndecidableCondition, ServiceError];

/** Runs one step to its end; what is the definition's fault becomes the reason of its failure. */
export async function runStep(step: StepDefinition, context: StepContext): Promise<StepEnd> {
  const kind = byType.get(step.type);
  const stub = stubOf(context.execution.stubs, step);
  try {
    if (stub) return await (kind?.stub?.(step, stub, context) ?? endAsStub(step, stub));
    if (kind) return pointedOut(await kind.run(step, context), step, context.scope);
    return {
      status: 'Failed',
      reason: `Local does not run steps of type ${step.type}. It runs ${[...byType.keys()].join(', ')}; use a connection to an AWS account for this pipeline.`,
    };
  } catch (error) {
    const isExpected = error instanceof Error && expectedErrors.some((kind) => error instanceof kind);
    if (!isExpected) throw error;
    return { status: 'Failed', reason: `ClientError: ${error.message}` };
  }
}
