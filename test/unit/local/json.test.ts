import { expect, test } from 'vitest';
import { decode, encode } from '../../../src/local/store/json';
import { toJson } from '../../../src/local/wire/protocols/json';

const at = new Date(1_700_000_000_250);

test('the store gives back what was written, with its times', () => {
  const record = {
    name: 'a',
    at,
    list: [{ at }, at, null, 1],
    map: { inner: { at, text: '$date' } },
    plain: { a: [1] },
  };
  expect(decode(encode(record))).toEqual(record);
  expect(decode(encode(at))).toEqual(at);
  expect(decode(encode({ text: '{"$date":1}' }))).toEqual({ text: '{"$date":1}' });
  expect(decode(encode({ $date: 'a day' }))).toEqual({ $date: 'a day' });
});

test('writing a record leaves it as it is', () => {
  const record = { at, list: [at], inner: { at } };
  encode(record);
  expect(record).toEqual({ at, list: [at], inner: { at } });
});

test('answers have times as seconds and bytes as Base64', () => {
  const output = {
    at,
    list: [at, { bytes: Buffer.from('abc') }],
    part: new Uint8Array([97, 98, 99]).subarray(1),
    no: undefined,
  };
  expect(JSON.parse(toJson(output))).toEqual({
    at: 1_700_000_000.25,
    list: [1_700_000_000.25, { bytes: 'YWJj' }],
    part: 'YmM=',
  });
});
