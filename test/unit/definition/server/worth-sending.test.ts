import { describe, expect, it } from 'vitest';
import { definition } from '../../../bench/large-definition';
import { validate } from '../../../../src/definition';
import type { Severity } from '../../../../src/definition/diagnostic';
import type { Graded } from '../../../../src/definition/finding';
import { worthSending } from '../../../../src/definition/server/worth-sending';
import { parseJson } from '../../../../src/definition/json';

const { root } = parseJson(JSON.stringify(Array.from({ length: 3000 }, (_, index) => index)));
const nodes = root?.children ?? [];

function findings(severity: Severity, from: number, to: number): Graded[] {
  return nodes
    .slice(from, to)
    .map((node) => ({ severity, finding: { rule: 'sm/rule', node, message: String(node.value) } }));
}

const messages = (sent: readonly Graded[]): number[] => sent.map(({ finding }) => Number(finding.message));

describe('what is sent of many diagnostics', () => {
  it('is everything where there are few, the gravest first', () => {
    const sent = worthSending([...findings('hint', 0, 3), ...findings('warning', 3, 5), ...findings('error', 5, 6)], 0);
    expect(messages(sent)).toEqual([5, 3, 4, 0, 1, 2]);
  });

  it('is the gravest of problems', () => {
    const sent = worthSending([...findings('warning', 0, 1500), ...findings('error', 1500, 1600)], 0);
    expect(sent).toHaveLength(1000);
    expect(sent.filter(({ severity }) => severity === 'error')).toHaveLength(100);
  });

  it('is the hints around the last edit, and every problem', () => {
    const near = nodes[1500]?.start ?? 0;
    const sent = worthSending([...findings('hint', 0, 3000), ...findings('information', 0, 1)], near);
    expect(sent[0]?.severity).toBe('information');
    const hints = messages(sent.slice(1)).sort((a, b) => a - b);
    expect(hints).toHaveLength(200);
    expect(hints[0]).toBeGreaterThan(1390);
    expect(hints.at(-1)).toBeLessThan(1610);
  });

  it('is all that is found in a definition of ordinary size', () => {
    const found = validate(definition(40), { path: 'a.pipeline.json' });
    expect(found.filter(({ severity }) => severity === 'hint').length).toBeGreaterThan(100);
    expect(found.filter(({ severity }) => severity === 'hint').length).toBeLessThanOrEqual(200);
  });
});
