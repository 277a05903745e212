/** The action and rule providers of CodePipeline: artifact counts and configuration keys. */
import { table } from '../table';

export interface ConfigurationKey {
  required?: boolean;
  /** The values that the provider knows. */
  values?: readonly string[];
  doc: string;
}

export interface Provider {
  category: string;
  owner: 'AWS' | 'ThirdParty' | 'Custom';
  provider: string;
  /** How many input and output artifacts an action may have: least and most. */
  inputs: readonly [number, number];
  outputs: readonly [number, number];
  configuration: Readonly<Record<string, ConfigurationKey>>;
  /** True where an action of this provider makes the pipeline one of type V2. */
  v2?: boolean;
  /** True where more keys exist than are listed here, so that an unknown one says nothing. */
  open?: boolean;
}

const need = (doc: string, values?: readonly string[]): ConfigurationKey => ({
  required: true,
  doc,
  ...(values ? { values } : {}),
});
const may = (doc: string, values?: readonly string[]): ConfigurationKey => ({ doc, ...(values ? { values } : {}) });
const flags = ['true', 'false'] as const;

export const actionModes = [
  'CREATE_UPDATE',
  'CHANGE_SET_REPLACE',
  'CHANGE_SET_EXECUTE',
  'DELETE_ONLY',
  'REPLACE_ON_FAILURE',
] as const;

const codeBuild: Readonly<Record<string, ConfigurationKey>> = {
  ProjectName: need('The name of the CodeBuild project.'),
  PrimarySource: may('The input artifact in which the buildspec is looked for; needed where there are several.'),
  BatchEnabled: may('Runs the build as a batch.', flags),
  CombineArtifacts: may('Joins the artifacts of a batch in one; only with BatchEnabled true.', flags),
  BuildspecOverride: may('A buildspec, or where it lies, instead of the one of the project.'),
  EnvironmentVariables: may('A JSON list of {"name", "value", "type"}, at most 1000 characters.'),
};

