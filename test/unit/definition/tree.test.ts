import { describe, expect, test } from 'vitest';
import { SourceDocument } from '../../../src/definition';

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
