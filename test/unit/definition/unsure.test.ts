import { describe, expect, it } from 'vitest';
import { validate } from '../../../src/definition';

/** The severities of what a buildspec has. */
const severities = (text: string, rule: string): string[] =>
  validate(text, { path: 'buildspec.yml' })
    .filter((diagnostic) => diagnostic.rule === rule)
    .map((diagnostic) => diagnostic.severity);

const phases = 'phases:\n  build:\n    commands: [make]\n';

describe('what is near to nothing known', () => {
  it.each([
    [
      'a member near to a known one is an error',
      `version: 0.2\n${phases}artifact:\n  files: a\n`,
      'cb/unknown-member',
      'error',
    ],
    [
      'a member near to none may be newer',
      `version: 0.2\n${phases}observability:\n  on: yes\n`,
      'cb/unknown-member',
      'warning',
    ],
    [
      'a phase near to none is no phase',
      `version: 0.2\nphases:\n  deploy:\n    commands: [make]\n`,
      'cb/unknown-member',
      'error',
    ],
    [
      'a word near to a known one is an error',
      `version: 0.2\nenv:\n  shell: bsh\n${phases}`,
      'cb/unknown-value',
      'error',
    ],
    [
      'a word near to none may be newer',
      `version: 0.2\n${phases}reports:\n  tests:\n    files: [a.tap]\n    file-format: ASTROTAP\n`,
      'cb/unknown-value',
      'warning',
    ],
    [
      'a shell that the images do not have is none',
      `version: 0.2\nenv:\n  shell: nushell-core\n${phases}`,
      'cb/unknown-value',
      'error',
    ],
  ])('%s', (_what, text, rule, severity) => {
    expect(severities(text, rule)).toEqual([severity]);
  });

  it('leaves alone what older templates have', () => {
    expect(severities(`version: 0.2\n${phases}artifacts:\n  type: zip\n  files: []\n`, 'cb/unknown-member')).toEqual(
      [],
    );
  });
});
