import { CodeLens, type TextDocument, type Uri } from 'vscode';
import { lensCommands } from '../definition/server/protocol';
import { settings } from '../workbench';
import { renderedScheme } from '../shared/schemes';

/** What a lens above a definition tells: its last run, or where its model is live. */
export interface AboveLens {
  /** In words, with an icon: `$(check) Succeeded 2 h ago`. */
  title: string;
  /** The command that opens it, with its arguments. */
  command: string;
  arguments: unknown[];
}

/** Who knows what the lenses above a definition tell. */
export interface AboveServices {
  /** The newest run of a definition. */
  latestRun(definition: { uri: Uri; text: string }): Promise<AboveLens | undefined>;
  /** Where versions of the models that a definition registers are live; nothing is asked. */
  liveVersions(text: string): readonly AboveLens[];
}

/**
 * Adds the newest run of what the text says now, and where its models are live, to the lenses above a pipeline; none at
 * all where the setting turns them off.
 */
export async function withRunAndLive(
  document: TextDocument,
  made: CodeLens[],
  services: AboveServices,
): Promise<CodeLens[]> {
  if (settings('validation.codeLens', document) === false) return [];
  const first = made[0];
  if (!first) return made;
  // A text rendered from Python is no file that could be run.
  if (document.uri.scheme === renderedScheme) return made.filter((lens) => lens.command?.command !== lensCommands.run);
  const text = document.getText();
  const run = await services.latestRun({ uri: document.uri, text });
  const live = services.liveVersions(text);
  return [...made, ...[...(run ? [run] : []), ...live].map((lens) => new CodeLens(first.range, lens))];
}
