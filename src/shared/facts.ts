/** A titled list of facts, as a panel shows it. */
export interface Section {
  title: string;
  rows: Row[];
}

export interface Row {
  label: string;
  value: string;
  /** `code`: monospaced, kept as written over several lines; `number`: right-aligned. Default `text`. */
  kind?: 'text' | 'code' | 'number';
  /** The value can be opened: the panel sends this string back as `open`. */
  link?: string;
}
