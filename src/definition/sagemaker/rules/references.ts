/** References that lead nowhere. */
import type { Report, Rule } from '../../rule';
import { nearest } from '../../near';
import type { Pipeline, Reference, Unit } from '../model';

export const referenceRules: readonly Rule[] = [
  {
    id: 'sm/unknown-step-reference',
    level: 'error',
    title: 'A reference to a step that does not exist',
    explanation:
      '`Steps.<name>` must name a step of this definition, at the top level or in a branch of a Condition step.',
    example: {
      frame: 'step',
      bad: '{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": {"Get": "Steps.Preparee.ProcessingJobName"}}}',
      good: '{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": {"Get": "Steps.Prepare.ProcessingJobName"}}}',
    },
  },
];

export function checkReferences(unit: Unit, pipeline: Pipeline, report: Report): void {
  for (const step of unit.steps) for (const reference of step.references) checkReference(reference, pipeline, report);
}

function checkReference(reference: Reference, pipeline: Pipeline, report: Report): void {
  const segment = reference.path.segments[1];
  if (reference.root !== 'Steps' || !segment || pipeline.stepsByName.has(segment.text)) return;
  const near = nearest(segment.text, pipeline.stepsByName.keys());
  report({
    rule: 'sm/unknown-step-reference',
    node: reference.node,
    mark: { from: segment.from, to: segment.to },
    message: `There is no step '${segment.text}'.${near ? ` Did you mean '${near}'?` : ''}`,
    fixes: (edit) =>
      near === undefined
        ? []
        : [edit.fix(`Change to '${near}'`, [edit.part(reference.node, segment.from, segment.to, near)], true)],
  });
}
