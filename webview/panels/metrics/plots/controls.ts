/** What of a plot can be chosen: columns, scales, smoothing. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type { PlotSpec } from '../../../../src/pipelines/panels/metrics/contract';
import { type Choice, dropdown } from '../../../kit/controls';
import type { Column } from '../columns';
import { barGroups } from './bars-plot';
import type { Card } from './actions';
import { confusionRun } from './confusion-plot';
import { seriesNames } from './curves';
import { axisColumns } from './parallel-plot';
import { numericColumns, usualAxes } from './scatter';

export function controlsOf({ plot, data, index, shown, actions }: Card): TemplateResult | typeof nothing {
  const { spec } = plot;
  const choose = (label: string, value: string | undefined, choices: readonly Choice[], change: (id: string) => void) =>
    choices.length === 0
      ? nothing
      : dropdown({
          id: `plot-${index}-${label.toLowerCase().replaceAll(' ', '-')}`,
          label,
          value: choices.some((choice) => choice.value === value) ? (value ?? '') : (choices[0]?.value ?? ''),
          choices: [...choices],
          change,
        });
  const log = (axis: 'x' | 'y') => {
    const isOn = (axis === 'x' ? spec.logX : spec.logY) ?? false;
    return html`<button
      class="tool"
      aria-pressed=${isOn ? 'true' : 'false'}
      title="Logarithmic ${axis} axis"
      @click=${() => actions.change({ ...spec, ...(axis === 'x' ? { logX: !isOn } : { logY: !isOn }) })}
    >
      log ${axis}
    </button>`;
  };
  switch (spec.kind) {
    case 'curves':
      return html`${choose('Metric', spec.y, seriesNames(data.selected).map(named), (y) => actions.change({ ...spec, y }))}
        ${log('x')}${log('y')}
        <label class="smoothing">
          Smoothing
          <input
            type="range"
            min="0"
            max="0.99"
            step="0.01"
            .value=${String(spec.smoothing ?? 0)}
            @input=${(event: Event) =>
              actions.change({ ...spec, smoothing: Number((event.target as HTMLInputElement).value) })}
          />
        </label>`;
    case 'scatter': {
      const columns = numericColumns(data.columns).map(ofColumn);
      const usual = usualAxes(data.columns);
      return html`${choose('Left axis', spec.y ?? usual.y, columns, (y) => actions.change({ ...spec, y }))}
      ${choose('Axis below', spec.x ?? usual.x, columns, (x) => actions.change({ ...spec, x }))} ${log('x')}${log('y')}`;
    }
    case 'bars': {
      const metrics = data.columns.flatMap(({ metric }) => (metric === undefined ? [] : [named(metric)]));
      return html`${choose('Metric', spec.y, metrics, (y) => actions.change({ ...spec, y }))}
      ${choose('Groups', spec.x, barGroups(data.columns), (x) => actions.change({ ...spec, x }))}`;
    }
    case 'parallel':
      return axesMenu(spec, axisColumns(data.columns), plot.table.columns.slice(1), (columns) =>
        actions.change({ ...spec, columns }),
      );
    case 'confusion':
      return choose(
        'Run of the confusion matrix',
        confusionRun(data, shown)?.run.id,
        data.selected.map(({ run }) => ({ value: run.id, label: run.name })),
        (run) => actions.chooseShown(run),
      );
    default:
      return nothing;
  }
}

/** Which columns are axes. */
function axesMenu(
  spec: PlotSpec,
  columns: readonly Column[],
  shown: readonly string[],
  change: (columns: string[]) => void,
): TemplateResult {
  const ids = columns.filter(({ label }) => shown.includes(label)).map(({ id }) => id);
  const chosen = spec.columns && spec.columns.length > 0 ? spec.columns : ids;
  return html`<details class="axes-menu">
    <summary>Axes</summary>
    <div class="axes-list">
      ${columns.map(
        ({ id, label }) =>
          html`<label>
            <input
              type="checkbox"
              .checked=${chosen.includes(id)}
              @change=${(event: Event) => {
                const isOn = (event.target as HTMLInputElement).checked;
                change(isOn ? [...chosen, id] : chosen.filter((each) => each !== id));
              }}
            />
            ${label}
          </label>`,
      )}
    </div>
  </details>`;
}

function named(name: string): Choice {
  return { value: name, label: name };
}

function ofColumn({ id, label }: Column): Choice {
  return { value: id, label };
}
