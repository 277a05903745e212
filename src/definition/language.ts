/** What a definition language offers to the public index; each language's folder exports one of these. */
import type { SourceDocument } from './document';
import type { Finding } from './finding';
import type { Rule } from './rule';

export type Language = 'sagemaker' | 'codepipeline' | 'buildspec' | 'appspec' | 'asl' | 'cloudformation';

export interface LanguageSupport {
  language: Language;
  rules: readonly Rule[];
  /** True where the document is of this language, judged by its path or its content, however broken. */
  detect(document: SourceDocument): boolean;
  /** Everything that is wrong. Never throws, whatever the text. */
  check(document: SourceDocument): Finding[];
  /**
   * Loads what a whole check of the document needs, such as a parser; undefined where all is there. A check before that
   * finds less.
   */
  prepare?(document: SourceDocument): Promise<void> | undefined;
  /** Rules that the text itself turns off: ids with or without prefix, or `*`. */
  ignored?(document: SourceDocument): readonly string[];
}
