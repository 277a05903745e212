/** The documents that are open in the editor, and what is known of the present version of each. */
import { fileURLToPath } from 'node:url';
import { TextDocument, type TextDocumentContentChangeEvent } from 'vscode-languageserver-textdocument';
import type { Diagnostic } from '../diagnostic';
import { SourceDocument } from '../document';
import { featuresOf } from '../features';
import type { Entity } from '../features/entities';
import type { LanguageFeatures } from '../features/support';
import { languages } from '../index';
import type { LanguageSupport } from '../language';

/** What is read from one version of a text, once. */
interface Reading {
  source: SourceDocument;
  support: LanguageSupport | undefined;
  entities?: readonly Entity[];
}

export class OpenDocument {
  private reading: Reading | undefined;
  /** The diagnostics last sent, for their fixes and for the graph. */
  diagnostics: readonly Diagnostic[] = [];
  /** True once a client asked for the graph: it is then told of changes. */
  watched = false;
  readonly path: string;

  constructor(private document: TextDocument) {
    this.path = pathOf(document.uri);
  }

  get uri(): string {
    return this.document.uri;
  }

  get version(): number {
    return this.document.version;
  }

  get source(): SourceDocument {
    return this.read().source;
  }

  /** The language, or undefined for a document that is none of ours. */
  get support(): LanguageSupport | undefined {
    return this.read().support;
  }

  get features(): LanguageFeatures | undefined {
    const { support } = this.read();
    return support && featuresOf(support.language);
  }

  get entities(): readonly Entity[] {
    const reading = this.read();
    reading.entities ??= this.features?.entities?.(reading.source) ?? [];
    return reading.entities;
  }

  offset(position: { line: number; character: number }): number {
    return this.document.offsetAt(position);
  }

  change(changes: TextDocumentContentChangeEvent[], version: number): void {
    this.document = TextDocument.update(this.document, changes, version);
    this.reading = undefined;
  }

  private read(): Reading {
    if (!this.reading) {
      const source = new SourceDocument(this.document.getText(), this.path);
      this.reading = { source, support: languages.find((language) => language.detect(source)) };
    }
    return this.reading;
  }
}

/** The path of a file URI; of any other URI its path part, which still tells the name and extension. */
function pathOf(uri: string): string {
  if (!URL.canParse(uri)) return uri;
  const url = new URL(uri);
  if (url.protocol !== 'file:') return decodeURIComponent(url.pathname);
  try {
    return fileURLToPath(url);
  } catch {
    return decodeURIComponent(url.pathname);
  }
}
