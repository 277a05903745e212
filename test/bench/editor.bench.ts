/**
 * What a person waits for in the real workbench: a key press in a definition of 1,000 steps until its problem is
 * underlined, and the first look at a repository with 10,000 branches.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setUpVSCode } from '../../scripts/vscode.mjs';
import { Workbench } from '../browser/workbench';
import { type Bench, quantile } from './harness';
import { definition } from './large-definition';
import { makeMarker } from './marker';

const steps = 1000;
const keyPresses = 40;
const branches = 10_000;
const ours = 'large.pipeline.json';
const plain = 'plain.json';

export default async (bench: Bench): Promise<void> => {
  await setUpVSCode((line) => console.error(line));
  const scratch = mkdtempSync(join(tmpdir(), 'mlops-flow-editor-'));
  const folder = join(scratch, 'project');
  try {
    repository(folder);
    const workbench = await Workbench.open({ folder, extensions: [makeMarker(scratch)] });
    try {
      await keyPressesToUnderline(bench, workbench);
      await firstRows(bench, workbench);
    } finally {
      await workbench.close();
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
};

/** A repository with a large definition and many branches. */
function repository(folder: string): void {
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim();
  mkdirSync(join(folder, 'pipelines'), { recursive: true });
  writeFileSync(join(folder, 'pipelines', ours), definition(steps));
  // Not one of our languages.
  writeFileSync(
    join(folder, 'pipelines', plain),
    definition(steps).replace(/"(Version|Parameters|Steps)":/g, '"No$1":'),
  );
  git('init', '-q', '-b', 'main');
  git('config', 'user.name', 'Bench');
  git('config', 'user.email', 'bench@bench.invalid');
  git('config', 'gitflow.branch.master', 'main');
  git('config', 'gitflow.branch.develop', 'develop');
  for (const kind of ['feature', 'bugfix', 'release', 'hotfix', 'support']) {
    git('config', `gitflow.prefix.${kind}`, `${kind}/`);
  }
  git('config', 'gitflow.prefix.versiontag', 'v');
  git('add', '.');
  git('commit', '-q', '-m', 'A large definition');
  const commit = git('rev-parse', 'HEAD');
  const refs = Array.from({ length: branches }, (_, index) => `create refs/heads/feature/number-${index} ${commit}\n`);
  const input = `create refs/heads/develop ${commit}\n${refs.join('')}`;
  const made = spawnSync('git', ['update-ref', '--stdin'], { cwd: folder, input });
  if (made.status !== 0) throw new Error(made.stderr.toString());
  git('pack-refs', '--all');
}

/**
 * A key press until its underline, beside the same in a text of the same size that is none of ours, in which an
 * extension marks the line as soon as it hears of the key press: less than that VS Code does not take.
 */
async function keyPressesToUnderline(bench: Bench, workbench: Workbench): Promise<void> {
  const samples: Record<string, number[]> = { [plain]: [], [ours]: [] };
  for (const file of [plain, ours, plain, ours]) samples[file]?.push(...(await typing(workbench, file)));
  for (const q of [0.5, 0.95]) {
    const floor = bench.add({
      name: `editor: key press to underline by VS Code alone, p${q * 100}`,
      value: quantile(samples[plain] ?? [], q),
      unit: 'ms',
    });
    const value = quantile(samples[ours] ?? [], q);
    bench.add({
      name: `editor: key press to underline, ${steps} steps, p${q * 100}`,
      value,
      unit: 'ms',
      ratio: value / floor,
      against: 'VS Code alone',
      ...(q === 0.95 ? { target: '< 100 ms, debounce and drawing included' } : {}),
    });
  }
}

/** Types a letter that makes a reference wrong, takes it back, and so on; each time until the page shows it. */
async function typing({ page, editor }: Workbench, file: string): Promise<number[]> {
  const reference = `Steps.Train${steps / 2}`;
  const lines = definition(steps).split('\n');
  const line = lines.findIndex((text) => text.includes(`${reference}.`));
  const column = (lines[line] ?? '').indexOf(reference) + reference.length + 1;
  await editor.open(`pipelines/${file}`);
  await editor.goTo(line + 1, column);
  await page.locator('.monaco-editor.focused').waitFor();
  await page.waitForTimeout(3000);
  const samples: number[] = [];
  for (let press = 0; press < keyPresses / 2 + 2; press++) {
    await page.evaluate(watchProblems);
    await page.keyboard.press(press % 2 === 0 ? 'x' : 'Backspace');
    const ms = await page.evaluate<number>('window.problemsChanged');
    // The first two may wait for what is loaded with them.
    if (press >= 2) samples.push(ms);
    await page.waitForTimeout(300);
  }
  return samples;
}

/**
 * Runs in the page: `problemsChanged` is the milliseconds from the next key press until an underline has come or gone,
 * and the frame with it is made. The page is only watched where it changes: asking it all the time would slow it down.
 */
const watchProblems = `void (window.problemsChanged = new Promise((resolve, reject) => {
  let start = 0;
  const giveUp = setTimeout(() => reject(new Error('No underline came or went within 20 s.')), 20_000);
  window.addEventListener('keydown', ({ timeStamp }) => (start = timeStamp), { capture: true, once: true });
  const wrong = () => document.querySelector('.squiggly-error') !== null;
  const before = wrong();
  const observer = new MutationObserver(() => {
    if (start === 0 || wrong() === before) return;
    observer.disconnect();
    clearTimeout(giveUp);
    requestAnimationFrame(() => resolve(performance.now() - start));
  });
  observer.observe(document.body, { subtree: true, childList: true, attributeFilter: ['class'] });
}))`;

/** Opens the side bar for the first time: views, and rows of git. */
async function firstRows(bench: Bench, workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await page.evaluate(watchRows);
  await workbench.openSideBar();
  bench.add({
    name: `editor: first rows of ${branches} branches, from the click`,
    value: await page.evaluate<number>('window.rowsShown'),
    unit: 'ms',
    target: '< 300 ms',
  });
}

/** Runs in the page: `rowsShown` is the milliseconds from the next click to the frame with the rows of main and Features. */
const watchRows = `void (window.rowsShown = new Promise((resolve, reject) => {
  let start = 0;
  const giveUp = setTimeout(() => reject(new Error('No rows came within 20 s.')), 20_000);
  window.addEventListener('mousedown', ({ timeStamp }) => (start = timeStamp), { capture: true, once: true });
  const observer = new MutationObserver(() => {
    const rows = [...document.querySelectorAll('.sidebar .monaco-list-row')].map((row) => row.textContent);
    if (start === 0 || !['main', 'Features'].every((name) => rows.some((row) => row.startsWith(name)))) return;
    observer.disconnect();
    clearTimeout(giveUp);
    requestAnimationFrame(() => resolve(performance.now() - start));
  });
  observer.observe(document.body, { subtree: true, childList: true, characterData: true });
}))`;
