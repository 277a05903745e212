/** Providers, and the keys and values of their configuration. */
import { nearest } from '../../near';
import type { Report, Rule } from '../../rule';
import { inWords } from '../../shape/check';
import type { Node } from '../../tree';
import { type Action, isIntrinsic, type Pipeline } from '../model';
import { type ConfigurationKey, providerOf, providers, ruleProviders } from '../providers';
import { owners } from '../shapes';
import { buildText, typeText } from './example-actions';
import { checkSpecial } from './special';
import { type Check, rule } from './tools';

/** Lengths that the service allows in a configuration. */
const maxKey = 50;
const maxValue = 1000;
export const configurationRules: readonly Rule[] = [
  rule(
    'unknown-provider',
    'error',
    'A provider that is not known',
    'There is no such provider in this category. A name that is not similar to a known one may be newer than this tool and gives a warning.',
    'action',
    buildText('{"ProjectName": "p"}').replace('CodeBuild', 'CodeBuld'),
    buildText('{"ProjectName": "p"}'),
  ),
  rule(
    'missing-configuration',
    'error',
    'The configuration lacks a key that the provider needs',
    'Each provider has keys without which it cannot work.',
    'action',
    buildText('{}'),
    buildText('{"ProjectName": "p"}'),
  ),
  rule(
    'unknown-configuration',
    'warning',
    'A configuration key that the provider does not know',
    'The provider ignores or rejects the key.',
    'action',
    buildText('{"ProjectName": "p", "BatchEnable": "true"}'),
    buildText('{"ProjectName": "p", "BatchEnabled": "true"}'),
  ),
  rule(
    'configuration-value',
    'error',
    'A configuration value that is not a string of 1 to 1000 characters',
    'Every value of a configuration is a string, also where it means a number or true and false. It is not empty and has at most 1000 characters.',
    'action',
    buildText('{"ProjectName": "p", "BatchEnabled": true}'),
    buildText('{"ProjectName": "p", "BatchEnabled": "true"}'),
  ),
  rule(
    'configuration-choice',
    'error',
    'A configuration value that the provider does not know',
    'The key takes one of a few words.',
    'action',
    buildText('{"ProjectName": "p", "BatchEnabled": "yes"}'),
    buildText('{"ProjectName": "p", "BatchEnabled": "true"}'),
  ),
  rule(
    'commands',
    'error',
    'Commands where they do not belong, or none where they do',
    'A Commands action needs `commands`; no other action takes them.',
    'action',
    `{"name": "Run", ${typeText('Compute', 'Commands')}, "inputArtifacts": [{"name": "Code"}]}`,
    `{"name": "Run", ${typeText('Compute', 'Commands')}, "commands": ["make"], "inputArtifacts": [{"name": "Code"}]}`,
  ),
  rule(
    'cron-fields',
    'warning',
    'A schedule with the wrong number of fields',
    'The `Cron` of a deployment window has six or seven fields: seconds, minutes, hours, day, month, weekday and, where wanted, the year.',
    'pipeline',
    '{"pipelineType": "V2", "stages": [{"name": "Source", "actions": [{"name": "Get", "actionTypeId": {"category": "Source", "owner": "AWS", "provider": "S3", "version": "1"}, "configuration": {"S3Bucket": "b", "S3ObjectKey": "k"}, "outputArtifacts": [{"name": "Code"}]}]}, {"name": "Build", "beforeEntry": {"conditions": [{"result": "FAIL", "rules": [{"name": "Day", "ruleTypeId": {"category": "Rule", "provider": "DeploymentWindow"}, "configuration": {"Cron": "0 9 * * *"}}]}]}, "actions": [' +
      buildText('{"ProjectName": "p"}') +
      ']}]}',
    '{"pipelineType": "V2", "stages": [{"name": "Source", "actions": [{"name": "Get", "actionTypeId": {"category": "Source", "owner": "AWS", "provider": "S3", "version": "1"}, "configuration": {"S3Bucket": "b", "S3ObjectKey": "k"}, "outputArtifacts": [{"name": "Code"}]}]}, {"name": "Build", "beforeEntry": {"conditions": [{"result": "FAIL", "rules": [{"name": "Day", "ruleTypeId": {"category": "Rule", "provider": "DeploymentWindow"}, "configuration": {"Cron": "0 0 9 ? * MON-FRI"}}]}]}, "actions": [' +
      buildText('{"ProjectName": "p"}') +
      ']}]}',
  ),
];

