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

/** What a check of data or of a model has found. */
export interface CheckView {
  /** Absent where it was compared with nothing. */
  violations?: Violation[];
  /** The distributions of its features; `before` is empty where there is no baseline. */
  features: {
    name: string;
    kind: 'numbers' | 'categories';
    /** From the baseline, and how far it may be. */
    distance?: number;
    threshold?: number;
    labels: string[];
    /** Shares, from 0 to 1. */
    before: number[];
    found: number[];
  }[];
  /** How much features count, by label. */
  importance: Importance[];
  tables: Table[];
}

export interface Violation {
  about: string;
  check: string;
  text: string;
}

/** The mean absolute SHAP values of the features for a label, the largest first. */
export interface Importance {
  label: string;
  features: { name: string; value: number }[];
}
