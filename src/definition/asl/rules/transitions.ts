/** Which state leads to which: names, ends, and what is never reached. */
import { nearestName } from '../../near';
import type { Finding } from '../../finding';
import type { Report, Rule } from '../../rule';
import type { Scope, State, StateMachine, Transition } from '../model';
import { isFilledIn } from '../values';
import { type Check, done, guide, machine, rule } from './tools';

const pass = (name: string, members: string): string => `"${name}": {"Type": "Pass"${members}}`;
const good = machine(`${pass('Begin', ', "Next": "Done"')}, ${done}`);

export const transitionRules: readonly Rule[] = [
  rule(
    'unknown-state',
    'error',
    'A transition to a state that does not exist',
    'Next, Default and StartAt name a state of the same scope: of the machine, or of the branch or item processor that contains them. A branch cannot lead out of itself; the Parallel or Map state around it goes on by its own Next.',
    machine(`${pass('Begin', ', "Next": "Dnoe"')}, ${pass('Other', ', "Next": "Done"')}, ${done}`).replace(
      `, ${pass('Other', ', "Next": "Done"')}`,
      '',
    ),
    good,
    'MISSING_TRANSITION_TARGET of ValidateStateMachineDefinition',
  ),
  rule(
    'next-or-end',
    'error',
    'A state with both Next and End, or with neither',
    'A Task, Pass, Wait, Parallel or Map state either names the next one or ends the execution (or its branch) by `"End": true`.',
    machine(`${pass('Begin', ', "Next": "Done", "End": true')}, ${done}`),
    good,
    guide('statemachine-structure'),
  ),
  rule(
    'no-end',
    'error',
    'A machine that never ends',
    'Each machine, branch and item processor needs a state that ends it: one with `"End": true`, a Succeed or a Fail state.',
    machine(`${pass('Begin', ', "Next": "Again"')}, ${pass('Again', ', "Next": "Begin"')}`),
    machine(`${pass('Begin', ', "Next": "Again"')}, ${pass('Again', ', "End": true')}`),
    'MISSING_END_STATE of ValidateStateMachineDefinition',
  ),
  rule(
    'unreachable-state',
    'error',
    'A state that nothing leads to',
    'The service refuses a machine with a state that cannot be reached from StartAt.',
    machine(`${pass('Begin', ', "Next": "Done"')}, ${pass('Lost', ', "Next": "Done"')}, ${done}`),
    good,
    'MISSING_TRANSITION_TARGET of ValidateStateMachineDefinition',
  ),
  rule(
    'duplicate-state',
    'error',
    'Two states with one name',
    'Names of states are unique in the whole machine, its branches and item processors included.',
    machine(
      `"All": {"Type": "Parallel", "Next": "Done", "Branches": [{"StartAt": "Done", "States": {${pass('Done', ', "End": true')}}}]}, ${done}`,
    ),
    machine(
      `"All": {"Type": "Parallel", "Next": "Done", "Branches": [{"StartAt": "One", "States": {${pass('One', ', "End": true')}}}]}, ${done}`,
    ),
    guide('statemachine-structure'),
  ),
  rule(
    'state-name',
    'error',
    'A name of a state that is too long',
    'The name of a state has at most 80 characters.',
    machine(`${pass('Begin'.padEnd(81, '-'), ', "Next": "Done"')}, ${done}`),
    machine(`${pass('Begin'.padEnd(80, '-'), ', "Next": "Done"')}, ${done}`),
    guide('service-quotas'),
  ),
];

/** Rules about names that may be declared where the text could not be read. */
export const aboutNames = /^asl\/(unknown-state|unreachable-state|no-end|unknown-variable)$/;

export const checkTransitions: Check = (whole, report) => {
  const elsewhere = checkNames(whole, report);
  for (const scope of whole.scopes) {
    const start = scope.node.get('StartAt');
    if (start?.text && !isFilledIn(start)) {
      if (!scope.byName.has(start.text)) report(unknown(start.text, start, scope, elsewhere));
    }
    checkReach(scope, report);
  }
  return (state) => checkState(state, elsewhere, report);
};

/** Names that are too long or taken; answers the first state of each name. */
function checkNames({ states }: StateMachine, report: Report): ReadonlyMap<string, State> {
  const first = new Map<string, State>();
  for (const state of states) {
    const { name, node } = state;
    if (name.length > 80) {
      report({
        rule: 'asl/state-name',
        node,
        mark: 'key',
        message: `The name has ${name.length} characters, and at most 80 are allowed.`,
      });
    }
    const other = first.get(name);
    if (!other) {
      first.set(name, state);
      continue;
    }
    // Two of one name in one object are told as a member that is given twice.
    if (other.scope === state.scope) continue;
    report({
      rule: 'asl/duplicate-state',
      node,
      mark: 'key',
      message: `There is another state '${name}' in this machine. Choose another name.`,
      related: [{ node: other.node, mark: 'key', message: 'The other state.' }],
    });
  }
  return first;
}

