/** Where an arrow key leads from a step: down and up along the edges, left and right among the steps beside it. */
import type { Placement } from './placement';

export type Direction = 'up' | 'down' | 'left' | 'right';

/** The id of the step to go to, or undefined where there is none that way. */
export function neighbour(placement: Placement, from: string, direction: Direction): string | undefined {
  const here = placement.boxes.get(from);
  if (!here) return undefined;
  const candidates =
    direction === 'up' || direction === 'down' ? linked(placement, from, direction) : beside(placement, from);
  let best: string | undefined;
  let least = Infinity;
  for (const id of candidates) {
    const box = placement.boxes.get(id);
    if (!box) continue;
    const dx = box.x - here.x;
    const dy = box.y - here.y;
    if ((direction === 'left' && dx >= 0) || (direction === 'right' && dx <= 0)) continue;
    const distance =
      direction === 'up' || direction === 'down' ? Math.abs(dx) + Math.abs(dy) * 2 : Math.abs(dx) + Math.abs(dy) * 4;
    if (distance < least) {
      least = distance;
      best = id;
    }
  }
  return best;
}

function linked(placement: Placement, from: string, direction: 'up' | 'down'): string[] {
  return placement.edges
    .filter(({ edge }) => (direction === 'down' ? edge.from === from : edge.to === from))
    .map(({ edge }) => (direction === 'down' ? edge.to : edge.from));
}

/** Steps whose boxes overlap this one's row. */
function beside(placement: Placement, from: string): string[] {
  const here = placement.boxes.get(from);
  if (!here) return [];
  const found: string[] = [];
  for (const [id, box] of placement.boxes) {
    if (id !== from && box.y < here.y + here.height && box.y + box.height > here.y) found.push(id);
  }
  return found;
}
