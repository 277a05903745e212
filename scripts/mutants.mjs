// Mutation testing: changes the code of a room in small ways and tells which changes no test notices.
//
//   npm run mutants -- definition/sagemaker/rules [nulls lint]    a room under src/, or some files of it
//   npm run mutants -- definition/sagemaker/rules --all           prints every change that was not noticed
//   npm run mutants -- definition/sagemaker/rules --sample=200 --seed=1    tries 200 changes that are drawn at random
//
// Not part of continuous integration: a room takes minutes to hours. Of a sample the score is told with the interval that
// the room's own score lies in, 19 times of 20. Reports lie under .cache/mutants/.
import { existsSync, globSync, mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Stryker } from '@stryker-mutator/core';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

/** Tests that notice a fault of a room quickly; of other rooms those in test/unit under the room's first folder. */
const tests = {
  'definition/sagemaker': ['definition/{rules,sagemaker-,unsure,relevance}*.test.ts', 'definition/server/**/*.test.ts'],
  'definition/codepipeline': ['definition/rules*.test.ts', 'definition/codepipeline/**/*.test.ts'],
  'definition/codebuild': ['definition/rules*.test.ts', 'definition/codebuild/**/*.test.ts'],
  'definition/appspec': ['definition/rules*.test.ts', 'definition/appspec/**/*.test.ts'],
  'local/engine/codepipeline': ['local/{delivery-{machine,parts,runs,traces},triggers,deliveries}.test.ts'],
  'local/engine/monitoring': ['local/monitoring-parts.test.ts'],
  // Executions of real jobs, and monitoring of an endpoint that runs, take minutes for each change.
  'local/engine': [
    'local/{engine*,stubs,callbacks}.test.ts',
    'local/{delivery-{machine,parts,runs,traces},triggers,deliveries,monitoring-parts}.test.ts',
  ],
  aws: ['aws/**/*.test.ts', 'pipelines/{connection,metrics-panel,mlflow,run-form}.test.ts', 'workbench/**/*.test.ts'],
  // Crashes, interleavings, odd repositories and parity take minutes for each change.
  'gitflow/plans': [
    'gitflow/plans/**/*.test.ts',
    'gitflow/vscode/finish.test.ts',
    'gitflow/execute/{actions,republish,undo,untracked}.test.ts',
  ],
  'gitflow/execute': [
    'gitflow/execute/!(crash|interleavings*|near-misses|odd-repositories).test.ts',
    'gitflow/plans/init.test.ts',
  ],
  'gitflow/lifecycle': ['gitflow/lifecycle/**/*.test.ts'],
  'definition/asl': ['definition/rules*.test.ts', 'definition/asl/**/*.test.ts'],
};

const option = (name) => process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
const size = Number(option('sample') ?? 0);
const seed = option('seed') ?? '1';
if (size > 0) process.env.MLOPS_FLOW_MUTANTS = JSON.stringify({ size, seed });

