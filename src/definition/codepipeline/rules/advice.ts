/** Advice: what the service accepts, or settles by itself, and a reader would like to know. */
import type { Report, Rule } from '../../rule';
import type { Action, Pipeline } from '../model';
import { typeText } from './example-actions';
import { storeRegions } from './regions';
import { type Check, rule } from './tools';

const approval = (topic: string, more = ''): string =>
  `{"name": "Ask", ${typeText('Approval', 'Manual')}, "configuration": {"NotificationArn": "${topic}"}${more}}`;
const topic = (region: string): string => `arn:aws:sns:${region}:111122223333:approvals`;

export const adviceRules: readonly Rule[] = [
  rule(
    'approval-topic',
    'warning',
    'An approval that notifies a topic of another region',
    'The topic that tells the approvers is an SNS topic in the region of the action, which is that of the pipeline where the action names none. A topic elsewhere gets no message, and the approval waits unseen.',
    'action',
    approval(topic('eu-west-1'), ', "region": "us-east-1"'),
    approval(topic('us-east-1'), ', "region": "us-east-1"'),
  ),
  rule(
    'version-present',
    'hint',
    'A version set by hand',
    'The service counts the versions of a pipeline: a new one is 1, and each update adds one. What the text says has no effect and grows old.',
    'pipeline',
    '{"version": 3}',
    '{"executionMode": "SUPERSEDED"}',
  ),
];

export const checkAdvice: Check = (pipeline, report) => {
  for (const action of pipeline.actions) {
    if (action.provider === 'Manual' && action.category === 'Approval') checkTopic(pipeline, action, report);
  }
  checkVersion(pipeline, report);
};

function checkTopic(pipeline: Pipeline, action: Action, report: Report): void {
  const topicArn = action.configuration?.get('NotificationArn');
  if (!topicArn?.text || topicArn.text.includes('#{')) return;
  const tell = (message: string): void => report({ rule: 'cp/approval-topic', node: topicArn, message });
  const region = /^arn:aws[\w-]*:sns:([\w-]+):\d{12}:[\w-]{1,256}$/.exec(topicArn.text)?.[1];
  if (region === undefined) {
    tell('NotificationArn must be the ARN of an SNS topic: arn:aws:sns:<region>:<account>:<topic>.');
    return;
  }
  if (action.region) {
    if (action.region.name !== region)
      tell(`The topic is in ${region} and the action in ${action.region.name}. Use a topic of ${action.region.name}.`);
    return;
  }
  const regions = regionsOf(pipeline);
  if (!regions?.length || regions.includes(region)) return;
  tell(`The topic is in ${region} and the pipeline in ${regions.join(' or ')}. Use a topic of the pipeline's region.`);
}

/** The regions of which one is the pipeline's, as far as its own text tells; undefined where it does not. */
function regionsOf(pipeline: Pipeline): string[] | undefined {
  const stores = storeRegions(pipeline);
  if (stores) return stores.every((region) => region !== undefined) ? stores : undefined;
  const store = pipeline.member(pipeline.node, 'artifactStore');
  const key = pipeline.member(pipeline.member(store, 'encryptionKey'), 'id')?.text;
  // The bucket stands where the pipeline does, and so does the key of its encryption.
  const region = /^arn:aws[\w-]*:kms:([\w-]+):/.exec(key ?? '')?.[1];
  return region === undefined ? undefined : [region];
}

function checkVersion(pipeline: Pipeline, report: Report): void {
  const version = pipeline.form === 'service' ? pipeline.node.get('version') : undefined;
  if (!version || version.kind === 'missing') return;
  report({
    rule: 'cp/version-present',
    node: version,
    mark: 'key',
    message: 'The service counts versions by itself; this one has no effect. Remove it.',
    unnecessary: true,
    fixes: (edit) => [edit.fix('Remove the version', [edit.remove(version)])],
  });
}
