/**
 * What the rules tell, word for word: of each rule's example, and of every single mistake in a definition that has every
 * kind of step. A change of a text or of a place is seen in the recorded lists, which are read like any other text:
 * `npx vitest run --project unit test/unit/definition/rules-told.test.ts -u`.
 */
import { expect, test } from 'vitest';
import { type Diagnostic, type Position, rules, validate, validateFully } from '../../../src/definition';
import { frames } from '../../fixtures/frames';
import { everywhere, type Json, put } from '../../fixtures/json-places';
import { ruleCases } from '../../fixtures/rule-cases';
import { rare } from '../../fixtures/rare-pipeline';
import { rich } from '../../fixtures/rich-pipeline';

function told(text: string, { severity, message, range, fixes, related = [] }: Diagnostic): string {
  const lines = text.split('\n');
  const offset = ({ line, character }: Position): number =>
    lines.slice(0, line).reduce((sum, before) => sum + before.length + 1, 0) + character;
  const marked = text.slice(offset(range.start), offset(range.end)).replaceAll(/\s+/g, ' ');
  const short = marked.length > 60 ? `${marked.slice(0, 40)}…${marked.slice(-15)}` : marked;
  return [
    `  ${severity} at ${short}`,
    `    ${message}`,
    ...related.map((other) => `    see: ${other.message}`),
    ...fixes.map(
      ({ title, edits, preferred }) =>
        `    ${preferred ? 'sure fix' : 'fix'}: ${title} → ${edits.map(({ newText }) => JSON.stringify(newText)).join(', ')}`,
    ),
  ].join('\n');
}

test('the examples of the rules', async () => {
  const parts: string[] = [];
  for (const { id, example } of rules.values()) {
    if (!id.startsWith('sm/')) continue;
    const text = frames[example.frame]?.(example.bad) ?? '';
    const found = await validateFully(text, { path: 'example.pipeline.json', levels: { [id]: 'warning' } });
    const own = found.filter(({ rule }) => rule === id);
    expect(own.length, id).toBeGreaterThan(0);
    parts.push([id, ...own.map((diagnostic) => told(text, diagnostic))].join('\n'));
  }
  await expect(`${parts.join('\n\n')}\n`).toMatchFileSnapshot('../../fixtures/definition/told-of-examples.txt');
});

test('fragments with one thing amiss, or nearly', async () => {
  const parts = ruleCases.map(([title, text]) => {
    const found = validate(text, { path: 'case.pipeline.json' });
    // Advice is not the matter of a case.
    const own = found.filter(({ severity }) => severity !== 'hint');
    return [title, ...own.map((one) => `  ${one.rule}\n${told(text, one)}`)].join('\n');
  });
  await expect(`${parts.join('\n\n')}\n`).toMatchFileSnapshot('../../fixtures/definition/told-of-cases.txt');
});

const wrong: (Json | undefined)[] = [
  undefined,
  null,
  7,
  -1,
  '',
  'Nonsense',
  true,
  [],
  {},
  { Get: 'Steps.Nobody.Name' },
];

/** The value with one thing changed at a time, as texts: a member is gone, has a wrong value, or is misspelt. */
function* mistakes(text: string, values: readonly (Json | undefined)[]): Iterable<string> {
  const root = JSON.parse(text) as Json;
  for (const [place, before] of [...everywhere(root)].slice(1)) {
    for (const other of values) {
      const copy = structuredClone(root);
      put(copy, place, other);
      yield JSON.stringify(copy);
    }
    const key = place.at(-1);
    if (typeof key !== 'string') continue;
    const copy = structuredClone(root);
    put(copy, place, undefined);
    put(copy, [...place.slice(0, -1), `${key}s`], before);
    yield JSON.stringify(copy);
  }
}

test.each<[what: string, text: string, values: readonly (Json | undefined)[], file: string]>([
  ['every kind of step that many use', rich, wrong, 'told-of-mistakes.txt'],
  ['the kinds of steps that few use', rare, [undefined, -1, '', 'Nonsense', [], {}], 'told-of-rare-mistakes.txt'],
])(
  'single mistakes in a definition with %s',
  async (_, definition, values, file) => {
    const messages = new Map<string, Set<string>>();
    let tried = 0;
    for (const text of mistakes(definition, values)) {
      tried++;
      for (const { rule, severity, message, fixes } of validate(text, { path: 'rich.pipeline.json' })) {
        const lines = messages.get(rule) ?? new Set();
        const titles = fixes.map(({ title, preferred }) => ` [${title}${preferred ? '!' : ''}]`);
        messages.set(rule, lines.add(`${severity}: ${message}${titles.join('')}`));
      }
    }
    expect(tried).toBeGreaterThan(1000);
    const parts = [...messages]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([rule, lines]) => [rule, ...[...lines].toSorted().map((line) => `  ${line}`)].join('\n'));
    await expect(`${parts.join('\n\n')}\n`).toMatchFileSnapshot(`../../fixtures/definition/${file}`);
    // Thousands of definitions: seconds here, minutes on a machine that is busy.
  },
  600_000,
);
