/**
 * The panels by the rules of WCAG 2.2 that a program can check: all of them in one of VS Code's base themes, the
 * contrast in the other three as well.
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

test.each(Object.entries(scenes).filter(([name]) => !alike.test(name)))('%s', async (_, scene) => {
  const page = await openPanelPage(browser, fixtures, scene);
  await page.goto(panelAddress);
  await play(page, scene);
  await page.evaluate(axe.source);
  for (const theme of themeNames) {
    await wear(page, fixtures.themes[theme]);
    expect(await violations(page, theme), theme).toEqual([]);
  }
  await page.context().close();
});
