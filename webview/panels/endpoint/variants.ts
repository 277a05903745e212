/** Variants in production with their weights, the shadow, and the change that is planned of them. */
import { html, nothing, type TemplateResult } from 'lit-html';
import type {
  ChangeView,
  EndpointToHost,
  EndpointView,
  VersionChoice,
} from '../../../src/deployment/panels/endpoint/contract';
import { formatPercent } from '../../../src/shared/format';
import { callList } from '../../kit/calls';
import { dropdown } from '../../kit/controls';
import { icon } from '../../kit/icons';
import { draftField } from './draft-field';

export interface VariantDraft {
  /** What was typed, by variant. */
  weights: Record<string, string>;
  version: string;
  percent: string;
  instances: string;
}

interface VariantServices {
  changed: () => void;
  post: (message: EndpointToHost) => void;
}

export function variantsView(
  view: EndpointView,
  draft: VariantDraft,
  versions: VersionChoice[] | undefined,
  change: ChangeView | undefined,
  services: VariantServices,
): TemplateResult {
  return html`${view.traffic.length > 1 ? weights(view, draft, services) : nothing}
  ${shadow(view, draft, versions, services)} ${change ? planned(change, services) : nothing}`;
}

function weights({ traffic, isBusy }: EndpointView, draft: VariantDraft, services: VariantServices): TemplateResult {
  return html`<section>
    <h2>Traffic by variant</h2>
    <table class="weights">
      <thead>
        <tr>
          <th scope="col">Variant</th>
          <th scope="col" class="number">Share</th>
          <th scope="col">Weight</th>
        </tr>
      </thead>
      <tbody>
        ${traffic.map(
          ({ variant, label, weight, share }) =>
            html`<tr>
              <th scope="row">${variant} <span class="muted">${label}</span></th>
              <td class="number">${formatPercent(share)}</td>
              <td>
                ${draftField({
                  draft: draft.weights,
                  key: variant,
                  id: `weight-${variant}`,
                  label: `Weight of ${variant}`,
                  value: draft.weights[variant] ?? String(weight),
                  changed: services.changed,
                })}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
    <vscode-button
      appearance="secondary"
      ?disabled=${isBusy}
      @click=${() => services.post({ type: 'planWeights', weights: { ...draft.weights } })}
      >Set Weights…</vscode-button
    >
    ${isBusy ? html`<p class="help">AWS takes no other weights until the endpoint has settled.</p>` : nothing}
  </section>`;
}

function shadow(
  view: EndpointView,
  draft: VariantDraft,
  versions: VersionChoice[] | undefined,
  services: VariantServices,
): TemplateResult {
  const { shadow: there, shadowRefusal, isBusy } = view;
  if (there) {
    return html`<section>
      <h2>Shadow</h2>
      <p>
        <strong>${there.label}</strong> gets copies of ${formatPercent(there.share)} of the requests, on
        ${there.current} of ${there.desired} ${there.desired === 1 ? 'instance' : 'instances'}. Nobody gets its answers.
      </p>
      ${
        there.figures === undefined
          ? html`<p class="muted">It has had no requests lately.</p>`
          : html`<p class="muted">${there.figures}</p>`
      }
      <p class="actions">
        <vscode-button ?disabled=${isBusy} @click=${() => services.post({ type: 'promoteShadow' })}
          >Promote…</vscode-button
        >
        <vscode-button
          appearance="secondary"
          ?disabled=${isBusy}
          @click=${() => services.post({ type: 'planNoShadow' })}
          >Remove Shadow…</vscode-button
        >
      </p>
    </section>`;
  }
  if (shadowRefusal !== undefined) {
    return html`<section>
      <h2>Shadow</h2>
      <p class="muted">${shadowRefusal}</p>
    </section>`;
  }
  return html`<details
    class="shadow"
    @toggle=${(event: Event) => {
      if ((event.target as HTMLDetailsElement).open && versions === undefined) services.post({ type: 'readVersions' });
    }}
  >
    <summary>Try a version in the shadow</summary>
    <p class="help">It gets copies of requests beside the version that answers, and its answers are thrown away.</p>
    ${
      versions === undefined
        ? html`<p class="muted">Looking for versions…</p>`
        : versions.length === 0
          ? html`<p class="muted">There is no other version of this model.</p>`
          : html`<div class="shadow-fields">
                ${dropdown({
                  id: 'shadow-version',
                  label: 'Version',
                  value: draft.version,
                  choices: [
                    { value: '', label: 'Choose a version' },
                    ...versions.map(({ arn, text }) => ({ value: arn, label: text })),
                  ],
                  change: (version) => {
                    draft.version = version;
                    services.changed();
                  },
                })}
                ${draftField({
                  draft,
                  key: 'percent',
                  id: 'shadow-percent',
                  label: 'Requests to copy, %',
                  changed: services.changed,
                })}
                ${draftField({
                  draft,
                  key: 'instances',
                  id: 'shadow-instances',
                  label: 'Instances of the shadow',
                  changed: services.changed,
                })}
              </div>
              <vscode-button
                appearance="secondary"
                ?disabled=${isBusy || draft.version === ''}
                @click=${() => {
                  const { version, percent, instances } = draft;
                  const label = versions.find(({ arn }) => arn === version)?.label ?? '';
                  services.post({ type: 'planShadow', version, label, percent, instances });
                }}
                >Add Shadow…</vscode-button
              >`
    }
  </details>`;
}

function planned(change: ChangeView, services: VariantServices): TemplateResult {
  const { title, notes, calls, isBusy, problem } = change;
  return html`<section class="change" aria-busy=${isBusy ? 'true' : 'false'}>
    <h2>${title}</h2>
    ${callList(calls)}
    ${notes.map((note) => html`<p class="notice">${icon('info', 'tone-busy')} <span>${note}</span></p>`)}
    ${
      problem === undefined
        ? nothing
        : html`<p class="notice" role="alert">${icon('error', 'tone-bad')} <span>${problem}</span></p>`
    }
    <p class="actions">
      <vscode-button ?disabled=${isBusy} @click=${() => services.post({ type: 'makeChange' })}
        >${isBusy ? 'Changing…' : 'Change'}</vscode-button
      >
      <vscode-button appearance="secondary" ?disabled=${isBusy} @click=${() => services.post({ type: 'dropChange' })}
        >Cancel</vscode-button
      >
    </p>
  </section>`;
}
