import type uPlot from 'uplot';
import { resolveColour } from '../colour';

/** How the axes of all plots look in the theme that is there now. */
export function axisStyle(): uPlot.Axis {
  const grid = resolveColour('color-mix(in srgb, var(--vscode-foreground) 12%, transparent)');
  return {
    stroke: resolveColour('var(--vscode-charts-foreground, var(--vscode-foreground))'),
    grid: { stroke: grid, width: 1 },
    ticks: { stroke: grid, width: 1, size: 4 },
    font: `11px ${getComputedStyle(document.body).fontFamily}`,
  };
}
