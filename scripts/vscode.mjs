// A real VS Code from npm: the server and the web workbench that the package `code-server` carries.
//
//   node scripts/vscode.mjs          sets it up and prints where it lies
//
// It is put into `.vscode-test/`, or where MLOPS_FLOW_VSCODE points, so that several clones can share one.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const root = fileURLToPath(new URL('..', import.meta.url));
/** Everything that is set up for trying and testing: ignored by git, safe to delete. */
export const testHome = join(root, '.vscode-test');

const version = '4.139.1';
const nodeMajor = 24;

/**
 * Sets up VS Code, once: later calls only look. The installation is made in a folder of its own and renamed when it
 * is complete, so half an installation is never used.
 * @param {(line: string) => void} [say] told about what takes long
 * @returns {Promise<{ node: string, server: string, folder: string }>} the Node and the server script to start with it
 */
export async function setUpVSCode(say = () => {}) {
  const home = process.env['MLOPS_FLOW_VSCODE'] || testHome;
  const folder = join(home, `code-server-${version}`);
  if (!existsSync(folder)) {
    const began = Date.now();
    const staging = `${folder}.partial-${process.pid}`;
    forgetAbandoned(home);
    mkdirSync(staging, { recursive: true });
    // npm would otherwise take the project around it for the place to install into.
    writeFileSync(join(staging, 'package.json'), '{ "private": true }\n');
    say('Setting up VS Code from npm, once (600 MB in .vscode-test, about a minute).');
    say('  1/3 the server and the workbench');
    const own = (await ownNode()) ? [] : [`${nodePackage()}@${nodeMajor}`];
    await install(staging, [`code-server@${version}`, ...own]);
    const vscode = join(staging, 'node_modules', 'code-server', 'lib', 'vscode');
    say('  2/3 their libraries');
    await install(vscode, ['--omit=dev']);
    say('  3/3 the libraries of the built-in extensions');
    await install(join(vscode, 'extensions'), ['--omit=dev']);
    publish(staging, folder);
    say(`VS Code is set up (${Math.round((Date.now() - began) / 1000)} s).`);
  }
  const node = (await ownNode()) ?? nodeIn(folder);
  return {
    node,
    server: join(folder, 'node_modules', 'code-server', 'lib', 'vscode', 'out', 'server-main.js'),
    folder,
  };
}

