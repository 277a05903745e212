import { languages, window, workspace } from 'vscode';
import type { Plan, StepState } from '../../index';
import { planText } from './plan-text';

/** Opens a plan beside, as a shell script that belongs to no file. */
export async function showPlanDocument(plan: Plan, states: readonly StepState[] = []): Promise<void> {
  const document = await workspace.openTextDocument({ content: planText(plan, states) });
  await languages.setTextDocumentLanguage(document, 'shellscript');
  await window.showTextDocument(document, { preview: true, preserveFocus: true });
}
