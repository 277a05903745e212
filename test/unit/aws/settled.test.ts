import { describe, expect, it } from 'vitest';
import { abreast, collect, outcomeOf } from '../../../src/aws';
import { untilAborted } from '../../../src/workbench/abort';

describe('outcomeOf', () => {
  it('is the value, or why there is none', async () => {
    expect(await outcomeOf(Promise.resolve(1))).toEqual({ value: 1 });
    const problem = new Error('denied');
    expect(await outcomeOf(Promise.reject(problem))).toEqual({ problem });
    // What is thrown need not be an error.
    const text: unknown = 'boom';
    expect((await outcomeOf(Promise.reject(text as Error))).problem?.message).toBe('boom');
  });

  it('lets pass what ends the whole view', async () => {
    await expect(outcomeOf(Promise.reject(new DOMException('x', 'AbortError')))).rejects.toThrow('x');
  });
});

describe('abreast', () => {
  it('works on so many at a time and answers in the order of the items', async () => {
    let now = 0;
    let highest = 0;
    const results = await abreast([30, 1, 20, 1, 10], 2, async (ms) => {
      highest = Math.max(highest, ++now);
      await new Promise((resolve) => setTimeout(resolve, ms));
      now -= 1;
      return ms;
    });
    expect([results, highest]).toEqual([[30, 1, 20, 1, 10], 2]);
  });

  it('does nothing for nobody, and fails with the first that fails', async () => {
    expect(await abreast([], 3, () => Promise.reject(new Error('never')))).toEqual([]);
    await expect(abreast([1], 3, () => Promise.reject(new Error('bad')))).rejects.toThrow('bad');
  });
});

describe('collect', () => {
  async function* pages() {
    yield { items: [1, 2] };
    yield {};
    yield { items: [] };
    yield { items: [3] };
    throw new Error('one page too many');
  }
  const items = (page: { items?: number[] }) => page.items;

  it('goes over pages without items, and stops where there are enough', async () => {
    expect(await collect(pages(), items, 3)).toEqual([1, 2, 3]);
    expect(await collect(pages(), items, 1)).toEqual([1]);
    await expect(collect(pages(), items)).rejects.toThrow('one page too many');
  });
});

describe('untilAborted', () => {
  it('is what the work comes to', async () => {
    const { signal } = new AbortController();
    expect(await untilAborted(signal, Promise.resolve(1))).toBe(1);
    await expect(untilAborted(signal, Promise.reject(new Error('bad')))).rejects.toThrow('bad');
  });

  it('ends with the signal, whatever the work does later', async () => {
    const abort = new AbortController();
    let fail: (error: Error) => void = () => undefined;
    const waiting = untilAborted(abort.signal, new Promise((_resolve, reject) => (fail = reject)));
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    fail(new Error('late'));
    await expect(untilAborted(abort.signal, Promise.reject(new Error('late')))).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});
