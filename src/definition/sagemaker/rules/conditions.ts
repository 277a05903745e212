/** Condition steps: their conditions and branches. */
import type { Report, Rule } from '../../rule';
import { table } from '../../table';
import { nearest, oneOf } from '../../near';
import type { Node } from '../../tree';
import { type Pipeline, referenceAt, type Step, type Unit } from '../model';
import { typeOfReference, type ValueType } from '../properties';
import { conditionMembers } from '../vocabulary';
import { checkScalarObject } from './functions';
import { checkMembers, given, kindOf, missingMember, unknownValue } from './tools';

const left = '{"Std:JsonGet": {"PropertyFile": {"Get": "Steps.Evaluate.PropertyFiles.Report"}, "Path": "accuracy"}}';
const greater = `{"Type": "GreaterThan", "LeftValue": ${left}, "RightValue": 0.9}`;
const step = (args: string): string => `{"Name": "Good", "Type": "Condition", "Arguments": {${args}}}`;
const stop = '{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "stop"}}';

export const conditionRules: readonly Rule[] = [
  {
    id: 'sm/condition-unknown-type',
    level: 'error',
    title: 'A condition type that does not exist',
    explanation: `There are ${Object.keys(conditionMembers)
      .map((name) => `\`${name}\``)
      .join(', ')}.`,
    example: { frame: 'condition', bad: greater.replace('GreaterThan', 'GreaterThen'), good: greater },
  },
  {
    id: 'sm/condition-missing-operand',
    level: 'error',
    title: 'A condition without one of its operands',
    explanation:
      'Comparisons have `LeftValue` and `RightValue`, `In` has `QueryValue` and `Values`, `Not` has `Condition`, `Or` has `Conditions`.',
    example: { frame: 'condition', bad: greater.replace(', "RightValue": 0.9', ''), good: greater },
  },
  {
    id: 'sm/condition-in-wrong-members',
    level: 'error',
    title: 'An In condition with the members of something else',
    explanation: 'The members of `In` are `QueryValue` and `Values`.',
    example: {
      frame: 'condition',
      bad: `{"Type": "In", "Value": ${left}, "In": [1, 2]}`,
      good: `{"Type": "In", "QueryValue": ${left}, "Values": [1, 2]}`,
    },
  },
  {
    id: 'sm/condition-not-wrong-member',
    level: 'error',
    title: 'A Not condition with Expression',
    explanation: 'The negated condition belongs in `Condition`. _Cannot parse object, unknown property Expression._',
    example: {
      frame: 'condition',
      bad: `{"Type": "Not", "Expression": ${greater}}`,
      good: `{"Type": "Not", "Condition": ${greater}}`,
    },
  },
  {
    id: 'sm/condition-unknown-member',
    level: 'error',
    title: 'A member that a condition of this type does not have',
    explanation: 'SageMaker rejects members that it does not know.',
    example: {
      frame: 'condition',
      bad: greater.replace('}', '}').replace('"RightValue": 0.9', '"RightValue": 0.9, "Right": 1'),
      good: greater,
    },
  },
  {
    id: 'sm/condition-wrong-type',
    level: 'error',
    title: 'A part of a condition of the wrong type',
    explanation:
      'Operands are strings, numbers, booleans or functions; `Values`, `Conditions`, `IfSteps` and `ElseSteps` are arrays.',
    example: { frame: 'condition', bad: greater.replace('0.9', '[0.9]'), good: greater },
  },
  {
    id: 'sm/conditions-missing',
    level: 'error',
    title: 'A Condition step without conditions',
    explanation: '`Conditions` is a list of which all must be true.',
    example: {
      frame: 'step',
      bad: step(`"IfSteps": [], "ElseSteps": [${stop}]`),
      good: step(`"Conditions": [${greater}], "IfSteps": [], "ElseSteps": [${stop}]`),
    },
  },
  {
    id: 'sm/condition-step-unknown-member',
    level: 'error',
    title: 'An argument that a Condition step does not have',
    explanation: 'The arguments of a Condition step are `Conditions`, `IfSteps` and `ElseSteps`.',
    example: {
      frame: 'step',
      bad: step(`"Conditions": [${greater}], "IfSteps": [], "ElseStep": [], "ElseSteps": [${stop}]`),
      good: step(`"Conditions": [${greater}], "IfSteps": [], "ElseSteps": [${stop}]`),
    },
  },
  {
    id: 'sm/condition-branch-not-steps',
    level: 'error',
    title: 'A branch with elements that are not steps',
    explanation:
      '`IfSteps` and `ElseSteps` hold the steps themselves, not their names. _Expecting start of Json Object._',
    example: {
      frame: 'step',
      bad: step(`"Conditions": [${greater}], "IfSteps": [], "ElseSteps": ["Stop"]`),
      good: step(`"Conditions": [${greater}], "IfSteps": [], "ElseSteps": [${stop}]`),
    },
  },
  {
    id: 'sm/condition-empty-branches',
    level: 'information',
    title: 'A Condition step that starts nothing',
    explanation: 'Both branches are empty, so the outcome has no effect, unless other steps depend on this one.',
    example: {
      frame: 'step',
      bad: step(`"Conditions": [${greater}], "IfSteps": [], "ElseSteps": []`),
      good: step(`"Conditions": [${greater}], "IfSteps": [], "ElseSteps": [${stop}]`),
    },
  },
  {
    id: 'sm/condition-compare-type-mismatch',
    level: 'warning',
    title: 'Values that cannot be compared',
    explanation:
      'Greater and less compare numbers; a text or a boolean there fails when the pipeline runs. Equal compares values of one type.',
    example: { frame: 'condition', bad: greater.replace('0.9', '"high"'), good: greater },
  },
  {
    id: 'sm/notequals-notin-not-in-sdk',
    level: 'warning',
    title: 'NotEquals or NotIn, which the Python SDK does not make',
    explanation:
      'The published schema has them, the SageMaker Python SDK does not. `Not` around `Equals` or `In` is sure to work.',
    example: {
      frame: 'condition',
      bad: greater.replace('GreaterThan', 'NotEquals'),
      good: `{"Type": "Not", "Condition": ${greater.replace('GreaterThan', 'Equals')}}`,
    },
  },
];

/** Conditions and branches of every Condition step in a unit. */
export function checkConditions(unit: Unit, report: Report): void {
  for (const { type, arguments: args } of unit.steps)
    if (type === 'Condition' && args) checkConditionStep(args, report);
}

function checkConditionStep(args: Node, report: Report): void {
  if (args.kind !== 'object') return;
  checkMembers(
    'sm/condition-step-unknown-member',
    args,
    'A Condition step',
    ['Conditions', 'IfSteps', 'ElseSteps'],
    report,
    true,
  );
  const conditions = args.get('Conditions');
  if (!conditions) {
    missingMember(
      'sm/conditions-missing',
      args,
      'The Condition step has no Conditions. Add what it decides by.',
      'Conditions',
      [],
      report,
    );
  } else {
    checkList(conditions, 'Conditions', report);
  }
  const branches = [args.get('IfSteps'), args.get('ElseSteps')];
  for (const branch of branches) if (given(branch)) checkBranch(branch, report);
  if (branches.every((branch) => !branch || (branch.kind === 'array' && branch.items.length === 0))) {
    report({
      rule: 'sm/condition-empty-branches',
      node: args,
      mark: 'opening',
      message: 'Both branches are empty: the outcome starts nothing. Add steps to IfSteps or ElseSteps.',
    });
  }
}

function checkBranch(branch: Node, report: Report): void {
  const name = String(branch.key);
  if (branch.kind !== 'array') {
    report({
      rule: 'sm/condition-branch-not-steps',
      node: branch,
      message: `${name} is ${kindOf(branch)}; it must be an array of steps.`,
    });
    return;
  }
  for (const item of branch.items) {
    if (item.kind === 'object' || item.kind === 'missing') continue;
    const other = item.kind === 'string' ? ' To order steps elsewhere, use their DependsOn.' : '';
    report({
      rule: 'sm/condition-branch-not-steps',
      node: item,
      message: `${name} holds the steps themselves; this is ${kindOf(item)}.${other}`,
    });
  }
}

function checkList(list: Node, name: string, report: Report): void {
  if (!given(list)) return;
  if (list.kind !== 'array') {
    report({
      rule: 'sm/condition-wrong-type',
      node: list,
      message: `${name} is an array of conditions; this is ${kindOf(list)}.`,
    });
    return;
  }
  for (const condition of list.items) checkCondition(condition, report);
}

function checkCondition(condition: Node, report: Report): void {
  if (!given(condition)) return;
  if (condition.kind !== 'object') {
    report({
      rule: 'sm/condition-wrong-type',
      node: condition,
      message: `A condition is an object with a Type; this is ${kindOf(condition)}.`,
    });
    return;
  }
  const typeNode = condition.get('Type');
  if (!typeNode) {
    missingMember(
      'sm/condition-missing-operand',
      condition,
      'The condition has no Type. Add one, such as Equals.',
      'Type',
      'Equals',
      report,
    );
    return;
  }
  const type = typeNode.text;
  const members = type === undefined ? undefined : conditionMembers[type];
  if (type === undefined || !members) {
    if (type !== undefined)
      unknownValue('sm/condition-unknown-type', typeNode, 'condition type', Object.keys(conditionMembers), report, {
        near: nearType(type),
      });
    else if (given(typeNode))
      report({
        rule: 'sm/condition-wrong-type',
        node: typeNode,
        message: `Type is a string; this is ${kindOf(typeNode)}.`,
      });
    return;
  }
  if (type === 'NotEquals' || type === 'NotIn') discourage(typeNode, type, report);
  checkOperands(condition, type, members, report);
}

/** `<=`, `LessOrEqual` and the like. */
function nearType(type: string): string | undefined {
  const symbols = table<string>({
    '=': 'Equals',
    '==': 'Equals',
    '!=': 'NotEquals',
    '>': 'GreaterThan',
    '>=': 'GreaterThanOrEqualTo',
    '<': 'LessThan',
    '<=': 'LessThanOrEqualTo',
  });
  if (symbols[type]) return symbols[type];
  const isLess = /less|lower|below|lte?$/i.test(type);
  const isGreater = /greater|more|above|gte?$/i.test(type);
  if (!isLess && !isGreater) return nearest(type, Object.keys(conditionMembers));
  const direction = isLess ? 'LessThan' : 'GreaterThan';
  return /eq|[gl]te/i.test(type) ? `${direction}OrEqualTo` : direction;
}

function discourage(node: Node, type: string, report: Report): void {
  report({
    rule: 'sm/notequals-notin-not-in-sdk',
    node,
    message: `${type} is in the published schema but not in the Python SDK. A Not around ${type === 'NotIn' ? 'In' : 'Equals'} is sure to work.`,
  });
}

const wrongInMembers = table<string>({
  Value: 'QueryValue',
  In: 'Values',
  LeftValue: 'QueryValue',
  RightValue: 'Values',
});

function checkOperands(condition: Node, type: string, members: readonly string[], report: Report): void {
  const isIn = type === 'In' || type === 'NotIn';
  const renames = isIn ? condition.members.filter((member) => wrongInMembers[String(member.key)] !== undefined) : [];
  if (renames.length > 0) {
    report({
      rule: 'sm/condition-in-wrong-members',
      node: condition,
      mark: 'opening',
      message: `${type} has QueryValue and Values, not ${oneOf(renames.map((member) => String(member.key))).replace(' or ', ' and ')}.`,
      related: renames.map((node) => ({
        node,
        mark: 'key' as const,
        message: `This is '${wrongInMembers[String(node.key)] ?? ''}'.`,
      })),
      fixes: (edit) => [
        edit.fix(
          'Rename the members',
          renames.map((member) => edit.key(member, wrongInMembers[String(member.key)] ?? '')),
          true,
        ),
      ],
    });
    return;
  }
  const expression = type === 'Not' ? condition.get('Expression') : undefined;
  if (expression) {
    report({
      rule: 'sm/condition-not-wrong-member',
      node: expression,
      mark: 'key',
      message: "Not takes its condition in 'Condition', not in 'Expression'.",
      fixes: (edit) => [
        condition.get('Condition')
          ? undefined
          : edit.fix("Rename to 'Condition'", [edit.key(expression, 'Condition')], true),
      ],
    });
    if (expression.kind === 'object') checkCondition(expression, report);
    return;
  }
  checkMembers(
    'sm/condition-unknown-member',
    condition,
    `A condition of type ${type}`,
    ['Type', ...members],
    report,
    true,
  );
  for (const name of members) {
    const operand = condition.get(name);
    if (!operand) {
      missingMember(
        'sm/condition-missing-operand',
        condition,
        `The condition of type ${type} has no ${name}. Add it.`,
        name,
        name === 'Values' || name === 'Conditions' ? [] : 0,
        report,
      );
    } else if (given(operand)) {
      checkOperand(operand, name, report);
    }
  }
}

function checkOperand(operand: Node, name: string, report: Report): void {
  if (name === 'Condition') checkCondition(operand, report);
  else if (name === 'Conditions') checkList(operand, name, report);
  else if (name === 'Values') {
    if (operand.kind !== 'array') {
      report({
        rule: 'sm/condition-wrong-type',
        node: operand,
        message: `Values is an array; this is ${kindOf(operand)}.`,
      });
      return;
    }
    for (const value of operand.items) checkScalar(value, report);
  } else {
    checkScalar(operand, report);
  }
}

function checkScalar(node: Node, report: Report): void {
  if (node.kind === 'object') checkScalarObject(node, 'sm/condition-wrong-type', report);
  else if (node.kind === 'array') {
    report({ rule: 'sm/condition-wrong-type', node, message: 'A single value is expected here, not an array.' });
  }
}

/** Operands whose types cannot be compared. */
export function checkComparisons(unit: Unit, pipeline: Pipeline, report: Report): void {
  for (const one of unit.steps) {
    const conditions = one.type === 'Condition' ? one.arguments?.get('Conditions') : undefined;
    for (const condition of conditions?.items ?? []) compare(condition, one, pipeline, report);
  }
}

function compare(condition: Node, owner: Step, pipeline: Pipeline, report: Report): void {
  const type = condition.get('Type')?.text ?? '';
  for (const inner of condition.get('Conditions')?.items ?? []) compare(inner, owner, pipeline, report);
  const negated = condition.get('Condition');
  if (negated) compare(negated, owner, pipeline, report);
  compareQuery(condition, owner, pipeline, report);
  const [leftNode, rightNode] = [condition.get('LeftValue'), condition.get('RightValue')];
  if (!leftNode || !rightNode) return;
  const types = [typeOf(leftNode, owner, pipeline), typeOf(rightNode, owner, pipeline)] as const;
  if (/^(Greater|Less)Than/.test(type)) {
    for (const [node, valueType] of [
      [rightNode, types[1]],
      [leftNode, types[0]],
    ] as const) {
      if (valueType !== 'String' && valueType !== 'Boolean') continue;
      // A computed text may still be a number; that of a parameter, which could be declared as one, is remarked.
      const isText = node.kind === 'object' && valueType === 'String';
      if (isText && !node.get('Get')?.text?.startsWith('Parameters.')) continue;
      const number = node.kind === 'string' && node.text?.trim() !== '' ? Number(node.text) : Number.NaN;
      const advice = Number.isFinite(number)
        ? ` Write ${number} without quotes.`
        : ' Compare with a number, or use Equals.';
      report({
        rule: 'sm/condition-compare-type-mismatch',
        ...(isText ? { atMost: 'information' as const } : {}),
        node,
        message: `${type} compares numbers; this is a ${valueType === 'String' ? 'string' : 'boolean'}.${advice}`,
        fixes: (edit) => [
          Number.isFinite(number) ? edit.fix(`Change to ${number}`, [edit.value(node, number)], true) : undefined,
        ],
      });
    }
  } else if (type.endsWith('Equals') && differ(types[0], types[1])) {
    report({
      rule: 'sm/condition-compare-type-mismatch',
      node: rightNode,
      message: `The left value is of type ${types[0] ?? ''}, this of type ${types[1] ?? ''}: the condition is always ${type === 'Equals' ? 'false' : 'true'}.`,
    });
  }
}

/** The values of In, each against what is looked for. */
function compareQuery(condition: Node, owner: Step, pipeline: Pipeline, report: Report): void {
  const query = condition.get('QueryValue');
  const wanted = query && typeOf(query, owner, pipeline);
  for (const node of condition.get('Values')?.items ?? []) {
    const type = typeOf(node, owner, pipeline);
    if (!differ(wanted, type)) continue;
    report({
      rule: 'sm/condition-compare-type-mismatch',
      node,
      message: `The value looked for is of type ${wanted ?? ''}, this of type ${type ?? ''}: they cannot be equal.`,
    });
  }
}

function differ(a: ValueType, b: ValueType): boolean {
  const group = (type: ValueType): string | undefined => (type === 'Integer' || type === 'Float' ? 'number' : type);
  return a !== undefined && b !== undefined && group(a) !== group(b);
}

function typeOf(node: Node, owner: Step, pipeline: Pipeline): ValueType {
  if (node.kind === 'string') return 'String';
  if (node.kind === 'boolean') return 'Boolean';
  if (node.kind === 'number') return Number.isInteger(node.value) ? 'Integer' : 'Float';
  const get = node.get('Get');
  const reference = get && referenceAt(owner, get);
  if (reference) return typeOfReference(reference, pipeline);
  return node.get('Std:Join') ? 'String' : undefined;
}
