import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SourceDocument } from '../../../src/definition';
import type { Node } from '../../../src/definition/tree';

const shapes = {
  json: new SourceDocument('{"Steps": [{"Name": "a/b", "N": 2}, [true, null]],\n "x~y": "é\\n\\u0041!"}', 'a.json'),
  yaml: new SourceDocument(
    'Steps:\n  - Name: a/b\n    N: 2\n  - - true\n    - null\n"x~y": "é\\n\\u0041!"\n',
    'a.yaml',
  ),
};

describe.each(Object.entries(shapes))('tree of %s', (_syntax, { tree }) => {
  test('holds values with their kinds', () => {
    expect(tree.root?.at('Steps', 0, 'Name')?.text).toBe('a/b');
    expect(tree.root?.at('Steps', 0, 'N')?.value).toBe(2);
    expect(tree.root?.at('Steps', 1)?.items.map((item) => item.kind)).toEqual(['boolean', 'null']);
    expect(tree.problems).toEqual([]);
  });

  test('knows where keys and values are written', () => {
    const name = tree.root?.at('Steps', 0, 'Name');
    expect(name && tree.source(name).replaceAll('"', '')).toBe('a/b');
    expect(name && tree.text.slice(name.keyStart, name.keyEnd).replaceAll('"', '')).toBe('Name');
  });

  test('gives pointers with escapes and finds nodes by them', () => {
    const node = tree.root?.get('x~y');
    expect(node?.pointer).toBe('/x~0y');
    expect(tree.at('/x~0y')).toBe(node);
    expect(tree.at('/Steps/1/0')?.value).toBe(true);
    expect(tree.at('/Steps/9/Name')).toBeUndefined();
  });

  test('finds the innermost node at an offset', () => {
    const at = tree.text.indexOf('a/b') + 1;
    expect(tree.nodeAt(at)?.pointer).toBe('/Steps/0/Name');
  });
});

/** What a tree says, as `JSON.parse` says it. */
function valueOf(node: Node | undefined): unknown {
  if (node?.kind === 'array') return node.items.map(valueOf);
  if (node?.kind === 'object') return Object.fromEntries(node.members.map((child) => [child.key, valueOf(child)]));
  return node?.value;
}

/** JSON with white space between its tokens, and with letters of its strings written as escapes. */
const written = fc.tuple(fc.json(), fc.constantFrom('', ' ', '\r\n\t'), fc.boolean()).map(([json, space, escaped]) => {
  const text = JSON.stringify(JSON.parse(json), undefined, space);
  return escaped ? text.replaceAll(/(?<=\w)[g-z](?=\w*")/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`) : text;
});

describe('sound JSON', () => {
  test('is read as JSON.parse reads it, each value and key where it is written', () => {
    fc.assert(
      fc.property(written, (text) => {
        const { tree } = new SourceDocument(text, 'a.json');
        expect(tree.problems).toEqual([]);
        expect(valueOf(tree.root)).toEqual(JSON.parse(text));
        for (const node of tree.root?.walk() ?? []) {
          expect(valueOf(node)).toEqual(JSON.parse(tree.source(node)));
          const key = text.slice(node.keyStart, node.keyEnd);
          if (typeof node.key === 'string') expect(JSON.parse(key)).toBe(node.key);
        }
      }),
    );
  });

  test('and faulty JSON is told apart from it as JSON.parse does', () => {
    fc.assert(
      fc.property(written, fc.nat(), fc.constantFrom('', ',', '"', '1', '\n', '[', '\\'), (text, place, piece) => {
        const at = place % (text.length + 1);
        const changed = text.slice(0, at) + piece + text.slice(at + 1);
        const sound = (): unknown => JSON.parse(changed);
        const { problems } = new SourceDocument(changed, 'a.json').tree;
        if (problems.length > 0) expect(sound).toThrow();
        else expect(sound).not.toThrow();
      }),
    );
  });
});

describe('broken JSON', () => {
  test('keeps what can be read, with a missing value where one is being typed', () => {
    const { tree } = new SourceDocument('{"Steps": [{"Name": "A", "Type": }, {"Name": "B"', 'a.json');
    expect(tree.root?.at('Steps', 0, 'Type')?.kind).toBe('missing');
    expect(tree.root?.at('Steps', 1, 'Name')?.text).toBe('B');
    expect(tree.problems.length).toBeGreaterThan(0);
  });

  test('marks the comma after the last member', () => {
    const { tree } = new SourceDocument('{"a": [1, 2,]}', 'a.json');
    expect(tree.problems.map(({ start, end }) => [start, end])).toEqual([[11, 12]]);
  });

  test('reads a text nested ten thousand deep without harm', () => {
    const { tree } = new SourceDocument('['.repeat(10_000), 'a.json');
    expect(tree.problems.some((problem) => problem.message.includes('nested'))).toBe(true);
  });

  test('remembers members given twice', () => {
    const { tree } = new SourceDocument('{"a": 1, "b": 2, "a": 3}', 'a.json');
    expect(tree.duplicates.map((node) => node.value)).toEqual([3]);
    expect(tree.root?.get('a')?.value).toBe(3);
  });
});

test('characters of an escaped string are found in its source', () => {
  const { tree } = shapes.json;
  const node = tree.root?.get('x~y');
  expect(node?.text).toBe('é\nA!');
  const place = node && tree.within(node, 2, 3);
  expect(place && tree.text.slice(place.start, place.end)).toBe('\\u0041');
});

test('YAML anchors and merges are followed', () => {
  const { tree } = new SourceDocument('base: &b {x: 1}\nuse:\n  <<: *b\n  y: *b\n', 'a.yml');
  expect(tree.root?.at('use', 'x')?.value).toBe(1);
  expect(tree.root?.at('use', 'y', 'x')?.value).toBe(1);
});

test('lines end with LF, CRLF or CR', () => {
  const { tree } = new SourceDocument('{"a":\r\n1,\r"b":\n2}', 'a.json');
  const b = tree.root?.get('b');
  expect(b && tree.valueRange(b).start).toEqual({ line: 3, character: 0 });
  expect(tree.lines.offset({ line: 2, character: 1 })).toBe(tree.text.indexOf('"b"') + 1);
});
