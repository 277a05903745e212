/** Paths, payload templates and intrinsic functions of JSONPath states. */
import { nearest, oneOf } from '../../near';
import type { Report, Rule } from '../../rule';
import type { Node } from '../../tree';
import {
  type Call,
  hashes,
  type Intrinsic,
  intrinsics,
  isCall,
  readCall,
  type Argument,
} from '../expressions/intrinsic';
import { isFault, isPlainPath, type Path, type PathFault, readPath } from '../expressions/path';
import type { State } from '../model';
import { table } from '../../table';
import { templatesOf } from '../places';
import { hasPlaceholder, isFilledIn, isLookedUp, plainName } from '../values';
import { contextFault } from '../context';
import { type Check, done, guide, machine, rule } from './tools';

const pass = (members: string): string => machine(`"Begin": {"Type": "Pass", ${members}, "Next": "Done"}, ${done}`);

export const pathRules: readonly Rule[] = [
  rule(
    'path',
    'error',
    'A path that cannot be read',
    "A path begins with `$` (the input of the state), `$$` (the Context object) or `$name` (a variable), and continues with names (`.name`, `['name']`), indices and filters.",
    pass('"InputPath": "library.movies"'),
    pass('"InputPath": "$.library.movies"'),
    guide('amazon-states-language-paths'),
  ),
  rule(
    'reference-path',
    'error',
    'A path that may give several values where one is needed',
    'A Reference Path leads to one place: names and single indices only, without `*`, `..`, slices, filters and functions. ResultPath writes to that place, so it begins at the input and neither at the Context object nor at a variable.',
    pass('"Result": 1, "ResultPath": "$.runs[*].score"'),
    pass('"Result": 1, "ResultPath": "$.runs[0].score"'),
    guide('amazon-states-language-paths'),
  ),
  rule(
    'path-value',
    'error',
    'A path member whose value is not a path',
    'The value of a member whose name ends in `.$` is a path or an intrinsic function, as a text. Write a plain value under the name without `.$`.',
    pass('"Parameters": {"name.$": "train-1"}'),
    pass('"Parameters": {"name": "train-1"}'),
    guide('input-output-inputpath-params'),
  ),
  rule(
    'payload-conflict',
    'error',
    'A member that is given both as a value and as a path',
    '`name` and `name.$` are the same member of the payload, and the service refuses both beside each other.',
    pass('"Parameters": {"name": "train-1", "name.$": "$.name"}'),
    pass('"Parameters": {"name.$": "$.name"}'),
    guide('input-output-inputpath-params'),
  ),
  rule(
    'path-as-text',
    'warning',
    'A path that is not looked up',
    'Without `.$` at the end of the name the text is passed on as it is written. In a Pass state, where no other member is looked up, it may be meant, and is information only.',
    pass('"Parameters": {"name": "$.name"}'),
    pass('"Parameters": {"name.$": "$.name"}'),
    guide('input-output-inputpath-params'),
  ),
  rule(
    'intrinsic-function',
    'error',
    'A call of an intrinsic function that cannot be read or does not exist',
    'An intrinsic function is written as `States.Name(argument, …)`. Its arguments are texts in single quotes, numbers, true, false, null, paths, and other calls.',
    pass('"Parameters": {"id.$": "States.Uuid()"}'),
    pass('"Parameters": {"id.$": "States.UUID()"}'),
    guide('intrinsic-functions'),
  ),
  rule(
    'intrinsic-arguments',
    'error',
    'An intrinsic function with arguments that it does not take',
    'Each function takes so many arguments of certain kinds. `States.Format` needs a value for each `{}` of its text, and `States.Array()` takes any number, none included.',
    pass('"Parameters": {"sum.$": "States.MathAdd(1, \'-1\')"}'),
    pass('"Parameters": {"sum.$": "States.MathAdd(1, -1)"}'),
    guide('intrinsic-functions'),
  ),
  rule(
    'unknown-context',
    'warning',
    'A member of the Context object that does not exist',
    'The Context object holds Execution (Id, Input, Name, RoleArn, StartTime, RedriveCount, RedriveTime), State (EnteredTime, Name, RetryCount), StateMachine (Id, Name), Task (Token) and, in a Map, Map (Item).',
    pass('"Parameters": {"id.$": "$$.Execution.ID"}'),
    pass('"Parameters": {"id.$": "$$.Execution.Id"}'),
    guide('input-output-contextobject'),
  ),
];

