/**
 * The graph as a panel uses it: the canvas with its toolbar, search, minimap and legend, and the list that
 * says the same in rows.
 */
import { html, nothing, render, type TemplateResult } from 'lit-html';
import type { Graph } from '../../src/definition/graph/model';
import { isNumber, isBoolean, shape } from '../../src/shared/guards';
import { reducedMotion } from '../kit/host';
import { icon } from '../kit/icons';
import { GraphCanvas } from './canvas';
import { type Drawing, drawingOf, type Resolve } from './export';
import type { Faces } from './face';
import { legend } from './legend';
import { LayoutClient } from './layout-client';
import { Minimap } from './minimap';
import { topologyOf } from './placement';
import { findSteps } from './search';
import { stepList } from './step-list';
import type { Viewport } from './viewport';
import './graph.css';

export interface GraphViewEvents {
  select(id: string | undefined): void;
  open(id: string): void;
  /** What should be saved of how the graph looks has changed. */
  changed(): void;
  /** Further buttons of the toolbar. */
  tools?(): TemplateResult | typeof nothing;
}

/** How the graph is looked at: kept while the panel is away. */
export interface GraphLook {
  /** Absent while nobody has zoomed or panned. */
  viewport?: Viewport;
  list: boolean;
  selected?: string;
}

const isViewport = shape<Viewport>({ x: isNumber, y: isNumber, scale: isNumber });

export const isGraphLook = shape<GraphLook>({
  viewport: (value): value is Viewport | undefined => value === undefined || isViewport(value),
  list: isBoolean,
  selected: (value): value is string | undefined => value === undefined || typeof value === 'string',
});

