import { describe, expect, test } from 'vitest';
import { type Rule, rules, validate } from '../../../src/definition';
import { frames } from '../../fixtures/frames';
import { marks } from './rules-marks';

const own = [...rules.values()].filter(({ id }) => id.startsWith('sm/'));

function inFrame(rule: Rule, fragment: string): string {
  return frames[rule.example.frame]?.(fragment) ?? fragment;
}

/** What a rule marks in a text, each as the line with bars around it. */
function marked(rule: Rule, text: string): string[] {
  const lines = text.split('\n');
  return validate(text, { levels: { [rule.id]: 'warning' } })
    .filter((diagnostic) => diagnostic.rule === rule.id)
    .map(({ range: { start, end } }) => {
      const line = lines[start.line] ?? '';
      return `${line.slice(0, start.character)}|${line.slice(start.character, end.character)}|${line.slice(end.character)}`;
    });
}

describe.each(own)('$id', (rule) => {
  test('marks the exact place', () => {
    const expected = marks[rule.id]?.marked;
    const found = marked(rule, inFrame(rule, rule.example.bad));
    expect(found.length).toBeGreaterThan(0);
    if (expected !== null) expect(found.join('\n')).toContain(expected);
  });

  test('leaves alone what only comes near', () => {
    const [from = '', to = ''] = marks[rule.id]?.near ?? [];
    expect(rule.example.good).toContain(from);
    const near = marked(rule, inFrame(rule, rule.example.good.replaceAll(from, to)));
    const around = rule.level === 'off' ? marked(rule, inFrame(rule, rule.example.good)) : [];
    expect(near).toHaveLength(around.length);
  });
});
