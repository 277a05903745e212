import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type LocalHandle, launchLocal } from '../local/launch';
import { defaultData, findNode } from './serve-node';
import { localVariables } from '../sources/local-environment';
import { quoted } from '../shared/shell-word';

/** `mlops-flow serve`: runs the control plane until Ctrl-C. */
export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string' },
      data: { type: 'string', default: defaultData },
      python: { type: 'string' },
      policy: { type: 'string' },
      speed: { type: 'string' },
      env: { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`'${values.port}' is not a port: give a number from 0 to 65535.`);
  const serverPath = join(__dirname, 'local-server.js');
  const execPath = findNode(process.versions.node, process.execPath, dirname(__dirname));
  const handle = await launchLocal({
    dataDir: values.data,
    port,
    execPath,
    serverPath,
    ...(values.python === undefined ? {} : { python: values.python }),
    ...(values.policy === undefined ? {} : { policy: resolve(values.policy) }),
    ...(values.speed === undefined ? {} : { speed: Number(values.speed) }),
  });
  let asked = false;
  const stop = (): void => {
    asked = true;
    void handle.stop();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.stdout.write(values.env ? exports(handle) : listing(handle));
  const { message } = await handle.exited;
  if (asked) return 0;
  throw new Error(message === '' ? 'The control plane ended. Start it again: nothing is lost.' : message);
}

/** For people: what a client must be given. */
function listing({ endpoint, region, accessKeyId, secretAccessKey }: LocalHandle): string {
  const rows = { endpoint, region, accessKeyId, secretAccessKey };
  return Object.entries(rows)
    .map(([name, value]) => `${name.padEnd(16)} ${value}\n`)
    .join('');
}

/** For a shell: the variables that AWS clients, and the SageMaker SDK, read. */
function exports(handle: LocalHandle): string {
  const variables = localVariables(handle, join(__dirname, '..', 'media'), process.env['PYTHONPATH']);
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}=${word(value)}\n`)
    .join('');
}

/** A value as a shell reads it back. */
function word(value: string): string {
  return /^[\w./:@%+=-]+$/.test(value) ? value : quoted(value);
}
