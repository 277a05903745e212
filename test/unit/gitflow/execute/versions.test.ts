/** Where a version stands in a file, and where something only looks like one. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type * as VersionFiles from '../../../../src/gitflow/execute/version-files';

const folder = mkdtempSync(join(tmpdir(), 'mlops-flow-versions-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Loaded anew for each test: its table of formats is part of what is tested. */
let the: typeof VersionFiles;
beforeEach(async () => {
  vi.resetModules();
  the = await import('../../../../src/gitflow/execute/version-files');
});

/** The text with the version 1.2 marked by brackets: with it, and with 3.4.5 in its place. */
const marked = (text: string, version: string): string => text.replace(/«[^»]*»/g, version);

describe('the version is found and set', () => {
  test.each<[string, string]>([
    ['package.json', '{"version":"«1.2»"}'],
    ['package.json', '{ "a": {"version": "0"}, "version" :  "«1.2»" , "b": 1 }'],
    ['deep/package.json', '{\n\t"version": "«1.2»"\n}\n'],
    ['package-lock.json', '{"version":"«1.2»","packages":{"":{"version":"«1.2»"},"a":{"version":"1.2"}}}'],
    ['package-lock.json', '{"version":"«1.2»"}'],
    ['npm-shrinkwrap.json', '{"version":"«1.2»","packages":{"":{"name":"a"}}}'],
    ['pyproject.toml', '[project]\nversion = "«1.2»"\n'],
    ['pyproject.toml', "[project]\nname = 'a'\nversion='«1.2»'"],
    ['pyproject.toml', '[tool.poetry]\nversion = "«1.2»"\n[project]\nname = "a"\n'],
    ['pyproject.toml', '[tool.poetry]\nversion = "0.1"\n[project]  \nversion  =  "«1.2»" # here\n[x]\nversion = "9"'],
    ['setup.cfg', '[metadata]\nversion = «1.2»\n'],
    ['setup.cfg', '[metadata]\nname=a\nversion: «1.2» \n'],
    ['setup.cfg', '[other]\nversion = 9\n[metadata]\nversion=«1.2»'],
    ['setup.py', 'setup(name="a", version="«1.2»")'],
    ['setup.py', "setup(\n    version = '«1.2»',\n)"],
    ['Cargo.toml', '[package]\nname = "a"\nversion = "«1.2»"\n'],
    ['Cargo.toml', '[package]\nversion = "«1.2»"\nedition = "2021"\n  name="a"\n'],
    ['Cargo.toml', '[workspace]\n[workspace.package]\nversion = "«1.2»"\n'],
    ['Cargo.lock', '[[package]]\nname = "a"\nversion = "«1.2»"\n'],
    ['Cargo.lock', '[[package]]\r\nname = "a"\r\nversion = "«1.2»"\r\n'],
    [
      'Cargo.lock',
      'version = 3\n\n[[package]]\nname = "a"\nversion = "«1.2»"\n\n[[package]]\nname = "b"\nversion = "1.2"\nsource = "x"\n\n[[package]]\nname = "c"\nversion = "«1.2»"\n',
    ],
    ['Chart.yaml', 'version: «1.2»\n'],
    ['Chart.yaml', "appVersion: 9\nversion: '«1.2»'   # of the chart\n"],
    ['Chart.yaml', 'version:   "«1.2»"'],
    ['a/version.py', '__version__ = "«1.2»"'],
    ['a.py', "x = 1\n__version__: str = '«1.2»'\n"],
    ['VERSION', '«1.2»'],
    ['VERSION.txt', '\n  «v1.2-rc.1»  \nmore\n'],
    ['version.txt', '«1.2»\n'],
  ])('%s: %j', (path, text) => {
    const before = marked(text, text.includes('v1.2-rc.1') ? 'v1.2-rc.1' : '1.2');
    expect(the.versionIn(path, before)).toBe(text.includes('v1.2-rc.1') ? 'v1.2-rc.1' : '1.2');
    expect(the.bumpedText(path, before, '3.4.5')).toBe(marked(text, '3.4.5'));
  });
});

