import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import type { Workbench } from '../workbench';

/** The text editor in front. */
export class Editor {
  constructor(private readonly workbench: Workbench) {}

  /** Opens a file of the folder, by its path in it. */
  async open(path: string): Promise<void> {
    const { page, quickInput } = this.workbench;
    await page.keyboard.press('Control+P');
    await quickInput.type(path);
    await quickInput.pick(path.split('/').at(-1) ?? path);
    await this.tab(path.split('/').at(-1) ?? path).waitFor();
    await this.content().waitFor();
  }

  tab(name: string | RegExp): Locator {
    return this.workbench.page.getByRole('tab', { name });
  }

  /** The text area of the editor in front. */
  content(): Locator {
    return this.workbench.page.locator('.editor-group-container.active .monaco-editor .view-lines').first();
  }

  /**
   * Selects the `nth` place (1 is the first) where the saved file says `text`.
   * @param path of the file in the folder; it has to be the one in front, and saved
   */
  async select(path: string, text: string, nth = 1): Promise<void> {
    const saved = readFileSync(join(this.workbench.folder, path), 'utf8');
    let at = -1;
    for (let i = 0; i < nth; i++) at = saved.indexOf(text, at + 1);
    if (at < 0) throw new Error(`${path} does not say ${text} ${nth} times.`);
    const before = saved.slice(0, at).split('\n');
    await this.goTo(before.length, (before.at(-1) ?? '').length + 1);
    for (let i = 0; i < text.length; i++) await this.workbench.page.keyboard.press('Shift+ArrowRight');
  }

  /** Puts the cursor at a line and column, both counted from 1. */
  async goTo(line: number, column: number): Promise<void> {
    await this.workbench.page.keyboard.press('Control+G');
    await this.workbench.quickInput.type(`:${line}:${column}`);
    await this.workbench.quickInput.accept();
    await this.workbench.quickInput.gone();
  }

  /** Types at the cursor, over what is selected. */
  async type(text: string): Promise<void> {
    await this.workbench.page.keyboard.insertText(text);
  }

  async save(): Promise<void> {
    await this.workbench.page.keyboard.press('Control+S');
    await this.workbench.page
      .locator('.editor-group-container.active .tab.active.dirty')
      .waitFor({ state: 'detached' });
  }

  /** The underlines of a severity. */
  squiggles(severity: 'error' | 'warning' | 'info' = 'error'): Locator {
    return this.workbench.page.locator(`.squiggly-${severity}`);
  }

  /** An action above a line of code. */
  codeLens(text: string | RegExp): Locator {
    return this.workbench.page.locator('.codelens-decoration a').filter({ hasText: text });
  }

  /** Applies a quick fix offered at the cursor. */
  async quickFix(title: string | RegExp): Promise<void> {
    await this.workbench.page.keyboard.press('Control+.');
    const menu = this.workbench.page.locator('.action-widget');
    await menu.waitFor();
    await menu.locator('.monaco-list-row').filter({ hasText: title }).first().click();
  }
}
