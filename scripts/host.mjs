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

const out = join(root, '.cache', 'host');
/** A suite that reports nothing for so long hangs. */
const patienceMs = 180_000;

/** The suites, by the folder their files lie in. */
export const suites = {
  host: { folder: true, trust: true },
  'no-folder': { folder: false, trust: true },
  restricted: { folder: true, trust: false },
};

/**
 * Bundles the tests into `.cache/host`.
 * @returns {Promise<Record<string, string[]>>} the built test files by suite
 */
export async function buildHostTests(parts = []) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
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
    external: ['vscode', 'mocha', '*.bundle'],
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
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runHostSuites(parts = []) {
  await setUpVSCode((line) => console.log(line));
  const count = { passed: 0, failed: 0 };
  for (const [suite, files] of Object.entries(await buildHostTests(parts))) {
    console.log(`\n  ${suite}`);
    const result = await runSuite(suite, files);
    count.passed += result.passed;
    count.failed += result.failed;
  }
  return count;
}

async function runSuite(suite, files) {
  const scratch = mkdtempSync(join(tmpdir(), 'mlops-flow-host-'));
  const report = join(scratch, 'report.jsonl');
  const folder = join(scratch, 'penguins');
  if (suites[suite].folder) makeSample(folder);
  const logFile = createWriteStream(join(out, `${suite}.log`));
  let server;
  let browser;
  try {
    server = await startServer({
      data: join(scratch, 'vscode'),
      trust: suites[suite].trust,
      settings: quietSettings,
      env: {
        ...quietEnvironment(scratch),
        MLOPS_FLOW_HOST_FILES: JSON.stringify(files),
        MLOPS_FLOW_HOST_REPORT: report,
      },
      log: (text) => logFile.write(text),
    });
    browser = await launchBrowser();
    const page = await browser.newPage();
    page.on('console', (message) => logFile.write(`page: ${message.text()}\n`));
    await page.goto(
      server.url({ folder: suites[suite].folder ? folder : undefined, extension: root, tests: hostEntry }),
    );
    return await follow(report);
  } catch (error) {
    console.log(`    ✗ ${error.message}`);
    return { passed: 0, failed: 1 };
  } finally {
    await browser?.close();
    await server?.stop();
    logFile.end();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** Prints the report as it grows, until it says that it ends. */
export async function follow(report) {
  const count = { passed: 0, failed: 0 };
  let read = 0;
  let lastNews = Date.now();
  while (Date.now() - lastNews < patienceMs) {
    await sleep(100);
    const lines = existsSync(report) ? readFileSync(report, 'utf8').split('\n').slice(0, -1) : [];
    for (; read < lines.length; read++) {
      lastNews = Date.now();
      const line = JSON.parse(lines[read]);
      if (line.event === 'end') return count;
      if (line.event === 'pass') count.passed += 1;
      if (line.event === 'fail') count.failed += 1;
      printTest(line);
    }
  }
  console.log(`    ✗ The extension host reported nothing for ${patienceMs / 1000} s; see .cache/host/*.log`);
  return { ...count, failed: count.failed + 1 };
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
