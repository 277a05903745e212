import type { Graph } from '../definition/graph/model';
import type { RunnableParameter, RunnableStep } from '../definition/sagemaker/runnable';
import type { FormParameter } from './panels/run-form/contract';
export type { RunnableStep as StepDefinition };

/** What runs need to know of a definition. */
export interface Definition {
  graph: Graph;
  parameters: FormParameter[];
  /** All steps by name, those in branches too. */
  steps: ReadonlyMap<string, RunnableStep>;
}

/**
 * Reads a definition that the service or the validator has accepted.
 *
 * @throws UnreadableDefinition where the text is none; its message is a sentence
 */
export async function readDefinition(text: string): Promise<Definition> {
  const { readRunnable, graphOf } = await import('../definition/definition.bundle');
  const { model, parameters, steps } = readRunnable(text);
  return {
    graph: graphOf(model),
    parameters: parameters.map(parameterOf),
    steps: new Map(steps.map((step) => [step.name, step])),
  };
}

function parameterOf({ name, type, default: value, allowed, description }: RunnableParameter): FormParameter {
  return {
    name,
    type,
    ...(value === undefined ? {} : { default: String(value) }),
    ...(allowed ? { enum: allowed } : {}),
    ...(description ? { description } : {}),
  };
}
