/** The sash between two panes, moved by pointer or arrow keys. Side by side, or one above the other when narrow. */

export interface Splitter {
  element: HTMLElement;
  /** Size of the second pane in pixels. */
  size: number;
}

const minWidth = 220;
const stepWidth = 24;

/** Sizes `pane`, which stands at the end of `container`. `moved` is called when the user let go. */
export function splitter(
  container: HTMLElement,
  pane: HTMLElement,
  size: number,
  moved: (size: number) => void,
): Splitter {
  const element = document.createElement('div');
  element.className = 'splitter';
  element.tabIndex = 0;
  element.setAttribute('role', 'separator');
  element.setAttribute('aria-label', 'Width of the details');

  const isStacked = (): boolean => getComputedStyle(container).flexDirection === 'column';
  const result: Splitter = { element, size };
  const apply = (next: number): void => {
    const room = isStacked() ? container.clientHeight : container.clientWidth;
    // A page that is not shown yet has no room to measure.
    const most = room === 0 ? Infinity : Math.max(minWidth, room - minWidth);
    result.size = Math.round(Math.min(Math.max(next, minWidth), most));
    // Never more than this share by itself, however small the window becomes.
    pane.style.flexBasis = `min(${result.size}px, ${isStacked() ? 50 : 65}%)`;
    element.setAttribute('aria-orientation', isStacked() ? 'horizontal' : 'vertical');
    element.setAttribute('aria-valuenow', String(result.size));
  };
  apply(size);

  element.addEventListener('pointerdown', (event) => {
    element.setPointerCapture(event.pointerId);
    element.classList.add('dragging');
  });
  element.addEventListener('pointermove', (event) => {
    if (!element.classList.contains('dragging')) return;
    const { right, bottom } = container.getBoundingClientRect();
    apply(isStacked() ? bottom - event.clientY : right - event.clientX);
  });
  element.addEventListener('pointerup', () => {
    element.classList.remove('dragging');
    moved(result.size);
  });
  element.addEventListener('keydown', (event) => {
    const larger = event.key === 'ArrowLeft' || event.key === 'ArrowUp';
    if (!larger && event.key !== 'ArrowRight' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    apply(result.size + (larger ? stepWidth : -stepWidth));
    moved(result.size);
  });
  return result;
}
