import { expect, test } from 'vitest';
import { expiryOf, expiryTag, expiryWords, readExpiry } from '../../../src/shared/expiry';

const now = new Date(2026, 10, 28, 10).getTime();
const hour = 3_600_000;

test.each([
  ['12h', now + 12 * hour],
  ['3d', now + 72 * hour],
  [' 2 w ', now + 14 * 24 * hour],
  ['2026-11-28', new Date(2026, 10, 29).getTime()],
  ['2026-12-24', new Date(2026, 11, 25).getTime()],
])('%s', (text, at) => {
  expect(readExpiry(text, now)).toBe(at);
});

test.each(['', '0d', '3', 'd', '-1d', '3 days', '2026-11-27', '2026-13-01', 'tomorrow', '99999d'])(
  '%s is no time to come',
  (text) => {
    expect(readExpiry(text, now)).toBeUndefined();
  },
);

test('a tag tells it, whoever has set it', () => {
  expect(expiryOf({ [expiryTag]: new Date(now).toISOString() })).toBe(now);
  expect(expiryOf({ [expiryTag]: 'soon' })).toBeUndefined();
  expect(expiryOf({})).toBeUndefined();
  expect(expiryWords(now + 72 * hour, now)).toBe('expires in 3 d');
  expect(expiryWords(now - 2 * hour, now)).toBe('expired 2 h ago');
});
