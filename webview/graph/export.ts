/** The whole graph as a drawing that stands alone, in the colours of the theme. */
import { edgeLabel } from '../../src/definition/graph/model';
import { shortened } from '../../src/definition/graph/label';
import { escaped } from '../kit/escape';
import { icons } from '../kit/icons';
import type { Faces } from './face';
import { halfWay, nodeSize, pathOf, type Placement } from './placement';

const margin = 24;

export interface Drawing {
  svg: string;
  width: number;
  height: number;
}

/** What a CSS colour comes to in this page. */
export type Resolve = (css: string) => string;

/** Draws a graph with all its steps, whatever of it is in view. */
export function drawingOf(placement: Placement, faces: Faces, resolve: Resolve, font: string): Drawing {
  const width = Math.ceil(placement.width + 2 * margin);
  const height = Math.ceil(placement.height + 2 * margin);
  const colours = {
    back: resolve('var(--vscode-editor-background)'),
    text: resolve('var(--vscode-foreground)'),
    muted: resolve('var(--vscode-descriptionForeground)'),
    line: resolve('color-mix(in srgb, var(--vscode-foreground) 45%, var(--vscode-editor-background))'),
    fill: resolve('var(--vscode-editorWidget-background)'),
  };
  const edges = placement.edges.map(({ edge, points }) => {
    const dashed = edge.kind === 'branch' ? ' stroke-dasharray="5 4"' : '';
    const faded = faces.edge(edge) === 'dimmed' ? ' opacity="0.4"' : '';
    const words = edgeLabel(edge);
    const at = halfWay(points);
    const label =
      words === undefined
        ? ''
        : `<text x="${at.x}" y="${at.y + 4}" text-anchor="middle" font-size="11" fill="${colours.text}" paint-order="stroke" stroke="${colours.back}" stroke-width="4">${escaped(words)}</text>`;
    return `<g${faded}><path d="${pathOf(points)}" fill="none" stroke="${colours.line}" marker-end="url(#end)"${dashed}/>${label}</g>`;
  });
  const nodes = [...placement.boxes].flatMap(([id, box]) => {
    const node = placement.nodes.get(id);
    if (!node) return [];
    const face = faces.node(node);
    const tone = face.tone === 'none' ? colours.line : resolve(`var(--${face.tone})`);
    return `<g transform="translate(${box.x} ${box.y})"${face.dimmed ? ' opacity="0.5"' : ''}>
<title>${escaped([node.label, ...face.tooltip].join('\n'))}</title>
<rect width="${nodeSize.width}" height="${nodeSize.height}" rx="5" fill="${colours.fill}" stroke="${tone}" stroke-width="${face.marked ? 2.5 : 1.25}"/>
<path transform="translate(14 18)" d="${icons[face.icon]}" fill="none" stroke="${tone}" stroke-width="1.25" stroke-linecap="round" stroke-linejoin="round"/>
<text x="40" y="23" font-size="13" font-weight="600" fill="${colours.text}">${escaped(shortened(node.label, 22))}</text>
<text x="40" y="39" font-size="11" fill="${colours.muted}">${escaped(shortened([face.caption, face.badge?.text].filter(Boolean).join(' · '), 28))}</text>
</g>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${-margin} ${-margin} ${width} ${height}" font-family="${escaped(font)}">
<defs><marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto" markerUnits="userSpaceOnUse"><path d="M0 0.5L7.5 4L0 7.5Z" fill="${colours.line}"/></marker></defs>
<rect x="${-margin}" y="${-margin}" width="${width}" height="${height}" fill="${colours.back}"/>
${edges.join('\n')}
${nodes.join('\n')}
</svg>
`;
  return { svg, width, height };
}
