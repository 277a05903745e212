import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, Scalar, stringify } from 'yaml';
import { parseYaml } from '../../../src/definition/yaml';
import type { Node } from '../../../src/definition/tree';
import { yamlOffsets } from '../../../src/definition/yaml-offsets';

function plain(node: Node | undefined): unknown {
  if (!node) return undefined;
  if (node.kind === 'object') return Object.fromEntries(node.members.map((member) => [member.key, plain(member)]));
  return node.kind === 'array' ? node.items.map(plain) : node.value;
}

describe('YAML trees', () => {
  it('hold values with the ranges of their source', () => {
    const text = 'a: 1\nb:\n  - x y\n  - "q"\nc: {d: true}\n';
    const tree = parseYaml(text);
    expect(plain(tree.root)).toEqual({ a: 1, b: ['x y', 'q'], c: { d: true } });
    const second = tree.root?.at('b', 0);
    expect(second && tree.source(second)).toBe('x y');
    const member = tree.root?.at('c', 'd');
    expect(member && text.slice(member.keyStart, member.keyEnd)).toBe('d');
    expect(tree.root?.at('b')?.end).toBe(text.indexOf('"q"') + 3);
  });

  it('write the short forms of CloudFormation long', () => {
    const tree = parseYaml('a: !Ref X\nb: !Sub "${Y}"\nc: !GetAtt A.B\nd: !If [C, 1, 2]\n');
    expect(plain(tree.root)).toEqual({
      a: { Ref: 'X' },
      b: { 'Fn::Sub': '${Y}' },
      c: { 'Fn::GetAtt': 'A.B' },
      d: { 'Fn::If': ['C', 1, 2] },
    });
  });

  it('follow aliases and merge keys', () => {
    expect(plain(parseYaml('a: &x {b: 1}\nc: *x\nd:\n  <<: *x\n  e: 2\n').root)).toEqual({
      a: { b: 1 },
      c: { b: 1 },
      d: { b: 1, e: 2 },
    });
  });

  it('find keys given twice', () => {
    expect(parseYaml('a: 1\nb: 2\na: 3\n').duplicates.map((node) => node.start)).toEqual([13]);
  });

  it('give a missing value a place', () => {
    const tree = parseYaml('a:\nb: 1\n');
    expect(tree.root?.get('a')).toMatchObject({ kind: 'missing', start: 2 });
  });

  it('come of broken texts too, with the problem', () => {
    const tree = parseYaml('a: [1, 2\nb: 1\n');
    expect(tree.problems.length).toBeGreaterThan(0);
    expect(tree.root?.get('a')?.kind).toBe('array');
  });

  it('never throw, and end, for any text and for aliases that grow', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('a', ':', ' ', '\n', '-', '[', ']', '{', '}', '&x', '*x', '!', '|', '"', "'", '#'),
        }),
        (text) => {
          parseYaml(text);
        },
      ),
      { numRuns: 500 },
    );
    const bomb = `a: &a [1,1,1,1,1,1,1,1,1]\n${Array.from('bcdefghi', (name, at) => `${name}: &${name} [${`*${'abcdefgh'[at]},`.repeat(9)}]`).join('\n')}\n`;
    expect(parseYaml(bomb).root).toBeDefined();
  });
});

describe('places in YAML strings', () => {
  it.each([
    ['a literal block', 'k: |\n  ab\n    cd\n\n  e\n', 'ab\n  cd\n\ne\n'],
    ['a literal block with a stated indentation', 'k: |2-\n    ab\n   cd\n\n', '  ab\n cd'],
    ['a folded block', 'k: >\n  ab\n  cd\n\n  e\n', 'ab cd\ne\n'],
    ['a folded block with lines that are indented more', 'k: >-\n  {\n    ab\n  }\n', '{\n  ab\n}'],
    ['double quotes with escapes', 'k: "a\\"b\\u0041"', 'a"bA'],
    ['double quotes on several lines', 'k: "ab\n  cd\\\n  \\  e\n\n  f"', 'ab cd  e\nf'],
    ['single quotes', "k: 'it''s'", "it's"],
    ['single quotes on several lines', "k: 'it''s\n  b'", "it's b"],
    ['no quotes, on several lines', 'k: ab\n  cd\n\n  e', 'ab cd\ne'],
    ['a literal block with carriage returns', 'k: |\r\n  ab\r\n  cd\r\n', 'ab\ncd\n'],
  ])('are known in %s', (_what, text, value) => {
    const tree = parseYaml(text);
    const node = tree.root?.get('k');
    expect(node?.text).toBe(value);
    for (let at = 0; at < value.length; at++) {
      const { start } = node ? tree.within(node, at, at + 1) : { start: -1 };
      const written = text.slice(start, start + 1);
      if (!/["'A\s]/.test(value[at] ?? '')) expect(written).toBe(value[at]);
    }
  });

  it('are known however the library writes a text', () => {
    const words = fc.string({
      unit: fc.constantFrom('a', 'bcd', ' ', '\n', '"', "'", '\\', '{', '\u00e9', '\u{1f427}', '\t'),
    });
    const style = fc.constantFrom('BLOCK_LITERAL', 'BLOCK_FOLDED', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'PLAIN');
    fc.assert(
      fc.property(words, style, fc.constantFrom(20, 0), (made, type, lineWidth) => {
        // A block of nothing but blank lines has no characters to find.
        fc.pre(/\S/.test(made));
        const scalar = new Scalar(made);
        scalar.type = type;
        const text = stringify({ k: { l: scalar }, m: 1 }, { lineWidth, minContentWidth: 0 });
        const tree = parseYaml(text);
        const node = tree.root?.at('k', 'l');
        // What the library reads counts: lines of tabs alone, folded, it does not read as it wrote them.
        const value = (parse(text) as { k: { l: string } }).k.l;
        expect(node?.text).toBe(value);
        const offsets = node && tree.characters(node);
        expect(offsets).toHaveLength(value.length + 1);
        offsets?.forEach((offset, at) => {
          expect(offset).toBeGreaterThanOrEqual(offsets[at - 1] ?? 0);
          const written = text[(node?.start ?? 0) + offset];
          if (/[a-d{]/.test(value[at] ?? '')) expect(written).toBe(value[at]);
        });
      }),
      { numRuns: 2000 },
    );
  });

  it('are unknown where value and source do not go together', () => {
    expect(yamlOffsets('>\n  a\n  b\n', 'a c\n')).toBeUndefined();
    expect(yamlOffsets("'a'", 'b')).toBeUndefined();
  });
});
