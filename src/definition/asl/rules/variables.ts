/** Variables: their names, their scopes, and reading what nothing assigns. */
import { nearest } from '../../near';
import type { Report, Rule } from '../../rule';
import type { Node } from '../../tree';
import { isCall, readCall, type Call } from '../expressions/intrinsic';
import { isFault, readPath, type Path } from '../expressions/path';
import type { Scope, State } from '../model';
import { assignmentsOf, templatesOf } from '../places';
import { Variables } from '../scopes';
import { hasPlaceholder, isFilledIn, isLookedUp, plainName } from '../values';
import { type Check, done, guide, jsonata, machine, rule } from './tools';

const assign = (name: string): string =>
  jsonata(`"Begin": {"Type": "Pass", "Assign": {"${name}": 1}, "Next": "Done"}, ${done}`);

export const variableRules: readonly Rule[] = [
  rule(
    'variable-name',
    'error',
    'A variable with a name that it cannot have',
    'The name of a variable begins with a letter or `_`, continues with letters, digits and `_`, and has at most 80 characters. `states` belongs to the service.',
    assign('run-id'),
    assign('run_id'),
    guide('workflow-variables'),
  ),
  rule(
    'variable-scope',
    'warning',
    'A variable of the scope around that is assigned again',
    'A branch or item processor reads the variables of the machine around it and cannot assign them: its own variables need other names. They end with the branch; hand values out by its output.',
    jsonata(
      `"Begin": {"Type": "Pass", "Assign": {"total": 1}, "Next": "All"}, "All": {"Type": "Parallel", "Next": "Done", "Branches": [{"StartAt": "One", "States": {"One": {"Type": "Pass", "Assign": {"total": 2}, "End": true}}}]}, ${done}`,
    ),
    jsonata(
      `"Begin": {"Type": "Pass", "Assign": {"total": 1}, "Next": "All"}, "All": {"Type": "Parallel", "Next": "Done", "Branches": [{"StartAt": "One", "States": {"One": {"Type": "Pass", "Assign": {"part": 2}, "End": true}}}]}, ${done}`,
    ),
    guide('workflow-variables'),
  ),
  rule(
    'unknown-variable',
    'warning',
    'A variable that nothing assigns',
    'A variable gets its value by Assign in a state that ran before, of the same scope or of one around it; a distributed Map sees none from outside. The execution fails where the variable is read.',
    machine(
      `"Begin": {"Type": "Pass", "Assign": {"name": "a"}, "Next": "Use"}, "Use": {"Type": "Pass", "InputPath": "$nmae", "Next": "Done"}, ${done}`,
    ),
    machine(
      `"Begin": {"Type": "Pass", "Assign": {"name": "a"}, "Next": "Use"}, "Use": {"Type": "Pass", "InputPath": "$name", "Next": "Done"}, ${done}`,
    ),
    guide('workflow-variables'),
  ),
];

const nameForm = /^[\p{ID_Start}_][\p{ID_Continue}]*$/u;

export const checkVariables: Check = (machineModel, report) => {
  const variables = new Variables(machineModel);
  return (state) => {
    for (const object of assignmentsOf(state)) {
      for (const member of object.members) checkName(member, state, variables, report);
    }
    if (state.language !== 'JSONPath') return;
    for (const use of variableUses(state)) {
      if (!variables.find(use.name, state.scope)) tellUnknown(use, state.scope, variables, report);
      else if (variables.isLate(use.name, state)) tellLate(use, state, variables, report);
    }
  };
};

function checkName(member: Node, state: State, variables: Variables, report: Report): void {
  const key = String(member.key);
  const name = state.language === 'JSONPath' ? plainName(key) : key;
  if (hasPlaceholder(name)) return;
  const why =
    name.length > 80
      ? `has ${name.length} characters, and at most 80 are allowed`
      : name === 'states'
        ? 'belongs to the service'
        : nameForm.test(name)
          ? undefined
          : 'is not a letter or _ followed by letters, digits and _';
  if (why) {
    const better = name.replaceAll(/[^\p{ID_Continue}]+/gu, '_').slice(0, 80);
    const suffix = key.slice(name.length);
    const isBetter = nameForm.test(better) && better !== name && !member.parent?.get(better + suffix);
    // Names that are only unusual, such as those with hyphens, are refused by nothing but the service's own reader.
    report({
      rule: 'asl/variable-name',
      node: member,
      mark: 'key',
      message: `A variable cannot be named '${name.slice(0, 60)}': it ${why}.`,
      ...(name.length <= 80 && name !== 'states' ? { atMost: 'warning' as const } : {}),
      fixes: (edit) => [isBetter ? edit.fix(`Change to '${better}'`, [edit.key(member, better + suffix)]) : undefined],
    });
    return;
  }
  const outer = variables.findAround(name, state.scope);
  // What the state around the scope assigns has its value when the scope has ended.
  if (!outer || isWithin(outer, state.scope.owner?.node)) return;
  report({
    rule: 'asl/variable-scope',
    node: member,
    mark: 'key',
    message: `'${name}' is a variable of the scope around this ${state.scope.kind === 'branch' ? 'branch' : 'item processor'}, which can only read it. Choose another name.`,
    related: [{ node: outer, mark: 'key', message: `'${name}' is assigned here.` }],
  });
}

