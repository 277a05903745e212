import { beforeAll, describe, expect, it } from 'vitest';
import { asl } from '../../../../src/definition/asl';
import { loadJsonata } from '../../../../src/definition/asl/expressions/jsonata';
import { loadServices } from '../../../../src/definition/asl/services';
import { detectLanguage, SourceDocument, validateFully } from '../../../../src/definition';
import { edited, stretch } from '../marked';
import { testExamples } from '../examples';

beforeAll(async () => {
  await loadJsonata();
  await loadServices(asl.rules.map(({ example }) => example.bad + example.good).join('\n'));
});

testExamples(asl);

async function found(text: string, path = 'a.asl.json'): Promise<string[]> {
  return (await validateFully(text, { path })).map((diagnostic) => diagnostic.rule);
}

describe('good examples', () => {
  it.each(asl.rules.map((rule) => [rule.id, rule.example.good] as const))(
    'have nothing wrong: %s',
    async (_id, good) => {
      expect(await found(good)).toEqual([]);
    },
  );
});

describe('recognition', () => {
  const machine = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}';
  it.each(['a.asl.json', 'statemachine.json', 'deep/workflow.json', undefined])('knows a machine in %s', (path) => {
    expect(detectLanguage(machine, path)).toBe('asl');
  });
  it('knows YAML', () => {
    const text = 'StartAt: A\nStates:\n  A:\n    Type: Succeed\n';
    expect(detectLanguage(text, 'machine.yml')).toBe('asl');
    expect(detectLanguage(text, 'machine.asl.yaml')).toBe('asl');
  });
  it.each([
    '{"StartAt": "A"}',
    '{"States": {"A": {}}}',
    '{"StartAt": "A", "States": []}',
    '[{"StartAt": "A", "States": {}}]',
    '{"note": "StartAt and States"}',
  ])('leaves %s alone', (text) => {
    expect(detectLanguage(text, 'some.json')).toBeUndefined();
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
    expect(await found(text, 'a.asl.yaml')).toEqual(['asl/pattern-not-supported']);
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
    ['States.Http.StatusCode.404', []],
    ['States.TaskFail', ['asl/unknown-error']],
  ])('tells the errors of the services from others: %s', async (name, rules) => {
    const text = task(`${general}stopPipelineExecution`, { Catch: [{ ErrorEquals: [name], Next: 'A' }] });
    expect((await found(text)).filter((rule) => rule.includes('error'))).toEqual(rules);
  });

  it('knows an error that a Fail state raises', async () => {
    const text = JSON.stringify({
      StartAt: 'All',
      States: {
        All: {
          Type: 'Parallel',
          Branches: [{ StartAt: 'Stop', States: { Stop: { Type: 'Fail', Error: 'States.QuorumMet' } } }],
          Catch: [{ ErrorEquals: ['States.QuorumMet'], Next: 'Done' }],
          Next: 'Done',
        },
        Done: { Type: 'Succeed' },
      },
    });
    expect(await found(text)).toEqual([]);
  });

  it('leaves what is filled in alone', async () => {
    const filled = task('${LambdaArn}', {
      TimeoutSeconds: '${Timeout}',
      Parameters: { 'a.$': '${Path}', b: '%NAME%' },
    });
    expect(await found(filled)).toEqual([]);
    const functions = task('x', {}).replace('"x"', '{"Fn::GetAtt": ["F", "Arn"]}');
    expect(await found(functions)).toEqual([]);
  });

  it('a placeholder that is not closed is none', async () => {
    expect(await found(task('${LambdaArn'))).toEqual(['asl/resource']);
  });
});

describe('a large machine', () => {
  const machine = (count: number): string => {
    const states = Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `State${index}`,
        {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke',
          Parameters: { FunctionName: 'f', 'Payload.$': `States.Format('{}-${index}', $.name)` },
          Retry: [{ ErrorEquals: ['Lambda.TooManyRequestsException'] }, { ErrorEquals: ['States.ALL'] }],
          ...(index === count - 1 ? { End: true } : { Next: `State${index + 1}` }),
        },
      ]),
    );
    return JSON.stringify({ StartAt: 'State0', States: states });
  };

  it('of ten thousand states is checked soon, and has nothing wrong', () => {
    const start = process.cpuUsage();
    expect(asl.check(new SourceDocument(machine(10_000), 'a.asl.json'))).toEqual([]);
    expect(process.cpuUsage(start).user).toBeLessThan(10_000_000);
  });

  it('of thousands of names that are not there is answered soon', () => {
    const start = process.cpuUsage();
    const text = machine(5000).replaceAll('"Next":"State', '"Next":"Stat');
    const rules = asl.check(new SourceDocument(text, 'a.asl.json')).map(({ rule }) => rule);
    expect(rules.filter((rule) => rule === 'asl/unknown-state')).toHaveLength(4999);
    expect(process.cpuUsage(start).user).toBeLessThan(20_000_000);
  });
});
