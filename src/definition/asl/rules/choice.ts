/** The choices of JSONPath: tests of a variable, and And, Or and Not of them. */
import { nearest, oneOf } from '../../near';
import type { Report, Rule } from '../../rule';
import type { Node } from '../../tree';
import { table } from '../../table';
import { dayAndMinute, second } from '../times';
import { isComputed, isFilledIn } from '../values';
import { checkField } from './paths';
import { type Check, guide, machine, rule } from './tools';

const choose = (members: string): string =>
  machine(
    `"Choose": {"Type": "Choice", "Choices": [{${members}, "Next": "Done"}], "Default": "Done"}, "Done": {"Type": "Succeed"}`,
  );

export const choiceRules: readonly Rule[] = [
  rule(
    'choice-rule',
    'error',
    'A choice that is not one test with a Next',
    'A choice in JSONPath is either a Variable with one comparison (`"NumericGreaterThan": 1`) or one of And, Or and Not. It has a Next; the tests within And, Or and Not have none.',
    choose('"Variable": "$.score"'),
    choose('"Variable": "$.score", "NumericGreaterThan": 0.9'),
    guide('state-choice'),
  ),
  rule(
    'choice-operator',
    'error',
    'A comparison that does not exist',
    'Comparisons are those of String, Numeric, Boolean and Timestamp (`StringEquals`, `NumericLessThanEquals`, …), each with a form ending in Path, StringMatches, and IsNull, IsPresent, IsNumeric, IsString, IsBoolean, IsTimestamp.',
    choose('"Variable": "$.score", "NumericGreater": 0.9'),
    choose('"Variable": "$.score", "NumericGreaterThan": 0.9'),
    guide('state-choice'),
  ),
  rule(
    'choice-value',
    'error',
    'A comparison with a value of another type',
    'StringEquals compares with a text, NumericEquals with a number, BooleanEquals with true or false, TimestampEquals with a time such as `2030-01-31T12:00:00Z`.',
    choose('"Variable": "$.score", "NumericGreaterThan": "0.9"'),
    choose('"Variable": "$.score", "NumericGreaterThan": 0.9'),
    guide('state-choice'),
  ),
];

type ValueKind = 'string' | 'number' | 'boolean' | 'timestamp' | 'path';

/** The comparisons and what they compare with. */
export const operators = table<ValueKind>(comparisons());

function comparisons(): Record<string, ValueKind> {
  const found: Record<string, ValueKind> = { StringMatches: 'string' };
  const add = (prefix: string, kind: ValueKind, suffixes: readonly string[]): void => {
    for (const suffix of suffixes) {
      found[prefix + suffix] = kind;
      found[`${prefix}${suffix}Path`] = 'path';
    }
  };
  const ordered = ['Equals', 'LessThan', 'GreaterThan', 'LessThanEquals', 'GreaterThanEquals'];
  add('String', 'string', ordered);
  add('Numeric', 'number', ordered);
  add('Timestamp', 'timestamp', ordered);
  add('Boolean', 'boolean', ['Equals']);
  for (const test of ['IsNull', 'IsPresent', 'IsNumeric', 'IsString', 'IsBoolean', 'IsTimestamp'])
    found[test] = 'boolean';
  return found;
}

const combinations = ['And', 'Or', 'Not'];
const others = ['Variable', 'Next', 'Comment', 'Assign', 'Output'];

export const checkChoices: Check = (_machine, report) => (state) => {
  if (state.type !== 'Choice' || state.language !== 'JSONPath') return;
  for (const choice of state.node.get('Choices')?.items ?? []) {
    if (choice.kind === 'object' && !isFilledIn(choice)) checkRule(choice, true, report);
  }
};

function checkRule(choice: Node, isTop: boolean, report: Report): void {
  const tests: Node[] = [];
  for (const member of choice.members) {
    const name = String(member.key);
    if (combinations.includes(name) || operators[name] !== undefined) tests.push(member);
    else if (!others.includes(name)) tellUnknown(choice, member, report);
  }
  const next = choice.get('Next');
  if (isTop && !next) {
    tell(choice, 'Next is missing: the state that runs next where this choice holds.', report);
  } else if (!isTop && next) {
    report({
      rule: 'asl/choice-rule',
      node: next,
      mark: 'key',
      message: 'A test within And, Or or Not has no Next. Only the choice around it has.',
      fixes: (edit) => [edit.fix('Remove Next', [edit.remove(next)], true)],
    });
  }
  const condition = choice.get('Condition');
  if (condition) return;
  const [test, second] = tests;
  if (!test) {
    if (!choice.members.some((member) => !others.includes(String(member.key)))) {
      tell(choice, 'A comparison is missing, such as "StringEquals": "…", or And, Or or Not.', report);
    }
    return;
  }
  if (second) {
    report({
      rule: 'asl/choice-rule',
      node: second,
      mark: 'key',
      message: `One choice makes one test, and this one has ${String(test.key)} already. Join tests by And.`,
      related: [{ node: test, mark: 'key', message: `${String(test.key)} is given here.` }],
    });
  }
  const variable = choice.get('Variable');
  if (combinations.includes(String(test.key))) {
    checkCombination(test, report);
    if (variable) {
      report({
        rule: 'asl/choice-rule',
        node: variable,
        mark: 'key',
        message: `${String(test.key)} has tests of its own and takes no Variable.`,
        fixes: (edit) => [edit.fix('Remove Variable', [edit.remove(variable)])],
      });
    }
    return;
  }
  if (!variable) tell(choice, 'Variable is missing: the path to what is compared.', report);
  else checkField(variable, {}, report);
  checkValue(test, report);
}

