/** One step as drawn: built once, then only what changed is touched. */
import type { GraphNode } from '../../src/definition/graph/model';
import { icons } from '../kit/icons';
import type { NodeFace } from './face';
import { svgElement } from './svg';
import { fitText, measureIn, type Measure } from './text';
import type { Box } from './viewport';

/** What the canvas knows of a step besides its face. */
export interface NodeFlags {
  selected: boolean;
  /** The one step that the Tab key reaches. */
  active: boolean;
  /** With a search going on: whether it finds the step. */
  match: 'none' | 'hit' | 'miss' | 'current';
  position: number;
  total: number;
}

interface Measures {
  label: Measure;
  caption: Measure;
}

let measures: Measures | undefined;

export class NodeView {
  readonly element = svgElement('g', { role: 'option' });
  private readonly icon = svgElement('path', { class: 'node-icon' });
  private readonly label = svgElement('text', { class: 'node-label', x: 40, y: 23 });
  private readonly caption = svgElement('text', { class: 'node-caption', x: 40, y: 39 });
  private readonly badge = svgElement('text', { 'text-anchor': 'end', y: 39 });
  private readonly tooltip = svgElement('title', {});
  private drawn = '';

  constructor(
    readonly id: string,
    private readonly width: number,
    height: number,
  ) {
    const holder = svgElement('g', { class: 'node-icon-holder', transform: 'translate(14 18)' });
    holder.append(this.icon);
    this.element.append(
      this.tooltip,
      svgElement('rect', { class: 'node-box', width, height, rx: 5 }),
      holder,
      this.label,
      this.caption,
      this.badge,
    );
    this.element.dataset['id'] = id;
    this.badge.setAttribute('x', String(width - 12));
  }

  place(box: Box): void {
    this.element.style.transform = `translate(${box.x}px, ${box.y}px)`;
  }

  paint(node: GraphNode, face: NodeFace, flags: NodeFlags): void {
    const state = JSON.stringify([node.label, node.type, face, flags]);
    if (state === this.drawn) return;
    this.drawn = state;
    measures ??= readMeasures();

    this.element.setAttribute('class', classes(face, flags));
    this.element.setAttribute('tabindex', flags.active ? '0' : '-1');
    this.element.setAttribute('aria-selected', String(flags.selected));
    this.element.setAttribute('aria-posinset', String(flags.position));
    this.element.setAttribute('aria-setsize', String(flags.total));
    this.element.setAttribute('aria-label', [node.label, node.type, face.spoken].filter(Boolean).join(', '));
    if (face.menu === undefined) delete this.element.dataset['vscodeContext'];
    else this.element.dataset['vscodeContext'] = face.menu;
    this.icon.setAttribute('d', icons[face.icon]);
    this.icon.classList.toggle('spin', face.turning ?? false);

    const badge = face.badge?.text ?? '';
    this.badge.textContent = badge;
    this.badge.setAttribute('class', `node-badge tone-${face.badge?.tone ?? 'none'}`);
    const room = this.width - 40 - 12;
    const badgeWidth = badge ? measures.caption(badge) + 8 : 0;
    this.label.textContent = fitText(node.label, room, measures.label);
    this.caption.textContent = fitText(face.caption, room - badgeWidth, measures.caption);
    this.tooltip.textContent = [node.label === node.id ? node.id : `${node.label} (${node.id})`, ...face.tooltip].join(
      '\n',
    );
  }
}

function readMeasures(): Measures {
  const { fontFamily } = getComputedStyle(document.body);
  return { label: measureIn(`600 13px ${fontFamily}`, 13), caption: measureIn(`11px ${fontFamily}`, 11) };
}

function classes(face: NodeFace, flags: NodeFlags): string {
  const list = ['node', `node-${face.tone}`];
  if (face.dimmed || flags.match === 'miss') list.push('dimmed');
  if (face.marked) list.push('marked');
  if (flags.selected) list.push('selected');
  if (flags.match === 'hit' || flags.match === 'current') list.push(flags.match);
  return list.join(' ');
}
