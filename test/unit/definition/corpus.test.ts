import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { validate } from '../../../src/definition';
import { corpus } from '../../fixtures/shared';

const files = corpus();

describe.skipIf(files.length === 0)('definitions that people wrote', () => {
  test('there are many', () => {
    expect(files.length).toBeGreaterThan(50);
  });

  test.each(files.filter(({ status }) => status === 'clean'))('no error in $file', ({ path }) => {
    const errors = validate(readFileSync(path, 'utf8'), { path }).filter(({ severity }) => severity === 'error');
    expect(errors.map(({ rule, pointer, message }) => `${rule} ${pointer} ${message}`)).toEqual([]);
  });

  test.each(files.filter(({ status }) => status.startsWith('defect')))('an error in $file ($status)', ({ path }) => {
    const errors = validate(readFileSync(path, 'utf8'), { path }).filter(({ severity }) => severity === 'error');
    expect(errors.length).toBeGreaterThan(0);
  });
});
