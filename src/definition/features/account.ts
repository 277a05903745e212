/** Places whose value is something that the AWS account has: a role, a bucket, an image, a connection and so on. */
import type { Range } from '../diagnostic';
import type { Tree } from '../tree';
import { cursorAt } from './cursor';

export type AccountKind = 'role' | 'bucket' | 'image' | 'modelGroup' | 'pipeline' | 'connection' | 'project';

/** Where a value of the account may be written. */
export interface AccountPlace {
  kind: AccountKind;
  /** What it replaces, quotes included. */
  range: Range;
  /** What has to stand behind it: a comma, in JSON before another member. */
  after: string;
  /** The quote before and behind it; escaped in a definition that is a string between double quotes. */
  quote: string;
}

const members: readonly (readonly [RegExp, AccountKind])[] = [
  [/^(execution_?)?role_?arn$/i, 'role'],
  [/^(S3Uri|S3OutputPath|ModelDataUrl|DestinationS3Uri)$/, 'bucket'],
  [/^(TrainingImage|ImageUri|Image)$/, 'image'],
  [/^ModelPackageGroupName$/, 'modelGroup'],
  [/^PipelineName$/, 'pipeline'],
  [/^ConnectionArn$/, 'connection'],
  [/^ProjectName$/, 'project'],
];

/** What of the account may stand at an offset; undefined where something else belongs there. */
export function accountPlaceAt(tree: Tree, offset: number): AccountPlace | undefined {
  const cursor = cursorAt(tree, offset);
  if (cursor?.at !== 'value' || (cursor.node && cursor.node.kind !== 'string' && cursor.node.kind !== 'missing')) {
    return undefined;
  }
  // The image of a CodeBuild project is one of CodeBuild's own.
  if (cursor.key === 'Image' && cursor.parent.key === 'Environment') return undefined;
  const kind = members.find(([name]) => name.test(String(cursor.key)))?.[1];
  return kind && { kind, range: cursor.range, after: cursor.comma, quote: '"' };
}
