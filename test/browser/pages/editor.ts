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
    const name = path.split('/').at(-1) ?? path;
    // A file that was just made is not always found the first time.
    for (let left = 3; left > 0; left--) {
      await page.keyboard.press('Control+P');
      await quickInput.type(path);
      const found = await quickInput
        .row(name)
        .first()
        .waitFor({ timeout: 5000 })
        .then(
          () => true,
          () => false,
        );
      if (found) break;
      await page.keyboard.press('Escape');
    }
    await quickInput.pick(name);
    await this.tab(name).waitFor();
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
   * Selects a text at its first place in the saved file.
   * @param path of the file in the folder; it has to be the one in front, and saved
   * @param within a longer text around it, where the text alone would be found elsewhere first
   */
  async select(path: string, text: string, within = text): Promise<void> {
    const saved = readFileSync(join(this.workbench.folder, path), 'utf8');
    const at = saved.indexOf(within) + within.indexOf(text);
    if (!saved.includes(within) || !within.includes(text)) throw new Error(`${path} does not say ${within}.`);
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

  /** Puts the keyboard into the editor of the first group, and waits until it is there. */
  async focus(): Promise<void> {
    await this.workbench.page.keyboard.press('Control+1');
    await this.workbench.page.locator('.editor-group-container.active .monaco-editor.focused').first().waitFor();
  }

  /** Types at the cursor, over what is selected. */
  async type(text: string): Promise<void> {
    await this.workbench.page.keyboard.insertText(text);
  }

  /** Takes back the last change. */
  async undo(): Promise<void> {
    await this.workbench.page.keyboard.press('Control+Z');
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
    const menu = this.workbench.page.locator('.action-widget:not(.action-list-submenu-panel)');
    // VS Code drops the question, and shows nothing, where marks or the cursor move while it waits for the answer.
    for (let left = 3; left > 0; left--) {
      await this.focus();
      await this.workbench.page.keyboard.press('Control+.');
      const shown = await menu.waitFor({ timeout: 5000 }).then(
        () => true,
        () => false,
      );
      if (shown) break;
    }
    await menu.locator('.monaco-list-row').filter({ hasText: title }).first().click();
  }
}
