import { pipelineOf } from '../fixtures/pipelines';
import type { Task } from './definition.work';
import { type Bench, median, quantile, ratioOf, samplesInTurns } from './harness';

/** Whole validation beside JSON.parse, parseTree and the JSON language service; then what one edit costs, and memory. */
export default async (bench: Bench): Promise<void> => {
  const ofSchema =
    process.env['SAGEMAKER_PIPELINE_SCHEMA'] === undefined ? 'a schema of the official kind' : 'the published schema';
  for (const steps of [10, 100, 1000, 5000]) {
    const runs = steps > 1000 ? 5 : steps > 100 ? 15 : 25;
    const size = `${steps} steps, ${(pipelineOf(steps).length / 1e6).toFixed(2)} MB`;
    const works: Task['work'][] = ['JSON.parse', 'parseTree', 'validate'];
    if (steps <= 1000) works.push('json-languageservice');
    const samples = await inTurns(works, steps, runs);
    const [parse = [], tree = [], whole = [], other] = samples;
    bench.add({ name: `JSON.parse (${size})`, value: median(parse), unit: 'ms' });
    bench.add({ name: `parseTree (${size})`, value: median(tree), unit: 'ms' });
    bench.add({
      name: `validate (${size})`,
      value: median(whole),
      unit: 'ms',
      ratio: ratioOf(whole, tree),
      against: 'parseTree',
      ...(steps === 1000 ? { target: 'ratio ≤ 1.0' } : {}),
    });
    if (other === undefined) continue;
    bench.add({
      name: `json-languageservice with ${ofSchema} (${size})`,
      value: median(other),
      unit: 'ms',
      ratio: ratioOf(other, whole),
      against: 'validate',
      ...(steps === 1000 ? { target: 'ratio ≥ 5' } : {}),
    });
  }
  const [presses = []] = await inTurns(['edit'], 1000, 100, 20);
  bench.add({ name: 'edit in one step of 1000, median', value: median(presses), unit: 'ms', target: '≤ 5 ms' });
  bench.add({ name: 'edit in one step of 1000, p95', value: quantile(presses, 0.95), unit: 'ms' });
  const [held = []] = await inTurns(['memory'], 1000, 1, 0);
  bench.add({ name: 'memory of an open document of 1000 steps', value: median(held), unit: 'MB' });
};

/** {@link samplesInTurns} of several pieces of work on a definition of `steps` steps. */
async function inTurns(
  works: readonly Task['work'][],
  steps: number,
  runs: number,
  warmUp = 3,
): Promise<readonly (readonly number[])[]> {
  const tasks = works.map((work): Task => ({ work, steps }));
  return samplesInTurns(new URL('definition.work.mjs', import.meta.url), tasks, runs, warmUp);
}
