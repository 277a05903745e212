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

/** What the service finds wrong. A text that the service itself fails on has no findings. */
export async function diagnose(document: SourceDocument, rule: string): Promise<Diagnostic[]> {
  const { service, text } = await serviceFor(document);
  const { tree } = document;
  try {
    const found = await service.doValidation(text, service.parseJSONDocument(text));
    return found.map(({ range, message }) => {
      const node = tree.nodeAt(tree.lines.offset(range.start));
      return { rule, severity: 'error', message, range, pointer: node?.pointer ?? '', fixes: [] };
    });
  } catch {
    return [];
  }
}
