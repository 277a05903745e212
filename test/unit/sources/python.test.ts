import { describe, expect, test } from 'vitest';
import { pipelinesInNotebook } from '../../../src/sources/notebook';
import { callersInPython, pipelinesInPython } from '../../../src/sources/python';

const v2 = 'from sagemaker.workflow.pipeline import Pipeline\n';

describe('pipelines in Python', () => {
  test('the keys by which a function reads a parameter', () => {
    const code = `def make(cfg: dict, other, names):
    x = cfg["bucket"] + f"{cfg['rows'].strip()}/{cfg.get("team", 1)}" + cfg['bucket'] + names[0] + my.other["a"] + bother["b"]
    return Pipeline("rows")
`;
    expect(pipelinesInPython(`${v2}${code}`)[0]?.maker).toEqual({
      kind: 'function',
      name: 'make',
      parameters: [
        { name: 'cfg', annotation: 'dict', keys: ['bucket', 'rows', 'team'] },
        { name: 'other' },
        { name: 'names' },
      ],
    });
  });

  test.each([
    ['an f-string without a hole', "name = f'rows'\nPipeline(name)", 'rows'],
    ['an f-string of constants', "TEAM = 'shop'\nPipeline(name=f'{TEAM}-rows')", 'shop-rows'],
    ['a constant of constants', "TEAM = 'shop'\nNAME = TEAM + '-' + f'{ TEAM }'\nPipeline(NAME)", 'shop-shop'],
    ['braces that are text', "Pipeline(rf'a{{1}}')", 'a{1}'],
    ['what a function gives its own parameter', "def make(name='a'):\n    name = 'b'\n    return Pipeline(name)", 'b'],
    ['the last of what it gives', "def make(name):\n    name = 'b'\n    name = name\n    return Pipeline(name)", 'b'],
  ])('a name that is put together: %s', (_, code, name) => {
    const [found] = pipelinesInPython(`${v2}${code}\n`);
    expect(found?.name).toBe(name);
    expect(found).not.toHaveProperty('nameFrom');
  });

  test.each([
    ['an f-string of what a call gives', "Pipeline(f'{team()}-rows')"],
    ['an f-string with a format', "TEAM = 'shop'\nPipeline(f'{TEAM:>9}-rows')"],
    ['an f-string of a parameter', "def make(team='shop'):\n    return Pipeline(f'{team}-rows')"],
    [
      'a parameter that a function gives what it makes',
      "def make(name='a'):\n    name = own()\n    return Pipeline(name)",
    ],
    ['a sum with a number', "Pipeline('rows' + 1)"],
  ])('a name that only running tells: %s', (_, code) => {
    const [found] = pipelinesInPython(`${v2}${code}\n`);
    expect(found?.maker).toBeDefined();
    expect(found).not.toHaveProperty('name');
  });

  test('a parameter that is only sometimes given another value is still the parameter', () => {
    const code = "def make(name='a'):\n    if not name:\n        name = 'b'\n    return Pipeline(name)\n";
    expect(pipelinesInPython(`${v2}${code}`)).toMatchObject([{ name: 'a', nameFrom: 'name' }]);
  });

  test('a function, with its parameters, and the name that is a default', () => {
    const text = `${v2}
def get_pipeline(
    region: str,
    role=None,
    *args,
    name: str = "churn",  # the name
    **kwargs,
) -> Pipeline:
    return Pipeline(name=name, steps=[])
`;
    expect(pipelinesInPython(text)).toEqual([
      {
        maker: {
          kind: 'function',
          name: 'get_pipeline',
          parameters: [
            { name: 'region', annotation: 'str' },
            { name: 'role', default: 'None' },
            { name: 'name', default: '"churn"' },
          ],
        },
        name: 'churn',
        nameFrom: 'name',
        line: 2,
        sdk: 2,
      },
    ]);
  });

  test('a parameter that an option of the command line gives a value', () => {
    const text = `${v2}import argparse
def build(bucket, depth, rate, team):
    return Pipeline(bucket)

def main():
    p = argparse.ArgumentParser()
    p.add_argument("--bucket", required=True)
    p.add_argument("-d", "--depth", type=int, default=(1 + 2))
    p.add_argument("--team", default=None)
    p.add_argument(
        "--rate",
        default=RATE,
    )
`;
    const { maker } = pipelinesInPython(text)[0] ?? {};
    expect(maker && 'parameters' in maker ? maker.parameters : []).toEqual([
      { name: 'bucket' },
      { name: 'depth', option: true },
      { name: 'rate', option: true },
      { name: 'team' },
    ]);
  });

  test.each([
    ['the module', `${v2}NAME = 'one'\npipeline = Pipeline(NAME, steps=[])`, 'module', 'one'],
    ['the program', `${v2}if __name__ == "__main__":\n    Pipeline(name="two")`, 'main', 'two'],
    ['its main function', `${v2}def main():\n    Pipeline("three")\n`, 'main', 'three'],
    [
      'a method',
      `${v2}class A:\n    def create(self, role):\n        return Pipeline(name=f"{role}")`,
      'method',
      undefined,
    ],
    ['an alias', 'import sagemaker.workflow.pipeline as p\nx = p.Pipeline("four")', 'module', 'four'],
    [
      'a renamed class',
      'from sagemaker.workflow.pipeline import (\n    Pipeline as P,  # mine\n)\nP("five")',
      'module',
      'five',
    ],
    ['the whole name', 'import sagemaker\nsagemaker.workflow.pipeline.Pipeline("six")', 'module', 'six'],
    ['all names', 'from sagemaker.workflow.pipeline import *\nPipeline("seven")', 'module', 'seven'],
  ])('in %s', (_what, text, kind, name) => {
    const [one, ...more] = pipelinesInPython(text);
    expect(more).toEqual([]);
    expect(one).toMatchObject({ maker: { kind } });
    expect(one?.name).toBe(name);
  });

  test('of the third generation of the SDK', () => {
    const text = 'from sagemaker.mlops.workflow.pipeline import Pipeline\nPipeline(name="v3")';
    expect(pipelinesInPython(text)).toMatchObject([{ name: 'v3', sdk: 3 }]);
  });

  test.each([
    ['of scikit-learn', 'import sagemaker\nfrom sklearn.pipeline import Pipeline\nPipeline([("a", 1)])'],
    ['of CodePipeline', 'import sagemaker\nfrom aws_cdk.aws_codepipeline import Pipeline\nPipeline(self, "P")'],
    ['of models', 'from sagemaker.pipeline import PipelineModel\nPipelineModel(name="a")'],
    ['in a comment', `${v2}# Pipeline(name="no")\n"""Pipeline(name="no")"""`],
    ['without the SDK', 'def get_pipeline():\n    return make()'],
  ])('none: a pipeline %s', (_what, text) => expect(pipelinesInPython(text)).toEqual([]));

  test('several are several, a function with branches is one', () => {
    const text = `${v2}Pipeline("a")\nPipeline("b")\ndef make(x):\n    if x:\n        return Pipeline("c")\n    return Pipeline("d")\n`;
    expect(pipelinesInPython(text).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  test('a function of the customary name whose pipeline a helper makes', () => {
    const text =
      'import sagemaker\nfrom .framework import build\ndef get_pipeline(region):\n    return build(region)\n';
    expect(pipelinesInPython(text)).toMatchObject([{ maker: { kind: 'function', name: 'get_pipeline' }, line: 2 }]);
  });

  test('a function that gives back what the service answers of a pipeline makes none', () => {
    const made = (...lines: string[]): string =>
      `import sagemaker\nfrom flow import get_pipeline\ndef create_pipeline(args):\n    p = get_pipeline(args.region)\n${lines.map((line) => `    ${line}\n`).join('')}`;
    expect(pipelinesInPython(made('response = p.upsert(role_arn=args.role)', 'return response'))).toEqual([]);
    expect(pipelinesInPython(made('return p.start()["PipelineExecutionArn"]'))).toEqual([]);
    expect(pipelinesInPython(made('return'))).toEqual([]);
    // Near misses: the pipeline itself comes back, at least on one way; a factory makes it.
    expect(pipelinesInPython(made('response = p.upsert(role_arn=args.role)', 'return p'))).toHaveLength(1);
    expect(pipelinesInPython(made('if args.dry:', '    return p', 'return p.upsert(args.role)'))).toHaveLength(1);
    expect(pipelinesInPython(made('return factory.create(args)'))).toHaveLength(1);
  });

  test('a text with mistakes gives what can be read', () => {
    expect(pipelinesInPython(`${v2}def get_pipeline(:\n  return Pipeline(name="x"\n`)).toHaveLength(1);
  });
});

test('calls of makers, with what is written out or constant', () => {
  const text =
    'from ml.churn import get_pipeline\nBUCKET = "b"\nget_pipeline(bucket=BUCKET, n=3, role=role())\nget_pipeline("x")\n';
  expect(callersInPython(text)).toEqual([
    { line: 2, function: 'get_pipeline', module: 'ml.churn', arguments: { bucket: 'b', n: 3 } },
  ]);
});

describe('definitions that are written out for boto3', () => {
  test('are found where they are made, near misses are not', () => {
    const text = `import boto3\nsm = boto3.client("sagemaker")\n\ndef build(cfg):\n    return {"Version": "2020-12-01", "Metadata": {}, "Steps": []}\n\nOTHER_Pipeline = {"Version": "2012-10-17", "Statement": []}\n`;
    expect(pipelinesInPython(text)).toEqual([
      { maker: { kind: 'function', name: 'build', parameters: [{ name: 'cfg' }] }, line: 3, sdk: 2 },
    ]);
    expect(pipelinesInPython(text.replace('"Steps"', '"Stages"'))).toEqual([]);
    expect(pipelinesInPython(text.replace('2020-12-01', 'one'))).toEqual([]);
  });

  test('a name for a pipeline that is there already makes none', () => {
    const text = `${v2}pipeline = Pipeline(name="churn", sagemaker_session=session)\npipeline.start()\n`;
    expect(pipelinesInPython(text)).toEqual([]);
    expect(pipelinesInPython(`${text}pipeline.upsert(role)\n`)).toHaveLength(1);
    expect(pipelinesInPython(text.replace('name="churn"', 'name="churn", steps=[a]'))).toHaveLength(1);
  });
});

describe('pipelines in notebooks', () => {
  const notebook = (cells: string[], language = 'python'): string =>
    JSON.stringify({
      metadata: { kernelspec: { language } },
      cells: [
        { cell_type: 'markdown', source: ['# Pipeline('] },
        ...cells.map((source) => ({ cell_type: 'code', source: source.split(/(?<=\n)/) })),
      ],
    });

  test('are told by cell and line', () => {
    const text = notebook([
      '!pip install sagemaker\nname = "book"',
      `%load_ext x\n${v2}\npipeline = Pipeline(\n    name=name)`,
    ]);
    expect(pipelinesInNotebook(text)).toEqual([
      { maker: { kind: 'notebook' }, name: 'book', line: 3, cell: 2, sdk: 2 },
    ]);
  });

  test('of other languages, and texts that are none, have none', () => {
    expect(pipelinesInNotebook(notebook([`${v2}Pipeline("x")`], 'R'))).toEqual([]);
    expect(pipelinesInNotebook('{"cells": [{"cell_type": "code", "source": "sagemaker Pipeline("')).toEqual([]);
  });
});