/** What a member that holds a path takes. */
interface Field {
  /** Only a Reference Path. */
  reference?: boolean;
  /** The path is written to: it begins at the input. */
  target?: boolean;
  /** The Context object has nothing of use there, and the service refuses it. */
  noContext?: boolean;
  /** An intrinsic function may stand there too. */
  call?: boolean;
}

const one: Field = { reference: true };
const written: Field = { reference: true, target: true };
const count: Field = { reference: true, noContext: true };

/** The members of a state that hold a path. */
const fields = table<Field>({
  InputPath: {},
  OutputPath: {},
  ItemsPath: one,
  ResultPath: written,
  SecondsPath: one,
  TimestampPath: one,
  TimeoutSecondsPath: one,
  HeartbeatSecondsPath: one,
  ErrorPath: { reference: true, call: true },
  CausePath: { reference: true, call: true },
  MaxConcurrencyPath: count,
  ToleratedFailureCountPath: count,
  ToleratedFailurePercentagePath: count,
});

/** The members of a part of a state that hold a path. */
const fieldsOfParts: readonly (readonly [path: readonly string[], name: string])[] = [
  [['ItemReader', 'ReaderConfig'], 'MaxItemsPath'],
  [['ItemBatcher'], 'MaxItemsPerBatchPath'],
  [['ItemBatcher'], 'MaxInputBytesPerBatchPath'],
];

export const checkPaths: Check = (_machine, report) => (state) => {
  if (state.language !== 'JSONPath') return;
  for (const member of state.node.members) {
    const field = fields[member.key ?? ''];
    if (field) checkField(member, field, report);
  }
  if (state.type === 'Map') {
    for (const [path, name] of fieldsOfParts) {
      const node = state.node.at(...path, name);
      if (node) checkField(node, count, report);
    }
  }
  for (const catcher of state.node.get('Catch')?.items ?? []) {
    const target = catcher.get('ResultPath');
    if (target) checkField(target, written, report);
  }
  for (const { node, name } of templatesOf(state)) checkTemplate(node, name, state, report);
};

/** Checks a path that is a member's value. */
export function checkField(node: Node, field: Field, report: Report): void {
  if (node.kind === 'missing' || node.kind === 'null') return;
  if ((node.text !== undefined && isPlainPath(node.text)) || isFilledIn(node)) return;
  const name = String(node.key);
  if (node.text === undefined) {
    report({ rule: 'asl/path', node, message: `${name} is a path: a text that begins with '$'.` });
    return;
  }
  if (field.call && isCall(node.text)) {
    checkCall(node, node.text, report);
    return;
  }
  const path = readPath(node.text);
  if (isFault(path)) {
    tellFault(node, path, report);
    return;
  }
  const several = path.segments.find(({ kind }) => kind === 'several');
  const begins =
    typeof path.root === 'object' ? 'a variable' : path.root === 'context' ? 'the Context object' : undefined;
  if (field.reference && several) {
    report({
      rule: 'asl/reference-path',
      node,
      mark: { from: several.from, to: several.to },
      message: `${name} leads to one place: '${node.text.slice(several.from, several.to)}' may give several values, or none.`,
    });
  } else if (field.target && begins) {
    report({
      rule: 'asl/reference-path',
      node,
      message: `${name} is a place in the input, and ${begins} cannot be written to. Begin with '$.'.`,
    });
  } else if (field.noContext && path.root === 'context') {
    report({ rule: 'asl/reference-path', node, message: `${name} cannot begin at the Context object.` });
  } else checkContext(node, path, 0, report);
}

function tellFault(node: Node, fault: PathFault, report: Report): void {
  report({
    rule: 'asl/path',
    node,
    ...(fault.at > 0 ? { mark: { from: fault.at, to: Math.min(fault.at + 1, (node.text ?? '').length) } } : {}),
    message: `'${shorten(node.text ?? '')}' is not a path. ${fault.message}.`,
  });
}

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

function checkContext(node: Node, path: Path, offset: number, report: Report): void {
  if (path.root !== 'context') return;
  const names = path.segments.flatMap((segment) => (segment.kind === 'name' ? [segment] : []));
  const fault = contextFault(names.map(({ name }) => name));
  const segment = fault && names[fault.index];
  if (!fault || !segment || path.segments.slice(0, fault.index).some(({ kind }) => kind !== 'name')) return;
  const { near } = fault;
  const to = offset + segment.to;
  const from = to - segment.name.length;
  report({
    rule: 'asl/unknown-context',
    node,
    mark: { from: offset + segment.from, to },
    message: `The Context object has no ${fault.path}.${near ? ` Did you mean '${near}'?` : ` It has ${oneOf(fault.known)} there.`}`,
    fixes: (edit) => [near ? edit.fix(`Change to '${near}'`, [edit.part(node, from, to, near)], true) : undefined],
  });
}

