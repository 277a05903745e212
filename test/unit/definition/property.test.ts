import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildGraph, detectLanguage, SourceDocument, validate } from '../../../src/definition';
import { PipelineSession } from '../../../src/definition/sagemaker/session';
import { EditedDocument } from '../../fixtures/edited-document';
import { pipelineOf } from '../../fixtures/pipelines';
import { rich } from '../../fixtures/rich-pipeline';
import { corpus } from '../../fixtures/shared';

const bases = [rich, pipelineOf(3)];

/** What people type and paste, and what breaks texts. */
const pieces = fc.oneof(
  fc.constantFrom('', '"', '{', '}', '[', ']', ',', ':', '\n', '\r\n', '\\', ' ', '0', 'x', "'", 'é', '\u{1f600}'),
  fc.constantFrom(
    '"Name"',
    '"Steps"',
    '{"Get": "Steps.Train.ModelArtifacts"}',
    '"DependsOn": ["Train"],',
    'null',
    '"Type": "Fail"',
  ),
  fc.string({ maxLength: 6 }),
);

const edits = (length: number): fc.Arbitrary<{ start: number; end: number; newText: string }> =>
  fc
    .tuple(fc.nat(length), fc.oneof(fc.constant(0), fc.nat(8), fc.nat(200)), pieces)
    .map(([start, size, newText]) => ({ start, end: Math.min(length, start + size), newText }));

describe('any text at all', () => {
  test('cut anywhere and edited anywhere never throws', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...bases),
        fc.nat(),
        fc.array(fc.tuple(fc.nat(), fc.nat(50), pieces), { maxLength: 4 }),
        (base, cut, changes) => {
          let text = base.slice(0, cut % (base.length + 1));
          for (const [at, size, piece] of changes) {
            const start = at % (text.length + 1);
            text = text.slice(0, start) + piece + text.slice(start + size);
          }
          validate(text);
          validate(text, { path: 'x.pipeline.json' });
          buildGraph(text);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('that is no definition has no diagnostics', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(detectLanguage(text, 'x.json')).toBeUndefined();
        expect(validate(text, { path: 'x.json' })).toEqual([]);
      }),
    );
  });

  test('with a text of a megabyte in it is answered soon', () => {
    const start = performance.now();
    for (const piece of ['${', '-----BEGIN ', 'aa-', '<a', '{{', ':', 'x', 'arn:aws:iam::', '../']) {
      const long = JSON.stringify(piece.repeat(1_000_000 / piece.length));
      for (const place of ['"raw"', '"10"', '"Prepare"', '"ml.m5.xlarge"', '"P30D"', '"GreaterThanOrEqualTo"'])
        validate(rich.replace(place, long));
    }
    expect(performance.now() - start).toBeLessThan(60_000);
  });

  test('nested without end is answered soon', () => {
    for (const piece of ['[', '{"a":', '{"Steps":[', '{"Version":"2020-12-01","Steps":[{"Arguments":']) {
      expect(() => validate(piece.repeat(20_000), { path: 'x.pipeline.json' })).not.toThrow();
    }
  });
});

describe('an open document', () => {
  test('says after any edits what a check of the whole text says', () => {
    fc.assert(
      fc.property(
        fc
          .constantFrom(...bases)
          .chain((base) => fc.tuple(fc.constant(base), fc.array(edits(base.length), { minLength: 1, maxLength: 6 }))),
        ([base, list]) => {
          const document = new EditedDocument(base);
          document.diagnostics();
          for (const edit of list) {
            document.edit(edit);
            expect(document.diagnostics()).toEqual(validate(document.text, { path: document.path }));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('says so after edits of names, references and texts, which other steps are judged by', () => {
    const words = [...new Set(rich.match(/"[^"\n]{2,40}"/g) ?? [])].map((word) => word.slice(1, -1));
    const change = fc.record({ at: fc.nat(rich.length), word: fc.constantFrom(...words, 's3://bucket/raw', 'x', '') });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        const document = new EditedDocument(rich);
        document.diagnostics();
        for (const { at, word } of changes) {
          // The string that stands behind the place gets another text.
          const start = document.text.indexOf('"', at) + 1;
          const end = document.text.indexOf('"', start);
          if (start === 0 || end < 0) continue;
          document.edit({ start, end, newText: word });
          expect(document.diagnostics()).toEqual(validate(document.text, { path: document.path }));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('reads only the step that an edit lies in, and what others say about it', () => {
    const text = pipelineOf(20);
    const session = new PipelineSession(new SourceDocument(text, 'a.json').tree);
    const rulesFound = (): string[] => session.findings().map(({ rule }) => rule);
    const before = rulesFound();
    const trained = text.replace('"num_round": "50"', '"num_round": "60"');
    session.update(trained);
    expect(session.readAgain).toBe(1);
    expect(rulesFound()).toEqual(before);
    session.update(trained.replace('"Name": "Step4"', '"Name": "Step4x"'));
    expect(session.readAgain).toBe(1);
    expect(rulesFound()).toContain('sm/unknown-step-reference');
    session.update(trained);
    expect(rulesFound()).toEqual(before);
  });
});

const files = corpus();

test.skipIf(files.length === 0)(
  'every definition that people wrote, cut at a hundred places, is read without a throw',
  () => {
    for (const { path } of files.filter(({ file }) => !file.startsWith('perf'))) {
      const text = readFileSync(path, 'utf8');
      for (let i = 0; i < 100; i += 9) validate(text.slice(0, Math.floor((text.length * i) / 100)));
    }
  },
);
