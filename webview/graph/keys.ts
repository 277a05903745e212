/** What a key on the graph asks for. */
import type { Direction } from './navigate';

export type Wish =
  /** To the next step that way. */
  | { type: 'go'; direction: Direction }
  | { type: 'pan'; direction: Direction }
  | { type: 'choose'; open: boolean }
  /** Choose no step. */
  | { type: 'leave' }
  | { type: 'end'; first: boolean }
  | { type: 'zoom'; factor: number }
  | { type: 'fit' }
  | { type: 'search'; letter: string };

const arrows = new Map<string, Direction>([
  ['ArrowUp', 'up'],
  ['ArrowDown', 'down'],
  ['ArrowLeft', 'left'],
  ['ArrowRight', 'right'],
]);

const keys = new Map<string, Wish>([
  ['Enter', { type: 'choose', open: true }],
  [' ', { type: 'choose', open: false }],
  ['Escape', { type: 'leave' }],
  ['Home', { type: 'end', first: true }],
  ['End', { type: 'end', first: false }],
  ['+', { type: 'zoom', factor: 1.25 }],
  ['=', { type: 'zoom', factor: 1.25 }],
  ['-', { type: 'zoom', factor: 0.8 }],
  ['0', { type: 'fit' }],
]);

/** The wish, or undefined for a key that is not the graph's: the workbench's own shortcuts go through. */
export function wishOf(event: KeyboardEvent): Wish | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const direction = arrows.get(event.key);
  if (direction) return { type: event.shiftKey ? 'pan' : 'go', direction };
  const wish = keys.get(event.key);
  if (wish) return wish;
  return /^[\p{L}\p{N}_]$/u.test(event.key) ? { type: 'search', letter: event.key } : undefined;
}
