import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  composeTagMessage,
  findReleaseOfModel,
  parseTagMessage,
  recordOf,
  type GateResult,
  type ReleaseRecord,
} from '../../../../src/gitflow/lifecycle/index';

const record: ReleaseRecord = {
  commit: 'a'.repeat(40),
  run: 'arn:aws:sagemaker:eu-west-1:111122223333:pipeline/penguins/execution/abc',
  model: 'arn:aws:sagemaker:eu-west-1:111122223333:model-package/penguins/3',
  metrics: { accuracy: 0.9855, 'recall:Adelie': 1, 'a=b': -1e-7 },
  overrides: [{ gate: 'metric:loss', reason: 'known; see ticket 7' }],
};

describe('the record in a tag', () => {
  it('is written as trailers under the message', () => {
    expect(composeTagMessage('Release 1.0\n\nFirst.\n', record)).toBe(
      [
        'Release 1.0',
        '',
        'First.',
        '',
        `MLOps-Commit: ${'a'.repeat(40)}`,
        'MLOps-Run: arn:aws:sagemaker:eu-west-1:111122223333:pipeline/penguins/execution/abc',
        'MLOps-Model: arn:aws:sagemaker:eu-west-1:111122223333:model-package/penguins/3',
        'MLOps-Metric: a=b=-1e-7',
        'MLOps-Metric: accuracy=0.9855',
        'MLOps-Metric: recall:Adelie=1',
        'MLOps-Override: metric:loss; known; see ticket 7',
        '',
      ].join('\n'),
    );
  });

  it('comes back as it went in', () => {
    expect(parseTagMessage(composeTagMessage('1.0', record))).toEqual(record);
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[\w:.=-]{1,12}$/), fc.double({ noNaN: false })),
        fc.stringMatching(/^[ -~]{0,40}$/),
        fc.string(),
        (metrics, reason, message) => {
          const gate: GateResult = { id: 'model', title: '', state: 'failed', evidence: '' };
          const made = recordOf('c0ffee', { metrics }, [gate, { ...gate, id: 'run', state: 'passed' }], reason);
          const read = parseTagMessage(composeTagMessage(message, made));
          expect(read?.commit).toBe('c0ffee');
          expect(read?.overrides).toEqual(made.overrides);
          // A negative zero is written as 0.
          const plain = (values: Readonly<Record<string, number>>) =>
            new Map(Object.entries(values).map(([name, value]) => [name, value + 0]));
          expect(plain(read?.metrics ?? {})).toEqual(plain(metrics));
        },
      ),
    );
  });

  it('is what git reads too, from a real tag with a signature or none', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mlops-tag-'));
    const git = (args: string[], input?: string) =>
      execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.com', ...args], {
        cwd: folder,
        input,
        encoding: 'utf8',
      });
    try {
      git(['init', '-q']);
      git(['commit', '-q', '--allow-empty', '-m', 'x']);
      git(['tag', '-a', '-F', '-', '1.0'], composeTagMessage("It's 1.0\n\nNote: this is a note.", record));
      const seen = git(['for-each-ref', '--format=%(contents:trailers:unfold)', 'refs/tags/1.0']).trim().split('\n');
      expect(seen).toHaveLength(7);
      expect(seen[2]).toBe(`MLOps-Model: ${record.model}`);
      expect(parseTagMessage(git(['for-each-ref', '--format=%(contents)', 'refs/tags/1.0']))).toEqual(record);
    } finally {
      rmSync(folder, { recursive: true });
    }
    const signature = '-----BEGIN PGP SIGNATURE-----\n\niQ: Ez\n-----END PGP SIGNATURE-----\n';
    expect(parseTagMessage(composeTagMessage('1.0', record) + signature)).toEqual(record);
    expect(parseTagMessage(composeTagMessage('1.0', record).replaceAll('\n', '\r\n'))).toEqual(record);
  });

  it('unfolds a value that another tool folded', () => {
    expect(
      parseTagMessage('x\n\nMLOps-Commit: abc\nMLOps-Override: run; the\n  account is closed\n')?.overrides,
    ).toEqual([{ gate: 'run', reason: 'the account is closed' }]);
  });

  it.each([
    '',
    '1.0',
    'Release 1.0\n\nMLOps-Commit: abc\nand so on',
    'a\n\nReviewed-by: someone',
    'x\n\nMLOps-Metric: accuracy=',
  ])('is none in %j', (message) => expect(parseTagMessage(message)).toBeUndefined());

  it('keeps a reason on one line and only for gates that did not pass', () => {
    const gate: GateResult = { id: 'model', title: '', state: 'unknown', evidence: '' };
    const made = recordOf(
      'c',
      { metrics: {} },
      [gate, { ...gate, id: 'cleanTree', state: 'passed' }],
      ' registry\n\nMLOps-Model: forged ',
    );
    expect(made.overrides).toEqual([{ gate: 'model', reason: 'registry MLOps-Model: forged' }]);
    expect(parseTagMessage(composeTagMessage('x', made))?.model).toBeUndefined();
  });

  it('leads from a model to the releases that shipped it', () => {
    const tags = [
      { name: '0.9', message: composeTagMessage('0.9', { metrics: {}, overrides: [], model: 'arn:m/30' }) },
      { name: '1.0', message: composeTagMessage('1.0', { metrics: {}, overrides: [], model: 'arn:m/3' }) },
      { name: '1.1', message: 'ships arn:m/3, says the text' },
      { name: '1.2', message: composeTagMessage('1.2', { metrics: {}, overrides: [], model: 'arn:m/3' }) },
    ];
    expect(findReleaseOfModel('arn:m/3', tags).map(({ name }) => name)).toEqual(['1.0', '1.2']);
  });
});
