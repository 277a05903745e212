/** Stages and actions: what stands where, and names. */
import type { Report, Rule } from '../../rule';
import type { Named, Pipeline } from '../model';
import { type Check, rule } from './tools';

/** Actions that a pipeline may have in all. */
const maxActions = 1000;

const source = (name: string, output: string): string =>
  `{"name": "${name}", "actionTypeId": {"category": "Source", "owner": "AWS", "provider": "S3", "version": "1"}, "configuration": {"S3Bucket": "code", "S3ObjectKey": "a.zip"}, "outputArtifacts": [{"name": "${output}"}]}`;
const build = (name: string, more = ''): string =>
  `{"name": "${name}", "actionTypeId": {"category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1"}, "configuration": {"ProjectName": "p"}, "inputArtifacts": [{"name": "Code"}]${more}}`;
const stage = (name: string, ...actions: string[]): string => `{"name": "${name}", "actions": [${actions.join(', ')}]}`;
const good = `[${stage('Source', source('Get', 'Code'))}, ${stage('Build', build('Make'))}]`;

export const structureRules: readonly Rule[] = [
  rule(
    'artifact-store',
    'error',
    'Not exactly one of artifactStore and artifactStores',
    'A pipeline keeps its artifacts in one store (`artifactStore`), or, where actions run in several regions, in one a region (`artifactStores`). One of the two must be there, and not both.',
    'document',
    '{"pipeline": {"name": "p", "roleArn": "arn:aws:iam::111122223333:role/p", "stages": []}}',
    '{"pipeline": {"name": "p", "roleArn": "arn:aws:iam::111122223333:role/p", "artifactStore": {"type": "S3", "location": "artifacts"}, "stages": []}}',
  ),
  rule(
    'source-stage',
    'error',
    'The first stage has an action that is not a source',
    'A pipeline begins with a stage of Source actions and nothing else.',
    'stages',
    `[${stage('Source', source('Get', 'Code'), build('Make', ', "runOrder": 2'))}, ${stage('Build', build('Again'))}]`,
    good,
  ),
  rule(
    'source-later',
    'error',
    'A Source action after the first stage',
    'Sources are allowed in the first stage only.',
    'stages',
    `[${stage('Source', source('Get', 'Code'))}, ${stage('Build', build('Make'), source('More', 'Data'))}]`,
    good,
  ),
  rule(
    'only-sources',
    'error',
    'The pipeline does nothing but get sources',
    'Beside its sources a pipeline needs at least one action that builds, tests, deploys, invokes or approves.',
    'stages',
    `[${stage('Source', source('Get', 'Code'))}, {"name": "Build", "actions": []}]`,
    good,
  ),
  rule(
    'duplicate-name',
    'error',
    'A name that is taken already',
    'Stage names are unique in the pipeline, action names in their stage, variable names in the pipeline.',
    'stages',
    `[${stage('Source', source('Get', 'Code'))}, ${stage('Build', build('Make'), build('Make'))}]`,
    good,
  ),
  rule(
    'approval-timeout',
    'error',
    'A timeout on an action that is not a manual approval',
    '`timeoutInMinutes` is for manual approvals. The time limits of other actions are fixed by their providers.',
    'action',
    build('Make', ', "timeoutInMinutes": 60'),
    '{"name": "Ask", "actionTypeId": {"category": "Approval", "owner": "AWS", "provider": "Manual", "version": "1"}, "timeoutInMinutes": 60}',
  ),
  rule(
    'metadata-present',
    'information',
    'The metadata that get-pipeline prints is still there',
    '`aws codepipeline get-pipeline` prints `metadata` beside `pipeline`, and `update-pipeline` rejects it. Remove it before you send the text back.',
    'document',
    '{"pipeline": {"name": "p"}, "metadata": {"created": "2026-01-01"}}',
    '{"pipeline": {"name": "p"}}',
  ),
];

