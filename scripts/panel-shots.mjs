// Takes pictures of the panels as built in dist/, outside VS Code, for work on how they look:
//
//   node scripts/panel-shots.mjs [NAME…] [--theme dark|light|contrast] [--size 1200x800] [--out DIR]
//
// Each scene of test/fixtures/panels/scenes.ts is a panel, the messages it is sent and what a user then does.
// The page is the host's own (same HTML, same policy); only `acquireVsCodeApi` is played.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import * as esbuild from 'esbuild';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { theme: { type: 'string' }, size: { type: 'string' }, out: { type: 'string' } },
});
const out = options.out ?? join(root, '.cache', 'panels');
const [width, height] = (options.size ?? '1200x800').split('x').map(Number);
mkdirSync(out, { recursive: true });

const bundle = join(root, '.cache', 'panel-scenes.mjs');
await esbuild.build({
  stdin: {
    contents: `export * from './test/fixtures/panels/scenes.ts'; export * from './test/fixtures/panels/themes.ts'; export * from './src/workbench/panel-html.ts';`,
    resolveDir: root,
    loader: 'ts',
  },
  bundle: true,
  format: 'esm',
  platform: 'node',
  outfile: bundle,
  logLevel: 'warning',
});
const { scenes, themes, panelHtml, NOW } = await import(`${pathToFileURL(bundle).href}?${process.pid}`);

const system = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync);
const packaged = system ? undefined : (await import('@sparticuz/chromium')).default;
const browser = await chromium.launch({
  executablePath: system ?? (await packaged.executablePath()),
  args: [...(packaged?.args ?? ['--no-sandbox']), '--disable-background-networking'],
});

const origin = 'http://panel.test';
const types = { js: 'text/javascript', css: 'text/css', html: 'text/html' };
let problems = 0;

/** Puts the theme on the page as VS Code does: variables on the root, a class on the body. */
function themed(theme, page) {
  const variables = Object.entries(theme.colours).map(
    ([key, value]) => `--vscode-${key}: ${value.replaceAll('"', "'")}`,
  );
  return page
    .replace('<html lang="en">', `<html lang="en" style="${variables.join('; ')}">`)
    .replace('<body class="', `<body class="${theme.bodyClass} `);
}

async function shoot(name, scene, themeName) {
  const theme = themes[themeName];
  const context = await browser.newContext({
    viewport: scene.size ?? { width, height },
    deviceScaleFactor: scene.scale ?? 1,
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') {
      problems += 1;
      console.error(`${name}: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => {
    problems += 1;
    console.error(`${name}: ${error.stack}`);
  });
  await page.clock.install({ time: NOW });
  await page.clock.resume();
  await page.route(`${origin}/**`, (route) => {
    const path = new URL(route.request().url()).pathname;
    const type = types[path.split('.').at(-1)] ?? 'text/html';
    if (path === '/') {
      return route.fulfill({
        contentType: 'text/html',
        body: themed(
          theme,
          panelHtml({
            name: scene.panel,
            title: name,
            cspSource: origin,
            nonce: 'scene',
            script: `${origin}/${scene.panel}.js`,
            style: `${origin}/${scene.panel}.css`,
            workers: origin,
            args: scene.args,
          }),
        ),
      });
    }
    const file = join(root, 'dist', 'webview', path);
    return existsSync(file)
      ? route.fulfill({ contentType: type, headers: { 'access-control-allow-origin': '*' }, body: readFileSync(file) })
      : route.fulfill({ status: 404, body: '' });
  });
  await page.addInitScript((messages) => {
    let state;
    globalThis.posted = [];
    globalThis.acquireVsCodeApi = () => ({
      getState: () => state,
      setState: (next) => {
        state = next;
      },
      postMessage: (message) => {
        globalThis.posted.push(message);
        if (message.type === '$ready') for (const each of messages) window.postMessage(each, '*');
      },
    });
  }, scene.messages);
  await page.goto(`${origin}/`);
  await page.waitForTimeout(scene.settle ?? 500);
  for (const act of scene.acts ?? []) {
    if (act.click) await page.locator(act.click).first().click();
    if (act.fill) await page.locator(act.fill).first().fill(act.text);
    if (act.press) await page.keyboard.press(act.press);
    if (act.send) await page.evaluate((message) => window.postMessage(message, '*'), act.send);
    await page.waitForTimeout(act.wait ?? 150);
  }
  const file = join(out, `${name}-${themeName}.png`);
  await page.screenshot({ path: file });
  console.log(file);
  await context.close();
}

for (const [name, scene] of Object.entries(scenes)) {
  if (positionals.length > 0 && !positionals.some((wanted) => name.startsWith(wanted))) continue;
  for (const theme of options.theme ? [options.theme] : (scene.themes ?? ['dark'])) await shoot(name, scene, theme);
}
await browser.close();
process.exit(problems === 0 ? 0 : 1);
