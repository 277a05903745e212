/** Definitions that other files hold: templates, plans, requests; each as text of its own. */
import { describe, expect, it } from 'vitest';
import { validate } from '../../../../src/definition';
import { definitionsIn } from '../../../../src/definition/embedded/definitions';

const place = { region: 'eu-west-1', account: '000000000000', role: 'arn:aws:iam::000000000000:role/execution' };
const end = (message: unknown): object => ({ Name: 'End', Type: 'Fail', Arguments: { ErrorMessage: message } });
const pipeline = (message: unknown = 'over'): object => ({ Version: '2020-12-01', Steps: [end(message)] });
const found = (value: unknown, path = 'x.json') =>
  definitionsIn(typeof value === 'string' ? value : JSON.stringify(value, undefined, 1), path, place);
const messageIn = (definition: string | undefined): unknown =>
  (JSON.parse(definition ?? '{}') as { Steps: { Arguments: { ErrorMessage: unknown } }[] }).Steps[0]?.Arguments
    .ErrorMessage;

describe('a file', () => {
  it('that is a definition is its own, whatever its name', () => {
    const text = JSON.stringify(pipeline());
    expect(found(text, 'anything.json')).toEqual([{ line: 0, definition: text }]);
  });

  it('with what the AWS command line takes or answers', () => {
    const [one] = found({ PipelineName: 'penguins', PipelineDefinition: JSON.stringify(pipeline()), RoleArn: 'role' });
    expect(one).toMatchObject({ name: 'penguins', resource: 'penguins' });
    expect(messageIn(one?.definition)).toBe('over');
  });

  it.each<[string, unknown, string]>([
    ['of steps that are none of SageMaker', { Steps: [{ name: 'a', run: 'make' }] }, 'x.json'],
    ['of a state machine', { StartAt: 'A', States: { A: { Type: 'Succeed' } } }, 'x.json'],
    ['of a template without a pipeline', { Resources: { B: { Type: 'AWS::S3::Bucket' } } }, 'x.json'],
    ['that only speaks of one', 'Description: makes an AWS::SageMaker::Pipeline of yours\n', 'x.yaml'],
    [
      'of a template whose definition lies in S3',
      {
        Resources: {
          P: {
            Type: 'AWS::SageMaker::Pipeline',
            Properties: { PipelineDefinition: { PipelineDefinitionS3Location: { Bucket: 'b', Key: 'k' } } },
          },
        },
      },
      'x.json',
    ],
    ['that is cut off', '{"Resources": {"P": {"Type": "AWS::SageMaker::Pipeline", "Prop', 'x.json'],
  ])('%s holds none', (_, value, path) => {
    expect(found(value, path)).toEqual([]);
  });
});

describe('CloudFormation', () => {
  it('as the CDK synthesises it: parts that Fn::Join puts together', () => {
    const [before = '', after = ''] = JSON.stringify(pipeline('@')).split('@');
    const [one] = found(
      {
        Resources: {
          Role1ABC: { Type: 'AWS::IAM::Role', Properties: {} },
          PipelineF00: {
            Type: 'AWS::SageMaker::Pipeline',
            Properties: {
              PipelineName: 'from-the-cdk',
              PipelineDefinition: {
                PipelineDefinitionBody: {
                  'Fn::Join': [
                    '',
                    [
                      before,
                      { 'Fn::GetAtt': ['Role1ABC', 'Arn'] },
                      ' in ',
                      { Ref: 'AWS::Region' },
                      ' of ',
                      { 'Fn::ImportValue': 'x' },
                      after,
                    ],
                  ],
                },
              },
            },
          },
        },
      },
      'cdk.out/Stack.template.json',
    );
    expect(one).toMatchObject({ name: 'from-the-cdk', resource: 'PipelineF00' });
    expect(messageIn(one?.definition)).toBe(`${place.role} in eu-west-1 of stand-in-for-x`);
  });

  it('in YAML: an object or a text, with its short forms, parameters and buckets', () => {
    const text = `
Parameters:
  Name: { Type: String, Default: rivers }
  ExecutionRoleArn: { Type: String }
  Limit: { Type: Number }
Resources:
  Data: { Type: AWS::S3::Bucket, Properties: { BucketName: !Sub 'data-\${AWS::AccountId}' } }
  Out: { Type: AWS::S3::Bucket }
  Rivers:
    Type: AWS::SageMaker::Pipeline
    Properties:
      PipelineName: !Sub \${Name}-\${AWS::Region}
      PipelineDefinition:
        PipelineDefinitionBody: !Sub |
          {"Version": "2020-12-01", "Steps": [{"Name": "End", "Type": "Fail", "Arguments":
            {"ErrorMessage": "\${Data} \${Out.Arn} \${ExecutionRoleArn} \${Limit} \${!Kept}"}}]}
  Lakes:
    Type: AWS::SageMaker::Pipeline
    Properties:
      PipelineDefinition:
        PipelineDefinitionBody:
          Version: '2020-12-01'
          Steps:
            - Name: End
              Type: Fail
              Arguments: { ErrorMessage: !Ref Name }
`;
    const [rivers, lakes, ...others] = found(text, 'template.yaml');
    expect(others).toEqual([]);
    expect(rivers).toMatchObject({ name: 'rivers-eu-west-1', resource: 'Rivers' });
    expect(messageIn(rivers?.definition)).toBe(
      `data-000000000000 arn:aws:s3:::sagemaker-eu-west-1-000000000000 ${place.role} stand-in-for-Limit \${Kept}`,
    );
    expect(lakes).toMatchObject({ resource: 'Lakes' });
    expect(lakes?.name).toBeUndefined();
    expect(messageIn(lakes?.definition)).toBe('rivers');
    expect(text.split('\n')[lakes?.line ?? 0]).toMatch(/PipelineDefinition:|PipelineDefinitionBody:|Properties:/);
  });
});

