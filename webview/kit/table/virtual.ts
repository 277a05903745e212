/** Which rows of a long table are in the document: those in view and a few beside. */
export interface Slice {
  first: number;
  /** One past the last row. */
  end: number;
  /** Heights of what is left out, in pixels. */
  above: number;
  below: number;
  /** At most so many rows are in the document: a row that leaves it gives its elements to one that comes in. */
  ring: number;
}

const margin = 8;

export function sliceOf(rows: number, rowHeight: number, scrollTop: number, height: number): Slice {
  const first = Math.max(0, Math.min(rows, Math.floor(scrollTop / rowHeight) - margin));
  const end = Math.min(rows, Math.ceil((scrollTop + height) / rowHeight) + margin);
  const ring = Math.ceil(height / rowHeight) + 2 * margin + 1;
  return { first, end, above: first * rowHeight, below: Math.max(0, rows - end) * rowHeight, ring };
}
