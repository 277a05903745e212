// Takes pictures of the panels as built in dist/, outside VS Code, for work on how they look:
//
//   node scripts/panel-shots.mjs [NAME…] [--theme dark|light|contrast|contrastLight] [--size 1200x800] [--out DIR]
//
// Each scene of test/fixtures/panels/scenes.ts is a panel, the messages it is sent and what a user then does.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { launchBrowser } from './browser.mjs';
import { loadFixtures, openPanelPage, panelAddress, play } from './panel-page.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { theme: { type: 'string' }, size: { type: 'string' }, out: { type: 'string' } },
});
const out = options.out ?? fileURLToPath(new URL('../.cache/panels', import.meta.url));
const [width, height] = (options.size ?? '1200x800').split('x').map(Number);
mkdirSync(out, { recursive: true });

const fixtures = await loadFixtures();
const browser = await launchBrowser();
let problems = 0;

async function shoot(name, scene, theme) {
  const page = await openPanelPage(browser, fixtures, { ...scene, theme, size: scene.size ?? { width, height } });
  const note = (text) => {
    problems += 1;
    console.error(`${name}: ${text}`);
  };
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') note(message.text());
  });
  page.on('pageerror', (error) => note(error.stack));
  await page.clock.install({ time: fixtures.NOW });
  await page.clock.resume();
  await page.goto(panelAddress);
  await play(page, scene);
  const path = join(out, `${name}-${theme}.png`);
  await page.screenshot({ path });
  console.log(path);
  await page.context().close();
}

for (const [name, scene] of Object.entries(fixtures.scenes)) {
  if (positionals.length > 0 && !positionals.some((wanted) => name.startsWith(wanted))) continue;
  for (const theme of options.theme ? [options.theme] : (scene.themes ?? ['dark'])) await shoot(name, scene, theme);
}
await browser.close();
process.exit(problems === 0 ? 0 : 1);
