/** The documents that are open in the editor, and what is known of the present version of each. */
import { fileURLToPath } from 'node:url';
import { TextDocument, type TextDocumentContentChangeEvent } from 'vscode-languageserver-textdocument';
import { SourceDocument } from '../document';
import { featuresOf } from '../features';
import type { Entity } from '../features/entities';
import { rememberModel } from '../features/sagemaker/model';
import type { LanguageFeatures } from '../features/support';
import type { Finding } from '../finding';
import { languages } from '../index';
import type { LanguageSupport } from '../language';
import { PipelineSession } from '../sagemaker/session';

/** What is read from one version of a text, once. */
interface Reading {
  source: SourceDocument;
  support: LanguageSupport | undefined;
  findings?: readonly Finding[];
  entities?: readonly Entity[];
}

export class OpenDocument {
  private reading: Reading | undefined;
  /** Of a pipeline definition: what is known of the text before the last edit helps to read the text after it. */
  private session: PipelineSession | undefined;
  /** True while the editor shows diagnostics of this document. */
  shown = false;
  closed = false;
  /** Offset of the last edit. */
  editedAt = 0;
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
    const last = changes.at(-1);
    if (last && 'range' in last) this.editedAt = this.document.offsetAt(last.range.start);
  }

  /** Everything that is wrong with the present text, without what only a library that is loaded later can tell. */
  get findings(): readonly Finding[] {
    const reading = this.read();
    reading.findings ??= this.session?.findings() ?? reading.support?.check(reading.source) ?? [];
    return reading.findings;
  }

  /** Forgets what was found before all was there that a check needs. */
  forgetFindings(): void {
    if (this.reading) delete this.reading.findings;
  }

  private read(): Reading {
    this.reading ??= this.readText(this.document.getText());
    return this.reading;
  }

  private readText(text: string): Reading {
    this.session?.update(text);
    const source = new SourceDocument(text, this.path, 'Steps', this.session?.tree);
    const support = languages.find((language) => language.detect(source));
    if (support?.language !== 'sagemaker') {
      this.session = undefined;
      return { source, support };
    }
    this.session ??= new PipelineSession(source.tree);
    const own = new SourceDocument(text, this.path, 'Steps', this.session.tree);
    rememberModel(own, this.session.pipeline);
    return { source: own, support };
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
