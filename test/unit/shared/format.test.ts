import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  count,
  formatAge,
  formatBytes,
  formatDuration,
  formatNumber,
  formatPercent,
  formatTime,
} from '../../../src/shared/format';

describe('durations', () => {
  test.each([
    [0, '0 ms'],
    [350, '350 ms'],
    [999.6, '999 ms'],
    [1000, '1 s'],
    [8449, '8.4 s'],
    [9999, '9.9 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [248_000, '4 min 8 s'],
    [7_500_000, '2 h 5 min'],
    [90_000_000, '1 d 1 h'],
  ])('%d ms reads %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  test('a clock that went back gives no negative time', () => {
    expect(formatDuration(-5)).toBe('0 ms');
  });
});

test.each([
  [0, 'just now'],
  [-4000, 'just now'],
  [12_000, '12 s ago'],
  [300_000, '5 min ago'],
  [3 * 3_600_000, '3 h ago'],
  [2 * 86_400_000, '2 d ago'],
  [59 * 86_400_000, '59 d ago'],
  [60 * 86_400_000, '2 mo ago'],
  [364 * 86_400_000, '12 mo ago'],
  [1642 * 86_400_000, '4 yr ago'],
])('an age of %d ms reads %s', (age, text) => {
  expect(formatAge(1e12 - age, 1e12)).toBe(text);
});

describe('numbers', () => {
  test.each([
    [0, '0'],
    [-0.5, '−0.5'],
    [0.98765432, '0.98765'],
    [12.345678, '12.346'],
    [1234.5678, '1234.6'],
    [123_456.78, '123457'],
    [1000, '1000'],
    [0.000_012_34, '1.234e-5'],
    [1e-7, '1e-7'],
    [2.5e20, '2.5e+20'],
    [Number.NaN, 'NaN'],
    [-Infinity, '−∞'],
  ])('%d reads %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  test('what is read is the value, to four digits at least', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }), (value) => {
        const read = Number(formatNumber(value).replace('−', '-'));
        expect(Math.abs(read - value)).toBeLessThanOrEqual(Math.max(Math.abs(value) * 5e-4, 5e-6));
      }),
    );
  });
});

test('shares, sizes, times and counts', () => {
  expect(formatPercent(0.9712)).toBe('97.1 %');
  expect(formatPercent(1)).toBe('100 %');
  expect([812, 1024, 1_468_006, 5e12].map(formatBytes)).toEqual(['812 B', '1 KB', '1.4 MB', '4.5 TB']);
  expect(formatTime(new Date(2026, 10, 2, 5, 4, 3).getTime())).toBe('2026-11-02 05:04:03');
  expect([count(1, 'run'), count(0, 'run'), count(2, 'entry', 'entries')]).toEqual(['1 run', '0 runs', '2 entries']);
});
