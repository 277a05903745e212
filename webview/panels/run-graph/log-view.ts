import type { LogLine } from '../../../src/pipelines/panels/run-graph/contract';
import { formatClock } from '../../../src/shared/format';

/** The page keeps this many lines; the whole log opens in an editor. */
export const keptLines = 5000;

export class LogView {
  readonly element = document.createElement('div');
  /** Whether the end is kept in view. */
  following = true;
  private search = '';

  constructor(private readonly changed: () => void) {
    this.element.className = 'log';
    this.element.tabIndex = 0;
    this.element.setAttribute('role', 'log');
    // New lines are not read out one by one: a training writes hundreds of them.
    this.element.setAttribute('aria-live', 'off');
    this.element.setAttribute('aria-label', 'Log');
    this.element.addEventListener('scroll', () => {
      const { scrollTop, scrollHeight, clientHeight } = this.element;
      const atEnd = scrollHeight - scrollTop - clientHeight < 24;
      if (atEnd === this.following) return;
      this.following = atEnd;
      this.changed();
    });
  }

  get length(): number {
    return this.element.childElementCount;
  }

  /** How many lines the search finds. */
  get found(): number {
    return this.search ? this.element.querySelectorAll(':scope > :not([hidden])').length : 0;
  }

  clear(): void {
    this.element.replaceChildren();
  }

  append(lines: LogLine[]): void {
    this.element.append(...lines.slice(-keptLines).map((line) => this.lineOf(line)));
    for (let extra = this.length - keptLines; extra > 0; extra -= 1) this.element.firstElementChild?.remove();
    this.keepUp();
  }

  /** Shows only the lines that hold the text. */
  find(text: string): void {
    this.search = text.toLowerCase();
    for (const line of this.element.children) if (line instanceof HTMLElement) this.mark(line);
    this.keepUp();
  }

  follow(on: boolean): void {
    this.following = on;
    this.keepUp();
  }

  /** Scrolls to the end where that is wished; to be called when the log comes into view. */
  keepUp(): void {
    if (this.following) this.element.scrollTop = this.element.scrollHeight;
  }

  private lineOf(line: LogLine): HTMLElement {
    const element = document.createElement('div');
    element.className = 'log-line';
    if (line.time !== undefined) {
      const time = document.createElement('span');
      time.className = 'log-time';
      time.textContent = formatClock(line.time);
      element.append(time);
    }
    const text = document.createElement('span');
    text.className = 'log-text';
    text.textContent = line.text;
    element.append(text);
    if (this.search) this.mark(element);
    return element;
  }

  private mark(line: HTMLElement): void {
    const text = line.querySelector('.log-text');
    const content = text?.textContent ?? '';
    const at = this.search ? content.toLowerCase().indexOf(this.search) : -1;
    line.hidden = this.search !== '' && at < 0;
    if (!text) return;
    if (at < 0) {
      text.textContent = content;
      return;
    }
    const mark = document.createElement('mark');
    mark.textContent = content.slice(at, at + this.search.length);
    text.replaceChildren(content.slice(0, at), mark, content.slice(at + this.search.length));
  }
}