export const checkConfiguration: Check = (pipeline, report) => {
  for (const action of pipeline.actions) {
    checkProvider(action, report);
    checkCommands(pipeline, action, report);
    if (action.configuration?.kind === 'object' && !isIntrinsic(action.configuration)) {
      checkValues(pipeline, action.configuration, report);
      checkSpecial(action, action.configuration, report);
    }
  }
  for (const stage of pipeline.stages) {
    for (const place of ['beforeEntry', 'onSuccess', 'onFailure']) {
      for (const condition of pipeline.member(pipeline.member(stage.node, place), 'conditions')?.items ?? []) {
        for (const one of pipeline.member(condition, 'rules')?.items ?? []) checkRule(pipeline, one, report);
      }
    }
  }
};

function checkProvider(action: Action, report: Report): void {
  const { category, owner, provider, providerNode } = action;
  if (category === undefined || owner === undefined || provider === undefined || !providerNode) return;
  const known = providerOf(category, owner, provider);
  if (known) {
    checkKeys(action.configuration, action.node, provider, known.configuration, known.open === true, report);
    return;
  }
  if (owner === 'Custom' || !owners.some((one) => one === owner)) return;
  const here = providers.filter((one) => one.category === category && one.owner === owner).map((one) => one.provider);
  const near = nearest(provider, here);
  const elsewhere = providers.find((one) => one.provider === provider);
  const message = elsewhere
    ? `${provider} is a provider of ${elsewhere.category} actions of ${elsewhere.owner}, not of ${category} actions of ${owner}.`
    : `'${provider}' is not a known provider of ${category} actions. ${near ? `Did you mean '${near}'?` : `Known are ${inWords(here)}. It may be newer than this tool.`}`;
  report({
    rule: 'cp/unknown-provider',
    node: providerNode,
    message,
    ...(near || elsewhere ? {} : { atMost: 'warning' as const }),
    fixes: (edit) => [near ? edit.fix(`Change to '${near}'`, [edit.value(providerNode, near)], true) : undefined],
  });
}

function checkKeys(
  configuration: Node | undefined,
  owner: Node,
  provider: string,
  keys: Readonly<Record<string, ConfigurationKey>>,
  open: boolean,
  report: Report,
): void {
  if (configuration && (configuration.kind !== 'object' || isIntrinsic(configuration))) return;
  const place = configuration ?? owner;
  for (const [name, key] of Object.entries(keys)) {
    const value = configuration?.get(name);
    if (key.required && !value) {
      report({
        rule: 'cp/missing-configuration',
        node: place,
        mark: 'opening',
        message: `${provider} needs ${name} in its configuration. ${key.doc}`,
        fixes: (edit) => [
          configuration && edit.fix(`Add ${name}`, [edit.insert(configuration, name, key.values?.[0] ?? 'value')]),
        ],
      });
    }
    checkChoice(value, name, key, report);
  }
  if (open) return;
  for (const member of configuration?.members ?? []) {
    const name = String(member.key);
    if (keys[name]) continue;
    const near = nearest(name, Object.keys(keys));
    const free = near !== undefined && !configuration?.get(near);
    report({
      rule: 'cp/unknown-configuration',
      node: member,
      mark: 'key',
      message: `${provider} does not know the key '${name}'.${near ? ` Did you mean '${near}'?` : ''}`,
      fixes: (edit) => [
        free ? edit.fix(`Change to '${near}'`, [edit.key(member, near)], true) : undefined,
        edit.fix(`Remove '${name}'`, [edit.remove(member)]),
      ],
    });
  }
}

function checkChoice(value: Node | undefined, name: string, key: ConfigurationKey, report: Report): void {
  const text = value?.text;
  if (!value || text === undefined || !key.values || key.values.includes(text) || text === '' || text.includes('#{'))
    return;
  const near = nearest(text, key.values);
  report({
    rule: 'cp/configuration-choice',
    node: value,
    message: `${name} takes ${inWords(key.values)}, not '${text}'.`,
    fixes: (edit) =>
      near
        ? [edit.fix(`Change to '${near}'`, [edit.value(value, near)], true)]
        : (key.values ?? []).slice(0, 6).map((one) => edit.fix(`Change to '${one}'`, [edit.value(value, one)])),
  });
}

