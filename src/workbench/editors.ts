import { ViewColumn, window } from 'vscode';

/** Beside the editors that are open; where there is none, in their place, since a column of its own would leave an empty one. */
export function besideEditors(): ViewColumn {
  return window.tabGroups.all.some(({ tabs }) => tabs.length > 0) ? ViewColumn.Beside : ViewColumn.Active;
}
