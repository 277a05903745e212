/** Providers and their configuration, and the regions of actions. */
import { nearest } from '../../near';
import type { Report, Rule } from '../../rule';
import { inWords } from '../../shape/check';
import type { Node } from '../../tree';
import { type Action, isIntrinsic, type Pipeline } from '../model';
import { actionModes, type ConfigurationKey, providerOf, providers, ruleProviders } from '../providers';
import { owners } from '../shapes';
import { type Check, rule } from './tools';

/** Lengths that the service allows in a configuration. */
const maxKey = 50;
const maxValue = 1000;
/** Bytes of ParameterOverrides. */
const maxOverrides = 1024;

const type = (category: string, provider: string, owner = 'AWS'): string =>
  `"actionTypeId": {"category": "${category}", "owner": "${owner}", "provider": "${provider}", "version": "1"}`;
const build = (configuration: string): string =>
  `{"name": "Make", ${type('Build', 'CodeBuild')}, "configuration": ${configuration}, "inputArtifacts": [{"name": "Code"}]}`;
const stack = (configuration: string): string =>
  `{"name": "Stack", ${type('Deploy', 'CloudFormation')}, "configuration": ${configuration}, "inputArtifacts": [{"name": "Code"}]}`;
const stackGood =
  '{"ActionMode": "CREATE_UPDATE", "StackName": "s", "RoleArn": "arn:aws:iam::111122223333:role/s", "TemplatePath": "Code::template.yml"}';

