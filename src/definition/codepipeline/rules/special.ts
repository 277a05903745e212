/** What single providers ask of their configuration beyond its keys: CodeBuild, CloudFormation, connections, GitHub. */
import { nearest } from '../../near';
import type { Report, Rule } from '../../rule';
import { inWords } from '../../shape/check';
import type { Node } from '../../tree';
import type { Action } from '../model';
import { actionModes } from '../providers';
import { buildText, sourceText, stackConfiguration, stackText } from './example-actions';
import { rule } from './tools';

/** Bytes of ParameterOverrides. */
const maxOverrides = 1024;

const capabilities = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'];

export const specialRules: readonly Rule[] = [
  rule(
    'codebuild-environment',
    'error',
    'Environment variables that CodeBuild cannot read',
    '`EnvironmentVariables` is a JSON list of objects with `name`, `value` and `type` (PLAINTEXT, PARAMETER_STORE or SECRETS_MANAGER), written as one string.',
    'action',
    buildText('{"ProjectName": "p", "EnvironmentVariables": "A=1"}'),
    buildText('{"ProjectName": "p", "EnvironmentVariables": "[{\\"name\\": \\"A\\", \\"value\\": \\"1\\"}]"}'),
  ),
  rule(
    'combine-artifacts',
    'error',
    'CombineArtifacts without a batch',
    'Only the artifacts of a batch can be combined: `BatchEnabled` must be true.',
    'action',
    buildText('{"ProjectName": "p", "CombineArtifacts": "true"}'),
    buildText('{"ProjectName": "p", "CombineArtifacts": "true", "BatchEnabled": "true"}'),
  ),
  rule(
    'cloudformation-action',
    'error',
    'A CloudFormation action that lacks what its mode needs',
    'A template is needed to create, update or replace a stack or change set, a role except to execute a change set, a change set name in the change set modes. A template is named as `Artifact::file`, with an input artifact of the action.',
    'action',
    stackText('{"ActionMode": "CREATE_UPDATE", "StackName": "s"}'),
    stackText(stackConfiguration),
  ),
  rule(
    'capabilities',
    'error',
    'A capability that CloudFormation does not know',
    '`Capabilities` is CAPABILITY_IAM, CAPABILITY_NAMED_IAM, CAPABILITY_AUTO_EXPAND, or several of them separated by commas.',
    'action',
    stackText(stackConfiguration.replace('}', ', "Capabilities": "IAM"}')),
    stackText(stackConfiguration.replace('}', ', "Capabilities": "CAPABILITY_IAM"}')),
  ),
  rule(
    'parameter-overrides',
    'error',
    'Parameter overrides that CloudFormation cannot read',
    '`ParameterOverrides` is a JSON object written as one string of at most 1 KB.',
    'action',
    stackText(stackConfiguration.replace('}', ', "ParameterOverrides": "Stage=prod"}')),
    stackText(stackConfiguration.replace('}', ', "ParameterOverrides": "{\\"Stage\\": \\"prod\\"}"}')),
  ),
  rule(
    'secret-literal',
    'warning',
    'A secret written into the declaration',
    'Everybody who may read the pipeline reads the secret. Use a connection, or a reference to Secrets Manager.',
    'pipeline',
    sourceText(
      'GitHub',
      '{"Owner": "o", "Repo": "r", "Branch": "main", "OAuthToken": "0123456789abcdef0123456789abcdef01234567"}',
      'ThirdParty',
    ),
    sourceText(
      'GitHub',
      '{"Owner": "o", "Repo": "r", "Branch": "main", "OAuthToken": "{{resolve:secretsmanager:github:SecretString:token}}"}',
      'ThirdParty',
    ),
  ),
  rule(
    'connection',
    'error',
    'A connection or repository that is not valid',
    '`ConnectionArn` is the ARN of a connection, `FullRepositoryId` is `owner/name`.',
    'pipeline',
    sourceText(
      'CodeStarSourceConnection',
      '{"ConnectionArn": "my-connection", "FullRepositoryId": "o/r", "BranchName": "main"}',
    ),
    sourceText(
      'CodeStarSourceConnection',
      '{"ConnectionArn": "arn:aws:codeconnections:eu-west-1:111122223333:connection/11111111-2222-3333-4444-555555555555", "FullRepositoryId": "o/r", "BranchName": "main"}',
    ),
  ),
];

/** What some providers ask of their values beyond their keys. */
export function checkSpecial(action: Action, configuration: Node, report: Report): void {
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
        ? `'${artifact ?? ''}' is not an input artifact of this action.`
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
      message: `'${one}' is not a capability. Known are ${inWords(capabilities)}.`,
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
