/** The legend of curves, which is also the plot in words: values under the cursor, the least and the most. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { PlotSpec, Series } from '../../../../src/pipelines/panels/metrics/contract';
import { formatNumber } from '../../../../src/shared/format';
import { colourOf } from '../../../kit/plot/palette';
import { areaBelow, seriesNames } from './curves';
import type { PlotData, SelectedRun } from './plot';

export function curvesLegend(spec: PlotSpec, data: PlotData, at: number | undefined): TemplateResult {
  return spec.kind === 'curves' ? valuesLegend(spec, data, at) : ratesLegend(spec.kind, data);
}

function valuesLegend(spec: PlotSpec, { selected }: PlotData, at: number | undefined): TemplateResult {
  const names = seriesNames(selected);
  const name = spec.y !== undefined && names.includes(spec.y) ? spec.y : (names[0] ?? '');
  const axis = selected.flatMap(({ detail }) => detail?.series ?? []).find((each) => each.name === name)?.axis ?? '';
  return html`<table class="values">
    <thead>
      <tr>
        <th scope="col">Run</th>
        <th scope="col">${at === undefined ? 'last' : `${axis} ${formatNumber(at)}`}</th>
        <th scope="col">min</th>
        <th scope="col">max</th>
      </tr>
    </thead>
    <tbody>
      ${selected.map((each) => {
        const series = each.detail?.series.find((one) => one.name === name);
        return html`<tr>
          ${runOf(each)}
          ${
            series
              ? html`<td>${numberAt(series, at)}</td>
                  <td>${formatNumber(least(series.y))}</td>
                  <td>${formatNumber(-least(series.y.map((value) => -value)))}</td>`
              : html`<td colspan="3" class="muted">
                  ${each.detail === undefined ? 'loading…' : (each.detail.note ?? `has no ${name}`)}
                </td>`
          }
        </tr>`;
      })}
    </tbody>
  </table>`;
}

function ratesLegend(kind: PlotSpec['kind'], { selected }: PlotData): TemplateResult {
  const isNamed = selected.some(({ detail }) => detail?.rates?.some((rate) => rate.kind === kind && rate.name !== ''));
  return html`<table class="values">
    <thead>
      <tr>
        <th scope="col">Run</th>
        ${isNamed ? html`<th scope="col">Of</th>` : nothing}
        <th scope="col">Area</th>
      </tr>
    </thead>
    <tbody>
      ${selected.flatMap((each) =>
        (each.detail?.rates ?? [])
          .filter((rate) => rate.kind === kind)
          .map(({ name, x, y }) => {
            const points = x.map((value, index) => ({ x: value, y: y[index] ?? 0 })).sort((a, b) => a.x - b.x);
            const area = areaBelow({ x: points.map((point) => point.x), y: points.map((point) => point.y) });
            return html`<tr>
              ${runOf(each)} ${isNamed ? html`<td>${name}</td>` : nothing}
              <td>${formatNumber(area)}</td>
            </tr>`;
          }),
      )}
    </tbody>
  </table>`;
}

function runOf({ run, slot }: SelectedRun): TemplateResult {
  const { css, dash } = colourOf(slot);
  return html`<th scope="row" title=${run.name}>
    <svg class="swatch" width="18" height="4" aria-hidden="true">
      <line x1="0" y1="2" x2="18" y2="2" style="stroke: ${css}" stroke-dasharray=${dash.join(' ') || nothing} />
    </svg>
    ${run.name}
  </th>`;
}

function numberAt(series: Series, x: number | undefined): string {
  const value = series.y[x === undefined ? series.y.length - 1 : series.x.indexOf(x)];
  return value === undefined ? '–' : formatNumber(value);
}

function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}
