/** The live preview: the graph of the definition beside it, with its problems, selection in step with the cursor. */
import './preview.css';
import { html, nothing, render } from 'lit-html';
import { previewPanel, type StepProblems } from '../../../src/authoring/panels/preview/contract';
import { count } from '../../../src/shared/format';
import { GraphView, isGraphLook } from '../../graph/view';
import { icon } from '../../kit/icons';
import { openPage } from '../../kit/page';
import { PreviewFaces } from './faces';

const host = openPage(previewPanel, { layout: 'window', icon: 'graph', waiting: 'Reading the definition…' });

const problems = new Map<string, StepProblems>();
let file = '';
let steps = 0;
let broken: string | undefined;

const head = document.createElement('div');
const view = new GraphView(
  new PreviewFaces(problems),
  {
    select: (id) => host.post(id === undefined ? { type: 'select' } : { type: 'select', step: id }),
    open: (id) => host.post({ type: 'reveal', step: id }),
    changed: () => host.saveView(view.look),
  },
  host.view(isGraphLook),
);
host.content.append(head, view.element);

host.listen({
  graph(message) {
    ({ file, broken } = message);
    steps = message.graph.nodes.length;
    take(message.problems);
    host.problem(undefined);
    if (steps === 0) host.empty('This pipeline has no steps yet. Add one to “Steps” to see it here.');
    else host.show();
    void view.show(message.graph, new PreviewFaces(problems), file);
    draw();
  },
  problems(message) {
    take(message.problems);
    view.repaint(new PreviewFaces(problems));
    draw();
  },
  empty(message) {
    broken = undefined;
    host.problem(undefined);
    host.empty(message.text);
    draw();
  },
  select(message) {
    view.select(message.step);
  },
});

function take(list: StepProblems[]): void {
  problems.clear();
  for (const each of list) problems.set(each.id, each);
}

function draw(): void {
  const found = [...problems.values()];
  const errors = found.reduce((sum, each) => sum + each.errors, 0);
  const warnings = found.reduce((sum, each) => sum + each.warnings, 0);
  render(
    html`${
        broken
          ? html`<div class="banner" role="status">
              ${icon('warning', 'tone-wary')}
              <span class="grow"
                >The text has errors; this is the last valid layout. <span class="muted">${broken}</span></span
              >
              <button class="link" @click=${() => host.post({ type: 'showProblems' })}>Show Problems</button>
            </div>`
          : nothing
      }
      <header class="preview-head">
        <span class="preview-file">${file}</span>
        <span class="muted">${count(steps, 'step')}</span>
        ${
          errors + warnings > 0
            ? html`<button class="link" @click=${() => host.post({ type: 'showProblems' })}>
                ${[errors > 0 ? count(errors, 'error') : '', warnings > 0 ? count(warnings, 'warning') : '']
                  .filter(Boolean)
                  .join(', ')}
              </button>`
            : broken
              ? nothing
              : html`<span class="muted">no problems</span>`
        }
        <vscode-button class="preview-run" @click=${() => host.post({ type: 'run' })}>Run…</vscode-button>
      </header>`,
    head,
  );
}

draw();
