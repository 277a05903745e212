/**
 * The context menus of VS Code in panels. What stands in `data-vscode-context` of an element and of those around it,
 * the nearest first, says which entries there are, and is handed to the command that is chosen.
 *
 * @see https://code.visualstudio.com/api/extension-guides/webview#context-menus
 */
export function contextMenu(
  section: 'Step' | 'Run' | 'Artifact',
  about: Readonly<Record<string, string | boolean | undefined>>,
): string {
  return JSON.stringify({ webviewSection: `mlopsFlow${section}`, preventDefaultContextMenuItems: true, ...about });
}
