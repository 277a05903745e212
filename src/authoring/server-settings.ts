import { workspace, type WorkspaceFolder } from 'vscode';
import type { ServerSettings } from '../definition/server/protocol';
import type { Levels, RuleSettings } from '../definition/settings';
import { settings } from '../workbench';

/** What the server needs to know of the settings: those of the window, and where folders have others, theirs. */
export function serverSettings(): ServerSettings {
  const folders = workspace.workspaceFolders ?? [];
  const everywhere = overridesOf('**', folders[0]);
  // With one folder, its settings are those of the window.
  const own = folders.length > 1 ? folders : [];
  const validation: RuleSettings = {
    overrides: [
      ...everywhere,
      ...own.flatMap((folder) => overridesOf(`${folder.uri.fsPath.replaceAll('\\', '/')}/**`, folder)),
    ],
  };
  const page = `command:mlopsFlow.showRule?${encodeURIComponent('["')}{rule}${encodeURIComponent('"]')}`;
  return { validation, rulePage: page };
}

/** The levels of a folder's files, which match `within`, and after them the files in which a rule is off. */
function overridesOf(
  within: string,
  folder: WorkspaceFolder | undefined,
): NonNullable<RuleSettings['overrides']>[number][] {
  const levels = settings('validation.rules', folder) as Levels | undefined;
  const excluded = Object.entries(settings('validation.exclude', folder) ?? {});
  return [
    { files: [within], levels: levels ?? {} },
    ...excluded.map(([rule, files]) => ({ files, levels: { [rule]: 'off' as const } })),
  ];
}
