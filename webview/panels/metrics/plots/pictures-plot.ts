/** The pictures that steps of the ticked runs wrote, those of one name side by side. */
import { html, type TemplateResult } from 'lit-html';
import type { Picture, PlotSpec } from '../../../../src/pipelines/panels/metrics/contract';
import { collator } from '../columns';
import type { Plot, PlotData, SelectedRun } from './plot';

export function picturesPlot(spec: PlotSpec, { selected }: PlotData): Plot {
  const names = namesOf(selected);
  const isWaiting = selected.some(({ pictures }) => pictures === undefined);
  return {
    spec,
    title: 'Pictures',
    ...(names.length > 0
      ? {}
      : {
          empty: isWaiting
            ? 'Looking for pictures of the selected runs…'
            : (selected.find(({ pictures }) => pictures?.note)?.pictures?.note ??
              'No processing step of the selected runs wrote a PNG, JPEG, GIF or WebP to S3.'),
        }),
    table: {
      columns: ['Picture', ...selected.map(({ run }) => run.name)],
      rows: names.map((name) => [name, ...selected.map((each) => (pictureOf(each, name) ? 'yes' : undefined))]),
    },
  };
}

/** A row for each name, with the picture of each run. */
export function pictureGrid({ selected }: PlotData): TemplateResult {
  const notes = selected.flatMap(({ run, pictures }) => (pictures?.note ? `${run.name}: ${pictures.note}` : []));
  return html`<div class="plot-table" tabindex="0" role="region" aria-label="Pictures of the selected runs">
    <table class="pictures">
      <thead>
        <tr>
          ${selected.map(({ run }) => html`<th scope="col">${run.name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${namesOf(selected).map(
          (name) =>
            html`<tr>
                <th scope="rowgroup" colspan=${selected.length}>${name}</th>
              </tr>
              <tr>
                ${selected.map((each) => {
                  const picture = pictureOf(each, name);
                  return html`<td>
                    ${picture ? html`<img src=${urlOf(picture)} alt="${name} of ${each.run.name}" />` : '–'}
                  </td>`;
                })}
              </tr>`,
        )}
      </tbody>
    </table>
    ${notes.map((note) => html`<p class="muted">${note}</p>`)}
  </div>`;
}

function namesOf(selected: readonly SelectedRun[]): string[] {
  const names = new Set(selected.flatMap(({ pictures }) => pictures?.pictures.map(({ name }) => name) ?? []));
  return [...names].sort(collator.compare);
}

function pictureOf({ pictures }: SelectedRun, name: string): Picture | undefined {
  return pictures?.pictures.find((picture) => picture.name === name);
}

/** The addresses of pictures in this page, for as long as they are there. */
const urls = new WeakMap<Picture, string>();

function urlOf(picture: Picture): string {
  let url = urls.get(picture);
  if (url === undefined) {
    const bytes = Uint8Array.from(atob(picture.data), (letter) => letter.codePointAt(0) ?? 0);
    url = URL.createObjectURL(new Blob([bytes], { type: picture.type }));
    urls.set(picture, url);
  }
  return url;
}
