import { commands, type Disposable, type TextEditor, Uri, window } from 'vscode';
import { type Graph, type GraphNode, nodeAround } from '../../../definition/graph/model';
import type { GraphAnswer } from '../../../definition/server/protocol';
import type { Panel, PanelController } from '../../../workbench/panel';
import type { PreviewArguments, PreviewToHost, PreviewToPanel } from './contract';
import { isPreviewToHost } from './messages';
import { revealNode, select } from '../../reveal';
import type { LanguageServer } from '../../server';
import { lastPart } from '../../../shared/format';

/** The live graph beside a definition: drawn anew as one types, selected in step with the editor. */
export class Preview implements PanelController<PreviewToPanel, PreviewToHost> {
  readonly accepts = isPreviewToHost;
  private readonly uri: Uri;
  private readonly disposables: Disposable[] = [];
  private graph: Graph | undefined;
  private shown: PreviewToPanel | undefined;
  private selected: string | undefined;
  /** Counts answers that were asked for, so that a late one does not replace a newer. */
  private asked = 0;

  constructor(
    private readonly panel: Panel<PreviewArguments, PreviewToPanel>,
    private readonly server: LanguageServer,
    fail: (error: unknown) => void,
  ) {
    this.uri = Uri.parse(panel.args.uri);
    const refresh = (): void =>
      void this.refresh().catch((error: unknown) => (this.shown ? fail(error) : panel.cannotStart(error)));
    this.disposables.push(
      // An empty URI: the server was started again and knows of no document that is watched.
      server.onDidChangeGraph((uri) => {
        if (uri === panel.args.uri || uri === '') refresh();
      }),
      window.onDidChangeTextEditorSelection(({ textEditor }) => this.follow(textEditor)),
      panel.onDidChangeVisibility((visible) => {
        if (visible) refresh();
      }),
    );
    refresh();
  }

  state(): PreviewToPanel[] {
    if (!this.shown) return [];
    return this.selected === undefined ? [this.shown] : [this.shown, { type: 'select', step: this.selected }];
  }

  async receive(message: PreviewToHost): Promise<void> {
    switch (message.type) {
      case 'select':
        this.selected = message.step;
        return this.moveCursor(message.step);
      case 'reveal':
        return revealNode(this.uri, this.node(message.step));
      case 'showProblems':
        await commands.executeCommand('workbench.actions.view.problems');
        return;
      case 'run':
        await commands.executeCommand('mlopsFlow.runPipeline', this.uri);
    }
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  private async refresh(): Promise<void> {
    if (!this.panel.visible) return;
    const turn = ++this.asked;
    const answer = await this.server.graph(this.uri);
    if (turn !== this.asked) return;
    this.shown = this.message(answer);
    this.panel.update(this.shown);
    const editor = this.editor();
    if (editor) this.follow(editor);
  }

  /** A broken text keeps the last graph that was whole, so that the layout stays. */
  private message(answer: GraphAnswer | null): PreviewToPanel {
    const file = lastPart(this.uri.path);
    const broken = answer ? answer.broken : 'This text is no longer a pipeline definition.';
    if (answer && broken === undefined) this.graph = answer.graph;
    const graph = this.graph ?? answer?.graph;
    if (!graph) {
      return {
        type: 'empty',
        text: `${file} is not a pipeline definition: it needs a list of Steps. Add one, or insert the snippet "pipeline".`,
      };
    }
    const problems = answer?.problems ?? [];
    return broken === undefined
      ? { type: 'graph', file, graph, problems }
      : { type: 'graph', file, graph, problems, broken };
  }

  private node(step: string | undefined): GraphNode | undefined {
    return this.graph?.nodes.find((node) => node.id === step);
  }

  private editor(): TextEditor | undefined {
    return window.visibleTextEditors.find(({ document }) => document.uri.toString() === this.panel.args.uri);
  }

  /** Selects the step under the cursor. */
  private follow(editor: TextEditor): void {
    if (editor.document.uri.toString() !== this.panel.args.uri || !this.graph) return;
    const offset = editor.document.offsetAt(editor.selection.active);
    const step = nodeAround(this.graph, offset)?.id;
    if (step === this.selected) return;
    this.selected = step;
    this.panel.update(step === undefined ? { type: 'select' } : { type: 'select', step });
  }

  private moveCursor(step: string | undefined): void {
    const editor = this.editor();
    const node = this.node(step);
    if (!editor || !node || !this.graph) return;
    if (nodeAround(this.graph, editor.document.offsetAt(editor.selection.active))?.id === step) return;
    select(editor, node);
  }
}
