import type { PipelineExecutionStepMetadata } from '@aws-sdk/client-sagemaker';
import type { Stub } from '../../../shared/stubs';
import type { StepDefinition } from '../definition';
import { outcomeOf, withOutputs } from '../stubs';
import { outputValues, outputsOf } from './lambda';
import type { StepEnd } from './step';

/** The end of a step that is not run. @param base what references read where the stub gives nothing */
export function endAsStub(step: StepDefinition, stub: Stub, base: object = {}): StepEnd {
  if (stub.status === 'Failed') return failedAsStub(stub);
  if (step.outputParameters.length > 0) {
    const { outputs } = outputsOf(step, stub.outputs);
    const metadata =
      step.type === 'Lambda' || step.type === 'Callback' ? { [step.type]: { OutputParameters: outputs } } : {};
    return { status: 'Succeeded', metadata, result: { OutputParameters: outputValues(step, outputs) } };
  }
  const outcome = step.type === 'Condition' ? outcomeOf(stub) : undefined;
  return {
    status: 'Succeeded',
    metadata: outcome === undefined ? {} : { Condition: { Outcome: outcome } },
    result: withOutputs(base, stub),
    ...(outcome === undefined ? {} : { outcome }),
  };
}

/** The failure that a stub asks for. */
export function failedAsStub({ reason }: Stub, metadata: PipelineExecutionStepMetadata = {}): StepEnd {
  return { status: 'Failed', metadata, reason: reason ?? 'The stub of this step says that it fails.' };
}
