/** The shape of a pipeline declaration, as the service prints and takes it, and as CloudFormation writes it. */
import generated from '../generated/codepipeline.json';
import { type MemberWords, shapeOfStructure, type Words } from '../shape/from-service';
import { ServiceTable } from '../shape/service-table';
import {
  any,
  choice,
  flag,
  list,
  map,
  type Member,
  object,
  optional,
  required,
  type Shape,
  text,
} from '../shape/shape';
import { table } from '../table';

const service = new ServiceTable(generated);

/** What the patterns of the service's model ask for. */
const patterns = table<string>({
  '[A-Za-z0-9.@\\-_]+': 'letters, digits and . @ - _',
  'arn:aws(-[\\w]+)*:iam::[0-9]{12}:role/.*': 'the ARN of an IAM role: arn:aws:iam::123456789012:role/Name',
  '[0-9A-Za-z_-]+': 'letters, digits, - and _',
  '[a-zA-Z0-9_\\-]+': 'letters, digits, - and _',
  '[A-Za-z0-9@\\-_]+': 'letters, digits and @ - _',
  '[A-Za-z0-9_]+': 'letters, digits and _',
  '[a-zA-Z0-9\\-\\.]+': 'the name of a bucket: letters, digits, - and .',
});

const conditions: MemberWords = { of: 'condition' };
const pattern: MemberWords = { of: 'pattern' };

/** What the model does not say of members: what they are for, and limits of the user guide. */
const members = table<MemberWords>({
  'PipelineDeclaration.name': { doc: 'The name of the pipeline.' },
  'PipelineDeclaration.roleArn': { doc: 'The role that the pipeline assumes.' },
  'PipelineDeclaration.artifactStore': { doc: 'Where artifacts are kept, in a pipeline of one region.' },
  'PipelineDeclaration.artifactStores': { doc: 'Where artifacts are kept, by region.' },
  'PipelineDeclaration.stages': {
    doc: 'The stages, in order; the first holds the sources.',
    of: 'stage',
    min: 2,
    max: 50,
  },
  'PipelineDeclaration.version': { doc: 'Counted by the service.' },
  'PipelineDeclaration.executionMode': { doc: 'What a new execution does while one runs.' },
  'PipelineDeclaration.pipelineType': { doc: 'Features and price of the pipeline.' },
  'PipelineDeclaration.variables': { doc: 'Values that a start of the pipeline may set.', of: 'variable' },
  'PipelineDeclaration.triggers': { doc: 'Which changes start the pipeline.', of: 'trigger' },
  'ArtifactStore.type': { doc: 'Where artifacts are kept: S3.' },
  'ArtifactStore.location': { doc: 'The bucket that keeps the artifacts.' },
  'ArtifactStore.encryptionKey': { doc: 'The key that encrypts the artifacts.' },
  'EncryptionKey.id': { doc: 'The id, ARN or alias of the key.' },
  'EncryptionKey.type': { doc: 'The kind of key: KMS.' },
  'StageDeclaration.name': { doc: 'The name of the stage, unique in the pipeline.' },
  'StageDeclaration.actions': { doc: 'What the stage does.', of: 'action', min: 1, max: 50 },
  'StageDeclaration.onFailure': { doc: 'What happens when the stage fails.' },
  'StageDeclaration.onSuccess': { doc: 'What is checked when the stage has succeeded.' },
  'StageDeclaration.beforeEntry': { doc: 'What is checked before the stage begins.' },
  'FailureConditions.conditions': conditions,
  'SuccessConditions.conditions': conditions,
  'BeforeEntryConditions.conditions': conditions,
  'Condition.result': { doc: 'What happens when a rule does not hold.' },
  'Condition.rules': { doc: 'The rules that are checked.', of: 'rule' },
  'RuleDeclaration.name': { doc: 'The name of the rule.' },
  'RuleDeclaration.ruleTypeId': { doc: 'Which rule it is.' },
  'RuleDeclaration.configuration': {
    shape: map(text({ min: 1, max: 10_000, loose: true }), { key: text({ min: 1, max: 50 }), max: 200 }),
  },
  'RuleDeclaration.commands': { of: 'command' },
  'RuleTypeId.category': { doc: 'Always Rule.' },
  'RuleTypeId.provider': { doc: 'The provider of the rule.' },
  'RuleTypeId.version': { loose: true },
  'ActionDeclaration.name': { doc: 'The name of the action, unique in its stage.' },
  'ActionDeclaration.actionTypeId': { doc: 'Which action it is: category, owner, provider, version.' },
  'ActionDeclaration.runOrder': {
    doc: 'Actions of a stage run in this order; those with the same number side by side.',
  },
  // Keys and values are looked at by rules that know the provider.
  'ActionDeclaration.configuration': { doc: 'Settings of the provider; every value is a string.', shape: map(any) },
  'ActionDeclaration.commands': { doc: 'Shell commands, of the Commands action only.', of: 'command' },
  'ActionDeclaration.inputArtifacts': { doc: 'Artifacts that earlier actions made.' },
  'ActionDeclaration.outputArtifacts': { doc: 'Artifacts that the action makes.' },
  'ActionDeclaration.outputVariables': { of: 'variable' },
  'ActionDeclaration.roleArn': { doc: 'The role that the action assumes.' },
  'ActionDeclaration.region': { doc: 'The region in which the action runs.' },
  'ActionDeclaration.namespace': {
    doc: 'The name by which later actions read the variables of this one: #{namespace.key}.',
  },
  'ActionDeclaration.timeoutInMinutes': { doc: 'Minutes until a manual approval counts as rejected.' },
  'ActionDeclaration.environmentVariables': { of: 'variable' },
  'ActionTypeId.category': { doc: 'What kind of work the action does.' },
  'ActionTypeId.owner': { doc: 'Who provides the action.' },
  'ActionTypeId.provider': { doc: 'The service that does the work.' },
  'ActionTypeId.version': { doc: 'The version of the action type; 1 for those of AWS.', loose: true },
  'InputArtifact.name': { doc: 'The name of an artifact that an earlier action makes.' },
  'OutputArtifact.name': { doc: 'The name by which later actions use the artifact.' },
  'OutputArtifact.files': pattern,
  'PipelineTriggerDeclaration.providerType': { doc: 'Only sources over a connection have triggers.' },
  'PipelineTriggerDeclaration.gitConfiguration': { doc: 'Which pushes and pull requests start the pipeline.' },
  'GitConfiguration.sourceActionName': { doc: 'The source action that the trigger belongs to.' },
  'GitConfiguration.push': { of: 'filter' },
  'GitConfiguration.pullRequest': { of: 'filter' },
  'GitPullRequestFilter.events': { of: 'event' },
  'GitBranchFilterCriteria.includes': pattern,
  'GitBranchFilterCriteria.excludes': pattern,
  'GitFilePathFilterCriteria.includes': pattern,
  'GitFilePathFilterCriteria.excludes': pattern,
  'GitTagFilterCriteria.includes': pattern,
  'GitTagFilterCriteria.excludes': pattern,
  'PipelineVariableDeclaration.name': { doc: 'Read as #{variables.name}.' },
  'PipelineVariableDeclaration.defaultValue': { doc: 'The value where a start gives none.' },
});

