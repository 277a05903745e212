/** `mlops-flow exec -- COMMAND`: runs any program with everything of AWS pointed at Local. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { localEnvironment } from '../sources/local-environment';
import { openLocal } from './local';
import { readOptions, UsageError } from './options';
import { defaultData } from './serve-node';

/** The exit codes of a shell for a command that is not there, and the base for one that a signal ended. */
const notFound = 127;
const endedBySignal = 128;

/** Answers the command's own exit code; 127 where it is not there. */
export async function run(args: string[]): Promise<number> {
  const at = args.indexOf('--');
  const { values, positionals } = readOptions(at < 0 ? args : args.slice(0, at), {
    data: { type: 'string', default: defaultData },
    python: { type: 'string' },
  });
  const [program, ...words] = at < 0 ? [] : args.slice(at + 1);
  if (program === undefined || positionals.length > 0) {
    throw new UsageError('Give the command after two hyphens: mlops-flow exec -- python train.py.');
  }
  const local = await openLocal(values.data, values.python);
  try {
    return await execute(program, words, localEnvironment(local, join(__dirname, '..', 'media'), process.env));
  } finally {
    await local.stop();
  }
}

function execute(program: string, words: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(program, words, { stdio: 'inherit', env });
    // Ctrl-C reaches the command too, which decides what to do about it.
    const ignore = (): void => undefined;
    process.on('SIGINT', ignore);
    const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
    process.on('SIGTERM', pass);
    child.once('error', (error) => {
      process.stderr.write(`${program} cannot be run: ${error.message}\n`);
      resolve(notFound);
    });
    child.once('exit', (code, signal) => {
      process.off('SIGINT', ignore);
      process.off('SIGTERM', pass);
      resolve(code ?? endedBySignal + (signal === 'SIGINT' ? 2 : signal === 'SIGKILL' ? 9 : 15));
    });
  });
}
