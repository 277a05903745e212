import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { type Ready, parseReady } from './ready';

/** How to start the process of the control plane. */
export interface LaunchOptions {
  /** Folder for everything that lasts; one control plane at a time uses it. */
  dataDir: string;
  /** The executable that runs it: Node 22.13 or newer, or an Electron that can be Node. */
  execPath: string;
  /** The path of `dist/local-server.js`. */
  serverPath: string;
  /** Its environment, which steps inherit in parts; this process's unless it is given. */
  env?: NodeJS.ProcessEnv;
  /** The Python of the steps; the system's unless it is given. */
  python?: string;
  /** A free port unless one is given. */
  port?: number;
  /** The file of an IAM policy that calls have to be allowed by. */
  policy?: string;
  /** How much faster than the true time deployments bake and alarms look back. */
  speed?: number;
  /** Megabytes that logs may take: of each job, and of all. */
  logs?: { job?: number; all?: number };
  /** Ends the start, or the running control plane. */
  signal?: AbortSignal;
}

/** A running control plane. */
export interface LocalHandle extends Ready {
  /** Settles when the process has ended, with what it said at its end. */
  exited: Promise<{ code: number | null; message: string }>;
  /** Ends it: running steps are stopped, their executions marked. */
  stop(): Promise<void>;
}

/** Why the control plane is not running; the message is one or two sentences for the user. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
}

/** Milliseconds that a start may take, and that a stop may take before it is forced. */
const startPatience = 30_000;
const stopPatience = 20_000;

/**
 * Starts the control plane and waits until it listens. To start it again after it has ended, call it again:
 * everything that had been done is still there.
 * @throws {LaunchError}
 */
export async function launchLocal(options: LaunchOptions): Promise<LocalHandle> {
  options.signal?.throwIfAborted();
  const words = ['--data', options.dataDir, '--port', String(options.port ?? 0)];
  if (options.python) words.push('--python', options.python);
  if (options.policy !== undefined) words.push('--policy', options.policy);
  if (options.speed !== undefined) words.push('--speed', String(options.speed));
  if (options.logs?.job) words.push('--job-log-limit', String(options.logs.job));
  if (options.logs?.all) words.push('--log-limit', String(options.logs.all));
  const child = spawn(options.execPath, [options.serverPath, ...words], {
    env: { ...(options.env ?? process.env), ELECTRON_RUN_AS_NODE: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000);
  });
  // A control plane that has died cannot be told anything; `exited` says so.
  child.stdin.on('error', () => undefined);
  const exited = new Promise<Awaited<LocalHandle['exited']>>((resolve) => {
    child.once('error', (error) => resolve({ code: null, message: error.message }));
    child.once('close', (code) => resolve({ code, message: said.trim() }));
  });
  const stop = async (): Promise<void> => {
    child.stdin.end();
    const force = setTimeout(() => child.kill('SIGKILL'), stopPatience);
    await exited;
    clearTimeout(force);
  };
  try {
    const ready = await becomeReady(child.stdout, exited, options.signal);
    options.signal?.addEventListener('abort', () => void stop(), { once: true });
    return { ...ready, exited, stop };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

/** Waits for the line that tells where the process listens. */
async function becomeReady(
  output: Readable,
  exited: LocalHandle['exited'],
  signal: AbortSignal | undefined,
): Promise<Ready> {
  return new Promise((resolve, reject) => {
    const fail = (message: string): void => {
      clearTimeout(timer);
      reject(new LaunchError(message));
    };
    const timer = setTimeout(() => fail('Local did not start within half a minute. Try again.'), startPatience);
    signal?.addEventListener('abort', () => fail('The start of Local was cancelled.'), { once: true });
    let text = '';
    output.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      const ready = end < 0 ? undefined : parseReady(text.slice(0, end));
      if (!ready) return;
      clearTimeout(timer);
      resolve(ready);
    });
    void exited.then(({ code, message }) =>
      fail(`Local could not be started: ${lastLine(message) || `it ended with code ${code ?? 'none'}`}`),
    );
  });
}

function lastLine(text: string): string {
  return text.split(/\r?\n/).findLast((line) => line.trim() !== '') ?? '';
}
