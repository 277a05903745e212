/**
 * The panels by the rules of WCAG 2.2 that a program can check: all of them in one of VS Code's base themes, the
 * contrast in the other three and in colours that the system forces as well. At 200 % zoom every control can be reached.
 */
import axe, { type AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../scripts/browser.mjs';
import { loadFixtures, openPanelPage, panelAddress, play, wear } from '../../scripts/panel-page.mjs';
import { scenes } from '../fixtures/panels/scenes';
import { type ThemeName, themeNames } from '../fixtures/panels/themes';

const all = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** Takes the words of a drawing, which a step's own name says in another order, for a label of its own. */
const unfit = { 'label-content-name-mismatch': { enabled: false } };
/** Scenes that look as others do, with more of it. */
const alike = /large|search|200|thousands/;

let browser: Browser;
let fixtures: Awaited<ReturnType<typeof loadFixtures>>;

beforeAll(async () => {
  browser = await launchBrowser();
  fixtures = await loadFixtures();
});

afterAll(() => browser.close());

/** What is wrong, one line an element. */
async function violations(page: Page, theme: ThemeName): Promise<string[]> {
  const options =
    theme === 'dark' ? { runOnly: all, rules: unfit } : { runOnly: { type: 'rule', values: ['color-contrast'] } };
  const results = await page.evaluate<AxeResults>(`axe.run(document, ${JSON.stringify(options)})`);
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any }) => `${id}: ${target.join(' ')} ${any[0]?.message ?? ''}`),
  );
}

/**
 * Runs in the page: the controls that no scrolling brings into the window, one line each. Parts of a drawing that is
 * panned are reached by its own keys.
 */
const unreachable = `(() => {
  const controls = 'button, input, select, textarea, a[href], summary, [tabindex="0"], vscode-button, vscode-text-field, vscode-text-area, vscode-dropdown, vscode-checkbox';
  return [...document.querySelectorAll(controls)].filter((control) => {
    if (control.closest('svg') || !control.checkVisibility({ visibilityProperty: true })) return false;
    if (control.closest('.visually-hidden') || control.matches('.visually-hidden')) return false;
    control.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    const { left, top, right, bottom, width, height } = control.getBoundingClientRect();
    if (width <= 1 || height <= 1) return false;
    const isIn = right > 1 && bottom > 1 && left < innerWidth - 1 && top < innerHeight - 1;
    // What is larger than the window is scrolled through.
    const isWhole = width > innerWidth || (left >= -1 && right <= innerWidth + 1);
    return !isIn || !isWhole;
  }).map((control) => control.outerHTML.slice(0, 120) + ' ' + JSON.stringify(control.getBoundingClientRect()));
})()`;

test.each(Object.entries(scenes).filter(([name]) => !alike.test(name)))('%s', async (_, scene) => {
  const page = await openPanelPage(browser, fixtures, scene);
  await page.goto(panelAddress);
  await play(page, scene);
  await page.evaluate(axe.source);
  for (const theme of themeNames) {
    await wear(page, fixtures.themes[theme]);
    expect(await violations(page, theme), theme).toEqual([]);
  }
  await page.emulateMedia({ forcedColors: 'active' });
  expect(await violations(page, 'light'), 'forced colours').toEqual([]);
  await page.emulateMedia({ forcedColors: 'none' });
  const { width, height } = page.viewportSize() ?? { width: 1200, height: 800 };
  await page.setViewportSize({ width: Math.round(width / 2), height: Math.round(height / 2) });
  expect(await page.evaluate<string[]>(unreachable), '200 % zoom').toEqual([]);
  await page.context().close();
});
