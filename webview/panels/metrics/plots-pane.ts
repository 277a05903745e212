/** What is plotted of the selected runs: a series over time with its values, and a confusion matrix. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { Evaluation, MetricsRun, Series } from '../../../src/pipelines/panels/metrics/contract';
import { formatNumber } from '../../../src/shared/format';
import { dropdown } from '../../kit/controls';
import { nothingThere } from '../../kit/page';
import { confusionMatrix } from './confusion';
import { colourOf } from '../../kit/plot/palette';
import type { LinePlot } from '../../kit/plot/plot';

/** What the host has sent of a run. */
export interface RunDetail {
  series: Series[];
  evaluation?: Evaluation;
  note?: string;
}

export interface SelectedRun {
  run: MetricsRun;
  slot: number;
  /** Absent until the host has sent it. */
  detail: RunDetail | undefined;
}

export interface PlotsPane {
  selected: SelectedRun[];
  names: string[];
  series: string | undefined;
  plot: LinePlot;
  logarithmic: boolean;
  /** The x value under the pointer. */
  pointedAt: number | undefined;
  /** The run whose confusion matrix is shown. */
  shown: string | undefined;
  chooseSeries(name: string): void;
  chooseShown(run: string): void;
  setLogarithmic(on: boolean): void;
}

/** The names of all series of the selected runs, losses first: the usual first look. */
export function seriesNames(selected: readonly SelectedRun[]): string[] {
  const names = new Set(selected.flatMap(({ detail }) => detail?.series.map(({ name }) => name) ?? []));
  const rank = (name: string): number => (/train.*loss/i.test(name) ? 0 : /loss/i.test(name) ? 1 : 2);
  return [...names].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

export function plotsPane(pane: PlotsPane): TemplateResult {
  if (pane.selected.length === 0) {
    return nothingThere('chart', 'Click runs in the table to plot them here, or press Space on a row.');
  }
  return html`<div class="plots-grid">${seriesPane(pane)}${confusionPane(pane)}</div>`;
}

function seriesPane(pane: PlotsPane): TemplateResult {
  const { selected, series, plot } = pane;
  if (series === undefined) {
    const waiting = selected.some(({ detail }) => detail === undefined);
    const note = selected.find(({ detail }) => detail?.note)?.detail?.note;
    const text = waiting
      ? 'Reading the series of the selected runs…'
      : (note ??
        'The selected runs have no metric over time. A training step writes one by printing what its metric definitions match.');
    return html`<section class="plot-pane">${nothingThere('chart', text)}</section>`;
  }
  const lines = selected.flatMap(({ run, slot, detail }) => {
    const found = detail?.series.find(({ name }) => name === series);
    return found ? [{ name: run.name, colour: colourOf(slot), x: found.x, y: found.y }] : [];
  });
  const axis = selected.flatMap(({ detail }) => detail?.series ?? []).find(({ name }) => name === series)?.axis ?? '';
  plot.show({ lines, axis, logarithmic: pane.logarithmic });
  return html`<section class="plot-pane">
    <div class="plot-bar">
      <label for="series" class="visually-hidden">Series</label>
      ${dropdown({
        id: 'series',
        label: 'Series',
        value: series,
        choices: pane.names.map((name) => ({ value: name, label: name })),
        change: (name) => pane.chooseSeries(name),
      })}
      <button
        class="tool"
        aria-pressed=${pane.logarithmic ? 'true' : 'false'}
        title="Logarithmic scale"
        @click=${() => pane.setLogarithmic(!pane.logarithmic)}
      >
        log
      </button>
    </div>
    <div class="plot-row">${plot.element} ${valuesTable(pane, series, axis)}</div>
  </section>`;
}

/** The legend, which is also the plot in words. */
function valuesTable(pane: PlotsPane, series: string, axis: string): TemplateResult {
  const { pointedAt } = pane;
  return html`<table class="values">
    <thead>
      <tr>
        <th scope="col">Run</th>
        <th scope="col">${pointedAt === undefined ? 'last' : `${axis} ${formatNumber(pointedAt)}`}</th>
        <th scope="col">min</th>
        <th scope="col">max</th>
      </tr>
    </thead>
    <tbody>
      ${pane.selected.map(({ run, slot, detail }) => {
        const found = detail?.series.find(({ name }) => name === series);
        const { css, dash } = colourOf(slot);
        return html`<tr>
          <th scope="row" title=${run.name}>
            <svg class="swatch" width="18" height="4" aria-hidden="true">
              <line x1="0" y1="2" x2="18" y2="2" style="stroke: ${css}" stroke-dasharray=${dash.join(' ') || nothing} />
            </svg>
            ${run.name}
          </th>
          ${
            found
              ? html`<td>${numberAt(found, pointedAt)}</td>
                  <td>${formatNumber(Math.min(...found.y))}</td>
                  <td>${formatNumber(Math.max(...found.y))}</td>`
              : html`<td colspan="3" class="muted">
                  ${detail === undefined ? 'loading…' : (detail.note ?? `has no ${series}`)}
                </td>`
          }
        </tr>`;
      })}
    </tbody>
  </table>`;
}

function numberAt(series: Series, x: number | undefined): string {
  const index = x === undefined ? series.y.length - 1 : series.x.indexOf(x);
  const value = series.y[index];
  return value === undefined ? '–' : formatNumber(value);
}

function confusionPane(pane: PlotsPane): TemplateResult {
  const { selected } = pane;
  const current = selected.find(({ run }) => run.id === pane.shown) ?? selected[0];
  if (!current) return html``;
  const { run, detail } = current;
  return html`<section class="confusion-pane">
    <div class="plot-bar">
      <h2>Confusion matrix</h2>
      ${
        selected.length > 1
          ? dropdown({
              id: 'shown',
              label: 'Run of the confusion matrix',
              value: run.id,
              choices: selected.map((each) => ({ value: each.run.id, label: each.run.name })),
              change: (id) => pane.chooseShown(id),
            })
          : html`<span class="muted">${run.name}</span>`
      }
    </div>
    ${
      detail?.evaluation
        ? confusionMatrix(detail.evaluation)
        : html`<p class="muted">
            ${
              detail === undefined
                ? 'Reading the evaluation…'
                : (detail.note ?? 'No step of this run wrote an evaluation with a confusion matrix.')
            }
          </p>`
    }
  </section>`;
}
