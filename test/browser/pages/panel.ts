import type { FrameLocator, Locator, Page } from 'playwright-core';

/** A webview panel. Its content lies in a frame within a frame. */
export class Panel {
  constructor(
    private readonly page: Page,
    private readonly title: string | RegExp,
  ) {}

  tab(): Locator {
    return this.page.locator('.tabs-container').getByRole('tab', { name: this.title });
  }

  /** Brings the panel to the front and waits for its content. */
  async show(): Promise<void> {
    await this.tab().click();
    await this.frame().locator('body').waitFor();
  }

  /** A button of the panel. */
  button(name: string): Locator {
    return this.frame().getByRole('button', { name, exact: true });
  }

  /** A text field of the toolkit, by its id. */
  field(id: string): Locator {
    return this.frame().locator(`#${id} input, #${id} textarea`).first();
  }

  /** What the panel shows. Several panels may be visible: the one beside the last is meant. */
  frame(): FrameLocator {
    return this.page.locator('iframe.webview.ready').last().contentFrame().frameLocator('iframe#active-frame');
  }
}
