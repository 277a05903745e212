import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Why there is no interpreter, and what to do about it. */
export class PythonMissing extends Error {
  override readonly name = 'PythonMissing';
}

/** The Python that steps run with. */
export interface Interpreter {
  /** The program itself. */
  path: string;
  /** The program that it is a virtual environment of; itself where it is none. */
  base: string;
  /** `3.11.7` */
  version: string;
  /** The folders that its packages lie in. */
  sites: string[];
  /**
   * The folder or wheel of a pip that it can run: its own, else that of the Python it is an environment of, as those of uv
   * have none; undefined where there is none.
   */
  pip?: string;
}

/** Commands of a container that mean "the interpreter of the image". */
const interpreter = /^(?:\/usr\/(?:local\/)?bin\/)?python(?:3(?:\.\d+)?)?$/;

/** Whether a word of a container's command means the Python of its image. */
export function isPython(word: string): boolean {
  return interpreter.test(word);
}

/**
 * The Python that steps run with: the configured one, else the first of the system that works. It is asked
 * for its own path once, so that no version manager's shim stands before every step; a failure is asked
 * again at the next step, since the user may have mended it.
 */
export class Python {
  private found: Promise<Interpreter> | undefined;

  constructor(private readonly configured: string | undefined) {}

  /** The interpreter's path. @throws {PythonMissing} */
  async path(): Promise<string> {
    return (await this.interpreter()).path;
  }

  /** @throws {PythonMissing} */
  async interpreter(): Promise<Interpreter> {
    this.found ??= this.find();
    try {
      return await this.found;
    } catch (error) {
      this.found = undefined;
      throw error;
    }
  }

  private async find(): Promise<Interpreter> {
    const names = this.configured
      ? [this.configured]
      : process.platform === 'win32'
        ? ['py', 'python']
        : ['python3', 'python'];
    let old: string | undefined;
    for (const name of names) {
      const answer = await ask(name);
      if (answer?.recent) return answer;
      old ??= answer?.version;
    }
    if (old !== undefined) {
      throw new PythonMissing(
        `The Python found is ${old}; steps need Python 3.9 or newer. Install one, or name it in the setting 'mlopsFlow.local.python' (command line: --python).`,
      );
    }
    throw new PythonMissing(
      this.configured
        ? `Python was not found at '${this.configured}'. Correct the setting 'mlopsFlow.local.python' (command line: --python).`
        : "Python was not found. Install Python 3.9 or newer, or name one in the setting 'mlopsFlow.local.python' (command line: --python).",
    );
  }
}

const question = `
import importlib.util, json, os, sys
sites = [path for path in sys.path if os.path.basename(path) in ("site-packages", "dist-packages")]
base = os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)
version = ".".join(map(str, sys.version_info[:3]))
def pip_of(python):
    look = '''
import glob, importlib.util, os
spec = importlib.util.find_spec("pip")
if spec:
    print(os.path.dirname(spec.origin))
else:
    import ensurepip
    print(glob.glob(os.path.join(os.path.dirname(ensurepip.__file__), "_bundled", "pip-*.whl"))[0])
'''
    import subprocess
    asked = subprocess.run([python, "-c", look], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, universal_newlines=True)
    return asked.stdout.strip() or None
spec = importlib.util.find_spec("pip")
pip = os.path.dirname(spec.origin) if spec else pip_of(base)
print(json.dumps([sys.executable, base, version, sites, sys.version_info >= (3, 9), pip]))
`;

async function ask(name: string): Promise<(Interpreter & { recent: boolean }) | undefined> {
  try {
    const { stdout } = await run(name, ['-c', question], { timeout: 20_000, windowsHide: true });
    type Answer = [string, string, string, string[], boolean, string | null];
    const [path, base, version, sites, recent, pip] = JSON.parse(stdout) as Answer;
    return { path: path || name, base: base || name, version, sites, recent, ...(pip === null ? {} : { pip }) };
  } catch {
    return undefined;
  }
}
