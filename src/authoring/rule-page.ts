import { commands, Uri } from 'vscode';
import { UserError } from '../workbench';

/** Shows the page of a rule: `sm/cycle`. */
export async function showRule(extensionUri: Uri, rule: unknown): Promise<void> {
  if (typeof rule !== 'string' || !/^[a-z]+\/[a-z0-9-]+$/.test(rule)) {
    throw new UserError('There is no page for this rule.');
  }
  const name = rule.slice(rule.indexOf('/') + 1);
  const page = Uri.joinPath(extensionUri, 'docs', 'rules', `${name}.md`);
  await commands.executeCommand('markdown.showPreview', page);
}
