import { existsSync, globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const text = readFileSync('docs/architecture.md', 'utf8');
const paths = (part: string): string[] =>
  [...part.matchAll(/`((?:src|webview|scripts|media|docs|test)\/[^`\s]*|package\.json)`/g)].map(
    ([, path = '']) => path,
  );

describe('the page on the architecture', () => {
  it('names files and folders that are there', () => {
    const named = paths(text);
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((path) => !existsSync(path))).toEqual([]);
  });

  it('has one style of constants', () => {
    const sources = ['src', 'webview', 'scripts'].flatMap((folder) => globSync(`${folder}/**/*.{ts,mjs}`));
    expect(sources.length).toBeGreaterThan(400);
    const upper = sources.flatMap((file) =>
      [
        ...readFileSync(file, 'utf8').matchAll(
          /^\s*(?:export |private |static )*(?:const|readonly) ([A-Z][A-Z0-9_]+)\b/gm,
        ),
      ].map(([, name]) => `${file}: ${name}`),
    );
    expect(upper, 'constants are written like variables: retryMessage').toEqual([]);
  });

  it('leads a newcomer to at least 25 files, each row to one that is there', () => {
    const table = text.slice(text.indexOf('## I want to change'), text.indexOf('## Secrets and trust'));
    const rows = table.split('\n').filter((line) => /^\| (?!…|-)/.test(line));
    expect(rows.length).toBeGreaterThanOrEqual(25);
    expect(rows.filter((row) => paths(row).length === 0)).toEqual([]);
  });

  it('shows every room', () => {
    const rooms = [...text.matchAll(/^ {2}([\w.-]+\/?) {2,}\S/gm)].map(([, name]) => name);
    for (const room of ['workbench/', 'aws/', 'definition/', 'sources/', 'gitflow/', 'local/', 'kit/', 'panels/']) {
      expect(rooms).toContain(room);
    }
  });
});