export class GraphView {
  readonly element = document.createElement('section');
  private readonly canvas: GraphCanvas;
  private readonly minimap: Minimap;
  private readonly layouts = new LayoutClient();
  private readonly bar = document.createElement('div');
  private readonly corner = document.createElement('div');
  private readonly listHolder = document.createElement('div');
  private readonly live = document.createElement('div');
  private graph: Graph = { nodes: [], edges: [] };
  private topology = '';
  private asList = false;
  private legendOpen = false;
  private search = '';
  private found: string[] = [];
  private at = 0;
  private selected: string | undefined;
  private wanted: Viewport | undefined;
  private saving: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private faces: Faces,
    private readonly events: GraphViewEvents,
    look: GraphLook | undefined,
  ) {
    this.canvas = new GraphCanvas(faces, {
      select: (id) => this.choose(id),
      open: (id) => events.open(id),
      typed: (letter) => this.startSearch(letter),
      drawn: () => {
        this.minimap.frameView();
        this.save();
      },
    });
    this.minimap = new Minimap(this.canvas);
    this.asList = look?.list ?? false;
    this.wanted = look?.viewport;
    this.selected = look?.selected;
    this.element.className = 'graph';
    this.bar.className = 'graph-bar';
    this.corner.className = 'graph-corner';
    this.listHolder.className = 'graph-list';
    this.live.className = 'visually-hidden';
    this.live.setAttribute('aria-live', 'polite');
    this.element.append(this.bar, this.canvas.element, this.listHolder, this.corner, this.minimap.element, this.live);
    this.draw();
  }

  get look(): GraphLook {
    const { viewport, isUntouched } = this.canvas;
    return {
      list: this.asList,
      ...(isUntouched ? {} : { viewport }),
      ...(this.selected === undefined ? {} : { selected: this.selected }),
    };
  }

  get selection(): string | undefined {
    return this.selected;
  }

  /** Shows a graph. Its layout is computed anew only where steps or edges changed. */
  async show(graph: Graph, faces: Faces, name: string): Promise<void> {
    this.faces = faces;
    this.graph = graph;
    this.canvas.label = `Graph of ${name}, ${graph.nodes.length} steps. Arrow keys follow the edges, Enter opens a step, typing searches.`;
    const topology = topologyOf(graph);
    if (topology === this.topology) {
      for (const node of graph.nodes) this.canvas.placement.nodes.set(node.id, node);
      this.repaint(faces);
      return;
    }
    const first = this.topology === '';
    this.topology = topology;
    const placement = await this.layouts.place(graph);
    if (!placement) return;
    this.canvas.faces = this.faces;
    this.canvas.show(placement, !first && !reducedMotion());
    if (first && this.wanted) this.canvas.restore(this.wanted);
    if (this.selected && placement.nodes.has(this.selected)) this.canvas.select(this.selected);
    if (this.search) this.runSearch();
    this.minimap.repaint();
    this.draw();
  }

  /** Redraws after steps changed their looks. */
  repaint(faces: Faces): void {
    this.faces = faces;
    this.canvas.repaint(faces);
    this.minimap.repaint();
    this.draw();
  }

  /** Selects a step from outside, and brings it into view. */
  select(id: string | undefined): void {
    this.selected = id;
    this.canvas.select(id);
    if (id) this.canvas.reveal(id);
    this.draw();
  }

  /** The whole graph as a drawing that stands alone. */
  drawing(resolve: Resolve, font: string): Drawing {
    return drawingOf(this.canvas.placement, this.faces, resolve, font);
  }

  /** Has a screen reader say what happened. */
  announce(text: string): void {
    this.live.textContent = text;
  }

  focus(): void {
    if (this.asList) this.listHolder.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
    else this.canvas.focus();
  }

  private choose(id: string | undefined): void {
    this.selected = id;
    this.canvas.select(id);
    this.events.select(id);
    this.draw();
    this.save();
  }

  private startSearch(letter: string): void {
    this.search = letter;
    this.runSearch();
    this.draw();
    const field = this.bar.querySelector('input');
    field?.focus();
    field?.setSelectionRange(letter.length, letter.length);
  }

  private runSearch(): void {
    this.found = findSteps(this.graph.nodes, this.search);
    this.at = 0;
    this.showFound();
  }

  private step(by: number): void {
    if (this.found.length === 0) return;
    this.at = (this.at + by + this.found.length) % this.found.length;
    this.showFound();
    this.draw();
  }

  private showFound(): void {
    const current = this.found[this.at];
    this.canvas.highlight(
      this.search ? { ids: new Set(this.found), ...(current === undefined ? {} : { current }) } : undefined,
    );
    if (current) this.canvas.reveal(current, true);
  }

  private endSearch(take: boolean): void {
    const current = take ? this.found[this.at] : undefined;
    this.search = '';
    this.runSearch();
    this.draw();
    if (current) this.choose(current);
    if (this.asList) this.focus();
    else if (current) this.canvas.focusNode(current);
    else this.canvas.focus();
  }

  private searchKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.endSearch(false);
    else if (event.key === 'Enter' && event.shiftKey) this.step(-1);
    else if (event.key === 'Enter') this.endSearch(true);
    else if (event.key === 'ArrowDown') this.step(1);
    else if (event.key === 'ArrowUp') this.step(-1);
    else return;
    event.preventDefault();
  }

  private draw(): void {
    this.canvas.element.hidden = this.asList;
    this.listHolder.hidden = !this.asList;
    this.minimap.element.classList.toggle('away', this.asList);
    render(this.toolbar(), this.bar);
    render(
      this.asList
        ? nothing
        : legend(this.legendOpen, (open) => {
            this.legendOpen = open;
            this.draw();
          }),
      this.corner,
    );
    render(
      this.asList
        ? stepList(this.graph, this.faces, {
            selected: this.selected,
            only: this.search ? new Set(this.found) : undefined,
            select: (id) => this.choose(id),
            open: (id) => {
              this.choose(id);
              this.events.open(id);
            },
          })
        : nothing,
      this.listHolder,
    );
  }

  private toolbar() {
    const tool = (name: Parameters<typeof icon>[0], label: string, act: () => void) =>
      html`<button class="tool" title=${label} aria-label=${label} @click=${act}>${icon(name)}</button>`;
    return html`
      <div class="graph-search">
        ${icon('search', 'muted')}
        <input
          class="field"
          type="search"
          placeholder="Find a step"
          aria-label="Find a step"
          spellcheck="false"
          .value=${this.search}
          @input=${(event: InputEvent) => {
            this.search = (event.target as HTMLInputElement).value;
            this.runSearch();
            this.draw();
          }}
          @keydown=${(event: KeyboardEvent) => this.searchKey(event)}
        />
        <span class="graph-found muted" aria-live="polite">
          ${this.search ? (this.found.length > 0 ? `${this.at + 1} of ${this.found.length}` : 'No step') : nothing}
        </span>
      </div>
      <div class="graph-tools" role="toolbar" aria-label="Graph">
        ${this.events.tools?.() ?? nothing}
        ${
          this.asList
            ? nothing
            : html`${tool('zoomOut', 'Zoom Out (−)', () => this.canvas.zoom(0.8))}
              ${tool('zoomIn', 'Zoom In (+)', () => this.canvas.zoom(1.25))}
              ${tool('fit', 'Show the Whole Graph (0)', () => this.canvas.fit())}`
        }
        <button
          class="tool"
          title=${this.asList ? 'Show as Graph' : 'Show as List'}
          aria-label=${this.asList ? 'Show as Graph' : 'Show as List'}
          @click=${() => this.toggleList()}
        >
          ${icon(this.asList ? 'graph' : 'list')}
        </button>
      </div>
    `;
  }

  private toggleList(): void {
    this.asList = !this.asList;
    this.draw();
    this.save();
  }

  /** Saves the look when it has come to rest. */
  private save(): void {
    clearTimeout(this.saving);
    this.saving = setTimeout(() => this.events.changed(), 250);
  }
}
