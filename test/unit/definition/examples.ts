import { describe, expect, it } from 'vitest';
import { SourceDocument } from '../../../src/definition/document';
import type { LanguageSupport } from '../../../src/definition/language';

/** Tests each rule of a language with its own examples, which are whole texts. */
export function testExamples(language: LanguageSupport): void {
  const found = (text: string, file: string | undefined): string[] =>
    language.check(new SourceDocument(text, file)).map((finding) => finding.rule);

  describe.each(language.rules.map((rule) => [rule.id, rule.example] as const))('%s', (id, { bad, good, file }) => {
    it('finds the bad example', () => {
      expect(found(bad, file)).toContain(id);
    });
    it('leaves the good example alone', () => {
      expect(found(good, file)).not.toContain(id);
    });
  });
}
