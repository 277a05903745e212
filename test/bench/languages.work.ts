/** The pieces of work that the benchmark of the languages measures, each in a worker with a heap of its own. */
import jsonata from 'jsonata';
import { type Node as JsonNode, parseTree } from 'jsonc-parser';
import { parseDocument } from 'yaml';
import { getHeapStatistics } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { judge, validate, validateFully } from '../../src/definition';
import { largeTexts } from '../fixtures/large-texts';
import { collector } from './harness';

/** What a worker is started with. */
export interface LanguageTask {
  work: 'parse' | 'validate' | 'memory';
  /** One of the large texts. */
  name: string;
  megabytes: number;
}

const { work, name, megabytes } = workerData as LanguageTask;
const { text, path } = largeTexts[name]?.(megabytes * 1e6) ?? { text: '', path: '' };

/** Reads all that is written: the text, a definition in one of its strings, expressions. */
function parse(): void {
  if (path.endsWith('.yml') || path.endsWith('.yaml')) {
    parseDocument(text, { logLevel: 'silent', prettyErrors: false, uniqueKeys: false });
    return;
  }
  const tree = parseTree(text);
  if (tree && (text.includes('{%') || text.includes('DefinitionString'))) parseWithin(tree);
}

function parseWithin({ value, children = [] }: JsonNode): void {
  if (typeof value === 'string') {
    if (value.startsWith('{%')) jsonata(value.slice(2, -2));
    else if (value.startsWith('{')) parseTree(value);
  }
  for (const child of children) parseWithin(child);
}

const collect = collector();
// What is loaded on first use is loaded before anything is measured.
const ready = validateFully(largeTexts[name]?.(10_000).text ?? '', { path });

/** Megabytes that a text and all that is found in it hold. */
async function held(): Promise<number> {
  const heap = (): number => {
    collect();
    return getHeapStatistics().used_heap_size;
  };
  const before = heap();
  const found = await judge(text, { path });
  const growth = heap() - before;
  return found ? growth / 1e6 : Number.NaN;
}

async function once(): Promise<number> {
  await ready;
  if (work === 'memory') return held();
  collect({ type: 'minor' });
  const start = performance.now();
  if (work === 'parse') parse();
  else validate(text, { path });
  return performance.now() - start;
}

parentPort?.on('message', () => void once().then((figure) => parentPort?.postMessage(figure)));
