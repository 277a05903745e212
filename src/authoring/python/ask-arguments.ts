import { Uri, window } from 'vscode';
import { configIn, configPath, withArguments } from '../../gitflow/lifecycle';
import { type Argument, argumentsOf, type ArgumentValue } from '../../sources/arguments';
import { type Literal, readLiteral } from '../../sources/literal';
import { UserError } from '../../workbench';
import { editFile } from '../../workbench/files';

/** The arguments that `.mlops/config.json` has for the function in a script. @throws where the file is not valid */
export async function savedArguments(root: string, script: string): Promise<Record<string, Literal>> {
  const { config, problems } = await configIn(root);
  const broken = problems.find(({ part }) => part === undefined || part === 'arguments');
  if (broken) {
    throw new UserError(`${configPath} is not valid in line ${broken.range.start.line + 1}: ${broken.message}`, {
      title: 'Open',
      command: 'vscode.open',
      arguments: [Uri.file(`${root}/${configPath}`)],
    });
  }
  return argumentsOf(config.arguments.get(script));
}

/**
 * Asks for the arguments that nothing tells, one after another, each with what would be taken else, and keeps them in
 * `.mlops/config.json`. Resolves to undefined where the user gives up.
 */
export async function askArguments(
  root: string,
  script: string,
  open: readonly Argument[],
): Promise<Record<string, Literal> | undefined> {
  const given: Record<string, Literal> = {};
  for (const [at, { name, value }] of open.entries()) {
    const text = await window.showInputBox({
      title: `Arguments of ${script} (${at + 1} of ${open.length})`,
      prompt: `Nothing in the project says what ${name} is. The answer is kept in ${configPath}.`,
      value: typeof value === 'string' ? value : JSON.stringify(value),
      ignoreFocusOut: true,
    });
    if (text === undefined) return undefined;
    given[name] = answerOf(text, value);
  }
  await editFile(Uri.file(`${root}/${configPath}`), (text) => withArguments(text, script, given));
  return given;
}

/** An answer as a value: a number or a word where a text is proposed is one too, a list or a dictionary never is. */
export function answerOf(text: string, proposed: ArgumentValue): Literal {
  const isText = typeof proposed === 'string' && !/^\s*[[{]/.test(text);
  return isText ? text : (readLiteral(text) ?? text);
}
