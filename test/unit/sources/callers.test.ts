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

  test('variables that the same file sets above have their values, those of an account stay open', () => {
    const workflow = `
env:
  ROWS_BUCKET: rows-of-ours
  ROWS_KEY: rows/penguins.csv
  GROUP: "rows of \${{ github.ref }}"
jobs:
  build:
    env:
      ROWS_KEY: 'rows/lakes.csv' # the newest
    steps:
      - run: python make_pipeline.py --rows "s3://\${{ env.ROWS_BUCKET }}/\${{ env.ROWS_KEY }}" --group "\${{ env.GROUP }}"
      - env:
          ROWS_KEY: rows/later.csv
`;
    expect(callersIn(workflow)[0]?.words).toEqual([
      '--rows',
      's3://${ROWS_BUCKET}/rows/lakes.csv',
      '--group',
      '${GROUP}',
    ]);
    expect(callersIn('STAGE := test\nrun:\n\tpython pipeline.py --stage $(STAGE)')[0]?.words).toEqual([
      '--stage',
      'test',
    ]);
    const kwargs = `export TEAM=lakes\nrun-pipeline --module-name a.b --kwargs "{\\"team\\": \\"$TEAM\\"}"`;
    expect(callersIn(kwargs)[0]?.arguments).toEqual({ team: 'lakes' });
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
