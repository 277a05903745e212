import type { Locator, Page } from 'playwright-core';

/** The Problems panel. */
export class Problems {
  constructor(private readonly page: Page) {}

  async open(): Promise<void> {
    if (await this.panel().isVisible()) return;
    await this.page.keyboard.press('Control+Shift+M');
    // It takes the keyboard a moment after it shows its rows.
    await this.page.locator('.part.panel :focus').first().waitFor();
  }

  async close(): Promise<void> {
    if (await this.panel().isVisible()) await this.page.keyboard.press('Control+J');
    await this.panel().waitFor({ state: 'hidden' });
  }

  /** The rows that contain the text. */
  row(text: string | RegExp): Locator {
    return this.panel().locator('.monaco-list-row').filter({ hasText: text });
  }

  private panel(): Locator {
    return this.page.locator('.markers-panel');
  }
}
