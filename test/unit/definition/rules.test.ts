import { describe, expect, test } from 'vitest';
import { type Rule, rules, validateFully } from '../../../src/definition';
import { frames } from '../../fixtures/frames';

const all = [...rules.values()].filter(({ id }) => id.startsWith('sm/'));

/** How often each rule fires on an example. The rule itself is switched on, and graver than what is only a remark. */
async function found({ id, example }: Rule, text: string): Promise<Map<string, number>> {
  const frame = frames[example.frame];
  if (!frame) throw new Error(`There is no frame ${example.frame}.`);
  const counts = new Map<string, number>();
  const diagnostics = await validateFully(frame(text), { path: 'example.pipeline.json', levels: { [id]: 'warning' } });
  for (const { rule, severity } of diagnostics) {
    if (severity === 'error' || severity === 'warning') counts.set(rule, (counts.get(rule) ?? 0) + 1);
  }
  return counts;
}

describe.each(all)('$id', (rule) => {
  test('finds its bad example, and nothing else is wrong there', async () => {
    const [bad, good] = [await found(rule, rule.example.bad), await found(rule, rule.example.good)];
    const more = [...bad].filter(([id, count]) => count > (good.get(id) ?? 0)).map(([id]) => id);
    expect(more).toEqual([rule.id]);
  });

  test('finds nothing in its good example', async () => {
    const good = await found(rule, rule.example.good);
    // The steps around an example have no caches, display names and the like.
    if (rule.level === 'off') good.delete(rule.id);
    expect([...good.keys()]).toEqual([]);
  });

  test('is written up', () => {
    expect(rule.title).toMatch(/^[^\n]{8,100}$/);
    expect(rule.title).not.toMatch(/\.$/);
    expect(rule.explanation.length).toBeGreaterThan(20);
  });
});
