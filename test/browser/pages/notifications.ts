import type { Locator, Page } from 'playwright-core';

/** The messages in the corner, and the modal dialogs. */
export class Notifications {
  constructor(private readonly page: Page) {}

  /** A message that contains the text. */
  message(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast').filter({ hasText: text });
  }

  /** What all the messages on screen say. */
  texts(): Promise<string[]> {
    return this.page.locator('.notification-list-item-message').allInnerTexts();
  }

  /** Clicks a button of a message. */
  async answer(text: string | RegExp, button: string | RegExp): Promise<void> {
    await this.message(text).first().getByRole('button', { name: button }).click();
  }

  /** A modal dialog that contains the text. */
  dialog(text: string | RegExp): Locator {
    return this.page.locator('.monaco-dialog-box').filter({ hasText: text });
  }

  async answerDialog(text: string | RegExp, button: string | RegExp): Promise<void> {
    await this.dialog(text).getByRole('button', { name: button }).click();
  }

  /** Puts away the messages that stand in a picture. */
  async settled(): Promise<void> {
    // From the last one: with each that goes, those after it have another place.
    for (const toast of (await this.page.locator('.notification-toast').all()).reverse()) {
      // One that goes by itself meanwhile is put away, too.
      const clear = toast.locator('.codicon-notifications-clear').first();
      await toast
        .hover({ timeout: 2000 })
        .then(() => clear.click({ timeout: 2000 }))
        .catch(() => undefined);
    }
  }
}
