/** A titled list of facts, as a panel shows it. */
export interface Section {
  title: string;
  rows: Row[];
}

/** Things of one kind, a row each. */
export interface Table {
  title: string;
  columns: { name: string; kind?: 'text' | 'number' }[];
  rows: { cells: string[]; isBest?: true; link?: string }[];
  /** What is said below it: that there are more, or why there are none. */
  note?: string;
}

export interface Row {
  label: string;
  value: string;
  /** `code`: monospaced, kept as written over several lines; `number`: right-aligned. Default `text`. */
  kind?: 'text' | 'code' | 'number';
  /** The value can be opened: the panel sends this string back as `open`. */
  link?: string;
}
