/**
 * Shapes: what the values of the smaller languages (CodePipeline, buildspec, appspec) must look like, as data.
 * One checker reads them for diagnostics, and completion and hover read them for names and words.
 */
import { table } from '../table';

export type Shape = ObjectShape | MapShape | ListShape | TextShape | NumberShape | FlagShape | AnyShape | ChoiceShape;

/** An object whose member names are known. */
export interface ObjectShape {
  kind: 'object';
  members: Readonly<Record<string, Member>>;
  /** True where it is certain that there are no other members; else one that is near to none may be newer than us. */
  closed?: boolean;
  /** Names that have their place elsewhere, with where that is: `in a phase`. */
  elsewhere?: Readonly<Record<string, string>>;
}

/** One member of an object. */
export interface Member {
  shape: Shape;
  required?: boolean;
  /** What it is for, in a sentence, for hover and completion. */
  doc?: string;
}

/** An object whose member names are the writer's own. */
export interface MapShape {
  kind: 'map';
  value: Shape;
  /** What a name may look like. */
  key?: TextShape;
  max?: number;
}

export interface ListShape {
  kind: 'list';
  item: Shape;
  min?: number;
  max?: number;
  /** What one element is called in messages: `stage`. */
  of?: string;
}

export interface TextShape {
  kind: 'text';
  min?: number;
  max?: number;
  pattern?: RegExp;
  /** The pattern in words, continuing "must be": `letters, digits, . @ - _`. */
  wants?: string;
  /** The values that the service knows. */
  values?: readonly string[];
  /** True where it is certain that there are no other values; else one that is near to none may be newer than us. */
  closed?: boolean;
  /** True where `values` may be written in any case. */
  anyCase?: boolean;
  /** Values beyond `values` are accepted where this matches. */
  orMatching?: RegExp;
  /** True where a number or a boolean is taken as its text, as YAML readers of the service do. */
  loose?: boolean;
}

export interface NumberShape {
  kind: 'number';
  whole?: boolean;
  min?: number;
  max?: number;
  /** True where a text of digits is taken as well. */
  loose?: boolean;
}

export interface FlagShape {
  kind: 'flag';
}

export interface AnyShape {
  kind: 'any';
}

/** Any of several shapes; a value is checked against the first whose kind fits it. */
export interface ChoiceShape {
  kind: 'choice';
  of: readonly Shape[];
}

export const any: AnyShape = { kind: 'any' };
export const flag: FlagShape = { kind: 'flag' };

export function object(members: Readonly<Record<string, Member>>): ObjectShape {
  return { kind: 'object', members: table(members) };
}

/** An object that has these members and will have no others. */
export function closed(members: Readonly<Record<string, Member>>): ObjectShape {
  return { kind: 'object', members: table(members), closed: true };
}

export function required(shape: Shape, doc?: string): Member {
  return { shape, required: true, ...(doc === undefined ? {} : { doc }) };
}

export function optional(shape: Shape, doc?: string): Member {
  return { shape, ...(doc === undefined ? {} : { doc }) };
}

export function list(item: Shape, limits: Omit<ListShape, 'kind' | 'item'> = {}): ListShape {
  return { kind: 'list', item, ...limits };
}

export function map(value: Shape, limits: Omit<MapShape, 'kind' | 'value'> = {}): MapShape {
  return { kind: 'map', value, ...limits };
}

export function text(limits: Omit<TextShape, 'kind'> = {}): TextShape {
  return { kind: 'text', ...limits };
}

/** One of the service's own words. */
export function oneOf(...values: readonly string[]): TextShape {
  return { kind: 'text', values };
}

/** One of the service's own words, which it reads without regard to case. They are given in upper case. */
export function oneOfAnyCase(...values: readonly string[]): TextShape {
  return { kind: 'text', values, anyCase: true };
}

export function whole(min?: number, max?: number, loose = false): NumberShape {
  return {
    kind: 'number',
    whole: true,
    loose,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  };
}

export function choice(...of: readonly Shape[]): ChoiceShape {
  return { kind: 'choice', of };
}

/** The shape of the value at `path` below a value of `shape`, or undefined where it says nothing about it. */
export function shapeAt(shape: Shape, path: readonly (string | number)[]): Shape | undefined {
  let found: Shape | undefined = shape;
  for (const part of path) found = found && step(found, part);
  return found;
}

/** The member of `shape` at `path`, with its words. */
export function memberAt(shape: Shape, path: readonly (string | number)[]): Member | undefined {
  const name = path.at(-1);
  const parent = shapeAt(shape, path.slice(0, -1));
  if (typeof name !== 'string' || !parent) return undefined;
  return objectsOf(parent)
    .map((object) => object.members[name])
    .find((member) => member !== undefined);
}

/** The object shapes that a value of `shape` may have. */
export function objectsOf(shape: Shape): ObjectShape[] {
  if (shape.kind === 'object') return [shape];
  return shape.kind === 'choice' ? shape.of.flatMap(objectsOf) : [];
}

function step(shape: Shape, part: string | number): Shape | undefined {
  switch (shape.kind) {
    case 'object':
      return shape.members[part]?.shape;
    case 'map':
      return typeof part === 'string' ? shape.value : undefined;
    case 'list':
      return typeof part === 'number' ? shape.item : undefined;
    case 'choice':
      return shape.of.map((one) => step(one, part)).find((found) => found !== undefined);
    default:
      return undefined;
  }
}
