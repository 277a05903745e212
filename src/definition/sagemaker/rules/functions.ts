/** The functions Get, Std:Join and Std:JsonGet: their form, and where they may stand. */
import { nearest } from '../../near';
import type { Report, Rule } from '../../rule';
import type { Node } from '../../tree';
import type { Call, Pipeline, Unit } from '../model';
import { functionNames } from '../vocabulary';
import { reportS3 } from './patterns';
import { given, hint, isPlaceholder, kindOf, missingMember, unknownMember } from './tools';

const fail = (value: string): string => `{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": ${value}}}`;
const equals = (left: string): string => `{"Type": "Equals", "LeftValue": ${left}, "RightValue": 1}`;
const file = '{"Get": "Steps.Evaluate.PropertyFiles.Report"}';

export const functionRules: readonly Rule[] = [
  {
    id: 'sm/unknown-function',
    level: 'error',
    title: 'A function that SageMaker does not have',
    explanation:
      'There are three functions: `Get`, `Std:Join` and `Std:JsonGet`. Those of CloudFormation are not available in a definition.',
    example: {
      frame: 'step',
      bad: fail('{"Fn::Join": ["-", ["a", "b"]]}'),
      good: fail('{"Std:Join": {"On": "-", "Values": ["a", "b"]}}'),
    },
  },
  {
    id: 'sm/get-extra-member',
    level: 'error',
    title: 'A function with other members beside it',
    explanation:
      'A function is an object with one member. A default for a parameter is given where the parameter is declared.',
    example: {
      frame: 'step',
      bad: fail('{"Get": "Parameters.Message", "Default": "stop"}'),
      good: fail('{"Get": "Parameters.Message"}'),
    },
  },
  {
    id: 'sm/get-not-string',
    level: 'error',
    title: 'A Get that is not a string',
    explanation: 'The argument of `Get` is a path as one string: `Steps.Train.ModelArtifacts.S3ModelArtifacts`.',
    example: {
      frame: 'step',
      bad: fail('{"Get": ["Parameters", "Message"]}'),
      good: fail('{"Get": "Parameters.Message"}'),
    },
  },
  {
    id: 'sm/join-not-object',
    level: 'error',
    title: 'A Std:Join that is not an object',
    explanation: 'The argument of `Std:Join` is an object with `On` and `Values`.',
    example: {
      frame: 'step',
      bad: fail('{"Std:Join": ["a", "b"]}'),
      good: fail('{"Std:Join": {"On": "-", "Values": ["a", "b"]}}'),
    },
  },
  {
    id: 'sm/join-unknown-member',
    level: 'error',
    title: 'A member that Std:Join does not have',
    explanation: '`Std:Join` has `On` and `Values`.',
    example: {
      frame: 'step',
      bad: fail('{"Std:Join": {"With": "-", "Values": ["a", "b"]}}'),
      good: fail('{"Std:Join": {"On": "-", "Values": ["a", "b"]}}'),
    },
  },
  {
    id: 'sm/join-missing-values',
    level: 'error',
    title: 'A Std:Join without Values',
    explanation: '`Values` holds what is joined.',
    example: {
      frame: 'step',
      bad: fail('{"Std:Join": {"On": "-"}}'),
      good: fail('{"Std:Join": {"On": "-", "Values": ["a", "b"]}}'),
    },
  },
  {
    id: 'sm/join-values-not-array',
    level: 'error',
    title: 'The Values of a Std:Join are not an array',
    explanation: '`Values` is an array of strings, numbers, booleans and functions.',
    example: {
      frame: 'step',
      bad: fail('{"Std:Join": {"On": "-", "Values": "a"}}'),
      good: fail('{"Std:Join": {"On": "-", "Values": ["a"]}}'),
    },
  },
  {
    id: 'sm/join-on-wrong-type',
    level: 'error',
    title: 'The On of a Std:Join is not a string',
    explanation: '`On` is the literal text put between the values; it may be empty.',
    example: {
      frame: 'step',
      bad: fail('{"Std:Join": {"On": 1, "Values": ["a", "b"]}}'),
      good: fail('{"Std:Join": {"On": "1", "Values": ["a", "b"]}}'),
    },
  },
  {
    id: 'sm/join-value-not-scalar',
    level: 'error',
    title: 'A value of a Std:Join that cannot be joined',
    explanation: 'Only strings, numbers, booleans and functions can be joined, not arrays or other objects.',
    example: {
      frame: 'step',
      bad: fail('{"Std:Join": {"On": "-", "Values": ["a", ["b"]]}}'),
      good: fail('{"Std:Join": {"On": "-", "Values": ["a", "b"]}}'),
    },
  },
  {
    id: 'sm/jsonget-not-object',
    level: 'error',
    title: 'A Std:JsonGet that is not an object',
    explanation: 'The argument of `Std:JsonGet` is an object with `PropertyFile` (or `S3Uri`) and `Path`.',
    example: {
      frame: 'condition',
      bad: equals('{"Std:JsonGet": "accuracy"}'),
      good: equals(`{"Std:JsonGet": {"PropertyFile": ${file}, "Path": "accuracy"}}`),
    },
  },
  {
    id: 'sm/jsonget-unknown-member',
    level: 'error',
    title: 'A member that Std:JsonGet does not have',
    explanation: '`Std:JsonGet` has `PropertyFile` or `S3Uri`, and `Path`.',
    example: {
      frame: 'condition',
      bad: equals(`{"Std:JsonGet": {"PropertyFile": ${file}, "Path": "accuracy", "Paths": "a"}}`),
      good: equals(`{"Std:JsonGet": {"PropertyFile": ${file}, "Path": "accuracy"}}`),
    },
  },
  {
    id: 'sm/jsonget-missing-path',
    level: 'error',
    title: 'A Std:JsonGet without Path',
    explanation:
      '`Path` says which value of the file is read: `metrics.accuracy.value`, `results[0]`, without a leading `$`.',
    example: {
      frame: 'condition',
      bad: equals(`{"Std:JsonGet": {"PropertyFile": ${file}}}`),
      good: equals(`{"Std:JsonGet": {"PropertyFile": ${file}, "Path": "accuracy"}}`),
    },
  },
  {
    id: 'sm/jsonget-path-not-string',
    level: 'error',
    title: 'The Path of a Std:JsonGet is not a literal string',
    explanation: '`Path` must be written out; SageMaker takes no function there.',
    example: {
      frame: 'condition',
      bad: equals(`{"Std:JsonGet": {"PropertyFile": ${file}, "Path": {"Get": "Parameters.Message"}}}`),
      good: equals(`{"Std:JsonGet": {"PropertyFile": ${file}, "Path": "accuracy"}}`),
    },
  },
  {
    id: 'sm/jsonget-path-invalid',
    level: 'warning',
    title: 'A Path of a Std:JsonGet that leads nowhere',
    explanation: '`Path` is written `metrics.accuracy.value` or `results[0]`: not empty, and without a leading `$`.',
    example: {
      frame: 'condition',
      bad: equals(`{"Std:JsonGet": {"PropertyFile": ${file}, "Path": "$.accuracy"}}`),
      good: equals(`{"Std:JsonGet": {"PropertyFile": ${file}, "Path": "accuracy"}}`),
    },
  },
  {
    id: 'sm/jsonget-missing-source',
    level: 'error',
    title: 'A Std:JsonGet that names no file',
    explanation: 'A property file of a Processing step (`PropertyFile`) or an S3 address (`S3Uri`) must be given.',
    example: {
      frame: 'condition',
      bad: equals('{"Std:JsonGet": {"Path": "accuracy"}}'),
      good: equals(`{"Std:JsonGet": {"PropertyFile": ${file}, "Path": "accuracy"}}`),
    },
  },
  {
    id: 'sm/jsonget-both-sources',
    level: 'error',
    title: 'A Std:JsonGet that names two files',
    explanation: 'Give `PropertyFile` or `S3Uri`, not both.',
    example: {
      frame: 'condition',
      bad: equals(`{"Std:JsonGet": {"PropertyFile": ${file}, "S3Uri": "s3://bucket/report.json", "Path": "accuracy"}}`),
      good: equals(`{"Std:JsonGet": {"PropertyFile": ${file}, "Path": "accuracy"}}`),
    },
  },
  {
    id: 'sm/jsonget-property-file-not-get',
    level: 'error',
    title: 'The PropertyFile of a Std:JsonGet is not a reference to one',
    explanation:
      'Write `{"Get": "Steps.<Processing step>.PropertyFiles.<name>"}`. Only Processing steps have property files.',
    example: {
      frame: 'condition',
      bad: equals('{"Std:JsonGet": {"PropertyFile": "Report", "Path": "accuracy"}}'),
      good: equals(`{"Std:JsonGet": {"PropertyFile": ${file}, "Path": "accuracy"}}`),
    },
  },
  {
    id: 'sm/ref-in-forbidden-place',
    level: 'error',
    title: 'A function where only a literal is allowed',
    explanation:
      'Names, types, `DependsOn`, `Metadata`, parameters, `CacheConfig` and `RetryPolicies` are read before any value is known, so they take no functions.',
    example: {
      frame: 'step',
      bad: '{"Name": "Stop", "Type": "Fail", "DependsOn": [{"Get": "Parameters.Message"}], "Arguments": {"ErrorMessage": "stop"}}',
      good: '{"Name": "Stop", "Type": "Fail", "DependsOn": ["Prepare"], "Arguments": {"ErrorMessage": "stop"}}',
    },
  },
];

