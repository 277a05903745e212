/** Version files: looked at before anything is changed, and written with nothing else changed. */
import { describe, expect, test } from 'vitest';
import { bumpedText, checkBump, versionIn } from '../../../../src/gitflow/execute/version-files';

const files: Record<string, string> = {
  'package.json': '{\n  "name": "a",\n  "version": "0.9.0"\n}\n',
  'package-lock.json':
    '{ "version": "0.9.0", "packages": { "": { "version": "0.9.0" }, "b": { "version": "7.0.0" } } }',
  'npm-shrinkwrap.json': '{ "version": "0.9.0", "packages": { "": { "version": "0.9.0" } } }',
  'pyproject.toml':
    '[build-system]\nrequires = ["x"]\n\n[project]\nname = "a"\nversion = "0.9.0"\n\n[tool.x]\nversion = "3"\n',
  'setup.cfg': '[metadata]\nname = a\nversion = 0.9.0\n',
  'setup.py':
    'from setuptools import setup\nsetup(\n    name="a",\n    version="0.9.0",\n    python_requires=">=3.9",\n)\n',
  'Cargo.toml': '[package]\nname = "a"\nversion = "0.9.0"\n\n[dependencies]\nb = { version = "2" }\n',
  'chart/Chart.yaml': 'apiVersion: v2\nname: a\nversion: 0.9.0 # of the chart\nappVersion: "2.0"\n',
  VERSION: '0.9.0\n',
  'src/a/__init__.py': '"""A."""\n__version__ = "0.9.0"\n',
};

const read =
  (more: Record<string, string> = {}) =>
  async (path: string) =>
    ({ ...files, ...more })[path];

describe('a file', () => {
  test.each(Object.keys(files))('%s is read, and written with nothing else changed', (path) => {
    const text = files[path] ?? '';
    expect(versionIn(path, text)).toBe('0.9.0');
    const bumped = bumpedText(path, text, '1.0.0-rc.1');
    expect(versionIn(path, bumped)).toBe('1.0.0-rc.1');
    expect(bumped.replaceAll('1.0.0-rc.1', '0.9.0')).toBe(text);
  });

  test('of an unknown kind has none', () => {
    expect(versionIn('notes.txt', '1.0')).toBeUndefined();
    expect(bumpedText('notes.txt', '1.0', '2.0')).toBe('1.0');
  });
});

describe('before anything is changed', () => {
  test('every file is taken, each once, and a lock file goes with its package', async () => {
    expect(await checkBump(Object.keys(files), '1.0.0', read())).toEqual({ files: Object.keys(files), problems: [] });
    const found = await checkBump(['./package.json', 'package.json'], '1.0.0', read());
    expect(found).toEqual({ files: ['package.json', 'package-lock.json', 'npm-shrinkwrap.json'], problems: [] });
  });

  test('a package without lock files is taken alone', async () => {
    const only = async (path: string) => (path === 'web/package.json' ? files['package.json'] : undefined);
    expect((await checkBump(['web/package.json'], '1.0.0', only)).files).toEqual(['web/package.json']);
  });

  test.each([
    ['a file that is not there', 'setup.toml', {}, "There is no 'setup.toml'"],
    ['a file of an unknown kind', 'notes.txt', { 'notes.txt': 'x' }, 'No version is known to be in'],
    ['a file without a version', 'VERSION', { VERSION: 'none\n' }, 'holds no version that could be set'],
    [
      'a package that cargo does not take',
      'Cargo.toml',
      { 'Cargo.toml': '[package]\nversion = "0.9.0"\n' },
      'holds no version',
    ],
    [
      'a dynamic version of an attribute',
      'pyproject.toml',
      {
        'pyproject.toml':
          '[project]\ndynamic = ["version"]\n[tool.setuptools.dynamic]\nversion = { attr = "a.__version__" }\n',
      },
      "the Python file that defines 'a.__version__'",
    ],
    [
      'a dynamic version of a file',
      'pyproject.toml',
      { 'pyproject.toml': '[project]\ndynamic = ["version"]\n[tool.hatch.version]\npath = "src/a/__about__.py"\n' },
      "takes its version from 'src/a/__about__.py'",
    ],
    [
      'a dynamic version of the build',
      'pyproject.toml',
      { 'pyproject.toml': '[project]\ndynamic = ["version"]\n' },
      'where its build backend says',
    ],
    [
      'a setup.cfg that points elsewhere',
      'setup.cfg',
      { 'setup.cfg': '[metadata]\nversion = file: VERSION\n' },
      "from 'VERSION'",
    ],
  ])('%s is named', async (_, path, more, problem) => {
    const found = await checkBump([path], '1.0.0', read(more));
    expect(found.files).toEqual([]);
    expect(found.problems.join()).toContain(problem);
  });

  test('a version that is there already is no bump; beside others the file is left alone', async () => {
    expect((await checkBump(['VERSION'], '0.9.0', read())).problems.join()).toContain('is 0.9.0 already in VERSION');
    const some = await checkBump(['VERSION', 'setup.cfg'], '1.0.0', read({ VERSION: '1.0.0\n' }));
    expect(some).toEqual({ files: ['setup.cfg'], problems: [] });
  });
});
