/** A project on disk: its pipelines, what calls them, and how one is rendered. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { glob } from 'tinyglobby';
import { type Argument, type ArgumentValue, argumentsFor, isAssumed, openArguments, slug } from './arguments';
import { makeEnvironment } from './environments';
import {
  callerFor,
  callersOf,
  type FoundCaller,
  type FoundPipeline,
  notSources,
  pipelinesIn,
  pythonCallersOf,
  workingFolders,
} from './find';
import { interpreters } from './interpreters';
import type { Literal } from './literal';
import { type LocalAccess, localEnvironment } from './local-environment';
import { render, RenderError, type Rendering } from './render';
import { requirementFiles, sdkRequirement } from './requirements';
import { definitionOf, synthesised, templateFiles } from './templates';

export interface Project {
  root: string;
  pipelines: FoundPipeline[];
  callers: FoundCaller[];
}

/** Files that are larger hold no hand-written pipeline. */
const maxBytes = 4 * 1024 * 1024;
const callerFiles = '**/{*.yml,*.yaml,*.sh,*.bash,*.mk,Makefile,Jenkinsfile*,justfile,tox.ini}';
const atOnce = 16;

/** Reads a project's Python files, notebooks and automation. Files that cannot be read are left out. */
export async function readProject(root: string, signal?: AbortSignal): Promise<Project> {
  const ignore = notSources.map((folder) => `**/${folder}/**`);
  const [sources, templates, automation] = await Promise.all([
    glob(['**/*.py', '**/*.ipynb'], { cwd: root, ignore }),
    templatesBelow(root, ignore),
    // Workflows lie in folders that begin with a dot.
    glob([callerFiles], {
      cwd: root,
      dot: true,
      ignore: ignore.filter((one) => one !== '**/.*/**').concat('**/.git/**'),
    }),
  ]);
  const project: Project = { root, pipelines: [], callers: [] };
  await each(sources, async (path) => {
    signal?.throwIfAborted();
    const source = await text(join(root, path));
    project.pipelines.push(...pipelinesIn(path, source));
    project.callers.push(...pythonCallersOf(path, source));
  });
  if (project.pipelines.length > 0) {
    await each(automation, async (path) => {
      project.callers.push(...callersOf(path, await text(join(root, path))));
    });
  }
  await each(templates, async (path) => {
    signal?.throwIfAborted();
    project.pipelines.push(...pipelinesIn(path, await text(join(root, path))));
  });
  const byPlace = (a: { path: string; line: number }, b: { path: string; line: number }): number =>
    a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line;
  project.pipelines.sort(byPlace);
  project.callers.sort(byPlace);
  for (const pipeline of project.pipelines) nameByCall(project, pipeline);
  return project;
}

/** Files that may hold a definition: definitions by their usual name are found by it. */
async function templatesBelow(root: string, ignore: readonly string[]): Promise<string[]> {
  const [written, made] = await Promise.all([
    glob(templateFiles, { cwd: root, ignore: [...ignore, '**/*.pipeline.json', '**/package-lock.json'] }),
    glob([synthesised], { cwd: root, ignore: ['**/node_modules/**'] }),
  ]);
  return [...new Set([...written, ...made])];
}

/** The name that a pipeline gets from its function's caller, or from us where nobody gives one. */
function nameByCall(project: Project, pipeline: FoundPipeline): void {
  const { maker, nameFrom } = pipeline;
  const parameter = 'parameters' in maker ? maker.parameters.find(({ name }) => name === nameFrom) : undefined;
  if (!parameter) return;
  const nobody = { region: '', account: '', role: '', bucket: '', project: projectName(project, pipeline) };
  const [given] = argumentsFor([parameter], callerFor(pipeline, project.callers), {}, nobody);
  if (typeof given?.value === 'string') pipeline.name = given.value;
}

