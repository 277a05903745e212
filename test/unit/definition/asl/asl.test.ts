import { describe, expect, it } from 'vitest';
import { asl } from '../../../../src/definition/asl';
import { SourceDocument } from '../../../../src/definition/document';
import { validateFully } from '../../../../src/definition';
import { edited, stretch } from '../marked';

async function found(text: string, path = 'a.asl.json'): Promise<string[]> {
  return (await validateFully(text, { path })).map((diagnostic) => diagnostic.rule);
}

describe.each(asl.rules.map((rule) => [rule.id, rule.example] as const))('%s', (id, { bad, good }) => {
  it('finds the bad example', async () => {
    expect(await found(bad)).toContain(id);
  });
  it('leaves the good example alone', async () => {
    expect(await found(good)).toEqual(id === 'asl/endpoint-not-awaited' ? expect.not.arrayContaining([id]) : []);
  });
});

describe('state machines', () => {
  it('marks the operation alone, and changes it', () => {
    const resource = 'arn:aws:states:::sagemaker:createTrainingJb.sync';
    const text = JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Task', Resource: resource, End: true } } });
    const [finding] = asl.check(new SourceDocument(text, 'a.asl.json'));
    expect(finding?.mark).toEqual({ from: 27, to: 43 });
    expect(finding?.message).toContain("'createTrainingJob'");
  });

  it('reads YAML, branches and maps', async () => {
    const text = `StartAt: All
States:
  All:
    Type: Parallel
    End: true
    Branches:
      - StartAt: One
        States:
          One:
            Type: Task
            Resource: arn:aws:states:::sagemaker:createEndpoint.sync
            Parameters: {EndpointName: e, EndpointConfigName: c}
            End: true
`;
    expect(await found(text, 'a.asl.yaml')).toContain('asl/pattern-not-supported');
  });

  it('takes looked-up members for given ones', async () => {
    const text = JSON.stringify({
      StartAt: 'A',
      States: {
        A: {
          Type: 'Task',
          Resource: 'arn:aws:states:::sagemaker:createModel',
          Parameters: { 'ModelName.$': '$.name', ExecutionRoleArn: 'r' },
          End: true,
        },
      },
    });
    expect(await found(text)).toEqual([]);
  });

  const task = (resource: string, more: object = {}): string =>
    JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Task', Resource: resource, End: true, ...more } } });
  const general = 'arn:aws:states:::aws-sdk:sagemaker:';

  it.each([
    [`${general}|describeEndpont|`, 'asl/unknown-integration', `${general}describeEndpoint`],
    [`${general}|StartPipelineExecution|`, 'asl/unknown-integration', `${general}startPipelineExecution`],
    [`${general}startPipelineExecution|.sync|`, 'asl/pattern-not-supported', `${general}startPipelineExecution`],
  ])('knows the operations of the general integration: %s', async (marked, rule, clean) => {
    const { text, start, end } = stretch(task(marked));
    const diagnostic = (await validateFully(text, { path: 'a.asl.json' })).find((one) => one.rule === rule);
    expect(diagnostic?.range).toEqual({ start: { line: 0, character: start }, end: { line: 0, character: end } });
    const fix = diagnostic?.fixes.find((one) => one.preferred);
    expect(edited(text, fix?.edits ?? [])).toBe(task(clean));
    expect(await found(task(clean))).toEqual([]);
  });

  it('an operation near to nothing may be new', async () => {
    const [diagnostic] = await validateFully(task(`${general}quantumThing`), { path: 'a.asl.json' });
    expect([diagnostic?.rule, diagnostic?.severity]).toEqual(['asl/unknown-integration', 'warning']);
  });

  it.each([
    ['SageMaker.AmazonSagemakerException', ['asl/unknown-error']],
    ['Sagemaker.ResourceLimitExceeded', ['asl/unknown-error']],
    ['SageMaker.ResourceLimitExceededException', []],
    ['SageMaker.ConflictException', []],
    ['States.TaskFailed', []],
  ])('tells the errors of SageMaker from others: %s', async (name, rules) => {
    const text = task(`${general}stopPipelineExecution`, { Catch: [{ ErrorEquals: [name], Next: 'A' }] });
    expect(await found(text)).toEqual(rules);
  });

  it('leaves other services and the general integration alone', async () => {
    const text = (resource: string): string =>
      JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Task', Resource: resource, End: true } } });
    expect(await found(text('arn:aws:states:::lambda:invoke'))).toEqual([]);
    expect(await found(text('arn:aws:states:::aws-sdk:sagemaker:startPipelineExecution'))).toEqual([]);
  });
});