/** The functions in a step. */
export function checkFunctions(unit: Unit, report: Report): void {
  for (const step of unit.steps) {
    for (const call of step.calls) checkCall(call, report);
    for (const call of step.misplaced) forbidden(call, report);
  }
}

/** The functions outside of steps. */
export function checkLooseFunctions(pipeline: Pipeline, report: Report): void {
  for (const call of pipeline.looseCalls) {
    checkCall(call, report);
    if (!call.within && isLiteralOnly(call.node)) forbidden(call, report);
  }
}

function isLiteralOnly(node: Node): boolean {
  const top = node.path[0];
  return top === 'Metadata' || top === 'Parameters' || top === 'Version';
}

function forbidden(call: Call, report: Report): void {
  report({
    rule: 'sm/ref-in-forbidden-place',
    node: call.node,
    message: 'Only a literal is allowed here, since it is read before any value is known. Write the value itself.',
  });
}

function checkCall(call: Call, report: Report): void {
  if (call.node.members.length > 1) checkAlone(call, report);
  if (!given(call.argument)) return;
  if (call.function === 'Get') checkGet(call.argument, report);
  else if (call.function === 'Std:Join') checkJoin(call.argument, report);
  else checkJsonGet(call.argument, report);
}

function checkAlone(call: Call, report: Report): void {
  for (const member of call.node.members) {
    if (member === call.argument) continue;
    report({
      rule: 'sm/get-extra-member',
      node: member,
      mark: 'key',
      message: `A function is an object with one member; '${String(member.key)}' cannot be combined with '${call.function}'. Remove it.`,
      fixes: (edit) => [edit.fix(`Remove '${String(member.key)}'`, [edit.remove(member)], true)],
    });
  }
}

