/** The real cause of a failure, told from what git says. */
import { describe, expect, test } from 'vitest';
import { causeOf } from '../../../../src/gitflow/git/cause';
import { isLocked } from '../../../../src/gitflow/git/git';

const answer = (stderr: string) => ({ code: 128, stdout: '', stderr });

describe('the cause', () => {
  test.each([
    ['signing', 'error: gpg failed to sign the data\nfatal: failed to write commit object', 'could not sign'],
    ['signing by ssh', 'error: Load key "/k": No such file\nfatal: failed to write commit object', 'could not sign'],
    [
      'a name too long',
      "fatal: cannot lock ref 'refs/heads/x': Unable to create '/r/x.lock': File name too long",
      'too long',
    ],
    ['a full disk', 'error: unable to write file m.bin: No space left on device', 'disk is full'],
    ['the index', 'fatal: unable to write new index file', 'could not write the index'],
    ['permission', "fatal: Unable to create '/r/.git/index.lock': Permission denied", 'may not write there'],
    ['a read-only disk', 'error: could not lock config file .git/config: Read-only file system', 'may not write there'],
    [
      'a ref above',
      "fatal: cannot lock ref 'refs/heads/a/b': 'refs/heads/a' exists; cannot create 'refs/heads/a/b'",
      "'a/b' beside",
    ],
    [
      'a ref that moved',
      "error: cannot lock ref 'refs/heads/develop': is at 12 but expected 34",
      "'develop': something else",
    ],
    [
      'a filter',
      'error: external filter git-lfs smudge failed 2\nfatal: m.bin: smudge filter lfs failed',
      'A filter of git',
    ],
  ])('%s', (_, stderr, expected) => {
    expect(causeOf(answer(stderr))).toContain(expected);
    expect(isLocked(answer(stderr))).toBe(false);
  });

  test('a lock of another process, with its file', () => {
    const locked = answer("fatal: Unable to create '/r/.git/index.lock': File exists.");
    expect(isLocked(locked)).toBe(true);
    expect(causeOf(locked)).toContain("delete '/r/.git/index.lock'");
  });

  test('none is made up', () => {
    expect(causeOf(answer('fatal: something else'))).toBeUndefined();
    expect(isLocked({ ...answer("Unable to create 'x.lock': File exists"), code: 0 })).toBe(false);
  });
});
