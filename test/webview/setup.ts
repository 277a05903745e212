/**
 * What the panels' tests need of a page: the toolkit's elements stay plain tags (its components need a browser's
 * style sheets; the browser suite sees them), and elements have a size.
 */
import { vi } from 'vitest';

vi.mock('../../webview/kit/toolkit', () => ({}));

Object.defineProperty(HTMLElement.prototype, 'clientWidth', { configurable: true, get: () => 1000 });
Object.defineProperty(HTMLElement.prototype, 'clientHeight', { configurable: true, get: () => 700 });
