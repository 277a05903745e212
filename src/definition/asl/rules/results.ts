/** What is read of a result: the members that the service answers with. */
import { nearest, oneOf } from '../../near';
import type { Report, Rule } from '../../rule';
import type { Node } from '../../tree';
import { isFault, readPath } from '../expressions/path';
import { readResource, resultMembers } from '../integrations';
import type { State } from '../model';
import { isFilledIn, isLookedUp } from '../values';
import { type Check, done, guide, machine, rule } from './tools';

const describe = (selector: string): string =>
  machine(
    `"Ask": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sagemaker:describeEndpoint", "Parameters": {"EndpointName": "e"}, "ResultSelector": {"status.$": "${selector}"}, "Next": "Done"}, ${done}`,
  );

export const resultRules: readonly Rule[] = [
  rule(
    'unknown-result',
    'warning',
    'A member of a result that the service does not answer with',
    'The result of an integration is the answer of the service, each member with a capital. The state fails where a path leads to nothing.',
    describe('$.Status'),
    describe('$.EndpointStatus'),
    guide('supported-services-awssdk'),
  ),
];

export const checkResults: Check = (_machine, report) => (state) => {
  if (state.type !== 'Task' || state.language !== 'JSONPath') return;
  const selector = state.node.get('ResultSelector');
  const target = state.node.get('ResultPath');
  const reads: Node[] = [];
  selector?.each((node) => {
    if (isLookedUp(node)) reads.push(node);
  });
  // Where the result replaces the input, OutputPath reads the result.
  const output = state.node.get('OutputPath');
  if (output && !selector && (target === undefined || target.text === '$')) reads.push(output);
  if (reads.length === 0) return;
  const members = membersOf(state);
  if (!members) return;
  for (const node of reads) {
    if (node.text === undefined || isFilledIn(node) || !node.text.startsWith('$')) continue;
    const path = readPath(node.text);
    if (isFault(path) || path.root !== 'input') continue;
    const [first] = path.segments;
    if (first?.kind === 'name') tellResult({ ...first, node }, members, report);
  }
};

/** The members of what the state's integration answers, where that is known. */
export function membersOf({ node, type }: State): readonly string[] | undefined {
  const resource = type === 'Task' ? readResource(node.get('Resource')?.text ?? '') : undefined;
  return resource?.kind === 'integration' ? resultMembers(resource) : undefined;
}

/** Says so where the result has no member of the name. */
export function tellResult(
  { name, node, from, to }: { name: string; node: Node; from: number; to: number },
  members: readonly string[],
  report: Report,
): void {
  if (members.includes(name)) return;
  const near = nearest(name, members);
  const start = to - name.length;
  report({
    rule: 'asl/unknown-result',
    node,
    mark: { from: Math.min(from, start), to },
    message: `The service does not answer with '${name}'. ${near ? `Did you mean '${near}'?` : `It answers with ${oneOf(members)}.`}`,
    fixes: (edit) => [near ? edit.fix(`Change to '${near}'`, [edit.part(node, start, to, near)], true) : undefined],
  });
}