function tell(choice: Node, message: string, report: Report): void {
  report({ rule: 'asl/choice-rule', node: choice, mark: 'opening', message });
}

function tellUnknown(choice: Node, member: Node, report: Report): void {
  const name = String(member.key);
  if (name === 'Condition') {
    report({
      rule: 'asl/query-language',
      node: member,
      mark: 'key',
      message: 'Condition belongs to JSONata, and this state is in JSONPath. JSONPath has Variable and a comparison.',
    });
    return;
  }
  const known = [...Object.keys(operators), ...combinations, ...others].filter((one) => !choice.get(one));
  const near = nearest(name, known);
  report({
    rule: 'asl/choice-operator',
    node: member,
    mark: 'key',
    message: `There is no comparison '${name}'.${near ? ` Did you mean '${near}'?` : ''}`,
    fixes: (edit) => [
      near ? edit.fix(`Change to '${near}'`, [edit.key(member, near)], true) : undefined,
      edit.fix(`Remove '${name}'`, [edit.remove(member)]),
    ],
  });
}

function checkCombination(test: Node, report: Report): void {
  const isNot = test.key === 'Not';
  if (test.kind === 'missing' || isFilledIn(test)) return;
  if (isNot ? test.kind !== 'object' : test.kind !== 'array') {
    report({
      rule: 'asl/choice-rule',
      node: test,
      message: `${String(test.key)} takes ${isNot ? 'one test, an object' : 'a list of tests'}.`,
    });
    return;
  }
  if (!isNot && test.items.length === 0) {
    report({ rule: 'asl/choice-rule', node: test, message: `${String(test.key)} needs at least one test.` });
  }
  for (const one of isNot ? [test] : test.items) if (one.kind === 'object') checkRule(one, false, report);
}

const timestamp = new RegExp(`^${dayAndMinute.source}(:${second.source})?(\\.\\d+)?(Z|[+-]\\d\\d:?\\d\\d)?$`, 'i');

function checkValue(test: Node, report: Report): void {
  const kind = operators[String(test.key)];
  if (kind === undefined || test.kind === 'missing' || isComputed(test, 'JSONPath')) return;
  if (kind === 'path') {
    checkField(test, {}, report);
    return;
  }
  const isTime = kind === 'timestamp' && test.text !== undefined && timestamp.test(test.text);
  if (isTime || test.kind === kind) return;
  const what = {
    string: 'a text',
    number: 'a number',
    boolean: 'true or false',
    timestamp: 'a time such as 2030-01-31T12:00:00Z',
  }[kind];
  const same = alike(test, kind);
  report({
    rule: 'asl/choice-value',
    node: test,
    message: `${String(test.key)} compares with ${what}.${same ? ` Did you mean ${oneOf([same])}?` : ''}`,
    fixes: (edit) => [
      kind === 'number' && test.text !== undefined && /^-?\d+(\.\d+)?$/.test(test.text)
        ? edit.fix(`Write it as a number: ${test.text}`, [edit.value(test, Number(test.text))], true)
        : undefined,
      kind === 'boolean' && (test.text === 'true' || test.text === 'false')
        ? edit.fix(`Remove the quotes: ${test.text}`, [edit.value(test, test.text === 'true')], true)
        : undefined,
      kind === 'string' && test.kind !== 'object' && test.kind !== 'array'
        ? edit.fix(`Write it as a string: "${edit.tree.source(test)}"`, [edit.value(test, edit.tree.source(test))])
        : undefined,
      same ? edit.fix(`Change to '${same}'`, [edit.key(test, same)]) : undefined,
    ],
  });
}

/** The same comparison for the kind of value that is given. */
function alike(test: Node, kind: ValueKind): string | undefined {
  const prefix = { string: 'String', number: 'Numeric', boolean: 'Boolean', timestamp: 'Timestamp', path: '' }[kind];
  const meant =
    test.kind === 'string' ? 'String' : test.kind === 'number' ? 'Numeric' : test.kind === 'boolean' ? 'Boolean' : '';
  const name = String(test.key);
  if (meant === '' || !name.startsWith(prefix) || name.startsWith('Is')) return undefined;
  const other = meant + name.slice(prefix.length);
  return operators[other] === undefined ? undefined : other;
}
