/** The branches of conditions as frames around their steps. */
import { nodeSize, type Placement } from './placement';
import { svgElement } from './svg';
import { overlaps, type Box } from './viewport';

const padding = 12;
/** Room for the words on a frame: at its end, since the lines that come into it are named at its beginning. */
const labelRoom = 18;

export interface Container {
  label: string;
  box: Box;
}

/**
 * The frames of a placed graph: one around the steps of a branch, and of the body of a loop, where no other step lies
 * between them. Where one does, a frame would say that it belongs there.
 */
export function containersOf({ nodes, boxes }: Placement): Container[] {
  const groups = new Map<string, { label: string; members: Set<string> }>();
  for (const { id, condition, branch } of nodes.values()) {
    if (condition === undefined) continue;
    const key = `${condition} ${branch ?? ''}`;
    const name = nodes.get(condition)?.label ?? condition;
    const label = branch === undefined ? `Each of ${name}` : `${name}: ${branch === 'If' ? 'true' : 'false'}`;
    const group = groups.get(key) ?? { label, members: new Set<string>() };
    group.members.add(id);
    groups.set(key, group);
  }
  // The steps of a branch within a branch belong to both.
  for (const { members } of groups.values()) {
    for (let size = -1; size < members.size;) {
      size = members.size;
      for (const { id, condition } of nodes.values())
        if (condition !== undefined && members.has(condition)) members.add(id);
    }
  }
  return [...groups.values()].flatMap(({ label, members }) => {
    const own = [...members].flatMap((id) => boxes.get(id) ?? []);
    if (own.length < 2) return [];
    const box = around(own);
    const isTorn = [...boxes].some(([id, other]) => !members.has(id) && overlaps(box, other));
    return isTorn ? [] : [{ label, box }];
  });
}

function around(boxes: readonly Box[]): Box {
  const left = Math.min(...boxes.map(({ x }) => x));
  const top = Math.min(...boxes.map(({ y }) => y));
  const right = Math.max(...boxes.map(({ x, width }) => x + width));
  const bottom = Math.max(...boxes.map(({ y, height }) => y + height));
  return {
    x: left - padding,
    y: top - padding,
    width: Math.max(right - left, nodeSize.width) + 2 * padding,
    height: bottom - top + 2 * padding + labelRoom,
  };
}

/** A frame as drawn, behind the edges. */
export function containerElement({ label, box }: Container): SVGGElement {
  const { x, y, width, height } = box;
  const text = svgElement('text', { x: x + 10, y: y + height - 8, class: 'container-label' });
  text.textContent = label;
  const group = svgElement('g', { class: 'container', 'aria-hidden': 'true' });
  group.append(svgElement('rect', { x, y, width, height, rx: 8, class: 'container-box' }), text);
  return group;
}
