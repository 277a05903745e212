import { ServiceError } from './errors';
import type { ServiceModel, Shape } from './model';

type Json = unknown;

/**
 * Checks `value` against a request's shape and returns it as handlers take it: timestamps as `Date`, nulls
 * left out, members that the service does not know dropped (as the service drops them).
 * @throws {ServiceError} `SerializationException` for a wrong JSON type, else one `exception` that
 *   names every constraint not met, worded as the service words it.
 */
export function parseInput(
  model: ServiceModel,
  shapeName: string,
  value: Json,
  exception = 'ValidationException',
): Record<string, unknown> {
  const problems: string[] = [];
  const parsed = read(model, shapeName, value ?? {}, '', problems);
  if (problems.length > 0) {
    const count = `${problems.length} validation error${problems.length === 1 ? '' : 's'} detected`;
    throw new ServiceError(exception, `${count}: ${problems.join('; ')}`);
  }
  return parsed as Record<string, unknown>;
}

/**
 * The members in `value` that a request's shape does not have, with their paths; the service drops them in a
 * request but refuses them in a step's arguments.
 */
export function unknownMembers(model: ServiceModel, shapeName: string, value: Json, path = ''): string[] {
  const shape = model.shapes[shapeName];
  if (shape?.members && isRecord(value)) {
    return Object.entries(value).flatMap(([name, member]) => {
      const target = shape.members?.[name];
      return target === undefined ? [path + name] : unknownMembers(model, target, member, `${path}${name}.`);
    });
  }
  if (shape?.member !== undefined && Array.isArray(value)) {
    const { member } = shape;
    return value.flatMap((element, index) => unknownMembers(model, member, element, `${path}${index + 1}.`));
  }
  return [];
}

function read(model: ServiceModel, shapeName: string, value: Json, path: string, problems: string[]): unknown {
  const shape = model.shapes[shapeName];
  if (!shape) return value;
  switch (shape.type) {
    case 'structure':
      return readStructure(model, shape, value, path, problems);
    case 'list': {
      if (!Array.isArray(value)) throw mistyped(value, 'a list', path);
      size(shape, value.length, value, path, problems);
      const member = shape.member ?? '';
      return value.map((element, index) => read(model, member, element, `${path}.${index + 1}.member`, problems));
    }
    case 'map': {
      if (!isRecord(value)) throw mistyped(value, 'a map', path);
      size(shape, Object.keys(value).length, value, path, problems);
      const entries = Object.entries(value).map(([key, element]) => [
        read(model, shape.key ?? '', key, `${path}.key`, problems),
        read(model, shape.value ?? '', element, `${path}.${key}.value`, problems),
      ]);
      return Object.fromEntries(entries) as unknown;
    }
    case 'string':
      if (typeof value !== 'string') throw mistyped(value, 'a String', path);
      checkString(shape, value, path, problems);
      return value;
    case 'integer':
    case 'long':
      if (typeof value !== 'number' || !Number.isInteger(value)) throw mistyped(value, 'an Integer', path);
      checkNumber(shape, value, path, problems);
      return value;
    case 'double':
    case 'float':
      if (typeof value !== 'number') throw mistyped(value, 'a Double', path);
      checkNumber(shape, value, path, problems);
      return value;
    case 'boolean':
      if (typeof value !== 'boolean') throw mistyped(value, 'a Boolean', path);
      return value;
    case 'timestamp':
      return readTimestamp(value, path);
    case 'blob':
      break;
  }
  if (typeof value === 'string') return Buffer.from(value, 'base64');
  // Bytes, or the stream of an upload: the protocol has read them.
  if (typeof value === 'object' && value !== null) return value;
  throw mistyped(value, 'a Blob', path);
}

function readStructure(
  model: ServiceModel,
  shape: Shape,
  value: Json,
  path: string,
  problems: string[],
): Record<string, unknown> {
  if (!isRecord(value)) throw mistyped(value, 'a structure', path);
  const result: Record<string, unknown> = {};
  for (const [name, target] of Object.entries(shape.members ?? {})) {
    const member = value[name];
    const memberPath = join(path, name);
    if (member !== undefined && member !== null) result[name] = read(model, target, member, memberPath, problems);
    else if (shape.required?.includes(name)) problems.push(failure('null', memberPath, 'Member must not be null'));
  }
  return result;
}

function checkString(shape: Shape, value: string, path: string, problems: string[]): void {
  size(shape, value.length, value, path, problems);
  if (shape.enum && !shape.enum.includes(value)) {
    problems.push(failure(shownOf(value), path, `Member must satisfy enum value set: [${shape.enum.join(', ')}]`));
  }
  if (shape.pattern !== undefined && !regex(shape.pattern).test(value)) {
    problems.push(failure(shownOf(value), path, `Member must satisfy regular expression pattern: ${shape.pattern}`));
  }
}

function checkNumber(shape: Shape, value: number, path: string, problems: string[]): void {
  const shown = `'${value}'`;
  if (shape.min !== undefined && value < shape.min) {
    problems.push(failure(shown, path, `Member must have value greater than or equal to ${shape.min}`));
  }
  if (shape.max !== undefined && value > shape.max) {
    problems.push(failure(shown, path, `Member must have value less than or equal to ${shape.max}`));
  }
}

function size(shape: Shape, length: number, value: Json, path: string, problems: string[]): void {
  if (shape.min !== undefined && length < shape.min) {
    problems.push(failure(shownOf(value), path, `Member must have length greater than or equal to ${shape.min}`));
  }
  if (shape.max !== undefined && length > shape.max) {
    problems.push(failure(shownOf(value), path, `Member must have length less than or equal to ${shape.max}`));
  }
}

/** How a message shows a value that does not fit. */
function shownOf(value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `'${text.length > 256 ? `${text.slice(0, 256)}…` : text}'`;
}

/** Seconds since the epoch, or an ISO 8601 text, as the SDKs send them. */
function readTimestamp(value: Json, path: string): Date {
  const date =
    typeof value === 'number' ? new Date(value * 1000) : typeof value === 'string' ? new Date(value) : undefined;
  if (!date || Number.isNaN(date.getTime())) throw mistyped(value, 'a Timestamp', path);
  return date;
}

function mistyped(value: Json, wanted: string, path: string): ServiceError {
  const kind = value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value;
  return new ServiceError(
    'SerializationException',
    `${path || 'The request'}: ${kind} cannot be converted to ${wanted}.`,
  );
}

function failure(shown: string, path: string, constraint: string): string {
  return `Value ${shown} at '${path}' failed to satisfy constraint: ${constraint}`;
}

/** The service writes paths with small initials: `pipelineParameters.1.member.name`. */
function join(path: string, name: string): string {
  const small = name.charAt(0).toLowerCase() + name.slice(1);
  return path === '' ? small : `${path}.${small}`;
}

const regexes = new Map<string, RegExp>();

function regex(pattern: string): RegExp {
  let compiled = regexes.get(pattern);
  if (!compiled) {
    compiled = new RegExp(`^(?:${pattern})$`, 'us');
    regexes.set(pattern, compiled);
  }
  return compiled;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