function nodePackage() {
  return `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
}

function nodeIn(folder) {
  return join(folder, 'node_modules', nodePackage(), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/** The Node of the major that this VS Code wants: the project's own from npm or the running one, if either fits. */
async function ownNode() {
  for (const node of [nodeIn(root), process.execPath]) {
    if (!existsSync(node)) continue;
    const { stdout } = await run(node, ['--version']);
    if (stdout.startsWith(`v${nodeMajor}.`)) return node;
  }
  return undefined;
}

/** Native builds are left out with the install scripts: the server does without them, and no compiler is needed. */
async function install(folder, args) {
  // `npm` on Windows is a script that only a shell can start; its own entry, told by npm to what it runs, is not.
  const npm = process.env['npm_execpath'];
  const [command, ...before] = npm ? [process.execPath, npm] : ['npm'];
  const flags = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--loglevel=error'];
  try {
    await run(command, [...before, ...flags, ...args], {
      cwd: folder,
      env: withoutNpm(process.env),
      maxBuffer: 1 << 26,
    });
  } catch (error) {
    throw new Error(`VS Code could not be installed from npm:\n${error.stderr || error.message}`, { cause: error });
  }
}

/** The environment without what an outer `npm run` says about the project: an inner npm would act on it. */
function withoutNpm(env) {
  const keep = /^npm_config_(registry|cache|userconfig|.*proxy|cafile|offline|prefer_offline)$/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_/i.test(name) || keep.test(name)));
}

/** Gives a finished folder its name; if another process was quicker, its work is used. */
export function publish(staging, folder) {
  try {
    renameSync(staging, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    rmSync(staging, { recursive: true, force: true });
  }
}

/** Removes what processes that are gone left half done. */
export function forgetAbandoned(home) {
  if (!existsSync(home)) return;
  for (const name of readdirSync(home)) {
    const pid = /\.partial-(\d+)$/.exec(name)?.[1];
    if (pid && !isAlive(Number(pid))) rmSync(join(home, name), { recursive: true, force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** A port of the loopback interface that is free now: the wanted one, if it is. */
export async function freePort(wanted = 0) {
  const probe = createServer();
  try {
    await once(probe.listen(wanted, '127.0.0.1'), 'listening');
  } catch (error) {
    if (wanted === 0) throw error;
    return freePort();
  }
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

/**
 * Starts the server.
 * @param {object} options
 * @param {string} options.data where it keeps its state, settings and extensions
 * @param {number} [options.port] a free one is taken without it
 * @param {string} [options.token] asked from the browser once; without it everybody on this machine may connect
 * @param {boolean} [options.trust] false leaves VS Code's workspace trust on, so a folder opens restricted
 * @param {boolean} [options.driver] lets `url` name an extension under development and its tests, and hides every
 *   notification
 * @param {Record<string, unknown>} [options.settings] user settings, written only if there are none yet
 * @param {Record<string, string>} [options.env] added to the environment, which the extension host inherits
 * @param {(text: string) => void} [options.log] gets what the server prints
 * @returns {Promise<{ port: number, url: (open?: object) => string, stop: () => Promise<void>, exited: Promise<number> }>}
 */
export async function startServer({
  data,
  port,
  token,
  trust = true,
  driver = false,
  settings = {},
  env = {},
  log = () => {},
}) {
  const { node, server } = await setUpVSCode();
  port ??= await freePort();
  writeUserSettings(join(data, 'data', 'User'), settings);
  const args = ['--host', '127.0.0.1', '--port', String(port), '--server-data-dir', data];
  args.push('--accept-server-license-terms', '--telemetry-level', 'off', '--reconnection-grace-time', '5');
  if (driver) args.push('--enable-smoke-test-driver');
  if (token) {
    // Not as an argument, which everybody on this machine can read.
    const file = join(data, 'token');
    writeFileSync(file, token, { mode: 0o600 });
    args.push('--connection-token-file', file);
  } else {
    args.push('--without-connection-token');
  }
  if (trust) args.push('--disable-workspace-trust');
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|VSCODE_|NODE_OPTIONS$)/i.test(name)),
  );
  const child = spawn(node, [server, ...args], {
    cwd: data,
    env: { ...inherited, ...env },
    // A process group of its own: all that it starts can be stopped with it.
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let listening;
  const ready = new Promise((resolve) => (listening = resolve));
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text) => {
      output = (output + text).slice(-20_000);
      log(text);
      if (output.includes('Extension host agent listening on')) listening(true);
    });
  }
  const exited = new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  const started = await Promise.race([ready, exited.then(() => false), sleep(60_000, false, { ref: false })]);
  const stop = () => stopGroup(child, exited);
  if (!started) {
    await stop();
    throw new Error(`VS Code's server did not start on port ${port}:\n${output}`);
  }
  return { port, exited, stop, url: (open) => urlOf(port, token, open) };
}

/** Writes user settings, unless there are some. */
export function writeUserSettings(folder, settings) {
  const file = join(folder, 'settings.json');
  if (existsSync(file)) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify(settings, undefined, 2)}\n`);
}

/**
 * The address of the workbench.
 * @param {{ folder?: string, extension?: string, tests?: string }} [open] absolute paths: the folder to open, the
 *   extension under development, and the module whose `run()` the extension host calls before it ends
 */
function urlOf(port, token, { folder, extension, tests } = {}) {
  const remote = (path) => `vscode-remote://127.0.0.1:${port}${pathToFileURL(path).pathname}`;
  const payload = [
    ...(extension ? [['extensionDevelopmentPath', remote(extension)]] : []),
    ...(tests ? [['extensionTestsPath', remote(tests)]] : []),
  ];
  const query = new URLSearchParams();
  if (token) query.set('tkn', token);
  if (folder) query.set('folder', folder);
  else query.set('ew', 'true');
  if (payload.length > 0) query.set('payload', JSON.stringify(payload));
  return `http://127.0.0.1:${port}/?${query}`;
}

/** Ends the server and everything it started: politely, then, after two seconds, surely. */
async function stopGroup(child, exited) {
  const signal = (name) => {
    try {
      if (process.platform === 'win32') child.kill(name);
      else process.kill(-child.pid, name);
      return true;
    } catch {
      return false;
    }
  };
  signal('SIGTERM');
  await Promise.race([exited, sleep(2000, undefined, { ref: false })]);
  for (let i = 0; i < 20 && signal(0); i++) await sleep(50);
  signal('SIGKILL');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { folder } = await setUpVSCode((line) => console.error(line));
  console.log(folder);
}
