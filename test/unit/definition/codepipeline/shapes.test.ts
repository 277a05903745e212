import { describe, expect, test } from 'vitest';
import { declaration, words } from '../../../../src/definition/codepipeline/shapes';
import generated from '../../../../src/definition/generated/codepipeline.json';
import { shapeOfStructure } from '../../../../src/definition/shape/from-service';
import { ServiceTable } from '../../../../src/definition/shape/service-table';
import { memberAt } from '../../../../src/definition/shape/shape';

describe('the shape of a declaration', () => {
  test('has words for members and patterns of the model only', () => {
    const structures: Record<string, { m: Record<string, string> } | undefined> = generated.structures;
    const strays = Object.keys(words.members).filter((key) => {
      const [structure = '', member = ''] = key.split('.');
      return structures[structure]?.m[member] === undefined;
    });
    expect(strays).toEqual([]);
    expect(Object.keys(words.patterns).toSorted()).toEqual(generated.patterns.toSorted());
  });

  test('has the bounds of the model, those of the guide, and what members are for', () => {
    expect(memberAt(declaration, ['stages', 0, 'actions', 0, 'runOrder'])).toMatchObject({
      shape: { kind: 'number', whole: true, min: 1, max: 999 },
    });
    expect(memberAt(declaration, ['stages'])).toMatchObject({
      required: true,
      shape: { kind: 'list', min: 2, max: 50, of: 'stage' },
      doc: 'The stages, in order; the first holds the sources.',
    });
    expect(memberAt(declaration, ['executionMode'])?.shape).toEqual({
      kind: 'text',
      values: ['QUEUED', 'SUPERSEDED', 'PARALLEL'],
    });
  });
});

test('structures within lists have shapes, too', () => {
  const table = new ServiceTable({
    limits: [],
    patterns: [],
    enums: {},
    structures: { A: { r: 1, m: { Name: 's', Inner: '[:.B' } }, B: { r: 0, m: { On: 'b', At: 't', Each: '{:s' } } },
  });
  expect(shapeOfStructure(table, 'A', { members: {}, patterns: {} })).toEqual({
    kind: 'object',
    members: {
      Name: { required: true, shape: { kind: 'text' } },
      Inner: {
        shape: {
          kind: 'list',
          item: {
            kind: 'object',
            members: {
              On: { shape: { kind: 'flag' } },
              At: { shape: { kind: 'any' } },
              Each: { shape: { kind: 'map', value: { kind: 'text' } } },
            },
          },
        },
      },
    },
  });
});