export const configurationRules: readonly Rule[] = [
  rule(
    'unknown-provider',
    'error',
    'A provider that is not known',
    'There is no such provider in this category. One that is near to no known name may be newer than this tool and gives a warning.',
    'action',
    build('{"ProjectName": "p"}').replace('CodeBuild', 'CodeBuld'),
    build('{"ProjectName": "p"}'),
  ),
  rule(
    'missing-configuration',
    'error',
    'The configuration lacks a key that the provider needs',
    'Each provider has keys without which it cannot work.',
    'action',
    build('{}'),
    build('{"ProjectName": "p"}'),
  ),
  rule(
    'unknown-configuration',
    'warning',
    'A configuration key that the provider does not know',
    'The provider ignores or rejects the key.',
    'action',
    build('{"ProjectName": "p", "BatchEnable": "true"}'),
    build('{"ProjectName": "p", "BatchEnabled": "true"}'),
  ),
  rule(
    'configuration-value',
    'error',
    'A configuration value that is no text of 1 to 1000 characters',
    'Every value of a configuration is a string, also where it means a number or true and false. It is not empty and has at most 1000 characters.',
    'action',
    build('{"ProjectName": "p", "BatchEnabled": true}'),
    build('{"ProjectName": "p", "BatchEnabled": "true"}'),
  ),
  rule(
    'configuration-choice',
    'error',
    'A configuration value that the provider does not know',
    'The key takes one of a few words.',
    'action',
    build('{"ProjectName": "p", "BatchEnabled": "yes"}'),
    build('{"ProjectName": "p", "BatchEnabled": "true"}'),
  ),
  rule(
    'codebuild-environment',
    'error',
    'Environment variables that CodeBuild cannot read',
    '`EnvironmentVariables` is a JSON list of objects with `name`, `value` and `type` (PLAINTEXT, PARAMETER_STORE or SECRETS_MANAGER), written as one string.',
    'action',
    build('{"ProjectName": "p", "EnvironmentVariables": "A=1"}'),
    build('{"ProjectName": "p", "EnvironmentVariables": "[{\\"name\\": \\"A\\", \\"value\\": \\"1\\"}]"}'),
  ),
  rule(
    'combine-artifacts',
    'error',
    'CombineArtifacts without a batch',
    'Only the artifacts of a batch can be combined: `BatchEnabled` must be true.',
    'action',
    build('{"ProjectName": "p", "CombineArtifacts": "true"}'),
    build('{"ProjectName": "p", "CombineArtifacts": "true", "BatchEnabled": "true"}'),
  ),
  rule(
    'cloudformation-action',
    'error',
    'A CloudFormation action that lacks what its mode needs',
    'A template is needed to create, update or replace a stack or change set, a role except to execute a change set, a change set name in the change set modes. A template is named as `Artifact::file`, with an input artifact of the action.',
    'action',
    stack('{"ActionMode": "CREATE_UPDATE", "StackName": "s"}'),
    stack(stackGood),
  ),
  rule(
    'capabilities',
    'error',
    'A capability that CloudFormation does not know',
    '`Capabilities` is CAPABILITY_IAM, CAPABILITY_NAMED_IAM, CAPABILITY_AUTO_EXPAND, or several of them separated by commas.',
    'action',
    stack(stackGood.replace('}', ', "Capabilities": "IAM"}')),
    stack(stackGood.replace('}', ', "Capabilities": "CAPABILITY_IAM"}')),
  ),
  rule(
    'parameter-overrides',
    'error',
    'Parameter overrides that CloudFormation cannot read',
    '`ParameterOverrides` is a JSON object written as one string of at most 1 KB.',
    'action',
    stack(stackGood.replace('}', ', "ParameterOverrides": "Stage=prod"}')),
    stack(stackGood.replace('}', ', "ParameterOverrides": "{\\"Stage\\": \\"prod\\"}"}')),
  ),
  rule(
    'commands',
    'error',
    'Commands where they do not belong, or none where they do',
    'A Commands action needs `commands`; no other action takes them.',
    'action',
    `{"name": "Run", ${type('Compute', 'Commands')}, "inputArtifacts": [{"name": "Code"}]}`,
    `{"name": "Run", ${type('Compute', 'Commands')}, "commands": ["make"], "inputArtifacts": [{"name": "Code"}]}`,
  ),
  rule(
    'secret-literal',
    'warning',
    'A secret written into the declaration',
    'Everybody who may read the pipeline reads the secret. Use a connection, or a reference to Secrets Manager.',
    'pipeline',
    `{"stages": [{"name": "Source", "actions": [{"name": "Get", ${type('Source', 'GitHub', 'ThirdParty')}, "configuration": {"Owner": "o", "Repo": "r", "Branch": "main", "OAuthToken": "0123456789abcdef0123456789abcdef01234567"}, "outputArtifacts": [{"name": "Code"}]}]}, {"name": "Build", "actions": [${build('{"ProjectName": "p"}')}]}]}`,
    `{"stages": [{"name": "Source", "actions": [{"name": "Get", ${type('Source', 'GitHub', 'ThirdParty')}, "configuration": {"Owner": "o", "Repo": "r", "Branch": "main", "OAuthToken": "{{resolve:secretsmanager:github:SecretString:token}}"}, "outputArtifacts": [{"name": "Code"}]}]}, {"name": "Build", "actions": [${build('{"ProjectName": "p"}')}]}]}`,
  ),
  rule(
    'connection',
    'error',
    'A connection or repository of the wrong form',
    '`ConnectionArn` is the ARN of a connection, `FullRepositoryId` is `owner/name`.',
    'pipeline',
    `{"stages": [{"name": "Source", "actions": [{"name": "Get", ${type('Source', 'CodeStarSourceConnection')}, "configuration": {"ConnectionArn": "my-connection", "FullRepositoryId": "o/r", "BranchName": "main"}, "outputArtifacts": [{"name": "Code"}]}]}, {"name": "Build", "actions": [${build('{"ProjectName": "p"}')}]}]}`,
    `{"stages": [{"name": "Source", "actions": [{"name": "Get", ${type('Source', 'CodeStarSourceConnection')}, "configuration": {"ConnectionArn": "arn:aws:codeconnections:eu-west-1:111122223333:connection/11111111-2222-3333-4444-555555555555", "FullRepositoryId": "o/r", "BranchName": "main"}, "outputArtifacts": [{"name": "Code"}]}]}, {"name": "Build", "actions": [${build('{"ProjectName": "p"}')}]}]}`,
  ),
  rule(
    'cron-fields',
    'warning',
    'A schedule with the wrong number of fields',
    'The `Cron` of a deployment window has six or seven fields: seconds, minutes, hours, day, month, weekday and, where wanted, the year.',
    'pipeline',
    '{"pipelineType": "V2", "stages": [{"name": "Source", "actions": [{"name": "Get", "actionTypeId": {"category": "Source", "owner": "AWS", "provider": "S3", "version": "1"}, "configuration": {"S3Bucket": "b", "S3ObjectKey": "k"}, "outputArtifacts": [{"name": "Code"}]}]}, {"name": "Build", "beforeEntry": {"conditions": [{"result": "FAIL", "rules": [{"name": "Day", "ruleTypeId": {"category": "Rule", "provider": "DeploymentWindow"}, "configuration": {"Cron": "0 9 * * *"}}]}]}, "actions": [' +
      build('{"ProjectName": "p"}') +
      ']}]}',
    '{"pipelineType": "V2", "stages": [{"name": "Source", "actions": [{"name": "Get", "actionTypeId": {"category": "Source", "owner": "AWS", "provider": "S3", "version": "1"}, "configuration": {"S3Bucket": "b", "S3ObjectKey": "k"}, "outputArtifacts": [{"name": "Code"}]}]}, {"name": "Build", "beforeEntry": {"conditions": [{"result": "FAIL", "rules": [{"name": "Day", "ruleTypeId": {"category": "Rule", "provider": "DeploymentWindow"}, "configuration": {"Cron": "0 0 9 ? * MON-FRI"}}]}]}, "actions": [' +
      build('{"ProjectName": "p"}') +
      ']}]}',
  ),
  rule(
    'region-store',
    'error',
    'No artifact store for the region of an action',
    'An action in another region than the pipeline needs `artifactStores` with an entry for its region.',
    'action',
    build('{"ProjectName": "p"}').replace('"name": "Make"', '"name": "Make", "region": "eu-central-1"'),
    build('{"ProjectName": "p"}'),
  ),
  rule(
    'region-not-allowed',
    'error',
    'A source, third-party or custom action in another region',
    'Actions that get sources, and those of third parties or custom ones, run in the region of the pipeline.',
    'action',
    build('{"ProjectName": "p"}')
      .replace('"owner": "AWS"', '"owner": "Custom"')
      .replace('"name": "Make"', '"name": "Make", "region": "eu-central-1"'),
    build('{"ProjectName": "p"}'),
  ),
];

