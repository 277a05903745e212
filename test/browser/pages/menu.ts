import type { Page } from 'playwright-core';

/** Clicks an entry of the context menu that is open. A menu takes no click in its first tenth of a second. */
export async function chooseEntry(page: Page, name: string | RegExp): Promise<void> {
  const menu = page.locator('.monaco-menu');
  const entry = menu.getByRole('menuitem', { name }).first();
  for (let left = 5; left > 0; left--) {
    await entry.click();
    const closed = await menu.waitFor({ state: 'hidden', timeout: 2000 }).then(
      () => true,
      () => false,
    );
    if (closed) return;
  }
  throw new Error(`The entry ${String(name)} was clicked, and the menu is still open.`);
}

/** What the entries of the context menu say that is open. */
export async function readMenu(page: Page): Promise<string[]> {
  const entries = page.locator('.monaco-menu').getByRole('menuitem');
  await entries.first().waitFor();
  return (await entries.allInnerTexts()).map((text) => text.trim());
}
