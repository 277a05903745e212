/** The steps in rows: what the graph shows, for those who rather read or cannot see it. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Graph } from '../../src/definition/graph/model';
import { icon } from '../kit/icons';
import type { Faces } from './face';

export interface StepListState {
  selected: string | undefined;
  /** Where a search goes on, the steps it finds. */
  only: ReadonlySet<string> | undefined;
  select(id: string): void;
  open(id: string): void;
}

export function stepList(graph: Graph, faces: Faces, state: StepListState): TemplateResult {
  const before = new Map<string, string[]>();
  const labels = new Map(graph.nodes.map((node) => [node.id, node.label]));
  for (const edge of graph.edges)
    before.set(edge.to, [...(before.get(edge.to) ?? []), labels.get(edge.from) ?? edge.from]);
  const nodes = graph.nodes.filter((node) => state.only?.has(node.id) ?? true);
  const reached = nodes.some((node) => node.id === state.selected) ? state.selected : nodes[0]?.id;
  return html`<table class="steps" @keydown=${moveByArrows}>
    <thead>
      <tr>
        <th scope="col">Step</th>
        <th scope="col">Type</th>
        <th scope="col">State</th>
        <th scope="col">After</th>
      </tr>
    </thead>
    <tbody>
      ${nodes.map((node) => {
        const face = faces.node(node);
        return html`<tr
          tabindex=${node.id === reached ? '0' : '-1'}
          aria-selected=${node.id === state.selected ? 'true' : 'false'}
          class=${face.dimmed ? 'dimmed' : ''}
          data-vscode-context=${face.menu ?? nothing}
          @click=${() => state.select(node.id)}
          @dblclick=${() => state.open(node.id)}
          @keydown=${(event: KeyboardEvent) => {
            if (event.key === 'Enter') state.open(node.id);
            else if (event.key === ' ') state.select(node.id);
            else return;
            event.preventDefault();
          }}
        >
          <td>${icon(face.icon, `tone-${face.tone}`)} ${node.label}</td>
          <td>${node.type}</td>
          <td>${face.spoken}</td>
          <td class="muted">${[...new Set(before.get(node.id))].join(', ')}</td>
        </tr>`;
      })}
    </tbody>
  </table>`;
}

function moveByArrows(event: KeyboardEvent): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const row = event.target instanceof Element ? event.target.closest('tr') : null;
  const next = event.key === 'ArrowDown' ? row?.nextElementSibling : row?.previousElementSibling;
  if (next instanceof HTMLElement) next.focus();
  event.preventDefault();
}
