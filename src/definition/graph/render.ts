/** Drawings of a graph as text: SVG, Mermaid, Graphviz and JSON. */
import type { Point, Route } from './boxes';
import { shortened } from './label';
import { layout } from './layout';
import { edgeLabel, type Graph, type GraphNode } from './model';

/** What fits into a box. */
const mostLetters = 26;

/** The formats of the command line, each a function of the graph. */
export const renderers: Readonly<Record<string, (graph: Graph) => string>> = { svg, mermaid, dot, json };

function json(graph: Graph): string {
  return `${JSON.stringify(graph, undefined, 2)}\n`;
}

function mermaid({ nodes, edges }: Graph): string {
  const ids = new Map(nodes.map((node, index) => [node.id, `s${index}`]));
  const quoted = (text: string): string => `"${text.replaceAll('"', '#quot;').replaceAll('\n', ' ')}"`;
  const lines = nodes.map((node) => {
    const text = quoted(node.label === node.type ? node.label : `${node.label}<br/>${node.type}`);
    const [open, close] = node.type === 'Condition' ? ['{', '}'] : node.type === 'Fail' ? ['([', '])'] : ['[', ']'];
    return `  ${ids.get(node.id) ?? ''}${open}${text}${close}`;
  });
  for (const edge of edges) {
    const label = edgeLabel(edge);
    const arrow = edge.kind === 'dependsOn' ? '-.->' : '-->';
    lines.push(`  ${ids.get(edge.from) ?? ''} ${arrow}${label ? `|${label}|` : ''} ${ids.get(edge.to) ?? ''}`);
  }
  return `flowchart TD\n${lines.join('\n')}\n`;
}

function dot({ nodes, edges }: Graph): string {
  const bare = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', ' ');
  const quoted = (text: string): string => `"${bare(text)}"`;
  const shapes: Record<string, string> = { Condition: 'diamond', Fail: 'octagon' };
  const lines = nodes.map(
    ({ id, label, type }) =>
      `  ${quoted(id)} [label="${bare(label)}\\n${bare(type)}", shape=${shapes[type] ?? 'box'}];`,
  );
  for (const edge of edges) {
    const label = edgeLabel(edge);
    const attributes = [edge.kind === 'dependsOn' ? 'style=dashed' : '', label ? `label=${quoted(label)}` : ''].filter(
      (text) => text !== '',
    );
    lines.push(
      `  ${quoted(edge.from)} -> ${quoted(edge.to)}${attributes.length > 0 ? ` [${attributes.join(', ')}]` : ''};`,
    );
  }
  return `digraph pipeline {\n  rankdir=TB;\n  node [fontname="sans-serif", style=rounded];\n${lines.join('\n')}\n}\n`;
}

const margin = 16;

function svg(graph: Graph): string {
  const placed = layout(graph);
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const width = Math.ceil(placed.width + 2 * margin);
  const height = Math.ceil(placed.height + 2 * margin);
  const boxes = placed.nodes.map((box) => {
    const node = nodes.get(box.id);
    return node ? boxOf(node, box) : '';
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${-margin} ${-margin} ${width} ${height}" font-family="system-ui, sans-serif" font-size="12">
<style>
  .node rect { fill: #ffffff; stroke: #57606a; }
  .node text { fill: #1f2328; }
  .node .type, .label { fill: #57606a; font-size: 10px; }
  .edge { fill: none; stroke: #57606a; }
  .dependsOn { stroke-dasharray: 4 3; }
  #arrow path { fill: #57606a; }
  @media (prefers-color-scheme: dark) {
    .node rect { fill: #161b22; stroke: #8b949e; }
    .node text { fill: #e6edf3; }
    .node .type, .label { fill: #8b949e; }
    .edge { stroke: #8b949e; }
    #arrow path { fill: #8b949e; }
  }
</style>
<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>
${placed.edges.map(edgeOf).join('\n')}
${boxes.join('\n')}
</svg>
`;
}

function boxOf(
  { id, label, type }: GraphNode,
  { x, y, width, height }: Point & { width: number; height: number },
): string {
  const [cx, top] = [x + width / 2, y + height / 2];
  const radius = type === 'Condition' ? height / 2 : 6;
  return `<g class="node"><title>${escape(`${id} (${type})`)}</title><rect x="${round(x)}" y="${round(y)}" width="${width}" height="${height}" rx="${radius}"/><text x="${round(cx)}" y="${round(top - 3)}" text-anchor="middle">${escape(shortened(label, mostLetters))}</text><text class="type" x="${round(cx)}" y="${round(top + 12)}" text-anchor="middle">${escape(type)}</text></g>`;
}

function edgeOf(edge: Route): string {
  const path = edge.points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('');
  const line = `<path class="edge ${edge.kind}" d="${path}" marker-end="url(#arrow)"/>`;
  const label = edgeLabel(edge);
  const middle = edge.points[Math.floor((edge.points.length - 1) / 2)];
  return label && middle
    ? `${line}<text class="label" x="${round(middle.x + 6)}" y="${round(middle.y + 12)}">${label}</text>`
    : line;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
