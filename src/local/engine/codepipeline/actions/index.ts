import type { ActionTypeId } from '@aws-sdk/client-codepipeline';
import type { ActionKind } from '../action';
import { codeBuild } from './codebuild';
import { commands } from './commands';
import { gitSources } from './git';
import { lambdaInvoke } from './lambda';
import { s3Deploy } from './s3-deploy';
import { s3Source } from './s3-source';

/** The action types that Local runs, manual approvals aside: those are the machine's own. */
const kinds: readonly ActionKind[] = [s3Source, ...gitSources, codeBuild, commands, lambdaInvoke, s3Deploy];

export function actionKind({ category, owner, provider }: Partial<ActionTypeId> = {}): ActionKind | undefined {
  return kinds.find(
    (kind) => kind.owner === owner && kind.provider === provider && kind.categories.includes(category ?? ''),
  );
}

export function isApproval({ category, owner, provider }: Partial<ActionTypeId> = {}): boolean {
  return category === 'Approval' && owner === 'AWS' && provider === 'Manual';
}

/** All of them by category, owner and provider. */
export function actionTypes(): { category: string; owner: string; provider: string }[] {
  const approval = { category: 'Approval', owner: 'AWS', provider: 'Manual' };
  return [
    approval,
    ...kinds.flatMap(({ categories, owner, provider }) =>
      categories.map((category) => ({ category, owner, provider })),
    ),
  ];
}
