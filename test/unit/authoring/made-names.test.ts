/** A pipeline whose name only running tells is listed by the name that it had: its runs stand below it, not beside it. */
import { beforeEach, expect, test } from 'vitest';
import { MadeNames } from '../../../src/authoring/python/made-names';
import { pipelinesIn } from '../../../src/sources/find';

const memory = new Map<string, unknown>();
const names = new MadeNames({
  get: (key, otherwise) => (memory.get(key) ?? otherwise) as typeof otherwise,
  update: (key, value) => Promise.resolve(void memory.set(key, value)),
});

const path = 'rows.py';
const made = (body: string): string => `from sagemaker.workflow.pipeline import Pipeline\n${body}`;
const unread = pipelinesIn(path, made('def make(team):\n    return Pipeline(f"{team}-rows")\n'));
const written = pipelinesIn(path, made('def make():\n    return Pipeline("rows")\n'));

function namesOf(found: typeof unread, root = '/shop'): (string | undefined)[] {
  return names.applied(root, found).map(({ name }) => name);
}

async function keep(found: typeof unread, name: string): Promise<boolean> {
  const [first] = found;
  if (!first) throw new Error('Nothing was found.');
  return names.keep('/shop', first, found, name);
}

beforeEach(() => memory.clear());

test('a name that the text does not tell is the one that it had when it ran', async () => {
  expect(namesOf(unread)).toEqual([undefined]);
  expect(await keep(unread, 'north-rows')).toBe(true);
  expect(namesOf(unread)).toEqual(['north-rows']);
  expect(namesOf(unread, '/another')).toEqual([undefined]);
});

test('lines above it change nothing, and the last name counts', async () => {
  await keep(unread, 'north-rows');
  expect(await keep(unread, 'north-rows')).toBe(false);
  const lower = unread.map((pipeline) => ({ ...pipeline, line: pipeline.line + 7 }));
  expect(namesOf(lower)).toEqual(['north-rows']);
  expect(await keep(lower, 'south-rows')).toBe(true);
  expect(namesOf(unread)).toEqual(['south-rows']);
});

test('a text that says one name and makes another has the one it makes, until the text says another', async () => {
  expect(await keep(written, 'rows')).toBe(false);
  expect(await keep(written, 'rows-of-us')).toBe(true);
  expect(namesOf(written)).toEqual(['rows-of-us']);
  const renamed = written.map((pipeline) => ({ ...pipeline, name: 'lines' }));
  expect(namesOf(renamed)).toEqual(['lines']);
  expect(await keep(written, 'rows')).toBe(true);
  expect(namesOf(written)).toEqual(['rows']);
});

test('of two that cannot be told apart no name is kept', async () => {
  const twice = pipelinesIn(path, made('Pipeline(one())\nPipeline(two())\n'));
  expect(twice).toHaveLength(2);
  expect(await keep(twice, 'rows')).toBe(false);
  expect(namesOf(twice)).toEqual([undefined, undefined]);
});

test('of many programs the ones that ran last are kept', async () => {
  for (let at = 0; at < 202; at++) {
    const found = pipelinesIn(`${at}.py`, made('Pipeline(own())\n'));
    await keep(found, `rows-${at}`);
  }
  const first = pipelinesIn('0.py', made('Pipeline(own())\n'));
  const last = pipelinesIn('201.py', made('Pipeline(own())\n'));
  expect([namesOf(first), namesOf(last)]).toEqual([[undefined], ['rows-201']]);
});
