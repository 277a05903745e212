// Takes the colours that VS Code hands to a panel in its four base themes, as far as the panels use them, into
// test/fixtures/panels/themes.json:
//
//   node scripts/panel-themes.mjs
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser } from './browser.mjs';
import { installExtension } from './install.mjs';
import { makeSample } from './sample.mjs';
import { quietEnvironment, quietSettings } from './settings.mjs';
import { root, startServer } from './vscode.mjs';

const names = {
  dark: 'Default Dark Modern',
  light: 'Default Light Modern',
  contrast: 'Default High Contrast',
  contrastLight: 'Default High Contrast Light',
};

const used = new Set(
  globSync('dist/webview/*.{js,css}', { cwd: root }).flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/--vscode-([\w-]+)/g)].map(([, name]) => name),
  ),
);

const browser = await launchBrowser();
const themes = {};
for (const [key, name] of Object.entries(names)) themes[key] = await themeOf(name);
await browser.close();
writeFileSync(join(root, 'test', 'fixtures', 'panels', 'themes.json'), `${JSON.stringify(themes, undefined, 2)}\n`);

/** Starts VS Code with the theme and asks one of its panels. */
async function themeOf(name) {
  const scratch = mkdtempSync(join(tmpdir(), 'mlops-flow-themes-'));
  const data = join(scratch, 'vscode');
  await makeSample(join(scratch, 'penguins'), quietEnvironment(scratch));
  await installExtension(data);
  const server = await startServer({
    data,
    settings: { ...quietSettings, 'workbench.colorTheme': name, 'window.autoDetectColorScheme': false },
    env: quietEnvironment(scratch),
  });
  const page = await browser.newPage();
  try {
    await page.goto(server.url({ folder: join(scratch, 'penguins') }));
    await page.locator('.activitybar').getByRole('tab', { name: 'MLOps Flow' }).click();
    await page.locator('.pane-body').getByText('penguins', { exact: true }).first().waitFor();
    await page.keyboard.press('F1');
    await page.keyboard.type('MLOps Flow: Run Pipeline');
    await page.locator('.quick-input-list .monaco-list-row').first().waitFor();
    await page.keyboard.press('Enter');
    const panel = page.locator('iframe.webview.ready').contentFrame().frameLocator('iframe#active-frame');
    await panel.locator('h1').waitFor();
    const style = await panel.locator('html').getAttribute('style');
    const bodyClass = await panel.locator('body').getAttribute('class');
    const all = style.split(';').flatMap((each) => {
      const [, variable, value] = /^\s*--vscode-([\w-]+):\s*(.*)$/s.exec(each) ?? [];
      return variable && (used.has(variable) || variable.startsWith('charts-')) && !/^(font|editor-font)/.test(variable)
        ? [[variable, value.trim()]]
        : [];
    });
    return {
      bodyClass: bodyClass.split(/\s+/).find((each) => /^vscode-(dark|light|high)/.test(each)),
      colours: Object.fromEntries(all.sort(([a], [b]) => a.localeCompare(b, 'en'))),
    };
  } finally {
    await page.close();
    await server.stop();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
