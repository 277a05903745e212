import { describe, expect, it } from 'vitest';
import { pathInSource, placesIn } from '../../../src/workbench/log-text';

describe('a log', () => {
  it('names places as Python, compilers and test runners do', () => {
    const of = (text: string) => placesIn(text).map(({ path, line }) => `${path}#${line}`);
    expect(of('  File "src/train.py", line 12, in main')).toEqual(['src/train.py#12']);
    expect(of('tests/test_x.py:3: AssertionError')).toEqual(['tests/test_x.py#3']);
    expect(of('src/app.ts(4,7): error TS2304')).toEqual(['src/app.ts#4']);
    expect(of('./src/main.go:10:2: undefined')).toEqual(['./src/main.go#10']);
    expect(of('at 03:04:05 the ratio was 1:2, see example.com')).toEqual([]);
  });

  it('tells paths below the source of a build', () => {
    expect(pathInSource('/codebuild/output/src123/src/tests/test_x.py')).toBe('tests/test_x.py');
    expect(pathInSource('/codebuild/output/src1/src/github.com/team/penguins/a.py')).toBe('a.py');
    expect(pathInSource('./a.py')).toBe('a.py');
  });
});
