/** What a project has of which files for its build server are written. */
import { existsSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { runGit } from '../../gitflow';
import { configIn, type LifecycleConfig } from '../../gitflow/lifecycle';
import { argumentsFor, isAssumed, openArguments, slug } from '../../sources/arguments';
import { isModuleOf } from '../../sources/callers';
import { callerFor, type FoundPipeline, preferredPipeline } from '../../sources/find';
import { type Project, readProject } from '../../sources/project';
import { UserError } from '../../workbench/errors';
import type { CiProject } from './text';

/**
 * Reads what a build server needs to know to run a pipeline of a project.
 *
 * @param target a definition or a program by its path, or a dotted module
 * @param version of the command line
 * @throws UserError where it makes no pipeline
 */
export async function readCi(root: string, target: string, version: string): Promise<CiProject> {
  const { config } = await configIn(root);
  const has = (path: string): boolean => existsSync(join(root, path));
  const path = relative(root, resolve(root, target)).split(sep).join('/');
  const requirements = ['requirements.txt', 'pyproject.toml', 'setup.py'].filter(has).slice(0, 1);
  const group = config.gates.release.model?.group;
  const { run } = config.gates.release;
  const whole = {
    requirements,
    ...(has('.python-version') ? { pythonVersionFile: '.python-version' } : {}),
    ...(group === undefined ? {} : { group }),
    deployments: deploymentsOf(config),
    branches: await branchesOf(root),
    // Runs on this machine are not what a build server can ask for.
    hasGates: run !== undefined && asksAccount(config),
    package: `./mlops-flow-${version}.tgz`,
  };
  if (target.endsWith('.json')) {
    return {
      ...whole,
      name: slug(path.replace(/^.*\//, '').replace(/(?:\.pipeline)?\.json$/, '')),
      target: path,
      open: [],
    };
  }
  const project = await readProject(root);
  const found = project.pipelines.filter((one) => one.path === path || isModuleOf(target, one.path));
  const pipeline = preferredPipeline(found);
  if (!pipeline) throw new UserError(`${target} makes no pipeline: it uses no Pipeline of the SageMaker SDK.`);
  return { ...whole, ...programOf(project, pipeline, config, found.length > 1) };
}

/** The production branch and the one before it as Gitflow names them, else the one that is checked out. */
async function branchesOf(root: string): Promise<string[]> {
  const git = async (...words: string[]): Promise<string> => (await runGit(root, words)).stdout.trim();
  const flow = [await git('config', 'gitflow.branch.master'), await git('config', 'gitflow.branch.develop')];
  const named = flow.filter((name) => name !== '');
  return named.length > 0 ? named : [(await git('symbolic-ref', '--short', 'HEAD')) || 'main'];
}

/** Environments with a deployment to an account. */
function deploymentsOf({ environments }: LifecycleConfig): string[] {
  return [...environments].flatMap(([name, { connection, deployment }]) =>
    deployment !== undefined && connection !== 'Local' ? [name] : [],
  );
}

function asksAccount({ environments, branches }: LifecycleConfig): boolean {
  const name = branches.get('release');
  const environment = name === undefined ? undefined : environments.get(name);
  return environment !== undefined && environment.connection !== 'Local';
}

const nobody = { region: '${AWS_REGION}', account: '', role: '${SAGEMAKER_ROLE_ARN}', bucket: '', project: 'project' };

function programOf(
  project: Project,
  pipeline: FoundPipeline,
  config: LifecycleConfig,
  isOneOfSeveral: boolean,
): Pick<CiProject, 'name' | 'target' | 'pipeline' | 'open' | 'runner'> {
  const { maker, path, name } = pipeline;
  const parameters = 'parameters' in maker ? maker.parameters : [];
  const caller = callerFor(pipeline, project.callers);
  const saved = new Set(Object.keys(config.arguments.get(path) ?? {}));
  const given = argumentsFor(parameters, caller, {}, nobody);
  const open = openArguments(parameters, caller, given)
    .map((one) => one.name)
    .filter((one) => !saved.has(one));
  const runner = runnerOf(project, pipeline);
  return {
    name: slug(name ?? path.replace(/^.*\//, '').replace(/\.(?:py|ipynb)$/, '')),
    target: path,
    ...(isOneOfSeveral && name !== undefined ? { pipeline: name } : {}),
    open,
    ...(runner ? { runner } : {}),
  };
}

/** The project's own `run_pipeline.py` of SageMaker's project templates, with the words that the project gives it. */
function runnerOf(project: Project, pipeline: FoundPipeline): CiProject['runner'] {
  const { maker, path } = pipeline;
  const folder = path.split('/')[0] ?? '';
  const file = [`${folder}/run_pipeline.py`, 'run_pipeline.py'].find((one) => existsSync(join(project.root, one)));
  if (file === undefined || maker.kind !== 'function') return undefined;
  const module = file.replace(/\.py$/, '').replaceAll('/', '.');
  const called = callerFor(pipeline, project.callers);
  if (called?.module !== undefined && called.words.length > 0) return { module, words: called.words };
  const given = argumentsFor(maker.parameters, called, {}, nobody).flatMap((one) =>
    !isAssumed(one) && typeof one.value === 'string' && one.value !== '' ? [[one.name, one.value] as const] : [],
  );
  return {
    module,
    words: [
      '--module-name',
      path.replace(/\.py$/, '').replaceAll('/', '.'),
      '--role-arn',
      '${SAGEMAKER_ROLE_ARN}',
      '--kwargs',
      JSON.stringify(Object.fromEntries(given)),
    ],
  };
}
