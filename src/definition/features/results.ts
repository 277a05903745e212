/** What features answer with: plain data with lines and characters. */
import type { Range, TextEdit } from '../diagnostic';

export type CompletionKind = 'member' | 'value' | 'step' | 'parameter' | 'property' | 'function' | 'snippet' | 'file';

export interface Completion {
  label: string;
  kind: CompletionKind;
  /** One short line beside the label: a type, a provider. */
  detail?: string;
  /** Markdown. */
  documentation?: string;
  edit: TextEdit;
  /** True where the new text has placeholders: `${1:name}`. */
  snippet?: boolean;
  /** Orders the list where the label should not. */
  sort?: string;
  /** True where the list should be asked for again after inserting it. */
  again?: boolean;
}

export interface HoverText {
  /** Markdown. */
  text: string;
  range: Range;
}

export type SymbolKind = 'pipeline' | 'group' | 'step' | 'parameter' | 'stage' | 'action' | 'key' | 'list' | 'value';

export interface SymbolEntry {
  name: string;
  detail?: string;
  kind: SymbolKind;
  range: Range;
  /** What is selected: the name. */
  selection: Range;
  children: SymbolEntry[];
}

export interface Link {
  range: Range;
  /** An address, or a path relative to the document where `relative`. */
  target: string;
  relative?: boolean;
  tooltip: string;
}

export interface Hint {
  /** Offset-free place after which it stands. */
  position: Range['start'];
  label: string;
  tooltip?: string;
}

/** A place for a CodeLens; what it says and does is decided by who shows it. */
export interface Lens {
  range: Range;
  /** `graph`: what has a graph and is not started from here: a state machine, a pipeline of CodePipeline, a template. */
  kind: 'pipeline' | 'graph';
}

export interface Fold {
  startLine: number;
  endLine: number;
}