describe('no version is found, and nothing is set', () => {
  test.each<[string, string]>([
    ['package.json', '{"version": 1}'],
    ['package.json', '{"Version": "1.2"}'],
    ['package.json', '{"a": {"version": "1.2"}}'],
    ['package.json', ''],
    ['package-lock.json', '{"lockfileVersion": 3}'],
    ['pyproject.toml', '[project]\nname = "a"\n[other]\nversion = "1.2"\n'],
    ['pyproject.toml', '[project]\n  version = "1.2"\n'],
    ['pyproject.toml', '[project.more]\nversion = "1.2"\n'],
    ['pyproject.toml', '[project]\nversions = "1.2"\n'],
    ['pyproject.toml', '[project]\nversion = 1.2\n'],
    ['pyproject.toml', 'version = "1.2"\n'],
    ['pyproject.toml', '[project] # not a heading of its own\nversion = "1.2"\n'],
    ['pyproject.toml', '[tool.poetry.x]\nversion = "1.2"\n'],
    ['setup.cfg', '[metadata]\nversion = attr: a.b\n'],
    ['setup.cfg', '[metadata]\nversion = file: VERSION\n'],
    ['setup.cfg', '[metadata]\nversion = 1 2\n'],
    ['setup.cfg', '[metadata]\nname = a\n[x]\nversion = 1.2\n'],
    ['setup.py', 'setup(python_version="1.2")'],
    ['setup.py', 'setup(version=here)'],
    ['Cargo.toml', '[package]\nversion.workspace = true\nname = "a"\n'],
    ['Cargo.toml', '[workspace.package]\nedition = "2021"\n[x]\nversion = "1.2"\n'],
    ['Cargo.lock', '[[package]]\nname = "a"\n'],
    ['Chart.yaml', 'appVersion: 1.2\n'],
    ['Chart.yaml', '  version: 1.2\n'],
    ['Chart.yaml', 'version: # none\n'],
    ['Chart.yaml', 'version: 1 2\n'],
    ['a.py', ' __version__ = "1.2"'],
    ['a.py', 'x__version__ = "1.2"'],
    ['a.py', '__version__ = version'],
    ['VERSION', 'x1.2'],
    ['VERSION', '1.2 beta'],
    ['VERSION', 'vx'],
    ['version', '1.2'],
    ['VERSION.md', '1.2'],
    ['package.json5', '{"version": "1.2"}'],
  ])('%s: %j', (path, text) => {
    expect(the.versionIn(path, text)).toBeUndefined();
    expect(the.bumpedText(path, text, '3.4.5')).toBe(text);
  });

  test('in a Cargo.lock whose packages differ, and in a package that cargo does not take', () => {
    const lock = '[[package]]\nname = "a"\nversion = "1.2"\n\n[[package]]\nname = "b"\nversion = "1.3"\n';
    expect(the.versionIn('Cargo.lock', lock)).toBeUndefined();
    expect(the.versionIn('Cargo.toml', '[package]\nversion = "1.2"\n[x]\nname = "a"\n')).toBeUndefined();
  });
});

