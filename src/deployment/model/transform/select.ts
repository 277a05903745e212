/**
 * The filters of a batch transform: the subset of JSONPath that the service knows. Pure.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform-data-processing.html
 */

import { isRecord } from '../../../shared/guards';

/** A part of a path: all, members by their names, elements by their places, or a range of elements. */
export type Step =
  | { kind: 'all' }
  | { kind: 'names'; names: string[] }
  | { kind: 'places'; places: number[] }
  | { kind: 'range'; from: number | undefined; to: number | undefined };

/** The most characters of a filter. */
export const longestFilter = 63;

const stepPattern = /^(?:\.(\*|[A-Za-z_][\w-]*)|\[([^\]]*)\])/;
const quoted = /^(?:'([^']*)'|"([^"]*)")$/;
const place = /^-?\d+$/;
const range = /^(-?\d+)?\s*:\s*(-?\d+)?$/;

/** The parts of a path. @throws Error that says where it cannot be read */
export function parsePath(path: string): Step[] {
  if (path.length > longestFilter) throw new Error(`A filter has at most ${longestFilter} characters.`);
  if (!path.startsWith('$')) throw new Error('A filter begins with $.');
  const steps: Step[] = [];
  let rest = path.slice(1);
  while (rest !== '') {
    const match = stepPattern.exec(rest);
    const step = match && stepOf(match[1], match[2] ?? '');
    if (!match || !step) throw new Error(`The filter cannot be read at ${rest}.`);
    steps.push(step);
    rest = rest.slice(match[0].length);
  }
  return steps;
}

function stepOf(name: string | undefined, inside: string): Step | undefined {
  if (name === '*' || inside.trim() === '*') return { kind: 'all' };
  if (name !== undefined) return { kind: 'names', names: [name] };
  const ends = range.exec(inside.trim());
  if (ends) return { kind: 'range', from: numberOf(ends[1]), to: numberOf(ends[2]) };
  const parts = inside.split(',').map((part) => part.trim());
  if (parts.every((part) => place.test(part))) return { kind: 'places', places: parts.map(Number) };
  const names = parts.map((part) => quoted.exec(part));
  if (!names.every((each) => each !== null)) return undefined;
  return { kind: 'names', names: names.map((each) => each[1] ?? each[2] ?? '') };
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

/** What a path selects of a record. @throws Error that says what the record has not got */
export function select(path: string, record: unknown): unknown {
  return parsePath(path).reduce<unknown>(follow, record);
}

function follow(value: unknown, step: Step): unknown {
  switch (step.kind) {
    case 'all':
      return isRecord(value) ? Object.values(value) : value;
    case 'names': {
      const [first = ''] = step.names;
      if (step.names.length === 1) return member(value, first);
      return Object.fromEntries(step.names.map((name) => [name, member(value, name)]));
    }
    case 'places': {
      const found = step.places.map((at) => element(value, at));
      return found.length === 1 ? found[0] : found;
    }
    case 'range':
      return listOf(value).slice(step.from, step.to);
  }
}

function member(value: unknown, name: string): unknown {
  if (!isRecord(value)) throw new Error(`The record is no object, so it has no member ${name}.`);
  if (!(name in value)) throw new Error(`The record has no member ${name}.`);
  return value[name];
}

function element(value: unknown, at: number): unknown {
  const list = listOf(value);
  const found = list.at(at);
  if (found === undefined) throw new Error(`The record has ${list.length} elements, and none at ${at}.`);
  return found;
}

function listOf(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new Error('The record is no list, and the filter names a place in one.');
  return value as unknown[];
}
