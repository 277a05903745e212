/** Drives a panel as its host does: by messages to the real entry script, watching what it posts. */
import { vi } from 'vitest';
import type { Message } from '../../src/shared/guards';
import type { PanelContract, SavedPanel } from '../../src/shared/panel-contract';

export interface OpenedPanel<ToPanel extends Message, ToHost extends Message> {
  /** What the page has posted since it was opened or since `posted` was emptied. */
  posted: (ToHost | { type: '$ready' })[];
  saved(): SavedPanel | undefined;
  send(...messages: ToPanel[]): Promise<void>;
}

const cleanUps: (() => void)[] = [];

/** Opens a panel anew. `saved` is the state of an earlier one. */
export async function openPanel<Arguments, ToPanel extends Message, ToHost extends Message>(
  _contract: PanelContract<Arguments, ToPanel, ToHost>,
  entry: () => Promise<unknown>,
  args: Arguments,
  saved?: SavedPanel,
): Promise<OpenedPanel<ToPanel, ToHost>> {
  closePanels();
  vi.resetModules();
  document.body.innerHTML = '<main id="root"></main>';
  document.body.className = 'vscode-dark vscode-reduce-motion';
  document.body.dataset['arguments'] = JSON.stringify(args);
  let state = saved;
  const posted: (ToHost | { type: '$ready' })[] = [];
  vi.stubGlobal('acquireVsCodeApi', () => ({
    postMessage: (message: ToHost) => posted.push(structuredClone(message)),
    getState: () => state,
    setState: (next: SavedPanel) => {
      state = structuredClone(next);
    },
  }));
  // There is nowhere to fetch a worker from: the page lays out by itself.
  vi.stubGlobal('fetch', () => Promise.reject(new Error('offline')));
  const add = vi.spyOn(window, 'addEventListener');
  await entry();
  for (const [type, listener] of add.mock.calls) {
    if (listener) cleanUps.push(() => window.removeEventListener(type, listener));
  }
  add.mockRestore();
  return {
    posted,
    saved: () => state,
    async send(...messages) {
      for (const message of messages)
        window.dispatchEvent(new MessageEvent('message', { data: structuredClone(message) }));
      await settle();
    },
  };
}

/** Takes the listeners of earlier panels off the page that all tests of a file share. */
export function closePanels(): void {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
}

/** Lets promises and timers of no delay come to an end. */
export async function settle(milliseconds = 5): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** The one element that the selector and the text name. @throws Error where there is none. */
export function find(selector: string, text?: string | RegExp): HTMLElement {
  const found = all(selector).find((element) => text === undefined || matches(element, text));
  if (!found) throw new Error(`There is no ${selector}${text === undefined ? '' : ` with ${String(text)}`}.`);
  return found;
}

export function all(selector: string): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(selector)];
}

/** The text as it reads, without the spaces of its markup. */
export function textOf(element: Element | null): string {
  return element?.textContent?.replace(/\s+/g, ' ').trim() ?? '';
}

export function press(element: EventTarget, key: string, options: KeyboardEventInit = {}): void {
  element.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...options }));
}

/** Types into a field, the toolkit's or a plain one. */
export function type(element: HTMLElement, value: string): void {
  Object.assign(element, { value });
  element.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Chooses in a dropdown, or ticks a box. */
export function change(element: HTMLElement, state: { value: string } | { checked: boolean }): void {
  Object.assign(element, state);
  element.dispatchEvent(new Event('change', { bubbles: true }));
}

function matches(element: HTMLElement, text: string | RegExp): boolean {
  const own = `${textOf(element)} ${element.getAttribute('aria-label') ?? ''}`;
  return typeof text === 'string' ? own.includes(text) : text.test(own);
}
