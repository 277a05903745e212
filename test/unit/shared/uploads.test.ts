import { assert, property, uniqueArray, stringMatching } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressOf,
  digestIn,
  digestOfFiles,
  manifestOf,
  readManifest,
  sha256,
  writeManifest,
} from '../../../src/shared/uploads';

const file = (path: string, content: string) => ({ path, sha256: sha256(content) });
const digest = 'a'.repeat(64);

describe('the digest of files', () => {
  it('is that of the list that sha256sum makes, whatever the order', () => {
    const files = [file('b.py', '2'), file('a/x.py', '1')];
    expect(writeManifest(files)).toBe(`${sha256('1')}  a/x.py\n${sha256('2')}  b.py\n`);
    expect(digestOfFiles(files)).toBe(sha256(writeManifest(files.toReversed())));
  });

  it('changes with a content, with a name, and with a file more', () => {
    const one = digestOfFiles([file('a', '1')]);
    const others = [[file('a', '2')], [file('b', '1')], [file('a', '1'), file('b', '1')]].map(digestOfFiles);
    expect(new Set([one, ...others]).size).toBe(4);
  });

  it('can be read back', () => {
    assert(
      property(uniqueArray(stringMatching(/^[\w äß/.-]{1,20}$/u)), (paths) => {
        const files = paths.map((path) => file(path, path));
        const text = writeManifest(files);
        if (files.length > 0) expect(writeManifest(readManifest(text) ?? [])).toBe(text);
      }),
    );
    expect(readManifest('hello\n')).toBeUndefined();
    expect(readManifest(`${digest}  cut off`)).toBeUndefined();
  });
});

describe('the address of an upload', () => {
  it.each<[target: string, isFile: boolean, uri: string, manifest: string]>([
    ['s3://b/code', false, `s3://b/code/${digest}`, `s3://b/code/manifests/${digest}.txt`],
    ['s3://b/code/', false, `s3://b/code/${digest}`, `s3://b/code/manifests/${digest}.txt`],
    ['s3://b', false, `s3://b/${digest}`, `s3://b/manifests/${digest}.txt`],
    ['s3://b/data/x.csv', true, `s3://b/data/${digest}/x.csv`, `s3://b/data/manifests/${digest}.txt`],
    ['s3://b/x.csv', true, `s3://b/${digest}/x.csv`, `s3://b/manifests/${digest}.txt`],
  ])('below %s (a file: %s)', (target, isFile, uri, manifest) => {
    expect(addressOf(target, digest, isFile)).toEqual({ uri, manifest });
    expect(digestIn(uri)).toBe(digest);
    expect(manifestOf(uri)).toBe(manifest);
  });

  it('does not grow when an earlier address is the target', () => {
    const other = 'b'.repeat(64);
    for (const [target, isFile] of [
      ['s3://b/code', false],
      ['s3://b/x.csv', true],
    ] as const) {
      const first = addressOf(target, digest, isFile).uri;
      expect(addressOf(first, other, isFile)).toEqual(addressOf(target, other, isFile));
    }
  });

  it('is no prefix of its list, which a step would be given then', () => {
    const { uri, manifest } = addressOf('s3://b/code', digest, false);
    expect(manifest.startsWith(uri)).toBe(false);
  });

  it.each(['s3://b/code', 's3://b/data/x.csv', `s3://b/${digest.slice(1)}`, `s3://b/${digest}/a/b`])(
    'is not what %s is',
    (uri) => {
      expect(digestIn(uri)).toBeUndefined();
      expect(manifestOf(uri)).toBeUndefined();
    },
  );
});