function unknown(name: string, node: Transition['node'], scope: Scope, elsewhere: ReadonlyMap<string, State>): Finding {
  const states = scope.node.get('States');
  const near = elsewhere.has(name) ? undefined : nearestName(name, scope.byName);
  const why = elsewhere.has(name)
    ? `The state '${name}' stands outside of this ${scope.kind === 'machine' ? 'machine' : scope.kind === 'branch' ? 'branch' : 'item processor'} and cannot be reached from it.`
    : `There is no state '${name}'.${near ? ` Did you mean '${near}'?` : ''}`;
  return {
    rule: 'asl/unknown-state',
    node,
    message: why,
    fixes: (edit) => [
      near ? edit.fix(`Change to '${near}'`, [edit.value(node, near)], true) : undefined,
      elsewhere.has(name)
        ? undefined
        : edit.fix(`Add a state '${name}'`, [states && edit.insert(states, name, { Type: 'Pass', End: true })]),
    ],
  };
}

const leading = new Set(['Task', 'Pass', 'Wait', 'Parallel', 'Map']);

function checkState(state: State, elsewhere: ReadonlyMap<string, State>, report: Report): void {
  const { node, scope, type } = state;
  for (const { to, node: place } of state.transitions) {
    if (to !== '' && !scope.byName.has(to) && !isFilledIn(place)) report(unknown(to, place, scope, elsewhere));
  }
  if (!leading.has(type ?? '')) return;
  const next = node.get('Next');
  const end = node.get('End');
  if (next && end && end.value !== false) {
    const later = end.keyStart > next.keyStart ? end : next;
    report({
      rule: 'asl/next-or-end',
      node: later,
      mark: 'key',
      message: 'Next and End cannot both be given. Remove one of them.',
      fixes: (edit) => [edit.fix('Remove End', [edit.remove(end)]), edit.fix('Remove Next', [edit.remove(next)])],
    });
  } else if (!next && end?.value !== true && !(end && end.kind !== 'boolean')) {
    report({
      rule: 'asl/next-or-end',
      node,
      mark: 'key',
      message: `'${state.name}' needs Next, the name of the state that runs next, or "End": true.`,
      fixes: (edit) => [
        end
          ? edit.fix('Change End to true', [edit.value(end, true)])
          : edit.fix('Add "End": true', [edit.insert(node, 'End', true)]),
      ],
    });
  }
}

/** True where the state ends its scope, or may do so for all that the text tells. */
function ends({ type, node }: State): boolean {
  if (type === 'Succeed' || type === 'Fail') return true;
  const end = node.get('End');
  return end !== undefined && end.value !== false;
}

function checkReach(scope: Scope, report: Report): void {
  const start = scope.node.get('StartAt');
  const first = start?.text === undefined ? undefined : scope.byName.get(start.text);
  const { states } = scope;
  if (states.length === 0) return;
  // A state that lacks Next and End is told; it may be the one that ends.
  const isOpen = states.some((state) => !ends(state) && state.transitions.length === 0);
  if (!isOpen && !states.some(ends)) {
    report({
      rule: 'asl/no-end',
      node: scope.node,
      mark: 'opening',
      message: `No state ends this ${scope.kind === 'machine' ? 'machine' : scope.kind === 'branch' ? 'branch' : 'item processor'}. Give one of them "End": true, or add a Succeed or Fail state.`,
    });
    return;
  }
  if (!first) return;
  const reached = new Set<State>([first]);
  const waiting = [first];
  for (let state = waiting.pop(); state; state = waiting.pop()) {
    for (const { to, node } of state.transitions) {
      // A name that a template fills in may be any.
      if (isFilledIn(node)) return;
      const other = scope.byName.get(to);
      if (!other || reached.has(other)) continue;
      reached.add(other);
      waiting.push(other);
    }
  }
  for (const state of states) {
    if (reached.has(state) || scope.byName.get(state.name) !== state) continue;
    report({
      rule: 'asl/unreachable-state',
      node: state.node,
      mark: 'key',
      message: `Nothing leads to '${state.name}'. The service refuses a state that cannot be reached.`,
      fixes: (edit) => [edit.fix(`Remove '${state.name}'`, [edit.remove(state.node)])],
    });
  }
}
