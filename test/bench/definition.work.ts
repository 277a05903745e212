/**
 * The pieces of work that the benchmark of definitions measures, each in a worker with a heap of its own, so that none
 * pays for what another leaves behind. A worker does its work once for each message and answers what it measured.
 */
import { parseTree } from 'jsonc-parser';
import type * as JsonService from 'vscode-json-languageservice';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { getHeapStatistics } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { validate } from '../../src/definition';
import { Checking } from '../../src/definition/server/checking';
import { OpenDocument } from '../../src/definition/server/documents';
import { officialKind } from '../fixtures/official-kind-schema';
import { pipelineOf } from '../fixtures/pipelines';
import { collector } from './harness';

/** What a worker is started with. */
export interface Task {
  work: keyof typeof works;
  /** How many steps the definition has. */
  steps: number;
}

// The package's CommonJS build hides its names from an import.
const { getLanguageService } = createRequire(import.meta.url)('vscode-json-languageservice') as typeof JsonService;

/** Each prepares its work and gives a function that does it once and answers milliseconds, or megabytes. */
const works = {
  'JSON.parse': (text: string) => timed(() => JSON.parse(text) as unknown),
  parseTree: (text: string) => timed(() => parseTree(text)),
  validate: (text: string) => timed(() => validate(text)),
  'json-languageservice': (text: string) => {
    const service = getLanguageService({});
    service.configure({ validate: true, schemas: [{ uri: 'schema://pipeline', fileMatch: ['*'], schema: schema() }] });
    const document = TextDocument.create('file:///x.json', 'json', 1, text);
    return timed(() => service.doValidation(document, service.parseJSONDocument(document)));
  },
  edit: keyPress,
  memory: (text: string) => () => {
    const before = heap();
    const document = open(text);
    const held = heap() - before;
    return document.findings.length > 0 ? held / 1e6 : Number.NaN;
  },
};

const collect = collector();

/** The published schema where SAGEMAKER_PIPELINE_SCHEMA names its file, else one of its kind made from the tables. */
function schema(): JsonService.JSONSchema {
  const path = process.env['SAGEMAKER_PIPELINE_SCHEMA'];
  return path === undefined ? officialKind() : (JSON.parse(readFileSync(path, 'utf8')) as JsonService.JSONSchema);
}

function timed(work: () => unknown): () => Promise<number> {
  return async () => {
    // The young generation only: a full collection would throw compiled code away, too.
    collect({ type: 'minor' });
    const start = performance.now();
    await work();
    return performance.now() - start;
  };
}

/** A definition as the language server holds it, checked once. */
function open(text: string): OpenDocument {
  const document = new OpenDocument(TextDocument.create('file:///bench.pipeline.json', 'json', 1, text));
  checked(document);
  return document;
}

/** Checks as the server does, until the diagnostics are ready to be sent. Throws where they are not after the call. */
function checked(document: OpenDocument): void {
  let isPublished = false;
  const checking = new Checking(
    () => (isPublished = true),
    (error) => {
      throw error;
    },
  );
  checking.soon(document);
  if (!isPublished) throw new Error('The check has not ended.');
}

/** Key presses inside a step in the middle: from the change that the editor sends to all diagnostics. */
function keyPress(text: string): () => number {
  const document = open(text);
  const at = text.indexOf('"num_round": "50"', text.length / 2) + '"num_round": "'.length;
  const { line, character } = document.source.tree.lines.position(at);
  let pressed = 0;
  return () => {
    const place = { line, character: character + pressed };
    const change = { range: { start: place, end: place }, text: String(pressed % 10) };
    pressed++;
    const start = performance.now();
    document.change([change], document.version + 1);
    checked(document);
    return performance.now() - start;
  };
}

function heap(): number {
  collect();
  return getHeapStatistics().used_heap_size;
}

const { work, steps } = workerData as Task;
const once = works[work](pipelineOf(steps));
parentPort?.on('message', () => void Promise.resolve(once()).then((figure) => parentPort?.postMessage(figure)));
