/** Comma-separated values (RFC 4180). Pure. */

/** A line without its end: cells that would be read otherwise stand in quotes. */
export function csvLine(cells: readonly string[]): string {
  return cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');
}