function isWithin(node: Node, around: Node | undefined): boolean {
  for (let one: Node | undefined = node; one; one = one.parent) if (one === around) return true;
  return false;
}

/** A place where a variable is read. */
export interface VariableUse {
  name: string;
  node: Node;
  /** Characters of the name in the node's text, without `$`. */
  from: number;
  to: number;
}

/** Says that nothing assigns the variable. */
export function tellUnknown(use: VariableUse, scope: Scope, variables: Variables, report: Report): void {
  const near = nearest(use.name, variables.names(scope));
  report({
    rule: 'asl/unknown-variable',
    node: use.node,
    mark: { from: use.from - 1, to: use.to },
    message:
      `Nothing assigns the variable '${use.name}' ${scope.kind === 'machine' ? '' : 'here or around here'}`.trimEnd() +
      `.${near ? ` Did you mean '${near}'?` : ''}`,
    fixes: (edit) => [
      near ? edit.fix(`Change to '${near}'`, [edit.part(use.node, use.from, use.to, near)], true) : undefined,
    ],
  });
}

/** Says that the variable has no value yet. */
export function tellLate(use: VariableUse, state: State, variables: Variables, report: Report): void {
  const assigned = variables.find(use.name, state.scope);
  report({
    rule: 'asl/unknown-variable',
    node: use.node,
    mark: { from: use.from - 1, to: use.to },
    message: `The variable '${use.name}' has no value here: no state that runs before assigns it.`,
    ...(assigned ? { related: [{ node: assigned, mark: 'key', message: `'${use.name}' is assigned here.` }] } : {}),
  });
}

/** Where a JSONPath state reads variables. */
export function variableUses(state: State): VariableUse[] {
  const uses: VariableUse[] = [];
  const add = (node: Node): void => addUses(node, uses);
  const addPaths = (node: Node): void => {
    if (typeof node.key === 'string' && (node.key.endsWith('Path') || node.key === 'Variable')) add(node);
  };
  for (const member of state.node.members) {
    if (parts.has(String(member.key))) member.each(addPaths);
    else addPaths(member);
  }
  for (const { node: root } of templatesOf(state)) {
    root.each((node) => {
      if (isLookedUp(node)) add(node);
    });
  }
  return uses;
}

/** Parts of a state whose members may be paths. */
const parts = new Set(['ItemReader', 'ItemBatcher', 'Choices']);

/** A call without it reads no variable. */
const variableInCall = /\$[^.$[\s,)]/;

function addUses(node: Node, uses: VariableUse[]): void {
  const { text } = node;
  if (text === undefined) return;
  if (isCall(text)) {
    const call = variableInCall.test(text) && !isFilledIn(node) ? readCall(text) : undefined;
    if (call && !isFault(call)) addUsesInCall(node, call, uses);
    return;
  }
  // The input and the Context object are no variables.
  if (!/^\$[^.$[]/.test(text) || isFilledIn(node)) return;
  const path = readPath(text);
  if (!isFault(path)) addUse(node, path, 0, uses);
}

function addUsesInCall(node: Node, call: Call, uses: VariableUse[]): void {
  for (const argument of call.arguments) {
    if (argument.kind === 'call') addUsesInCall(node, argument.call, uses);
    if (argument.kind === 'path') addUse(node, argument.path, argument.from, uses);
  }
}

function addUse(node: Node, { root }: Path, offset: number, uses: VariableUse[]): void {
  if (typeof root !== 'object') return;
  uses.push({ name: root.variable, node, from: offset + 1, to: offset + 1 + root.variable.length });
}
