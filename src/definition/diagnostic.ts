/** A place in a text: zero-based line and UTF-16 character, as the language server protocol counts. */
export interface Position {
  line: number;
  character: number;
}

/** A half-open stretch of a text. */
export interface Range {
  start: Position;
  end: Position;
}

export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** Replaces the text in `range` of the same document by `newText`. */
export interface TextEdit {
  range: Range;
  newText: string;
}

/** A quick fix: one choice that mends the problem. */
export interface Fix {
  /** What it does, in the imperative: `Change to 'Train'`. */
  title: string;
  edits: TextEdit[];
  /** True where it is surely what the writer meant. */
  preferred?: boolean;
}

/** Another place that a problem has to do with, in the same document. */
export interface Related {
  message: string;
  range: Range;
  pointer: string;
}

/** One problem found in a definition. */
export interface Diagnostic {
  /** Stable id of the rule, `sm/unknown-step-reference`; its page is `docs/rules/<id after the slash>.md`. */
  rule: string;
  severity: Severity;
  /** What is wrong and what would be right, in one or two sentences. */
  message: string;
  range: Range;
  /** RFC 6901 pointer to the JSON or YAML value (or the member whose key is marked); `""` is the root. */
  pointer: string;
  related?: Related[];
  fixes: Fix[];
  /** Drawn faded, as unused code is. */
  unnecessary?: boolean;
}
