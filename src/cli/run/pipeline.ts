/** The pipeline that a command runs: a definition as it lies there, or what a script makes of it. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { ParseArgsConfig } from 'node:util';
import { local as localConnection, type Session } from '../../aws';
import { account, executionRoleArn } from '../../local/domain/arns';
import type { LocalHandle } from '../../local/launch';
import { provideStandIns, type StandIns } from '../../pipelines/commands/stand-ins';
import { valueOfJson } from '../../shared/json';
import { configPath } from '../../gitflow/lifecycle';
import { argumentsOf } from '../../sources/arguments';
import { isModuleOf } from '../../sources/callers';
import { type FoundPipeline, pipelinesIn, preferredPipeline } from '../../sources/find';
import { RenderError } from '../../sources/render';
import type { LocalAccess } from '../../sources/local-environment';
import { type Literal, readLiteral } from '../../sources/literal';
import { type Project as SourceProject, readProject, type RenderedSource, renderSource } from '../../sources/project';
import { openConnections } from '../connections';
import { UsageError } from '../options';
import { defaultData } from '../serve-node';
import { type Project, projectOf, standInsIn } from './made-of';

const home = join(homedir(), '.mlops-flow');
const renderTimeout = 10 * 60_000;

/** The options by which commands name a pipeline and the Local that it runs on. */
export const pipelineOptions = {
  arg: { type: 'string', multiple: true, default: [] as string[] },
  pipeline: { type: 'string' },
  python: { type: 'string' },
  data: { type: 'string', default: defaultData },
  root: { type: 'string', default: '.' },
  install: { type: 'boolean', default: false },
} satisfies NonNullable<ParseArgsConfig['options']>;

/** A pipeline that the command line runs. */
export interface Pipeline {
  name: string;
  definition: string;
  /** Of a definition that lies in a repository. */
  project?: Project | undefined;
  standIns: StandIns;
}

/** `NAME=VALUE` words of an option, by name. */
export function assignments(option: string, words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=');
      if (at <= 0) throw new UsageError(`--${option} takes NAME=VALUE, not '${word}'.`);
      return [word.slice(0, at), word.slice(at + 1)];
    }),
  );
}

/** The pipeline of a file or module. @param given the arguments of the function that makes it */
export async function pipelineOf(
  target: string,
  given: Record<string, Literal>,
  options: RenderedOptions,
): Promise<Pipeline> {
  return (await isDefinition(target)) ? declared(target, options.pipeline) : rendered(target, given, options);
}

/** Whether a file is a definition by itself, and not a template, a plan or a request that holds one. */
async function isDefinition(target: string): Promise<boolean> {
  if (!target.endsWith('.json')) return false;
  const found = pipelinesIn(target, await readFile(target, 'utf8').catch(() => ''));
  return !found.some(({ maker }) => maker.kind === 'template');
}

async function declared(file: string, name: string | undefined): Promise<Pipeline> {
  const definition = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  if (valueOfJson(definition) === undefined) {
    const [blank] = /\{\{[^{}]*\}\}/.exec(definition) ?? [];
    const why = blank === undefined ? '' : `: another program has to fill in ${blank} first`;
    throw new UsageError(`${file} is not JSON${why}.`);
  }
  const base = file.slice(file.lastIndexOf(sep) + 1).replace(/(?:\.pipeline)?\.json$/, '');
  const project = await projectOf(file);
  const ownName = project?.environment?.pipeline ?? base.replace(/[^A-Za-z0-9-]+/g, '-').replace(/^-+|-+$/g, '');
  return {
    name: name ?? ownName,
    definition,
    project,
    standIns: project ?? (await standInsIn(dirname(resolve(file)))),
  };
}

/** How a pipeline that a script makes is rendered. */
export interface RenderedOptions {
  local: LocalHandle;
  data: string;
  root: string;
  pipeline?: string | undefined;
  python?: string | undefined;
  install: boolean;
  signal: AbortSignal;
}

/** What a source is rendered with. */
interface SourceOptions extends Pick<RenderedOptions, 'python' | 'install' | 'signal'> {
  local: LocalAccess;
  /** The data folder of Local; undefined where the environment of the process says where it is. */
  data: string | undefined;
  /** Where else a Python of the project may lie. */
  home?: string;
}

