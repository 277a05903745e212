import { type ChildProcess, spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import type { Readable } from 'node:stream';
import type { Guard } from './guard';

/** A command that this machine cannot run; the message says which. */
export class CommandError extends Error {
  override readonly name = 'CommandError';

  constructor(program: string, cause: Error) {
    const missing = 'code' in cause && cause.code === 'ENOENT';
    super(
      missing
        ? `The command '${program}' was not found on this machine.`
        : `The command '${program}' cannot be run: ${cause.message}`,
      { cause },
    );
  }
}

/** How a process ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Set when it was ended from here. */
  ended?: 'stopped' | 'timedOut';
}

export interface ProcessOptions {
  command: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Gets whole lines, standard output and error together, as they come. */
  onLines: (lines: string[]) => void;
  /** Ends the process group politely, then firmly. */
  signal: AbortSignal;
  /** Milliseconds that the process may take. */
  timeout: number;
  /** Milliseconds between the polite and the firm end. */
  grace: number;
  guard: Guard;
}

/** No line of a log is longer than this, in characters; CloudWatch Logs cuts at 256 KB. */
const longestLine = 64 * 1024;

/** The longest delay that a timer takes; what is longer never comes. */
const longestTimer = 2 ** 31 - 1;

/** Runs a process, as a group of its own, to its end. @throws the system's error when it cannot be started. */
export async function runProcess(options: ProcessOptions): Promise<Exit> {
  const { command, cwd, env, signal, timeout, grace, guard } = options;
  const [program = '', ...words] = command;
  guard.watch();
  const child = spawn(program, words, {
    cwd,
    env,
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid !== undefined) guard.add(pid);
  let ended: Exit['ended'];
  let firm: NodeJS.Timeout | undefined;
  const end = (why: 'stopped' | 'timedOut'): void => {
    if (ended) return;
    ended = why;
    killGroup(child, 'SIGTERM');
    firm = setTimeout(() => killGroup(child, 'SIGKILL'), grace);
  };
  const stop = (): void => end('stopped');
  const deadline = timeout < longestTimer ? setTimeout(() => end('timedOut'), timeout) : undefined;
  try {
    const output = [readLines(child.stdout, options.onLines), readLines(child.stderr, options.onLines)];
    // Output that cannot be kept ends the process; why is told by the last line below.
    for (const reading of output) reading.catch(() => end('stopped'));
    const exited = new Promise<Exit>((resolve, reject) => {
      child.once('error', (error) => reject(new CommandError(program, error)));
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    const exit = await exited;
    // Whatever the step left behind in its group would hold its output open.
    killGroup(child, 'SIGKILL');
    await Promise.all(output);
    return ended ? { ...exit, ended } : exit;
  } finally {
    signal.removeEventListener('abort', stop);
    clearTimeout(deadline);
    clearTimeout(firm);
    if (pid !== undefined) guard.remove(pid);
  }
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(child.pid), '/t', '/f'], { windowsHide: true, stdio: 'ignore' });
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group has ended already.
  }
}

/** Hands a stream on line by line; rejects with what `onLines` throws. */
async function readLines(stream: Readable, onLines: (lines: string[]) => void): Promise<void> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const emit = (text: string, last: boolean): void => {
    // A lone carriage return is how progress bars write over themselves: each state is a line.
    const lines = (rest + text).split(/\r?\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    if (last || rest.length > longestLine) {
      if (rest !== '') lines.push(rest);
      rest = '';
    }
    if (lines.length > 0) onLines(lines.flatMap(cut));
  };
  await new Promise<void>((resolve, reject) => {
    const attempt = (work: () => void): void => {
      try {
        work();
      } catch (error) {
        stream.destroy();
        reject(error);
      }
    };
    stream.on('data', (chunk: Buffer) => attempt(() => emit(decoder.write(chunk), false)));
    stream.once('end', () =>
      attempt(() => {
        emit(decoder.end(), true);
        resolve();
      }),
    );
    // The stream broke with the process: what has come is all there is.
    stream.once('error', () => resolve());
    stream.once('close', () => resolve());
  });
}

/** A line in pieces of at most the longest length. */
function cut(line: string): string[] {
  if (line.length <= longestLine) return [line];
  return [line.slice(0, longestLine), ...cut(line.slice(longestLine))];
}
