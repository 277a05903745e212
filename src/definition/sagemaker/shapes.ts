/**
 * What the services accept and answer, read from the generated tables: structures with members, required members,
 * enums, ranges and patterns. Decoded on first use.
 */
import limitTable from '../generated/limits.json';
import shapeTable from '../generated/shapes.json';

/** Bounds of a value: of a number, of the length of a string, of the count of a list or map. */
export interface Limit {
  /** The number is an integer. */
  integer: boolean;
  min: number | undefined;
  max: number | undefined;
  pattern: RegExp | undefined;
}

interface Limited {
  limit: Limit | undefined;
}

/** What a value may be. */
export type Shape =
  | ({ kind: 'string'; enum: Enum | undefined } & Limited)
  | ({ kind: 'number' } & Limited)
  | { kind: 'boolean' }
  | { kind: 'timestamp' }
  | { kind: 'any' }
  | ({ kind: 'list'; element: Shape } & Limited)
  | ({ kind: 'map'; value: Shape; keys: Limit | undefined } & Limited)
  | { kind: 'structure'; name: string };

export interface Enum {
  /** `TrainingInstanceType`. */
  name: string;
  values: ReadonlySet<string>;
}

export interface Structure {
  /** The service's name for it: `S3DataSource`; of services other than SageMaker with a prefix: `emr:Step`. */
  name: string;
  /** The service says that these must be given. */
  required: readonly string[];
  members: ReadonlyMap<string, Shape>;
}

interface ShapeTable {
  types: Record<string, string[] | undefined>;
  structures: Record<string, { r: number; m: Record<string, string> } | undefined>;
  enums: Record<string, string[] | undefined>;
}

type RawLimit = { i?: number; min?: number; max?: number; p?: number };

interface LimitTable {
  patterns: string[];
  limits: Record<string, Record<string, RawLimit | undefined> | undefined>;
}

const table = shapeTable as ShapeTable;
const limits = limitTable as LimitTable;
const structures = new Map<string, Structure>();
const enums = new Map<string, Enum>();
const patterns: (RegExp | undefined)[] = [];

/** The structures that a step type's arguments and properties come from: arguments first. */
export function structuresOf(type: string): readonly Structure[] {
  return (table.types[type] ?? []).map(structure);
}

/** A structure by the service's name. Throws where the tables don't have it: a fault of this program. */
export function structure(name: string): Structure {
  const known = structures.get(name);
  if (known) return known;
  const entry = table.structures[name];
  if (!entry) throw new Error(`The tables have no structure ${name}.`);
  const members = new Map<string, Shape>();
  for (const [member, code] of Object.entries(entry.m)) members.set(member, decode(code, name, member));
  const made: Structure = { name, required: Object.keys(entry.m).slice(0, entry.r), members };
  structures.set(name, made);
  return made;
}

/** An enum by the service's name. */
export function enumOf(name: string): Enum {
  const known = enums.get(name);
  if (known) return known;
  const made: Enum = { name, values: new Set(table.enums[name]) };
  enums.set(name, made);
  return made;
}

/** Reads a shape's code (see scripts/generate-tables.mjs); `place` names the member for its limits. */
function decode(code: string, owner: string, place: string): Shape {
  const rest = code.slice(1);
  const limit = limitOf(owner, place);
  switch (code[0]) {
    case 's':
      return { kind: 'string', enum: undefined, limit };
    case '=':
      return { kind: 'string', enum: enumOf(rest), limit };
    case 'n':
      return { kind: 'number', limit };
    case 'b':
      return { kind: 'boolean' };
    case 't':
      return { kind: 'timestamp' };
    case '[':
      return { kind: 'list', element: decode(rest, owner, `${place}[]`), limit };
    case '{':
      return { kind: 'map', value: decode(rest, owner, `${place}{}`), keys: limitOf(owner, `${place}{k}`), limit };
    case '.':
      return { kind: 'structure', name: rest };
    default:
      return { kind: 'any' };
  }
}

function limitOf(owner: string, place: string): Limit | undefined {
  const raw = limits.limits[owner]?.[place];
  if (!raw) return undefined;
  return {
    integer: raw.i === 1,
    min: raw.min,
    max: raw.max,
    pattern: raw.p === undefined ? undefined : patternOf(raw.p),
  };
}

function patternOf(index: number): RegExp | undefined {
  patterns[index] ??= new RegExp(`^(?:${limits.patterns[index] ?? '.*'})$`, 'us');
  return patterns[index];
}
