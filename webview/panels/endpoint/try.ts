/** The tab Try It: a request to the endpoint, what came back, and a small load. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type {
  EndpointToHost,
  EndpointView,
  FileView,
  LoadView,
  Sharing,
  TrialView,
} from '../../../src/deployment/panels/endpoint/contract';
import { formatBytes, formatTime } from '../../../src/shared/format';
import { dropdown, valueOf } from '../../kit/controls';
import { icon } from '../../kit/icons';
import { draftField } from './draft-field';

export interface TryDraft {
  body: string;
  contentType: string;
  variant: string;
  /** The inference component or archive that is to answer. */
  target: string;
  mode: 'once' | 'stream' | 'async';
  requests: string;
  atOnce: string;
}

interface TryServices {
  changed: () => void;
  post: (message: EndpointToHost) => void;
}

/** What a request may hold, in bytes, by the kind of the endpoint. */
const limits: Record<EndpointView['kind'], number> = {
  'real-time': 25 * 1024 * 1024,
  serverless: 4 * 1024 * 1024,
  asynchronous: 1024 * 1024 * 1024,
};

const modes: Record<TryDraft['mode'], string> = {
  once: 'Answer at once',
  stream: 'Answer as a stream',
  async: 'Into the queue',
};

interface TryState {
  trials: TrialView[];
  load: LoadView | undefined;
  file: FileView | undefined;
  /** Where a request must name one; not there before they are read. */
  targets: string[] | undefined;
}

export function tryView(
  view: EndpointView,
  draft: TryDraft,
  { trials, load, file, targets }: TryState,
  services: TryServices,
): TemplateResult {
  const size = file?.size ?? new TextEncoder().encode(draft.body).length;
  const limit = limits[view.kind];
  const isTooLarge = size > limit;
  const isEmpty = (file === undefined && draft.body === '') || (view.sharing !== undefined && draft.target === '');
  const withFile = file === undefined ? {} : { withFile: true };
  const fault = !file && draft.contentType === 'application/json' && !isEmpty ? jsonFault(draft.body) : undefined;
  const send = (): void => {
    const { body, contentType, variant, target, mode } = draft;
    services.post({
      type: 'invoke',
      body: file ? '' : body,
      contentType,
      mode,
      ...(variant === '' ? {} : { variant }),
      ...(view.sharing === undefined ? {} : { target }),
      ...withFile,
    });
  };
  return html`<div class="try">
    <div class="try-request">
      ${
        file
          ? fileBox(file, services)
          : html`<vscode-text-area
              id="body"
              aria-label="Request"
              rows="10"
              placeholder="The body of the request"
              .value=${draft.body}
              @input=${(event: Event) => {
                draft.body = valueOf(event);
                services.changed();
              }}
            ></vscode-text-area>`
      }
      <p class="help">
        ${formatBytes(size)} of
        ${formatBytes(limit)}${fault === undefined ? nothing : html` · ${icon('warning', 'tone-wary')} ${fault}`}
      </p>
      <div class="try-options">
        ${dropdown({
          id: 'content-type',
          label: 'Content type',
          value: draft.contentType,
          choices: contentTypes(draft.contentType).map((value) => ({ value, label: value })),
          change: (contentType) => {
            draft.contentType = contentType;
            services.changed();
          },
        })}
        ${dropdown({
          id: 'mode',
          label: 'How it is answered',
          value: draft.mode,
          choices: modesOf(view).map((value) => ({ value, label: modes[value] })),
          change: (mode) => {
            draft.mode = mode === 'stream' || mode === 'async' ? mode : 'once';
            services.changed();
          },
        })}
        ${view.sharing === undefined ? nothing : targetField(view.sharing, draft, targets, services)}
        ${
          view.variants.length < 2
            ? nothing
            : dropdown({
                id: 'variant',
                label: 'Variant',
                value: draft.variant,
                choices: [
                  { value: '', label: 'any variant' },
                  ...view.variants.map((value) => ({ value, label: value })),
                ],
                change: (variant) => {
                  draft.variant = variant;
                  services.changed();
                },
              })
        }
        ${
          file
            ? nothing
            : html`<vscode-button appearance="secondary" @click=${() => services.post({ type: 'chooseFile' })}
                >Send a File…</vscode-button
              >`
        }
        <vscode-button ?disabled=${isEmpty || isTooLarge} @click=${send}>Send</vscode-button>
      </div>
      ${loadView(draft, load, isEmpty, file !== undefined, services, view)}
    </div>
    <ol class="trials" aria-label="Answers">
      ${trials.length === 0 ? html`<li class="muted">Answers stand here.</li>` : trials.map((trial) => trialView(trial, draft, services))}
    </ol>
  </div>`;
}

/** A multi-model endpoint gives no streams. */
function modesOf({ kind, sharing }: EndpointView): readonly TryDraft['mode'][] {
  if (kind === 'asynchronous') return ['async'];
  return sharing === 'archives' ? ['once'] : ['once', 'stream'];
}

const targetWords = {
  components: { label: 'Inference component', none: 'No inference component is there yet' },
  archives: { label: 'Model', none: 'No archive is in its folder' },
};

