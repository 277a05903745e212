import { expect, test } from 'vitest';
import { describeNpy, isImage, typeOfFile } from '../../../src/deployment/model/files';

/** A file of NumPy with this header, as `numpy.save` writes it. */
function npy(header: string, version = 1): Uint8Array {
  const text = Buffer.from(`${header}\n`, 'latin1');
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(text.length);
  else length.writeUInt32LE(text.length);
  return Buffer.concat([
    Buffer.from('\u0093NUMPY', 'latin1'),
    Buffer.from([version, 0]),
    length,
    text,
    Buffer.alloc(8),
  ]);
}

test.each([
  ['rows.npy', 'application/x-npy', false],
  ['Cat.JPG', 'image/jpeg', true],
  ['scan.tiff', 'image/tiff', false],
  ['data.csv', 'text/csv', false],
  ['model', 'application/octet-stream', false],
  ['archive.tar.gz', 'application/octet-stream', false],
])('%s is sent as %s', (name, type, shown) => {
  expect(typeOfFile(name)).toBe(type);
  expect(isImage(type)).toBe(shown);
});

test.each([
  ["{'descr': '<f4', 'fortran_order': False, 'shape': (10, 4), }", 'float32, 10 × 4'],
  ["{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }", 'int64, 3'],
  ["{'descr': '|b1', 'fortran_order': False, 'shape': (), }", 'bool, one value'],
  ["{'descr': '<U6', 'fortran_order': False, 'shape': (2,), }", 'text, 2'],
  ["{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2,), }", 'values, 2'],
])('%s', (header, words) => {
  expect(describeNpy(npy(header))).toBe(words);
  expect(describeNpy(npy(header, 2))).toBe(words);
});

test('what is no file of NumPy is not described', () => {
  expect(describeNpy(Buffer.from('1,2,3,4,5,6,7,8'))).toBeUndefined();
  expect(describeNpy(npy("{'shape': (1, 2"))).toBeUndefined();
  expect(describeNpy(new Uint8Array())).toBeUndefined();
});