function checkTemplate(root: Node, name: string, state: State, report: Report): void {
  root.each((node) => {
    if (node.kind === 'object') checkConflicts(node, report);
    const key = typeof node.key === 'string' ? node.key : '';
    if (node !== root && key.endsWith('.$')) checkLookedUp(node, key, report);
    else if (node.kind === 'string' && name !== 'Credentials') checkPlainText(node, state, report);
  });
}

function checkConflicts(node: Node, report: Report): void {
  for (const member of node.members) {
    const plain = isLookedUp(member) ? node.get(plainName(member.key)) : undefined;
    if (!plain) continue;
    report({
      rule: 'asl/payload-conflict',
      node: member,
      mark: 'key',
      message: `${plainName(member.key)} is given twice: as a value, and here as a path. Remove one of them.`,
      related: [{ node: plain, mark: 'key', message: 'The value.' }],
      fixes: (edit) => [
        edit.fix('Remove the value', [edit.remove(plain)]),
        edit.fix('Remove the path', [edit.remove(member)]),
      ],
    });
  }
}

function checkLookedUp(node: Node, key: string, report: Report): void {
  const { text } = node;
  if (node.kind === 'missing' || (text !== undefined && isPlainPath(text)) || isFilledIn(node)) return;
  if (text !== undefined && isCall(text)) {
    checkCall(node, text, report);
    return;
  }
  const path = text?.startsWith('$') ? readPath(text) : undefined;
  if (path && isFault(path)) {
    tellFault(node, path, report);
    return;
  }
  if (path) {
    checkContext(node, path, 0, report);
    return;
  }
  report({
    rule: 'asl/path-value',
    node,
    message: `The value of '${key}' is a path that begins with '$', or an intrinsic function. Write a plain value under '${plainName(key)}'.`,
    fixes: (edit) => [
      edit.fix(`Change the name to '${plainName(key)}'`, [edit.key(node, plainName(key))], node.kind === 'string'),
      text !== undefined && /^\.?[A-Za-z][\w.]*$/.test(text)
        ? edit.fix(`Change to '$.${text.replace(/^\./, '')}'`, [edit.value(node, `$.${text.replace(/^\./, '')}`)])
        : undefined,
    ],
  });
}

/** Members whose own values are paths of other services, or texts that are kept as they are. */
const pathLike = /path|expression|query|definition|filter|template|comment|description/i;

