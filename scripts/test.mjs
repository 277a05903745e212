// Runs every check and test and ends with one line: N passed, N failed.
//
//   npm test [-- --only unit,host] [--update-images]
//
// A check that has no tests of its own (types, lint, …) counts as one.
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { runHostSuites } from './host.mjs';
import { root, setUpVSCode } from './vscode.mjs';

const cache = join(root, '.cache');
/** dependency-cruiser can pass having read nothing. */
const fewestModules = 350;

const stages = {
  build: () => check('node', ['scripts/build.mjs']),
  types: async () => add(await check('tsc', []), await check('tsc', ['-p', 'webview'])),
  lint: () => check('oxlint', ['--type-aware']),
  format: () => check('oxfmt', ['--check']),
  rooms: checkRooms,
  'dead code': () => check('knip', []),
  unit: () => vitest('unit', ['run']),
  host: () => runHostSuites(),
  browser: async () => {
    await setUpVSCode((line) => console.log(line));
    return vitest('browser', ['run', '--config', 'test/browser/vitest.config.mts']);
  },
};

const { values } = parseArgs({ options: { only: { type: 'string' }, 'update-images': { type: 'boolean' } } });
if (values['update-images']) process.env['MLOPS_FLOW_UPDATE_IMAGES'] = '1';
const wanted = values.only?.split(',') ?? Object.keys(stages);
const unknown = wanted.filter((name) => !(name in stages));
if (unknown.length > 0) {
  console.error(`There is no stage ${unknown.join(', ')}. The stages: ${Object.keys(stages).join(', ')}.`);
  process.exit(2);
}

mkdirSync(cache, { recursive: true });
let total = { passed: 0, failed: 0 };
const broken = [];
const failures = [];
for (const name of wanted) {
  console.log(`\n── ${name} ${'─'.repeat(70 - name.length)}`);
  const began = Date.now();
  const count = await stages[name]().catch((error) => {
    console.log(error.stack ?? error);
    return { passed: 0, failed: 1 };
  });
  console.log(
    `${count.passed} passed, ${count.failed} failed in ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`,
  );
  if (count.failed > 0) broken.push(name);
  failures.push(...(count.failures ?? []).map((failure) => `${name}: ${failure}`));
  total = add(total, count);
}
// Again at the end: of a long log often only that is kept.
if (failures.length > 0) console.log(`\n${failures.join('\n\n')}`);
if (broken.length > 0) console.log(`\nFailed: ${broken.join(', ')}`);
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);

function add(a, b) {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed };
}

/** Runs a tool of node_modules/.bin; what it says is shown if it fails. */
async function check(tool, args) {
  const { code, output } = await execute(tool, args);
  if (code === 0) return { passed: 1, failed: 0 };
  console.log(`${[tool, ...args].join(' ')}: exit code ${code}\n${output}`);
  return { passed: 0, failed: 1 };
}

async function execute(tool, args) {
  const [command, ...rest] = commandOf(tool, args);
  try {
    const { stdout, stderr } = await promisify(execFile)(command, rest, { cwd: root, maxBuffer: 1 << 28 });
    return { code: 0, output: stdout + stderr, stdout };
  } catch (error) {
    return {
      code: error.code ?? 1,
      output: `${error.stdout ?? ''}${error.stderr ?? error.message}`,
      stdout: error.stdout,
    };
  }
}

/** The tool's own script, run by this Node: independent of the PATH and of shells. */
function commandOf(tool, args) {
  if (tool === 'node') return [process.execPath, ...args];
  const packages = { tsc: '@typescript/native', depcruise: 'dependency-cruiser' };
  const folder = join(root, 'node_modules', packages[tool] ?? tool);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return [process.execPath, join(folder, typeof bin === 'string' ? bin : bin[tool]), ...args];
}

async function checkRooms() {
  const { output, stdout, code } = await execute('depcruise', [
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'json',
    'src',
    'webview',
  ]);
  if (!stdout?.startsWith('{')) throw new Error(`dependency-cruiser ended with ${code}:\n${output}`);
  const { summary } = JSON.parse(stdout);
  for (const { rule, from, to } of summary.violations) console.log(`${rule.severity} ${rule.name}: ${from} → ${to}`);
  console.log(`${summary.totalCruised} modules read`);
  const good = summary.error === 0 && summary.totalCruised >= fewestModules;
  if (summary.totalCruised < fewestModules) console.log(`At least ${fewestModules} were expected.`);
  return { passed: good ? 1 : 0, failed: good ? 0 : 1 };
}

/** Runs vitest with its output shown, and counts from its report. */
async function vitest(stage, args) {
  const report = join(cache, `${stage}.json`);
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const [command, ...rest] = commandOf('vitest', [...args, ...reporters]);
  const child = spawn(command, rest, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  const code = await new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  // A file that can't be loaded has failed without a test of it having done so.
  const unloaded = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  ).length;
  const failed = numFailedTests + unloaded;
  const failures = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const tests = assertionResults.filter((test) => test.status === 'failed');
    if (status === 'failed' && tests.length === 0) return [`${relative(root, name)}\n${message}`];
    return tests.map((test) => `${relative(root, name)}: ${test.fullName}\n${test.failureMessages.join('\n')}`);
  });
  return { passed: numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed, failures };
}
