/**
 * The language server as an editor meets it: a process of its own, spoken to by the protocol, with a definition of
 * 1,000 steps open.
 */
import { readFileSync } from 'node:fs';
import { type Bench, quantile } from './harness';
import { definition } from './large-definition';
import { ensureBuilt, Server } from '../unit/definition/server/connection';

const steps = 1000;
const keyPresses = 60;
/** Milliseconds between key presses: a fast typist. */
const pause = 120;

export default async (bench: Bench): Promise<void> => {
  ensureBuilt();
  const text = definition(steps);
  const server = new Server();
  await server.initialize();
  const before = memory(server.pid);
  const uri = 'file:///bench/large.pipeline.json';
  const opened = performance.now();
  await server.open(uri, text);
  bench.add({
    name: `language server: open ${steps} steps to diagnostics`,
    value: performance.now() - opened,
    unit: 'ms',
  });

  const large = await typing(server, uri, text, `"name of ${steps / 2}"`);
  const small = 'file:///bench/small.pipeline.json';
  await server.open(small, definition(2));
  const alone = await typing(server, small, definition(2), '"name of 1"');
  for (const q of [0.5, 0.95]) {
    const value = quantile(large, q);
    bench.add({
      name: `language server: key press to diagnostics, ${steps} steps, p${q * 100}`,
      value,
      unit: 'ms',
      ratio: value / quantile(alone, q),
      against: '2 steps',
      ...(q === 0.95 ? { target: '< 100 ms, debounce included' } : {}),
    });
  }
  bench.add({
    name: `language server: memory with ${steps} steps open`,
    value: memory(server.pid),
    unit: 'MB',
    ratio: memory(server.pid) / before,
    against: 'the server without a document',
  });
  await server.stop();
};

/** Milliseconds from each key press in the text after `words` to the diagnostics of that version. */
async function typing(server: Server, uri: string, text: string, words: string): Promise<number[]> {
  const lines = text.split('\n');
  const line = lines.findIndex((one) => one.includes(words));
  const character = (lines[line] ?? '').indexOf(words) + 1;
  const samples: number[] = [];
  for (let press = 0; press < keyPresses; press++) {
    await new Promise((done) => setTimeout(done, pause));
    const at = { line, character: character + press };
    const start = performance.now();
    await server.edit(uri, { start: at, end: at }, 'x');
    samples.push(performance.now() - start);
  }
  return samples;
}

/** Resident memory of a process in MB; not a number where the system does not tell. */
function memory(pid: number): number {
  try {
    const match = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return match ? Number(match[1]) / 1024 : Number.NaN;
  } catch {
    return Number.NaN;
  }
}
