/** The shape of a pipeline declaration, as the service prints and takes it, and as CloudFormation writes it. */
import {
  any,
  choice,
  flag,
  list,
  map,
  object,
  oneOf,
  optional,
  required,
  type Shape,
  text,
  whole,
} from '../shape/shape';

const name = text({ min: 1, max: 100, pattern: /^[A-Za-z0-9.@\-_]+$/, wants: 'letters, digits and . @ - _' });
const artifactName = text({ min: 1, max: 100, pattern: /^[A-Za-z0-9_-]+$/, wants: 'letters, digits, - and _' });
const roleArn = text({
  max: 1024,
  pattern: /^arn:aws(-\w+)*:iam::[0-9]{12}:role\/.*$/,
  wants: 'the ARN of an IAM role: arn:aws:iam::123456789012:role/Name',
});
const region = text({ min: 4, max: 30 });
const version = text({ min: 1, max: 9, loose: true });
const provider = text({ min: 1, max: 35, pattern: /^[0-9A-Za-z_-]+$/, wants: 'letters, digits, - and _' });
const commands = list(text({ min: 1, max: 1000 }), { min: 1, max: 50, of: 'command' });
const inputs = list(object({ name: required(artifactName, 'The name of an artifact that an earlier action makes.') }));
// Keys and values are looked at by rules that know the provider.
const configuration = map(any);

export const categories = ['Source', 'Build', 'Deploy', 'Test', 'Invoke', 'Approval', 'Compute'] as const;
export const owners = ['AWS', 'ThirdParty', 'Custom'] as const;

const artifactStore = object({
  type: required(oneOf('S3'), 'Where artifacts are kept: S3.'),
  location: required(
    text({ min: 3, max: 63, pattern: /^[a-zA-Z0-9\-.]+$/, wants: 'the name of a bucket: letters, digits, - and .' }),
    'The bucket that keeps the artifacts.',
  ),
  encryptionKey: optional(
    object({
      id: required(text({ min: 1, max: 400 }), 'The id, ARN or alias of the key.'),
      type: required(oneOf('KMS'), 'The kind of key: KMS.'),
    }),
    'The key that encrypts the artifacts.',
  ),
});

const rule = object({
  name: required(name, 'The name of the rule.'),
  ruleTypeId: required(
    object({
      category: required(oneOf('Rule'), 'Always Rule.'),
      owner: optional(oneOf('AWS')),
      provider: required(provider, 'The provider of the rule.'),
      version: optional(version),
    }),
    'Which rule it is.',
  ),
  configuration: optional(
    map(text({ min: 1, max: 10_000, loose: true }), { key: text({ min: 1, max: 50 }), max: 200 }),
  ),
  commands: optional(commands),
  inputArtifacts: optional(inputs),
  roleArn: optional(roleArn),
  region: optional(region),
  timeoutInMinutes: optional(whole(5, 86_400)),
});

const condition = object({
  result: optional(oneOf('ROLLBACK', 'FAIL', 'RETRY', 'SKIP'), 'What happens when a rule does not hold.'),
  rules: optional(list(rule, { min: 1, max: 5, of: 'rule' }), 'The rules that are checked.'),
});
const conditions = list(condition, { min: 1, max: 1, of: 'condition' });

const action = object({
  name: required(name, 'The name of the action, unique in its stage.'),
  actionTypeId: required(
    object({
      category: required(oneOf(...categories), 'What kind of work the action does.'),
      owner: required(oneOf(...owners), 'Who provides the action.'),
      provider: required(provider, 'The service that does the work.'),
      version: required(version, 'The version of the action type; 1 for those of AWS.'),
    }),
    'Which action it is: category, owner, provider, version.',
  ),
  runOrder: optional(whole(1, 999), 'Actions of a stage run in this order; those with the same number side by side.'),
  configuration: optional(configuration, 'Settings of the provider; every value is a string.'),
  commands: optional(commands, 'Shell commands, of the Commands action only.'),
  inputArtifacts: optional(inputs, 'Artifacts that earlier actions made.'),
  outputArtifacts: optional(
    list(
      object({
        name: required(artifactName, 'The name by which later actions use the artifact.'),
        files: optional(list(text({ min: 1, max: 128 }), { min: 1, max: 10, of: 'pattern' })),
      }),
    ),
    'Artifacts that the action makes.',
  ),
  outputVariables: optional(list(text({ min: 1, max: 128 }), { min: 1, max: 15, of: 'variable' })),
  roleArn: optional(roleArn, 'The role that the action assumes.'),
  region: optional(region, 'The region in which the action runs.'),
  namespace: optional(
    text({ min: 1, max: 100, pattern: /^[A-Za-z0-9@\-_]+$/, wants: 'letters, digits and @ - _' }),
    'The name by which later actions read the variables of this one: #{namespace.key}.',
  ),
  timeoutInMinutes: optional(whole(5, 86_400), 'Minutes until a manual approval counts as rejected.'),
  environmentVariables: optional(
    list(
      object({
        name: required(text({ min: 1, max: 128 })),
        value: required(text({ max: 2000 })),
        type: optional(oneOf('PLAINTEXT', 'SECRETS_MANAGER')),
      }),
      { min: 1, max: 10, of: 'variable' },
    ),
  ),
});

