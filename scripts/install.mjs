// Installs the built extension into a VS Code of ours, as it is when a user has installed its package.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { listFiles, PackageManager } from '@vscode/vsce';
import { root } from './vscode.mjs';

/**
 * Puts copies of the files that the package would have into the extensions folder. VS Code tells whose code calls it
 * by the real path of a file, so a link would not do.
 * @param {string} data the folder in which VS Code's server keeps its state
 */
export async function installExtension(data) {
  const { publisher, name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const id = `${publisher}.${name}`;
  const folder = `${id}-${version}`;
  const extensions = join(data, 'extensions');
  const target = join(extensions, folder);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const file of await packagedFiles()) {
    mkdirSync(dirname(join(target, file)), { recursive: true });
    cpSync(join(root, file), join(target, file));
  }
  enlist(join(extensions, 'extensions.json'), { id, version, folder, target });
}

/**
 * What the package would have. vsce walks through all of a folder before it leaves anything out, which takes minutes
 * where there are caches and Python environments: it is shown a copy of what .vscodeignore lets something in of.
 */
async function packagedFiles() {
  const shown = mkdtempSync(join(tmpdir(), 'mlops-flow-package-'));
  try {
    const letIn = readFileSync(join(root, '.vscodeignore'), 'utf8').matchAll(/^!([^/\s]+)/gm);
    for (const name of new Set(['.vscodeignore', ...Array.from(letIn, ([, name]) => name)])) {
      if (existsSync(join(root, name))) cpSync(join(root, name), join(shown, name), { recursive: true });
    }
    return await listFiles({ cwd: shown, packageManager: PackageManager.None });
  } finally {
    rmSync(shown, { recursive: true, force: true });
  }
}

/** Names the extension in VS Code's list of what is installed. Without a list, VS Code makes one of the folders. */
function enlist(file, { id, version, folder, target }) {
  if (!existsSync(file)) return;
  const others = JSON.parse(readFileSync(file, 'utf8')).filter(({ identifier }) => identifier.id !== id);
  const entry = { identifier: { id }, version, location: { path: target, scheme: 'file' }, relativeLocation: folder };
  writeFileSync(file, JSON.stringify([...others, entry]));
}
