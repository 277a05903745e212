import { strict as assert } from 'node:assert';
import { dirname, join } from 'node:path';
import { type Extension, extensions } from 'vscode';

/** What the manifest says, as far as the tests ask. */
interface Manifest {
  contributes: {
    commands: { command: string }[];
    views: Record<string, { id: string }[]>;
  };
}

/** The extension under test. */
export function extension(): Extension<unknown> {
  const found = extensions.getExtension('mlops-flow.mlops-flow');
  assert.ok(found, 'the extension is not installed');
  return found;
}

/** What the extension under test declares. */
export function manifest(): Manifest {
  return extension().packageJSON as Manifest;
}

/** The built files that the extension host has loaded, by name without the ending. */
export function loadedBundles(): string[] {
  const dist = join(extension().extensionPath, 'dist');
  return Object.keys(require.cache)
    .filter((path) => dirname(path) === dist)
    .map((path) => path.slice(dist.length + 1).replace(/\.js$/, ''));
}
