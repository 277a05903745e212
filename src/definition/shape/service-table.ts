/**
 * What services accept and answer, read from tables that `npm run generate` derives from their public models:
 * structures with members, required members, enums, ranges and patterns. Decoded on first use.
 *
 * A table has `structures`, `enums`, `limits` and `patterns`. A structure is `{r, m}`: the first `r` of the members `m`
 * must be given; `u` where exactly one may be. A member is a code: `s` string, `n` number, `b` boolean, `t` timestamp,
 * `a` anything, `.Name` structure, `=Name` string of an enum, `[:` list of what follows, `{:` map of what follows. The
 * number behind `s`, `n`, `[` and `{` is the place of its limit, that behind `k` the limit of a map's keys: `{4k9:s1`.
 */

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
  /** The service's name for it: `S3DataSource`; in a table of several services with a prefix: `emr:Step`. */
  name: string;
  /** The service says that these must be given. */
  required: readonly string[];
  members: ReadonlyMap<string, Shape>;
  /** Exactly one of the members is given. */
  isUnion: boolean;
}

/** The text of a table as it is read. */
export interface RawTable {
  limits: { i?: number; min?: number; max?: number; p?: number }[];
  patterns: string[];
  structures: Record<string, { r: number; m: Record<string, string>; u?: number } | undefined>;
  enums: Record<string, string[] | undefined>;
}

const code = /^(?:(?<simple>[snbta])(?<bound>\d*)|(?<list>[[{])(?<count>\d*)(?:k(?<keys>\d+))?:|(?<name>[.=]))/;

/** A table with its structures and enums as they are asked for. */
export class ServiceTable {
  private readonly structures = new Map<string, Structure>();
  private readonly enums = new Map<string, Enum>();
  private readonly limits: (Limit | undefined)[] = [];

  constructor(private readonly raw: RawTable) {}

  /** A structure by the service's name. Throws where the table does not have it: a fault of this program. */
  structure(name: string): Structure {
    const known = this.structures.get(name);
    if (known) return known;
    const entry = Object.hasOwn(this.raw.structures, name) ? this.raw.structures[name] : undefined;
    if (!entry) throw new Error(`The tables have no structure ${name}.`);
    const members = new Map<string, Shape>();
    for (const [member, text] of Object.entries(entry.m)) members.set(member, this.decode(text));
    const made: Structure = {
      name,
      required: Object.keys(entry.m).slice(0, entry.r),
      members,
      isUnion: entry.u === 1,
    };
    this.structures.set(name, made);
    return made;
  }

  /** An enum by the service's name. */
  enumOf(name: string): Enum {
    const known = this.enums.get(name);
    if (known) return known;
    const made: Enum = { name, values: new Set(this.raw.enums[name]) };
    this.enums.set(name, made);
    return made;
  }

  private decode(text: string): Shape {
    const { simple, bound, list, count, keys } = code.exec(text)?.groups ?? {};
    if (list !== undefined) {
      const inner = this.decode(text.slice(text.indexOf(':') + 1));
      const limit = this.limit(count);
      if (list === '[') return { kind: 'list', element: inner, limit };
      return { kind: 'map', value: inner, keys: this.limit(keys), limit };
    }
    switch (simple ?? text[0]) {
      case 's':
        return { kind: 'string', enum: undefined, limit: this.limit(bound) };
      case '=':
        return { kind: 'string', enum: this.enumOf(text.slice(1)), limit: undefined };
      case 'n':
        return { kind: 'number', limit: this.limit(bound) };
      case 'b':
        return { kind: 'boolean' };
      case 't':
        return { kind: 'timestamp' };
      case '.':
        return { kind: 'structure', name: text.slice(1) };
      default:
        return { kind: 'any' };
    }
  }

  private limit(place: string | undefined): Limit | undefined {
    const index = Number(place);
    const raw = place ? this.raw.limits[index] : undefined;
    if (!raw) return undefined;
    const { i, min, max, p } = raw;
    const pattern = p === undefined ? undefined : this.raw.patterns[p];
    return (this.limits[index] ??= {
      integer: i === 1,
      min,
      max,
      pattern: pattern === undefined ? undefined : new RegExp(`^(?:${pattern})$`, 'us'),
    });
  }
}
