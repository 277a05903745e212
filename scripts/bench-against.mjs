// Runs the benchmarks of an earlier revision and of this tree in turns, and says what is slower now.
//
//   npm run bench:against REV [ROOM…]
//
// The earlier tree is laid out in `.cache/against/`, with the libraries of its own lock file. Figures are matched by
// their names: each is the median of three runs a side. Ends with 1 where one takes more than a tenth longer.
import { execFile, execFileSync } from 'node:child_process';
import { globSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const rounds = 3;
const tolerance = 1.1;

const [revision, ...wanted] = process.argv.slice(2);
if (!revision) {
  console.error('Name the revision to compare with: npm run bench:against main~10');
  process.exit(2);
}
const before = await layOut(revision);
// Some rooms measure what is built.
for (const tree of [before, root]) execFileSync(process.execPath, [join(tree, 'scripts', 'build.mjs')], { cwd: tree });
const rooms = roomsOf(before).filter(
  (room) => roomsOf(root).includes(room) && (wanted.length === 0 || wanted.includes(room)),
);
const slower = [];
let compared = 0;
for (const room of rooms) {
  const sides = { before: new Map(), now: new Map() };
  for (let round = 1; round <= rounds; round++) {
    console.error(`${room}, ${round} of ${rounds}…`);
    for (const [side, tree] of Object.entries({ before, now: root })) {
      for (const figure of await figuresOf(tree, room)) {
        sides[side].set(figure.name, [...(sides[side].get(figure.name) ?? []), figure]);
      }
    }
  }
  // Told room by room: what was measured stands there when a later room is interrupted.
  const rows = [[room, 'before', 'now', 'ratio']];
  for (const [name, figures] of sides.before) {
    const later = sides.now.get(name);
    const [{ unit }] = figures;
    if (!later || unit !== 'ms') continue;
    const [was, is] = [middle(figures), middle(later)];
    const ratio = is / was;
    if (ratio > tolerance) slower.push(name);
    rows.push([
      name,
      `${short(was)} ${unit}`,
      `${short(is)} ${unit}`,
      `${ratio.toFixed(2)}x${ratio > tolerance ? ' !' : ''}`,
    ]);
  }
  compared += rows.length - 1;
  print(rows);
}
console.log(`${compared} figures, ${slower.length} more than ${Math.round((tolerance - 1) * 100)} % slower`);
process.exit(slower.length > 0 ? 1 : 0);

/** The tree of a revision with its libraries, made once. */
async function layOut(name) {
  const commit = execFileSync('git', ['rev-parse', '--verify', `${name}^{commit}`], {
    cwd: root,
    encoding: 'utf8',
  }).trim();
  const folder = join(root, '.cache', 'against', commit);
  if (existsSync(folder)) return folder;
  const staging = `${folder}.partial`;
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  const archive = execFileSync('git', ['archive', commit], { cwd: root, maxBuffer: 1 << 30 });
  execFileSync('tar', ['-x', '-C', staging], { input: archive });
  console.error('Installing the libraries of that revision…');
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: staging, stdio: ['ignore', 'ignore', 'inherit'] });
  renameSync(staging, folder);
  return folder;
}

function roomsOf(tree) {
  return globSync('test/bench/*.bench.ts', { cwd: tree }).map((file) => basename(file, '.bench.ts'));
}

/** What `bench ROOM` of a tree prints for programs. */
async function figuresOf(tree, room) {
  const { stdout } = await run(process.execPath, [join(tree, 'scripts', 'bench.mjs'), room], {
    cwd: tree,
    maxBuffer: 1 << 26,
  });
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

function print(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) => row.map((text, column) => text.padEnd(widths[column])).join('  '));
  console.log(`${lines.map((line) => line.trimEnd()).join('\n')}\n`);
}

function middle(figures) {
  const values = figures.map(({ value }) => value).sort((a, b) => a - b);
  return values[values.length >> 1];
}

function short(value) {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
