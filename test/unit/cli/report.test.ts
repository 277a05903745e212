import { describe, expect, test } from 'vitest';
import { reporters } from '../../../src/cli/report';
import type { Diagnostic } from '../../../src/definition';

const at = { start: { line: 2, character: 4 }, end: { line: 3, character: 0 } };
const diagnostic = (more: Partial<Diagnostic> = {}): Diagnostic => ({
  rule: 'sm/x',
  severity: 'error',
  message: 'No.',
  range: at,
  pointer: '/Steps/0',
  fixes: [],
  ...more,
});
const github = (file: string, ...diagnostics: Diagnostic[]): string =>
  reporters['github']?.([{ file, diagnostics }], new Map()) ?? '';

describe('annotations of GitHub', () => {
  test('are commands, a line each', () => {
    const more = [
      diagnostic({ severity: 'warning' }),
      diagnostic({ severity: 'information' }),
      diagnostic({ severity: 'hint' }),
    ];
    expect(github('a.json', diagnostic(), ...more).split('\n')).toEqual([
      '::error file=a.json,line=3,endLine=4,col=5,endColumn=1,title=sm/x::No.',
      '::warning file=a.json,line=3,endLine=4,col=5,endColumn=1,title=sm/x::No.',
      '::notice file=a.json,line=3,endLine=4,col=5,endColumn=1,title=sm/x::No.',
      '::notice file=a.json,line=3,endLine=4,col=5,endColumn=1,title=sm/x::No.',
      '',
    ]);
  });

  test('escape what would end a property or the line, and % first', () => {
    expect(github('C:\\a,b%.json', diagnostic({ rule: 'a:b,c' }))).toBe(
      '::error file=C%3A\\a%2Cb%25.json,line=3,endLine=4,col=5,endColumn=1,title=a%3Ab%2Cc::No.\n',
    );
    expect(github('a', diagnostic({ message: '50%:\r\na, b' }))).toContain('::50%25:%0D%0Aa, b\n');
  });
});

test('text counts every severity in its own words', () => {
  const list = [
    { file: 'a', diagnostics: [diagnostic(), diagnostic({ severity: 'hint' })] },
    { file: 'b', diagnostics: [diagnostic({ severity: 'warning' }), diagnostic({ severity: 'information' })] },
  ];
  expect(reporters['text']?.(list, new Map())).toBe(
    [
      'a:3:5: error: No. [sm/x]',
      'a:3:5: hint: No. [sm/x]',
      'b:3:5: warning: No. [sm/x]',
      'b:3:5: information: No. [sm/x]',
      '2 files: 1 error, 1 warning, 2 notes.\n',
    ].join('\n'),
  );
  expect(reporters['text']?.([], new Map())).toBe('0 files: 0 errors, 0 warnings, 0 notes.\n');
});
