import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { durationOf } from '../../../src/definition/duration';

const day = 86_400_000;

test.each([
  ['P30D', 30 * day],
  ['30d', 30 * day],
  ['PT1H', day / 24],
  ['T30m', day / 48],
  ['P1DT12H', 1.5 * day],
  ['P1Y2M3W4DT5H6M7S', (365 + 60 + 21 + 4) * day + 5 * 3_600_000 + 6 * 60_000 + 7000],
  ['PT0S', 0],
  ['P30M', 900 * day],
  ['PT30M', day / 48],
])('%s', (text, milliseconds) => expect(durationOf(text)).toBe(milliseconds));

test.each(['', 'P', 'PT', 'P1DT', '1 hour', 'P-1D', 'PT1H30', 'P1H', 'PT1D', '30', 'P1.5D', ' P1D'])(
  '%j is none',
  (text) => expect(durationOf(text)).toBeUndefined(),
);

test('case and the P do not matter', () => {
  fc.assert(
    fc.property(fc.nat(999), fc.constantFrom('Y', 'M', 'W', 'D'), fc.nat(999), (many, unit, hours) => {
      const text = `P${many}${unit}T${hours}H`;
      expect(durationOf(text.toLowerCase())).toBe(durationOf(text));
      expect(durationOf(text.slice(1))).toBe(durationOf(text));
    }),
  );
});
