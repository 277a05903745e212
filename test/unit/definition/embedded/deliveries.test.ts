/** Pipelines of CodePipeline and projects of CodeBuild in templates, as their services take them. */
import { describe, expect, it } from 'vitest';
import { deliveriesIn, type HeldDelivery } from '../../../../src/definition/embedded/deliveries';

const local = { region: 'eu-west-1', account: '000000000000', role: 'arn:aws:iam::000000000000:role/execution' };
const account = { region: 'eu-west-1', account: '111122223333' };
const found = (value: unknown, place: typeof local | typeof account = local, path = 'x.json'): HeldDelivery[] =>
  deliveriesIn(typeof value === 'string' ? value : JSON.stringify(value, undefined, 1), path, place);

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
                ConnectionArn: 'stand-in-for-ConnectionArn',
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
      serviceRole: 'stand-in-for-aws_iam_role-build-arn',
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
      roleArn: 'stand-in-for-aws_iam_role-pipeline-arn',
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
