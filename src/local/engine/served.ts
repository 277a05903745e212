/** Models that a step serves, where their image is an algorithm that nothing here stands for. */
import { unknownAlgorithm } from '../jobs/images/algorithms';
import { isRecord } from '../wire/validate';
import type { StepDefinition } from './definition';

const modelOf = /^Steps\.(.+)\.ModelName$/;

/**
 * Why a step of type Transform could not ask the model that a Model step before it makes: half a sentence.
 * @param argumentsOf a step's arguments as far as they are known before it runs
 */
export function servedAlgorithm(
  step: StepDefinition,
  steps: readonly StepDefinition[],
  argumentsOf: (step: StepDefinition) => Record<string, unknown>,
): string | undefined {
  const name = step.type === 'Transform' ? step.arguments['ModelName'] : undefined;
  const from = isRecord(name) && typeof name['Get'] === 'string' ? modelOf.exec(name['Get'])?.[1] : undefined;
  const maker = steps.find((other) => other.name === from);
  const container = maker && argumentsOf(maker)['PrimaryContainer'];
  const image = isRecord(container) ? container['Image'] : undefined;
  const algorithm = typeof image === 'string' ? unknownAlgorithm(image) : undefined;
  return algorithm === undefined ? undefined : `Local does not serve models of the image ${algorithm}`;
}
