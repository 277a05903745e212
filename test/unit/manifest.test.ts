import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json';
import texts from '../../package.nls.json';
import { commands } from '../../src/commands';

const root = new URL('../../', import.meta.url);
const { contributes } = manifest;
const english: Readonly<Record<string, string>> = texts;
/** What a text of the manifest comes to in English. */
const said = (text: string): string => text.replace(/^%(.+)%$/, (_, key: string) => english[key] ?? '');
const declared = new Set(contributes.commands.map(({ command }) => command));

describe('the manifest', () => {
  it('puts only commands into menus that it declares', () => {
    const used = Object.values(contributes.menus)
      .flat()
      .flatMap((entry) => ('command' in entry ? [entry.command] : []));
    expect(used.filter((command) => command.startsWith('mlopsFlow.') && !declared.has(command))).toEqual([]);
  });

  it('links only to commands that it declares', () => {
    const texts = [
      ...contributes.viewsWelcome.map(({ contents }) => contents),
      ...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ description }) => description)),
    ];
    const links = texts.flatMap((text) =>
      [...text.matchAll(/\(command:(mlopsFlow\.[\w.]+)/g)].map(([, command]) => command),
    );
    expect(links.length).toBeGreaterThan(5);
    // VS Code makes a command of its own for each view, which shows it.
    const views = new Set(Object.values(contributes.views).flatMap((list) => list.map(({ id }) => `${id}.focus`)));
    expect(links.filter((command = '') => !declared.has(command) && !views.has(command))).toEqual([]);
  });

  it('has the pictures of the README, and no others', () => {
    const pictures = (file: string): string[] =>
      [...new Set(readFileSync(new URL(file, root), 'utf8').match(/docs\/images\/[\w-]+\.png/g))].sort();
    expect(pictures('.vscodeignore')).toEqual(pictures('README.md'));
  });

  it('names files that are there', () => {
    const files = [
      manifest.icon,
      ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
      ...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.markdown)),
      ...contributes.snippets.map(({ path }) => path),
      ...contributes.jsonValidation.map(({ url }) => url),
    ];
    expect(files.filter((file) => !existsSync(new URL(file, root)))).toEqual([]);
  });

  it('declares the settings that the code reads, and no others', () => {
    const code = readFileSync(new URL('src/workbench/settings.ts', root), 'utf8');
    const body = code.slice(code.indexOf('export interface Settings'), code.indexOf('\n}'));
    const read = [...body.matchAll(/^ {2}'([\w.]+)':/gm)].map(([, key]) => `mlopsFlow.${key}`);
    const properties = contributes.configuration.flatMap((section) => Object.keys(section.properties));
    expect(read.sort()).toEqual(properties.sort());
  });

  it('has the commands and menus of the table, and no title twice', () => {
    expect(contributes.commands.map(({ command }) => command)).toEqual(
      Object.keys(commands).map((name) => `mlopsFlow.${name}`),
    );
    const titled = contributes.commands.map(({ command, title }) => ({ command, title: said(title) }));
    for (const { command, title } of titled) {
      expect(title).toBe(commands[command.slice('mlopsFlow.'.length)]?.title);
    }
    const titles = titled.map(({ title }) => title.replace(/…$/, '').toLowerCase());
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
  });

  it('is up to date with the table', () => {
    execFileSync(process.execPath, ['scripts/generate-commands.mjs', '--check'], { cwd: root });
    execFileSync(process.execPath, ['scripts/generate-local-docs.mjs', '--check'], { cwd: root });
  });

  it('asks only for context keys that are set, and for a target where a command needs one', () => {
    const code = readFileSync(new URL('src/workbench/context.ts', root), 'utf8');
    const known = new Set([...code.matchAll(/^ {2}'(mlopsFlow\.\w+)':/gm)].map(([, key]) => key));
    const asked = Object.values(commands).flatMap(({ palette, enablement, menus = [] }) =>
      [palette || '', enablement ?? '', ...menus.map(([, , when]) => when)].flatMap((when) =>
        [...when.matchAll(/(?<!view == |view\.)\bmlopsFlow\.\w+/g)].map(([key]) => key),
      ),
    );
    expect(asked.length).toBeGreaterThan(30);
    expect(asked.filter((key) => !known.has(key))).toEqual([]);
    const targeted = /^(Stop|Retry|Approve|Reject|Finish|Clean Up|Track|Publish|Open Run)/;
    const bare = Object.values(commands).filter(({ title, palette }) => targeted.test(title) && palette === undefined);
    expect(bare).toEqual([]);
  });

  it('says of every command what it belongs to', () => {
    expect(contributes.commands.filter(({ category }) => said(category) !== 'MLOps Flow')).toEqual([]);
  });

  it('brings every panel back after a reload: each is registered and activates by the name of its page', () => {
    const pages = readdirSync(new URL('webview/panels/', root), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    const registered = globSync('src/**/*.ts', { cwd: root }).flatMap((file) => {
      const code = readFileSync(new URL(file, root), 'utf8');
      return [...code.matchAll(/\bregisterPanel\(\s*'([\w-]+)'/g)].map(([, name]) => String(name));
    });
    const awaited = manifest.activationEvents.flatMap(
      (event) => /^onWebviewPanel:mlopsFlow\.(.+)$/.exec(event)?.[1] ?? [],
    );
    expect(pages.length).toBeGreaterThan(10);
    expect(registered.sort()).toEqual(pages.sort());
    expect(awaited.sort()).toEqual(pages.sort());
  });

  it('has a text in English for each key that it names, and no other', () => {
    const named = [...JSON.stringify(manifest).matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key);
    expect(new Set(named)).toEqual(new Set(Object.keys(english)));
  });

  it('has a problem matcher that reads what the command line prints', () => {
    const [matcher] = contributes.problemMatchers;
    if (!matcher) throw new Error('There is no problem matcher.');
    const { regexp, file, line, column, severity, message, code } = matcher.pattern;
    const found = new RegExp(regexp).exec(
      "pipelines/a b.pipeline.json:1:53: error: There is no step type 'Trainng'. [sm/step-unknown-type]",
    );
    expect([file, line, column, severity, message, code].map((group) => found?.[group])).toEqual([
      'pipelines/a b.pipeline.json',
      '1',
      '53',
      'error',
      "There is no step type 'Trainng'.",
      'sm/step-unknown-type',
    ]);
    expect(new RegExp(regexp).test('1 file: 2 errors, 0 warnings, 0 notes.')).toBe(false);
  });

  it('keeps nothing in the global state, so that there is nothing for Settings Sync to leave out', () => {
    const files = readdirSync(new URL('src/', root), { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.ts'),
    );
    expect(files.length).toBeGreaterThan(300);
    const using = files.filter((path) => readFileSync(new URL(`src/${path}`, root), 'utf8').includes('globalState'));
    expect(using).toEqual([]);
  });

  it('never lets a workspace redirect signed requests', () => {
    const properties = Object.assign({}, ...contributes.configuration.map((section) => section.properties)) as Record<
      string,
      { scope?: string }
    >;
    expect(properties['mlopsFlow.aws.endpointUrl']?.scope).toBe('application');
  });

  it('holds back in an untrusted workspace the settings that name programs', () => {
    expect(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations).toEqual(
      expect.arrayContaining(['mlopsFlow.local.python', 'mlopsFlow.python.path']),
    );
  });
});
