/** Checks a value against its shape and reports what does not fit, with the fixes that are sure. */
import { listed } from '../list';
import type { Editor } from '../finding';
import { nearest } from '../near';
import type { Report } from '../rule';
import type { Node } from '../tree';
import {
  type ChoiceShape,
  type ListShape,
  type MapShape,
  type Member,
  type NumberShape,
  type ObjectShape,
  type Shape,
  type TextShape,
} from './shape';

/** Which rule of a language each kind of misfit belongs to. */
export interface ShapeRules {
  unknownMember: string;
  missingMember: string;
  wrongType: string;
  /** A word that is not one of the service's. */
  unknownValue: string;
  /** A value that is not valid or length. */
  invalidValue: string;
  /** A number outside its limits, or too many or too few elements. */
  outOfRange: string;
}

export interface CheckOptions {
  rules: ShapeRules;
  report: Report;
  /** Values computed later (CloudFormation functions, variables) are not looked at. */
  isComputed?: (node: Node) => boolean;
  /** True where it is certain that no object has other members than its shape says. */
  closed?: boolean;
  /** What a member's key may have behind its name: `.$` of JSONPath. */
  suffix?: string;
  /** True where an object or a list is taken for a text, as its JSON. */
  objectsAsText?: boolean;
  /** True where the service's reader turns numbers and booleans into text and back. */
  loose?: boolean;
}

/** Said of what is near to nothing known. */
const mayBeNewer = ' It may be newer than this tool.';

/** Checks `node`, a value of `shape`, and everything under it. */
export function checkShape(node: Node, shape: Shape, options: CheckOptions): void {
  if (node.kind === 'missing' || options.isComputed?.(node)) return;
  switch (shape.kind) {
    case 'any':
      return;
    case 'choice':
      return checkChoice(node, shape, options);
    case 'object':
      return checkObject(node, shape, options);
    case 'map':
      return checkMap(node, shape, options);
    case 'list':
      return checkList(node, shape, options);
    case 'text':
      return checkText(node, shape, options);
    case 'number':
      return checkNumber(node, shape, options);
    case 'flag':
      return checkFlag(node, options);
  }
}

/** The shape's kind in words: `a list`. */
export function kindInWords(shape: Shape): string {
  switch (shape.kind) {
    case 'object':
    case 'map':
      return 'an object';
    case 'list':
      return 'a list';
    case 'text':
      return 'a string';
    case 'number':
      return shape.whole ? 'a whole number' : 'a number';
    case 'flag':
      return 'true or false';
    case 'choice':
      return [...new Set(shape.of.map(kindInWords))].join(' or ');
    default:
      return 'any value';
  }
}

function fits(node: Node, shape: Shape, loose: boolean): boolean {
  switch (shape.kind) {
    case 'object':
    case 'map':
      return node.kind === 'object';
    case 'list':
      return node.kind === 'array';
    case 'text':
      return node.kind === 'string' || ((loose || shape.loose === true) && isScalar(node));
    case 'number':
      return node.kind === 'number' || ((loose || shape.loose === true) && isNumeric(node));
    case 'flag':
      return node.kind === 'boolean' || (loose && (node.text === 'true' || node.text === 'false'));
    case 'choice':
      return shape.of.some((one) => fits(node, one, loose));
    default:
      return true;
  }
}

const isScalar = (node: Node): boolean => node.kind === 'number' || node.kind === 'boolean' || node.kind === 'string';
const isNumeric = (node: Node): boolean => node.text !== undefined && /^-?\d+(\.\d+)?$/.test(node.text);

function found(node: Node): string {
  return node.kind === 'object'
    ? 'an object'
    : node.kind === 'array'
      ? 'a list'
      : node.kind === 'null'
        ? 'null'
        : `a ${node.kind}`;
}

function wrongType(node: Node, shape: Shape, options: CheckOptions): void {
  const name = typeof node.key === 'string' ? `${node.key} must be` : 'This must be';
  options.report({
    rule: options.rules.wrongType,
    node,
    mark: node.kind === 'object' || node.kind === 'array' ? 'opening' : 'value',
    message: `${name} ${kindInWords(shape)}, not ${found(node)}.`,
    fixes: (edit) => [conversion(node, shape, edit)],
  });
}