export const words: Words = { members, patterns };

/** `pipeline` of what get-pipeline prints and create-pipeline takes. */
export const declaration = shapeOfStructure(service, 'PipelineDeclaration', words);

/** The owners of actions. */
export const owners: readonly string[] = [...service.enumOf('ActionOwner').values];

const region = declarationMember('stages.actions.region');
const name = declarationMember('name');
const artifactStore = declarationMember('artifactStore');

/** The shape of a member of the declaration, through lists. */
function declarationMember(path: string): Shape {
  let shape: Shape = declaration;
  for (const part of path.split('.')) {
    const object: Shape = shape.kind === 'list' ? shape.item : shape;
    const member: Member | undefined = object.kind === 'object' ? object.members[part] : undefined;
    if (!member) throw new Error(`The declaration of a pipeline has no ${path}.`);
    shape = member.shape;
  }
  return shape;
}

/** The whole text of an API declaration. */
export const document = object({
  pipeline: required(declaration, 'The declaration of the pipeline.'),
  metadata: optional(any, 'Printed by get-pipeline; not accepted by update-pipeline.'),
  tags: optional(list(object({ key: required(text()), value: required(text()) })), 'Tags, for create-pipeline.'),
});

/** `Properties` of an AWS::CodePipeline::Pipeline: the same members with capitals, and a few of its own. */
export const cloudFormationProperties: Shape = (() => {
  const capitals = capitalised(declaration) as typeof declaration;
  const { version: _service, ...own } = Object.fromEntries(
    Object.entries(capitals.members).map(([key, member]) => [key === 'Version' ? 'version' : key, member]),
  );
  return object({
    ...own,
    Name: optional(name, 'The name of the pipeline; made up where it is not given.'),
    ArtifactStores: optional(
      list(object({ Region: required(region), ArtifactStore: required(capitalised(artifactStore)) })),
      'Where artifacts are kept, by region.',
    ),
    RestartExecutionOnUpdate: optional(flag, 'Runs the pipeline again after an update of the stack.'),
    DisableInboundStageTransitions: optional(
      list(object({ StageName: required(name), Reason: required(text({ min: 1, max: 300 })) })),
    ),
    Tags: optional(list(object({ Key: required(text()), Value: required(text()) }))),
  });
})();

/** The shape with each known member name beginning with a capital, as CloudFormation writes them. */
function capitalised(shape: Shape): Shape {
  switch (shape.kind) {
    case 'object':
      return object(
        Object.fromEntries(
          Object.entries(shape.members).map(([key, member]) => [
            capital(key),
            { ...member, shape: capitalised(member.shape) },
          ]),
        ),
      );
    case 'list':
      return { ...shape, item: capitalised(shape.item) };
    case 'map':
      return { ...shape, value: capitalised(shape.value) };
    case 'choice':
      return choice(...shape.of.map(capitalised));
    default:
      return shape;
  }
}

/** `name` as CloudFormation writes it. */
export function capital(member: string): string {
  return member.charAt(0).toUpperCase() + member.slice(1);
}
