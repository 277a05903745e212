import { describe, expect, it } from 'vitest';
import { asl } from '../../../../src/definition/asl';
import { SourceDocument } from '../../../../src/definition/document';
import { validateFully } from '../../../../src/definition';

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

  it('leaves other services and the general integration alone', async () => {
    const text = (resource: string): string =>
      JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Task', Resource: resource, End: true } } });
    expect(await found(text('arn:aws:states:::lambda:invoke'))).toEqual([]);
    expect(await found(text('arn:aws:states:::aws-sdk:sagemaker:startPipelineExecution'))).toEqual([]);
  });
});