function conversion(node: Node, shape: Shape, edit: Editor): ReturnType<Editor['fix']> {
  if (shape.kind === 'text' && (node.kind === 'number' || node.kind === 'boolean')) {
    const written = edit.tree.source(node);
    return edit.fix(`Write it as a string: "${written}"`, [edit.value(node, written)], true);
  }
  if (shape.kind === 'number' && isNumeric(node)) {
    return edit.fix(`Write it as a number: ${node.text}`, [edit.value(node, Number(node.text))], true);
  }
  if (shape.kind === 'flag' && (node.text === 'true' || node.text === 'false')) {
    return edit.fix(`Remove the quotes: ${node.text}`, [edit.value(node, node.text === 'true')], true);
  }
  if (shape.kind === 'list' && edit.tree.syntax === 'json' && fits(node, shape.item, false)) {
    return edit.fix('Make it a list of one', [edit.span(node.start, node.end, `[${edit.tree.source(node)}]`)], true);
  }
  return undefined;
}

function checkChoice(node: Node, shape: ChoiceShape, options: CheckOptions): void {
  const one = shape.of.find((candidate) => fits(node, candidate, options.loose === true));
  if (one) checkShape(node, one, options);
  else wrongType(node, shape, options);
}

function checkObject(node: Node, shape: ObjectShape, options: CheckOptions): void {
  if (node.kind !== 'object') return wrongType(node, shape, options);
  const { suffix } = options;
  const isGiven = (name: string): boolean =>
    node.get(name) !== undefined || (suffix !== undefined && node.get(name + suffix) !== undefined);
  for (const [name, member] of requiredOf(shape)) {
    if (isGiven(name)) continue;
    options.report({
      rule: options.rules.missingMember,
      node,
      mark: 'opening',
      message: `${name} is missing. ${member.doc ?? `It must be ${kindInWords(member.shape)}.`}`,
      fixes: (edit) => [edit.fix(`Add ${name}`, [edit.insert(node, name, empty(member.shape))])],
    });
  }
  for (const child of node.members) {
    const member = shape.members[nameOf(child, suffix)];
    if (member) checkShape(child, member.shape, options);
    else unknownMember(child, shape, isGiven, options);
  }
}

/** The name of a member, without what may stand behind it. */
function nameOf({ key }: Node, suffix: string | undefined): string {
  const name = String(key);
  return suffix !== undefined && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
}

const known = new WeakMap<ObjectShape, [name: string, member: Member][]>();

/** The members that a value of the shape must have. */
function requiredOf(shape: ObjectShape): readonly [name: string, member: Member][] {
  let found = known.get(shape);
  if (!found) {
    found = Object.entries(shape.members).filter(([, member]) => member.required);
    known.set(shape, found);
  }
  return found;
}

function unknownMember(
  child: Node,
  shape: ObjectShape,
  isGiven: (name: string) => boolean,
  options: CheckOptions,
): void {
  const known = Object.keys(shape.members);
  const key = String(child.key);
  const name = nameOf(child, options.suffix);
  const free = known.filter((candidate) => !isGiven(candidate));
  const near = nearest(name, free);
  const home = shape.elsewhere?.[name];
  const unsure = near === undefined && !home && !shape.closed && options.closed !== true;
  const hint = home
    ? `It stands ${home}.`
    : near
      ? `Did you mean ${near}?`
      : `Known here: ${inWords(known)}.${unsure ? mayBeNewer : ''}`;
  options.report({
    rule: options.rules.unknownMember,
    node: child,
    mark: 'key',
    message: `${name} is unknown. ${hint}`,
    ...(unsure ? { atMost: 'warning' as const } : {}),
    fixes: (edit) => [
      near && !home ? edit.fix(`Change to ${near}`, [edit.key(child, near + key.slice(name.length))], true) : undefined,
      edit.fix(`Remove ${name}`, [edit.remove(child)]),
    ],
  });
}

function checkMap(node: Node, shape: MapShape, options: CheckOptions): void {
  if (node.kind !== 'object') return wrongType(node, shape, options);
  if (shape.max !== undefined && node.members.length > shape.max) {
    options.report({
      rule: options.rules.outOfRange,
      node,
      mark: 'opening',
      message: `There are ${node.members.length} members here, and at most ${shape.max} are allowed.`,
    });
  }
  for (const child of node.members) {
    if (shape.key) misfitOfText(child, String(child.key), shape.key, 'key', options);
    checkShape(child, shape.value, options);
  }
}

function checkList(node: Node, shape: ListShape, options: CheckOptions): void {
  if (node.kind !== 'array') return wrongType(node, shape, options);
  const count = node.items.length;
  const what = shape.of ?? 'element';
  const limit = shape.max !== undefined && count > shape.max ? shape.max : undefined;
  const least = shape.min !== undefined && count < shape.min ? shape.min : undefined;
  if (limit !== undefined || least !== undefined) {
    options.report({
      rule: options.rules.outOfRange,
      node,
      mark: 'opening',
      message:
        least === undefined
          ? `There are ${count} ${what}s here, and at most ${limit} are allowed.`
          : `There ${count === 1 ? `is 1 ${what}` : `are ${count === 0 ? 'no' : count} ${what}s`} here, and at least ${least} ${least === 1 ? 'is' : 'are'} needed.`,
    });
  }
  for (const item of node.items) checkShape(item, shape.item, options);
}