/** Every provider that AWS documents. Custom ones are the account's own. */
export const providers: readonly Provider[] = [
  {
    category: 'Source',
    owner: 'AWS',
    provider: 'S3',
    inputs: [0, 0],
    outputs: [1, 1],
    configuration: {
      S3Bucket: need('The versioned bucket that holds the source.'),
      S3ObjectKey: need('The key of the archive in the bucket.'),
      PollForSourceChanges: may('Looks for changes regularly; off where an event starts the pipeline.', flags),
      AllowOverrideForS3ObjectKey: may('Lets a start of the pipeline name another key.', flags),
    },
  },
  {
    category: 'Source',
    owner: 'AWS',
    provider: 'CodeStarSourceConnection',
    inputs: [0, 0],
    outputs: [1, 1],
    configuration: {
      ConnectionArn: need('The ARN of the connection to GitHub, GitLab or Bitbucket.'),
      FullRepositoryId: need('The repository as owner/name.'),
      BranchName: need('The branch whose changes start the pipeline.'),
      OutputArtifactFormat: may('An archive of the files, or a reference from which CodeBuild clones.', [
        'CODE_ZIP',
        'CODEBUILD_CLONE_REF',
      ]),
      DetectChanges: may('Starts the pipeline on changes; off where triggers do.', flags),
    },
  },
  {
    category: 'Source',
    owner: 'AWS',
    provider: 'CodeCommit',
    inputs: [0, 0],
    outputs: [1, 1],
    configuration: {
      RepositoryName: need('The name of the repository.'),
      BranchName: need('The branch whose changes start the pipeline.'),
      PollForSourceChanges: may('Looks for changes regularly; off where an event starts the pipeline.', flags),
      OutputArtifactFormat: may('An archive of the files, or a reference from which CodeBuild clones.', [
        'CODE_ZIP',
        'CODEBUILD_CLONE_REF',
      ]),
    },
  },
  {
    category: 'Source',
    owner: 'AWS',
    provider: 'ECR',
    inputs: [0, 0],
    outputs: [1, 1],
    configuration: {
      RepositoryName: need('The name of the image repository.'),
      ImageTag: may('The tag whose changes start the pipeline; latest where it is not given.'),
    },
  },
  {
    category: 'Source',
    owner: 'ThirdParty',
    provider: 'GitHub',
    inputs: [0, 0],
    outputs: [1, 1],
    configuration: {
      Owner: need('The user or organisation that owns the repository.'),
      Repo: need('The name of the repository.'),
      Branch: need('The branch whose changes start the pipeline.'),
      OAuthToken: need('A token of GitHub: give it by reference, never literally.'),
      PollForSourceChanges: may('Looks for changes regularly; off where a webhook starts the pipeline.', flags),
    },
  },
  { category: 'Build', owner: 'AWS', provider: 'CodeBuild', inputs: [1, 5], outputs: [0, 5], configuration: codeBuild },
  { category: 'Test', owner: 'AWS', provider: 'CodeBuild', inputs: [1, 5], outputs: [0, 5], configuration: codeBuild },
  {
    category: 'Build',
    owner: 'AWS',
    provider: 'ECRBuildAndPublish',
    inputs: [1, 1],
    outputs: [0, 0],
    v2: true,
    configuration: {
      ECRRepositoryName: need('The image repository to push to.'),
      DockerFilePath: may('Folder of the Dockerfile in the input artifact.'),
      ImageTags: may('Tags of the image, separated by commas.'),
      RegistryType: may('A private or a public registry.', ['private', 'public']),
    },
  },
  {
    category: 'Compute',
    owner: 'AWS',
    provider: 'Commands',
    inputs: [1, 10],
    outputs: [0, 1],
    v2: true,
    open: true,
    configuration: {},
  },
  {
    category: 'Test',
    owner: 'AWS',
    provider: 'DeviceFarm',
    inputs: [1, 1],
    outputs: [0, 0],
    open: true,
    configuration: {
      ProjectId: need('The id of the Device Farm project.'),
      DevicePoolArn: need('The ARN of the device pool.'),
      AppType: need('The kind of app that is tested.', ['iOS', 'Android', 'Web']),
    },
  },
  {
    category: 'Approval',
    owner: 'AWS',
    provider: 'Manual',
    inputs: [0, 0],
    outputs: [0, 0],
    configuration: {
      CustomData: may('What the reviewer reads.'),
      ExternalEntityLink: may('The address of what is reviewed.'),
      NotificationArn: may('The SNS topic that is told of the approval, in the region of the pipeline.'),
    },
  },
  {
    category: 'Deploy',
    owner: 'AWS',
    provider: 'CloudFormation',
    inputs: [0, 10],
    outputs: [0, 1],
    configuration: {
      ActionMode: need('What is done to the stack.', actionModes),
      StackName: need('The name of the stack.'),
      ChangeSetName: may('The change set; needed in the change set modes.'),
      TemplatePath: may('The template as Artifact::file.'),
      TemplateConfiguration: may('Parameters and stack policy as Artifact::file.'),
      ParameterOverrides: may('A JSON object of stack parameters, at most 1 KB.'),
      Capabilities: may('CAPABILITY_IAM, CAPABILITY_NAMED_IAM, CAPABILITY_AUTO_EXPAND, separated by commas.'),
      RoleArn: may('The role that CloudFormation assumes; needed except for CHANGE_SET_EXECUTE.'),
      OutputFileName: may('The file in the output artifact that gets the outputs of the stack.'),
    },
  },
  {
    category: 'Deploy',
    owner: 'AWS',
    provider: 'CloudFormationStackSet',
    inputs: [1, 3],
    outputs: [0, 0],
    open: true,
    configuration: {
      StackSetName: need('The name of the stack set.'),
      TemplatePath: need('The template as Artifact::file.'),
    },
  },
  {
    category: 'Deploy',
    owner: 'AWS',
    provider: 'CloudFormationStackInstances',
    inputs: [0, 3],
    outputs: [0, 0],
    open: true,
    configuration: { StackSetName: need('The name of the stack set.') },
  },
  {
    category: 'Deploy',
    owner: 'AWS',
    provider: 'CodeDeploy',
    inputs: [1, 1],
    outputs: [0, 0],
    configuration: {
      ApplicationName: need('The CodeDeploy application.'),
      DeploymentGroupName: need('The deployment group of the application.'),
    },
  },
  {
    category: 'Deploy',
    owner: 'AWS',
    provider: 'CodeDeployToECS',
    inputs: [1, 5],
    outputs: [0, 0],
    open: true,
    configuration: {
      ApplicationName: need('The CodeDeploy application.'),
      DeploymentGroupName: need('The deployment group of the application.'),
      TaskDefinitionTemplateArtifact: need('The input artifact that holds the task definition.'),
      AppSpecTemplateArtifact: need('The input artifact that holds the appspec.'),
      TaskDefinitionTemplatePath: may('The file of the task definition; taskdef.json where it is not given.'),
      AppSpecTemplatePath: may('The file of the appspec; appspec.yaml where it is not given.'),
    },
  },
  {
    category: 'Deploy',
    owner: 'AWS',
    provider: 'ECS',
    inputs: [1, 1],
    outputs: [0, 0],
    configuration: {
      ClusterName: need('The ECS cluster.'),
      ServiceName: need('The ECS service.'),
      FileName: may('The image definitions file; imagedefinitions.json where it is not given.'),
      DeploymentTimeout: may('Minutes until the deployment counts as failed.'),
    },
  },
  {
    category: 'Deploy',
    owner: 'AWS',
    provider: 'S3',
    inputs: [1, 1],
    outputs: [0, 0],
    configuration: {
      BucketName: need('The bucket to write to.'),
      Extract: need('Whether the files of the artifact are unpacked.', flags),
      ObjectKey: may('The key, or the prefix where the files are unpacked; needed where Extract is false.'),
      KMSEncryptionKeyARN: may('The key that encrypts what is written.'),
      CannedACL: may('The access of what is written.'),
      CacheControl: may('The caching header of what is written.'),
    },
  },
  {
    category: 'Deploy',
    owner: 'AWS',
    provider: 'ElasticBeanstalk',
    inputs: [1, 1],
    outputs: [0, 0],
    configuration: {
      ApplicationName: need('The application.'),
      EnvironmentName: need('The environment of the application.'),
    },
  },
  {
    category: 'Deploy',
    owner: 'AWS',
    provider: 'OpsWorks',
    inputs: [1, 1],
    outputs: [0, 0],
    open: true,
    configuration: {},
  },
  {
    category: 'Deploy',
    owner: 'AWS',
    provider: 'ServiceCatalog',
    inputs: [1, 1],
    outputs: [0, 0],
    open: true,
    configuration: {},
  },
  {
    category: 'Deploy',
    owner: 'AWS',
    provider: 'AppConfig',
    inputs: [1, 1],
    outputs: [0, 0],
    open: true,
    configuration: {},
  },
  {
    category: 'Deploy',
    owner: 'AWS',
    provider: 'EC2',
    inputs: [1, 1],
    outputs: [0, 0],
    v2: true,
    open: true,
    configuration: {},
  },
  {
    category: 'Deploy',
    owner: 'AWS',
    provider: 'EKS',
    inputs: [1, 1],
    outputs: [0, 0],
    v2: true,
    open: true,
    configuration: {},
  },
  {
    category: 'Deploy',
    owner: 'AWS',
    provider: 'Lambda',
    inputs: [1, 1],
    outputs: [0, 0],
    v2: true,
    open: true,
    configuration: {
      FunctionName: need('The function to deploy to.'),
      FunctionAlias: may('The alias whose traffic is moved.'),
      PublishedTargetVersion: may('The version to deploy.'),
      DeployStrategy: may('How traffic is moved: AllAtOnce, or a Canary or Linear configuration.'),
      Alarms: may('Up to ten alarm names separated by commas.'),
    },
  },
  {
    category: 'Deploy',
    owner: 'ThirdParty',
    provider: 'AlexaSkillsKit',
    inputs: [1, 2],
    outputs: [0, 0],
    open: true,
    configuration: {},
  },
  {
    category: 'Invoke',
    owner: 'AWS',
    provider: 'Lambda',
    inputs: [0, 5],
    outputs: [0, 5],
    configuration: {
      FunctionName: need('The function to call.'),
      UserParameters: may('A text that the function receives, at most 1000 characters.'),
    },
  },
  {
    category: 'Invoke',
    owner: 'AWS',
    provider: 'StepFunctions',
    inputs: [0, 1],
    outputs: [0, 1],
    configuration: {
      StateMachineArn: need('The ARN of the state machine.'),
      ExecutionNamePrefix: may('The beginning of the names of executions.'),
      InputType: may('Whether Input is the input itself or a file of the input artifact.', ['Literal', 'FilePath']),
      Input: may('The input of the execution, or the file that holds it.'),
    },
  },
  {
    category: 'Invoke',
    owner: 'AWS',
    provider: 'InspectorScan',
    inputs: [0, 1],
    outputs: [1, 1],
    v2: true,
    open: true,
    configuration: { InspectorRunMode: need('What is scanned.', ['SourceCodeScan', 'ECRImageScan']) },
  },
  {
    category: 'Invoke',
    owner: 'AWS',
    provider: 'CodePipeline',
    inputs: [0, 0],
    outputs: [0, 0],
    v2: true,
    open: true,
    configuration: { PipelineName: need('The pipeline to start.') },
  },
];

/** Providers of the rules of a stage's conditions. */
export const ruleProviders = table<Readonly<Record<string, ConfigurationKey>>>({
  CloudWatchAlarm: {
    AlarmName: need('The alarm that is watched.'),
    AlarmStates: may('The states that count as a failure, separated by commas.'),
    WaitTime: may('Minutes to watch.'),
  },
  CodeBuild: codeBuild,
  Commands: {},
  DeploymentWindow: {
    Cron: need('When the window is open, in six or seven fields.'),
    TimeZone: may('The time zone of the schedule; UTC where it is not given.'),
  },
  LambdaInvoke: {
    FunctionName: need('The function to call.'),
    UserParameters: may('A text that the function receives.'),
  },
  VariableCheck: {
    Variable: need('The variable as #{namespace.key}.'),
    Value: need('What it is compared with.'),
    Operator: need('How it is compared.', ['EQ', 'NE', 'CONTAINS', 'MATCHES']),
  },
});

/** The provider of an action type, if it is known. */
export function providerOf(category: string, owner: string, provider: string): Provider | undefined {
  return providers.find((one) => one.category === category && one.owner === owner && one.provider === provider);
}