describe('before a version is set', () => {
  const check = (files: Record<string, string>, paths: string[], version = '2.0') =>
    the.checkBump(paths, version, (path) => Promise.resolve(files[path]));
  const problem = async (path: string, text?: string): Promise<string> =>
    (await check(text === undefined ? {} : { [path]: text }, [path])).problems.join();

  test.each<[string, string | undefined, string]>([
    ['a.toml', undefined, "There is no 'a.toml' in the commit that the branch starts from."],
    [
      'a.toml',
      'x',
      "No version is known to be in 'a.toml'. Known are package.json, pyproject.toml, setup.cfg, setup.py, Cargo.toml, Chart.yaml, VERSION and Python files with '__version__'.",
    ],
    ['VERSION', 'none', "'VERSION' holds no version that could be set."],
    [
      'pyproject.toml',
      "[tool.setuptools.dynamic]\nversion = {attr = 'a.b.c'}",
      "'pyproject.toml' takes its version from the Python file that defines 'a.b.c'. Set it there.",
    ],
    [
      'setup.cfg',
      '[metadata]\nversion = attr: a.b',
      "'setup.cfg' takes its version from the Python file that defines 'a.b'. Set it there.",
    ],
    [
      'setup.cfg',
      '[metadata]\nversion = file: a/VERSION',
      "'setup.cfg' takes its version from 'a/VERSION'. Set it there.",
    ],
    [
      'pyproject.toml',
      'version = { file = "VERSION" }',
      "'pyproject.toml' takes its version from 'VERSION'. Set it there.",
    ],
    ['pyproject.toml', "version = {file = ['a', 'b']}", "'pyproject.toml' takes its version from 'a'. Set it there."],
    [
      'pyproject.toml',
      '[tool.hatch.version]\nx = 1\npath = "a.py"',
      "'pyproject.toml' takes its version from 'a.py'. Set it there.",
    ],
    [
      'pyproject.toml',
      "[project]\ndynamic = ['readme', 'version']",
      "'pyproject.toml' takes its version from where its build backend says. Set it there.",
    ],
    ['pyproject.toml', "[project]\ndynamic = ['readme']", "'pyproject.toml' holds no version that could be set."],
    ['pyproject.toml', "[project]\n  dynamic = ['version']", "'pyproject.toml' holds no version that could be set."],
  ])('%s with %j is told', async (path, text, message) => {
    expect(await problem(path, text)).toBe(message);
  });

  test('a path is taken as it is written, once', async () => {
    expect(await check({ VERSION: '1' }, [' ./VERSION ', 'VERSION'])).toEqual({ files: ['VERSION'], problems: [] });
    expect(await check({ './.x/VERSION': '1', '.x/VERSION': '1' }, ['./.x/VERSION'])).toEqual({
      files: ['.x/VERSION'],
      problems: [],
    });
  });

  test('one that has it already is left alone, and all of them are told', async () => {
    expect(await check({ VERSION: '2.0', 'setup.cfg': '[metadata]\nversion = 2.0' }, ['VERSION', 'setup.cfg'])).toEqual(
      {
        files: [],
        problems: ['The version is 2.0 already in VERSION, setup.cfg. Leave out the bump.'],
      },
    );
    expect(await check({ VERSION: '2.0' }, ['VERSION', 'gone'])).toEqual({
      files: [],
      problems: ["There is no 'gone' in the commit that the branch starts from."],
    });
    expect(await check({}, [])).toEqual({ files: [], problems: [] });
  });

  const npm = '{"version":"1.0"}';
  test.each<[string, Record<string, string>, string[], string[]]>([
    [
      'beside it',
      { 'a/package.json': npm, 'a/package-lock.json': npm, 'package-lock.json': npm },
      ['a/package.json'],
      ['a/package.json', 'a/package-lock.json'],
    ],
    [
      'shrunk',
      { 'package.json': npm, 'npm-shrinkwrap.json': npm },
      ['package.json'],
      ['package.json', 'npm-shrinkwrap.json'],
    ],
    ['without a version', { 'package.json': npm, 'package-lock.json': '{}' }, ['package.json'], ['package.json']],
    [
      'asked for too',
      { 'package.json': npm, 'package-lock.json': npm },
      ['package.json', 'package-lock.json'],
      ['package.json', 'package-lock.json'],
    ],
    ['by itself', { 'package-lock.json': npm }, ['package-lock.json'], ['package-lock.json']],
    ['of another', { VERSION: '1', 'package-lock.json': npm }, ['VERSION'], ['VERSION']],
  ])('the lock file of npm goes along: %s', async (_what, files, paths, set) => {
    expect(await check(files, paths)).toEqual({ files: set, problems: [] });
  });

  const crate = '[package]\nname = "a"\nversion = "1.0"\n';
  const one = '[[package]]\nname = "a"\nversion = "1.0"\n';
  const two = `${one}\n[[package]]\nname = "b"\nversion = "1.0"\n`;
  test.each<[string, Record<string, string>, string, string[]]>([
    [
      'beside it',
      { 'a/b/Cargo.toml': crate, 'a/b/Cargo.lock': one, 'Cargo.lock': one },
      'a/b/Cargo.toml',
      ['a/b/Cargo.toml', 'a/b/Cargo.lock'],
    ],
    [
      'above it',
      { 'a/b/Cargo.toml': crate, 'a/Cargo.lock': one, 'Cargo.lock': one },
      'a/b/Cargo.toml',
      ['a/b/Cargo.toml', 'a/Cargo.lock'],
    ],
    ['at the top', { 'a/b/Cargo.toml': crate, 'Cargo.lock': one }, 'a/b/Cargo.toml', ['a/b/Cargo.toml', 'Cargo.lock']],
    ['nowhere', { 'Cargo.toml': crate }, 'Cargo.toml', ['Cargo.toml']],
    ['of several packages', { 'Cargo.toml': crate, 'Cargo.lock': two }, 'Cargo.toml', ['Cargo.toml']],
    [
      'of several packages with the version of all',
      { 'Cargo.toml': '[workspace.package]\nversion = "1.0"\n', 'Cargo.lock': two },
      'Cargo.toml',
      ['Cargo.toml', 'Cargo.lock'],
    ],
    ['of no package', { 'Cargo.toml': crate, 'Cargo.lock': 'version = 3\n' }, 'Cargo.toml', ['Cargo.toml']],
  ])('the lock file of cargo goes along: %s', async (_what, files, path, set) => {
    expect(await check(files, [path])).toEqual({ files: set, problems: [] });
  });
});

