import { CodeLens, type TextDocument, type Uri } from 'vscode';
import { lensCommands } from '../definition/server/protocol';
import { settings } from '../workbench';
import { renderedScheme } from '../shared/schemes';

/** A run of a definition, as the lens shows it. */
export interface LastRun {
  /** In words, with an icon: `$(check) Succeeded 2 h ago`. */
  title: string;
  /** The command that opens it, with its arguments. */
  command: string;
  arguments: unknown[];
}

/** Adds the newest run of what the text says now to the lenses above a pipeline; none at all where the setting turns them off. */
export async function withLastRun(
  document: TextDocument,
  made: CodeLens[],
  latest: (definition: { uri: Uri; text: string }) => Promise<LastRun | undefined>,
): Promise<CodeLens[]> {
  if (settings('validation.codeLens', document) === false) return [];
  const first = made[0];
  if (!first) return made;
  // A text rendered from Python is no file that could be run.
  if (document.uri.scheme === renderedScheme) return made.filter((lens) => lens.command?.command !== lensCommands.run);
  const run = await latest({ uri: document.uri, text: document.getText() });
  return run ? [...made, new CodeLens(first.range, run)] : made;
}
