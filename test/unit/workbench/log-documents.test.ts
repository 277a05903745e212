/** A log is asked for while an editor shows it, and by nobody else. */
import { beforeEach, expect, test, vi } from 'vitest';
import { Watcher } from '../../../src/workbench/watcher';
import { FakeClock } from '../../fixtures/clock';
import { EventEmitter, Uri } from '../../fixtures/vscode';

interface Provider {
  provideTextDocumentContent(uri: Uri): Promise<string>;
}

const shown = new EventEmitter<{ document: { uri: Uri } }[]>();
const closed = new EventEmitter<{ uri: Uri }>();
let provider: Provider;

vi.mock('vscode', async () => {
  const fake = await import('../../fixtures/vscode');
  const nothing = { dispose: (): void => undefined };
  return {
    ...fake,
    workspace: {
      ...fake.workspace,
      registerTextDocumentContentProvider: (_: string, given: Provider) => {
        provider = given;
        return nothing;
      },
      onDidCloseTextDocument: closed.event,
      onDidChangeTextDocument: () => nothing,
    },
    window: { ...fake.window, onDidChangeVisibleTextEditors: shown.event },
    languages: { registerFoldingRangeProvider: () => nothing, registerDocumentLinkProvider: () => nothing },
  };
});

const { LogDocuments } = await import('../../../src/workbench/log-documents');

const uri = Uri.parse('log:/train');
const editors = [{ document: { uri } }];
let clock: FakeClock;
let reads: number;
/** From which reading on nothing is added. */
let last: number;

beforeEach(() => {
  clock = new FakeClock();
  reads = 0;
  last = Number.POSITIVE_INFINITY;
  const documents = new LogDocuments<number>(new Watcher(clock), {
    scheme: 'log',
    interval: () => 1000,
    read: () => Promise.resolve((reads += 1)),
    text: (reading) => `line ${reading}\n`,
    isDone: (reading) => reading >= last,
    folds: () => [],
  });
  return () => documents.dispose();
});

async function opened(): Promise<string> {
  const text = provider.provideTextDocumentContent(uri);
  await clock.advance(0);
  shown.fire(editors);
  return text;
}

test('a log that is shown is read on by its interval, and its document has what was read last', async () => {
  expect(await opened()).toBe('line 1\n');
  await clock.advance(2000);
  expect(reads).toBe(3);
  expect(await provider.provideTextDocumentContent(uri)).toBe('line 3\n');
});

test('nothing is asked while no editor shows it; it goes on when one does again', async () => {
  await opened();
  shown.fire([]);
  expect(clock.pending).toEqual([]);
  await clock.advance(60_000);
  expect(reads).toBe(1);
  shown.fire(editors);
  await clock.advance(1000);
  expect(reads).toBeGreaterThan(1);
  expect(await provider.provideTextDocumentContent(uri)).toBe(`line ${reads}\n`);
});

test('a document that is closed is asked for no more, and is read anew when it is opened again', async () => {
  await opened();
  closed.fire({ uri });
  expect(clock.pending).toEqual([]);
  shown.fire(editors);
  await clock.advance(60_000);
  expect(reads).toBe(1);
  expect(await opened()).toBe('line 2\n');
});

test('a log to which nothing will be added is read no more', async () => {
  last = 2;
  await opened();
  await clock.advance(60_000);
  expect(reads).toBe(2);
  expect(clock.pending).toEqual([]);
});
