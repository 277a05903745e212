/**
 * simple-git, in a bundle of its own, for the git processes that talk to a remote: they can hang, and are stopped.
 * It is loaded with the first of them.
 */
import { GitError, simpleGit } from 'simple-git';
import type { GitAnswer, GitProcess } from '../git/process';
import { killed, lateOutput } from '../git/process';

/** Carries the exit code through simple-git, whose own error keeps the text only. */
class Exit extends GitError {
  constructor(readonly answer: GitAnswer) {
    super(undefined, answer.stderr);
  }
}

/** Runs git and answers its exit code, whatever it is. Throws where git could not be started or was aborted. */
export async function runGit(
  args: string[],
  process: GitProcess & { signal?: AbortSignal | undefined },
): Promise<GitAnswer> {
  let stderr = '';
  const git = simpleGit({
    baseDir: process.directory,
    binary: process.binary,
    // The environment is ours and made by the caller; the guard would strip the user's own GIT_* variables.
    allowEnvironment: Object.keys(process.env),
    // The default of 50 ms would cut off long lists.
    completion: { onClose: true, onExit: lateOutput },
    // Every argument is made by us, and names come after checks: these guards are for arguments of strangers.
    unsafe: {
      // The alternative sets a test variable of git's in the environment of the user's hooks.
      allowAbbreviatedOptions: true,
      // Windows has it in `Program Files`, and blanks are refused without this.
      allowUnsafeCustomBinary: true,
      allowUnsafeEditor: true,
      allowUnsafeAskPass: true,
      allowUnsafePager: true,
      allowUnsafeSshCommand: true,
      allowUnsafeConfigPaths: true,
      allowUnsafeConfigEnvCount: true,
      allowUnsafeHooksPath: true,
      allowUnsafeGitProxy: true,
      allowUnsafeDiffExternal: true,
      allowUnsafeTemplateDir: true,
      allowUnsafeGpgProgram: true,
      allowUnsafeProtocolOverride: true,
    },
    ...(process.signal ? { abort: process.signal } : {}),
    input: () => process.input,
    errors: (error, result) => {
      // simple-git has made an error of its own of exit code 128; where git was not started or stopped, there is no code.
      if (error instanceof Error && !(result.exitCode > 0 && result.exitCode < 256)) return error;
      stderr = Buffer.concat(result.stdErr).toString('utf8');
      if (result.exitCode === 0) return undefined;
      // The type leaves it out: there is no code after a signal.
      const code = (result.exitCode as number | null) ?? killed;
      return new Exit({ code, stdout: Buffer.concat(result.stdOut).toString('utf8'), stderr });
    },
  });
  git.env(process.env);
  git.outputHandler((_command, out, err) => {
    // simple-git waits 50 ms for late output of a process that printed nothing. All output has come when the pipe
    // ends, so an empty piece then tells it not to wait.
    out.once('end', () => out.emit('data', Buffer.alloc(0)));
    if (!process.onOutput) return;
    out.on('data', (piece: Buffer) => piece.length > 0 && process.onOutput?.(piece.toString('utf8')));
    err.on('data', (piece: Buffer) => process.onOutput?.(piece.toString('utf8')));
  });
  try {
    const stdout = await git.raw(args);
    return { code: 0, stdout, stderr };
  } catch (error) {
    if (error instanceof Exit) return error.answer;
    throw error;
  }
}
