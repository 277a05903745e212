/** What stands at a place of a state machine: members, states, resources, functions, variables. */
import { type Call, intrinsics, isCall, readCall } from '../../asl/expressions/intrinsic';
import { isFault } from '../../asl/expressions/path';
import { optimised, readResource, requestShape } from '../../asl/integrations';
import type { State, StateMachine } from '../../asl/model';
import { variableUses } from '../../asl/rules/variables';
import { Variables } from '../../asl/scopes';
import { scopeShape, stateShape } from '../../asl/shapes';
import { plainName } from '../../asl/values';
import type { Node, Tree } from '../../tree';
import { cursorAt } from '../cursor';
import type { HoverText } from '../results';
import { hoverShape } from '../shapes';
import { around, pathBelow } from './places';

/** What stands at `offset`. */
export function hoverMachine(tree: Tree, machine: StateMachine, offset: number): HoverText | undefined {
  const cursor = cursorAt(tree, offset);
  if (!cursor) return undefined;
  if (cursor.at === 'key') {
    const { member } = cursor;
    if (!member) return undefined;
    const named = machine.states.find(({ node }) => node === member);
    if (named) return { text: ofState(named), range: tree.keyRange(member) };
    return ofMember(tree, machine, member, offset);
  }
  const { node } = cursor;
  if (node?.text === undefined) return undefined;
  const { state, scope } = around(machine, node);
  const range = tree.valueRange(node);
  const target =
    node.key === 'StartAt' || node.key === 'Next' || node.key === 'Default' ? scope?.byName.get(node.text) : undefined;
  if (target) return { text: ofState(target), range };
  if (!state) return undefined;
  if (node.key === 'Resource' && node.parent === state.node) {
    const text = ofResource(node.text);
    return text === undefined ? undefined : { text, range };
  }
  return ofVariable(tree, machine, state, node, offset) ?? ofCall(tree, node, offset);
}

function ofMember(tree: Tree, machine: StateMachine, member: Node, offset: number): HoverText | undefined {
  const { state, scope } = around(machine, member.parent ?? member);
  if (!state) return scope && hoverShape(tree, scope.node, scopeShape(scope), offset);
  const request = state.node.get(state.language === 'JSONata' ? 'Arguments' : 'Parameters');
  if (request && member !== request && pathBelow(state.node, member)[0] === request.key) {
    const resource = readResource(state.node.get('Resource')?.text ?? '');
    const shape = resource?.kind === 'integration' ? requestShape(resource) : undefined;
    return shape && hoverShape(tree, request, shape, offset);
  }
  const shapes = stateShape(state);
  return shapes && hoverShape(tree, state.node, shapes.own, offset);
}

function ofState({ name, type, node, transitions }: State): string {
  const comment = node.get('Comment')?.text;
  const next = [...new Set(transitions.map(({ to }) => to))];
  return [
    `**${name}**${type === undefined ? '' : `: ${type} state`}`,
    comment,
    next.length > 0 ? `Leads to ${next.map((one) => `\`${one}\``).join(', ')}.` : 'Ends here.',
  ]
    .filter((part) => part !== undefined)
    .join('\n\n');
}

function ofResource(text: string): string | undefined {
  const resource = readResource(text);
  if (resource?.kind === 'function') return 'A Lambda function, called with the input of the state.';
  if (resource?.kind === 'activity') return 'An activity: a worker asks for the task and sends its result.';
  if (resource?.kind !== 'integration') return undefined;
  const { service, operation, sdk, pattern } = resource;
  const how =
    pattern === undefined
      ? 'The state continues as soon as the service has answered.'
      : pattern === 'waitForTaskToken'
        ? 'The state waits until somebody sends the task token back.'
        : `The state waits for the job to end.${pattern === 'sync:2' ? ' The output of the execution is handed on as JSON, not as text.' : ''}`;
  const others = (sdk ? ['waitForTaskToken'] : (optimised[service]?.[operation] ?? [])).map((one) => `\`.${one}\``);
  return [
    `**${service}:${operation}** ${sdk ? '(AWS SDK integration)' : '(optimized integration)'}`,
    how,
    others.length > 0 ? `Other ways: a plain request, ${others.join(', ')}.` : 'It is only called without waiting.',
  ].join('\n\n');
}

function ofVariable(
  tree: Tree,
  machine: StateMachine,
  state: State,
  node: Node,
  offset: number,
): HoverText | undefined {
  const variables = new Variables(machine);
  for (const use of variableUses(state)) {
    if (use.node !== node) continue;
    const { start, end } = tree.within(node, use.from - 1, use.to);
    const assigned = offset >= start && offset <= end ? variables.find(use.name, state.scope) : undefined;
    if (!assigned) continue;
    const owner = around(machine, assigned.parent ?? assigned).state;
    return {
      text: `Variable **${plainName(assigned.key)}**\n\nAssigned in ${owner ? `\`${owner.name}\`` : 'this machine'}.`,
      range: tree.range(start, end),
    };
  }
  return undefined;
}

function ofCall(tree: Tree, node: Node, offset: number): HoverText | undefined {
  const text = node.text ?? '';
  if (!isCall(text)) return undefined;
  const call = readCall(text);
  if (isFault(call)) return undefined;
  const waiting: Call[] = [call];
  for (let one = waiting.pop(); one; one = waiting.pop()) {
    const { start, end } = tree.within(node, one.from, one.nameTo);
    const known = intrinsics[one.name];
    if (known && offset >= start && offset <= end) {
      return {
        text: `**${one.name}**(${known.takes.join(', ')}${known.more ? ', …' : ''})\n\n${known.doc}`,
        range: tree.range(start, end),
      };
    }
    for (const argument of one.arguments) if (argument.kind === 'call') waiting.push(argument.call);
  }
  return undefined;
}