function checkText(node: Node, shape: TextShape, options: CheckOptions): void {
  if (options.objectsAsText && (node.kind === 'object' || node.kind === 'array')) return;
  if (!fits(node, shape, options.loose === true)) return wrongType(node, shape, options);
  const value = String(node.value);
  if (shape.values && !isAmong(value, shape) && !shape.orMatching?.test(value)) {
    return unknownValue(node, value, shape, options);
  }
  misfitOfText(node, value, shape, 'value', options);
}

function isAmong(value: string, { values = [], anyCase }: TextShape): boolean {
  return values.includes(value) || (anyCase === true && values.includes(value.toUpperCase()));
}

function unknownValue(node: Node, value: string, shape: TextShape, options: CheckOptions): void {
  const { values = [], closed = false } = shape;
  const near = nearest(value, values);
  const unsure = near === undefined && !closed;
  const name = typeof node.key === 'string' ? `${node.key} '${value}'` : `'${value}'`;
  options.report({
    rule: options.rules.unknownValue,
    node,
    message: `${name} is not known. ${near ? `Did you mean '${near}'?` : `Known: ${inWords(values)}.${unsure ? mayBeNewer : ''}`}`,
    ...(unsure ? { atMost: 'warning' as const } : {}),
    fixes: (edit) =>
      near
        ? [edit.fix(`Change to '${near}'`, [edit.value(node, near)], true)]
        : values.slice(0, 8).map((one) => edit.fix(`Change to '${one}'`, [edit.value(node, one)])),
  });
}

function misfitOfText(node: Node, value: string, shape: TextShape, mark: 'key' | 'value', options: CheckOptions): void {
  const report = (message: string): void => options.report({ rule: options.rules.invalidValue, node, mark, message });
  const what = mark === 'key' ? 'This name' : typeof node.key === 'string' ? node.key : 'This';
  if (shape.min !== undefined && value.length < shape.min) {
    report(value === '' ? `${what} must not be empty.` : `${what} must have at least ${shape.min} characters.`);
  } else if (shape.max !== undefined && value.length > shape.max) {
    report(`${what} has ${value.length} characters, and at most ${shape.max} are allowed.`);
  } else if (shape.pattern && !shape.pattern.test(value)) {
    report(`${what} '${value}' is not valid: it must be ${shape.wants ?? `of the form ${shape.pattern.source}`}.`);
  }
}

function checkNumber(node: Node, shape: NumberShape, options: CheckOptions): void {
  if (!fits(node, shape, options.loose === true)) return wrongType(node, shape, options);
  const value = Number(node.value);
  const limits = bounds(shape);
  const outside = value < (shape.min ?? -Infinity) || value > (shape.max ?? Infinity);
  if (shape.whole && !Number.isInteger(value)) wrongType(node, shape, options);
  else if (outside) {
    const nearestLimit = value < (shape.min ?? -Infinity) ? shape.min : shape.max;
    options.report({
      rule: options.rules.outOfRange,
      node,
      message: `${typeof node.key === 'string' ? node.key : 'This number'} must be ${limits}, and is ${value}.`,
      fixes: (edit) => [edit.fix(`Change to ${nearestLimit}`, [edit.value(node, nearestLimit)])],
    });
  }
}

function bounds({ min, max }: NumberShape): string {
  if (min === undefined) return `at most ${max}`;
  return max === undefined ? `at least ${min}` : `from ${min} to ${max}`;
}

function checkFlag(node: Node, options: CheckOptions): void {
  if (!fits(node, { kind: 'flag' }, options.loose === true)) wrongType(node, { kind: 'flag' }, options);
}

/** Something of the shape to begin with, where a missing member is added. */
export function empty(shape: Shape): unknown {
  switch (shape.kind) {
    case 'object':
      return Object.fromEntries(
        Object.entries(shape.members)
          .filter(([, member]) => member.required)
          .map(([name, member]) => [name, empty(member.shape)]),
      );
    case 'map':
      return {};
    case 'list':
      return shape.min ? [empty(shape.item)] : [];
    case 'text':
      return shape.values?.[0] ?? '';
    case 'number':
      return shape.min ?? 1;
    case 'flag':
      return false;
    case 'choice':
      return empty(shape.of[0] ?? { kind: 'any' });
    default:
      return '';
  }
}

/** `a, b and c`; long lists are cut. */
export function inWords(values: readonly string[]): string {
  const shown = values.slice(0, 12);
  if (values.length > shown.length) return `${shown.join(', ')}, …`;
  return listed(shown) || 'nothing';
}
