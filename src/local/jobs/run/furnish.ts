import { readFile, readdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { constraintsOf } from '../images/constraints';
import { frameworkOf } from '../images/frameworks';
import { type Imports, importsBelow } from '../images/imports';
import { compareVersions } from '../images/image';
import { ownRecipe } from '../images/own';
import { type Recipe, recipeOf, remoteFunctionRecipe } from '../images/recipe';
import type { Launch } from '../kind';
import type { Container } from './container';
import type { Environments } from './environment';
import { ClientError } from './errors';
import type { Guard } from './guard';
import { type Interpreter, type Python, PythonMissing, isPython } from './python';

/** What gives a job its Python. */
export interface Furniture {
  python: Python;
  environments: Environments;
  guard: Guard;
  /** The folder of the programs that stand for algorithms of images. */
  programs: string;
}

/** A command with its Python and its variables. */
export interface Furnished {
  command: string[];
  env: NodeJS.ProcessEnv;
  release?: () => Promise<void>;
}

/**
 * What every Python runtime of Lambda has beside the standard library.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html
 */
const lambdaModules = ['boto3', 'botocore'];

/** Where a container has scripts, below its `/opt/ml`; version 3 of the SDK gives those of a training job as a channel. */
const codeFolders = [['code'], ['processing', 'input'], ['model', 'code'], ['input', 'data', 'code']];

/**
 * Gives a job its Python: `python` and `pip` by whatever name, in the command itself and in what it calls, with the
 * packages of its image where its scripts import them.
 * @throws {PythonMissing} {@link ClientError}
 */
export async function furnish(
  launch: Launch,
  container: Container,
  { python, environments, guard, programs }: Furniture,
  log: { write(lines: string[]): void },
  signal: AbortSignal,
): Promise<Furnished> {
  const { env: given, requirements, ownPackage } = launch;
  const command = withoutLogin(launch.command);
  const [program = '', ...words] = command;
  const installed = requirements ?? ownPackage;
  const isNeeded = isPython(program) || installed !== undefined;
  const interpreter = await python.interpreter().catch((error: unknown) => {
    // A shell script without Python runs where there is none.
    if (isNeeded || !(error instanceof PythonMissing)) throw error;
    return undefined;
  });
  if (!interpreter) return { command: [...command], env: given };
  if (process.platform === 'win32') {
    if (installed !== undefined) {
      throw new ClientError(
        `Local does not install ${requirements === undefined ? 'setup.py' : 'requirements.txt'} on Windows. Install its packages into your Python.`,
      );
    }
    return { command: [isPython(program) ? interpreter.path : program, ...words], env: given };
  }
  const onLines = (lines: string[]): void => log.write(lines);
  const imports = await importsBelow(foldersOfScripts(command, container));
  const env = withImageModules(given, imports, programs);
  const { recipe, isAlone = false } = await neededRecipe(launch, imports, interpreter);
  if (recipe?.note !== undefined) onLines([`Packages: ${recipe.note}.`]);
  const needs = {
    ...(requirements === undefined ? {} : { requirements }),
    ...(ownPackage === undefined ? {} : { ownPackage }),
    ...(recipe ? { recipe } : {}),
  };
  const constraints = mayInstall(launch, imports) ? await keptTo(launch, recipe, interpreter, onLines) : [];
  const own = await environments.prepare(isAlone ? { ...interpreter, sites: [] } : interpreter, needs, {
    env: constraints.length > 0 ? await constrained(env, constraints, container) : env,
    guard,
    signal,
    onLines,
    ...(constraints.length > 0 ? { constraints } : {}),
  });
  return { command: [isPython(program) ? own.python : program, ...words], env: own.env, release: own.release };
}

/**
 * Gives a function the Python that runs it: the user's, with boto3 where the function imports it and neither it nor the
 * user's Python brings it along.
 * @param task the function's unpacked code
 * @throws {PythonMissing} {@link ClientError}
 */
export async function furnishFunction(
  task: string,
  env: NodeJS.ProcessEnv,
  { python, environments, guard }: Furniture,
  log: { write(lines: string[]): void },
  signal: AbortSignal,
): Promise<Furnished> {
  const interpreter = await python.interpreter();
  const { modules } = await importsBelow([task]);
  const brought = await readdir(task);
  const wanted = lambdaModules.filter((module) => modules.has(module) && !brought.includes(module));
  const recipe = process.platform === 'win32' ? undefined : await ownRecipe(new Set(wanted), interpreter);
  if (!recipe) return { command: [interpreter.path], env };
  const onLines = (lines: string[]): void => log.write(lines);
  const own = await environments.prepare(interpreter, { recipe }, { env, guard, signal, onLines });
  return { command: [own.python], env: own.env, release: own.release };
}

/** Modules that images have and PyPI has not, by the folders below `media/python/images`. */
const imageModules = ['sagemaker_containers', 'sagemaker_xgboost_container'];

/** The variables of a job whose scripts import modules that only its image has: they find what stands for them. */
function withImageModules(env: NodeJS.ProcessEnv, { modules }: Imports, programs: string): NodeJS.ProcessEnv {
  if (!imageModules.some((module) => modules.has(module))) return env;
  const places = [env.PYTHONPATH ?? '', join(programs, '..', 'images')];
  return { ...env, PYTHONPATH: places.filter(Boolean).join(delimiter) };
}

/** Where the job's scripts lie: in the usual folders, and in that of the script that its command names. */
function foldersOfScripts(command: readonly string[], container: Container): string[] {
  const usual = codeFolders.map((path) => container.path(...path));
  const scripts = command.filter((word) => word.endsWith('.py')).map((word) => dirname(container.onMachine(word)));
  const own = scripts.filter((folder) => folder.startsWith(container.path()));
  return [...usual, ...own.filter((folder) => !usual.some((one) => `${folder}/`.startsWith(`${one}/`)))];
}

/** Whether a job may install something besides. */
function mayInstall({ requirements, ownPackage, command }: Launch, { usesPip, hasArchive }: Imports): boolean {
  return (
    requirements !== undefined ||
    ownPackage !== undefined ||
    usesPip ||
    hasArchive ||
    command.some((word) => /\bpip3?\b/.test(word))
  );
}

/**
 * What pip keeps to in a job: what the Python of the image would keep it from, and what the packages that stand for the
 * image work with. A version that the job's own requirements ask for is left to them.
 */
async function keptTo(
  { image, requirements }: Launch,
  recipe: Recipe | undefined,
  interpreter: Interpreter,
  onLines: (lines: string[]) => void,
): Promise<string[]> {
  const ofImage = image === undefined ? undefined : constraintsOf(image, interpreter.version);
  if (ofImage)
    onLines([`pip keeps to what Python 3.${ofImage.python} of the image gets: ${ofImage.lines.join(', ')}.`]);
  const text = requirements === undefined ? '' : await readFile(requirements, 'utf8');
  const limits = (recipe?.limits ?? []).filter((limit) => {
    const name = /^[\w-]+/.exec(limit)?.[0] ?? '';
    return (
      !ofImage?.lines.includes(limit) && !new RegExp(`^\\s*${name}\\s*(\\[[^\\]]*\\]\\s*)?[=<>~!@]`, 'im').test(text)
    );
  });
  if (limits.length > 0) onLines([`pip keeps to what works beside ${recipe?.title}: ${limits.join(', ')}.`]);
  return [...(ofImage?.lines ?? []), ...limits];
}

/** The variables with which every pip of the job keeps to constraints, beside those of the user. */
async function constrained(
  env: NodeJS.ProcessEnv,
  lines: readonly string[],
  container: Container,
): Promise<NodeJS.ProcessEnv> {
  const path = container.path('input', 'config', 'pip-constraints.txt');
  container.makeFolders(container.path('input', 'config'));
  await writeFile(path, `${lines.join('\n')}\n`);
  return { ...env, PIP_CONSTRAINT: [env.PIP_CONSTRAINT ?? '', path].join(' ').trim() };
}

/** The packages that a job needs, and whether it must not see those of the user's Python. */
interface NeededRecipe {
  recipe?: Recipe;
  isAlone?: boolean;
}

/**
 * The packages of the image, where the job needs them: its scripts import some, and the user's Python has not the same
 * version of the framework. (A script of the standard library alone waits for nothing to be installed.)
 */
async function neededRecipe(
  { image, recipe: own, command }: Launch,
  { modules, hasArchive }: Imports,
  interpreter: Interpreter,
): Promise<NeededRecipe> {
  if (own) {
    const recipe = own(interpreter.version);
    if (recipe) return { recipe };
    throw new ClientError(
      `There are no packages for this image and Python ${interpreter.version}. Name another Python.`,
    );
  }
  const remote = remoteFunctionRecipe(command);
  if (remote) {
    const installed = await versionsOf(interpreter, remote);
    if (installed.some((version) => isRelease(version, remote))) return {};
    // Two generations of the SDK have modules of the same names.
    return { recipe: remote, isAlone: installed.length > 0 };
  }
  if (image === undefined) return {};
  const recipe = recipeOf(image, interpreter.version);
  if (!recipe) {
    const missing = frameworkOf(image) ? undefined : await ownRecipe(modules, interpreter);
    return missing ? { recipe: missing } : {};
  }
  if (!hasArchive && !recipe.modules.some((module) => modules.has(module))) return {};
  const installed = await versionsOf(interpreter, recipe);
  return installed.some((version) => isRelease(version, recipe)) ? {} : { recipe };
}

/** A login shell (`bash -l -c …`) would set the PATH anew, and with it lose the job's Python. */
function withoutLogin(command: readonly string[]): string[] {
  const [program = '', ...words] = command;
  if (!/(^|\/)(ba|da|z)?sh$/.test(program)) return [...command];
  const rest = words.findIndex((word) => !/^-[a-z]+$/.test(word) && word !== '--login');
  const end = rest < 0 ? words.length : rest;
  const options = words.slice(0, end).map((word) => (word === '--login' ? '-' : word.replace('l', '')));
  return [program, ...options.filter((option) => option !== '-'), ...words.slice(end)];
}

/** Whether a version is of just the release that is wanted. */
function isRelease(version: string, { main }: Recipe): boolean {
  return compareVersions(version.split('.').slice(0, 2).join('.'), main.version) === 0;
}

/** The versions of a recipe's main package in the user's Python. */
async function versionsOf({ sites }: Interpreter, { main }: Recipe): Promise<string[]> {
  const start = `${main.package.replaceAll('-', '_')}-`;
  const names = await Promise.all(sites.map((site) => readdir(site).catch((): string[] => [])));
  return names
    .flat()
    .filter((name) => name.startsWith(start) && name.endsWith('.dist-info'))
    .map((name) => name.slice(start.length, -'.dist-info'.length));
}