const capabilities = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'];

export const checkConfiguration: Check = (pipeline, report) => {
  for (const action of pipeline.actions) {
    checkProvider(action, report);
    checkCommands(pipeline, action, report);
    if (action.configuration?.kind === 'object' && !isIntrinsic(action.configuration)) {
      checkValues(pipeline, action.configuration, report);
      special(action, action.configuration, report);
    }
    checkRegion(pipeline, action, report);
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
    : `'${provider}' is no known provider of ${category} actions. ${near ? `Did you mean '${near}'?` : `Known are ${inWords(here)}. It may be newer than this tool.`}`;
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

/** What some providers ask of their values beyond their keys. */
function special(action: Action, configuration: Node, report: Report): void {
  switch (action.provider) {
    case 'CodeBuild':
      return checkCodeBuild(configuration, report);
    case 'CloudFormation':
      return checkCloudFormation(action, configuration, report);
    case 'CodeStarSourceConnection':
      return checkConnection(configuration, report);
    case 'GitHub':
      return checkToken(configuration, report);
    default:
  }
}

function checkCodeBuild(configuration: Node, report: Report): void {
  const variables = configuration.get('EnvironmentVariables');
  if (variables?.text !== undefined && variables.text !== '') {
    const why = environmentFault(variables.text);
    if (why) report({ rule: 'cp/codebuild-environment', node: variables, message: why });
  }
  const combine = configuration.get('CombineArtifacts');
  if (combine?.text === 'true' && configuration.get('BatchEnabled')?.text !== 'true') {
    report({
      rule: 'cp/combine-artifacts',
      node: combine,
      message: 'CombineArtifacts needs BatchEnabled true.',
      fixes: (edit) => [
        configuration.get('BatchEnabled')
          ? undefined
          : edit.fix('Add BatchEnabled', [edit.insert(configuration, 'BatchEnabled', 'true')]),
      ],
    });
  }
}

function environmentFault(text: string): string | undefined {
  const shape = 'EnvironmentVariables is a JSON list of {"name", "value", "type"}, written as one string.';
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return shape;
  }
  if (!Array.isArray(list)) return shape;
  for (const one of list as unknown[]) {
    if (typeof one !== 'object' || one === null || !('name' in one) || !('value' in one)) return shape;
    if ('type' in one && !['PLAINTEXT', 'PARAMETER_STORE', 'SECRETS_MANAGER'].includes(String(one.type))) {
      return `The type of an environment variable is PLAINTEXT, PARAMETER_STORE or SECRETS_MANAGER, not '${String(one.type)}'.`;
    }
  }
  return undefined;
}

/** What each mode of a CloudFormation action needs. */
const needs: Readonly<Record<(typeof actionModes)[number], readonly string[]>> = {
  CREATE_UPDATE: ['TemplatePath', 'RoleArn'],
  REPLACE_ON_FAILURE: ['TemplatePath', 'RoleArn'],
  CHANGE_SET_REPLACE: ['TemplatePath', 'RoleArn', 'ChangeSetName'],
  CHANGE_SET_EXECUTE: ['ChangeSetName'],
  DELETE_ONLY: ['RoleArn'],
};

function checkCloudFormation(action: Action, configuration: Node, report: Report): void {
  const mode = configuration.get('ActionMode')?.text;
  const known = actionModes.find((one) => one === mode);
  for (const name of known ? needs[known] : []) {
    if (configuration.get(name)) continue;
    report({
      rule: 'cp/cloudformation-action',
      node: configuration,
      mark: 'opening',
      message: `${mode ?? ''} needs ${name} in the configuration.`,
      fixes: (edit) => [
        edit.fix(`Add ${name}`, [
          edit.insert(
            configuration,
            name,
            name === 'TemplatePath' ? `${action.inputs[0]?.name ?? 'Artifact'}::template.yml` : 'value',
          ),
        ]),
      ],
    });
  }
  for (const name of ['TemplatePath', 'TemplateConfiguration']) {
    const path = configuration.get(name);
    if (!path?.text || path.text.includes('#{')) continue;
    const [artifact, file] = path.text.split('::');
    const names = action.inputs.map((input) => input.name);
    const why = !file
      ? `${name} is written as Artifact::file.`
      : !names.includes(artifact ?? '')
        ? `'${artifact ?? ''}' is no input artifact of this action.`
        : undefined;
    if (why) report({ rule: 'cp/cloudformation-action', node: path, message: why });
  }
  const chosen = configuration.get('Capabilities');
  for (const one of (chosen?.text ?? '').split(',').map((part) => part.trim())) {
    if (!chosen || one === '' || capabilities.includes(one)) continue;
    const near = nearest(one, capabilities) ?? capabilities.find((capability) => capability.endsWith(one));
    report({
      rule: 'cp/capabilities',
      node: chosen,
      message: `'${one}' is no capability. Known are ${inWords(capabilities)}.`,
      fixes: (edit) => [
        near ? edit.fix(`Change to '${near}'`, [edit.value(chosen, chosen.text?.replace(one, near))], true) : undefined,
      ],
    });
  }
  checkOverrides(configuration.get('ParameterOverrides'), report);
}

function checkOverrides(overrides: Node | undefined, report: Report): void {
  if (!overrides?.text) return;
  const tell = (message: string): void => report({ rule: 'cp/parameter-overrides', node: overrides, message });
  if (Buffer.byteLength(overrides.text) > maxOverrides)
    tell('ParameterOverrides has more than 1 KB. Use TemplateConfiguration.');
  let value: unknown;
  try {
    value = JSON.parse(overrides.text);
  } catch {
    value = undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    tell('ParameterOverrides is a JSON object written as one string: "{\\"Stage\\": \\"prod\\"}".');
  }
}

function checkConnection(configuration: Node, report: Report): void {
  const arn = configuration.get('ConnectionArn');
  if (
    arn?.text &&
    !arn.text.includes('#{') &&
    !/^arn:aws(-\w+)*:(codestar-connections|codeconnections):[\w-]+:\d{12}:connection\/[0-9a-f-]{36}$/.test(arn.text)
  ) {
    report({
      rule: 'cp/connection',
      node: arn,
      message:
        'ConnectionArn must be the ARN of a connection: arn:aws:codeconnections:<region>:<account>:connection/<id>.',
    });
  }
  const repository = configuration.get('FullRepositoryId');
  if (repository?.text && !repository.text.includes('#{') && !/^[^/\s]+(\/[^/\s]+)+$/.test(repository.text)) {
    report({ rule: 'cp/connection', node: repository, message: 'FullRepositoryId is written as owner/name.' });
  }
}

function checkToken(configuration: Node, report: Report): void {
  const token = configuration.get('OAuthToken');
  // What get-pipeline prints in its place, and references, are no secrets.
  if (!token?.text || /^\*+$/.test(token.text) || /#\{|\{\{resolve:/.test(token.text)) return;
  report({
    rule: 'cp/secret-literal',
    node: token,
    message: 'Whoever reads the pipeline reads this token. Use a connection, or a reference to Secrets Manager.',
  });
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
      message: `'${provider.text}' is no known rule. ${near ? `Did you mean '${near}'?` : `Known are ${inWords(Object.keys(ruleProviders))}. It may be newer than this tool.`}`,
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

function checkRegion(pipeline: Pipeline, action: Action, report: Report): void {
  const { region } = action;
  if (!region) return;
  const outside = action.category === 'Source' || (action.owner !== undefined && action.owner !== 'AWS');
  const stores = pipeline.member(pipeline.node, 'artifactStores');
  if (outside) {
    report({
      rule: 'cp/region-not-allowed',
      node: region.node,
      message: 'Sources, third-party and custom actions run in the region of the pipeline. Remove the region.',
      fixes: (edit) => [edit.fix('Remove the region', [edit.remove(region.node)])],
    });
    return;
  }
  if (stores && (stores.kind !== 'object' || isIntrinsic(stores)) && pipeline.form === 'service') return;
  const regions =
    pipeline.form === 'service'
      ? stores?.members.map((member) => String(member.key))
      : stores?.items.map((item) => pipeline.member(item, 'region')?.text);
  // Without a list of stores the pipeline's own region is not known: an action may well name it.
  if (regions?.includes(undefined)) return;
  if (regions?.includes(region.name)) return;
  report({
    rule: 'cp/region-store',
    node: region.node,
    message: `There is no artifact store for ${region.name}. Add an entry for it to artifactStores, which has one for each region.`,
    ...(regions ? {} : { atMost: 'warning' as const }),
  });
}
