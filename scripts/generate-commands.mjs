// Writes the commands and menus of package.json, and their titles in package.nls.json, from the table in src/commands.ts.
//
//   node scripts/generate-commands.mjs [--check]
//
// With --check nothing is written; the exit code is 1 where the manifest is out of date.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const { outputFiles } = await esbuild.build({
  absWorkingDir: root,
  entryPoints: ['src/commands.ts'],
  bundle: true,
  format: 'esm',
  write: false,
});
const { commands } = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
);

const path = join(root, 'package.json');
const before = readFileSync(path, 'utf8');
const manifest = JSON.parse(before);
manifest.contributes.commands = Object.entries(commands).map(([name, { short, icon, enablement }]) => ({
  command: `mlopsFlow.${name}`,
  title: `%${name}.title%`,
  ...(short === undefined ? {} : { shortTitle: `%${name}.short%` }),
  category: '%category%',
  ...(icon === undefined ? {} : { icon: `$(${icon})` }),
  ...(enablement === undefined ? {} : { enablement }),
}));
manifest.contributes.menus = menus();
const after = `${JSON.stringify(manifest, undefined, 2)}\n`;
/** English, from which translations are made: `package.nls.de.json` beside it. */
const textsPath = join(root, 'package.nls.json');
const texts = {
  category: 'MLOps Flow',
  ...Object.fromEntries(
    Object.entries(commands).flatMap(([name, { title, short }]) => [
      [`${name}.title`, title],
      ...(short === undefined ? [] : [[`${name}.short`, short]]),
    ]),
  ),
};
const textsAfter = `${JSON.stringify(texts, undefined, 2)}\n`;
const textsBefore = existsSync(textsPath) ? readFileSync(textsPath, 'utf8') : '';
if (after === before && textsAfter === textsBefore) process.exit(0);
if (process.argv.includes('--check')) {
  console.error('The commands of package.json are out of date: npm run generate');
  process.exit(1);
}
writeFileSync(path, after);
writeFileSync(textsPath, textsAfter);

function menus() {
  const all = { 'view/title': [], 'view/item/context': [], 'editor/title': [], 'editor/context': [] };
  Object.assign(all, { 'explorer/context': [], 'webview/context': [], commandPalette: [] });
  for (const [name, { palette, menus: placements = [] }] of Object.entries(commands)) {
    const command = `mlopsFlow.${name}`;
    for (const [menu, group, when] of placements) all[menu].push({ command, when, group });
    if (palette !== undefined) all.commandPalette.push({ command, when: String(palette) });
  }
  return all;
}
