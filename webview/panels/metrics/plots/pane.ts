/** The plots as the user has arranged them, and the button that adds one. */
import { html, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { PlotSpec } from '../../../../src/pipelines/panels/metrics/contract';
import { icon } from '../../../kit/icons';
import { nothingThere } from '../../../kit/page';
import type { CardActions } from './actions';
import { cardOf } from './card';
import { plotKinds, plotOf } from './kinds';
import type { Look, PlotData } from './plot';

/** The least width of a card, and what stands beside its inside; in pixels, as the style sheet has them. */
const leastCard = 420;
const padding = 32;

/** The kinds that show the runs that are ticked. */
const ofSelected: ReadonlySet<PlotSpec['kind']> = new Set(['curves', 'roc', 'pr', 'confusion', 'pictures']);

export interface PlotsPane {
  specs: readonly PlotSpec[];
  looks: readonly Look[];
  data: PlotData;
  /** The width of the pane, in pixels. */
  width: number;
  /** The run whose confusion matrix is shown. */
  shown: string | undefined;
  /** The card whose menu is open, or the one of new plots. */
  menu: number | 'add' | undefined;
  openMenu: (menu: number | 'add' | undefined) => void;
  add: (kind: PlotSpec['kind']) => void;
  actionsOf(index: number): CardActions;
}

export function plotsPane(pane: PlotsPane): TemplateResult {
  const { specs, data, width, looks } = pane;
  const isEmpty = data.selected.length === 0;
  if (isEmpty && specs.every(({ kind }) => ofSelected.has(kind))) {
    return html`${addBar(pane)}
    ${nothingThere('chart', 'Click runs in the table to plot them here, or press Space on a row.')}`;
  }
  const across = Math.max(1, Math.min(Math.floor(width / leastCard), specs.filter(({ wide }) => !wide).length));
  return html`${addBar(pane)}
    <div class="plots-grid" style="grid-template-columns: repeat(${across}, minmax(0, 1fr))">
      ${repeat(
        specs.map((spec, index) => ({ spec, index })),
        ({ spec, index }) => `${index} ${spec.kind}`,
        ({ spec, index }) =>
          cardOf({
            index,
            last: specs.length - 1,
            plot: plotOf(spec, data, pane.shown),
            data,
            look: looks[index] ?? {},
            width: Math.floor(spec.wide ? width : width / across) - padding,
            shown: pane.shown,
            isMenuOpen: pane.menu === index,
            actions: pane.actionsOf(index),
          }),
      )}
    </div>`;
}

function addBar({ menu, openMenu, add }: PlotsPane): TemplateResult {
  const isOpen = menu === 'add';
  return html`<div class="plots-bar">
    <div
      class="menu"
      @keydown=${(event: KeyboardEvent) => {
        if (event.key !== 'Escape' || !isOpen) return;
        openMenu(undefined);
        if (event.currentTarget instanceof HTMLElement) event.currentTarget.querySelector('button')?.focus();
      }}
    >
      <button
        class="tool"
        aria-expanded=${isOpen ? 'true' : 'false'}
        aria-controls="new-plots"
        @click=${() => openMenu(isOpen ? undefined : 'add')}
      >
        ${icon('zoomIn')} Add Plot
      </button>
      ${
        isOpen
          ? html`<div class="menu-list left" id="new-plots" role="group" aria-label="New plot">
              ${plotKinds.map(
                ({ kind, label }) => html`<button class="menu-item" @click=${() => add(kind)}>${label}</button>`,
              )}
            </div>`
          : ''
      }
    </div>
  </div>`;
}
