/**
 * The panels' icons: line drawings on a 16 by 16 grid, in the colour of the text around them. Status icons
 * differ in shape, so that a status is never told by colour alone.
 */
import { html, svg, type TemplateResult } from 'lit-html';

const circle = 'M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 0 0 0-12.5Z';

/** Path data by name. */
export const icons = {
  succeeded: `${circle}M5.2 8.2l2 2l3.7-4.2`,
  failed: `${circle}M5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4`,
  executing: 'M8 1.75a6.25 6.25 0 1 1-6.25 6.25',
  starting: 'M8 1.75a6.25 6.25 0 0 1 6.25 6.25',
  stopping: 'M8 1.75a6.25 6.25 0 1 1-6.25 6.25M6.2 6.2h3.6v3.6h-3.6Z',
  stopped: `${circle}M6 6h4v4h-4Z`,
  pending: circle,
  notRun: `${circle}M5.2 8h5.6`,
  waiting: 'M4 11.5V7a4 4 0 0 1 8 0v4.5l1.2 1.2H2.8ZM6.7 14.2h2.6M8 3v-1.2',
  superseded: `${circle}M5 8h6M8.6 5.6l2.4 2.4l-2.4 2.4`,
  skipped: `${circle}M4.6 9.8a3.4 3.4 0 0 1 6.4-1M11.4 6.4v2.6h-2.6`,
  cancelled: `${circle}M3.7 12.3l8.6-8.6`,
  timedOut: `${circle}M8 4.8v3.4l2.2 1.6`,
  rollback: 'M3 8a5 5 0 1 0 1.5-3.6M3 2v3h3',
  rocket:
    'M9 11.5l-4.5-4.5c1-3 3.5-5 8.5-5c0 5-2 7.5-5 8.500ZM4.500 7l-2.300.500l1.300-2.500h2M9 11.500l-.500 2.300l2.500-1.300v-2M3.500 10.500l-1 3l3-1M9.800 5.400a.8.8 0 1 0 .01 0',
  warning: 'M8 2.2L14.3 13.5H1.7ZM8 6.3v3.4M8 11.4v.2',
  error: `${circle}M8 4.6v4.2M8 11v.2`,
  info: `${circle}M8 7.2v4M8 4.8v.2`,
  unknown: `${circle}M6.2 6.3a1.8 1.8 0 1 1 2.6 1.6c-.6.3-.8.6-.8 1.2M8 11.2v.2`,
  fit: 'M2.5 5.5v-3h3M10.5 2.5h3v3M13.5 10.5v3h-3M5.5 13.5h-3v-3M6 6h4v4h-4Z',
  zoomIn: 'M8 3.5v9M3.5 8h9',
  zoomOut: 'M3.5 8h9',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 0 0 0-9ZM10.3 10.3l3.4 3.4',
  list: 'M2.5 4h1M5.5 4h8M2.5 8h1M5.5 8h8M2.5 12h1M5.5 12h8',
  graph: 'M6 2.5h4v3h-4ZM2 10.5h4v3h-4ZM10 10.5h4v3h-4ZM8 5.5v2.5M4 10.5v-2.5h8v2.5',
  map: 'M2 3h12v10h-12ZM8.5 8h4v3.5h-4Z',
  stop: 'M4 4h8v8h-8Z',
  play: 'M4.5 3l8 5l-8 5Z',
  retry: 'M13 8a5 5 0 1 1-1.5-3.6M13 2v3h-3',
  chart: 'M2.5 2.5v11h11M5 10.5l2.5-3l2 1.5l3.5-4.5',
  close: 'M4 4l8 8M12 4l-8 8',
  open: 'M6.5 3h-3.5v10h10v-3.5M9 2.5h4.5v4.5M13.2 2.8l-5.7 5.7',
  code: 'M5.5 4.5l-3.5 3.5l3.5 3.5M10.5 4.5l3.5 3.5l-3.5 3.5',
  chevron: 'M5.5 3.5l4.5 4.5l-4.5 4.5',
  up: 'M8 12.5v-9M4.5 7l3.5-3.5l3.5 3.5',
  down: 'M8 3.5v9M4.5 9l3.5 3.5l3.5-3.5',
  branch:
    'M5 5.5v5M5 2.5a1.5 1.5 0 1 0 0 3a1.5 1.5 0 0 0 0-3ZM5 10.5a1.5 1.5 0 1 0 0 3a1.5 1.5 0 0 0 0-3ZM11 3.5a1.5 1.5 0 1 0 0 3a1.5 1.5 0 0 0 0-3ZM11 6.5c0 2.5-3 2.5-6 3',
  commit: 'M8 5.2a2.8 2.8 0 1 0 0 5.6a2.8 2.8 0 0 0 0-5.6ZM1.5 8h3.7M10.8 8h3.7',
  columns: 'M2.5 3h11v10h-11ZM6.2 3v10M9.8 3v10',
  export: 'M8 2.5v7.5M5 7l3 3l3-3M2.5 11v2.5h11v-2.5',
  model: 'M8 1.8l5.5 3v6.4l-5.5 3l-5.5-3v-6.4ZM2.5 4.8l5.5 3l5.5-3M8 7.8v6.4',
  copy: 'M5.5 5.5h8v8h-8ZM5.5 10.5h-3v-8h8v3',
  check: 'M3 8.5l3.5 3.5l6.5-8',
  dash: 'M4 8h8',
  condition: 'M8 1.8l6.2 6.2l-6.2 6.2l-6.2-6.2Z',
  path: 'M3 2.5h3v3h-3ZM10 10.5h3v3h-3ZM4.5 5.5v2.5h7v2.5',
  process: 'M3 2.5h10v4h-10ZM3 9.5h10v4h-10ZM8 6.5v3',
  quality: 'M8 1.8l5.2 2v4c0 3-2 5.3-5.2 6.4c-3.2-1.1-5.2-3.4-5.2-6.4v-4ZM5.5 8l1.8 1.8l3.2-3.6',
  conflict: 'M8 1.8l6.2 6.2l-6.2 6.2l-6.2-6.2ZM8 5v3.6M8 10.8v.2',
  star: 'M8 2l1.8 3.9l4.2.5l-3.1 2.9l.8 4.2l-3.7-2.1l-3.7 2.1l.8-4.2l-3.1-2.9l4.2-.5Z',
  timeline: 'M2.5 3.5h6M4.5 8h6M8 12.5h5.5',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01M3.5 8a.6.6 0 1 0 .01 0M8 8a.6.6 0 1 0 .01 0M12.5 8a.6.6 0 1 0 .01 0',
  pin: 'M5.500 2.500h5M6.500 2.500v4l-2.500 3h8l-2.500-3v-4M8 9.500v4.500',
  picture: 'M2.5 3h11v10h-11ZM2.5 11l3.5-3.5l2.5 2.5l2-2l3 3M10.5 5.8v.2',
  hidden:
    'M2 8c2-3.2 4-4.5 6-4.5s4 1.3 6 4.5c-2 3.2-4 4.5-6 4.5s-4-1.3-6-4.5ZM8 6.2a1.8 1.8 0 1 0 0 3.6a1.8 1.8 0 0 0 0-3.6Z',
} as const;

export type IconName = keyof typeof icons;

/** An icon in a line of text. It is decoration: the text beside it says the same. */
export function icon(name: IconName, className = ''): TemplateResult {
  return html`<svg class="icon ${className}" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    ${svg`<path d=${icons[name]} />`}
  </svg>`;
}
