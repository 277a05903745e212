/**
 * Entry of the embedded control plane, a process of its own:
 *
 *     local-server.js --data DIR [--port N] [--python PATH] [--policy FILE] [--log-limit MB] [--job-log-limit MB] [--speed N]
 *
 * It writes one line of JSON (`Ready`) when it listens, and ends when its standard input closes, on SIGTERM
 * and on SIGINT: running steps are stopped and their executions marked. A start that fails writes one
 * sentence to standard error and ends with code 1.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ControlPlane } from './local';
import { removeAddress, writeAddress } from './local/address';

/** Milliseconds after which the end is not waited for any longer. */
const patience = 15_000;

async function main(): Promise<void> {
  // SQLite is young in Node, which says so at every start; standard error is for what the user must know.
  process.removeAllListeners('warning');
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      port: { type: 'string' },
      python: { type: 'string' },
      policy: { type: 'string' },
      speed: { type: 'string' },
      'log-limit': { type: 'string' },
      'job-log-limit': { type: 'string' },
    },
  });
  const { data } = values;
  if (data === undefined) throw new Error('--data DIR must be given: the folder for runs, models and objects.');
  const python = values.python ?? process.env.MLOPS_FLOW_PYTHON;
  const speed = Number(values.speed ?? process.env.MLOPS_FLOW_LOCAL_SPEED ?? 1);
  if (!(speed >= 1))
    throw new Error(
      `The speed must be a number from 1, and is '${values.speed ?? process.env.MLOPS_FLOW_LOCAL_SPEED}'.`,
    );
  const plane = await ControlPlane.start({
    data,
    port: Number(values.port ?? 0),
    speed,
    ...(python === undefined || python === '' ? {} : { python }),
    ...(values.policy === undefined ? {} : { policy: values.policy }),
    logs: {
      ...bytesOf('all', values['log-limit']),
      ...bytesOf('stream', values['job-log-limit']),
    },
    cli: join(__dirname, 'cli.js'),
    onBroken: die,
  });
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(1), patience).unref();
    removeAddress(data);
    plane.stop().then(() => process.exit(0), die);
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  process.stdin.on('end', end).on('error', end).resume();
  process.stdout.on('error', end);
  writeAddress(data, plane.ready);
  process.stdout.write(`${JSON.stringify(plane.ready)}\n`);
}

/** A limit in megabytes; nothing where none is given. */
function bytesOf<Name extends string>(name: Name, text: string | undefined): { [K in Name]?: number } {
  const megabytes = Number(text);
  return (megabytes > 0 ? { [name]: megabytes * 1024 ** 2 } : {}) as { [K in Name]?: number };
}

function die(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

main().catch(die);
