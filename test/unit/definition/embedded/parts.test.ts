/** SageMaker definitions that the CDK writes: parts, between which CloudFormation works something out. */
import { describe, expect, it } from 'vitest';
import { detectLanguage, validate } from '../../../../src/definition';

const role = { 'Fn::GetAtt': ['Role', 'Arn'] };
const bucket = { Ref: 'Bucket' };

/** A template whose definition is joined of the text with `<0>`, `<1>` replaced by what is worked out. */
function template(text: string, between: unknown = '', ...values: unknown[]): string {
  const parts = text.split(/<(\d)>/).map((part, at) => (at % 2 === 0 ? part : values[Number(part)]));
  const body = { 'Fn::Join': [between, parts] };
  const Properties = { PipelineName: 'p', PipelineDefinition: { PipelineDefinitionBody: body } };
  return JSON.stringify({ Resources: { P: { Type: 'AWS::SageMaker::Pipeline', Properties } } });
}

const definition = (get: string, more = ''): string =>
  `{"Version":"2020-12-01","Parameters":[{"Name":"In","Type":"String","DefaultValue":"s3://<0>/in"}],"Steps":[
  {"Name":"Make","Type":"Model","Arguments":{"ExecutionRoleArn":"<1>","PrimaryContainer":{
    "Image":"111122223333.dkr.ecr.eu-west-1.amazonaws.com/own@sha256:${'0'.repeat(64)}","ModelDataUrl":{"Get":"${get}"}}}}${more}]}`;

const rules = (text: string): string[] =>
  validate(text, { path: 'stack.template.json' })
    .filter(({ severity }) => severity === 'error' || severity === 'warning')
    .map(({ rule }) => rule);

describe('a definition that Fn::Join puts together', () => {
  it('has nothing wrong where nothing is', () => {
    const text = template(definition('Parameters.In'), '', bucket, role);
    expect(detectLanguage(text, 'stack.template.json')).toBe('cloudformation');
    expect(rules(text)).toEqual([]);
  });

  it('is checked as far as it is written, in the part where it stands', () => {
    const step = ',{"Name":"Make","Type":"Fail","Arguments":{"ErrorMessage":"no"},"DependsOn":["Nobody"]}';
    const text = template(definition('Parameters.Out', step), '', bucket, role);
    const found = validate(text, { path: 'stack.template.json' }).filter(({ severity }) => severity === 'error');
    const marked = found.map(({ rule, range }) => [rule, text.slice(range.start.character, range.end.character)]);
    expect(marked).toEqual([
      ['sm/unknown-parameter-reference', 'Out'],
      ['sm/step-duplicate-name', expect.stringContaining('Make')],
      ['sm/dependson-unknown-step', expect.stringContaining('Nobody')],
    ]);
  });

  it('is left alone where what is worked out is more than a value, or stands between all parts', () => {
    expect(rules(template(definition('Parameters.Out').replace('}]}', '}<2>'), '', bucket, role, bucket))).toEqual([]);
    expect(rules(template(definition('Parameters.Out'), ',', bucket, role))).toEqual([]);
  });
});
