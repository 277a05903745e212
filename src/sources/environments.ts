/** Private Python environments, made when the user asks for one and kept by what is in them. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export interface EnvironmentRequest {
  /** Folder that holds the environments. */
  home: string;
  /** The Python that they are made of. */
  python: string;
  /** What is installed, as `pip install` takes it. */
  requirements: readonly string[];
  say(line: string): void;
  signal?: AbortSignal;
}

/** Why an environment could not be created; the message is a sentence for the user. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

/** Where an environment with these packages lies, whether it is there or not. */
export function environmentFolder({ home, python, requirements }: EnvironmentRequest): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([python, [...requirements].sort()]))
    .digest('hex');
  return join(home, digest.slice(0, 16));
}

/** The interpreter of a virtual environment's folder. */
export function interpreterIn(folder: string): string {
  return process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
}

/**
 * Makes the environment, or finds it made. Half a one is never used: a mark is set when all is installed.
 * @returns the path of its interpreter
 * @throws {EnvironmentError} with pip's last line
 */
export async function makeEnvironment(request: EnvironmentRequest): Promise<string> {
  const folder = environmentFolder(request);
  const python = interpreterIn(folder);
  const ready = join(folder, 'ready');
  if (existsSync(ready)) return python;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(request.home, { recursive: true });
  request.say(`Creating a Python environment with ${request.requirements.join(', ')}.`);
  await step(request, request.python, ['-m', 'venv', folder]);
  const quiet = ['--disable-pip-version-check', '--no-input', '--prefer-binary', '--progress-bar', 'off'];
  await step(request, python, ['-m', 'pip', 'install', ...quiet, ...request.requirements]);
  mkdirSync(`${ready}.partial`);
  renameSync(`${ready}.partial`, ready);
  return python;
}

function step(request: EnvironmentRequest, program: string, words: readonly string[]): Promise<void> {
  const { signal } = request;
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, {
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      ...(signal ? { signal } : {}),
    });
    let last = '';
    const hear = (chunk: Buffer): void => {
      for (const line of chunk.toString().split(/\r?\n/)) {
        if (line.trim() === '') continue;
        if (/^(?:Collecting|Downloading|Installing|Building)/.test(line.trim())) request.say(line.trim());
        if (/error/i.test(line) || last === '') last = line.trim();
      }
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', (error) => reject(signal?.aborted ? signal.reason : new EnvironmentError(error.message)));
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new EnvironmentError(`The Python environment could not be created: ${last}`));
    });
  });
}
