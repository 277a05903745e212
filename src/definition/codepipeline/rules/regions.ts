/** The regions of actions. */
import type { Report, Rule } from '../../rule';
import { type Action, isIntrinsic, type Pipeline } from '../model';
import { type Check, rule } from './tools';

const build = (more: string, owner = 'AWS'): string =>
  `{"name": "Make", "actionTypeId": {"category": "Build", "owner": "${owner}", "provider": "CodeBuild", "version": "1"}, "configuration": {"ProjectName": "p"}, "inputArtifacts": [{"name": "Code"}]${more}}`;

export const regionRules: readonly Rule[] = [
  rule(
    'region-store',
    'error',
    'No artifact store for the region of an action',
    'An action in another region than the pipeline needs `artifactStores` with an entry for its region.',
    'action',
    build(', "region": "eu-central-1"'),
    build(''),
  ),
  rule(
    'region-not-allowed',
    'error',
    'A source, third-party or custom action in another region',
    'Actions that get sources, and those of third parties or custom ones, run in the region of the pipeline.',
    'action',
    build(', "region": "eu-central-1"', 'Custom'),
    build('', 'Custom'),
  ),
];

export const checkRegions: Check = (pipeline, report) => {
  const told = regionsTold(pipeline);
  for (const action of pipeline.actions) checkRegion(pipeline, action, told, report);
};

function checkRegion(pipeline: Pipeline, action: Action, told: ReadonlySet<string>, report: Report): void {
  const { region } = action;
  if (!region) return;
  const outside = action.category === 'Source' || (action.owner !== undefined && action.owner !== 'AWS');
  if (outside) {
    report({
      rule: 'cp/region-not-allowed',
      node: region.node,
      message: 'Sources, third-party and custom actions run in the region of the pipeline. Remove the region.',
      fixes: (edit) => [edit.fix('Remove the region', [edit.remove(region.node)])],
    });
    return;
  }
  const regions = storeRegions(pipeline);
  if (regions?.includes(undefined)) return;
  if (regions?.includes(region.name)) return;
  // Without a list of stores an action may well name the pipeline's own region, which other actions and connections tell.
  const isElsewhere = regions !== undefined || told.size > 1 || !told.has(region.name);
  report({
    rule: 'cp/region-store',
    node: region.node,
    message: `There is no artifact store for ${region.name}. Add an entry for it to artifactStores, which has one for each region.`,
    ...(isElsewhere ? {} : { atMost: 'warning' as const }),
  });
}

/** The regions that the declaration names: of actions, and of the connections of its sources, which lie in the pipeline's. */
function regionsTold({ actions }: Pipeline): ReadonlySet<string> {
  const all = actions.flatMap(({ region, category, configuration }) => {
    const connection = category === 'Source' ? configuration?.get('ConnectionArn')?.text : undefined;
    const own = connection === undefined ? undefined : /^arn:[\w-]+:[\w-]+:([a-z0-9-]+):/.exec(connection)?.[1];
    return [region?.name, own].filter((name) => name !== undefined);
  });
  return new Set(all);
}

/**
 * The regions of `artifactStores`, with undefined for what only the deployment tells; undefined where there is no such
 * list.
 */
export function storeRegions(pipeline: Pipeline): (string | undefined)[] | undefined {
  const stores = pipeline.member(pipeline.node, 'artifactStores');
  if (!stores) return undefined;
  if (isIntrinsic(stores)) return [undefined];
  if (pipeline.form === 'cloudformation') return stores.items.map((item) => pipeline.member(item, 'region')?.text);
  return stores.kind === 'object' ? stores.members.map(({ key }) => String(key)) : [undefined];
}
