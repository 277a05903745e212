/** The head of the metrics panel: which runs the table shows, and what can be done with it. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { count, formatAge } from '../../../src/shared/format';
import { icon } from '../../kit/icons';
import { columnsMenu, type ColumnsMenu } from './columns-menu';
import { viewsMenu, type ViewsMenu } from './views-menu';

export interface MetricsHead {
  pipeline: string;
  connection: string;
  runs: number;
  /** How many pass the filter. */
  shown: number;
  filter: string;
  /** Whether older runs are still being fetched. */
  loading: boolean;
  freshness: { updatedAt?: number };
  now: number;
  menu: ColumnsMenu;
  views: ViewsMenu;
  /** How many runs are selected. */
  chosen: number;
  compare(): void;
  setFilter(text: string): void;
  save(kind: 'csv' | 'md'): void;
  refresh(): void;
}

export function metricsHead(state: MetricsHead): TemplateResult {
  const { freshness } = state;
  return html`<header class="metrics-head">
    <div class="metrics-title">
      <h1>${state.pipeline}</h1>
      <span class="muted">${whatIsShown(state)}</span>
    </div>
    <div class="metrics-tools">
      <input
        class="field"
        type="search"
        placeholder="Filter: text, accuracy>0.9, -tags~old"
        aria-label="Filter the runs: words, or comparisons such as accuracy>0.9"
        title="Words, and comparisons with <, <=, >, >=, =, != or ~ (contains); a minus before a term turns it round"
        spellcheck="false"
        .value=${state.filter}
        @input=${(event: InputEvent) => state.setFilter((event.target as HTMLInputElement).value)}
      />
      <button
        class="tool"
        title="Compare the runs that are ticked: two to eight"
        ?disabled=${state.chosen < 2}
        @click=${() => state.compare()}
      >
        ${icon('list')} Compare${state.chosen > 1 ? html` <span class="muted">(${state.chosen})</span>` : nothing}
      </button>
      ${viewsMenu(state.views)} ${columnsMenu(state.menu)}
      <button
        class="tool"
        title="Save what the table shows as CSV"
        ?disabled=${state.shown === 0}
        @click=${() => state.save('csv')}
      >
        ${icon('export')} CSV
      </button>
      <button
        class="tool"
        title="Save what the table shows as Markdown"
        ?disabled=${state.shown === 0}
        @click=${() => state.save('md')}
      >
        ${icon('export')} Markdown
      </button>
      <button class="tool" title="Refresh now" @click=${() => state.refresh()}>
        ${icon('retry')}
        <span class="muted">
          ${freshness.updatedAt === undefined ? 'Refresh' : formatAge(freshness.updatedAt, state.now)}
        </span>
      </button>
    </div>
  </header>`;
}

function whatIsShown(state: MetricsHead): string {
  const all = count(state.runs, 'run');
  const shown = state.filter.trim() ? `${state.shown} of ${all}` : all;
  return `${shown} on ${state.connection}${state.loading ? ' · loading older runs…' : ''}`;
}
