import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { callerFor, workingFolders } from '../../../src/sources/find';
import { readProject } from '../../../src/sources/project';
import { requirementOf, sdkRequirement } from '../../../src/sources/requirements';

const made: string[] = [];
afterEach(() => made.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function project(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'project-'));
  made.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const script =
  'from sagemaker.workflow.pipeline import Pipeline\ndef get_pipeline(region):\n    return Pipeline("p")\n';

test('a project: its pipelines, what runs each, and where', async () => {
  const root = project({
    'ml/setup.py': '',
    'ml/churn/pipeline.py': script,
    'ml/fraud/pipeline.py': script.replace('"p"', '"fraud"'),
    'ml/tests/test_pipeline.py': script,
    '.venv/lib/pipeline.py': script,
    'node_modules/x/pipeline.py': script,
    '.github/workflows/run.yml': `      run: python run_pipeline.py -n churn.pipeline -k '{"region": "eu-west-1"}'\n`,
    'try.py': 'from ml.fraud.pipeline import get_pipeline\nget_pipeline(region="us-east-2")\n',
  });
  const found = await readProject(root);
  expect(found.pipelines.map(({ path, name }) => [path, name])).toEqual([
    ['ml/churn/pipeline.py', 'p'],
    ['ml/fraud/pipeline.py', 'fraud'],
  ]);
  const [churn, fraud] = found.pipelines;
  if (!churn || !fraud) throw new Error('two pipelines were expected');
  const caller = callerFor(churn, found.callers);
  expect(caller).toMatchObject({ path: '.github/workflows/run.yml', arguments: { region: 'eu-west-1' } });
  expect(callerFor(fraud, found.callers)).toMatchObject({ path: 'try.py', arguments: { region: 'us-east-2' } });
  const has = (path: string): boolean => path === 'ml/setup.py';
  expect(workingFolders(churn, caller, has)).toEqual(['ml', '', 'ml/churn']);
});

test('definitions, templates and what the CDK has synthesised; other JSON and YAML is none', async () => {
  const definition = JSON.stringify({
    Version: '2020-12-01',
    Steps: [{ Name: 'End', Type: 'Fail', Arguments: { ErrorMessage: 'x' } }],
  });
  const template = {
    Resources: {
      Rivers: {
        Type: 'AWS::SageMaker::Pipeline',
        Properties: { PipelineName: 'rivers', PipelineDefinition: { PipelineDefinitionBody: definition } },
      },
    },
  };
  const root = project({
    'definitions/churn.json': definition,
    // Found by its name, by another part of the product.
    'pipelines/own.pipeline.json': definition,
    'cdk.out/Stack.template.json': JSON.stringify(template),
    'cdk.out/manifest.json': definition,
    'node_modules/x/y.json': definition,
    'tests/fixture.json': definition,
    'package.json': '{"name": "x"}',
    'infra/broken.yaml': 'Type: AWS::SageMaker::Pipeline\n  bad: [',
    'infra/other.yml': 'on: push\n',
  });
  const { pipelines } = await readProject(root);
  expect(pipelines.map(({ path, name, maker }) => [path, name, maker.kind])).toEqual([
    ['cdk.out/Stack.template.json', 'rivers', 'template'],
    ['definitions/churn.json', undefined, 'definition'],
  ]);
});

test('a folder without pipelines, and one that is not there', async () => {
  expect((await readProject(project({ 'a.py': 'print(1)' }))).pipelines).toEqual([]);
  expect((await readProject(join(tmpdir(), 'not-there-at-all'))).pipelines).toEqual([]);
});

test.each([
  ['sagemaker==2.93.0\nboto3', 'sagemaker==2.93.0'],
  ['required_packages = ["sagemaker>=2.100, <3"]', 'sagemaker>=2.100,<3'],
  ['install_requires =\n    sagemaker[local] ~= 2.5', 'sagemaker~=2.5'],
  ['[tool.poetry.dependencies]\nsagemaker = "^2.155.0"', 'sagemaker>=2.155.0,<3'],
  ['sagemaker = {extras = ["x"], version = "~2.10"}', 'sagemaker>=2.10,<2.11'],
  ['  - sagemaker=2.10', 'sagemaker==2.10'],
  ['sagemaker-experiments==0.1', undefined],
  ['my-sagemaker==1', undefined],
  ['sagemaker', 'sagemaker'],
])('the requirement in %j', (text, requirement) => expect(requirementOf('sagemaker', text)).toBe(requirement));

test('a requirement without version follows what the script imports', () => {
  expect(sdkRequirement(['boto3', 'sagemaker\n'], 2)).toBe('sagemaker<3');
  expect(sdkRequirement([], 3)).toBe('sagemaker>=3');
  expect(sdkRequirement(['sagemaker==2.1'], 2)).toBe('sagemaker==2.1');
  // Else pip looks for the third generation for minutes, which the script cannot use.
  expect(sdkRequirement(['sagemaker>=2.200'], 2)).toBe('sagemaker>=2.200,<3');
  expect(sdkRequirement(['sagemaker>=2.200,!=2.210'], 2)).toBe('sagemaker>=2.200,!=2.210,<3');
  expect(sdkRequirement(['sagemaker~=2.200'], 2)).toBe('sagemaker~=2.200');
  expect(sdkRequirement(['sagemaker>=2.200'], 3)).toBe('sagemaker>=2.200');
});
