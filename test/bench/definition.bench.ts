import { parseTree } from 'jsonc-parser';
import type * as JsonService from 'vscode-json-languageservice';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { validate } from '../../src/definition';
import { DefinitionSession } from '../../src/definition/session';
import { officialKind } from '../fixtures/official-kind-schema';
import { pipelineOf } from '../fixtures/pipelines';
import { type Bench, median, quantile } from './harness';

// The package's CommonJS build hides its names from an import.
const { getLanguageService } = createRequire(import.meta.url)('vscode-json-languageservice') as typeof JsonService;
const validateUrl = 'schema://pipeline';

/** The published schema where SAGEMAKER_PIPELINE_SCHEMA names its file, else one of its kind made from the tables. */
function schema(): { name: string; schema: JsonService.JSONSchema } {
  const path = process.env['SAGEMAKER_PIPELINE_SCHEMA'];
  if (path === undefined) return { name: 'a schema of the official kind', schema: officialKind() };
  return { name: 'the published schema', schema: JSON.parse(readFileSync(path, 'utf8')) as JsonService.JSONSchema };
}

/** Whole validation beside JSON.parse, parseTree and the JSON language service; then what one edit costs, and memory. */
export default async (bench: Bench): Promise<void> => {
  const oneOf = schema();
  const service = getLanguageService({});
  service.configure({ validate: true, schemas: [{ uri: validateUrl, fileMatch: ['*'], schema: oneOf.schema }] });
  for (const count of [10, 100, 1000, 5000]) {
    const text = pipelineOf(count);
    const runs = count > 1000 ? 5 : count > 100 ? 9 : 25;
    const size = `${count} steps, ${(text.length / 1e6).toFixed(2)} MB`;
    const document = TextDocument.create('file:///x.json', 'json', 1, text);
    const works = [() => JSON.parse(text) as unknown, () => parseTree(text), () => validate(text)];
    if (count <= 1000) works.push(() => service.doValidation(document, service.parseJSONDocument(document)));
    const [parse = 0, tree = 0, whole = 0, other] = await inTurns(works, runs);
    bench.add({ name: `JSON.parse (${size})`, value: parse, unit: 'ms' });
    bench.add({ name: `parseTree (${size})`, value: tree, unit: 'ms' });
    bench.add({
      name: `validate (${size})`,
      value: whole,
      unit: 'ms',
      ratio: whole / tree,
      against: 'parseTree',
      ...(count === 1000 ? { target: 'ratio ≤ 1.5' } : {}),
    });
    if (other === undefined) continue;
    bench.add({
      name: `json-languageservice with ${oneOf.name} (${size})`,
      value: other,
      unit: 'ms',
      ratio: other / whole,
      against: 'validate',
      ...(count === 1000 ? { target: 'ratio ≥ 5' } : {}),
    });
  }
  edits(bench);
  memory(bench);
};

/** The collector of garbage, which Node hides. */
function collector(): (options?: { type: 'minor' }) => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as (options?: { type: 'minor' }) => void;
}

/**
 * Medians of several pieces of work, measured in turns, so that a noisy moment of the machine is in all of them; none
 * pays for the garbage of the one before it.
 */
async function inTurns(works: readonly (() => unknown)[], runs: number): Promise<number[]> {
  const collect = collector();
  const samples: number[][] = works.map(() => []);
  for (let run = -2; run < runs; run++) {
    for (const [index, work] of works.entries()) {
      // The young generation only: a full collection would throw compiled code away, too.
      collect({ type: 'minor' });
      const start = performance.now();
      await work();
      if (run >= 0) samples[index]?.push(performance.now() - start);
    }
  }
  return samples.map(median);
}

/** Key presses inside a step of 1,000: from the edit to all diagnostics. */
function edits(bench: Bench): void {
  const text = pipelineOf(1000);
  const session = new DefinitionSession(text);
  session.diagnostics();
  const samples: number[] = [];
  let at = text.indexOf('"num_round": "50"', text.length / 2) + '"num_round": "'.length;
  for (let i = 0; i < 120; i++) {
    const start = performance.now();
    session.edit({ start: at, end: at, newText: String(i % 10) });
    session.diagnostics();
    if (i >= 20) samples.push(performance.now() - start);
    at++;
  }
  bench.add({ name: 'edit in one step of 1000, median', value: median(samples), unit: 'ms', target: '≤ 10 ms' });
  bench.add({ name: 'edit in one step of 1000, p95', value: quantile(samples, 0.95), unit: 'ms' });
}

/** What an open document of 1,000 steps holds. */
function memory(bench: Bench): void {
  const collect = collector();
  collect();
  const before = process.memoryUsage().heapUsed;
  const session = new DefinitionSession(pipelineOf(1000));
  session.diagnostics();
  collect();
  const after = process.memoryUsage().heapUsed;
  bench.add({ name: 'memory of a session of 1000 steps', value: (after - before) / 1e6, unit: 'MB' });
}
