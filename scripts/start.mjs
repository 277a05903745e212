// Builds the extension and opens a door to a real VS Code that runs it on a sample project.
//
//   npm start [-- --port N] [--folder DIR]
//
// The sample, VS Code's settings and what the extension keeps lie in .vscode-test and stay between starts; delete
// .vscode-test/start to begin anew.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { installExtension } from './install.mjs';
import { makeSample, startSample } from './sample.mjs';
import { quietSettings } from './settings.mjs';
import { freePort, root, setUpVSCode, startServer, testHome } from './vscode.mjs';

const usualPort = 8410;

const { values } = parseArgs({ options: { port: { type: 'string' }, folder: { type: 'string' } } });
if (values.port !== undefined && !/^[1-9]\d{0,4}$/.test(values.port))
  fail(`--port needs a number, not '${values.port}'.`);
const folder = values.folder ? resolve(process.env['INIT_CWD'] ?? '.', values.folder) : startSample;
if (values.folder && !existsSync(folder)) fail(`There is no folder ${folder}.`);

const data = join(testHome, 'start', 'vscode');
mkdirSync(data, { recursive: true });
const build = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs')], {
  stdio: ['ignore', 'inherit', 'inherit'],
});
if (build.status !== 0) fail('The extension could not be built.');
await setUpVSCode((line) => console.log(line));
await installExtension(data);
if (!values.folder) await makeSample(folder);

const log = [];
const port = values.port ? Number(values.port) : await freePort(usualPort);
const server = await startServer({
  data,
  port,
  token: keptToken(),
  settings: quietSettings,
  log: (text) => log.push(text),
}).catch((error) => fail(error.message));
console.log(`\nMLOps Flow runs in VS Code at\n\n  ${server.url({ folder })}\n\nCtrl-C stops it.`);

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void server.stop().then(() => process.exit(0));
  });
}
const code = await server.exited;
if (!stopping) {
  await server.stop();
  fail(`VS Code's server ended by itself (${code}):\n${log.slice(-20).join('')}`);
}

/** The secret in the address, kept so that an open tab finds the server again after a restart. */
function keptToken() {
  const file = join(data, 'kept-token');
  if (!existsSync(file)) writeFileSync(file, randomBytes(16).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
