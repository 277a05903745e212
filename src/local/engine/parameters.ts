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
  const open = definitions.filter(({ name, default: fallback }) => fallback === undefined && !values.has(name));
  const [first, ...more] = open.map(({ name }) => `'${name}'`);
  if (more.length > 0) throw invalid(`The parameters ${[first, ...more].join(', ')} have no default and need a value.`);
  if (first !== undefined) throw invalid(`The parameter ${first} has no default and needs a value.`);
  const bound = new Map<string, ParameterValue>();
  for (const { name, type, default: fallback, allowed } of definitions) {
    const text = values.get(name);
    const value = text === undefined ? fallback : convert(name, type, text);
    if (value === undefined) continue;
    if (allowed && !allowed.includes(String(value))) {
      throw invalid(`The value '${String(value)}' of parameter '${name}' is not one of [${allowed.join(', ')}].`);
    }
    bound.set(name, { type, value });
  }
  return bound;
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
