import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Diagnostic, rules, validate } from '../../../src/definition';
import { frames } from '../../fixtures/frames';
import { kinds } from '../../fixtures/planted';
import { type Json, pointer } from '../../fixtures/json-places';
import { pipelineOf } from '../../fixtures/pipelines';
import { rich } from '../../fixtures/rich-pipeline';
import { corpus } from '../../fixtures/shared';

/** How many places of one definition each defect is planted at. */
const perBase = 2;

/** Types of steps that few people use; there are good examples of them in the rules. */
const rare = /"Type": "(AutoML|Callback|EMR|Endpoint|Lineage|Model|QualityCheck|RegisterModel|Tuning)/;

const key = ({ rule, pointer: place }: Diagnostic): string => `${rule} ${place}`;

interface Base {
  name: string;
  text: string;
  known: ReadonlySet<string>;
}

/** The definitions to plant defects in: those that people wrote where they are, and the good examples of the rules. */
function bases(): Base[] {
  const texts: [name: string, text: string][] = [
    ['rich', rich],
    ['three steps', pipelineOf(3)],
    ['three steps with literals', withLiterals(pipelineOf(3))],
  ];
  for (const { id, example } of rules.values()) {
    const text = id.startsWith('sm/') && rare.test(example.good) ? frames[example.frame]?.(example.good) : undefined;
    if (text !== undefined) texts.push([id, text]);
  }
  for (const { file, path, status } of corpus())
    if (status === 'clean' && !file.startsWith('perf')) texts.push([file, readFileSync(path, 'utf8')]);
  return texts.map(([name, text]) => ({ name, text, known: new Set(validate(text).map(key)) }));
}

/** A definition with values where it has references to parameters: what many people write. */
function withLiterals(text: string): string {
  const literals: Readonly<Record<string, string>> = {
    InstanceType: 'ml.m5.large',
    RoleArn: 'arn:aws:iam::111122223333:role/pipelines',
  };
  return JSON.stringify(
    JSON.parse(text, (name, value: unknown) => (typeof value === 'object' ? (literals[name] ?? value) : value)),
  );
}

const all = bases();

describe('a defect is found at its place in every definition that has such a place', () => {
  test.each(Object.entries(kinds))('%s', (_, plants) => {
    const missed: string[] = [];
    let planted = 0;
    for (const { name, text, known } of all) {
      const count = plants(JSON.parse(text) as Json).length;
      const step = Math.max(1, Math.ceil(count / perBase));
      for (let index = 0; index < count; index += step) {
        const definition = JSON.parse(text) as Json;
        const place = pointer(plants(definition)[index]?.() ?? []);
        const fresh = validate(JSON.stringify(definition)).filter((diagnostic) => !known.has(key(diagnostic)));
        planted++;
        if (!fresh.some((diagnostic) => diagnostic.pointer === place)) missed.push(`${name} ${place}`);
      }
    }
    expect(planted).toBeGreaterThan(0);
    expect(missed).toEqual([]);
  });
});
