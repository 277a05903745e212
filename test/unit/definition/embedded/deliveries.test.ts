/** Pipelines of CodePipeline and projects of CodeBuild in templates, as their services take them. */
import { describe, expect, it } from 'vitest';
import { deliveriesIn, type HeldDelivery } from '../../../../src/definition/embedded/deliveries';

const local = { region: 'eu-west-1', account: '000000000000', role: 'arn:aws:iam::000000000000:role/execution' };
const account = { region: 'eu-west-1', account: '111122223333' };
const found = (value: unknown, place: typeof local | typeof account = local, path = 'x.json'): HeldDelivery[] =>
  deliveriesIn(typeof value === 'string' ? value : JSON.stringify(value, undefined, 1), path, place);

const someConnection = 'arn:aws:codeconnections:eu-west-1:000000000000:connection/00000000-0000-0000-0000-000000000000';

const template = `Resources:
  Artifacts:
    Type: AWS::S3::Bucket
  Build:
    Type: AWS::CodeBuild::Project
    Properties:
      ServiceRole: !GetAtt Role.Arn
      Artifacts: { Type: CODEPIPELINE }
      Environment:
        Type: LINUX_CONTAINER
        Image: aws/codebuild/standard:7.0
        ComputeType: BUILD_GENERAL1_SMALL
        EnvironmentVariables: [{ Name: TRIES, Value: 3 }, { Name: STRICT, Value: true }]
      Source: { Type: CODEPIPELINE, BuildSpec: delivery/test.buildspec.yml }
      TimeoutInMinutes: '15'
  Delivery:
    Type: AWS::CodePipeline::Pipeline
    Properties:
      Name: penguins
      PipelineType: V2
      RoleArn: !GetAtt Role.Arn
      ArtifactStore: { Type: S3, Location: !Ref Artifacts, EncryptionKey: { Id: !Ref Key, Type: KMS } }
      RestartExecutionOnUpdate: false
      Tags: [{ Key: team, Value: birds }]
      Variables: [{ Name: LEVEL, DefaultValue: 1 }]
      NewMember: { InnerPart: [{ SomeName: kept }] }
      Stages:
        - Name: Source
          Actions:
            - Name: Commit
              ActionTypeId: { Category: Source, Owner: AWS, Provider: CodeStarSourceConnection, Version: 1 }
              Configuration:
                ConnectionArn: !Ref ConnectionArn
                FullRepositoryId: birds/penguins
                BranchName: main
                DetectChanges: false
              OutputArtifacts: [{ Name: Source }]
        - Name: Test
          Blockers: []
          OnFailure: { Result: ROLLBACK }
          Actions:
            - Name: Unit
              RunOrder: '1'
              ActionTypeId: { Category: Test, Owner: AWS, Provider: CodeBuild, Version: '1' }
              Configuration: { ProjectName: !Ref Build, EnvironmentVariables: [{ name: A, value: b }] }
              InputArtifacts: [{ Name: Source }]
  Role:
    Type: AWS::IAM::Role
`;

