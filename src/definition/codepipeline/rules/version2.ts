/** What only pipelines of type V2 have: modes, triggers, variables, conditions, newer actions. */
import { nearest } from '../../near';
import type { Report, Rule } from '../../rule';
import type { Node } from '../../tree';
import type { Pipeline } from '../model';
import { providerOf } from '../providers';
import { type Check, rule } from './tools';

const connection =
  '{"name": "Get", "actionTypeId": {"category": "Source", "owner": "AWS", "provider": "CodeStarSourceConnection", "version": "1"}, "configuration": {"ConnectionArn": "arn:aws:codeconnections:eu-west-1:111122223333:connection/11111111-2222-3333-4444-555555555555", "FullRepositoryId": "o/r", "BranchName": "main"}, "outputArtifacts": [{"name": "Code"}]}';
const build =
  '{"name": "Build", "actions": [{"name": "Make", "actionTypeId": {"category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1"}, "configuration": {"ProjectName": "p"}, "inputArtifacts": [{"name": "Code"}]}]CONDITIONS}';
const alarm =
  '{"name": "Alarm", "ruleTypeId": {"category": "Rule", "owner": "AWS", "provider": "CloudWatchAlarm", "version": "1"}, "configuration": {"AlarmName": "errors"}}';
const withConditions = (conditions: string): string =>
  `{"pipelineType": "V2", "stages": [{"name": "Source", "actions": [${connection}]}, ${build.replace('CONDITIONS', conditions)}]}`;
const withTrigger = (git: string): string =>
  `{"pipelineType": "V2", "stages": [{"name": "Source", "actions": [${connection}]}, ${build.replace('CONDITIONS', '')}], "triggers": [{"providerType": "CodeStarSourceConnection", "gitConfiguration": ${git}}]}`;

export const version2Rules: readonly Rule[] = [
  rule(
    'needs-v2',
    'error',
    'Something that a pipeline of type V1 does not have',
    'Triggers, variables, the modes QUEUED and PARALLEL, conditions of stages and some actions exist in pipelines of type V2 only. Set `pipelineType` to `V2`.',
    'pipeline',
    '{"pipelineType": "V1", "executionMode": "QUEUED"}',
    '{"pipelineType": "V2", "executionMode": "QUEUED"}',
  ),
  rule(
    'becomes-v2',
    'information',
    'The pipeline becomes one of type V2',
    'Without `pipelineType` the service makes the pipeline one of type V2, at the price of V2, because of this member. Say so with `"pipelineType": "V2"`.',
    'pipeline',
    '{"executionMode": "QUEUED"}',
    '{"pipelineType": "V2", "executionMode": "QUEUED"}',
  ),
  rule(
    'parallel-rollback',
    'error',
    'A rollback in a pipeline of parallel executions',
    'In the mode PARALLEL a stage cannot be rolled back: there is no one earlier state.',
    'pipeline',
    withConditions(', "onFailure": {"result": "ROLLBACK"}').replace('"V2"', '"V2", "executionMode": "PARALLEL"'),
    withConditions(', "onFailure": {"result": "ROLLBACK"}'),
  ),
  rule(
    'source-rollback',
    'error',
    'A rollback of the source stage',
    'The first stage holds the sources and cannot be rolled back.',
    'pipeline',
    `{"pipelineType": "V2", "stages": [{"name": "Source", "actions": [${connection}], "onFailure": {"result": "ROLLBACK"}}, ${build.replace('CONDITIONS', '')}]}`,
    withConditions(', "onFailure": {"result": "ROLLBACK"}'),
  ),
  rule(
    'condition-result',
    'error',
    'A result that this condition cannot have',
    'Before the entry of a stage a condition may FAIL or SKIP, on success ROLLBACK or FAIL, on failure ROLLBACK or RETRY. RETRY belongs in `onFailure.result` with a `retryConfiguration`, without conditions.',
    'pipeline',
    withConditions(`, "beforeEntry": {"conditions": [{"result": "ROLLBACK", "rules": [${alarm}]}]}`),
    withConditions(`, "beforeEntry": {"conditions": [{"result": "FAIL", "rules": [${alarm}]}]}`),
  ),
  rule(
    'condition-rules',
    'error',
    'Rules that this condition cannot have',
    'The rules of a condition have different names. A condition with the result SKIP takes the rules LambdaInvoke and VariableCheck only.',
    'pipeline',
    withConditions(`, "beforeEntry": {"conditions": [{"result": "SKIP", "rules": [${alarm}]}]}`),
    withConditions(`, "beforeEntry": {"conditions": [{"result": "FAIL", "rules": [${alarm}]}]}`),
  ),
  rule(
    'trigger-source',
    'error',
    'A trigger without its source action',
    '`sourceActionName` names a source action over a connection (provider CodeStarSourceConnection), and each such action has at most one trigger.',
    'pipeline',
    withTrigger('{"sourceActionName": "Got", "push": [{"branches": {"includes": ["main"]}}]}'),
    withTrigger('{"sourceActionName": "Get", "push": [{"branches": {"includes": ["main"]}}]}'),
  ),
  rule(
    'trigger-filter',
    'error',
    'Filters of a trigger that do not go together',
    'A trigger has `push` or `pullRequest` filters. A push filter names tags, or branches with or without file paths, never both; a pull request filter names branches; file paths stand beside branches only.',
    'pipeline',
    withTrigger('{"sourceActionName": "Get", "push": [{"filePaths": {"includes": ["src/**"]}}]}'),
    withTrigger(
      '{"sourceActionName": "Get", "push": [{"branches": {"includes": ["main"]}, "filePaths": {"includes": ["src/**"]}}]}',
    ),
  ),
];

