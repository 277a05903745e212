import { executionId } from '../domain/arns';
import { invalid } from '../wire/errors';
import type { Store } from '../store/store';
import type { StepDefinition } from './definition';
import { type Execution, type Step, steps as stepRecords } from '../domain/executions';

/** The steps that an execution runs, and those whose results it takes over from another one. */
export interface Selection {
  steps: StepDefinition[];
  adopted: Step[];
}

/**
 * Applies a SelectiveExecutionConfig: only the selected steps run; what they need of others is taken from the
 * source execution.
 * @throws {ServiceError} `ValidationException` when the source lacks what is needed.
 */
export function selectSteps(
  all: readonly StepDefinition[],
  execution: Pick<Execution, 'selective'>,
  store: Store,
): Selection {
  const { selective } = execution;
  if (!selective) return { steps: [...all], adopted: [] };
  const names = (selective.SelectedSteps ?? []).map(({ StepName = '' }) => StepName);
  const selected = new Set(names);
  const unknown = names.filter((name) => !all.some((step) => step.name === name));
  if (unknown.length > 0) throw invalid(`The selected steps [${unknown.join(', ')}] are not in the pipeline.`);

  const source = executionId(selective.SourcePipelineExecutionArn ?? '');
  const before = new Map(
    stepRecords(store)
      .list('execution = ?', source)
      .map((step) => [step.name, step]),
  );
  const adopted = new Map<string, Step>();
  const steps = all
    .filter((step) => selected.has(step.name))
    .map((step) => {
      for (const need of step.needs) {
        if (selected.has(need)) continue;
        const result = before.get(need);
        if (result?.status !== 'Succeeded') {
          throw invalid(`The step '${step.name}' needs '${need}', which has not succeeded in the source execution.`);
        }
        adopted.set(need, result);
      }
      const { branch, ...rest } = step;
      const keepsBranch = branch && selected.has(branch.step);
      return { ...rest, ...(keepsBranch ? { branch } : {}), needs: step.needs.filter((need) => selected.has(need)) };
    });
  return { steps, adopted: [...adopted.values()] };
}
