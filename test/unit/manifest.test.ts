import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json';

const root = new URL('../../', import.meta.url);
const { contributes } = manifest;
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
    expect(links.filter((command) => command !== undefined && !declared.has(command))).toEqual([]);
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

  it('says of every command what it belongs to', () => {
    expect(contributes.commands.filter(({ category }) => category !== 'MLOps Flow')).toEqual([]);
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
