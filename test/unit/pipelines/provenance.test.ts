import { assert, boolean, property, stringMatching } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf, readProvenance, writeProvenance } from '../../../src/pipelines/provenance';

describe('provenance', () => {
  it('is written as lines that people can read', () => {
    const text = writeProvenance({ commit: 'a1b2', branch: 'feature/x', dirty: true, digest: 'ff' });
    expect(text).toBe('Commit: a1b2\nBranch: feature/x\nWork tree: with uncommitted changes\nDefinition: sha256:ff');
  });

  it('is read back as it was written', () => {
    const hex = stringMatching(/^[0-9a-f]{40}$/);
    const branch = stringMatching(/^[a-z][a-z0-9:./ -]{0,20}[a-z]$/);
    assert(
      property(hex, branch, boolean(), hex, (commit, name, dirty, digest) => {
        const provenance = { commit, branch: name, dirty, digest };
        expect(readProvenance(writeProvenance(provenance))).toEqual(provenance);
      }),
    );
  });

  it('tells a detached HEAD and a folder without a repository', () => {
    expect(readProvenance(writeProvenance({ commit: 'a1', dirty: false, digest: 'ff' }))).toEqual({
      commit: 'a1',
      dirty: false,
      digest: 'ff',
    });
    expect(readProvenance(writeProvenance({ digest: 'ff' }))).toEqual({ digest: 'ff' });
  });

  it('lists what was copied, as far as a description has room', () => {
    const uploads = [{ parameter: 'CodeUri', digest: 'a'.repeat(64), files: 1 }];
    const provenance = { commit: 'a1', tree: 'b2', dirty: true, digest: 'ff', uploads };
    const text = writeProvenance(provenance);
    expect(text.split('\n').at(-1)).toBe(`Upload CodeUri: sha256:${'a'.repeat(64)} (1 file)`);
    expect(readProvenance(text)).toEqual(provenance);
    const many = Array.from({ length: 60 }, (_, at) => ({ parameter: `P${at}`, digest: 'b'.repeat(64), files: at }));
    const long = writeProvenance({ ...provenance, uploads: many });
    expect(long.length).toBeLessThanOrEqual(3072);
    expect(readProvenance(long)?.uploads?.length).toBeGreaterThan(20);
  });

  it('does not call a work tree clean that is not spoken of', () => {
    expect(readProvenance('Commit: a1\nDefinition: sha256:ff')).toEqual({ commit: 'a1', digest: 'ff' });
  });

  it.each([[undefined], [''], ['Nightly run: all is well'], ['started by hand\nthe usual']])(
    'is none in %j',
    (text) => {
      expect(readProvenance(text)).toBeUndefined();
    },
  );

  it('digests the exact text', () => {
    expect(digestOf('{}')).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a');
    expect(digestOf('{ }')).not.toBe(digestOf('{}'));
  });
});
