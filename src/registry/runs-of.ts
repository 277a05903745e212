import { UserError } from '../workbench/errors';
import { versionTitle } from '../shared/format';
import type { ModelVersion } from './model';

/**
 * The runs that made versions, whose parameters, metrics, images and data are compared.
 *
 * @throws a sentence where there are less than two, or one does not say which run made it
 */
export function runsOfVersions(
  versions: readonly Pick<ModelVersion, 'arn' | 'group' | 'version' | 'generatedBy'>[],
): string[] {
  if (versions.length < 2)
    throw new UserError('Select two to eight versions first: click the others with Ctrl or Cmd held down.');
  const runs = versions.map(({ generatedBy, group, version }) => {
    if (!generatedBy?.includes('/execution/'))
      throw new UserError(`${versionTitle(group, version)} does not say which run made it. Leave it out.`);
    return generatedBy;
  });
  const own = [...new Set(runs)];
  if (own.length < 2) throw new UserError('One run made these versions, so there is nothing to compare.');
  return own;
}