function checkValues(pipeline: Pipeline, configuration: Node, report: Report): void {
  for (const member of configuration.members) {
    const name = String(member.key);
    if (name.length > maxKey) {
      report({
        rule: 'cp/configuration-value',
        node: member,
        mark: 'key',
        message: `This key has ${name.length} characters, and at most ${maxKey} are allowed.`,
      });
    }
    if (member.kind === 'missing' || isIntrinsic(member)) continue;
    const text = member.text;
    if (text === undefined) {
      // CloudFormation turns numbers, true and false into text by itself.
      const scalar = member.kind === 'number' || member.kind === 'boolean';
      if (scalar && pipeline.form === 'cloudformation') continue;
      report({
        rule: 'cp/configuration-value',
        node: member,
        mark: scalar ? 'value' : 'opening',
        message: `Every value of a configuration is a string. Write ${name} as a string.`,
        fixes: (edit) => [
          edit.fix(
            'Write it as a string',
            [edit.value(member, scalar ? edit.tree.source(member) : JSON.stringify(plain(member)))],
            scalar,
          ),
        ],
      });
    } else if (text.length === 0 || text.length > maxValue) {
      report({
        rule: 'cp/configuration-value',
        node: member,
        message:
          text.length === 0
            ? `${name} must not be empty. Give it a value or remove it.`
            : `${name} has ${text.length} characters, and at most ${maxValue} are allowed.`,
      });
    }
  }
}

/** The value of a node as JSON would give it. */
function plain(node: Node): unknown {
  if (node.kind === 'object')
    return Object.fromEntries(node.members.map((member) => [String(member.key), plain(member)]));
  return node.kind === 'array' ? node.items.map(plain) : node.value;
}

function checkCommands(pipeline: Pipeline, action: Action, report: Report): void {
  const commands = pipeline.member(action.node, 'commands');
  if (action.provider === 'Commands' && !commands) {
    const name = pipeline.form === 'service' ? 'commands' : 'Commands';
    report({
      rule: 'cp/commands',
      node: action.node,
      mark: 'opening',
      message: `A Commands action needs ${name}: 1 to 50 shell commands.`,
      fixes: (edit) => [edit.fix(`Add ${name}`, [edit.insert(action.node, name, ['make'])])],
    });
  } else if (commands && action.provider !== undefined && action.provider !== 'Commands') {
    report({
      rule: 'cp/commands',
      node: commands,
      mark: 'key',
      message: `${action.provider} takes no commands. Remove them, or use the Commands action.`,
      fixes: (edit) => [edit.fix('Remove the commands', [edit.remove(commands)])],
    });
  }
}

function checkRule(pipeline: Pipeline, node: Node, report: Report): void {
  const provider = pipeline.member(pipeline.member(node, 'ruleTypeId'), 'provider');
  if (provider?.text === undefined) return;
  const configuration = pipeline.member(node, 'configuration');
  const keys = ruleProviders[provider.text];
  if (!keys) {
    const near = nearest(provider.text, Object.keys(ruleProviders));
    report({
      rule: 'cp/unknown-provider',
      node: provider,
      message: `'${provider.text}' is not a known rule. ${near ? `Did you mean '${near}'?` : `Known are ${inWords(Object.keys(ruleProviders))}. It may be newer than this tool.`}`,
      ...(near ? {} : { atMost: 'warning' as const }),
      fixes: (edit) => [near ? edit.fix(`Change to '${near}'`, [edit.value(provider, near)], true) : undefined],
    });
    return;
  }
  checkKeys(configuration, node, provider.text, keys, false, report);
  const cron = configuration?.get('Cron');
  const fields = cron?.text?.trim().split(/\s+/).length ?? 6;
  if (provider.text === 'DeploymentWindow' && cron?.text && fields !== 6 && fields !== 7) {
    report({
      rule: 'cp/cron-fields',
      node: cron,
      message: `The schedule has ${fields} fields, and six or seven are needed: seconds, minutes, hours, day, month, weekday, and the year where wanted.`,
    });
  }
}
