/**
 * Reads pages until `limit` items are there or the pages end.
 *
 * @param pages a paginator of the SDK
 * @param items the items of one page
 */
export async function collect<P, T>(
  pages: AsyncIterable<P>,
  items: (page: P) => readonly T[] | undefined,
  limit = Number.POSITIVE_INFINITY,
): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) {
    all.push(...(items(page) ?? []));
    if (all.length >= limit) break;
  }
  return all.slice(0, limit);
}

/** A page as a List operation answers it. */
interface Page<T> {
  items: readonly T[];
  /** Where the next page begins; undefined when there is none. */
  next: string | undefined;
}

/** What was read of a list that is read page by page. */
export interface Paged<T> extends Page<T> {
  /** How many pages the items are. */
  pages: number;
}

/**
 * Reads so many pages. Of pages that were read before only the first is read again, for what is new or has changed is
 * there; where it does not meet what is known, all are.
 *
 * @param page reads the page that begins at a token, the first one without
 * @param idOf tells the items of a list apart
 */
export async function readPages<T>(
  page: (token: string | undefined) => Promise<Page<T>>,
  idOf: (item: T) => string,
  pages: number,
  before: Paged<T> | undefined,
): Promise<Paged<T>> {
  const first = await page(undefined);
  const known = before && before.pages > 1 ? after(first.items, before.items, idOf) : undefined;
  let read: Paged<T> = before && known ? { ...before, items: [...first.items, ...known] } : { ...first, pages: 1 };
  while (read.pages < pages && read.next !== undefined) {
    const { items, next } = await page(read.next);
    const ids = new Set(read.items.map(idOf));
    read = { items: [...read.items, ...items.filter((item) => !ids.has(idOf(item)))], next, pages: read.pages + 1 };
  }
  return read;
}

/** What follows the page `first` in a list as it was; undefined where they do not meet. */
function after<T>(first: readonly T[], list: readonly T[], idOf: (item: T) => string): T[] | undefined {
  const ids = new Set(first.map(idOf));
  const last = list.findLastIndex((item) => ids.has(idOf(item)));
  return last < 0 ? undefined : list.slice(last + 1);
}