describe('CloudFormation', () => {
  it('has names, numbers and texts as the service takes them, and what is newer', () => {
    const [project, pipeline] = found(template, local, 'x.yaml');
    expect(project).toMatchObject({ kind: 'project', name: 'Build', resource: 'Build', line: 3 });
    expect(project?.value).toEqual({
      name: 'Build',
      serviceRole: local.role,
      artifacts: { type: 'CODEPIPELINE' },
      environment: {
        type: 'LINUX_CONTAINER',
        image: 'aws/codebuild/standard:7.0',
        computeType: 'BUILD_GENERAL1_SMALL',
        environmentVariables: [
          { name: 'TRIES', value: '3' },
          { name: 'STRICT', value: 'true' },
        ],
      },
      source: { type: 'CODEPIPELINE', buildspec: 'delivery/test.buildspec.yml' },
      timeoutInMinutes: 15,
    });
    expect(pipeline).toMatchObject({ kind: 'pipeline', name: 'penguins', resource: 'Delivery' });
    expect(pipeline?.value).toEqual({
      name: 'penguins',
      pipelineType: 'V2',
      roleArn: local.role,
      artifactStore: {
        type: 'S3',
        location: 'sagemaker-eu-west-1-000000000000',
        encryptionKey: { id: 'stand-in-for-Key', type: 'KMS' },
      },
      variables: [{ name: 'LEVEL', defaultValue: '1' }],
      newMember: { innerPart: [{ someName: 'kept' }] },
      stages: [
        {
          name: 'Source',
          actions: [
            {
              name: 'Commit',
              actionTypeId: { category: 'Source', owner: 'AWS', provider: 'CodeStarSourceConnection', version: '1' },
              configuration: {
                ConnectionArn: someConnection,
                FullRepositoryId: 'birds/penguins',
                BranchName: 'main',
                DetectChanges: 'false',
              },
              outputArtifacts: [{ name: 'Source' }],
            },
          ],
        },
        {
          name: 'Test',
          onFailure: { result: 'ROLLBACK' },
          actions: [
            {
              name: 'Unit',
              runOrder: 1,
              actionTypeId: { category: 'Test', owner: 'AWS', provider: 'CodeBuild', version: '1' },
              configuration: { ProjectName: 'Build', EnvironmentVariables: '[{"name":"A","value":"b"}]' },
              inputArtifacts: [{ name: 'Source' }],
            },
          ],
        },
      ],
    });
  });

  it('says for an account nothing that only its deployment knows', () => {
    const [project, pipeline] = found(template, account, 'x.yaml');
    expect(project?.name).toBe('stand-in-for-Build');
    expect(pipeline?.value).toMatchObject({
      roleArn: 'stand-in-for-Role-Arn',
      artifactStore: { location: 'stand-in-for-Artifacts' },
    });
  });

  it('takes a store for each region by its region, and leaves out what AWS::NoValue stands for', () => {
    const [one] = found({
      Resources: {
        P: {
          Type: 'AWS::CodePipeline::Pipeline',
          Properties: {
            Name: { Ref: 'AWS::NoValue' },
            ArtifactStores: [
              { Region: 'eu-west-1', ArtifactStore: { Type: 'S3', Location: 'one' } },
              { Region: { Ref: 'AWS::Region' }, ArtifactStore: { Type: 'S3', Location: 'two' } },
            ],
            Stages: [],
          },
        },
      },
    });
    expect(one?.value).toEqual({
      name: 'P',
      artifactStores: { 'eu-west-1': { type: 'S3', location: 'two' } },
      stages: [],
    });
  });
});

/** A template with one action whose configuration is given, as one line of YAML. */
const asking = (configuration: string, more = ''): string => `${more}
Resources:
  Delivery:
    Type: AWS::CodePipeline::Pipeline
    Properties:
      Name: asks
      RoleArn: !ImportValue PipelineRole
      ArtifactStore: { Type: S3, Location: !Sub 'artifacts-of-a-name-that-is-longer-than-any-bucket-may-have-\${Project}' }
      Stages: [{ Name: One, Actions: [{ Name: Do, Configuration: ${configuration} }] }]
  Named:
    Type: AWS::S3::Bucket
    Properties: { BucketName: !Sub '\${Project}-data' }
`;
const asked = (configuration: string, more?: string, place: typeof local | typeof account = local): unknown => {
  const value = found(asking(configuration, more), place, 'x.yaml')[0]?.value as {
    stages: { actions: { configuration: unknown }[] }[];
  };
  return value.stages[0]?.actions[0]?.configuration;
};

const empty = "Parameters: { Empty: { Type: String, Default: '' } }";

describe('what a template leaves to its deployment', () => {
  it('has on Local what fits its place: a role, a bucket, a connection, a repository, the branch that is checked out', () => {
    const [one] = found(asking('{}'), local, 'x.yaml');
    expect(one?.value).toMatchObject({
      roleArn: local.role,
      artifactStore: { location: 'sagemaker-eu-west-1-000000000000' },
    });
    expect(
      asked(
        '{ ConnectionArn: !Ref Connection, FullRepositoryId: !Ref Repository, BranchName: !Ref Branch, S3Bucket: !Ref Named, PollForSourceChanges: !Ref Poll, FunctionName: !Ref Function }',
      ),
    ).toEqual({
      ConnectionArn: someConnection,
      FullRepositoryId: 'local/stand-in-for-Repository',
      BranchName: 'HEAD',
      S3Bucket: 'sagemaker-eu-west-1-000000000000',
      FunctionName: 'stand-in-for-Function',
    });
  });

  it('is left to the service, or what it knows first, where a service knows few values', () => {
    expect(asked('{ Extract: !Ref Unpack, BatchEnabled: !Ref Batch, ConnectionArn: !Ref Empty }', empty)).toEqual({
      Extract: 'true',
      ConnectionArn: someConnection,
    });
  });

  it('stays open in an account', () => {
    expect(asked('{ BranchName: !Ref Branch, ConnectionArn: !Ref Connection }', '', account)).toEqual({
      BranchName: 'stand-in-for-Branch',
      ConnectionArn: 'stand-in-for-Connection',
    });
    expect(found(asking('{}'), account, 'x.yaml')[0]?.value['roleArn']).toBe('stand-in-for-PipelineRole');
  });

  it('is a role where the default of a parameter for one is only a word', () => {
    const parameters =
      'Parameters: { RoleArn: { Type: String, Default: REPLACE_ME }, Given: { Type: String, Default: x } }';
    expect(asked('{ A: !Ref RoleArn, B: !Ref Given }', parameters)).toEqual({ A: local.role, B: 'x' });
    const connections = `Parameters:
  ConnectionArn: { Type: String, Default: 'arn:aws:codeconnections:eu-west-1:xxxxxxxxx:connection/x' }
  RealArn: { Type: String, Default: 'arn:aws:s3:::bucket' }
`;
    expect(asked('{ ConnectionArn: !Ref ConnectionArn, B: !Ref RealArn }', connections)).toEqual({
      ConnectionArn: someConnection,
      B: 'arn:aws:s3:::bucket',
    });
  });

  it('differs by its name where it is imported', () => {
    expect(asked('{ A: !ImportValue One, B: !ImportValue { "Fn::Sub": "two-${AWS::Region}" } }')).toEqual({
      A: 'stand-in-for-One',
      B: 'stand-in-for-two-eu-west-1',
    });
  });
});