const [room, ...rest] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const folder = room?.replace(/^src\//, '').replace(/\/$/, '');
if (!folder || !existsSync(join('src', folder))) {
  console.error('Name a room: npm run mutants -- gitflow/plans');
  process.exit(2);
}
const files = globSync(`src/${folder}/**/*.ts`).filter(
  (file) => !file.includes('/generated/') && (rest.length === 0 || rest.includes(basename(file, '.ts'))),
);
if (files.length === 0) {
  console.error(`src/${folder} has no file named ${rest.join(', ')}.`);
  process.exit(2);
}
const known = Object.keys(tests).find((prefix) => folder.startsWith(prefix));
const include = (known ? tests[known] : [`${folder.split('/')[0]}/**/*.test.ts`]).map((glob) => `test/unit/${glob}`);

const work = join('.cache', 'mutants');
mkdirSync(work, { recursive: true });
const vitest = join(work, `${process.pid}.config.mjs`);
writeFileSync(
  vitest,
  // As vitest.config.mts: Python is bundled as its text.
  // What is quick is tried first: most changes are noticed there.
  `import { BaseSequencer } from 'vitest/node';
class QuickFirst extends BaseSequencer {
  async sort(files) {
    return (await super.sort(files)).toReversed();
  }
}
const isPython = (id) => id.endsWith('.py');
const transform = (code, id) => (isPython(id) ? 'export default ' + JSON.stringify(code) : undefined);
export default { plugins: [{ name: 'python', transform }], test: ${JSON.stringify({
    include,
    environment: 'node',
    setupFiles: ['test/unit/setup.ts'],
    pool: 'threads',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  }).replace(/}$/, ', "sequence": { "sequencer": QuickFirst } }')} };\n`,
);

const results = await new Stryker({
  mutate: files,
  testRunner: 'vitest',
  vitest: { configFile: vitest },
  plugins: [
    import.meta.resolve('@stryker-mutator/vitest-runner'),
    ...(size > 0 ? [fileURLToPath(new URL('mutants-sample.mjs', import.meta.url))] : []),
  ],
  checkers: size > 0 ? ['sample'] : [],
  coverageAnalysis: 'perTest',
  // What is made when a module is loaded (catalogues, tables) would need every test anew for each change.
  ignoreStatic: true,
  // On a machine that is busy the tests of a room take their time; what takes long there must not count as noticed.
  dryRunTimeoutMinutes: 30,
  timeoutMS: 60_000,
  concurrency: Math.max(1, cpus().length - 1),
  tempDirName: join(work, 'tmp'),
  ignorePatterns: ['.cache/python-*', '.vscode-test', 'dist', 'test-results', 'docs/images', 'media/**/*.png'],
  reporters: process.stdout.isTTY ? ['progress'] : [],
  allowConsoleColors: false,
}).runMutationTest();

const rows = new Map();
const missed = [];
let late = 0;
for (const { fileName, status, location, mutatorName, replacement } of results) {
  const row = rows.get(fileName) ?? { noticed: 0, missed: 0 };
  rows.set(fileName, row);
  if (status === 'Timeout') late++;
  if (status === 'Killed' || status === 'Timeout') row.noticed++;
  else if (status === 'Survived' || status === 'NoCoverage') {
    row.missed++;
    missed.push(
      `${fileName.slice(root.length)}:${location.start.line}:${location.start.column} ${mutatorName} ${JSON.stringify(replacement)}`,
    );
  }
}
if (process.argv.includes('--all')) console.log(missed.join('\n'));
let [noticed, all] = [0, 0];
for (const [file, row] of [...rows].sort(([a], [b]) => (a < b ? -1 : 1))) {
  noticed += row.noticed;
  all += row.noticed + row.missed;
  console.log(`${share(row.noticed, row.noticed + row.missed)}  ${file.replace(root, '')}`);
}
const drawn = size > 0 ? `, drawn with seed ${seed}; the room between ${interval(noticed, all)}` : '';
const byTime = late > 0 ? ` (${late} of them since the tests took too long)` : '';
console.log(`${share(noticed, all)}  src/${folder}: ${noticed} of ${all} changes noticed${byTime}${drawn}`);

/** Wilson's interval of 95 % for a share. */
function interval(part, whole) {
  if (whole === 0) return '0 % and 100 %';
  const z = 1.96;
  const p = part / whole;
  const middle = (p + z ** 2 / (2 * whole)) / (1 + z ** 2 / whole);
  const half = (z / (1 + z ** 2 / whole)) * Math.sqrt((p * (1 - p)) / whole + z ** 2 / (4 * whole ** 2));
  return `${((middle - half) * 100).toFixed(0)} % and ${((middle + half) * 100).toFixed(0)} %`;
}

function share(part, whole) {
  return `${whole === 0 ? '  –  ' : ((part / whole) * 100).toFixed(1).padStart(5)} %`;
}
