/** One process of git: how it is to be run, what it answers, and running it on this machine. */
import { spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';

/** How one git process is to be run. */
export interface GitProcess {
  binary: string;
  directory: string;
  /** The whole environment of the process. */
  env: NodeJS.ProcessEnv;
  /** Text for the standard input. */
  input?: string;
  /** How the standard output is read: `latin1` keeps every byte as a character. Default `utf8`. */
  encoding?: 'utf8' | 'latin1';
  onOutput?: ((text: string) => void) | undefined;
}

/** What a git process answered. */
export interface GitAnswer {
  /** `killed` where a signal ended it. */
  code: number;
  stdout: string;
  stderr: string;
}

/** The exit code of a process that a signal ended, as shells have it for SIGKILL. */
export const killed = 137;

/**
 * How long, in milliseconds, output is waited for after git has ended: a daemon that it leaves behind (garbage
 * collection, a credential cache) may hold the pipes open for ever.
 */
export const lateOutput = 2000;

/** Runs git and answers its exit code, whatever it is. Throws where git could not be started. */
export function runHere(
  args: readonly string[],
  { binary, directory, env, input, encoding = 'utf8', onOutput }: GitProcess,
): Promise<GitAnswer> {
  return new Promise((done, fail) => {
    const stdin = input === undefined ? 'ignore' : 'pipe';
    const child = spawn(binary, args, { cwd: directory, env, stdio: [stdin, 'pipe', 'pipe'], windowsHide: true });
    const collect = (stream: typeof child.stdout): Buffer[] => {
      const pieces: Buffer[] = [];
      // A piece may end within a character.
      const decoder = onOutput && new StringDecoder('utf8');
      stream?.on('data', (piece: Buffer) => {
        pieces.push(piece);
        if (decoder) onOutput(decoder.write(piece));
      });
      return pieces;
    };
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    let late: NodeJS.Timeout | undefined;
    child.once('error', fail);
    child.once('exit', () => {
      late = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, lateOutput);
    });
    child.once('close', (code) => {
      clearTimeout(late);
      done({
        code: code ?? killed,
        stdout: Buffer.concat(stdout).toString(encoding),
        stderr: Buffer.concat(stderr).toString('utf8'),
      });
    });
    // Git may end before it has read everything: its answer says why.
    child.stdin?.on('error', () => undefined).end(input);
  });
}