describe('functions of a template', () => {
  it.each<[string, string, unknown, string?]>([
    ['a mapping', '{ A: !FindInMap [Stages, prod, Name] }', { A: 'p' }, 'Mappings: { Stages: { prod: { Name: p } } }'],
    ['an element', "{ A: !Select [1, !Split ['/', 'a/b']], B: !Select [0, [x]] }", { A: 'b', B: 'x' }],
    [
      'what is not known',
      "{ A: !Select [1, !Split ['/', !Ref Id]], B: !FindInMap [No, such, map] }",
      { A: 'stand-in-for-Select', B: 'stand-in-for-FindInMap' },
    ],
    [
      'a condition that holds, one that does not, and what is left out by one',
      '{ A: !If [Here, 1, 2], B: !If [Elsewhere, 1, 2], C: !If [Elsewhere, x, !Ref AWS::NoValue], D: !If [Both, 1, 2], E: !If [Any, 1, 2] }',
      { A: '1', B: '2', D: '2', E: '1' },
      'Conditions: { Here: !Equals [!Ref AWS::Region, eu-west-1], Elsewhere: !Not [{ Condition: Here }], Both: !And [{ Condition: Here }, { Condition: Elsewhere }], Any: !Or [{ Condition: Elsewhere }, { Condition: Here }] }',
    ],
    [
      'a condition that only a deployment tells',
      '{ A: !If [Open, 1, 2], B: !If [Not, 1, 2], C: !If [Missing, 1, 2] }',
      { A: '1', B: '1', C: '1' },
      'Conditions: { Open: !Equals [!Ref Stage, prod], Not: !Not [{ Condition: Open }] }',
    ],
    [
      'conditions in a circle',
      '{ A: !If [One, 1, 2] }',
      { A: '1' },
      'Conditions: { One: { Condition: Two }, Two: { Condition: One } }',
    ],
  ])('%s', (_, configuration, value, more) => {
    expect(asked(configuration, more)).toEqual(value);
  });

  it('actions that a condition chooses are in the list, or not', () => {
    const [one] = found(
      `Conditions: { Never: !Equals [a, b] }
Resources:
  P:
    Type: AWS::CodePipeline::Pipeline
    Properties:
      Stages: [{ Name: S, Actions: [!If [Never, { Name: A }, !Ref AWS::NoValue], !If [Never, { Name: B }, { Name: C }]] }]
`,
      local,
      'x.yaml',
    );
    expect(one?.value['stages']).toEqual([{ name: 'S', actions: [{ name: 'C' }] }]);
  });
});

