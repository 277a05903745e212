/** Files for build servers, from what a project has. */
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { validate } from '../../../src/definition';
import { readCi } from '../../../src/delivery/ci/read';
import { type CiProject, ciText, commandsOf, shellWord } from '../../../src/delivery/ci/text';
import { parseBuildspec } from '../../../src/local/jobs/build/buildspec';

vi.mock('vscode', () => import('../../fixtures/vscode'));

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mlops-flow-ci-'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const makes = `from sagemaker.workflow.pipeline import Pipeline

def get_pipeline(region, role=None, dataset_version, pipeline_name="abalone"):
    return Pipeline(name=pipeline_name, steps=[])
`.replace('role=None, dataset_version', 'dataset_version, role=None');

const config = {
  version: 1,
  environments: {
    dev: { connection: 'Local' },
    staging: {
      connection: { profile: 'staging' },
      account: '111122223333',
      deployment: { endpoint: 'abalone-staging' },
    },
    production: { connection: { profile: 'prod' }, account: '111122223333', deployment: { endpoint: 'abalone' } },
  },
  branches: { release: 'staging' },
  gates: { release: { run: { pipeline: 'abalone' }, model: { group: 'abalone' } } },
};

const whole: CiProject = {
  name: 'abalone',
  target: 'pipelines/abalone/pipeline.py',
  requirements: ['requirements.txt'],
  open: ['dataset_version'],
  runner: {
    module: 'pipelines.run_pipeline',
    words: ['--role-arn', '${SAGEMAKER_ROLE_ARN}', '--kwargs', `{'a':'it"s'}`],
  },
  group: "ada's models",
  deployments: ['staging', 'production'],
  branches: ['main', 'develop'],
  hasGates: true,
  package: './mlops-flow-0.1.0.tgz',
};

describe('what a project has', () => {
  it('is its requirements, its runner with its own call, its environments in accounts and its gates', async () => {
    write('pipelines/abalone/pipeline.py', makes);
    write('pipelines/run_pipeline.py', 'def main():\n    pass\n');
    write('requirements.txt', 'sagemaker<3\n');
    write('.mlops/config.json', JSON.stringify(config));
    write(
      'codebuild-buildspec.yml',
      `version: 0.2\nphases:\n  build:\n    commands:\n      - run-pipeline --module-name pipelines.abalone.pipeline --role-arn $SAGEMAKER_ROLE_ARN --kwargs "{\\"region\\":\\"\${AWS_REGION}\\",\\"dataset_version\\":\\"7\\"}"\n`,
    );
    const project = await readCi(root, 'pipelines/abalone/pipeline.py', '0.1.0');
    expect(project).toMatchObject({
      name: 'abalone',
      requirements: ['requirements.txt'],
      open: [],
      group: 'abalone',
      deployments: ['staging', 'production'],
      hasGates: true,
    });
    expect(project.runner?.module).toBe('pipelines.run_pipeline');
    expect(project.runner?.words.slice(0, 2)).toEqual(['--module-name', 'pipelines.abalone.pipeline']);
  });

  it('asks the build for what nothing gives, and calls the runner by the template where nobody has yet', async () => {
    write('pipelines/abalone/pipeline.py', makes);
    write('pipelines/run_pipeline.py', '');
    const project = await readCi(root, 'pipelines.abalone.pipeline', '0.1.0');
    expect(project).toMatchObject({ open: ['dataset_version'], deployments: [], hasGates: false, requirements: [] });
    expect(commandsOf(project).check[1]).toBe(
      'mlops-flow run pipelines/abalone/pipeline.py --arg "dataset_version=${DATASET_VERSION}" --follow',
    );
    expect(commandsOf(project).start[0]).toContain('--role-arn "${SAGEMAKER_ROLE_ARN}"');
    expect(commandsOf(project).variables).toEqual(['DATASET_VERSION', 'SAGEMAKER_ROLE_ARN']);
  });

  it('says that a program makes no pipeline', async () => {
    write('tools.py', 'print(1)\n');
    await expect(readCi(root, 'tools.py', '0.1.0')).rejects.toThrow('tools.py makes no pipeline');
  });

  it('has the branches of Gitflow, production first', async () => {
    write('pipelines/p.pipeline.json', '{}');
    const git = (...words: string[]): void => void execFileSync('git', words, { cwd: root });
    git('init', '-q');
    git('config', 'gitflow.branch.master', 'trunk');
    git('config', 'gitflow.branch.develop', 'next');
    expect(await readCi(root, 'pipelines/p.pipeline.json', '0.1.0')).toMatchObject({
      name: 'p',
      target: 'pipelines/p.pipeline.json',
      branches: ['trunk', 'next'],
    });
  });
});

describe('words of a shell', () => {
  it.each(['a b', `it's`, `say "no"`, '$HOME', '`id`', '${X} and $(id) "q" \\ `id`', '*', ''])(
    '%s arrive as they are',
    (word) => {
      const out = execFileSync('sh', ['-c', `printf %s ${shellWord(word)}`], { encoding: 'utf8', env: { X: 'x' } });
      expect(out).toBe(word.replace('${X}', 'x'));
    },
  );
});

