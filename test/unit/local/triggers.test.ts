import { describe, expect, test } from 'vitest';
import { passes, pushesBetween, triggerOf, triggerTypeOf } from '../../../src/local/engine/codepipeline/triggers';
import { MaskedLines } from '../../../src/local/jobs/build/mask';

const none = async (): Promise<string[]> => [];
const main = { ref: 'refs/heads/main', before: 'a', after: 'b' };
const tag = { ref: 'refs/tags/v1.2', after: 'b' };

test('pushes are refs that are new or have moved; one that is gone is none', () => {
  const before = new Map([
    ['refs/heads/main', 'a'],
    ['refs/heads/same', 's'],
    ['refs/heads/gone', 'g'],
  ]);
  const now = new Map([
    ['refs/heads/main', 'b'],
    ['refs/heads/same', 's'],
    ['refs/tags/v1.2', 'b'],
  ]);
  expect(pushesBetween(before, now)).toEqual([main, tag]);
});

describe('filters', () => {
  const filter = (push: object): Parameters<typeof passes>[0] => ({ sourceActionName: 'Get', push: [push] });

  test('branches by patterns; excludes win', async () => {
    expect(await passes(filter({ branches: { includes: ['main', 'release/**'] } }), main, none)).toBe(true);
    expect(await passes(filter({ branches: { includes: ['**'], excludes: ['main'] } }), main, none)).toBe(false);
    const feature = { ...main, ref: 'refs/heads/feature/x' };
    expect(await passes(filter({ branches: { includes: ['feature/*'] } }), feature, none)).toBe(true);
    expect(await passes(filter({ branches: { includes: ['*'] } }), feature, none)).toBe(false);
  });

  test('tags start what waits for tags, and nothing else', async () => {
    expect(await passes(filter({ tags: { includes: ['v*'] } }), tag, none)).toBe(true);
    expect(await passes(filter({ tags: { includes: ['v*'] } }), main, none)).toBe(false);
    expect(await passes(filter({ branches: { includes: ['**'] } }), tag, none)).toBe(false);
  });

  test('files count beside the branch', async () => {
    const wanted = filter({ branches: { includes: ['main'] }, filePaths: { includes: ['src/**'] } });
    expect(await passes(wanted, main, async () => ['docs/a.md', 'src/a.py'])).toBe(true);
    expect(await passes(wanted, main, async () => ['docs/a.md'])).toBe(false);
  });

  test('a trigger on pull requests alone never fires', async () => {
    expect(await passes({ sourceActionName: 'Get', pullRequest: [{ events: ['OPEN'] }] }, main, none)).toBe(false);
  });
});

test('the trigger of an action is found by its name, and told as its provider does', () => {
  const gitConfiguration = { sourceActionName: 'Get' };
  const triggers = [{ providerType: 'CodeStarSourceConnection' as const, gitConfiguration }];
  expect(triggerOf(triggers, 'Get')).toBe(gitConfiguration);
  expect(triggerOf(triggers, 'Other')).toBeUndefined();
  expect(['CodeStarSourceConnection', 'GitHub', 'CodeCommit'].map(triggerTypeOf)).toEqual([
    'WebhookV2',
    'Webhook',
    'CloudWatchEvent',
  ]);
});

describe('masked lines', () => {
  test('a secret in pieces, over lines, and in a line that never ends', () => {
    const lines = new MaskedLines(['pass-word', 'first\nsecond']);
    expect([
      ...lines.feed('a pass-'),
      ...lines.feed('word b\nfir'),
      ...lines.feed('st\nsecond\n'),
      ...lines.end(),
    ]).toEqual(['a *** b', '***', '***']);
    const long = `${'x'.repeat(65_532)}pass-word${'y'.repeat(100_000)}`;
    const pieces: string[] = [];
    for (let at = 0; at < long.length; at += 1000) pieces.push(...lines.feed(long.slice(at, at + 1000)));
    const whole = [...pieces, ...lines.end()].join('');
    expect(whole).not.toContain('pass-word');
    expect(whole).toBe(`${'x'.repeat(65_532)}***${'y'.repeat(100_000)}`);
  });

  test('the states of a progress bar are lines, the end of a line in two pieces is one', () => {
    const lines = new MaskedLines();
    expect([...lines.feed('10%\r20%\r'), ...lines.feed('\nnext'), ...lines.end()]).toEqual(['10%', '20%', 'next']);
  });
});
