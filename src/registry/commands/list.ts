/** What the commands of the Models view ask about what is listed, and in which order. */
import type { ModelApprovalStatus } from '@aws-sdk/client-sagemaker';
import { type QuickPickItem, window } from 'vscode';
import { approvalFaces } from '../../shared/status';
import { bestFirst, conditionOf, conditionText, type ModelOrder } from '../order';
import type { ModelView } from '../rows';

/** Asks what is to be listed: by the name of the group, the approval of its versions and what they measured. */
export async function askFilter(before: ModelView): Promise<ModelView | undefined> {
  const title = 'Filter Models';
  const name = await window.showInputBox({
    title,
    prompt: 'What the name of the model group contains; empty for all groups',
    value: before.name,
  });
  if (name === undefined) return undefined;
  const choices: (QuickPickItem & { approval?: ModelApprovalStatus })[] = [
    { label: 'Any approval' },
    ...Object.entries(approvalFaces).map(([approval, { word: label }]) => ({
      label,
      approval: approval as ModelApprovalStatus,
    })),
  ];
  const chosen = await window.showQuickPick(choices, { title, placeHolder: 'Versions with…' });
  if (!chosen) return undefined;
  const text = await window.showInputBox({
    title,
    prompt: 'What a metric of the version has to be, like accuracy >= 0.9; empty for all versions',
    value: before.condition ? conditionText(before.condition) : '',
    validateInput: (typed) =>
      typed.trim() === '' || conditionOf(typed)
        ? undefined
        : 'Write the name of a metric, one of < <= > >= and a number: accuracy >= 0.9',
  });
  if (text === undefined) return undefined;
  const condition = conditionOf(text);
  return {
    name: name.trim(),
    ...(chosen.approval ? { approval: chosen.approval } : {}),
    ...(condition ? { condition } : {}),
    ...(before.order ? { order: before.order } : {}),
  };
}

/**
 * Asks for the order of the versions.
 *
 * @param metrics the names of what versions measured that were read
 * @returns `'newest'` for the order of the service; undefined where nothing was chosen
 */
export async function askOrder(metrics: readonly string[]): Promise<ModelOrder | 'newest' | undefined> {
  const choices: (QuickPickItem & { order: ModelOrder | 'newest' })[] = [
    { label: 'Newest first', order: 'newest' },
    ...metrics.flatMap((metric) => {
      const best = bestFirst(metric);
      const other = best === 'highest' ? 'lowest' : 'highest';
      return ([best, other] as const).map((first) => ({
        label: metric,
        description: `${first} first`,
        order: { metric, first },
      }));
    }),
  ];
  const chosen = await window.showQuickPick(choices, {
    title: 'Sort Models',
    placeHolder:
      metrics.length === 0 ? 'Versions with metrics can be sorted by them' : 'The versions that are shown, by…',
    matchOnDescription: true,
  });
  return chosen?.order;
}

/** What stands beside the name of the view: what it leaves out, and its order. */
export function viewWords({ name, approval, condition, order }: ModelView): string[] {
  return [
    ...(name === '' ? [] : [`“${name}”`]),
    ...(approval === undefined ? [] : [approvalFaces[approval].word]),
    ...(condition ? [conditionText(condition)] : []),
    ...(order ? [`by ${order.metric}, ${order.first} first`] : []),
  ];
}
