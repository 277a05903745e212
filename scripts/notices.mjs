// Writes dist/THIRD_PARTY_NOTICES.txt: the licences of the libraries that the bundles contain.
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './vscode.mjs';

const inputs = JSON.parse(readFileSync(join(root, 'dist', 'inputs.json'), 'utf8'));
/** The innermost package folder of a path: packages may lie within packages. */
const folderOf = (path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
const folders = [...new Set(inputs.map(folderOf).filter(Boolean))].sort((a, b) => a.localeCompare(b));

const notices = folders.map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const [file] = globSync('{LICEN[SC]E,COPYING,licen[sc]e}*', { cwd: join(root, folder) });
  const text =
    file && existsSync(join(root, folder, file)) ? readFileSync(join(root, folder, file), 'utf8').trim() : '';
  return `${name} ${version}\nLicence: ${license ?? 'see below'}\n${text ? `\n${text}\n` : ''}`;
});
writeFileSync(
  join(root, 'dist', 'THIRD_PARTY_NOTICES.txt'),
  `MLOps Flow contains parts of these libraries.\n\n${notices.join(`\n${'-'.repeat(80)}\n\n`)}`,
);
