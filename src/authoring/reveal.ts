import {
  Range,
  Selection,
  type TextDocument,
  type TextEditor,
  TextEditorRevealType,
  type Uri,
  ViewColumn,
  window,
  workspace,
} from 'vscode';
import type { GraphNode } from '../definition/graph/model';

/** Opens the document at a node of its graph, or just opens it. */
export async function revealNode(uri: Uri, node: GraphNode | undefined): Promise<void> {
  const document = await workspace.openTextDocument(uri);
  const editor = await window.showTextDocument(document, { viewColumn: columnOf(document) });
  if (node) select(editor, node);
}

function columnOf(document: TextDocument): ViewColumn {
  const shown = window.visibleTextEditors.find((editor) => editor.document === document);
  return shown?.viewColumn ?? ViewColumn.One;
}

/** Puts the cursor before a node and shows the whole of it. */
export function select(editor: TextEditor, node: GraphNode): void {
  const start = editor.document.positionAt(node.start);
  editor.selection = new Selection(start, start);
  editor.revealRange(
    new Range(start, editor.document.positionAt(node.end)),
    TextEditorRevealType.InCenterIfOutsideViewport,
  );
}
