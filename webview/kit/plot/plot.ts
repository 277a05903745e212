/** The line plot: one line per run, redrawn in the theme's colours. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { onThemeChange, resolveColour } from '../colour';
import { axisStyle } from './axis';
import type { RunColour } from './palette';

export interface Line {
  name: string;
  colour: RunColour;
  x: number[];
  y: number[];
}

export interface PlotContent {
  lines: Line[];
  axis: string;
  logarithmic: boolean;
}

/** Distances between the marks of an axis of epochs: there is nothing between two of them. */
const wholeSteps = [1, 2, 5]
  .flatMap((step) => [0, 1, 2, 3, 4, 5, 6].map((power) => step * 10 ** power))
  .sort((a, b) => a - b);

function isWhole(lines: Line[]): boolean {
  return lines.every(({ x }) => x.every((value) => Number.isInteger(value)));
}

export class LinePlot {
  readonly element = document.createElement('div');
  private content: PlotContent = { lines: [], axis: '', logarithmic: false };
  private plot: uPlot | undefined;
  private drawn = '';

  /** `pointed` is told the x value under the pointer, or undefined when it leaves. */
  constructor(private readonly pointed: (x: number | undefined) => void) {
    this.element.className = 'plot';
    // The table of values beside the plot says the same in words.
    this.element.setAttribute('aria-hidden', 'true');
    new ResizeObserver(() => this.fit()).observe(this.element);
    onThemeChange(() => this.build());
  }

  show(content: PlotContent): void {
    const next = JSON.stringify(content);
    if (next === this.drawn) return;
    this.drawn = next;
    this.content = content;
    this.build();
  }

  private build(): void {
    this.plot?.destroy();
    this.plot = undefined;
    const { lines, axis, logarithmic } = this.content;
    if (lines.length === 0) return;
    const style = axisStyle();
    const axisOptions: uPlot.Axis = { ...style, ...(style.font ? { labelFont: style.font } : {}) };
    const options: uPlot.Options = {
      ...this.size(),
      padding: [12, 12, 0, 0],
      // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the library has this enum's names in its types only
      scales: { x: { time: false }, y: logarithmic ? { distr: 3 } : {} },
      axes: [
        { ...axisOptions, label: axis, labelSize: 16, size: 30, ...(isWhole(lines) ? { incrs: wholeSteps } : {}) },
        { ...axisOptions, size: 56 },
      ],
      series: [
        {},
        ...lines.map((line): uPlot.Series => ({
          label: line.name,
          stroke: resolveColour(line.colour.css),
          width: 1.5,
          dash: line.colour.dash,
          spanGaps: true,
          points: { show: line.x.length < 3 },
        })),
      ],
      legend: { show: false },
      cursor: { y: false, points: { size: 6 } },
      hooks: { setCursor: [(plot) => this.pointAt(plot)] },
    };
    this.plot = new uPlot(options, uPlot.join(lines.map((line) => [line.x, line.y])), this.element);
  }

  private pointAt(plot: uPlot): void {
    const index = plot.cursor.idx;
    this.pointed(index === null || index === undefined ? undefined : plot.data[0][index]);
  }

  private size(): { width: number; height: number } {
    return { width: Math.max(160, this.element.clientWidth), height: Math.max(120, this.element.clientHeight) };
  }

  private fit(): void {
    this.plot?.setSize(this.size());
  }
}
