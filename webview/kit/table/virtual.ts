/** Which rows of a long table are in the document: those in view and a few beside. */
export interface Slice {
  first: number;
  /** One past the last row. */
  end: number;
  /** Heights of what is left out, in pixels. */
  above: number;
  below: number;
}

const margin = 8;

export function sliceOf(rows: number, rowHeight: number, scrollTop: number, height: number): Slice {
  const first = Math.max(0, Math.min(rows, Math.floor(scrollTop / rowHeight) - margin));
  const end = Math.min(rows, Math.ceil((scrollTop + height) / rowHeight) + margin);
  return { first, end, above: first * rowHeight, below: Math.max(0, rows - end) * rowHeight };
}