function checkGet(argument: Node, report: Report): void {
  if (argument.kind !== 'string') reportGet(argument, report);
}

function reportGet(argument: Node, report: Report): void {
  const parts = argument.items.map((item) => item.text);
  const path = parts.length > 0 && parts.every((part) => part !== undefined) ? parts.join('.') : undefined;
  report({
    rule: 'sm/get-not-string',
    node: argument,
    message: `The argument of Get is a path as one string; this is ${kindOf(argument)}.`,
    fixes: (edit) => [path === undefined ? undefined : edit.fix(`Change to '${path}'`, [edit.value(argument, path)])],
  });
}

function checkJoin(argument: Node, report: Report): void {
  if (argument.kind !== 'object') {
    report({
      rule: 'sm/join-not-object',
      node: argument,
      message: `The argument of Std:Join is an object with On and Values; this is ${kindOf(argument)}.`,
    });
    return;
  }
  for (const member of argument.members) {
    if (member.key === 'On' || member.key === 'Values') continue;
    unknownMember('sm/join-unknown-member', member, 'Std:Join', ['On', 'Values'], report, true);
  }
  const on = argument.get('On');
  if (given(on) && on.kind !== 'string') {
    report({
      rule: 'sm/join-on-wrong-type',
      node: on,
      message: `On is the literal text between the values; this is ${kindOf(on)}.`,
    });
  }
  const values = argument.get('Values');
  if (!values)
    missingMember(
      'sm/join-missing-values',
      argument,
      'Std:Join has no Values. Add what is joined.',
      'Values',
      [],
      report,
    );
  if (!given(values)) return;
  if (values.kind !== 'array') reportValues(values, report);
  for (const value of values.items) {
    if (value.kind === 'array') {
      report({
        rule: 'sm/join-value-not-scalar',
        node: value,
        message: 'An array cannot be joined. Write its elements into Values.',
      });
    } else if (value.kind === 'object') checkScalarObject(value, 'sm/join-value-not-scalar', report);
  }
}

function reportValues(values: Node, report: Report): void {
  report({
    rule: 'sm/join-values-not-array',
    node: values,
    message: `Values is an array of what is joined; this is ${kindOf(values)}.`,
    fixes: (edit) => [
      edit.fix('Put it into an array', [edit.span(values.start, values.end, `[${edit.tree.source(values)}]`)], true),
    ],
  });
}

