import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { quoted } from '../../../shared/shell-word';
import type { Recipe } from '../images/recipe';
import { ClientError } from './errors';
import type { Guard } from './guard';
import { hostOf, isHostFound } from './hosts';
import { runProcess } from './process';
import type { Interpreter } from './python';

/** What stands in an environment's folder once all of its packages are there. */
const complete = 'complete';

/** Leads an environment to the packages of others. */
const sharedPackages = '_shared.pth';

/** Requirements that lead to other files: the text alone does not say what they are. */
const local = /^\s*(-|\.|\/|file:|.*@\s*file:)/m;

/** Whether requirements are more than a list of packages. */
export function leadsToFiles(text: string): boolean {
  return local.test(text);
}

/** What is installed in an environment, as a lock of versions. */
const lockFile = 'requirements.lock';

const installWords = ['install', '--no-input', '--retries', '2', '--timeout', '20'];

/** What a job needs beside the user's Python. */
export interface Needs {
  /** The path of its `requirements.txt`. */
  requirements?: string;
  /** The folder of a package of its own, with a `setup.py`. */
  ownPackage?: string;
  /** The packages of its image. */
  recipe?: Recipe;
}

/** Where an installation runs, and who hears of it. */
export interface Installation {
  env: NodeJS.ProcessEnv;
  guard: Guard;
  signal: AbortSignal;
  onLines: (lines: string[]) => void;
  /** What pip keeps to by `env`: requirements come to other packages with them. */
  constraints?: readonly string[];
}

/** A job's environment. */
export interface JobEnvironment {
  /** Its Python. */
  python: string;
  /** The variables that lead a process to it. */
  env: NodeJS.ProcessEnv;
  /** To be called when the job has ended. */
  release: () => Promise<void>;
}

/** An environment that can be given to a job, and how it looked when it was made. */
interface Overlay {
  folder: string;
  look: string;
}

/**
 * Virtual environments over the user's Python. A job gets one of its own, made of a few links and files: it sees
 * all that is installed in the user's Python, and what the job installs by whatever way lands in its folder, which
 * goes with the job. One that a job has left as it was is given to the next. Requirements are installed once into an
 * environment that all jobs with the same ones see. The user's Python is only ever read.
 */
export class Environments {
  private readonly made = new Map<string, Promise<void>>();
  private readonly idle = new Map<string, Overlay[]>();
  private count = 0;

  /**
   * @param shared folder for the environments of requirements, which outlive the process
   * @param own folder for those of jobs
   */
  constructor(
    private readonly sharedFolder: string,
    private readonly ownFolder: string,
    private readonly isFound: (host: string) => Promise<boolean> = isHostFound,
  ) {}

  /**
   * Gives a job its own environment and installs what its requirements name.
   * @throws {ClientError} when something cannot be installed
   */
  async prepare(
    interpreter: Interpreter,
    { requirements, ownPackage, recipe }: Needs,
    installation: Installation,
  ): Promise<JobEnvironment> {
    const text = requirements === undefined ? '' : await readFile(requirements, 'utf8');
    const isShared = text.trim() !== '' && !leadsToFiles(text);
    const base = recipe ? await this.ofRecipe(interpreter, recipe, installation) : [];
    const layers = isShared
      ? await this.ofRequirements(interpreter, text, requirements ?? '', base, installation)
      : base;
    const key = JSON.stringify([interpreter, layers]);
    const overlay = this.idle.get(key)?.pop() ?? (await this.overlay(interpreter, layers));
    const env = variablesOf([overlay.folder, ...layers], installation.env, interpreter);
    const release = async (): Promise<void> => {
      if (lookOf(overlay.folder, interpreter) !== overlay.look) {
        await rm(overlay.folder, { recursive: true, force: true, maxRetries: 3 });
        return;
      }
      this.idle.set(key, [...(this.idle.get(key) ?? []), overlay]);
    };
    try {
      if (requirements !== undefined && text.trim() !== '' && !isShared) {
        await install(overlay.folder, requirements, { ...installation, env });
      }
      if (ownPackage !== undefined) {
        installation.onLines(['Installing the package of setup.py into a virtual environment.']);
        const command = [pythonOf(overlay.folder), '-m', 'pip', ...installWords, '.'];
        await pip(command, ownPackage, 'The package of setup.py', { ...installation, env });
      }
    } catch (error) {
      await release();
      throw error;
    }
    return { python: pythonOf(overlay.folder), env, release };
  }

