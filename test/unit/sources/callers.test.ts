import { describe, expect, test } from 'vitest';
import { callersIn, isModuleOf } from '../../../src/sources/callers';
import { readLiteral } from '../../../src/sources/literal';

describe('literals', () => {
  test.each([
    ['{"a": 1, \'b\': [True, None, -2.5]}', { a: 1, b: [true, null, -2.5] }],
    ['{"a": true, "b": null}', { a: true, b: null }],
    ['"it\\"s"', 'it"s'],
    ["r'a\\n'", 'a\\n'],
    ['("x")', 'x'],
  ])('%s', (text, value) => expect(readLiteral(text)).toEqual(value));

  test.each(['f"{x}"', 'call()', '{"a": b}', 'x = 1', '', '{**a}'])('%s is no literal', (text) =>
    expect(readLiteral(text)).toBeUndefined(),
  );
});

describe('callers', () => {
  test('a buildspec of the project template', () => {
    const text = String.raw`
phases:
  build:
    commands:
      - |
        run-pipeline --module-name pipelines.churn.pipeline \
          --role-arn $ROLE_ARN \
          --kwargs "{\"region\":\"${'${AWS_REGION}'}\",\"role\":\"${'${ROLE_ARN}'}\",\"n\":3}"
      - echo "the pipeline is done"
`;
    expect(callersIn(text)).toEqual([
      {
        line: 5,
        module: 'pipelines.churn.pipeline',
        arguments: { region: '${AWS_REGION}', role: '${ROLE_ARN}', n: 3 },
        words: expect.arrayContaining(['--role-arn', '${ROLE_ARN}']),
      },
    ]);
  });

  test('a workflow step with short flags and an expression', () => {
    const text = `    run: |
        cd ml && python run_pipeline.py -n show.pipeline -k "{'role': '\${{ secrets.ROLE }}'}" && echo done`;
    expect(callersIn(text)).toEqual([
      {
        line: 1,
        module: 'show.pipeline',
        script: 'run_pipeline.py',
        arguments: { role: '${ROLE}' },
        words: ['-n', 'show.pipeline', '-k', "{'role': '${ROLE}'}"],
      },
    ]);
  });

  test('a Makefile and a Jenkinsfile', () => {
    expect(callersIn('run:\n\tpython src/pipeline.py --env $(ENV)')[0]).toMatchObject({
      script: 'src/pipeline.py',
      words: ['--env', '${ENV}'],
    });
    expect(callersIn(`sh 'run-pipeline --module-name=a.b --kwargs={}'`)[0]).toMatchObject({ module: 'a.b' });
  });

  test('prose and unfinished quotes are no calls', () => {
    expect(callersIn('# the pipeline runs\n- echo "pipeline')).toEqual([]);
  });

  test('which file a module is', () => {
    expect(isModuleOf('a.b', 'src/a/b.py')).toBe(true);
    expect(isModuleOf('a.b', 'src/xa/b.py')).toBe(false);
  });
});
