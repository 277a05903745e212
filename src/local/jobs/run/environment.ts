import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { ClientError } from './errors';
import type { Guard } from './guard';
import { runProcess } from './process';
import type { Interpreter } from './python';

/** What stands in an environment's folder once all of its packages are there. */
const complete = 'complete';

/** Leads an environment to the packages of others. */
const sharedPackages = '_shared.pth';

/** Requirements that lead to other files: the text alone does not say what they are. */
const local = /^\s*(-|\.|\/|file:|.*@\s*file:)/m;

/** Where an installation runs, and who hears of it. */
export interface Installation {
  env: NodeJS.ProcessEnv;
  guard: Guard;
  signal: AbortSignal;
  onLines: (lines: string[]) => void;
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
  private readonly made = new Map<string, Promise<string>>();
  private readonly idle = new Map<string, Overlay[]>();
  private count = 0;

  /**
   * @param shared folder for the environments of requirements, which outlive the process
   * @param own folder for those of jobs
   */
  constructor(
    private readonly sharedFolder: string,
    private readonly ownFolder: string,
  ) {}

  /**
   * Gives a job its own environment and installs what its requirements name.
   * @param requirements the path of its `requirements.txt`
   * @throws {ClientError} when something cannot be installed
   */
  async prepare(
    interpreter: Interpreter,
    requirements: string | undefined,
    installation: Installation,
  ): Promise<JobEnvironment> {
    const text = requirements === undefined ? '' : await readFile(requirements, 'utf8');
    const isShared = text.trim() !== '' && !local.test(text);
    const layer = isShared ? await this.shared(interpreter, text, requirements ?? '', installation) : undefined;
    const layers = layer === undefined ? [] : [layer];
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
    } catch (error) {
      await release();
      throw error;
    }
    return { python: join(overlay.folder, 'bin', 'python'), env, release };
  }

  private async overlay(interpreter: Interpreter, layers: readonly string[]): Promise<Overlay> {
    const folder = join(this.ownFolder, String(++this.count));
    await makeEnvironment(folder, interpreter, layers);
    return { folder, look: lookOf(folder, interpreter) };
  }

  /** The environment of some requirements, made by the first who asks for it. */
  private async shared(
    interpreter: Interpreter,
    text: string,
    requirements: string,
    installation: Installation,
  ): Promise<string> {
    const recipe = JSON.stringify([interpreter.base, interpreter.version, interpreter.sites, text]);
    const digest = createHash('sha256').update(recipe).digest('hex').slice(0, 16);
    let making = this.made.get(digest);
    if (!making) {
      making = make(join(this.sharedFolder, digest), interpreter, requirements, installation);
      this.made.set(digest, making);
      // Whoever needs it next tries again.
      making.catch(() => this.made.delete(digest));
    }
    return making;
  }
}

async function make(
  folder: string,
  interpreter: Interpreter,
  requirements: string,
  installation: Installation,
): Promise<string> {
  if (existsSync(join(folder, complete))) return folder;
  await rm(folder, { recursive: true, force: true });
  try {
    await makeEnvironment(folder, interpreter, []);
    const env = variablesOf([folder], installation.env, interpreter);
    await install(folder, requirements, { ...installation, env });
    await writeFile(join(folder, complete), '');
    return folder;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function install(
  folder: string,
  requirements: string,
  { env, guard, signal, onLines }: Installation,
): Promise<void> {
  let cause = '';
  onLines([`Installing ${basename(requirements)} into a virtual environment; your Python stays as it is.`]);
  const { code } = await runProcess({
    command: [join(folder, 'bin', 'python'), '-m', 'pip', 'install', '--no-input', '-r', requirements],
    cwd: dirname(requirements),
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
    `${basename(requirements)} could not be installed: ${cause.trim() || `pip ended with code ${code ?? 'none'}`}. Check the names and the network, or install the packages into your Python.`,
  );
}

/** Makes a virtual environment by hand: `python -m venv` takes longer than most steps. */
async function makeEnvironment(folder: string, interpreter: Interpreter, layers: readonly string[]): Promise<void> {
  const { base, version, sites } = interpreter;
  const packages = packagesOf(folder, interpreter);
  const [bin, minor] = [join(folder, 'bin'), version.split('.').slice(0, 2).join('.')];
  await Promise.all([mkdir(bin, { recursive: true }), mkdir(packages, { recursive: true })]);
  const seen = [...layers.map((layer) => packagesOf(layer, interpreter)), ...sites];
  const pip = `#!/bin/sh\nexec '${join(bin, 'python').replaceAll("'", "'\\''")}' -m pip "$@"\n`;
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
      seen.map((path) => `import site; site.addsitedir(${JSON.stringify(path)})\n`).join(''),
    ),
  ]);
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
