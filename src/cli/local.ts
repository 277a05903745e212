import { dirname, join } from 'node:path';
import { findRunning } from '../local/address';
import { launchLocal, type LocalHandle } from '../local/launch';
import { findNode } from './serve-node';

/**
 * The Local that runs on a data folder, as in a build of its own or beside an editor; else one that is started there
 * for as long as the command runs. What was found goes on when `stop` is called.
 */
export async function openLocal(dataDir: string, python?: string): Promise<LocalHandle> {
  const running = await findRunning(dataDir);
  if (running) {
    return { ...running, pid: 0, exited: new Promise<never>(() => undefined), stop: () => Promise.resolve() };
  }
  return launchLocal({
    dataDir,
    execPath: findNode(process.versions.node, process.execPath, dirname(__dirname)),
    serverPath: join(__dirname, 'local-server.js'),
    ...(python === undefined ? {} : { python }),
  });
}
