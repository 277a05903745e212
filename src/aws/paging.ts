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
