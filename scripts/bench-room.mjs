// Runs one benchmark and sends its figures to scripts/bench.mjs: node scripts/bench-room.mjs BENCHMARK HARNESS
import { pathToFileURL } from 'node:url';

const [benchmark, harness] = await Promise.all(
  process.argv.slice(2, 4).map((path) => import(pathToFileURL(path).href)),
);
const bench = new harness.Bench();
await benchmark.default(bench);
await new Promise((sent) => process.send(bench.figures, sent));
// A benchmark may leave servers and timers behind.
process.exit(0);
