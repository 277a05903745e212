import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { launchBrowser } from '../../scripts/browser.mjs';
import { makeSample } from '../../scripts/sample.mjs';
import { freePort, root } from '../../scripts/vscode.mjs';
import { Notifications } from './pages/notifications';
import { QuickInput } from './pages/quick-input';

const scratch = mkdtempSync(join(tmpdir(), 'mlops-flow-start-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** The processes that carry the mark in their environment: what `npm start` started, and what that started. */
function marked(mark: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && environmentOf(name).includes(mark))
    .map(Number);
}

function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return '';
  }
}

test.runIf(process.platform === 'linux')(
  'npm start prints one address; Ctrl-C ends all that it started',
  { timeout: 330_000 },
  async () => {
    const mark = `MLOPS_FLOW_MARK=${randomUUID()}`;
    const folder = join(scratch, 'penguins');
    await makeSample(folder);
    const args = ['scripts/start.mjs', '--folder', folder, '--port', String(await freePort())];
    const start = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, [mark.split('=')[0] ?? '']: mark.split('=')[1] },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    start.stdout.on('data', (data: Buffer) => (output += data.toString()));
    start.stderr.on('data', (data: Buffer) => (output += data.toString()));
    await expect.poll(() => output, { timeout: 240_000 }).toContain('Ctrl-C stops it');
    expect(output.match(/http:\/\/\S+/g)).toHaveLength(1);
    const url = /http:\/\/\S+/.exec(output)?.[0] ?? '';

    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      await page.goto(url);
      await page.locator('.activitybar').getByRole('tab', { name: 'MLOps Flow' }).click();
      await page.locator('.statusbar-item').filter({ hasText: 'Local' }).waitFor();
      // The server, the extension host, and what they need.
      expect(marked(mark).length).toBeGreaterThan(2);

      // What goes wrong is said in the corner: another git holds the index.
      writeFileSync(join(folder, '.git', 'index.lock'), '');
      const quickInput = new QuickInput(page);
      await page.keyboard.press('F1');
      await quickInput.shown();
      await quickInput.type('>MLOps Flow: Start Feature');
      await quickInput.pick('MLOps Flow: Start Feature');
      await quickInput.type('held-up');
      await quickInput.accept();
      await new Notifications(page).message('index.lock').getByText('Source: MLOps Flow').waitFor();
    } finally {
      await browser.close();
    }

    start.kill('SIGINT');
    await expect.poll(() => start.exitCode, { timeout: 60_000 }).toBe(0);
    await sleep(200);
    expect(marked(mark)).toEqual([]);
  },
);