/** Renders a source of a project as every command does: with the project's fixtures, arguments and Python. */
export async function renderFound(
  project: SourceProject,
  source: FoundPipeline,
  given: Readonly<Record<string, Literal>>,
  options: SourceOptions,
): Promise<RenderedSource & { standIns: StandIns }> {
  const standIns = await standInsIn(project.root);
  // A script may read at once what fixtures stand for.
  if (standIns.fixtures.size > 0) {
    await withConnection(options.data, (session) =>
      provideStandIns(session, { ...standIns, stubs: new Map() }, crypto.randomUUID()),
    );
  }
  const rendering = await renderSource({
    project,
    pipeline: source,
    access: { ...options.local, account, role: executionRoleArn },
    media: join(__dirname, '..', 'media'),
    saved: { ...argumentsOf(standIns.arguments.get(source.path)), ...given },
    python: options.python,
    environments: options.install ? join(home, 'python') : undefined,
    ...(options.home === undefined ? {} : { home: options.home }),
    timeout: renderTimeout,
    say: (line) => void process.stderr.write(`${line}\n`),
    signal: options.signal,
  });
  return { ...rendering, standIns };
}

async function rendered(target: string, given: Record<string, Literal>, options: RenderedOptions): Promise<Pipeline> {
  const root = resolve(options.root);
  const project = await readProject(root, options.signal);
  const path = relative(root, resolve(target)).split(sep).join('/');
  const isFile = existsSync(target);
  const found = project.pipelines.filter((one) => (isFile ? one.path === path : isModuleOf(target, one.path)));
  if (!isFile && found.length === 0) {
    throw new UsageError(`${target} is neither a file nor a module in ${root} that makes a pipeline.`);
  }
  const source = chooseSource(found, target, options.pipeline);
  process.stderr.write(`Rendering ${source.path}\n`);
  const rendering = await renderFound(project, source, given, options);
  const { standIns } = rendering;
  for (const { name, value, origin } of rendering.arguments) {
    if (origin === 'assumed')
      process.stderr.write(
        `Assumed ${name}=${JSON.stringify(value)}; give another with --arg, or in arguments of ${configPath}.\n`,
      );
  }
  for (const sentence of rendering.missing) process.stderr.write(`${sentence}\n`);
  const names = rendering.pipelines.map(({ name }) => name);
  const made = rendering.pipelines.find(({ name }) => options.pipeline === undefined || name === options.pipeline);
  if (!made) throw new UsageError(`${target} makes ${names.join(', ')}, not ${options.pipeline ?? 'a pipeline'}.`);
  if (names.length > 1 && options.pipeline === undefined) {
    process.stderr.write(`${target} makes ${names.join(', ')}; running ${made.name}. --pipeline chooses.\n`);
  }
  return { ...made, project: await projectOf(join(root, source.path), made.name), standIns };
}

function chooseSource(found: readonly FoundPipeline[], target: string, name: string | undefined): FoundPipeline {
  const named = found.filter((one) => name === undefined || one.name === undefined || one.name === name);
  const first = preferredPipeline(named);
  if (!first)
    throw new UsageError(
      `No pipeline was found in ${target}: it uses no Pipeline of the SageMaker SDK and holds no definition.`,
    );
  return first;
}

/** The arguments of the function that makes a pipeline, from `NAME=VALUE` words. */
export function literals(words: readonly string[]): Record<string, Literal> {
  return Object.fromEntries(
    Object.entries(assignments('arg', words)).map(([name, text]) => [name, readLiteral(text) ?? text]),
  );
}

/** Says why nothing was run, with the place in the program where it is known; wrong usage is thrown on. @returns the exit code */
export function refused(error: unknown, isInstalling = false): number {
  if (error instanceof UsageError) throw error;
  const place = error instanceof RenderError ? error.place : undefined;
  const message = error instanceof Error ? error.message : String(error);
  const lacks = error instanceof RenderError && error.missing !== undefined;
  const way = lacks && !isInstalling ? ' With --install a Python environment that has it is created.' : '';
  process.stderr.write(`${place ? `${place.file}:${place.line + 1}: ` : ''}${message}${way}\n`);
  return 1;
}

/** Does something over a session with the Local of a data folder. */
export async function withConnection<T>(data: string | undefined, work: (session: Session) => Promise<T>): Promise<T> {
  const connections = openConnections(data);
  try {
    connections.expect(localConnection);
    return await work(await connections.session(localConnection));
  } finally {
    await connections.dispose();
  }
}