const hcl = `
variable "project" { default = "penguins" }
variable "poll" {
  type    = bool
  default = false
}
locals { branch = "main" }
resource "aws_codebuild_project" "test" {
  name         = "\${var.project}-test"
  service_role = aws_iam_role.build.arn
  artifacts { type = "CODEPIPELINE" }
  environment {
    type         = "LINUX_CONTAINER"
    image        = "aws/codebuild/standard:7.0"
    compute_type = "BUILD_GENERAL1_SMALL"
  }
  source {
    type      = "CODEPIPELINE"
    buildspec = file("buildspec.yml")
  }
}
resource "aws_codepipeline" "delivery" {
  name     = "\${var.project}-delivery"
  role_arn = aws_iam_role.pipeline.arn
  artifact_store {
    type     = "S3"
    location = aws_s3_bucket.artifacts.bucket
  }
  stage {
    name = "Source"
    action {
      name             = "Commit"
      category         = "Source"
      owner            = "AWS"
      provider         = "CodeStarSourceConnection"
      version          = "1"
      output_artifacts = ["source"]
      configuration = {
        ConnectionArn    = aws_codestarconnections_connection.github.arn
        FullRepositoryId = var.repository
        BranchName       = local.branch
        DetectChanges    = var.poll
      }
    }
  }
  stage {
    name = "Test"
    action {
      name            = "Unit"
      category        = "Test"
      owner           = "AWS"
      provider        = "CodeBuild"
      version         = "1"
      input_artifacts = ["source"]
      run_order       = index(var.stages, 1) + 2
      configuration   = { ProjectName = aws_codebuild_project.test.name }
    }
  }
}
`;

describe("Terraform's own language", () => {
  it('has what the same file says of variables, local values and resources, and what fits elsewhere', () => {
    const [pipeline, project] = found(hcl, local, 'main.tf');
    expect(project).toMatchObject({ name: 'penguins-test', line: 7 });
    expect(project?.value['serviceRole']).toBe(local.role);
    expect(pipeline).toMatchObject({ name: 'penguins-delivery', resource: 'delivery', line: 21 });
    expect(pipeline?.isPartial).toBeUndefined();
    expect(pipeline?.value).toMatchObject({
      roleArn: local.role,
      artifactStore: { type: 'S3', location: 'sagemaker-eu-west-1-000000000000' },
      stages: [
        {
          actions: [
            {
              configuration: {
                ConnectionArn: someConnection,
                FullRepositoryId: 'local/stand-in-for-var-repository',
                BranchName: 'main',
                DetectChanges: 'false',
              },
            },
          ],
        },
        { actions: [{ configuration: { ProjectName: 'penguins-test' } }] },
      ],
    });
    expect(JSON.stringify(pipeline?.value)).not.toContain('runOrder');
  });

  it('is open in an account where only Terraform tells', () => {
    const [pipeline] = found(hcl, account, 'main.tf');
    expect(pipeline).toMatchObject({
      name: 'penguins-delivery',
      value: { roleArn: 'stand-in-for-aws_iam_role-pipeline-arn' },
    });
  });

  it('has what the other files of its module say: values of variables, and projects', () => {
    const [variables = '', rest = ''] = hcl.split(/(?=^locals)/m);
    const [projects = '', pipeline = ''] = rest.split(/(?=^resource "aws_codepipeline")/m);
    const others = [
      { path: '/m/variables.tf', text: variables },
      { path: '/m/build.tf', text: projects.replace('resource "aws_codebuild_project" "test" {', '$&\n  count = 1') },
      { path: '/m/terraform.tfvars', text: 'project = "gulls"\npoll = true\n' },
      { path: '/m/a.auto.tfvars', text: 'project = "auks"\nrepository = "birds/auks"\n' },
    ];
    const text = pipeline.replace('aws_codebuild_project.test.name', 'aws_codebuild_project.test[0].name');
    const held = deliveriesIn(text, '/m/delivery.tf', local, others);
    expect(held.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['pipeline auks-delivery', 'project auks-test']);
    expect(held[0]?.value).toMatchObject({
      stages: [
        { actions: [{ configuration: { FullRepositoryId: 'birds/auks', BranchName: 'main', DetectChanges: 'true' } }] },
        { actions: [{ configuration: { ProjectName: 'auks-test' } }] },
      ],
    });
    expect(deliveriesIn(projects, '/m/build.tf', local, [{ path: '/m/delivery.tf', text }])).toMatchObject([
      { kind: 'project' },
    ]);
  });

  it('tells that Terraform makes a part of it', () => {
    const made = hcl.replace('stage {\n    name = "Test"', 'dynamic "stage" {\n    for_each = var.stages');
    expect(found(made, local, 'main.tf')[0]).toMatchObject({ resource: 'delivery', isPartial: true });
  });

  it('variables that stand for one another end', () => {
    const circle = hcl.replace('default = "penguins"', 'default = "${var.project}"');
    expect(found(circle, local, 'main.tf')[0]?.name).toBe('delivery');
  });
});

