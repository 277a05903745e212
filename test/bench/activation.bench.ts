import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { launchBrowser } from '../../scripts/browser.mjs';
import { makeSample } from '../../scripts/sample.mjs';
import { quietEnvironment, quietSettings } from '../../scripts/settings.mjs';
import { root, setUpVSCode, startServer } from '../../scripts/vscode.mjs';
import { median, type Bench } from './harness';

const starts = 9;

/** What one start of the extension host says of one extension. */
interface Start {
  name: string;
  loadMs: number;
  activateMs: number;
  /** The files of dist that were loaded when activate() had ended. */
  bundles: string[];
}

/**
 * Activation in the real extension host, beside an extension that does nothing in the same host. Both are started
 * through an entry that takes the time of `require` and of `activate()`.
 */
export default async function activation(bench: Bench): Promise<void> {
  await setUpVSCode((line) => console.error(line));
  const seen: Start[] = [];
  for (let i = 0; i < starts; i++) seen.push(...(await startOnce()));
  const of = (name: string): Start[] => seen.filter((start) => start.name === name);
  const middle = (name: string, value: (start: Start) => number): number => median(of(name).map(value));
  const whole = (start: Start): number => start.loadMs + start.activateMs;

  const empty = bench.add({ name: 'activation of an empty extension', value: middle('empty', whole), unit: 'ms' });
  bench.add({
    name: 'activation: load of the bundle',
    value: middle('mlops-flow', (start) => start.loadMs),
    unit: 'ms',
  });
  bench.add({ name: 'activation: activate()', value: middle('mlops-flow', (start) => start.activateMs), unit: 'ms' });
  const ours = middle('mlops-flow', whole);
  bench.add({
    name: 'activation: load and activate()',
    value: ours,
    unit: 'ms',
    ratio: ours / empty,
    against: 'an empty extension',
    target: '≤ 15 ms',
  });
  const bundles = [...new Set(of('mlops-flow').flatMap((start) => start.bundles))];
  bench.add({ name: `bundles loaded by activation: ${bundles.join(', ')}`, value: bundles.length, unit: 'files' });
}

/** Starts VS Code with both extensions and returns what their entries measured. */
async function startOnce(): Promise<Start[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'mlops-flow-activation-'));
  const report = join(scratch, 'report.jsonl');
  const folder = join(scratch, 'penguins');
  await makeSample(folder, quietEnvironment(scratch));
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>;
  const ours = join(scratch, 'ours');
  measured(ours, manifest, join(ours, 'dist', 'extension.js'), report);
  // Copied, as an installed extension is: the extension host tells by the real path who asks for its API, and goes a
  // longer way for files of none.
  for (const part of ['dist', 'media', 'snippets', 'package.nls.json']) {
    cpSync(join(root, part), join(ours, part), { recursive: true });
  }
  const nothing = join(scratch, 'nothing.js');
  writeFileSync(nothing, 'exports.activate = () => {};\n');
  const description = { name: 'empty', publisher: 'bench', version: '0.0.0', engines: manifest['engines'] };
  // One extension at a time can be under development; the other is an installed one.
  measured(join(scratch, 'vscode', 'extensions', 'bench.empty-0.0.0'), description, nothing, report);

  const server = await startServer({
    data: join(scratch, 'vscode'),
    driver: true,
    settings: quietSettings,
    env: quietEnvironment(scratch),
  });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(server.url({ folder, extension: ours }));
    return await bothIn(report);
  } finally {
    await browser.close();
    await server.stop();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** Makes an extension whose entry loads and activates another, taking the time. */
function measured(folder: string, manifest: Record<string, unknown>, main: string, report: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ ...manifest, main: './entry.js', activationEvents: ['onStartupFinished'] }),
  );
  writeFileSync(
    join(folder, 'entry.js'),
    `const { appendFileSync } = require('node:fs');
exports.activate = async (context) => {
  const begin = performance.now();
  const extension = require(${JSON.stringify(main)});
  const loaded = performance.now();
  let api = extension.activate(context);
  // Others would be activated during an await, and counted.
  if (api instanceof Promise) api = await api;
  const activated = performance.now();
  appendFileSync(${JSON.stringify(report)}, JSON.stringify({
    name: ${JSON.stringify(manifest['name'])},
    loadMs: loaded - begin,
    activateMs: activated - loaded,
    bundles: Object.keys(require.cache).filter((path) => path.startsWith(${JSON.stringify(join(folder, 'dist'))})),
  }) + '\\n');
  exports.deactivate = extension.deactivate;
  return api;
};
`,
  );
}

/** Waits until both extensions have reported. */
async function bothIn(report: string): Promise<Start[]> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(100)) {
    const lines = readLines(report);
    if (lines.length < 2) continue;
    return lines.map((line) => {
      const start = JSON.parse(line) as Start;
      return { ...start, bundles: start.bundles.map((path) => basename(path)) };
    });
  }
  throw new Error('The extensions were not activated within a minute.');
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}
