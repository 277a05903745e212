// A headless Chromium for the suites: the system's own, else the one inside the npm package @sparticuz/chromium.
//
// MLOPS_FLOW_BROWSER names another executable, or `packaged` for the one from npm.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { forgetAbandoned, publish, root, testHome } from './vscode.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome.exe', 'msedge.exe'];
const elsewhere = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  join(process.env['ProgramFiles'] ?? '', 'Google', 'Chrome', 'Application', 'chrome.exe'),
];

/**
 * Starts the browser.
 * @returns {Promise<import('playwright-core').Browser>}
 */
export async function launchBrowser() {
  const wish = process.env['MLOPS_FLOW_BROWSER'];
  const system = wish === 'packaged' ? undefined : (wish ?? systemBrowser());
  // Chromium's sandbox can't be set up by root, which is what a container usually runs as.
  // Text in shades of one colour makes a picture half as big.
  const args = [
    '--disable-background-networking',
    '--disable-lcd-text',
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ];
  if (system) return chromium.launch({ executablePath: system, args });
  const packaged = await unpackBrowser();
  const { default: Packaged } = await import('@sparticuz/chromium');
  return chromium.launch({
    executablePath: packaged.executable,
    args: [...Packaged.args.filter((arg) => arg !== '--single-process'), ...args],
    env: { ...process.env, ...packaged.env },
  });
}

function systemBrowser() {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const candidates = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return [...candidates, ...elsewhere].find((path) => existsSync(path));
}

/** Unpacks the packaged browser with the few libraries and the font it brings for a system that has none. */
async function unpackBrowser() {
  const description = join(root, 'node_modules', '@sparticuz', 'chromium', 'package.json');
  const { version } = JSON.parse(readFileSync(description, 'utf8'));
  const folder = join(testHome, `chromium-${version}`);
  if (!existsSync(folder)) {
    const staging = `${folder}.partial-${process.pid}`;
    forgetAbandoned(testHome);
    mkdirSync(staging, { recursive: true });
    // The package unpacks into the system's temporary folder, and its libraries only where it believes to be in a
    // hosted function: a process of its own is told so.
    const unpack = "import('@sparticuz/chromium').then((chromium) => chromium.default.executablePath())";
    await promisify(execFile)(process.execPath, ['-e', unpack], {
      cwd: root,
      env: { ...process.env, TMPDIR: staging, TEMP: staging, CODEBUILD_BUILD_IMAGE: 'nodejs24' },
    });
    publish(staging, folder);
  }
  const fontConfiguration = join(folder, 'fonts.conf');
  writeFileSync(
    fontConfiguration,
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${join(folder, 'fonts', 'fonts')}</dir>
  <cachedir>${join(folder, 'font-cache')}</cachedir>
</fontconfig>
`,
  );
  const libraries = [join(folder, 'al2023', 'lib'), process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':');
  return {
    executable: join(folder, 'chromium'),
    env: { LD_LIBRARY_PATH: libraries, FONTCONFIG_FILE: fontConfiguration },
  };
}