async function each(paths: readonly string[], work: (path: string) => Promise<void>): Promise<void> {
  const rest = [...paths];
  const worker = async (): Promise<void> => {
    for (let path = rest.pop(); path !== undefined; path = rest.pop()) await work(path);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function text(path: string): Promise<string> {
  const info = await stat(path).catch(() => undefined);
  if (!info?.isFile() || info.size > maxBytes) return '';
  return readFile(path, 'utf8').catch(() => '');
}

export interface RenderOptions {
  project: Project;
  pipeline: FoundPipeline;
  /** Where the script's AWS is. */
  access: LocalAccess & { account: string; role: string };
  /** The folder `media` of the extension. */
  media: string;
  /** Arguments that the user gave. */
  saved: Readonly<Record<string, Literal>>;
  /** The interpreter that the user chose. */
  python?: string | undefined;
  /** The project's usual place, where its Python is too: of a project that lies elsewhere for a while. */
  home?: string;
  /** Where private environments are kept; without it none is made. */
  environments?: string | undefined;
  timeout: number;
  say(line: string): void;
  signal?: AbortSignal;
}

/** A rendered source, with what its function was called with. */
export interface RenderedSource extends Rendering {
  arguments: Argument[];
  caller?: FoundCaller;
  python: string;
}

/**
 * Renders one pipeline of a project with the project's interpreter, or one of our own.
 * @throws {RenderError} or what making an environment throws
 */
export async function renderSource(options: RenderOptions): Promise<RenderedSource> {
  const { project, pipeline, access, media, signal } = options;
  if (pipeline.maker.kind === 'template' || pipeline.maker.kind === 'definition') return readTemplate(options);
  const { caller, given } = argumentsIn(options);
  const script = join(project.root, pipeline.path);
  const folders = workingFolders(pipeline, caller, (path) => existsSync(join(project.root, path)));
  const env = localEnvironment(access, media, process.env);
  const asked = {
    helper: join(media, 'python', 'render_pipeline.py'),
    script,
    root: project.root,
    folders: folders.map((folder) => join(project.root, folder)),
    maker: pipeline.maker,
    arguments: valuesOf(given.filter((one) => !isAssumed(one))),
    assumed: valuesOf(given.filter((one) => isAssumed(one))),
    ...(caller?.function === undefined
      ? {}
      : { caller: { script: join(project.root, caller.path), function: caller.function } }),
    argv: caller?.script === undefined ? [] : caller.words,
    role: access.role,
    name: pipeline.name ?? slug(projectName(project, pipeline)),
    strict: options.environments !== undefined && options.python === undefined,
    env: { ...env, ...knownVariables(access, env) },
    timeout: options.timeout,
    ...(signal ? { signal } : {}),
  };
  const folder = placesAbove(dirname(pipeline.path));
  const places = folder.map((place) => join(project.root, place));
  const { home = project.root } = options;
  const candidates = interpreters(
    folder.map((place) => join(home, place)),
    process.env,
  );
  let python = options.python ?? (await withSdk(candidates, pipeline.sdk));
  // Without leave to make an environment the project's Python says itself what it lacks.
  if (options.environments === undefined) python ??= candidates[0] ?? 'python3';
  const extra: string[] = [];
  for (let tries = 0; ; tries++) {
    try {
      python ??= await ownEnvironment(options, options.environments ?? '', places, extra);
      const rendering = await render({ ...asked, python });
      return { ...rendering, arguments: told(given, rendering), python, ...(caller ? { caller } : {}) };
    } catch (error) {
      const module = error instanceof RenderError ? error.missing : undefined;
      // What the project imports besides the SDK goes into the private environment, never into the user's own Python.
      if (
        module === undefined ||
        !options.environments ||
        options.python !== undefined ||
        tries > 5 ||
        extra.includes(module)
      )
        throw error;
      extra.push(module);
      python = undefined;
    }
  }
}

/** The arguments as they were in the end: of those that were assumed, only what nothing told when the script was run. */
function told(given: readonly Argument[], { assumed }: Rendering): Argument[] {
  return given.flatMap((one) => {
    if (!isAssumed(one)) return [one];
    const value = assumed[one.name];
    return value === undefined ? [] : [{ name: one.name, value, origin: 'assumed' }];
  });
}

/** The definition that a template or a file holds: nothing is run. */
async function readTemplate({ project, pipeline, access }: RenderOptions): Promise<RenderedSource> {
  const { path } = pipeline;
  const read = (file: string): string | undefined => {
    const whole = join(project.root, file);
    return file.startsWith('..') || !existsSync(whole) ? undefined : readFileSync(whole, 'utf8');
  };
  const held = definitionOf(await text(join(project.root, path)), path, pipeline, access, read);
  const name = held.name ?? pipeline.name ?? slug(held.resource ?? basename(path).replace(/(?:\.pipeline)?\.\w+$/, ''));
  const rendered = { name, definition: held.definition, steps: {}, unknown: [] };
  return {
    sdk: null,
    folder: project.root,
    missing: [],
    assumed: {},
    pipelines: [rendered],
    arguments: [],
    python: '',
  };
}

/** What its function would be called with, and the parameters for which nobody proposes a value. */
export function argumentsIn(options: Pick<RenderOptions, 'project' | 'pipeline' | 'access' | 'saved'>): {
  caller: FoundCaller | undefined;
  given: Argument[];
  open: Argument[];
} {
  const { project, pipeline, access, saved } = options;
  const caller = callerFor(pipeline, project.callers);
  const parameters = 'parameters' in pipeline.maker ? pipeline.maker.parameters : [];
  const given = argumentsFor(parameters, caller, saved, {
    region: access.region,
    account: access.account,
    role: access.role,
    bucket: `sagemaker-${access.region}-${access.account}`,
    project: projectName(project, pipeline),
  });
  return { caller, given, open: openArguments(parameters, caller, given) };
}

function valuesOf(given: readonly Argument[]): Record<string, ArgumentValue> {
  return Object.fromEntries(given.map(({ name, value }) => [name, value]));
}

async function ownEnvironment(
  options: RenderOptions,
  home: string,
  places: readonly string[],
  extra: readonly string[],
): Promise<string> {
  const { pipeline, signal } = options;
  const say = (line: string): void => options.say(line);
  const texts = await Promise.all(places.flatMap((place) => requirementFiles.map((file) => text(join(place, file)))));
  const requirement = sdkRequirement(texts, pipeline.sdk);
  const request = {
    home,
    python: process.platform === 'win32' ? 'python' : 'python3',
    say,
    ...(signal ? { signal } : {}),
  };
  const general = pipeline.sdk === 3 ? 'sagemaker>=3' : 'sagemaker<3';
  try {
    return await makeEnvironment({ ...request, requirements: [requirement, ...extra] });
  } catch (error) {
    // An old pin may have no build for this Python: the generation that the script was written for still has one.
    if (requirement === general) throw error;
    say(`${requirement} cannot be installed here; trying ${general}.`);
    return makeEnvironment({ ...request, requirements: [general, ...extra] });
  }
}

/** The first interpreter that can import the SDK's generation. */
async function withSdk(pythons: readonly string[], sdk: 2 | 3): Promise<string | undefined> {
  const ask = 'from importlib.metadata import version; print(version("sagemaker"))';
  for (const python of pythons) {
    try {
      const { stdout } = await promisify(execFile)(python, ['-c', ask], { timeout: 20_000 });
      if (Number.parseInt(stdout, 10) >= 3 === (sdk === 3)) return python;
    } catch {
      // It lacks the SDK, or is no Python: the next one.
    }
  }
  return undefined;
}

/**
 * Variables that scripts of the project templates read, and the image by which the SDK's `@step` goes where it has none
 * for the version of this Python.
 */
function knownVariables(
  { role, region }: { role: string; region: string },
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  const roles = ['SAGEMAKER_ROLE', 'SAGEMAKER_ROLE_ARN', 'SAGEMAKER_EXECUTION_ROLE', 'SAGEMAKER_PIPELINE_ROLE_ARN'];
  const image = `236514542706.dkr.ecr.${region}.amazonaws.com/sagemaker-base-python-310:1.0`;
  const known = [...roles.map((name) => [name, role]), ['SAGEMAKER_INTERNAL_IMAGE_URI', image]] as [string, string][];
  return Object.fromEntries(known.filter(([name]) => env[name] === undefined));
}

function placesAbove(folder: string): string[] {
  const places = [folder === '.' ? '' : folder];
  while (places.at(-1) !== '') {
    const above = dirname(places.at(-1) ?? '');
    places.push(above === '.' ? '' : above);
  }
  return places;
}

/** A name for what the pipeline belongs to: the workspace's folder, and where several are in it the script's place. */
function projectName({ root, pipelines }: Project, { path }: FoundPipeline): string {
  const files = new Set(pipelines.map((one) => one.path));
  if (files.size < 2) return basename(root);
  const own = path
    .replace(/\.(?:py|ipynb)$/, '')
    .split('/')
    .filter((part) => !/^(?:src|pipelines?)$/i.test(part));
  return [basename(root), ...own].join('-');
}
