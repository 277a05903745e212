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
  /** The turn after activate(), with all that was put off until then. */
  turnMs: number;
  /** The files of dist that were loaded when activate() had ended. */
  bundles: string[];
}

/**
 * Activation in the real extension host, beside an extension that does nothing in the same host. In turns with it, so
 * that neither finds the host warm, one that registers as many commands, views and panels at the same moments and does
 * nothing else. All are started through an entry that takes the time of `require`, of `activate()`, and of the turn
 * after it.
 */
export default async function activation(bench: Bench): Promise<void> {
  await setUpVSCode((line) => console.error(line));
  const seen: Start[] = [];
  for (let i = 0; i < starts; i++) {
    seen.push(...(await startOnce(false)));
    seen.push(...(await startOnce(true)));
  }
  const of = (name: string): Start[] => seen.filter((start) => start.name === name);
  const middle = (name: string, value: (start: Start) => number): number => median(of(name).map(value));
  const answered = (start: Start): number => start.loadMs + start.activateMs;
  const whole = (start: Start): number => answered(start) + start.turnMs;

  const empty = bench.add({ name: 'activation of an empty extension', value: middle('empty', answered), unit: 'ms' });
  bench.add({
    name: 'activation: load of the bundle',
    value: middle('mlops-flow', (start) => start.loadMs),
    unit: 'ms',
  });
  bench.add({ name: 'activation: activate()', value: middle('mlops-flow', (start) => start.activateMs), unit: 'ms' });
  const ours = middle('mlops-flow', answered);
  bench.add({
    name: 'activation: load and activate()',
    value: ours,
    unit: 'ms',
    ratio: ours / empty,
    against: 'an empty extension',
    target: '≤ 15 ms',
  });
  bench.add({
    name: 'activation: the turn after activate()',
    value: middle('mlops-flow', (start) => start.turnMs),
    unit: 'ms',
  });
  const alone = bench.add({
    name: 'activation of an extension that registers as much and does nothing, with that turn',
    value: middle('registrations', whole),
    unit: 'ms',
  });
  const all = middle('mlops-flow', whole);
  bench.add({
    name: 'activation: load, activate() and the turn after it',
    value: all,
    unit: 'ms',
    ratio: all / alone,
    against: 'an extension that registers as much',
  });
  const bundles = [...new Set(of('mlops-flow').flatMap((start) => start.bundles))];
  bench.add({ name: `bundles loaded by activation: ${bundles.join(', ')}`, value: bundles.length, unit: 'files' });
}

/** Starts VS Code with the empty extension and ours, or the one that only registers, and returns what they measured. */
async function startOnce(isOnlyRegistering: boolean): Promise<Start[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'mlops-flow-activation-'));
  const report = join(scratch, 'report.jsonl');
  const folder = join(scratch, 'penguins');
  await makeSample(folder, quietEnvironment(scratch));
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>;
  const tried = join(scratch, 'tried');
  if (isOnlyRegistering) {
    const { contributes, code } = registeringAsMuch(manifest);
    mkdirSync(join(tried, 'dist'), { recursive: true });
    writeFileSync(join(tried, 'dist', 'extension.js'), code);
    measured(tried, { ...emptyManifest(manifest, 'registrations'), contributes }, report);
  } else {
    // Copied, as an installed extension is: the extension host tells by the real path who asks for its API, and goes a
    // longer way for files of none.
    for (const part of ['dist', 'media', 'snippets', 'package.nls.json']) {
      cpSync(join(root, part), join(tried, part), { recursive: true });
    }
    measured(tried, manifest, report);
  }
  // One extension at a time can be under development; the other is an installed one.
  const empty = join(scratch, 'vscode', 'extensions', 'bench.empty-0.0.0');
  mkdirSync(join(empty, 'dist'), { recursive: true });
  writeFileSync(join(empty, 'dist', 'extension.js'), 'exports.activate = () => {};\n');
  measured(empty, emptyManifest(manifest, 'empty'), report);

  const server = await startServer({
    data: join(scratch, 'vscode'),
    driver: true,
    settings: quietSettings,
    env: quietEnvironment(scratch),
  });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(server.url({ folder, extension: tried }));
    return await bothIn(report);
  } finally {
    await browser.close();
    await server.stop();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

function emptyManifest({ engines }: Record<string, unknown>, name: string): Record<string, unknown> {
  return { name, publisher: 'bench', version: '0.0.0', engines };
}

/** Gives the extension of a folder an entry that loads and activates dist/extension.js, taking the time. */
function measured(folder: string, manifest: Record<string, unknown>, report: string): void {
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ ...manifest, main: './entry.js', activationEvents: ['onStartupFinished'] }),
  );
  writeFileSync(
    join(folder, 'entry.js'),
    `const { appendFileSync } = require('node:fs');
exports.activate = async (context) => {
  const begin = performance.now();
  const extension = require('./dist/extension.js');
  const loaded = performance.now();
  let turn;
  setImmediate(() => (turn = performance.now()));
  let api = extension.activate(context);
  // Others would be activated during an await, and counted.
  if (api instanceof Promise) api = await api;
  const activated = performance.now();
  const bundles = Object.keys(require.cache).filter((path) => path.startsWith(${JSON.stringify(join(folder, 'dist'))}));
  setImmediate(() => {
    const turned = performance.now();
    appendFileSync(${JSON.stringify(report)}, JSON.stringify({
      name: ${JSON.stringify(manifest['name'])},
      loadMs: loaded - begin,
      activateMs: activated - loaded,
      turnMs: turned - turn,
      bundles,
    }) + '\\n');
  });
  exports.deactivate = extension.deactivate;
  return api;
};
`,
  );
}

/** The commands and views of a manifest, and code that registers them, and the panels, with nothing behind them. */
function registeringAsMuch(manifest: Record<string, unknown>): { contributes: object; code: string } {
  const { contributes, activationEvents } = manifest as {
    contributes: { commands: { command: string }[]; views: Record<string, { id: string; name: string }[]> };
    activationEvents: string[];
  };
  const ids = contributes.commands.map(({ command }) => command);
  const views = Object.values(contributes.views).flatMap((each) => each.map(({ id }) => id));
  const panels = activationEvents
    .filter((event) => event.startsWith('onWebviewPanel:'))
    .map((event) => event.slice('onWebviewPanel:'.length));
  return {
    contributes: {
      commands: ids.map((command) => ({ command, title: command })),
      views: { explorer: views.map((id) => ({ id, name: id })) },
    },
    code: `const { commands, window } = require('vscode');
exports.activate = ({ subscriptions }) => {
  for (const id of ${JSON.stringify(ids)}) subscriptions.push(commands.registerCommand(id, () => {}));
  const treeDataProvider = { getChildren: () => [], getTreeItem: (row) => row };
  const panel = { deserializeWebviewPanel: () => Promise.resolve() };
  // As ours: in the next turn.
  setImmediate(() => {
    for (const id of ${JSON.stringify(views)}) subscriptions.push(window.createTreeView(id, { treeDataProvider }));
    for (const id of ${JSON.stringify(panels)}) subscriptions.push(window.registerWebviewPanelSerializer(id, panel));
  });
};
`,
  };
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
