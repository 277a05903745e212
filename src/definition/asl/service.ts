/** The state machine service, loaded on first use: diagnostics, completion and hover in our words. */
import type { LanguageService } from 'amazon-states-language-service';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Diagnostic } from '../diagnostic';
import type { SourceDocument } from '../document';

const services: Partial<Record<SourceDocument['syntax'], Promise<LanguageService>>> = {};

/** The service and the document as it wants it. */
export async function serviceFor(document: SourceDocument): Promise<{ service: LanguageService; text: TextDocument }> {
  const { syntax } = document;
  services[syntax] ??= import('./asl-service.bundle').then(({ makeService }) => makeService(syntax));
  const text = TextDocument.create(`file:///machine.asl.${syntax}`, syntax, 1, document.text);
  return { service: await services[syntax], text };
}

/** Said of a value beside what is really wrong with it, and of what our own reader tells. */
const told = /^Matches multiple schemas|^duplicate (object )?key$/i;

/**
 * What the service finds wrong in a text that can be read. Values that a template fills in (`${Name}`) are left alone.
 * A text that the service itself fails on has no findings.
 */
export async function diagnose(document: SourceDocument, rule: string): Promise<Diagnostic[]> {
  const { tree } = document;
  // What it says of a text with faults are the faults, which are told, and what follows from them.
  if (tree.problems.length > 0) return [];
  const { service, text } = await serviceFor(document);
  try {
    const found = await service.doValidation(text, service.parseJSONDocument(text));
    return found.flatMap(({ range, message }) => {
      const start = tree.lines.offset(range.start);
      const isFilledIn = tree.text.slice(start, tree.lines.offset(range.end)).includes('${');
      if (isFilledIn || told.test(message)) return [];
      return [{ rule, severity: 'error', message, range, pointer: tree.nodeAt(start)?.pointer ?? '', fixes: [] }];
    });
  } catch {
    return [];
  }
}
