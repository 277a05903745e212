import type { Locator, Page } from 'playwright-core';
import { chooseEntry } from './menu';

/** A tree view of the side bar. */
export class Tree {
  private readonly pane: Locator;

  constructor(
    private readonly page: Page,
    title: string,
  ) {
    this.pane = page.locator('.sidebar .pane').filter({ has: page.locator('.pane-header', { hasText: title }) });
  }

  /** Opens the view where it is collapsed to its title. */
  async open(): Promise<void> {
    const header = this.pane.locator('.pane-header');
    if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
  }

  /** Collapses the view to its title, which leaves the others more room. */
  async close(): Promise<void> {
    const header = this.pane.locator('.pane-header');
    if ((await header.getAttribute('aria-expanded')) === 'true') await header.locator('.title').click();
    await header.and(this.page.locator('[aria-expanded="false"]')).waitFor();
  }

  /** The rows that contain the text. */
  row(text: string | RegExp): Locator {
    return this.pane.locator('.monaco-list-row').filter({ hasText: text });
  }

  /** The first row that contains the text, also where the view has to be scrolled to it: only rows in sight are drawn. */
  async reveal(text: string | RegExp): Promise<Locator> {
    const row = this.row(text).first();
    const deadline = Date.now() + 30_000;
    for (let down = true; !(await row.isVisible());) {
      if (Date.now() > deadline) throw new Error(`No row with ${text} among:\n${(await this.rows()).join('\n')}`);
      const before = await this.rows();
      await this.pane.locator('.monaco-list').first().hover();
      await this.page.mouse.wheel(0, down ? 150 : -10_000);
      await this.page.waitForTimeout(100);
      // At its end it begins again at the top: the row may come while it is looked for.
      down = !down || (await this.rows()).join() !== before.join();
    }
    return row;
  }

  /** What the rows on screen say, from top to bottom. */
  async rows(): Promise<string[]> {
    const texts = await this.pane.locator('.monaco-list-row').allInnerTexts();
    return texts.map((text) => text.replace(/\s+/g, ' ').trim());
  }

  /** The welcome text of an empty view. */
  welcome(): Locator {
    return this.pane.locator('.welcome-view-content');
  }

  /** Goes to the last row, which is drawn then. */
  async end(): Promise<void> {
    await this.pane.locator('.monaco-list').first().focus();
    await this.page.keyboard.press('End');
  }

  async collapse(text: string | RegExp): Promise<void> {
    const row = await this.reveal(text);
    if ((await row.getAttribute('aria-expanded')) === 'true') await row.locator('.monaco-tl-twistie').click();
  }

  async expand(text: string | RegExp): Promise<void> {
    const row = await this.reveal(text);
    if ((await row.getAttribute('aria-expanded')) === 'false') await row.locator('.monaco-tl-twistie').click();
  }

  /** Selects several rows. */
  async select(first: string | RegExp, ...others: (string | RegExp)[]): Promise<void> {
    await this.row(first).first().click();
    for (const other of others)
      await this.row(other)
        .first()
        .click({ modifiers: ['ControlOrMeta'] });
  }

  /** Chooses an entry of a row's context menu. */
  async menu(text: string | RegExp, entry: string | RegExp): Promise<void> {
    await (await this.aim(text)).click({ button: 'right' });
    await chooseEntry(this.page, entry);
  }

  /** Clicks one of the icons that a row shows under the pointer. */
  async inline(text: string | RegExp, action: string | RegExp): Promise<void> {
    const row = await this.aim(text);
    // Rows move while others come and go: the pointer may rest on another one by then.
    for (let left = 5; ; left--) {
      await row.hover();
      try {
        return await row.getByRole('button', { name: action }).click({ timeout: 6_000 });
      } catch (error) {
        if (left === 0) throw error;
      }
    }
  }

  /**
   * The row to click, once the rows have stayed as they are for as long as a person takes to aim at one. VS Code forgets
   * rows while it asks for them anew, and runs the command of one that is clicked in this moment without it.
   */
  private async aim(text: string | RegExp): Promise<Locator> {
    await this.reveal(text);
    const deadline = Date.now() + 2_000;
    let [before, now] = ['', (await this.rows()).join()];
    // The ages of rows may never rest.
    while (now !== before && Date.now() < deadline) {
      await this.page.waitForTimeout(400);
      [before, now] = [now, (await this.rows()).join()];
    }
    return this.reveal(text);
  }

  /** Clicks an icon of the view's title bar. */
  async title(action: string | RegExp): Promise<void> {
    await this.pane.locator('.pane-header').hover();
    await this.pane.locator('.pane-header').getByRole('button', { name: action }).click();
  }
}
