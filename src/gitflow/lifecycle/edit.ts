/** Changes to the text of `.mlops/config.json` that leave the rest as it is, comments included. */
import { applyEdits, modify } from 'jsonc-parser';

const formattingOptions = { insertSpaces: true, tabSize: 2, eol: '\n' };

/**
 * The text with arguments for the function that makes a pipeline in a script; others that it has for that function stay.
 * @param text of the file; empty where there is none yet
 */
export function withArguments(text: string, script: string, values: Readonly<Record<string, unknown>>): string {
  return withValues(text, ['arguments', script], values);
}

/**
 * The text with local files or folders for S3 locations; others stay.
 * @param text of the file; empty where there is none yet
 * @param fixtures paths, relative to the folder of the workspace, by S3 URI
 */
export function withFixtures(text: string, fixtures: Readonly<Record<string, string>>): string {
  return withValues(text, ['fixtures'], fixtures);
}

function withValues(text: string, at: readonly string[], values: Readonly<Record<string, unknown>>): string {
  const begun = text.trim() === '' ? '{\n  "version": 1\n}\n' : text;
  return Object.entries(values).reduce(
    (made, [name, value]) => applyEdits(made, modify(made, [...at, name], value, { formattingOptions })),
    begun,
  );
}
