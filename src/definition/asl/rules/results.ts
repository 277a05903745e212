/** What is read of a result: the members that the service answers with. */
import { nearest, oneOf } from '../../near';
import type { Report, Rule } from '../../rule';
import type { Node } from '../../tree';
import { isFault, type Path, readPath } from '../expressions/path';
import { readResource, resultMembers } from '../integrations';
import type { Scope, State, StateMachine } from '../model';
import { isFilledIn, isLookedUp } from '../values';
import { type Check, done, guide, machine, rule } from './tools';

const describe = (selector: string): string =>
  machine(
    `"Ask": {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sagemaker:describeEndpoint", "Parameters": {"EndpointName": "e"}, "ResultSelector": {"status.$": "${selector}"}, "Next": "Done"}, ${done}`,
  );

const started = (pattern: string): string =>
  machine(
    `"Run": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.${pattern}", "Parameters": {"StateMachineArn": "arn:aws:states:eu-west-1:111122223333:stateMachine:train"}, "ResultPath": "$.run", "Next": "Use"}, "Use": {"Type": "Pass", "InputPath": "$.run.Output.model", "Next": "Done"}, ${done}`,
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
  rule(
    'text-result',
    'warning',
    'A member is read of a result that is a text',
    'The output of an execution that `startExecution.sync` waited for is a text with JSON in it, of which a path reads no member: the state fails. `startExecution.sync:2` gives the output as JSON.',
    started('sync'),
    started('sync:2'),
    guide('connect-stepfunctions'),
  ),
];

export const checkResults: Check = (machineModel, report) => {
  const written = writersOf(machineModel);
  return (state) => {
    if (state.type !== 'Task' || state.language !== 'JSONPath') return;
    checkOwn(state, report);
    checkFollowing(state, written, report);
  };
};

/** What the state itself reads of its result. */
function checkOwn(state: State, report: Report): void {
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
  const answer = answerOf(state);
  if (!answer) return;
  for (const node of reads) {
    if (node.text === undefined || isFilledIn(node) || !node.text.startsWith('$')) continue;
    const path = readPath(node.text);
    if (isFault(path) || path.root !== 'input') continue;
    tellRead(node, path.segments, answer, report);
  }
}

/** The name of `$.name`, where a ResultPath is as simple as that. */
function placeOf(path: Node | undefined): string | undefined {
  return /^\$\.([A-Za-z_]\w*)$/.exec(path?.text ?? '')?.[1];
}

/** By scope and name, how many states put something at `$.name` or below it. */
function writersOf({ states }: StateMachine): ReadonlyMap<Scope, ReadonlyMap<string, number>> {
  const found = new Map<Scope, Map<string, number>>();
  for (const { scope, node } of states) {
    const paths = [node.get('ResultPath'), ...(node.get('Catch')?.items.map((one) => one.get('ResultPath')) ?? [])];
    for (const path of paths) {
      const name = /^\$\.([A-Za-z_]\w*)/.exec(path?.text ?? '')?.[1];
      if (name === undefined) continue;
      const counts = found.get(scope) ?? new Map<string, number>();
      found.set(scope, counts);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return found;
}

/** So many states behind a result are looked at. */
const followed = 50;

/**
 * What the states behind read of a result that was put at `$.name`: as far as they are sure to have it, which ends with
 * a state that replaces its input.
 */
function checkFollowing(state: State, written: ReadonlyMap<Scope, ReadonlyMap<string, number>>, report: Report): void {
  const name = placeOf(state.node.get('ResultPath'));
  if (name === undefined || state.node.get('ResultSelector') || state.node.get('OutputPath')) return;
  if (written.get(state.scope)?.get(name) !== 1) return;
  const answer = answerOf(state);
  if (!answer) return;
  const seen = new Set<State>([state]);
  const waiting = [state];
  for (let one = waiting.shift(); one && seen.size <= followed; one = waiting.shift()) {
    for (const { to, by } of one.transitions) {
      const next = one.scope.byName.get(to);
      // What is caught has the error in place of the result.
      if (!next || seen.has(next) || (one === state && by === 'Catch')) continue;
      seen.add(next);
      if (next.language !== 'JSONPath') continue;
      for (const node of inputsOf(next)) tellFollowing(node, name, answer, report);
      if (keepsInput(next)) waiting.push(next);
    }
  }
}

/** The paths by which a state reads its input. */
function inputsOf({ node }: State): Node[] {
  const input = node.get('InputPath');
  if (input) return [input];
  const found: Node[] = [];
  for (const member of node.members) {
    const key = String(member.key);
    if (/^(Items|Seconds|Timestamp|TimeoutSeconds|HeartbeatSeconds)Path$/.test(key)) found.push(member);
    if (key === 'Parameters') member.each((one) => void (isLookedUp(one) && found.push(one)));
    if (key === 'Choices') member.each((one) => void (one.key === 'Variable' && found.push(one)));
  }
  return found;
}

/** True where what comes into a state goes on, and the result beside it. */
function keepsInput({ node, type }: State): boolean {
  if (node.get('InputPath') ?? node.get('OutputPath')) return false;
  if (type === 'Choice' || type === 'Wait') return true;
  const path = node.get('ResultPath');
  return path?.kind === 'null' || placeOf(path) !== undefined;
}

function tellFollowing(node: Node, name: string, answer: Answer, report: Report): void {
  if (node.text === undefined || isFilledIn(node) || !node.text.startsWith(`$.${name}.`)) return;
  const path = readPath(node.text);
  if (isFault(path) || path.root !== 'input') return;
  const [first, ...rest] = path.segments;
  if (first?.kind === 'name' && first.name === name) tellRead(node, rest, answer, report);
}

/** What is known of a result. */
interface Answer {
  members?: readonly string[];
  /** The member that is a text with JSON in it. */
  text?: string;
}

function answerOf(state: State): Answer | undefined {
  const members = membersOf(state);
  if (members) return { members };
  const resource = readResource(state.node.get('Resource')?.text ?? '');
  if (resource?.kind !== 'integration' || resource.sdk || resource.service !== 'states') return undefined;
  return resource.operation === 'startExecution' && resource.pattern === 'sync' ? { text: 'Output' } : undefined;
}

/** What a path reads of a result, without the names that lead to the result. */
function tellRead(node: Node, segments: Path['segments'], { members, text }: Answer, report: Report): void {
  const [first, second] = segments;
  if (first?.kind !== 'name') return;
  if (members) tellResult({ ...first, node }, members, report);
  if (first.name !== text || !second) return;
  report({
    rule: 'asl/text-result',
    node,
    message: `'${text}' is a text with JSON in it, so nothing can be read of it. Call startExecution.sync:2, which gives it as JSON.`,
  });
}

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