const stage = object({
  name: required(name, 'The name of the stage, unique in the pipeline.'),
  actions: required(list(action, { min: 1, max: 50, of: 'action' }), 'What the stage does.'),
  blockers: optional(list(object({ name: required(name), type: required(oneOf('Schedule')) }))),
  onFailure: optional(
    object({
      result: optional(oneOf('ROLLBACK', 'FAIL', 'RETRY', 'SKIP')),
      retryConfiguration: optional(object({ retryMode: optional(oneOf('FAILED_ACTIONS', 'ALL_ACTIONS')) })),
      conditions: optional(conditions),
    }),
    'What happens when the stage fails.',
  ),
  onSuccess: optional(object({ conditions: required(conditions) }), 'What is checked when the stage has succeeded.'),
  beforeEntry: optional(object({ conditions: required(conditions) }), 'What is checked before the stage begins.'),
});

const patterns = list(text({ min: 1, max: 255 }), { min: 1, max: 8, of: 'pattern' });
const filter = object({ includes: optional(patterns), excludes: optional(patterns) });

const trigger = object({
  providerType: required(oneOf('CodeStarSourceConnection'), 'Only sources over a connection have triggers.'),
  gitConfiguration: required(
    object({
      sourceActionName: required(name, 'The source action that the trigger belongs to.'),
      push: optional(
        list(object({ tags: optional(filter), branches: optional(filter), filePaths: optional(filter) }), {
          min: 1,
          max: 3,
          of: 'filter',
        }),
      ),
      pullRequest: optional(
        list(
          object({
            events: optional(list(oneOf('OPEN', 'UPDATED', 'CLOSED'), { min: 1, max: 3, of: 'event' })),
            branches: optional(filter),
            filePaths: optional(filter),
          }),
          { min: 1, max: 3, of: 'filter' },
        ),
      ),
    }),
    'Which pushes and pull requests start the pipeline.',
  ),
});

const variable = object({
  name: required(
    text({ min: 1, max: 128, pattern: /^[A-Za-z0-9@\-_]+$/, wants: 'letters, digits and @ - _' }),
    'Read as #{variables.name}.',
  ),
  defaultValue: optional(text({ min: 1, max: 1000 }), 'The value when a run is started without one.'),
  description: optional(text({ max: 200 })),
});

/** `pipeline` of what get-pipeline prints and create-pipeline takes. */
export const declaration = object({
  name: required(name, 'The name of the pipeline.'),
  roleArn: required(roleArn, 'The role that the pipeline assumes.'),
  artifactStore: optional(artifactStore, 'Where artifacts are kept, in a pipeline of one region.'),
  artifactStores: optional(map(artifactStore), 'Where artifacts are kept, by region.'),
  stages: required(list(stage, { min: 2, max: 50, of: 'stage' }), 'The stages, in order; the first holds the sources.'),
  version: optional(whole(1), 'Counted by the service.'),
  executionMode: optional(oneOf('QUEUED', 'SUPERSEDED', 'PARALLEL'), 'What a new execution does while one runs.'),
  pipelineType: optional(oneOf('V1', 'V2'), 'Features and price of the pipeline.'),
  variables: optional(list(variable, { max: 50, of: 'variable' }), 'Values that a start of the pipeline may set.'),
  triggers: optional(list(trigger, { max: 50, of: 'trigger' }), 'Which changes start the pipeline.'),
});

/** The whole text of an API declaration. */
export const document = object({
  pipeline: required(declaration, 'The declaration of the pipeline.'),
  metadata: optional(any, 'Printed by get-pipeline; not accepted by update-pipeline.'),
  tags: optional(list(object({ key: required(text()), value: required(text()) })), 'Tags, for create-pipeline.'),
});

/** `Properties` of an AWS::CodePipeline::Pipeline: the same members with capitals, and a few of its own. */
export const cloudFormationProperties: Shape = (() => {
  const { members } = capitalised(declaration) as typeof declaration;
  const { version: _service, ...own } = Object.fromEntries(
    Object.entries(members).map(([key, member]) => [key === 'Version' ? 'version' : key, member]),
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
