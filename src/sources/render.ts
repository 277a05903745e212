/** Runs a Python script in a process of its own and reads the pipeline definitions that it makes. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { ArgumentValue } from './arguments';
import type { Literal } from './literal';
import type { Maker } from './model';

/** A line of a Python file, counted from zero. */
export interface PythonPlace {
  file: string;
  line: number;
}

/** A call in a Python file: the lines on which it begins and ends. */
export interface PythonCall extends PythonPlace {
  end: number;
}

export interface RenderedPipeline {
  name: string;
  /** The definition as JSON text. */
  definition: string;
  /** The call that made each step: the innermost in which the step's name is written, else the innermost of all. */
  steps: Record<string, PythonCall>;
  /** Texts of the definition that only stand for what was missing: with them it cannot be run. */
  unknown: string[];
}

export interface Rendering {
  /** The version of the SageMaker SDK. */
  sdk: string | null;
  /** The working folder in which the script worked. */
  folder: string;
  /** What the script wanted and was not there, a sentence each; something else stood for it. */
  missing: string[];
  /** What the assumed arguments were in the end: those that neither a call nor an option told after all. */
  assumed: Readonly<Record<string, Literal>>;
  pipelines: RenderedPipeline[];
}

/** A script that could not be rendered: what the user has to fix, and where. */
export class RenderError extends Error {
  override readonly name = 'RenderError';

  constructor(
    message: string,
    readonly place?: PythonPlace,
    /** The package to install, where a module is missing. */
    readonly missing?: string,
  ) {
    super(message);
  }
}

export interface RenderRequest {
  python: string;
  /** The helper `render_pipeline.py`. */
  helper: string;
  script: string;
  /** The workspace: lines of files under it are told. */
  root: string;
  /** Working folders to try, the likeliest first; `root` where there is none. */
  folders?: readonly string[];
  /** What makes the pipeline; without it a function `get_pipeline`, else the top level. */
  maker?: Maker;
  /** What its function is called with. */
  arguments?: Readonly<Record<string, ArgumentValue>>;
  /** Values for what neither `arguments` nor the caller gives. */
  assumed?: Readonly<Record<string, ArgumentValue>>;
  /** A script or notebook with a call of that function: what it gives is taken where `arguments` has nothing. */
  caller?: { script: string; function: string };
  /** The words of the command line of a script that is run as a program. */
  argv?: readonly string[];
  /** The role that stands for one that is only a placeholder. */
  role?: string;
  /** Of a pipeline whose definition is written out, and says none itself. */
  name?: string;
  /** Fails where something is missing, so that it can be had and rendering begun anew. */
  strict?: boolean;
  /** The process's environment: AWS is what it names. */
  env: NodeJS.ProcessEnv;
  /** Milliseconds until the script is killed. */
  timeout: number;
  signal?: AbortSignal;
}

/** The helper's answer. */
interface Answer extends Partial<Rendering> {
  error?: { kind: string; message: string; file: string | null; line: number | null; behind?: string };
}

/** Most characters of standard error that are told. */
const tail = 600;

/** Renders. Rejects with a {@link RenderError}, or with the signal's reason where it was cancelled. */
export async function render(request: RenderRequest): Promise<Rendering> {
  const { code, out, err } = await run(request);
  let answer: Answer;
  try {
    answer = JSON.parse(out) as Answer;
  } catch {
    throw new RenderError(
      `Python ended with code ${code ?? 'none'} before the pipeline was made. ${err.slice(-tail).trim()}`,
    );
  }
  if (answer.error) throw explain(answer.error, request.python);
  const { sdk = null, folder = request.root, missing = [], assumed = {}, pipelines = [] } = answer;
  return { sdk, folder, missing, assumed, pipelines };
}

function explain(error: NonNullable<Answer['error']>, python: string): RenderError {
  const place = error.file === null || error.line === null ? undefined : { file: error.file, line: error.line };
  const install = (what: string): string => `"${python}" -m pip install "${what}"`;
  switch (error.kind) {
    case 'missing-sdk':
      return new RenderError(
        `This Python lacks the SageMaker SDK that the script needs. Install it: ${install(error.message)}`,
        place,
        error.message,
      );
    case 'missing-module':
      return new RenderError(
        [
          `This Python has no module ${error.message}. Install what the script needs, or choose another interpreter.`,
          ...(error.behind === undefined ? [] : [error.behind.replace(/[^.!?]$/, '$&.')]),
        ].join(' '),
        place,
        packageOf(error.message),
      );
    default:
      return new RenderError(error.message, place);
  }
}

/** Modules whose package has another name. */
const packages: Readonly<Record<string, string>> = {
  attr: 'attrs',
  bs4: 'beautifulsoup4',
  cv2: 'opencv-python-headless',
  dateutil: 'python-dateutil',
  dotenv: 'python-dotenv',
  git: 'GitPython',
  PIL: 'Pillow',
  sklearn: 'scikit-learn',
  skimage: 'scikit-image',
  smexperiments: 'sagemaker-experiments',
  yaml: 'PyYAML',
};

function packageOf(module: string): string {
  const top = module.split('.')[0] ?? module;
  return packages[top] ?? top;
}

function run(request: RenderRequest): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve, reject) => {
    const { script, root, folders, maker, arguments: given, assumed, caller, argv, role, name, strict } = request;
    const asked = JSON.stringify({
      script,
      root,
      folders,
      maker,
      arguments: given,
      assumed,
      caller,
      argv,
      role,
      name,
      strict,
    });
    const child = spawn(request.python, [request.helper, asked], {
      cwd: root,
      env: { ...request.env, PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that what the script starts ends with it.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    const out: Buffer[] = [];
    let err = '';
    const stop = (reason: unknown): void => {
      kill(child);
      reject(reason);
    };
    const timer = setTimeout(() => {
      const seconds = Math.round(request.timeout / 1000);
      stop(
        new RenderError(
          `The script did not end within ${seconds} s and was stopped. Keep what runs the pipeline out of the module's top level.`,
        ),
      );
    }, request.timeout);
    const cancel = (): void => stop(request.signal?.reason);
    request.signal?.addEventListener('abort', cancel, { once: true });
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      err = (err + chunk.toString()).slice(-tail * 4);
    });
    child.on('error', () => {
      reject(
        new RenderError(
          `Python was not found at "${request.python}". Choose an interpreter, or set mlopsFlow.python.path.`,
        ),
      );
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', cancel);
      resolve({ code, out: Buffer.concat(out).toString('utf8'), err });
    });
  });
}

/** How long a script that is stopped has to put back what it wrote. */
const grace = 1000;

/** Stops a script, and then all that it started. */
function kill(child: ChildProcess): void {
  const end = (): void => {
    clearTimeout(timer);
    endGroup(child);
  };
  const timer = setTimeout(end, grace).unref();
  child.once('exit', end);
  child.kill();
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill();
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}
