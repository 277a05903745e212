/** null where a value belongs. */
import type { Report, Rule } from '../../rule';
import type { Node } from '../../tree';
import type { Pipeline, Step, Unit } from '../model';
import { stepTypes } from '../vocabulary';

const stop = (message: string): string => `{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": ${message}}}`;

export const nullRules: readonly Rule[] = [
  {
    id: 'sm/null-value',
    level: 'error',
    title: 'null where a value belongs',
    explanation:
      'A null cannot be a name, a type, a step or an operand. Omit a member that may be omitted: a null there is a warning. In the members of check steps, in `PipelineExperimentConfig` and in `MlflowConfig` the Python SDK writes null for what is not set, and SageMaker takes it.',
    example: {
      frame: 'step',
      bad: stop('{"Std:Join": {"On": "-", "Values": ["a", null]}}'),
      good: stop('{"Std:Join": {"On": "-", "Values": ["a", "b"]}}'),
    },
  },
];

/** Members of the language itself that nothing can stand in for. */
const vital: ReadonlySet<string> = new Set(
  `Version Steps Name Type Arguments FunctionArn SqsQueueUrl CheckType
  Get Std:Join Std:JsonGet Values Path PropertyFile
  Conditions Condition LeftValue RightValue QueryValue
  ExceptionType PropertyFileName OutputName OutputType FilePath Enabled`.split(/\s+/),
);

/** The nulls in a step. */
export function checkNulls(unit: Unit, report: Report): void {
  for (const step of unit.steps)
    for (const node of step.nulls) if (!mayBeNull(node, step)) reportNull(node, step, report);
}

/** The nulls outside of steps. */
export function checkLooseNulls({ looseNulls, root }: Pipeline, report: Report): void {
  for (const node of looseNulls) {
    const top = node.path[0];
    const mayBe = top === 'MlflowConfig' || (top === 'PipelineExperimentConfig' && node.key === top);
    if (!mayBe || /^(Get|Std:)/.test(String(node.key))) reportNull(node, undefined, report);
  }
  for (const step of root.get('Steps')?.items ?? []) if (step.kind === 'null') reportNull(step, undefined, report);
}

/** What the Python SDK writes where a member of a check step is not set. */
function mayBeNull(node: Node, { node: step, type }: Step): boolean {
  const { own = [], needs = [] } = (type === undefined ? undefined : stepTypes[type]) ?? {};
  const name = String(node.key);
  return node.parent === step && own.includes(name) && !needs.includes(name);
}

function reportNull(node: Node, step: Step | undefined, report: Report): void {
  const name = String(node.key);
  const isElement = typeof node.key === 'number';
  const isSure = isElement || (vital.has(name) && isOfLanguage(node, step));
  report({
    rule: 'sm/null-value',
    ...(isSure ? {} : { atMost: 'warning' as const }),
    node,
    message: isElement
      ? 'A list cannot contain null. Remove it.'
      : `${name} is null. ${isSure ? 'Write its value.' : 'Leave the member out, or write its value.'}`,
    fixes: (edit) => [isSure && !isElement ? undefined : edit.fix('Remove it', [edit.remove(node)])],
  });
}

/** True where a member belongs to the definition language and not to the request of a service or the writer's own map. */
function isOfLanguage(node: Node, step: Step | undefined): boolean {
  const inFunction = [node, node.parent].some((one) => /^(Get$|Std:)/.test(String(one?.key)));
  if (inFunction || step?.type === 'Condition') return true;
  for (let at = node.parent; at && at !== step?.node; at = at.parent) if (at === step?.arguments) return false;
  return true;
}
