/** Comma-separated values (RFC 4180). Pure. */

/** A line without its end: cells that would be read otherwise stand in quotes. */
export function csvLine(cells: readonly string[]): string {
  return cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');
}

/** The cells of a line: the inverse of `csvLine`. A quote that is not closed takes the rest. */
export function csvCells(line: string): string[] {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    if (line[at] === '"') {
      const [whole, inside = ''] = /^"((?:[^"]|"")*)"?/.exec(line.slice(at)) ?? [''];
      const end = line.indexOf(',', at + whole.length);
      const rest = line.slice(at + whole.length, end < 0 ? undefined : end);
      cells.push(inside.replaceAll('""', '"') + rest);
      at = end;
    } else {
      const end = line.indexOf(',', at);
      cells.push(line.slice(at, end < 0 ? undefined : end));
      at = end;
    }
    if (at < 0) return cells;
    at += 1;
  }
}
