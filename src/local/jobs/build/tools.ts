import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quoted } from '../../../shared/shell-word';

/** Makes the folder of programs that a build finds first on its path: our own command line. @returns the folder */
export async function makeTools(cli: string | undefined, folder: string): Promise<string> {
  const bin = join(folder, 'tools');
  await mkdir(bin, { recursive: true });
  if (cli === undefined || process.platform === 'win32') return bin;
  const program = join(bin, 'mlops-flow');
  await writeFile(program, `#!/bin/sh\nELECTRON_RUN_AS_NODE=1 exec ${quoted(process.execPath)} ${quoted(cli)} "$@"\n`);
  await chmod(program, 0o755);
  return bin;
}