function checkPlainText(node: Node, state: State, report: Report): void {
  const text = node.text ?? '';
  if (!text.startsWith('$') || !/^\$\$?[.[]/.test(text) || hasPlaceholder(text)) return;
  if (node.path.some((part) => typeof part === 'string' && pathLike.test(part)) && pathInside(node, state)) return;
  const path = readPath(text);
  if (isFault(path)) return;
  const isMember = typeof node.key === 'string';
  report({
    rule: 'asl/path-as-text',
    node,
    message: isMember
      ? `The text '${shorten(text)}' is passed on as it is. To look it up, write the name as '${String(node.key)}.$'.`
      : `The text '${shorten(text)}' is passed on as it is. Build the list with States.Array to look it up.`,
    ...(isSurelyMeant(node, state) ? {} : { atMost: 'information' as const }),
    fixes: (edit) => [
      isMember
        ? edit.fix(`Change the name to '${String(node.key)}.$'`, [edit.key(node, `${String(node.key)}.$`)], true)
        : undefined,
    ],
  });
}

/** True where a text is surely meant to be looked up: what a task is called with, or what stands beside others that are. */
function isSurelyMeant(node: Node, { type }: State): boolean {
  const isBesideOthers = node.parent?.members.some(({ key }) => typeof key === 'string' && key.endsWith('.$'));
  return type !== 'Pass' || isBesideOthers === true;
}

/** True where a name below the state says that its text is a path for somebody else. */
function pathInside(node: Node, state: State): boolean {
  for (let one: Node | undefined = node; one && one !== state.node; one = one.parent) {
    if (typeof one.key === 'string' && pathLike.test(one.key)) return true;
  }
  return false;
}

/** Checks a text that is a call of an intrinsic function. */
function checkCall(node: Node, text: string, report: Report): void {
  if (hasPlaceholder(text)) return;
  const call = readCall(text);
  if (isFault(call)) {
    report({
      rule: 'asl/intrinsic-function',
      node,
      mark: { from: call.at, to: Math.min(call.at + 1, text.length) },
      message: `This call cannot be read. ${call.message}.`,
    });
    return;
  }
  checkOne(node, call, 1, report);
}

/** More calls within calls are refused. */
const mostNested = 10;

function checkOne(node: Node, call: Call, depth: number, report: Report): void {
  const { name } = call;
  const known = intrinsics[name];
  const mark = { from: call.from, to: call.nameTo };
  if (depth > mostNested + 1) {
    report({
      rule: 'asl/intrinsic-function',
      node,
      mark,
      message: `At most ${mostNested} calls can be nested.`,
    });
    return;
  }
  if (!known) {
    const near = nearest(name, Object.keys(intrinsics));
    report({
      rule: 'asl/intrinsic-function',
      node,
      mark,
      message: `There is no intrinsic function '${name}'.${near ? ` Did you mean '${near}'?` : ''}`,
      fixes: (edit) => [
        near ? edit.fix(`Change to '${near}'`, [edit.part(node, mark.from, mark.to, near)], true) : undefined,
      ],
    });
  } else checkArguments(node, call, known, report);
  for (const argument of call.arguments) {
    if (argument.kind === 'call') checkOne(node, argument.call, depth + 1, report);
    if (argument.kind === 'path') checkContext(node, argument.path, argument.from, report);
  }
}

function checkArguments(node: Node, call: Call, known: Intrinsic, report: Report): void {
  const tell = (message: string, argument?: Argument): void =>
    report({
      rule: 'asl/intrinsic-arguments',
      node,
      mark: argument ? { from: argument.from, to: argument.to } : { from: call.from, to: call.to },
      message,
    });
  const given = call.arguments.length;
  const most = known.more ? Infinity : known.takes.length;
  const least = known.more ? known.takes.length - 1 : (known.least ?? known.takes.length);
  if (given < least || given > most) {
    const wanted = known.more ? `at least ${least}` : least === most ? String(least) : `${least} or ${most}`;
    tell(
      `${call.name} takes ${wanted === '0' ? 'no arguments' : `${wanted} argument${wanted === '1' || wanted === 'at least 1' ? '' : 's'}`}, and has ${given}.`,
    );
    return;
  }
  call.arguments.forEach((argument, index) => {
    const kind = known.takes[Math.min(index, known.takes.length - 1)] ?? 'any';
    if (fits(argument, kind)) return;
    tell(`Argument ${index + 1} of ${call.name} must be ${inWords[kind]}.`, argument);
  });
  checkSpecial(call, tell);
}

const inWords = {
  string: "a text in quotes '…', a path or a function",
  number: 'a number, a path or a function',
  boolean: 'true or false',
  array: 'an array: a path or a function',
  object: 'an object: a path or a function',
  any: 'any value',
} as const;

function fits(argument: Argument, kind: Intrinsic['takes'][number]): boolean {
  if (kind === 'any' || argument.kind === 'path' || argument.kind === 'call') return true;
  return argument.kind === kind;
}

/** What holds of the values of single functions. */
function checkSpecial({ name, arguments: given }: Call, tell: (message: string, argument?: Argument) => void): void {
  const [first, second, third] = given;
  if (name === 'States.Format' && first?.kind === 'string') {
    const places = first.value.replaceAll(/\\./gsu, '').split('{}').length - 1;
    if (places !== given.length - 1) {
      tell(`The text has ${places} {} and ${given.length - 1} value${given.length === 2 ? '' : 's'} for them.`, first);
    }
  }
  if (name === 'States.Hash' && second?.kind === 'string' && !(hashes as readonly string[]).includes(second.value)) {
    tell(`There is no hash '${second.value}'. There are ${hashes.join(', ')}.`, second);
  }
  if (name === 'States.ArrayRange' && third?.kind === 'number' && third.value === 0) {
    tell('The third argument of States.ArrayRange cannot be 0.', third);
  }
  if (
    name === 'States.ArrayPartition' &&
    second?.kind === 'number' &&
    !(second.value > 0 && Number.isInteger(second.value))
  ) {
    tell('The second argument of States.ArrayPartition is a whole number above 0.', second);
  }
}
