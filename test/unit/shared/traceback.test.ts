import { describe, expect, it } from 'vitest';
import { likeliestFile, readFailure } from '../../../src/shared/traceback';

const local = `AlgorithmError: The script ended with exit code 1. Last lines of the log:
Traceback (most recent call last):
  File "/tmp/x/opt/ml/processing/input/code/train.py", line 12, in <module>
    main()
  File "/tmp/x/opt/ml/processing/input/code/lib/model.py", line 40, in fit
    raise ValueError("the data is\\nbroken")
  File "/usr/lib/python3.11/json/decoder.py", line 355, in raw_decode
    raise JSONDecodeError("Expecting value", s, err.value) from None
ValueError: the data is
broken`;

describe('the reason of a failure', () => {
  it('has the exception first and the frames of the own code', () => {
    expect(readFailure(local)).toEqual({
      headline: 'ValueError: the data is',
      frames: [
        { path: '/tmp/x/opt/ml/processing/input/code/train.py', line: 12, name: '<module>' },
        { path: '/tmp/x/opt/ml/processing/input/code/lib/model.py', line: 40, name: 'fit' },
      ],
    });
  });

  it('is unpacked from what the training toolkit writes', () => {
    const text = `AlgorithmError: ExecuteUserScriptError:
ExitCode 1
ErrorMessage "Traceback (most recent call last):
  File "train.py", line 3, in <module>
    1 / 0
ZeroDivisionError: division by zero"
Command "/miniconda3/bin/python train.py", exit code: 1`;
    expect(readFailure(text)).toEqual({
      headline: 'ZeroDivisionError: division by zero',
      frames: [{ path: 'train.py', line: 3, name: '<module>' }],
    });
  });

  it.each([
    ['ClientError: Data download failed.', 'ClientError: Data download failed.'],
    [
      'The script ended with exit code 1. Last lines of the log:\nhalf way\nthe disk is on fire\n',
      'the disk is on fire',
    ],
    ['  File "a.py", line 1\n    x = = 1\n        ^\nSyntaxError: invalid syntax', 'SyntaxError: invalid syntax'],
    // The end was cut off.
    ['Traceback:\n  File "a.py", line 1, in f\n    g(', 'g('],
    ['', ''],
  ])('is its last line where there is no exception: %j', (reason, headline) => {
    expect(readFailure(reason).headline).toBe(headline);
  });
});

it.each<[string, string[], string | undefined]>([
  ['/opt/ml/code/train.py', ['p/src/train.py'], 'p/src/train.py'],
  ['/opt/ml/code/lib/util.py', ['p/util.py', 'p/src/lib/util.py'], 'p/src/lib/util.py'],
  ['C:\\code\\lib\\util.py', ['p/src/lib/util.py'], 'p/src/lib/util.py'],
  ['/opt/ml/code/train.py', ['a/train.py', 'b/train.py'], undefined],
  ['/opt/ml/code/train.py', ['a/strain.py'], undefined],
  ['train.py', [], undefined],
])('%s is likeliest, of %j, %s', (path, files, likeliest) => {
  expect(likeliestFile(path, files)).toBe(likeliest);
});