  private async overlay(interpreter: Interpreter, layers: readonly string[]): Promise<Overlay> {
    const folder = join(this.ownFolder, String(++this.count));
    await makeEnvironment(folder, interpreter, layers);
    return { folder, look: lookOf(folder, interpreter) };
  }

  /** The environment with the packages of an image, which sees nothing of the user's Python. */
  private ofRecipe(interpreter: Interpreter, recipe: Recipe, installation: Installation): Promise<string[]> {
    const alone = { ...interpreter, sites: [] };
    return this.shared(alone, [], JSON.stringify(recipe.packages), installation, async (folder, own) => {
      own.onLines([`Making an environment with ${recipe.title}: once for all jobs; your Python stays as it is.`]);
      const packages = await this.reachable(recipe.packages, own.onLines);
      await pip([pythonOf(folder), '-m', 'pip', ...installWords, ...packages], folder, recipe.title, own);
    });
  }

  /** What pip is given, without indexes that cannot be reached: it would try each again for every package. */
  private async reachable(packages: readonly string[], onLines: Installation['onLines']): Promise<string[]> {
    const found = await Promise.all(
      packages.map(async (word) => {
        const address = /^--extra-index-url=(.*)/.exec(word)?.[1];
        if (address === undefined || (await this.isFound(hostOf(address)))) return [word];
        onLines([
          `${address} cannot be reached from here: packages are taken from PyPI alone, whose builds are larger.`,
        ]);
        return [];
      }),
    );
    return found.flat();
  }

  /** The environment of some requirements, over others. */
  private ofRequirements(
    interpreter: Interpreter,
    text: string,
    requirements: string,
    base: readonly string[],
    installation: Installation,
  ): Promise<string[]> {
    const contents = JSON.stringify([text, installation.constraints ?? []]);
    return this.shared(interpreter, base, contents, installation, (folder, own) => install(folder, requirements, own));
  }

  /**
   * An environment that outlives its job, made by the first who asks for it.
   * @param contents what tells it from others over the same Python
   * @returns its folder, then those below it
   */
  private async shared(
    interpreter: Interpreter,
    base: readonly string[],
    contents: string,
    installation: Installation,
    fill: (folder: string, installation: Installation) => Promise<void>,
  ): Promise<string[]> {
    const recipe = JSON.stringify([interpreter.base, interpreter.version, interpreter.sites, base, contents]);
    const digest = createHash('sha256').update(recipe).digest('hex').slice(0, 16);
    const folder = join(this.sharedFolder, digest);
    const { signal } = installation;
    for (;;) {
      let making = this.made.get(digest);
      const isMine = making === undefined;
      making ??= make(folder, interpreter, base, installation, fill);
      if (isMine) {
        this.made.set(digest, making);
        // Whoever needs it next tries again.
        making.catch(() => this.made.delete(digest));
      }
      try {
        await making;
        return [folder, ...base];
      } catch (error) {
        // The job that made it was stopped; this one was not.
        if (isMine || signal.aborted || !(error instanceof Stopped)) throw error;
      }
    }
  }
}

/** An installation that was cut short. */
class Stopped extends Error {
  override readonly name = 'Stopped';
}

async function make(
  folder: string,
  interpreter: Interpreter,
  base: readonly string[],
  installation: Installation,
  fill: (folder: string, installation: Installation) => Promise<void>,
): Promise<void> {
  if (existsSync(join(folder, complete))) return;
  await rm(folder, { recursive: true, force: true });
  try {
    await makeEnvironment(folder, interpreter, base);
    await fill(folder, { ...installation, env: variablesOf([folder, ...base], installation.env, interpreter) });
    installation.signal.throwIfAborted();
    await writeFile(join(folder, lockFile), await lockOf(packagesOf(folder, interpreter)));
    await writeFile(join(folder, complete), '');
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw installation.signal.aborted ? new Stopped('The installation was stopped.', { cause: error }) : error;
  }
}

/** What is installed in a folder of packages, as `requirements.txt` says it. */
async function lockOf(packages: string): Promise<string> {
  const names = await readdir(packages);
  const installed = names.flatMap((name) => /^(.+)-([^-]+)\.dist-info$/.exec(name)?.slice(1, 3).join('==') ?? []);
  return installed
    .sort()
    .map((line) => `${line}\n`)
    .join('');
}

async function install(folder: string, requirements: string, installation: Installation): Promise<void> {
  const name = basename(requirements);
  installation.onLines([`Installing ${name} into a virtual environment; your Python stays as it is.`]);
  const command = [pythonOf(folder), '-m', 'pip', ...installWords, '-r', requirements];
  await pip(command, dirname(requirements), name, installation);
}

