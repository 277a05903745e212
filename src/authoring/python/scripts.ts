import type { Uri } from 'vscode';

/** True for Python scripts and notebooks, which have to be rendered first. */
export function isPython(uri: Uri): boolean {
  return uri.path.endsWith('.py') || uri.path.endsWith('.ipynb');
}
