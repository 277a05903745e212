/** Finds the pipelines that a project's programs make: a look at texts, nothing is run. */
import { type Caller, callersIn, isModuleOf, mayCall } from './callers';
import { isTemplate, pipelinesInTemplate } from './templates';
import type { PythonPipeline } from './model';
import { codeCells, pipelinesInNotebook, pythonOfCells } from './notebook';
import { callersInPython, pipelinesInPython } from './python';

/** Folders that hold no source of the project. */
export const notSources = [
  '.*',
  'node_modules',
  'site-packages',
  'venv',
  'env',
  '__pycache__',
  'cdk.out',
  'build/lib',
  'dist',
  'test',
  'tests',
] as const;

/** A pipeline with the file that makes it. */
export interface FoundPipeline extends PythonPipeline {
  /** Path from the project's root, with `/`. */
  path: string;
}

/** A call of a project's runner with the file that it stands in. */
export interface FoundCaller extends Caller {
  path: string;
}

/** The pipelines of one file, by its path's ending. */
export function pipelinesIn(path: string, text: string): FoundPipeline[] {
  const found = isTemplate(path)
    ? pipelinesInTemplate(text, path)
    : path.endsWith('.ipynb')
      ? pipelinesInNotebook(text)
      : pipelinesInPython(text);
  return found.map((pipeline) => ({ ...pipeline, path }));
}

/** The calls in one file; none where its name tells that it has none. */
export function callersOf(path: string, text: string): FoundCaller[] {
  return mayCall(path) ? callersIn(text).map((caller) => ({ ...caller, path })) : [];
}

/** The calls of pipelines' makers in a Python file or a notebook. */
export function pythonCallersOf(path: string, text: string): FoundCaller[] {
  const python = path.endsWith('.ipynb') ? pythonOfCells(codeCells(text) ?? []) : text;
  return callersInPython(python).map(({ line, function: name, module, arguments: given }) => ({
    path,
    line,
    function: name,
    ...(module === undefined ? {} : { module }),
    arguments: given,
    words: [],
  }));
}

const makersByUse = ['function', 'module', 'main', 'method', 'notebook', 'template', 'definition'];

/** Of several makers the one that a project calls: a function before what only tries it out. */
export function preferredPipeline(found: readonly FoundPipeline[]): FoundPipeline | undefined {
  const rank = ({ maker }: FoundPipeline): number => makersByUse.indexOf(maker.kind);
  return found.toSorted((a, b) => rank(a) - rank(b))[0];
}

/**
 * The call that runs a pipeline: of several the one that names its module in a command, then one in Python; then the
 * one in the nearest folder.
 */
export function callerFor(pipeline: FoundPipeline, callers: readonly FoundCaller[]): FoundCaller | undefined {
  const { maker } = pipeline;
  const fits = ({ module, script, function: name, path }: FoundCaller): boolean => {
    if (name !== undefined && (maker.kind !== 'function' || maker.name !== name)) return false;
    if (module !== undefined) return isModuleOf(module, pipeline.path);
    if (script !== undefined) return pipeline.path.endsWith(script.replace(/^(?:\.{0,2}\/)+/, ''));
    return path === pipeline.path;
  };
  const rank = ({ path, function: name }: FoundCaller): number =>
    (name === undefined ? 1000 : 0) + commonFolders(path, pipeline.path);
  return callers.filter(fits).sort((a, b) => rank(b) - rank(a))[0];
}

/**
 * Working folders in which the script may be meant to run, the likeliest first: what its caller's module name counts
 * from, the nearest folder with a project file, those above it, the script's own.
 * @param has tells whether a path from the root exists
 */
export function workingFolders(
  pipeline: FoundPipeline,
  caller: FoundCaller | undefined,
  has: (path: string) => boolean,
): string[] {
  const own = folderOf(pipeline.path);
  const above: string[] = [own];
  while (above.at(-1) !== '') above.push(folderOf(above.at(-1) ?? ''));
  const folders: string[] = [];
  if (caller?.module !== undefined) {
    folders.push(trimEnd(pipeline.path, `${caller.module.replaceAll('.', '/')}.py`));
  }
  if (pipeline.maker.kind === 'notebook') folders.push(own);
  folders.push(...above.filter((folder) => projectFiles.some((file) => has(join(folder, file)))));
  folders.push(...above.toReversed());
  return [...new Set(folders)];
}

const projectFiles = ['setup.py', 'pyproject.toml', 'setup.cfg', 'requirements.txt', 'Makefile'];

function trimEnd(path: string, end: string): string {
  return path.endsWith(end) ? path.slice(0, -end.length).replace(/\/$/, '') : folderOf(path);
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

function join(folder: string, file: string): string {
  return folder === '' ? file : `${folder}/${file}`;
}

function commonFolders(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  let count = 0;
  while (count < left.length && left[count] === right[count]) count++;
  return count;
}
