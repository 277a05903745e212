import { type ChildProcess, spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import type { Readable } from 'node:stream';

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
}

/** No line of a log is longer than this, in characters; CloudWatch Logs cuts at 256 KB. */
const longestLine = 64 * 1024;

/**
 * Starts the command as a group of its own. The watcher beside it reads a pipe that this process holds open:
 * when this process dies in whatever way, the pipe ends and the whole group is killed, so that no step
 * outlives the control plane.
 */
const guarded = '{ trap "" TERM INT HUP; cat <&3; kill -KILL -$$; } >/dev/null 2>&1 & exec "$@" 3<&-';

/** The longest delay that a timer takes; what is longer never comes. */
const longestTimer = 2 ** 31 - 1;

/** Runs a process to its end. @throws when it cannot be started. */
export async function runProcess(options: ProcessOptions): Promise<Exit> {
  const { command, cwd, env, signal, timeout, grace } = options;
  const posix = process.platform !== 'win32';
  const [program = '', ...words] = posix ? ['/bin/sh', '-c', guarded, 'sh', ...command] : command;
  const child = spawn(program, words, {
    cwd,
    env,
    detached: posix,
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe', posix ? 'pipe' : 'ignore'],
  });
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
    const exited = new Promise<Exit>((resolve, reject) => {
      child.once('error', reject);
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
    child.stdio[3]?.destroy();
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

async function readLines(stream: Readable | null, onLines: (lines: string[]) => void): Promise<void> {
  if (!stream) return;
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
  try {
    for await (const chunk of stream) emit(decoder.write(chunk as Buffer), false);
  } catch {
    // The stream broke with the process: what has come is all there is.
  }
  emit(decoder.end(), true);
}

/** A line in pieces of at most the longest length. */
function cut(line: string): string[] {
  if (line.length <= longestLine) return [line];
  return [line.slice(0, longestLine), ...cut(line.slice(longestLine))];
}