describe('a workflow', () => {
  it('deploys one environment after the other, from production alone, each with its own approval', () => {
    const { jobs, on, env } = parse(ciText('github', whole)) as {
      on: { push: { branches: string[] } };
      env: Record<string, string>;
      jobs: Record<
        string,
        { needs?: string; if?: string; environment?: string; steps: { run?: string; uses?: string }[] }
      >;
    };
    expect(on.push.branches).toEqual(['main', 'develop']);
    expect(env['MLOPS_FLOW']).toBe('./mlops-flow-0.1.0.tgz');
    expect(env['DATASET_VERSION']).toBe('${{ vars.DATASET_VERSION }}');
    expect(Object.keys(jobs)).toEqual(['check', 'start', 'deploy-staging', 'deploy-production']);
    expect(jobs['deploy-production']).toMatchObject({
      needs: 'deploy-staging',
      environment: 'production',
      if: "github.ref == 'refs/heads/main'",
    });
    expect(jobs['deploy-staging']?.steps.at(-1)?.run).toBe(
      `mlops-flow deploy 'ada'\\''s models' --to staging --wait\n`,
    );
    expect(jobs['check']?.steps.some(({ run }) => run?.startsWith('mlops-flow gate'))).toBe(true);
  });

  it.each<[string, Partial<CiProject>]>([
    ['of a project with all of it', {}],
    ['that has a version of Python', { pythonVersionFile: '.python-version' }],
    ['where nothing is deployed', { deployments: [], hasGates: false, open: [] }],
    [
      'with names that have to be quoted',
      { name: 'on', target: 'a b/"c".py', deployments: ['eu: west'], branches: ['#1'] },
    ],
  ])("is taken by GitHub's own parser: one %s", async (_, more) => {
    const content = ciText('github', { ...whole, ...more });
    const { context, value } = parseWorkflow({ name: 'ci.yml', content }, new NoOperationTraceWriter());
    expect(context.errors.getErrors().map(({ message }) => message)).toEqual([]);
    const { errors, jobs } = await convertWorkflowTemplate(context, value as NonNullable<typeof value>);
    expect(errors ?? []).toEqual([]);
    expect(jobs.length).toBe(1 + 1 + (more.deployments ?? whole.deployments).length);
  });

  it('that GitHub would refuse is refused by its parser', () => {
    const content = ciText('github', whole).replace('runs-on:', 'runs-in:');
    const { context } = parseWorkflow({ name: 'ci.yml', content }, new NoOperationTraceWriter());
    expect(context.errors.getErrors().map(({ message }) => message)).toEqual([
      expect.stringContaining("Unexpected value 'runs-in'"),
      expect.stringContaining('Required property is missing: runs-on'),
    ]);
  });

  it('has one job where nothing is deployed', () => {
    const { runner: _runner, ...withoutRunner } = whole;
    const { jobs } = parse(ciText('github', { ...withoutRunner, deployments: [], hasGates: false })) as {
      jobs: object;
    };
    expect(Object.keys(jobs)).toEqual(['check']);
  });
});

describe('a buildspec', () => {
  it('has no problems by our own rules, and parses as Local reads it', () => {
    const text = ciText('codebuild', whole);
    expect(validate(text, { path: 'abalone.buildspec.yml', language: 'buildspec' })).toEqual([]);
    const { phases } = parseBuildspec(text);
    expect(phases.build?.commands?.length).toBe(6);
  });

  it('gives each command to the shell as it is meant', () => {
    for (const { commands = [] } of Object.values(parseBuildspec(ciText('codebuild', whole)).phases)) {
      for (const command of commands) execFileSync('sh', ['-n', '-c', command]);
    }
  });
});

describe('a Jenkinsfile', () => {
  it('keeps quotes in its strings', () => {
    const text = ciText('jenkins', whole);
    expect(text).toContain(`sh 'mlops-flow deploy \\'ada\\'\\\\\\'\\'s models\\' --to staging --wait'`);
    expect(text).toContain("when { branch 'main' }");
    expect(text.split('{').length).toBe(text.split('}').length);
  });
});
