/** Turns what a mouse, a pen, a finger or a wheel does on the canvas into panning, zooming and clicks. */
import type { Point } from './placement';

export interface PointerActions {
  pan(dx: number, dy: number): void;
  zoom(factor: number, at: Point): void;
  /** `at` is in pixels from the canvas's corner. */
  click(target: EventTarget | null, at: Point): void;
  doubleClick(target: EventTarget | null, at: Point): void;
}

/** Movement below this many pixels is a click. */
const slack = 4;

export function followPointer(element: HTMLElement, actions: PointerActions): void {
  let last: Point | undefined;
  let dragging = false;
  const placeOf = (event: MouseEvent): Point => {
    const { left, top } = element.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };

  element.addEventListener('pointerdown', (event) => {
    if (event.button > 1) return;
    last = { x: event.clientX, y: event.clientY };
    dragging = false;
  });
  element.addEventListener('pointermove', (event) => {
    if (!last || event.buttons === 0) return;
    const dx = event.clientX - last.x;
    const dy = event.clientY - last.y;
    if (!dragging && Math.hypot(dx, dy) < slack) return;
    if (!dragging) {
      dragging = true;
      element.setPointerCapture(event.pointerId);
      element.classList.add('dragging');
    }
    last = { x: event.clientX, y: event.clientY };
    actions.pan(dx, dy);
  });
  const release = (): void => {
    last = undefined;
    element.classList.remove('dragging');
  };
  element.addEventListener('pointerup', release);
  element.addEventListener('pointercancel', release);
  element.addEventListener('click', (event) => {
    // The click that ends a drag is none.
    if (dragging) dragging = false;
    else actions.click(event.target, placeOf(event));
  });
  element.addEventListener('dblclick', (event) => actions.doubleClick(event.target, placeOf(event)));
  element.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      if (event.shiftKey) {
        actions.pan(-(event.deltaX || event.deltaY) * pixels, 0);
        return;
      }
      // A pinch arrives as a wheel with Ctrl held, in much smaller steps.
      const speed = event.ctrlKey ? 0.01 : 0.0015;
      actions.zoom(Math.exp(-event.deltaY * pixels * speed), placeOf(event));
    },
    { passive: false },
  );
}