/** Results by the place of the condition. */
const results: Readonly<Record<'beforeEntry' | 'onSuccess' | 'onFailure', readonly string[]>> = {
  beforeEntry: ['FAIL', 'SKIP'],
  onSuccess: ['ROLLBACK', 'FAIL'],
  onFailure: ['ROLLBACK', 'RETRY'],
};
const skippable = ['LambdaInvoke', 'VariableCheck'];
const places = ['beforeEntry', 'onSuccess', 'onFailure'] as const;

export const checkVersion2: Check = (pipeline, report) => {
  checkType(pipeline, report);
  for (const stage of pipeline.stages) {
    for (const place of places) {
      const node = pipeline.member(stage.node, place);
      if (node) checkPlace(pipeline, node, place, stage.index === 0, report);
    }
  }
  checkTriggers(pipeline, report);
};

function checkType(pipeline: Pipeline, report: Report): void {
  const typeNode = pipeline.member(pipeline.node, 'pipelineType');
  if (pipeline.type === 'V2' || (typeNode && pipeline.type === undefined)) return;
  const found = [...v2Members(pipeline)];
  if (pipeline.type === 'V1') {
    for (const { node, what, key } of found) {
      report({
        rule: 'cp/needs-v2',
        node,
        mark: key ? 'key' : 'value',
        message: `${what} needs a pipeline of type V2, and this one is V1.`,
        related: typeNode ? [{ node: typeNode, message: 'The type is set here.' }] : [],
        fixes: (edit) => [typeNode && edit.fix('Make the pipeline V2', [edit.value(typeNode, 'V2')])],
      });
    }
    return;
  }
  const [first] = found;
  if (!first) return;
  const name = pipeline.form === 'service' ? 'pipelineType' : 'PipelineType';
  report({
    rule: 'cp/becomes-v2',
    node: first.node,
    mark: first.key ? 'key' : 'value',
    message: `${first.what} makes this a pipeline of type V2, at its price. Say so with ${name} V2.`,
    fixes: (edit) => [edit.fix(`Add ${name} V2`, [edit.insert(pipeline.node, name, 'V2')])],
  });
}

function* v2Members(pipeline: Pipeline): Generator<{ node: Node; what: string; key?: true }> {
  const mode = pipeline.member(pipeline.node, 'executionMode');
  if (mode?.text === 'QUEUED' || mode?.text === 'PARALLEL') yield { node: mode, what: `The mode ${mode.text}` };
  for (const name of ['triggers', 'variables']) {
    const node = pipeline.member(pipeline.node, name);
    if (node && node.children.length > 0) yield { node, what: `A list of ${name}`, key: true };
  }
  for (const stage of pipeline.stages) {
    for (const place of places) {
      const node = pipeline.member(stage.node, place);
      if (node) yield { node, what: `A condition (${place})`, key: true };
    }
  }
  for (const action of pipeline.actions) {
    const { category, owner, provider, providerNode } = action;
    if (category === undefined || owner === undefined || provider === undefined || !providerNode) continue;
    if (providerOf(category, owner, provider)?.v2) yield { node: providerNode, what: `The action ${provider}` };
  }
}

function checkPlace(
  pipeline: Pipeline,
  node: Node,
  place: keyof typeof results,
  isSource: boolean,
  report: Report,
): void {
  const mode = pipeline.member(pipeline.node, 'executionMode')?.text;
  const conditions = pipeline.member(node, 'conditions')?.items ?? [];
  const outcomes = [
    pipeline.member(node, 'result'),
    ...conditions.map((condition) => pipeline.member(condition, 'result')),
  ].filter((outcome) => outcome !== undefined);
  for (const outcome of outcomes) {
    const value = outcome.text;
    if (value === undefined) continue;
    if (value === 'ROLLBACK' && isSource) {
      report({
        rule: 'cp/source-rollback',
        node: outcome,
        message: 'The source stage cannot be rolled back. Remove this.',
      });
    } else if (value === 'ROLLBACK' && mode === 'PARALLEL') {
      report({
        rule: 'cp/parallel-rollback',
        node: outcome,
        message: 'A pipeline in the mode PARALLEL cannot roll a stage back. Choose another mode or another result.',
      });
    } else if (!results[place].includes(value) && ['ROLLBACK', 'FAIL', 'RETRY', 'SKIP'].includes(value)) {
      const allowed = results[place];
      report({
        rule: 'cp/condition-result',
        node: outcome,
        message: `${place} takes ${allowed.join(' or ')}, not ${value}.`,
        fixes: (edit) => allowed.map((one) => edit.fix(`Change to '${one}'`, [edit.value(outcome, one)])),
      });
    }
  }
  checkRetry(pipeline, node, conditions, report);
  for (const condition of conditions) checkConditionRules(pipeline, condition, report);
}

