/** The charts of an endpoint over time, with its deployments marked; the newest values stand beside them in words. */
import { html, render } from 'lit-html';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { ChartView } from '../../../src/deployment/panels/endpoint/contract';
import { formatNumber } from '../../../src/shared/format';
import { onThemeChange, resolveColour } from '../../kit/colour';
import { axisStyle } from '../../kit/plot/axis';

interface Mark {
  at: number;
  label: string;
}

const colours: Record<string, string> = {
  requests: 'var(--busy)',
  waiting: 'var(--wary)',
  processed: 'var(--busy)',
  failed: 'var(--bad)',
  expired: 'var(--wary)',
  setup: 'var(--wary)',
  '4xx': 'var(--wary)',
  '5xx': 'var(--bad)',
  p50: 'var(--good)',
  p90: 'var(--busy)',
  p99: 'var(--marked)',
};

/** Of a plot, in pixels. */
const height = 142;

export class Charts {
  readonly element = document.createElement('section');
  private drawn = '';
  private readonly plots = new Map<string, { plot: uPlot | undefined; place: HTMLElement }>();

  constructor() {
    this.element.className = 'charts';
    this.element.setAttribute('aria-label', 'Charts');
    onThemeChange(() => {
      const [charts, marks] = this.last;
      this.drawn = '';
      this.show(charts, marks);
    });
    new ResizeObserver(() => this.fit()).observe(this.element);
  }

  private last: [ChartView[], Mark[]] = [[], []];

  show(charts: ChartView[], marks: Mark[]): void {
    this.last = [charts, marks];
    const next = JSON.stringify([charts, marks]);
    if (next === this.drawn || !this.element.isConnected) return;
    this.drawn = next;
    render(
      charts.map(
        ({ id, title, lines }) =>
          html`<figure class="chart">
            <figcaption>
              <strong>${title}</strong>
              ${lines.map(
                ({ name, values }) =>
                  html`<span class="muted chart-key"
                    ><span class="chart-swatch" style="background: ${colours[name] ?? 'currentColor'}"></span>${name}
                    ${values.length === 0 ? 'none' : formatNumber(values.at(-1) ?? 0)}</span
                  >`,
              )}
            </figcaption>
            <div class="chart-plot" data-chart=${id} aria-hidden="true"></div>
          </figure>`,
      ),
      this.element,
    );
    for (const chart of charts) this.plot(chart, marks);
  }

  private plot({ id, lines }: ChartView, marks: Mark[]): void {
    const place = this.element.querySelector<HTMLElement>(`[data-chart=${id}]`);
    if (!place) return;
    this.plots.get(id)?.plot?.destroy();
    const seconds = lines.map(({ times, values }) => [times.map((at) => at / 1000), values] as [number[], number[]]);
    if (seconds.every(([times]) => times.length === 0)) {
      this.plots.set(id, { plot: undefined, place });
      return;
    }
    const mark = resolveColour('var(--marked)');
    const axis = axisStyle();
    const plot = new uPlot(
      {
        width: Math.max(160, place.clientWidth),
        height,
        padding: [8, 8, 0, 0],
        axes: [
          { ...axis, size: 40 },
          { ...axis, size: 48 },
        ],
        scales: { y: { range: (_, _least, most) => [0, most > 0 ? most * 1.1 : 1] } },
        series: [
          {},
          ...lines.map(({ name }): uPlot.Series => ({
            label: name,
            stroke: resolveColour(colours[name] ?? 'currentColor'),
            width: 1.5,
            spanGaps: true,
            points: { show: false },
          })),
        ],
        legend: { show: false },
        cursor: { show: false },
        hooks: { draw: [(drawn) => drawMarks(drawn, marks, mark)] },
      },
      uPlot.join(seconds.map(([times, values]) => [times, values])),
      place,
    );
    this.plots.set(id, { plot, place });
  }

  private fit(): void {
    for (const { plot, place } of this.plots.values()) {
      plot?.setSize({ width: Math.max(160, place.clientWidth), height });
    }
  }
}

function drawMarks(plot: uPlot, marks: Mark[], colour: string): void {
  const { ctx, bbox, scales } = plot;
  const { min = 0, max = 0 } = scales['x'] ?? {};
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.setLineDash([4, 4]);
  // The plot leaves behind how it has written its axes.
  ctx.textAlign = 'left';
  for (const { at, label } of marks) {
    const second = at / 1000;
    if (second < (min ?? 0) || second > (max ?? 0)) continue;
    const x = plot.valToPos(second, 'x', true);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillText(label, x + 4, bbox.top + 12 * devicePixelRatio);
  }
  ctx.restore();
}
