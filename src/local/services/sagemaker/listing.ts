import type { Filter, Page, Records } from '../../store/records';

/** Records a page where the request names no limit. */
const defaultPage = 100;

/** What the List operations of SageMaker may be asked for: each knows some of it. */
interface ListRequest {
  NextToken?: string | undefined;
  MaxResults?: number | undefined;
  SortBy?: string | undefined;
  SortOrder?: string | undefined;
  NameContains?: string | undefined;
  StatusEquals?: string | undefined;
  CreationTimeAfter?: Date | undefined;
  CreationTimeBefore?: Date | undefined;
  CreatedAfter?: Date | undefined;
  CreatedBefore?: Date | undefined;
  LastModifiedTimeAfter?: Date | undefined;
  LastModifiedTimeBefore?: Date | undefined;
}

/** How an operation lists. */
interface Order {
  /** Columns by what `SortBy` may be; the first is that of a request without it. */
  sorts: Readonly<Record<string, string>>;
  /** Whether a request without `SortOrder` gets the newest first. */
  newestFirst: boolean;
  /** The column that `NameContains` looks into. */
  name?: string;
  filters?: readonly Filter[];
}

/** One page of what a List operation is asked for. */
export function listRecords<T>(
  records: Records<T>,
  operation: string,
  input: ListRequest,
  { sorts, newestFirst, name = 'name', filters = [] }: Order,
): Page<T> {
  const [first = 'created'] = Object.values(sorts);
  return records.page([...filters, ...filtersOf(input, name)], {
    sort: sorts[input.SortBy ?? ''] ?? first,
    descending: input.SortOrder === undefined ? newestFirst : input.SortOrder === 'Descending',
    limit: input.MaxResults ?? defaultPage,
    token: input.NextToken,
    question: questionOf(operation, input),
  });
}

/** One page of a list that is no table of its own. */
export function limitOf(input: { MaxResults?: number | undefined }): number {
  return input.MaxResults ?? defaultPage;
}

/** The request of a listing without what changes from page to page: what a page token is bound to. */
export function questionOf(operation: string, input: object): unknown {
  const { NextToken: _, MaxResults: __, ...question } = input as Record<string, unknown>;
  return [operation, question];
}

function filtersOf(input: ListRequest, name: string): Filter[] {
  const times: [string, Date | undefined][] = [
    ['created > ?', input.CreationTimeAfter ?? input.CreatedAfter],
    ['created < ?', input.CreationTimeBefore ?? input.CreatedBefore],
    ['modified > ?', input.LastModifiedTimeAfter],
    ['modified < ?', input.LastModifiedTimeBefore],
  ];
  const filters = times.flatMap(([sql, time]): Filter[] => (time ? [[sql, time.getTime()]] : []));
  if (input.NameContains !== undefined) filters.push([`instr(lower(${name}), lower(?)) > 0`, input.NameContains]);
  if (input.StatusEquals !== undefined) filters.push(['status = ?', input.StatusEquals]);
  return filters;
}