function checkJsonGet(argument: Node, report: Report): void {
  if (argument.kind !== 'object') {
    report({
      rule: 'sm/jsonget-not-object',
      node: argument,
      message: `The argument of Std:JsonGet is an object with PropertyFile and Path; this is ${kindOf(argument)}.`,
    });
    return;
  }
  const allowed = ['PropertyFile', 'S3Uri', 'Path'];
  for (const member of argument.members) {
    if (!allowed.includes(String(member.key)))
      unknownMember('sm/jsonget-unknown-member', member, 'Std:JsonGet', allowed, report, true);
  }
  const path = argument.get('Path');
  if (!path) {
    missingMember(
      'sm/jsonget-missing-path',
      argument,
      'Std:JsonGet has no Path. Add the path of the value in the file.',
      'Path',
      '',
      report,
    );
  } else if (given(path) && path.kind !== 'string') {
    report({
      rule: 'sm/jsonget-path-not-string',
      node: path,
      message: 'Path must be a literal string; SageMaker takes no function and no other value here.',
    });
  } else if (path.text !== undefined) checkPath(path, path.text, report);
  const file = argument.get('PropertyFile');
  const uri = argument.get('S3Uri');
  if (uri?.kind === 'object') checkScalarObject(uri, 'sm/arg-wrong-type', report, 'an address in S3');
  else if (uri?.text !== undefined && !uri.text.startsWith('s3://') && !isPlaceholder(uri.text))
    reportS3(uri, uri.text, report);
  else if (given(uri) && uri.kind !== 'string') {
    report({ rule: 'sm/arg-wrong-type', node: uri, message: `S3Uri is an address in S3; this is ${kindOf(uri)}.` });
  }
  if (file && uri) {
    report({
      rule: 'sm/jsonget-both-sources',
      node: argument,
      mark: 'opening',
      message: 'Std:JsonGet reads one file: give PropertyFile or S3Uri, not both.',
      related: [{ node: uri, message: 'The second source.', mark: 'key' }],
      fixes: (edit) => [
        edit.fix("Remove 'S3Uri'", [edit.remove(uri)]),
        edit.fix("Remove 'PropertyFile'", [edit.remove(file)]),
      ],
    });
  } else if (!file && !uri) {
    report({
      rule: 'sm/jsonget-missing-source',
      node: argument,
      mark: 'opening',
      message: 'Std:JsonGet names no file. Add PropertyFile or S3Uri.',
    });
  }
  if (given(file) && file.get('Get')?.kind !== 'string') checkPropertyFile(file, report);
}

function checkPath(path: Node, text: string, report: Report): void {
  const bare = text.replace(/^\$\.?/, '');
  if (bare === text && text.trim() !== '') return;
  report({
    rule: 'sm/jsonget-path-invalid',
    node: path,
    message:
      bare === text
        ? 'Path is empty. Write the path of the value in the file, such as metrics.accuracy.value.'
        : "Path begins with the first name in the file, without '$'.",
    fixes: (edit) => [
      bare === text || bare === '' ? undefined : edit.fix(`Change to '${bare}'`, [edit.value(path, bare)], true),
    ],
  });
}

function checkPropertyFile(file: Node, report: Report): void {
  // A Get that is no string is reported as such.
  if (file.kind === 'object' && file.get('Get')) return;
  report({
    rule: 'sm/jsonget-property-file-not-get',
    node: file,
    message: 'PropertyFile is a reference: {"Get": "Steps.<step>.PropertyFiles.<name>"}.',
    fixes: (edit) => {
      const path = file.text?.startsWith('Steps.') ? file.text : undefined;
      return [
        path === undefined ? undefined : edit.fix('Make it a reference', [edit.value(file, { Get: path })], true),
      ];
    },
  });
}

/**
 * An object stands where a single value is expected. Reports it unless it is a function: as an unknown function where
 * it looks like one, else by `rule`. Answers true where it is a function.
 */
export function checkScalarObject(node: Node, rule: string, report: Report, expected = 'a single value'): boolean {
  // Asked for each function: with closures, each would leave one behind.
  for (const member of node.members) if (functionNames.includes(String(member.key))) return true;
  reportObject(node, rule, report, expected);
  return false;
}

function reportObject(node: Node, rule: string, report: Report, expected: string): void {
  const key = node.members[0];
  const name = String(key?.key ?? '');
  if (key && node.members.length === 1 && looksLikeFunction(name)) {
    const near = /join|concat|\bsub|format/i.test(name) ? 'Std:Join' : (nearest(name, functionNames) ?? 'Get');
    report({
      rule: 'sm/unknown-function',
      node: key,
      mark: 'key',
      message: `There is no function '${name}'; there are Get, Std:Join and Std:JsonGet.${hint(near)}`,
      fixes: (edit) => [edit.fix(`Change to '${near}'`, [edit.key(key, near)])],
    });
    return;
  }
  report({ rule, node, message: `${capital(expected)} is expected here, not an object.` });
}

/** True where a member's name is that of a function: of this language, nearly, or of CloudFormation. */
export function looksLikeFunction(name: string): boolean {
  return (
    /^(std|fn)\s*[:.]|^states\.|^\$?ref$/i.test(name) ||
    /^(get|gets|join|concat|jsonget|sub|getatt|getatts|param|parameter|variable|std[\w-]+)$/i.test(name) ||
    nearest(name, functionNames) !== undefined
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
