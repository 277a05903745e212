/** Projects of CodeBuild: the images that they run in. */
import { imageState, newestImages } from '../codebuild/runtimes';
import { oneOf } from '../near';
import type { Rule } from '../rule';
import { type Check, rule } from './tools';

const project = 'AWS::CodeBuild::Project';
const running = (image: string): string => `{"Environment": {"Type": "LINUX_CONTAINER", "Image": "${image}"}}`;

export const buildRules: readonly Rule[] = [
  rule(
    'build-image',
    'information',
    'An image of CodeBuild that is no longer kept up',
    'Images that are not kept up get no security fixes, are not cached, and miss newer runtimes.',
    [project, running('aws/codebuild/standard:4.0'), running('aws/codebuild/standard:7.0')],
    { source: 'https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html' },
  ),
];

export const checkBuilds: Check = ({ type, properties }, _all, report) => {
  if (type !== project) return;
  const image = properties.get('Environment')?.get('Image');
  const state = image?.text === undefined ? undefined : imageState(image.text);
  if (!image || (state !== 'old' && state !== 'unknown')) return;
  const newer = newestImages(String(image.text));
  report({
    rule: 'cfn/build-image',
    node: image,
    message:
      state === 'old'
        ? `This image is no longer kept up. Newer are ${oneOf(newer).replace(' or ', ' and ')}.`
        : `No such image is known here. There are ${oneOf(newer).replace(' or ', ' and ')}.`,
    fixes: (edit) => newer.toReversed().map((one) => edit.fix(`Change to '${one}'`, [edit.value(image, one)])),
  });
};
