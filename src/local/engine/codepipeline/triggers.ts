/** Which pushes start a pipeline: its triggers with their filters, or the change of its branch. Pure. */
import type { GitConfiguration, PipelineTriggerDeclaration, TriggerType } from '@aws-sdk/client-codepipeline';
import picomatch from 'picomatch';

/** A branch or tag that is at another commit than before, or new. */
export interface Push {
  /** `refs/heads/main` */
  ref: string;
  before?: string;
  after: string;
}

interface Patterns {
  includes?: string[] | undefined;
  excludes?: string[] | undefined;
}

/** Pushes between two looks at a repository's refs. A ref that is gone is none. */
export function pushesBetween(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): Push[] {
  return [...now].flatMap(([ref, after]) => {
    const known = before.get(ref);
    return known === after ? [] : [{ ref, after, ...(known === undefined ? {} : { before: known }) }];
  });
}

/**
 * Whether a push starts the pipeline by the trigger of its source action.
 * @param changed the files that the push has changed, asked for where a filter wants them
 */
export async function passes(
  { push = [] }: GitConfiguration,
  { ref }: Push,
  changed: () => Promise<readonly string[]>,
): Promise<boolean> {
  const tag = ref.startsWith('refs/tags/') ? ref.slice('refs/tags/'.length) : undefined;
  const branch = ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : undefined;
  for (const { tags, branches, filePaths } of push) {
    if (tag !== undefined) {
      if (tags && matches(tags, tag)) return true;
      continue;
    }
    if (branch === undefined || (tags && !branches && !filePaths)) continue;
    if (branches && !matches(branches, branch)) continue;
    if (!filePaths || (await changed()).some((file) => matches(filePaths, file))) return true;
  }
  return false;
}

/** The trigger of a source action, where it has one: it takes the place of the detection of changes. */
export function triggerOf(
  triggers: readonly PipelineTriggerDeclaration[] | undefined,
  action: string,
): GitConfiguration | undefined {
  return triggers?.find(({ gitConfiguration }) => gitConfiguration?.sourceActionName === action)?.gitConfiguration;
}

/** How a start by a push is told, by the provider of the source. */
export function triggerTypeOf(provider: string): TriggerType {
  if (provider === 'CodeStarSourceConnection') return 'WebhookV2';
  return provider === 'GitHub' ? 'Webhook' : 'CloudWatchEvent';
}

/** Excludes win over includes; without includes everything is included. */
function matches({ includes = [], excludes = [] }: Patterns, name: string): boolean {
  const any = (patterns: readonly string[]): boolean =>
    patterns.some((pattern) => picomatch(pattern, { dot: true })(name));
  return !any(excludes) && (includes.length === 0 || any(includes));
}
