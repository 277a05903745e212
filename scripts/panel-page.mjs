// Opens a panel as built in dist/ in a browser, outside VS Code. The page is the host's own (same HTML, same
// policy); only `acquireVsCodeApi` and the theme are played.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const origin = 'http://panel.test';
const types = { js: 'text/javascript', css: 'text/css' };

/** What the panels' tests and pictures share: scenes, fixtures, themes, and the host's page. */
export async function loadFixtures() {
  const outfile = join(root, '.cache', `panel-fixtures-${process.pid}.mjs`);
  mkdirSync(join(root, '.cache'), { recursive: true });
  const sources = [
    'test/fixtures/panels/scenes',
    'test/fixtures/panels/themes',
    'test/fixtures/panels/run-graph',
    'test/fixtures/panels/metrics',
    'test/fixtures/panels/delivery',
    'src/workbench/panel-html',
  ];
  await esbuild.build({
    stdin: {
      contents: sources.map((source) => `export * from './${source}.ts';`).join('\n'),
      resolveDir: root,
      loader: 'ts',
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile,
    logLevel: 'warning',
  });
  return import(pathToFileURL(outfile).href);
}

/**
 * Opens a panel; once its script says that it is ready, it is sent the messages. What it posts is in the page's
 * `globalThis.posted`.
 * @returns {Promise<import('playwright-core').Page>}
 */
export async function openPanelPage(
  browser,
  fixtures,
  { panel, args, messages, theme = 'dark', size = { width: 1200, height: 800 }, scale = 1 },
) {
  const context = await browser.newContext({ viewport: size, deviceScaleFactor: scale });
  const page = await context.newPage();
  await page.route(`${origin}/**`, (route) => {
    const path = new URL(route.request().url()).pathname;
    if (path === '/') {
      const html = fixtures.panelHtml({
        name: panel,
        title: panel,
        cspSource: origin,
        nonce: 'scene',
        script: `${origin}/${panel}.js`,
        style: `${origin}/${panel}.css`,
        workers: origin,
        args,
      });
      return route.fulfill({ contentType: 'text/html', body: themed(fixtures.themes[theme], html) });
    }
    const file = join(root, 'dist', 'webview', path);
    if (!existsSync(file)) return route.fulfill({ status: 404, body: '' });
    return route.fulfill({
      contentType: types[path.split('.').at(-1)] ?? 'application/octet-stream',
      headers: { 'access-control-allow-origin': '*' },
      body: readFileSync(file),
    });
  });
  await page.addInitScript((toPanel) => {
    let state;
    globalThis.posted = [];
    globalThis.acquireVsCodeApi = () => ({
      getState: () => state,
      setState: (next) => {
        state = next;
      },
      postMessage: (message) => {
        globalThis.posted.push(message);
        if (message.type === '$ready') for (const each of toPanel) window.postMessage(each, '*');
      },
    });
  }, messages);
  return page;
}

/** Lets the page come to rest and does what the scene's user does. */
export async function play(page, scene) {
  await page.waitForTimeout(scene.settle ?? 500);
  for (const act of scene.acts ?? []) {
    if (act.click) await page.locator(act.click).first().click();
    if (act.fill) await page.locator(act.fill).first().fill(act.text);
    if (act.press) await page.keyboard.press(act.press);
    if (act.send) await page.evaluate((message) => window.postMessage(message, '*'), act.send);
    await page.waitForTimeout(act.wait ?? 150);
  }
}

/** Where an opened panel is shown. */
export const panelAddress = `${origin}/`;

/** Changes an open page's theme as VS Code does: variables on the root, a class on the body. */
export async function wear(page, theme) {
  await page.evaluate(
    ([style, bodyClass]) => {
      document.documentElement.setAttribute('style', style);
      document.body.className = document.body.className.replace(/vscode-(dark|light|high\S*)/, bodyClass);
      // The controls take the new colours when they hear of it.
      return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    },
    [variablesOf(theme), theme.bodyClass],
  );
}

function variablesOf(theme) {
  return Object.entries(theme.colours)
    .map(([key, value]) => `--vscode-${key}: ${value.replaceAll('"', "'")}`)
    .join('; ');
}

/** Puts the theme on the page that the host made. */
function themed(theme, page) {
  return page
    .replace('<html lang="en">', `<html lang="en" style="${variablesOf(theme)}">`)
    .replace('<body class="', `<body class="${theme.bodyClass} `);
}
