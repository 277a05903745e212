import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { Checking } from '../../../../src/definition/server/checking';
import { OpenDocument } from '../../../../src/definition/server/documents';

const text = '{ "Version": "2020-12-01", "Steps": [] }';

describe('when documents are checked', () => {
  let document: OpenDocument;
  let published: number[];
  let failures: unknown[];
  let checking: Checking;
  let version: number;

  const press = (key: string): void => {
    const start = { line: 0, character: 0 };
    document.change([{ range: { start, end: start }, text: key }], ++version);
    checking.soon(document);
  };

  beforeEach(() => {
    vi.useFakeTimers();
    version = 1;
    published = [];
    failures = [];
    document = new OpenDocument(TextDocument.create('file:///a.pipeline.json', 'json', version, text));
    checking = new Checking(
      () => published.push(document.version),
      (error) => failures.push(error),
    );
  });
  afterEach(() => vi.useRealTimers());

  it('checks the first key press at once', () => {
    press(' ');
    expect(published).toEqual([2]);
  });

  it('checks presses that come during the rest once, with the last text', async () => {
    for (const key of '     ') {
      press(key);
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(published).toEqual([2]);
    await vi.advanceTimersByTimeAsync(100);
    expect(published).toEqual([2, 6]);
  });

  it('checks each press of a typist at once, where checking is cheap', async () => {
    for (const key of '    ') {
      press(key);
      expect(published.at(-1)).toBe(version);
      await vi.advanceTimersByTimeAsync(50);
    }
    expect(published).toEqual([2, 3, 4, 5]);
  });

  it('checks while keys are pressed without a pause, and does not wait for their end', async () => {
    for (let i = 0; i < 100; i++) {
      press(' ');
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(published.length).toBeGreaterThan(30);
    expect(published.length).toBeLessThan(60);
  });

  it('rests after a check as long as twice its time', async () => {
    const now = vi.spyOn(performance, 'now');
    let clock = 1000;
    now.mockImplementation(() => clock);
    const slow = new Checking(
      () => {
        clock += 50;
        published.push(document.version);
      },
      (error) => failures.push(error),
    );
    slow.soon(document);
    await vi.advanceTimersByTimeAsync(0);
    slow.soon(document);
    await vi.advanceTimersByTimeAsync(99);
    expect(published).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(published).toHaveLength(2);
    now.mockRestore();
  });

  it('checks a closed document no more', async () => {
    press(' ');
    await vi.advanceTimersByTimeAsync(1);
    press(' ');
    document.closed = true;
    checking.forget(document.uri);
    await vi.advanceTimersByTimeAsync(1000);
    expect(published).toEqual([2]);
  });

  describe('with a language that reads a library first', () => {
    let read = (): void => undefined;
    beforeEach(() => {
      const { support } = document;
      if (!support) throw new Error('The document has a language.');
      vi.spyOn(document, 'support', 'get').mockReturnValue({
        ...support,
        prepare: () => new Promise<void>((resolve) => (read = resolve)),
      });
    });

    it('publishes what was found when it is read', async () => {
      press(' ');
      await vi.advanceTimersByTimeAsync(0);
      expect(published).toEqual([]);
      read();
      await vi.advanceTimersByTimeAsync(0);
      expect(published).toEqual([2]);
    });

    it('publishes nothing of a version that has passed, nor of a document that was closed', async () => {
      press(' ');
      const end = { line: 0, character: 0 };
      document.change([{ range: { start: end, end }, text: ' ' }], ++version);
      read();
      await vi.advanceTimersByTimeAsync(0);
      expect(published).toEqual([]);
      await vi.advanceTimersByTimeAsync(1000);
      press(' ');
      document.closed = true;
      read();
      await vi.advanceTimersByTimeAsync(1000);
      expect(published).toEqual([]);
      expect(failures).toEqual([]);
    });
  });

  it('survives a check that fails', async () => {
    const broken = new Checking(
      () => {
        throw new Error('no');
      },
      (error) => failures.push(error),
    );
    broken.soon(document);
    await vi.advanceTimersByTimeAsync(0);
    broken.soon(document);
    await vi.advanceTimersByTimeAsync(100);
    expect(failures).toHaveLength(2);
  });
});
