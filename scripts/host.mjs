// Runs the host suite: the tests of test/host in the extension host of a real VS Code.
//
//   node scripts/host.mjs [PART OF A FILE NAME…]
//
// Files in test/host run with the sample project open; those in test/host/no-folder without a folder, those in
// test/host/restricted with the sample project not trusted.
import { createWriteStream, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { launchBrowser } from './browser.mjs';
import { makeSample } from './sample.mjs';
import { quietEnvironment, quietSettings } from './settings.mjs';
import { root, setUpVSCode, startServer } from './vscode.mjs';

/** As deep as test/host, and of this run alone: several may be under way. */
const out = join(root, '.cache', `host-${process.pid}`);
const logs = join(root, '.cache', 'host-logs');
/** A suite that reports nothing for so long hangs. */
const patienceMs = 180_000;

/** The suites, by the folder their files lie in. */
const suites = {
  host: { folder: true, trust: true },
  'no-folder': { folder: false, trust: true },
  restricted: { folder: true, trust: false },
};

/** What is a bundle of its own in the product is the product's own in a test that imports code around it. */
const productBundles = {
  name: 'product-bundles',
  setup(build) {
    build.onResolve({ filter: /\.bundle$/ }, ({ path }) => ({
      path: join(root, 'dist', `${basename(path, '.bundle')}.js`),
      external: true,
    }));
  },
};

/**
 * Bundles the tests.
 * @returns {Promise<Record<string, string[]>>} the built test files by suite
 */
async function buildHostTests(parts) {
  process.once('exit', () => rmSync(out, { recursive: true, force: true }));
  mkdirSync(logs, { recursive: true });
  const files = globSync('test/host/**/*.test.ts', { cwd: root }).filter(
    (file) => parts.length === 0 || parts.some((part) => file.includes(part)),
  );
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['test/host/run.ts', ...files],
    outdir: out,
    outbase: 'test/host',
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    mainFields: ['module', 'main'],
    external: ['vscode', 'mocha'],
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: { js: "const importMetaUrl=require('node:url').pathToFileURL(__filename).href;" },
    plugins: [productBundles],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  const bySuite = {};
  for (const file of files.sort()) {
    const suite = basename(dirname(file));
    if (!(suite in suites)) throw new Error(`${file}: there is no host suite for this folder.`);
    (bySuite[suite] ??= []).push(join(out, file.slice('test/host/'.length).replace(/\.ts$/, '.js')));
  }
  return bySuite;
}

/** The module whose `run()` VS Code calls. */
export const hostEntry = join(out, 'run.js');

/**
 * Runs the suites one after the other, printing each test.
 * @param {string[]} [parts] only files whose path contains one of these
 * @param {typeof launchInBrowser} [launch] opens the VS Code they run in
 * @returns {Promise<{ passed: number, failed: number, failures: string[] }>}
 */
export async function runHostSuites(parts = [], launch = launchInBrowser) {
  const count = { passed: 0, failed: 0, failures: [] };
  for (const [suite, files] of Object.entries(await buildHostTests(parts))) {
    console.log(`\n  ${suite}`);
    const result = await runSuite(suite, files, launch);
    count.passed += result.passed;
    count.failed += result.failed;
    count.failures.push(...result.failures);
  }
  return count;
}

async function runSuite(suite, files, launch) {
  const scratch = mkdtempSync(join(tmpdir(), 'mlops-flow-host-'));
  const report = join(scratch, 'report.jsonl');
  const folder = join(scratch, 'penguins');
  if (suites[suite].folder) await makeSample(folder, quietEnvironment(scratch));
  const log = createWriteStream(join(logs, `${suite}.log`));
  let running;
  try {
    running = await launch({
      scratch,
      folder: suites[suite].folder ? folder : undefined,
      trust: suites[suite].trust,
      env: {
        ...quietEnvironment(scratch),
        MLOPS_FLOW_HOST_FILES: JSON.stringify(files),
        MLOPS_FLOW_HOST_REPORT: report,
      },
      log: (text) => log.write(text),
    });
    return await follow(report, running.ended);
  } catch (error) {
    return failed({ passed: 0, failed: 0, failures: [] }, { title: 'VS Code starts', detail: error.stack });
  } finally {
    await running?.stop();
    log.end();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** VS Code's server, and its workbench in a browser without a window. */
async function launchInBrowser({ scratch, folder, trust, env, log }) {
  await setUpVSCode((line) => console.log(line));
  const server = await startServer({
    data: join(scratch, 'vscode'),
    trust,
    driver: true,
    // In a browser VS Code saves by itself, and a merge editor saves what it makes of a conflict.
    settings: { ...quietSettings, 'files.autoSave': 'off' },
    env,
    log,
  });
  const browser = await launchBrowser();
  const page = await browser.newPage();
  page.on('console', (message) => log(`page: ${message.text()}\n`));
  await page.goto(server.url({ folder, extension: root, tests: hostEntry }));
  return {
    ended: server.exited,
    stop: async () => {
      await browser.close();
      await server.stop();
    },
  };
}

/** Prints the report as it grows, until it says that it ends. */
async function follow(report, ended) {
  const count = { passed: 0, failed: 0, failures: [] };
  let isOver = false;
  void ended.finally(() => (isOver = true));
  let read = 0;
  let lastNews = Date.now();
  for (;;) {
    const wasOver = isOver;
    const lines = existsSync(report) ? readFileSync(report, 'utf8').split('\n').slice(0, -1) : [];
    for (; read < lines.length; read++) {
      lastNews = Date.now();
      const line = JSON.parse(lines[read]);
      if (line.event === 'end') return count;
      if (line.event === 'pass') count.passed += 1;
      if (line.event === 'fail') failed(count, line);
      else printTest(line);
    }
    if (wasOver || Date.now() - lastNews > patienceMs) break;
    await sleep(100);
  }
  const what = isOver ? 'VS Code ended' : `The extension host said nothing for ${patienceMs / 1000} s`;
  return failed(count, { title: `${what} before the suite did; see .cache/host-logs` });
}

/** Counts and prints a test that failed. */
function failed(count, { title, ms, detail }) {
  printTest({ event: 'fail', title, ms, detail });
  count.failed += 1;
  count.failures.push([title, detail].filter(Boolean).join('\n'));
  return count;
}

function printTest({ event, title, ms, detail }) {
  const mark = { pass: '✓', fail: '✗', skip: '-' }[event];
  console.log(`    ${mark} ${title}${ms === undefined ? '' : ` (${ms} ms)`}`);
  if (detail) console.log(detail.replace(/^/gm, '        '));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { passed, failed } = await runHostSuites(process.argv.slice(2));
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exit(failed > 0 || passed === 0 ? 1 : 0);
}
