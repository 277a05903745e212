/** What quick fixes add to YAML and take out of it, judged by how it reads afterwards and how it looks. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { TextEdit } from '../../../src/definition/diagnostic';
import { Editor } from '../../../src/definition/finding';
import type { Node } from '../../../src/definition/tree';
import { parseYaml } from '../../../src/definition/yaml';
import { edited } from './marked';

type Edit = (edit: Editor, root: Node) => TextEdit | undefined;

function after(text: string, edit: Edit): string | undefined {
  const tree = parseYaml(text);
  const change = tree.root && edit(new Editor(tree), tree.root);
  return change && edited(text, [change]);
}

const at = (root: Node, ...path: (string | number)[]): Node => root.at(...path) ?? root;

describe('adding to YAML', () => {
  it.each<[string, string, Edit, string]>([
    [
      'a mapping',
      'a:\n  b: 1\nc: 2\n',
      (edit, root) => edit.insert(at(root, 'a'), 'd', 'x'),
      'a:\n  b: 1\n  d: x\nc: 2\n',
    ],
    [
      'a mapping at the end of the text, with a value that has members',
      'a:\n    b: 1',
      (edit, root) => edit.insert(at(root, 'a'), 'd', { e: [1] }),
      'a:\n    b: 1\n    d:\n      e:\n        - 1',
    ],
    [
      'a mapping in a sequence',
      '- a: 1\n  b: 2\n- c: 3\n',
      (edit, root) => edit.insert(at(root, 0), 'd', {}),
      '- a: 1\n  b: 2\n  d: {}\n- c: 3\n',
    ],
    [
      'a mapping that ends with a remark and blank lines',
      'a:\n  b: 1 # why\n\n# next\nc: 2\n',
      (edit, root) => edit.insert(at(root, 'a'), 'd', true),
      'a:\n  b: 1 # why\n  d: true\n\n# next\nc: 2\n',
    ],
    [
      'a mapping that ends with a block of text',
      'a:\n  b: |\n    x\n    y\nc: 2\n',
      (edit, root) => edit.insert(at(root, 'a'), 'd', 'z'),
      'a:\n  b: |\n    x\n    y\n  d: z\nc: 2\n',
    ],
    [
      'a mapping that ends with a key alone',
      'a:\n  b:\nc: 2\n',
      (edit, root) => edit.insert(at(root, 'a'), 'd', 1),
      'a:\n  b:\n  d: 1\nc: 2\n',
    ],
    ['a mapping in braces', 'a: {b: 1}\n', (edit, root) => edit.insert(at(root, 'a'), 'd', 'x'), 'a: {b: 1, d: "x"}\n'],
    [
      'a mapping in braces, with quoted keys',
      'a: {"b": 1}\n',
      (edit, root) => edit.insert(at(root, 'a'), 'd', ['x']),
      'a: {"b": 1, "d": ["x"]}\n',
    ],
    ['an empty mapping', 'a: {}\n', (edit, root) => edit.insert(at(root, 'a'), 'd', 1), 'a: { "d": 1 }\n'],
    ['a sequence', 'a:\n- b\n- c\nd: 1\n', (edit, root) => edit.push(at(root, 'a'), 'e'), 'a:\n- b\n- c\n- e\nd: 1\n'],
    [
      'a sequence of mappings',
      'a:\n  - b: 1\n    c: 2\n',
      (edit, root) => edit.push(at(root, 'a'), { b: 2, c: 'no' }),
      'a:\n  - b: 1\n    c: 2\n  - b: 2\n    c: "no"\n',
    ],
    ['a sequence in brackets', 'a: [b]\n', (edit, root) => edit.push(at(root, 'a'), 'e'), 'a: [b, "e"]\n'],
    [
      'lines that end with carriage returns',
      'a:\r\n  b: 1\r\nc: 2\r\n',
      (edit, root) => edit.insert(at(root, 'a'), 'd', 1),
      'a:\r\n  b: 1\r\n  d: 1\r\nc: 2\r\n',
    ],
    [
      'a text that other readers take for a date',
      'a:\n  b: 1\n',
      (edit, root) => edit.insert(at(root, 'a'), 'Version', '2020-12-01'),
      'a:\n  b: 1\n  Version: "2020-12-01"\n',
    ],
  ])('%s', (_what, text, edit, expected) => {
    expect(after(text, edit)).toBe(expected);
  });

  it('does nothing where the end cannot be told', () => {
    expect(after('a: !Sub x\n', (edit, root) => edit.insert(at(root, 'a'), 'b', 1))).toBeUndefined();
    expect(after('a: &x {k: 1}\nb: {c: *x}\n', (edit, root) => edit.insert(at(root, 'b'), 'd', 1))).toBeUndefined();
    expect(after('a: &x\n  k: 1\nb:\n  c: *x\n', (edit, root) => edit.insert(at(root, 'b'), 'd', 1))).toBeUndefined();
  });
});

describe('taking out of YAML', () => {
  it.each<[string, string, Edit, string]>([
    [
      'a member',
      'a:\n  b: 1\n  c:\n    - x\n  d: 2\n',
      (edit, root) => edit.remove(at(root, 'a', 'c')),
      'a:\n  b: 1\n  d: 2\n',
    ],
    ['the first member after a dash', '- a: 1\n  b: 2\n', (edit, root) => edit.remove(at(root, 0, 'a')), '- b: 2\n'],
    ['the only member', 'a:\n  b: 1\nc: 2\n', (edit, root) => edit.remove(at(root, 'a', 'b')), 'a: {}\nc: 2\n'],
    ['the only element', 'a:\n  - b\nc: 2\n', (edit, root) => edit.remove(at(root, 'a', 0)), 'a: []\nc: 2\n'],
    [
      'an element with dashes in it',
      'a:\n  - b-c\n  -\n    - d\n  - e\n',
      (edit, root) => edit.remove(at(root, 'a', 1)),
      'a:\n  - b-c\n  - e\n',
    ],
    ['a block of text', 'a: |\n  x\n\n  y\nb: 1\n', (edit, root) => edit.remove(at(root, 'a')), 'b: 1\n'],
  ])('%s', (_what, text, edit, expected) => {
    expect(after(text, edit)).toBe(expected);
  });
});

describe('any YAML', () => {
  const scalar = fc.oneof(
    fc.integer(),
    fc.boolean(),
    fc.constantFrom('x', 'a b', 'l1\nl2\n', '- d', '# e', 'yes', "it's"),
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      scalar,
      fc.array(tie('value'), { minLength: 1, maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'c d', 'e'), tie('value'), { minKeys: 1, maxKeys: 3 }),
    ),
  }));
  const style = fc.record({
    indent: fc.constantFrom(2, 4),
    indentSeq: fc.boolean(),
    collectionStyle: fc.constantFrom('any' as const, 'flow' as const),
  });
  /** The value that a node stands for, in the data that the text was made of. */
  const valueAt = (data: unknown, path: readonly (string | number)[]): unknown =>
    path.reduce<unknown>((one, key) => (one as Record<string, unknown>)[key], data);

  it('reads as before with the addition, and without what was taken out', () => {
    fc.assert(
      fc.property(fc.record({ top: value, end: scalar }), style, value, fc.nat(), (data, options, added, choice) => {
        const text = stringify(data, options);
        const tree = parseYaml(text);
        const edit = new Editor(tree);
        const nodes = [...(tree.root?.walk() ?? [])].filter(({ children }) => children.length > 0);
        const node = nodes[choice % nodes.length];
        if (!node) return;
        const grown = structuredClone(data);
        const target = valueAt(grown, node.path);
        if (Array.isArray(target)) target.push(added);
        else (target as Record<string, unknown>)['new'] = added;
        const addition = node.kind === 'array' ? edit.push(node, added) : edit.insert(node, 'new', added);
        expect(addition).toBeDefined();
        expect(parse(edited(text, addition ? [addition] : []))).toEqual(grown);

        const victim = node.children[choice % node.children.length];
        const shrunk = structuredClone(data);
        const from = valueAt(shrunk, node.path);
        if (Array.isArray(from)) from.splice(Number(victim?.key), 1);
        else delete (from as Record<string, unknown>)[String(victim?.key)];
        const removal = victim && edit.remove(victim);
        expect(removal).toBeDefined();
        expect(parse(edited(text, removal ? [removal] : []))).toEqual(shrunk);
      }),
      { numRuns: 500 },
    );
  });
});