/** Which of the models that share an endpoint is asked. */
function targetField(
  sharing: Sharing,
  draft: TryDraft,
  targets: string[] | undefined,
  { changed }: TryServices,
): TemplateResult {
  const words = targetWords[sharing];
  if (targets?.length === 0) return html`<p class="help">${icon('warning', 'tone-wary')} ${words.none}</p>`;
  return dropdown({
    id: 'target',
    label: words.label,
    value: draft.target,
    choices: (targets ?? []).map((value) => ({ value, label: value })),
    change: (target) => {
      draft.target = target;
      changed();
    },
  });
}

const knownTypes = [
  'application/json',
  'text/csv',
  'application/jsonlines',
  'text/plain',
  'application/x-npy',
  'image/png',
  'image/jpeg',
];

function contentTypes(chosen: string): string[] {
  return knownTypes.includes(chosen) ? knownTypes : [chosen, ...knownTypes];
}

/** The addresses of images that are shown, by their content: one each, since each holds memory. */
let shown: { content: string; url: string } | undefined;

function imageUrl(content: string, type: string): string {
  if (shown?.content === content) return shown.url;
  if (shown) URL.revokeObjectURL(shown.url);
  const bytes = Uint8Array.from(atob(content), (character) => character.codePointAt(0) ?? 0);
  shown = { content, url: URL.createObjectURL(new Blob([bytes], { type })) };
  return shown.url;
}

function fileBox({ name, contentType, description, image }: FileView, { post }: TryServices): TemplateResult {
  return html`<div class="try-file">
    ${image === undefined ? nothing : html`<img src=${imageUrl(image, contentType)} alt="The file ${name}" />`}
    <p>
      <strong>${name}</strong>
      ${description === undefined ? nothing : html`<span class="muted">${description}</span>`}
      <button class="link" @click=${() => post({ type: 'dropFile' })}>Enter Text Instead</button>
    </p>
  </div>`;
}

function trialView(trial: TrialView, draft: TryDraft, { changed }: TryServices): TemplateResult {
  const { state, latency, answer, problem, log, variant, at, stream, inference } = trial;
  const marks = {
    waiting: icon('executing', 'tone-busy spin'),
    answered: icon('succeeded', 'tone-good'),
    failed: icon('failed', 'tone-bad'),
  };
  return html`<li>
    <p>
      ${marks[state]} <time class="muted">${formatTime(at)}</time>
      ${latency === undefined ? nothing : html`<strong>${Math.round(latency)} ms</strong>`}
      ${variant === undefined ? nothing : html`<span class="pill">${variant}</span>`}
      <button
        class="link"
        @click=${() => {
          draft.body = trial.body;
          changed();
        }}
      >
        Use Again
      </button>
    </p>
    ${
      inference === undefined
        ? nothing
        : html`<p class="muted">
            ${state === 'waiting' ? 'In the queue' : 'Was in the queue'} as <span class="mono">${inference.id}</span>;
            its result: <span class="mono">${inference.output}</span>
          </p>`
    }
    ${problem === undefined ? nothing : html`<p class="trial-problem">${problem}</p>`}
    ${stream === undefined ? nothing : html`<p class="muted">Log of the instance: <span class="mono">${stream}</span></p>`}
    ${answer === undefined ? nothing : html`<pre tabindex="0" aria-label="Answer">${answer}</pre>`}
    ${
      log && log.length > 0
        ? html`<details open>
            <summary>The end of the log</summary>
            <pre tabindex="0" aria-label="Log">${log.join('\n')}</pre>
          </details>`
        : nothing
    }
  </li>`;
}

function loadView(
  draft: TryDraft,
  load: LoadView | undefined,
  isEmpty: boolean,
  hasFile: boolean,
  { changed, post }: TryServices,
  { kind, sharing }: EndpointView,
): TemplateResult | typeof nothing {
  if (kind === 'asynchronous') return nothing;
  const start = (): void =>
    post({
      type: 'load',
      body: hasFile ? '' : draft.body,
      contentType: draft.contentType,
      ...(sharing === undefined ? {} : { target: draft.target }),
      requests: Number(draft.requests) || 1,
      atOnce: Number(draft.atOnce) || 1,
      ...(hasFile ? { withFile: true } : {}),
    });
  return html`<section class="load">
    <h2>Load</h2>
    <p class="help">The same request many times: 2000 at most, 20 at a time.</p>
    <div class="try-options">
      ${draftField({ draft, key: 'requests', id: 'requests', label: 'Requests', changed })}
      ${draftField({ draft, key: 'atOnce', id: 'at-once', label: 'At a time', changed })}
      ${
        load?.isRunning
          ? html`<vscode-button appearance="secondary" @click=${() => post({ type: 'stopLoad' })}>Stop</vscode-button>`
          : html`<vscode-button appearance="secondary" ?disabled=${isEmpty} @click=${start}>Send Load</vscode-button>`
      }
    </div>
    ${
      load === undefined
        ? nothing
        : html`<p role="status">
            ${load.sent} answered, ${load.failed}
            failed${load.rate === undefined ? '' : `, ${load.rate.toFixed(1)} a second`}${
              load.percentiles === undefined
                ? ''
                : `. p50 ${Math.round(load.percentiles[0])} ms, p90 ${Math.round(load.percentiles[1])} ms, p99 ${Math.round(load.percentiles[2])} ms`
            }
          </p>`
    }
  </section>`;
}

function jsonFault(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    return 'This is not JSON.';
  }
}
