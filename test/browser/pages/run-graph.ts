import type { FrameLocator, Locator } from 'playwright-core';
import type { Panel } from './panel';

/** What the run graph shows, and the form that starts a run. */
export class RunGraph {
  private readonly frame: FrameLocator;

  constructor(panel: Panel) {
    this.frame = panel.frame();
  }

  /** A step of the drawing. */
  step(name: string): Locator {
    return this.frame.locator(`g[data-id="${name}"]`);
  }

  /** What is said of a step to those who don't see: its type and status. */
  async spoken(name: string): Promise<string> {
    return (await this.step(name).getAttribute('aria-label')) ?? '';
  }

  /** The status of the whole run. */
  status(): Locator {
    return this.frame.locator('.run-facts [role="status"]');
  }

  button(name: string): Locator {
    return this.frame.getByRole('button', { name, exact: true });
  }

  /** The pane beside the drawing. */
  side(): Locator {
    return this.frame.locator('.tab-panel').last();
  }

  /** Why the selected step, or the run, failed. */
  failure(text: string): Locator {
    return this.frame.locator('.failure').filter({ hasText: text });
  }

  /** Selects a step, opens one of its tabs and reads it. */
  async details(step: string, tab: 'Input' | 'Output' | 'Logs' | 'Info'): Promise<string> {
    await this.step(step).click();
    await this.frame.getByRole('tab', { name: tab }).click();
    return this.side().innerText();
  }
}
