import { isRecord } from '../wire/validate';
import type { Json } from './definition';
import { type ParameterValue, parameterText } from './parameters';

/** What references of one execution read. */
export interface Scope {
  parameters: ReadonlyMap<string, ParameterValue>;
  /** `Execution.<name>`: `PipelineName`, `PipelineExecutionId`, … */
  variables: Readonly<Record<string, string>>;
  /** What a step came to: its job's Describe answer. Undefined for a step that has not succeeded. */
  result(step: string): Record<string, unknown> | undefined;
  /** The parsed content of a property file. @throws {UnresolvedReference} when there is none. */
  propertyFile(step: string, name: string): unknown;
  /** The parsed content of a JSON object in S3. @throws {UnresolvedReference} when there is none. */
  object(uri: string): unknown;
}

/** A reference that leads nowhere: the step that holds it fails with this message. */
export class UnresolvedReference extends Error {
  override readonly name = 'UnresolvedReference';
}

/**
 * Replaces every function in `value` by what it stands for: `Get`, `Std:Join`, `Std:JsonGet`. Values keep
 * their type; only `Std:Join` makes text.
 * @throws {UnresolvedReference}
 */
export function resolve(value: Json, scope: Scope): Json {
  if (Array.isArray(value)) return value.map((element) => resolve(element, scope));
  if (value === null || typeof value !== 'object') return value;
  const [entry, ...others] = Object.entries(value);
  if (entry && others.length === 0) {
    const [name, operand] = entry;
    if (name === 'Get' && typeof operand === 'string') return get(operand, scope);
    if (name === 'Std:Join' && isRecord(operand)) return join(operand, scope);
    if (name === 'Std:JsonGet' && isRecord(operand)) return jsonGet(operand, scope);
  }
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, resolve(member, scope)]));
}

function get(reference: string, scope: Scope): Json {
  const [root = '', ...path] = parsePath(reference);
  const [name = '', ...rest] = path;
  if (root === 'Parameters') {
    const parameter = scope.parameters.get(name);
    if (!parameter) throw new UnresolvedReference(`There is no parameter '${name}' for the reference '${reference}'.`);
    return parameter.value;
  }
  if (root === 'Execution') {
    const variable = scope.variables[name];
    if (variable === undefined) throw new UnresolvedReference(`There is no execution variable '${name}'.`);
    return variable;
  }
  if (root === 'Steps') {
    const result = scope.result(name);
    if (!result) throw new UnresolvedReference(`The step '${name}' has no result for the reference '${reference}'.`);
    return scalar(follow(result, rest, reference), reference);
  }
  throw new UnresolvedReference(`The reference '${reference}' begins with none of Parameters, Steps and Execution.`);
}

function join(operand: Record<string, unknown>, scope: Scope): string {
  const values = Array.isArray(operand.Values) ? (operand.Values as Json[]) : [];
  return values.map((value) => asText(value, scope)).join(typeof operand.On === 'string' ? operand.On : '');
}

function asText(value: Json, scope: Scope): string {
  const resolved = resolve(value, scope);
  // A Float parameter is written with its decimal point, which the bare number has lost.
  if (isRecord(value) && typeof value.Get === 'string' && value.Get.startsWith('Parameters.')) {
    const parameter = scope.parameters.get(value.Get.slice('Parameters.'.length));
    if (parameter) return parameterText(parameter);
  }
  return typeof resolved === 'string' ? resolved : JSON.stringify(resolved);
}

function jsonGet(operand: Record<string, unknown>, scope: Scope): Json {
  const path = typeof operand.Path === 'string' ? operand.Path : '';
  const file = operand.PropertyFile;
  let content: unknown;
  if (isRecord(file) && typeof file.Get === 'string') {
    const [, step = '', , name = ''] = parsePath(file.Get);
    content = scope.propertyFile(step, name);
  } else {
    content = scope.object(asText((operand.S3Uri ?? '') as Json, scope));
  }
  return scalar(follow(content, parsePath(path), path), path);
}

/**
 * Splits `Steps.Train.Outputs['a.b'].Uri` or `result[0].value` into its parts.
 * A leading `$.` is accepted, as JSON paths have it.
 */
export function parsePath(path: string): string[] {
  const parts: string[] = [];
  for (const match of path.replace(/^\$\.?/, '').matchAll(/\[(?:'([^']*)'|"([^"]*)"|(\d+))\]|([^.[\]]+)/g)) {
    parts.push(match[1] ?? match[2] ?? match[3] ?? match[4] ?? '');
  }
  return parts;
}

/** Walks down; a list's element is found by its index, or by its name: `Outputs['train']`. */
function follow(value: unknown, path: readonly string[], reference: string): unknown {
  let current = value;
  for (const part of path) {
    const next = memberOf(current, part);
    if (next === undefined) throw new UnresolvedReference(`'${reference}' leads nowhere: there is no '${part}'.`);
    current = next;
  }
  return current;
}

/** A member of an object, or an element of a list by its index or name; undefined where there is none. */
export function memberOf(value: unknown, part: string): unknown {
  if (Array.isArray(value)) {
    return /^\d+$/.test(part) ? value[Number(part)] : value.find((element) => isNamed(element, part));
  }
  return isRecord(value) && Object.hasOwn(value, part) ? value[part] : undefined;
}

/** Lists of the API name their elements by a member such as OutputName, ChannelName, MetricName. */
function isNamed(element: unknown, name: string): boolean {
  return isRecord(element) && Object.entries(element).some(([key, value]) => key.endsWith('Name') && value === name);
}

function scalar(value: unknown, reference: string): Json {
  if (value instanceof Date) return value.toISOString();
  if (value === null || typeof value === 'object') {
    throw new UnresolvedReference(
      `'${reference}' leads to ${Array.isArray(value) ? 'a list' : 'an object'}, not to a value.`,
    );
  }
  return value as Json;
}