const resource = {
  aws_codebuild_project: {
    test: {
      name: 'penguins-test',
      service_role: '${aws_iam_role.build.arn}',
      build_timeout: 15,
      artifacts: [{ type: 'CODEPIPELINE' }],
      environment: {
        type: 'LINUX_CONTAINER',
        image: 'aws/codebuild/standard:7.0',
        compute_type: 'BUILD_GENERAL1_SMALL',
        environment_variable: [{ name: 'TRIES', value: '3' }],
      },
      source: [{ type: 'CODEPIPELINE', buildspec: 'test.buildspec.yml' }],
    },
  },
  aws_codepipeline: {
    delivery: {
      name: 'penguins',
      pipeline_type: 'V2',
      role_arn: '${aws_iam_role.pipeline.arn}',
      tags: { team: 'birds' },
      region: 'eu-west-1',
      artifact_store: [{ type: 'S3', location: 'artifacts', region: null }],
      trigger: [
        {
          provider_type: 'CodeStarSourceConnection',
          git_configuration: [{ source_action_name: 'Commit', push: [{ branches: [{ includes: ['main'] }] }] }],
        },
      ],
      stage: [
        {
          name: 'Source',
          action: [
            {
              name: 'Commit',
              category: 'Source',
              owner: 'AWS',
              provider: 'CodeStarSourceConnection',
              version: '1',
              output_artifacts: ['source'],
              input_artifacts: null,
              configuration: { FullRepositoryId: 'birds/penguins', BranchName: '$${literal}' },
            },
          ],
        },
        {
          name: 'Test',
          action: {
            name: 'Unit',
            category: 'Test',
            owner: 'AWS',
            provider: 'CodeBuild',
            version: '1',
            run_order: 2,
            input_artifacts: ['source'],
            configuration: { ProjectName: '${aws_codebuild_project.test.name}' },
          },
        },
      ],
    },
  },
};

describe('Terraform', () => {
  it('as JSON: blocks are members, and an action has its four words in one', () => {
    const [pipeline, project] = found({ resource });
    expect(project?.value).toEqual({
      name: 'penguins-test',
      serviceRole: local.role,
      timeoutInMinutes: 15,
      artifacts: { type: 'CODEPIPELINE' },
      environment: {
        type: 'LINUX_CONTAINER',
        image: 'aws/codebuild/standard:7.0',
        computeType: 'BUILD_GENERAL1_SMALL',
        environmentVariables: [{ name: 'TRIES', value: '3' }],
      },
      source: { type: 'CODEPIPELINE', buildspec: 'test.buildspec.yml' },
    });
    expect(pipeline?.value).toEqual({
      name: 'penguins',
      pipelineType: 'V2',
      roleArn: local.role,
      artifactStore: { type: 'S3', location: 'artifacts' },
      triggers: [
        {
          providerType: 'CodeStarSourceConnection',
          gitConfiguration: { sourceActionName: 'Commit', push: [{ branches: { includes: ['main'] } }] },
        },
      ],
      stages: [
        {
          name: 'Source',
          actions: [
            {
              actionTypeId: { category: 'Source', owner: 'AWS', provider: 'CodeStarSourceConnection', version: '1' },
              name: 'Commit',
              outputArtifacts: [{ name: 'source' }],
              configuration: { FullRepositoryId: 'birds/penguins', BranchName: '${literal}' },
            },
          ],
        },
        {
          name: 'Test',
          actions: [
            {
              actionTypeId: { category: 'Test', owner: 'AWS', provider: 'CodeBuild', version: '1' },
              name: 'Unit',
              runOrder: 2,
              inputArtifacts: [{ name: 'source' }],
              configuration: { ProjectName: 'penguins-test' },
            },
          ],
        },
      ],
    });
  });

  it('as the plan that terraform show prints, in modules too', () => {
    const values = { ...resource.aws_codepipeline.delivery, role_arn: 'arn:aws:iam::111122223333:role/p' };
    const inModule = {
      type: 'aws_codepipeline',
      name: 'delivery',
      address: 'module.cd.aws_codepipeline.delivery',
      values,
    };
    const [one] = found({ planned_values: { root_module: { child_modules: [{ resources: [inModule] }] } } });
    expect(one).toMatchObject({
      name: 'penguins',
      resource: 'module.cd.aws_codepipeline.delivery',
      value: { roleArn: 'arn:aws:iam::111122223333:role/p', stages: [{ name: 'Source' }, { name: 'Test' }] },
    });
  });
});

it.each<[string, unknown]>([
  ['a template without one', { Resources: { B: { Type: 'AWS::S3::Bucket', Properties: {} } } }],
  ['a text that speaks of one', 'An AWS::CodePipeline::Pipeline is made elsewhere.'],
  ['a template that is cut off', '{"Resources": {"P": {"Type": "AWS::CodePipeline::Pipeline", "Prop'],
])('%s holds none', (_, value) => {
  expect(found(value)).toEqual([]);
});
