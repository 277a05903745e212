import { CreatePipelineCommand, type PipelineDeclaration } from '@aws-sdk/client-codepipeline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deliveriesIn } from '../../../src/definition/embedded/deliveries';
import { BuildBed } from './build-bed';
import { DeliveryBed } from './delivery-bed';
import { Bed, bucket, role } from './support';

let bed: Bed;
beforeAll(async () => {
  bed = await Bed.start();
});
afterAll(() => bed.stop());

/** As the CDK synthesises it: no names, roles and stores by reference. */
const template = {
  Resources: {
    RoleC7B: { Type: 'AWS::IAM::Role', Properties: {} },
    Build45A: {
      Type: 'AWS::CodeBuild::Project',
      Properties: {
        Artifacts: { Type: 'CODEPIPELINE' },
        Environment: {
          ComputeType: 'BUILD_GENERAL1_SMALL',
          Image: 'aws/codebuild/standard:7.0',
          ImagePullCredentialsType: 'CODEBUILD',
          PrivilegedMode: false,
          Type: 'LINUX_CONTAINER',
        },
        ServiceRole: { 'Fn::GetAtt': ['RoleC7B', 'Arn'] },
        Source: {
          Type: 'CODEPIPELINE',
          BuildSpec: '{\n "version": "0.2",\n "phases": {"build": {"commands": ["test -f hello.txt"]}}\n}',
        },
        Cache: { Type: 'NO_CACHE' },
      },
    },
    DeliveryD04: {
      Type: 'AWS::CodePipeline::Pipeline',
      Properties: {
        ArtifactStore: { Location: bucket, Type: 'S3' },
        RoleArn: { 'Fn::GetAtt': ['RoleC7B', 'Arn'] },
        PipelineType: 'V2',
        Stages: [
          {
            Name: 'Source',
            Actions: [
              {
                Name: 'Get',
                ActionTypeId: { Category: 'Source', Owner: 'AWS', Provider: 'S3', Version: '1' },
                Configuration: { S3Bucket: bucket, S3ObjectKey: 'template.zip', PollForSourceChanges: false },
                OutputArtifacts: [{ Name: 'Code' }],
                RunOrder: 1,
              },
            ],
          },
          {
            Name: 'Build',
            Actions: [
              {
                Name: 'Make',
                ActionTypeId: { Category: 'Build', Owner: 'AWS', Provider: 'CodeBuild', Version: '1' },
                Configuration: { ProjectName: { Ref: 'Build45A' } },
                InputArtifacts: [{ Name: 'Code' }],
                RunOrder: 1,
              },
            ],
          },
        ],
      },
    },
  },
};

test('what a template declares is taken by Local, and runs', async () => {
  const place = { region: 'us-east-1', account: '000000000000', role };
  const [project, pipeline] = deliveriesIn(JSON.stringify(template), 'stack.template.json', place);
  const delivery = new DeliveryBed(bed);
  await new BuildBed(bed).project('', {}, project?.value);
  await delivery.put('template.zip', { 'hello.txt': 'hello\n' });
  await delivery.client.send(
    new CreatePipelineCommand({ pipeline: pipeline?.value as unknown as PipelineDeclaration }),
  );
  const name = pipeline?.name ?? '';
  expect(name).toBe('DeliveryD04');
  expect(await delivery.end(name, await delivery.latest(name))).toBe('Succeeded');
});

/** The same in Terraform's own language: names, role and bucket by reference. */
const configuration = `
variable "name" { default = "terraformed" }
resource "aws_codebuild_project" "make" {
  name         = "\${var.name}-make"
  service_role = aws_iam_role.build.arn
  artifacts { type = "CODEPIPELINE" }
  environment {
    type         = "LINUX_CONTAINER"
    image        = "aws/codebuild/standard:7.0"
    compute_type = "BUILD_GENERAL1_SMALL"
  }
  source {
    type      = "CODEPIPELINE"
    buildspec = <<-SPEC
      version: 0.2
      phases: {build: {commands: ["test -f hello.txt"]}}
    SPEC
  }
}
resource "aws_codepipeline" "delivery" {
  name     = var.name
  role_arn = aws_iam_role.pipeline.arn
  artifact_store {
    type     = "S3"
    location = aws_s3_bucket.artifacts.bucket
  }
  stage {
    name = "Source"
    action {
      name             = "Get"
      category         = "Source"
      owner            = "AWS"
      provider         = "S3"
      version          = "1"
      output_artifacts = ["code"]
      configuration    = { S3Bucket = aws_s3_bucket.sources.bucket, S3ObjectKey = "template.zip", PollForSourceChanges = var.poll }
    }
  }
  stage {
    name = "Build"
    action {
      name            = "Make"
      category        = "Build"
      owner           = "AWS"
      provider        = "CodeBuild"
      version         = "1"
      input_artifacts = ["code"]
      configuration   = { ProjectName = aws_codebuild_project.make.name }
    }
  }
  stage {
    name = "Deploy"
    action {
      name            = "Stack"
      category        = "Deploy"
      owner           = "AWS"
      provider        = "CloudFormation"
      version         = "1"
      input_artifacts = ["code"]
      configuration = {
        ActionMode   = "CREATE_UPDATE"
        StackName    = "x"
        TemplatePath = "code::t.yml"
        RoleArn      = aws_iam_role.stack.arn
        Capabilities = "CAPABILITY_IAM"
      }
    }
  }
}
`;

test("what Terraform's own language declares is taken and run; an action that Local has not fails and says so", async () => {
  const place = { region: 'us-east-1', account: '000000000000', role };
  const [pipeline, project] = deliveriesIn(configuration, 'main.tf', place);
  const delivery = new DeliveryBed(bed);
  await new BuildBed(bed).project('', {}, project?.value);
  await delivery.put('template.zip', { 'hello.txt': 'hello\n' });
  await delivery.client.send(
    new CreatePipelineCommand({ pipeline: pipeline?.value as unknown as PipelineDeclaration }),
  );
  const id = await delivery.latest('terraformed');
  expect(await delivery.end('terraformed', id)).toBe('Failed');
  const actions = await delivery.actions('terraformed', id);
  expect(actions.map(({ actionName, status }) => `${actionName} ${status}`)).toEqual([
    'Get Succeeded',
    'Make Succeeded',
    'Stack Failed',
  ]);
  expect(actions.at(-1)?.output?.executionResult?.errorDetails?.message).toBe(
    'Local does not run actions of the type Deploy/AWS/CloudFormation. Use an AWS account for this pipeline.',
  );
});