describe('Terraform', () => {
  const values = (name: string): object => ({
    pipeline_name: name,
    pipeline_definition: JSON.stringify(pipeline(name)),
  });

  it('as JSON, as itself or a list of one', () => {
    const declared = { resource: { aws_sagemaker_pipeline: { one: values('one'), two: [values('two')] } } };
    expect(found(declared, 'main.tf.json').map(({ name, resource }) => [name, resource])).toEqual([
      ['one', 'one'],
      ['two', 'two'],
    ]);
  });

  it('in its own language: what an expression stands for is told by its words, or by its member', () => {
    const text = `
resource "aws_s3_bucket" "data" {}
resource "aws_sagemaker_pipeline" "coded" {
  pipeline_name       = "coded-\${var.stage}"
  pipeline_definition = jsonencode({
    Version = "2020-12-01"
    Steps   = [{ Name = "End", Type = "Fail", Arguments = { ErrorMessage = ["s3://\${aws_s3_bucket.data.id}/in", "\${var.stage}"], RoleArn = aws_iam_role.own.arn } }]
  })
}
resource "aws_sagemaker_pipeline" "written" {
  pipeline_name       = "written"
  pipeline_definition = <<-EOF
    {"Version": "2020-12-01", "Steps": [{"Name": "End", "Type": "Fail", "Arguments": {"ErrorMessage": "\${local.account_id} \${var.aws_region}"}}]}
  EOF
}
`;
    const [coded, written, ...others] = found(text, 'main.tf');
    expect(others).toEqual([]);
    expect([coded?.name, coded?.resource, coded?.line]).toEqual([undefined, 'coded', 2]);
    expect(messageIn(coded?.definition)).toEqual([
      's3://sagemaker-eu-west-1-000000000000/in',
      'stand-in-for-var-stage',
    ]);
    expect(coded?.definition).toContain(`"RoleArn": "${place.role}"`);
    expect([written?.name, messageIn(written?.definition)]).toEqual(['written', '000000000000 eu-west-1']);
  });

  describe('from a file of its own', () => {
    const text = `
locals {
  definition = templatefile("\${path.module}/templates/rows.json.tftpl", {
    bucket   = aws_s3_bucket.data.id,
    rows     = 3,
    stage    = var.stage
    people   = ["a", "b"]
  })
}
resource "aws_sagemaker_pipeline" "filled" {
  pipeline_name       = "filled"
  pipeline_definition = local.definition
}
resource "aws_sagemaker_pipeline" "plain" {
  pipeline_name       = "plain"
  pipeline_definition = file("\${path.module}/../plain.json")
}
`;
    const files: Record<string, string> = {
      'iac/templates/rows.json.tftpl': `{"Version": "2020-12-01", "Steps": [{"Name": "End", "Type": "Fail", "Arguments": {"ErrorMessage":
        ["s3://\${bucket}/in", \${rows}, "\${ stage }", \${stage}, \${jsonencode(people)}, "$\${kept} \\" \${rows}"]}}]}`,
      'plain.json': JSON.stringify(pipeline('${as it is}')),
    };
    const held = (read?: (path: string) => string | undefined) => definitionsIn(text, 'iac/main.tf', place, read);

    it('its blanks are filled in as templatefile does, one of a plain file stays', () => {
      const [filled, plain] = held((path) => files[path]);
      expect([filled?.name, filled?.resource, filled?.line]).toEqual(['filled', 'filled', 9]);
      const open = 'stand-in-for-var-stage';
      const stage = [open, open];
      expect(messageIn(filled?.definition)).toEqual([
        's3://sagemaker-eu-west-1-000000000000/in',
        3,
        ...stage,
        ['a', 'b'],
        '${kept} " 3',
      ]);
      expect([plain?.file, messageIn(plain?.definition)]).toEqual(['plain.json', '${as it is}']);
    });

    it('is told by its name where the file is not read, is not there, or has what Terraform chooses', () => {
      for (const read of [undefined, () => undefined, () => '%{ if a }{}%{ endif }', () => '[]']) {
        expect(held(read).map(({ name, definition }) => [name, definition])).toEqual([
          ['filled', undefined],
          ['plain', undefined],
        ]);
      }
    });
  });

  it('a plan, with those of its modules; what is checked there is the same', () => {
    const resource = (address: string, name: string): object => ({
      address,
      type: 'aws_sagemaker_pipeline',
      name: 'this',
      values: values(name),
    });
    const plan = {
      format_version: '1.2',
      planned_values: {
        root_module: {
          resources: [resource('aws_sagemaker_pipeline.this', 'root'), { type: 'aws_s3_bucket', values: {} }],
          child_modules: [
            {
              resources: [],
              child_modules: [{ resources: [resource('module.a.aws_sagemaker_pipeline.this', 'deep')] }],
            },
          ],
        },
      },
    };
    expect(found(plan, 'plan.json').map(({ name, resource: held }) => [name, held])).toEqual([
      ['root', 'aws_sagemaker_pipeline.this'],
      ['deep', 'module.a.aws_sagemaker_pipeline.this'],
    ]);
    expect(validate(JSON.stringify(plan), { path: 'plan.json' })).toEqual([]);
    const broken = JSON.stringify(plan).replace(
      String.raw`\"ErrorMessage\":\"deep\"`,
      String.raw`\"ErrorMessage\":{\"Get\":\"Steps.None.X\"}`,
    );
    expect(validate(broken, { path: 'plan.json' }).map(({ severity }) => severity)).toContain('error');
  });
});
