import { type Position, pageToken, readPageToken } from '../wire/pages';
import { decode, encode } from './json';
import type { Database, Value } from './database';

/** A condition of SQL with its values: `['pipeline = ?', name]`. */
export type Filter = [sql: string, ...values: Value[]];

/** One page of a listing. */
export interface Page<T> {
  records: T[];
  nextToken?: string;
}

/** What a listing is asked for. */
export interface PageRequest {
  /** Sorted by this column, then by the order of creation. */
  sort: string;
  descending: boolean;
  /** Records a page. */
  limit: number;
  token: string | undefined;
  /** The request without its token: a token is good for the same question only. */
  question: unknown;
}

/** A table of records: each has an id, some columns that listings filter and sort by, and itself as JSON. */
export class Records<T> {
  private insertion: string | undefined;

  constructor(
    private readonly database: Database,
    private readonly table: string,
    /** The record's columns beside `seq` and `doc`; `id` is among them. */
    private readonly columns: (record: T) => { id: string } & Record<string, Value>,
  ) {}

  /** Adds a record, or changes the one with its id; its place in the order of creation stays. */
  put(record: T): void {
    const columns = this.columns(record);
    this.insertion ??= this.insertionOf(Object.keys(columns));
    this.database.run(this.insertion, ...Object.values(columns), encode(record));
  }

  /** The statement for all records: their columns are the same. */
  private insertionOf(names: readonly string[]): string {
    const changes = [...names.filter((name) => name !== 'id'), 'doc'].map((name) => `${name} = excluded.${name}`);
    return `INSERT INTO ${this.table} (${names.join(', ')}, doc) VALUES (${names.map(() => '?').join(', ')}, ?)
       ON CONFLICT (id) DO UPDATE SET ${changes.join(', ')}`;
  }

  get(id: string): T | undefined {
    const row = this.database.get<{ doc: string }>(`SELECT doc FROM ${this.table} WHERE id = ?`, id);
    return row && decode<T>(row.doc);
  }

  /** All records that pass, in the order of creation. */
  list(...[sql, ...values]: Filter): T[] {
    return this.database
      .all<{ doc: string }>(`SELECT doc FROM ${this.table} WHERE ${sql} ORDER BY seq`, ...values)
      .map((row) => decode<T>(row.doc));
  }

  /** @returns how many were deleted. */
  delete(...[sql, ...values]: Filter): number {
    return this.database.run(`DELETE FROM ${this.table} WHERE ${sql}`, ...values);
  }

  /** One page of the records that pass all filters. */
  page(filters: Filter[], { sort, descending, limit, token, question }: PageRequest): Page<T> {
    const after = readPageToken(question, token);
    const all: Filter[] = [...filters];
    if (after) all.push([`(${sort}, seq) ${descending ? '<' : '>'} (?, ?)`, after.value, after.key]);
    const where = all.length > 0 ? `WHERE ${all.map(([sql]) => sql).join(' AND ')}` : '';
    const direction = descending ? 'DESC' : 'ASC';
    const rows = this.database.all<{ doc: string; seq: number; place: string | number }>(
      `SELECT doc, seq, ${sort} AS place FROM ${this.table} ${where} ORDER BY ${sort} ${direction}, seq ${direction} LIMIT ?`,
      ...all.flatMap(([, ...values]) => values),
      limit + 1,
    );
    const records = rows.slice(0, limit).map((row) => decode<T>(row.doc));
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    if (!last) return { records };
    const position: Position = { value: last.place, key: last.seq };
    return { records, nextToken: pageToken(question, position) };
  }
}
