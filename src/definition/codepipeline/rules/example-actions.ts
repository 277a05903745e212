/** Actions for the examples of rules, as JSON texts. */

/** The type of an action. */
export const typeText = (category: string, provider: string, owner = 'AWS'): string =>
  `"actionTypeId": {"category": "${category}", "owner": "${owner}", "provider": "${provider}", "version": "1"}`;

/** A CodeBuild action with a configuration. */
export const buildText = (configuration: string): string =>
  `{"name": "Make", ${typeText('Build', 'CodeBuild')}, "configuration": ${configuration}, "inputArtifacts": [{"name": "Code"}]}`;

/** The stages of a pipeline whose source has a configuration. */
export const sourceText = (provider: string, configuration: string, owner = 'AWS'): string =>
  `{"stages": [{"name": "Source", "actions": [{"name": "Get", ${typeText('Source', provider, owner)}, "configuration": ${configuration}, "outputArtifacts": [{"name": "Code"}]}]}, {"name": "Build", "actions": [${buildText('{"ProjectName": "p"}')}]}]}`;

/** A CloudFormation action with a configuration. */
export const stackText = (configuration: string): string =>
  `{"name": "Stack", ${typeText('Deploy', 'CloudFormation')}, "configuration": ${configuration}, "inputArtifacts": [{"name": "Code"}]}`;

/** The configuration of a CloudFormation action that lacks nothing. */
export const stackConfiguration =
  '{"ActionMode": "CREATE_UPDATE", "StackName": "s", "RoleArn": "arn:aws:iam::111122223333:role/s", "TemplatePath": "Code::template.yml"}';
