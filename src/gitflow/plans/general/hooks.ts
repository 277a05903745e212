/** What git-flow-next tells its hooks beside their arguments: https://git-flow.sh/docs/commands/hooks */
import type { TopicType } from '../../model/branching';
import type { Draft } from '../draft';

export function hookEnvironment(
  draft: Draft,
  { name: type, tag }: TopicType,
  { branch, name, base }: { branch: string; name: string; base: string },
): Record<string, string> {
  return {
    BRANCH: branch,
    BRANCH_NAME: name,
    BRANCH_TYPE: type,
    BASE_BRANCH: base,
    ORIGIN: draft.config.origin,
    ...(tag ? { VERSION: name } : {}),
  };
}
