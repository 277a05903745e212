/** The regions of actions. */
import type { Report, Rule } from '../../rule';
import { type Action, isIntrinsic, type Pipeline } from '../model';
import { type Check, rule } from './tools';

const build = (more: string, owner = 'AWS'): string =>
  `{"name": "Make", "actionTypeId": {"category": "Build", "owner": "${owner}", "provider": "CodeBuild", "version": "1"}, "configuration": {"ProjectName": "p"}, "inputArtifacts": [{"name": "Code"}]${more}}`;
/** Stages whose source tells the pipeline's region, as the service prints it. */
const inRegion = (region: string): string =>
  `[{"name": "Source", "actions": [{"name": "Get", "actionTypeId": {"category": "Source", "owner": "AWS", "provider": "S3", "version": "1"}, "configuration": {"S3Bucket": "code", "S3ObjectKey": "source.zip"}, "outputArtifacts": [{"name": "Code"}], "region": "eu-west-1"}]}, {"name": "Build", "actions": [${build(`, "region": "${region}"`, 'Custom')}]}]`;

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
    'stages',
    inRegion('eu-central-1'),
    inRegion('eu-west-1'),
  ),
];

export const checkRegions: Check = (pipeline, report) => {
  const told = regionsTold(pipeline);
  for (const action of pipeline.actions) checkRegion(pipeline, action, told, report);
};

/** The regions that a declaration tells. The service prints one with each action, also the pipeline's own. */
interface Told {
  /** The pipeline's own, as its sources, third-party and custom actions tell it; undefined where none does. */
  own: string | undefined;
  all: ReadonlySet<string>;
}

function checkRegion(pipeline: Pipeline, action: Action, { own, all }: Told, report: Report): void {
  const { region } = action;
  if (!region) return;
  const stores = storeRegions(pipeline);
  const hasStore = stores?.includes(undefined) === true || stores?.includes(region.name) === true;
  if (isBound(action)) {
    if (region.name === own && (stores === undefined || hasStore)) return;
    report({
      rule: 'cp/region-not-allowed',
      node: region.node,
      message: 'Sources, third-party and custom actions run in the region of the pipeline. Remove the region.',
      fixes: (edit) => [edit.fix('Remove the region', [edit.remove(region.node)])],
    });
    return;
  }
  if (hasStore || (stores === undefined && region.name === own)) return;
  // Without a list of stores, the only region that is named may well be the pipeline's own.
  const isElsewhere = stores !== undefined || own !== undefined || all.size > 1;
  report({
    rule: 'cp/region-store',
    node: region.node,
    message: `There is no artifact store for ${region.name}. Add an entry for it to artifactStores, which has one for each region.`,
    ...(isElsewhere ? {} : { atMost: 'warning' as const }),
  });
}

/** True for actions that run where the pipeline is. */
function isBound({ category, owner }: Action): boolean {
  return category === 'Source' || (owner !== undefined && owner !== 'AWS');
}

/** What actions tell of regions; the connections of sources only where no source names its own. */
function regionsTold({ actions }: Pipeline): Told {
  const bound = actions.filter(isBound);
  const connections = bound.flatMap(({ category, configuration }) => {
    const connection = category === 'Source' ? configuration?.get('ConnectionArn')?.text : undefined;
    return connection === undefined ? [] : [/^arn:[\w-]+:[\w-]+:([a-z0-9-]+):/.exec(connection)?.[1]];
  });
  const named = [...bound.map(({ region }) => region?.name), ...connections].filter((name) => name !== undefined);
  return { own: named[0], all: new Set([...named, ...actions.flatMap(({ region }) => region?.name ?? [])]) };
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
