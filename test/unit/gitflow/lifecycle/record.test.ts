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
  holding,
  recordOf,
  writeRecord,
  type GateResult,
  type Reasons,
  type ReleaseRecord,
} from '../../../../src/gitflow/lifecycle/index';

const record: ReleaseRecord = {
  commit: 'a'.repeat(40),
  tree: 'b'.repeat(40),
  run: 'arn:aws:sagemaker:eu-west-1:111122223333:pipeline/penguins/execution/abc',
  models: ['arn:aws:sagemaker:eu-west-1:111122223333:model-package/penguins/3'],
  metrics: { accuracy: 0.9855, 'recall:Adelie': 1, 'a=b': -1e-7 },
  overrides: [{ gate: 'metric:loss', reason: 'known; see ticket 7' }],
};

const none: ReleaseRecord = { models: [], metrics: {}, overrides: [] };

function tagged(message: string, made: ReleaseRecord): string {
  return composeTagMessage(message, writeRecord(made));
}

/** The same reason for every gate. */
function everywhere(reason: string): Reasons {
  return new Map(['model', 'run', 'cleanTree'].map((id) => [id, reason]));
}

describe('the record in a tag', () => {
  it('tells where its models were live, and says nothing of it where they were not', () => {
    const endpoints = ['arn:aws:sagemaker:eu-west-1:111122223333:endpoint/penguins; penguins-v3-20260304-050607'];
    const [model] = record.models;
    const proof = {
      models: [{ arn: model ?? '', group: 'penguins', version: 3, step: 'Register', approval: 'Approved', endpoints }],
      metrics: {},
    };
    const made = recordOf({ commit: 'a'.repeat(40) }, proof, [], new Map());
    expect(writeRecord(made)).toContain(`MLOps-Endpoint: ${endpoints[0]}\n`);
    expect(parseTagMessage(tagged('Release', made))?.endpoints).toEqual(endpoints);
    expect(parseTagMessage(tagged('Release', record))).not.toHaveProperty('endpoints');
  });

  it('is written as trailers under the message', () => {
    expect(composeTagMessage('Release 1.0\n\nFirst.\n', writeRecord(record))).toBe(
      [
        'Release 1.0',
        '',
        'First.',
        '',
        `MLOps-Commit: ${'a'.repeat(40)}`,
        `MLOps-Tree: ${'b'.repeat(40)}`,
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
    expect(parseTagMessage(tagged('1.0', record))).toEqual(record);
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[\w:.=-]{1,12}$/), fc.double({ noNaN: false })),
        fc.stringMatching(/^[ -~]{0,40}$/),
        fc.string(),
        (metrics, reason, message) => {
          const gate: GateResult = { id: 'model', title: '', state: 'failed', evidence: '' };
          const made = recordOf(
            { commit: 'c0ffee' },
            { models: [], metrics },
            [gate, { ...gate, id: 'run', state: 'passed' }],
            everywhere(reason),
          );
          const read = parseTagMessage(tagged(message, made));
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
      git(['tag', '-a', '-F', '-', '1.0'], tagged("It's 1.0\n\nNote: this is a note.", record));
      const seen = git(['for-each-ref', '--format=%(contents:trailers:unfold)', 'refs/tags/1.0']).trim().split('\n');
      expect(seen).toHaveLength(8);
      expect(seen[3]).toBe(`MLOps-Model: ${record.models[0] ?? ''}`);
      expect(parseTagMessage(git(['for-each-ref', '--format=%(contents)', 'refs/tags/1.0']))).toEqual(record);
    } finally {
      rmSync(folder, { recursive: true });
    }
    const signature = '-----BEGIN PGP SIGNATURE-----\n\niQ: Ez\n-----END PGP SIGNATURE-----\n';
    expect(parseTagMessage(tagged('1.0', record) + signature)).toEqual(record);
    expect(parseTagMessage(tagged('1.0', record).replaceAll('\n', '\r\n'))).toEqual(record);
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
      { commit: 'c' },
      { models: [], metrics: {} },
      [gate, { ...gate, id: 'cleanTree', state: 'passed' }],
      everywhere(' registry\n\nMLOps-Model: forged '),
    );
    expect(made.overrides).toEqual([{ gate: 'model', reason: 'registry MLOps-Model: forged' }]);
    expect(parseTagMessage(tagged('x', made))?.models).toEqual([]);
  });

  it('keeps the reason for another tree than the one that was judged', () => {
    const gate: GateResult = { id: 'tree', title: '', state: 'passed', evidence: '' };
    const reasons = new Map([['tree', 'a hook bumps the version']]);
    expect(recordOf({ commit: 'c' }, { models: [], metrics: {} }, [gate], reasons).overrides).toEqual([
      { gate: 'tree', reason: 'a hook bumps the version' },
    ]);
  });

  it('is held by every gate that has no reason of its own', () => {
    const open: GateResult = { id: 'model', title: '', state: 'failed', evidence: '' };
    const gates: GateResult[] = [
      open,
      { ...open, id: 'run', state: 'unknown' },
      { ...open, id: 'tree', state: 'passed' },
    ];
    const held = (reasons: Reasons) => holding(gates, reasons).map(({ id }) => id);
    expect(held(new Map())).toEqual(['model', 'run']);
    expect(held(new Map([['model', 'yes']]))).toEqual(['run']);
    expect(held(new Map([['run', ' \n ']]))).toEqual(['model', 'run']);
    expect(held(everywhere('x'))).toEqual([]);
  });

  it('leads from a model to the releases that shipped it', () => {
    const tags = [
      { name: '0.9', message: tagged('0.9', { ...none, models: ['arn:m/1', 'arn:m/30'] }) },
      { name: '1.0', message: tagged('1.0', { ...none, models: ['arn:m/1', 'arn:m/3'] }) },
      { name: '1.1', message: 'ships arn:m/3, says the text' },
      { name: '1.2', message: tagged('1.2', { ...none, models: ['arn:m/1', 'arn:m/3'] }) },
    ];
    expect(findReleaseOfModel('arn:m/3', tags).map(({ name }) => name)).toEqual(['1.0', '1.2']);
  });
});
