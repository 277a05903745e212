import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { picks } from '../../fixtures/vscode';

vi.mock('vscode', () => import('../../fixtures/vscode'));
const { pickName } = await import('../../../src/workbench/pick-name');

const options = { title: 'Pipelines', placeHolder: 'A pipeline' };
const names = Array.from({ length: 300 }, (_, index) => `p${index}`);
let asked: string[];
/** Answers with at most a hundred names. */
const list = (typed: string) => {
  asked.push(typed);
  const found = names.filter((name) => name.startsWith(typed));
  return Promise.resolve({ items: found.slice(0, 100), more: found.length > 100 });
};

beforeEach(() => {
  asked = [];
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

describe('pickName', () => {
  it('asks the service once for each pause in what is typed, and only where there is more', async () => {
    const picked = pickName(options, list);
    const picker = picks.at(-1);
    await vi.advanceTimersByTimeAsync(0);
    expect(picker?.items).toHaveLength(100);
    expect(picker?.placeholder).toBe('A pipeline: type what its name begins with');
    for (const typed of ['p', 'p2', 'p29']) picker?.type(typed);
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toEqual(['', 'p29']);
    expect(picker?.items.map(({ label }) => label)).toContain('p299');
    picker?.pick('p299');
    expect(await picked).toBe('p299');
  });

  it('asks nothing more where the first answer has all', async () => {
    const picked = pickName(options, (typed) => list(typed === '' ? 'p29' : typed));
    const picker = picks.at(-1);
    await vi.advanceTimersByTimeAsync(0);
    picker?.type('p299');
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toEqual(['p29']);
    picker?.hide();
    expect(await picked).toBeUndefined();
  });

  it('shows only the answer to what was asked last', async () => {
    const ends = new Map<string, (items: string[]) => void>();
    void pickName(options, (typed) =>
      typed === ''
        ? Promise.resolve({ items: ['a'], more: true })
        : new Promise((resolve) => ends.set(typed, (items) => resolve({ items, more: true }))),
    );
    const picker = picks.at(-1);
    await vi.advanceTimersByTimeAsync(0);
    picker?.type('b');
    await vi.advanceTimersByTimeAsync(1000);
    picker?.type('bc');
    await vi.advanceTimersByTimeAsync(1000);
    ends.get('bc')?.(['bcd']);
    ends.get('b')?.(['bad']);
    await vi.advanceTimersByTimeAsync(0);
    expect(picker?.items).toEqual([{ label: 'bcd' }]);
  });

  it('ends with the error of the service', async () => {
    await expect(pickName(options, () => Promise.reject(new Error('denied')))).rejects.toThrow('denied');
  });
});
