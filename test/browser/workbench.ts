// The browser suite drives the product as a person does: clicks and keys in a real workbench.
//
// `Workbench` opens one; the folder `pages` has an object for each part of it.
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { launchBrowser } from '../../scripts/browser.mjs';
import { installExtension } from '../../scripts/install.mjs';
import { makeSample } from '../../scripts/sample.mjs';
import { quietEnvironment, quietSettings } from '../../scripts/settings.mjs';
import { root, startServer } from '../../scripts/vscode.mjs';
import type { Browser, Locator, Page } from 'playwright-core';
import { Editor } from './pages/editor';
import { Notifications } from './pages/notifications';
import { Panel } from './pages/panel';
import { Problems } from './pages/problems';
import { QuickInput } from './pages/quick-input';
import { Tree } from './pages/tree';
import { shrink } from './picture';

export interface Opening {
  /** Without it: a new sample project. `false` opens no folder. */
  folder?: string | false;
  /** False opens the folder in restricted mode. */
  trust?: boolean;
  /** Added to the user settings. */
  settings?: Record<string, unknown>;
  /** Folders of extensions that are installed beside ours. */
  extensions?: readonly string[];
  /** Furnishes the home folder before VS Code starts; what it gives is added to the environment. */
  home?: (folder: string) => Record<string, string>;
}

/** What keeps pictures readable and small. */
const pictureSettings = { 'editor.minimap.enabled': false, 'window.title': 'MLOps Flow' };

/** A VS Code with the extension installed, in a browser. */
export class Workbench {
  readonly quickInput: QuickInput;
  readonly editor: Editor;
  readonly notifications: Notifications;
  readonly problems: Problems;
  /** What the page and the extension host printed. */
  private readonly said: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly browser: Browser,
    private readonly server: { stop: () => Promise<void> },
    private readonly scratch: string,
    /** The opened folder; '' without one. */
    readonly folder: string,
  ) {
    this.quickInput = new QuickInput(page);
    this.editor = new Editor(this);
    this.notifications = new Notifications(page);
    this.problems = new Problems(page);
    page.on('console', (message) => {
      // Native modules that this VS Code does without.
      if (!/spdlog|watchdog/.test(message.text())) this.said.push(message.text());
    });
  }

  static async open({ folder, trust = true, settings = {}, extensions = [], home }: Opening = {}): Promise<Workbench> {
    const scratch = mkdtempSync(join(tmpdir(), 'mlops-flow-browser-'));
    const opened = folder ?? join(scratch, 'penguins');
    if (folder === undefined) await makeSample(join(scratch, 'penguins'), quietEnvironment(scratch));
    const data = join(scratch, 'vscode');
    for (const extension of extensions) {
      cpSync(extension, join(data, 'extensions', basename(extension)), { recursive: true });
    }
    await installExtension(data);
    const furnished = home?.(scratch) ?? {};
    const server = await startServer({
      data,
      trust,
      settings: { ...quietSettings, ...pictureSettings, ...settings },
      env: { ...quietEnvironment(scratch), ...furnished },
    });
    const browser = await launchBrowser();
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(30_000);
    const workbench = new Workbench(page, browser, server, scratch, opened || '');
    await page.goto(server.url(opened ? { folder: opened } : {}));
    await workbench.ready();
    return workbench;
  }

  /** Waits until the workbench stands and the extension's views can be opened. */
  private async ready(): Promise<void> {
    await this.page.locator('.statusbar-item').first().waitFor();
    await this.activity('MLOps Flow').waitFor();
  }

  /** An entry of the activity bar. */
  activity(name: string): Locator {
    return this.page.locator('.activitybar').getByRole('tab', { name });
  }

  /** Opens the extension's view container, if it is not open. */
  async openSideBar(): Promise<void> {
    const tab = this.activity('MLOps Flow');
    const view = this.page.locator('.sidebar .pane-header').first();
    const open = async (): Promise<boolean> =>
      (await tab.getAttribute('aria-selected')) === 'true' && (await view.isVisible());
    for (let look = 0; look < 5 && !(await open()); look++) await this.page.waitForTimeout(200);
    // After a reload the side bar may come back by itself at any moment, and a click on what is open closes it.
    await stubbornly(async () => {
      if (!(await open())) await tab.click();
      await view.waitFor({ timeout: 5000 });
    });
  }

  /** A tree view of the side bar by its title. */
  tree(title: string): Tree {
    return new Tree(this.page, title);
  }

  /** The webview panel whose tab has this title. */
  panel(title: string | RegExp): Panel {
    return new Panel(this.page, title);
  }

  /** Runs a command from the palette. */
  async command(title: string): Promise<void> {
    // An editor that opens late takes the keys, and the palette closes.
    await stubbornly(async () => {
      await this.page.keyboard.press('F1');
      await this.quickInput.shown(5000);
      await this.quickInput.type(`>${title}`, 5000);
      await this.quickInput.row(title).first().click({ timeout: 10_000 });
    });
  }

  /** An entry of the status bar. */
  statusBar(text: string | RegExp): Locator {
    return this.page.locator('.statusbar-item').filter({ hasText: text });
  }

  /** Reloads the window, as the command of that name does. */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent('load');
    await this.command('Developer: Reload Window');
    await loaded;
    await this.ready();
  }

  /**
   * Takes a picture for the documentation, `docs/images/<name>.png`. An existing one is kept unless new ones are asked
   * for, so that a test run leaves the tree as it was.
   */
  async picture(name: string): Promise<void> {
    const path = join(root, 'docs', 'images', `${name}.png`);
    if (existsSync(path) && !process.env['MLOPS_FLOW_UPDATE_IMAGES']) return;
    await this.notifications.settled();
    await this.page.mouse.move(1279, 799);
    // What shows under the pointer fades out.
    await this.page.waitForTimeout(500);
    const picture = await this.page.screenshot({ animations: 'disabled', caret: 'hide' });
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, shrink(picture));
  }

  /** Keeps what was seen when a test failed, in test-results. */
  async evidence(name: string): Promise<void> {
    mkdirSync(join(root, 'test-results'), { recursive: true });
    const file = join(root, 'test-results', name.replace(/[^\w-]+/g, '-'));
    await this.page.screenshot({ path: `${file}.png` });
    writeFileSync(`${file}.log`, this.said.join('\n'));
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
    rmSync(this.scratch, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** Tries what something else on the page may undo at the same moment: five times at most. */
async function stubbornly(act: () => Promise<void>): Promise<void> {
  for (let left = 4; ; left--) {
    try {
      return await act();
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}
