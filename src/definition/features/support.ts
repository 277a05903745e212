/** What a language offers to an editor; each language fills in what it has. */
import type { Range } from '../diagnostic';
import type { SourceDocument } from '../document';
import type { Graph } from '../graph/model';
import type { Language } from '../language';
import type { Entity } from './entities';
import type { Completion, Fold, Hint, HoverText, Lens, Link, SymbolEntry } from './results';

/** Most answers are there at once; those that need a library loaded on first use come later. */
type Answer<T> = T | Promise<T>;

export interface LanguageFeatures {
  language: Language;
  complete?(document: SourceDocument, offset: number): Answer<Completion[]>;
  hover?(document: SourceDocument, offset: number): Answer<HoverText | undefined>;
  /** The things with names, and every place that names them. */
  entities?(document: SourceDocument): readonly Entity[];
  symbols?(document: SourceDocument): SymbolEntry[];
  /** Folds and selections beyond those that any tree has; selections from the innermost outwards. */
  folds?(document: SourceDocument): Fold[];
  selections?(document: SourceDocument, offset: number): Range[];
  links?(document: SourceDocument): Link[];
  hints?(document: SourceDocument, from: number, to: number): Hint[];
  lenses?(document: SourceDocument): Lens[];
  /** The graph of the pipeline in the text, where it holds one. */
  graph?(document: SourceDocument): Graph | undefined;
}