describe('in a work tree', () => {
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const path of ['a/__init__.py', 'a/__about__.py', 'src/b/_version.py', 'src/b/__version__.py', 'c/version.py'])
    put(path, '__version__ = "1.0"\n');
  // Of others, deeper than a package is, or in files of other names.
  for (const path of [
    '.tox/__init__.py',
    'node_modules/__init__.py',
    'venv/__init__.py',
    'site-packages/version.py',
    'a/deep/__init__.py',
    'src/b/deep/version.py',
    'a/other.py',
    'version.py',
    'a/xversion.py',
    'a/versions.py',
  ])
    put(path, '__version__ = "9"\n');
  put('VERSION', '1.0\n');
  put('a/VERSION', '9\n');
  put('package.json', '{"version":"1.0"}');
  put('a/package.json', '{"version":"9"}');
  put('setup.cfg', '[metadata]\nname = a\n');
  mkdirSync(join(folder, 'pyproject.toml'));

  test('those are found that are the project’s own, in their order', async () => {
    expect(await the.findVersionFiles(folder)).toEqual([
      { path: 'VERSION', format: 'plain', version: '1.0' },
      { path: 'a/__about__.py', format: 'python', version: '1.0' },
      { path: 'a/__init__.py', format: 'python', version: '1.0' },
      { path: 'c/version.py', format: 'python', version: '1.0' },
      { path: 'package.json', format: 'package.json', version: '1.0' },
      { path: 'src/b/__version__.py', format: 'python', version: '1.0' },
      { path: 'src/b/_version.py', format: 'python', version: '1.0' },
    ]);
  });

  test('they are written, and those that hold none stay', async () => {
    await the.bumpFiles(folder, ['VERSION', 'setup.cfg', 'c/version.py'], '2.0');
    expect(['VERSION', 'setup.cfg', 'c/version.py'].map((path) => readFileSync(join(folder, path), 'utf8'))).toEqual([
      '2.0\n',
      '[metadata]\nname = a\n',
      '__version__ = "2.0"\n',
    ]);
    await expect(the.bumpFiles(folder, ['gone'], '2.0')).rejects.toThrow('ENOENT');
  });
});
