/** The declarations in Parameters. */
import type { Report, Rule } from '../../rule';
import { nearest, oneOf } from '../../near';
import type { Node } from '../../tree';
import type { Parameter, Pipeline } from '../model';
import { nameLength, namePattern, parameterMembers, parameterTypes, scalarTypeSynonyms } from '../vocabulary';
import { checkMembers, given, kindOf, missingMember, unknownValue } from './tools';

/** Each frame declares a step that uses parameter `P`. */
const p = (members: string): string => `{"Name": "P", ${members}}`;

export const parameterRules: readonly Rule[] = [
  {
    id: 'sm/param-missing-name',
    level: 'error',
    title: 'A parameter without a name',
    explanation: 'References find a parameter by its `Name`.',
    example: { frame: 'parameters', bad: `{"Type": "String"}, ${p('"Type": "String"')}`, good: p('"Type": "String"') },
  },
  {
    id: 'sm/param-name-invalid',
    level: 'error',
    title: 'A parameter name with characters that are not allowed',
    explanation:
      'Parameter names have letters, digits, hyphens and underscores: no spaces, and no dots, at which references are split.',
    example: {
      frame: 'document',
      bad: '{"Version": "2020-12-01", "Parameters": [{"Name": "my.name", "Type": "String"}], "Steps": [{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "stop"}}]}',
      good: '{"Version": "2020-12-01", "Parameters": [{"Name": "my-name", "Type": "String"}], "Steps": [{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": {"Get": "Parameters.my-name"}}}]}',
    },
  },
  {
    id: 'sm/param-name-too-long',
    level: 'warning',
    title: `A parameter name of more than ${nameLength} characters`,
    explanation: `The published schema allows ${nameLength} characters, the API 256.`,
    example: {
      frame: 'document',
      bad: `{"Version": "2020-12-01", "Parameters": [{"Name": "${'name'.repeat(17)}", "Type": "String"}], "Steps": [{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": {"Get": "Parameters.${'name'.repeat(17)}"}}}]}`,
      good: '{"Version": "2020-12-01", "Parameters": [{"Name": "name", "Type": "String"}], "Steps": [{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": {"Get": "Parameters.name"}}}]}',
    },
  },
  {
    id: 'sm/param-unknown-type',
    level: 'error',
    title: 'A parameter type that does not exist',
    explanation: 'Parameters are `String`, `Integer`, `Float` or `Boolean`.',
    example: { frame: 'parameters', bad: p('"Type": "Str"'), good: p('"Type": "String"') },
  },
  {
    id: 'sm/param-unknown-member',
    level: 'error',
    title: 'A member that a parameter does not have',
    explanation: `A parameter has ${parameterMembers.map((name) => `\`${name}\``).join(', ')}.`,
    example: {
      frame: 'parameters',
      bad: p('"Type": "String", "Default": "a"'),
      good: p('"Type": "String", "DefaultValue": "a"'),
    },
  },
  {
    id: 'sm/param-not-object',
    level: 'error',
    title: 'A parameter that is not an object',
    explanation: 'Each element of Parameters is an object with Name and Type.',
    example: { frame: 'parameters', bad: `"Q", ${p('"Type": "String"')}`, good: p('"Type": "String"') },
  },
  {
    id: 'sm/param-member-wrong-type',
    level: 'error',
    title: 'A type or description of a parameter that is not a string',
    explanation: '`Type` and `Description` are strings; `DefaultValue` alone has the type of the parameter.',
    example: { frame: 'parameters', bad: p('"Type": 1'), good: p('"Type": "String"') },
  },
  {
    id: 'sm/param-default-type-mismatch',
    level: 'error',
    title: 'A default that is not of the parameter’s type',
    explanation:
      'The default of a String is a string, of an Integer an integer without quotes, of a Float a number, of a Boolean `true` or `false`.',
    example: {
      frame: 'parameters',
      bad: p('"Type": "String", "DefaultValue": 1'),
      good: p('"Type": "String", "DefaultValue": "1"'),
    },
  },
  {
    id: 'sm/param-default-not-in-enum',
    level: 'error',
    title: 'A default that is not among the allowed values',
    explanation: 'Where `EnumValues` are given, the default is one of them.',
    example: {
      frame: 'parameters',
      bad: p('"Type": "String", "EnumValues": ["a", "b"], "DefaultValue": "c"'),
      good: p('"Type": "String", "EnumValues": ["a", "b"], "DefaultValue": "a"'),
    },
  },
  {
    id: 'sm/param-enum-values',
    level: 'error',
    title: 'EnumValues that are not strings, or of a parameter that is not a String',
    explanation: '`EnumValues` is an array of strings and goes with parameters of type String.',
    example: {
      frame: 'parameters',
      bad: p('"Type": "String", "EnumValues": ["1", 2]'),
      good: p('"Type": "String", "EnumValues": ["1", "2"]'),
    },
  },
  {
    id: 'sm/param-duplicate',
    level: 'error',
    title: 'Two parameters with one name',
    explanation: 'Parameter names are unique.',
    example: {
      frame: 'parameters',
      bad: `${p('"Type": "String"')}, ${p('"Type": "Integer"')}`,
      good: p('"Type": "String"'),
    },
  },
  {
    id: 'sm/param-unused',
    level: 'information',
    title: 'A parameter that nothing refers to',
    explanation: 'SageMaker accepts it, but it has no effect. Remove it, or use it.',
    example: {
      frame: 'parameters',
      bad: `${p('"Type": "String"')}, {"Name": "Q", "Type": "String"}`,
      good: p('"Type": "String"'),
    },
  },
];

export function checkParameters(pipeline: Pipeline, report: Report): void {
  for (const item of pipeline.root.get('Parameters')?.items ?? []) {
    if (item.kind === 'object' || !given(item)) continue;
    report({
      rule: 'sm/param-not-object',
      node: item,
      message: `A parameter is an object with Name and Type; this is ${kindOf(item)}.`,
    });
  }
  const used = usedParameters(pipeline);
  for (const parameter of pipeline.parameters) checkParameter(parameter, pipeline, used, report);
}

function usedParameters(pipeline: Pipeline): Set<string> {
  const used = new Set<string>();
  const add = ({ root, target }: { root: string; target: string | undefined }): void => {
    if (root === 'Parameters' && target !== undefined) used.add(target);
  };
  for (const { references } of pipeline.steps) references.forEach(add);
  pipeline.loose.forEach(add);
  return used;
}

function checkParameter(parameter: Parameter, pipeline: Pipeline, used: ReadonlySet<string>, report: Report): void {
  const { node, name, nameNode, typeNode, type } = parameter;
  checkMembers('sm/param-unknown-member', node, 'A parameter', parameterMembers, report);
  if (!nameNode)
    missingMember('sm/param-missing-name', node, 'The parameter has no Name. Add one.', 'Name', 'Parameter', report);
  else if (name !== undefined) checkName(parameter, nameNode, name, pipeline, used, report);
  else if (given(nameNode))
    report({
      rule: 'sm/param-name-invalid',
      node: nameNode,
      message: `Name is a string; this is ${kindOf(nameNode)}.`,
    });
  expectText(typeNode, report);
  expectText(node.get('Description'), report);
  if (typeNode?.text !== undefined && !parameterTypes.includes(type)) {
    const near = scalarTypeSynonyms[type.toLowerCase()] ?? nearest(type, parameterTypes);
    unknownValue('sm/param-unknown-type', typeNode, 'parameter type', parameterTypes, report, { near });
  } else {
    checkDefault(parameter, report);
  }
  checkEnum(parameter, report);
}

function expectText(member: Node | undefined, report: Report): void {
  if (!given(member) || member.kind === 'string' || isFunction(member)) return;
  report({
    rule: 'sm/param-member-wrong-type',
    node: member,
    message: `${String(member.key)} is a string; this is ${kindOf(member)}.`,
  });
}

function checkName(
  { node }: Parameter,
  nameNode: Node,
  name: string,
  pipeline: Pipeline,
  used: ReadonlySet<string>,
  report: Report,
): void {
  if (!namePattern.test(name) || name === '') {
    const better = name.replaceAll(/[^A-Za-z0-9\-_]+/g, '-').replaceAll(/^-+|-+$/g, '');
    report({
      rule: 'sm/param-name-invalid',
      node: nameNode,
      message: 'A parameter name has letters, digits, hyphens and underscores only.',
      fixes: (edit) => [better ? edit.fix(`Change to '${better}'`, [edit.value(nameNode, better)]) : undefined],
    });
  } else if (name.length > nameLength) {
    report({
      rule: 'sm/param-name-too-long',
      node: nameNode,
      message: `The name has ${name.length} characters; ${nameLength} are sure to be accepted.`,
    });
  }
  const first = pipeline.parametersByName.get(name)?.[0];
  if (first && first.nameNode && first.nameNode !== nameNode) {
    report({
      rule: 'sm/param-duplicate',
      node: nameNode,
      message: `There is a parameter '${name}' already. Rename or remove one.`,
      related: [{ node: first.nameNode, message: 'The first one.' }],
      fixes: (edit) => [edit.fix('Remove this one', [edit.remove(node)])],
    });
  } else if (!used.has(name)) {
    report({
      rule: 'sm/param-unused',
      node: nameNode,
      message: `Nothing refers to the parameter '${name}'. Remove it, or use it.`,
      unnecessary: true,
      fixes: (edit) => [edit.fix(`Remove '${name}'`, [edit.remove(node)])],
    });
  }
}

function checkDefault({ defaultNode, type }: Parameter, report: Report): void {
  if (!given(defaultNode)) return;
  const { value } = defaultNode;
  const isOfType =
    type === 'String'
      ? defaultNode.kind === 'string'
      : type === 'Boolean'
        ? defaultNode.kind === 'boolean'
        : typeof value === 'number' && (type === 'Float' || Number.isInteger(value));
  if (isOfType || isFunction(defaultNode)) return;
  const converted = convert(defaultNode, type);
  const own = ownType(defaultNode);
  const typeNode = defaultNode.parent?.get('Type');
  report({
    rule: 'sm/param-default-type-mismatch',
    node: defaultNode,
    message: `The parameter is of type ${type}; its default is ${kindOf(defaultNode)}${typeof value === 'number' ? ` (${value})` : ''}.`,
    fixes: (edit) => [
      converted === undefined
        ? undefined
        : edit.fix(`Change to ${JSON.stringify(converted)}`, [edit.value(defaultNode, converted)], true),
      own !== undefined && typeNode ? edit.fix(`Change the type to ${own}`, [edit.value(typeNode, own)]) : undefined,
    ],
  });
}

/** Reported as a function in a place that takes none. */
function isFunction(node: Node): boolean {
  return node.kind === 'object' && node.members.some((member) => /^(Get|Std:)/.test(String(member.key)));
}

function convert(node: Node, type: string): string | number | boolean | undefined {
  if (type === 'String') return node.value === undefined ? undefined : String(node.value);
  const text = node.text?.trim().toLowerCase() ?? '';
  if (type === 'Boolean') return text === 'true' || text === 'false' ? text === 'true' : undefined;
  const number = text === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) && (type === 'Float' || Number.isInteger(number)) ? number : undefined;
}

function ownType(node: Node): string | undefined {
  if (node.kind === 'string') return 'String';
  if (node.kind === 'boolean') return 'Boolean';
  return node.kind === 'number' ? (Number.isInteger(node.value) ? 'Integer' : 'Float') : undefined;
}

function checkEnum({ node, type, defaultNode }: Parameter, report: Report): void {
  const values = node.get('EnumValues');
  if (!given(values)) return;
  if (values.kind !== 'array' || type !== 'String') {
    report({
      rule: 'sm/param-enum-values',
      node: values,
      message:
        values.kind === 'array'
          ? `EnumValues go with parameters of type String; this one is of type ${type}.`
          : `EnumValues is an array of strings; this is ${kindOf(values)}.`,
    });
    return;
  }
  for (const value of values.items) {
    if (value.kind === 'string' || !given(value)) continue;
    report({
      rule: 'sm/param-enum-values',
      node: value,
      message: `EnumValues are strings; this is ${kindOf(value)}.`,
      fixes: (edit) => [
        value.value === undefined
          ? undefined
          : edit.fix('Put it in quotes', [edit.value(value, edit.tree.source(value))], true),
      ],
    });
  }
  const allowed = values.items.flatMap((value) => (value.text === undefined ? [] : [value.text]));
  if (defaultNode?.text === undefined || allowed.includes(defaultNode.text) || allowed.length === 0) return;
  const near = nearest(defaultNode.text, allowed);
  report({
    rule: 'sm/param-default-not-in-enum',
    node: defaultNode,
    message: `The default is not among the allowed values ${oneOf(allowed)}.`,
    related: [{ node: values, message: 'The allowed values.' }],
    fixes: (edit) =>
      (near === undefined ? allowed.slice(0, 5) : [near]).map((value) =>
        edit.fix(`Change to '${value}'`, [edit.value(defaultNode, value)], value === near),
      ),
  });
}
