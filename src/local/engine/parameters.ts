import { invalid } from '../wire/errors';
import type { ParameterDefinition } from './definition';

/** A parameter's value with its type, as references read it. */
export interface ParameterValue {
  type: ParameterDefinition['type'];
  value: string | number | boolean;
}

/**
 * The values of all parameters in an execution: those given at the start (always texts on the wire), else the
 * defaults.
 * @param source `record` for the values that an execution has been started with: they have been checked
 * @throws {ServiceError} `ValidationException` for an unknown parameter, a value of another type, or none at all.
 */
export function bindParameters(
  definitions: readonly ParameterDefinition[],
  given: readonly { Name?: string; Value?: string }[],
  source: 'start' | 'record' = 'start',
): Map<string, ParameterValue> {
  const { bound, open } = knownParameters(definitions, given, source);
  if (open.length > 0) throw invalid(needValues(open));
  return bound;
}

/** That parameters need values, as a sentence. @param open their names, at least one */
export function needValues(open: readonly string[]): string {
  const names = open.map((name) => `'${name}'`).join(', ');
  return open.length === 1
    ? `The parameter ${names} has no default and needs a value.`
    : `The parameters ${names} have no default and need a value.`;
}

/**
 * The values of parameters as {@link bindParameters} gives them, and the names of those that have none yet: for what is
 * told before a start of all that keeps it from running.
 * @throws {ServiceError} `ValidationException` for an unknown parameter, or a value of another type
 */
export function knownParameters(
  definitions: readonly ParameterDefinition[],
  given: readonly { Name?: string; Value?: string }[],
  source: 'start' | 'record' = 'start',
): { bound: Map<string, ParameterValue>; open: string[] } {
  const values = new Map<string, string>();
  for (const { Name = '', Value = '' } of given) {
    if (values.has(Name)) throw invalid(`The parameter '${Name}' is given twice.`);
    // A default may be empty; what is given at the start may not.
    if (source === 'start' && Value === '') {
      throw invalid(
        `The value of parameter '${Name}' is empty: [string "" is too short (length: 0, required minimum: 1)]`,
      );
    }
    values.set(Name, Value);
  }
  const unknown = [...values.keys()].filter((name) => !definitions.some((definition) => definition.name === name));
  if (unknown.length > 0) {
    throw invalid(`Unknown parameters: [${unknown.join(', ')}]. The definition declares no such parameter.`);
  }
  const bound = new Map<string, ParameterValue>();
  const open: string[] = [];
  for (const { name, type, default: fallback, allowed } of definitions) {
    const text = values.get(name);
    const value = text === undefined ? fallback : convert(name, type, text);
    if (value === undefined) {
      open.push(name);
      continue;
    }
    if (allowed && !allowed.includes(String(value))) {
      throw invalid(`The value '${String(value)}' of parameter '${name}' is not one of [${allowed.join(', ')}].`);
    }
    bound.set(name, { type, value });
  }
  return { bound, open };
}

/** A value as text: a Float keeps its decimal point, as the service writes it. */
export function parameterText({ type, value }: ParameterValue): string {
  return type === 'Float' && Number.isInteger(value) ? `${value}.0` : String(value);
}

function convert(name: string, type: ParameterDefinition['type'], text: string): string | number | boolean {
  const wrong = (): Error => invalid(`The value '${text}' of parameter '${name}' is not of type ${type}.`);
  switch (type) {
    case 'String':
      return text;
    case 'Integer':
      if (!/^[+-]?\d+$/.test(text)) throw wrong();
      return Number(text);
    case 'Float':
      if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) throw wrong();
      return Number(text);
    case 'Boolean':
      break;
  }
  if (!/^(true|false)$/i.test(text)) throw wrong();
  return text.toLowerCase() === 'true';
}
