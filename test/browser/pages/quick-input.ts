import type { Locator, Page } from 'playwright-core';

/** The box on top: the palette, pick lists and input boxes. */
export class QuickInput {
  private readonly widget: Locator;

  constructor(private readonly page: Page) {
    this.widget = page.locator('.quick-input-widget:visible');
  }

  async shown(timeout?: number): Promise<void> {
    await this.widget.waitFor({ timeout });
  }

  async gone(): Promise<void> {
    await this.widget.waitFor({ state: 'detached' });
  }

  /** Replaces what stands in the box. */
  async type(text: string, timeout?: number): Promise<void> {
    await this.shown(timeout);
    await this.widget.locator('.quick-input-box input').fill(text, { timeout });
  }

  /** The rows of the list that contain the text. */
  row(text: string | RegExp): Locator {
    return this.widget.locator('.quick-input-list .monaco-list-row').filter({ hasText: text });
  }

  async pick(text: string | RegExp): Promise<void> {
    await this.row(text).first().click();
  }

  /** Clicks one of the icons that a row shows under the pointer. */
  async inline(text: string | RegExp, action: string | RegExp): Promise<void> {
    const row = this.row(text).first();
    await row.hover();
    await row.getByRole('button', { name: action }).click();
  }

  /** Presses one of its own buttons until it is gone: it does not hear every press while it looks into a folder. */
  async press(button: string): Promise<void> {
    const found = this.widget.getByRole('button', { name: button, exact: true });
    await found.waitFor();
    while ((await found.count()) > 0) {
      await found.click({ timeout: 2000 }).catch(() => undefined);
      await found.waitFor({ state: 'detached', timeout: 2000 }).catch(() => undefined);
    }
  }

  async accept(): Promise<void> {
    // It is shown a moment before it takes the keys.
    await this.widget.locator(':focus').first().waitFor();
    await this.page.keyboard.press('Enter');
  }

  /** The box with everything in it, to read its title, prompt and validation message. */
  text(): Promise<string> {
    return this.widget.innerText();
  }
}