export const checkStructure: Check = (pipeline, report) => {
  checkStore(pipeline, report);
  checkSources(pipeline, report);
  duplicates(
    pipeline.stages.map((one) => one.name),
    'stage of this pipeline',
    report,
  );
  for (const one of pipeline.stages)
    duplicates(
      one.actions.map((action) => action.name),
      'action of this stage',
      report,
    );
  duplicates(pipeline.variables, 'variable of this pipeline', report);
  if (pipeline.actions.length > maxActions) {
    report({
      rule: 'cp/out-of-range',
      node: pipeline.node,
      mark: 'opening',
      message: `The pipeline has ${pipeline.actions.length} actions, and at most ${maxActions} are allowed. Split it in several pipelines.`,
    });
  }
  for (const action of pipeline.actions) {
    const timeout = pipeline.member(action.node, 'timeoutInMinutes');
    if (!timeout || action.category === undefined || action.category === 'Approval') continue;
    report({
      rule: 'cp/approval-timeout',
      node: timeout,
      mark: 'key',
      message: 'Only manual approvals have a timeout. Remove it.',
      fixes: (edit) => [edit.fix('Remove the timeout', [edit.remove(timeout)], true)],
    });
  }
};

/** What stands beside the declaration in a text of the service's form. */
export function checkMetadata(pipeline: Pipeline, report: Report): void {
  const metadata = pipeline.form === 'service' ? pipeline.node.parent?.get('metadata') : undefined;
  if (!metadata) return;
  report({
    rule: 'cp/metadata-present',
    node: metadata,
    mark: 'key',
    message: 'update-pipeline rejects the metadata that get-pipeline prints. Remove it before you send this back.',
    fixes: (edit) => [edit.fix('Remove metadata', [edit.remove(metadata)])],
  });
}

function checkStore(pipeline: Pipeline, report: Report): void {
  const one = pipeline.member(pipeline.node, 'artifactStore');
  const many = pipeline.member(pipeline.node, 'artifactStores');
  if (one && many) {
    report({
      rule: 'cp/artifact-store',
      node: many,
      mark: 'key',
      message: 'A pipeline has either artifactStore or artifactStores. Remove one of them.',
      related: [{ node: one, mark: 'key', message: 'The other one is here.' }],
      fixes: (edit) => [
        edit.fix('Remove artifactStores', [edit.remove(many)]),
        edit.fix('Remove artifactStore', [edit.remove(one)]),
      ],
    });
  } else if (!one && !many) {
    const name = pipeline.form === 'service' ? 'artifactStore' : 'ArtifactStore';
    const store = pipeline.form === 'service' ? { type: 'S3', location: 'bucket' } : { Type: 'S3', Location: 'bucket' };
    report({
      rule: 'cp/artifact-store',
      node: pipeline.node,
      mark: 'opening',
      message: `${name} is missing. Name the bucket that keeps the artifacts.`,
      fixes: (edit) => [edit.fix(`Add ${name}`, [edit.insert(pipeline.node, name, store)])],
    });
  }
}

function checkSources(pipeline: Pipeline, report: Report): void {
  for (const action of pipeline.actions) {
    const place = action.providerNode?.parent ?? action.node;
    if (action.category === undefined) continue;
    if (action.stage.index === 0 && action.category !== 'Source') {
      report({
        rule: 'cp/source-stage',
        node: place,
        mark: 'opening',
        message: `The first stage takes Source actions only, and this is a ${action.category} action. Move it to a later stage.`,
      });
    }
    if (action.stage.index > 0 && action.category === 'Source') {
      report({
        rule: 'cp/source-later',
        node: place,
        mark: 'opening',
        message: 'Source actions are allowed in the first stage only. Move this one there.',
      });
    }
  }
  const known = pipeline.actions.every((action) => action.category !== undefined);
  const sourcesOnly = pipeline.actions.length > 0 && pipeline.actions.every((action) => action.category === 'Source');
  if (pipeline.complete && known && sourcesOnly) {
    report({
      rule: 'cp/only-sources',
      node: pipeline.member(pipeline.node, 'stages') ?? pipeline.node,
      mark: 'opening',
      message: 'The pipeline only gets sources. Add a stage with an action that uses them.',
    });
  }
}

function duplicates(names: readonly (Named | undefined)[], what: string, report: Report): void {
  const first = new Map<string, Named>();
  for (const one of names) {
    if (!one) continue;
    const other = first.get(one.name);
    if (!other) {
      first.set(one.name, one);
      continue;
    }
    report({
      rule: 'cp/duplicate-name',
      node: one.node,
      message: `'${one.name}' is already the name of another ${what}. Choose a name of its own.`,
      related: [{ node: other.node, message: 'The first one is here.' }],
    });
  }
}
