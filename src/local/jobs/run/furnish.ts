import { readdir } from 'node:fs/promises';
import { importsBelow } from '../images/imports';
import { compareVersions } from '../images/image';
import { type Recipe, recipeOf } from '../images/recipe';
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
}

/** A command with its Python and its variables. */
export interface Furnished {
  command: string[];
  env: NodeJS.ProcessEnv;
  release?: () => Promise<void>;
}

/** Where a container has scripts, below its `/opt/ml`. */
const codeFolders = [['code'], ['processing', 'input'], ['model', 'code']];

/**
 * Gives a job its Python: `python` and `pip` by whatever name, in the command itself and in what it calls, with the
 * packages of its image where its scripts import them.
 * @throws {PythonMissing} {@link ClientError}
 */
export async function furnish(
  launch: Launch,
  container: Container,
  { python, environments, guard }: Furniture,
  log: { write(lines: string[]): void },
  signal: AbortSignal,
): Promise<Furnished> {
  const { env, requirements } = launch;
  const command = withoutLogin(launch.command);
  const [program = '', ...words] = command;
  const isNeeded = isPython(program) || requirements !== undefined;
  const interpreter = await python.interpreter().catch((error: unknown) => {
    // A shell script without Python runs where there is none.
    if (isNeeded || !(error instanceof PythonMissing)) throw error;
    return undefined;
  });
  if (!interpreter) return { command: [...command], env };
  if (process.platform === 'win32') {
    if (requirements !== undefined) {
      throw new ClientError(
        'Local does not install requirements.txt on Windows. Install its packages into your Python.',
      );
    }
    return { command: [isPython(program) ? interpreter.path : program, ...words], env };
  }
  const onLines = (lines: string[]): void => log.write(lines);
  const recipe = await neededRecipe(launch, container, interpreter);
  if (recipe?.note !== undefined) onLines([`Packages: ${recipe.note}.`]);
  const needs = { ...(requirements === undefined ? {} : { requirements }), ...(recipe ? { recipe } : {}) };
  const own = await environments.prepare(interpreter, needs, { env, guard, signal, onLines });
  return { command: [isPython(program) ? own.python : program, ...words], env: own.env, release: own.release };
}

/**
 * The packages of the image, where the job needs them: its scripts import some, and the user's Python has not the same
 * version of the framework. (A script of the standard library alone waits for nothing to be installed.)
 */
async function neededRecipe(
  { image, recipe: own }: Launch,
  container: Container,
  interpreter: Interpreter,
): Promise<Recipe | undefined> {
  if (own) {
    const recipe = own(interpreter.version);
    if (recipe) return recipe;
    throw new ClientError(
      `There are no packages for this image and Python ${interpreter.version}. Name another Python.`,
    );
  }
  const recipe = image === undefined ? undefined : recipeOf(image, interpreter.version);
  if (!recipe) return undefined;
  const { modules, hasArchive } = await importsBelow(codeFolders.map((path) => container.path(...path)));
  if (!hasArchive && !recipe.modules.some((module) => modules.has(module))) return undefined;
  return (await hasFramework(interpreter, recipe)) ? undefined : recipe;
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

/** Whether the user's Python has the framework in just the version that is wanted. */
async function hasFramework({ sites }: Interpreter, { main }: Recipe): Promise<boolean> {
  const start = `${main.package.replaceAll('-', '_')}-`;
  for (const site of sites) {
    for (const name of await readdir(site).catch(() => [])) {
      if (!name.startsWith(start) || !name.endsWith('.dist-info')) continue;
      const version = name.slice(start.length, -'.dist-info'.length);
      if (compareVersions(version.split('.').slice(0, 2).join('.'), main.version) === 0) return true;
    }
  }
  return false;
}