function checkRetry(pipeline: Pipeline, node: Node, conditions: readonly Node[], report: Report): void {
  const outcome = pipeline.member(node, 'result');
  if (outcome?.text !== 'RETRY') return;
  if (conditions.length > 0) {
    report({
      rule: 'cp/condition-result',
      node: outcome,
      message: 'A stage is either retried or has conditions on failure. Remove one of the two.',
    });
  } else if (!pipeline.member(node, 'retryConfiguration')) {
    const name = pipeline.form === 'service' ? 'retryConfiguration' : 'RetryConfiguration';
    report({
      rule: 'cp/condition-result',
      node: outcome,
      message: `RETRY needs a ${name} that says what is retried.`,
      fixes: (edit) => [
        edit.fix(`Add ${name}`, [
          edit.insert(
            node,
            name,
            pipeline.form === 'service' ? { retryMode: 'FAILED_ACTIONS' } : { RetryMode: 'FAILED_ACTIONS' },
          ),
        ]),
      ],
    });
  }
}

function checkConditionRules(pipeline: Pipeline, condition: Node, report: Report): void {
  const skips = pipeline.member(condition, 'result')?.text === 'SKIP';
  const names = new Map<string, Node>();
  for (const one of pipeline.member(condition, 'rules')?.items ?? []) {
    const name = pipeline.member(one, 'name');
    const provider = pipeline.member(pipeline.member(one, 'ruleTypeId'), 'provider');
    const first = name?.text === undefined ? undefined : names.get(name.text);
    if (name?.text !== undefined && first) {
      report({
        rule: 'cp/condition-rules',
        node: name,
        message: `Another rule of this condition is named '${name.text}' already. Choose another name.`,
        related: [{ node: first, message: 'The first one is here.' }],
      });
    } else if (name?.text !== undefined) names.set(name.text, name);
    if (skips && provider?.text !== undefined && !skippable.includes(provider.text)) {
      report({
        rule: 'cp/condition-rules',
        node: provider,
        message: `A condition that skips the stage takes the rules ${skippable.join(' and ')} only, not ${provider.text}.`,
      });
    }
  }
}

function checkTriggers(pipeline: Pipeline, report: Report): void {
  const sources = pipeline.actions.filter((action) => action.category === 'Source' && action.name);
  const taken = new Map<string, Node>();
  for (const trigger of pipeline.member(pipeline.node, 'triggers')?.items ?? []) {
    const git = pipeline.member(trigger, 'gitConfiguration');
    const name = pipeline.member(git, 'sourceActionName');
    if (name?.text !== undefined) {
      const action = sources.find((one) => one.name?.name === name.text);
      const first = taken.get(name.text);
      if (!action && pipeline.complete) {
        const near = nearest(
          name.text,
          sources.map((one) => one.name?.name ?? ''),
        );
        report({
          rule: 'cp/trigger-source',
          node: name,
          message: `There is no source action '${name.text}'.${near ? ` Did you mean '${near}'?` : ''}`,
          fixes: (edit) => [near ? edit.fix(`Change to '${near}'`, [edit.value(name, near)], true) : undefined],
        });
      } else if (action?.provider !== undefined && action.provider !== 'CodeStarSourceConnection') {
        report({
          rule: 'cp/trigger-source',
          node: name,
          message: `'${name.text}' is a source of ${action.provider}, and only sources over a connection have triggers.`,
        });
      } else if (first) {
        report({
          rule: 'cp/trigger-source',
          node: name,
          message: `'${name.text}' has a trigger already. Put the filters of both in one.`,
          related: [{ node: first, message: 'The first one is here.' }],
        });
      }
      taken.set(name.text, first ?? name);
    }
    if (git) checkFilters(pipeline, git, report);
  }
}

function checkFilters(pipeline: Pipeline, git: Node, report: Report): void {
  const push = pipeline.member(git, 'push');
  const pull = pipeline.member(git, 'pullRequest');
  const tell = (node: Node, message: string): void =>
    report({ rule: 'cp/trigger-filter', node, mark: 'opening', message });
  if (!push && !pull)
    tell(git, 'The trigger says on what it starts the pipeline by push or pullRequest. Add one of them.');
  for (const filter of push?.items ?? []) {
    const tags = pipeline.member(filter, 'tags');
    const branches = pipeline.member(filter, 'branches');
    const files = pipeline.member(filter, 'filePaths');
    if (tags && (branches || files))
      tell(filter, 'A push filter names either tags, or branches and file paths. Make two filters of it.');
    else if (files && !branches) tell(filter, 'File paths need branches. Add branches.');
    else if (!tags && !branches) tell(filter, 'A push filter needs tags or branches.');
  }
  for (const filter of pull?.items ?? []) {
    if (!pipeline.member(filter, 'branches'))
      tell(filter, 'A pull request filter needs branches: those that the request goes to.');
  }
}