/** @param what what is installed, for the sentence where it cannot be */
async function pip(
  command: string[],
  cwd: string,
  what: string,
  { env, guard, signal, onLines }: Installation,
): Promise<void> {
  let cause = '';
  const { code } = await runProcess({
    command,
    cwd,
    env,
    guard,
    signal,
    timeout: Number.POSITIVE_INFINITY,
    grace: 1000,
    onLines: (lines) => {
      cause = lines.findLast((line) => /error|No module named pip/i.test(line)) ?? cause;
      onLines(lines);
    },
  });
  if (code === 0 || signal.aborted) return;
  throw new ClientError(
    `${what} could not be installed: ${cause.trim() || `pip ended with code ${code ?? 'none'}`}. Check the names and the network, or install the packages into your Python.`,
  );
}

function pythonOf(folder: string): string {
  return join(folder, 'bin', 'python');
}

/** Makes a virtual environment by hand: `python -m venv` takes longer than most steps. */
async function makeEnvironment(folder: string, interpreter: Interpreter, layers: readonly string[]): Promise<void> {
  const { base, version, sites } = interpreter;
  const packages = packagesOf(folder, interpreter);
  const [bin, minor] = [join(folder, 'bin'), version.split('.').slice(0, 2).join('.')];
  await Promise.all([mkdir(bin, { recursive: true }), mkdir(packages, { recursive: true })]);
  const seen = [...layers.map((layer) => packagesOf(layer, interpreter)), ...sites];
  const lent = interpreter.pip === undefined ? undefined : await lentPip(folder, interpreter.pip);
  const pip = `#!/bin/sh\nexec ${quoted(join(bin, 'python'))} -m pip "$@"\n`;
  await Promise.all([
    symlink(base, join(bin, 'python')),
    symlink('python', join(bin, 'python3')),
    symlink('python', join(bin, `python${minor}`)),
    ...['pip', 'pip3'].map((name) => writeFile(join(bin, name), pip, { mode: 0o755 })),
    writeFile(
      join(folder, 'pyvenv.cfg'),
      `home = ${dirname(base)}\ninclude-system-site-packages = false\nversion = ${version}\n`,
    ),
    // Unlike plain paths, `addsitedir` reads the `.pth` files there too: editable installations are seen.
    writeFile(
      join(packages, sharedPackages),
      [
        ...seen.map((path) => `import site; site.addsitedir(${JSON.stringify(path)})\n`),
        ...(lent === undefined ? [] : [`${lent}\n`]),
      ].join(''),
    ),
  ]);
}

/**
 * Lends an environment the pip of the user's Python, where it has none else: from a folder that holds nothing else, into
 * which pip installs nothing.
 * @returns what is to be put on its path
 */
async function lentPip(folder: string, pip: string): Promise<string> {
  if (pip.endsWith('.whl')) return pip;
  const place = join(folder, 'lib', 'lent');
  await mkdir(place, { recursive: true });
  await symlink(pip, join(place, 'pip'));
  return place;
}

/** The times of all that a job could change in its environment; whatever it adds or removes changes a folder's. */
function lookOf(folder: string, interpreter: Interpreter): string {
  const packages = packagesOf(folder, interpreter);
  const bin = join(folder, 'bin');
  const places = [folder, bin, join(bin, 'pip'), join(bin, 'pip3'), dirname(packages), packages];
  const files = [join(packages, sharedPackages), join(folder, 'pyvenv.cfg')];
  return [...places, ...files].map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0).join();
}

function packagesOf(folder: string, { version }: Interpreter): string {
  return join(folder, 'lib', `python${version.split('.').slice(0, 2).join('.')}`, 'site-packages');
}

/** @param folders the environments, the nearest first */
function variablesOf(
  folders: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
  { path }: Interpreter,
): NodeJS.ProcessEnv {
  const places = [...folders.map((folder) => join(folder, 'bin')), dirname(path), ...(env.PATH ? [env.PATH] : [])];
  return {
    ...env,
    // macOS sets it for whatever the Python of a framework starts, and it leads past the environment.
    __PYVENV_LAUNCHER__: undefined,
    PATH: places.join(delimiter),
    VIRTUAL_ENV: folders[0],
    // A pip that is called by its full path, and so belongs to no virtual environment, refuses to install.
    PIP_REQUIRE_VIRTUALENV: '1',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_ROOT_USER_ACTION: 'ignore',
    PIP_NO_INPUT: '1',
  };
}
